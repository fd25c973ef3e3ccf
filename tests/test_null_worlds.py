"""Other worlds in small; `make null` runs them whole."""

from __future__ import annotations

import numpy as np
import pytest

from tests.studies import null_worlds

RUNS = 40
LIMIT = 0.05 + 3 * np.sqrt(0.05 * 0.95 / RUNS)


@pytest.mark.parametrize(
    "made", [null_worlds.random_walk, null_worlds.both_break, null_worlds.regimes], ids=lambda made: made.__name__
)
def test_no_lead_is_claimed_where_there_is_only_something_else(made: null_worlds.World) -> None:
    row = null_worlds.null_row(made, 250, RUNS)
    print(row)
    assert row["leads"] <= LIMIT


@pytest.mark.parametrize(("lag", "sign"), [(1, 1), (3, -1)])
def test_a_real_lead_is_told_with_its_lag_and_sign(lag: int, sign: int) -> None:
    row = null_worlds.lead_row(lag, 0.1, sign, 660, 20)
    print(row)
    assert row["found"] >= 0.9
    assert row["of these, right lag and sign"] >= 0.9
