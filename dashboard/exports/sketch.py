"""A chart as a still drawing that prints: price lines above, bars by period below. SVG without script, for the brief."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pandas as pd

from dashboard.exports.series import Drawn
from dashboard.formatting import day_words, escape, percent

WIDTH, LEFT, TOP = 720, 52, 6
BARS, LINES, GAP = 150, 110, 16
INK, GRID, FALLBACK = "#18202A", "#D5DBE3", "#4891E6"


def svg_of(drawn: Drawn, *, alt: str) -> str:
    """The drawing with its legend, as wide as the page."""
    has_lines = len(drawn.lines.columns) > 1 and not drawn.lines.empty
    top = TOP + (LINES + GAP if has_lines else 0)
    span = _span(drawn, has_lines)
    parts = [_lines(drawn, span)] if has_lines else []
    parts.append(_bars(drawn, span, top) if drawn.stacked else "")
    height = top + BARS + 18
    legend = _legend(
        [*drawn.lines.columns[1:], *drawn.parts.columns[1:]] if has_lines else list(drawn.parts.columns[1:]), drawn
    )
    return (
        f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(alt)}" font-family="inherit" font-size="10">'
        f"{''.join(parts)}{_dates(span, height - 4)}</svg>{legend}"
    )


def _span(drawn: Drawn, has_lines: bool) -> tuple[float, float]:
    days = list(drawn.parts["period"]) + (list(drawn.lines["session"]) if has_lines else [])
    width = _period_length(drawn.parts["period"])
    return min(days).timestamp(), max(*days, drawn.parts["period"].max() + width).timestamp()


def _period_length(periods: pd.Series) -> pd.Timedelta:
    # The shortest step: a period in which nothing was said has no row, and its neighbours are no longer for that.
    return periods.diff().min() if len(periods) > 1 else pd.Timedelta(days=7)


def _x(day: pd.Timestamp, span: tuple[float, float]) -> float:
    return LEFT + (WIDTH - LEFT) * (day.timestamp() - span[0]) / max(span[1] - span[0], 1)


def _bars(drawn: Drawn, span: tuple[float, float], top: int) -> str:
    values = drawn.parts.drop(columns="period").fillna(0.0).clip(lower=0)
    most = float(values.sum(axis=1).max()) or 1.0
    out = [_axis(most, top, BARS, share=drawn.is_share)]
    length = _period_length(drawn.parts["period"])
    for start, row in zip(drawn.parts["period"], values.itertuples(index=False), strict=True):
        left, right, floor = _x(start, span), _x(start + length, span), float(top + BARS)
        for name, value in zip(values.columns, row, strict=True):
            tall = BARS * float(value) / most
            floor -= tall
            if tall:
                wide, colour = max(right - left - 0.8, 0.6), drawn.colours.get(str(name), FALLBACK)
                out.append(
                    f'<rect x="{left:.1f}" y="{floor:.1f}" width="{wide:.1f}" height="{tall:.1f}" fill="{colour}"/>'
                )
    return "".join(out)


def _lines(drawn: Drawn, span: tuple[float, float]) -> str:
    values = drawn.lines.drop(columns="session")
    low, high = float(np.nanmin(values.to_numpy())), float(np.nanmax(values.to_numpy()))
    room = (high - low) or 1.0
    out = [_label(f"{low:,.0f}", TOP + LINES), _label(f"{high:,.0f}", TOP + 8)]
    for name in values.columns:
        known = drawn.lines[["session", name]].dropna()
        points = " ".join(
            f"{_x(day, span):.1f},{TOP + LINES - LINES * (float(value) - low) / room:.1f}"
            for day, value in known.itertuples(index=False)
        )
        out.append(
            f'<polyline points="{points}" fill="none" stroke="{drawn.colours.get(str(name), INK)}" stroke-width="1.4"/>'
        )
    return "".join(out)


def _axis(most: float, top: int, height: int, *, share: bool) -> str:
    lines = []
    for part in (0.0, 0.5, 1.0):
        y = top + height * (1 - part)
        said = percent(most * part) if share else f"{most * part:,.0f}"
        lines.append(
            f'<line x1="{LEFT}" x2="{WIDTH}" y1="{y:.1f}" y2="{y:.1f}" stroke="{GRID}" stroke-width="0.7"/>{_label(said, y + 3)}'
        )
    return "".join(lines)


def _label(text: str, y: float) -> str:
    return f'<text x="{LEFT - 5}" y="{y:.1f}" text-anchor="end" fill="{INK}">{escape(text)}</text>'


def _dates(span: tuple[float, float], y: float) -> str:
    marks = [pd.Timestamp(second, unit="s") for second in np.linspace(span[0], span[1], 6)]
    out = []
    for place, (day, following) in enumerate(pairwise([*marks, marks[-1]])):
        anchor = "end" if day == following else "start" if place == 0 else "middle"
        out.append(f'<text x="{_x(day, span):.1f}" y="{y}" text-anchor="{anchor}" fill="{INK}">{day_words(day)}</text>')
    return "".join(out)


def _legend(names: Sequence[object], drawn: Drawn) -> str:
    if len(names) < 2:
        return ""
    items = (
        f'<span><i style="background:{drawn.colours.get(str(name), FALLBACK)}"></i>{escape(name)}</span>'
        for name in names
    )
    return f'<p class="legend">{"".join(items)}</p>'
