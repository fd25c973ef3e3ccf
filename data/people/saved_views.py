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
    """Save a view; its id, and the token of its shared link ("" unless shared). UsageError: name missing or taken."""
    if not name.strip() or len(name) > 120:
        raise UsageError("A saved view needs a name of at most 120 characters.")
    token = secrets.token_urlsafe(32) if share else ""
    v = models.View
    with store.writing(durable=True) as connection:
        if connection.scalar(select(v.id).where(v.owner == owner, v.name == name, v.revoked_at.is_(None))):
            raise UsageError(f"You already have a view named {name!r}: choose another name, or revoke that one.")
        ident = next_id(connection, v.id)
        row = {
            "id": ident,
            "name": name,
            "owner": owner,
            "page": page,
            "query": query,
            "revision": revision,
            "data_hash": data_hash,
            "token_hash": _hash(token) if token else None,
            "created_at": now,
            "expires_at": now + lifetime if share and lifetime else None,
            "revoked_at": None,
        }
        connection.execute(insert(v), [row])
    return ident, token


def saved_views(store: Store, owner: str | None = None) -> list[SavedView]:
    """The views that were not revoked, newest first; of one owner, or of all."""
    v = models.View
    conditions = [v.revoked_at.is_(None)] + ([v.owner == owner] if owner is not None else [])
    return _views(store, *conditions)


def shared_view(store: Store, token: str, now: datetime) -> SavedView | None:
    """The view that a token opens; None when it is unknown, expired or revoked, which look the same from outside."""
    views = _views(store, models.View.token_hash == _hash(token)) if 20 <= len(token) <= 100 else []
    return views[0] if views and views[0].is_open(now) else None


def revoke_view(store: Store, ident: int, now: datetime) -> None:
    """Close a view for good; its shared link stops working at once."""
    v = models.View
    with store.writing(durable=True) as connection:
        connection.execute(update(v).where(v.id == ident, v.revoked_at.is_(None)).values(revoked_at=now))


def _views(store: Store, *conditions: object) -> list[SavedView]:
    v = models.View
    columns = (
        v.id, v.name, v.owner, v.page, v.query, v.revision, v.data_hash, v.token_hash.is_not(None).label("shared"),
        v.created_at, v.expires_at, v.revoked_at,
    )  # fmt: skip
    with store.reading() as connection:
        rows = connection.execute(select(*columns).where(*conditions).order_by(v.id.desc())).mappings()  # type: ignore[arg-type]
        return [SavedView(**row) for row in rows]


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
