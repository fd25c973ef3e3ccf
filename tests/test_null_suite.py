"""The null suite in small: nothing is claimed where there is nothing. `make null` runs it whole."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.lead_lag.study import preregistered, verdict
from tests import simulated as world
from tests.studies import null_suite

RUNS = 50
LIMIT = 0.05 + 3 * np.sqrt(0.05 * 0.95 / RUNS)


@pytest.mark.parametrize(("persistence", "count"), [(0.0, 125), (0.8, 250), (0.95, 250)])
def test_a_lead_is_claimed_on_noise_in_at_most_one_of_twenty_analyses(persistence: float, count: int) -> None:
    row = null_suite.lead_cell(persistence, count, RUNS)
    print(row)
    assert row["leads, worst"] <= LIMIT
    assert row["stated lag, worst"] <= LIMIT
    assert row["all 12, counted"] <= LIMIT


def test_the_suite_asks_what_the_page_asks() -> None:
    measures, returns = next(null_suite.pairs(0.8, 200, 1, False))
    said = null_suite.asked(measures, returns, seed=4)
    for name, attention in measures.items():
        for window, width in null_suite.WINDOWS.items():
            answer = verdict(attention, returns, max_lag_sessions=width, draws=null_suite.DRAWS, seed=4)
            assert said[f"{name} {window}"] == (answer.kind if answer.kind in ("leads", "follows") else "")
        stated = preregistered(attention, returns, lag_sessions=1, draws=null_suite.DRAWS, seed=4)
        assert (said[f"{name} stated 1"] == "leads") == (stated.kind == "leads")


def test_the_suite_would_see_a_real_lead() -> None:
    attention, returns = world.planted(np.random.default_rng(0), 300, 0.4)
    said = null_suite.asked({"stories": attention}, returns, seed=0)
    assert set(pd.Series(said)) == {"leads"}


def test_studies_of_random_dates_find_nothing() -> None:
    row = null_suite.event_cell(10, 4, 12)
    print(row)
    assert max(row[f"found: {window}"] for window in ("leak", "reaction", "drift")) <= 0.15
