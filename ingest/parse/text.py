"""
Bytes or HTML of any origin → plain text and its language.

    decode: bytes → text        plain_text: HTML → plain text        language_of: title → en, zh, ja, ko, …

Plain text is only ever shown as text, never as markup; removing every tag is a second line of defence.
"""

from __future__ import annotations

import codecs
import html
import re
import unicodedata
import zlib
from functools import lru_cache

import nh3

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16: it begins with the same two bytes
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"<\x00\x00\x00", "utf-32-le"),  # from here on without a mark: "<" or "<?xm" in each encoding
    (b"\x00\x00\x00<", "utf-32-be"),
    (b"<\x00", "utf-16-le"),
    (b"\x00<", "utf-16-be"),
    (b"\x4c\x6f\xa7\x94", "cp037"),
)

# Browsers and feed generators use these names for a superset of the encoding (https://encoding.spec.whatwg.org).
_SUPERSETS = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "ks_c_5601-1987": "cp949",
    "shift_jis": "cp932",
    "big5": "big5hkscs",
    "cp950": "big5hkscs",
    "iso8859-1": "cp1252",
    "ascii": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
}
_ONE_BYTE = re.compile(r"cp12\d\d|cp874|cp437|iso8859|latin|mac|ascii|koi8")
# Codecs that no document is encoded in; some take quadratic time.
_REFUSED = frozenset({"idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined", "mbcs", "oem"})
_CANDIDATES = [
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

# Where the frequent characters are: level 1 of GB 2312, Big5 and JIS X 0208, kana, the syllables of KS X 1001.
_EVERYDAY = {
    "cp949": [(b"\xb0\xa1", b"\xc8\xfe")],
    "cp932": [(b"\x82\x9f", b"\x83\x96"), (b"\x88\x9f", b"\x98\x72"), (b"\x81\x5b", b"\x81\x5b")],
    "euc_jp": [(b"\xa4\xa1", b"\xa5\xf6"), (b"\xb0\xa1", b"\xcf\xd3"), (b"\xa1\xbc", b"\xa1\xbc")],
    "gb18030": [(b"\xb0\xa1", b"\xd7\xf9")],
    "big5hkscs": [(b"\xa4\x40", b"\xc6\x7e")],
}
_WITHOUT_EXTENSIONS = {"gb18030": "gb2312", "cp949": "euc_kr"}
_FIRST = {"cp949": 0.09, "euc_jp": -0.03}
# Frequent syllables: 36 % of the 694 in 35 real Korean headlines. Of the 2,350 in KS X 1001 they are one in fifty, so
# that Chinese bytes read as Korean have hardly any.
_KOREAN = frozenset("이다의는을를에가로하고한지도기사어대인리서은스자아해시라나그일정부제상수전과만적장공개원보주")
_LONG_WORD = re.compile("[\uac00-\ud7a3]{7}")  # Korean has spaces between its words
_MOST = 0.75  # a headline of ten characters may have two rare ones, and other scripts reach about half
# Of 1,526 characters of headlines in Big5, 46 % have a second byte below 0x80; in GB 2312 and EUC none has. So eight
# without one are hardly ever in Big5 (0.54 ** 8 < 0.01).
_TELLING_PAIRS = 8
_EUC_PAIR = re.compile(rb"\x8e[\xa1-\xdf]|[\xa1-\xfe][\xa1-\xfe]")

_DECLARED = re.compile(rb"""<\?xml[^<>]{0,200}?\bencoding\s*=\s*["']\s*([A-Za-z0-9._:-]{1,40})\s*["']""")
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([A-Za-z0-9._:-]{1,40})", re.IGNORECASE)

_GUESS_FROM = 65_536  # bytes

_PRIMARY = {
    "cn": "zh",
    "chi": "zh",
    "zho": "zh",
    "cmn": "zh",
    "jp": "ja",
    "jpn": "ja",
    "kr": "ko",
    "kor": "ko",
    "eng": "en",
}
_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f]")
_KANA = re.compile("[\u3041-\u30fa\u31f0-\u31ff\uff66-\uff9f]")
_HANGUL = re.compile("[\u1100-\u11ff\u3131-\u318e\uac00-\ud7a3]")
_LATIN = re.compile("[A-Za-z\u00c0-\u024f]")
_WORD = re.compile("[A-Za-z\u00c0-\u024f]{2,}")

_WEIGHT = 3  # a Chinese character says about as much as three letters, and Chinese headlines are full of Latin names

TITLE_LIMIT = 1_000
SUMMARY_LIMIT = 20_000

_RAW_FACTOR = 10  # markup may be this many times longer than its text; beyond that it is not read
_RAW_MOST = 100_000  # nh3 needs seconds for a megabyte of badly nested tags

# What a browser takes for the start of a tag, comment or declaration: not "<3%", not "a < b".
_TAG = re.compile(r"<[A-Za-z/!?]")

# The start of a tag that also ends a word in a browser.
_BLOCK = re.compile(
    r"<(?=/?(?:address|article|aside|blockquote|br|caption|center|dd|details|div|dl|dt|fieldset|figcaption|figure|footer"
    r"|form|h[1-6]|header|hr|li|main|nav|ol|option|p|pre|section|summary|table|tbody|td|tfoot|th|thead|title|tr|ul)"
    r"[\s/>])",
    re.IGNORECASE,
)

# "EPS <est. 1.3" looks like a tag that never ends, and a browser would drop the rest of the headline. But feeds that
# truncate their texts leave real tags without an end ("Read more <a hre"), so common tag names stay tags.
_NO_TAG = re.compile(
    r"<(?!/?(?:[abipqsu]|abbr|br|div|em|font|h[1-6]|hr|iframe|img|li|link|object|script|span|strong|style|svg|table|td|tr"
    r"|ul|video)(?![\w.-]))(?=[A-Za-z])(?![^<>]*[>=])",
    re.IGNORECASE,
)

_READING = re.compile(r"<(rt|rp)(?:\s[^<>]*)?>[^<>]*(?:</\1\s*>|(?=<r[tp]\b|</ruby))", re.IGNORECASE)
_STACKED = re.compile(
    "([\u0300-\u036f\u1ab0-\u1aff\u20d0-\u20ff\ufe20-\ufe2f]{3})[\u0300-\u036f\u1ab0-\u1aff\u20d0-\u20ff\ufe20-\ufe2f]+"
)

_EMOJI = "\U0001f000-\U0001faff\u2190-\u21ff\u2600-\u27bf\u2b00-\u2bff\ufe0f"

# Controls, direction marks, fillers, zero-width characters, tag characters, unpaired surrogates. The zero-width joiner
# has a rule of its own: between two emoji it makes one of them.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200c\u200e\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff\ud800-\udfff]"
)
_JOINER = "\u200d"
_LONE_JOINER = re.compile(f"(?<![{_EMOJI}]){_JOINER}|{_JOINER}(?![{_EMOJI}])")

# Pages that claim Latin-1 are in Windows-1252, where the controls 0x80–0x9F are quotation marks and dashes.
_C1 = re.compile("[\x80-\x9f]")
_WINDOWS = {byte: bytes([byte]).decode("cp1252", "ignore") for byte in range(0x80, 0xA0)}


def gunzip(body: bytes, limit: int) -> bytes:
    """The body, unpacked if it is gzip data: `limit` bytes at most. zlib.error when the data is broken."""
    return body if body[:2] != b"\x1f\x8b" else zlib.decompressobj(wbits=31).decompress(body, limit)


def decode(body: bytes, content_type: str = "") -> tuple[str, bool]:
    """The document's text, and whether some bytes had to be replaced.

    A byte order mark decides first; then UTF-8, if the bytes are valid and nothing else is likely; then the XML
    declaration, then the HTTP header."""
    if encoding := _encoding_by_mark(body):
        return _replacing(body, encoding)
    declared = _DECLARED.search(body[:1_000])
    header = _CHARSET.search(content_type)
    claims = (declared[1].decode() if declared else "", header[1] if header else "")
    names = [codec for name in claims if name and (codec := _codec(name))]
    # A declaration that can be read byte by byte is not in UTF-16, whatever it says.
    names = [name for name in names if not name.startswith(("utf-16", "utf-32", "utf_16", "utf_32"))]
    if not names or _is_surely_utf8(body) or _ONE_BYTE.match(names[0]) or names[0] == "utf-8":
        # Any bytes are good Latin-1, but hardly any Latin-1 text is good UTF-8.
        names = ["utf-8", *names]
    for name in names:
        try:
            return _decoded(body, name), False
        except (UnicodeDecodeError, ValueError):
            continue
    others = [name for name in names if name != "utf-8"]
    if others:
        return _replacing(body, others[0])
    # A few bad bytes among good UTF-8 (a title cut in the middle of a character) do not mean another encoding.
    text = body.decode("utf-8", "replace")
    bad = text.count("\ufffd")
    good = sum(not char.isascii() for char in text) - bad
    return (text, True) if good >= bad else _replacing(body, guess_encoding(body))


def _is_surely_utf8(body: bytes) -> bool:
    """Whether the bytes are UTF-8 with characters of three bytes and more, which text in GBK, Big5 or EUC never forms.

    Two bytes of GBK may pass for one letter of UTF-8, such as ͨ; those prove nothing."""
    try:
        other = [char for char in body.decode() if not char.isascii()]
    except UnicodeDecodeError:
        return False
    return sum(char >= "\u0800" for char in other) * 2 > len(other)


def _decoded(body: bytes, name: str) -> str:
    """The text, in the repertoire that browsers mean by the name. UnicodeDecodeError for other bytes."""
    try:
        return body.decode(name)
    except UnicodeDecodeError:
        if name != "euc_jp":
            raise
        return _EUC_PAIR.sub(_in_shift_jis, body).decode("cp932")


def _in_shift_jis(match: re.Match[bytes]) -> bytes:
    """A character of EUC-JP in Shift_JIS, whose codec has ① and 髙 too (https://encoding.spec.whatwg.org/#euc-jp)."""
    if match[0][0] == 0x8E:
        return match[0][1:]
    row, cell = match[0][0] - 0xA1, match[0][1] - 0xA1
    lead = row // 2 + (0x81 if row < 62 else 0xC1)
    trail = cell + 0x9F if row % 2 else cell + (0x40 if cell < 63 else 0x41)
    return bytes((lead, trail))


def guess_encoding(body: bytes) -> str:
    """The likeliest encoding of bytes that declare none and are not UTF-8."""
    if encoding := _encoding_by_mark(body):
        return encoding
    if encoding := _east_asian(body):
        return encoding
    # Imported here: hardly any document needs a guess.
    from charset_normalizer import from_bytes

    best = from_bytes(body[:_GUESS_FROM], cp_isolation=_CANDIDATES).best()
    return best.encoding if best else "cp1252"


def _east_asian(body: bytes) -> str:
    """The East Asian encoding in which most characters are everyday ones of that encoding; "" for none."""
    pairs = _EUC_PAIR.sub(b"", body).isascii() and len(_EUC_PAIR.findall(body)) >= _TELLING_PAIRS
    names = [name for name in _EVERYDAY if not (pairs and name == "big5hkscs")]
    scores = {name: score for name in names if (score := _everyday_share(body, name)) >= _MOST}
    return max(scores, key=lambda name: scores[name], default="")


def _everyday_share(body: bytes, name: str) -> float:
    """
    How much of the text beyond ASCII is everyday characters, as a share; 0 where the bytes are not in the encoding.
    """
    try:
        text = _decoded(body, name)
    except UnicodeDecodeError:
        return 0
    plain = _WITHOUT_EXTENSIONS.get(name, name)
    letters = [char for char in text if char.isalpha() and not char.isascii()]
    everyday = sum(
        any(low <= char.encode(plain, "replace") <= high for low, high in _EVERYDAY[name]) for char in letters
    )
    # Korean syllables are everyday Chinese characters too, and Chinese text is not all syllables: so Korean goes first.
    first = _FIRST.get(name, 0)
    if name == "cp949" and _LONG_WORD.search(text) and sum(char in _KOREAN for char in letters) * 10 < len(letters):
        first = -first
    return everyday / len(letters) + first if len(letters) > 1 else 0


def _encoding_by_mark(body: bytes) -> str:
    return next((name for mark, name in _BOMS if body.startswith(mark)), "")


def _codec(name: str) -> str:
    """Python's name for the encoding, or for its superset; "" for an unknown or unsuitable one."""
    try:
        known = codecs.lookup(name).name
    except LookupError:
        return ""
    codec = _SUPERSETS.get(known, known)
    return "" if codec in _REFUSED or not codecs.lookup(codec)._is_text_encoding else codec


def _replacing(body: bytes, encoding: str) -> tuple[str, bool]:
    text = body.decode(encoding, "replace")
    return text, "\ufffd" in text


def plain_text(markup: str, limit: int = SUMMARY_LIMIT) -> str:
    """The visible text: no tags, entities decoded, one space between words, at most `limit` characters.

    Applies Unicode NFC; removes controls, direction marks and zero-width characters."""
    if "<" not in markup and "&" not in markup and markup.isprintable() and len(markup) <= limit:
        text = markup  # nearly every headline: isprintable() also rules out everything that _INVISIBLE removes
    else:
        text = _without_markup(visible_text(markup[: min(limit * _RAW_FACTOR, _RAW_MOST)]))
    if not text.isascii() and not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", _STACKED.sub(r"\1", text))
    if "  " in text or not text.isprintable() or text[:1] == " " or text[-1:] == " ":
        text = " ".join(text.split())
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def visible_text(text: str) -> str:
    """The text without its invisible characters."""
    if text.isprintable():
        return text
    if _C1.search(text):
        text = text.translate(_WINDOWS)
    text = _INVISIBLE.sub("", text)
    return _LONE_JOINER.sub("", text) if _JOINER in text else text


def _without_markup(text: str) -> str:
    if "<r" in text.lower():
        text = _READING.sub("", text)
    if not _TAG.search(text):
        text = visible_text(html.unescape(text))
    # More than one round: an element may hold markup as its text (<textarea>, <xmp>), and entities may spell tags.
    for _ in range(4):
        if not _TAG.search(text):
            return text
        spaced = _NO_TAG.sub("< ", _BLOCK.sub(" <", text))
        text = visible_text(html.unescape(nh3.clean(spaced, tags=set())))
    return _TAG.sub(lambda start: f"< {start[0][1:]}", text)


def language_of(title: str, claimed: str = "") -> str:
    """A two-letter language; "und" when it is unknown.

    A feed claims one language for all its articles, and is often wrong about some: a Chinese title is Chinese in any
    feed, and a title of four or more Latin words without Chinese characters is English in a Chinese one."""
    claimed = primary_language(claimed) if claimed else ""
    asian = "" if title.isascii() else _asian(title, claimed)
    if asian:
        return asian
    if claimed in ("zh", "ja", "ko") and len(_WORD.findall(title)) >= 4 and not _HAN.search(title):
        return "en"
    return claimed or ("en" if _LATIN.search(title) else "und")


@lru_cache(maxsize=1_024)
def primary_language(tag: str) -> str:
    """ "zh" for "zh-Hans-CN" and "cn"; "" for an unknown tag."""
    match = re.match(r"[a-z]{2,3}(?![a-z])", tag.strip().lower())
    language = _PRIMARY.get(match[0], match[0]) if match else ""
    return "" if language in ("und", "mul", "zxx") else language


def _asian(title: str, claimed: str) -> str:
    """zh, ja or ko when their scripts outweigh the Latin letters; else ""."""
    han = len(_HAN.findall(title))
    kana = len(_KANA.findall(title)) if _KANA.search(title) else 0
    hangul = len(_HANGUL.findall(title)) if _HANGUL.search(title) else 0
    characters = han + kana + hangul
    if hangul >= 2 and hangul >= kana:  # no other language writes Hangul, however many Latin names it has
        return "ko"
    if not characters or characters * _WEIGHT < len(_LATIN.findall(title)):
        return ""
    if hangul > kana:
        return "ko"
    if kana:
        return "ja"
    return "ja" if claimed == "ja" else "zh"  # a Japanese headline may have Chinese characters only
