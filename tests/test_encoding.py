"""Bytes become text, whatever they are encoded in."""

from __future__ import annotations

import codecs

import pytest

from ingest.parse.text import decode_xml, guess_encoding

TEXT = "长江存储发布新一代闪存芯片，容量翻倍，明年开始向国内客户大量供货，价格尚未公布"


def declared(encoding: str, text: str = TEXT) -> bytes:
    return f'<?xml version="1.0" encoding="{encoding}"?><t>{text}</t>'.encode(encoding)


@pytest.mark.parametrize(
    "encoding", ["utf-8", "gb2312", "gb18030", "big5hkscs", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]
)
def test_the_declared_encoding_is_believed(encoding):
    body = declared(encoding, "芯片" if encoding == "big5hkscs" else TEXT)
    assert ("芯片" in decode_xml(body)[0], decode_xml(body)[1]) == (True, False)


def test_a_byte_order_mark_outweighs_a_declaration():
    assert decode_xml(codecs.BOM_UTF8 + declared("gb2312", "")[:-4] + TEXT.encode())[0].endswith(TEXT)


def test_good_utf8_outweighs_a_declaration_of_latin_1():
    assert decode_xml('<?xml version="1.0" encoding="iso-8859-1"?><t>Müller’s</t>'.encode())[0].endswith(
        "<t>Müller’s</t>"
    )


def test_latin_1_means_windows_1252():
    assert decode_xml(b'<?xml version="1.0" encoding="iso-8859-1"?><t>M\xfcller\x92s</t>')[0].endswith(
        "<t>Müller’s</t>"
    )


def test_the_http_header_helps_where_nothing_is_declared():
    assert decode_xml(TEXT.encode("gb18030"), "text/xml; charset=GB2312") == (TEXT, False)


def test_one_bad_byte_costs_one_character():
    assert decode_xml(TEXT.encode() + b"\xe6\xb1 end") == (TEXT + "� end", True)


@pytest.mark.parametrize("name", ["idna", "punycode", "unicode_escape", "base64", "zlib", "no-such-thing"])
def test_a_codec_that_is_no_encoding_is_not_used(name):
    assert decode_xml(f'<?xml version="1.0" encoding="{name}"?><t>é</t>'.encode())[0].endswith("<t>é</t>")


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("gb18030", TEXT),
        ("cp949", "SK하이닉스가 차세대 고대역폭 메모리 공급을 시작했다고 밝혔다"),
        ("cp932", "次世代メモリーの量産を来年から開始すると発表した"),
        ("cp1252", "Der Müller prüft für größere Öfen die Ströme – und wählt später"),
        ("utf-16", TEXT),
    ],
)
def test_an_undeclared_encoding_is_guessed(encoding, text):
    body = text.encode(encoding)
    assert body.decode(guess_encoding(body)) == text
