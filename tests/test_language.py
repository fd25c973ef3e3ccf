"""The language of an article: what is claimed, unless its script says otherwise."""

from __future__ import annotations

import pytest

from ingest.parse.text import language_of, primary_language


@pytest.mark.parametrize(
    ("title", "claimed", "language"),
    [
        ("Micron sells out HBM", "", "en"),
        ("美光宣布扩产", "", "zh"),
        ("次世代メモリーの量産", "", "ja"),
        ("SK하이닉스 HBM4 공급", "", "ko"),
        ("CoreWeave（CRWV）为何正借助Meta强化其AI云业务", "", "zh"),
        ("Alibaba (阿里巴巴) reports results for the quarter", "", "en"),
        ("Новости Оренбурга", "", "und"),
        ("12345", "", "und"),
        ("", "", "und"),
        ("Speicherpreise steigen", "de-DE", "de"),
        ("美光宣布扩产", "en-US", "zh"),
        ("SK하이닉스 HBM4 공급", "en", "ko"),
        ("増産発表", "ja", "ja"),
        ("次世代メモリー", "zh", "ja"),
        ("Nvidia beats estimates again as data centers grow", "zh-CN", "en"),
        ("HBM4", "ko", "ko"),
        ("Новости", "ru", "ru"),
    ],
)
def test_the_script_of_the_title_outweighs_a_wrong_claim(title, claimed, language):
    assert language_of(title, claimed) == language


def test_language_tags_become_two_letters():
    tags = ["EN-us", "zh_Hans_CN", "cn", "jpn", "kr", "und", "x-default", "english", ""]
    assert [primary_language(tag) for tag in tags] == ["en", "zh", "zh", "ja", "ko", "", "", "", ""]
