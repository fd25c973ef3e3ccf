"""The sentences and numbers that pages show: one way to write a date, a share, a count; and stored text made harmless."""

from __future__ import annotations

import html
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

import pandas as pd

from dashboard.address.params import MEASURES
from dashboard.address.view import View
from data.catalog.records import Catalog

LANG_NAMES = {
    "en": "English",
    "zh": "Chinese",
    "ko": "Korean",
    "ja": "Japanese",
    "de": "German",
    "fr": "French",
    "und": "unknown",
}
PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")


def escape_markdown(text: str) -> str:
    """Stored text for a place that reads Markdown: every character means itself."""
    # All ASCII punctuation may be escaped in CommonMark; that also stops Streamlit's own :directives[] and $formulas$.
    return PUNCTUATION.sub(r"\\\1", " ".join(text.split()))


def escape(text: object) -> str:
    """Stored text for HTML, also inside an attribute in double quotes."""
    return html.escape(str(text), quote=True)


def safe_href(url: str) -> str:
    """The address for an HTML link, or "" when it is not a plain web address."""
    return escape(url) if re.match(r"https?://[^\s\"<>]+\Z", url) else ""


@lru_cache(maxsize=4096)
def day_words(day: date | pd.Timestamp) -> str:
    """21 Aug 2026"""
    return f"{day.day} {day:%b %Y}"


def moment_words(moment: datetime | None) -> str:
    """21 Aug 2026 14:05 UTC"""
    return f"{day_words(moment)} {moment:%H:%M} UTC" if moment is not None and not pd.isna(moment) else "never"


@lru_cache(maxsize=4096)
def period_words(period: date | pd.Timestamp, grain: str) -> str:
    if grain == "month":
        return f"{period:%B %Y}"
    return f"week of {day_words(period)}" if grain == "week" else f"{period:%a} {day_words(period)}"


def period_end(period: date, grain: str) -> date:
    """The last day of the period that begins on `period`."""
    if grain == "month":
        return (period.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    return period + timedelta(days=6 if grain == "week" else 0)


def clipped(period: date, grain: str, start: date, end: date) -> tuple[date, date]:
    """The first and last day that a period has within the window."""
    return max(period, start), min(period_end(period, grain), end)


def count_words(number: int, one: str, many: str = "") -> str:
    """1 story, 2,273 stories"""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def stories(number: int) -> str:
    return count_words(number, "story", "stories")


def percent(value: float, places: int = 1) -> str:
    return "–" if _absent(value) else f"{value * 100:.{places}f}%"


def signed_percent(value: float, places: int = 1) -> str:
    return "–" if _absent(value) else signed(value * 100, places) + "%"


def signed(value: float, places: int = 1) -> str:
    """+3.1, −0.4; a rounded zero has no sign."""
    if _absent(value):
        return "–"
    text = f"{abs(value):.{places}f}"
    return text if float(text) == 0 else ("+" if value > 0 else "−") + text


def _absent(value: float | None) -> bool:
    return value is None or math.isnan(value) or math.isinf(value)


def listed(names: Sequence[str], most: int = 3) -> str:
    """a, b, c and 4 more"""
    shown = ", ".join(names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"


def filter_words(view: View) -> str:
    """The filters that are set, in words; "" when none is."""
    parts = [
        f"publishers: {listed(view.publishers)}" if view.publishers else "",
        f"languages: {listed([LANG_NAMES.get(lang, lang) for lang in view.langs])}" if view.langs else "",
        f"relevance at least {view.min_relevance}" if view.min_relevance else "",
        f"as of revision {view.rev}" if view.rev else "",
    ]
    return " · ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartWords:
    """What is said with a chart, on the page and in each of its exports."""

    title: str  # what it shows
    unit: str  # of the numbers
    n: str  # how many stories it rests on
    source: str  # where they come from, and the last day
    method: str  # how the numbers are made
    filters: str = ""  # what is left out
    revision: int = 0
    notice: str = ""  # that this is the sample
    link: str = ""  # the proof link, or the live one

    @property
    def caption(self) -> str:
        return " · ".join(part for part in (self.unit, self.n, self.filters, self.source) if part)

    @property
    def lines(self) -> list[str]:
        """All of it, a line each, for the head or foot of an export."""
        named = {"Unit": self.unit, "Filters": self.filters or "none", "Source": self.source, "Method": self.method}
        lines = [
            self.title,
            self.n,
            *(f"{name}: {text}" for name, text in named.items()),
            f"As of: revision {self.revision}",
        ]
        return lines + [text for text in (f"Link: {self.link}" if self.link else "", self.notice) if text]

    @property
    def picture_lines(self) -> list[str]:
        """The same for a picture: of the link only what fits, the whole of it is in the file's metadata."""
        sha = self.link.partition("sha=")[2]
        proof = f"As of: revision {self.revision}, SHA-256 {sha[:16]}…; the whole link is in this file" if sha else ""
        lines = [line for line in self.lines if not line.startswith("Link: ")]
        return [proof if proof and line.startswith("As of: ") else line for line in lines]


METHODS = {
    "share": "stories about the subject divided by all stories of the same publishers and languages in the period",
    "stories": "articles that tell the same thing within 72 hours are one story, counted once, on the day of its first mention",
    "articles": "every article counted, copies too",
    "abnormal": "how far the share of voice lies from its usual level before the period, in standard errors; the period is not in its own baseline",
}
UNITS = {
    "share": "% of all stories",
    "stories": "stories",
    "articles": "articles",
    "abnormal": "standard errors above usual",
}


def measure_of(view: View) -> str:
    return MEASURES[view.measure]


def subject_words(catalog: Catalog, key: str) -> str:
    """A subject's name; a part of a theme with the theme's: "Memory: HBM"."""
    kind, _, ident = key.partition(":")
    if kind != "subtheme":
        return catalog.subject_name(key)
    return f"{catalog.subject_name('theme:' + ident.partition('.')[0])}: {catalog.subject_name(key)}"
