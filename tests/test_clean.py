"""HTML or text of any origin becomes plain text."""

from __future__ import annotations

import re
import time
import unicodedata

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.parse.text import plain_text
from tests.suites import suite


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("AT&amp;T", "AT&T"),
        ("AT&T", "AT&T"),
        ("a < b", "a < b"),
        ("Profit <3% up", "Profit <3% up"),
        ("R&amp;D &lt;3% of sales", "R&D <3% of sales"),
        ("Micron’s &ldquo;HBM4&rdquo; ramps", "Micron’s “HBM4” ramps"),
        ("SK하이닉스, HBM4 양산 &amp; 공급", "SK하이닉스, HBM4 양산 & 공급"),
        ("<p>One</p><p>Two</p>", "One Two"),
        ("First<br/>second<BR>third", "First second third"),
        ("H<sub>2</sub>O and <b>bold</b>face", "H2O and boldface"),
        ("<ul><li>a</li><li>b</li></ul>", "a b"),
        ("x<script>alert(1)</script>y", "xy"),
        ("x<style>p{}</style>y<!-- note -->z", "xyz"),
        ("&lt;script&gt;alert(1)&lt;/script&gt;Chips", "Chips"),
        ("<textarea><img src=x onerror=alert(1)></textarea>", ""),
        ("<scr\x00ipt>alert(1)</script>ok", "ok"),
        ("Read more <a hre", "Read more"),
        ("EPS beats <est. of 1.3", "EPS beats < est. of 1.3"),
        ("  two \n\t lines\u00a0here ", "two lines here"),
    ],
)
def test_markup_goes_and_words_stay(markup, text):
    assert plain_text(markup) == text


def test_entities_are_decoded_once():
    assert plain_text("AT&amp;amp;T") == "AT&amp;T"
    assert plain_text("5 &amp;lt; 6") == "5 &lt; 6"


def test_invisible_characters_go():
    assert plain_text("Nv\u200bidia \u202eevil\u202c\x00\x07 \ufeffAMD\ud800") == "Nvidia evil AMD"
    assert plain_text("a\u200db") == "ab"


def test_a_joiner_inside_an_emoji_stays():
    family = "👩\u200d👩\u200d👧"
    assert plain_text(f"{family} at work 👨🏽\u200d🚀") == f"{family} at work 👨🏽\u200d🚀"


def test_windows_1252_controls_become_what_was_meant():
    assert plain_text("Micron\x92s \x93HBM\x94 \x96 sold out") == "Micron’s “HBM” – sold out"
    assert plain_text("Micron&#146;s") == "Micron’s"


def test_text_is_composed_once():
    assert plain_text("Cafe\u0301") == "Café"
    assert plain_text("\u1112\u1161\u11ab") == "한"


def test_a_long_text_is_cut_and_says_so():
    assert plain_text("x" * 30, 10) == "x" * 9 + "…"
    assert len(plain_text("<p>word</p>" * 20_000)) <= 20_000


def test_badly_nested_tags_take_no_time():
    start = time.process_time()
    plain_text("<a><b>" * 200_000)
    assert time.process_time() - start < 2


@given(st.text(alphabet=st.characters() | st.sampled_from("<>&;#x/!?=\"' ab")))
def test_nothing_that_starts_a_tag_and_nothing_invisible_is_ever_left(text):
    clean = plain_text(text)
    assert not re.search(r"<[A-Za-z/!?]|[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200b\ufeff\ud800-\udfff]", clean)
    assert clean == unicodedata.normalize("NFC", clean) == " ".join(clean.split())


def test_no_naughty_string_keeps_markup():
    strings = next(orjson.loads(body) for name, body in suite("blns") if name.endswith("blns.json"))
    left = [text for text in strings if re.search(r"<[A-Za-z/!?]", plain_text(text))]
    print(f"naughty strings: {len(strings)}, with markup left: {len(left)}")
    assert left == []
