"""One story across the exchanges, hours from their published times."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.event_study.first_reaction import first_reactions
from builders import NOW
from dashboard.address.view import View
from dashboard.components.events import bars_around
from dashboard.page_data.request import Request
from data.calendars import calendar_of
from data.prices import save_prices
from data.records import Action, Bar
from data.schema.store import open_store

LISTINGS = pd.DataFrame(
    {
        "company": ["nvidia", "tsmc", "sk_hynix", "infineon"],
        "ticker": ["NVDA", "2330.TW", "000660.KS", "IFX.DE"],
        "mic": ["XNAS", "XTAI", "XKRX", "XETR"],
    }
)


def bars(*rows: tuple[str, str, float, float]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["ticker", "session", "open", "close"])


def followed(moment: datetime, listings: pd.DataFrame, prices: pd.DataFrame) -> pd.DataFrame:
    return first_reactions(moment, listings, prices, {mic: calendar_of(mic) for mic in listings["mic"]})


HYNIX = bars(("000660.KS", "2025-06-09", 200, 210), ("000660.KS", "2025-06-10", 220, 231))


def test_the_sun_rises_in_seoul_first_and_in_new_york_last() -> None:
    after_new_york = datetime(2025, 6, 9, 21, 0, tzinfo=UTC)
    table = followed(after_new_york, LISTINGS, HYNIX)
    assert table["company"].tolist() == ["sk_hynix", "tsmc", "infineon", "nvidia"]
    assert table["hours"].tolist() == [3.0, 4.0, 10.0, 16.5]
    assert table["opens_at"].iloc[0] == pd.Timestamp("2025-06-10 00:00", tz="UTC")
    assert table["closes_at"].iloc[3] == pd.Timestamp("2025-06-10 20:00", tz="UTC")
    assert set(table["session"]) == {pd.Timestamp("2025-06-10")}


def test_the_first_session_is_split_into_night_and_day() -> None:
    row = followed(datetime(2025, 6, 9, 21, 0, tzinfo=UTC), LISTINGS, HYNIX).iloc[0]
    assert (row["before"], row["open"], row["close"]) == (210, 220, 231)
    assert row["overnight"] == pytest.approx(220 / 210 - 1)
    assert row["intraday"] == pytest.approx(231 / 220 - 1)
    assert row["total"] == pytest.approx(231 / 210 - 1)
    assert np.isnan(row["during"])


def test_an_exchange_that_was_open_shows_what_it_did_that_day_and_opens_next_tomorrow() -> None:
    in_new_york_hours = datetime(2025, 6, 10, 15, 0, tzinfo=UTC)
    prices = bars(("NVDA", "2025-06-09", 99, 100), ("NVDA", "2025-06-10", 101, 104), ("NVDA", "2025-06-11", 105, 103))
    row = followed(in_new_york_hours, LISTINGS, prices).set_index("ticker").loc["NVDA"]
    assert row["session"] == pd.Timestamp("2025-06-11")
    assert row["during"] == pytest.approx(0.04)
    assert row["overnight"] == pytest.approx(105 / 104 - 1)


def test_a_saturday_story_waits_for_monday_and_a_holiday_for_its_end() -> None:
    # Korea votes on Tuesday 3 June 2025; Monday 2 June trades.
    table = followed(datetime(2025, 6, 2, 21, 0, tzinfo=UTC), LISTINGS, HYNIX).set_index("ticker")
    assert table.loc["000660.KS", "session"] == pd.Timestamp("2025-06-04")
    assert table.loc["2330.TW", "session"] == pd.Timestamp("2025-06-03")
    saturday = followed(datetime(2025, 6, 7, 12, 0, tzinfo=UTC), LISTINGS, HYNIX)
    assert set(saturday["session"]) == {pd.Timestamp("2025-06-09")}


def test_prices_that_are_not_known_yet_are_nan_and_beyond_the_calendar_there_is_no_session() -> None:
    moment = datetime(2025, 6, 9, 21, 0, tzinfo=UTC)
    assert np.isnan(followed(moment, LISTINGS, HYNIX[:1]).iloc[0]["intraday"])
    far = followed(datetime(2060, 1, 1, tzinfo=UTC), LISTINGS, HYNIX)
    assert len(far) == 4
    assert far["session"].isna().all()


def test_a_split_on_the_way_is_no_move(tmp_path: Path) -> None:
    closes = {date(2024, 6, 7): 1_208.9, date(2024, 6, 10): 121.8}
    whole = [
        Bar(ticker="NVDA", session=day, open=close, high=close, low=close, close=close, volume=1, currency="USD")
        for day, close in closes.items()
    ]
    split = Action(ticker="NVDA", session=date(2024, 6, 10), kind="split", value=10.0)
    with open_store(tmp_path / "store.db") as store:
        save_prices(store, whole, [split], provider="test", now=NOW, catalog_hash="c0ffee")
        view = View(start=date(2024, 6, 1), end=date(2024, 6, 30), rev=store.revision())
        request = Request.of(store.url, "events", view)
        scaled = bars_around(request, ["NVDA"], pd.Timestamp("2024-06-10"))
    row = followed(datetime(2024, 6, 9, 12, tzinfo=UTC), LISTINGS[:1], scaled).iloc[0]
    assert row["total"] == pytest.approx(121.8 / 120.89 - 1)
