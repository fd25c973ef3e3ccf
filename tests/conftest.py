from __future__ import annotations

import gzip
import os
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from browsing import browser, new_page, sample_app
from hypothesis import settings
from sqlalchemy import create_engine, make_url, text

from data import sample
from data.schema.store import Store, open_store

settings.register_profile("busy machine", deadline=None)
settings.load_profile("busy machine")

POSTGRES = os.environ.get("CHOKEPOINT_TEST_POSTGRES", "")
"""A PostgreSQL server that the tests may use, as an SQLAlchemy URL: then every test of the store runs on it too."""


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """
    The app over the bundled sample, for every test that clicks there; files of tests with stores of their own have
    their own.
    """
    with sample_app(tmp_path_factory.mktemp("sample")) as served:
        yield served


@pytest.fixture
def small_sample(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A bundle of 30 stories and of Micron's closes of 2026, in place of the whole one: a tenth of a second to read."""
    folder = tmp_path / "bundle"
    folder.mkdir()
    with (sample.FOLDER / sample.STORIES).open(encoding="utf-8") as lines:
        (folder / sample.STORIES).write_text("".join(islice(lines, 30)), "utf-8")
    with gzip.open(sample.FOLDER / sample.PRICES, "rt") as lines, gzip.open(folder / sample.PRICES, "wt") as few:
        few.writelines(line for line in lines if line.startswith(("ticker,", "MU,2026")))
    monkeypatch.setattr(sample, "FOLDER", folder)
    return folder


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """
    A browser without a page, for the tests of one file: `browsing.new_page` opens one.

    While it is open no other event loop can run in the process, so it does not outlive its file.
    """
    with browser() as opened:
        yield opened


@pytest.fixture(scope="module")
def page(chromium: Any) -> Iterator[Any]:
    """A page of the usual size for the tests of one file."""
    opened = new_page(chromium, 1440, 1000)
    yield opened
    opened.close()


@pytest.fixture(params=["sqlite", "postgresql"] if POSTGRES else ["sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty live store."""
    url = fresh_database(POSTGRES) if request.param == "postgresql" else tmp_path / "store.db"
    with open_store(url) as opened:
        yield opened


def fresh_database(server: str) -> str:
    """The URL of an empty database of this process's own on the server."""
    name = f"chokepoint_test_{os.getpid()}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name}"))
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return make_url(server).set(database=name).render_as_string(hide_password=False)
