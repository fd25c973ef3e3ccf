"""
Everything that an analyst has looked at, and what was registered before looking.

A lead-lag verdict is corrected for the whole family that its analyst has viewed; a registered hypothesis stands alone.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, Literal

import pandas as pd
from sqlalchemy import func, insert, select, update

from data.schema import models
from data.schema.bulk import next_id
from data.schema.frames import frame_of
from data.schema.store import Store

HypothesisKind = Literal["viewed", "registered", "reset"]


def record_hypothesis(store: Store, *, analyst: str, kind: HypothesisKind, what: dict[str, Any], now: datetime) -> bool:
    """Note that the analyst looked at, or registered, something; whether it was new. The same twice counts once."""
    h = models.Hypothesis
    words = json.dumps(what, sort_keys=True, ensure_ascii=False)
    with store.reading() as connection:
        if _found(connection.scalar(select(h.id).where(h.analyst == analyst, h.kind == kind, h.what == words))):
            return False
    with store.writing(durable=kind == "registered") as connection:
        if _found(connection.scalar(select(h.id).where(h.analyst == analyst, h.kind == kind, h.what == words))):
            return False
        row = {
            "id": next_id(connection, h.id),
            "analyst": analyst,
            "kind": kind,
            "what": words,
            "created_at": now,
            "result": "{}",
        }
        connection.execute(insert(h), [row])
    return True


def _found(ident: int | None) -> bool:
    return ident is not None


def keep_result(
    store: Store, *, analyst: str, kind: HypothesisKind, what: dict[str, Any], result: dict[str, Any]
) -> None:
    """Keep what came out, for the ledger that the page shows."""
    h = models.Hypothesis
    words = json.dumps(what, sort_keys=True, ensure_ascii=False)
    with store.writing() as connection:
        same = (h.analyst == analyst, h.kind == kind, h.what == words)
        connection.execute(update(h).where(*same).values(result=json.dumps(result, sort_keys=True)))


def family_size(store: Store, analyst: str) -> int:
    """How many different things the analyst has looked at."""
    h = models.Hypothesis
    with store.reading() as connection:
        return connection.scalar(select(func.count()).where(h.analyst == analyst, h.kind == "viewed")) or 0


def ledgers_of(store: Store, person: str) -> list[str]:
    """The analyst names that a person's analyses are kept under: one for each count begun, the current one last."""
    h = models.Hypothesis
    with store.reading() as connection:
        resets = connection.scalar(select(func.count()).where(h.analyst == person, h.kind == "reset")) or 0
    return [person, *(f"{person} #{number + 2}" for number in range(resets))]


def begin_new_count(store: Store, person: str, *, reason: str, now: datetime) -> None:
    """Count the person's analyses from zero again. The old ones are kept, with the reason."""
    counted = family_size(store, ledgers_of(store, person)[-1])
    what = {"reason": reason, "analyses": counted, "at": now.isoformat()}
    record_hypothesis(store, analyst=person, kind="reset", what=what, now=now)


def hypotheses_of(store: Store, analyst: str) -> pd.DataFrame:
    """Columns id, kind, created_at, what, result (both dicts): the analyst's ledger, newest first."""
    h = models.Hypothesis
    with store.reading() as connection:
        rows = connection.execute(
            select(h.id, h.kind, h.created_at, h.what, h.result).where(h.analyst == analyst).order_by(h.id.desc())
        ).all()
    columns = ["id", "kind", "created_at", "what", "result"]
    return frame_of(
        [(i, kind, at, json.loads(what), json.loads(result)) for i, kind, at, what, result in rows], columns
    )
