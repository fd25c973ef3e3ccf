"""Bytes → text, whatever they were encoded in and whatever they say about it."""

from __future__ import annotations

import codecs
import re

from charset_normalizer import from_bytes

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16: it begins with the same two bytes
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"<\x00\x00\x00", "utf-32-le"),  # from here on: how "<" and "<?xm" begin without a mark
    (b"\x00\x00\x00<", "utf-32-be"),
    (b"<\x00", "utf-16-le"),
    (b"\x00<", "utf-16-be"),
    (b"\x4c\x6f\xa7\x94", "cp037"),
)

# Browsers and the writers of feeds use these names for a larger set of characters than the name says.
_MEANT = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "ks_c_5601-1987": "cp949",
    "shift_jis": "cp932",
    "iso8859-1": "cp1252",
    "ascii": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
}
_ONE_BYTE = re.compile(r"cp12\d\d|cp874|cp437|iso8859|latin|mac|ascii|koi8")
# Codecs that are no encodings of documents; some take quadratic time.
_REFUSED = frozenset({"idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined", "mbcs", "oem"})
_GUESSES = [
    "gb18030",
    "big5",
    "cp949",
    "cp932",
    "euc_jp",
    "cp1252",
    "cp1250",
    "cp1251",
    "koi8_r",
    "cp1253",
    "cp1254",
    "cp1255",
    "cp1256",
]

_DECLARED = re.compile(rb"""<\?xml[^<>]{0,200}?\bencoding\s*=\s*["']\s*([A-Za-z0-9._:-]{1,40})\s*["']""")
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([A-Za-z0-9._:-]{1,40})", re.IGNORECASE)

_GUESS_FROM = 65_536


def decode_xml(body: bytes, content_type: str = "") -> tuple[str, bool]:
    """The document's text, and whether some bytes had to be replaced.

    A byte order mark is believed first; then UTF-8, if the bytes are that and nothing else is likely; then the XML
    declaration, then the HTTP header."""
    if marked := _marked(body):
        return _decoded(body, marked)
    declared = _DECLARED.search(body[:1_000])
    header = _CHARSET.search(content_type)
    names = [
        known
        for found in (declared and declared[1].decode(), header and header[1])
        if found and (known := _codec(found))
    ]
    if not names or _ONE_BYTE.match(names[0]) or names[0] == "utf-8":
        # Any bytes are good Latin-1, but hardly any Latin-1 text is good UTF-8.
        names = ["utf-8", *names]
    for name in names:
        try:
            return body.decode(name), False
        except (UnicodeDecodeError, ValueError):
            continue
    real = [name for name in names if name != "utf-8"]
    if real:
        return _decoded(body, real[0])
    # A few bad bytes among good UTF-8 (a title cut in the middle of a character) are no other encoding.
    text = body.decode("utf-8", "replace")
    bad = text.count("\ufffd")
    good = sum(not char.isascii() for char in text) - bad
    return (text, True) if good >= bad else _decoded(body, guess_encoding(body))


def guess_encoding(body: bytes) -> str:
    """The likeliest encoding of bytes that declare none and are not UTF-8."""
    if marked := _marked(body):
        return marked
    best = from_bytes(body[:_GUESS_FROM], cp_isolation=_GUESSES).best()
    return best.encoding if best else "cp1252"


def _marked(body: bytes) -> str:
    return next((name for mark, name in _BOMS if body.startswith(mark)), "")


def _codec(name: str) -> str:
    """Python's name for it, the larger set where a smaller one is meant; "" for an unknown or unfit one."""
    try:
        known = codecs.lookup(name).name
    except LookupError:
        return ""
    meant = _MEANT.get(known, known)
    return "" if meant in _REFUSED or not codecs.lookup(meant)._is_text_encoding else meant


def _decoded(body: bytes, encoding: str) -> tuple[str, bool]:
    text = body.decode(encoding, "replace")
    return text, "\ufffd" in text
