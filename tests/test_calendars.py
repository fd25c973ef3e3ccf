"""
The bundled sessions of each exchange: the library's, with its mistakes put right, and a sentence where nobody knows.

Days and hours are the exchanges' own, from their notices and holiday lists.
"""

from __future__ import annotations

import csv
import re
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from data.calendars import SESSIONS, Calendar, build, calendar_of
from data.calendars.text import read_calendar
from data.catalog import BUNDLED
from reference import reference

EXCHANGES = list(csv.DictReader((BUNDLED / "exchanges.csv").read_text("utf-8").splitlines()))
NAMES = sorted({row["calendar"] for row in EXCHANGES})


def hours(mic: str, day: str) -> str:
    """The UTC open and close of a session; "closed" when there is none."""
    calendar = calendar_of(mic)
    at = calendar.position(date.fromisoformat(day))
    if at is None:
        return "closed"
    opened, closed = pd.Timestamp(calendar.opens[at]), pd.Timestamp(calendar.closes[at])
    return f"{opened:%H:%M}-{closed:%H:%M}"


@pytest.mark.parametrize("mic", [row["mic"] for row in EXCHANGES])
def test_every_exchange_of_the_catalog_has_sessions_from_1990_to_2030(mic: str) -> None:
    calendar = calendar_of(mic)
    assert (calendar.days[0].year, calendar.days[-1].year) == (1990, 2030)
    assert (calendar.opens < calendar.closes).all()
    assert (calendar.closes[:-1] < calendar.opens[1:]).all()
    assert pd.Series(1, calendar.days).groupby(calendar.days.year).sum().between(225, 300).all()


@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", NAMES)
def test_the_bundled_sessions_are_those_of_the_library_and_our_corrections(name: str) -> None:
    made = (SESSIONS / f"{name}.txt").read_text("utf-8")
    assert made == build.text_of(name), f"make it again: python -m data.calendars.build {name}"


@pytest.mark.parametrize("name", ["XTAE", "XBOM"])
def test_text_gives_back_the_sessions_that_it_was_made_from(name: str) -> None:
    zone, known, expected = build.sessions_of(name)
    got = read_calendar((SESSIONS / f"{name}.txt").read_text("utf-8"))
    assert got[:2] == (zone, known)
    pd.testing.assert_frame_equal(got[2], expected.astype("datetime64[ns]"), check_index_type=False, check_freq=False)


@pytest.mark.parametrize("row", build.special_sessions(), ids=lambda row: f"{row['calendar']}-{row['day']}")
def test_every_special_session_is_in_the_calendar_and_news_to_the_library(row: dict[str, str]) -> None:
    calendar, day = calendar_of(row["calendar"]), date.fromisoformat(row["day"])
    at = calendar.position(day)
    assert row["reason"]
    assert row["source"]
    given = [
        f"{pd.Timestamp(times[at], tz='UTC').tz_convert(calendar.zone):%H:%M}"
        for times in (calendar.opens, calendar.closes)
        if at is not None
    ]
    assert given == [row["open"], row["close"]] if row["open"] else at is None
    uncorrected = library_sessions(row["calendar"])
    expected = f"{row['open']}-{row['close']}" if row["open"] else "closed"
    assert uncorrected.get(row["day"], "closed") != expected, "the library knows it by now: drop the row"


UNCORRECTED: dict[str, dict[str, str]] = {}


def library_sessions(name: str) -> dict[str, str]:
    """Day → local hours as the library has them, without special_sessions.csv."""
    if name not in UNCORRECTED:
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(build, "special_sessions", list)
            found = build.sessions_of(name)[2]
        spans = found["open"].dt.strftime("%H:%M-") + found["close"].dt.strftime("%H:%M")
        UNCORRECTED[name] = dict(zip(found.index.strftime("%Y-%m-%d"), spans, strict=True))
    return UNCORRECTED[name]


@pytest.mark.parametrize(
    ("mic", "day", "expected", "why"),
    [
        ("XTAE", "2025-09-21", "06:59-12:40", "a Sunday, until January 2026 a day of trading"),
        ("XTAE", "2025-09-19", "closed", "a Friday before January 2026"),
        ("XTAE", "2026-01-09", "07:59-11:50", "the first Friday with trading"),
        ("XTAE", "2026-01-11", "closed", "the first Sunday without"),
        ("XTAE", "2024-10-03", "closed", "Rosh Hashanah"),
        ("XTAE", "2025-04-13", "closed", "first day of Passover"),
        ("XTAE", "2024-03-31", "06:59-12:40", "Easter Sunday, which is no holiday there"),
        ("XTAE", "2026-09-21", "closed", "Yom Kippur"),
        ("XNSE", "2024-01-20", "03:45-10:00", "a Saturday with trading"),
        ("XBOM", "2024-03-02", "03:45-07:00", "a Saturday: switch to the other site"),
        ("XBOM", "2024-05-18", "03:45-07:00", "a Saturday: switch to the other site"),
        ("XBOM", "2025-02-01", "03:45-10:00", "the budget on a Saturday"),
        ("XBOM", "2026-02-01", "03:45-10:00", "the budget on a Sunday"),
        ("XBOM", "2025-10-21", "08:15-09:15", "Muhurat in the afternoon"),
        ("XBOM", "2024-01-22", "closed", "a holiday that was announced late"),
        ("XKRX", "2021-11-18", "01:00-07:30", "university entrance exam"),
        ("XKRX", "2022-11-17", "01:00-07:30", "university entrance exam"),
        ("XKRX", "2023-11-16", "01:00-07:30", "university entrance exam"),
        ("XKRX", "2026-09-24", "closed", "Chuseok"),
        ("XKRX", "1998-12-05", "00:30-06:00", "Saturdays had trading until 1998"),
        ("XSAU", "2019-05-05", "07:00-12:00", "a Sunday before the library's first year"),
        ("XSAU", "2012-05-05", "07:00-12:00", "a Saturday, when the week began on it"),
        ("XTKS", "2024-11-01", "00:00-06:00", "the last sessions that ended at 15:00"),
        ("XTKS", "2024-11-05", "00:00-06:30", "the first that ended at 15:30"),
        ("XTAI", "2018-12-22", "01:00-05:30", "a working Saturday"),
        ("XTAI", "2026-07-10", "closed", "typhoon"),
        ("XNYS", "2025-01-09", "closed", "mourning for Jimmy Carter"),
        ("BJSE", "2026-02-20", "closed", "Beijing keeps Shanghai's holidays"),
    ],
)
def test_a_day_has_the_hours_that_the_exchange_says(mic: str, day: str, expected: str, why: str) -> None:
    assert hours(mic, day) == expected, why


def test_where_holidays_are_not_known_it_is_said() -> None:
    riyadh = calendar_of("XSAU")
    assert riyadh.doubt(date(2022, 1, 1), date(2026, 1, 1)) == ""
    assert riyadh.doubt(date(2015, 1, 1), date(2026, 1, 1)) == (
        "The holidays of XSAU are not known before 2021-01-01: its weekdays count as sessions there."
    )
    assert "after 2026-12-31" in calendar_of("XSHG").doubt(date(2026, 1, 1), date(2027, 1, 1))


@pytest.mark.parametrize(
    ("mic", "day", "weekend"),
    [
        ("XTAE", "2025-09-19", True),
        ("XTAE", "2026-09-18", False),
        ("XNYS", "2026-11-28", True),
        ("XNYS", "2026-11-26", False),
        ("XSHG", "2026-10-02", False),
        ("XSAU", "2026-11-27", True),
    ],
)
def test_a_weekend_is_the_exchanges_own(mic: str, day: str, weekend: bool) -> None:
    assert calendar_of(mic).is_weekend(date.fromisoformat(day)) is weekend


def test_an_exchange_that_is_not_bundled_comes_from_the_library() -> None:
    assert calendar_of("XBUE").position(date(2026, 11, 27)) is not None


def test_an_unknown_exchange_is_named_in_the_error() -> None:
    with pytest.raises(ValueError, match="XXXX"):
        calendar_of("XXXX")


def test_an_exchange_of_ones_own_catalog_keeps_the_sessions_that_it_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "exchanges.csv").write_text("mic,calendar\nXOWN,XTAE\n", encoding="utf-8")
    monkeypatch.setenv("CHOKEPOINT_CATALOG", str(tmp_path))
    own: Calendar = calendar_of.__wrapped__("XOWN")
    assert own.days.equals(calendar_of("XTAE").days)


def test_the_text_stays_small() -> None:
    assert sum(path.stat().st_size for path in SESSIONS.iterdir()) < 150_000


@pytest.mark.parametrize(("mic", "ending"), [("XTAI", r"\.TWO?$"), ("XTKS", r"\.T$")])
def test_real_prices_are_of_sessions(mic: str, ending: str) -> None:
    prices = pd.read_csv(reference("data/prices/daily_fill.csv.gz"), usecols=["ticker", "session"])
    traded = {date.fromisoformat(day) for day in prices.loc[prices["ticker"].str.contains(ending), "session"].unique()}
    assert [day for day in traded if not calendar_of(mic).is_session(day)] == []
    assert len(traded) > 600


def test_no_corrected_day_is_named_twice() -> None:
    keys = [(row["calendar"], row["day"]) for row in build.special_sessions()]
    assert len(keys) == len(set(keys))
    assert all(re.fullmatch(r"\d\d:\d\d|", row[name]) for row in build.special_sessions() for name in ("open", "close"))
