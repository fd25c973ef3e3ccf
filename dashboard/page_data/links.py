"""
Links: a request as an address, and back. Every value is written out, dates are absolute, nothing is secret.

    request → live link · proof link with revision, rules and hash          link of a file or a person → path in the app
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from dashboard.address.params import SHARED
from dashboard.address.view import View, view_params
from dashboard.page_data import PAGES, read_page
from dashboard.page_data.request import Request

FIRST_PAGE = next(iter(PAGES))
LONGEST_LINK = 8_000
MOST_FIELDS = 300


def page_path(page: str) -> str:
    """A page's path; the first page's is "/"."""
    return "/" if page == FIRST_PAGE else f"/{page}"


def live_link(address: str, page: str, view: View, values: Mapping[str, Any]) -> str:
    """The link that opens a page with this view; `address` is any address of the app."""
    scheme, host, *_ = urlsplit(address)
    return urlunsplit((scheme, host, page_path(page), urlencode(view_params(view, **values)), ""))


def proof_link(address: str, request: Request) -> str:
    """The link to exactly the data of a request: their revision, the rules that computed them, and their hash."""
    rules = {"rules": request.rules} if request.rules > 1 else {}
    values = {**dict(request.values), **rules, "sha": read_page(request).sha256}
    return live_link(address, request.page, request.view, values)


def path_in_app(link: str) -> str | None:
    """
    The link as a path in the app, without its host and unknown parameters; None when it names no page or no value.
    """
    if len(link) > LONGEST_LINK:
        return None
    try:
        parts = urlsplit(link)
        fields = parse_qsl(parts.query, keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        return None
    page = parts.path.rstrip("/").rpartition("/")[2] or FIRST_PAGE
    if page not in PAGES:
        return None
    known = [(field, value) for field, value in fields if field in SHARED or field in PAGES[page].params]
    return f"{page_path(page)}?{urlencode(known)}" if known else None
