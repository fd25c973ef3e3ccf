"""What each source last brought, where it failed, how much came on each day; and the update."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard.cache import load
from dashboard.charts.overtime import coverage_chart
from dashboard.components.controls import finish_controls
from dashboard.components.frame import current_frame
from dashboard.components.panel import chart_panel, heading, table_head
from dashboard.formatting import ChartWords, count_words, escape, moment_words, percent
from dashboard.serving.updating import draw_progress, draw_update
from data.schema.store import default_url, store_exists

MOST_ERRORS = 6

frame = current_frame()
view, catalog = frame.view, frame.catalog
live = default_url() if store_exists(default_url()) else frame.url  # the sample has no sources


def state_words(source: str, state: dict[str, object] | None) -> str:
    if not catalog.sources[source].enabled:
        return f"off: {catalog.sources[source].reason}" if catalog.sources[source].reason else "off"
    if state is None:
        return "not fetched yet"
    if state["paused"]:
        return "paused after failures"
    return f"failed {count_words(int(state['failures']), 'time')} in a row" if state["failures"] else "well"  # type: ignore[call-overload]


def source_table() -> pd.DataFrame:
    """One row a source of the catalog: how it does."""
    states = {row["source"]: row for row in load.load_source_states(live).to_dict("records")}
    rows = [
        {
            "Source": source.name,
            "State": state_words(ident, states.get(ident)),
            "Last good": moment_words(states[ident]["last_ok_at"]) if ident in states else "never",
            "Last error": states[ident]["last_error"] if ident in states else "",
            "Every": f"{source.every_minutes} min",
            "Format": source.format,
            "Address": source.url,
        }
        for ident, source in catalog.sources.items()
    ]
    return pd.DataFrame(rows)


coverage = load.load_coverage(frame.url, frame.filters)
days = pd.DataFrame({"day": pd.date_range(view.start, view.end)}).merge(coverage, on="day", how="left")
days = days.fillna({"stories": 0, "articles": 0}).astype({"stories": "int64", "articles": "int64"})
empty_days = int((days["stories"] == 0).sum())

with st.container(key="page_controls", horizontal=True, vertical_alignment="center", gap="small"):
    draw_update()
    finish_controls(frame)
draw_progress()

chart_panel(
    frame,
    "coverage",
    coverage_chart(days, down=load.load_down_days(live, view.start, view.end), touch=frame.touch),
    frame.words(
        "All stories by day",
        unit="stories a day",
        n=f"n = {int(days['stories'].sum()):,} stories, {count_words(empty_days, 'day')} without any ({percent(empty_days / len(days))})",
        method="articles that tell the same thing within 72 hours are one story, counted on its first day; hatched: a source was down",
    ),
    lambda: days,
)

table = source_table()
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
