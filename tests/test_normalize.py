"""Folding text: what becomes plain, and the way back to the stored characters."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.text.nfkc import SEPARATOR, joined
from ingest.entities.matcher import Together
from ingest.entities.normalize import Folded, FoldedTexts, lower
from ingest.themes.phrases import plain


@pytest.mark.parametrize(
    ("stored", "folded"),
    [
        ("ＮＶＩＤＩＡ　と日立", "NVIDIA と日立"),
        ("Nvi\u200bdia\ufeff", "Nvidia"),
        ("𝐍𝐯𝐢𝐝𝐢𝐚 👨‍👩‍👧", "Nvidia 👨👩👧"),
        ("Nvidia™ and Intel²", "Nvidia™ and Intel²"),
        ("ｴﾇﾋﾞﾃﾞｨｱ", "エヌビディア"),
        (unicodedata.normalize("NFD", "삼성전자 バイト"), "삼성전자 バイト"),
        ("㈱日立", "(株)日立"),
        ("N̲v̲i̲d̲i̲a̲", "Nvidia"),
        ("涨价，存储", "涨价，存储"),
    ],
)
def test_letters_become_plain(stored, folded):
    assert Folded(stored).text == folded


def test_plain_text_is_not_copied():
    title = "SK海力士扩产，美光跟进"
    assert Folded(title).text is title


def test_a_span_leads_back_to_the_stored_characters_with_the_invisible_ones_inside():
    stored = "x Nvi\u200bdia y"
    folded = Folded(stored)
    start, end = folded.span(2, 8)
    assert folded.text[2:8] == "Nvidia"
    assert stored[start:end] == "Nvi\u200bdia"


def test_lower_keeps_the_length_even_where_lower_case_is_longer():
    assert lower("İSTANBUL Fab") == "İstanbul fab"


@given(st.text())
def test_every_span_is_inside_the_stored_text_and_in_order(stored):
    folded = Folded(stored)
    spans = [folded.span(at, at + 1) for at in range(len(folded.text))]
    assert all(0 <= start < end <= len(stored) for start, end in spans)
    assert spans == sorted(spans)


@given(st.text(st.characters(codec="ascii")), st.text())
def test_folding_does_not_depend_on_what_stands_before(before, stored):
    before += " "
    alone, together = Folded(stored), Folded(before + stored)
    if not stored or unicodedata.category(stored[0]) not in ("Mn", "Me", "Mc"):
        assert together.text == before + alone.text


@given(st.text())
def test_folding_twice_changes_nothing(stored):
    once = Folded(stored).text
    assert Folded(once).text == once


@given(st.lists(st.text()))
def test_many_texts_fold_as_each_does_alone(stored):
    together = FoldedTexts(stored)
    assert together.texts == [Folded(text).text for text in stored]
    assert [together[at].source for at in range(len(stored))] == stored


@given(st.lists(st.text(), min_size=1))
def test_plain_letters_stand_where_the_stored_ones_do(stored):
    assert [len(text) for text in plain(Together(joined(stored))).text.split(SEPARATOR)] == [
        len(text) for text in stored
    ]


def test_plain_letters_are_small_without_hyphens():
    texts = plain(Together(joined(["Co-Packaged OPTICS", "İST’s 𝐀"])))
    assert [texts[0], texts[1]] == ["co packaged optics", "İst s 𝐀"]
