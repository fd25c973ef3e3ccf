"""Catalog: the words that link stories to themes and companies."""

from __future__ import annotations

from dashboard.page_data.page import Page

PAGE = Page(
    name="catalog",
    title="Catalog",
    purpose="The words that link stories to themes and companies: edit them, preview the effect, correct a link.",
    has_grain=True,
)
