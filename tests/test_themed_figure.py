"""What the page is given: a figure in the reader's theme that plotly has no reason to draw twice."""

from __future__ import annotations

import json

import numpy as np
import plotly.graph_objects as go
import plotly.io as pio
import pytest

from dashboard.charts.figures import axis, bar_trace, base_layout, time_axis
from dashboard.charts.lazy_figure import LazyFigure, figure_of
from dashboard.charts.palette import INK, SERIES, STAND_INS, theme_colours
from dashboard.charts.themed_figure import themed_figure


def chart() -> LazyFigure:
    bars = bar_trace(
        x=["2026-01-05", "2026-01-12"], y=np.array([0.25, np.nan]), marker={"color": SERIES[0]}, name="Micron"
    )
    line = {"type": "scatter", "x": [1], "y": [2], "line": {"color": INK}}
    return figure_of([bars, line], {**base_layout(False), "xaxis": time_axis(False), "yaxis": axis(True)})


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_page_s_figure_has_the_theme_s_colours(theme: str) -> None:
    sent = themed_figure(chart(), theme).to_dict()  # type: ignore[union-attr]
    colours = theme_colours(theme)  # type: ignore[arg-type]
    assert sent["data"][0]["marker"] == {"color": colours[SERIES[0]]}
    assert sent["data"][1]["line"] == {"color": colours[INK]}
    assert (sent["layout"]["paper_bgcolor"], sent["layout"]["font"]["color"]) == (colours["page"], colours[INK])
    assert not any(stand_in in json.dumps(sent) for stand_in in (*STAND_INS, INK))


def test_nothing_in_it_looks_new_to_plotly_when_it_is_given_twice() -> None:
    sent = json.loads(pio.to_json(themed_figure(chart(), "dark"), validate=False))
    assert "template" not in sent["layout"]
    assert sent["layout"]["datarevision"] == 1
    assert sent["data"][0]["y"] == [0.25, None]


def test_it_is_a_figure_that_plotly_accepts() -> None:
    go.Figure(themed_figure(chart(), "light").to_dict())  # type: ignore[union-attr]


def test_the_figure_itself_keeps_its_stand_ins() -> None:
    figure = chart()
    themed_figure(figure, "dark").to_dict()  # type: ignore[union-attr]
    assert figure.data[0].marker.color == SERIES[0]


def test_streamlit_colours_a_figure_that_plotly_has_parsed() -> None:
    parsed = chart()
    assert len(parsed.data) == 2
    assert themed_figure(parsed, "dark") is None
    assert themed_figure(go.Figure(), "dark") is None
    assert themed_figure(chart(), None) is None
