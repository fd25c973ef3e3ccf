"""
Starting the app: which store it shows, what it says when a file of the catalog is broken, and where its settings come
from.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
import typer
from browsing import free_port
from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.NewSession_pb2 import NewSession
from streamlit.testing.v1 import AppTest
from typer.testing import CliRunner
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

import data.schema.store
from builders import article, linked, save
from dashboard.__main__ import serve, settings
from dashboard.api.routes import Api
from dashboard.cache import stores
from dashboard.cache.sample import url_to_show
from data.catalog import BUNDLED
from data.schema.store import open_store
from ingest.sample_store import mark_current

ROOT = Path(__file__).resolve().parent.parent
APP = ROOT / "dashboard" / "app.py"


@pytest.fixture
def broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A catalog with a mistake in its first line of relations, and the start of the sentence that says so."""
    folder = tmp_path / "catalog"
    shutil.copytree(BUNDLED, folder)
    path = folder / "relations.csv"
    lines = path.read_text("utf-8").splitlines()
    path.write_text("\n".join([lines[0], "nobody" + lines[1], *lines[2:]]), "utf-8")
    monkeypatch.setenv("CHOKEPOINT_CATALOG", str(folder))
    with open_store(tmp_path / "store.db") as store:
        save(store, linked(article("Micron sells out"), "company:micron"))
        monkeypatch.setenv("CHOKEPOINT_DB", store.url)
    stores.forget_catalog()
    return "relations.csv:2"


def test_a_broken_catalog_is_a_sentence_on_the_page(broken: str) -> None:
    page = AppTest.from_file(str(APP), default_timeout=90).run()
    assert not page.exception
    assert broken in page.error[0].value.replace("\\", "")


def test_a_broken_catalog_is_a_sentence_in_the_api(broken: str) -> None:
    api = Api()
    client = TestClient(Starlette(routes=api.routes()), base_url="http://127.0.0.1", client=("127.0.0.1", 50000))
    for path in ("/api/v1/attention?subject=theme:memory", "/api/v1/subjects.csv", "/widgets.json"):
        answer = client.get(path)
        assert answer.status_code == 503
        assert broken in answer.json()["error"]


def test_a_broken_catalog_ends_the_command_with_a_sentence(broken: str) -> None:
    command = typer.Typer()
    command.command()(serve)
    done = CliRunner().invoke(command, ["--port", str(free_port())])
    assert done.exit_code == 2
    assert broken in done.output
    assert "Traceback" not in done.output


@pytest.mark.parametrize(
    ("named", "stories", "shown"),
    [
        (False, None, "sample"),
        (False, 0, "sample"),
        (False, 1, "live"),
        (True, None, "sample"),
        (True, 0, "live"),
        (True, 1, "live"),
    ],
)
def test_pages_api_and_command_show_the_same_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: bool, stories: int | None, shown: str
) -> None:
    monkeypatch.setattr(data.schema.store, "DATA", tmp_path)
    monkeypatch.setenv("CHOKEPOINT_SAMPLE_DB", f"sqlite:///{tmp_path / 'sample.db'}")
    monkeypatch.delenv("CHOKEPOINT_DB", raising=False)
    if named:
        monkeypatch.setenv("CHOKEPOINT_DB", f"sqlite:///{tmp_path / 'chokepoint.db'}")
    with open_store(tmp_path / "sample.db", kind="sample") as sample:
        mark_current(sample, stores.catalog_in_use())
    if stories is not None:
        with open_store(tmp_path / "chokepoint.db") as store:
            for _ in range(stories):
                save(store, linked(article("Micron sells out"), "company:micron"))
    api = Api()
    urls = {"pages": stores.shown_url(), "api": api.store.url, "command": url_to_show()}
    expected = tmp_path / ("sample.db" if shown == "sample" else "chokepoint.db")
    assert urls == dict.fromkeys(urls, f"sqlite:///{expected}")


async def first_message(port: int) -> NewSession:
    """What a browser is told when it connects, as soon as the server is there."""
    for _ in range(240):
        try:
            async with connect(f"ws://127.0.0.1:{port}/_stcore/stream", subprotocols=["streamlit"]) as stream:  # type: ignore[list-item]
                await stream.send(BackMsg(rerun_script={}).SerializeToString())  # type: ignore[arg-type]
                while True:
                    message = ForwardMsg()
                    message.ParseFromString(await asyncio.wait_for(stream.recv(), 60))  # type: ignore[arg-type]
                    if message.WhichOneof("type") == "new_session":
                        return message.new_session
        except (OSError, WebSocketException):
            await asyncio.sleep(0.25)
    raise AssertionError("the server did not answer within a minute")


def test_started_from_another_folder_it_has_its_colours_and_its_safe_settings(tmp_path: Path) -> None:
    port = free_port()
    environment = {**os.environ, "CHOKEPOINT_DB": f"sqlite:///{tmp_path / 'store.db'}"}
    with open_store(tmp_path / "store.db") as store:
        save(store, linked(article("Micron sells out"), "company:micron"))
    arguments = [sys.executable, "-m", "streamlit", "run", str(APP), "--server.port", str(port)]
    with subprocess.Popen(
        arguments, cwd=tmp_path, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as server:
        try:
            session = asyncio.run(first_message(port))
        finally:
            server.terminate()
            time.sleep(0.1)
    wanted = settings()
    assert session.custom_theme.light.primary_color == wanted["theme.light.primaryColor"]
    assert list(session.custom_theme.dark.chart_categorical_colors) == wanted["theme.dark.chartCategoricalColors"]
    assert session.config.gather_usage_stats is False
    assert session.config.toolbar_mode == session.config.VIEWER
