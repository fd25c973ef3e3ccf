"""
Files of prices as people bring them: read right, or refused in words.

The files in tests/cases/ have invented prices; each was made after a public report of a file that was read wrongly.
"""

from __future__ import annotations

import csv
import gzip
import os
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pandas as pd
import pytest

from analysis.returns import adjusted_prices, price_table
from dashboard.page_data.company import in_dollars
from data.catalog import load_catalog
from data.errors import PriceError, UsageError
from data.prices import actions_of, bars_between
from data.schema.store import Store, open_store
from ingest.prices.csv_rows import Reading
from ingest.prices.csvfile import CsvProvider
from ingest.prices.update import PriceRun, update_prices

CASES = Path(__file__).parent / "cases"
NOW = datetime(2026, 11, 30, 22, 0, tzinfo=UTC)  # a Monday, after the close in New York
CATALOG = load_catalog()
LISTINGS = {
    listing.ticker: listing
    for listing in (
        *CATALOG.rates,
        *CATALOG.benchmarks,
        *(listing for company in CATALOG.companies.values() for listing in company.listings),
    )
}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "store.db") as opened:
        yield opened


def bring(store: Store, path: Path, reading: Reading | None = None) -> PriceRun:
    """Import a file as the command line does, with the bundled catalog."""
    provider = CsvProvider(path, reading, now=NOW)
    listings = [LISTINGS[ticker] for ticker in provider.tickers if ticker in LISTINGS]
    return update_prices(
        store, provider, listings, catalog_hash="h", now=NOW, since=provider.first_session(), by_hand=False
    )


def bars(store: Store, ticker: str) -> pd.DataFrame:
    return bars_between(store, [ticker], date(1990, 1, 1), date(2030, 1, 1)).set_index("session")


def total_return(store: Store, ticker: str) -> float:
    """With dividends reinvested, from the first to the last close."""
    table = adjusted_prices(bars(store, ticker).reset_index(), actions_of(store, [ticker]))["total_close"]
    return float(table.iloc[-1] / table.iloc[0] - 1)


# ---- whole files -----------------------------------------------------------------------------------------------------


def test_volumes_in_millions_are_numbers(store: Store) -> None:
    bring(store, CASES / "p7_vol.csv")
    assert bars(store, "MU")["volume"].iloc[0] == pytest.approx(11_850_000)


def test_the_order_of_a_files_rows_changes_nothing(store: Store, tmp_path: Path) -> None:
    header, *rows = (CASES / "p6_mixed_basis.csv").read_text().splitlines()
    backwards = tmp_path / "backwards.csv"
    backwards.write_text("\n".join([header, *reversed(rows)]))
    assert bring(store, CASES / "p6_mixed_basis.csv").bars == 220
    again = bring(store, backwards)
    assert (again.bars, again.revised, again.actions) == (0, 0, 0)


def test_each_ticker_of_a_file_has_its_own_basis(store: Store) -> None:
    bring(store, CASES / "p19b_mixed.csv")
    assert set(bars(store, "ALAB")["basis"]) == {"traded"}
    assert set(bars(store, "MU")["basis"]) == {"adjusted"}
    assert actions_of(store, ["ALAB", "MU"])[["ticker", "kind", "value"]].to_numpy().tolist() == [
        ["ALAB", "dividend", 3.0]
    ]


def test_adjusted_and_traded_closes_of_the_same_shares_have_the_same_total_return(store: Store, tmp_path: Path) -> None:
    bring(store, CASES / "u4_div_autoadj.csv")
    assert total_return(store, "MU") == pytest.approx(0.1234, abs=5e-5)
    with open_store(tmp_path / "raw.db") as raw:
        done = bring(raw, CASES / "u4b_div_raw.csv")
        assert total_return(raw, "MU") == pytest.approx(0.1234, abs=5e-5)
    assert "the closes did not fall by the 3 dividends" in done.remarks[0]


def test_pence_are_pounds_in_the_store_and_in_dollars(store: Store) -> None:
    bring(store, CASES / "x_prices.csv")
    assert set(bars(store, "FRMI.L")["currency"]) == {"GBP"}
    both = bars_between(store, ["FRMI.L", "GBP=X"], date(2026, 11, 1), date(2026, 11, 30))
    dollars = in_dollars(price_table(both, "close"), [LISTINGS["FRMI.L"]], CATALOG)
    assert dollars.loc["2026-11-16", "FRMI.L"] == pytest.approx(6.45, abs=5e-3)


def test_closes_that_turn_into_pence_within_an_update_are_held_against_the_stored_ones(store: Store) -> None:
    bring(store, CASES / "u1.csv")
    before = bars(store, "FRMI.L")["close"]
    done = bring(store, CASES / "u2.csv")
    assert (done.bars, done.revised) == (0, 0)
    pd.testing.assert_series_equal(bars(store, "FRMI.L")["close"], before)
    assert done.remarks == [
        "FRMI.L: price of 2026-11-20 and 5 more not stored: the price is off by 100 times: a hundred (another unit)."
    ]


def test_rows_on_days_without_a_session_are_not_stored_and_said(store: Store) -> None:
    done = bring(store, CASES / "h1.csv")
    assert bars(store, "005930.KS").index.strftime("%m-%d").tolist() == ["09-23", "09-28"]
    assert done.remarks == [
        "005930.KS: price of 2026-09-24 not stored: XKRX was closed on that Thursday.",
        "005930.KS: price of 2026-09-27 not stored: XKRX does not trade on a Sunday.",
    ]


def test_names_that_the_catalog_does_not_have_are_nobodys(store: Store) -> None:
    provider = CsvProvider(CASES / "k1.csv", now=NOW)
    assert len(provider.tickers) == 13
    assert [ticker for ticker in provider.tickers if ticker in LISTINGS] == []


# ---- forms of a file -------------------------------------------------------------------------------------------------


def rows_of(tmp_path: Path, text: str | bytes, **reading: str) -> list[tuple[str, float]]:
    """Day and close of each row that the one ticker of a file has."""
    provider = provider_of(tmp_path, text, **reading)
    (ticker,) = provider.tickers
    history = provider.history(LISTINGS[ticker], start=date(1990, 1, 1), now=NOW)
    return [(f"{quote.session:%Y-%m-%d}", quote.close) for quote in history.quotes]


def provider_of(tmp_path: Path, text: str | bytes, **reading: str) -> CsvProvider:
    path = tmp_path / "prices.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return CsvProvider(path, Reading(**reading), now=NOW)  # type: ignore[arg-type]


MU = [("2026-06-01", 1234.56), ("2026-06-15", 1235.5)]


@pytest.mark.parametrize(
    "text",
    [
        "ticker;Datum;Schluss;Volumen\nMU;01.06.2026;1.234,56;12,3M\nMU;15.06.2026;1.235,50;9M\n",
        "sep=;\nticker;date;close\nMU;01/06/2026;1234,56\nMU;15/06/2026;1235,5\n",
        "ticker\tdate\tclose\nMU\t2026-06-01\t1 234,56\nMU\t2026-06-15\t1 235,50\n",
        'Ticker,Date,Close\nMU,"Jun 01, 2026","$1,234.56"\nMU,"Jun 15, 2026","$1,235.50"\n',
        'Symbol,Trade Date,Close/Last\nMU,06/01/2026,"$1,234.56"\nMU,06/15/2026,"$1,235.50"\n',
        "ticker,date,close\nMU,1-Jun-26,1234.56\nMU,15-Jun-26,1235.5\n",
        "ticker,date,close\nMU,20260601,1234.56\nMU,20260615,1235.5\n",
        "ticker,date,close\nMU,46174,1234.56\nMU,46188,1235.5\n",
        "ticker,date,close\nMU,1780320600,1234.56\nMU,1781530200,1235.5\n",
        "ticker,日期,收盘,成交量\nMU,2026年6月1日,1234.56,1.2万\nMU,2026年6月15日,1235.50,3万\n".encode("gb18030"),
        "ticker,date,close\nMU,2026-06-01T16:00:00-04:00,1234.56\nMU,2026-06-15T16:00:00-04:00,1235.5\n",
        "ticker\tdate\tclose\nMU\t2026-06-01\t1234.56\nMU\t2026-06-15\t1235.5\n".encode("utf-16"),
        "Micron, prices of June\n\nTicker | Date | Close* (USD)\nMU | 2026-06-01 | 1234.56\nMU | 2026-06-15 | 1235.5\n",
        "Price,Close,High,Volume\nTicker,MU,MU,MU\nDate,,,\n2026-06-01,1234.56,1240,10\n2026-06-15,1235.5,1240,10\n",
    ],
)
def test_a_table_may_be_written_in_many_ways(tmp_path: Path, text: str | bytes) -> None:
    assert rows_of(tmp_path, text) == MU


def test_a_damaged_price_file_is_refused_in_a_sentence(tmp_path: Path) -> None:
    rows = "".join(f"MU,2026-06-{1 + n % 28:02},{100 + n * n % 97}\n" for n in range(999))
    packed = gzip.compress(f"ticker,date,close\n{rows}".encode())
    path = tmp_path / "prices.csv.gz"
    for body in (packed[:999], packed[:99] + b"\xff" * 40 + packed[139:], packed[:-6] + b"....xx", b"PK\x03\x04\0\1"):
        path.write_bytes(body)
        with pytest.raises(UsageError, match="cannot be read as a CSV file"):
            CsvProvider(path)


def test_the_exchange_of_taiwan_counts_years_from_1911_and_groups_thousands(tmp_path: Path) -> None:
    head = '115年06月 台積電\n"日期","成交股數","收盤價"\n'
    text = f'{head}"115/06/01","28,123,456","1,005.00"\n"115/06/02","31,000,111","1,010.00"\n'
    assert rows_of(tmp_path, text, ticker="2330.TW") == [("2026-06-01", 1005.0), ("2026-06-02", 1010.0)]


def test_a_file_without_tickers_is_of_the_one_that_is_named(tmp_path: Path) -> None:
    text = '"Date","Price","Open","High","Low","Vol.","Change %"\n"06/30/2026","1,235.50","1","2","3","11.85M","0.1%"\n'
    assert rows_of(tmp_path, text, ticker="MU") == [("2026-06-30", 1235.5)]
    with pytest.raises(UsageError, match=r"has no column ticker \(name it with --ticker, or the file after it\)"):
        provider_of(tmp_path, text)


def test_yfinances_own_table_has_a_column_for_each_ticker(tmp_path: Path) -> None:
    head = "Price,Close,Close,Volume,Volume\nTicker,MU,NVDA,MU,NVDA\nDate,,,,\n"
    text = f"{head}2026-06-01,100.5,200.5,10,20\n2026-06-02,101.5,,10,\n"
    provider = provider_of(tmp_path, text)
    assert provider.tickers == ["MU", "NVDA"]
    assert [quote.close for quote in provider.history(LISTINGS["MU"], start=date(2026, 1, 1), now=NOW).quotes] == [
        100.5,
        101.5,
    ]
    assert [quote.close for quote in provider.history(LISTINGS["NVDA"], start=date(2026, 1, 1), now=NOW).quotes] == [
        200.5
    ]


def test_an_adjusted_close_without_actions_is_the_close(tmp_path: Path) -> None:
    text = "ticker,date,close,adj close\nMU,2026-06-01,100,98\nMU,2026-06-02,101,101\n"
    assert rows_of(tmp_path, text) == [("2026-06-01", 98.0), ("2026-06-02", 101.0)]


def test_a_split_may_be_written_as_a_ratio(tmp_path: Path) -> None:
    provider = provider_of(tmp_path, "ticker,date,close,splits\nMU,2026-06-01,100,\nMU,2026-06-02,10.1,10:1\n")
    history = provider.history(LISTINGS["MU"], start=date(2026, 1, 1), now=NOW)
    assert (history.basis, history.quotes[1].split) == ("traded", 10.0)


def test_rows_of_both_bases_become_one_series_as_traded(tmp_path: Path) -> None:
    text = (
        "ticker,date,close,split,basis\nMU,2026-06-01,100,,traded\nMU,2026-06-02,10.2,,split_adjusted\n"
        "MU,2026-06-03,10.3,10,split_adjusted\n"
    )
    assert [close for _, close in rows_of(tmp_path, text)] == [100.0, 102.0, 10.3]
    mixed = text.replace("10.3,10,split_adjusted", "10.3,10,adjusted")
    with pytest.raises(PriceError, match=r"MU: its rows are adjusted and .* one series cannot be both"):
        rows_of(tmp_path, mixed)


def test_a_former_ticker_is_the_listings_until_its_last_day(tmp_path: Path) -> None:
    path = tmp_path / "old.csv"
    path.write_text("ticker,date,close\nFB,2022-06-08,196\nFB,2022-06-10,25\nMETA,2022-06-09,184\n")
    provider = CsvProvider(path, former={"FB": ("META", date(2022, 6, 8))}, now=NOW)
    history = provider.history(LISTINGS["META"], start=date(2022, 1, 1), now=NOW)
    assert [(quote.session.day, quote.close) for quote in history.quotes] == [(8, 196.0), (9, 184.0)]
    assert provider.tickers == ["FB", "META"]


# ---- numbers ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("closes", "expected"),
    [
        (["120,95", "123,08"], [120.95, 123.08]),
        (["1.234,5", "999"], [1234.5, 999.0]),
        (["1,234.5", "1,235"], [1234.5, 1235.0]),
        (["1'234.5", "1'235.0"], [1234.5, 1235.0]),
        (["0,123", "0,124"], [0.123, 0.124]),
        (["6.411", "6.594"], [6.411, 6.594]),
        (["1,23,456.5", "1,235"], [123456.5, 1235.0]),
        (["€6,41", "6,59 €"], [6.41, 6.59]),
    ],
)
def test_the_file_says_what_its_decimal_sign_is(tmp_path: Path, closes: list[str], expected: list[float]) -> None:
    rows = "".join(f'ENR.DE,2026-06-0{i},"{close}"\n' for i, close in enumerate(closes, 1))
    assert [close for _, close in rows_of(tmp_path, f"ticker,date,close\n{rows}")] == expected


def test_a_price_without_decimals_is_grouped_where_its_currency_has_none(tmp_path: Path) -> None:
    text = 'ticker,date,close\n005930.KS,2026-06-01,"70,335"\n005930.KS,2026-06-02,"69,674"\n'
    assert [close for _, close in rows_of(tmp_path, text)] == [70335.0, 69674.0]
    german = text.replace("70,335", "70.335").replace("69,674", "69.674")
    assert [close for _, close in rows_of(tmp_path, german)] == [70335.0, 69674.0]


def test_a_comma_that_may_be_either_is_refused_until_somebody_says_what_it_is(tmp_path: Path) -> None:
    text = 'ticker,date,close\nMU,2026-06-01,"1,234"\nMU,2026-06-02,"1,236"\n'
    with pytest.raises(
        UsageError, match=r"whether 1,234 on line 2 has a decimal comma .* --decimal comma or --decimal point"
    ):
        rows_of(tmp_path, text)
    assert rows_of(tmp_path, text, decimal=",") == [("2026-06-01", 1.234), ("2026-06-02", 1.236)]
    assert rows_of(tmp_path, text, decimal=".") == [("2026-06-01", 1234.0), ("2026-06-02", 1236.0)]


def test_two_decimal_signs_in_one_file_are_refused_with_their_lines(tmp_path: Path) -> None:
    text = 'ticker,date,close\nMU,2026-06-01,"120,95"\nMU,2026-06-02,121.5\n'
    with pytest.raises(
        UsageError, match=r"a decimal point on line 3 \(121.5\) and a decimal comma on line 2 \(120,95\)"
    ):
        rows_of(tmp_path, text)


def test_a_volume_that_is_none_costs_no_close(tmp_path: Path) -> None:
    rows = "MU,2026-06-01,100.5,12.3M\nMU,2026-06-02,101,1.2B\nMU,2026-06-03,102,lots\nMU,2026-06-04,103,-\n"
    text = f"ticker,date,close,volume\n{rows}"
    history = provider_of(tmp_path, text).history(LISTINGS["MU"], start=date(2026, 1, 1), now=NOW)
    assert [quote.volume for quote in history.quotes[:2]] == pytest.approx([12.3e6, 1.2e9])
    assert all(quote.volume != quote.volume for quote in history.quotes[2:])


# ---- dates -----------------------------------------------------------------------------------------------------------

AMBIGUOUS = "ticker,date,close\nMU,03/04/2026,100.5\nMU,04/05/2026,101.5\n"


def test_dates_that_can_be_read_in_two_ways_are_refused_until_somebody_says_the_order(tmp_path: Path) -> None:
    monthly = AMBIGUOUS.replace("04/05", "05/05")
    with pytest.raises(UsageError, match=r"no row decides \(first: 03/04/2026 on line 2\); say it with --dates dmy"):
        rows_of(tmp_path, monthly)
    assert rows_of(tmp_path, monthly, dates="dmy")[0][0] == "2026-04-03"
    assert rows_of(tmp_path, monthly, dates="mdy")[0][0] == "2026-03-04"


def test_a_session_is_no_weekend_which_decides_the_order(tmp_path: Path) -> None:
    # 4 May 2026 is a Monday, 5 April a Sunday.
    assert [day for day, _ in rows_of(tmp_path, AMBIGUOUS)] == ["2026-04-03", "2026-05-04"]


def test_dates_of_two_orders_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="have no order that fits them all"):
        rows_of(tmp_path, "ticker,date,close\nMU,13/04/2026,100\nMU,04/14/2026,101\n")


def test_the_order_that_somebody_says_costs_the_rows_that_have_another(tmp_path: Path) -> None:
    provider = provider_of(tmp_path, "ticker,date,close\nMU,13/04/2026,100\nMU,04/14/2026,101\n", dates="dmy")
    assert provider.skipped == ["line 3: '04/14/2026' is no date with its day first"]


# ---- units -----------------------------------------------------------------------------------------------------------


def unit_file(tmp_path: Path, rows: str, header: str = "ticker,date,close,currency") -> Path:
    path = tmp_path / "units.csv"
    path.write_text(f"{header}\n{rows}")
    return path


@pytest.mark.parametrize(
    ("rows", "ticker", "closes"),
    [
        ("FRMI.L,2026-06-01,630,GBp\nFRMI.L,2026-06-02,6.4,GBP\n", "FRMI.L", [6.3, 6.4]),
        ("FRMI.L,2026-06-01,630,GBX\nFRMI.L,2026-06-02,640,gbx\n", "FRMI.L", [6.3, 6.4]),
        ("FRMI.L,2026-06-01,630p,\nFRMI.L,2026-06-02,£6.40,\n", "FRMI.L", [6.3, 6.4]),
        ("TSEM.TA,2026-06-01,15500,ILA\nTSEM.TA,2026-06-02,155.5,ILS\n", "TSEM.TA", [155.0, 155.5]),
        ("TSEM.TA,2026-06-01,15500,agorot\nTSEM.TA,2026-06-02,15550,agorot\n", "TSEM.TA", [155.0, 155.5]),
    ],
)
def test_each_row_is_in_the_unit_that_it_names(
    store: Store, tmp_path: Path, rows: str, ticker: str, closes: list[float]
) -> None:
    bring(store, unit_file(tmp_path, rows))
    assert bars(store, ticker)["close"].tolist() == pytest.approx(closes)


def test_a_file_without_a_currency_is_in_the_unit_of_the_listing_and_says_so(store: Store, tmp_path: Path) -> None:
    done = bring(store, unit_file(tmp_path, "FRMI.L,2026-06-01,630.5\nFRMI.L,2026-06-02,640\n", "ticker,date,close"))
    assert bars(store, "FRMI.L")["close"].tolist() == pytest.approx([6.305, 6.4])
    assert done.remarks == ["FRMI.L: the file names no currency; its prices are read in GBp, as listings.csv says."]


def test_a_header_may_name_the_unit(store: Store, tmp_path: Path) -> None:
    bring(store, unit_file(tmp_path, "FRMI.L,2026-06-01,6.3\nFRMI.L,2026-06-02,6.4\n", "ticker,date,Close (GBP)"))
    assert bars(store, "FRMI.L")["close"].tolist() == pytest.approx([6.3, 6.4])


def test_prices_in_another_currency_than_the_listings_are_refused(store: Store, tmp_path: Path) -> None:
    done = bring(store, unit_file(tmp_path, "MU,2026-06-01,100,EUR\nMU,2026-06-02,101,EUR\n"))
    assert done.failures == [
        "MU: the prices are in EUR, and the catalog has it in USD; correct listings.csv, or the currency of the prices."
    ]
    assert bars(store, "MU").empty


def pounds_and_pence(tmp_path: Path, days: str, factor: float) -> Path:
    closes = [(day, 6 + day / 100) for day in map(int, days.split())]
    return unit_file(tmp_path, "".join(f"FRMI.L,2026-06-{day:02},{close * factor},GBP\n" for day, close in closes))


def test_a_whole_file_in_another_unit_than_the_stored_sessions_is_brought_to_theirs(
    store: Store, tmp_path: Path
) -> None:
    bring(store, pounds_and_pence(tmp_path, "1 2 3 4 5", 1))
    done = bring(store, pounds_and_pence(tmp_path, "1 2 3 4 5 8 9", 100))
    assert (done.bars, done.revised) == (2, 0)
    assert bars(store, "FRMI.L")["close"].tolist() == pytest.approx([6.01, 6.02, 6.03, 6.04, 6.05, 6.08, 6.09])
    assert "a hundred times the stored ones of the same 5 sessions, and were brought to their unit" in done.remarks[0]


@pytest.mark.parametrize(("stored", "new"), [("1 2 3 4 5", "8 9 10"), ("8 9 10", "1 2 3 4 5")])
def test_days_beside_the_stored_ones_in_another_unit_are_not_stored(
    store: Store, tmp_path: Path, stored: str, new: str
) -> None:
    bring(store, pounds_and_pence(tmp_path, stored, 1))
    done = bring(store, pounds_and_pence(tmp_path, new, 100))
    assert done.bars == 0
    assert "off by 100 times" in done.remarks[0]


def test_a_part_of_a_history_at_another_level_than_the_stored_one_leaves_no_cliff(store: Store, tmp_path: Path) -> None:
    days = "1 2 3 4 5 8 9 10 11 12"
    bring(store, pounds_and_pence(tmp_path, days, 1))
    done = bring(store, pounds_and_pence(tmp_path, "3 4 5 8 9 10 11 12 15", 0.5))
    assert done.bars == done.revised == 0
    assert "0.5 times the stored ones of the same 8 sessions, and older ones would be left" in done.failures[0]
    assert bring(store, pounds_and_pence(tmp_path, f"{days} 15", 0.5)).revised == 10


# ---- sessions --------------------------------------------------------------------------------------------------------


def test_a_file_of_utc_dates_without_a_time_is_refused_in_words(store: Store, tmp_path: Path) -> None:
    with (CASES / "p11_utc_korea.csv").open() as lines:
        rows = "".join(f"{row['ticker']},{row['date'][:10]},{row['close']}\n" for row in csv.DictReader(lines))
    done = bring(store, unit_file(tmp_path, rows, "ticker,date,close"))
    assert bars(store, "005930.KS").empty
    assert "22 of 110 days are at weekends of XKRX (first: 2026-05-31)" in done.failures[0]


@pytest.mark.parametrize(
    ("stamp", "ticker", "session"),
    [
        ("2026-06-01 00:00:00+00:00", "MU", "2026-06-01"),
        ("2026-06-01 00:00:00-05:00", "MU", "2026-06-01"),
        ("2026-06-01T20:00:00Z", "MU", "2026-06-01"),
        ("2026-05-31 15:00:00", "005930.KS", "2026-06-01"),
        ("2026-06-01 00:00:00+09:00", "005930.KS", "2026-06-01"),
        ("2026-06-01 06:30:00+00:00", "005930.KS", "2026-06-01"),
        ("2026-05-31T23:00:00+00:00", "FRMI.L", "2026-06-01"),
    ],
)
def test_a_moment_is_of_the_session_that_the_exchange_calls_so(
    tmp_path: Path, stamp: str, ticker: str, session: str
) -> None:
    assert rows_of(tmp_path, f"ticker,date,close\n{ticker},{stamp},100.5\n")[0][0] == session


def test_a_row_of_today_before_the_close_is_no_close(store: Store, tmp_path: Path) -> None:
    rows = "MU,2026-11-27,100.5\nMU,2026-11-30,101\nFRMI,2026-11-30,6\n"
    path = unit_file(tmp_path, rows, "ticker,date,close")
    at_noon = datetime(2026, 11, 30, 17, 0, tzinfo=UTC)
    done = update_prices(store, CsvProvider(path, now=at_noon), [LISTINGS["MU"]], catalog_hash="h", now=at_noon)
    assert bars(store, "MU").index.strftime("%m-%d").tolist() == ["11-27"]
    assert done.remarks == [
        "MU: price of 2026-11-30 not stored: at 12:00 there the session of XNAS was not over: it is no close yet."
    ]


def test_a_file_that_was_written_during_its_last_session_says_so_later_too(store: Store, tmp_path: Path) -> None:
    path = unit_file(tmp_path, "MU,2026-11-24,100.5\nMU,2026-11-25,101\n", "ticker,date,close")
    written = datetime(2026, 11, 25, 18, 30, tzinfo=UTC).timestamp()
    os.utime(path, (written, written))
    done = bring(store, path)
    assert bars(store, "MU").index.strftime("%m-%d").tolist() == ["11-24"]
    assert "at 13:30 there the session of XNAS was not over" in done.remarks[0]
    after = datetime(2026, 11, 25, 21, 31, tzinfo=UTC).timestamp()
    os.utime(path, (after, after))
    assert bring(store, path).bars == 1


def test_a_live_row_with_a_clock_of_its_own_is_no_close(store: Store, tmp_path: Path) -> None:
    rows = "MU,2026-11-23 00:00:00-05:00,99\nMU,2026-11-24 00:00:00-05:00,100\nMU,2026-11-25 11:35:20-05:00,101\n"
    done = bring(store, unit_file(tmp_path, rows, "ticker,date,close"))
    assert bars(store, "MU").index.strftime("%m-%d").tolist() == ["11-23", "11-24"]
    assert done.remarks == ["MU: price of 2026-11-25 not stored: it was taken at 11:35, before the close of XNAS."]


def test_a_live_row_beside_the_sessions_own_leaves_that_one(tmp_path: Path) -> None:
    rows = "MU,2026-11-24 00:00:00-05:00,100\nMU,2026-11-25 00:00:00-05:00,102\nMU,2026-11-25 11:35:20-05:00,101\n"
    assert rows_of(tmp_path, f"ticker,date,close\n{rows}") == [("2026-11-24", 100.0), ("2026-11-25", 102.0)]


def test_a_session_that_is_yet_to_come_has_no_price(store: Store, tmp_path: Path) -> None:
    done = bring(store, unit_file(tmp_path, "MU,2026-11-27,100.5\nMU,2026-12-01,101\n", "ticker,date,close"))
    assert done.bars == 1
    assert done.remarks == ["MU: price of 2026-12-01 not stored: the session is yet to come."]


def test_bombays_special_saturday_is_a_session_and_an_ordinary_one_is_not(store: Store, tmp_path: Path) -> None:
    rows = "RELIANCE.NS,2024-03-01,2980\nRELIANCE.NS,2024-03-02,2985\nRELIANCE.NS,2024-03-09,2950\n"
    done = bring(store, unit_file(tmp_path, rows, "ticker,date,close"))
    assert bars(store, "RELIANCE.NS").index.strftime("%m-%d").tolist() == ["03-01", "03-02"]
    assert done.remarks == ["RELIANCE.NS: price of 2024-03-09 not stored: XNSE does not trade on a Saturday."]


def test_prices_from_before_an_exchanges_known_holidays_are_stored_and_that_is_said(
    store: Store, tmp_path: Path
) -> None:
    rows = "RELIANCE.NS,1996-03-01,98\nRELIANCE.NS,1996-03-04,99\n"
    done = bring(store, unit_file(tmp_path, rows, "ticker,date,close"))
    assert done.bars == 2
    assert done.remarks == [
        "RELIANCE.NS: The holidays of XNSE are not known before 1997-01-01: its weekdays count as sessions there."
    ]
