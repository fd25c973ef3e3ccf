"""One theme's attention over time, by company or sub-theme, against its basket or chosen listings."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analysis.baskets import basket_level, rebased
from dashboard.address.labels import SPLITS, company_label
from dashboard.cache import load, load_parts
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
from dashboard.proofs.proof_tables import NEWEST
from dashboard.shaping.members import BASKET, theme_tickers
from dashboard.shaping.stack import folded, named_parts, part_totals, parts_table, stack_names

PARTS = {"company": ("company", "companies"), "subtheme": ("sub-theme", "sub-themes")}
DEFAULTS = {"theme": "memory", "split": "company", "against": (BASKET,)}

frame = current_frame()
view, catalog = frame.view, frame.catalog
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
    members = proven_basket(frame) or theme_tickers(catalog)[theme.key]
    listed = [BASKET, *members, *(listing.ticker for listing in catalog.benchmarks)]
    keep_choices("against", listed, most=6)
    against = st.multiselect(
        "Against",
        listed,
        [BASKET],
        format_func=lambda line: companies.get(line, line.title() if line == BASKET else line),
        key="against",
        max_selections=6,
        width=380,
        placeholder="Against no price",
        **plain,
    )
    notes = notes_of(frame, theme.key)
    with st.container(key="notes_box", width="content"):
        draw_notes(frame, theme.key, notes)
    finish_controls(frame, theme=theme.id, split=split, against=tuple(against), defaults=DEFAULTS)

asked = frame.url, (theme.key,), frame.filters, view.grain
periods = load.load_cells(*asked)
counted, whole = int(periods["stories"].sum()), int(periods["all_stories"].sum())
prices = load.load_prices(frame.url, tuple(sorted({*members, *against} - {BASKET})), view.start, view.end, frame.rev)


def lines() -> pd.DataFrame:
    """The chosen lines, each 100 on its first session; the basket first."""
    chosen = rebased(prices[[ticker for ticker in against if ticker in prices]])
    if BASKET not in against or prices.empty:
        return chosen
    level = basket_level(prices, members)
    return pd.concat([level.rename(f"{theme.name} basket"), chosen], axis=1, sort=True)


if not counted:
    empty_words(
        f"No story of these dates and filters is about {theme.name}. Widen the dates, take a filter away, or see Sources."
    )

table = load_parts.load_parts(frame.url, theme.key, frame.filters, split, view.grain)
names = stack_names(table, catalog)
shown_lines = lines()
down = load.load_down_days(frame.url, view.start, view.end)
drawn = {
    "measure": view.measure,
    "grain": view.grain,
    "prices": shown_lines,
    "price_name": "first close = 100",
    "down": down,
    "touch": frame.touch,
}
can_split = view.measure in ("share", "stories")
if can_split:
    figure = stacked_chart(periods, folded(table, names), subject=theme.key, by=split, names=names, **drawn)
else:
    figure = attention_chart(periods, subject=theme.key, **drawn)

by = f" by {SPLITS[split].lower()}" if can_split else ""
beside = " against prices" if not shown_lines.empty else ""
chart_panel(
    frame,
    "attention",
    with_notes(figure, notes),
    frame.words(
        f"{theme.name}: {measure_of(view).lower()}{by}, each {view.grain}{beside}",
        n=frame.n_words(counted, whole),
        prices_to=shown_lines.index[-1] if not shown_lines.empty else None,
    ),
    lambda: parts_table(periods, table, names) if can_split else load.load_cells(*asked, ranges=True),
    named=named_parts(names),
    below=lambda: draw_spike(frame, theme.key, periods),
)

draw_fixed_panel(frame, theme.key, periods, theme.name)


def part_path(key: str) -> str:
    return (
        frame.subject_path(key) if key.startswith("company:") else frame.path("theme", theme=theme.id, split="subtheme")
    )


@st.fragment
def part_table(by: str, title: str) -> None:
    one, many = PARTS[by]
    counted_parts = Counted(
        title=title,
        caption=f"each of {counted:,} stories once, under the one that it is most about",
        column=SPLITS[by],
        many=many,
        of=f"the theme's {counted:,} stories",
        subject=theme.key,
        by=by,
        counts=part_totals(load_parts.load_parts(frame.url, theme.key, frame.filters, by, view.grain)),
        whole=counted,
        n=frame.n_words(counted, whole),
        method=f"each story once, under the {one} that it is most about",
        prices=by == "company",
    )
    draw_counts(frame, by, counted_parts, href=part_path)


left, middle, right = st.columns([1, 1, 1.5], gap="medium")
with left:
    part_table("company", "Companies")
with middle:
    part_table("subtheme", "Sub-themes")
with right:
    heading("Newest stories")
    draw_page(frame, load.load_receipts(frame.url, theme.key, frame.filters, limit=NEWEST), about=(theme.key,))
