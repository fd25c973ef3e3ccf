"""Short names in a script without spaces, names that touch a number, and names that are also words."""

from __future__ import annotations

import pytest
from test_link import linked


@pytest.mark.parametrize(
    "title",
    [
        "银行提升特色服务",  # 升特 (Semtech)
        "平台积极整改",  # 台积 (TSMC)
        "各地加快手机补贴发放",  # 快手 (Kuaishou)
        "首周受资金面影响",  # 周受资 (ByteDance's)
        "江西数字集团揭牌",  # 西数 (Western Digital)
        "这辆车智能网联电动化",  # 联电 (UMC)
        "影片《月光宝盒》重映",
        "专家同意法国方案",
    ],
)
def test_characters_of_two_words_are_no_name(title: str) -> None:
    assert linked(title) == []


@pytest.mark.parametrize(
    "title",
    [
        "安靠智电中标",
        "海光药业获批",
        "中芯集成定增",
        "华虹计通中标",
        "天玑科技涨停",
        "思科瑞被立案",
        "住友電設が増益",
        "古河電池の新社長",
    ],
)
def test_a_short_name_inside_another_firms_name_is_not_it(title: str) -> None:
    assert linked(title) == []


@pytest.mark.parametrize(
    ("title", "company"),
    [
        ("联想科技出货增长", "lenovo"),
        ("快手三季度收入增长", "kuaishou"),
        ("专访华为何先生", "huawei"),
        ("收入远超微软", "microsoft"),
        ("中芯国际产能满载", "smic"),
        ("思科裁员", "cisco"),
    ],
)
def test_a_short_name_beside_other_words_stays_one(title: str, company: str) -> None:
    assert linked(title) == [company]


@pytest.mark.parametrize("title", ["台達電營收", "臺達電營收", "台达电营收"])
def test_a_name_is_found_in_every_shape_of_its_characters(title: str) -> None:
    assert linked(title) == ["delta"]


@pytest.mark.parametrize(
    ("title", "companies"),
    [
        ("Anthropic1.5万亿估值成谜", ["anthropic"]),
        ("OpenAI48 小时内两次更新", ["openai"]),
        ("GLM5.3 实测", ["zhipu"]),
        ("Grok4.5 is out", ["spacex", "xai"]),
        ("Gemini3.5Flash 上线", ["alphabet"]),
        ("Debian 支持 AMD64", []),
        ("Arm64 笔记本评测", []),
        ("The Anthropic2 band tours", []),
    ],
)
def test_a_number_may_touch_a_name_in_chinese_and_a_version_may_touch_its_model(
    title: str, companies: list[str]
) -> None:
    assert linked(title) == companies


@pytest.mark.parametrize(
    "title",
    [
        "Arm CEO sees demand for years",
        "Arm 涨超 9%",
        "Arm 发布新一代平台",
        "Cisco signs a partnership with Arm",
        "Arm to build its own server parts",
        "诺基亚与 Arm 达成合作",
    ],
)
def test_arm_is_a_company_where_it_acts_is_priced_or_is_partnered_with(title: str) -> None:
    assert "arm" in linked(title)


@pytest.mark.parametrize(
    "title",
    [
        "A small kernel for ARM, x86 and MIPS",
        "基于 Arm 架构的新芯片",
        "Windows on Arm gets an emulator",
        "Robot Arm Falls on Worker",
        "5/1 ARM mortgage rates dip",
        "新芯片采用 ARM v9 内核",
    ],
)
def test_arm_is_no_company_where_it_is_an_instruction_set_a_limb_or_a_loan(title: str) -> None:
    assert "arm" not in linked(title)


@pytest.mark.parametrize(
    ("title", "company"),
    [
        ("AI 芯片初创公司 Etched 再获融资", "etched"),
        ("英伟达洽购芯片制造商 Rebellions", "rebellions"),
        ("Fireworks, which serves open-source models, raised $900M", "fireworks"),
        ("Credo lifts outlook on cables", "credo"),
        ("Lambda files for a Nasdaq listing", "lambda"),
        ("CoreWeave, Cerebras and Firefly slip", "firefly"),
        ("Planet Labs wins an order; Voyager slips", "voyager"),
        ("Fermi names a chief for its AI power campus", "fermi-america"),
    ],
)
def test_a_name_that_is_a_word_counts_by_a_deal_an_act_or_its_peers(title: str, company: str) -> None:
    assert company in linked(title)


@pytest.mark.parametrize(
    "title",
    [
        "Names etched in stone",
        "Fireworks light up the harbour",
        "The Fermi paradox, again",
        "Voyager 1 phones home",
        "Lambda calculus in a weekend",
        "Peasant rebellions of the fourteenth century",
    ],
)
def test_such_a_name_in_another_sense_does_not(title: str) -> None:
    assert linked(title) == []


@pytest.mark.parametrize(
    ("title", "companies"),
    [
        ("AVGO beats again", ["broadcom"]),
        ("GOOG slips, AMZN gains", ["alphabet", "amazon"]),
        ("MU: guidance above the Street", ["micron"]),
        ("MU: an essay on nothingness", []),
        ("MU stock climbs", ["micron"]),
        ("TPEX-listed 3081 limit up", ["landmark-opto"]),
        ("ASX shares close lower", []),
        ("Why I sell NOK and buy kroner later", []),
        ("Wet AMD trial meets its goal", []),
        ("IBM, or inclusion body myositis", []),
        ("What IBM costs: a rare muscle disease and its patients", []),
        ("STM investors and the future of scientific journals", []),
        ("TER stocks its trains with new seats", []),
        ("STM shares and TER stock rise with Teradyne's outlook", ["stmicro", "teradyne"]),
        ("The acceptable daily intake (ADI) was cut", []),
    ],
)
def test_a_ticker_at_the_head_counts_and_an_exchange_a_currency_or_an_illness_does_not(
    title: str, companies: list[str]
) -> None:
    assert linked(title) == companies


@pytest.mark.parametrize(
    ("title", "companies"),
    [
        ("SoftBank Hawks lose", []),
        ("Nokia Arena hosts the final", []),
        ("Infineon Raceway reopens", []),
        ("Fire in Corning, New York", []),
        ("Dell'Orto carburettors return", []),
        ("Share to Google+", []),
        ("Visitors at Apple Park", ["apple"]),
        ("A former Intel engineer writes a book", []),
        ("A former Intel plant becomes a hall", ["intel"]),
        ("Bids for the former Anthropic stake", ["anthropic"]),
    ],
)
def test_a_place_or_a_past_job_is_not_the_company_but_what_it_owned_is(title: str, companies: list[str]) -> None:
    assert linked(title) == companies


@pytest.mark.parametrize(
    ("title", "company"),
    [
        ("德州儀器調高指引", "texas-instruments"),
        ("온세미 실적 발표", "onsemi"),
        ("SCREENホールディングスが増益", "screen"),
        ("環球晶擴產", "globalwafers"),
        ("味の素、ABFを増産", "ajinomoto"),
        ("商汤发布新模型", "sensetime"),
        ("Cummins generators for data centers", "cummins"),
        ("0020.HK jumps", "sensetime"),
    ],
)
def test_the_companies_of_the_second_row_are_found(title: str, company: str) -> None:
    assert linked(title) == [company]


@pytest.mark.parametrize(
    "title",
    ["小米粥的做法", "Pat Cummins takes five wickets", "Air carrier adds flights", "上信越自动车道", "卖家可灵活设置"],
)
def test_their_look_alikes_are_not(title: str) -> None:
    assert linked(title) == []
