"""Fans of placebos: the same analysis where there is nothing to find."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.events import event_study
from analysis.leadlag import verdict
from analysis.placebo import as_strong, event_fan, fan_band, leadlag_fan, of_other_companies, on_other_dates
from tests import simulated as world


def pair(correlation: float, seed: int = 1) -> tuple[pd.Series, pd.Series]:
    return world.planted(np.random.default_rng(seed), 300, correlation)


def test_a_real_lead_leaves_its_fan_and_noise_stays_inside() -> None:
    attention, returns = pair(0.4)
    others = pd.DataFrame({"other theme": pair(0.0, 7)[0]}), pd.DataFrame({"other company": pair(0.0, 8)[1]})
    fan = leadlag_fan(attention, returns, other_attention=others[0], other_returns=others[1], draws=40)
    strong = as_strong(fan).set_index("kind")
    assert strong["n"].to_dict() == {"other dates": 40, "another subject": 1, "another company": 1}
    assert strong["as_strong"].sum() == 0
    noise = as_strong(leadlag_fan(*pair(0.0), draws=40))
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
    assert as_strong(fan)["n"].sum() == 31
    real = fan[fan["kind"] == "real"]["value"].to_numpy()
    assert real == pytest.approx(event_study(events, returns, market).path["caar"].to_numpy())


def test_other_dates_keep_together_what_shares_a_date(study) -> None:
    events, returns, _ = study
    moved = on_other_dates(events, returns.index, np.random.default_rng(1))
    assert moved["ticker"].tolist() == events["ticker"].tolist()
    assert moved.groupby(events["session"])["session"].nunique().eq(1).all()
    assert moved["session"].nunique() == events["session"].nunique()
    assert moved["session"].between(events["session"].min(), events["session"].max()).all()
    assert (moved["session"].to_numpy() != events["session"].to_numpy()).any()


def test_other_companies_are_peers_and_who_has_none_is_left_out(study) -> None:
    events, _, _ = study
    ticker = events["ticker"].iloc[0]
    moved = of_other_companies(events, {ticker: ["PEER"]}, np.random.default_rng(0))
    assert set(moved["ticker"]) == {"PEER"}
    assert len(moved) == (events["ticker"] == ticker).sum()


def test_the_band_is_made_of_placebos_only() -> None:
    fan = pd.DataFrame({"kind": ["real", *["other dates"] * 21], "name": ["", *map(str, range(21))], "day": 0, "value": [99.0, *range(21)]})
    assert fan_band(fan).iloc[0].tolist() == [0, 1.0, 10.0, 19.0, 21]
    assert as_strong(fan)["as_strong"].tolist() == [0]
