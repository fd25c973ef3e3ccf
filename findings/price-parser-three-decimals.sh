#!/usr/bin/env bash
# price-parser 0.5.1: three decimals after a dollar sign become thousands, and the minus is dropped.
#
# "$3.125" is read as 3125 and "HK$0.480" as 480, since a dot before three digits is taken for a thousands mark even
# when the currency never uses one; "$3.1250" is read rightly. "-$2.50" and "(2.50)" lose their sign, and 億, 조 and "B"
# lose their factor: 3億円 is 3 yen.
# Why it matters here: memory spot prices and Hong Kong quotes carry three decimals, so a series jumps a thousandfold
# on the days when the last digit is printed; the result still looks like a price.
# Instead: pass decimal_separator="." when the source is known, and handle sign and scale words before the call.
# Seen: $3.125 -> 3125; HK$0.480 -> 480; $3.1250 -> 3.1250; -$2.50 -> 2.50; 3億円 -> 3; $1.2B -> 1.2
# Seen: with decimal_separator='.': $3.125 -> 3.125
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check price-parser==0.5.1
cd "$work"
"$work/venv/bin/python" - <<'PY'
from importlib.metadata import version

from price_parser import Price

print("price-parser", version("price-parser"))
EXPECTED = {"$3.125": "3.125", "HK$0.480": "0.480", "$3.1250": "3.1250", "-$2.50": "-2.50", "3億円": "300000000", "$1.2B": "1200000000"}
SEEN = {"$3.125": "3125", "HK$0.480": "480", "$3.1250": "3.1250", "-$2.50": "2.50", "3億円": "3", "$1.2B": "1.2"}
seen = {text: str(Price.fromstring(text).amount) for text in EXPECTED}
named = str(Price.fromstring("$3.125", decimal_separator=".").amount)
print("expected:", EXPECTED)
print("seen:", seen)
print("seen with decimal_separator='.':", named)
if seen != SEEN:
    raise SystemExit("Changed: price-parser reads at least one of these amounts differently now.")
if named != "3.125":
    raise SystemExit("Changed: naming the decimal separator no longer gives 3.125.")
PY
