"""Alert days for a given budget of false alarms a week, with the observed alarm rate."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from analysis.alarms import AlarmRate
from dashboard.address.points import Point
from dashboard.charts.alarms import MOST_ROWS, alarm_chart
from dashboard.components.controls import finish_controls, keep_choice, keep_choices
from dashboard.components.custom import subject_table
from dashboard.components.downloads import table_menu
from dashboard.components.frame import current_frame, empty_words
from dashboard.components.panel import chart_panel, choose, draw_chosen, heading
from dashboard.exports.series import bars_of
from dashboard.formatting import count_words, day_words, escape
from dashboard.page_data import read_page
from dashboard.page_data.alarms import BUDGETS, FAMILIES, FIRST_BUDGET, FIRST_FAMILIES, OVER, Alarms
from dashboard.page_data.subjects import subject_labels
from dashboard.tables import Column, Row

NEWEST = 40

page_frame = current_frame()
catalog = page_frame.catalog
plain: dict[str, Any] = {"label_visibility": "collapsed"}
everyone = list(subject_labels(catalog))

with st.container(key="page_controls", horizontal=True, vertical_alignment="center", gap="small"):
    for name, options in (("over", OVER), ("budget", BUDGETS), ("families", FAMILIES)):
        keep_choice(name, options)
    keep_choices("watch", everyone)
    over = st.segmented_control(
        "Over", list(OVER), format_func=OVER.__getitem__, default="theme", required=True, key="over", **plain
    )
    watch = st.multiselect(
        "Subjects",
        everyone,
        format_func=catalog.subject_name,
        key="watch",
        width=300,
        placeholder=f"All {OVER[over].lower()}",
        **plain,
    )
    budget = st.selectbox(
        "Budget",
        list(BUDGETS),
        list(BUDGETS).index(FIRST_BUDGET),
        format_func=BUDGETS.__getitem__,
        key="budget",
        width=240,
        **plain,
    )
    families = st.selectbox(
        "Families",
        list(FAMILIES),
        list(FAMILIES).index(FIRST_FAMILIES),
        format_func=FAMILIES.__getitem__,
        key="families",
        width=230,
        **plain,
    )
    defaults = {"over": "theme", "budget": FIRST_BUDGET, "families": FIRST_FAMILIES, "watch": ()}
    request = finish_controls(
        page_frame, over=over, budget=budget, families=families, watch=tuple(watch), defaults=defaults
    )

# An alarm is of a day and of stories, whatever grain and measure other pages show.
frame = replace(page_frame, view=replace(page_frame.view, grain="day", measure="stories"))
page = read_page(request)
found = page.found
whose = count_words(found.subjects, "subject") if watch else count_words(found.subjects, over, OVER[over].lower())


def rate(number: AlarmRate) -> str:
    return f"{number.per_week:.1f} a week, 95 % interval {number.low:.1f} to {number.high:.1f}"


def sentence(found: Alarms) -> str:
    """The observed alarm rate, and the rate without any news."""
    observed = f"{count_words(len(found.alarms), 'alarm')} in {found.realised.n:.0f} weeks ({rate(found.realised)})."
    quiet = (
        f" In simulated weeks without any news there are {found.quiet.per_week:.1f} alarms a week, where the budget allows "
        f"{page.budget:g}; more than that speaks for news."
    )
    days = count_words(len(found.suppressed), "more day")
    suppressed = f" {days} had enough stories but too few independent publishers: suppressed."
    return observed + quiet + (suppressed if len(found.suppressed) else "")


if not found.realised.n:
    empty_words("Too little is known before these dates to say what is usual (28 days with news). Choose later dates.")
    st.stop()

METHOD = (
    "negative binomial, expected from the days before; an alarm when chance reaches the count less often than the budget, "
    f"shared over {found.subjects:,} subjects × 7 days, allows; {FAMILIES[families]}"
)
last = day_words(frame.view.end)
ringing = found.alarms[found.alarms["day"] == pd.Timestamp(frame.view.end)]
now = ", ".join(catalog.subject_name(subject) for subject in ringing["subject"]) or "nothing"
st.html(
    f'<div class="cp-verdict"><span class="cp-verdict-kind">Alarms on {escape(last)}: {escape(now)}</span><p>{escape(sentence(found))}</p></div>'
)


def point_of(row: dict[str, Any]) -> Point:
    return Point(subject=row["subject"], period=row["day"].date())


def rows_of(table: pd.DataFrame) -> list[Row]:
    return [
        Row(
            href=frame.subject_path(row["subject"]),
            cells=[
                {"text": catalog.subject_name(row["subject"])},
                {"text": day_words(row["day"]), "sort": row["day"].timestamp()},
                {
                    "text": f"{row['stories']:,}",
                    "sort": row["stories"],
                    "point": str(point_of(row)) if row["stories"] else "",
                },
                {"text": f"{row['expected']:.1f}", "sort": row["expected"]},
                {"text": f"{row['rings_at']:,}", "sort": row["rings_at"]},
                {"text": f"{row['families']:,}", "sort": row["families"]},
            ],
        )
        for row in table.to_dict("records")
    ]


COLUMNS = [
    Column(label="Subject", kind="link"),
    Column(label="Day", kind="number", title="The day in UTC"),
    Column(label="Stories", kind="count", title="Stories of the day; choose a number to list them"),
    Column(label="Usual", kind="number", title="Expected stories on such a day, from the days before it"),
    Column(
        label="Alarm at",
        kind="number",
        title="The fewest stories in a day that raise an alarm: chance alone reaches this no more often than your budget",
    ),
    Column(label="Families", kind="number", title="Independent publisher families: one owner or one wire counts once"),
]


def alarm_counts(alarms: pd.DataFrame) -> pd.DataFrame:
    """Columns subject, alarms: alarms by subject, most first; what a chart of bars shows."""
    counts = alarms["subject"].map(catalog.subject_name).value_counts()
    return counts.rename_axis("subject").rename("alarms").reset_index()


@st.fragment
def alarm_table(key: str, title: str, caption: str, table: pd.DataFrame) -> None:
    heading(title, caption)
    with st.container(key=f"scroll_{key}"):
        subject_table(
            f"table_{key}",
            COLUMNS,
            rows_of(table.head(NEWEST)),
            caption=title,
            on_receipts=lambda point: choose(key, point),
        )
    draw_chosen(frame, key)


def draw_thresholds() -> None:
    """The threshold of each subject on the last day."""
    with st.expander(f"Alarm thresholds by subject, {last}"):
        today = found.today.assign(name=[catalog.subject_name(subject) for subject in found.today["subject"]])
        shown = today.sort_values(["expected", "name"], ascending=[False, True])[
            ["name", "stories", "expected", "rings_at"]
        ]
        shown = shown.assign(expected=shown["expected"].round(1))
        said = frame.words(
            f"Alarm thresholds by subject, {last}: {BUDGETS[budget]}",
            unit="stories in a day",
            n=f"n = {count_words(len(shown), 'subject')}",
            method=METHOD,
        )
        table_menu(frame, "thresholds", said, lambda: today)
        st.dataframe(
            shown.set_axis(["subject", "stories", "usual", "alarm at"], axis=1),
            hide_index=True,
            key="thresholds",
            width="stretch",
        )


if found.alarms.empty:
    empty_words(
        f"No alarm in these dates: no day of {whose} had more stories than chance reaches within the budget. "
        "Allow more false alarms, or widen the dates."
    )
else:
    left_out = found.alarms["subject"].nunique() - MOST_ROWS
    chart_panel(
        frame,
        "alarms",
        alarm_chart(found.alarms, {key: catalog.subject_name(key) for key in found.alarms["subject"].unique()},
                    start=frame.view.start, end=frame.view.end, touch=frame.touch),
        frame.words(
            f"Alarms: {whose}, {BUDGETS[budget]}",
            unit="one dot an alarm day, larger where more abnormal",
            n=f"n = {count_words(len(found.alarms), 'alarm')}" + (f", and {left_out} more subjects in the table" if left_out > 0 else ""),
            method=METHOD,
        ),
        lambda: found.alarms.assign(name=found.alarms["subject"].map(catalog.subject_name)),
        drawn=lambda: bars_of(alarm_counts(found.alarms), unit="alarms"),
    )  # fmt: skip
    alarm_table("rang", "Each alarm", "newest first; choose a number to read its stories", found.alarms)
if not found.suppressed.empty:
    alarm_table(
        "alone",
        "Not rung: too few publishers",
        "many stories from one owner or one wire are one voice",
        found.suppressed,
    )
draw_thresholds()
