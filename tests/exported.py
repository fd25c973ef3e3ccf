"""A small chart with its words and its evidence, and texts that must stay texts."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.overtime import stacked_chart
from dashboard.formatting import ChartWords

LINK = "https://desk.example/theme?from=2026-05-01&to=2026-05-31&theme=memory&rev=3&sha=" + "a" * 64
WORDS = ChartWords(
    title="=Memory: share of voice",
    unit="% of all stories",
    n="n = 2 of 9 stories",
    source="the bundled sample, stories to 31 May 2026",
    method="share: stories about the subject divided by all stories",
    filters="languages: English",
    revision=3,
    notice="SAMPLE DATA: a sample",
    link=LINK,
)
PERIODS = pd.DataFrame(
    {
        "subject": "theme:memory",
        "period": pd.to_datetime(["2026-05-04", "2026-05-11"]),
        "stories": [1, 3],
        "articles": [1, 4],
        "all_stories": [10, 12],
        "share": [0.1, 0.25],
        "abnormal": [float("nan"), 2.5],
        "complete": [True, True],
    }
)
PRICES = pd.DataFrame({"MU": [100.0, 104.0, None]}, index=pd.to_datetime(["2026-05-04", "2026-05-05", "2026-05-06"]))
NASTY = [
    "=1+1",
    "+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    " =1",
    "＝1+1",
    "|calc",
    '=HYPERLINK("http://evil.example","x")',
    "https://evil.example",
    "<script>fetch('//evil.example')</script>",
    "</script><img src=x onerror=alert(1)>",
    '"><svg/onload=alert(1)>',
    "javascript:alert(1)",
    "\x00\x01\x1f\x7f",
    "x" * 40_000,
    "{=1}",
    "_x0041_",
    "三星电子 ‮ right to left",
]


def chart(names: dict[str, str] | None = None, prices: pd.DataFrame | None = PRICES) -> go.Figure:
    parts = pd.DataFrame(
        {"period": PERIODS["period"].repeat(2), "part": ["company:micron", ""] * 2, "stories": [1, 0, 2, 1]}
    )
    return stacked_chart(
        PERIODS, parts, subject="theme:memory", by="company", names=names or {"company:micron": "Micron",
        "": "none named"},
        measure="stories", grain="week", prices=prices, price_name="first close = 100",
    )  # fmt: skip


def evidence(titles: list[str]) -> pd.DataFrame:
    rows = [
        {
            "subject": "theme:memory", "day": pd.Timestamp("2026-05-04"),
            "published_at": pd.Timestamp("2026-05-04 13:30", tz="UTC"),
            "publisher": title, "lang": "en", "title": title, "url": title, "matched": title, "rules": "name",
            "relevance": 80,
            "articles": 1, "publishers": 1, "date_quality": "feed", "first_seen_at": pd.Timestamp("2026-05-04 14:00",
            tz="UTC"), "story": 1,
        }
        for title in titles
    ]  # fmt: skip
    return pd.DataFrame(rows)
