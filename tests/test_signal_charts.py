from __future__ import annotations

import numpy as np
import pandas as pd

from dashboard.charts.signals import MOST_LINES, chance_band, lag_chart, path_chart

DAYS = np.arange(-5, 21)


def path(mean: float = 0.01) -> pd.DataFrame:
    values = np.full(len(DAYS), mean)
    return pd.DataFrame({"day": DAYS, "caar": values, "low": values - 0.01, "high": values + 0.01})


def lines(number: int) -> pd.DataFrame:
    return pd.DataFrame(
        np.outer(np.arange(1, number + 1), np.linspace(0, 0.05, len(DAYS))), columns=pd.Index(DAYS, name="day")
    )


def test_the_frame_holds_the_mean_and_its_range_and_cuts_the_movers() -> None:
    low, high = path_chart(path(), lines(30), pd.DataFrame()).layout.yaxis.range
    assert low <= 0.0 and 2.0 <= high < 5.0  # in %; the movers go to 150


def test_the_lines_are_those_that_moved_furthest_and_a_click_names_their_stories() -> None:
    named = {event: (f"Company {event}", f"company:c{event}~2026-05-04") for event in range(100)}
    figure = path_chart(path(), lines(100), pd.DataFrame(), events=named)
    own = [trace for trace in figure.data if trace.customdata is not None]
    assert len(own) == MOST_LINES
    assert own[0].customdata[0] == "company:c99~2026-05-04" and "Company 99" in own[0].hovertemplate


def test_without_a_known_value_nothing_is_framed() -> None:
    empty = path().assign(caar=np.nan, low=np.nan, high=np.nan)
    assert path_chart(empty, lines(0), pd.DataFrame()).layout.yaxis.range is None


def test_only_a_believed_lag_has_a_colour_and_both_sides_say_who_comes_first() -> None:
    table = pd.DataFrame({"lag": [-1, 0, 1], "correlation": [0.1, 0.2, 0.3], "se": [0.1] * 3})
    figure = lag_chart(chance_band(table, 2.5), significant=1)
    colours = figure.data[-1].marker.color
    assert colours[0] == colours[1] != colours[2]
    assert figure.layout.xaxis.title.text.startswith("← price first") and figure.layout.xaxis.title.text.endswith(
        "coverage first →"
    )


def test_a_finger_scrolls_the_page_over_the_charts() -> None:
    table = chance_band(pd.DataFrame({"lag": [0], "correlation": [0.1], "se": [0.1]}), 2.5)
    for figure in (
        lag_chart(table, significant=None, touch=True),
        path_chart(path(), lines(1), pd.DataFrame(), touch=True),
    ):
        assert figure.layout.dragmode is False and figure.layout.xaxis.fixedrange and figure.layout.yaxis.fixedrange


def test_a_bar_leaves_the_band_only_where_its_t_exceeds_the_verdicts() -> None:
    table = pd.DataFrame({"lag": [-1, 1, 2], "correlation": [0.19, -0.26, 0.24], "se": [0.1, 0.1, 0.1]})
    band = chance_band(table.assign(t=table["correlation"] / table["se"]), 2.5)
    outside = (band["correlation"] < band["chance_low"]) | (band["correlation"] > band["chance_high"])
    assert outside.tolist() == (band["t"].abs() > 2.5).tolist() == [False, True, False]
    drawn = lag_chart(band, significant=None)
    assert list(drawn.data[0].y) == [0.25] * 3 and "where chance lies" in drawn.data[1].name
