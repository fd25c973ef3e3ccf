"""
The torture table, session_cases.csv, was written from the exchanges' published hours and holidays, not from the code:
a row is a moment, the session that could react to it, the first session that opens after it, and the part of the day.
"""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.sessions import (
    attention_by_session,
    overnight_or_intraday,
    session_of,
    sessions_between,
)
from data.calendars import calendar_of
from tests.reference import reference

TABLE = Path(__file__).parent / "session_cases.csv"
CASES = list(csv.DictReader(TABLE.read_text(encoding="utf-8").splitlines()))


@pytest.mark.parametrize("mic", sorted({case["mic"] for case in CASES}))
def test_every_moment_of_the_torture_table_falls_into_its_session(mic):
    cases = [case for case in CASES if case["mic"] == mic]
    moments = [datetime.fromisoformat(case["moment"]).astimezone(UTC) for case in cases]
    found = zip(
        session_of(moments, calendar_of(mic), kind="reaction").strftime("%Y-%m-%d"),
        session_of(moments, calendar_of(mic), kind="predictive").strftime("%Y-%m-%d"),
        overnight_or_intraday(moments, calendar_of(mic)),
        strict=True,
    )
    wrong = [
        (case, got)
        for case, got in zip(cases, found, strict=True)
        if got != (case["reaction"], case["predictive"], case["part"])
    ]
    print(f"{mic}: {len(cases)} cases")
    assert wrong == []


def test_the_torture_table_is_large_enough_and_covers_eight_exchanges():
    assert len(CASES) >= 120
    assert {"XNYS", "XNAS", "XKRX", "XTAI", "XTKS", "XHKG", "XSHG", "XETR"} <= {case["mic"] for case in CASES}


def test_one_moment_gives_one_session():
    moment = datetime(2024, 6, 12, 20, 0, tzinfo=UTC)
    assert session_of(moment, calendar_of("XNYS"), kind="reaction") == pd.Timestamp("2024-06-13")
    assert overnight_or_intraday(moment, calendar_of("XNYS")) == "overnight"


def test_an_unknown_moment_has_no_session():
    moments = pd.Series(pd.to_datetime(["2024-06-12T12:00Z", None]))
    assert session_of(moments, calendar_of("XNYS"), kind="reaction").isna().tolist() == [False, True]
    assert overnight_or_intraday(moments, calendar_of("XNYS")).tolist() == ["overnight", ""]


@pytest.mark.parametrize("year", [1989, 2200])
def test_a_moment_outside_the_calendar_has_no_session(year):
    far = pd.DatetimeIndex([pd.Timestamp(f"{year}-06-12", tz="UTC")])
    assert session_of(far, calendar_of("XNYS"), kind="reaction").isna().all()


def test_a_moment_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="no time zone"):
        session_of(pd.DatetimeIndex(["2024-06-12"]), "XNYS", kind="reaction")


def test_sessions_between_has_both_ends_and_no_holiday():
    days = sessions_between(calendar_of("XNYS"), "2024-07-03", "2024-07-08")
    assert days.strftime("%m-%d").tolist() == ["07-03", "07-05", "07-08"]


def test_attention_on_a_weekend_counts_for_monday_and_a_quiet_session_is_zero():
    counts = pd.DataFrame(
        {
            "moment": pd.to_datetime(
                ["2024-06-13T20:00Z", "2024-06-15T12:00Z", "2024-06-16T12:00Z", "2024-06-19T12:00Z"]
            ),
            "stories": [1, 2, 4, 8],
        }
    )
    stories = attention_by_session(counts, calendar_of("XNYS"), kind="reaction")["stories"]
    assert stories.to_dict() == {
        pd.Timestamp("2024-06-14"): 1,
        pd.Timestamp("2024-06-17"): 6,
        pd.Timestamp("2024-06-18"): 0,
        pd.Timestamp("2024-06-20"): 8,
    }


def test_slots_give_the_same_sessions_as_the_moments_in_them():
    # All sessions of these exchanges open and close on a half hour, so a slot is never cut in two.
    moments = pd.date_range("2024-02-01", "2024-04-15", freq="7min", tz="UTC")
    by_moment = pd.DataFrame({"moment": moments, "stories": 1})
    slots = pd.DataFrame(
        {"day": moments.tz_convert(None).normalize(), "slot": moments.hour * 2 + moments.minute // 30, "stories": 1}
    )
    for mic in ("XNYS", "XKRX", "XTKS", "XHKG", "XETR"):
        for kind in ("reaction", "predictive"):
            pd.testing.assert_frame_equal(
                attention_by_session(by_moment, calendar_of(mic), kind=kind),
                attention_by_session(slots, calendar_of(mic), kind=kind),
            )


def test_a_slot_that_holds_an_open_waits_for_the_next_one():
    # Bombay opens at 09:15, 03:45 UTC, in the middle of the slot: an article of 03:50 must not predict that session.
    slots = pd.DataFrame({"day": pd.to_datetime(["2024-06-12"]), "slot": [7], "stories": [1]})
    assert attention_by_session(slots, calendar_of("XBOM"), kind="predictive").index.tolist() == [
        pd.Timestamp("2024-06-13")
    ]


def test_articles_with_a_day_but_no_time_are_left_out():
    slots = pd.DataFrame({"day": pd.to_datetime(["2024-06-12"] * 2), "slot": [np.nan, 20], "stories": [5, 1]})
    assert attention_by_session(slots, calendar_of("XNYS"), kind="reaction")["stories"].tolist() == [1]


def test_nothing_gives_zeros_over_the_asked_sessions():
    nothing = pd.DataFrame({"day": pd.to_datetime([]), "slot": [], "stories": []})
    asked = attention_by_session(nothing, calendar_of("XNYS"), kind="reaction", start="2024-07-03", end="2024-07-05")
    assert asked["stories"].tolist() == [0, 0]
    assert attention_by_session(nothing, calendar_of("XNYS"), kind="reaction").empty


@pytest.mark.parametrize(("mic", "ending"), [("XNYS", ""), ("XKRX", ".KS"), ("XHKG", ".HK"), ("XSHG", ".SZ")])
def test_real_prices_have_a_bar_on_every_session_and_on_no_other_day(mic, ending):
    prices = pd.read_csv(reference("data/prices/daily_2024_2026.csv.gz"), usecols=["ticker", "date"])
    _, dot, after = prices["ticker"].str.rpartition(".").T.to_numpy()
    traded = pd.DatetimeIndex(prices.loc[dot + after == (ending or prices["ticker"]), "date"].unique()).sort_values()
    sessions = sessions_between(calendar_of(mic), traded[0], traded[-1])
    print(f"{mic}: {len(traded)} days with prices")
    assert traded.symmetric_difference(sessions).empty
