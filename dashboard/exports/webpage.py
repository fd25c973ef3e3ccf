"""
A chart as one web page that works offline: the chart, its text, its numbers, its newest receipts.

    figure, words, table, evidence → HTML        plotly's script is inside; nothing else runs and nothing is fetched
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson
import pandas as pd
import plotly.graph_objects as go
from plotly.offline import get_plotlyjs

from dashboard.charts.palette import with_theme
from dashboard.exports.export import printable
from dashboard.formatting import ChartWords, count_words, escape, safe_href, web_link

MOST_SHOWN = 200
EXPORT_LINK = 'rel="noopener noreferrer nofollow"'
"""The attributes of links in files."""
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
    "form-action 'none'"
)
PAGE_STYLE = """
body{font:14px/1.45 system-ui,sans-serif;color:#18202a;background:#fff}
body{max-width:70rem;margin:1.5rem auto;padding:0 1rem}
h1{font-size:20px;margin:0}h2{font-size:15px;margin:1.4rem 0 .3rem}p{margin:.2rem 0}
.small{font-size:12px;color:#4a5563;overflow-wrap:anywhere}
.notice{border-left:3px solid #c97a10;padding:.2rem .6rem;background:#fbf1e2;font-size:12.5px}
table{border-collapse:collapse;font-size:12px;font-variant-numeric:tabular-nums;width:100%}
th,td{text-align:left;vertical-align:top;padding:.15rem .5rem .15rem 0}
th,td{border-top:1px solid #d5dbe3;overflow-wrap:anywhere}
td.number,th.number{text-align:right}a{color:#0b5c9a}dt{font-weight:600}dd{margin:0 0 .3rem}
@media print{body{max-width:none;margin:0}h2{break-after:avoid}tr{break-inside:avoid}}
"""


def html_bytes(figure: go.Figure, words: ChartWords, table: pd.DataFrame, evidence: pd.DataFrame) -> bytes:
    """The page, in the light theme."""
    drawing = _script_json(orjson.loads(with_theme(figure, "light").to_json()))
    options = "{displaylogo:false,responsive:true}"
    draw = f'const f={drawing};Plotly.newPlot("chart",f.data,f.layout,{options})'
    body = (
        f'{title_html(words)}<div id="chart"></div>{method_html(words)}'
        f"<h2>Numbers</h2>{table_html(table)}"
        f"<h2>Evidence</h2>{evidence_html(evidence)}"
        f"<script>{get_plotlyjs()}</script>"
        f"<script>{draw}</script>"
    )
    return page_bytes(words, body)


def table_html_bytes(words: ChartWords, table: pd.DataFrame, evidence: pd.DataFrame) -> bytes:
    """The page of a table without a chart: without any script."""
    receipts = f"<h2>Evidence</h2>{evidence_html(evidence)}" if not evidence.empty else ""
    return page_bytes(words, f"{title_html(words)}{method_html(words)}<h2>Numbers</h2>{table_html(table)}{receipts}")


def page_bytes(words: ChartWords, body: str, *, style: str = "") -> bytes:
    """A page around a body: its content policy, its metadata, its style."""
    metadata = {
        "title": words.title,
        "description": " · ".join(words.lines[1:]),
        "chokepoint": words.link,
        "generator": "Chokepoint",
    }
    metas = "".join(
        f'<meta name="{name}" content="{escape(printable(text))}">' for name, text in metadata.items() if text
    )
    style = f"<style>{PAGE_STYLE}{style}</style>"
    text = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}"><meta name="referrer" content="no-referrer">'
        f'<meta name="viewport" content="width=device-width,initial-scale=1">{metas}'
        f"<title>{escape(printable(words.title))}</title>{style}</head><body>{body}</body></html>"
    )
    return text.encode("utf-8", "replace")


def title_html(words: ChartWords) -> str:
    """Title, caption, and the notice of the sample."""
    caption = f'<p class="small">{escape(printable(words.caption))}</p>'
    return f"<h1>{escape(printable(words.title))}</h1>{caption}{notice_html(words)}"


def notice_html(words: ChartWords) -> str:
    return f'<p class="notice">{escape(words.notice)}</p>' if words.notice else ""


def method_html(words: ChartWords) -> str:
    """How the numbers are computed, the revision, and the link back."""
    href = safe_href(words.link)
    link = f'<p class="small">This view: {web_link(words.link, href, EXPORT_LINK)}</p>' if href else ""
    text = f"Method: {words.method} · Filters: {words.filters or 'none'} · As of revision {words.revision}"
    return f'<p class="small">{escape(printable(text))}</p>{link}'


def table_html(table: pd.DataFrame) -> str:
    """The table's first rows, and how many more there are."""
    shown = table.head(MOST_SHOWN)
    classes = [' class="number"' if pd.api.types.is_numeric_dtype(shown[name]) else "" for name in shown.columns]
    head = "".join(
        f"<th{kind}>{escape(printable(name))}</th>" for name, kind in zip(shown.columns, classes, strict=True)
    )
    rows = "".join(_row(row, classes) for row in shown.itertuples(index=False))
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>{_rows_left(table)}"


def _row(row: Sequence[Any], classes: Sequence[str]) -> str:
    cells = (f"<td{kind}>{escape(printable(_cell(value)))}</td>" for value, kind in zip(row, classes, strict=True))
    return f"<tr>{''.join(cells)}</tr>"


def _cell(value: Any) -> str:
    if pd.isna(value):
        return ""
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat() if value.tzinfo is None else f"{value:%Y-%m-%d %H:%M}"
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def evidence_html(evidence: pd.DataFrame) -> str:
    """The newest counted rows, each with a link to its source."""
    rows = "".join(_evidence_row(row) for row in evidence.head(MOST_SHOWN).to_dict("records"))
    head = "<tr><th>Day</th><th>Publisher</th><th>Title</th><th>Matched words</th><th>Rule</th></tr>"
    return f"<table><thead>{head}</thead><tbody>{rows}</tbody></table>{_rows_left(evidence)}"


def _evidence_row(row: dict[Any, Any]) -> str:
    title = web_link(row["url"], escape(printable(row["title"])), EXPORT_LINK)
    before = "".join(f"<td>{escape(printable(text))}</td>" for text in (_cell(row["day"]), row["publisher"]))
    after = "".join(f"<td>{escape(printable(row[name]))}</td>" for name in ("matched", "rules"))
    return f"<tr>{before}<td>{title}</td>{after}</tr>"


def _rows_left(frame: pd.DataFrame) -> str:
    more = len(frame) - MOST_SHOWN
    return f'<p class="small">{count_words(more, "more row")} in the CSV and XLSX exports.</p>' if more > 0 else ""


def _script_json(value: Any) -> str:
    # Inside a script element only "<" can end it, and JSON may escape it.
    json = orjson.dumps(value).decode()
    return json.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
