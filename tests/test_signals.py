from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from dashboard.components.events import events_of_file
from dashboard.page_data.signals import attention_of, burst_events, bursts_of, exchange_of, returns_of
from dashboard.page_data.subjects import BASKET
from data.catalog import load_catalog
from data.errors import UsageError

SESSIONS = pd.bdate_range("2024-01-02", periods=500)


def times(*moments: str | None) -> pd.DataFrame:
    return pd.DataFrame({"available_at": pd.to_datetime(list(moments), utc=True)})


def test_a_story_counts_in_the_first_session_that_opened_after_it_was_known() -> None:
    own = times("2026-05-04T12:00Z", "2026-05-04T14:00Z", None)  # before and after New York's open at 13:30 UTC
    everything = times("2026-05-04T12:00Z", "2026-05-04T14:00Z", "2026-05-04T14:30Z", "2026-05-06T12:00Z")
    share = attention_of(own, everything, "XNYS", "share")
    assert share.tolist() == [1.0, 0.5, 0.0]
    assert attention_of(own, everything, "XNYS", "stories").tolist() == [1.0, 1.0, 0.0]


def test_a_session_without_any_story_says_nothing() -> None:
    everything = times("2026-05-04T12:00Z", "2026-05-04T12:30Z", "2026-05-06T12:00Z", "2026-05-06T12:30Z")
    share = attention_of(everything.iloc[[0]], everything, "XNYS", "share")
    assert share.tolist() == [0.5, 0.5, 0.0]  # of what was said by then


def test_abnormal_returns_are_what_the_market_leaves() -> None:
    rng = np.random.default_rng(0)
    market = pd.Series(rng.normal(0, 0.01, 500), SESSIONS)
    own = 0.5 * market + rng.normal(0, 0.001, 500)
    prices = pd.DataFrame({"MU": (1 + own).cumprod(), "SPY": (1 + market).cumprod()})
    abnormal, words = returns_of(prices, "MU", [], "SPY")
    assert abnormal.std() < 0.0015
    assert "SPY" in words
    both, _ = returns_of(prices, BASKET, ["MU"], "SPY")
    assert np.allclose(both.dropna(), abnormal.reindex(both.index).dropna())


def test_a_basket_is_told_by_the_sessions_of_the_market() -> None:
    rng = np.random.default_rng(1)
    prices = pd.DataFrame(100 * (1 + rng.normal(0, 0.01, (500, 2))).cumprod(axis=0), SESSIONS, ["000660.KS", "SPY"])
    closed = SESSIONS[[300, 400]]  # a holiday of New York on which Seoul trades
    prices.loc[closed, "SPY"] = np.nan
    abnormal, _ = returns_of(prices, BASKET, ["000660.KS"], "SPY")
    assert abnormal.index.intersection(closed).empty and len(abnormal) == 498
    level = prices["000660.KS"]
    assert abnormal[SESSIONS[301]] == pytest.approx(level.iloc[301] / level.iloc[299] - 1, abs=0.005)


def test_the_first_of_a_run_of_unusual_sessions_is_the_event() -> None:
    z = pd.DataFrame({"company:micron": [0, 3, 4, 0, 0, 0, 0, 0, 0, 3.0]}, SESSIONS[:10])
    events = burst_events(z, {"company:micron": "MU", "company:nvidia": "NVDA"}, threshold=3.0)
    assert events["session"].tolist() == [SESSIONS[1], SESSIONS[9]]
    assert events["ticker"].tolist() == ["MU", "MU"]


def test_companies_of_several_exchanges_have_the_events_that_each_has_alone() -> None:
    catalog, rng = load_catalog(), np.random.default_rng(5)
    tickers = {"company:sk-hynix": "000660.KS", "company:micron": "MU", "company:samsung": "005930.KS"}
    hours = pd.date_range("2025-01-02", periods=400, freq="D", tz="UTC") + pd.Timedelta(hours=14)
    everything, days = pd.DataFrame({"available_at": hours.repeat(20)}), np.arange(400)
    own = [
        pd.DataFrame({"subject": subject, "available_at": hours.repeat(rng.poisson(1, 400) + 9 * (days == spike))})
        for spike, subject in enumerate(tickers, start=300)
    ]
    settings = {"threshold": 3.0, "fewest": 2}
    alone = [bursts_of(t, everything, {k: tickers[k]}, catalog, **settings) for t, k in zip(own, tickers, strict=True)]
    together = bursts_of(pd.concat(own), everything, tickers, catalog, **settings)
    assert together["subject"].unique().tolist() == list(tickers)
    pd.testing.assert_frame_equal(together, pd.concat(alone, ignore_index=True))
    untimed = pd.concat(own).assign(available_at=pd.to_datetime(pd.NaT, utc=True))
    assert bursts_of(untimed, everything, tickers, catalog, **settings).empty
    assert bursts_of(untimed, untimed, tickers, catalog, **settings).empty


def test_sessions_are_those_of_the_listings_own_exchange() -> None:
    catalog = load_catalog()
    assert exchange_of(catalog, "000660.KS") == "XKRX"
    assert exchange_of(catalog, BASKET) == "XNYS"


def test_events_of_a_file_are_read_with_either_name_of_the_day() -> None:
    for head in ("ticker,session", "Date,Ticker"):
        cells = ["2026-05-04", "mu"] if head.startswith("Date") else ["mu", "2026-05-04"]
        events = events_of_file(f"\ufeff{head}\n{','.join(cells)}\n".encode(), known={"MU"})
        assert events == (("MU", date(2026, 5, 4)),)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"a,b\n1,2\n", "columns ticker and session"),
        (b"ticker,session\nNOPE,2026-05-04\n", "Line 2"),
        (b"ticker,session\nMU,soon\n", "Line 2"),
        (b"ticker,session\n", "0 events"),
        (b"\xff\xfe\x00", "not readable"),
        (b"x" * 2_000_000, "larger than 1 MB"),
    ],
)
def test_a_file_that_cannot_be_used_is_told_why(content: bytes, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        events_of_file(content, known={"MU"})
