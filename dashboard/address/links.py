"""Links to views: every value spelled out, dates absolute, nothing secret."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

from dashboard.address.filters import View, spell_view
from dashboard.address.menu import PAGES


def live_link(address: str, page: str, view: View, /, **page_values: Any) -> str:
    """The link that opens a page with this view; `address` is any address of the app, `page` "" for the first page."""
    scheme, host, *_ = urlsplit(address)
    return urlunsplit((scheme, host, page_path(page), urlencode(spell_view(view, **page_values)), ""))


def page_path(page: str) -> str:
    """A page's path: the first page's is the app's own."""
    return "/" if page == next(iter(PAGES)) else f"/{page}"
