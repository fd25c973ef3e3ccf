"""A chart for print: price lines above, bars by period below. SVG without script, for the brief."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from dashboard.exports.chart_data import ChartData
from dashboard.formatting import day_words, escape, percent

WIDTH, LEFT, TOP = 720, 52, 6
BARS, LINES, GAP = 150, 110, 16
INK, GRID, FALLBACK = "#18202A", "#D5DBE3", "#4891E6"


def svg_of(chart: ChartData, *, alt: str) -> str:
    """The drawing with its legend, as wide as the page."""
    top = TOP + (LINES + GAP if chart.has_lines else 0)
    span, height = _span(chart), top + BARS + 18
    lines = _lines(chart, span) if chart.has_lines else ""
    bars = _bars(chart, span, top)
    names = [*(chart.lines.columns[1:] if chart.has_lines else ()), *chart.parts.columns[1:]]
    size = f'viewBox="0 0 {WIDTH} {height}" font-family="inherit" font-size="10"'
    return (
        f'<svg {size} role="img" aria-label="{escape(alt)}">{lines}{bars}{_dates(span, height - 4)}</svg>'
        f"{_legend(names, chart)}"
    )


def _span(chart: ChartData) -> tuple[float, float]:
    days = [*chart.parts["period"], *(chart.lines["session"] if chart.has_lines else ())]
    last_end = chart.parts["period"].max() + _period_length(chart.parts["period"])
    return min(days).timestamp(), max(*days, last_end).timestamp()


def _period_length(periods: pd.Series) -> pd.Timedelta:
    # The shortest step: a period without any story has no row, but its neighbours are no longer for that.
    return periods.diff().min() if len(periods) > 1 else pd.Timedelta(days=7)


def _x(day: pd.Timestamp, span: tuple[float, float]) -> float:
    return LEFT + (WIDTH - LEFT) * (day.timestamp() - span[0]) / max(span[1] - span[0], 1)


def _bars(chart: ChartData, span: tuple[float, float], top: int) -> str:
    values = chart.parts.drop(columns="period").fillna(0.0).clip(lower=0)
    most = float(values.sum(axis=1).max()) or 1.0
    svg = [_axis(most, top, BARS, share=chart.percent)]
    length = _period_length(chart.parts["period"])
    for start, row in zip(chart.parts["period"], values.itertuples(index=False), strict=True):
        x, right, y = _x(start, span), _x(start + length, span), float(top + BARS)
        width = max(right - x - 0.8, 0.6)
        for name, value in zip(values.columns, row, strict=True):
            height = BARS * float(value) / most
            y -= height
            if height:
                colour = chart.colours.get(str(name), FALLBACK)
                svg.append(f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{colour}"/>')
    return "".join(svg)


def _lines(chart: ChartData, span: tuple[float, float]) -> str:
    values = chart.lines.drop(columns="session")
    low, high = float(np.nanmin(values.to_numpy())), float(np.nanmax(values.to_numpy()))
    extent = (high - low) or 1.0
    svg = [_label(f"{low:,.0f}", TOP + LINES), _label(f"{high:,.0f}", TOP + 8)]
    for name in values.columns:
        points = " ".join(
            f"{_x(day, span):.1f},{TOP + LINES - LINES * (float(value) - low) / extent:.1f}"
            for day, value in chart.lines[["session", name]].dropna().itertuples(index=False)
        )
        colour = chart.colours.get(str(name), INK)
        svg.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="1.4"/>')
    return "".join(svg)


def _axis(most: float, top: int, height: int, *, share: bool) -> str:
    svg = []
    for part in (0.0, 0.5, 1.0):
        y = top + height * (1 - part)
        text = percent(most * part) if share else f"{most * part:,.0f}"
        line = f'<line x1="{LEFT}" x2="{WIDTH}" y1="{y:.1f}" y2="{y:.1f}" stroke="{GRID}" stroke-width="0.7"/>'
        svg.append(line + _label(text, y + 3))
    return "".join(svg)


def _label(text: str, y: float) -> str:
    return f'<text x="{LEFT - 5}" y="{y:.1f}" text-anchor="end" fill="{INK}">{escape(text)}</text>'


def _dates(span: tuple[float, float], y: float) -> str:
    days = [pd.Timestamp(second, unit="s") for second in np.linspace(span[0], span[1], 6)]
    anchors = ["start", "middle", "middle", "middle", "middle", "end"]
    return "".join(
        f'<text x="{_x(day, span):.1f}" y="{y}" text-anchor="{anchor}" fill="{INK}">{day_words(day)}</text>'
        for day, anchor in zip(days, anchors, strict=True)
    )


def _legend(names: Sequence[object], chart: ChartData) -> str:
    if len(names) < 2:
        return ""
    items = (
        f'<span><i style="background:{chart.colours.get(str(name), FALLBACK)}"></i>{escape(name)}</span>'
        for name in names
    )
    return f'<p class="legend">{"".join(items)}</p>'
