"""Stored text as HTML with its evidence: matched words marked, everything else escaped. No Streamlit here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from dashboard.formatting import LANG_NAMES, count_words, escape, moment_words, subject_words, web_link
from dashboard.page_data.rows import Row
from data.catalog.records import Catalog
from data.schema.frames import records

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
class Highlight:
    """A span of a text and the subjects that it mentions."""

    start: int
    end: int
    subjects: tuple[str, ...]


def highlighted(text: str, spans: Iterable[tuple[int, int, str]], catalog: Catalog) -> str:
    """The text as HTML with the spans (start, end, subject) marked, each with its subjects' names as tooltip."""
    html, position = [], 0
    for highlight in merge_spans(spans, len(text)):
        names = ", ".join(subject_words(catalog, key) for key in highlight.subjects)
        html.append(escape(text[position : highlight.start]))
        html.append(f'<mark title="{escape(names)}">{escape(text[highlight.start : highlight.end])}</mark>')
        position = highlight.end
    return "".join(html) + escape(text[position:])


def merge_spans(spans: Iterable[tuple[int, int, str]], length: int) -> list[Highlight]:
    """Overlapping spans merged, in order; spans outside the text are left out."""
    highlights: list[Highlight] = []
    for start, end, subject in sorted(span for span in spans if 0 <= span[0] < span[1] <= length):
        if highlights and start < highlights[-1].end:
            last = highlights.pop()
            subjects = tuple(dict.fromkeys((*last.subjects, subject)))
            highlights.append(Highlight(start=last.start, end=max(end, last.end), subjects=subjects))
        else:
            highlights.append(Highlight(start=start, end=end, subjects=(subject,)))
    return highlights


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
    One counted row as a list item: time, publisher, title and summary with the words marked, rules and copies folded
    away.

    `about`: the subjects whose words are marked; () for all.
    """
    mentions = [mention for mention in mentions if not about or mention["subject"] in about]
    title = highlighted(row["title"], _spans(mentions, "title"), catalog) or "(no title)"
    summary = f"<p>{highlighted(row['summary'], _spans(mentions, 'summary'), catalog)}</p>" if row["summary"] else ""
    return (
        f'<li><div class="cp-meta">{_meta(row, copies, catalog)}</div>'
        f'<div class="cp-title">{web_link(row["url"], title)}</div>{summary}'
        f"{_names(mentions, catalog)}{_reasons(mentions, row, catalog, rules)}{_copies(copies, row)}</li>"
    )


def _spans(mentions: Sequence[Row], field: str) -> list[tuple[int, int, str]]:
    return [(mention["start"], mention["end"], mention["subject"]) for mention in mentions if mention["field"] == field]


def _meta(row: Row, copies: Sequence[Row], catalog: Catalog) -> str:
    quality = QUALITY_WORDS.get(row["date_quality"], "")
    parts = [moment_words(row["at"]), row["publisher"], LANG_NAMES.get(row["lang"], row["lang"]), quality]
    if row["articles"] > 1:
        parts.append(f"{count_words(row['articles'], 'article')} · {independent_publishers(copies, catalog)}")
    return " · ".join(escape(part) for part in parts if part)


def independent_publishers(articles: Sequence[Row], catalog: Catalog) -> str:
    """2 independent publishers: several with the same owner, or reprinting the same wire, count as one."""
    return count_words(len({catalog.family(article["publisher"]) for article in articles}), "independent publisher")


def _names(mentions: Sequence[Row], catalog: Catalog) -> str:
    """The subjects as small labels, companies first."""
    keys = sorted({mention["subject"] for mention in mentions}, key=lambda key: (not key.startswith("company:"), key))
    labels = "".join(f"<span>{escape(subject_words(catalog, key))}</span>" for key in keys)
    return f'<div class="cp-names">{labels}</div>' if labels else ""


def _reasons(mentions: Sequence[Row], row: Row, catalog: Catalog, rules: dict[str, str]) -> str:
    if not mentions:
        return ""
    items = "".join(_reason(mention, catalog, rules) for mention in mentions)
    count = count_words(len(mentions), "reason")
    seen = f"first seen {moment_words(row['first_seen_at'])}"
    return f'<details><summary>{count}</summary><ul>{items}</ul><div class="cp-meta">{escape(seen)}</div></details>'


def _reason(mention: Row, catalog: Catalog, rules: dict[str, str]) -> str:
    rule = str(mention["rule"])
    why = f" {escape(mention['why'])}" if mention["why"] else ""
    rejected = f' <span class="cp-meta">Not {escape(mention["rejected"])}.</span>' if mention["rejected"] else ""
    return (
        f"<li><q>{escape(mention['matched'])}</q> in the {escape(mention['field'])} → "
        f"<b>{escape(subject_words(catalog, str(mention['subject'])))}</b>, relevance {mention['relevance']}. "
        f"<code>{escape(rule)}</code> {escape(rules.get(rule, ''))}{why}{rejected}</li>"
    )


def _copies(copies: Sequence[Row], row: Row) -> str:
    others = [copy for copy in copies if copy["article"] != row["article"]]
    if not others:
        return ""
    items = "".join(
        f'<li>{web_link(copy["url"], escape(copy["title"]))} <span class="cp-meta">{escape(copy["publisher"])} · '
        f"{moment_words(copy['published_at'])}</span></li>"
        for copy in others
    )
    more = count_words(len(others), "more article")
    return f"<details><summary>{more} of this story</summary><ul>{items}</ul></details>"


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
    groups: defaultdict[Any, list[Row]] = defaultdict(list)
    for row in records(frame):
        groups[row[column]].append(row)
    return groups
