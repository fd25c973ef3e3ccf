"""
Chokepoint in a notebook: attention, receipts and prices as data frames whose hash was checked.

    address + parameters → HTTP, with the ETag of the last answer → rows cut out and hashed → Answer → frame()

Copy this file beside your notebook: it needs only httpx and pandas. CHOKEPOINT_URL and CHOKEPOINT_API_KEY name the
server and its key, or pass both to `Chokepoint`.

    from chokepoint import attention
    attention("memory", since="6mo").frame()
"""

from __future__ import annotations

import difflib
import hashlib
import json
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx
import pandas as pd

LOCAL = "http://localhost:8501"
DATED = ("period", "session", "day")
UNITS = {"d": "days", "w": "weeks", "mo": "months", "y": "years"}
Values = Mapping[str, Any]


class ChokepointError(Exception):
    """The answer could not be had or believed; the message is one sentence for people."""


class Altered(ChokepointError):
    """The rows of an answer do not have the hash that they should have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Rows whose hash was checked, at a revision. `fields`: what else the answer says. `sample`: "" for live data."""

    rows: list[dict[str, Any]]
    revision: int
    sha256: str
    sample: str
    url: str
    fields: Mapping[str, Any]

    def frame(self, chart: str = "") -> pd.DataFrame:
        """A row a row, indexed by its period, session or day where it has one; of one chart, where that is named."""
        rows = [row for row in self.rows if not chart or row.get("chart") == chart]
        table = pd.DataFrame(rows)
        for name in (name for name in DATED if name in table):
            table[name] = pd.to_datetime(table[name])
        dated = [name for name in DATED if name in table]
        table = table.set_index(dated[0]) if dated else table
        table.attrs = {"revision": self.revision, "sha256": self.sha256, "sample": self.sample, "url": self.url}
        return table

    @property
    def proof_link(self) -> str:
        """The link that reopens a page with exactly these rows; only for the answers of `view`."""
        parts = urlsplit(self.url)
        given = [pair for pair in parse_qsl(parts.query) if pair[0] not in ("page", "rev", "rules", "sha")]
        page = str(self.fields["page"])
        proof = [("rev", self.revision), ("rules", self.fields["rules"]), ("sha", self.sha256)]
        path = "/" if page == "overview" else f"/{page}"
        return f"{parts.scheme}://{parts.netloc}{path}?{urlencode([*given, *proof])}"


class Chokepoint:
    """A server's data. Answers are kept for the life of the object and asked for again by their ETag."""

    def __init__(
        self, address: str = "", *, key: str = "", transport: httpx.BaseTransport | None = None, timeout: float = 30
    ) -> None:
        self.address = (address or os.environ.get("CHOKEPOINT_URL", "") or LOCAL).rstrip("/")
        key = key or os.environ.get("CHOKEPOINT_API_KEY", "")
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._http = httpx.Client(headers=headers, transport=transport, timeout=timeout)
        self._kept: dict[str, tuple[str, Answer]] = {}

    def attention(
        self, subject: str, *, since: str = "", until: str = "", grain: str = "week", **filters: Any
    ) -> Answer:
        """Stories about a subject by period, and their share of all; `since`: a date, or 6mo, 90d, 8w, 2y."""
        key = self.subject(subject)
        return self._get("attention", {"subject": key, "grain": grain, **self._window(key, since, until), **filters})

    def receipts(self, subject: str, *, period: str = "", grain: str = "week", **filters: Any) -> Answer:
        """The stories behind a count as a flat table: a row a mention, with the words that made the link."""
        return self._get("mentions", {"subject": self.subject(subject), "period": period, "grain": grain, **filters})

    def prices(self, company: str, *, since: str = "", until: str = "", **filters: Any) -> Answer:
        """A listing's prices by session, as traded and adjusted."""
        key = self.subject(company)
        window = self._window(key, since, until)
        return self._get("prices", {"company": key.removeprefix("company:"), **window, **filters})

    def subjects(self) -> Answer:
        """Every theme, sub-theme and company."""
        return self._get("subjects", {})

    def view(self, link: str = "", /, *, page: str = "", **values: Any) -> Answer:
        """
        The rows of a page: by the values of its controls, or by a link, whose hash they must have if it is a proof.
        """
        pairs = parse_qsl(urlsplit(link).query, keep_blank_values=True) if link else _pairs(values)
        page = urlsplit(link).path.strip("/") or "overview" if link else page
        answer = self._get("view", [("page", page), *((name, text) for name, text in pairs if name != "point")])
        sha = dict(pairs).get("sha")
        if sha and sha != answer.sha256:
            raise Altered(f"The link's data have another hash now: {answer.sha256[:12]}…, not {sha[:12]}…. See {link}")
        return answer

    def subject(self, name: str) -> str:
        """The key of a theme or company by its key, id, name or ticker. ChokepointError with the nearest names."""
        rows = self.subjects().rows
        wanted = name.casefold().strip()
        for row in sorted(rows, key=lambda row: str(row["subject"]).startswith("company:")):
            key = str(row["subject"])
            if wanted in (key, key.partition(":")[2], str(row["name"]).casefold(), str(row["ticker"] or "").casefold()):
                return key
        near = difflib.get_close_matches(wanted, [str(row["name"]).casefold() for row in rows], n=3)
        hint = f": did you mean {', '.join(near)}?" if near else "."
        raise ChokepointError(f"There is no subject {name!r}{hint}")

    def _window(self, subject: str, since: str, until: str) -> dict[str, str]:
        """The first and last day; a length of time ends on `until`, or else on the store's last day."""
        if not (length := re.fullmatch(r"(\d+)(d|w|mo|y)", since)):
            return {"from": since, "to": until}
        last = until or self._get("attention", {"subject": subject, "grain": "day"}).rows[-1]["period"]
        units: dict[str, Any] = {UNITS[length[2]]: int(length[1])}
        start = pd.Timestamp(last) - pd.DateOffset(**units) + pd.Timedelta(days=1)
        return {"from": start.date().isoformat(), "to": str(last)}

    def _get(self, name: str, values: Values | Iterable[tuple[str, str]]) -> Answer:
        query = urlencode(_pairs(values) if isinstance(values, Mapping) else list(values))
        url = f"{self.address}/api/v1/{name}" + (f"?{query}" if query else "")
        tag, kept = self._kept.get(url, ("", None))
        try:
            response = self._http.get(url, headers={"If-None-Match": tag} if tag else {})
        except httpx.HTTPError as error:
            raise ChokepointError(
                f"Nothing answers at {self.address} ({error}): start the server, or set CHOKEPOINT_URL."
            ) from error
        if response.status_code == 304 and kept is not None:
            return kept
        if response.status_code != 200:
            raise ChokepointError(_sentence(response))
        answer = _checked(response.text, url)
        self._kept[url] = response.headers.get("ETag", ""), answer
        return answer


def attention(subject: str, **values: Any) -> Answer:
    """`Chokepoint.attention` of the server that the environment names."""
    return _default().attention(subject, **values)


def receipts(subject: str, **values: Any) -> Answer:
    """`Chokepoint.receipts` of the server that the environment names."""
    return _default().receipts(subject, **values)


def prices(company: str, **values: Any) -> Answer:
    """`Chokepoint.prices` of the server that the environment names."""
    return _default().prices(company, **values)


@cache
def _default() -> Chokepoint:
    return Chokepoint()


def _checked(text: str, url: str) -> Answer:
    """The answer; Altered unless its rows, as they stand in the text, have the hash that it names."""
    # The rows stand last, as they were hashed: parsed and written again they might be other bytes.
    rows = text.partition('"rows":')[2][:-1]
    try:
        fields = json.loads(text)
        sha256 = fields.pop("sha256")
    except (ValueError, KeyError, AttributeError) as error:
        raise ChokepointError(f"{url} answers with something else than Chokepoint's data.") from error
    if hashlib.sha256(rows.encode()).hexdigest() != sha256:
        raise Altered(f"The rows of {url} do not have the hash that the answer names: they were changed on the way.")
    return Answer(
        rows=fields.pop("rows"),
        revision=fields.pop("revision"),
        sha256=sha256,
        sample=fields.pop("sample") or "",
        url=url,
        fields=fields,
    )


def _pairs(values: Values) -> list[tuple[str, str]]:
    """Parameters as text: lists are repeated, what is empty is left out."""
    many = {name: value if isinstance(value, list | tuple) else [value] for name, value in values.items()}
    return [(name, str(each)) for name, given in many.items() for each in given if each not in ("", None)]


def _sentence(response: httpx.Response) -> str:
    try:
        return str(response.json()["error"])
    except (ValueError, KeyError, TypeError):
        return f"{response.url} answers {response.status_code}: {response.text[:200].strip() or 'nothing'}"
