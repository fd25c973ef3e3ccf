"""The tables beside the network: pairs with their numbers, relations with product, date and source."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd

from dashboard.address.points import Point
from dashboard.formatting import day_words, escape, safe_href, signed
from dashboard.page_data.network import ends
from dashboard.tables import Column, Row
from data.catalog.records import Relation

EDGE_COLUMNS = [
    Column(label="One", kind="link"),
    Column(label="Other", kind="link"),
    Column(label="Stories", kind="count", title="Stories that name both; choose a number to list them"),
    Column(label="By chance", kind="number", title="Mean of the networks in which names were dealt anew", wide=True),
    Column(
        label="NPMI",
        kind="number",
        title="Normalised pointwise mutual information: 0 by chance, 1 never apart",
        wide=True,
    ),
    Column(label="q", kind="number", title="False discovery rate against the rewired networks"),
]


def edge_rows(
    edges: pd.DataFrame,
    *,
    names: Mapping[str, str],
    href: Callable[[str], str],
    point: Callable[[dict[str, Any]], Point],
) -> list[Row]:
    """One row an edge, the heaviest first."""
    return [
        Row(
            href=href(edge["a"]),
            cells=[
                {"text": names[edge["a"]]},
                {"text": names[edge["b"]], "href": href(edge["b"])},
                {"text": f"{edge['stories']:,}", "sort": int(edge["stories"]), "point": str(point(edge))},
                {"text": f"{edge['rewired']:.1f}", "sort": float(edge["rewired"])},
                {"text": signed(edge["npmi"], 2), "sort": float(edge["npmi"])},
                {"text": q_words(edge["q_rewired"]), "sort": -float(edge["q_rewired"])},
            ],
        )
        for edge in edges.to_dict("records")
    ]


def q_words(q: float) -> str:
    return "< 0.001" if q < 0.001 else f"{q:.3f}"


def edges_table(edges: pd.DataFrame, names: Mapping[str, str]) -> pd.DataFrame:
    """The edges for a file: both names, then all their numbers."""
    named = pd.DataFrame({"one": edges["a"].map(names), "other": edges["b"].map(names)}, index=edges.index)
    return pd.concat([named, edges], axis=1)


def pairs_table(edges: pd.DataFrame, names: Mapping[str, str]) -> pd.DataFrame:
    """Columns pair, stories that name both, by chance: what a chart of bars shows, the heaviest pair first."""
    pairs = [f"{names[a]} – {names[b]}" for a, b in zip(edges["a"], edges["b"], strict=True)]
    return pd.DataFrame(
        {"pair": pairs, "stories that name both": edges["stories"].to_numpy(), "by chance": edges["rewired"].to_numpy()}
    )


def relations_table(relations: Sequence[Relation], names: Mapping[str, str]) -> pd.DataFrame:
    """The relations for a file: supplier, customer, product, date, source, url."""
    rows = [(*(names[key] for key in ends(one)), one.product, one.date, one.source, one.url) for one in relations]
    return pd.DataFrame(rows, columns=["supplier", "customer", "product", "date", "source", "url"])


def relations_html(relations: Sequence[Relation], *, names: Mapping[str, str]) -> str:
    """The relations as a table whose sources open elsewhere."""
    head = "".join(f'<th scope="col">{label}</th>' for label in ("Supplier", "Customer", "Product", "Date", "Source"))
    rows = "".join(_relation_row(relation, names) for relation in relations)
    return f'<div class="cp-relations"><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'


def _relation_row(relation: Relation, names: Mapping[str, str]) -> str:
    supplier, customer = (escape(names[key]) for key in ends(relation))
    address, source = safe_href(relation.url), escape(relation.source)
    linked = f'<a href="{address}" target="_blank" rel="noopener noreferrer">{source}</a>' if address else source
    return (
        f'<tr><th scope="row">{supplier}</th><td>{customer}</td><td>{escape(relation.product)}</td>'
        f"<td>{day_words(relation.date)}</td><td>{linked}</td></tr>"
    )
