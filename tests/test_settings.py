# ruff: noqa: F811 (fixtures that are imported)
"""One table of settings: the README lists what is read, and every command takes a store by path as the app does."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from test_cli import run, small_catalog  # noqa: F401 (fixtures)

from dashboard.cache.sample import url_to_show
from data.schema.store import default_url, open_store, sample_url, store_url
from data.settings import settings, settings_table

ROOT = Path(__file__).resolve().parent.parent
Run = Callable[..., Any]


def test_the_readme_lists_every_setting() -> None:
    rows = re.findall(
        r"^\| `((?:CHOKEPOINT|SSL_CERT)_\w+)` \| (.*) \|$", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE
    )
    assert rows == settings_table()


def test_no_variable_is_read_beside_the_table() -> None:
    sources = [path for package in ("data", "ingest", "dashboard") for path in (ROOT / package).rglob("*.py")]
    named = {
        name for path in sources for name in re.findall(r"\b(?:CHOKEPOINT|SSL_CERT)_[A-Z_]+", path.read_text("utf-8"))
    }
    assert len(sources) > 100
    assert named == {name for name, _ in settings_table()}
    reading = [path.name for path in sources if "environ" in path.read_text("utf-8")]
    assert sorted(reading) == ["__main__.py", "sandbox.py", "settings.py"]  # the others set one, or hand a few on


def test_a_changed_variable_is_heard_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHOKEPOINT_CONTACT", " desk@example.org ")
    assert settings().contact == "desk@example.org"
    monkeypatch.delenv("CHOKEPOINT_CONTACT")
    assert settings().contact == ""


@pytest.mark.parametrize("named", ["{folder}/s.db", "~/s.db", "s.db", "sqlite:///{folder}/s.db"])
def test_a_store_is_named_by_a_path_or_a_url(named: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    given, url = named.format(folder=tmp_path), f"sqlite:///{tmp_path}/s.db"
    monkeypatch.setenv("CHOKEPOINT_DB", given)
    monkeypatch.setenv("CHOKEPOINT_SAMPLE_DB", given)
    assert {default_url(), sample_url(), store_url(given), store_url()} == {url}
    open_store(given).close()
    assert url_to_show() == url


COMMANDS = {
    "update": ("update",),
    "file": ("file", "articles.jsonl"),
    "prices": ("prices", "--provider", "csv", "--path", "prices.csv"),
    "relink": ("relink",),
    "sample": ("sample",),
}


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("named", ["{folder}/own.db", "~/own.db", "own.db"])
def test_every_command_takes_a_store_by_its_path(
    command: str,
    named: str,
    run: Run,
    small_catalog: Run,
    small_sample: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    small_catalog()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv(
        "CHOKEPOINT_SAMPLE_DB" if command == "sample" else "CHOKEPOINT_DB", named.format(folder=tmp_path)
    )
    story = {"title": "NVIDIA ships", "url": "https://a.example/1", "published_at": "2026-03-02T10:00:00Z"}
    (tmp_path / "articles.jsonl").write_text(json.dumps(story) + "\n")
    (tmp_path / "prices.csv").write_text("ticker,date,close\nNVDA,2026-03-02,180.5\n")
    if command == "relink":
        open_store(tmp_path / "own.db").close()
    said = run(*COMMANDS[command])
    assert (said.code, (tmp_path / "own.db").exists()) == (0, True), said.err
