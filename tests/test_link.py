"""Which companies an article is linked to, and that every mention quotes what is stored."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import article
from data.catalog import load_catalog
from data.link_rules import LINK_RULES
from data.records import Article, Mention
from ingest.link import Linker, as_json


@cache
def linker() -> Linker:
    return Linker(load_catalog())


def mentions(title: str, summary: str = "", *, day: str = "2026-07-01") -> list[Mention]:
    found = linker().link(article(title, url="", summary=summary, at=datetime.fromisoformat(day).replace(tzinfo=UTC)))
    return [mention for mention in found if mention.subject.startswith("company:")]


def linked(title: str, summary: str = "", *, day: str = "2026-07-01") -> list[str]:
    """The ids of the companies, each once, as first named."""
    return list(
        dict.fromkeys(mention.subject.removeprefix("company:") for mention in mentions(title, summary, day=day))
    )


@pytest.mark.parametrize(
    ("title", "companies"),
    [
        ("Micron lifts its forecast", ["micron"]),
        ("中际旭创一季度净利润翻倍", ["innolight"]),
        ("Zhongji Xuchuang orders rise", ["innolight"]),
        ("InnoLight ships 1.6T modules", ["innolight"]),
        ("台積電法說會", ["tsmc"]),
        ("台积电法说会", ["tsmc"]),
        ("삼성전자와 SK하이닉스, HBM4 경쟁", ["samsung", "sk-hynix"]),
        ("東京エレクトロンが上方修正", ["tokyo-electron"]),
        ("キオクシア、増産へ", ["kioxia"]),
        ("NVIDIA'S BIG DAY", ["nvidia"]),
        ("Blackwells are sold out", ["nvidia"]),
        ("Moore Threads and Biren file accounts", ["moore-threads", "biren"]),
        ("OpenAI and Anthropic sign leases", ["openai", "anthropic"]),
    ],
)
def test_a_company_is_found_by_its_names_in_every_script(title: str, companies: list[str]) -> None:
    assert linked(title) == companies


@pytest.mark.parametrize(
    ("title", "companies"),
    [
        ("Samsung Heavy wins a ship order", []),
        ("三星SDI扩产电池", []),
        ("삼성중공업 수주", []),
        ("三星电气中标变压器项目", []),
        ("삼성전기 MLCC 증설", ["samsung-em"]),
        ("阿里健康发布年报", []),
        ("博通集成新品发布", []),
        ("腾讯音乐财报", []),
        ("Delta Air Lines adds flights", []),
        ("工业富联扩产", ["fii"]),
        ("Siemens Energy raises its outlook", ["siemens-energy"]),
        ("Quanta Services builds lines", ["quanta-services"]),
        ("New Galaxy Watch reviewed", ["samsung"]),
        ("AWS Lambda gets a new runtime", ["amazon"]),
    ],
)
def test_an_affiliate_or_a_longer_name_is_not_the_company_inside_it(title: str, companies: list[str]) -> None:
    assert linked(title) == companies


@pytest.mark.parametrize(
    ("title", "companies"),
    [
        ("阿里发布新款眼镜", ["alibaba"]),
        ("阿里加速出海", ["alibaba"]),
        ("宣布阿里云降价", ["alibaba"]),
        ("2026年华为开发者大会开幕", ["huawei"]),
        ("三家入围，其中华为报价最低", ["huawei"]),
        ("沪东中华为船东交付新船", []),
        ("苹果收购一家芯片公司", ["apple"]),
        ("苹果收购价每斤三元", []),
        ("甲骨文中国区调整", ["oracle"]),
        ("甲骨文中的天象记录", []),
        ("易中天齐创新高", ["innolight", "eoptolink", "tfc"]),
        ("易中天讲三国", []),
    ],
)
def test_a_look_alike_does_not_hide_the_verb_that_follows_a_name(title: str, companies: list[str]) -> None:
    assert sorted(linked(title)) == sorted(companies)


@pytest.mark.parametrize(
    ("title", "companies"),
    [
        ("Robotics waits for its ChatGPT moment", []),
        ("人形机器人的“ChatGPT时刻”还远", []),
        ("로봇의 챗GPT 모먼트", []),
        ("英伟达时刻关注市场", ["nvidia"]),
        ("ChatGPT outage ends", ["openai"]),
    ],
)
def test_a_turning_point_is_not_about_the_company_that_lends_its_name(title: str, companies: list[str]) -> None:
    assert linked(title) == companies


@pytest.mark.parametrize(
    "title",
    [
        "球队蟬聯亞军",
        "蝉联亚军的球队",
        "굿네이버스 캠페인",
        "STX엔진 공시",
        "多支主力箭头指向港口",
        "美国通胀持续高通胀压力",
        "东南亚科技园开园",
        "经贸联委会召开",
        "荷台达港遭袭",
        "上海光源开放",
        "物联电网建设",
        "平台达成协议",
        "蓝思科技投产",
        "助力鸿蒙之外的生态",
    ],
)
def test_chance_substrings_never_count(title: str) -> None:
    assert set(linked(title)) <= {"huawei"}


@pytest.mark.parametrize(
    "title",
    [
        "How to bake an apple pie",
        "Apple orchards suffer from frost",
        "A robotic arm for the kitchen",
        "An arm and a leg for concert tickets",
        "Meta-analysis of sleep studies",
        "The oracle bones of the Shang",
        "Fires spread in the Amazon rainforest",
        "A filter of five micron",
        "Allies share intel on the strike",
        "A coherent plan for schools",
        "The poet reads tonight",
        "Corning, N.Y. opens a park",
        "Robinson Crusoe on stage",
        "Tomahawk missiles for the navy",
        "Edward Hopper exhibition opens",
        "Claude Monet at auction",
        "Kimi Antonelli wins in Monaco",
        "Gemini telescope sees a comet",
        "Dominion Voting settles",
        "甲骨文字的考古研究",
        "烟台苹果丰收，果农高兴",
        "这让人联想到往事",
        "寒武纪大爆发的化石",
    ],
)
def test_a_word_that_is_also_a_name_is_left_alone(title: str) -> None:
    assert linked(title) == []


@pytest.mark.parametrize(
    ("title", "company", "rule"),
    [
        ("Arm shares jump after results", "arm", "word-cue"),
        ("Arm's bet on its own silicon", "arm", "word-owner"),
        ("Why Arm's plan matters to phones", "arm", "word-owner"),
        ("Coherent and Lumentum gain", "coherent", "word-beside-company"),
        ("Chip startup Etched raises money", "etched", "word-cue"),
        ("Arm Holdings plans, and Arm waits", "arm", "word-again"),
        ("Lisa Su speaks in Taipei", "amd", "person"),
        ("黃仁勳抵台", "nvidia", "person"),
        ("老黄的新皮衣", "nvidia", "person"),
        ("EPYC takes servers", "amd", "product"),
        ("昇腾芯片上量", "huawei", "product"),
        ("Mellanox cables", "nvidia", "former-name"),
        ("$MU soars", "micron", "ticker-marked"),
    ],
)
def test_each_mention_names_the_rule_that_made_it(title: str, company: str, rule: str) -> None:
    assert (company, rule) in {(mention.subject.removeprefix("company:"), mention.rule) for mention in mentions(title)}
    assert rule in LINK_RULES


@pytest.mark.parametrize(
    "furniture",
    [
        "Share this on Facebook · Share to WhatsApp",
        "Follow us on Instagram",
        "Add us as a preferred source on Google",
        "Share on LinkedIn",
    ],
)
def test_a_button_of_the_page_is_no_news_of_the_network_behind_it(furniture: str) -> None:
    assert linked("Regulators meet on Monday", furniture) == []


def test_a_ticker_in_a_list_counts_also_beside_one_that_is_a_name() -> None:
    assert set(linked("NVDA, AMD, AVGO slip before the opening bell")) == {"nvidia", "amd", "broadcom"}


def test_what_settled_an_ambiguous_name_is_said() -> None:
    assert mentions("Arm rises on licensing revenue")[0].why == "next to 'licensing revenue'"


def test_a_name_inside_another_companys_name_is_named_as_rejected() -> None:
    assert mentions("SK Square sells its stake")[0].subject == "company:sk-square"
    [mention] = mentions("Foxconn Industrial Internet ships racks")
    assert mention.rejected.startswith("company:foxconn: 'Foxconn'")


def test_a_company_named_clearly_settles_its_ambiguous_name_elsewhere() -> None:
    assert [mention.rule for mention in mentions("Coherent Corp opens a plant", "Coherent will hire")] == [
        "name",
        "word-again",
    ]


@pytest.mark.parametrize(
    ("title", "day", "companies"),
    [
        ("Facebook buys a startup", "2020-05-01", ["meta"]),
        ("Facebook gets a new look", "2026-05-01", ["meta"]),
        ("Meta is Greek for after", "2020-05-01", []),
        ("Grok gets a voice", "2025-12-01", ["xai"]),
        ("Grok gets a voice", "2026-02-02", ["spacex", "xai"]),
        ("xAI hires", "2026-02-01", ["xai"]),
        ("Cursor ships a coding agent", "2026-06-15", []),
        ("Cursor ships a coding agent", "2026-06-16", ["spacex"]),
        ("Celestial AI shows a photonic fabric", "2026-03-01", ["marvell"]),
    ],
)
def test_a_name_counts_for_whom_it_named_on_that_day(title: str, day: str, companies: list[str]) -> None:
    assert sorted(linked(title, day=day)) == companies


def test_the_past_of_a_person_is_not_news_about_the_company() -> None:
    assert linked("Ex-Palantir engineers raise money") == []
    assert linked("百度前高管创业") == []
    assert linked("Former Intel engineer joins AMD") == ["amd"]


def test_full_width_and_styled_letters_are_read_and_look_alikes_are_not() -> None:
    assert linked("ＮＶＩＤＩＡ と組む") == ["nvidia"]
    assert linked("𝗡𝗩𝗜𝗗𝗜𝗔 rises") == ["nvidia"]
    assert linked("N\u0456vidia rises") == []  # a Cyrillic letter
    assert linked("\u0391MD rises") == []  # a Greek letter


def test_relevance_is_the_same_on_all_mentions_and_falls_with_company() -> None:
    found = mentions("Micron sells out", "Micron says that AMD waits")
    assert {mention.relevance for mention in found if mention.subject == "company:micron"} == {100}
    assert next(mention.relevance for mention in found if mention.subject == "company:amd") < 60


def test_an_article_about_nothing_here_has_no_mentions() -> None:
    assert linker().link(article("Rain is expected on Sunday", url="")) == ()


def test_json_has_plain_ids_and_no_subthemes() -> None:
    found = as_json("a1", linker().link(article("Micron sells out HBM4", url="")))
    assert found["id"] == "a1"
    assert found["companies"][0] == {
        "id": "micron", "field": "title", "start": 0, "end": 6, "matched": "Micron", "rule": "name", "score": 0.98,
    }  # fmt: skip
    assert all("." not in theme["id"] for theme in found["themes"])


PIECES = st.sampled_from(
    [
        "Nvidia",
        "ＡＭＤ",
        "台積電",
        "三星",
        "삼성전자",
        "キオクシア",
        "é",
        "e\u0301",
        "한",
        "🚀",
        "\u200b",
        "ﬁ",
        "½",
        "𝐌icron",
        "$MU",
        " (AVGO) ",
        "Arm's ",
        " ",
        "，",
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.one_of(PIECES, st.text(max_size=6)), max_size=12), st.lists(PIECES, max_size=6))
def test_evidence_always_quotes_the_stored_text(title: list[str], summary: list[str]) -> None:
    item = Article(
        guid="",
        url="",
        title="".join(title),
        summary="".join(summary),
        published_at=None,
        date_quality="missing",
        publisher="",
        lang="und",
    )
    for mention in linker().link(item):
        assert getattr(item, mention.field)[mention.start : mention.end] == mention.matched != ""
        assert mention.rule in LINK_RULES
        assert 0 < mention.score <= 1
        assert 0 <= mention.relevance <= 100


def test_another_process_finds_the_same() -> None:
    """Sets have another order in each process: nothing may depend on it."""
    titles = [
        "codex 和 claude 的 skills",
        "Musk walks back the Anthropic Colossus deal",
        "Arm and SoftBank: licensing revenue, chips, Arm's v9",
    ]
    given_in = "".join(json.dumps({"id": title, "title": title}) + "\n" for title in titles * 5)
    found = {
        subprocess.run(
            [sys.executable, "-m", "ingest", "link"],
            input=given_in,
            capture_output=True,
            text=True,
            check=True,
            timeout=120,
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(found) == 1


def test_a_cue_counts_in_any_case_though_other_names_list_it_too() -> None:
    linked = {mention.subject for mention in linker().link(article(title="codex 和 claude 的 skills 如何"))}
    assert {"company:openai", "company:anthropic"} <= linked


def test_many_articles_at_once_are_linked_as_each_alone() -> None:
    titles = [
        "Micron sells out HBM4",
        "Rain on Sunday",
        "",
        "美光：HBM4 已售罄",
        "Arm’s İstanbul lab",
        "Nvidia\x00 AMD",
        "ｎｖｉｄｉａ and Micron",
    ]
    articles = [article(title, url=str(at), summary=titles[at - 1]) for at, title in enumerate(titles)]
    assert linker().link_all(articles) == [linker().link(one) for one in articles]
    assert linker().link_all([]) == []
