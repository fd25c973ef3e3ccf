"""Who is mentioned together more often than chance predicts, and who supplies whom."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from analysis.network import LARGEST_STORY
from dashboard.address.points import Point
from dashboard.charts.network import grouped, network_figure, network_spec
from dashboard.components.controls import finish_controls, keep_choice, keep_choices
from dashboard.components.custom import subject_table
from dashboard.components.downloads import export_menu
from dashboard.components.frame import current_frame, empty_words
from dashboard.components.network_keys import network_keys
from dashboard.components.network_tables import (
    EDGE_COLUMNS,
    edge_rows,
    edges_table,
    pairs_table,
    relations_html,
    relations_table,
)
from dashboard.components.panel import choose, draw_chosen, heading, table_head
from dashboard.exports.evidence_table import COLUMNS
from dashboard.exports.network_svg import network_svg
from dashboard.exports.series import bars_of
from dashboard.formatting import count_words, day_words, stories
from dashboard.page_data import read_page
from dashboard.page_data.network import FDR, KINDS, PAIRS, SHOWN, Drawing, beats_chance
from dashboard.page_data.receipts import receipts_of

WORDS = {"company": ("company", "companies"), "theme": ("theme", "themes")}

frame = current_frame()
view, catalog = frame.view, frame.catalog

with st.container(key="page_controls", horizontal=True, vertical_alignment="center", gap="small"):
    for name, options in (("kind", KINDS), ("edges", PAIRS)):
        keep_choice(name, options)
    keep_choices("show", SHOWN)
    plain = {"label_visibility": "collapsed"}
    kind = st.segmented_control(
        "Of", list(KINDS), format_func=KINDS.__getitem__, default="company", required=True, key="kind", **plain
    )
    edges = st.segmented_control(
        "Pairs", list(PAIRS), format_func=PAIRS.__getitem__, default="beyond", required=True, key="edges", **plain
    )
    show = st.pills(
        "Show",
        list(SHOWN),
        format_func=SHOWN.__getitem__,
        selection_mode="multi",
        default=list(SHOWN),
        key="show",
        **plain,
    )
    idents = (
        [f"company:{ident}" for ident in catalog.companies]
        if kind == "company"
        else [f"theme:{ident}" for ident in catalog.themes]
    )
    everyone = ["", *sorted(idents, key=lambda key: catalog.subject_name(key).lower())]
    keep_choice("around", everyone)
    whole = f"All {WORDS[kind][1]}"
    around = st.selectbox(
        "Around",
        everyone,
        format_func=lambda key: catalog.subject_name(key) if key else whole,
        key="around",
        width=230,
        **plain,
    )
    defaults = {"kind": "company", "edges": "beyond", "show": tuple(SHOWN), "around": ""}
    request = finish_controls(frame, kind=kind, edges=edges, show=tuple(show), around=around, defaults=defaults)

page = read_page(request)
network, drawing = page.network, page.drawing(0.5 if frame.touch else 1.15)
names = {str(key): catalog.subject_name(str(key)) for key in drawing.places.index}


def group_of(key: str) -> str:
    """What the colour of a subject says: a company's first theme."""
    company = catalog.companies.get(key.partition(":")[2]) if key.startswith("company:") else None
    theme = company.themes[0] if company and company.themes else ""
    return catalog.themes[theme].name if theme in catalog.themes else ("No theme" if company else "Theme")


def words_of(drawing: Drawing) -> tuple[str, str]:
    """n, and how the lines are made."""
    beats = int(beats_chance(network.edges).sum())
    whole = count_words(len(network.edges), "pair")
    n = f"n = {stories(network.stories)} that mention a {WORDS[kind][0]}; {beats:,} of {whole} mentioned together beyond chance"
    parts = [n, f"{count_words(network.dropped, 'round-up')} left out" if network.dropped else ""]
    parts += [f"the {len(drawing.edges):,} strongest drawn, {drawing.left_out:,} not" if drawing.left_out else ""]
    method = (
        "a line joins two that more stories name together than in rewired networks, in which each story keeps its number of names and "
        f"each name its number of stories (false discovery rate {FDR:.0%}); a story that names k counts 1 / (k (k − 1) / 2), one with "
        f"more than {LARGEST_STORY} names is a round-up and left out; arrows: supplier → customer in the catalog, by the last day shown"
    )
    return " · ".join(part for part in parts if part), method


def point_of(edge: dict[str, object]) -> Point:
    return Point(subject=str(edge["a"]), part=str(edge["b"]), by="both")


def take_choice(drawn: Sequence[Point | str]) -> None:
    """A line that was chosen lists its receipts; a subject becomes the middle."""
    chosen = st.session_state[chart_key()]["selection"]["selected"]
    for group in chosen:
        index = group["data_indices"][0]
        if group["data_type"] == "node" and index < len(drawing.places):
            go_around(str(drawing.places.index[index]))
        elif group["data_type"] == "edge" and index < len(drawn):
            choose("edges", str(drawn[index]))


def go_around(key: str) -> None:
    st.session_state["around"] = key  # a key that is not offered is dropped where the list is drawn


def chart_key() -> str:
    # Another chart for another view: a chart that stays would keep its choice, and its zoom, on what is no longer there.
    return f"chart_network_{kind}_{edges}_{around}_{'_'.join(show)}_{st.session_state.get('closed_edges', 0)}"


def evidence() -> pd.DataFrame:
    """The stories behind each line."""
    found = []
    for edge in drawing.edges.to_dict("records"):
        rows = receipts_of(page.request, point_of(edge)).rename(columns={"at": "published_at"})
        found.append(rows.assign(subject=f"{names[edge['a']]} – {names[edge['b']]}", matched="", rules=""))
    return pd.concat(found, ignore_index=True)[COLUMNS] if found else pd.DataFrame(columns=COLUMNS)


n, method = words_of(drawing)
middle = f" around {catalog.subject_name(around)}" if around else ""
words = frame.words(
    f"{KINDS[kind]} mentioned together{middle}", unit="lines: stories that mention both", n=n, method=method
)
points = [point_of(edge) for edge in drawing.edges.to_dict("records")]
groups = grouped({key: group_of(key) for key in names})


def draw_network() -> None:
    with st.container(key="panel_network", gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="top", gap="small", key="head_network"):
            heading(words.title, words.caption)
            figure = lambda: network_figure(drawing, names=names, groups=groups)  # noqa: E731
            svg = lambda said: network_svg(drawing, said, names=names, groups=groups)  # noqa: E731
            numbers = lambda: edges_table(drawing.edges, names)  # noqa: E731
            pairs = lambda: bars_of(pairs_table(drawing.edges, names), unit="stories that name both")  # noqa: E731
            export_menu(
                frame, "network", figure, words, numbers, evidence=evidence, drawn=pairs, pictures=("png",), svg=svg
            )
        network_keys(
            drawing,
            points,
            names=names,
            label=f"{words.title}; {n}.",
            touch=frame.touch,
            on_line=lambda point: choose("edges", point),
            on_name=go_around,
        )
        st.echarts_chart(
            network_spec(
                drawing,
                names=names,
                groups=groups,
                theme=st.context.theme.type or "light",
                touch=frame.touch,
            ),
            height=520 if frame.touch else 640,
            theme=None,
            key=chart_key(),
            on_select=lambda: take_choice(points),
            alt=f"{words.title}; {n}. The same pairs and relations are in the tables beside it.",
        )
        arrows = " Dashed arrows: supplier → customer." if drawing.relations else ""
        st.caption(f"Choose a line to list its stories, a name to see what is around it.{arrows}")


def draw_pairs() -> None:
    heading(
        "Pairs",
        "Stories that name both · by chance: the mean of the rewired networks · q: false discovery rate against them",
    )
    if drawing.edges.empty:
        further = " “All pairs” shows those that may be chance." if edges == "beyond" and "together" in show else ""
        st.caption(f"No pair to list here.{further}")
        return
    with st.container(key="scroll_pairs"):
        subject_table(
            "table_edges",
            EDGE_COLUMNS,
            edge_rows(drawing.edges, names=names, href=frame.subject_path, point=point_of),
            caption="Pairs named together",
            on_receipts=lambda point: choose("edges", point),
        )


def draw_relations() -> None:
    reported = (
        f"{count_words(len(drawing.relations), 'relation')} that the catalog has, reported by {day_words(view.end)}"
    )
    said = frame.words(
        f"Supplier → customer{middle}",
        unit="one row a relation",
        n=f"n = {reported}",
        method="the catalog's relations, each with the source that reported it; not made from the stories",
    )
    caption = f"{reported}; not made from the stories"
    table_head(
        frame,
        "relations",
        said,
        lambda: relations_table(drawing.relations, names),
        title="Supplier → customer",
        caption=caption,
    )
    st.html(relations_html(drawing.relations, names=names))


if not names:
    empty_words("No pair to draw in these dates and filters. Widen the dates, choose all pairs, or take a filter away.")
    st.stop()
left, right = st.columns([1.75, 1], gap="medium")
with left:
    draw_network()
with right:
    draw_pairs()
    if drawing.relations:
        draw_relations()
draw_chosen(frame, "edges")
