"""
The network as a drawing: for the page (ECharts, whose lines can be clicked) and for files (plotly).

    drawing, names, colours → network_spec · network_figure

Lines: mentioned together, wider with more weight. Dashed arrows: supplier → customer.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.lazy_figure import figure_of
from dashboard.charts.palette import INK, NO_PART, OTHER, SERIES, theme_colours
from dashboard.formatting import escape, story_count
from dashboard.page_data.network import Drawing, edge_widths, ends
from data.catalog.records import Relation

RELATION = "#D66A18"
BEYOND_CHANCE = "rgba(128,140,155,0.85)"
MAYBE_CHANCE = "rgba(128,140,155,0.32)"
SCALE = 100  # ECharts units in a drawing unit
OTHERS = "Others"
FONT = '"Source Sans", sans-serif'

Groups = Mapping[str, str]


def grouped(groups: Groups) -> dict[str, str]:
    """Subject → its group if that is one of the seven largest, else "Others"."""
    sizes = pd.Series(list(groups.values()), dtype=object).value_counts()
    largest = sorted(sizes.index, key=lambda name: (-sizes[name], name))[: len(SERIES) - 1]
    return {key: name if name in largest else OTHERS for key, name in groups.items()}


def group_colours(groups: Groups) -> dict[str, str]:
    """Group → stand-in colour, the largest first; grey for the others."""
    sizes = pd.Series(list(groups.values()), dtype=object).value_counts()
    largest = sorted((name for name in sizes.index if name != OTHERS), key=lambda name: (-sizes[name], name))
    return dict(zip(largest, SERIES, strict=False)) | ({OTHERS: OTHER} if OTHERS in sizes.index else {})


def network_spec(
    drawing: Drawing,
    *,
    names: Mapping[str, str],
    groups: Groups,
    theme: Literal["light", "dark"],
    touch: bool,
) -> dict[str, Any]:
    """The page's drawing. Its links are first the edges, then the relations, both in the drawing's order."""
    theme_colour, colours = theme_colours(theme), group_colours(groups)
    nodes, scale = drawing.places.reset_index(names="key").to_dict("records"), 0.6 if touch else 1.0
    ink, page, border = theme_colour[INK], theme_colour["page"], theme_colour[NO_PART]
    small = {"color": ink, "fontSize": 11}
    outline = {"textBorderColor": page, "textBorderWidth": 2}
    return {
        "animation": False,
        "textStyle": {"fontFamily": FONT},
        "tooltip": {
            "confine": True,
            "backgroundColor": page,
            "borderColor": border,
            "textStyle": {**small, "fontSize": 12},
        },
        "legend": {
            "data": list(colours), "top": 0, "left": 0, "right": 0, "type": "scroll", "textStyle": small,
            "itemHeight": 9, "itemWidth": 14, "show": len(colours) > 1,
        },
        "series": [
            {
                "type": "graph",
                "layout": "none",
                "preserveAspect": "contain",  # circles stay round where the window is not as wide as expected
                **room(touch),
                "roam": False,  # the wheel scrolls the page
                "selectedMode": "single",
                "select": {
                    "lineStyle": {"color": theme_colour[SERIES[0]], "opacity": 1},
                    "itemStyle": {"borderColor": ink, "borderWidth": 2},
                },
                "emphasis": {"focus": "adjacency", "label": {"show": True}},
                "label": {**small, **outline, "show": True, "position": "right", "formatter": "{b}"},
                "labelLayout": {"hideOverlap": touch},
                "categories": [
                    {"name": group, "itemStyle": {"color": theme_colour[colour]}} for group, colour in colours.items()
                ],
                "data": [*(_node(row, names, groups, scale) for row in nodes), *_corners(drawing.aspect)],
                "links": [*_edges(drawing, names), *_relations(drawing, names)],
            }
        ],
    }  # fmt: skip


def room(touch: bool) -> dict[str, int]:
    """The pixels around the drawing: for the legend, and for names on the right."""
    return {"top": 44, "bottom": 18, "left": 24, "right": 84 if touch else 110}


def pair_name(a: str, b: str, names: Mapping[str, str]) -> str:
    return f"{names[a]} – {names[b]}"


def edge_words(edge: Mapping[str, Any]) -> str:
    """9 stories mention both; 1.2 by chance"""
    verb = "mentions" if edge["stories"] == 1 else "mention"
    return f"{story_count(edge['stories'])} {verb} both; {edge['rewired']:.1f} by chance"


def relation_words(relation: Relation, names: Mapping[str, str]) -> list[str]:
    """Supplier and customer, the product, the date and source of the report."""
    supplier, customer = ends(relation)
    reported = f"{relation.date.isoformat()}, {relation.source}"
    return [f"{names[supplier]} → {names[customer]}", relation.product, reported]


def _tooltip(title: str, *lines: str) -> dict[str, str]:
    return {"formatter": "<br>".join([f"<b>{escape(title)}</b>", *map(escape, lines)])}


def _node(row: Mapping[str, Any], names: Mapping[str, str], groups: Groups, scale: float) -> dict[str, Any]:
    key, count = row["key"], int(row["stories"])
    return {
        "id": key,
        "name": names[key],
        "x": round(row["x"] * SCALE, 1),
        "y": round(row["y"] * SCALE, 1),
        "symbolSize": round(row["size"] * scale, 1),
        "category": groups[key],
        "tooltip": _tooltip(names[key], f"{story_count(count)}; click to centre the network on it"),
    }


def _corners(aspect: float) -> list[dict[str, Any]]:
    """Two invisible nodes: ECharts stretches the extent of all nodes, and two subjects in a row have no height."""
    off = {"show": False}
    hidden: dict[str, Any] = {"symbolSize": 0, "name": "", "label": off, "tooltip": off, "select": {"disabled": True}}
    return [{**hidden, "id": f"corner{side}", "x": side * aspect * SCALE, "y": side * SCALE} for side in (-1, 1)]


def _edges(drawing: Drawing, names: Mapping[str, str]) -> list[dict[str, Any]]:
    return [
        {
            "source": edge["a"],
            "target": edge["b"],
            "lineStyle": {"width": width, "color": edge_colour(edge), "opacity": 1},
            "tooltip": _tooltip(pair_name(edge["a"], edge["b"], names), edge_words(edge), "click to list them"),
        }
        for edge, width in zip(drawing.edges.to_dict("records"), edge_widths(drawing.edges), strict=True)
    ]


def _relations(drawing: Drawing, names: Mapping[str, str]) -> list[dict[str, Any]]:
    return [
        {
            "source": ends(relation)[0],
            "target": ends(relation)[1],
            "symbol": ["none", "arrow"],
            "symbolSize": 8,
            "lineStyle": {"type": "dashed", "color": RELATION, "width": 1.4, "opacity": 0.9, "curveness": 0.16},
            "tooltip": _tooltip(*relation_words(relation, names)),
        }
        for relation in drawing.relations
    ]


def edge_colour(edge: Mapping[str, Any]) -> str:
    return BEYOND_CHANCE if edge["beats"] else MAYBE_CHANCE


def network_figure(drawing: Drawing, *, names: Mapping[str, str], groups: Groups) -> go.Figure:
    """The same for a file: subjects as markers, lines and arrows between them."""
    places = drawing.places
    at = dict(zip(places.index, zip(places["x"].tolist(), places["y"].tolist(), strict=True), strict=True))
    layout = {
        "shapes": [
            _line(edge, width, at)
            for edge, width in zip(drawing.edges.to_dict("records"), edge_widths(drawing.edges), strict=True)
        ],
        "annotations": [*_arrows(drawing, at), *_labels(places, names)],
        "height": 620,
        "xaxis": {"visible": False},
        "yaxis": {"visible": False},
        "margin": {"l": 8, "r": 90, "t": 8, "b": 8},
        "legend": {"orientation": "h"},
    }
    traces = [
        _markers(places[[groups[key] == group for key in places.index]], group, colour, names)
        for group, colour in group_colours(groups).items()
    ]
    # All at once: added one by one, plotly validates all traces again each time, which takes seconds.
    return figure_of(traces, layout)


def _markers(places: pd.DataFrame, group: str, colour: str, names: Mapping[str, str]) -> dict[str, Any]:
    return {
        "type": "scatter",
        "x": places["x"].to_numpy(),
        "y": -places["y"].to_numpy(),
        "mode": "markers",
        "name": group,
        "marker": {"color": colour, "size": places["size"].tolist()},
        "hovertext": [f"{escape(names[key])}: {story_count(count)}" for key, count in places["stories"].items()],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }


def _line(edge: Mapping[str, Any], width: float, at: Mapping[str, tuple[float, float]]) -> dict[str, Any]:
    (x0, y0), (x1, y1) = at[edge["a"]], at[edge["b"]]
    line = {"color": edge_colour(edge), "width": width}
    return {"type": "line", "x0": x0, "y0": -y0, "x1": x1, "y1": -y1, "layer": "below", "line": line}


def _arrows(drawing: Drawing, at: Mapping[str, tuple[float, float]]) -> list[dict[str, Any]]:
    arrow = {"arrowhead": 2, "arrowsize": 1, "arrowwidth": 1.2, "arrowcolor": RELATION, "standoff": 7, "text": ""}
    pairs = [(at[supplier], at[customer]) for supplier, customer in dict.fromkeys(map(ends, drawing.relations))]
    axes = {"xref": "x", "yref": "y", "axref": "x", "ayref": "y"}
    return [{"x": head[0], "y": -head[1], "ax": tail[0], "ay": -tail[1], **axes, **arrow} for tail, head in pairs]


def _labels(places: pd.DataFrame, names: Mapping[str, str]) -> list[dict[str, Any]]:
    beside = {"showarrow": False, "xanchor": "left", "font": {"size": 11}}
    return [
        {"x": row["x"], "y": -row["y"], "text": escape(names[key]), "xshift": row["size"] / 2 + 3, **beside}
        for key, row in zip(places.index, places.to_dict("records"), strict=True)
    ]
