"""
The tools as clients list them: what each takes and gives, in the words and the types of the HTTP API.

    dashboard/api/document.py: parameters, rows → a JSON schema of the arguments and one of the answer, for each tool
"""

from __future__ import annotations

from dataclasses import dataclass, field

from dashboard.api.document import ATTENTION_ROW, DATE, INTEGER, NUMBER, PARAMETERS, PRICE_ROW, STRING, Schema
from dashboard.page_data.signals import LAGS, MARKETS, SIGNAL_MEASURES

FILTERS = ("from", "to", "publisher", "lang", "relevance", "rev")
PAGED = ("limit", "offset")
TEXTS: Schema = {"type": "array", "items": STRING}
OWN_PARAMETERS: dict[str, tuple[Schema, str]] = {
    **{name: PARAMETERS[name] for name in ("subject", "grain", "period", "company", "listing", *FILTERS)},
    "q": (PARAMETERS["q"][0], "a name, ticker or product"),
    "kind": ({"type": "string", "enum": ["theme", "company"]}, "what is ranked"),
    "chart": ({"type": "string", "maxLength": 40}, "attention, prices, company, subtheme, moves, also or newest"),
    "price": (STRING, "a ticker of the company; a theme is compared with its basket"),
    "market": ({"type": "string", "enum": list(MARKETS)}, "the benchmark that returns are net of"),
    "lags": ({"type": "integer", "enum": list(LAGS)}, "the widest lag, in sessions"),
    "talk": ({"type": "string", "enum": list(SIGNAL_MEASURES)}, "the measure of attention"),
    "link": ({"type": "string", "maxLength": 8_000}, "a proof link"),
    "offset": (INTEGER, "rows to skip: newer ones where rows are dated, better ones in rankings"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """A tool: its description, parameters, the schema of a row, how many rows it gives unless asked, and at most."""

    description: str
    parameters: tuple[str, ...]
    row: Schema
    required: tuple[str, ...] = ()
    more: Schema = field(default_factory=dict)
    usual: int = 60
    most: int = 250

    @property
    def input_schema(self) -> Schema:
        limit: Schema = {"type": "integer", "minimum": 0, "maximum": self.most, "default": self.usual}
        known = OWN_PARAMETERS | {"limit": (limit, "the largest number of rows in the answer")}
        properties = {name: known[name][0] | {"description": known[name][1]} for name in self.parameters}
        return {
            "type": "object",
            "properties": properties,
            "required": list(self.required),
            "additionalProperties": False,
        }

    @property
    def output_schema(self) -> Schema:
        row = {"type": "object", "properties": self.row, "required": list(self.row)}
        properties = ENVELOPE | self.more | {"rows": {"type": "array", "items": row}}
        return {"type": "object", "properties": properties, "required": list(properties)}


# Without descriptions, which would be listed eight times; the server's instructions explain the fields once.
ENVELOPE: Schema = {
    **dict.fromkeys(("revision", "n", "count", "offset"), INTEGER),
    **dict.fromkeys(("sha256", "link", "note"), STRING),
    "sample": {"type": ["string", "null"]},
    "freshness": {"type": "object"},
}
TOOLS: dict[str, Tool] = {
    "find_subject": Tool(
        description="Find the key of a company or theme by any of its names, tickers or products.",
        parameters=("q", "rev", *PAGED),
        required=("q",),
        row={"subject": STRING, "name": STRING, "tickers": TEXTS, "matched": STRING},
        usual=8,
        most=30,
    ),
    "whats_hot": Tool(
        description="Rank themes or companies by abnormal attention (z) in the last period, with their price change.",
        parameters=("kind", "grain", *FILTERS, *PAGED),
        row={
            **dict.fromkeys(("subject", "name"), STRING),
            "period": DATE,
            **dict.fromkeys(("stories", "all_stories"), INTEGER),
            **dict.fromkeys(("share", "expected", "abnormal", "price_change"), NUMBER),
        },
        usual=12,
        most=30,
    ),
    "attention": Tool(
        description="Stories about a subject by period and their share of all stories; a year by week unless asked.",
        parameters=("subject", "grain", *FILTERS, *PAGED),
        required=("subject",),
        row=ATTENTION_ROW,
        more={"all_stories": INTEGER},
    ),
    "receipts": Tool(
        description="The stories behind a count, newest first, with the words that linked each to the subject.",
        parameters=("subject", "period", "grain", *FILTERS, *PAGED),
        required=("subject",),
        row={
            "story": INTEGER,
            "day": DATE,
            **dict.fromkeys(("relevance", "articles"), INTEGER),
            **dict.fromkeys(("publisher", "title"), STRING),
            "url": {"type": ["string", "null"]},
            **dict.fromkeys(("matched", "rules"), TEXTS),
        },
        usual=10,
        most=50,
    ),
    "prices": Tool(
        description="A company's prices by session, as traded and adjusted, with the return of each session.",
        parameters=("company", "listing", "from", "to", "rev", *PAGED),
        required=("company",),
        row={
            name: PRICE_ROW[name] for name in ("session", "close", "adjusted_close", "volume", "currency", "basis")
        } | {"return": NUMBER},
        more={"company": STRING, "listing": STRING},
        usual=30,
    ),
    "series": Tool(
        description="The rows of one chart or table of a subject's page: its price line, parts, moves, newest stories.",
        parameters=("subject", "chart", "grain", *FILTERS, *PAGED),
        required=("subject",),
        row={"chart": STRING},
        more={"charts": TEXTS},
    ),
    "lead_lag": Tool(
        description=(
            "Does attention lead price? A verdict that can say no. Every new question is counted and corrected for."
        ),
        parameters=("subject", "price", "market", "lags", "talk", *FILTERS, *PAGED),
        required=("subject",),
        row={"lag": {"type": "integer"}, "n": INTEGER, **dict.fromkeys(("correlation", "low", "high"), NUMBER)},
        more={**dict.fromkeys(("verdict", "sentence"), STRING), **dict.fromkeys(("p", "p_adjusted"), NUMBER)}
        | {"family": INTEGER},
    ),
    "verify": Tool(
        description="Check a proof link: whether its data still have its hash, and what has changed since.",
        parameters=("link", *PAGED),
        required=("link",),
        row={"page": STRING, "verified": {"type": "boolean"}, "sentence": STRING, "then_and_now": STRING},
    ),
}  # fmt: skip
