"""The state of each source, its last error, how many stories arrived on each day; and the update."""

from __future__ import annotations

import streamlit as st

from dashboard.cache.counts import load_source_states
from dashboard.cache.stores import store_at
from dashboard.charts.overtime import coverage_chart
from dashboard.components.controls import control_row, finish_controls
from dashboard.components.frame import current_frame
from dashboard.components.panel import chart_panel, heading, table_head
from dashboard.formatting import ChartWords, count_words, escape, percent, story_count
from dashboard.page_data import read_page
from dashboard.serving.updating import draw_progress, draw_update
from data.source_state import resume_source

MOST_ERRORS = 6


def ask_again(url: str, source: str) -> None:
    resume_source(store_at(url), source)
    load_source_states.clear()


frame = current_frame()
with control_row():
    draw_update()
    page = read_page(finish_controls(frame))
draw_progress()

days, empty = page.days, page.empty_days
stories = int(days["stories"].sum())
chart_panel(
    frame,
    "coverage",
    coverage_chart(days, down=page.down_days, touch=frame.touch),
    frame.words(
        "All stories by day",
        unit="stories a day",
        n=f"n = {story_count(stories)}; {count_words(empty, 'day')} without any ({percent(empty / len(days))})",
        method="articles that report the same thing within 72 hours are one story, counted on its first day; "
        "hatched: a source was down",
    ),
    lambda: days,
)

table = page.states()
failing = table[table["Last error"] != ""]
if not failing.empty:
    heading("Last errors", f"{count_words(len(failing), 'source')} failed at the last fetch")
    shown = failing.head(MOST_ERRORS)
    items = [
        f"<li><b>{escape(name)}</b> {escape(error)}</li>"
        for name, error in zip(shown["Source"], shown["Last error"], strict=True)
    ]
    if len(failing) > len(shown):
        items.append(f"<li>and {len(failing) - len(shown)} more, in the table below</li>")
    st.html(f"<ul class='cp-errors'>{''.join(items)}</ul>")
for ident, name in page.paused().items():
    st.button(
        f"Ask {name} again",
        key=f"resume_{ident}",
        on_click=ask_again,
        args=(page.live_url, ident),
        help="It reported that it is gone, and is not asked any more. The next update asks it once.",
    )
enabled = int((~table["State"].str.startswith("off")).sum())
count = f"{count_words(len(table), 'source')}, {enabled} on"
words = ChartWords(
    title="Sources and their state",
    unit="one row a source",
    n=f"n = {count}",
    source="data/catalog/sources.toml and the last fetch of each source",
    method="as of now, whatever dates are shown: the state of a source is no part of a revision",
    revision=frame.rev,
    notice=frame.notice,
)
caption = f"{count}; listed in data/catalog/sources.toml"
table_head(frame, "source_table", words, lambda: table, title="Sources", caption=caption)
st.dataframe(table, hide_index=True, alt="The sources and their state", height=min(38 * len(table) + 40, 520))
