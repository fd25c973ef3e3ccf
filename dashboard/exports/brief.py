"""
A theme or a company on one page that prints: its chart, its most carried stories, its companies, how it was counted.

    page data, drawn chart → stories, companies → HTML for A4          the reader's browser makes the PDF
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from dashboard.exports.evidence_table import evidence_table
from dashboard.exports.export import plain
from dashboard.exports.series import Drawn
from dashboard.exports.sketch import svg_of
from dashboard.exports.webpage import page_bytes
from dashboard.formatting import ChartWords, count_words, day_words, escape, percent, safe_href, signed_percent
from dashboard.page_data.company import CompanyData
from dashboard.page_data.theme import ThemeData

MOST_STORIES, MOST_COMPANIES = 8, 8
STYLE = """
@page{size:A4;margin:12mm}body{max-width:186mm;font-size:12px;line-height:1.35}
h1{font-size:18px}h2{font-size:13px;margin:.7rem 0 .2rem}
svg{width:100%;height:auto;margin-top:.4rem}ol{margin:0;padding-left:1.2rem}li{margin:.12rem 0}.small{font-size:10.5px}
.legend{display:flex;flex-wrap:wrap;gap:.1rem .8rem;font-size:10.5px}
.legend i{print-color-adjust:exact;-webkit-print-color-adjust:exact;display:inline-block;width:.7em;height:.7em;margin-right:.3em}
.two{display:grid;grid-template-columns:1.35fr 1fr;gap:1.2rem}
td.number,th.number{white-space:nowrap;padding-left:.5rem}
.print{float:right;font:inherit;padding:.2rem .6rem;margin-left:1rem}
@media print{.print{display:none}a{color:inherit;text-decoration:none}.two{gap:6mm}}
"""

PRINT = '<button class="print" type="button">Print or save as PDF</button>'
PRESSED = "<script>document.querySelector('.print').onclick = () => print()</script>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """What the page holds. stories: evidence rows, most carried first; companies: name, stories, share, price."""

    drawn: Drawn
    stories: pd.DataFrame
    companies: pd.DataFrame
    companies_title: str
    companies_note: str
    counted: int
    dates: str


def brief_of(page: ThemeData | CompanyData, drawn: Drawn) -> Brief:
    """The brief of a page: its chart, its table of companies, the stories that most publishers carried."""
    request = page.request
    evidence = evidence_table(request, [page.subject], request.filters)
    order = ["publishers", "articles", "relevance", "day"]
    shown = page.company_counts[:MOST_COMPANIES]
    companies = pd.DataFrame(
        {
            "name": [page.catalog.subject_name(key) for key, _ in shown],
            "stories": [stories for _, stories in shown],
            "share": [stories / max(page.counted, 1) for _, stories in shown],
            "price": [page.moves.get(key, np.nan) for key, _ in shown],
        }
    )
    return Brief(
        drawn=drawn,
        stories=evidence.sort_values(order, ascending=False).head(MOST_STORIES),
        companies=companies,
        companies_title=page.companies_title,
        companies_note=page.companies_note,
        counted=page.counted,
        dates=f"{day_words(request.view.start)} to {day_words(request.view.end)}",
    )


def brief_bytes(words: ChartWords, brief: Brief) -> bytes:
    """The brief as a page of its own."""
    notice = f'<p class="notice">{escape(words.notice)}</p>' if words.notice else ""
    chart = svg_of(brief.drawn, alt=f"{words.title}; {words.caption}") if not brief.drawn.parts.empty else ""
    body = (
        f'{PRINT}<h1>{escape(plain(words.title))}</h1><p class="small">{escape(brief.dates)} · {escape(plain(words.caption))}</p>{notice}{chart}'
        f'<div class="two"><section><h2>Most widely carried<sup>1</sup></h2>{_stories(brief.stories)}</section>'
        f"<section><h2>{escape(brief.companies_title)}<sup>2</sup></h2>{_companies(brief.companies)}</section></div>"
        f"<h2>How it is counted</h2>{_notes(words, brief)}{PRESSED}"
    )
    return page_bytes(words, body, style=STYLE)


def _stories(stories: pd.DataFrame) -> str:
    items = []
    for row in stories.to_dict("records"):
        href, title = safe_href(str(row["url"])), escape(plain(row["title"], 200) or "(no title)")
        linked = f'<a href="{href}" rel="noopener noreferrer nofollow">{title}</a>' if href else title
        told = (
            f"{day_words(row['day'])} · {plain(row['publisher'], 80)} · {count_words(row['publishers'], 'publisher')}"
        )
        items.append(f'<li>{linked}<br><span class="small">{escape(told)}</span></li>')
    return f"<ol>{''.join(items)}</ol>" if items else "<p>No story in these dates.</p>"


def _companies(companies: pd.DataFrame) -> str:
    head = '<tr><th>Company</th><th class="number">Stories</th><th class="number">Share</th><th class="number">Price</th></tr>'
    rows = "".join(
        f'<tr><td>{escape(row.name)}</td><td class="number">{row.stories:,}</td><td class="number">{percent(row.share, 0)}</td>'
        f'<td class="number">{signed_percent(row.price)}</td></tr>'
        for row in companies.itertuples(index=False)
    )
    return f"<table>{head}{rows}</table>"


def _notes(words: ChartWords, brief: Brief) -> str:
    href = safe_href(words.link)
    notes = [
        f"{words.method}. {words.n}. Filters: {words.filters or 'none'}. As of revision {words.revision}. {words.source}.",
        f"1 · Of {count_words(brief.counted, 'story', 'stories')}, those carried by most publishers, then those with most articles.",
        f"2 · {brief.companies_note} Price: main listing, adjusted, from the first to the last close in these dates.",
    ]
    said = "".join(f'<p class="small">{escape(plain(note))}</p>' for note in notes)
    # Not spelled out: a theme's link names each listing of its basket, and would fill half a page.
    sha = words.link.partition("sha=")[2]
    proof = f", SHA-256 of its data {escape(sha)}" if sha else ""
    opens = f'<a href="{href}" rel="noopener noreferrer nofollow">Open this view in Chokepoint</a>'
    return said + (f'<p class="small">{opens}: revision {words.revision}{proof}</p>' if href else "")
