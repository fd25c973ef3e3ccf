"""Where a typed name leads."""

from __future__ import annotations

import pytest

from dashboard.search_index import (
    CONTAINED,
    NAME,
    PREFIX,
    TICKER,
    WORD,
    SearchTarget,
    build_index,
    hits_for,
    normalized,
    search_targets,
)
from data.catalog import load_catalog

MICRON = SearchTarget(
    kind="company",
    ident="micron",
    label="Micron Technology",
    tickers=("MU",),
    names=("Micron", "美光科技", "마이크론"),
    related=("Crucial",),
)
SAMSUNG = SearchTarget(
    kind="company",
    ident="samsung",
    label="Samsung Electronics",
    tickers=("005930.KS",),
    names=("三星电子", "三星", "삼성전자"),
)
MULTI = SearchTarget(kind="company", ident="multibeam", label="Mu", names=("Mu Systems",))
MEMORY = SearchTarget(kind="theme", ident="memory", label="Memory", related=("HBM", "Micron fabs"))
NETWORK = SearchTarget(kind="page", ident="network", label="Network")
TARGETS = (MICRON, SAMSUNG, MULTI, MEMORY, NETWORK)


def found(typed: str) -> list[str]:
    return [hit.target.ident for hit in hits_for(typed, build_index(TARGETS))]


def rank(typed: str) -> int:
    return hits_for(typed, build_index(TARGETS))[0].rank[0]


def test_an_exact_ticker_comes_before_an_exact_name() -> None:
    assert found("mu")[:2] == ["micron", "multibeam"]


def test_a_ticker_is_found_without_its_exchange() -> None:
    assert found("005930") == found("005930.KS") == found("005930.ks") == ["samsung"]


@pytest.mark.parametrize(
    ("typed", "where"),
    [("三星", "samsung"), ("마이크론", "micron"), ("美光", "micron"), ("삼성", "samsung"), ("HBM", "memory")],
)
def test_any_name_in_any_script_is_found(typed: str, where: str) -> None:
    assert found(typed)[0] == where


def test_ticker_name_prefix_word_and_part_are_told_apart() -> None:
    assert [rank(typed) for typed in ("MU", "micron", "micr", "techno", "chnology")] == [
        TICKER,
        NAME,
        PREFIX,
        WORD,
        CONTAINED,
    ]


def test_a_company_by_its_own_name_comes_before_a_theme_whose_words_contain_it() -> None:
    assert found("Micron") == ["micron", "memory"]


def test_pages_are_places_too() -> None:
    assert found("netw") == ["network"]


def test_case_accents_width_and_punctuation_do_not_matter() -> None:
    assert normalized("Hon Hai (Foxconn)") == normalized("hon hai foxconn") == normalized("ＨＯＮ　HAI-Foxconn")
    assert normalized("Société") == "societe"


def test_nothing_typed_and_nothing_alike_find_nothing() -> None:
    assert found("") == found("   ") == found("?!") == found("qqqq") == []


def test_each_place_is_listed_once_by_its_best_name() -> None:
    hits = hits_for("m", build_index(TARGETS))
    assert len({hit.target.ident for hit in hits}) == len(hits)
    assert {hit.matched_name for hit in hits if hit.target is MICRON} <= {"Micron", "MU"}


def test_at_most_as_many_as_asked_for() -> None:
    assert len(hits_for("m", build_index(TARGETS), most=2)) == 2


def test_every_listing_and_name_of_the_catalog_leads_to_a_company_that_has_it() -> None:
    catalog = load_catalog()
    index = build_index(search_targets(catalog, [("overview", "Overview")]))
    names = [(listing.ticker, company) for company in catalog.companies.values() for listing in company.listings]
    names += [
        (alias.text, company)
        for company in catalog.companies.values()
        for alias in company.aliases
        if alias.kind == "name"
    ]
    for name, company in names:
        # Some names have several owners: each of them is among the hits.
        assert company.id in {hit.target.ident for hit in hits_for(name, index, most=400)}, name
    print(f"{len(names)} names and tickers")


def test_a_ticker_of_the_catalog_leads_straight_to_its_company() -> None:
    catalog = load_catalog()
    index = build_index(search_targets(catalog, []))
    for ticker, company in catalog.company_of_ticker.items():
        assert hits_for(ticker, index)[0].target.ident == company.id, ticker
