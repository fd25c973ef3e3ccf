"""
The main charts of the Theme and Company pages, drawn from their page data: on the page, and embedded in others.

    ThemeData, CompanyData → figure, title
"""

from __future__ import annotations

import plotly.graph_objects as go

from dashboard.charts.overtime import attention_chart, stacked_chart
from dashboard.formatting import measure_name
from dashboard.page_data.company import DOLLAR, CompanyData
from dashboard.page_data.subjects import SPLITS
from dashboard.page_data.theme import ThemeData, with_others_as_one


def subject_chart(page: ThemeData | CompanyData, *, touch: bool = False) -> go.Figure:
    """The page's attention by period, with its prices above."""
    return theme_chart(page, touch=touch) if isinstance(page, ThemeData) else company_chart(page, touch=touch)


def theme_chart(page: ThemeData, *, touch: bool = False) -> go.Figure:
    """A theme's attention, split where its measure is a sum of parts, against its basket and chosen listings."""
    view = page.request.view
    settings = {
        "subject": page.subject,
        "measure": view.measure,
        "grain": view.grain,
        "prices": page.named_lines,
        "price_name": "first close = 100",
        "down": page.down_days,
        "touch": touch,
    }
    if not page.has_parts:
        return attention_chart(page.cells, **settings)
    parts = with_others_as_one(page.parts, page.part_names)
    return stacked_chart(page.cells, parts, by=page.split, names=page.part_names, **settings)


def company_chart(page: CompanyData, *, touch: bool = False) -> go.Figure:
    """A company's attention below the prices of its listings."""
    view = page.request.view
    return attention_chart(
        page.cells,
        subject=page.subject,
        measure=view.measure,
        grain=view.grain,
        prices=page.lines,
        price_name=_price_axis_name(page),
        down=page.down_days,
        touch=touch,
    )


def subject_title(page: ThemeData | CompanyData) -> str:
    """Memory: share of voice by company, each week against prices"""
    name, view = page.catalog.subject_name(page.subject), page.request.view
    if isinstance(page, ThemeData):
        by = f" by {SPLITS[page.split].lower()}" if page.has_parts else ""
        prices = " against prices" if not page.lines.empty else ""
        return f"{name}: {measure_name(view).lower()}{by}, each {view.grain}{prices}"
    above = f", {' and '.join(page.prices.columns)} above" if not page.prices.empty else ""
    return f"{name}: {measure_name(view).lower()}, each {view.grain}{above}"


def _price_axis_name(page: CompanyData) -> str:
    if page.are_rebased:
        return "first close = 100"
    if page.prices.empty:
        return ""
    currencies = {listing.ticker: listing.currency for listing in page.listings}
    return f"{DOLLAR if not page.dollars.empty else currencies[page.prices.columns[0]]}, adjusted"
