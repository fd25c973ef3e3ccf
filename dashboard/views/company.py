"""One company's price with its attention under it, its themes, the companies named with it, its stories."""

from __future__ import annotations

import streamlit as st

from analysis.baskets import rebased
from dashboard.address.labels import company_label
from dashboard.cache import load
from dashboard.charts.overtime import attention_chart
from dashboard.components.controls import finish_controls, keep_choice, keep_choices
from dashboard.components.count_tables import Counted, draw_counts
from dashboard.components.frame import current_frame, empty_words
from dashboard.components.notes import draw_notes, notes_of, with_notes
from dashboard.components.panel import chart_panel, heading
from dashboard.components.publisher_panel import draw_fixed_panel, draw_spike
from dashboard.components.receipts import draw_page
from dashboard.formatting import day_words, escape, listed, measure_of, signed_percent, stories
from dashboard.proofs.asked import FIRST_COMPANY
from dashboard.proofs.proof_tables import NEWEST
from dashboard.shaping.currencies import CURRENCIES, DOLLAR, OWN, in_dollars, rate_tickers
from dashboard.shaping.moves import moves_within

frame = current_frame()
view, catalog = frame.view, frame.catalog

with st.container(key="page_controls", horizontal=True, vertical_alignment="center", gap="small"):
    keep_choice("company", catalog.companies)
    plain = {"label_visibility": "collapsed"}
    idents = sorted(catalog.companies, key=lambda ident: catalog.companies[ident].name.lower())
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
    ticker = (
        st.selectbox("Listing", list(listings), key="listing", width=140, **plain)
        if len(listings) > 1
        else company.ticker
    )
    others = [other for other in listings if other != ticker]
    keep_choices("beside", others)
    beside = (
        st.multiselect("Other listings", others, key="beside", width=260, placeholder="Other listings", **plain)
        if others
        else []
    )
    currency = OWN
    if len(listings) > 1:
        keep_choice("currency", CURRENCIES)
        currency = st.selectbox(
            "Currency", list(CURRENCIES), format_func=CURRENCIES.__getitem__, key="currency", width=150, **plain
        )
    defaults = {"company": FIRST_COMPANY, "listing": company.ticker, "beside": (), "currency": OWN}
    notes = notes_of(frame, company.key)
    with st.container(key="notes_box", width="content"):
        draw_notes(frame, company.key, notes)
    finish_controls(
        frame, company=company.id, listing=ticker, beside=tuple(beside), currency=currency, defaults=defaults
    )

asked = frame.url, (company.key,), frame.filters, view.grain
periods = load.load_cells(*asked)
counted, whole = int(periods["stories"].sum()), int(periods["all_stories"].sum())
drawn = [listings[line] for line in (ticker, *beside) if line]
rates = rate_tickers(catalog, drawn) if currency == DOLLAR else []
known = load.load_prices(
    frame.url, tuple(sorted({*(one.ticker for one in drawn), *rates})), view.start, view.end, frame.rev
)
prices = known[[one.ticker for one in drawn if one.ticker in known]].dropna(how="all")
dollars = in_dollars(known, drawn, catalog) if currency == DOLLAR else prices.iloc[:0]
several = len(prices.columns) > 1 and dollars.empty  # each in its own currency, so only their moves can be compared
shown_prices = rebased(prices).rename(columns=lambda line: f"{line} ({listings[line].currency})") if several else prices
shown_prices = shown_prices if dollars.empty else dollars
themes = [catalog.themes[theme].name for theme in company.themes if theme in catalog.themes]


def about_price() -> str:
    if not ticker:
        return "private: no listing"
    if ticker not in prices:
        return f"{ticker}: no price in these dates"
    move = moves_within(prices)[ticker]
    last = day_words(prices[ticker].last_valid_index())
    return f"{ticker} on {listings[ticker].mic} in {listings[ticker].currency}: {signed_percent(move)} to {last}"


st.html(
    f'<div class="cp-subject"><h1>{escape(company.name)}</h1>'
    f'<p class="cp-caption">{escape(" · ".join(part for part in (company.country, ", ".join(themes), about_price()) if part))}</p></div>'
)
if not counted:
    empty_words(
        f"No story of these dates and filters names {company.name}. Widen the dates, take a filter away, or see Sources."
    )


def price_name() -> str:
    if several:
        return "first close = 100"
    if prices.empty:
        return ""
    return f"{DOLLAR if not dollars.empty else listings[prices.columns[0]].currency}, adjusted"


above = f", {' and '.join(prices.columns)} above" if not prices.empty else ""
told_in = "; prices: first close = 100, each listing in its own currency" if several else ""
if not dollars.empty:
    told_in = "; prices in US dollars, each at the last exchange rate known by its session"
elif currency == DOLLAR:
    told_in += "; not in US dollars: the store has no exchange rates for it (python -m ingest prices brings them)"
figure = attention_chart(
    periods,
    subject=company.key,
    measure=view.measure,
    grain=view.grain,
    prices=shown_prices,
    price_name=price_name(),
    down=load.load_down_days(frame.url, view.start, view.end),
    touch=frame.touch,
)
chart_panel(
    frame,
    "attention",
    with_notes(figure, notes),
    frame.words(
        f"{company.name}: {measure_of(view).lower()}, each {view.grain}{above}",
        n=f"{frame.n_words(counted, whole)}{told_in}",
        prices_to=prices.index[-1] if not prices.empty else None,
    ),
    lambda: load.load_cells(*asked, ranges=True),
    below=lambda: draw_spike(frame, company.key, periods),
)

draw_fixed_panel(frame, company.key, periods, company.name)


@st.fragment
def named_too(kind: str, title: str) -> None:
    named = load.load_co_named(frame.url, company.key, frame.filters)
    pairs = zip(named["subject"].tolist(), named["stories"].tolist(), strict=True)
    counts = Counted(
        title=title,
        caption=f"of {stories(counted)} about {company.name}; a story may name several",
        column=kind.title(),
        many={"theme": "themes", "company": "companies"}[kind],
        of=f"the {stories(counted)} about {company.name}",
        subject=company.key,
        by="also",
        counts=[(key, number) for key, number in pairs if key.startswith(f"{kind}:")],
        whole=counted,
        n=frame.n_words(counted, whole),
        method=f"a story counts for each {kind} that it names",
        prices=kind == "company",
    )
    draw_counts(frame, kind, counts, href=frame.subject_path)


left, middle, right = st.columns([1, 1.2, 1.6], gap="medium")
with left:
    named_too("theme", "Themes of its stories")
with middle:
    named_too("company", "Companies named with it")
with right:
    heading("Newest stories", listed([alias.text for alias in company.aliases if alias.kind == "name"], 6))
    draw_page(frame, load.load_receipts(frame.url, company.key, frame.filters, limit=NEWEST), about=(company.key,))
