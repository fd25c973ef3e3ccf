"""Alert days for a given budget of false alarms a week, with the observed alarm rate."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import streamlit as st

from analysis.alarms import AlarmRate
from dashboard.address.points import Point
from dashboard.charts.subject_rows import MOST_ROWS, alarm_chart
from dashboard.components.controls import choose_one, choose_segment, choose_several, control_row, finish_controls
from dashboard.components.custom import Column, TableRow, subject_table
from dashboard.components.downloads import table_menu
from dashboard.components.frame import current_frame, draw_verdict, empty_words
from dashboard.components.panel import chart_panel, choose, draw_chosen, heading
from dashboard.formatting import count_words, day_words
from dashboard.page_data import read_page
from dashboard.page_data.alarms import BUDGETS, FAMILIES, FIRST_BUDGET, FIRST_FAMILIES, WATCHABLE, AlarmResults
from dashboard.page_data.subjects import KIND_NOUNS, subject_labels

NEWEST = 40
ALARM_COLUMNS = [
    Column(label="Subject", kind="link"),
    Column(label="Day", kind="number", title="The day in UTC"),
    Column(label="Stories", kind="count", title="Stories on the day; choose a number to list them"),
    Column(label="Expected", kind="number", title="Expected stories on such a day, from the days before it"),
    Column(
        label="Alarm at",
        kind="number",
        title="The fewest stories in a day that raise an alarm: chance reaches this no more often than your budget",
    ),
    Column(label="Families", kind="number", title="Independent publisher families: one owner or one wire counts once"),
]

page_frame = current_frame()
catalog = page_frame.catalog

with control_row():
    over = choose_segment("over", "Over", WATCHABLE, "theme")
    names = {key: catalog.subject_name(key) for key in subject_labels(catalog)}
    watch = choose_several("watch", "Subjects", names, width=300, placeholder=f"All {WATCHABLE[over].lower()}")
    budget = choose_one("budget", "Budget", BUDGETS, list(BUDGETS).index(FIRST_BUDGET), width=240)
    families = choose_one("families", "Families", FAMILIES, list(FAMILIES).index(FIRST_FAMILIES), width=230)
    defaults = {"over": "theme", "budget": FIRST_BUDGET, "families": FIRST_FAMILIES, "watch": ()}
    request = finish_controls(page_frame, over=over, budget=budget, families=families, watch=watch, defaults=defaults)

# An alarm belongs to a day and counts stories, whatever grain and measure other pages show.
frame = replace(page_frame, view=replace(page_frame.view, grain="day", measure="stories"))
page = read_page(request)
results = page.results
nouns = ("subject", "subjects") if watch else KIND_NOUNS[over]
subjects = count_words(results.subjects, *nouns)


def rate_words(realised: AlarmRate) -> str:
    """2.1 a week, 95 % interval 1.9 to 2.4"""
    return f"{realised.per_week:.1f} a week, 95 % interval {realised.low:.1f} to {realised.high:.1f}"


def result_sentence(results: AlarmResults) -> str:
    """The observed alarm rate, and the rate without any news."""
    weeks, alarms = f"{results.realised.n:.0f} weeks", count_words(len(results.alarms), "alarm")
    sentences = [
        f"{alarms} in {weeks} ({rate_words(results.realised)}).",
        f"In simulated weeks without any news there are {results.quiet.per_week:.1f} alarms a week, where the budget "
        f"allows {page.budget:g}; more than that indicates news.",
    ]
    if days := len(results.suppressed):
        words = count_words(days, "more day")
        sentences.append(f"{words} had enough stories but too few independent publishers: suppressed.")
    return " ".join(sentences)


if not results.realised.n:
    empty_words("These dates have no baseline: it takes 28 days with news before them. Choose later dates.")
    st.stop()

METHOD = (
    "negative binomial, expected from the days before; an alarm when chance reaches the count less often than the "
    f"budget, shared over {results.subjects:,} subjects × 7 days, allows; {FAMILIES[families]}"
)
last = day_words(frame.view.end)
today = results.alarms[results.alarms["day"] == pd.Timestamp(frame.view.end)]
draw_verdict(
    f"Alarms on {last}: {', '.join(map(catalog.subject_name, today['subject'])) or 'none'}", result_sentence(results)
)


def alarm_rows(table: pd.DataFrame) -> list[TableRow]:
    rows = []
    for row in table.to_dict("records"):
        point = Point(subject=row["subject"], period=row["day"].date())
        cells = [
            {"text": catalog.subject_name(row["subject"])},
            {"text": day_words(row["day"]), "sort": row["day"].timestamp()},
            {"text": f"{row['stories']:,}", "sort": row["stories"], "point": str(point) if row["stories"] else ""},
            {"text": f"{row['expected']:.1f}", "sort": row["expected"]},
            {"text": f"{row['rings_at']:,}", "sort": row["rings_at"]},
            {"text": f"{row['families']:,}", "sort": row["families"]},
        ]
        rows.append(TableRow(href=frame.subject_path(row["subject"]), cells=cells))
    return rows


@st.fragment
def alarm_table(key: str, title: str, caption: str, table: pd.DataFrame) -> None:
    heading(title, caption)
    with st.container(key=f"scroll_{key}"):
        subject_table(
            f"table_{key}",
            ALARM_COLUMNS,
            alarm_rows(table.head(NEWEST)),
            caption=title,
            on_receipts=lambda point: choose(key, point),
        )
    draw_chosen(frame, key)


def draw_chart() -> None:
    left_out = results.alarms["subject"].nunique() - MOST_ROWS
    chart_panel(
        frame,
        "alarms",
        alarm_chart(results.alarms, names, start=frame.view.start, end=frame.view.end, touch=frame.touch),
        frame.words(
            f"Alarms: {subjects}, {BUDGETS[budget]}",
            unit="one dot an alarm day (on the page, larger where more abnormal)",
            n=f"n = {count_words(len(results.alarms), 'alarm')}"
            + (f"; {left_out} more subjects in the table" if left_out > 0 else ""),
            method=METHOD,
        ),
        lambda: results.alarms.assign(name=results.alarms["subject"].map(catalog.subject_name)),
    )


def draw_thresholds() -> None:
    """The threshold of each subject on the last day."""
    with st.expander(f"Alarm thresholds by subject, {last}"):
        today = results.today.assign(name=[catalog.subject_name(subject) for subject in results.today["subject"]])
        shown = today.sort_values(["expected", "name"], ascending=[False, True]).round({"expected": 1})
        words = frame.words(
            f"Alarm thresholds by subject, {last}: {BUDGETS[budget]}",
            unit="stories in a day",
            n=f"n = {count_words(len(shown), 'subject')}",
            method=METHOD,
        )
        table_menu(frame, "thresholds", words, lambda: today)
        shown = shown[["name", "stories", "expected", "rings_at"]]
        columns = shown.set_axis(["subject", "stories", "expected", "alarm at"], axis=1)
        st.dataframe(columns, hide_index=True, key="thresholds", width="stretch")


if results.alarms.empty:
    empty_words(
        f"No alarm in these dates: no day of {subjects} had more stories than chance reaches within the budget. "
        "Allow more false alarms, or widen the date range."
    )
else:
    draw_chart()
    alarm_table("raised", "All alarms", "newest first; choose a number to read its stories", results.alarms)
if not results.suppressed.empty:
    alarm_table(
        "alone",
        "Suppressed: too few independent publishers",
        "many stories from one owner or one wire count as one voice",
        results.suppressed,
    )
draw_thresholds()
