"""Which rows of a history are at a wrong level, and what says which one is right. Prices are invented."""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from math import nan

import pytest

from data.calendars import calendar_of
from data.catalog.records import Company, Listing
from data.prices import priced_listing
from ingest.prices.basis import basis_of
from ingest.prices.exchange_rules import ListingRules, rules_of
from ingest.prices.levels import Known
from ingest.prices.quotes import Basis, History, Quote
from ingest.prices.update import check
from reference import reference

NOW = datetime(2026, 11, 30, 22, 0, tzinfo=UTC)
FIRST = date(2026, 6, 1)  # a Monday
TAIPEI = Listing(ticker="9999.TW", mic="XTAI", currency="TWD")
SHENZHEN = Listing(ticker="000999.SZ", mic="XSHE", currency="CNY")


def sessions(count: int, mic: str = "XNAS") -> list[date]:
    days = calendar_of(mic).days
    return [day.date() for day in days[days.searchsorted(FIRST.isoformat()) :][:count]]


def quotes(*closes: float, mic: str = "XNAS", **more: dict[int, float]) -> tuple[Quote, ...]:
    """A session a close; `more` puts values of a field at positions."""
    return tuple(
        Quote(session=day, close=close, **{name: values[i] for name, values in more.items() if i in values})
        for i, (day, close) in enumerate(zip(sessions(len(closes), mic), closes, strict=True))
    )


def rejected(*closes: float, listing: Listing | None = None, known: Known | None = None) -> list[int]:
    """The positions of the closes that are not stored."""
    mic = listing.mic if listing else "XNAS"
    rules = rules_of(listing, calendar_of(mic)) if listing else ListingRules()
    rows = quotes(*closes, mic=mic)
    history = History(ticker="X", currency="USD", basis="adjusted", quotes=rows)
    stored = {bar.session for bar in check(history, known=known or Known(), rules=rules, now=NOW).bars}
    return [i for i, row in enumerate(rows) if row.session not in stored]


def doubted(*closes: float, listing: Listing) -> list[tuple[int, str]]:
    rows = quotes(*closes, mic=listing.mic)
    history = History(ticker="X", currency="USD", basis="adjusted", quotes=rows)
    found = check(history, rules=rules_of(listing, calendar_of(listing.mic)), now=NOW).findings
    places = {row.session: i for i, row in enumerate(rows)}
    return [(places[finding.session], finding.sentence) for finding in found if not finding.bad]


CALM = [100.0, 101.0, 100.5, 102.0, 101.0, 100.0, 101.5, 102.5, 101.0, 100.5, 101.0, 102.0]


# ---- which level is right --------------------------------------------------------------------------------------------


def test_the_unit_of_most_rows_is_right() -> None:
    assert rejected(*CALM, *[close * 100 for close in CALM[:5]]) == [12, 13, 14, 15, 16]
    assert rejected(*[close * 100 for close in CALM[:5]], *CALM) == [0, 1, 2, 3, 4]


def test_what_is_stored_says_which_unit_is_right_though_most_new_rows_have_another() -> None:
    rows = [*CALM[:4], *[close * 100 for close in CALM]]
    known = Known(closes=dict(zip(sessions(4), CALM[:4], strict=True)))
    assert rejected(*rows, known=known) == list(range(4, 16))
    assert rejected(*rows) == [0, 1, 2, 3]


def test_the_stored_close_before_the_rows_is_enough() -> None:
    known = Known(closes={FIRST - timedelta(days=3): 101.0})
    assert rejected(*[close / 100 for close in CALM], known=known) == list(range(12))
    assert rejected(*CALM, known=known) == []


def test_a_stored_close_of_long_ago_says_nothing() -> None:
    known = Known(closes={FIRST - timedelta(days=90): 1.0})
    assert rejected(*CALM, known=known) == []


def test_a_few_days_at_a_third_of_the_price_are_wrong_and_what_is_around_them_is_not() -> None:
    rows = [*CALM]
    rows[4:7] = [33.1, 33.4, 33.0]
    assert rejected(*rows) == [4, 5, 6]


def test_a_day_that_doubles_and_one_that_halves_soon_after_are_one_excursion_but_a_crash_is_none() -> None:
    assert rejected(100, 101, 230, 226, 102, 101) == [2, 3]
    assert rejected(100, 101, 45, 44, 46, 45, 47, 46) == []


def test_a_history_of_two_parts_is_not_stored_as_nothing_says_which_is_right() -> None:
    split_without_a_word = [close * 10 for close in CALM] + CALM
    another_company = [*CALM, *[close / 5.4 for close in CALM]]
    assert rejected(*split_without_a_word) == list(range(24))
    assert rejected(*another_company) == list(range(24))


def test_what_is_stored_says_which_part_is_right() -> None:
    rows = [*CALM, *[close / 5.4 for close in CALM]]
    assert rejected(*rows, known=Known(closes=dict(zip(sessions(12), CALM, strict=True)))) == list(range(12, 24))


def test_a_person_who_names_the_first_day_is_believed() -> None:
    rows = [*CALM, *[close / 5.4 for close in CALM]]
    assert rejected(*rows, known=Known(is_trusted=True)) == []


def test_a_split_that_is_named_is_no_break() -> None:
    rows = quotes(*[close * 10 for close in CALM], *CALM, split={12: 10.0})
    history = History(ticker="X", currency="USD", basis="traded", quotes=rows)
    assert len(check(history).bars) == 24


# ---- what an exchange allows -----------------------------------------------------------------------------------------


def test_a_move_beyond_the_exchanges_limit_breaks_a_history() -> None:
    steady = [10.0, 10.1, 10.2, 10.1, 10.0, 10.1, 10.2]
    assert rejected(*steady, 7.6, 7.7, 10.2, 10.3, listing=SHENZHEN) == [7, 8]
    assert rejected(*steady, 7.6, 7.7, 7.6, listing=SHENZHEN) == list(range(10))
    assert rejected(*steady, 11.2, 10.1, 11.1, listing=SHENZHEN) == []  # limit up, limit down, limit up


def test_the_growth_boards_move_twice_as_far() -> None:
    steady = [100.0, 101.0, 102.0, 101.0, 100.0, 101.0, 102.0]
    star = Listing(ticker="688999.SS", mic="XSHG", currency="CNY")
    assert rejected(*steady, 122.0, 101.0, listing=star) == []
    main = Listing(ticker="600999.SS", mic="XSHG", currency="CNY")
    assert rejected(*steady, 122.0, 101.0, listing=main) == [7]


def test_a_new_listing_has_no_limit_which_is_said() -> None:
    assert rejected(100.0, 180.0, 130.0, 131.0, 132.0, 131.0, 130.0, listing=SHENZHEN) == []
    assert doubted(100.0, 125.0, 126.0, listing=SHENZHEN) == [
        (
            1,
            "the close is 1.2 times that of the session before, and the exchange allows 10% in a session, "
            "but to a new listing",
        )
    ]


def test_over_several_sessions_no_limit_holds() -> None:
    rows = quotes(*[10.0] * 8, 7.5, 7.6, mic="XSHE")
    halted = (*rows[:7], *rows[8:])
    history = History(ticker="X", currency="CNY", basis="adjusted", quotes=halted)
    assert len(check(history, rules=rules_of(SHENZHEN, calendar_of("XSHE"))).bars) == 9


def test_a_close_between_the_ticks_of_taipei_is_an_adjusted_one() -> None:
    assert rejected(2000.0, 1905.0, 1819.6027, 1990.0, 1985.0, listing=TAIPEI) == [2]
    assert rejected(50.1, 50.2, 49.95, 49.93, 50.0, listing=TAIPEI) == [3]


def test_an_adjusted_history_of_taipei_stays_whole() -> None:
    before_the_dividend = [1819.6027, 1805.9896, 1831.2, 1840.77, 1822.3]
    assert rejected(*before_the_dividend, 1830.0, 1835.0, 1840.0, listing=TAIPEI) == []


def test_funds_of_taipei_have_ticks_of_their_own() -> None:
    fund = Listing(ticker="00631L.TW", mic="XTAI", currency="TWD")
    assert rejected(250.05, 250.1, 250.15, listing=fund) == []


# ---- bases -----------------------------------------------------------------------------------------------------------

MONTH = [100.0, 100.4, 99.9, 100.3, 100.1, 100.5, 100.2, 100.6, 100.3, 100.7, 100.2, 100.6, 100.1, 100.5, 100.3, 100.6]


@pytest.mark.parametrize(
    ("closes", "more", "by_yfinance", "basis"),
    [
        ([*MONTH[:8], *[close - 3 for close in MONTH[8:]]], {"dividend": {8: 3.0}}, False, "traded"),
        ([*MONTH[:8], *[close - 3 for close in MONTH[8:]]], {"dividend": {8: 3.0}}, True, "traded"),
        (MONTH, {"dividend": {8: 3.0}}, True, "adjusted"),
        (MONTH, {"dividend": {8: 3.0}}, False, "traded"),
        ([*MONTH[:8], *[close + 3 for close in MONTH[8:]]], {"dividend": {8: 3.0}}, False, "adjusted"),
        ([*[close * 4 for close in MONTH[:8]], *MONTH[8:]], {"split": {8: 4.0}}, True, "traded"),
        (MONTH, {"split": {8: 4.0}}, True, "split_adjusted"),
        (MONTH, {"split": {8: 0.1}}, False, "split_adjusted"),
        (MONTH, {"dividend": {8: 0.1}, "adj_close": {0: 97.0}}, True, "traded"),
        (MONTH, {}, True, "traded"),
    ],
)
def test_the_prices_show_their_basis(
    closes: list[float], more: dict[str, dict[int, float]], by_yfinance: bool, basis: Basis
) -> None:
    assert basis_of(quotes(*closes, **more), has_actions=True, by_yfinance=by_yfinance).basis == basis


def test_prices_of_a_source_without_actions_are_adjusted() -> None:
    assert basis_of(quotes(*MONTH), has_actions=False).basis == "adjusted"


def test_a_basis_that_the_prices_speak_against_is_doubted_in_words() -> None:
    doubt = basis_of(quotes(*MONTH, dividend={8: 3.0}), has_actions=True).doubt
    assert doubt.startswith("the closes did not fall by the 1 dividend of the file; if")
    assert basis_of(quotes(*MONTH, dividend={8: 0.05}), has_actions=True).doubt == ""
    assert (
        "which is what yfinance does by default"
        in basis_of(quotes(*MONTH, dividend={8: 0.05}), has_actions=True, by_yfinance=True).doubt
    )


# ---- the listing that has prices -------------------------------------------------------------------------------------


def test_the_next_listing_that_has_prices_stands_for_a_company_and_that_is_said() -> None:
    listings = (
        Listing(ticker="TSEM.TA", mic="XTAE", currency="ILS"),
        Listing(ticker="TSEM", mic="XNAS", currency="USD"),
    )
    tower = Company(id="tower", name="Tower", country="IL", listings=listings, themes=(), aliases=())
    assert priced_listing(tower, {"TSEM.TA", "TSEM"}) == (listings[0], "")
    assert priced_listing(tower, {"TSEM"}) == (
        listings[1],
        "TSEM.TA, the main listing of Tower, has no prices; TSEM on XNAS in USD stands for it.",
    )
    assert priced_listing(tower, set()) == (None, "The store has no prices of Tower (TSEM.TA, TSEM).")


# ---- real closes -----------------------------------------------------------------------------------------------------


def test_no_real_wrong_close_is_stored_without_a_word() -> None:
    """36 rows of five kinds; those of 002837.SZ are all wrong by one factor, but for the day on which it changes."""
    rows: dict[str, list[dict[str, str]]] = defaultdict(list)
    with reference("data/prices/bad_examples.csv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            rows[row["ticker"]].append(row)
    wrong = stored = flagged = 0
    mics = {"TW": "XTAI", "TWO": "ROCO", "T": "XTKS", "SZ": "XSHE", "": "XNAS"}
    for ticker, own in rows.items():
        listing = Listing(ticker=ticker, mic=mics[ticker.partition(".")[2]], currency="USD")
        history = History(
            ticker=ticker,
            currency="USD",
            basis="adjusted",
            quotes=tuple(Quote(session=date.fromisoformat(r["session"]), close=float(r["close_bad"])) for r in own),
        )
        found = check(history, rules=rules_of(listing, calendar_of(listing.mic)), now=NOW)
        flagged += bool(found.findings)
        kept = {bar.session.isoformat() for bar in found.bars}
        bad = [r["session"] for r in own if r["close_good"] and r["close_good"] != r["close_bad"]]
        wrong += len(bad)
        stored += sum(day in kept for day in bad if ticker != "002837.SZ")
    print(f"\nreal wrong closes: {flagged} of {len(rows)} kinds flagged, {stored} of {wrong} closes stored unflagged")
    assert (flagged, stored) == (5, 0)


def test_nothing_is_found_in_a_price_of_none() -> None:
    assert rejected(nan, 100.0, 101.0) == [0]
