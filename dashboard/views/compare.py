"""Up to eight themes and companies side by side: attention, prices, and attention plotted against returns."""

from __future__ import annotations

import streamlit as st

from dashboard.charts.compare import attention_lines, level_lines, move_scatter
from dashboard.components.controls import choose_segment, choose_several, control_row, finish_controls
from dashboard.components.frame import current_frame, empty_words, n_words
from dashboard.components.panel import chart_panel
from dashboard.formatting import count_words, cut_words, measure_name, name_list
from dashboard.page_data import read_page
from dashboard.page_data.compare import FIRST_SUBJECTS, MOST_SUBJECTS, RETURNS
from dashboard.page_data.subjects import subject_labels

frame = current_frame()
view = frame.view
labels = subject_labels(frame.catalog)
first = tuple(key for key in FIRST_SUBJECTS if key in labels)

with control_row():
    subjects = choose_several(
        "subject",
        "Themes and companies",
        labels,
        first,
        most=MOST_SUBJECTS,
        width=720,
        placeholder=f"Up to {MOST_SUBJECTS} themes and companies",
    )
    returns = choose_segment("returns", "Return", RETURNS, "beyond")
    request = finish_controls(
        frame, subject=subjects, returns=returns, defaults={"subject": first, "returns": "beyond"}
    )

if not subjects:
    empty_words("Choose a theme or a company, then a second one to compare it with.")
    st.stop()

page = read_page(request)
names, title = page.names, name_list(list(page.names.values()), 4)
if not page.story_total:
    empty_words("No story in these dates and filters is about any of them. Widen the date range or remove a filter.")
chart_panel(
    frame,
    "attention",
    attention_lines(page.cells, order=subjects, names=names, measure=view.measure, grain=view.grain, touch=frame.touch),
    frame.words(
        f"{title}: {measure_name(view).lower()}, each {view.grain}",
        n=f"{n_words(page.story_total, page.all_stories)}; a story about two counts for both{cut_words(view)}",
    ),
    page.table,
)


def price_panel() -> None:
    without = [names[key] for key in subjects if key not in page.lines]
    if page.lines.empty:
        empty_words(f"No prices in these dates: {name_list(without)}.")
        return
    sessions = count_words(len(page.lines), "session")
    chart_panel(
        frame,
        "prices",
        level_lines(page.lines, order=subjects, names=names, touch=frame.touch),
        frame.words(
            f"{title}: prices",
            unit="first close = 100, each in its own currency",
            n=f"n = {sessions}; no price: {name_list(without)}" if without else f"n = {sessions}",
            method="company: its main listing, adjusted for splits and dividends; "
            "theme: the mean daily return of its listings, equally weighted, compounded",
            prices_to=page.lines.index[-1],
        ),
        lambda: page.lines.rename(columns=names).reset_index(),
    )


def scatter_panel() -> None:
    if page.points.empty:
        empty_words(f"No whole {view.grain} has both a price and a baseline of attention. Widen the date range.")
        return
    abnormal = "abnormal " if page.is_abnormal else ""
    net = f", less that of {page.market}" if page.is_abnormal else ""
    chart_panel(
        frame,
        "moves",
        move_scatter(
            page.points,
            order=subjects,
            names=names,
            grain=view.grain,
            return_name=f"{abnormal}return of the same {view.grain}" + (f" ({page.market})" if net else ""),
            touch=frame.touch,
        ),
        frame.words(
            f"{title}: abnormal attention and the {abnormal}return of the same {view.grain}",
            unit=f"one point a subject and {view.grain}",
            n=f"n = {count_words(len(page.points), 'point')}; does not show cause or order",
            method=f"attention and return are of the same {view.grain}: the chart does not show which came first, or "
            "whether they are connected. Attention: z-score of the share of voice against its expected level. "
            f"Return: last close in the {view.grain} over the last one before it{net}",
        ),
        lambda: page.points.assign(name=page.points["subject"].map(names)),
    )


left, right = st.columns(2, gap="medium")
with left:
    price_panel()
with right:
    scatter_panel()
