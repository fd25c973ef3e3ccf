"""What a watcher of the process reads: whether the store opens, and at /readyz how its newest run went."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from builders import NOW, article, linked, save
from dashboard.cache.memoize import clear_all
from dashboard.server import ROUTES
from data.schema.store import open_store
from data.source_state import begin_run

Ask = Callable[[str], tuple[int, Any]]


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("CHOKEPOINT_DB", str(tmp_path / "store.db"))
    clear_all()
    with open_store(tmp_path / "store.db") as store:
        save(store, linked(article(), "company:micron"))
    yield tmp_path / "store.db"
    clear_all()


@pytest.fixture
def ask(path: Path) -> Ask:
    client = TestClient(Starlette(routes=ROUTES), base_url="http://localhost:8501", client=("127.0.0.1", 1))

    def answer(address: str) -> tuple[int, Any]:
        response = client.get(address)
        return response.status_code, response.json()

    return answer


def test_a_store_that_opens_is_well_and_has_had_no_run(ask: Ask) -> None:
    assert ask("/healthz") == (200, {"status": "ok", "revision": 1})
    assert ask("/readyz") == (200, {"status": "ok", "revision": 1, "run": None})


def test_the_newest_run_is_named_with_its_end(ask: Ask, path: Path) -> None:
    with open_store(path) as store:
        begin_run(store, "update", NOW).end("partial", NOW + timedelta(minutes=2))
    run = {"kind": "update", "status": "partial", "started_at": NOW.isoformat()}
    assert ask("/readyz")[1]["run"] == {**run, "ended_at": (NOW + timedelta(minutes=2)).isoformat()}

    with open_store(path) as store:
        begin_run(store, "relink", NOW + timedelta(hours=1))
    newest = ask("/readyz")[1]["run"]
    assert (newest["kind"], newest["status"], newest["ended_at"]) == ("relink", "running", None)


@pytest.mark.parametrize("address", ["/healthz", "/readyz"])
def test_a_store_that_cannot_be_read_is_503_with_its_sentence(ask: Ask, path: Path, address: str) -> None:
    path.with_name("store.db-wal").unlink(missing_ok=True)
    path.write_bytes(b"not a store " * 400)
    clear_all()
    status, answer = ask(address)
    assert (status, answer["status"]) == (503, "failed")
    assert "is not a readable store" in answer["sentence"]
