"""Text is normalized for searching, and every span leads back to the stored characters."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.text.nfkc import SEPARATOR, joined
from ingest.entities.matcher import TextBatch
from ingest.entities.normalize import NormalizedText, NormalizedTexts, lower
from ingest.themes.phrases import plain_batch


@pytest.mark.parametrize(
    ("stored", "normalized"),
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
def test_letters_are_normalized(stored, normalized):
    assert NormalizedText(stored).text == normalized


def test_normal_text_is_not_copied():
    title = "SK海力士扩产，美光跟进"
    assert NormalizedText(title).text is title


def test_a_span_leads_back_to_the_stored_characters_with_the_invisible_ones_inside():
    stored = "x Nvi\u200bdia y"
    normalized = NormalizedText(stored)
    start, end = normalized.span(2, 8)
    assert normalized.text[2:8] == "Nvidia"
    assert stored[start:end] == "Nvi\u200bdia"


def test_lower_keeps_the_length_even_where_lower_case_is_longer():
    assert lower("İSTANBUL Fab") == "İstanbul fab"


@given(st.text())
def test_every_span_is_inside_the_stored_text_and_in_order(stored):
    normalized = NormalizedText(stored)
    spans = [normalized.span(at, at + 1) for at in range(len(normalized.text))]
    assert all(0 <= start < end <= len(stored) for start, end in spans)
    assert spans == sorted(spans)


@given(st.text(st.characters(codec="ascii")), st.text())
def test_normalizing_does_not_depend_on_the_text_before(before, stored):
    before += " "
    alone, joint = NormalizedText(stored), NormalizedText(before + stored)
    if not stored or unicodedata.category(stored[0]) not in ("Mn", "Me", "Mc"):
        assert joint.text == before + alone.text


@given(st.text())
def test_normalizing_twice_changes_nothing(stored):
    once = NormalizedText(stored).text
    assert NormalizedText(once).text == once


@given(st.lists(st.text()))
def test_many_texts_are_normalized_as_each_alone(stored):
    texts = NormalizedTexts(stored)
    assert texts.texts == [NormalizedText(text).text for text in stored]
    assert [texts[at].source for at in range(len(stored))] == stored


@given(st.lists(st.text(), min_size=1))
def test_plain_letters_stand_where_the_stored_ones_do(stored):
    assert [len(text) for text in plain_batch(TextBatch(joined(stored))).text.split(SEPARATOR)] == [
        len(text) for text in stored
    ]


def test_plain_letters_are_small_without_hyphens():
    texts = plain_batch(TextBatch(joined(["Co-Packaged OPTICS", "İST’s 𝐀"])))
    assert [texts[0], texts[1]] == ["co packaged optics", "İst s 𝐀"]
