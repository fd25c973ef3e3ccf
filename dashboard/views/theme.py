"""One theme's attention over time, by company or sub-theme, against its basket or chosen listings."""

from __future__ import annotations

import streamlit as st

from dashboard.charts.overtime import attention_chart, stacked_chart
from dashboard.components.controls import finish_controls, keep_choice, keep_choices
from dashboard.components.count_tables import Counted, draw_counts
from dashboard.components.frame import current_frame, empty_words
from dashboard.components.notes import draw_notes, notes_of, with_notes
from dashboard.components.panel import chart_panel, heading
from dashboard.components.publisher_panel import draw_fixed_panel, draw_spike
from dashboard.components.receipts import draw_page
from dashboard.components.share import proven_basket
from dashboard.formatting import measure_of
from dashboard.page_data import read_page
from dashboard.page_data.subjects import BASKET, SPLITS, company_label, theme_tickers
from dashboard.page_data.theme import folded, own_colour

PARTS = {"company": ("company", "companies"), "subtheme": ("sub-theme", "sub-themes")}
MOST_LINES = 6

frame = current_frame()
view, catalog = frame.view, frame.catalog
defaults = {"theme": next(iter(catalog.themes)), "split": "company", "against": (BASKET,)}
companies = {ticker: company_label(company) for ticker, company in catalog.company_of_ticker.items()}

with st.container(key="page_controls", horizontal=True, vertical_alignment="center", gap="small"):
    keep_choice("theme", catalog.themes)
    plain = {"label_visibility": "collapsed"}
    theme = catalog.themes[
        st.selectbox(
            "Theme",
            list(catalog.themes),
            format_func=lambda ident: catalog.themes[ident].name,
            key="theme",
            width=220,
            **plain,
        )
    ]
    split = st.segmented_control(
        "Split by", list(SPLITS), format_func=SPLITS.__getitem__, default="company", required=True, key="split", **plain
    )
    members = proven_basket() or theme_tickers(catalog)[theme.key]
    lines = [BASKET, *members, *(listing.ticker for listing in catalog.benchmarks)]
    keep_choices("against", lines, most=MOST_LINES)
    against = st.multiselect(
        "Against",
        lines,
        [BASKET],
        format_func=lambda line: companies.get(line, line.title() if line == BASKET else line),
        key="against",
        max_selections=MOST_LINES,
        width=380,
        placeholder="Against no price",
        **plain,
    )
    notes = notes_of(frame, theme.key)
    with st.container(key="notes_box", width="content"):
        draw_notes(frame, theme.key, notes)
    request = finish_controls(frame, theme=theme.id, split=split, against=tuple(against), defaults=defaults)

page = read_page(request.with_values(basket=proven_basket()) if proven_basket() else request)
if not page.counted:
    empty_words(
        f"No story in these dates and filters is about {theme.name}. Widen the dates, remove a filter, or see Sources."
    )

shown_lines = page.lines.rename(columns={BASKET: f"{theme.name} basket"})
drawn = {
    "measure": view.measure,
    "grain": view.grain,
    "prices": shown_lines,
    "price_name": "first close = 100",
    "down": page.down_days,
    "touch": frame.touch,
}
if page.has_parts:
    parts = folded(page.parts, page.part_names)
    figure = stacked_chart(page.cells, parts, subject=theme.key, by=split, names=page.part_names, **drawn)
else:
    figure = attention_chart(page.cells, subject=theme.key, **drawn)

by = f" by {SPLITS[split].lower()}" if page.has_parts else ""
beside = " against prices" if not shown_lines.empty else ""
n = frame.n_words(page.counted, page.all_stories)
chart_panel(
    frame,
    "attention",
    with_notes(figure, notes),
    frame.words(
        f"{theme.name}: {measure_of(view).lower()}{by}, each {view.grain}{beside}",
        n=n,
        prices_to=shown_lines.index[-1] if not shown_lines.empty else None,
    ),
    page.table,
    named=own_colour(page.part_names),
    below=lambda: draw_spike(frame, page),
)

draw_fixed_panel(frame, page, theme.name)


def part_path(key: str) -> str:
    is_company = key.startswith("company:")
    return frame.subject_path(key) if is_company else frame.path("theme", theme=theme.id, split="subtheme")


@st.fragment
def part_table(by: str, title: str) -> None:
    singular, plural = PARTS[by]
    counted = Counted(
        title=title,
        caption=f"each of {page.counted:,} stories once, under the one it is most about",
        column=SPLITS[by],
        many=plural,
        of=f"the theme's {page.counted:,} stories",
        subject=theme.key,
        by=by,
        counts=page.part_totals[by],
        whole=page.counted,
        n=n,
        method=f"each story once, under the {singular} it is most about",
        moves=page.moves if by == "company" else None,
    )
    draw_counts(frame, by, counted, href=part_path)


left, middle, right = st.columns([1, 1, 1.5], gap="medium")
with left:
    part_table("company", "Companies")
with middle:
    part_table("subtheme", "Sub-themes")
with right:
    heading("Newest stories")
    draw_page(frame, page.newest, about=(theme.key,))
