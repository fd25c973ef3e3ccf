"""Saved and shared views. A shared one is opened by a secret token, of which only the hash is kept."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import insert, select, update

from data.errors import UsageError
from data.schema import models
from data.schema.bulk import next_id
from data.schema.store import Store

LIFETIME = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedView:
    id: int
    name: str
    owner: str
    page: str
    query: str
    revision: int | None  # None: the view is live
    data_hash: str
    shared: bool
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None

    def is_open(self, now: datetime) -> bool:
        """Whether a shared link to it still works."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


def save_view(
    store: Store,
    *,
    name: str,
    owner: str,
    page: str,
    query: str,
    now: datetime,
    revision: int | None = None,
    data_hash: str = "",
    share: bool = False,
    lifetime: timedelta | None = LIFETIME,
) -> tuple[int, str]:
    """Keep a view; its id, and the token of its shared link ("" when it is not shared). UsageError: a name is missing or taken."""
    if not name.strip() or len(name) > 120:
        raise UsageError("A saved view needs a name of at most 120 characters.")
    token = secrets.token_urlsafe(32) if share else ""
    v = models.View
    with store.writing() as connection:
        if connection.scalar(select(v.id).where(v.owner == owner, v.name == name, v.revoked_at.is_(None))):
            raise UsageError(f"You already have a view named {name!r}: choose another name, or revoke that one.")
        ident = next_id(connection, v.id)
        row = {
            "id": ident, "name": name, "owner": owner, "page": page, "query": query, "revision": revision, "data_hash": data_hash,
            "token_hash": _hash(token) if token else None, "created_at": now,
            "expires_at": now + lifetime if share and lifetime else None, "revoked_at": None,
        }  # fmt: skip
        connection.execute(insert(v), [row])
    return ident, token


def saved_views(store: Store, owner: str | None = None) -> list[SavedView]:
    """The views that were not revoked, newest first; of one owner, or of all."""
    v = models.View
    conditions = [v.revoked_at.is_(None)] + ([v.owner == owner] if owner is not None else [])
    return _views(store, *conditions)


def shared_view(store: Store, token: str, now: datetime) -> SavedView | None:
    """The view that a token opens; None when it is unknown, expired or revoked, which look the same from outside."""
    found = _views(store, models.View.token_hash == _hash(token)) if 20 <= len(token) <= 100 else []
    return found[0] if found and found[0].is_open(now) else None


def named_view(store: Store, name: str, owner: str | None = None) -> SavedView | None:
    """The newest view of that name."""
    v = models.View
    conditions = [v.name == name, v.revoked_at.is_(None)] + ([v.owner == owner] if owner is not None else [])
    found = _views(store, *conditions)
    return found[0] if found else None


def revoke_view(store: Store, ident: int, now: datetime) -> None:
    """Close a view for good; its shared link stops working at once."""
    v = models.View
    with store.writing() as connection:
        connection.execute(update(v).where(v.id == ident, v.revoked_at.is_(None)).values(revoked_at=now))


def _views(store: Store, *conditions: object) -> list[SavedView]:
    v = models.View
    columns = (
        v.id,
        v.name,
        v.owner,
        v.page,
        v.query,
        v.revision,
        v.data_hash,
        v.token_hash,
        v.created_at,
        v.expires_at,
        v.revoked_at,
    )
    with store.reading() as connection:
        rows = connection.execute(select(*columns).where(*conditions).order_by(v.id.desc())).all()  # type: ignore[arg-type]
    return [
        SavedView(
            id=row.id, name=row.name, owner=row.owner, page=row.page, query=row.query, revision=row.revision, data_hash=row.data_hash,
            shared=row.token_hash is not None, created_at=row.created_at, expires_at=row.expires_at, revoked_at=row.revoked_at,
        )
        for row in rows
    ]  # fmt: skip


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
