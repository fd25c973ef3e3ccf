"""How pages write a date, a share, a count or a list of names; and stored text made harmless."""

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


def web_link(url: object, html_text: str, attributes: str = 'target="_blank" rel="noopener noreferrer"') -> str:
    """The text as an HTML link; the text alone when the address is not a plain web address."""
    href = safe_href(str(url))
    return f'<a href="{href}" {attributes}>{html_text}</a>' if href else html_text


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


def clip_period(period: date, grain: str, start: date, end: date) -> tuple[date, date]:
    """The first and last day that a period has within the window."""
    return max(period, start), min(period_end(period, grain), end)


def days_of_cut(period: date, grain: str, start: date, end: date) -> str:
    """5 of 7 days: how much of a period lies in the window; "" for all of it."""
    whole = (period_end(period, grain) - period).days + 1
    first, last = clip_period(period, grain, start, end)
    inside = (last - first).days + 1
    return "" if inside == whole else f"{inside} of {count_words(whole, 'day')}"


def cut_words(view: View) -> str:
    """The part of a caption on the first and last period, where the dates cut them; they are drawn paler."""
    first, last = (period_start(day, view.grain) for day in (view.start, view.end))
    cuts = {
        name: days
        for name, period in {"first": first, "last": last}.items()
        if (days := days_of_cut(period, view.grain, view.start, view.end))
    }
    if first == last and cuts:
        return f"; only {cuts['last']} of the {view.grain}"
    words = " and ".join(f"the {name} {view.grain} ({days})" for name, days in cuts.items())
    return f"; cut by the dates: {words}" if cuts else ""


def period_start(day: date, grain: str) -> date:
    """The first day of the period that a day lies in."""
    return day.replace(day=1) if grain == "month" else day - timedelta(days=day.weekday() if grain == "week" else 0)


def count_words(number: int, singular: str, plural: str = "") -> str:
    """1 article, 2,273 articles"""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


def story_count(number: int) -> str:
    return count_words(number, "story", "stories")


def percent(value: float, places: int = 1) -> str:
    return "–" if _is_missing(value) else f"{value * 100:.{places}f}%"


def signed_percent(value: float, places: int = 1) -> str:
    return "–" if _is_missing(value) else signed(value * 100, places) + "%"


def signed(value: float, places: int = 1) -> str:
    """+3.1, −0.4; a rounded zero has no sign."""
    if _is_missing(value):
        return "–"
    text = f"{abs(value):.{places}f}"
    return text if float(text) == 0 else ("+" if value > 0 else "−") + text


def _is_missing(value: float | None) -> bool:
    return value is None or math.isnan(value) or math.isinf(value)


def p_value(p: float) -> str:
    """0.012, < 0.001; "too few" where there is nothing to test."""
    if _is_missing(p):
        return "too few"
    return "< 0.001" if p < 0.001 else f"{p:.3f}"


def name_list(names: Sequence[str], most: int = 3) -> str:
    """a, b, c and 4 more"""
    shown = ", ".join(names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"


def filter_words(view: View) -> str:
    """The filters that are set, in words; "" when none is."""
    parts = [
        f"publishers: {name_list(view.publishers)}" if view.publishers else "",
        f"languages: {name_list([LANG_NAMES.get(lang, lang) for lang in view.langs])}" if view.langs else "",
        f"relevance at least {view.min_relevance}" if view.min_relevance else "",
        f"as of revision {view.rev}" if view.rev else "",
    ]
    return " · ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartWords:
    """The text that goes with a chart, on the page and in each of its exports."""

    title: str
    unit: str  # of the numbers
    n: str  # how many stories the chart is based on
    source: str  # which store, and its last day
    method: str  # how the numbers are computed
    filters: str = ""
    revision: int = 0
    notice: str = ""  # says that this is the sample
    link: str = ""  # the proof link, or the live link

    @property
    def caption(self) -> str:
        return " · ".join(part for part in (self.unit, self.n, self.filters, self.source) if part)

    @property
    def lines(self) -> list[str]:
        """All of it, a line each, for the head or foot of an export."""
        labels = {"Unit": self.unit, "Filters": self.filters or "none", "Source": self.source, "Method": self.method}
        labels |= {"As of": f"revision {self.revision}"} | ({"Link": self.link} if self.link else {})
        return [
            self.title,
            self.n,
            *(f"{label}: {text}" for label, text in labels.items()),
            *filter(None, [self.notice]),
        ]

    @property
    def picture_lines(self) -> list[str]:
        """The same for a picture: the start of the hash instead of the link, which is in the file's metadata."""
        sha = self.link.partition("sha=")[2]
        proof = f", SHA-256 {sha[:16]}…; the full link is in this file" if sha else ""
        lines = [line for line in self.lines if not line.startswith("Link: ")]
        return [line + proof if line.startswith("As of: ") else line for line in lines]


METHODS = {
    "share": "stories about the subject divided by all stories of the same publishers and languages in the period",
    "stories": (
        "articles that report the same thing within 72 hours are one story, counted once, on the day of its first "
        "mention"
    ),
    "articles": "every article counts, copies included",
    "abnormal": (
        "distance of the share of voice from its expected level, in standard errors; the period is left out of its own "
        "baseline"
    ),
}
UNITS = {
    "share": "% of all stories",
    "stories": "stories",
    "articles": "articles",
    "abnormal": "abnormal attention (z)",
}


def measure_name(view: View) -> str:
    return MEASURES[view.measure]


def subject_words(catalog: Catalog, key: str) -> str:
    """A subject's name; a part of a theme with the theme's: "Memory: HBM"."""
    kind, _, ident = key.partition(":")
    if kind != "subtheme":
        return catalog.subject_name(key)
    return f"{catalog.subject_name('theme:' + ident.partition('.')[0])}: {catalog.subject_name(key)}"
