"""
A figure sent to the page in the colours of the reader's theme, so that the browser draws it once.

When Streamlit colours a chart in the browser, it hands plotly the same chart again, as a copy with a template. Plotly
treats any template as a change and draws everything again. A figure with its own colours needs no template.
`datarevision` says that the copy's data are unchanged, which works for lists of values; packed arrays would be compared
one by one. A fractional width would also have it drawn twice: see assets/style.css.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import numpy as np
import plotly.graph_objects as go

from dashboard.charts.lazy_figure import LazyFigure
from dashboard.charts.palette import INK, theme_colours

Theme = Literal["light", "dark"]

FONT, SIZE = '"Source Sans", sans-serif', 10.5


def themed_figure(figure: go.Figure, theme: str | None) -> go.Figure | None:
    """
    The figure for the page; None where only Streamlit can colour it: an unknown theme, or a figure parsed by plotly.
    """
    unparsed = figure.unparsed() if isinstance(figure, LazyFigure) else None
    return ThemedFigure(*unparsed, theme) if unparsed and theme in ("light", "dark") else None  # type: ignore[arg-type]


class ThemedFigure(LazyFigure):
    """Traces and layout with a theme's colours instead of the stand-ins."""

    def __init__(self, data: list[dict[str, Any]], layout: dict[str, Any], theme: Theme) -> None:
        super().__init__(data, layout)
        vars(self)["_colours"] = theme_colours(theme)

    def to_dict(self) -> dict[str, Any]:
        """What is sent to the page, for reading only."""
        unparsed, colours = self.unparsed(), vars(self)["_colours"]
        if unparsed is None:
            return super().to_dict()
        data, layout = unparsed
        layout = _with_template_values(layout, colours)
        return {"data": [_coloured(trace, colours) for trace in data], "layout": _coloured(layout, colours)}


def _with_template_values(layout: Mapping[str, Any], colours: Mapping[str, str]) -> dict[str, Any]:
    """The layout with the values that Streamlit's template would have set."""
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
        "clickmode": "event+select",  # otherwise Streamlit adds it, which is a change
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
