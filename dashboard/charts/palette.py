"""
The charts' colours, each with one meaning.

    SERIES   parts and lines side by side, in order         INK    the price or basket
    OTHER    all smaller parts                              MUTED  what is missing
    NO_PART  stories that mention no part                   heat   above the expected level warm, below cool

The first ten are stand-ins: Streamlit's frontend replaces them by the theme's `chartCategoricalColors`
(dashboard/.streamlit/config.toml), so that a change between dark and light needs no new chart. `with_theme` does the
same for charts drawn outside the app.
"""

from __future__ import annotations

import json
import math
import tomllib
from collections.abc import Iterable
from functools import cache
from typing import Literal

import numpy as np
import plotly.graph_objects as go

from dashboard import STREAMLIT_CONFIG

STAND_INS = tuple(f"#{number:06d}" for number in range(1, 11))
SERIES = STAND_INS[:8]
OTHER, NO_PART = STAND_INS[8:]
INK = "#000037"  # the theme's text
GRID = "rgba(128,140,155,0.22)"
MUTED = "rgba(128,140,155,0.9)"

WARM, COOL = (214, 106, 24), (58, 124, 196)
COLDEST, WARMEST = (f"#{red:02X}{green:02X}{blue:02X}" for red, green, blue in (COOL, WARM))
STRONG = 4.0
"""The abnormal attention (z) at which a heat cell has its full colour."""

FAINT, FULL = 0.08, 0.95


def heat_colours(abnormal: Iterable[float]) -> list[str]:
    """A colour a value: warm above the expected level, cool below, stronger with distance; nearly none for NaN."""
    return [_heat(value) for value in np.fromiter(abnormal, dtype=float).tolist()]


def _heat(value: float) -> str:
    if math.isnan(value):
        return "rgba(128,140,155,0.06)"
    red, green, blue = WARM if value > 0 else COOL
    return f"rgba({red},{green},{blue},{FAINT + (FULL - FAINT) * min(abs(value) / STRONG, 1):.2f})"


def heat_on_paper(value: float) -> str:
    """The cell's colour on white, as #RRGGBB: a file's cells have no transparency."""
    if math.isnan(value):
        return "#FFFFFF"
    strength = FAINT + (FULL - FAINT) * min(abs(value) / STRONG, 1)
    return "#" + "".join(f"{round(255 - (255 - part) * strength):02X}" for part in (WARM if value > 0 else COOL))


ABOVE, BELOW = heat_colours([STRONG, -STRONG])
"""More than expected, less than expected."""


@cache
def theme_colours(theme: Literal["light", "dark"]) -> dict[str, str]:
    """The theme's colour for each stand-in, and for INK, the page and its borders."""
    settings = tomllib.loads(STREAMLIT_CONFIG.read_text("utf-8"))["theme"][theme]
    colours = dict(zip(STAND_INS, settings["chartCategoricalColors"], strict=True))
    return {
        **colours,
        INK: settings["textColor"],
        "page": settings["backgroundColor"],
        "border": settings["borderColor"],
    }


def with_theme(figure: go.Figure, theme: Literal["light", "dark"]) -> go.Figure:
    """The figure in a theme's own colours, for a chart outside the app."""
    text = figure.to_json()
    colours = theme_colours(theme)
    for stand_in in (*STAND_INS, INK):
        text = text.replace(stand_in, colours[stand_in])
    page = {"paper_bgcolor": colours["page"], "plot_bgcolor": colours["page"], "font": {"color": colours[INK]}}
    return go.Figure(json.loads(text)).update_layout(template="none", **page)
