"""Which themes an article is about, and that every mention quotes what is stored."""

from __future__ import annotations

import json
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import article
from data.catalog import load_catalog
from data.link_rules import THEME_RULES
from data.records import Mention
from ingest.link import Linker
from reference import reference
from tests.studies.accuracy_themes import fired_on_nothing, linked_themes, theme_counts


@cache
def linker() -> Linker:
    return Linker(load_catalog())


def mentions(title: str, summary: str = "") -> list[Mention]:
    found = linker().link(article(title, url="", summary=summary))
    return [mention for mention in found if not mention.subject.startswith("company:")]


def themes(title: str, summary: str = "") -> set[str]:
    return {
        mention.subject.removeprefix("theme:")
        for mention in mentions(title, summary)
        if mention.subject.startswith("theme:")
    }


@pytest.mark.parametrize(
    ("theme", "title"),
    [
        ("servers", "Glass yarn is the next bottleneck for makers of AI boards and laminates"),
        ("servers", "金像電高階PCB訂單滿載，聯茂調漲銅箔基板"),
        ("servers", "서버 조립 업체, AI 서버용 MLCC 확보전"),
        ("sovereign", "Chile wants a supercomputer of its own, paid for with public money for AI"),
        ("sovereign", "Ministers vow to end dependence on US clouds"),
        ("sovereign", "行政院通過人工智慧島計畫"),
        ("sovereign", "정부, AI 예산 두 배로 편성"),
        ("sovereign", "政府、GENIACで国産基盤モデルを支援"),
        ("compute", "Smugglers hid eight crates of H200s in a tea warehouse"),
    ],
)
def test_state_compute_and_the_makers_of_servers_have_their_own_words(theme: str, title: str) -> None:
    assert theme in themes(title)


@pytest.mark.parametrize(
    "title",
    [
        "联想发布首款AI手机",
        "风机国产化率再提高",
        "AI基金经理跑赢大盘",
        "The university opens its Texas campus",
        "Server spills soup",
    ],
)
def test_words_that_look_like_them_name_no_theme(title: str) -> None:
    assert themes(title).isdisjoint({"servers", "sovereign", "cloud"})


@pytest.mark.parametrize(
    ("theme", "title"),
    [
        ("memory", "Server DRAM contract prices climb another fifth as memory shortage deepens"),
        ("memory", "企业级固态硬盘涨价，存储芯片缺口扩大"),
        ("memory", "記憶體報價再漲，模組廠搶貨"),
        ("memory", "D램·낸드 가격 동반 상승, 공급 부족 장기화"),
        ("memory", "DRAM価格が高騰、メモリー不足が深刻に"),
        ("optics", "Orders for co-packaged optics and silicon photonics lasers outrun supply"),
        ("optics", "光模块龙头扩产，硅光订单排到后年"),
        ("optics", "矽光子與光通訊族群走強，CPO 需求升溫"),
        ("optics", "실리콘 포토닉스 광모듈 수주 급증"),
        ("optics", "シリコンフォトニクス向け光トランシーバー増産"),
        ("power", "Gas turbine backlog stretches to 2031 as data centers queue for the grid"),
        ("power", "数据中心缺电，变压器与燃气轮机订单激增"),
        ("power", "液冷散熱需求爆發，重電訂單滿手"),
        ("power", "초고압 변압기 수주 사상 최대, 전력기기 호황"),
        ("power", "ガスタービンと変圧器の受注が急増"),
        ("space", "Reusable rocket lofts forty broadband satellites for a low Earth orbit constellation"),
        ("space", "可回收火箭首飞成功，低轨卫星组网提速"),
        ("space", "低軌衛星訂單湧現，太空資料中心成新戰場"),
        ("space", "저궤도 위성 발사체 발사 성공"),
        ("space", "低軌道衛星の打ち上げ成功、宇宙データセンターへ布石"),
        ("compute", "New AI accelerator challenges Nvidia GPUs in data center inference"),
        ("compute", "国产AI芯片放量，算力卡供不应求"),
        ("compute", "客製化AI晶片需求強，特殊應用晶片放量"),
        ("compute", "AI 반도체 스타트업, 추론용 칩 양산 개시"),
        ("compute", "AI半導体の新興、推論チップを量産"),
        ("foundry", "Foundry raises wafer prices as 2nm and CoWoS capacity sells out"),
        ("foundry", "晶圆代工涨价，先进封装产能吃紧"),
        ("foundry", "先進封裝擴產，2奈米良率提升"),
        ("foundry", "파운드리 2나노 수율 개선, 첨단 패키징 증설"),
        ("foundry", "ファウンドリー各社、2ナノと先端パッケージに投資"),
        ("equipment", "Chipmaking tool maker ships its newest EUV lithography scanner"),
        ("equipment", "半导体设备国产化提速，光刻机零部件突破"),
        ("equipment", "半導體設備廠接單暢旺，探針卡缺貨"),
        ("equipment", "반도체 장비 업체, 노광장비 부품 공급계약"),
        ("equipment", "半導体製造装置の受注回復、露光装置がけん引"),
        ("networking", "Switch silicon with InfiniBand and NVLink fabric doubles data center networking speed"),
        ("networking", "数据中心交换机放量，交换芯片国产替代"),
        ("networking", "800G交換器出貨倍增，乙太網晶片供不應求"),
        ("networking", "데이터센터 이더넷 스위치 칩 국산화"),
        ("networking", "データセンター向けスイッチチップとネットワーク機器を増産"),
        ("servers", "AI server makers ship more racks as MLCC and printed circuit board prices rise"),
        ("servers", "AI服务器出货翻倍，覆铜板再提价"),
        ("servers", "AI伺服器機櫃出貨旺，伺服器廠營收創高"),
        ("servers", "AI 서버 수요에 MLCC·기판 증설"),
        ("servers", "AIサーバー向け積層セラミックコンデンサーを増産"),
        ("cloud", "Hyperscalers lift capex again, plan gigawatt data center campus"),
        ("cloud", "云厂商上调资本开支，智算中心开工"),
        ("cloud", "雲端業者加碼資本支出，興建AI資料中心"),
        ("cloud", "하이퍼스케일러, AI 데이터센터 건설에 10조원 투자"),
        ("cloud", "クラウド大手、データセンター建設に1兆円投資"),
        ("ai_labs", "Startup releases open-weight large language model and cuts API prices"),
        ("ai_labs", "大模型创业公司发布开源模型，完成新一轮融资"),
        ("ai_labs", "AI新創發表大型語言模型，語言模型價格腰斬"),
        ("ai_labs", "AI 스타트업, 거대언어모델 공개하고 투자 유치"),
        ("ai_labs", "大規模言語モデルの新興、新しい基盤モデルを公開"),
        ("sovereign", "Government funds sovereign AI with a national compute programme"),
        ("sovereign", "国家算力网启动，多地发放算力券"),
        ("sovereign", "主權AI計畫上路，政府砸錢買GPU"),
        ("sovereign", "정부, 소버린 AI 위해 국가AI컴퓨팅센터 착공"),
        ("sovereign", "政府、ソブリンAIに補助金 国産AIを後押し"),
    ],
)
def test_a_story_about_a_theme_is_linked_to_it(theme: str, title: str) -> None:
    assert theme in themes(title)


@pytest.mark.parametrize(
    "title",
    [
        "A garden bench in memory of the old lighthouse keeper",
        "Muscle memory is real, say physiologists",
        "Rewriting a parser in a memory-safe language",
        "Giving your chat agent long-term memory with a text file",
        "Ram unveils a pickup with a bigger grille",
        "Optical illusion of the spinning dancer explained again",
        "Bad optics for the mayor as the bridge opens late",
        "Wireless optical mouse on sale this weekend",
        "Laser engraver cuts plywood in a garage",
        "Carbon fiber bike frames recalled",
        "Power struggle splits the party before the vote",
        "Powerball winner comes forward",
        "Storm leaves thousands without power",
        "Inspectors visit nuclear weapons site",
        "Fed's Powell speaks on Thursday",
        "From pole to the back of the grid in one lap",
        "Space Marine fans get a new chapter",
        "Tiny office space for rent",
        "Telescope sees the oldest galaxy yet",
        "Delivery starship robot stuck in snow on campus",
        "Potato chips with vinegar win a taste test",
        "Friends chip in for a surprise party",
        "Blue-chip index ends flat",
        "Raspberry Pi Compute Module gets a case",
        "Graphics card for gamers reviewed at 1440p",
        "Gift packaging gets a paper makeover",
        "The old iron foundry becomes a theatre",
        "Gym equipment you can fold away",
        "Nintendo Switch bundle at half price",
        "Networking event for florists",
        "Game servers for a cult classic shut down",
        "A cloud over the economy, says the governor",
        "Xbox Cloud Gaming reaches more phones",
        "That was their ChatGPT moment, says the baker",
        "Claude Monet's garden reopens",
        "Sovereign wealth fund buys a hotel chain",
        "Sovereign debt auction draws few bids",
        "手机内存不足怎么办",
        "童年记忆里的味道",
        "光学变焦拍月亮",
        "激光雷达装车",
        "台风致多地停电",
        "航天员讲述太空生活",
        "薯片新口味上市",
        "乌云压城，暴雨将至",
        "동네의 기억을 담은 사진전",
        "먹구름 낀 경기 전망",
        "우주를 그린 동화책",
        "思い出のメモリアルソング",
        "任天堂スイッチの新色",
    ],
)
def test_a_look_alike_is_linked_to_nothing(title: str) -> None:
    assert themes(title) == set()


def test_a_theme_is_what_the_story_is_about_not_a_company_that_it_names() -> None:
    assert themes("Apple sells more phones in Europe than last year") == set()
    assert themes("Tencent's new game tops the charts") == set()
    assert themes("Micron raises its sponsorship of a marathon") == set()


def test_results_count_for_the_first_theme_of_a_company_of_one_or_two() -> None:
    found = mentions("Kioxia reports record quarterly profit")
    assert {(mention.subject, mention.rule, mention.matched) for mention in found} == {
        ("theme:memory", "results", "Kioxia")
    }
    assert themes("Cramer on Kioxia: should you buy the stock now?") == set(), "a rating is no result"


def test_a_subtheme_shares_its_span_with_the_theme() -> None:
    spans = {mention.subject: (mention.start, mention.end) for mention in mentions("HBM4 is sold out")}
    assert spans == {"theme:memory": (0, 4), "subtheme:memory.hbm": (0, 4)}


def test_a_weak_phrase_says_what_settled_it() -> None:
    found = mentions("Micron sees memory demand from laptops cooling, SSD makers cut prices")
    assert "memory" in themes("Micron's memory outlook brightens")
    assert all(mention.why.startswith("with ") for mention in found if mention.rule == "weak-phrase")


def test_a_theme_that_nearly_counted_is_named_as_rejected() -> None:
    every = [mention for title in NEAR_MISSES for mention in mentions(title)]
    assert any(mention.rejected.startswith("theme:") for mention in every)


NEAR_MISSES = (
    "Samsung HBM4 yield improves at its Pyeongtaek fab",
    "Utilities build gas plants for new data center campus",
    "Microsoft signs nuclear power deal for its data centers",
    "Nvidia-backed lab trains model on GPUs in orbit",
)


@pytest.mark.parametrize(
    ("theme", "title"),
    [
        ("ai_labs", "OpenAI and Mistral agree to merge in an all-stock deal"),
        ("ai_labs", "Blackstone leads a new round in Anthropic at twice the last valuation"),
        ("ai_labs", "Rocket maker SpaceX folds xAI into itself"),
        ("ai_labs", "月之暗面与智谱宣布合并"),
        ("sovereign", "Shenzhen opens a public computing centre with 30 exaflops of smart compute for local firms"),
        ("sovereign", "Guangzhou says its intelligent computing capacity has doubled in a year"),
        ("sovereign", "成都智能算力规模突破 20 EFLOPS，将发放算力券"),
        ("sovereign", "杭州建成公共算力平台，国产芯片占八成"),
    ],
)
def test_a_deal_of_an_ai_lab_is_about_ai_labs_and_a_city_that_builds_compute_about_sovereign_compute(
    theme: str, title: str
) -> None:
    assert theme in themes(title)


def test_a_company_that_lives_of_something_else_needs_more_than_its_name() -> None:
    assert themes("Cisco names a new marketing chief") == set()
    assert themes("Tencent cuts its stake in a beverage chain") == set()
    assert themes("Lenovo signs a football league as sponsor") == set()
    assert themes("Nebius signs a five-year lease in Finland") == {"cloud"}


def test_words_in_capitals_are_found_in_capitals_only() -> None:
    assert "memory" in themes("DRAM spot prices rise again")
    assert themes("A dram of whisky a day, prices rise again") == set()


def test_latin_words_of_other_languages_count_only_beside_their_script() -> None:
    assert "power" in themes("数据中心UPS订单激增")
    assert themes("UPS orders new delivery vans") == set()


def test_spelling_hyphens_plurals_and_spaces_do_not_matter() -> None:
    assert (
        themes("Data-centre capex soars")
        == themes("Datacenter capex soars")
        == themes("Data centers' capex soars")
        != set()
    )
    assert "compute" in themes("AI 芯片涨价") and "compute" in themes("AI芯片涨价")
    assert "optics" in themes("ｃｏ－ｐａｃｋａｇｅｄ optics orders rise")


def test_a_unit_may_stand_right_behind_its_number() -> None:
    assert themes("Builder plans 3GW campus in Ohio") == themes("Builder plans 3 GW campus in Ohio") == {"cloud"}
    assert "memory" not in themes("Unit xDRAM opens")


def test_a_summary_counts_but_no_phrase_stands_across_both() -> None:
    assert "memory" in themes("What to expect next quarter", "HBM4 and DRAM contract prices will rise, suppliers say.")
    assert themes("They share a fond memory", "chip by chip, the artist carves") == set()


def test_nothing_is_about_nothing() -> None:
    assert mentions("") == mentions("", "…") == []


def test_every_mention_is_of_a_known_theme_by_a_named_rule() -> None:
    catalog = load_catalog()
    for mention in mentions("TSMC expands CoWoS while HBM4, liquid cooling and AI server racks stay short"):
        assert mention.rule in THEME_RULES
        assert catalog.subject_name(mention.subject) != mention.subject
        assert 0 <= mention.score <= 1
        assert 0 <= mention.relevance <= 100


WORDS = st.sampled_from(
    [
        "HBM4",
        "光模块",
        "メモリー価格",
        "변압기",
        "data‑center capex",
        "ＧＰＵ芯片",
        "AI server",
        "Ｍicron",
        "İ",
        "ﬁ",
        "x́",
    ]
)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.one_of(WORDS, st.text(max_size=12)), max_size=8),
    st.lists(st.one_of(WORDS, st.text(max_size=12)), max_size=6),
)
def test_evidence_quotes_what_is_stored_in_any_script(title: list[str], summary: list[str]) -> None:
    stored = article(" ".join(title), url="", summary=" ".join(summary))
    for mention in linker().link(stored):
        assert getattr(stored, mention.field)[mention.start : mention.end] == mention.matched != ""


def test_themes_on_labelled_headlines() -> None:
    rows = [json.loads(line) for line in reference("data/labels/headlines_dev.jsonl").read_text("utf-8").splitlines()]
    found = [(row, linked_themes(linker(), row)) for row in rows]
    counts = theme_counts(found)
    print(f"{len(rows)} headlines, {counts}")
    everything = counts["all"]
    assert everything.right / (everything.right + everything.wrong) >= 0.88
    assert everything.right / (everything.right + everything.missed) >= 0.85
    assert fired_on_nothing(found) <= 4
    assert {f"theme {theme}" for theme in load_catalog().themes} <= counts.keys()
