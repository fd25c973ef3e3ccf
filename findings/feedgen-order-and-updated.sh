#!/usr/bin/env bash
# feedgen 1.0.0: entries added newest first come out oldest first, and `updated` is the time of the run.
#
# add_entry() puts each new entry before the earlier ones, so a list that is sorted newest first, as feeds are, is turned
# round. An entry whose published date is given still gets an `updated` of the moment at which the object was made.
# Why it matters here: readers of an alert feed see every old alert as updated on each run, and two runs over the same
# data never give the same bytes, so ETag and "nothing new" stop working.
# Instead: add_entry(order="append"), and set updated() on the feed and on every entry from the data.
# Seen: added day 3, day 2, day 1; in the feed day 1, day 2, day 3; with order="append" day 3, day 2, day 1
# Seen: published 2026-11-03T09:00:00+00:00, updated 2026-12-01T01:17:54.677460+00:00 (the run); two runs the same: False
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check "feedgen==1.0.0"
cd "$work"
"$work/venv/bin/python" - <<'PY'
import re
from importlib.metadata import version

from feedgen.feed import FeedGenerator

print("feedgen", version("feedgen"))


def feed(**options):
    generator = FeedGenerator()
    generator.id("urn:alerts")
    generator.title("Alerts")
    generator.updated("2026-11-03T09:00:00Z")
    for day in (3, 2, 1):
        entry = generator.add_entry(**options)
        entry.id(f"urn:{day}")
        entry.title(f"day {day}")
        entry.link(href=f"https://example.org/{day}")
        entry.published(f"2026-11-0{day}T09:00:00Z")
    return generator.atom_str().decode()


first, second = feed(), feed()
order, appended = (re.findall(r"<title>(day \d)", text) for text in (first, feed(order="append")))
updated = re.findall(r"<entry>.*?<updated>(.*?)</updated>", first)[-1]
print("expected: day 3, day 2, day 1; updated equal to published; two runs the same")
print("seen: order", order, "| appended", appended)
print("seen: day 3 updated", updated, "| two runs the same:", first == second)
if (order, appended) != (["day 1", "day 2", "day 3"], ["day 3", "day 2", "day 1"]):
    raise SystemExit("Changed: the order of added entries is another one now.")
if first == second or updated.startswith("2026-11-03T09:00:00"):
    raise SystemExit("Changed: updated no longer follows the clock.")
PY
