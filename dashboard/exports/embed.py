"""
One chart as a small page that another site's page may frame: the figure, its text, and the proof link below.

    figure, words → HTML        plotly's script and ours are fetched from this server, everything else is inside
"""

from __future__ import annotations

import plotly.graph_objects as go
from plotly import __version__ as plotly_version

from dashboard.charts.palette import with_theme
from dashboard.exports.export import printable
from dashboard.exports.webpage import notice_html
from dashboard.formatting import ChartWords, escape, safe_href

STYLE = """
html,body{margin:0;background:#fff;color:#18202a;font:13px/1.4 system-ui,sans-serif}
h1{font-size:15px;margin:0}p{margin:.2rem 0}#chart{height:360px}
.small{font-size:11.5px;color:#4a5563;overflow-wrap:anywhere}a{color:#0b5c9a}
.notice{border-left:3px solid #c97a10;padding:.1rem .5rem;background:#fbf1e2;font-size:11.5px}
"""


def embed_html(figure: go.Figure, words: ChartWords) -> str:
    """The page, in the light theme. `words.link`: the proof link."""
    drawing = with_theme(figure, "light").to_json()  # plotly escapes <, > and /, which could end a script element
    sha = words.link.partition("sha=")[2][:12]
    proof = (
        f'As of revision {words.revision}, SHA-256 {sha}…: <a href="{escape(safe_href(words.link))}" target="_blank" '
        'rel="noopener">open with its evidence</a>'
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="referrer" content="no-referrer">'
        f'<meta name="viewport" content="width=device-width,initial-scale=1"><title>{escape(printable(words.title))}'
        f"</title><style>{STYLE}</style></head><body><h1>{escape(printable(words.title))}</h1>"
        f'<p class="small">{escape(printable(words.caption))}</p>{notice_html(words)}<div id="chart"></div>'
        f'<p class="small" id="proof">{proof}</p><script type="application/json" id="figure">{drawing}</script>'
        f'<script src="embed/plotly.js?v={plotly_version}"></script><script src="embed/embed.js"></script>'
        "</body></html>"
    )
