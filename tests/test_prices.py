"""Prices: what providers give, what of it cannot be right, and what is stored of it."""

from __future__ import annotations

import csv
import io
import json
import tarfile
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from math import nan
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import curl_cffi.requests
import pytest
import requests
import yfinance
from requests.adapters import HTTPAdapter

import faultserver
from data.catalog.records import Listing
from data.errors import Offline, PriceError, RateLimited, UnknownTicker, UsageError
from data.prices import actions_of as stored_actions
from data.prices import bars_between
from data.records import Action
from data.schema.store import Store, open_store
from faultserver import FaultServer
from ingest.prices.checks import findings_of
from ingest.prices.csvfile import CsvProvider
from ingest.prices.quotes import Basis, History, Quote, actions_of, bars_of
from ingest.prices.update import PriceRun, check, update_prices
from ingest.prices.yahoo import YahooProvider, _network_error
from reference import reference

NOW = datetime(2026, 4, 9, 22, 0, tzinfo=UTC)  # a Thursday, after the close in New York
NVDA = Listing(ticker="NVDA", mic="XNAS", currency="USD")
AMD = Listing(ticker="AMD", mic="XNAS", currency="USD")
MONDAY = date(2026, 3, 2)


def weekdays(count: int, start: date = MONDAY) -> list[date]:
    days = (start + timedelta(days=i) for i in range(2 * count + 7))
    return [day for day in days if day.weekday() < 5][:count]


def quotes(*closes: float, start: date = MONDAY, **changes: dict[int, float]) -> list[Quote]:
    """Sessions from a Monday on; `changes` puts values of a field at positions."""
    rows = []
    for i, (day, close) in enumerate(zip(weekdays(len(closes), start), closes, strict=True)):
        fields = {name: values[i] for name, values in changes.items() if i in values}
        rows.append(
            Quote(
                **{"session": day, "close": close, "open": close, "high": close, "low": close, "volume": 100.0} | fields
            )
        )
    return rows


def history(rows: list[Quote], basis: Basis = "split_adjusted", ticker: str = "NVDA") -> History:
    return History(ticker=ticker, currency="USD", basis=basis, quotes=tuple(rows))


def found(rows: list[Quote]) -> list[tuple[int, str, bool]]:
    """Position, subject and verdict of each finding."""
    places = {row.session: i for i, row in enumerate(rows)}
    return [(places[finding.session], finding.about, finding.bad) for finding in findings_of(rows)]


# ---- as traded -------------------------------------------------------------------------------------------------------


def test_split_adjusted_closes_are_stored_as_they_were_traded() -> None:
    rows = quotes(12.0, 12.1, 12.2, split={2: 10.0}, dividend={0: 0.001})
    assert [bar.close for bar in bars_of(history(rows))] == [120.0, 121.0, 12.2]
    assert [bar.volume for bar in bars_of(history(rows))] == [10.0, 10.0, 100.0]
    assert actions_of(history(rows)) == [
        Action(ticker="NVDA", session=rows[0].session, kind="dividend", value=0.01),
        Action(ticker="NVDA", session=rows[2].session, kind="split", value=10.0),
    ]


def test_prices_that_are_given_as_traded_stay_as_they_are_and_show_no_step() -> None:
    rows = quotes(120.0, 121.0, 12.2, split={2: 10.0})
    assert [bar.close for bar in bars_of(history(rows, "traded"))] == [120.0, 121.0, 12.2]
    assert check(history(rows, "traded")).findings == []


def test_adjusted_prices_are_marked_and_bring_no_actions() -> None:
    adjusted = history(quotes(10.0, 10.5), "adjusted")
    assert [bar.basis for bar in bars_of(adjusted)] == ["adjusted", "adjusted"]
    assert actions_of(adjusted) == []


# ---- what cannot be right --------------------------------------------------------------------------------------------

CALM = [100.0, 101.0, 100.5, 102.0, 101.0, 100.0, 101.5, 102.5, 101.0, 100.5, 101.0, 102.0]


def test_an_ordinary_history_has_nothing_to_say() -> None:
    assert found(quotes(*CALM, dividend={5: 0.8})) == []


def test_a_price_in_another_unit_is_bad_and_its_neighbours_are_not() -> None:
    rows = [*CALM]
    rows[3] /= 100
    assert found(quotes(*rows)) == [(3, "price", True)]


def test_the_level_of_the_last_sessions_is_the_right_one() -> None:
    rows = [close * 100 for close in CALM[:4]] + CALM
    assert found(quotes(*rows)) == [(i, "price", True) for i in range(4)]


def test_a_split_applied_to_a_part_of_the_history_only_is_bad_there() -> None:
    rows = [close * 5 for close in CALM[:4]] + CALM
    assert found(quotes(*rows, split={6: 5.0})) == [(i, "price", True) for i in range(4)]


def test_an_absent_or_negative_price_is_not_stored() -> None:
    rows = quotes(100.0, nan, -1.0, 101.0)
    assert found(rows) == [(1, "price", True), (2, "price", True)]
    assert [bar.close for bar in check(history(rows)).bars] == [100.0, 101.0]


def test_a_range_that_contradicts_itself_costs_the_range_and_not_the_close() -> None:
    rows = quotes(*CALM, high={4: 50.0}, low={4: 49.0})
    assert found(rows) == [(4, "range", True)]
    bar = check(history(rows)).bars[4]
    assert (bar.open, bar.high, bar.low, bar.close) == (None, None, None, CALM[4])


def test_a_large_move_is_doubted_and_stored() -> None:
    rows = quotes(100.0, 101.0, 55.0, 54.0, 55.0)
    assert found(rows) == [(2, "price", False)]
    assert len(check(history(rows)).bars) == 5


def test_a_large_dividend_that_nobody_noticed_is_not_stored() -> None:
    rows = quotes(*CALM, dividend={5: 30.0})
    assert found(rows) == [(5, "dividend", True)]
    assert check(history(rows)).actions == []


def test_a_large_dividend_that_the_price_fell_by_is_stored() -> None:
    closes = CALM[:5] + [close - 30 for close in CALM[5:]]
    assert found(quotes(*closes, dividend={5: 30.0})) == []


def test_of_two_like_dividends_in_a_week_the_one_that_moved_nothing_is_the_copy() -> None:
    closes = [100.0, 100.5, 100.2, 98.2, 98.0, 98.4]
    assert found(quotes(*closes, dividend={1: 2.0, 3: 2.0})) == [(1, "dividend", True)]


def test_a_session_given_twice_is_stored_once() -> None:
    rows = quotes(*CALM)
    assert len(check(history([rows[0], rows[0], *rows[1:]])).bars) == len(CALM)


YAHOO_COLUMNS = ("Open", "High", "Low", "Close", "Adj Close", "Volume", "Dividends", "Stock Splits")


def reference_quotes(text: str) -> list[Quote]:
    """A file of the reference suite. Intraday rows get weekdays of their own: the rules look at the order only."""
    table = list(csv.reader(io.StringIO(text)))
    places = {name: table[0].index(name) for name in YAHOO_COLUMNS}
    rows = sorted(table[1:])
    daily = len({row[0][:10] for row in rows}) == len(rows)
    days = [date.fromisoformat(row[0][:10]) for row in rows] if daily else weekdays(len(rows))
    found = []
    for day, row in zip(days, rows, strict=True):
        value = {name: float(row[place] or "nan") for name, place in places.items()}
        found.append(
            Quote(
                session=day,
                open=value["Open"],
                high=value["High"],
                low=value["Low"],
                close=value["Close"],
                adj_close=value["Adj Close"],
                volume=value["Volume"],
                dividend=value["Dividends"],
                split=value["Stock Splits"],
            )
        )
    return found


def test_known_bad_histories_are_flagged_and_clean_ones_are_not() -> None:
    flagged = {"bad": 0, "clean": 0}
    rejected = {"bad": 0, "clean": 0}
    total = {"bad": 0, "clean": 0}
    with tarfile.open(reference("data/prices_bad/yfinance.tar.gz")) as suite:
        for member in suite:
            if not member.name.endswith(".csv") or "fixed" in member.name:
                continue
            handle = suite.extractfile(member)
            assert handle is not None
            findings = [f for f in findings_of(reference_quotes(handle.read().decode())) if f.about != "range"]
            kind = "clean" if "no-bad" in member.name else "bad"
            total[kind] += 1
            flagged[kind] += bool(findings)
            rejected[kind] += any(finding.bad for finding in findings)
    print(
        f"\nprice checks: {flagged['bad']} of {total['bad']} bad histories flagged "
        f"({rejected['bad']} with something rejected), {flagged['clean']} of {total['clean']} clean ones flagged"
    )
    assert flagged["bad"] >= 36
    assert rejected["bad"] >= 30
    assert flagged["clean"] <= 1


# ---- Yahoo -----------------------------------------------------------------------------------------------------------


class ToServer(HTTPAdapter):
    """Sends every request to the fault server, whatever its host: all of yfinance runs but the wire to Yahoo."""

    def __init__(self, server: FaultServer) -> None:
        super().__init__()
        self._server = server

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        parts = urlsplit(request.url or "")
        request.url = f"{self._server.url}{parts.path}?{parts.query}"
        return super().send(request, *args, **kwargs)


def chart(
    days: list[date], closes: list[float | None], *, zone: str = "America/New_York", hours: int = 14, **more: Any
) -> bytes:
    """Yahoo's answer for daily bars: the exchange opens at `hours` UTC; the session under way ends at 20:00 UTC."""
    stamps = [int(datetime(day.year, day.month, day.day, hours, 30, tzinfo=UTC).timestamp()) for day in days]
    at = dict(zip(days, stamps, strict=True))
    end = int(datetime(NOW.year, NOW.month, NOW.day, more.get("ends", 20), 0, tzinfo=UTC).timestamp())
    meta = {
        "currency": more.get("currency", "USD"),
        "symbol": "X",
        "instrumentType": "EQUITY",
        "exchangeTimezoneName": zone,
        "validRanges": ["1d", "5d", "max"],
        "currentTradingPeriod": {"regular": {"timezone": "X", "start": end - 23_400, "end": end, "gmtoffset": 0}},
    }
    dividends = {str(at[day]): {"amount": amount, "date": at[day]} for day, amount in more.get("dividends", {}).items()}
    splits = {
        str(at[day]): {"date": at[day], "numerator": ratio, "denominator": 1, "splitRatio": f"{ratio}:1"}
        for day, ratio in more.get("splits", {}).items()
    }
    quote = dict.fromkeys(("open", "high", "low", "close"), closes) | {
        "volume": [None if c is None else 1000 for c in closes]
    }
    result = {
        "meta": meta,
        "timestamp": stamps,
        "events": {"dividends": dividends, "splits": splits},
        "indicators": {"quote": [quote], "adjclose": [{"adjclose": closes}]},
    }
    return json.dumps({"chart": {"result": [result], "error": None}}).encode()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[FaultServer]:
    with faultserver.running() as running:
        yfinance.set_tz_cache_location(str(tmp_path))
        running.answers["/v1/test/getcrumb"] = lambda handler: handler.send(200, b"crumb")
        yield running


def yahoo(server: FaultServer) -> YahooProvider:
    session = requests.Session()
    session.mount("https://", ToServer(server))
    return YahooProvider(session=session, pause_seconds=0)


def answer(server: FaultServer, ticker: str, body: bytes, status: int = 200) -> Listing:
    server.answers[f"/v8/finance/chart/{ticker}"] = lambda handler: handler.send(
        status, body, Content_Type="application/json"
    )
    return Listing(ticker=ticker, mic="XNAS", currency="USD")


def test_yahoo_gives_sessions_with_their_splits_and_dividends(server: FaultServer) -> None:
    days = weekdays(4)
    body = chart(days, [12.0, 12.1, 12.2, 12.3], splits={days[2]: 10}, dividends={days[1]: 0.01})
    got = yahoo(server).history(answer(server, "SPLIT", body), start=MONDAY, now=NOW)
    assert [(quote.session, quote.close, quote.split, quote.dividend) for quote in got.quotes] == [
        (days[0], 12.0, 0, 0),
        (days[1], 12.1, 0, 0.01),
        (days[2], 12.2, 10, 0),
        (days[3], 12.3, 0, 0),
    ]
    assert (got.currency, got.basis) == ("USD", "split_adjusted")


def test_a_session_that_is_still_under_way_is_left_for_later(server: FaultServer) -> None:
    days = weekdays(2, start=NOW.date() - timedelta(days=1))
    provider = yahoo(server)
    over = answer(server, "OVER", chart(days, [1.0, 2.0], ends=20))
    assert [quote.session for quote in provider.history(over, start=MONDAY, now=NOW).quotes] == days
    open_still = answer(server, "OPEN", chart(days, [1.0, 2.0], ends=23))
    assert [quote.session for quote in provider.history(open_still, start=MONDAY, now=NOW).quotes] == days[:1]


def test_a_session_is_dated_by_the_exchange_and_not_by_utc(server: FaultServer) -> None:
    # Yahoo stamps Tokyo's session of 3 March at midnight UTC; in Tokyo it is 9:30 of that day.
    days = weekdays(2)
    body = chart(days, [3000.0, 3010.0], zone="Asia/Tokyo", hours=0, currency="JPY")
    got = yahoo(server).history(answer(server, "8035.T", body), start=MONDAY, now=NOW)
    assert [quote.session for quote in got.quotes] == days


def test_pence_become_pounds(server: FaultServer) -> None:
    body = chart(weekdays(1), [1234.0], zone="Europe/London", hours=8, currency="GBp")
    got = yahoo(server).history(answer(server, "ABC.L", body), start=MONDAY, now=NOW)
    assert (got.currency, got.quotes[0].close) == ("GBP", 12.34)


NO_SUCH = (
    b'{"chart":{"result":null,"error":{"code":"Not Found","description":"No data found, symbol may be delisted"}}}'
)


@pytest.mark.parametrize(
    ("ticker", "status", "body", "kind", "sentence"),
    [
        ("LIMIT", 429, b"Too Many Requests", RateLimited, "Yahoo is limiting requests"),
        ("NOSUCH", 404, NO_SUCH, UnknownTicker, "Yahoo does not know NOSUCH"),
        ("PAGE", 200, b"<html>A nice page</html>", PriceError, "something that is no price data"),
        ("DOWN", 200, b"Will be right back", PriceError, "Yahoo"),
        ("SHAPE", 200, b'{"chart":{"result":[{}],"error":null}}', PriceError, "has a new shape"),
        ("EMPTY", 200, chart([], []), PriceError, "Yahoo has no prices of EMPTY since 2026-03-02"),
    ],
)
def test_yahoos_failures_are_told_apart(
    server: FaultServer, ticker: str, status: int, body: bytes, kind: type[PriceError], sentence: str
) -> None:
    with pytest.raises(kind, match=sentence):
        yahoo(server).history(answer(server, ticker, body, status), start=MONDAY, now=NOW)


def test_a_network_that_is_down_is_said_to_be(server: FaultServer) -> None:
    with faultserver.running() as gone:
        provider = yahoo(gone)
    with pytest.raises(Offline, match="Yahoo Finance cannot be reached"):
        provider.history(Listing(ticker="AWAY", mic="XNAS", currency="USD"), start=MONDAY, now=NOW)


# ---- files -----------------------------------------------------------------------------------------------------------


def file(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "prices.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file_with_splits_gives_prices_as_traded(tmp_path: Path) -> None:
    path = file(
        tmp_path, "Symbol,Date,Close,Split,Currency\nNVDA,2024-06-07,1208.9,,USD\nNVDA,2024-06-10,121.79,10,USD\n"
    )
    got = CsvProvider(path).history(NVDA, start=date(2024, 1, 1), now=NOW)
    assert (got.basis, [quote.close for quote in got.quotes]) == ("traded", [1208.9, 121.79])
    assert check(got).findings == []


def test_a_file_without_splits_is_taken_as_adjusted(tmp_path: Path) -> None:
    path = file(tmp_path, "ticker,session,close,volume\nNVDA,2024-06-07,120.9,\nNVDA,2024-06-10,121.79,\n")
    got = CsvProvider(path).history(NVDA, start=date(2024, 1, 1), now=NOW)
    assert (got.basis, got.currency) == ("adjusted", "USD")
    assert [bar.volume for bar in bars_of(got)] == [None, None]


def test_rows_that_cannot_be_read_are_counted_and_the_others_kept(tmp_path: Path) -> None:
    provider = CsvProvider(
        file(
            tmp_path,
            "ticker,date,close\nNVDA,2024-06-07,120.9\nNVDA,soon,121\n,2024-06-11,1\nNVDA,2024-06-12,x\n",
        )
    )
    assert len(provider.history(NVDA, start=MONDAY.replace(year=2024), now=NOW).quotes) == 1
    assert [line.partition(":")[0] for line in provider.skipped] == ["line 3", "line 4", "line 5"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("ticker,date\nNVDA,2024-06-07\n", "has no column close"),
        ("ticker,date,close\nNVDA,soon,1\n", r"has no price that can be read \(first: line 2"),
        ("", "has no column ticker"),
    ],
)
def test_a_file_that_is_no_price_file_is_refused_in_one_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(UsageError, match=sentence):
        CsvProvider(file(tmp_path, text))


# ---- into the store --------------------------------------------------------------------------------------------------


class Given:
    """A provider that gives what it was given."""

    name = "given"

    def __init__(self, **answers: History | PriceError) -> None:
        self.answers = answers
        self.asked: list[tuple[str, date]] = []

    def history(self, listing: Listing, *, start: date, now: datetime) -> History:
        self.asked.append((listing.ticker, start))
        answer = self.answers[listing.ticker]
        if isinstance(answer, PriceError):
            raise answer
        return answer


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "store.db") as opened:
        yield opened


def run(store: Store, provider: Given, *listings: Listing, since: date | None = None) -> PriceRun:
    return update_prices(store, provider, listings or (NVDA,), catalog_hash="h", now=NOW, since=since)


def closes(store: Store, ticker: str = "NVDA") -> list[float]:
    return list(bars_between(store, [ticker], date(2020, 1, 1), date(2030, 1, 1))["close"])


def test_a_second_run_asks_for_the_last_sessions_again_and_changes_nothing(store: Store) -> None:
    provider = Given(NVDA=history(quotes(*CALM)))
    first = run(store, provider)
    assert (first.tickers, first.bars, first.revised) == (1, 12, 0)
    second = run(store, provider)
    assert (second.bars, second.revised, second.actions) == (0, 0, 0)
    last = quotes(*CALM)[-1].session
    assert [start for _, start in provider.asked] == [NOW.date() - timedelta(days=1095), last - timedelta(days=16)]
    assert store.revision() == 1


def test_a_corrected_close_is_a_revision_of_it(store: Store) -> None:
    run(store, Given(NVDA=history(quotes(*CALM))))
    again = run(store, Given(NVDA=history(quotes(*CALM[:-1], 103.0))))
    assert (again.bars, again.revised) == (0, 1)
    assert closes(store)[-1] == 103.0


def test_a_split_between_two_runs_changes_no_stored_price(store: Store) -> None:
    run(store, Given(NVDA=history(quotes(*CALM))))
    after = [close / 10 for close in CALM] + [10.3]
    volume = dict.fromkeys(range(12), 1000.0)
    again = run(store, Given(NVDA=history(quotes(*after, split={12: 10.0}, volume=volume))))
    assert (again.bars, again.revised, again.actions) == (1, 0, 1)
    assert closes(store) == pytest.approx([*CALM, 10.3])
    assert list(stored_actions(store, ["NVDA"])["value"]) == [10.0]


def test_old_closes_that_move_without_a_split_do_not_replace_the_stored_ones(store: Store) -> None:
    run(store, Given(NVDA=history(quotes(*CALM))))
    moved = history(quotes(*[close / 2 for close in CALM], 51.0))
    again = run(store, Given(NVDA=moved))
    assert (again.bars, again.revised) == (0, 0)  # the new session stands on the other level: a cliff that was none
    assert "12 stored sessions are now 0.5 times" in again.remarks[0]
    accepted = run(store, Given(NVDA=moved), since=MONDAY)
    assert (accepted.revised, closes(store)[0]) == (12, 50.0)


def test_adjusted_prices_are_not_mixed_into_traded_ones(store: Store) -> None:
    run(store, Given(NVDA=history(quotes(*CALM))))
    late = history(quotes(100.0, start=date(2026, 3, 30)), "adjusted")
    refused = run(store, Given(NVDA=late), since=date(2026, 3, 30))
    assert refused.bars == 0
    assert "one series cannot be both" in refused.failures[0]


def test_a_rate_limit_ends_the_run_and_keeps_what_came(store: Store) -> None:
    provider = Given(NVDA=history(quotes(*CALM)), AMD=RateLimited("Wait."))
    result = run(store, provider, NVDA, AMD, Listing(ticker="MU", mic="XNAS", currency="USD"))
    assert [ticker for ticker, _ in provider.asked] == ["NVDA", "AMD"]
    assert (result.bars, result.failures) == (12, ["Wait. 1 listing was not asked for."])


def test_a_machine_without_a_network_asks_three_times_and_says_what_it_left_out(store: Store) -> None:
    with faultserver.running() as gone:
        provider = yahoo(gone)
    listings = [Listing(ticker=f"T{n}", mic="XNAS", currency="USD") for n in range(40)]
    steps: list[str] = []
    done = update_prices(
        store, provider, listings, catalog_hash="c", now=NOW, progress=lambda step: steps.append(step.name)
    )
    assert steps == ["T0", "T1", "T2"]
    assert done.failures == [
        "Yahoo Finance cannot be reached; check this machine's network. 37 listings were not asked for."
    ]


def test_the_error_of_yfinance_s_own_http_library_is_a_network_that_is_down() -> None:
    with faultserver.running() as gone:
        address = gone.url
    with pytest.raises(curl_cffi.requests.exceptions.RequestException) as caught:
        curl_cffi.requests.get(address, timeout=5)
    assert isinstance(_network_error("NVDA", caught.value), Offline)


def test_an_unknown_ticker_is_reported_and_the_others_go_on(store: Store) -> None:
    result = run(
        store,
        Given(NVDA=UnknownTicker("Yahoo does not know NVDA."), AMD=history(quotes(*CALM), ticker="AMD")),
        NVDA,
        AMD,
    )
    assert (result.tickers, result.bars, result.failures) == (1, 12, ["Yahoo does not know NVDA."])


def test_what_is_rejected_is_said_in_words(store: Store) -> None:
    rows = [*CALM]
    rows[3] /= 100
    result = run(store, Given(NVDA=history(quotes(*rows))))
    assert result.bars == 11
    assert result.remarks == [
        "NVDA: price of 2026-03-05 not stored: the price is off by 100 times: a hundred (another unit)."
    ]
