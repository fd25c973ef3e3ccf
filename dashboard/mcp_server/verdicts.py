"""
The tools that judge: whether attention leads a price, and whether a proof link holds.

    lead_lag: page data → one more analysis is counted → the verdict, corrected for all of them
    verify: link → page data → the same hash? → what has changed since
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

from dashboard.address.params import read_values
from dashboard.address.view import clamp_values, read_view
from dashboard.api.values import QueryValues
from dashboard.cache.stores import catalog_at
from dashboard.mcp_server.page_requests import PageRequests, ToolRows, choose
from dashboard.page_data import PAGES, read_page
from dashboard.page_data.lead_lag import FIRST_LAGS, LeadLagData
from dashboard.page_data.links import path_in_app
from dashboard.page_data.request import Request
from dashboard.page_data.rows import rounded
from dashboard.page_data.rules import NEWEST_RULES
from dashboard.page_data.signals import LAGS, MARKETS, SIGNAL_MEASURES
from dashboard.page_data.subjects import BASKET
from dashboard.proofs.then_now import difference
from dashboard.proofs.verify import has_proof, verdict
from data.errors import UsageError
from data.people.hypotheses import family_size, keep_result, record_hypothesis

ANALYST = "models by MCP"
"""Whose analyses are counted together: a model that asks again under another name would escape a count of its own."""


class Verdicts(PageRequests):
    """Two of the tools, over one store."""

    def lead_lag(self, values: QueryValues) -> ToolRows:
        """Whether attention leads a price: the verdict, corrected for everything that models have asked here."""
        request = self.lead_lag_page(values)
        page = read_page(request)
        assert isinstance(page, LeadLagData)
        if page.signal is None:
            more = {"verdict": "cannot tell", "sentence": page.lack, "p": None, "p_adjusted": None, "family": 0}
            return ToolRows(rows=[], request=request, n=0, more=more)
        view = request.view
        what = dict(request.values) | {
            "from": view.start.isoformat(),
            "to": view.end.isoformat(),
            "publishers": list(view.publishers),
        }
        what |= {"langs": list(view.langs), "relevance": view.min_relevance, "rev": view.rev}
        is_new = record_hypothesis(self.store, analyst=ANALYST, kind="viewed", what=what, now=datetime.now(UTC))
        result = page.verdict(family_size(self.store, ANALYST))
        more = {
            "verdict": result.kind,
            "sentence": result.sentence,
            "p": rounded(result.p, 6),
            "p_adjusted": rounded(result.p_adjusted, 6),
            "family": result.family,
        }
        if is_new:
            keep_result(self.store, analyst=ANALYST, kind="viewed", what=what, result=more)
        rows = [
            {"lag": int(row.lag), "n": int(row.n)}
            | {name: rounded(getattr(row, name), 6) for name in ("correlation", "low", "high")}
            for row in result.by_lag.itertuples()
        ]
        return ToolRows(rows=rows, request=request, n=result.n, more=more)

    def lead_lag_page(self, values: QueryValues) -> Request:
        """The page of a subject and a price that can be compared."""
        view = self.view(values)
        subject = values.subject(catalog_at(self.url, view.rev))
        kind, _, ident = subject.partition(":")
        company = catalog_at(self.url, view.rev).companies[ident] if kind == "company" else None
        prices = [listing.ticker for listing in company.listings] if company else [BASKET]
        if kind == "subtheme" or not prices:
            raise UsageError(f"{subject} has no price to compare attention with: ask for a theme or a listed company.")
        chosen = {
            "about": subject,
            "price": choose(values, "price", prices),
            "market": choose(values, "market", MARKETS),
            "lags": int(choose(values, "lags", [str(FIRST_LAGS), *map(str, LAGS)])),
            "talk": choose(values, "talk", list(SIGNAL_MEASURES)),
        }
        return self.request("lead_lag", view, **chosen)

    def verify(self, values: QueryValues) -> ToolRows:
        """Whether a proof link holds, and how what is known now differs from what was known then."""
        path = path_in_app(values.query.get("link", ""))
        page = urlsplit(path or "").path.strip("/") or next(iter(PAGES))
        query = parse_qs(urlsplit(path or "").query, keep_blank_values=True)
        if path is None or not has_proof(page) or not query.get("sha"):
            raise UsageError("link takes a proof link of this app: one with sha= and 64 digits.")
        read, ignored = read_values(PAGES[page].params, query)
        if ignored:
            raise UsageError(ignored[0])
        newest = self.store.revision()
        bounds = self.bounds(newest)
        if changes := clamp_values(read, bounds)[1]:
            raise UsageError(changes[0].replace(" was changed to ", " would be changed to "))
        sha, rules = read.pop("sha"), read.pop("rules", 1)
        view = read_view(read, bounds)
        own = {name: value for name, value in read.items() if name in PAGES[page].params and name != "point"}
        request = Request.of(self.url, page, replace(view, rev=view.rev or newest), own, rules=min(rules, NEWEST_RULES))
        holds, sentence = verdict(request, sha, newest=newest)
        row = {
            "page": page,
            "verified": holds,
            "sentence": sentence,
            "then_and_now": difference(request, newest).sentence,
        }
        return ToolRows(rows=[row], request=request, n=len(read_page(request).rows))
