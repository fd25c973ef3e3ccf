#!/usr/bin/env bash
# exchange_calendars 4.13.2 with pandas 3.1.1: Tel Aviv cannot be built and Bombay loses its Saturday sessions.
#
# The package accepts any pandas from 1.5 on, and installs with 3.1. Under it, XTAE raises a ValueError about special
# dates, and the two Saturday sessions that the package itself lists for XBOM, 2024-01-20 and 2025-02-01, are missing.
# With pandas 2.3.3 both work. The second is silent: get_calendar("XBOM") simply has two sessions fewer.
# Why it matters here: news of the weekend is given to the wrong session, and returns around the Indian budget day skip
# the very day on which the market traded.
# Instead: compare the calendar with the days on which the exchange has prices, or keep a short list of extra sessions.
# Seen: pandas 3.1.1: XBOM Saturdays [], XTAE ValueError
# Seen: pandas 2.3.3: XBOM Saturdays ['2024-01-20', '2025-02-01'], XTAE 492 sessions in 2025 and 2026
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check "exchange_calendars==4.13.2" "pandas==3.1.1"
cd "$work"
cat >sessions.py <<'PY'
import exchange_calendars as calendars
import pandas as pd

bombay = calendars.get_calendar("XBOM", start="2024-01-01", end="2025-12-31")
saturdays = [str(day.date()) for day in bombay.sessions if day.weekday() == 5]
try:
    tel_aviv = f"{len(calendars.get_calendar('XTAE', start='2025-01-01', end='2026-12-31').sessions)} sessions"
except ValueError as error:
    tel_aviv = f"ValueError: {str(error)[:40]}..."
print(f"exchange_calendars {calendars.__version__}, pandas {pd.__version__}: XBOM Saturdays {saturdays}, XTAE {tel_aviv}")
PY
echo "expected: the same sessions with both versions of pandas"
new=$("$work/venv/bin/python" sessions.py)
echo "seen: $new"
PIP_CONSTRAINT=/dev/null "$work/venv/bin/pip" install --quiet --disable-pip-version-check "pandas==2.3.3"
old=$("$work/venv/bin/python" sessions.py)
echo "seen: $old"
[[ $new == *"Saturdays []"* ]] || { echo "Changed: Bombay's Saturday sessions are there with the newer pandas."; exit 1; }
[[ $new == *"XTAE ValueError"* ]] || { echo "Changed: the Tel Aviv calendar is built with the newer pandas."; exit 1; }
[[ $old == *"2024-01-20', '2025-02-01"*"492 sessions"* ]] || { echo "Changed: the older pandas gives other sessions."; exit 1; }
