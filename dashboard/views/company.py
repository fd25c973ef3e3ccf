"""One company's price with its attention under it, its themes, the companies mentioned with it, its stories."""

from __future__ import annotations

import streamlit as st

from analysis.price_moves import moves_within
from dashboard.charts.overtime import attention_chart
from dashboard.components.controls import finish_controls, keep_choice, keep_choices
from dashboard.components.count_tables import Counted, draw_counts
from dashboard.components.frame import current_frame, empty_words
from dashboard.components.notes import draw_notes, notes_of, with_notes
from dashboard.components.panel import chart_panel, heading
from dashboard.components.publisher_panel import draw_fixed_panel, draw_spike
from dashboard.components.receipts import draw_page
from dashboard.formatting import day_words, escape, listed, measure_of, signed_percent, stories
from dashboard.page_data import read_page
from dashboard.page_data.company import CURRENCIES, DOLLAR, FIRST_COMPANY, OWN
from dashboard.page_data.subjects import companies_by_name, company_label

PLURAL = {"theme": "themes", "company": "companies"}

frame = current_frame()
view, catalog = frame.view, frame.catalog

with st.container(key="page_controls", horizontal=True, vertical_alignment="center", gap="small"):
    keep_choice("company", catalog.companies)
    plain = {"label_visibility": "collapsed"}
    idents = [company.id for company in companies_by_name(catalog)]
    first = idents.index(FIRST_COMPANY) if FIRST_COMPANY in catalog.companies else 0
    company = catalog.companies[
        st.selectbox(
            "Company",
            idents,
            first,
            format_func=lambda ident: company_label(catalog.companies[ident]),
            key="company",
            width=300,
            **plain,
        )
    ]
    listings = {listing.ticker: listing for listing in company.listings}
    keep_choice("listing", listings)
    several = len(listings) > 1
    ticker = st.selectbox("Listing", list(listings), key="listing", width=140, **plain) if several else company.ticker
    others = [other for other in listings if other != ticker]
    keep_choices("beside", others)
    beside, currency = [], OWN
    if several:
        beside = st.multiselect(
            "Other listings", others, key="beside", width=260, placeholder="Other listings", **plain
        )
        keep_choice("currency", CURRENCIES)
        currency = st.selectbox(
            "Currency", list(CURRENCIES), format_func=CURRENCIES.__getitem__, key="currency", width=150, **plain
        )
    notes = notes_of(frame, company.key)
    with st.container(key="notes_box", width="content"):
        draw_notes(frame, company.key, notes)
    request = finish_controls(
        frame,
        company=company.id,
        listing=ticker,
        beside=tuple(beside),
        currency=currency,
        defaults={"company": FIRST_COMPANY, "listing": company.ticker, "beside": (), "currency": OWN},
    )

page = read_page(request)
n = frame.n_words(page.counted, page.all_stories)


def price_words() -> str:
    """MU on XNAS in USD: +12.3% to 21 Aug 2026"""
    if not ticker:
        return "private: no listing"
    if ticker not in page.prices:
        return f"{ticker}: no price in these dates"
    last = day_words(page.prices[ticker].last_valid_index())
    listing = listings[ticker]
    return f"{ticker} on {listing.mic} in {listing.currency}: {signed_percent(moves_within(page.prices)[ticker])} to {last}"


themes = [catalog.themes[theme].name for theme in company.themes if theme in catalog.themes]
about = " · ".join(part for part in (company.country, ", ".join(themes), price_words()) if part)
st.html(f'<div class="cp-subject"><h1>{escape(company.name)}</h1><p class="cp-caption">{escape(about)}</p></div>')
if not page.counted:
    empty_words(
        f"No story in these dates and filters mentions {company.name}. Widen the dates, remove a filter, or see Sources."
    )


def price_name() -> str:
    if page.are_rebased:
        return "first close = 100"
    if page.prices.empty:
        return ""
    return f"{DOLLAR if not page.dollars.empty else listings[page.prices.columns[0]].currency}, adjusted"


def currency_words() -> str:
    """What the captions say of the prices' currencies."""
    if not page.dollars.empty:
        return "; prices in US dollars, each at the last exchange rate known by its session"
    own = "; prices: first close = 100, each listing in its own currency" if page.are_rebased else ""
    if not page.wants_dollars:
        return own
    return f"{own}; not in US dollars: the store has no exchange rates for it (python -m ingest prices brings them)"


above = f", {' and '.join(page.prices.columns)} above" if not page.prices.empty else ""
figure = attention_chart(
    page.cells,
    subject=company.key,
    measure=view.measure,
    grain=view.grain,
    prices=page.lines,
    price_name=price_name(),
    down=page.down_days,
    touch=frame.touch,
)
chart_panel(
    frame,
    "attention",
    with_notes(figure, notes),
    frame.words(
        f"{company.name}: {measure_of(view).lower()}, each {view.grain}{above}",
        n=f"{n}{currency_words()}",
        prices_to=page.prices.index[-1] if not page.prices.empty else None,
    ),
    page.cells_with_ranges,
    below=lambda: draw_spike(frame, page),
)

draw_fixed_panel(frame, page, company.name)


@st.fragment
def mentioned_too(kind: str, title: str) -> None:
    counted = Counted(
        title=title,
        caption=f"of {stories(page.counted)} about {company.name}; a story may mention several",
        column=kind.title(),
        many=PLURAL[kind],
        of=f"the {stories(page.counted)} about {company.name}",
        subject=company.key,
        by="also",
        counts=page.counts_of(kind),
        whole=page.counted,
        n=n,
        method=f"a story counts for each {kind} that it mentions",
        moves=page.moves if kind == "company" else None,
    )
    draw_counts(frame, kind, counted, href=frame.subject_path)


left, middle, right = st.columns([1, 1.2, 1.6], gap="medium")
with left:
    mentioned_too("theme", "Themes of its stories")
with middle:
    mentioned_too("company", "Companies mentioned with it")
with right:
    heading("Newest stories", listed([alias.text for alias in company.aliases if alias.kind == "name"], 6))
    draw_page(frame, page.newest, about=(company.key,))
