"""One theme's attention over time, by company or sub-theme, against its basket or chosen listings."""

from __future__ import annotations

import streamlit as st

from dashboard.charts.subject_pages import subject_title, theme_chart
from dashboard.components.controls import choose_one, choose_segment, choose_several, control_row, finish_controls
from dashboard.components.frame import current_frame, empty_words, n_words
from dashboard.components.notes import draw_notes, notes_of, with_notes
from dashboard.components.panel import chart_panel, heading
from dashboard.components.publisher_panel import draw_fixed_panel, draw_spike
from dashboard.components.receipts import draw_page
from dashboard.components.share import basket_of_link
from dashboard.components.subject_tables import CountTable, draw_counts
from dashboard.formatting import cut_words, story_count
from dashboard.page_data import read_page
from dashboard.page_data.subjects import BASKET, KIND_NOUNS, SPLITS, company_label, theme_tickers
from dashboard.page_data.theme import ADDITIVE_MEASURES, coloured_parts

MOST_PRICE_LINES = 6

frame = current_frame()
view, catalog = frame.view, frame.catalog
companies = {ticker: company_label(company) for ticker, company in catalog.company_of_ticker.items()}
defaults = {"theme": next(iter(catalog.themes)), "split": "company", "against": (BASKET,)}

with control_row():
    names = {ident: theme.name for ident, theme in catalog.themes.items()}
    theme = catalog.themes[choose_one("theme", "Theme", names, width=220)]
    is_split = view.measure in ADDITIVE_MEASURES
    split = choose_segment("split", "Split by", SPLITS, "company", disabled=not is_split)
    basket = basket_of_link()
    tickers = [*(basket or theme_tickers(catalog)[theme.key]), *(listing.ticker for listing in catalog.benchmarks)]
    against = choose_several(
        "against",
        "Against",
        {BASKET: BASKET.title()} | {ticker: companies.get(ticker, ticker) for ticker in tickers},
        (BASKET,),
        most=MOST_PRICE_LINES,
        width=380,
        placeholder="Against no price",
    )
    notes = notes_of(frame, theme.key)
    with st.container(key="notes_box", width="content"):
        draw_notes(frame, theme.key, notes)
    request = finish_controls(frame, theme=theme.id, split=split, against=against, defaults=defaults)

page = read_page(request.with_values(basket=basket) if basket else request)
if not page.story_total:
    empty_words(
        f"No story in these dates and filters is about {theme.name}. Widen the date range, remove a filter, or see "
        "Sources."
    )

n = n_words(page.story_total, page.all_stories)
chart_panel(
    frame,
    "attention",
    with_notes(theme_chart(page, touch=frame.touch), notes),
    frame.words(
        subject_title(page),
        n=n + cut_words(view),
        prices_to=page.lines.index[-1] if not page.lines.empty else None,
    ),
    page.table,
    coloured=coloured_parts(page.part_names),
    below=lambda: draw_spike(frame, page),
)

draw_fixed_panel(frame, page, theme.name)


def part_path(key: str) -> str:
    is_company = key.startswith("company:")
    return frame.subject_path(key) if is_company else frame.path("theme", theme=theme.id, split="subtheme")


@st.fragment
def part_table(by: str, title: str) -> None:
    nouns, total = KIND_NOUNS[by], story_count(page.story_total)
    table = CountTable(
        title=title,
        caption=f"each of {total} once, under the {nouns[0]} that it is most about",
        nouns=nouns,
        parts_of=f"the theme's {total}",
        subject=theme.key,
        by=by,
        counts=page.part_totals[by],
        total=page.story_total,
        n=n,
        method=f"each story once, under the {nouns[0]} that it is most about",
        moves=page.moves if by == "company" else None,
    )
    draw_counts(frame, by, table, href=part_path)


left, middle, right = st.columns([1, 1, 1.5], gap="medium")
with left:
    part_table("company", page.companies_title)
with middle:
    part_table("subtheme", "Sub-themes")
with right:
    heading("Newest stories")
    draw_page(frame, page.newest, about=(theme.key,))
