#!/usr/bin/env bash
# feedparser 6.0.14: a date it half understands gets its month from today.
#
# A pubDate of "2026/03/15 09:00" or "2026年3月15日", common in feeds from Taiwan, China and Japan, is not refused.
# feedparser reads the year, drops the rest, and fills in the current month and day 1: the date of an old article moves
# when it is fetched again next month. Seconds since 1970 ("1794268800") become a day in the year 1794. "KST" and "JST"
# after a time are read as UTC, nine hours late, while "EST" is honoured.
# Why it matters here: an article's day decides its trading session, and published_parsed gives no hint of the guess.
# Instead: parse entry.published yourself, take published_parsed only for RFC 822 and ISO 8601 text, map KST and JST.
# Seen: 2026/03/15 09:00 -> 2026-12-01 00:00 (run in December 2026)
# Seen: 2026年3月15日 -> 2026-12-01 00:00; 1794268800 -> 1794-09-25 00:00; 09:00:00 KST -> 09:00 UTC, EST -> 14:00 UTC
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check feedparser==6.0.14
cd "$work"
"$work/venv/bin/python" - <<'PY'
import time

import feedparser

ITEM = "<rss version='2.0'><channel><item><title>Fab opens</title><pubDate>%s</pubDate></item></channel></rss>"


def read(date):
    parsed = feedparser.parse(ITEM % date).entries[0].get("published_parsed")
    return time.strftime("%Y-%m-%d %H:%M", parsed) if parsed else None


print("feedparser", feedparser.__version__)
before = time.strftime("2026-%m-01 00:00", time.gmtime())
slashes, characters = read("2026/03/15 09:00"), read("2026年3月15日")
seconds = read("1794268800")
korea, new_york = read("Tue, 10 Nov 2026 09:00:00 KST"), read("Tue, 10 Nov 2026 09:00:00 EST")
print("expected: 15 March 2026 or None for the first three; KST as 00:00 UTC or None")
print("seen: slashes", slashes, "| characters", characters, "| seconds", seconds)
print("seen: KST", korea, "| EST", new_york)
after = time.strftime("2026-%m-01 00:00", time.gmtime())
if slashes != characters or slashes not in (before, after):
    raise SystemExit("Changed: a half-read date no longer gets the current month.")
if seconds != "1794-09-25 00:00":
    raise SystemExit("Changed: seconds since 1970 are no longer read as a year.")
if (korea, new_york) != ("2026-11-10 09:00", "2026-11-10 14:00"):
    raise SystemExit("Changed: KST is no longer read as UTC beside an honoured EST.")
PY
