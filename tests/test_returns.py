from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from analysis.returns import (
    abnormal_returns,
    adjusted_prices,
    market_over,
    price_table,
    simple_returns,
    to_currency,
)
from tests.reference import reference


def bars(closes, *, ticker="T", start="2024-01-01", basis="traded"):
    sessions = pd.bdate_range(start, periods=len(closes))
    return pd.DataFrame({"ticker": ticker, "session": sessions, "close": closes, "basis": basis})


def actions(*rows, ticker="T"):
    frame = pd.DataFrame(rows, columns=["session", "kind", "value"]).assign(ticker=ticker)
    return frame.assign(session=pd.to_datetime(frame["session"]))


def returns_of(n, *, seed=1, columns=("A",)):
    random = np.random.default_rng(seed)
    sessions = pd.bdate_range("2023-01-02", periods=n, name="session")
    market = pd.Series(random.normal(0.0005, 0.01, n), index=sessions)
    own = {name: 0.0002 + 1.3 * market + random.normal(0, 0.015, n) for name in columns}
    return pd.DataFrame(own), market


def test_a_split_divides_the_prices_before_its_ex_date_only():
    after = adjusted_prices(bars([1000.0, 1010.0, 101.0, 102.0]), actions(("2024-01-03", "split", 10)))
    assert after["split_close"].tolist() == pytest.approx([100, 101, 101, 102])
    assert after["total_close"].tolist() == pytest.approx([100, 101, 101, 102])


def test_a_dividend_lowers_the_total_return_price_before_it():
    # 100 pays 2 and opens at 98: nothing was lost, so the total return is 0.
    after = adjusted_prices(bars([100.0, 98.0]), actions(("2024-01-02", "dividend", 2)))
    assert after["split_close"].tolist() == [100, 98]
    assert after["total_close"].tolist() == pytest.approx([98, 98])


def test_a_dividend_after_a_split_on_the_same_day_is_in_new_shares():
    # 1000 → ten shares of 100, each paying 1: a close of 99 is a return of 0.
    both = actions(("2024-01-02", "split", 10), ("2024-01-02", "dividend", 1))
    assert adjusted_prices(bars([1000.0, 99.0]), both)["total_close"].tolist() == pytest.approx([99, 99])


def test_a_dividend_before_a_split_is_in_old_shares():
    both = actions(("2024-01-02", "dividend", 10), ("2024-01-03", "split", 10))
    after = adjusted_prices(bars([1000.0, 990.0, 99.0]), both)
    assert after["split_close"].tolist() == pytest.approx([100, 99, 99])
    assert after["total_close"].tolist() == pytest.approx([99, 99, 99])


def test_actions_outside_the_bars_and_impossible_ones_change_nothing():
    odd = actions(
        ("2023-06-01", "split", 2),
        ("2023-06-01", "dividend", 1),
        ("2024-01-02", "dividend", 500),
        ("2024-01-02", "split", 0),
    )
    assert adjusted_prices(bars([100.0, 101.0]), odd)["total_close"].tolist() == [100, 101]


def test_an_ex_date_without_a_bar_works_on_the_bars_before_it():
    after = adjusted_prices(bars([100.0, 101.0, 51.0]).drop(index=1), actions(("2024-01-02", "split", 2)))
    assert after["split_close"].tolist() == [50, 51]


def test_prices_that_the_provider_adjusted_stay_as_they_are():
    after = adjusted_prices(bars([100.0, 101.0], basis="adjusted"), actions(("2024-01-02", "split", 2)))
    assert after["total_close"].tolist() == [100, 101]


def test_each_ticker_gets_its_own_actions():
    two = pd.concat([bars([10.0, 10.0], ticker="B"), bars([20.0, 10.0], ticker="A")])
    after = adjusted_prices(two, actions(("2024-01-02", "split", 2), ticker="A"))
    assert price_table(after)["A"].tolist() == [10, 10]
    assert price_table(after)["B"].tolist() == [10, 10]


def test_a_return_spans_the_holiday_of_its_own_exchange():
    prices = pd.DataFrame({"A": [100.0, np.nan, 110.0], "B": [np.nan, 50.0, 51.0]})
    found = simple_returns(prices)
    assert found["A"].tolist() == pytest.approx([np.nan, np.nan, 0.1], nan_ok=True)
    assert found["B"].tolist() == pytest.approx([np.nan, np.nan, 0.02], nan_ok=True)


def test_the_market_is_compounded_over_a_listings_own_sessions():
    days = pd.bdate_range("2024-01-01", periods=5)
    market = pd.Series([0.01, 0.02, np.nan, 0.03], index=days[:4])
    over = market_over(days[[0, 2, 3, 4]], market)
    assert over.tolist() == pytest.approx([0.01, 0.02, 0.03, np.nan], nan_ok=True)


@pytest.mark.parametrize("dimson", [(0, 0), (-1, 0), (-1, 1), (-3, 2)])
def test_rolling_abnormal_returns_equal_a_regression_a_day(dimson):
    returns, market = returns_of(400, columns=("A", "B"))
    returns.loc[returns.index[::11], "B"] = np.nan  # B rests on days of its own
    rolling = abnormal_returns(returns, market, dimson=dimson)
    for ticker, place in (("A", 300), ("A", 200), ("B", 350)):
        own = returns[ticker].dropna()
        over = market_over(own.index, market)
        x = sm.add_constant(pd.DataFrame({k: over.shift(-k) for k in range(dimson[0], dimson[1] + 1)}))
        day = int(own.index.searchsorted(returns.index[place]))
        span = slice(max(day - 250, 0), day - 29)
        fit = sm.OLS(own.iloc[span], x.iloc[span], missing="drop").fit()
        forecast = fit.get_prediction(x.iloc[[day]])
        at = own.index[day]
        assert rolling.n.loc[at, ticker] == fit.nobs
        assert rolling.beta.loc[at, ticker] == pytest.approx(fit.params.iloc[1:].sum(), abs=1e-8)
        assert rolling.abnormal.loc[at, ticker] == pytest.approx(own.iloc[day] - forecast.predicted[0], abs=1e-8)
        assert rolling.se.loc[at, ticker] == pytest.approx(float(forecast.se_obs[0]), abs=1e-8)


def test_the_day_and_the_month_before_it_are_not_in_its_own_model():
    returns, market = returns_of(300)
    moved = returns.copy()
    moved.iloc[-30:-1] += 0.5
    before, after = (abnormal_returns(table, market, dimson=(-1, 0)) for table in (returns, moved))
    assert after.abnormal.iloc[-1, 0] == pytest.approx(before.abnormal.iloc[-1, 0], abs=1e-12)


def test_too_little_data_or_a_market_that_never_moves_is_nan():
    returns, market = returns_of(90)
    assert abnormal_returns(returns, market).abnormal.isna().all(axis=None)
    returns, market = returns_of(300)
    assert abnormal_returns(returns, market * 0 + 0.001).abnormal.isna().all(axis=None)
    assert abnormal_returns(returns, market.iloc[:0]).abnormal.isna().all(axis=None)


def test_the_market_against_itself_leaves_nothing():
    _, market = returns_of(300)
    found = abnormal_returns(market.to_frame("M"), market)
    assert np.nanmax(np.abs(found.abnormal)) < 1e-12
    assert np.nanmax(found.se) < 1e-12


def test_standardised_returns_of_days_without_news_are_about_standard_normal():
    returns, market = returns_of(1000, columns=tuple("ABCDEFGHIJ"))
    model = abnormal_returns(returns, market, dimson=(0, 0))
    found = (model.abnormal / model.se).to_numpy()
    found = found[~np.isnan(found)]
    # About 8,600 values, those of a listing nearly independent: the standard error of the standard deviation is 0.008.
    assert abs(found.std() - 1) < 0.03
    assert abs((np.abs(found) > 1.96).mean() - 0.05) < 0.01


def test_prices_are_turned_into_another_currency_at_the_last_known_rate():
    days = pd.to_datetime(["2024-01-01", "2024-01-05", "2024-01-20"])
    prices = pd.DataFrame({"T.KS": [1000.0, 1000.0, 1000.0], "US": [1.0, 2.0, 3.0], "?": 5.0}, index=days)
    fx = pd.DataFrame({"KRW": [0.001, 0.002], "USD": 1.0}, index=pd.to_datetime(["2024-01-01", "2024-01-04"]))
    fx.loc[pd.Timestamp("2024-01-19"), "USD"] = 1.0
    dollars = to_currency(prices, fx, {"T.KS": "KRW", "US": "USD"})
    # On the 20th the rate of the won is sixteen days old, so there is none.
    assert dollars["T.KS"].tolist() == pytest.approx([1, 2, np.nan], nan_ok=True)
    assert dollars["US"].tolist() == [1, 2, 3]
    assert dollars["?"].isna().all()


def test_the_known_days_of_real_prices_are_found():
    prices = pd.read_csv(reference("data/prices/daily_2024_2026.csv.gz"), parse_dates=["date"])
    table = prices.pivot(index="date", columns="ticker", values="close")
    found = simple_returns(table)
    known = {
        ("NVDA", "2024-06-10"): 0.0075,
        ("INTC", "2024-08-02"): -0.26,
        ("VRT", "2025-01-27"): -0.30,
        ("ORCL", "2025-09-10"): 0.36,
        ("ARM", "2024-02-08"): 0.48,
    }
    for (ticker, day), value in known.items():
        assert found.loc[day, ticker] == pytest.approx(value, abs=0.01)
    model = abnormal_returns(found, found["SPY"], dimson=(-1, 0))
    standardised = model.abnormal / model.se
    assert standardised.loc["2025-09-10", "ORCL"] > 8
    print(f"{len(known)} known days; {int(standardised.notna().sum().sum()):,} abnormal returns")
