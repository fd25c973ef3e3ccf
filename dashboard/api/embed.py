"""
One chart for another site's page: /embed?page=theme&theme=memory&… in a frame, for the sites that are named.

    CHOKEPOINT_ALLOW_FRAMES=https://desk.example        several separated by spaces

    request → may this caller read (routes.py; a signed address where readers have no key) → page data → figure → HTML

It sets no cookie and runs no Streamlit. Browsers show it in the named sites' frames only, by its frame-ancestors.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import anyio
from plotly.offline import get_plotlyjs
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from dashboard.api.routes import Api, problem, query_values, refusal
from dashboard.charts.subject_pages import subject_chart, subject_title
from dashboard.exports.embed import embed_html
from dashboard.formatting import METHODS, UNITS, ChartWords, count_words, filter_words
from dashboard.page_data import read_page
from dashboard.page_data.company import CompanyData
from dashboard.page_data.links import proof_link
from dashboard.page_data.theme import ThemeData
from data.errors import ChokepointError, UsageError
from data.sample import ORIGIN
from data.settings import settings

SCRIPT = Path(__file__).resolve().parent.parent / "assets" / "embed.js"
SITE = re.compile(r"https?://[A-Za-z0-9.-]+(:\d+)?")
A_DAY = "public, max-age=86400"


class Embed:
    """The routes of embedded charts, over the store that the API answers from."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/embed", self._page),
            Route("/embed/plotly.js", lambda _request: _script(get_plotlyjs_once())),
            Route("/embed/embed.js", lambda _request: _script(SCRIPT.read_text("utf-8"))),
        ]

    async def _page(self, request: Request) -> Response:
        if refused := refusal(request):
            return refused
        try:
            html = await anyio.to_thread.run_sync(self._html, request)
        except ChokepointError as error:
            return problem(400 if isinstance(error, UsageError) else 503, str(error))
        headers = {"Content-Security-Policy": content_policy(), "Cache-Control": "no-cache"}
        return Response(html, media_type="text/html", headers=headers)

    def _html(self, request: Request) -> str:
        page_request, _ = self._api.page_request(query_values("view", request))
        page = read_page(page_request)
        if not isinstance(page, ThemeData | CompanyData):
            raise UsageError("page takes theme, company: their charts can be embedded.")
        view, store = page_request.view, self._api.store
        n = f"n = {page.story_total:,} of {count_words(page.all_stories, 'story', 'stories')}"
        words = ChartWords(
            title=subject_title(page),
            unit=UNITS[view.measure],
            n=n,
            source="the bundled sample" if store.is_sample else "",
            method=METHODS[view.measure],
            filters=filter_words(view),
            revision=page_request.rev,
            notice=f"SAMPLE DATA: {ORIGIN}." if store.is_sample else "",
            link=proof_link(str(request.base_url), page_request),
        )
        return embed_html(subject_chart(page), words)


def content_policy() -> str:
    """What the page may load, and which sites may frame it: ours and the named ones."""
    sites = [site for site in settings().allow_frames.replace(",", " ").split() if SITE.fullmatch(site.rstrip("/"))]
    return "; ".join(
        [
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'unsafe-inline'",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
            " ".join(["frame-ancestors 'self'", *(site.rstrip("/") for site in sites)]),
        ]
    )


@cache
def get_plotlyjs_once() -> str:
    return str(get_plotlyjs())


def _script(text: str) -> Response:
    return Response(text, media_type="text/javascript", headers={"Cache-Control": A_DAY})
