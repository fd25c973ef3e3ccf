"""How names are spelled, where a word ends, and what a ticker needs around it."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from functools import cache

import pytest

from data.catalog import load_catalog
from data.catalog.records import Alias
from ingest.entities.companies import CompanyLinker
from ingest.entities.cues import is_former_role
from ingest.entities.normalize import NormalizedTexts
from ingest.entities.patterns import Edge, alias_spellings, edge_of, edge_table, plural_spellings, stands_alone


@cache
def linker() -> CompanyLinker:
    return CompanyLinker(load_catalog())


def companies(text: str, published: datetime | None = None) -> list[str]:
    """The company ids named in a title, each once."""
    (mentions,) = linker().mentions(NormalizedTexts([text, ""]), [published])
    return list(dict.fromkeys(mention.subject.removeprefix("company:") for mention in mentions))


def test_a_name_is_written_in_capitals_in_small_letters_or_as_it_is() -> None:
    assert {"SanDisk", "SANDISK", "Sandisk", "sandisk"} <= alias_spellings(Alias(text="SanDisk"))


def test_a_case_sensitive_name_is_not_written_in_small_letters() -> None:
    assert "apple" not in alias_spellings(Alias(text="Apple", case="capital"))
    assert alias_spellings(Alias(text="IREN", case="exact")) == {"IREN"}


def test_only_names_that_are_not_words_have_plurals() -> None:
    assert "Blackwells" in plural_spellings(Alias(text="Blackwell", kind="product"))
    assert plural_spellings(Alias(text="Arm", ambiguous=True)) == set()


@pytest.mark.parametrize(
    ("text", "name", "left", "right", "alone"),
    [
        ("GE Vernova's order", "GE Vernova", Edge.WORD, Edge.WORD, True),
        ("Nvidians", "Nvidia", Edge.WORD, Edge.WORD, False),
        ("굿네이버스 후원", "네이버", Edge.HANGUL, Edge.HANGUL, False),
        ("네이버가 투자", "네이버", Edge.HANGUL, Edge.HANGUL, True),
        ("モデル発表", "デル", Edge.KATAKANA, Edge.KATAKANA, False),
        ("amazon.com says", "amazon", Edge.WORD, Edge.WORD, False),
        ("It was Amazon.", "Amazon", Edge.WORD, Edge.WORD, True),
    ],
)
def test_a_name_is_a_whole_word_as_far_as_its_script_separates_words(
    text: str, name: str, left: Edge, right: Edge, alone: bool
) -> None:
    start = text.index(name)
    assert stands_alone(text, start, start + len(name), left, right) is alone


@pytest.mark.parametrize(
    "text",
    [
        "$MU climbs",
        "Memory maker (NASDAQ: MU) climbs",
        "Memory maker (MU) climbs",
        "Memory maker (NASDAQ:MU) climbs",
        "$MU, $AMD up",
    ],
)
def test_a_marked_ticker_counts(text: str) -> None:
    assert "micron" in companies(text)


@pytest.mark.parametrize(
    "text",
    ["MU climbs", "The letter mu", "Now is the time to BE on", "P and Q and D", "A (D) senator", "mod (MOD) notes"],
)
def test_a_bare_short_ticker_or_a_word_does_not_count(text: str) -> None:
    assert companies(text) == []


@pytest.mark.parametrize(
    ("text", "company"),
    [
        ("688256.SH 涨停", "cambricon"),
        ("688256.SS closes up", "cambricon"),
        ("SH688256 放量", "cambricon"),
        ("(000660.KS) gains", "sk-hynix"),
        ("2330.TW gains", "tsmc"),
        ("NYSE: TSM gains", "tsmc"),
        ("CBRS.US gains", "cerebras"),
        ("港股 9988.HK 走强", "alibaba"),
        ("0700.HK slips", "tencent"),
        ("700.HK slips", "tencent"),
        ("2317 TT target raised", "foxconn"),
        ("005930 KS gains", "samsung"),
    ],
)
def test_all_listings_of_a_company_are_that_company(text: str, company: str) -> None:
    assert companies(text) == [company]


@pytest.mark.parametrize(
    ("text", "company"),
    [
        ("SHSE:688256 closes up", "cambricon"),
        ("688256.XSHG closes up", "cambricon"),
        ("sh688256 放量", "cambricon"),
        ("股票代码：688256", "cambricon"),
        ("(股票代码 688256)", "cambricon"),
        ("300308 CH: target raised", "innolight"),
        ("SZSE: 300308", "innolight"),
        ("981 HK downgraded", "smic"),
        ("hk00981 高開", "smic"),
        ("港股代码：00981", "smic"),
        ("XKRX:005930", "samsung"),
        ("KSE: 000660 gains", "sk-hynix"),
        ("종목코드 005930", "samsung"),
        ("TPEx: 8299", "phison"),
        ("股票代號：2330", "tsmc"),
        ("証券コード6857の決算", "advantest"),
        ("コード番号：6857　東証プライム", "advantest"),
        ("6857 JT upgraded", "advantest"),
        ("ETR: SIE gains", "siemens"),
        ("(FRA: ENR)", "siemens-energy"),
        ("EPA: SU gains", "schneider"),
        ("(EPA:SU)", "schneider"),
        ("SWX: ABBN slips", "abb"),
        ("BIT: PRY gains", "prysmian"),
        ("NSE: RELIANCE gains", "reliance"),
        ("Buy rated (NVDA US) remains the top pick", "nvidia"),
        ("Top picks: NVDA US, AMD US", "nvidia"),
        ("MU US Equity: consensus", "micron"),
        ("Targets raised (SU FP)", "schneider"),
        ("Targets raised (IFX GR, buy)", "infineon"),
    ],
)
def test_an_exchange_is_written_in_many_ways(text: str, company: str) -> None:
    assert company in companies(text)


@pytest.mark.parametrize(
    "text",
    [
        "NYSE: SU gains",  # Suncor, not Schneider
        "NASDAQ: PRY and others",
        "Attack on US soil; BE US citizens",
        "NO ARMS FOR MU US WARNS",
        "Order 300308 chairs",
        "エラーコード6857が出る",
        "He owns 981 houses",
        "push688256ed",
    ],
)
def test_letters_and_numbers_of_others_are_no_ticker(text: str) -> None:
    assert companies(text) == []


@pytest.mark.parametrize(
    ("text", "day", "named"),
    [
        ("$FB falls after results", date(2022, 2, 3), ["meta"]),
        ("$FB falls after results", date(2022, 6, 9), []),
        ("$FB falls after results", None, []),
        ("(NYSE: PSTG) rises", date(2025, 5, 1), ["everpure"]),
        ("$CREE jumps", date(2020, 5, 1), ["wolfspeed"]),
        ("SATS shares fall in Singapore", date(2025, 5, 1), []),
    ],
)
def test_a_former_ticker_counts_until_its_last_day(text: str, day: date | None, named: list[str]) -> None:
    published = datetime.combine(day, time(12), UTC) if day else None
    assert companies(text, published) == named


def test_tickers_in_a_list_or_beside_a_word_of_the_market_count() -> None:
    assert companies("Watchlist: NVDA, AVGO, MRVL") == ["nvidia", "broadcom", "marvell"]
    assert companies("Why SNDK stock doubled") == ["sandisk"]


def test_a_ticker_that_is_also_a_term_needs_its_company_or_the_market() -> None:
    assert companies("A small modular reactor (SMR) gets its licence") == []
    assert companies("NuScale Power (SMR) gets its licence") == ["nuscale"]
    assert companies("Ministry of Defence (MOD) buys drones") == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("ex-Palantir engineers raise money", "Palantir"),
        ("A former Google and Meta researcher joins", "Google"),
        ("A former Google and Meta researcher joins", "Meta"),
        ("SpaceX alum starts a rocket firm", "SpaceX"),
        ("前英伟达工程师创业", "英伟达"),
        ("百度前高管加入新公司", "百度"),
        ("他曾任微软研究员", "微软"),
        ("전 인텔 CEO의 조언", "인텔"),
        ("구글 출신 창업자", "구글"),
        ("元グーグル社員が起業", "グーグル"),
    ],
)
def test_a_former_employer_is_recognised(text: str, name: str) -> None:
    assert is_former_role(text, text.index(name), text.index(name) + len(name))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("此前英伟达宣布", "英伟达"),
        ("盘前英伟达涨 3%", "英伟达"),
        ("苹果前三季度出货", "苹果"),
        ("Intel CEO visits", "Intel"),
        ("공사 전 인텔", "공사"),
        ("6億元グーグル", "グーグル"),
        ("299 元联想学习机开卖", "联想"),
    ],
)
def test_other_words_for_before_are_not_former_roles(text: str, name: str) -> None:
    assert not is_former_role(text, text.index(name), text.index(name) + len(name))


def test_the_table_of_edges_agrees_with_the_edge_of_each_character() -> None:
    assert edge_table().tolist() == [edge_of(chr(code)) for code in range(0x10000)]
