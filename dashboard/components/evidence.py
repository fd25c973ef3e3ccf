"""Stored text as HTML that shows why it counts: matched words marked, the rest escaped. No Streamlit here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from dashboard.formatting import LANG_NAMES, count_words, escape, moment_words, safe_href, subject_words
from data.catalog.records import Catalog
from data.schema.frames import records

Row = dict[str, Any]

QUALITY_WORDS = {
    "feed": "",
    "day": "day only",
    "no_tz": "time zone not given",
    "guessed": "date guessed",
    "future": "date unusable: counted from first seen",
    "too_old": "date unusable: counted from first seen",
    "missing": "no date: counted from first seen",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """A stretch of a text and the subjects that it speaks for."""

    start: int
    end: int
    subjects: tuple[str, ...]


def marked_text(text: str, spans: Iterable[tuple[int, int, str]], catalog: Catalog) -> str:
    """The text as HTML with the spans (start, end, subject) marked, each with its subjects' names as tooltip."""
    html, at = [], 0
    for stretch in merged(spans, len(text)):
        names = ", ".join(subject_words(catalog, key) for key in stretch.subjects)
        html.append(escape(text[at : stretch.start]))
        html.append(f'<mark title="{escape(names)}">{escape(text[stretch.start : stretch.end])}</mark>')
        at = stretch.end
    return "".join(html) + escape(text[at:])


def merged(spans: Iterable[tuple[int, int, str]], length: int) -> list[Marked]:
    """Overlapping spans as one, in order; spans outside the text are left out."""
    found: list[Marked] = []
    for start, end, subject in sorted(span for span in spans if 0 <= span[0] < span[1] <= length):
        if found and start < found[-1].end:
            last = found[-1]
            found[-1] = Marked(start=last.start, end=max(end, last.end), subjects=_joined(last.subjects, subject))
        else:
            found.append(Marked(start=start, end=end, subjects=(subject,)))
    return found


def _joined(subjects: tuple[str, ...], subject: str) -> tuple[str, ...]:
    return subjects if subject in subjects else (*subjects, subject)


def receipt_html(
    row: Row,
    mentions: Sequence[Row],
    copies: Sequence[Row],
    *,
    catalog: Catalog,
    rules: dict[str, str],
    about: Sequence[str],
) -> str:
    """
    One counted row as a list item: when, who, title and summary with the words marked, rules and copies folded away.

    `about` are the subjects whose words are marked; empty: all of them.
    """
    own = [mention for mention in mentions if not about or mention["subject"] in about]
    title = marked_text(row["title"], _spans(own, "title"), catalog) or "(no title)"
    href = safe_href(row["url"])
    linked = f'<a href="{href}" target="_blank" rel="noopener noreferrer">{title}</a>' if href else title
    summary = f"<p>{marked_text(row['summary'], _spans(own, 'summary'), catalog)}</p>" if row["summary"] else ""
    return (
        f'<li><div class="cp-meta">{_meta(row, copies, catalog)}</div><div class="cp-title">{linked}</div>{summary}'
        f"{_names(own, catalog)}{_reasons(own, row, catalog, rules)}{_copies(copies, row)}</li>"
    )


def _spans(mentions: Sequence[Row], field: str) -> list[tuple[int, int, str]]:
    return [(mention["start"], mention["end"], mention["subject"]) for mention in mentions if mention["field"] == field]


def _meta(row: Row, copies: Sequence[Row], catalog: Catalog) -> str:
    quality = QUALITY_WORDS.get(row["date_quality"], "")
    parts = [moment_words(row["at"]), row["publisher"], LANG_NAMES.get(row["lang"], row["lang"]), quality]
    if row["articles"] > 1:
        parts.append(f"{count_words(row['articles'], 'article')} · {independent(copies, catalog)}")
    return " · ".join(escape(part) for part in parts if part)


def independent(articles: Sequence[Row], catalog: Catalog) -> str:
    """2 independent publishers: those of one owner, or who reprint one wire, are one."""
    return count_words(len({catalog.family(article["publisher"]) for article in articles}), "independent publisher")


def _names(mentions: Sequence[Row], catalog: Catalog) -> str:
    """The subjects as small labels, companies first."""
    keys = sorted({mention["subject"] for mention in mentions}, key=lambda key: (not key.startswith("company:"), key))
    labels = "".join(f"<span>{escape(subject_words(catalog, key))}</span>" for key in keys)
    return f'<div class="cp-names">{labels}</div>' if labels else ""


def _reasons(mentions: Sequence[Row], row: Row, catalog: Catalog, rules: dict[str, str]) -> str:
    if not mentions:
        return ""
    lines = "".join(_reason(reason, catalog, rules) for reason in mentions)
    said = count_words(len(mentions), "reason")
    seen = f"first seen {moment_words(row['first_seen_at'])}"
    return f'<details><summary>{said}</summary><ul>{lines}</ul><div class="cp-meta">{escape(seen)}</div></details>'


def _reason(reason: Row, catalog: Catalog, rules: dict[str, str]) -> str:
    rule = str(reason["rule"])
    why = f" {escape(reason['why'])}" if reason["why"] else ""
    rejected = f' <span class="cp-meta">Not {escape(reason["rejected"])}.</span>' if reason["rejected"] else ""
    return (
        f"<li><q>{escape(reason['matched'])}</q> in the {escape(reason['field'])} → "
        f"<b>{escape(subject_words(catalog, str(reason['subject'])))}</b>, relevance {reason['relevance']}. "
        f"<code>{escape(rule)}</code> {escape(rules.get(rule, ''))}{why}{rejected}</li>"
    )


def _copies(copies: Sequence[Row], row: Row) -> str:
    others = [copy for copy in copies if copy["article"] != row["article"]]
    if not others:
        return ""
    lines = "".join(_copy(copy) for copy in others)
    return f"<details><summary>{count_words(len(others), 'more article')} of this story</summary><ul>{lines}</ul></details>"


def _copy(copy: Row) -> str:
    href = safe_href(str(copy["url"]))
    title = escape(copy["title"])
    linked = f'<a href="{href}" target="_blank" rel="noopener noreferrer">{title}</a>' if href else title
    return f'<li>{linked} <span class="cp-meta">{escape(copy["publisher"])} · {moment_words(copy["published_at"])}</span></li>'


def rows_html(
    rows: pd.DataFrame,
    mentions: pd.DataFrame,
    copies: pd.DataFrame,
    *,
    catalog: Catalog,
    rules: dict[str, str],
    about: Sequence[str] = (),
) -> str:
    """The rows as a list, in their order."""
    by_article, by_story = _grouped(mentions, "article"), _grouped(copies, "story")
    items = [
        receipt_html(row, by_article[row["article"]], by_story[row["story"]], catalog=catalog, rules=rules, about=about)
        for row in records(rows)
    ]
    return f'<ol class="cp-receipts">{"".join(items)}</ol>'


def _grouped(frame: pd.DataFrame, column: str) -> defaultdict[Any, list[Row]]:
    found: defaultdict[Any, list[Row]] = defaultdict(list)
    for row in records(frame):
        found[row[column]].append(row)
    return found
