"""
The data behind the charts by URL: JSON and CSV under /api/v1, for spreadsheets, notebooks and other dashboards.

    request → allowed? → values typed and clamped → page data (dashboard/page_data/) → JSON or CSV, with an ETag

The routes run beside Streamlit and not behind its login, so they check callers themselves: with CHOKEPOINT_API_KEY set,
that key as a bearer token, as the password of basic authentication, or in the signature of an address (signed.py);
without it, only callers on this machine.
"""

from __future__ import annotations

import base64
import csv
import io
import secrets
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pandas as pd
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from analysis.returns import adjusted_prices
from dashboard.access import is_this_machine
from dashboard.address.params import SHARED, read_values
from dashboard.address.view import clamp_values, read_view
from dashboard.api import openbb
from dashboard.api.document import ENDPOINTS, document
from dashboard.api.signed import SIGNATURE, SIGNED, refusal_of_signature
from dashboard.api.values import MANY, QueryValues
from dashboard.cache.counts import load_cells
from dashboard.cache.stores import StoreInUse, catalog_at, catalog_in_use, store_at
from dashboard.exports.export import not_a_formula
from dashboard.page_data import PAGES, read_page
from dashboard.page_data.receipts import MENTION_COLUMNS, flat_receipts, receipt_rows, receipt_window
from dashboard.page_data.request import Request as PageRequest
from dashboard.page_data.rows import (
    ATTENTION_COLUMNS,
    PRICE_COLUMNS,
    Row,
    attention_rows,
    canonical_json,
    price_rows,
    sha256_hex,
    sha256_of,
)
from dashboard.page_data.rules import NEWEST_RULES
from dashboard.proofs.verify import has_proof
from data.catalog.records import Catalog, Company
from data.errors import CatalogError, ChokepointError, UsageError
from data.prices import actions_of, bars_between
from data.read.attention import Filters
from data.sample import ORIGIN
from data.settings import settings

TO_THE_END = timedelta(days=36_500)
"""Splits and dividends after a window change its adjusted closes too, so bars are read to the store's end."""

MOST_STORIES = 5_000
LONGEST_QUERY = 8_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Rows with their revision, and the other fields of the JSON."""

    rows: list[Row]
    revision: int
    columns: Sequence[str]
    flat: Callable[[Sequence[Row]], list[Row]] = list
    more: Mapping[str, Any] | None = None


class Api(StoreInUse):
    """The routes over one store."""

    def routes(self) -> list[BaseRoute]:
        """The routes that the server adds beside the app."""
        routes: list[BaseRoute] = [
            Route("/api/v1/openapi.json", self._document),
            Route("/widgets.json", self._widgets),
            Route("/apps.json", self._apps),
        ]
        for name in ENDPOINTS:  # each has a method of the same name
            routes.append(Route(f"/api/v1/{name}", self._endpoint(name, as_csv=False)))
            routes.append(Route(f"/api/v1/{name}.csv", self._endpoint(name, as_csv=True)))
        # Otherwise Streamlit would answer a mistyped address with its own page, and 200.
        return [*routes, Route("/api/{rest:path}", _not_found)]

    def attention(self, values: QueryValues) -> Answer:
        """Attention to a subject by period."""
        filters = values.filters(self.store)
        subject = values.subject(self._catalog(filters.rev))
        cells = load_cells(self.url, (subject,), filters, values.grain())
        return Answer(rows=attention_rows(cells), revision=filters.rev or 0, columns=ATTENTION_COLUMNS)

    def receipts(self, values: QueryValues) -> Answer:
        """The stories behind one period's count."""
        filters, grain = values.filters(self.store, wide=True), values.grain()
        period = values.period(grain)
        if period is not None:
            filters = receipt_window(filters, period, grain)
        limit, offset = values.integer("limit", 1_000, most=MOST_STORIES), values.integer("offset", 0, most=10**9)
        subject = values.subject(self._catalog(filters.rev))
        rows, total = receipt_rows(self.url, subject, filters, limit=limit, offset=offset)
        more = {"count": total, "offset": offset}
        return Answer(rows=rows, revision=filters.rev or 0, columns=MENTION_COLUMNS, flat=flat_receipts, more=more)

    def mentions(self, values: QueryValues) -> Answer:
        """The same stories as a flat table, for tools that cannot read lists within rows."""
        answer = self.receipts(values)
        return replace(answer, rows=flat_receipts(answer.rows), flat=list)

    def prices(self, values: QueryValues) -> Answer:
        """The prices of one listing."""
        filters = values.filters(self.store, wide=True)
        company, ticker, bars = adjusted_bars(self.url, values, filters)
        more = {"company": company.id, "listing": ticker}
        return Answer(rows=price_rows(bars), revision=filters.rev or 0, columns=PRICE_COLUMNS, more=more)

    def subjects(self, values: QueryValues) -> Answer:
        """Every subject, as of a revision."""
        rev = values.revision(self.store)
        catalog = self._catalog(rev)
        tickers = {company.key: company.ticker for company in catalog.companies.values()}
        rows = [
            {"subject": key, "name": catalog.subject_name(key), "ticker": tickers.get(key)} for key in catalog.subjects
        ]
        return Answer(rows=rows, revision=rev, columns=["subject", "name", "ticker"])

    def view(self, values: QueryValues) -> Answer:
        """The rows of a page with the values of its link: those that a proof link's hash covers."""
        request, sha = self.page_request(values)
        rows = read_page(request).rows
        columns = list(dict.fromkeys(name for row in rows for name in row))
        verified = None if sha is None else sha == sha256_of(rows)
        more = {"page": request.page, "rules": request.rules, "verified": verified}
        return Answer(rows=rows, revision=request.rev, columns=columns, more=more)

    def page_request(self, values: QueryValues) -> tuple[PageRequest, str | None]:
        """The page that a request names with the values of its link, and the hash that the link holds, if any."""
        page, rev = values.text("page"), values.revision(self.store)
        query = {name: values.query.getlist(name) for name in values.query if name != "page"}
        own = {name: param for name, param in PAGES[page].params.items() if name != "page"}
        page_values, ignored = read_values(own, query)
        if ignored:
            raise UsageError(ignored[0])
        bounds = self.bounds(self.store.revision())
        if changes := clamp_values(page_values, bounds)[1]:
            raise UsageError(changes[0].replace(" was changed to ", " would be changed to "))
        sha = page_values.pop("sha", None)
        rules = page_values.pop("rules", 1 if sha else NEWEST_RULES)
        view = replace(read_view(page_values, bounds), rev=rev)
        return PageRequest.of(self.url, page, view, page_values, rules=rules), sha

    def _catalog(self, rev: int | None) -> Catalog:
        """The catalog as of a revision: names and listings may have been different."""
        return catalog_at(self.url, rev or 0)

    def _endpoint(self, name: str, *, as_csv: bool) -> Callable[[Request], Response]:
        answer_of: Callable[[QueryValues], Answer] = getattr(self, name)

        def respond(request: Request) -> Response:
            if refused := refusal(request):
                return refused
            try:
                answer = answer_of(query_values(name, request))
                return self._csv(request, answer) if as_csv else self._json(request, answer)
            except ChokepointError as error:
                is_bad_request = isinstance(error, UsageError) and not isinstance(error, CatalogError)
                return problem(400 if is_bad_request else 503, str(error))

        respond.__name__ = name
        return respond

    def _json(self, request: Request, answer: Answer) -> Response:
        rows = canonical_json(answer.rows)
        head = {
            "revision": answer.revision,
            "sha256": sha256_hex(rows),
            **(answer.more or {}),
            "sample": self._sample_words(),
        }
        # The rows last and as they were hashed, so that the hash can be checked by cutting them out of the text.
        return _with_tag(request, orjson.dumps(head)[:-1] + b',"rows":' + rows + b"}", "application/json", answer)

    def _csv(self, request: Request, answer: Answer) -> Response:
        out = io.StringIO(newline="")
        writer = csv.writer(out)
        # A spreadsheet expects one header line, so the revision and the origin have columns of their own.
        writer.writerow([*answer.columns, "revision", "data"])
        tail = [answer.revision, self._sample_words() or "live"]
        for row in answer.flat(answer.rows):
            writer.writerow([*(_cell(row.get(column)) for column in answer.columns), *tail])
        return _with_tag(request, out.getvalue().encode("utf-8-sig"), "text/csv; charset=utf-8", answer)

    def _sample_words(self) -> str | None:
        return f"sample: {ORIGIN}" if self.store.is_sample else None

    def _document(self, request: Request) -> Response:
        return refusal(request) or _with_tag(request, orjson.dumps(document()), "application/json")

    def _widgets(self, request: Request) -> Response:
        if refused := refusal(request):
            return refused
        try:
            return _with_tag(request, orjson.dumps(openbb.widgets(catalog_in_use())), "application/json")
        except ChokepointError as error:
            return problem(503, str(error))

    def _apps(self, request: Request) -> Response:
        return refusal(request) or _with_tag(request, orjson.dumps(openbb.apps()), "application/json")


def query_values(name: str, request: Request) -> QueryValues:
    """A request's parameters for the endpoint `name`, without those of its signature."""
    if len(request.url.query) > LONGEST_QUERY:
        raise UsageError(f"The query is longer than {LONGEST_QUERY} characters.")
    query = QueryParams([pair for pair in request.query_params.multi_items() if pair[0] not in SIGNED])
    return QueryValues(query, *_parameters(name, request))


def adjusted_bars(url: str, values: QueryValues, filters: Filters) -> tuple[Company, str, pd.DataFrame]:
    """The company and listing that a request names, and its bars in the window as `adjusted_prices` gives them."""
    if not (ident := values.text("company")):
        raise UsageError("company is missing: a company's ID, such as micron.")
    company = catalog_at(url, filters.rev or 0).companies.get(ident)
    if company is None:
        raise UsageError(f"There is no company {ident[:80]!r}; /api/v1/subjects lists them as company:ID.")
    tickers = [listing.ticker for listing in company.listings]
    if not tickers:
        raise UsageError(f"{company.name} is not listed: it has no prices.")
    ticker = values.text("listing") or tickers[0]
    if ticker not in tickers:
        raise UsageError(f"{company.name} has no listing {ticker[:80]}: its listings are {', '.join(tickers)}.")
    store = store_at(url)
    bars = bars_between(store, [ticker], filters.start, filters.end + TO_THE_END, filters.rev)
    prices = adjusted_prices(bars, actions_of(store, [ticker], filters.rev))
    return company, ticker, prices[prices["session"] <= str(filters.end)]


def refusal(request: Request) -> Response | None:
    """Why the caller may not read, as a response; None when it may."""
    key = settings().api_key
    if key:
        if SIGNATURE in request.query_params and request.method in ("GET", "HEAD"):
            sentence = refusal_of_signature(request.url.path, request.url.query, key, datetime.now(UTC))
            return problem(401, sentence) if sentence else None
        if any(secrets.compare_digest(sent.encode(), key.encode()) for sent in _sent_keys(request)):
            return None
        answer = problem(
            401, "This data needs a key: send it as a bearer token, or as the password of basic authentication."
        )
        answer.headers["WWW-Authenticate"] = 'Basic realm="Chokepoint"'
        return answer
    if _is_this_machine(request):
        return None
    return problem(
        403, "Without CHOKEPOINT_API_KEY the data is served to this machine only: set a key on the server to open it."
    )


def _sent_keys(request: Request) -> list[str]:
    kind, _, value = request.headers.get("authorization", "").partition(" ")
    if kind.lower() == "bearer":
        return [value.strip()]
    if kind.lower() != "basic":
        return []
    try:
        return [base64.b64decode(value, validate=True).decode().partition(":")[2]]
    except ValueError:
        return []


def _is_this_machine(request: Request) -> bool:
    # Behind a proxy every caller would look local, and a foreign name may be rebound to this address.
    return is_this_machine(request.client.host if request.client else None, request.headers)


def problem(status: int, sentence: str) -> Response:
    """An error as JSON with one sentence."""
    return Response(
        orjson.dumps({"error": sentence}), status, media_type="application/json", headers={"Cache-Control": "no-store"}
    )


def _with_tag(request: Request, body: bytes, media_type: str, answer: Answer | None = None) -> Response:
    tag = f'"{sha256_hex(body)}"'
    headers = {"ETag": tag, "Cache-Control": "no-cache"}
    if answer is not None:
        headers |= {
            "X-Chokepoint-Revision": str(answer.revision),
            "X-Chokepoint-SHA256": sha256_of(answer.rows),
        }
    known_tags = {part.strip().removeprefix("W/") for part in request.headers.get("if-none-match", "").split(",")}
    if tag in known_tags or "*" in known_tags:
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=media_type, headers=headers)


def _parameters(name: str, request: Request) -> tuple[Collection[str], Collection[str]]:
    """The parameters that an endpoint takes, and those that may be repeated; a view takes its page's own."""
    if name != "view":
        return ENDPOINTS[name].parameters, MANY
    page = request.query_params.get("page", "")
    if not has_proof(page):
        raise UsageError(f"page takes {', '.join(name for name in PAGES if has_proof(name))}.")
    own = {**SHARED, **{name: param for name, param in PAGES[page].params.items() if name != "page"}}
    return ["page", *own], [name for name, param in own.items() if param.many]


def _not_found(request: Request) -> Response:
    return refusal(request) or problem(
        404, "There is nothing at this address; /api/v1/openapi.json lists all addresses."
    )


def _cell(value: Any) -> Any:
    return not_a_formula(value) if isinstance(value, str) else value
