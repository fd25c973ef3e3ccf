"""The API's OpenAPI document."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from dashboard.filters import GRAINS, LONGEST_TEXT, MOST_VALUES

Schema = dict[str, Any]

TEXT: Schema = {"type": "string", "maxLength": LONGEST_TEXT}
DAY: Schema = {"type": "string", "format": "date"}
WHOLE: Schema = {"type": "integer", "minimum": 0}
NUMBER: Schema = {"type": ["number", "null"]}
SUBJECT: Schema = {"type": "string", "pattern": "^(theme|company|subtheme):[a-z0-9._-]+$", "examples": ["theme:memory", "company:micron"]}

PARAMETERS: dict[str, tuple[Schema, str]] = {
    "subject": (SUBJECT, "theme:ID, subtheme:THEME.ID or company:ID; /api/v1/subjects lists them"),
    "from": (DAY, "first day of the window (UTC)"),
    "to": (DAY, "last day of the window (UTC), included"),
    "grain": ({"type": "string", "enum": list(GRAINS)}, "length of a period; weeks begin on Monday"),
    "publisher": ({"type": "array", "items": TEXT, "maxItems": MOST_VALUES}, "only these publishers; may be repeated"),
    "lang": ({"type": "array", "items": {**TEXT, "maxLength": 8}, "maxItems": MOST_VALUES}, "only these languages; may be repeated"),
    "relevance": ({**WHOLE, "maximum": 100}, "only stories at least this relevant to the subject"),
    "q": (TEXT, "only stories with these words"),
    "rev": ({"type": "integer", "minimum": 1}, "as of this revision; without it the newest, which the answer names"),
    "period": (DAY, "first day of the period whose stories are asked for"),
    "limit": ({**WHOLE, "maximum": 5_000}, "at most so many stories"),
    "offset": (WHOLE, "leave out the newest so many"),
    "company": ({"type": "string", "pattern": "^[a-z0-9-]+$", "examples": ["micron"]}, "a company's ID"),
    "listing": ({"type": "string", "examples": ["MU"]}, "one of its tickers; without it the main listing"),
}
FILTERS = ("from", "to", "publisher", "lang", "relevance", "q", "rev")

ATTENTION_ROW = {"period": DAY, "stories": WHOLE, "articles": WHOLE, "all_stories": WHOLE, "share": NUMBER}
MENTION = {"field": {"enum": ["title", "summary"]}, "start": WHOLE, "end": WHOLE, "matched": {"type": "string"}, "rule": {"type": "string"}}
ARTICLE = {
    "url": {"type": "string"},
    "title": {"type": "string"},
    "publisher": {"type": "string"},
    "published_at": {"type": ["string", "null"], "format": "date-time"},
    "mentions": {"type": "array", "items": {"type": "object", "properties": MENTION}},
}
RECEIPT_ROW = {
    "story": WHOLE,
    "day": DAY,
    "publisher": {"type": "string"},
    "lang": {"type": "string"},
    "relevance": WHOLE,
    "articles": {"type": "array", "items": {"type": "object", "properties": ARTICLE}},
}
PRICE_ROW = {
    "session": DAY,
    **dict.fromkeys(("open", "high", "low", "close", "adjusted_close", "volume"), NUMBER),
    "currency": {"type": "string"},
    "basis": {"enum": ["traded", "adjusted"]},
}
SUBJECT_ROW = {"subject": {"type": "string"}, "name": {"type": "string"}, "ticker": {"type": ["string", "null"]}}

ENDPOINTS: dict[str, tuple[str, tuple[str, ...], tuple[str, ...], Schema]] = {
    "attention": ("How much a subject is talked about, by period", ("subject",), ("subject", "grain", *FILTERS), ATTENTION_ROW),
    "receipts": (
        "The stories behind a count, with their articles and the words that made the link",
        ("subject",),
        ("subject", "period", "grain", "limit", "offset", *FILTERS),
        RECEIPT_ROW,
    ),
    "prices": ("The prices of a company's listing by session", ("company",), ("company", "listing", "from", "to", "rev"), PRICE_ROW),
    "subjects": ("Every theme and company", (), (), SUBJECT_ROW),
}


def document() -> Schema:
    """The whole document, OpenAPI 3.1."""
    paths = {}
    for name, (summary, required, names, row) in ENDPOINTS.items():
        paths[f"/api/v1/{name}"] = {"get": _operation(name, summary, required, names, _json(row))}
        paths[f"/api/v1/{name}.csv"] = {"get": _operation(f"{name}_csv", f"{summary}, as CSV", required, names, {"text/csv": {}})}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Chokepoint",
            "version": version("chokepoint"),
            "description": "Attention to companies and themes of the AI supply chain, the stories behind every count, and share prices. "
            "Every answer names its revision; the same request at the same revision is answered with the same rows for ever.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "paths": paths,
        "components": {
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}, "basic": {"type": "http", "scheme": "basic"}},
        },
        "security": [{}, {"bearer": []}, {"basic": []}],
    }


def _operation(ident: str, summary: str, required: tuple[str, ...], names: tuple[str, ...], content: Schema) -> Schema:
    parameters = [
        {"name": name, "in": "query", "required": name in required, "schema": PARAMETERS[name][0], "description": PARAMETERS[name][1]}
        for name in names
    ]
    errors = {
        "400": "a parameter cannot be used; the sentence says why",
        "401": "a key is needed",
        "403": "only this machine may read",
        "503": "the store cannot be read now",
    }
    answers: Schema = {"200": {"description": "the rows", "content": content}, "304": {"description": "nothing has changed (ETag)"}}
    for status, meaning in errors.items():
        answers[status] = {"description": meaning, "content": {"application/json": {"schema": _object({"error": {"type": "string"}})}}}
    return {"operationId": ident, "summary": summary, "parameters": parameters, "responses": answers}


def _json(row: Schema) -> Schema:
    body = {
        "revision": WHOLE,
        "sha256": {"type": "string", "description": "of the rows as canonical JSON: UTF-8, sorted keys, no spaces"},
        "sample": {"type": ["string", "null"], "description": "what the data was drawn from when it is the bundled sample"},
        "rows": {"type": "array", "items": _object(row)},
    }
    return {"application/json": {"schema": _object(body)}}


def _object(properties: Schema) -> Schema:
    return {"type": "object", "properties": properties, "required": list(properties)}
