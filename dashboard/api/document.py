"""The API's OpenAPI document."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from dashboard.address.params import GRAINS, LONGEST_TEXT, MEASURES, MOST_VALUES
from dashboard.api.signed import SIGNATURE
from dashboard.page_data import PAGES
from dashboard.proofs.verify import has_proof
from data.version import VERSION

Schema = dict[str, Any]

TEXT: Schema = {"type": "string", "maxLength": LONGEST_TEXT}
DATE: Schema = {"type": "string", "format": "date"}
INTEGER: Schema = {"type": "integer", "minimum": 0}
NUMBER: Schema = {"type": ["number", "null"]}
SUBJECT: Schema = {
    "type": "string",
    "pattern": "^(theme|company|subtheme):[a-z0-9._-]+$",
    "examples": ["theme:memory", "company:micron"],
}

PARAMETERS: dict[str, tuple[Schema, str]] = {
    "subject": (SUBJECT, "theme:ID, subtheme:THEME.ID or company:ID; /api/v1/subjects lists them"),
    "from": (DATE, "first day of the window (UTC)"),
    "to": (DATE, "last day of the window (UTC), included"),
    "grain": ({"type": "string", "enum": list(GRAINS)}, "length of a period; weeks begin on Monday"),
    "publisher": ({"type": "array", "items": TEXT, "maxItems": MOST_VALUES}, "only these publishers; may be repeated"),
    "lang": (
        {"type": "array", "items": {**TEXT, "maxLength": 8}, "maxItems": MOST_VALUES},
        "only these languages; may be repeated",
    ),
    "relevance": ({**INTEGER, "maximum": 100}, "only stories at least this relevant to the subject"),
    "q": (TEXT, "only stories with these words"),
    "rev": ({"type": "integer", "minimum": 1}, "as of this revision; without it the newest, which the answer names"),
    "period": (DATE, "first day of the period whose stories are requested"),
    "limit": ({**INTEGER, "maximum": 5_000}, "the largest number of stories in the answer"),
    "offset": (INTEGER, "how many of the newest stories to skip"),
    "company": ({"type": "string", "pattern": "^[a-z0-9-]+$", "examples": ["micron"]}, "a company's ID"),
    "listing": ({"type": "string", "examples": ["MU"]}, "one of its tickers; without it the main listing"),
    "page": (
        {"type": "string", "enum": [name for name in PAGES if has_proof(name)]},
        "a page; the parameters of its links are accepted too",
    ),
    "measure": ({"type": "string", "enum": list(MEASURES)}, "the page's measure"),
    "sha": (
        {"type": "string", "pattern": "^[0-9a-f]{64}$"},
        "a proof link's hash: the answer says whether the rows have it",
    ),
}
ERRORS = {
    "400": "a parameter is unknown, repeated, missing, or cannot be used; the sentence says which and why",
    "401": "a key is needed",
    "403": "without a key on the server only the server's own machine may read",
    "503": "the store or the catalog cannot be read now",
}
ANSWER_HEADERS = ("ETag", "X-Chokepoint-Revision", "X-Chokepoint-SHA256")
FILTERS = ("from", "to", "publisher", "lang", "relevance", "q", "rev")

ATTENTION_ROW = {"period": DATE, "stories": INTEGER, "articles": INTEGER, "all_stories": INTEGER, "share": NUMBER}
STRING: Schema = {"type": "string"}
MOMENT: Schema = {"type": ["string", "null"], "format": "date-time"}
MENTION = {
    "field": {"enum": ["title", "summary"]},
    **dict.fromkeys(("start", "end"), INTEGER),
    **dict.fromkeys(("matched", "rule"), STRING),
    "score": NUMBER,
    "why": STRING,
}
ARTICLE = {
    "url": {"type": ["string", "null"]},
    "title": STRING,
    "summary": STRING,
    "publisher": STRING,
    "published_at": MOMENT,
    "first_seen_at": MOMENT,
    "mentions": {"type": "array", "items": {"type": "object", "properties": MENTION}},
}
RECEIPT_ROW = {
    "story": INTEGER,
    "day": DATE,
    "publisher": {"type": "string"},
    "lang": {"type": "string"},
    "relevance": INTEGER,
    "articles": {"type": "array", "items": {"type": "object", "properties": ARTICLE}},
}
MENTION_ROW = {
    **{name: RECEIPT_ROW[name] for name in ("story", "day", "relevance")},
    **{name: ARTICLE[name] for name in ("url", "title", "publisher", "published_at")},
    "field": {"enum": ["title", "summary", None]},
    **{name: {"type": ["integer", "null"], "minimum": 0} for name in ("start", "end")},
    **{name: {"type": ["string", "null"]} for name in ("matched", "rule")},
}
PRICE_ROW = {
    "session": DATE,
    **dict.fromkeys(("open", "high", "low", "close", "adjusted_close", "volume"), NUMBER),
    "currency": {"type": "string"},
    "basis": {"enum": ["traded", "adjusted"]},
}
SUBJECT_ROW = {"subject": {"type": "string"}, "name": {"type": "string"}, "ticker": {"type": ["string", "null"]}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """An address of the API: its parameters, the schema of a row, and the answer's other fields."""

    summary: str
    parameters: tuple[str, ...]
    row: Schema
    required: tuple[str, ...] = ()
    more: Schema = field(default_factory=dict)


ENDPOINTS: dict[str, Endpoint] = {
    "attention": Endpoint(
        summary="Attention to a subject by period: stories, articles, share of all stories",
        required=("subject",),
        parameters=("subject", "grain", *FILTERS),
        row=ATTENTION_ROW,
    ),
    "receipts": Endpoint(
        summary="The stories behind a count, with their articles and the words that made the link",
        required=("subject",),
        parameters=("subject", "period", "grain", "limit", "offset", *FILTERS),
        row=RECEIPT_ROW,
        more={"count": {**INTEGER, "description": "how many stories there are in all"}, "offset": INTEGER},
    ),
    "mentions": Endpoint(
        summary="The same stories as a flat table: a row a mention, or an article without one",
        required=("subject",),
        parameters=("subject", "period", "grain", "limit", "offset", *FILTERS),
        row=MENTION_ROW,
        more={"count": {**INTEGER, "description": "how many stories there are in all"}, "offset": INTEGER},
    ),
    "prices": Endpoint(
        summary="The prices of a company's listing by session",
        required=("company",),
        parameters=("company", "listing", "from", "to", "rev"),
        row=PRICE_ROW,
        more={"company": STRING, "listing": STRING},
    ),
    "subjects": Endpoint(summary="Every theme, sub-theme and company", parameters=("rev",), row=SUBJECT_ROW),
    "view": Endpoint(
        summary="The rows of a page's charts, which its proof link's hash covers: page=… and the link's parameters",
        required=("page",),
        parameters=("page", "from", "to", "grain", "measure", "publisher", "lang", "relevance", "rev", "sha"),
        row={"chart": STRING},
        more={
            "page": STRING,
            "rules": {**INTEGER, "description": "the number of the rules that computed the rows"},
            "verified": {
                "type": ["boolean", "null"],
                "description": "whether the rows have the hash sha; null without it",
            },
        },
    ),
}


def document() -> Schema:
    """The whole document, OpenAPI 3.1."""
    paths = {}
    for name, endpoint in ENDPOINTS.items():
        paths[f"/api/v1/{name}"] = {"get": _operation(name, endpoint.summary, endpoint, _json(endpoint))}
        table = {"text/csv": {"schema": STRING}}
        paths[f"/api/v1/{name}.csv"] = {
            "get": _operation(f"{name}_csv", f"{endpoint.summary}, as CSV", endpoint, table)
        }
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Chokepoint",
            "version": VERSION,
            "description": (
                "Attention to companies and themes of the AI supply chain, the stories behind every count, and share "
                "prices. Every answer names its revision; the same request at the same revision always has the same "
                "rows."
            ),
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "paths": paths,
        "components": {
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "basic": {"type": "http", "scheme": "basic"},
                "signature": {
                    "type": "apiKey",
                    "in": "query",
                    "name": SIGNATURE,
                    "description": "a signed address, with its expiry: python -m dashboard sign ADDRESS",
                },
            },
        },
        "security": [{}, {"bearer": []}, {"basic": []}, {"signature": []}],
    }


def _operation(ident: str, summary: str, endpoint: Endpoint, content: Schema) -> Schema:
    parameters = [
        {
            "name": name,
            "in": "query",
            "required": name in endpoint.required,
            "schema": PARAMETERS[name][0],
            "description": PARAMETERS[name][1],
        }
        for name in endpoint.parameters
    ]
    headers = {name: {"schema": STRING} for name in ANSWER_HEADERS}
    error = {"application/json": {"schema": _object({"error": STRING})}}
    responses: Schema = {
        "200": {"description": "the rows", "content": content, "headers": headers},
        "304": {"description": "nothing has changed (ETag)"},
        **{status: {"description": meaning, "content": error} for status, meaning in ERRORS.items()},
    }
    return {"operationId": ident, "summary": summary, "parameters": parameters, "responses": responses}


def _json(endpoint: Endpoint) -> Schema:
    body = {
        "revision": INTEGER,
        "sha256": {
            "type": "string",
            "description": (
                "of the rows as they stand in this answer, which are canonical (UTF-8, sorted keys, no spaces): "
                "everything "
                'between "rows": and the last brace'
            ),
        },
        **endpoint.more,
        "sample": {
            "type": ["string", "null"],
            "description": "the origin of the data when it is the bundled sample",
        },
        "rows": {"type": "array", "items": _object(endpoint.row)},
    }
    return {"application/json": {"schema": _object(body)}}


def _object(properties: Schema) -> Schema:
    return {"type": "object", "properties": properties, "required": list(properties)}
