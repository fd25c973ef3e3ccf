"""
One subject's attention over time. Frames in, figures out. No Streamlit here, so that exports and tests draw the same
charts.

    attention by period ─┬─ attention_chart      bars of one subject, prices above
    parts by period ─────┼─ stacked_chart        bars stacked by part, prices above
    counts by day ───────┴─ coverage_chart       all stories        many subjects: subject_rows.py, compare.py

A point with receipts has the text of its `points.Point` in `customdata`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashboard.address.points import Point
from dashboard.charts.figures import (
    CUT,
    DAY_MS,
    LEGEND_BELOW,
    PALE,
    TICK_FORMATS,
    Trace,
    axis,
    axis_title,
    bar_trace,
    base_layout,
    cut_opacity,
    downsampled,
    period_days,
    period_hover,
    period_starts,
    period_widths,
    stories_and_articles,
    time_axis,
    whole_ticks,
)
from dashboard.charts.lazy_figure import figure_of
from dashboard.charts.palette import ABOVE, BELOW, INK, MUTED, NO_PART, OTHER, SERIES
from dashboard.formatting import UNITS, day_words, percent, period_end, period_words, story_count

COUNTS = ("stories", "articles")


def attention_chart(
    periods: pd.DataFrame,
    *,
    subject: str,
    measure: str,
    grain: str,
    prices: pd.DataFrame | None = None,
    price_name: str = "",
    down: pd.DataFrame | None = None,
    touch: bool = False,
) -> go.Figure:
    """Attention by period (columns period, stories, articles, all_stories, share, abnormal), prices above."""
    by_sign = measure == "abnormal"
    colour = [ABOVE if value > 0 else BELOW for value in periods["abnormal"]] if by_sign else SERIES[0]
    bars = bar_trace(
        x=period_starts(periods),
        y=periods[measure].to_numpy(),
        width=period_widths(periods, grain),
        offset=0,
        name="Attention",
        marker={"color": colour} | cut_opacity(periods),
        customdata=[str(Point(subject=subject, period=day)) for day in period_days(periods)],
        hovertext=period_hover(periods, grain),
        hovertemplate="%{hovertext}<extra></extra>",
        showlegend=False,
    )
    return _over_time(
        [bars], periods, measure=measure, grain=grain, prices=prices, price_name=price_name, down=down, touch=touch
    )


def stacked_chart(
    periods: pd.DataFrame,
    parts: pd.DataFrame,
    *,
    subject: str,
    by: str,
    names: dict[str, str],
    measure: str,
    grain: str,
    prices: pd.DataFrame | None = None,
    price_name: str = "",
    down: pd.DataFrame | None = None,
    touch: bool = False,
) -> go.Figure:
    """
    A subject's stories by period and part (columns period, part, stories), prices above.

    `names` has the parts in the order of the stack, with the names shown; `periods` has the denominators.
    """
    row = pd.Index(periods["period"]).get_indexer(parts["period"])
    column = pd.Index(list(names)).get_indexer(parts["part"])
    inside = (row >= 0) & (column >= 0)
    table = np.zeros((len(periods), len(names)), np.int64)
    np.add.at(table, (row[inside], column[inside]), parts["stories"].to_numpy()[inside])
    shared = _PeriodAxis.of(periods, grain)
    traces = [
        _part_bars(stories, shared, Point(subject=subject, part=part, by=by), name, colour, measure=measure)
        for stories, (part, name), colour in zip(table.T, names.items(), part_colours(list(names)), strict=True)
    ]
    return _over_time(
        traces, periods, measure=measure, grain=grain, prices=prices, price_name=price_name, down=down, touch=touch
    )


def part_colours(parts: Sequence[str]) -> list[str]:
    """A colour a part, in order; "other" and stories without a part have their greys."""
    greys, colours = {Point.OTHER: OTHER, "": NO_PART}, iter(SERIES)
    return [greys[part] if part in greys else next(colours) for part in parts]


@dataclass(frozen=True, slots=True)
class _PeriodAxis:
    """What the bars of all parts share: a value each period."""

    days: list[date]
    starts: list[str]
    widths: list[int]
    words: list[str]
    stories: list[int]  # of the subject
    all_stories: list[int]
    is_cut: list[bool]  # by the dates shown

    @classmethod
    def of(cls, periods: pd.DataFrame, grain: str) -> _PeriodAxis:
        days = period_days(periods)
        is_cut = (~periods["complete"].to_numpy(dtype=bool)).tolist()
        words = [period_words(day, grain) + CUT * cut for day, cut in zip(days, is_cut, strict=True)]
        counts = periods["stories"].tolist(), periods["all_stories"].tolist()
        return cls(days, period_starts(periods), period_widths(periods, grain), words, *counts, is_cut)


def _part_bars(
    stories: np.ndarray, periods: _PeriodAxis, point: Point, name: str, colour: str, *, measure: str
) -> Trace:
    # Only bars with stories: a year of days has hundreds of empty ones a part.
    filled = np.flatnonzero(stories).tolist()
    is_cut = any(periods.is_cut[row] for row in filled)
    counts, totals = stories[filled].tolist(), [periods.all_stories[row] for row in filled]
    shares = [n / total if total else 0.0 for n, total in zip(counts, totals, strict=True)]
    hover = [
        f"{periods.words[row]}<br><b>{name}</b>: {n:,} of {story_count(periods.stories[row])}"
        f"<br>{percent(share, 2)} of all {total:,}"
        for row, n, share, total in zip(filled, counts, shares, totals, strict=True)
    ]
    return bar_trace(
        x=[periods.starts[row] for row in filled],
        y=np.array(shares) if measure == "share" else stories[filled],
        width=[periods.widths[row] for row in filled],
        offset=0,
        name=name,
        marker={"color": colour}
        | ({"opacity": [PALE if periods.is_cut[row] else 1 for row in filled]} if is_cut else {}),
        customdata=[str(replace(point, period=periods.days[row])) for row in filled],
        hovertext=hover,
        hovertemplate="%{hovertext}<extra></extra>",
    )


def _over_time(
    bars: list[Trace],
    periods: pd.DataFrame,
    *,
    measure: str,
    grain: str,
    prices: pd.DataFrame | None,
    price_name: str,
    down: pd.DataFrame | None,
    touch: bool,
) -> go.Figure:
    """Bars on the lower axis, price lines on the upper one, both on one axis of time."""
    has_prices = prices is not None and not prices.empty
    data = [*_down_bars(down), *bars, *(_price_lines(prices) if has_prices else [])]
    first = periods["period"].iloc[0]
    last = pd.Timestamp(period_end(periods["period"].iloc[-1].date(), grain)) + pd.Timedelta(days=1)
    upper = {
        "yaxis2": {
            **axis(True),
            "domain": [0.55, 1],
            "anchor": "x",
            "title": axis_title(price_name),
            "tickformat": ",",
            "nticks": 5,
        }
    }
    has_legend = len(data) > 1 + has_prices
    layout = {
        **base_layout(touch, **({"b": LEGEND_BELOW} if has_legend else {})),
        "meta": grain,  # for exports, whose axis has a bar for every period
        "height": 470 if has_prices else 320,
        "showlegend": has_legend,
        "barmode": "relative" if measure == "abnormal" else "stack",
        "bargap": 0,
        "xaxis": {**time_axis(touch), "range": [first.isoformat(), last.isoformat()], "anchor": "y"},
        "yaxis": {
            **axis(True),
            "domain": [0, 0.47] if has_prices else [0, 1],
            "title": axis_title(UNITS[measure]),
            "tickformat": TICK_FORMATS[measure],
            "rangemode": "tozero",
            "nticks": 5,
            **(whole_ticks(periods[measure]) if measure in COUNTS else {}),
        },
        "yaxis3": {"overlaying": "y", "range": [0, 1], "visible": False, "fixedrange": True},
        **(upper if has_prices else {}),
    }
    return figure_of(data, layout)


def _price_lines(prices: pd.DataFrame) -> list[Trace]:
    """One line a column of the price table (index: session); the first in ink, the rest in the series' colours."""
    traces = []
    for n, name in enumerate(prices.columns):
        line = downsampled(prices[name].dropna())
        traces.append(
            {
                "type": "scatter",
                "x": line.index.to_numpy(),
                "y": line.to_numpy(),
                "yaxis": "y2",
                "mode": "lines",
                "name": str(name),
                "line": {"color": INK if n == 0 else SERIES[(n - 1) % len(SERIES)], "width": 1.8 if n == 0 else 1.4},
                "hovertemplate": f"%{{x|%-d %b %Y}}<br><b>{name}</b>: %{{y:,.2f}}<extra></extra>",
            }
        )
    return traces


def _down_bars(down: pd.DataFrame | None) -> list[Trace]:
    """Hatched days on which a source was down (columns day, sources)."""
    if down is None or down.empty:
        return []
    return [
        bar_trace(
            x=down["day"].to_numpy(),
            y=np.ones(len(down)),
            yaxis="y3",
            width=[DAY_MS] * len(down),
            offset=0,
            name="A source was down",
            marker={
                "color": "rgba(0,0,0,0)",
                "line": {"width": 0},
                "pattern": {"shape": "/", "fgcolor": MUTED, "size": 5, "solidity": 0.2},
            },
            hovertext=[
                f"{day_words(day)}<br>down: {sources}"
                for day, sources in zip(down["day"], down["sources"], strict=True)
            ],
            hovertemplate="%{hovertext}<extra></extra>",
        )
    ]


def coverage_chart(coverage: pd.DataFrame, *, down: pd.DataFrame | None = None, touch: bool = False) -> go.Figure:
    """All stories by day (columns day, stories, articles); days on which a source was down are hatched."""
    bars = bar_trace(
        x=coverage["day"].to_numpy(),
        y=coverage["stories"].to_numpy(),
        width=[DAY_MS] * len(coverage),
        offset=0,
        name="Stories",
        marker={"color": SERIES[0]},
        customdata=[str(Point(subject="", period=day.date())) for day in coverage["day"]],
        hovertext=[
            f"{period_words(day, 'day')}<br>{stories_and_articles(stories, articles)}"
            for day, stories, articles in zip(coverage["day"], coverage["stories"], coverage["articles"], strict=True)
        ],
        hovertemplate="%{hovertext}<extra></extra>",
        showlegend=False,
    )
    layout = {
        **base_layout(touch),
        "meta": "day",
        "height": 240,
        "bargap": 0,
        "xaxis": time_axis(touch),
        "yaxis": {
            **axis(True),
            "title": axis_title("stories a day"),
            "rangemode": "tozero",
            "nticks": 5,
            **whole_ticks(coverage["stories"]),
        },
        "yaxis3": {"overlaying": "y", "range": [0, 1], "visible": False, "fixedrange": True},
    }
    return figure_of([*_down_bars(down), bars], layout)
