"""What each source last brought, where it failed, how much came on each day; and the update."""

from __future__ import annotations

import streamlit as st

from dashboard.charts.overtime import coverage_chart
from dashboard.components.controls import finish_controls
from dashboard.components.frame import current_frame
from dashboard.components.panel import chart_panel, heading, table_head
from dashboard.formatting import ChartWords, count_words, escape, percent
from dashboard.page_data import read_page
from dashboard.serving.updating import draw_progress, draw_update

MOST_ERRORS = 6

frame = current_frame()
with st.container(key="page_controls", horizontal=True, vertical_alignment="center", gap="small"):
    draw_update()
    page = read_page(finish_controls(frame))
draw_progress()

days, empty = page.days, page.empty_days
chart_panel(
    frame,
    "coverage",
    coverage_chart(days, down=page.down_days, touch=frame.touch),
    frame.words(
        "All stories by day",
        unit="stories a day",
        n=f"n = {int(days['stories'].sum()):,} stories, {count_words(empty, 'day')} without any ({percent(empty / len(days))})",
        method="articles that tell the same thing within 72 hours are one story, counted on its first day; hatched: a source was down",
    ),
    lambda: days,
)

table = page.states()
failing = table[table["Last error"] != ""]
if not failing.empty:
    heading("Last errors", f"{count_words(len(failing), 'source')} failed when last asked")
    shown = failing.head(MOST_ERRORS)
    lines = [
        f"<li><b>{escape(name)}</b> {escape(error)}</li>"
        for name, error in zip(shown["Source"], shown["Last error"], strict=True)
    ]
    rest = f"<li>and {len(failing) - len(shown)} more, in the table below</li>" if len(failing) > len(shown) else ""
    st.html(f"<ul class='cp-errors'>{''.join(lines)}{rest}</ul>")
on = int((~table["State"].str.startswith("off")).sum())
said = ChartWords(
    title="Sources and their state",
    unit="one row a source",
    n=f"n = {count_words(len(table), 'source')}, {on} on",
    source="data/catalog/sources.toml and what each source last answered",
    method="as of now, whatever dates are shown: what a source answered is no part of a revision",
    revision=frame.rev,
    notice=frame.notice,
)
caption = f"{count_words(len(table), 'source')} in data/catalog/sources.toml, {on} on"
table_head(frame, "source_table", said, lambda: table, title="Sources", caption=caption)
st.dataframe(table, hide_index=True, alt="The sources and their state", height=min(38 * len(table) + 40, 520))
