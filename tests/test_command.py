"""Where a typed name leads."""

from __future__ import annotations

import pytest

from dashboard.search_index import CONTAINED, NAME, PREFIX, TICKER, WORD, Place, folded, hits_for, index_of, places_of
from data.catalog import load_catalog

MICRON = Place(
    kind="company",
    ident="micron",
    label="Micron Technology",
    tickers=("MU",),
    names=("Micron", "美光科技", "마이크론"),
    others=("Crucial",),
)
SAMSUNG = Place(
    kind="company",
    ident="samsung",
    label="Samsung Electronics",
    tickers=("005930.KS",),
    names=("三星电子", "三星", "삼성전자"),
)
MULTI = Place(kind="company", ident="multibeam", label="Mu", names=("Mu Systems",))
MEMORY = Place(kind="theme", ident="memory", label="Memory", others=("HBM", "Micron fabs"))
NETWORK = Place(kind="page", ident="network", label="Network")
PLACES = (MICRON, SAMSUNG, MULTI, MEMORY, NETWORK)


def found(typed: str) -> list[str]:
    return [hit.place.ident for hit in hits_for(typed, index_of(PLACES))]


def rank(typed: str) -> int:
    return hits_for(typed, index_of(PLACES))[0].rank[0]


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
    assert folded("Hon Hai (Foxconn)") == folded("hon hai foxconn") == folded("ＨＯＮ　HAI-Foxconn")
    assert folded("Société") == "societe"


def test_nothing_typed_and_nothing_alike_find_nothing() -> None:
    assert found("") == found("   ") == found("?!") == found("qqqq") == []


def test_each_place_is_listed_once_by_its_best_name() -> None:
    hits = hits_for("m", index_of(PLACES))
    assert len({hit.place.ident for hit in hits}) == len(hits)
    assert {hit.by for hit in hits if hit.place is MICRON} <= {"Micron", "MU"}


def test_at_most_as_many_as_asked_for() -> None:
    assert len(hits_for("m", index_of(PLACES), most=2)) == 2


def test_every_listing_and_name_of_the_catalog_leads_to_a_company_that_has_it() -> None:
    catalog = load_catalog()
    index = index_of(places_of(catalog, [("overview", "Overview")]))
    names = [(listing.ticker, company) for company in catalog.companies.values() for listing in company.listings]
    names += [
        (alias.text, company)
        for company in catalog.companies.values()
        for alias in company.aliases
        if alias.kind == "name"
    ]
    for name, company in names:
        # Some names have several owners: each of them is among the hits.
        assert company.id in {hit.place.ident for hit in hits_for(name, index, most=400)}, name
    print(f"{len(names)} names and tickers")


def test_a_ticker_of_the_catalog_leads_straight_to_its_company() -> None:
    catalog = load_catalog()
    index = index_of(places_of(catalog, []))
    for ticker, company in catalog.company_of_ticker.items():
        assert hits_for(ticker, index)[0].place.ident == company.id, ticker
