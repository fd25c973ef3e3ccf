"""
The pictures of docs/signals.md: three that a reader may believe, two that nobody should; drawn by
tests/studies/real_family.py.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import plotly.graph_objects as go

from analysis.event_study.study import EventStudy
from analysis.lead_lag.verdicts import Verdict
from analysis.placebo import event_fan, fan_band
from analysis.returns import simple_returns
from dashboard.charts.palette import INK, SERIES, with_theme
from dashboard.charts.signals import chance_band, lag_chart, path_chart
from tests.browsing import browser

if TYPE_CHECKING:
    from tests.studies.real_family import Naive, World

WIDTH, HEIGHT = 900, 420
FAN_DRAWS = 50


def event_picture(world: World, events: pd.DataFrame, study: EventStudy) -> go.Figure:
    """The mean path around sudden attention, before what other dates do."""
    returns, market = world.event_returns(sorted(set(events["ticker"])))
    fan = event_fan(events, returns, market, draws=FAN_DRAWS)
    title = f"Prices rise before the talk, not after it: {study.n_events} events on {study.n_dates} dates"
    some = study.lines.iloc[::15]  # of so many lines a small picture would be grey
    return path_chart(study.path, some, fan_band(fan)).update_layout(title=title)


def verdict_picture(world: World, subject: str, answer: Verdict, title: str) -> go.Figure:
    """Correlation by lag before the band that chance reaches."""
    significant = answer.lag if answer.kind in ("leads", "follows") else None
    return lag_chart(chance_band(answer.by_lag, answer.critical), significant=significant).update_layout(title=title)


def trend_picture(world: World, subject: str) -> go.Figure:
    """Counts and a price that both grow, on two axes: the chart that convinces everybody."""
    counts, level = world.attention(subject, "stories").rolling(20).sum().dropna(), world.level(subject)
    both = pd.DataFrame({"stories": counts, "level": level}).dropna()
    name, r = world.catalog.subject_name(subject), both["stories"].corr(both["level"])
    lines = [
        go.Scatter(x=both.index, y=both["stories"], name="stories in 20 sessions", line={"color": SERIES[0]}),
        go.Scatter(x=both.index, y=both["level"], name="basket, first = 100", yaxis="y2", line={"color": INK}),
    ]
    title = f"Not to be believed: {name}, r = {r:.2f} between two lines that both grow"
    return go.Figure(
        lines,
        {
            "title": title,
            "yaxis2": {"overlaying": "y", "side": "right", "showgrid": False},
            "legend": {"orientation": "h"},
        },
    )


def scan_picture(world: World, best: Naive) -> go.Figure:
    """The best of 20 lags of counts against raw returns, with the bounds that a single correlation would have."""
    counts, returns = (
        world.attention(best.subject, "stories"),
        simple_returns(world.level(best.subject).to_frame()).iloc[:, 0],
    )
    lags = list(range(-10, 11))
    values = [counts.corr(returns.shift(-lag)) for lag in lags]
    bars = go.Bar(
        x=lags, y=values, marker_color=[SERIES[0] if lag == best.lag else "rgba(128,140,155,0.9)" for lag in lags]
    )
    name = world.catalog.subject_name(best.subject)
    title = f"Not to be believed: {name}, r = {best.r:+.2f} at lag {best.lag}, the best of 840 looks, {best.n} days"
    figure = go.Figure(
        [bars],
        {"title": title, "xaxis_title": "sessions by which talk comes before the price", "yaxis_title": "correlation"},
    )
    for bound in (-1.96 / best.n**0.5, 1.96 / best.n**0.5):
        figure.add_hline(y=bound, line_dash="dot")
    return figure


def save_pictures(figures: dict[str, go.Figure], folder: Path) -> None:
    """PNG files by name, drawn by a browser without a network."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place, browser() as opened:
        page = opened.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        for name, figure in figures.items():
            own = with_theme(figure, "light").update_layout(width=WIDTH, height=HEIGHT, title_font_size=16, margin_t=56)
            path = Path(place) / f"{name}.html"
            own.write_html(path, include_plotlyjs=True, config={"staticPlot": True, "displayModeBar": False})
            page.goto(path.as_uri())
            page.wait_for_selector(".main-svg")
            page.wait_for_timeout(400)
            page.screenshot(path=folder / f"{name}.png", clip={"x": 0, "y": 0, "width": WIDTH, "height": HEIGHT})
            print(folder / f"{name}.png")
