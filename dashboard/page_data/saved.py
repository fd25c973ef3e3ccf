"""Saved views."""

from __future__ import annotations

from dashboard.page_data.page import Page

PAGE = Page(
    name="saved",
    title="Saved views",
    purpose="Saved and shared views, when their short links expire, and the view of an exported file.",
)
