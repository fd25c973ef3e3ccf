"""What a source says about when becomes a moment in UTC with its quality."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.errors import UsageError
from ingest.parse.dates import parse_date

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def read(raw, timezone="UTC"):
    moment, quality = parse_date(raw, timezone=timezone, now=NOW)
    return (moment.isoformat().removesuffix("+00:00") if moment else None), quality


@pytest.mark.parametrize(
    "raw",
    [
        "2026-11-13T10:00:00Z",
        "2026-11-13T10:00:00.000Z",
        "2026-11-13T10:00:00.0000001Z",
        "2026-11-13 10:00:00+00:00",
        "2026-11-13T05:00:00-0500",
        "2026-11-13T15:30:00 +05:30",
        "20261113T100000Z",
        "Fri, 13 Nov 2026 10:00:00 GMT",
        "Fri, 13 Nov 2026 10:00:00 +0000",
        "Fri, 13 Nov 2026 10:00:00 -0000",
        "Fri, 13 Nov 2026 10:00 UT",
        "Fri, 13 Nov 26 10:00:00 Z",
        "13 Nov 2026 02:00:00 PST",
        "Fri, 13 Nov 2026 05:00:00 EST",
        "Fri,13 Nov 2026 05:00:00 EST",
        "Fri, 13 November 2026 11:00:00 CET",
        "Thu, 13 Nov 2026 10:00:00 GMT",
        "Fri, 13 Nov 2026 15:30:00 IST",
        "Fri, 13 Nov 2026 19:00:00 JST",
        "Fri, 13 Nov 2026 19:00:00 KST",
        "Fri, 13 Nov 2026 04:00:00 CST",
        "Fri, 13 Nov 2026 05:00:00 ET",
        "Fri, 13 Nov 2026 10:00:00 +0000 (UTC)",
        "Fri, 13 Nov 2026 11:00:00 Europe/Berlin",
        "Fri Nov 13 10:00:00 UTC 2026",
        "Fri Nov 13 10:00:00 +0000 2026",
        "Fri Nov 13 2026 18:00:00 GMT+0800 (China Standard Time)",
        "Nov 13, 2026 at 5:00 a.m. EST",
        "November 13th, 2026, 10:00 AM GMT",
        "2026-11-13 10:00:00 UTC",
        "2026-11-13 10:00:00 GMT+00:00",
        "Пт, 13 ноя 2026 13:00:00 +0300",
        1794564000,
        1794564000.0,
        1794564000000,
        1794564000000000,
        "1794564000",
        "1794564000.0",
        "1794564000000",
    ],
)
def test_a_date_with_time_and_zone_is_one_moment(raw):
    assert read(raw) == ("2026-11-13T10:00:00", "feed")


@pytest.mark.parametrize(
    "raw",
    [
        "2026-11-13T10:00:00",
        "2026-11-13 10:00",
        "2026/11/13 10:00:00",
        "2026.11.13 10:00",
        "2026. 11. 13. 오전 10:00",
        "2026년 11월 13일 10시 00분",
        "2026年11月13日 10:00",
        "2026年11月13日上午10:00",
        "2026年11月13日（金） 10時00分",
        "Fri, 13 Nov 2026 10:00:00",
        "Fri Nov 13 10:00:00 2026",
        "13.11.2026 10:00",
        "13/11/2026 10:00",
        "11/13/2026 10:00:00 AM",
        "Nov 13, 2026 10:00 AM",
        "13. November 2026 um 10:00",
        "vendredi 13 novembre 2026 à 10h00",
        "20261113100000",
        "Fri, 13 Nov 2026 10:00:00 XYZ",
        "Fri, 13 Nov 2026 10:00:00 +9999",
        "2026-11-13T10:00:00+15:00",
    ],
)
def test_a_time_without_a_zone_is_the_sources_own(raw):
    assert read(raw) == ("2026-11-13T10:00:00", "no_tz")
    assert read(raw, "Asia/Seoul") == ("2026-11-13T01:00:00", "no_tz")


@pytest.mark.parametrize(
    "raw",
    [
        "2026-11-13",
        "2026/11/13",
        "2026.11.13",
        "2026. 11. 13.",
        "2026年11月13日",
        "2026년 11월 13일",
        "20261113",
        "13 Nov 2026",
        "13-Nov-2026",
        "Friday, November 13, 2026",
        "Nov. 13, 2026",
        "13 novembre 2026",
        "13/11/2026",
        "11/13/2026",
        "13.11.2026",
        "13.11.26",
        "13 Nov 2026 GMT",
    ],
)
def test_a_date_alone_is_a_day_in_any_zone(raw):
    assert read(raw) == read(raw, "Asia/Seoul") == ("2026-11-13T00:00:00", "day")


@pytest.mark.parametrize(
    "raw",
    [
        None,
        "",
        "  ",
        "soon",
        "TBD",
        0,
        -1,
        True,
        float("nan"),
        float("inf"),
        "Fri, 13 Nov 2026 25:61:00 GMT",
        "2026-11-13T25:61:00Z",
        "2026-11-13 10:60:00",
        "2026-11-13T24:30:00Z",
        "2026-02-29T10:00:00Z",
        "Sun, 29 Feb 2026 10:00:00 GMT",
        "30 Feb 2026",
        "2026-13-01",
        "20261399",
        "0000-00-00",
        "0000-00-00 00:00:00",
        "0001-01-01T00:00:00Z",
        "1763-02-28T00:00:00Z",
        "2026",
        "2026-11",
        "Nov 2026",
        "10:30",
        "12",
        "05/06/2024",
        "03-12-31",
        "13 Nov 2026 10",
        "9" * 400,
        10**400,
        "x" * 5_000,
    ],
)
def test_what_cannot_be_is_missing_and_never_rolled_forward(raw):
    assert read(raw) == (None, "missing")


def test_an_implausible_time_is_not_used_and_says_why():
    assert read("2026-11-22T00:00:00Z") == (None, "future")
    assert read("9999-12-31T23:59:59-10:00") in ((None, "future"), (None, "missing"))
    assert (
        read("1970-01-01T00:00:00Z") == read("Thu, 01 Jan 1970 00:00:01 GMT") == read("1989-12-31") == (None, "too_old")
    )
    assert read("1990-01-01") == ("1990-01-01T00:00:00", "day")


def test_a_clock_that_is_hours_fast_is_believed():
    assert read("2026-11-21T11:59:00Z") == ("2026-11-21T11:59:00", "feed")


def test_a_leap_second_is_the_next_second_and_hour_24_the_next_day():
    assert read("2016-12-31T23:59:60Z") == read("Sat, 31 Dec 2016 23:59:60 GMT") == ("2017-01-01T00:00:00", "feed")
    assert read("2026-11-13T24:00:00Z") == ("2026-11-14T00:00:00", "feed")


def test_a_zone_name_is_read_as_the_source_would_mean_it():
    assert read("Fri, 13 Nov 2026 18:00:00 CST", "Asia/Shanghai") == ("2026-11-13T10:00:00", "feed")
    assert read("Fri, 13 Nov 2026 18:00:00 CST", "America/Chicago") == ("2026-11-14T00:00:00", "feed")
    assert read("Fri, 13 Nov 2026 12:00:00 IST", "Asia/Jerusalem") == ("2026-11-13T10:00:00", "feed")
    assert read("Mon, 13 Jul 2026 11:00:00 IST", "Europe/Dublin") == ("2026-07-13T10:00:00", "feed")
    assert read("Mon, 13 Jul 2026 06:00:00 ET") == ("2026-07-13T10:00:00", "feed")


def test_day_and_month_that_could_be_swapped_are_told_apart_by_clock_or_by_recency():
    assert read("05/06/2024 3:00 PM") == ("2024-05-06T15:00:00", "no_tz")
    assert read("05.06.2024") == ("2024-06-05T00:00:00", "day")
    assert read("11/12/2026") == ("2026-11-12T00:00:00", "guessed")
    assert read("Sat, 11/04/2020") == ("2020-04-11T00:00:00", "day")
    assert read("11/11/2026") == ("2026-11-11T00:00:00", "day")


def test_a_relative_time_is_a_guess():
    assert read("2 hours ago") == read("2小时前") == ("2026-11-20T10:00:00", "guessed")


def test_a_zone_that_does_not_exist_is_said():
    with pytest.raises(UsageError, match="no time zone 'Asia/Soul'"):
        parse_date("2026-11-13 10:00", timezone="Asia/Soul", now=NOW)


date_like = st.from_regex(r"[0-9]{1,4}[-/. ][0-9]{1,2}[-/. ][0-9]{1,4}( [0-9:+A-Z]{0,12})?")


@given(st.one_of(st.text(max_size=60), st.integers(), st.floats(), date_like))
def test_any_value_has_a_reading(raw):
    moment, quality = parse_date(raw, now=NOW)
    assert (moment is None) == (quality in ("missing", "future", "too_old"))
    assert moment is None or (moment.utcoffset() == timedelta(0) and moment.year >= 1990)
