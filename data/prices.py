"""Prices in the store: as traded, with splits and dividends; a new row only where something differs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from math import isclose

import pandas as pd
from sqlalchemy import Connection, func, select, update

from data.catalog.records import Company, Listing
from data.records import Action, Bar
from data.schema import models
from data.schema.bulk import in_parts, insert_rows
from data.schema.frames import days_frame, raw
from data.schema.models import day_number
from data.schema.store import Store, newest_revision
from data.write.revisions import Writing, new_revision

TOLERANCE = 1e-6
"""Relative: providers' floats wobble below it without anything having changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedPrices:
    """The result of a write; `revised` bars replace an earlier value of the session. Revision 0: nothing was new."""

    revision: int
    bars: int
    revised: int
    actions: int


def save_prices(
    store: Store,
    bars: Sequence[Bar],
    actions: Sequence[Action] = (),
    *,
    provider: str,
    now: datetime,
    catalog_hash: str,
    actions_from: date | None = None,
) -> SavedPrices:
    """
    Append the bars that are new or differ from the newest known, and the actions likewise, as one revision.

    With `actions_from` the given actions are all that the provider knows since that day for the tickers of `bars`:
    a stored one that is missing among them is withdrawn.
    """
    with new_revision(store, "prices", now=now, catalog_hash=catalog_hash) as writing:
        new, revised = _write_bars(writing, bars, provider)
        moved = _write_actions(writing, actions, {bar.ticker for bar in bars}, actions_from)
        if new or revised or moved:
            tickers = sorted({bar.ticker for bar in bars} | {action.ticker for action in actions})
            writing.did.update(provider=provider, bars=new, revised=revised, actions=moved, tickers=tickers)
    return SavedPrices(revision=writing.number if writing.did else 0, bars=new, revised=revised, actions=moved)


def _write_bars(writing: Writing, bars: Sequence[Bar], provider: str) -> tuple[int, int]:
    known = _newest_bars(writing.connection, bars)
    rows, revised = [], 0
    for bar in {(bar.ticker, bar.session): bar for bar in bars}.values():
        before = known.get((bar.ticker, bar.session))
        values = (bar.open, bar.high, bar.low, bar.close, bar.volume, bar.currency, bar.basis)
        if before is not None and all(_same(a, b) for a, b in zip(before, values, strict=True)):
            continue
        revised += before is not None
        rows.append((bar.ticker, day_number(bar.session), writing.number, *values, provider))
    columns = [
        "ticker",
        "session",
        "added_rev",
        "open",
        "high",
        "low",
        "close",
        "volume",
        "currency",
        "basis",
        "provider",
    ]
    insert_rows(writing.connection, models.Bar.__table__, columns, rows)
    return len(rows) - revised, revised


def _same(a: object, b: object) -> bool:
    if isinstance(a, int | float) and isinstance(b, int | float):
        return isclose(a, b, rel_tol=TOLERANCE)
    return a == b


def _newest_bars(connection: Connection, bars: Sequence[Bar]) -> dict[tuple[str, date], tuple[object, ...]]:
    if not bars:
        return {}
    b = models.Bar
    first, last = min(bar.session for bar in bars), max(bar.session for bar in bars)
    known: dict[tuple[str, date], tuple[object, ...]] = {}
    for tickers in in_parts(sorted({bar.ticker for bar in bars})):
        query = (
            select(b.ticker, b.session, b.open, b.high, b.low, b.close, b.volume, b.currency, b.basis)
            .where(b.ticker.in_(tickers), b.session >= first, b.session <= last)
            .order_by(b.added_rev)
        )
        known.update(((row.ticker, row.session), tuple(row[2:])) for row in connection.execute(query))
    return known


def _write_actions(writing: Writing, actions: Sequence[Action], tickers: set[str], since: date | None) -> int:
    a = models.Action
    names = sorted(tickers | {action.ticker for action in actions})
    query = select(a.ticker, a.session, a.kind, a.value).where(a.ticker.in_(names), a.removed_rev.is_(None))
    alive = {(ticker, session, kind): value for ticker, session, kind, value in writing.connection.execute(query)}
    given = {(action.ticker, action.session, action.kind): action.value for action in actions}
    changed = {key for key, value in given.items() if key in alive and not _same(alive[key], value)}
    gone = {key for key in alive.keys() - given.keys() if since is not None and key[1] >= since}
    for ticker, session, kind in sorted(changed | gone):
        where = (a.ticker == ticker, a.session == session, a.kind == kind, a.removed_rev.is_(None))
        writing.connection.execute(update(a).where(*where).values(removed_rev=writing.number))
    new = sorted(key for key in given if key not in alive or key in changed)
    rows = [
        (ticker, day_number(session), kind, writing.number, given[ticker, session, kind], None)
        for ticker, session, kind in new
    ]
    insert_rows(
        writing.connection, a.__table__, ["ticker", "session", "kind", "added_rev", "value", "removed_rev"], rows
    )
    return len(rows) + len(gone)


BAR_COLUMNS = ["ticker", "session", "open", "high", "low", "close", "volume", "currency", "basis", "provider"]


def bars_between(store: Store, tickers: Iterable[str], start: date, end: date, rev: int | None = None) -> pd.DataFrame:
    """
    The bars from `start` to `end` as of `rev`.

    Columns ticker, session, open, high, low, close, volume, currency, basis, provider.
    """
    b = models.Bar
    wanted = sorted(set(tickers))
    with store.reading() as connection:
        until = newest_revision(connection) if rev is None else rev
        rows = connection.execute(
            select(b.ticker, raw(b.session), b.open, b.high, b.low, b.close, b.volume, b.currency, b.basis, b.provider)
            .where(b.ticker.in_(wanted), b.session >= start, b.session <= end, b.added_rev <= until)
            .order_by(b.ticker, b.session, b.added_rev)
        ).all()
    frame = days_frame(rows, BAR_COLUMNS, day="session")
    return frame.drop_duplicates(["ticker", "session"], keep="last", ignore_index=True)


def actions_of(store: Store, tickers: Iterable[str], rev: int | None = None) -> pd.DataFrame:
    """Columns ticker, session, kind, value: the splits and dividends as of `rev`, oldest first."""
    a = models.Action
    with store.reading() as connection:
        until = newest_revision(connection) if rev is None else rev
        rows = connection.execute(
            select(a.ticker, raw(a.session), a.kind, a.value)
            .where(
                a.ticker.in_(sorted(set(tickers))),
                a.added_rev <= until,
                (a.removed_rev.is_(None)) | (a.removed_rev > until),
            )
            .order_by(a.ticker, a.session, a.kind)
        ).all()
    return days_frame(rows, ["ticker", "session", "kind", "value"], day="session")


def priced_listing(company: Company, priced: Collection[str]) -> tuple[Listing | None, str]:
    """
    The listing whose prices stand for a company, and in words why it is not the main one; "" when it is.

    `priced`: the tickers that have prices. None, with the sentence, when no listing has any.
    """
    if not company.listings:
        return None, f"{company.name} is private: it has no price."
    main = company.listings[0]
    for listing in company.listings:
        if listing.ticker in priced:
            return listing, "" if listing is main else (
                f"{main.ticker}, the main listing of {company.name}, has no prices; {listing.ticker} on {listing.mic} "
                f"in {listing.currency} stands for it."
            )
    tickers = ", ".join(listing.ticker for listing in company.listings)
    return None, f"The store has no prices of {company.name} ({tickers})."


def last_sessions(store: Store, rev: int | None = None) -> dict[str, date]:
    """The last session that the store has of each ticker."""
    b = models.Bar
    query = select(b.ticker, func.max(b.session)).group_by(b.ticker)
    with store.reading() as connection:
        rows = connection.execute(query if rev is None else query.where(b.added_rev <= rev))
        return {ticker: session for ticker, session in rows if session is not None}
