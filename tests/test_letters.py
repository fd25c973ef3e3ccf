"""Letters made plain for many texts at once: exactly as one by one."""

from __future__ import annotations

import random
import unicodedata

import pytest

from data.text.nfkc import Normalizer
from data.text.search_terms import spaced

PLAIN = Normalizer()


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Micron raises HBM prices", "Micron raises HBM prices"),
        ("美光涨价，股价大涨！", "美光涨价,股价大涨!"),
        ("ＨＢＭ４ 供不应求", "HBM4 供不应求"),
        ("等着看…", "等着看..."),  # one character becomes three
        ("ﾒﾓﾘｶﾞ 高騰", "メモリガ 高騰"),  # two become one
        ("e\u0301cole", "école"),
        ("\u1112\u1161\u11ab", "한"),
        ("\ufa00", "切"),
        ("𝐀𝐈 芯片 🚀", "AI 芯片 🚀"),
        ("", ""),
    ],
)
def test_compatibility_forms_become_plain(text: str, wanted: str) -> None:
    assert PLAIN.all(["前", text, "after"]) == ["前", wanted, "after"]


def test_many_texts_at_once_become_what_each_becomes_alone() -> None:
    chance = random.Random(1)
    # Where characters act upon each other: accents, Hangul letters, kana with their marks, compatibility forms.
    blocks = [
        (0x20, 0x250),
        (0x300, 0x370),
        (0x900, 0xE00),
        (0x1100, 0x1200),
        (0x2000, 0x2500),
        (0x3000, 0x3500),
        (0xAC00, 0xAC20),
        (0xF900, 0x10000),
    ]
    letters = [chr(code) for first, end in blocks for code in range(first, end)] + ["\U0001d400", "🚀"]
    texts = ["".join(chance.choices(letters, k=3)) for _ in range(20_000)]
    assert PLAIN.all(texts) == [unicodedata.normalize("NFKC", text) for text in texts]


def test_a_text_keeps_its_place_whatever_stands_in_it() -> None:
    assert PLAIN.all(["美，\x00光", "b"]) == ["美, 光", "b"]
    assert PLAIN.all([]) == []


def test_every_character_of_a_language_without_spaces_is_a_word() -> None:
    assert spaced(["美光HBM4涨价，等", "plain text", "", "한국 ソニー"]) == [
        " 美 光 HBM4 涨 价 , 等 ",
        "plain text",
        "",
        " 한 국   ソ ニ ー ",
    ]
