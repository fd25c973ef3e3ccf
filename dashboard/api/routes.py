"""
The data behind the charts by URL: JSON and CSV under /api/v1, for spreadsheets, notebooks and other dashboards.

    request → allowed? → values typed and clamped → rows (dashboard/proofs/rows.py) → JSON or CSV, with an ETag

The routes run beside Streamlit and not behind its login, so they carry their own check: with CHOKEPOINT_API_KEY set, that key
as a bearer token or as the password of basic authentication; without it, only callers on this machine.
"""

from __future__ import annotations

import base64
import csv
import io
import os
import secrets
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from ipaddress import ip_address
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from analysis.attention import period_of
from dashboard.address.filters import Bounds, held_values, read_view
from dashboard.address.params import PAGES, SHARED, read_values
from dashboard.api import openbb
from dashboard.api.document import ENDPOINTS, document
from dashboard.api.values import MANY, Values
from dashboard.cache.sampling import shown_url
from dashboard.exports.export import harmless
from dashboard.proofs import rows as answers
from dashboard.proofs.asked import Asked
from dashboard.proofs.proof import ROWS, has_proof, page_rows
from data.catalog import load_catalog
from data.catalog.records import Catalog
from data.errors import CatalogError, ChokepointError, UsageError
from data.read.attention import span
from data.sample import ORIGIN
from data.schema.store import Store, open_store
from data.write.catalog_versions import catalog_as_of

MOST_STORIES = 5_000
LONGEST_QUERY = 8_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Rows with the revision that they are of, and what else the JSON says beside them."""

    rows: list[answers.Row]
    revision: int
    columns: Sequence[str]
    flat: Callable[[Sequence[answers.Row]], list[answers.Row]] = list
    more: Mapping[str, Any] | None = None


class Api:
    """The routes over one store: the one that the pages show."""

    def __init__(self, url: str | None = None) -> None:
        self._url = url
        self._stores: dict[str, Store] = {}
        self._catalog: Catalog | None = None

    def routes(self) -> list[BaseRoute]:
        """What the server adds beside the app."""
        found: list[BaseRoute] = [
            Route("/api/v1/openapi.json", self._document),
            Route("/widgets.json", self._widgets),
            Route("/apps.json", self._apps),
        ]
        for name, answer in {
            "attention": self.attention,
            "receipts": self.receipts,
            "mentions": self.mentions,
            "prices": self.prices,
            "subjects": self.subjects,
            "view": self.view,
        }.items():
            found.append(Route(f"/api/v1/{name}", self._endpoint(name, answer, as_csv=False)))
            found.append(Route(f"/api/v1/{name}.csv", self._endpoint(name, answer, as_csv=True)))
        # Else Streamlit would answer what is mistyped with its own page, and 200.
        return [*found, Route("/api/{rest:path}", _nothing_there)]

    @property
    def catalog(self) -> Catalog:
        if self._catalog is None:
            self._catalog = load_catalog()
        return self._catalog

    @property
    def store(self) -> Store:
        return self._opened(self._url or shown_url(lambda url: span(self._opened(url)) is not None))

    def _opened(self, url: str) -> Store:
        if url not in self._stores:
            self._stores[url] = open_store(url, create=False)
        return self._stores[url]

    def close(self) -> None:
        for store in self._stores.values():
            store.close()

    def attention(self, values: Values) -> Answer:
        """Attention to a subject by period."""
        filters = values.filters(self.store)
        rows = answers.attention_rows(self.store, values.subject(self._known(filters.rev)), filters, values.grain())
        return Answer(rows=rows, revision=filters.rev or 0, columns=answers.ATTENTION_COLUMNS)

    def receipts(self, values: Values) -> Answer:
        """The stories behind one period's count."""
        filters, grain = values.filters(self.store, wide=True), values.grain()
        period = values.date("period")
        if period is not None:
            if period_of([period], grain)[0].date() != period:  # type: ignore[arg-type]
                raise UsageError(f"period={period} does not begin a {grain}; a period is named by its first day.")
            filters = answers.receipt_window(filters, period, grain)
        limit, offset = values.whole("limit", 1_000, most=MOST_STORIES), values.whole("offset", 0, most=10**9)
        rows, total = answers.receipt_rows(
            self.store, values.subject(self._known(filters.rev)), filters, limit=limit, offset=offset
        )
        more = {"count": total, "offset": offset}
        return Answer(
            rows=rows, revision=filters.rev or 0, columns=answers.MENTION_COLUMNS, flat=answers.flat_receipts, more=more
        )

    def mentions(self, values: Values) -> Answer:
        """The same stories as a flat table, for readers that know no lists within rows."""
        told = self.receipts(values)
        return replace(told, rows=answers.flat_receipts(told.rows), flat=list)

    def prices(self, values: Values) -> Answer:
        """The prices of one listing."""
        filters = values.filters(self.store, wide=True)
        if not (ident := values.text("company")):
            raise UsageError("company is missing: a company's ID, such as micron.")
        company = self._known(filters.rev).companies.get(ident)
        if company is None:
            raise UsageError(f"There is no company {ident[:80]!r}; /api/v1/subjects lists them as company:ID.")
        tickers = [listing.ticker for listing in company.listings]
        if not tickers:
            raise UsageError(f"{company.name} is not listed: it has no prices.")
        ticker = values.text("listing") or tickers[0]
        if ticker not in tickers:
            raise UsageError(f"{company.name} has no listing {ticker[:80]}: its listings are {', '.join(tickers)}.")
        rows = answers.price_rows(self.store, ticker, filters.start, filters.end, filters.rev)
        return Answer(
            rows=rows,
            revision=filters.rev or 0,
            columns=answers.PRICE_COLUMNS,
            more={"company": company.id, "listing": ticker},
        )

    def subjects(self, values: Values) -> Answer:
        """Every subject that can be asked for, as of a revision."""
        rev = values.revision(self.store)
        known = self._known(rev)
        tickers = {company.key: company.ticker for company in known.companies.values()}
        rows = [{"subject": key, "name": known.subject_name(key), "ticker": tickers.get(key)} for key in known.subjects]
        return Answer(rows=rows, revision=rev, columns=["subject", "name", "ticker"])

    def view(self, values: Values) -> Answer:
        """What a page shows with the values of its link: the rows that a proof link's hash is of."""
        page, store = values.text("page"), self.store
        rev = values.revision(store)
        query = {name: values.query.getlist(name) for name in values.query if name != "page"}
        read, ignored = read_values(page, query)
        if ignored:
            raise UsageError(ignored[0])
        first, last = span(store) or (date(2000, 1, 1), date(2000, 1, 1))
        bounds = Bounds(first_day=first, last_day=last, newest=store.revision())
        if moved := held_values(read, bounds)[1]:
            raise UsageError(moved[0].replace(" was moved to ", " would be moved to "))
        view = replace(read_view(read, bounds), rev=rev)
        rows = page_rows(Asked(store=store, today=self.catalog, page=page, view=view, values=read))
        verified = read["sha"] == answers.sha256_of(rows) if "sha" in read else None
        columns = list(dict.fromkeys(name for row in rows for name in row))
        return Answer(rows=rows, revision=rev, columns=columns, more={"page": page, "verified": verified})

    def _known(self, rev: int | None) -> Catalog:
        """The catalog as of a revision: what is listed, and as what, may have been another."""
        return catalog_as_of(self.store, rev or 0, self.catalog)

    def _endpoint(
        self, name: str, answer: Callable[[Values], Answer], *, as_csv: bool
    ) -> Callable[[Request], Response]:
        def respond(request: Request) -> Response:
            refused = refusal(request)
            if refused:
                return refused
            try:
                if len(request.url.query) > LONGEST_QUERY:
                    raise UsageError(f"The query is longer than {LONGEST_QUERY} characters.")
                found = answer(Values(request.query_params, *_parameters(name, request)))
                return self._csv(request, found) if as_csv else self._json(request, found)
            except ChokepointError as error:
                asked_wrongly = isinstance(error, UsageError) and not isinstance(error, CatalogError)
                return problem(400 if asked_wrongly else 503, str(error))

        respond.__name__ = answer.__name__
        return respond

    def _json(self, request: Request, answer: Answer) -> Response:
        rows = answers.canonical(answer.rows)
        head = {
            "revision": answer.revision,
            "sha256": answers.hashed(rows),
            **(answer.more or {}),
            "sample": self._sample_words(),
        }
        # The rows last and as they were hashed: whoever cuts them out of the text has what the hash is of, without writing numbers again.
        return _with_tag(request, orjson.dumps(head)[:-1] + b',"rows":' + rows + b"}", "application/json", answer)

    def _csv(self, request: Request, answer: Answer) -> Response:
        out = io.StringIO(newline="")
        writer = csv.writer(out)
        # A spreadsheet wants one header line: what else there is to say stands in columns of its own.
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
            return _with_tag(request, orjson.dumps(openbb.widgets(self.catalog)), "application/json")
        except ChokepointError as error:
            return problem(503, str(error))

    def _apps(self, request: Request) -> Response:
        return refusal(request) or _with_tag(request, orjson.dumps(openbb.apps()), "application/json")


def refusal(request: Request) -> Response | None:
    """Why the caller may not read, as a response; None when it may."""
    key = os.environ.get("CHOKEPOINT_API_KEY", "")
    if key:
        if any(secrets.compare_digest(given.encode(), key.encode()) for given in _given_keys(request)):
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


def _given_keys(request: Request) -> list[str]:
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
    # A proxy in front would make every caller look local, and a foreign name may be rebound to this address.
    host = request.url.hostname or ""
    if "forwarded" in request.headers or "x-forwarded-for" in request.headers or request.client is None:
        return False
    return _is_loopback(request.client.host) and (host == "localhost" or _is_loopback(host))


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def problem(status: int, sentence: str) -> Response:
    """An error in plain words."""
    return Response(
        orjson.dumps({"error": sentence}), status, media_type="application/json", headers={"Cache-Control": "no-store"}
    )


def _with_tag(request: Request, body: bytes, media_type: str, answer: Answer | None = None) -> Response:
    tag = f'"{answers.hashed(body)}"'
    headers = {"ETag": tag, "Cache-Control": "no-cache"}
    if answer is not None:
        headers |= {
            "X-Chokepoint-Revision": str(answer.revision),
            "X-Chokepoint-SHA256": answers.sha256_of(answer.rows),
        }
    given = {part.strip().removeprefix("W/") for part in request.headers.get("if-none-match", "").split(",")}
    if tag in given or "*" in given:
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=media_type, headers=headers)


def _parameters(name: str, request: Request) -> tuple[Collection[str], Collection[str]]:
    """The parameters that an endpoint takes, and those that may be repeated; a view takes its page's own."""
    if name != "view":
        return ENDPOINTS[name].names, MANY
    page = request.query_params.get("page", "")
    if not has_proof(page):
        raise UsageError(f"page takes {', '.join(ROWS)}.")
    own = SHARED | {name: param for name, param in PAGES[page].items() if name != "page"}
    return ["page", *own], [name for name, param in own.items() if param.many]


def _nothing_there(request: Request) -> Response:
    return refusal(request) or problem(
        404, "There is nothing at this address; /api/v1/openapi.json lists what there is."
    )


def _cell(value: Any) -> Any:
    return harmless(value) if isinstance(value, str) else value
