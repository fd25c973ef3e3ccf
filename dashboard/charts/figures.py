"""The parts of every figure: axes, layout, hover text, periods as plotly expects them. No Streamlit here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from dashboard.charts.lazy_figure import Trace
from dashboard.charts.palette import GRID, INK
from dashboard.formatting import count_words, percent, period_end, period_words, signed, story_count

MOST_POINTS = 5_000
DAY_MS = 86_400_000
BAR_FILLS = {"day": 1.0, "week": 0.94, "month": 0.97}
"""The part of its period that a bar fills: a thin gap between bars that are wide enough for one."""
TICK_FORMATS = {"share": ".1~%", "stories": ",~", "articles": ",~", "abnormal": "~"}


def bar_trace(**values: Any) -> Trace:
    # No text on the bars: plotly then skips its fonts, three for each trace.
    return {"type": "bar", "textposition": "none", **values}


MARGIN = {"l": 58, "r": 36, "t": 18, "b": 41, "pad": 2}
"""On the right there is room for the chart's tools, which stand in a column beside the plot."""
LEGEND_BELOW, LEGEND_ABOVE = 82, 45  # the margin with one row of legend
LETTER = 5.3  # pixels of a letter in a name beside the axis, a little more than the mean


def base_layout(touch: bool, **margin: float) -> dict[str, object]:
    """The layout that all figures share; `margin` has the sides that need more room."""
    # As much as the labels take: with less, plotly draws everything, notices, and draws everything once more.
    # Text, grid and background colours come from the app's theme in the browser; what is set here holds in both themes.
    return {
        "margin": MARGIN | margin,
        "hovermode": "closest",
        "dragmode": False if touch else "zoom",
        "legend": {
            "orientation": "h",
            "yanchor": "top",
            "y": -0.1,
            "x": 0,
            "font": {"size": 11},
            "traceorder": "normal",
        },
        "hoverlabel": {"align": "left", "namelength": -1},
        "separators": ".,",
        "modebar": {"orientation": "v"},
        "uirevision": "stay",
    }


def axis(fixed: bool) -> dict[str, object]:
    # Fixed axes let a finger scroll the page over the chart. Labels are measured one by one unless they may overflow.
    return {
        "fixedrange": fixed,
        "ticklabeloverflow": "allow",
        "gridcolor": GRID,
        "tickfont": {"size": 11, "color": INK},
    }


def time_axis(touch: bool) -> dict[str, object]:
    """Days from left to right; the default margin has room for two rows of labels and for half of the last one."""
    # Without automargin, or nearly every chart over time is drawn a second time for a label that is wider than the
    # margin.
    return {**axis(touch), "type": "date", "showgrid": False, "automargin": False}


def whole_ticks(values: Sequence[float] | np.ndarray) -> dict[str, object]:
    """For an axis of counts: with a largest count below five, plotly would write 0.5, 1, 1.5."""
    known = np.asarray(values, dtype=float)
    return {"dtick": 1} if not known.size or np.nanmax(known, initial=0.0) < 5 else {}


def axis_title(text: str) -> dict[str, object]:
    return {"text": text, "standoff": 8, "font": {"size": 11, "color": INK}}


def is_touch(user_agent: str) -> bool:
    """Whether the browser says that it runs on a phone or tablet."""
    return "Mobi" in user_agent or "Android" in user_agent


def downsampled(series: pd.Series, most: int = MOST_POINTS) -> pd.Series:
    """At most `most` points, the last one always among them."""
    step = -(-len(series) // most)
    return series if step <= 1 else series.iloc[::-step].iloc[::-1]


Periods = pd.DataFrame | Mapping[str, np.ndarray]
"""
Columns by name; as arrays where there are many small ones, since taking a column out of a frame is slower than reading
it.
"""


def by_subject(table: pd.DataFrame, order: Sequence[str]) -> dict[str, dict[str, np.ndarray]]:
    """Each subject's rows, as arrays by column."""
    subject = table["subject"].to_numpy(dtype=object)
    columns = {str(name): table[name].to_numpy() for name in table if name != "subject"}
    return {key: {name: values[subject == key] for name, values in columns.items()} for key in order}


def period_days(periods: Periods) -> list[date]:
    days: list[date] = np.asarray(periods["period"]).astype("datetime64[D]").tolist()
    return days


def period_starts(periods: Periods) -> list[str]:
    return [day.isoformat() for day in period_days(periods)]


def period_widths(periods: Periods, grain: str) -> list[int]:
    """The length of each period in milliseconds, so that a bar covers the days that it counts."""
    days = period_days(periods)
    lengths = {day: ((period_end(day, grain) - day).days + 1) * DAY_MS for day in dict.fromkeys(days)}
    return [round(lengths[day] * BAR_FILLS[grain]) for day in days]


PALE, CUT = 0.45, " (cut by the dates)"


def cut_opacity(periods: Periods) -> dict[str, list[float]]:
    """For a marker: the periods that the dates cut are paler. Nothing where none is, which is cheaper to draw."""
    complete = np.asarray(periods["complete"], dtype=bool)
    return {} if complete.all() else {"opacity": np.where(complete, 1.0, PALE).tolist()}


def stories_and_articles(stories: int, articles: int) -> str:
    """1 story, 2 articles; the stories in bold"""
    return f"<b>{stories:,}</b> {'story' if stories == 1 else 'stories'}, {count_words(articles, 'article')}"


def period_hover(periods: Periods, grain: str) -> list[str]:
    days = period_days(periods)
    cut = (
        set(np.asarray(days, dtype=object)[~np.asarray(periods["complete"], dtype=bool)])
        if "complete" in periods
        else ()
    )
    words = {day: period_words(day, grain) + (CUT if day in cut else "") for day in dict.fromkeys(days)}
    numbers = (
        np.asarray(periods[name]).tolist() for name in ("stories", "articles", "all_stories", "share", "abnormal")
    )
    return [
        f"{words[day]}<br><b>{percent(share, 2)}</b> of all {story_count(all_n)}"
        f"<br>{stories_and_articles(n, articles)}<br>abnormal attention <b>{signed(abnormal)}</b>"
        for day, n, articles, all_n, share, abnormal in zip(days, *numbers, strict=True)
    ]
