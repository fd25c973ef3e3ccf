#!/usr/bin/env bash
# htmldate 1.11.0: a page dated 2026年11月10日 is found to be of 2026-01-01.
#
# The date line of a Chinese or Japanese article is understood only as far as the year, and the answer is New Year's Day,
# not None. The Korean form 2026년 11월 10일 and 2026/11/10 are read rightly; years of Taiwan's calendar (民國115年) and
# of Japan's eras (令和8年) give None. trafilatura takes its dates from this library.
# Why it matters here: a backfill from saved pages puts a whole year's articles on the first of January, a day on which no
# exchange trades, and they look like one great burst of attention.
# Instead: read dates in these forms by a pattern of your own first, and treat an answer of January 1 as unknown.
# Seen: 2026年11月10日 -> 2026-01-01; 2026년 11월 10일 -> 2026-11-10; 2026/11/10 -> 2026-11-10; 令和8年11月10日 -> None
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check "htmldate==1.11.0"
cd "$work"
"$work/venv/bin/python" - <<'PY'
from importlib.metadata import version

from htmldate import find_date

print("htmldate", version("htmldate"))
PAGE = "<html><head><title>Note</title></head><body><article><h1>工廠擴產</h1><p class='date'>%s</p></article></body></html>"
KNOWN = {
    "2026年11月10日": "2026-01-01",
    "2026년 11월 10일": "2026-11-10",
    "2026/11/10": "2026-11-10",
    "令和8年11月10日": None,
    "民國115年11月10日": None,
}
print("expected: 2026-11-10, or None where the form is not known")
seen = {date: find_date(PAGE % date) for date in KNOWN}
print("seen:", seen)
for date, known in KNOWN.items():
    if seen[date] != known:
        raise SystemExit(f"Changed: {date} is now read as {seen[date]}, not {known}.")
PY
