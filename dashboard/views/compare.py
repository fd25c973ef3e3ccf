"""Up to eight themes and companies side by side: attention, prices, and attention plotted against returns."""

from __future__ import annotations

import streamlit as st

from dashboard.charts.compare import attention_lines, level_lines, move_scatter
from dashboard.components.controls import finish_controls, keep_choice, keep_choices
from dashboard.components.frame import current_frame, empty_words
from dashboard.components.panel import chart_panel
from dashboard.formatting import count_words, listed, measure_of
from dashboard.page_data import read_page
from dashboard.page_data.compare import FIRST_SUBJECTS, MOST_SUBJECTS, RETURNS
from dashboard.page_data.subjects import subject_labels

frame = current_frame()
view = frame.view
labels = subject_labels(frame.catalog)
first = [key for key in FIRST_SUBJECTS if key in labels]

with st.container(key="page_controls", horizontal=True, vertical_alignment="center", gap="small"):
    keep_choices("subject", labels, most=MOST_SUBJECTS)
    keep_choice("returns", RETURNS)
    plain = {"label_visibility": "collapsed"}
    subjects = st.multiselect(
        "Themes and companies",
        list(labels),
        first,
        format_func=lambda key: labels.get(key, key),
        key="subject",
        max_selections=MOST_SUBJECTS,
        width=720,
        placeholder=f"Up to {MOST_SUBJECTS} themes and companies",
        **plain,
    )[:MOST_SUBJECTS]
    returns = st.segmented_control(
        "Return",
        list(RETURNS),
        format_func=RETURNS.__getitem__,
        default="beyond",
        required=True,
        key="returns",
        **plain,
    )
    request = finish_controls(
        frame, subject=tuple(subjects), returns=returns, defaults={"subject": tuple(first), "returns": "beyond"}
    )

if not subjects:
    empty_words("Choose a theme or a company to begin with; a second one to compare it with.")
    st.stop()

page = read_page(request)
names, title = page.names, listed(list(page.names.values()), 4)
if not page.counted:
    empty_words("No story in these dates and filters is about any of them. Widen the dates or remove a filter.")
chart_panel(
    frame,
    "attention",
    attention_lines(page.cells, order=subjects, names=names, measure=view.measure, grain=view.grain, touch=frame.touch),
    frame.words(
        f"{title}: {measure_of(view).lower()}, each {view.grain}",
        n=f"{frame.n_words(page.counted, page.all_stories)}; a story about two counts for both",
    ),
    page.table,
)


def price_panel() -> None:
    absent = [names[key] for key in subjects if key not in page.lines]
    if page.lines.empty:
        empty_words(f"No prices in these dates: {listed(absent)}.")
        return
    sessions, without = count_words(len(page.lines), "session"), f"no price: {listed(absent)}" if absent else ""
    chart_panel(
        frame,
        "prices",
        level_lines(page.lines, order=subjects, names=names, touch=frame.touch),
        frame.words(
            f"{title}: prices",
            unit="first close = 100, each in its own currency",
            n="; ".join(part for part in (sessions, without) if part),
            method="company: its main listing, adjusted for splits and dividends; "
            "theme: the mean daily return of its listings, equally weighted, compounded",
            prices_to=page.lines.index[-1],
        ),
        lambda: page.lines.rename(columns=names).reset_index(),
    )


def scatter_panel() -> None:
    if page.points.empty:
        empty_words(
            f"No whole {view.grain} has both a price and a usual level of attention to compare. Widen the dates."
        )
        return
    net = f" net of {page.market}" if page.is_abnormal else ""
    chart_panel(
        frame,
        "moves",
        move_scatter(
            page.points,
            order=subjects,
            names=names,
            grain=view.grain,
            return_name=f"return of the same {view.grain}{net}",
            touch=frame.touch,
        ),
        frame.words(
            f"{title}: abnormal attention and the return of the same {view.grain}",
            unit=f"a point is one subject in one {view.grain}",
            n=f"n = {count_words(len(page.points), 'point')}; says nothing of cause or order",
            method=f"both are of the same {view.grain}: which came first, or whether they are connected, cannot be read from "
            "it. Attention: standard errors of the share of voice from its usual level before. "
            f"Return: last close in the {view.grain} over the last one before it{net and f', less that of {page.market}'}",
        ),
        lambda: page.points.assign(name=page.points["subject"].map(names)),
    )


left, right = st.columns(2, gap="medium")
with left:
    price_panel()
with right:
    scatter_panel()
