"""Companies or themes mentioned together more often than chance predicts, and supplier–customer relations."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analysis.network import LARGEST_STORY
from dashboard.address.points import Point
from dashboard.charts.network import grouped, network_figure, network_spec, pair_name
from dashboard.components.controls import choose_one, choose_segment, control_row, finish_controls, keep_choices
from dashboard.components.custom import subject_table
from dashboard.components.downloads import export_menu
from dashboard.components.frame import current_frame, empty_words
from dashboard.components.network import (
    EDGE_COLUMNS,
    edge_rows,
    edges_table,
    network_keyboard,
    pairs_table,
    relations_html,
    relations_table,
)
from dashboard.components.panel import choose, draw_chosen, heading, heading_row, table_head
from dashboard.exports.chart_data import ChartData
from dashboard.exports.evidence_table import EVIDENCE_COLUMNS
from dashboard.exports.network_png import network_png
from dashboard.exports.network_svg import network_svg
from dashboard.formatting import count_words, day_words, story_count
from dashboard.page_data import read_page
from dashboard.page_data.network import FDR, PAIRS, SHOWN, SUBJECT_KINDS
from dashboard.page_data.receipts import receipts_of
from dashboard.page_data.subjects import KIND_NOUNS

SLIDE_ASPECT = 2.0
"""Wider than the page's drawing, so that names can be read on a slide."""

frame = current_frame()
view, catalog = frame.view, frame.catalog

with control_row():
    kind = choose_segment("kind", "Of", SUBJECT_KINDS, "company")
    edges = choose_segment("edges", "Pairs", PAIRS, "beyond")
    keep_choices("show", SHOWN)
    show = st.pills(
        "Show",
        list(SHOWN),
        format_func=SHOWN.__getitem__,
        selection_mode="multi",
        default=list(SHOWN),
        key="show",
        label_visibility="collapsed",
    )
    members = catalog.companies if kind == "company" else catalog.themes
    names = {f"{kind}:{ident}": member.name for ident, member in members.items()}
    by_name = dict(sorted(names.items(), key=lambda item: item[1].lower()))
    around = choose_one("around", "Around", {"": f"All {KIND_NOUNS[kind][1]}"} | by_name, width=230)
    defaults = {"kind": "company", "edges": "beyond", "show": tuple(SHOWN), "around": ""}
    request = finish_controls(frame, kind=kind, edges=edges, show=tuple(show), around=around, defaults=defaults)

page = read_page(request)
network, drawing = page.network, page.drawing(0.5 if frame.touch else 1.15)
names = {str(key): catalog.subject_name(str(key)) for key in drawing.places.index}
if not names:
    empty_words("No pair in these dates and filters. Widen the date range, show all pairs, or remove a filter.")
    st.stop()


def group_of(key: str) -> str:
    """The group that a subject's colour shows: a company's first theme."""
    company = catalog.companies.get(key.partition(":")[2]) if key.startswith("company:") else None
    theme = company.themes[0] if company and company.themes else ""
    return catalog.themes[theme].name if theme in catalog.themes else ("No theme" if company else "Theme")


def n_words() -> str:
    """n = 1,203 stories that mention a company; 41 of 890 pairs beyond chance · …"""
    pairs = f"{page.beyond_chance:,} of {count_words(len(network.edges), 'pair')} mentioned together beyond chance"
    parts = [f"n = {story_count(network.stories)} that mention a {KIND_NOUNS[kind][0]}; {pairs}"]
    if network.dropped:
        parts.append(f"{count_words(network.dropped, 'round-up')} left out")
    if drawing.left_out:
        parts.append(f"the {len(drawing.edges):,} strongest drawn, {drawing.left_out:,} not")
    return " · ".join(parts)


METHOD = (
    "a line joins two that more stories mention together than in networks randomised by rewiring, in which each story "
    f"keeps its number of names and each name its number of stories (false discovery rate {FDR:.0%}); a story that "
    f"mentions k names counts 1 / (k (k − 1) / 2), one with more than {LARGEST_STORY} names is a round-up and left "
    "out; arrows: supplier → customer in the catalog, by the last day shown"
)
n = n_words()
centre = f" around {catalog.subject_name(around)}" if around else ""
title = f"{SUBJECT_KINDS[kind]} mentioned together{centre}"
words = frame.words(title, unit="lines: stories that mention both", n=n, method=METHOD)
groups = grouped({key: group_of(key) for key in names})
edge_records = drawing.edges.to_dict("records")


def point_of(edge: dict[str, object]) -> Point:
    return Point(subject=str(edge["a"]), part=str(edge["b"]), by="both")


points = [point_of(edge) for edge in edge_records]


def on_select() -> None:
    """A chosen line lists its receipts; a chosen subject becomes the centre."""
    for group in st.session_state[chart_key()]["selection"]["selected"]:
        index = group["data_indices"][0]
        if group["data_type"] == "node" and index < len(drawing.places):
            centre_on(str(drawing.places.index[index]))
        elif group["data_type"] == "edge" and index < len(points):
            choose("edges", str(points[index]))


def centre_on(key: str) -> None:
    st.session_state["around"] = key  # a key that is not offered is dropped when the list is drawn


def chart_key() -> str:
    # Another chart for another view: a chart that stays would keep its selection and zoom on what is no longer there.
    return f"chart_network_{kind}_{edges}_{around}_{'_'.join(show)}_{st.session_state.get('closed_edges', 0)}"


def evidence() -> pd.DataFrame:
    """The stories behind each line."""
    tables = []
    for edge, point in zip(edge_records, points, strict=True):
        rows = receipts_of(page.request, point).rename(columns={"at": "published_at"})
        tables.append(rows.assign(subject=pair_name(edge["a"], edge["b"], names), matched="", rules=""))
    empty = pd.DataFrame(columns=EVIDENCE_COLUMNS)
    return pd.concat(tables, ignore_index=True)[EVIDENCE_COLUMNS] if tables else empty


def native() -> ChartData:
    """The network in workbooks and slides: a picture, with its pairs and relations as tables."""
    return ChartData(
        bars=pairs_table(drawing.edges, names),
        relations=relations_table(drawing.relations, names),
        picture=network_png(page.drawing(SLIDE_ASPECT), names=names, groups=groups),
    )


def draw_network() -> None:
    with st.container(key="panel_network", gap="xsmall"):
        with heading_row("network"):
            heading(words.title, words.caption)
            export_menu(
                frame,
                "network",
                lambda: network_figure(drawing, names=names, groups=groups),
                words,
                lambda: edges_table(drawing.edges, names),
                evidence=evidence,
                chart_data=native,
                pictures=("png",),
                svg=lambda linked_words: network_svg(drawing, linked_words, names=names, groups=groups),
            )
        network_keyboard(
            drawing,
            points,
            names=names,
            label=f"{title}; {n}.",
            touch=frame.touch,
            on_line=lambda point: choose("edges", point),
            on_name=centre_on,
        )
        theme = st.context.theme.type or "light"
        st.echarts_chart(
            network_spec(drawing, names=names, groups=groups, theme=theme, touch=frame.touch),
            height=520 if frame.touch else 640,
            theme=None,
            key=chart_key(),
            on_select=on_select,
            alt=f"{title}; {n}. The same pairs and relations are in the tables beside it.",
        )
        arrows = " Dashed arrows: supplier → customer." if drawing.relations else ""
        st.caption(f"Choose a line to list its stories, a name to centre the network on it.{arrows}")


def draw_pairs() -> None:
    heading(
        "Pairs",
        "Stories that mention both · by chance: the mean across randomised networks · q: false discovery rate against "
        "them",
    )
    if drawing.edges.empty:
        hint = " “All pairs” also shows those within chance." if edges == "beyond" and "together" in show else ""
        st.caption(f"No pair to list here.{hint}")
        return
    with st.container(key="scroll_pairs"):
        subject_table(
            "table_edges",
            EDGE_COLUMNS,
            edge_rows(drawing.edges, names=names, href=frame.subject_path, point=point_of),
            caption="Pairs mentioned together",
            on_receipts=lambda point: choose("edges", point),
        )


def draw_relations() -> None:
    reported = f"{count_words(len(drawing.relations), 'relation')} in the catalog, reported by {day_words(view.end)}"
    relation_words = frame.words(
        f"Supplier → customer{centre}",
        unit="one row a relation",
        n=f"n = {reported}",
        method="the catalog's relations, each with the source that reported it; not derived from the stories",
    )
    table_head(
        frame,
        "relations",
        relation_words,
        lambda: relations_table(drawing.relations, names),
        title="Supplier → customer",
        caption=f"{reported}; not derived from the stories",
    )
    st.html(relations_html(drawing.relations, names=names))


left, right = st.columns([1.75, 1], gap="medium")
with left:
    draw_network()
with right:
    draw_pairs()
    if drawing.relations:
        draw_relations()
draw_chosen(frame, "edges")
