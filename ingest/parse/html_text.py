"""
HTML or text of any origin → plain text.

The result is always shown as text, never as markup; that no tag is left in it is the second lock on the same door.
"""

from __future__ import annotations

import html
import re
import unicodedata

import nh3

TITLE_LIMIT = 1_000
SUMMARY_LIMIT = 20_000

_RAW_FACTOR = 10  # markup may be this much longer than the text in it; the rest of a longer text is not looked at
_RAW_MOST = 100_000  # nh3 needs seconds for a megabyte of badly nested tags

# What a browser would read as the start of a tag, a comment or a declaration: "<3%" and "a < b" are not.
_TAG = re.compile(r"<[A-Za-z/!?]")

# Where a tag begins that also ends a word, as a browser would show it.
_BLOCK = re.compile(
    r"<(?=/?(?:address|article|aside|blockquote|br|caption|center|dd|details|div|dl|dt|fieldset|figcaption|figure|footer|form"
    r"|h[1-6]|header|hr|li|main|nav|ol|option|p|pre|section|summary|table|tbody|td|tfoot|th|thead|title|tr|ul)[\s/>])",
    re.IGNORECASE,
)

# "EPS <est. 1.3" looks like a tag that never ends, and a browser would drop the rest of the headline. A feed that cuts
# its texts leaves real tags without an end ("Read more <a hre"), so the common names are not taken for words.
_NO_TAG = re.compile(
    r"<(?!/?(?:[abipqsu]|abbr|br|div|em|font|h[1-6]|hr|iframe|img|li|link|object|script|span|strong|style|svg|table|td|tr|ul|video)"
    r"(?![\w.-]))(?=[A-Za-z])(?![^<>]*[>=])",
    re.IGNORECASE,
)

_EMOJI = "\U0001f000-\U0001faff\u2190-\u21ff\u2600-\u27bf\u2b00-\u2bff\ufe0f"

# Controls, direction marks, fillers, zero-width characters, tag characters, unpaired surrogates. The joiner has a rule
# of its own: between two emoji it makes one of them.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200c\u200e\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff\ud800-\udfff]"
)
_JOINER = "\u200d"
_LONE_JOINER = re.compile(f"(?<![{_EMOJI}]){_JOINER}|{_JOINER}(?![{_EMOJI}])")

# Pages that say Latin-1 mean Windows-1252: there the controls 0x80–0x9F are quotation marks and dashes.
_C1 = re.compile("[\x80-\x9f]")
_WINDOWS = {byte: bytes([byte]).decode("cp1252", "ignore") for byte in range(0x80, 0xA0)}


def plain_text(markup: str, limit: int = SUMMARY_LIMIT) -> str:
    """The text that a reader sees: no tags, entities decoded, one space between words, at most `limit` characters.

    Applies Unicode NFC; removes controls, direction marks and zero-width characters."""
    if "<" not in markup and "&" not in markup and markup.isprintable() and len(markup) <= limit:
        text = markup  # nearly every headline: isprintable() also rules out all that _INVISIBLE removes
    else:
        text = _without_markup(visible_text(markup[: min(limit * _RAW_FACTOR, _RAW_MOST)]))
    if not text.isascii() and not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
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
    if not _TAG.search(text):
        text = visible_text(html.unescape(text))
    # More than one round: an element may hold markup as its text (<textarea>, <xmp>), and entities may spell tags.
    for _ in range(4):
        if not _TAG.search(text):
            return text
        spaced = _NO_TAG.sub("< ", _BLOCK.sub(" <", text))
        text = visible_text(html.unescape(nh3.clean(spaced, tags=set())))
    return _TAG.sub(lambda start: f"< {start[0][1:]}", text)
