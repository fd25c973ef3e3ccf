"""A reader's own events from a CSV file: typed, bounded, each mistake named with its line."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection
from datetime import date

from data.errors import UsageError

MOST_BYTES, MOST_EVENTS = 1_000_000, 5_000


def events_of_file(content: bytes, *, known: Collection[str]) -> tuple[tuple[str, date], ...]:
    """Ticker and session of each event. UsageError says which line cannot be used, and why."""
    if len(content) > MOST_BYTES:
        raise UsageError("The file is larger than 1 MB: events are one line each.")
    try:
        rows = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""))
        names = {name.strip().lower(): name for name in rows.fieldnames or () if name}
        ticker, session = names.get("ticker"), names.get("session") or names.get("date")
        if ticker is None or session is None:
            raise UsageError("The file needs the columns ticker and session (or date).")
        events = [_event(number, row[ticker], row[session], known) for number, row in enumerate(rows, 2)]
    except (UnicodeDecodeError, csv.Error) as fault:
        raise UsageError(f"The file is not readable as CSV in UTF-8 ({fault}).") from fault
    if not 0 < len(events) <= MOST_EVENTS:
        raise UsageError(f"The file has {len(events):,} events; between 1 and {MOST_EVENTS:,} can be studied.")
    return tuple(events)


def _event(line: int, ticker: str | None, session: str | None, known: Collection[str]) -> tuple[str, date]:
    name = (ticker or "").strip().upper()
    if name not in known:
        raise UsageError(f"Line {line}: {name[:20]!r} is no ticker of the catalog.")
    try:
        return name, date.fromisoformat((session or "").strip()[:10])
    except ValueError:
        raise UsageError(f"Line {line}: {(session or '')[:20]!r} is no date such as 2026-01-31.") from None
