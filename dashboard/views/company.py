"""One company's price with its attention below, its themes, the companies mentioned with it, its stories."""

from __future__ import annotations

import streamlit as st

from analysis.price_moves import moves_within
from dashboard.charts.subject_pages import company_chart, subject_title
from dashboard.components.controls import choose_one, choose_several, control_row, finish_controls
from dashboard.components.frame import current_frame, empty_words, n_words
from dashboard.components.notes import draw_notes, notes_of, with_notes
from dashboard.components.panel import chart_panel, heading
from dashboard.components.publisher_panel import draw_fixed_panel, draw_spike
from dashboard.components.receipts import draw_page
from dashboard.components.subject_tables import CountTable, draw_counts
from dashboard.formatting import cut_words, day_words, escape, name_list, signed_percent, story_count
from dashboard.page_data import read_page
from dashboard.page_data.company import CURRENCIES, FIRST_COMPANY, OWN, priced_listing
from dashboard.page_data.subjects import KIND_NOUNS, companies_by_name, company_label

frame = current_frame()
view, catalog = frame.view, frame.catalog

with control_row():
    labels = {company.id: company_label(company) for company in companies_by_name(catalog)}
    first = list(labels).index(FIRST_COMPANY) if FIRST_COMPANY in labels else 0
    company = catalog.companies[choose_one("company", "Company", labels, first, width=300)]
    listings = {listing.ticker: listing for listing in company.listings}
    first_listing = priced_listing(frame.request(), company)
    ticker, beside, currency = first_listing, (), OWN
    if len(listings) > 1:
        ticker = choose_one(
            "listing", "Listing", {name: name for name in listings}, list(listings).index(first_listing), width=140
        )
        others = {name: name for name in listings if name != ticker}
        beside = choose_several("beside", "Other listings", others, width=260, placeholder="Other listings")
        currency = choose_one("currency", "Currency", CURRENCIES, width=150)
    notes = notes_of(frame, company.key)
    with st.container(key="notes_box", width="content"):
        draw_notes(frame, company.key, notes)
    request = finish_controls(
        frame,
        company=company.id,
        listing=ticker,
        beside=beside,
        currency=currency,
        defaults={"company": FIRST_COMPANY, "listing": first_listing, "beside": (), "currency": OWN},
    )

page = read_page(request)
instead_of_main = first_listing if first_listing != company.ticker else ""
n = n_words(page.story_total, page.all_stories)


def price_words() -> str:
    """MU on XNAS in USD: +12.3% to 21 Aug 2026"""
    if not ticker:
        return "private: no listing"
    if ticker not in page.prices:
        return f"{ticker}: no price in these dates"
    last = day_words(page.prices[ticker].last_valid_index())
    listing, move = listings[ticker], signed_percent(moves_within(page.prices)[ticker])
    instead = f" (the store has no prices of {company.ticker}, the main listing)" if ticker == instead_of_main else ""
    return f"{ticker} on {listing.mic} in {listing.currency}: {move} to {last}{instead}"


themes = [catalog.themes[theme].name for theme in company.themes if theme in catalog.themes]
about = " · ".join(part for part in (company.country, ", ".join(themes), price_words()) if part)
st.html(f'<div class="cp-subject"><h1>{escape(company.name)}</h1><p class="cp-caption">{escape(about)}</p></div>')
if not page.story_total:
    empty_words(
        f"No story in these dates and filters mentions {company.name}. Widen the date range, remove a filter, or see "
        "Sources."
    )


def currency_words() -> str:
    """The captions' note on the prices' currencies."""
    if not page.dollars.empty:
        return "; prices in US dollars, each at the last exchange rate known by its session"
    own = "; prices: first close = 100, each listing in its own currency" if page.are_rebased else ""
    if not page.wants_dollars:
        return own
    return f"{own}; not in US dollars: the store has no exchange rates for it (python -m ingest prices fetches them)"


chart_panel(
    frame,
    "attention",
    with_notes(company_chart(page, touch=frame.touch), notes),
    frame.words(
        subject_title(page),
        n=f"{n}{cut_words(view)}{currency_words()}",
        prices_to=page.prices.index[-1] if not page.prices.empty else None,
    ),
    page.table,
    below=lambda: draw_spike(frame, page),
)

draw_fixed_panel(frame, page, company.name)


@st.fragment
def co_mentions(kind: str, title: str) -> None:
    total = story_count(page.story_total)
    table = CountTable(
        title=title,
        caption=f"of {total} about {company.name}; a story may mention several",
        nouns=KIND_NOUNS[kind],
        parts_of=f"the {total} about {company.name}",
        subject=company.key,
        by="also",
        counts=page.counts_of(kind),
        total=page.story_total,
        n=n,
        method=f"a story counts for each {kind} that it mentions",
        moves=page.moves if kind == "company" else None,
    )
    draw_counts(frame, kind, table, href=frame.subject_path)


left, middle, right = st.columns([1, 1.2, 1.6], gap="medium")
with left:
    co_mentions("theme", "Themes of its stories")
with middle:
    co_mentions("company", page.companies_title)
with right:
    heading("Newest stories", name_list([alias.text for alias in company.aliases if alias.kind == "name"], 6))
    draw_page(frame, page.newest, about=(company.key,))
