"""
The parts of the Network page beside its drawing.

    keyboard   lines and names one after the other, over a canvas that cannot say what is in it
    tables     pairs with their numbers; relations with product, date and source
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import orjson
import pandas as pd
import streamlit as st

from dashboard.address.points import Point
from dashboard.charts.network import edge_words, pair_name, relation_words, room
from dashboard.components.custom import ASSETS, STEER, Column, TableRow
from dashboard.formatting import day_words, escape, p_value, signed, story_count, web_link
from dashboard.page_data.network import Drawing, ends
from data.catalog.records import Relation

KEYBOARD_KEY = "network_keys"

_keyboard = st.components.v2.component(
    "chokepoint_network_keys",
    html='<div tabindex="0" role="application"></div>',
    css=(ASSETS / "netkeys.css").read_text("utf-8"),
    js=STEER + (ASSETS / "netkeys.js").read_text("utf-8"),
)


def network_keyboard(
    drawing: Drawing,
    points: Sequence[Point],
    *,
    names: Mapping[str, str],
    label: str,
    touch: bool,
    on_line: Callable[[str], None],
    on_name: Callable[[str], None],
) -> None:
    """One stop of Tab for the whole network; `points` are the drawing's edges, whose stories `on_line` lists."""
    data = keyboard_data(drawing, points, names=names, label=label, touch=touch)
    _keyboard(
        key=KEYBOARD_KEY,
        data={"json": orjson.dumps(data).decode()},
        on_line_change=lambda: on_line(st.session_state[KEYBOARD_KEY].line),
        on_name_change=lambda: on_name(st.session_state[KEYBOARD_KEY].name),
    )


def keyboard_data(
    drawing: Drawing, points: Sequence[Point], *, names: Mapping[str, str], label: str, touch: bool
) -> dict[str, Any]:
    """The input of assets/netkeys.js: everything that is drawn, where, and in words."""
    nodes = drawing.places.reset_index(names="key").to_dict("records")
    number = {row["key"]: n for n, row in enumerate(nodes)}
    scale = 0.6 if touch else 1.0
    return {
        "label": label,
        "aspect": drawing.aspect,
        "room": room(touch),
        "names": [
            {
                "x": row["x"],
                "y": row["y"],
                "size": row["size"] * scale,
                "key": row["key"],
                "text": [names[row["key"]], f"{story_count(int(row['stories']))}; Enter centres the network on it"],
            }
            for row in nodes
        ],
        "lines": [
            {
                "ends": [number[edge["a"]], number[edge["b"]]],
                "text": [pair_name(edge["a"], edge["b"], names), edge_words(edge)],
                "stories": str(point),
            }
            for edge, point in zip(drawing.edges.to_dict("records"), points, strict=True)
        ],
        "arrows": [
            {"ends": [number[end] for end in ends(relation)], "text": relation_words(relation, names)}
            for relation in drawing.relations
        ],
    }


EDGE_COLUMNS = [
    Column(label="Subject", kind="link"),
    Column(label="With", kind="link"),
    Column(label="Stories", kind="count", title="Stories that mention both; choose a number to list them"),
    Column(label="By chance", kind="number", title="Mean across the randomised networks", wide=True),
    Column(
        label="NPMI",
        kind="number",
        title="Normalised pointwise mutual information: 0 by chance, 1 never apart",
        wide=True,
    ),
    Column(label="q", kind="number", title="False discovery rate against the randomised networks"),
]


def edge_rows(
    edges: pd.DataFrame,
    *,
    names: Mapping[str, str],
    href: Callable[[str], str],
    point: Callable[[dict[str, Any]], Point],
) -> list[TableRow]:
    """One row an edge, the heaviest first."""
    return [
        TableRow(
            href=href(edge["a"]),
            cells=[
                {"text": names[edge["a"]]},
                {"text": names[edge["b"]], "href": href(edge["b"])},
                {"text": f"{edge['stories']:,}", "sort": int(edge["stories"]), "point": str(point(edge))},
                {"text": f"{edge['rewired']:.1f}", "sort": float(edge["rewired"])},
                {"text": signed(edge["npmi"], 2), "sort": float(edge["npmi"])},
                {"text": p_value(edge["q_rewired"]), "sort": -float(edge["q_rewired"])},
            ],
        )
        for edge in edges.to_dict("records")
    ]


def edges_table(edges: pd.DataFrame, names: Mapping[str, str]) -> pd.DataFrame:
    """The edges for a file: both names, then all their numbers."""
    both = pd.DataFrame({"one": edges["a"].map(names), "other": edges["b"].map(names)}, index=edges.index)
    return pd.concat([both, edges], axis=1)


def pairs_table(edges: pd.DataFrame, names: Mapping[str, str]) -> pd.DataFrame:
    """Columns pair, stories that mention both, by chance: what a chart of bars shows, the heaviest pair first."""
    pairs = [pair_name(a, b, names) for a, b in zip(edges["a"], edges["b"], strict=True)]
    numbers = {"stories that mention both": edges["stories"].to_numpy(), "by chance": edges["rewired"].to_numpy()}
    return pd.DataFrame({"pair": pairs, **numbers})


def relations_table(relations: Sequence[Relation], names: Mapping[str, str]) -> pd.DataFrame:
    """The relations for a file: supplier, customer, product, date, source, url."""
    rows = [
        (*(names[key] for key in ends(relation)), relation.product, relation.date, relation.source, relation.url)
        for relation in relations
    ]
    return pd.DataFrame(rows, columns=["supplier", "customer", "product", "date", "source", "url"])


def relations_html(relations: Sequence[Relation], *, names: Mapping[str, str]) -> str:
    """The relations as a table with links to their sources."""
    head = "".join(f'<th scope="col">{label}</th>' for label in ("Supplier", "Customer", "Product", "Date", "Source"))
    rows = "".join(_relation_row(relation, names) for relation in relations)
    return f'<div class="cp-relations"><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'


def _relation_row(relation: Relation, names: Mapping[str, str]) -> str:
    supplier, customer = (escape(names[key]) for key in ends(relation))
    return (
        f'<tr><th scope="row">{supplier}</th><td>{customer}</td><td>{escape(relation.product)}</td>'
        f"<td>{day_words(relation.date)}</td><td>{web_link(relation.url, escape(relation.source))}</td></tr>"
    )
