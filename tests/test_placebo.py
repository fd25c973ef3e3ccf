"""Fans of placebos: the same analysis where there is nothing to find."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.event_study.study import event_study
from analysis.lead_lag.study import verdict
from analysis.placebo import at_least_as_strong, event_fan, fan_band, leadlag_fan, on_random_dates, on_random_peers
from dashboard.page_data.subjects import sector_peers, unrelated_themes
from data.catalog import load_catalog
from tests import simulated as world


def pair(correlation: float, seed: int = 1) -> tuple[pd.Series, pd.Series]:
    return world.planted(np.random.default_rng(seed), 300, correlation)


def test_a_real_lead_leaves_its_fan_and_noise_stays_inside() -> None:
    attention, returns = pair(0.4)
    others = pd.DataFrame({"other theme": pair(0.0, 7)[0]}), pd.DataFrame({"other company": pair(0.0, 8)[1]})
    fan = leadlag_fan(attention, returns, other_attention=others[0], other_returns=others[1], draws=40)
    strong = at_least_as_strong(fan).set_index("kind")
    assert strong["n"].to_dict() == {"other dates": 40, "another subject": 1, "another company of its sector": 1}
    assert strong["as_strong"].sum() == 0
    noise = at_least_as_strong(leadlag_fan(*pair(0.0), draws=40))
    assert noise["as_strong"].iloc[0] >= 2


def test_the_real_line_of_the_fan_is_that_of_the_verdict() -> None:
    fan = leadlag_fan(*pair(0.3), draws=2, max_lag_sessions=5)
    line = fan[fan["kind"] == "real"]
    expected = verdict(*pair(0.3), max_lag_sessions=5).by_lag
    assert line["lag"].tolist() == expected["lag"].tolist()
    assert line["value"].to_numpy() == pytest.approx(expected["correlation"].to_numpy())


def test_too_little_data_give_an_empty_fan_and_leave_a_placebo_out() -> None:
    attention, returns = pair(0.3)
    assert leadlag_fan(attention[:30], returns).empty
    fan = leadlag_fan(attention, returns, other_returns=pd.DataFrame({"young": returns[:30]}), draws=1)
    assert set(fan["kind"]) == {"real", "other dates"}


@pytest.fixture(scope="module")
def study() -> tuple[pd.DataFrame, pd.DataFrame, pd.Series]:
    rng = np.random.default_rng(0)
    returns, market = world.companies(rng, 500, 10)
    events = world.random_events(rng, returns, dates=10, each=3)
    for ticker, session in events.itertuples(index=False):
        returns.loc[session, ticker] += 0.08
    return events, returns, market


def test_a_real_event_leaves_the_fan_of_other_dates_and_companies(study) -> None:
    events, returns, market = study
    peers = {ticker: [other for other in returns if other != ticker] for ticker in returns}
    placebo_theme = world.random_events(np.random.default_rng(9), returns, dates=10, each=3)
    fan = event_fan(events, returns, market, other_events={"cooling": placebo_theme}, peers=peers, draws=15)
    at_event = fan[fan["day"] == 0].set_index("kind")["value"]
    assert at_event["real"] > fan[(fan["kind"] == "other dates") & (fan["day"] == 0)]["value"].max()
    assert at_least_as_strong(fan)["n"].sum() == 31
    real = fan[fan["kind"] == "real"]["value"].to_numpy()
    assert real == pytest.approx(event_study(events, returns, market).path["caar"].to_numpy())


def test_other_dates_keep_together_what_shares_a_date(study) -> None:
    events, returns, _ = study
    moved = on_random_dates(events, returns.index, np.random.default_rng(1))
    assert moved["ticker"].tolist() == events["ticker"].tolist()
    assert moved.groupby(events["session"])["session"].nunique().eq(1).all()
    assert moved["session"].nunique() == events["session"].nunique()
    assert moved["session"].between(events["session"].min(), events["session"].max()).all()
    assert (moved["session"].to_numpy() != events["session"].to_numpy()).any()


def test_other_companies_are_peers_and_who_has_none_is_left_out(study) -> None:
    events, _, _ = study
    ticker = events["ticker"].iloc[0]
    moved = on_random_peers(events, {ticker: ["PEER"]}, np.random.default_rng(0))
    assert set(moved["ticker"]) == {"PEER"}
    assert len(moved) == (events["ticker"] == ticker).sum()


def test_who_has_an_event_of_the_same_date_stands_in_for_nobody() -> None:
    day = pd.Timestamp("2024-05-06")
    events = pd.DataFrame({"ticker": ["MU", "WDC", "MU"], "session": [day, day, day + pd.Timedelta(days=1)]})
    peers = {"MU": ["WDC"], "WDC": ["MU", "SNDK"]}
    moved = on_random_peers(events, peers, np.random.default_rng(0))
    assert moved["ticker"].tolist() == ["SNDK", "WDC"]


def test_the_band_is_made_of_placebos_only() -> None:
    fan = pd.DataFrame(
        {
            "kind": ["real", *["other dates"] * 21],
            "name": ["", *map(str, range(21))],
            "day": 0,
            "value": [99.0, *range(21)],
        }
    )
    assert fan_band(fan).iloc[0].tolist() == [0, 1.0, 10.0, 19.0, 21]
    assert at_least_as_strong(fan)["as_strong"].tolist() == [0]


def test_the_peers_of_a_company_are_the_others_of_its_sector() -> None:
    """By the shipped catalog, company by company: the same first theme, another company, its main listing."""
    catalog = load_catalog()
    tickers = [listing.ticker for company in catalog.companies.values() for listing in company.listings]
    found = sector_peers(catalog, [*tickers, "NOT-LISTED"])
    assert "SNDK" in found["MU"] and "000660.KS" in found["MU"] and "NVDA" not in found["MU"]
    assert "NOT-LISTED" not in found
    for ticker, peers in found.items():
        owner = catalog.company_of_ticker[ticker]
        others = [catalog.company_of_ticker[peer] for peer in peers]
        assert owner not in others
        assert {other.themes[0] for other in others} <= {owner.themes[0]}
        assert [other.ticker for other in others] == list(peers)
        same = [
            one
            for one in catalog.companies.values()
            if one.ticker and one.themes[:1] == owner.themes[:1] and one is not owner
        ]
        assert len(peers) == len(same)


def test_a_placebo_theme_is_none_of_the_subjects_own() -> None:
    catalog = load_catalog()
    micron = catalog.companies["micron"]
    apart = unrelated_themes(catalog, micron.themes, 4)
    assert len(apart) == 4
    assert not {f"theme:{theme}" for theme in micron.themes} & set(apart)
    assert unrelated_themes(catalog, catalog.themes, 4) == ()
