"""
A figure in the colours of the reader's theme, as the page is given it: the browser then draws it once.

Where Streamlit colours a chart, in the browser, it hands the same chart to plotly a second time, as a copy with a template. Plotly
takes any template for a change and draws everything anew. A figure that brings its own colours needs none; and that the copy's
data are the same is known by `datarevision`, for lists of values: packed arrays it compares one with the other.
The third thing in its way is a width that is no whole number: assets/style.css.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import numpy as np
import plotly.graph_objects as go

from dashboard.charts.lazy_figure import LazyFigure
from dashboard.palette import INK, theme_colours

Theme = Literal["light", "dark"]

FONT, SIZE = '"Source Sans", sans-serif', 10.5


def dressed(figure: go.Figure, theme: str | None) -> go.Figure | None:
    """The figure for the page; None where only Streamlit can colour it: the theme is not known, or plotly has made it already."""
    plain = figure.unmade() if isinstance(figure, LazyFigure) else None
    return Dressed(*plain, theme) if plain and theme in ("light", "dark") else None  # type: ignore[arg-type]


class Dressed(LazyFigure):
    """Traces and layout with a theme's colours in the place of the stand-ins."""

    def __init__(self, data: list[dict[str, Any]], layout: dict[str, Any], theme: Theme) -> None:
        super().__init__(data, layout)
        vars(self)["_colours"] = theme_colours(theme)

    def to_dict(self) -> dict[str, Any]:
        """What goes to the page. To be read only."""
        plain, colours = self.unmade(), vars(self)["_colours"]
        if plain is None:
            return super().to_dict()
        data, layout = plain
        return {
            "data": [_coloured(trace, colours) for trace in data],
            "layout": _coloured(_whole(layout, colours), colours),
        }


def _whole(layout: Mapping[str, Any], colours: Mapping[str, str]) -> dict[str, Any]:
    """The layout with what Streamlit's template would have said."""
    axes = {name: _axis(name) | value for name, value in layout.items() if name[:5] in ("xaxis", "yaxis")}
    font = {"family": FONT, "size": SIZE, "color": INK}
    hover = {"font": font, "bgcolor": colours["page"], "bordercolor": colours["border"]}
    return {
        **layout,
        **axes,
        "font": font,
        "paper_bgcolor": colours["page"],
        "plot_bgcolor": colours["page"],
        "hoverlabel": {**layout.get("hoverlabel", {}), **hover},
        "clickmode": "event+select",  # else Streamlit puts it in, which is a change
        "datarevision": 1,
    }


def _axis(name: str) -> dict[str, Any]:
    if name.startswith("x"):
        return {"automargin": True, "showgrid": False, "zeroline": False}
    return {"automargin": True, "zerolinecolor": "rgba(128,140,155,0.35)"}


def _coloured(values: Mapping[str, Any], colours: Mapping[str, str]) -> dict[str, Any]:
    return {name: _value(value, colours) for name, value in values.items()}


def _value(value: Any, colours: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return _coloured(value, colours)
    if isinstance(value, str):
        return colours.get(value, value)
    return value.tolist() if isinstance(value, np.ndarray) and value.dtype.kind in "iuf" else value
