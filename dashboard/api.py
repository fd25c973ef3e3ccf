"""
The data behind the charts by URL: JSON and CSV under /api/v1, for spreadsheets, notebooks and other dashboards.

    request → allowed? → values typed and clamped → rows (dashboard/answers.py) → JSON or CSV, with an ETag

The routes run beside Streamlit and not behind its login, so they carry their own check: with CHOKEPOINT_API_KEY set, that key
as a bearer token or as the password of basic authentication; without it, only callers on this machine.
"""

from __future__ import annotations

import base64
import csv
import io
import os
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from ipaddress import ip_address
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from analysis.attention import period_of
from dashboard import answers, openbb
from dashboard.api_document import document
from dashboard.export import harmless
from dashboard.filters import GRAINS, LONGEST_TEXT, MOST_VALUES, read_date, read_number
from dashboard.sampling import shown_url
from data.catalog import load_catalog
from data.catalog.records import Catalog
from data.db import Store, open_store
from data.errors import CatalogError, ChokepointError, UsageError
from data.queries import Filters, span
from data.sample import ORIGIN

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
            "prices": self.prices,
            "subjects": self.subjects,
        }.items():
            found.append(Route(f"/api/v1/{name}", self._endpoint(answer, as_csv=False)))
            found.append(Route(f"/api/v1/{name}.csv", self._endpoint(answer, as_csv=True)))
        return found

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
        rows = answers.attention_rows(self.store, values.subject(self.catalog), filters, values.grain())
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
        rows, total = answers.receipt_rows(self.store, values.subject(self.catalog), filters, limit=limit, offset=offset)
        columns = ["story", "day", "relevance", "url", "title", "publisher", "published_at", "field", "start", "end", "matched", "rule"]
        return Answer(
            rows=rows, revision=filters.rev or 0, columns=columns, flat=answers.flat_receipts, more={"count": total, "offset": offset}
        )

    def prices(self, values: Values) -> Answer:
        """The prices of one listing."""
        company = self.catalog.companies.get(values.text("company"))
        if company is None:
            raise UsageError(f"There is no company {values.text('company')!r}; /api/v1/subjects lists them.")
        tickers = [listing.ticker for listing in company.listings]
        ticker = values.text("listing") or company.ticker
        if ticker not in tickers:
            has = f"its listings are {', '.join(tickers)}" if tickers else "it is not listed"
            raise UsageError(f"{company.name} has no listing {ticker or ''}: {has}.".replace("  ", " "))
        filters = values.filters(self.store, wide=True)
        rows = answers.price_rows(self.store, ticker, filters.start, filters.end, filters.rev)
        return Answer(rows=rows, revision=filters.rev or 0, columns=answers.PRICE_COLUMNS, more={"company": company.id, "listing": ticker})

    def subjects(self, values: Values) -> Answer:
        """Every subject that can be asked for."""
        themes = [{"subject": theme.key, "name": theme.name, "ticker": None} for theme in self.catalog.themes.values()]
        companies = [{"subject": c.key, "name": c.name, "ticker": c.ticker} for c in self.catalog.companies.values()]
        return Answer(rows=themes + companies, revision=self.store.revision(), columns=["subject", "name", "ticker"])

    def _endpoint(self, answer: Callable[[Values], Answer], *, as_csv: bool) -> Callable[[Request], Response]:
        def respond(request: Request) -> Response:
            refused = refusal(request)
            if refused:
                return refused
            try:
                if len(request.url.query) > LONGEST_QUERY:
                    raise UsageError(f"The query is longer than {LONGEST_QUERY} characters.")
                found = answer(Values(request))
                return self._csv(request, found) if as_csv else self._json(request, found)
            except ChokepointError as error:
                asked_wrongly = isinstance(error, UsageError) and not isinstance(error, CatalogError)
                return problem(400 if asked_wrongly else 503, str(error))

        respond.__name__ = answer.__name__
        return respond

    def _json(self, request: Request, answer: Answer) -> Response:
        body: dict[str, Any] = {"revision": answer.revision, "sha256": answers.sha256_of(answer.rows), **(answer.more or {})}
        body["sample"] = self._sample_words()
        return _with_tag(request, orjson.dumps({**body, "rows": answer.rows}), "application/json", answer.revision)

    def _csv(self, request: Request, answer: Answer) -> Response:
        out = io.StringIO(newline="")
        writer = csv.writer(out)
        # A spreadsheet wants one header line: what else there is to say stands in columns of its own.
        writer.writerow([*answer.columns, "revision", "data"])
        tail = [answer.revision, self._sample_words() or "live"]
        for row in answer.flat(answer.rows):
            writer.writerow([*(_cell(row[column]) for column in answer.columns), *tail])
        return _with_tag(request, out.getvalue().encode("utf-8-sig"), "text/csv; charset=utf-8", answer.revision)

    def _sample_words(self) -> str | None:
        return f"sample: {ORIGIN}" if self.store.is_sample else None

    def _document(self, request: Request) -> Response:
        return refusal(request) or _with_tag(request, orjson.dumps(document()), "application/json", 0)

    def _widgets(self, request: Request) -> Response:
        if refused := refusal(request):
            return refused
        try:
            return _with_tag(request, orjson.dumps(openbb.widgets(self.catalog)), "application/json", 0)
        except ChokepointError as error:
            return problem(503, str(error))

    def _apps(self, request: Request) -> Response:
        return refusal(request) or _with_tag(request, orjson.dumps(openbb.apps()), "application/json", 0)


class Values:
    """A request's parameters, typed. A wrong one raises UsageError with a sentence; none is guessed at."""

    KNOWN = frozenset(
        {"subject", "from", "to", "grain", "publisher", "lang", "relevance", "q", "rev", "period", "company", "listing", "limit", "offset"}
    )

    def __init__(self, request: Request) -> None:
        self._query = request.query_params
        unknown = sorted(set(self._query) - self.KNOWN)
        if unknown:
            raise UsageError(f"“{unknown[0][:40]}” is not a parameter; /api/v1/openapi.json lists them.")

    def text(self, name: str) -> str:
        text = self._query.get(name, "").strip()
        if len(text) > LONGEST_TEXT or "\0" in text:
            raise UsageError(f"{name} takes a text of at most {LONGEST_TEXT} characters.")
        return text

    def texts(self, name: str) -> tuple[str, ...]:
        found = tuple(dict.fromkeys(text for text in self._query.getlist(name) if text))
        if len(found) > MOST_VALUES or any(len(text) > LONGEST_TEXT or "\0" in text for text in found):
            raise UsageError(f"{name} takes at most {MOST_VALUES} texts of at most {LONGEST_TEXT} characters.")
        return found

    def date(self, name: str) -> date | None:
        text = self.text(name)
        day = read_date(text) if text else None
        if text and (day is None or not 1990 <= day.year <= 2200):
            raise UsageError(f"{name} takes a date such as 2026-01-31.")
        return day

    def whole(self, name: str, default: int, *, most: int) -> int:
        text = self.text(name)
        if not text:
            return default
        number = read_number(text)
        if number is None or number > most:
            raise UsageError(f"{name} takes a whole number from 0 to {most:,}.")
        return number

    def grain(self) -> Any:
        grain = self.text("grain") or "day"
        if grain not in GRAINS:
            raise UsageError(f"grain takes {', '.join(GRAINS)}.")
        return grain

    def subject(self, catalog: Catalog) -> str:
        key = self.text("subject")
        if not key:
            raise UsageError("subject is missing: theme:ID, subtheme:THEME.ID or company:ID.")
        if catalog.subject_name(key) == key:
            raise UsageError(f"There is no subject {key[:80]!r}; /api/v1/subjects lists them.")
        return key

    def filters(self, store: Store, *, wide: bool = False) -> Filters:
        """The window and filters at a definite revision. Without `from`, the year before the last day, or everything when `wide`."""
        newest = store.revision()
        rev = self.whole("rev", newest, most=10**9)
        if not 0 < rev <= max(newest, 1):
            raise UsageError(f"rev takes a revision from 1 to {newest}.")
        known = span(store, rev)
        first, last = known or (date(2000, 1, 1), date(2000, 1, 1))
        end = self.date("to") or last
        start = self.date("from") or (first if wide else max(first, end.replace(day=1, year=end.year - 1)))
        if start > end:
            raise UsageError(f"from={start} is after to={end}.")
        if (end - start).days > 36_600:
            raise UsageError("The window is longer than a hundred years.")
        relevance = self.whole("relevance", 0, most=100)
        filters = Filters(start=start, end=end, publishers=self.texts("publisher"), langs=self.texts("lang"), q=self.text("q"), rev=rev)
        return replace(filters, min_relevance=relevance)


def refusal(request: Request) -> Response | None:
    """Why the caller may not read, as a response; None when it may."""
    key = os.environ.get("CHOKEPOINT_API_KEY", "")
    if key:
        if any(secrets.compare_digest(given.encode(), key.encode()) for given in _given_keys(request)):
            return None
        answer = problem(401, "This data needs a key: send it as a bearer token, or as the password of basic authentication.")
        answer.headers["WWW-Authenticate"] = 'Basic realm="Chokepoint"'
        return answer
    if _is_this_machine(request):
        return None
    return problem(403, "Without CHOKEPOINT_API_KEY the data is served to this machine only: set a key on the server to open it.")


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
    return Response(orjson.dumps({"error": sentence}), status, media_type="application/json", headers={"Cache-Control": "no-store"})


def _with_tag(request: Request, body: bytes, media_type: str, revision: int) -> Response:
    tag = f'"{answers.hashed(body)}"'
    headers = {"ETag": tag, "Cache-Control": "no-cache", "X-Chokepoint-Revision": str(revision)}
    given = {part.strip().removeprefix("W/") for part in request.headers.get("if-none-match", "").split(",")}
    if tag in given or "*" in given:
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=media_type, headers=headers)


def _cell(value: Any) -> Any:
    return harmless(value) if isinstance(value, str) else value
