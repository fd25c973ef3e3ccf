"""The Python client and its notebook, against the API itself; and addresses that are signed."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import quote

import httpx
import nbformat
import pandas as pd
import pytest
from browsing import ROOT, running_app, sample_store
from openpyxl import load_workbook
from starlette.applications import Starlette
from starlette.testclient import TestClient

from dashboard.api.routes import Api
from dashboard.api.signed import signed_address
from data.errors import UsageError

FOLDER = ROOT / "docs" / "client"
HOME = ("127.0.0.1", 50000)
KEY = "s3cret"
TARGET = "/api/v1/attention.csv?subject=theme:memory&grain=month"
SOON = datetime.now(UTC) + timedelta(days=1)


def load_client() -> ModuleType:
    spec = importlib.util.spec_from_file_location("chokepoint", FOLDER / "chokepoint.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["chokepoint"] = module  # as the notebook imports it
    spec.loader.exec_module(module)
    return module


chokepoint = load_client()


@pytest.fixture(scope="module")
def served() -> Iterator[TestClient]:
    with TestClient(
        Starlette(routes=Api(f"sqlite:///{sample_store()}").routes()), base_url="http://127.0.0.1", client=HOME
    ) as opened:
        yield opened


class Served(httpx.BaseTransport):
    """The API in this process, whose answers may be changed on the way; `asked`: the statuses of all answers."""

    def __init__(self, served: TestClient, change: Callable[[bytes], bytes] = bytes) -> None:
        self.served, self.change, self.asked = served, change, list[int]()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = self.served.request(request.method, request.url.raw_path.decode(), headers=dict(request.headers))
        self.asked.append(answer.status_code)
        return httpx.Response(
            answer.status_code, content=self.change(answer.content), headers={"ETag": answer.headers.get("etag", "")}
        )


@pytest.fixture
def client(served: TestClient) -> Any:
    return chokepoint.Chokepoint("http://127.0.0.1", transport=Served(served))


def test_half_a_year_of_attention_is_a_frame_of_the_apis_rows(client: Any, served: TestClient) -> None:
    answer = client.attention("memory", since="6mo")
    frame = answer.frame()
    assert (frame.index[0], frame.index[-1]) == (pd.Timestamp("2026-02-16"), pd.Timestamp("2026-08-17"))
    values = {"subject": "theme:memory", "grain": "week", "from": "2026-02-22", "to": "2026-08-21"}
    assert answer.rows == served.get("/api/v1/attention", params=values).json()["rows"]
    assert frame.attrs["revision"] == answer.revision > 0
    assert frame.attrs["sample"].startswith("sample: ")


def test_subjects_are_named_as_people_name_them(client: Any) -> None:
    assert client.subject("MU") == client.subject("Micron Technology") == client.subject("company:micron")
    with pytest.raises(chokepoint.ChokepointError, match="did you mean"):
        client.subject("Micron Technologies")
    assert "return" not in client.prices("micron", since="1mo").frame()


@pytest.mark.parametrize("place", [b'"stories":', b'"period":"2026-0'])
def test_an_answer_with_a_changed_byte_is_refused(served: TestClient, place: bytes) -> None:
    def change(content: bytes) -> bytes:
        at = content.rfind(place) + len(place)
        return (
            content[:at] + (b"1" if content[at : at + 1] != b"1" else b"2") + content[at + 1 :]
            if at > len(place)
            else content
        )

    altered = chokepoint.Chokepoint("http://127.0.0.1", transport=Served(served, change))
    with pytest.raises(chokepoint.Altered, match="changed on the way"):
        altered.attention("theme:memory", since="2026-02-01")


def test_an_unchanged_answer_is_not_sent_again(served: TestClient) -> None:
    transport = Served(served)
    client = chokepoint.Chokepoint("http://127.0.0.1", transport=transport)
    first, second = (client.attention("memory", since="2026-02-01") for _ in range(2))
    assert transport.asked == [200, 200, 304, 304]  # subjects, attention; again
    assert second is first


def test_a_link_is_opened_and_its_hash_compared(client: Any) -> None:
    page = client.view(page="theme", theme="memory", grain="week", **{"from": "2026-02-22", "to": "2026-08-21"})
    link = page.proof_link
    assert client.view(link).rows == page.rows
    with pytest.raises(chokepoint.Altered, match="another hash"):
        client.view(link.replace("theme=memory", "theme=optics"))


def test_errors_are_sentences(client: Any, served: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(chokepoint.ChokepointError, match=r"^grain takes day, week, month\.$"):
        client.attention("memory", grain="year")
    with pytest.raises(chokepoint.ChokepointError, match="Nothing answers at"):
        chokepoint.Chokepoint("http://127.0.0.1:9").subjects()
    monkeypatch.setenv("CHOKEPOINT_API_KEY", KEY)
    with pytest.raises(chokepoint.ChokepointError, match="needs a key"):
        client.subjects()
    assert chokepoint.Chokepoint("http://127.0.0.1", key=KEY, transport=Served(served)).subjects().rows


def test_the_client_imports_nothing_of_ours() -> None:
    code = "import sys, chokepoint; print({'dashboard', 'data', 'analysis'} & {*sys.modules})"
    said = subprocess.run([sys.executable, "-c", code], cwd=FOLDER, capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "set()"


def test_the_notebook_rebuilds_the_chart_and_checks_it_against_the_proof_link(
    served: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    notebook = nbformat.read(FOLDER / "rebuild_a_chart.ipynb", as_version=4)
    nbformat.validate(notebook)
    client = chokepoint.Chokepoint("http://127.0.0.1", transport=Served(served))
    monkeypatch.setattr(chokepoint, "Chokepoint", lambda *_: client)
    names: dict[str, Any] = {}
    for cell in notebook.cells:
        if cell.cell_type == "code":
            exec(compile(cell.source, "cell", "exec"), names)  # without a kernel, so that it runs where sockets may not
    assert names["reopened"].sha256 == names["page"].sha256 and "sha=" in names["link"]
    bars = names["chart"].data[0]
    drawn = client.attention("memory", since=str(names["FIRST"]), until=str(names["LAST"])).frame()
    assert list(bars.y) == drawn["share"].tolist()


@contextmanager
def stranger(served: TestClient, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    monkeypatch.setenv("CHOKEPOINT_API_KEY", KEY)
    yield TestClient(served.app, base_url="http://127.0.0.1", client=("10.0.0.7", 1))


def test_a_signed_address_opens_without_a_header(served: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    address = signed_address(TARGET, KEY, SOON)
    with stranger(served, monkeypatch) as other:
        assert other.get(address).text == other.get(TARGET, auth=("any", KEY)).text
        assert other.get(address.replace("theme%3Amemory", "theme:memory")).status_code == 200  # as Excel writes it
        assert other.get(TARGET).status_code == 401


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("memory", "optics", "does not fit"),
        ("attention.csv", "prices.csv", "does not fit"),
        ("expires=", "expires=9", "does not fit"),
        ("&expires", "&limit=1&expires", "does not fit"),
        ("signature=", "signature=0", "does not fit"),
    ],
)
def test_an_altered_signed_address_does_not(
    served: TestClient, monkeypatch: pytest.MonkeyPatch, old: str, new: str, says: str
) -> None:
    address = signed_address(TARGET, KEY, SOON).replace(old, new)
    with stranger(served, monkeypatch) as other:
        answer = other.get(address)
        assert (answer.status_code, says in answer.json()["error"]) == (401, True)


def test_a_signed_address_expires_and_ends_with_its_key(served: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    late = signed_address(TARGET, KEY, datetime.now(UTC) - timedelta(seconds=1))
    other_key = signed_address(TARGET, "another", SOON)
    with stranger(served, monkeypatch) as other:
        assert "expired on" in other.get(late).json()["error"]
        assert "key was changed" in other.get(other_key).json()["error"]
        assert other.get(f"/widgets.json?signature={quote('x')}").status_code == 401


def test_only_the_api_is_signed_and_only_with_a_key() -> None:
    for target, key in (("/theme?theme=memory", KEY), (TARGET, "")):
        with pytest.raises(UsageError):
            signed_address(target, key, SOON)


def test_the_command_signs_an_address(monkeypatch: pytest.MonkeyPatch, served: TestClient) -> None:
    command = [sys.executable, "-m", "dashboard", "sign", f"http://127.0.0.1{TARGET}", "--days", "2"]
    said = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=True, env={"CHOKEPOINT_API_KEY": KEY, "PATH": ""}
    )
    with stranger(served, monkeypatch) as other:
        assert other.get(said.stdout.strip()).status_code == 200


@pytest.mark.skipif(not shutil.which("soffice"), reason="no LibreOffice found")
def test_libreoffice_reads_numbers_and_days_from_a_signed_address(tmp_path: Path) -> None:
    own = {
        "CHOKEPOINT_API_KEY": KEY,
        "CHOKEPOINT_DB": f"sqlite:///{tmp_path}/absent.db",
        "CHOKEPOINT_SAMPLE_DB": f"sqlite:///{sample_store()}",
    }
    with running_app(None, own) as app:
        address = f"{app}{signed_address(TARGET, KEY, SOON)}"
        profile = f"-env:UserInstallation=file://{tmp_path}/profile"
        convert = [
            "--headless",
            "--infilter=CSV:44,34,76,1",
            "--convert-to",
            "xlsx",
            "--outdir",
            str(tmp_path),
            address,
        ]
        subprocess.run(["soffice", profile, *convert], capture_output=True, check=True, timeout=150)
    header, first, *_ = load_workbook(tmp_path / "attention.xlsx").active.values
    assert header[:3] == ("period", "stories", "articles")
    assert (str(first[0].date()), first[1:3]) == ("2025-08-01", (11, 11))
