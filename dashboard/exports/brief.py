"""
A theme or a company on one printable page: its chart, its most widely carried stories, its companies, the method.

    page data, chart data → stories, companies → HTML for A4          the reader's browser makes the PDF
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from dashboard.exports.chart_data import ChartData
from dashboard.exports.evidence_table import evidence_table
from dashboard.exports.export import printable
from dashboard.exports.print_chart import svg_of
from dashboard.exports.webpage import EXPORT_LINK, notice_html, page_bytes
from dashboard.formatting import (
    ChartWords,
    count_words,
    day_words,
    escape,
    percent,
    safe_href,
    signed_percent,
    story_count,
    web_link,
)
from dashboard.page_data.company import CompanyData
from dashboard.page_data.theme import ThemeData

MOST_STORIES, MOST_COMPANIES = 8, 8
BRIEF_STYLE = """
@page{size:A4;margin:12mm}body{max-width:186mm;font-size:12px;line-height:1.35}
h1{font-size:18px}h2{font-size:13px;margin:.7rem 0 .2rem}
svg{width:100%;height:auto;margin-top:.4rem}ol{margin:0;padding-left:1.2rem}li{margin:.12rem 0}.small{font-size:10.5px}
.legend{display:flex;flex-wrap:wrap;gap:.1rem .8rem;font-size:10.5px}
.legend i{print-color-adjust:exact;-webkit-print-color-adjust:exact}
.legend i{display:inline-block;width:.7em;height:.7em;margin-right:.3em}
.two{display:grid;grid-template-columns:1.35fr 1fr;gap:1.2rem}
td.number,th.number{white-space:nowrap;padding-left:.5rem}
.print{float:right;font:inherit;padding:.2rem .6rem;margin-left:1rem}
@media print{.print{display:none}a{color:inherit;text-decoration:none}.two{gap:6mm}}
"""

PRINT_BUTTON = '<button class="print" type="button">Print or save as PDF</button>'
PRINT_SCRIPT = "<script>document.querySelector('.print').onclick = () => print()</script>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """The page's content. stories: evidence rows, most widely carried first; companies: name, stories, share, price."""

    chart: ChartData
    stories: pd.DataFrame
    companies: pd.DataFrame
    companies_title: str
    companies_note: str
    story_total: int
    dates: str


def brief_of(page: ThemeData | CompanyData, chart: ChartData) -> Brief:
    """The brief of a page: its chart, its table of companies, the stories that most publishers carried."""
    request = page.request
    evidence = evidence_table(request, [page.subject], request.filters)
    order = ["publishers", "articles", "relevance", "day"]
    shown = page.company_counts[:MOST_COMPANIES]
    companies = pd.DataFrame(
        {
            "name": [page.catalog.subject_name(key) for key, _ in shown],
            "stories": [stories for _, stories in shown],
            "share": [stories / max(page.story_total, 1) for _, stories in shown],
            "price": [page.moves.get(key, np.nan) for key, _ in shown],
        }
    )
    return Brief(
        chart=chart,
        stories=evidence.sort_values(order, ascending=False).head(MOST_STORIES),
        companies=companies,
        companies_title=page.companies_title,
        companies_note=page.companies_note,
        story_total=page.story_total,
        dates=f"{day_words(request.view.start)} to {day_words(request.view.end)}",
    )


def brief_bytes(words: ChartWords, brief: Brief) -> bytes:
    """The brief as a page of its own."""
    chart = svg_of(brief.chart, alt=f"{words.title}; {words.caption}") if not brief.chart.parts.empty else ""
    caption = f"{escape(brief.dates)} · {escape(printable(words.caption))}"
    body = (
        f'{PRINT_BUTTON}<h1>{escape(printable(words.title))}</h1><p class="small">{caption}</p>'
        f"{notice_html(words)}{chart}"
        f'<div class="two"><section><h2>Most widely carried<sup>1</sup></h2>{_stories(brief.stories)}</section>'
        f"<section><h2>{escape(brief.companies_title)}<sup>2</sup></h2>{_companies(brief.companies)}</section></div>"
        f"<h2>Method</h2>{_notes(words, brief)}{PRINT_SCRIPT}"
    )
    return page_bytes(words, body, style=BRIEF_STYLE)


def _stories(stories: pd.DataFrame) -> str:
    items = []
    for row in stories.to_dict("records"):
        title = escape(printable(row["title"], 200) or "(no title)")
        publishers = f"{printable(row['publisher'], 80)} · {count_words(row['publishers'], 'publisher')}"
        small = f'<span class="small">{day_words(row["day"])} · {escape(publishers)}</span>'
        items.append(f"<li>{web_link(row['url'], title, EXPORT_LINK)}<br>{small}</li>")
    return f"<ol>{''.join(items)}</ol>" if items else "<p>No story in these dates.</p>"


def _companies(companies: pd.DataFrame) -> str:
    names = "".join(f'<th class="number">{name}</th>' for name in ("Stories", "Share", "Price"))
    rows = "".join(
        f'<tr><td>{escape(row.name)}</td><td class="number">{row.stories:,}</td>'
        f'<td class="number">{percent(row.share, 0)}</td><td class="number">{signed_percent(row.price)}</td></tr>'
        for row in companies.itertuples(index=False)
    )
    return f"<table><tr><th>Company</th>{names}</tr>{rows}</table>"


def _notes(words: ChartWords, brief: Brief) -> str:
    filters, stories = words.filters or "none", story_count(brief.story_total)
    notes = [
        f"{words.method}. {words.n}. Filters: {filters}. As of revision {words.revision}. {words.source}.",
        f"1 · Of {stories}, those carried by most publishers, then those with most articles.",
        f"2 · {brief.companies_note} Price: main listing, adjusted, from the first to the last close in these dates.",
    ]
    html = "".join(f'<p class="small">{escape(printable(note))}</p>' for note in notes)
    if not safe_href(words.link):
        return html
    # The address is not written out: a theme's link names each listing of its basket, and would fill half a page.
    sha = words.link.partition("sha=")[2]
    proof = f", SHA-256 of its data {escape(sha)}" if sha else ""
    link = web_link(words.link, "Open this view in Chokepoint", EXPORT_LINK)
    return f'{html}<p class="small">{link}: revision {words.revision}{proof}</p>'
