#!/usr/bin/env bash
# quantstats 0.0.86: a return series without a loss and with one gain over 100 % is taken for prices.
#
# Functions that take returns guess whether they were given prices: nothing below zero and a maximum above one means
# prices. So a year of returns with no falling month and one doubling gets a maximum drawdown of -100 % and a volatility
# more than twice the true one, while stats.comp() reads the same series as the returns it is. There is no warning.
# Why it matters here: event returns, monthly revenue growth and newly listed shares have such series, and the drawdown
# of a series that never fell goes into the report.
# Instead: compute drawdown from (1 + returns).cumprod() yourself, or add a check that the drawdown is 0 when no return is
# negative.
# Seen: returns 1 %, 2 %, 0 %, 120 %, 1 %, 2 %: max_drawdown -1.0, volatility 18.29; by hand 0.0 and 7.70
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check "quantstats==0.0.86" "pandas==3.1.1"
cd "$work"
"$work/venv/bin/python" - <<'PY'
from importlib.metadata import version

import pandas as pd
import quantstats as qs

print("quantstats", version("quantstats"), "pandas", pd.__version__)
returns = pd.Series([0.01, 0.02, 0.0, 1.2, 0.01, 0.02], pd.bdate_range("2026-01-05", periods=6))
growth = (1 + returns).cumprod()
by_hand = (float((growth / growth.cummax() - 1).min()), round(float(returns.std() * 252**0.5), 2))
seen = (float(qs.stats.max_drawdown(returns)), round(float(qs.stats.volatility(returns)), 2))
print("expected (by hand): maximum drawdown and volatility", by_hand)
print("seen: maximum drawdown and volatility", seen)
if seen != (-1.0, 18.29):
    raise SystemExit("Changed: quantstats no longer takes these returns for prices.")
PY
