"""The network by keyboard: its lines and names one after the other, over a drawing that cannot say what is in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import orjson
import streamlit as st

from dashboard.address.points import Point
from dashboard.charts.network import edge_words, pair_words, relation_words, room
from dashboard.components.custom import ASSETS, STEER
from dashboard.formatting import stories
from dashboard.page_data.network import Drawing, ends

KEY = "network_keys"

_keys = st.components.v2.component(
    "chokepoint_network_keys",
    html='<div tabindex="0" role="application"></div>',
    css=(ASSETS / "netkeys.css").read_text("utf-8"),
    js=STEER + (ASSETS / "netkeys.js").read_text("utf-8"),
)


def network_keys(
    drawing: Drawing,
    points: Sequence[Point],
    *,
    names: Mapping[str, str],
    label: str,
    touch: bool,
    on_line: Callable[[str], None],
    on_name: Callable[[str], None],
) -> None:
    """One stop of Tab for the whole network; `points` are the drawing's edges, whose stories are told by `on_line`."""
    data = network_data(drawing, points, names=names, label=label, touch=touch)
    _keys(
        key=KEY,
        data={"json": orjson.dumps(data).decode()},
        on_line_change=lambda: on_line(st.session_state[KEY].line),
        on_name_change=lambda: on_name(st.session_state[KEY].name),
    )


def network_data(
    drawing: Drawing, points: Sequence[Point], *, names: Mapping[str, str], label: str, touch: bool
) -> dict[str, Any]:
    """What assets/netkeys.js is given: everything that is drawn, where, and in words."""
    places = drawing.places.reset_index(names="key").to_dict("records")
    number = {row["key"]: n for n, row in enumerate(places)}
    size = 0.6 if touch else 1.0
    return {
        "label": label,
        "aspect": drawing.aspect,
        "room": room(touch),
        "names": [
            {
                "x": row["x"],
                "y": row["y"],
                "size": row["size"] * size,
                "key": row["key"],
                "text": [names[row["key"]], f"{stories(int(row['stories']))}; Enter goes around it"],
            }
            for row in places
        ],
        "lines": [
            {
                "ends": [number[edge["a"]], number[edge["b"]]],
                "text": [pair_words(edge["a"], edge["b"], names), edge_words(edge)],
                "stories": str(point),
            }
            for edge, point in zip(drawing.edges.to_dict("records"), points, strict=True)
        ],
        "arrows": [
            {"ends": [number[end] for end in ends(relation)], "text": relation_words(relation, names)}
            for relation in drawing.relations
        ],
    }
