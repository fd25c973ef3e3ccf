"""Bytes of any encoding and HTML of any origin become plain text, whose language is known."""

from __future__ import annotations

import codecs
import re
import time
import unicodedata

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.parse.text import decode, guess_encoding, language_of, plain_text, primary_language
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
def test_markup_is_removed_and_words_stay_apart(markup, text):
    assert plain_text(markup) == text


def test_entities_are_decoded_once():
    assert plain_text("AT&amp;amp;T") == "AT&amp;T"
    assert plain_text("5 &amp;lt; 6") == "5 &lt; 6"


def test_invisible_characters_are_removed():
    assert plain_text("Nv\u200bidia \u202eevil\u202c\x00\x07 \ufeffAMD\ud800") == "Nvidia evil AMD"
    assert plain_text("a\u200db") == "ab"


def test_a_joiner_inside_an_emoji_stays():
    family = "👩\u200d👩\u200d👧"
    assert plain_text(f"{family} at work 👨🏽\u200d🚀") == f"{family} at work 👨🏽\u200d🚀"


def test_windows_1252_punctuation_is_recognised():
    assert plain_text("Micron\x92s \x93HBM\x94 \x96 sold out") == "Micron’s “HBM” – sold out"
    assert plain_text("Micron&#146;s") == "Micron’s"


def test_accents_are_composed_by_nfc():
    assert plain_text("Cafe\u0301") == "Café"
    assert plain_text("\u1112\u1161\u11ab") == "한"


def test_a_long_text_is_cut_with_an_ellipsis():
    assert plain_text("x" * 30, 10) == "x" * 9 + "…"
    assert len(plain_text("<p>word</p>" * 20_000)) <= 20_000


def test_badly_nested_tags_are_fast():
    start = time.process_time()
    plain_text("<a><b>" * 200_000)
    assert time.process_time() - start < 2


@given(st.text(alphabet=st.characters() | st.sampled_from("<>&;#x/!?=\"' ab")))
def test_no_start_of_a_tag_and_nothing_invisible_is_ever_left(text):
    clean = plain_text(text)
    assert not re.search(r"<[A-Za-z/!?]|[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200b\ufeff\ud800-\udfff]", clean)
    assert clean == unicodedata.normalize("NFC", clean) == " ".join(clean.split())


def test_no_naughty_string_keeps_markup():
    strings = next(orjson.loads(body) for name, body in suite("blns") if name.endswith("blns.json"))
    left = [text for text in strings if re.search(r"<[A-Za-z/!?]", plain_text(text))]
    print(f"naughty strings: {len(strings)}, with markup left: {len(left)}")
    assert left == []


TEXT = "长江存储发布新一代闪存芯片，容量翻倍，明年开始向国内客户大量供货，价格尚未公布"


def declared(encoding: str, text: str = TEXT) -> bytes:
    return f'<?xml version="1.0" encoding="{encoding}"?><t>{text}</t>'.encode(encoding)


@pytest.mark.parametrize(
    "encoding", ["utf-8", "gb2312", "gb18030", "big5hkscs", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]
)
def test_the_declared_encoding_is_used(encoding):
    body = declared(encoding, "芯片" if encoding == "big5hkscs" else TEXT)
    assert ("芯片" in decode(body)[0], decode(body)[1]) == (True, False)


def test_a_byte_order_mark_outweighs_a_declaration():
    assert decode(codecs.BOM_UTF8 + declared("gb2312", "")[:-4] + TEXT.encode())[0].endswith(TEXT)


def test_good_utf8_outweighs_a_declaration_of_latin_1():
    assert decode('<?xml version="1.0" encoding="iso-8859-1"?><t>Müller’s</t>'.encode())[0].endswith("<t>Müller’s</t>")


def test_latin_1_means_windows_1252():
    assert decode(b'<?xml version="1.0" encoding="iso-8859-1"?><t>M\xfcller\x92s</t>')[0].endswith("<t>Müller’s</t>")


def test_the_http_header_counts_when_nothing_is_declared():
    assert decode(TEXT.encode("gb18030"), "text/xml; charset=GB2312") == (TEXT, False)


def test_one_bad_byte_costs_one_character():
    assert decode(TEXT.encode() + b"\xe6\xb1 end") == (TEXT + "� end", True)


@pytest.mark.parametrize("name", ["idna", "punycode", "unicode_escape", "base64", "zlib", "no-such-thing"])
def test_a_codec_that_is_not_a_text_encoding_is_not_used(name):
    assert decode(f'<?xml version="1.0" encoding="{name}"?><t>é</t>'.encode())[0].endswith("<t>é</t>")


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


HEADLINES = {
    "gb18030": "芯片概念港股跌幅扩大|光刻机厂商上调全年指引|数据中心用电需求快速增长"
    "|存储芯片价格连续上涨|先进封装产能仍然紧张|液冷设备订单排到明年"
    "|出口管制影响设备交付|晶圆厂推迟扩建计划|服务器出货量创新高"
    "|云厂商增加资本开支",
    "big5hkscs": "晶圓廠延後擴建計畫|先進封裝產能仍然吃緊|伺服器出貨量創新高"
    "|記憶體價格連續上漲|光罩廠調高全年財測|資料中心用電需求大增"
    "|雲端業者增加資本支出|液冷設備訂單排到明年|出口管制影響設備交期"
    "|面板廠轉型做先進封裝",
    "cp949": "메모리 가격이 석 달째 올랐다|반도체 장비 수출이 늘었다|데이터센터 전력 수요가 커진다"
    "|파운드리 공장 증설을 미뤘다|서버 출하량이 사상 최대를 기록|냉각 설비 주문이 내년까지 찼다"
    "|첨단 패키징 생산 능력 부족|올해 설비 투자를 늘리기로|수출 규제로 납품이 늦어져"
    "|기판 업체가 전망을 올렸다",
    "cp932": "半導体製造装置の受注が増加|メモリー価格が三カ月続けて上昇|データセンターの電力需要が拡大"
    "|新工場の建設を来年に延期|サーバー出荷が過去最高に|冷却設備の注文が来年まで続く"
    "|先端パッケージの能力が不足|輸出規制で納入が遅れる|基板メーカーが予想を引き上げ"
    "|クラウド大手が投資を増やす",
}
HEADLINES["euc_jp"] = HEADLINES["cp932"]


@pytest.mark.parametrize("encoding", HEADLINES)
def test_the_encoding_of_a_table_of_one_row_is_guessed(encoding):
    tables = [f"date,title\r\n2026-03-02,{headline}\r\n" for headline in HEADLINES[encoding].split("|")]
    assert {guess_encoding(table.encode(encoding)) for table in tables} == {encoding}


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
