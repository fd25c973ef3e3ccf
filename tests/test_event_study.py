"""Event studies against hand-worked numbers, statsmodels and published formulas."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import stats

from analysis.event_study.significance import (
    MIN_DATES,
    CoMovement,
    bmp,
    calendar_time,
    co_movement,
    corrado_rank,
    date_band,
    kolari_pynnonen,
    residual_correlations,
)
from analysis.event_study.study import event_study, near_earnings
from analysis.event_study.windows import event_windows
from tests import simulated as world

SPAN = (-5, 20)


@pytest.fixture(scope="module")
def prices() -> tuple[pd.DataFrame, pd.Series]:
    return world.companies(np.random.default_rng(4), 420, 12)


def events_at(returns: pd.DataFrame, *rows: tuple[str, int]) -> pd.DataFrame:
    return pd.DataFrame({"ticker": [t for t, _ in rows], "session": [returns.index[at] for _, at in rows]})


def spread_out(returns: pd.DataFrame, *, dates: int = 12, each: int = 2) -> pd.DataFrame:
    rows = [(f"C{(i * each + j) % 12}", 280 + 9 * i) for i in range(dates) for j in range(each)]
    return events_at(returns, *rows)


def moved_by(returns: pd.DataFrame, events: pd.DataFrame, jump: float, *, day: int = 0) -> pd.DataFrame:
    changed = returns.copy()
    for ticker, session in events[["ticker", "session"]].itertuples(index=False):
        changed.loc[changed.index[changed.index.get_loc(session) + day], ticker] += jump
    return changed


def test_the_market_model_and_its_forecast_error_are_those_of_statsmodels(prices) -> None:
    returns, market = prices
    found = event_windows(events_at(returns, ("C3", 300)), returns, market, span=SPAN)
    before, around = slice(300 - 250, 300 - 30 + 1), slice(300 - 5, 300 + 21)
    fit = sm.OLS(returns["C3"].iloc[before], sm.add_constant(market.iloc[before])).fit()
    forecast = fit.get_prediction(sm.add_constant(market.iloc[around]))
    row = found.events.iloc[0]
    assert (row["alpha"], row["beta"]) == pytest.approx(tuple(fit.params), abs=1e-8)
    assert row["s"] == pytest.approx(np.sqrt(fit.scale), abs=1e-8)
    assert row["n_estimation"] == 221
    assert found.abnormal[0] == pytest.approx(
        (returns["C3"].iloc[around] - forecast.predicted_mean).to_numpy(), abs=1e-8
    )
    assert found.day_error()[0] == pytest.approx(forecast.se_obs, abs=1e-8)


def test_the_error_of_a_window_is_that_of_the_sum_of_its_days(prices) -> None:
    """MacKinlay 1997, equation 11: s²(w + w²/L + (Σ(R_m − R̄_m))²/Σ(R_m − R̄_m)²)."""
    returns, market = prices
    found = event_windows(events_at(returns, ("C3", 300)), returns, market, span=SPAN)
    past, inside = market.iloc[50:271], market.iloc[300:302]
    model = 2**2 / 221 + ((inside - past.mean()).sum()) ** 2 / ((past - past.mean()) ** 2).sum()
    assert found.car_error((0, 1))[0] == pytest.approx(found.s[0] * np.sqrt(2 + model), abs=1e-12)
    assert found.car((0, 1))[0] == pytest.approx(found.abnormal[0, 5:7].sum(), abs=1e-15)
    weights = found.weights((0, 1))[0]
    assert np.sqrt((weights**2).sum()) * found.s[0] == pytest.approx(found.car_error((0, 1))[0], abs=1e-12)
    # The sum of abnormal returns is these weights on the raw ones: what the model takes away is in them.
    residual = np.zeros(len(weights))
    residual[50:271], residual[300:302] = found.residuals[0], found.abnormal[0, 5:7]
    assert weights @ residual == pytest.approx(found.car((0, 1))[0], abs=1e-12)


def test_bmp_and_kolari_pynnonen_are_their_formulas() -> None:
    scar = np.array([0.5, 1.5, -0.5, 2.0, 1.0])
    assert bmp(scar) == pytest.approx(stats.ttest_1samp(scar, 0).statistic, abs=1e-12)
    # The paper's example of how serious it is: 50 events, mean correlation 0.05.
    assert kolari_pynnonen(1.0, 50, CoMovement(0.05, 49)).t == pytest.approx(np.sqrt(0.95 / 3.45), abs=1e-12)
    assert kolari_pynnonen(1.0, 50, CoMovement(0.05, 49)).t == pytest.approx(0.52, abs=0.005)
    assert kolari_pynnonen(2.0, 50, CoMovement(-0.01, 49)).t == 2.0
    assert kolari_pynnonen(2.0, 50, CoMovement(0.0, 49)).p == pytest.approx(2 * stats.t.sf(2.0, 49), abs=1e-12)


def test_how_events_move_together_is_what_a_loop_over_all_pairs_finds(prices) -> None:
    """r̄ pair by pair with numpy's correlation on the common days, and Satterthwaite's degrees of freedom as traces."""
    returns, market = prices
    found = event_windows(spread_out(returns), returns, market, span=SPAN)
    used, window = np.ones(len(found.events), dtype=bool), (2, 20)
    weights = found.weights(window)
    matrix = np.eye(len(weights))
    for i, j in combinations(range(len(weights)), 2):
        both = set(found.estimation_rows[i]) & set(found.estimation_rows[j]) - {-1}
        one, other = (found.residuals[k][np.isin(found.estimation_rows[k], list(both))] for k in (i, j))
        correlation = (one @ other) / np.sqrt((one @ one) * (other @ other))
        shared = (weights[i] @ weights[j]) / np.sqrt((weights[i] @ weights[i]) * (weights[j] @ weights[j]))
        matrix[i, j] = matrix[j, i] = correlation * shared
    together = co_movement(found, residual_correlations(found), window, used)
    off = ~np.eye(len(matrix), dtype=bool)
    centring = np.eye(len(matrix)) - 1 / len(matrix)
    left = centring @ matrix @ centring
    # Residuals are kept in single precision: a correlation of them is good to seven digits.
    assert together.r == pytest.approx(matrix[off].mean(), abs=1e-7)
    assert together.freedom == pytest.approx(np.trace(left) ** 2 / np.trace(left @ left), rel=1e-6)
    assert 5 < together.freedom < len(matrix) - 1


def test_the_rank_test_is_a_t_test_of_ranks_summed_over_the_window(prices) -> None:
    """Corrado 1989 by plain loops: each day's rank among the event's own days, less a half, and one sum an event."""
    returns, market = prices
    found = event_windows(spread_out(returns), returns, market, span=SPAN)
    sums = []
    for event in range(len(found.events)):
        own = [*(found.residuals[event] / found.s[event]), *(found.abnormal[event] / found.day_error()[event])]
        known = [value for value in own if not np.isnan(value)]
        around = [own[len(found.residuals[event]) + place] for place, day in enumerate(found.days) if 0 <= day <= 1]
        sums.append(sum(sum(other <= value for other in known) / (len(known) + 1) - 0.5 for value in around))
    expected = stats.ttest_1samp(sums, 0)
    ranked = corrado_rank(found, (0, 1), np.ones(len(sums), dtype=bool), CoMovement(0.0, len(sums) - 1))
    assert (ranked.t, ranked.p) == pytest.approx((expected.statistic, expected.pvalue), abs=1e-8)


def test_a_jump_at_the_events_is_found_in_its_window_only(prices) -> None:
    returns, market = prices
    events = spread_out(returns)
    study = event_study(events, moved_by(returns, events, 0.06), market)
    found = study.windows.set_index("window")
    assert (study.n_events, study.n_dates) == (24, 12)
    assert found["p_adjusted"]["reaction"] < 0.001 < 0.05 < found["p_adjusted"].drop("reaction").min()
    assert found["caar"]["reaction"] == pytest.approx(0.06, abs=0.02)
    assert found["low"]["reaction"] > 0.02
    assert (found[["p_rank", "calendar_p"]].loc["reaction"] < 0.01).all()
    assert "The day and the next (days 0 to 1): prices moved +" in study.sentence
    assert "The week before (days −5 to −1): not significant" in study.sentence
    assert study.sentence.startswith("24 events on 12 dates. ")
    assert study.significant_windows == ("reaction",)


def test_a_leak_is_seen_before_the_event(prices) -> None:
    returns, market = prices
    events = spread_out(returns)
    found = event_study(events, moved_by(returns, events, -0.06, day=-2), market).windows.set_index("window")
    assert found["p_adjusted"].idxmin() == "leak"
    assert found["caar"]["leak"] < -0.04


def test_each_event_has_its_own_line_and_the_mean_of_the_lines_is_the_path(prices) -> None:
    returns, market = prices
    study = event_study(spread_out(returns), returns, market)
    assert study.lines.shape == (24, 26)
    assert study.lines.mean().to_numpy() == pytest.approx(study.path["caar"].to_numpy(), abs=1e-12)
    assert study.path["aar"].cumsum().to_numpy() == pytest.approx(study.path["caar"].to_numpy(), abs=1e-12)
    assert (study.path["low"] <= study.path["caar"]).all()
    assert (study.path["caar"] <= study.path["high"]).all()
    assert study.events["car_reaction"].mean() == pytest.approx(study.windows["caar"][1])
    assert study.lines.index.equals(study.events.index)


def test_near_events_of_a_company_are_merged_and_others_keep_theirs(prices) -> None:
    returns, market = prices
    events = events_at(returns, ("C1", 300), ("C1", 310), ("C2", 310), ("C1", 320), ("C1", 321), ("C1", 300))
    study = event_study(events, returns, market)
    assert study.events[["ticker", "merged"]].to_numpy().tolist() == [["C1", 4], ["C2", 1], ["C1", 1]]
    assert study.events["day0"].tolist() == list(returns.index[[300, 310, 321]])
    assert set(study.left_out["reason"]) == {"merged into the event before it"}
    assert len(event_study(events, returns, market, merge_sessions=0).events) == 5


def test_events_that_cannot_be_used_say_why(prices) -> None:
    returns, market = prices
    returns = returns.assign(FLAT=0.0)
    events = events_at(returns, ("C1", 60), ("GONE", 300), ("C2", 300), ("FLAT", 300))
    late = pd.DataFrame({"ticker": ["C3"], "session": [returns.index[-1] + pd.Timedelta(days=3)]})
    study = event_study(pd.concat([events, late]), returns, market)
    assert study.n_events == 1
    few = "too few sessions, or none that moved, before the event"
    assert study.left_out["reason"].tolist() == [few, "no prices", few, "no price on or after the event"]


def test_no_usable_event_is_no_exception(prices) -> None:
    returns, market = prices
    study = event_study(events_at(returns, ("GONE", 300)), returns, market)
    assert study.sentence == "Cannot tell: no event has prices around it and enough of them before it."
    assert study.windows["caar"].isna().all()
    assert event_study(events_at(returns).astype({"session": "datetime64[ns]"}), returns, market).n_events == 0


def test_a_window_that_is_not_over_yet_does_not_count(prices) -> None:
    returns, market = prices
    events = events_at(returns, ("C1", 300), ("C2", 415))
    found = event_study(events, returns, market).windows.set_index("window")
    assert found["n_events"].to_dict() == {"leak": 2, "reaction": 2, "drift": 1}
    assert np.isnan(found["p_kp"]["drift"])
    assert "The month after (days 2 to 20): too few events." in event_study(events, returns, market).sentence


def test_day_zero_is_the_listings_own_next_session(prices) -> None:
    returns, market = prices
    closed = returns.index[[300, 301]]
    abroad = returns.copy()
    abroad.loc[closed, "C1"] = np.nan
    found = event_windows(events_at(returns, ("C1", 300)), abroad, market, span=SPAN)
    assert found.events["day0"].iloc[0] == returns.index[302]
    # Its first return after the holiday meets the market of all three days.
    own_market = (1 + market.iloc[300:303]).prod() - 1
    alpha, beta = found.events[["alpha", "beta"]].iloc[0]
    expected = abroad["C1"].iloc[302] - alpha - beta * own_market
    assert found.abnormal[0, 5] == pytest.approx(expected, abs=1e-12)


def test_each_listing_can_have_its_own_market(prices) -> None:
    returns, market = prices
    events = events_at(returns, ("C1", 300), ("C2", 300))
    markets = pd.DataFrame({"C1": market, "C2": returns["C5"]})
    found = event_windows(events, returns, markets, span=SPAN)
    alone = event_windows(events, returns, returns["C5"], span=SPAN)
    assert found.abnormal[1] == pytest.approx(alone.abnormal[1])
    assert found.abnormal[0] != pytest.approx(alone.abnormal[0])


def test_earnings_days_are_marked_and_left_out_on_request(prices) -> None:
    returns, market = prices
    events = events_at(returns, ("C1", 300), ("C2", 300), ("C1", 350))
    reports = events_at(returns, ("C1", 301), ("C2", 303))
    assert near_earnings(events, reports, returns.index).tolist() == [True, False, False]
    assert event_study(events, returns, market, earnings=reports).events["earnings"].tolist() == [True, False, False]
    assert event_study(events, returns, market, earnings=reports, without_earnings=True).n_events == 2


def test_events_on_one_date_are_hardly_more_than_one_witness() -> None:
    returns, market = world.companies(np.random.default_rng(8), 420, 40, sector=1.5)
    events = events_at(returns, *[(f"C{i}", 300) for i in range(40)])
    jumped = returns.copy()
    jumped.iloc[300] += 0.03
    found = event_study(events, jumped, market).windows.set_index("window").loc["reaction"]
    assert found["r_mean"] > 0.4
    assert abs(found["t_kp"]) < abs(found["t_bmp"]) / 3
    assert np.isnan(found["low"])  # one date cannot be resampled
    assert (found["n_events"], found["n_dates"]) == (40, 1)


def test_the_calendar_time_portfolio_counts_each_day_once(prices) -> None:
    returns, market = prices
    found = event_windows(events_at(returns, ("C1", 300), ("C2", 300), ("C3", 301)), returns, market, span=SPAN)
    portfolio = calendar_time(found, (0, 1), np.ones(3, dtype=bool))
    days = [found.abnormal[:2, 5].mean(), np.mean([*found.abnormal[:2, 6], found.abnormal[2, 5]]), found.abnormal[2, 6]]
    expected = stats.ttest_1samp(days, 0)
    assert portfolio.n_days == 3
    assert (portfolio.mean, portfolio.t, portfolio.p) == pytest.approx(
        (np.mean(days), expected.statistic, expected.pvalue)
    )


def test_the_band_resamples_dates_and_needs_five_of_them() -> None:
    rng = np.random.default_rng(0)
    by_date = rng.standard_normal(60)
    copies = np.repeat(by_date, 10)[:, None]
    rows = np.repeat(np.arange(60) * 30, 10)
    low, high = date_band(copies, rows, together=26, draws=999, seed=0)
    # Ten copies of each date are sixty observations, not six hundred.
    assert (high - low)[0] == pytest.approx(2 * 2.0 * by_date.std(ddof=1) / np.sqrt(60), rel=0.1)
    few, _ = date_band(copies[: 10 * (MIN_DATES - 1)], rows[: 10 * (MIN_DATES - 1)], together=26, draws=99, seed=0)
    assert np.isnan(few).all()


def test_all_studies_looked_at_count(prices) -> None:
    returns, market = prices
    one, many = (event_study(spread_out(returns), returns, market, family=family).windows for family in (1, 4))
    assert many["p_adjusted"].to_numpy() == pytest.approx(np.minimum(4 * one["p_adjusted"], 1.0))
