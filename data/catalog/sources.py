"""Where news is fetched: sources.toml as records."""

from __future__ import annotations

import re
import tomllib
from dataclasses import fields
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from data.catalog.records import Source
from data.errors import CatalogError
from data.files import Files

TYPES = {field.name: {"str": str, "bool": bool, "int": int}[str(field.type)] for field in fields(Source)}
FILE = "sources.toml"
NEEDED = ("id", "name", "url")


def load_sources(files: Files) -> dict[str, Source]:
    """Sources by id, one `[[source]]` table each, with the field names of the record."""
    text = files.text(FILE)
    try:
        tables = tomllib.loads(text).get("source", [])
    except tomllib.TOMLDecodeError as fault:
        where = re.search(r"at line (\d+)", str(fault))
        raise CatalogError(FILE, int(where[1]) if where else text.count("\n") + 1, str(fault)) from None
    lines = [number for number, line in enumerate(text.splitlines(), 1) if line.strip().startswith("[[source]]")]
    sources: dict[str, Source] = {}
    for table, line in zip(tables, lines, strict=True):
        if problem := _problem(table, sources):
            raise CatalogError(FILE, line, problem)
        sources[table["id"]] = Source(**table)
    return sources


def _problem(table: dict[str, Any], sources: dict[str, Source]) -> str:
    """What is wrong with a source; "" when nothing is."""
    for name, value in table.items():
        if name not in TYPES:
            return f"a source has no {name}; it may have {', '.join(TYPES)}"
        if type(value) is not TYPES[name]:
            return f"{name} is {value!r}; it must be {TYPES[name].__name__}"
    for name in NEEDED:
        if not table.get(name):
            return f"{name} is missing"
    if table["id"] in sources:
        return f"source {table['id']} is defined twice"
    if not table["url"].startswith(("https://", "http://", "file:")):
        return f"url is {table['url']!r}; write the whole address"
    if not table.get("enabled", True) and not table.get("reason"):
        return f"source {table['id']} is off without a reason"
    if table.get("every_minutes", 60) < 1:
        return f"every_minutes is {table['every_minutes']}; it must be at least 1"
    return _zone_problem(table.get("timezone", "UTC"))


def _zone_problem(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return f"timezone {name!r} is not known; write one like Asia/Seoul"
    return ""
