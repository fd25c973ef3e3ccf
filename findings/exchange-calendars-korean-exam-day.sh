#!/usr/bin/env bash
# exchange_calendars 4.13.2: Korea's late opening on the day of the university exam ends in 2020.
#
# On the day of the national entrance exam in November the Korea Exchange opens and closes one hour later, so that pupils
# are not late. XKRX knows the rule from a fixed list of days whose last entry is 2020-12-03: from 2021 on the calendar
# says 09:00 to 15:30 on those days too, without a word. The late opening on the first trading day of January is a rule
# by weekday and goes on. A reader would guess that a calendar which reaches into next year knows both.
# Why it matters here: an announcement at 09:30 in Seoul on that day comes before the opening, and is taken for one made
# while the market traded.
# Instead: add one hour to the day yourself, from the date the exchange announces; do not trust times after 2020.
# Seen: 2019-11-14 10:00-16:30; 2020-12-03 10:00-16:30; 2024-11-14 09:00-15:30; 2025-11-13 09:00-15:30
# Seen: first trading day 2026-01-02 10:00-15:30
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check "exchange_calendars==4.13.2" "pandas==3.1.1"
cd "$work"
"$work/venv/bin/python" - <<'PY'
import exchange_calendars as calendars
import pandas as pd

print(f"exchange_calendars {calendars.__version__}, pandas {pd.__version__}")
korea = calendars.get_calendar("XKRX", start="2019-01-04", end="2026-06-30")


def hours(day):
    times = (korea.session_open(day), korea.session_close(day))
    return "-".join(time.tz_convert("Asia/Seoul").strftime("%H:%M") for time in times)


KNOWN = {
    "2019-11-14": "10:00-16:30",
    "2020-12-03": "10:00-16:30",
    "2024-11-14": "09:00-15:30",
    "2025-11-13": "09:00-15:30",
    "2026-01-02": "10:00-15:30",
}
print("expected: 10:00-16:30 on every exam day (all but the last of these), 10:00-15:30 on 2026-01-02")
for day, known in KNOWN.items():
    print("seen:", day, hours(day))
for day, known in KNOWN.items():
    if hours(day) != known:
        raise SystemExit(f"Changed: the hours of {day} are now {hours(day)}, not {known}.")
PY
