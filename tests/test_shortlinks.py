"""Short links: a token leads to its view and to nothing else, and is told to nobody."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from builders import NOW
from dashboard.api import shortlinks
from dashboard.cache import stores
from data.people.saved_views import revoke_view, save_view
from data.schema.store import Store, open_store

QUERY = "from=2026-05-01&to=2026-05-31&theme=memory&against=&rev=3"


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Store, TestClient]]:
    with open_store(tmp_path / "s.db") as store:
        monkeypatch.setattr(stores, "shown_url", lambda: "any")
        monkeypatch.setattr(stores, "store_at", lambda _url: store)
        with TestClient(Starlette(routes=shortlinks.ROUTES), follow_redirects=False) as client:
            yield store, client


def shared(store: Store, page: str = "theme", query: str = QUERY, **values: object) -> tuple[int, str]:
    return save_view(
        store, name=f"{page} {query}"[:100], owner="ada", page=page, query=query, now=NOW, share=True, **values
    )  # type: ignore[arg-type]


def test_a_token_leads_to_its_view_with_every_value(shop: tuple[Store, TestClient]) -> None:
    store, client = shop
    _, token = shared(store, lifetime=None)
    answer = client.get(f"/s/{token}")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/theme?{QUERY}")
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == "no-store"


def test_unknown_expired_and_revoked_cannot_be_told_apart(shop: tuple[Store, TestClient]) -> None:
    store, client = shop
    revoked, token = shared(store, lifetime=None)
    revoke_view(store, revoked, NOW)
    _, expired = shared(store, query="theme=optics", lifetime=timedelta(days=1))
    answers = [client.get(f"/s/{one}") for one in (token, expired, "A" * 43, "1", "%00", "x" * 5_000)]
    assert {answer.status_code for answer in answers} == {404}
    assert len({(answer.content, tuple(sorted(answer.headers.items()))) for answer in answers}) == 1


@pytest.mark.parametrize(
    ("page", "query"),
    [
        ("//evil.example", "theme=memory"),
        ("/\\evil.example", "theme=memory"),
        ("https://evil.example", "theme=memory"),
        ("s/other", "theme=memory"),
        ("api/v1/attention", "subject=theme:memory"),
        ("theme", "next=//evil.example"),
        ("theme\r\nSet-Cookie: a=b", "theme=memory"),
    ],
)
def test_no_stored_view_leads_out_of_the_app(shop: tuple[Store, TestClient], page: str, query: str) -> None:
    store, client = shop
    _, token = shared(store, page, query, lifetime=None)
    answer = client.get(f"/s/{token}")
    assert answer.status_code == 404 or answer.headers["location"] == "/theme?theme=memory"
    assert "set-cookie" not in answer.headers


def test_a_token_is_in_no_answer_and_no_log(shop: tuple[Store, TestClient], caplog: pytest.LogCaptureFixture) -> None:
    store, client = shop
    # The test's own client tells what it asks for; the app must not.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    _, token = shared(store, lifetime=None)
    with caplog.at_level(logging.DEBUG):
        for one in (token, token + "x"):
            answer = client.get(f"/s/{one}")
            assert one not in answer.text + str(answer.headers)
    assert not [
        record
        for record in caplog.records
        if token in record.getMessage() and not record.name.startswith(("httpx", "httpcore"))
    ]
