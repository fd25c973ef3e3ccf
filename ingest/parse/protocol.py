"""
What the parent and its parsing child say to each other.

    kind, lengths, hints, body  →  length, {"parsed": …} or {"error": sentence}

JSON, never pickle: the child has read hostile bytes, and unpickling would let it run code in the parent.
"""

from __future__ import annotations

import struct
from datetime import date, datetime
from typing import IO, Any, Literal

import orjson

from data.errors import ParseError
from data.records import Article
from ingest.parse.contract import Hints, Parsed

Kind = Literal["feed", "page"]

_KINDS: list[Kind] = ["feed", "page"]
_TASK = struct.Struct("!BII")
_LENGTH = struct.Struct("!I")


def write_task(stream: IO[bytes], kind: Kind, body: bytes, hints: Hints) -> None:
    encoded = orjson.dumps(hints)
    stream.write(_TASK.pack(_KINDS.index(kind), len(encoded), len(body)))
    stream.write(encoded)
    stream.write(body)
    stream.flush()


def read_task(stream: IO[bytes]) -> tuple[Kind, bytes, Hints] | None:
    """The next task; None when the parent has gone."""
    header = stream.read(_TASK.size)
    if len(header) < _TASK.size:
        return None
    kind, hints_length, body_length = _TASK.unpack(header)
    fields = orjson.loads(stream.read(hints_length))
    fields["now"] = datetime.fromisoformat(fields["now"])
    fields["published"] = date.fromisoformat(fields["published"]) if fields["published"] else None
    return _KINDS[kind], stream.read(body_length), Hints(**fields)


def write_answer(stream: IO[bytes], answer: Parsed | ParseError) -> None:
    encoded = orjson.dumps({"error": str(answer)} if isinstance(answer, ParseError) else {"parsed": answer})
    stream.write(_LENGTH.pack(len(encoded)) + encoded)
    stream.flush()


def read_answer(stream: IO[bytes]) -> Parsed | None:
    """What the child found; raises the ParseError that it raised. None when the child has ended."""
    header = stream.read(_LENGTH.size)
    encoded = stream.read(_LENGTH.unpack(header)[0]) if len(header) == _LENGTH.size else b""
    if not encoded or len(encoded) < _LENGTH.unpack(header)[0]:
        return None
    answer = orjson.loads(encoded)
    if "error" in answer:
        raise ParseError(answer["error"])
    fields = answer["parsed"]
    fields["articles"] = [_article(article) for article in fields["articles"]]
    fields["warnings"] = tuple(fields["warnings"])
    return Parsed(**fields)


def _article(fields: dict[str, Any]) -> Article:
    for name in ("published_at", "first_seen_at"):
        if fields[name] is not None:
            fields[name] = datetime.fromisoformat(fields[name])
    return Article(**fields)
