"""
A chart as one web page that needs no network: the chart, its words, its numbers, its newest receipts.

    figure, words, table, evidence → HTML        plotly's own script is inside; nothing else runs and nothing is fetched
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson
import pandas as pd
import plotly.graph_objects as go
from plotly.offline import get_plotlyjs

from dashboard.exports.export import plain
from dashboard.formatting import ChartWords, count_words, escape, safe_href
from dashboard.palette import painted

MOST_SHOWN = 200
POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
STYLE = """
body{font:14px/1.45 system-ui,sans-serif;color:#18202a;background:#fff;max-width:70rem;margin:1.5rem auto;padding:0 1rem}
h1{font-size:20px;margin:0}h2{font-size:15px;margin:1.4rem 0 .3rem}p{margin:.2rem 0}
.small{font-size:12px;color:#4a5563;overflow-wrap:anywhere}
.notice{border-left:3px solid #c97a10;padding:.2rem .6rem;background:#fbf1e2;font-size:12.5px}
table{border-collapse:collapse;font-size:12px;font-variant-numeric:tabular-nums;width:100%}
th,td{text-align:left;vertical-align:top;padding:.15rem .5rem .15rem 0;border-top:1px solid #d5dbe3;overflow-wrap:anywhere}
td.number,th.number{text-align:right}a{color:#0b5c9a}dt{font-weight:600}dd{margin:0 0 .3rem}
@media print{body{max-width:none;margin:0}h2{break-after:avoid}tr{break-inside:avoid}}
"""


def html_bytes(figure: go.Figure, words: ChartWords, table: pd.DataFrame, evidence: pd.DataFrame) -> bytes:
    """The page, in the light theme."""
    draw = f'const f={_script_json(_drawing(figure))};Plotly.newPlot("chart",f.data,f.layout,{{displaylogo:false,responsive:true}})'
    body = (
        f'{opening(words)}<div id="chart"></div>{method_html(words)}'
        f"<h2>Numbers</h2>{table_html(table)}"
        f"<h2>Evidence</h2>{evidence_html(evidence)}"
        f"<script>{get_plotlyjs()}</script>"
        f"<script>{draw}</script>"
    )
    return page_bytes(words, body)


def table_html_bytes(words: ChartWords, table: pd.DataFrame, evidence: pd.DataFrame) -> bytes:
    """The page of a table without a chart: nothing in it runs."""
    behind = f"<h2>Evidence</h2>{evidence_html(evidence)}" if not evidence.empty else ""
    return page_bytes(words, f"{opening(words)}{method_html(words)}<h2>Numbers</h2>{table_html(table)}{behind}")


def page_bytes(words: ChartWords, body: str, *, style: str = "") -> bytes:
    """A page around a body: its policy, its metadata, its style."""
    said = {
        "title": words.title,
        "description": " · ".join(words.lines[1:]),
        "chokepoint": words.link,
        "generator": "Chokepoint",
    }
    metas = "".join(f'<meta name="{name}" content="{escape(plain(text))}">' for name, text in said.items() if text)
    text = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}"><meta name="referrer" content="no-referrer">'
        f'<meta name="viewport" content="width=device-width,initial-scale=1">{metas}'
        f"<title>{escape(plain(words.title))}</title><style>{STYLE}{style}</style></head><body>{body}</body></html>"
    )
    return text.encode("utf-8", "replace")


def opening(words: ChartWords) -> str:
    """Title, caption, and that it is the sample."""
    notice = f'<p class="notice">{escape(words.notice)}</p>' if words.notice else ""
    return f'<h1>{escape(plain(words.title))}</h1><p class="small">{escape(plain(words.caption))}</p>{notice}'


def method_html(words: ChartWords) -> str:
    """How the numbers are made, at which revision, and the link back."""
    href = safe_href(words.link)
    link = (
        f'<p class="small">This view: <a href="{href}" rel="noopener noreferrer nofollow">{href}</a></p>'
        if href
        else ""
    )
    filters = words.filters or "none"
    said = f"Method: {words.method} · Filters: {filters} · As of revision {words.revision}"
    return f'<p class="small">{escape(plain(said))}</p>{link}'


def table_html(table: pd.DataFrame) -> str:
    """The table's first rows, the rest said."""
    shown = table.head(MOST_SHOWN)
    numeric = {str(name) for name in shown.columns if pd.api.types.is_numeric_dtype(shown[name])}
    head = "".join(f"<th{_kind(str(name) in numeric)}>{escape(plain(name))}</th>" for name in shown.columns)
    names = [str(name) for name in shown.columns]
    rows = "".join(_row(row, names, numeric) for row in shown.itertuples(index=False))
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>{_rest(table)}"


def _row(row: Any, names: Sequence[str], numeric: set[str]) -> str:
    cells = (
        f"<td{_kind(name in numeric)}>{escape(plain(_cell(value)))}</td>"
        for name, value in zip(names, row, strict=True)
    )
    return f"<tr>{''.join(cells)}</tr>"


def _kind(number: bool) -> str:
    return ' class="number"' if number else ""


def _cell(value: Any) -> str:
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat() if value.tzinfo is None else f"{value:%Y-%m-%d %H:%M}"
    if value is None or value is pd.NaT or value != value:
        return ""
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def evidence_html(evidence: pd.DataFrame) -> str:
    """The newest counted rows, each with a plain link to its source."""
    shown = evidence.head(MOST_SHOWN)
    items = "".join(_evidence_row(row) for row in shown.to_dict("records"))
    head = "<tr><th>Day</th><th>Publisher</th><th>Title</th><th>Words that count</th><th>Rule</th></tr>"
    return f"<table><thead>{head}</thead><tbody>{items}</tbody></table>{_rest(evidence)}"


def _evidence_row(row: dict[Any, Any]) -> str:
    title, href = escape(plain(row["title"])), safe_href(str(row["url"]))
    linked = f'<a href="{href}" rel="noopener noreferrer nofollow">{title}</a>' if href else title
    cells = (_cell(row["day"]), row["publisher"], None, row["matched"], row["rules"])
    return "<tr>" + "".join(f"<td>{linked if text is None else escape(plain(text))}</td>" for text in cells) + "</tr>"


def _rest(frame: pd.DataFrame) -> str:
    more = len(frame) - MOST_SHOWN
    return f'<p class="small">{count_words(more, "more row")} in the CSV and XLSX exports.</p>' if more > 0 else ""


def _drawing(figure: go.Figure) -> dict[str, Any]:
    drawing: dict[str, Any] = orjson.loads(painted(figure, "light").to_json())
    return drawing


def _script_json(value: Any) -> str:
    # Inside a script element only "<" can end it, and JSON may spell it in another way.
    return (
        orjson.dumps(value).decode().replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    )
