"""The catalog's files load, and a mistake in one is named with its file and line."""

from __future__ import annotations

import shutil
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from builders import article
from data.catalog import BUNDLED, load_catalog
from data.catalog.records import Catalog, former_tickers
from data.errors import CatalogError
from data.model import BUNDLED as MODEL
from ingest.link import Linker
from ingest.stories.tokens import lexicon_of


@cache
def bundled() -> Catalog:
    return load_catalog()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the bundled catalog to spoil."""
    for path in BUNDLED.iterdir():
        if path.suffix in (".csv", ".toml", ".tsv"):
            shutil.copy(path, tmp_path)
    return tmp_path


def add(folder: Path, file: str, line: str) -> int:
    """Append a line; its number."""
    path = folder / file
    text = path.read_text(encoding="utf-8")
    path.write_text(f"{text.rstrip()}\n{line}\n", encoding="utf-8")
    return path.read_text(encoding="utf-8").rstrip().count("\n") + 1


def test_the_bundled_catalog_loads_whole() -> None:
    catalog = bundled()
    assert len(catalog.companies) == 340
    assert len(catalog.themes) == 12
    assert len(catalog.relations) >= 60
    assert len({publisher.domain for publisher in catalog.publishers.values()}) > 500
    assert {listing.ticker for listing in catalog.benchmarks} >= {"SPY", "QQQ"}


def test_every_company_has_a_name_to_be_found_by() -> None:
    assert [
        company.id
        for company in bundled().companies.values()
        if not any(alias.kind == "name" for alias in company.aliases)
    ] == []


def test_private_companies_have_no_ticker_and_listed_ones_lead_to_their_company() -> None:
    catalog = bundled()
    assert catalog.companies["openai"].ticker is None
    assert catalog.company_of_ticker["SKHY"] is catalog.company_of_ticker["000660.KS"] is catalog.companies["sk-hynix"]


def test_publishers_of_one_owner_are_one_family() -> None:
    catalog = bundled()
    assert catalog.family("wsj.com") == catalog.family("marketwatch.com") == catalog.family("Barron's")
    assert catalog.family("tomshardware.com") == catalog.family("techradar.com")
    assert catalog.family("nobody.example") == "nobody.example"


def test_the_hash_changes_with_the_files(folder: Path) -> None:
    assert load_catalog(folder).hash == bundled().hash
    add(folder, "cues.csv", "colours,red|green")
    assert load_catalog(folder).hash != bundled().hash


@pytest.mark.parametrize(
    ("file", "line", "problem"),
    [
        ("companies.csv", "nvidia,Another,US,compute,high,", "already on line 2"),
        ("companies.csv", "New Co,New,US,compute,high,", "lower-case letters"),
        ("companies.csv", "newco,New,US,dreams,high,", "themes.toml has no theme dreams"),
        ("companies.csv", "newco,New,US,compute,sure,", "confidence is 'sure'"),
        ("listings.csv", "nvidia,NVDA,XNAS,USD", "ticker NVDA is already on line"),
        ("listings.csv", "nobody,NBDY,XNAS,USD", "has no company nobody"),
        ("listings.csv", "nvidia,12345,XNAS,USD", "has the form"),
        ("listings.csv", "nvidia,300999.SH,XSHE,CNY", "ends in .SZ"),
        ("listings.csv", "nvidia,NVDX,XMARS,USD", "has no exchange XMARS"),
        ("exchanges.csv", "XMARS,XMARS,.MA,[A-Z]+,Mars", "no sessions are known by the name XMARS"),
        ("listings.csv", "nvidia,NVDX,XNAS,dollars", "three capitals"),
        ("aliases.csv", "amd,Nvidia,name,,,,,,", "alias 'Nvidia' of nvidia and amd"),
        ("aliases.csv", "amd,Lattice of AMD,nickname,,,,,,", "kind is 'nickname'"),
        ("aliases.csv", "amd,Newname,name,,,,,2026-13-01,", "not a date"),
        ("aliases.csv", "amd,Newname,name,,,,,2026-02-01,2026-01-01", "is after valid_to"),
        ("aliases.csv", "amd,Newname,name,maybe,,,,,", "write yes or no"),
        ("aliases.csv", "amd,Newname,name,yes,,@colours,,,", "has no group colours"),
        ("aliases.csv", "amd,Newname,name", "3 cells where the header has 9"),
        ("products.csv", "nobody,Newthing,,,,,,", "has no company nobody"),
        ("relations.csv", "amd,amd,chips,2026-01-01,x,https://example.com", "supplies itself"),
        ("relations.csv", "amd,meta,chips,,x,https://example.com", "date is empty"),
        ("publishers.csv", "reuters.com,Reuters,Reuters", "already on line"),
    ],
)
def test_a_mistake_is_named_with_its_file_and_line(folder: Path, file: str, line: str, problem: str) -> None:
    number = add(folder, file, line)
    with pytest.raises(CatalogError, match=f"^{file}:{number}: ") as fault:
        load_catalog(folder)
    assert problem in str(fault.value)


def test_a_missing_column_or_file_is_named(folder: Path) -> None:
    path = folder / "listings.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("ticker", "symbol", 1), encoding="utf-8")
    with pytest.raises(CatalogError, match=r"^listings\.csv:1: the column ticker is missing"):
        load_catalog(folder)
    path.unlink()
    with pytest.raises(CatalogError, match=r"^listings\.csv:1: the file is missing"):
        load_catalog(folder)


def test_a_name_that_several_companies_share_is_one_row(folder: Path) -> None:
    add(folder, "aliases.csv", "amd|nvidia,Twinchip,name,,,,,,")
    catalog = load_catalog(folder)
    assert all(
        any(alias.text == "Twinchip" for alias in catalog.companies[ident].aliases) for ident in ("amd", "nvidia")
    )


def test_two_companies_may_have_a_name_one_after_the_other(folder: Path) -> None:
    add(folder, "aliases.csv", "amd,Twinchip,name,,,,,,2025-12-31")
    add(folder, "aliases.csv", "nvidia,Twinchip,name,,,,,2026-01-01,")
    load_catalog(folder)


HEADLINES = [
    "Apple builds data centers in Texas",
    "Micron HBM4 output doubles as DRAM prices surge",
    "Samsung to expand NAND capacity",
    "Data center power shortage looms for AI",
    "Missile strike near a data center in Texas",
]


def links(catalog: Catalog) -> list[list[tuple[str, float]]]:
    mentions = Linker(catalog).link_all([article(title) for title in HEADLINES])
    return [sorted({(each.subject, each.score) for each in found}) for found in mentions]


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("broad_companies.csv", "company,why\nmicron,everything else\n"),
        ("theme_contexts.toml", '[shortage]\nen = ["Texas"]\n'),
    ],
)
def test_what_is_edited_in_ones_own_catalog_is_what_links(folder: Path, file: str, text: str) -> None:
    (folder / file).write_text(text, encoding="utf-8")
    edited = load_catalog(folder)
    assert edited.hash != bundled().hash
    assert edited.model.hash == bundled().model.hash
    assert links(edited) != links(bundled())


def test_ones_own_lexicon_is_what_groups(folder: Path) -> None:
    number = add(folder, "lexicon.csv", "zorb,deal,zorbs up,,,")
    assert number > 500
    assert "zorbs up" in lexicon_of(load_catalog(folder)).phrases


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A copy of the bundled model to change."""
    copy = tmp_path / "model"
    shutil.copytree(MODEL, copy, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    return copy


def test_ones_own_model_is_used_and_has_a_hash_of_its_own(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHOKEPOINT_MODEL", str(model))
    assert (load_catalog().hash, load_catalog().model.hash) == (bundled().hash, bundled().model.hash)
    weights = (model / "theme_weights.csv").read_text(encoding="utf-8").replace(",threshold,0.47", ",threshold,1.00")
    (model / "theme_weights.csv").write_text(weights, encoding="utf-8")
    own = load_catalog()
    assert (own.hash, own.model.hash == bundled().model.hash) == (bundled().hash, False)
    themes = {subject for found in links(own) for subject, _ in found if subject.startswith("theme:")}
    assert themes == set()
    (model / "wordcounts.csv").write_text("token,per_100k\nzorb,77\n", encoding="utf-8")
    (model / "story_weights.csv").write_text("evidence,weight\nbias,-1\n", encoding="utf-8")
    own = load_catalog()
    assert (lexicon_of(own).counts, own.model.story_weights) == ({"zorb": 77.0}, {"bias": -1.0})


def test_a_model_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match=r"^wordcounts\.csv:1: the file is missing from .*absent"):
        Linker(load_catalog(model=tmp_path / "absent"))


def test_a_folder_from_when_the_model_stood_in_it_loads_and_says_that_it_is_not_read_there(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (folder / "theme_weights.csv").write_text("theme,feature,weight\n,threshold,1.00\n", encoding="utf-8")
    old = load_catalog(folder)
    assert (old.hash, old.model.hash) == (bundled().hash, bundled().model.hash)
    assert "holds theme_weights.csv: not read there" in caplog.text


@pytest.mark.parametrize(
    ("ticker", "mic", "currency"),
    [
        ("0126Z0.KS", "XKRX", "KRW"),
        ("0009K0.KQ", "XKRX", "KRW"),
        ("33626K.KS", "XKRX", "KRW"),
        ("80700.HK", "XHKG", "CNY"),
        ("00631L.TW", "XTAI", "TWD"),
        ("0050.TW", "XTAI", "TWD"),
        ("910322.TW", "XTAI", "TWD"),
        ("2881A.TW", "XTAI", "TWD"),
        ("00679B.TWO", "ROCO", "TWD"),
        ("5235SS.KL", "XKLS", "MYR"),
        ("920047.BJ", "BJSE", "CNY"),
        ("DELTA-R.BK", "XBKK", "THB"),
        ("BT-A.L", "XLON", "GBp"),
        ("ABCD", "OOTC", "USD"),
        ("BRK-B", "XNYS", "USD"),
        ("ORCL-PD", "XNYS", "USD"),
        ("25935.T", "XTKS", "JPY"),
        ("NVDA.NE", "NEOE", "CAD"),
        ("A1MD34.SA", "BVMF", "BRL"),
        ("ALM-PREF.ST", "XSTO", "SEK"),
        ("M&M.NS", "XNSE", "INR"),
        ("NPNX.JO", "XJSE", "ZAc"),
    ],
)
def test_a_ticker_may_have_any_form_that_its_exchange_uses(folder: Path, ticker: str, mic: str, currency: str) -> None:
    add(folder, "listings.csv", f"nvidia,{ticker},{mic},{currency}")
    listing = load_catalog(folder).companies["nvidia"].listings[-1]
    assert (listing.ticker, listing.mic) == (ticker, mic)


@pytest.mark.parametrize(
    ("ticker", "mic"),
    [("700.HK", "XHKG"), ("005930", "XKRX"), ("NVDA.US", "XNAS"), ("sh688256", "XSHG"), ("2330 TT", "XTAI")],
)
def test_a_ticker_that_another_service_writes_is_refused_with_the_form_that_is_meant(
    folder: Path, ticker: str, mic: str
) -> None:
    number = add(folder, "listings.csv", f"nvidia,{ticker},{mic},USD")
    with pytest.raises(CatalogError, match=f"^listings.csv:{number}: ticker {ticker}: a ticker on {mic} "):
        load_catalog(folder)


@pytest.mark.parametrize(("written", "currency"), [("GBp", "GBP"), ("GBX", "GBP"), ("ZAc", "ZAR"), ("ILA", "ILS")])
def test_a_listing_may_be_quoted_in_hundredths(folder: Path, written: str, currency: str) -> None:
    add(folder, "listings.csv", f"nvidia,NVDQ.L,XLON,{written}")
    listing = load_catalog(folder).companies["nvidia"].listings[-1]
    assert (listing.currency, listing.quoted_in) == (currency, written)


def test_a_former_ticker_leads_to_its_company_until_its_last_day() -> None:
    former = former_tickers(bundled().companies["meta"])
    assert former == {"FB": date(2022, 6, 8)}
    assert former_tickers(bundled().companies["nvidia"]) == {}
