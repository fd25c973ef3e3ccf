"""Verdicts on worlds in which the truth is known, and the words they are told in."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from analysis.bootstrap import stationary_positions
from analysis.lead_lag.cross_correlation import newey_west_lags
from analysis.lead_lag.residual_attention import residual_attention
from analysis.lead_lag.scan import pair_series, scan
from analysis.lead_lag.study import family_verdicts, preregistered, verdict
from analysis.lead_lag.verdicts import smallest_detectable
from tests import simulated as world


def planted(correlation: float = 0.3, *, count: int = 400, lag: int = 2, seed: int = 3) -> tuple[pd.Series, pd.Series]:
    return world.planted(np.random.default_rng(seed), count, correlation, lag=lag)


def backwards(correlation: float = 0.4) -> tuple[pd.Series, pd.Series]:
    """Attention that comes two sessions after the price."""
    attention, returns = planted(correlation, lag=1)
    return attention, returns.shift(-3).fillna(0.0)


def test_a_planted_lead_is_found_at_its_lag() -> None:
    answer = verdict(*planted())
    assert (answer.kind, answer.lag, answer.direction) == ("leads", 2, "leads")
    assert answer.p == answer.p_adjusted == 0.001
    low, high = answer.interval
    assert 0 < low < answer.correlation < high < 0.5
    assert answer.n == 399
    assert list(answer.by_lag["lag"]) == list(range(-10, 11))


def test_attention_that_comes_after_the_price_follows() -> None:
    answer = verdict(*backwards())
    assert (answer.kind, answer.lag) == ("follows", -2)
    assert answer.sentence.startswith("Attention follows price: 2 trading days after a rise of the price")


def test_noise_in_a_long_sample_is_none_and_in_a_short_one_cannot_tell() -> None:
    long, short = verdict(*planted(0.0, count=1000)), verdict(*planted(0.0, count=125))
    assert long.kind == "none"
    assert long.smallest_detectable < 0.2
    assert f"correlation of {long.smallest_detectable:.2f} or more would have been detected" in long.sentence
    assert short.kind == "cannot tell"
    assert short.smallest_detectable > 0.2


def test_the_smallest_link_is_the_one_that_eight_of_ten_resampled_samples_show() -> None:
    """
    Added to each resampled series, either way round, and tested again by regression: 80 % exceed the critical |t|.
    """
    pair = pair_series(*world.planted(np.random.default_rng(5), 250, 0.0, garch=True), widest_lag=1)
    positions = stationary_positions(pair.n + 1, len(pair.returns), 300, seed=0)
    found = scan(pair, np.array([1]), positions)
    news = pd.Series(pair.innovations).shift(1).to_numpy()
    both = ~np.isnan(news)
    critical, x = found.chance.critical(0.05), news[both] - np.nanmean(pair.innovations)
    size = smallest_detectable(found, critical)
    # News is residuals of a fit: the true news varies by n / (n − coefficients) more.
    steepness = (
        size
        / np.sqrt(1 - size**2)
        / np.sqrt(x @ x * pair.n / (pair.n - pair.coefficients) / (pair.returns[both] @ pair.returns[both]))
    )
    shown = []
    for draw in pair.returns[positions] - pair.returns[positions].mean(axis=1, keepdims=True):
        for sign in (1, -1):
            fit = sm.OLS(draw[both] + sign * steepness * x, x[:, None])
            shown.append(
                abs(fit.fit(cov_type="HAC", cov_kwds={"maxlags": newey_west_lags(pair.n)}).tvalues[0]) > critical
            )
    assert np.mean(shown) == pytest.approx(0.8, abs=0.005)
    assert 0.15 < size < 0.25


def test_moving_together_within_a_day_is_told_and_is_no_lead() -> None:
    attention, returns = planted(0.0, count=600)
    answer = verdict(attention, returns + 0.01 * residual_attention(attention).innovations.fillna(0.0))
    assert answer.kind in ("none", "cannot tell")
    assert "within the same day" in answer.sentence


def test_the_more_was_looked_at_the_more_it_takes() -> None:
    alone, among = verdict(*planted(0.17), seed=1), verdict(*planted(0.17), seed=1, family=200)
    assert alone.kind == "leads"
    assert among.kind == "cannot tell"
    assert among.p == alone.p <= 0.05 < among.p_adjusted
    assert among.critical > alone.critical
    assert among.smallest_detectable > alone.smallest_detectable
    assert among.interval[0] < 0 < alone.interval[0]
    assert "among the 200 analyses looked at" in among.sentence


def test_a_strong_link_survives_a_family_that_999_draws_cannot_count() -> None:
    answer = verdict(*planted(0.5), family=1000)
    assert answer.kind == "leads"
    assert "counting all 1,000 analyses looked at" in answer.sentence


def test_one_seed_gives_one_answer_and_a_narrower_window_sees_the_same_lags() -> None:
    one, again, narrow = (verdict(*planted(), max_lag_sessions=lags, seed=5) for lags in (10, 10, 5))
    assert one.p == again.p
    assert one.sentence == again.sentence
    inside = one.by_lag[one.by_lag["lag"].abs() <= 5].reset_index(drop=True)
    pd.testing.assert_frame_equal(inside, narrow.by_lag)


def test_stories_shares_and_percentages_give_the_same_verdict() -> None:
    attention, returns = planted(0.15)
    kinds = [verdict(attention * unit, returns) for unit in (1.0, 0.0001, 100.0)]
    assert len({(answer.kind, answer.p, round(answer.correlation, 12)) for answer in kinds}) == 1


@pytest.mark.parametrize(
    ("attention", "returns", "why"),
    [
        (
            lambda a: a[:50],
            lambda r: r,
            "only 49 trading days have both attention and an abnormal return, and it takes 60",
        ),
        (lambda a: a * 0 + 3, lambda r: r, "on only 0 trading days, and it takes 20"),
        (lambda a: a, lambda r: r * 0, "the price did not move"),
        (lambda a: a * np.nan, lambda r: r, "share no trading day"),
        (lambda a: a, lambda r: r[:0], "share no trading day"),
        (lambda a: a, lambda r: r * np.nan, "none has an abnormal return: that takes 100 sessions"),
        (lambda a: a[:0], lambda r: r, "share no trading day"),
        (lambda a: a.where(a.index < a.index[8], 0.0), lambda r: r, "on only 8 trading days, and it takes 20"),
        (lambda a: a.set_axis(a.index + pd.Timedelta(hours=1)), lambda r: r, "share no trading day"),
    ],
)
def test_data_that_cannot_answer_say_why(attention, returns, why: str) -> None:
    a, r = planted()
    answer = verdict(attention(a), returns(r))
    assert answer.kind == "cannot tell"
    assert answer.sentence.startswith("Cannot tell: ")
    assert why in answer.sentence
    assert np.isnan([answer.p, answer.correlation, answer.smallest_detectable, *answer.interval]).all()
    assert answer.lag is None
    assert answer.by_lag.empty


def test_holes_in_prices_and_attention_are_bridged() -> None:
    attention, returns = planted()
    attention.iloc[[5, 90, 91]], returns.iloc[[30, 31, 200]] = np.nan, np.nan
    answer = verdict(attention, returns.sample(frac=1, random_state=0))
    assert (answer.kind, answer.lag) == ("leads", 2)
    assert answer.n < 395


def test_dates_as_plain_days_are_sessions_too() -> None:
    attention, returns = planted()
    answer = verdict(attention.set_axis(attention.index.date), returns)
    assert answer.sentence == verdict(attention, returns).sentence


def test_a_stated_lag_is_tested_alone() -> None:
    pair = planted(0.16, seed=11)
    answer = preregistered(*pair, lag_sessions=2)
    assert (answer.kind, answer.lag, answer.stated_lag) == ("leads", 2, True)
    assert answer.critical < verdict(*pair).critical
    assert answer.smallest_detectable < verdict(*pair).smallest_detectable
    assert len(answer.by_lag) == 1
    assert "tests of this one stated lag" in answer.sentence


def test_a_stated_lag_the_other_way_follows() -> None:
    assert preregistered(*backwards(), lag_sessions=2, direction="follows").kind == "follows"
    wrong_way = preregistered(*backwards(), lag_sessions=2)
    assert wrong_way.kind in ("none", "cannot tell")
    assert "the stated link (attention 2 trading days before the price)" in wrong_way.sentence


def test_a_horizon_sums_the_returns_from_the_stated_lag_on() -> None:
    """The covariance of news with the summed return, without overlapping errors (Hodrick)."""
    rng = np.random.default_rng(0)
    days = world.sessions(500)
    news = pd.Series(rng.standard_normal(500), days)
    returns = pd.Series(rng.standard_normal(500), days) + 0.2 * news.rolling(5).sum().shift(1).fillna(0.0)
    answer = preregistered(news, returns, lag_sessions=1, horizon_sessions=5)
    assert answer.kind == "leads"
    assert "over 5 trading days, from 1 trading day later" in answer.sentence
    assert answer.correlation > 1.5 * preregistered(news, returns, lag_sessions=1).correlation


def test_a_stated_lag_within_the_day_or_an_impossible_horizon_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one session"):
        preregistered(*planted(), lag_sessions=0)
    with pytest.raises(ValueError, match="horizon belongs to the return"):
        preregistered(*planted(), lag_sessions=1, direction="follows", horizon_sessions=5)


def family(size: int = 6) -> dict[str, tuple[pd.Series, pd.Series]]:
    noise = {f"noise {seed}": planted(0.0, count=300, seed=seed) for seed in range(size - 1)}
    return {"real": planted(0.35, count=300), **noise}


@pytest.mark.parametrize("method", ["romano-wolf", "by"])
def test_a_family_finds_its_one_real_link(method) -> None:
    done: list[tuple[int, int]] = []
    answers = family_verdicts(family(), method=method, draws=499, progress=lambda *state: done.append(state))
    assert [name for name, answer in answers.items() if answer.kind == "leads"] == ["real"]
    assert list(answers) == list(family())
    assert done == [(number, 6) for number in range(1, 7)]
    assert {answer.family for answer in answers.values()} == {6}


def test_a_family_of_one_is_a_verdict_alone() -> None:
    pair = planted(0.12)
    alone, family_of_one = verdict(*pair, seed=2), family_verdicts({"it": pair}, seed=2)["it"]
    assert (family_of_one.p, family_of_one.kind) == (alone.p, alone.kind)
    assert family_of_one.p_adjusted == alone.p


def test_what_was_looked_at_before_counts_in_the_family() -> None:
    few, many = family_verdicts(family(), draws=499), family_verdicts(family(), draws=499, family=600)
    assert many["real"].p_adjusted == pytest.approx(min(100 * few["real"].p_adjusted, 1.0))
    assert many["real"].critical > few["real"].critical


def test_listings_with_other_holidays_and_too_little_data_fit_one_family() -> None:
    attention, returns = planted(0.35, count=300)
    abroad = returns.drop(returns.index[[10, 50, 120]])
    pairs = {"here": (attention, returns), "abroad": (attention, abroad), "young": (attention[:30], returns[:30])}
    answers = family_verdicts(pairs, draws=299, workers=1)
    assert [answers[name].kind for name in ("here", "young")] == ["leads", "cannot tell"]
    assert answers["abroad"].n == 297 - 1
    assert answers["abroad"].kind == "leads"
    assert answers["young"].family == 3
    assert family_verdicts({}) == {}
