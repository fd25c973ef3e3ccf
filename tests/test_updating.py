"""The update that a page starts: however it ends, the page says so."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from dashboard.cache import sample
from dashboard.page_data.sources import without_password
from dashboard.serving import updating
from dashboard.serving.updating import Job, last_run_words, report_end
from data.errors import StoreError
from data.schema.store import open_store
from data.source_state import FetchAttempt
from ingest.progress import Step
from ingest.update import UpdateReport

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def report(*outcomes: str) -> UpdateReport:
    return UpdateReport(attempts=[FetchAttempt(source="s", at=NOW, outcome=outcome) for outcome in outcomes])


def test_only_an_update_that_answered_is_a_green_tick() -> None:
    assert report_end(report(*["failed"] * 47)) == "error"
    assert report_end(report("ok", "failed")) == "warning"
    assert report_end(report("ok", "unchanged")) == "success"
    assert report_end(report()) == "success"


def ended(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, work: object) -> Job:
    monkeypatch.setattr(updating, "update", work)
    job = Job()
    job.start(f"sqlite:///{tmp_path}/store.db")
    assert job.thread is not None
    job.thread.join(20)
    return job


def test_an_update_that_breaks_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def broken(*_: object, **__: object) -> UpdateReport:
        raise ValueError("a bug")

    job = ended(monkeypatch, tmp_path, broken)
    assert (job.ended, job.end, job.runs) == (updating.BROKE_OFF, "error", False)


def test_a_running_update_can_be_cancelled(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    job = Job()

    def endless(*_: object, **given: object) -> UpdateReport:
        step = Step(work="sources", name="one", done=1, total=9)
        given["progress"](step)  # type: ignore[operator]
        job.cancel()
        while True:
            given["progress"](step)  # type: ignore[operator]

    monkeypatch.setattr(updating, "update", endless)
    job.start(f"sqlite:///{tmp_path}/store.db")
    assert job.thread is not None
    job.thread.join(20)
    assert (job.ended, job.end) == ("The update was cancelled; what had come until then is saved.", "warning")


@pytest.mark.parametrize(
    ("status", "words"),
    [("failed", "broke off"), ("interrupted", "its process ended"), ("cancelled", "cancelled"), ("partial", "")],
)
def test_the_last_run_says_how_it_ended(status: str, words: str) -> None:
    said = last_run_words({"kind": "update", "started_at": NOW, "ended_at": NOW, "status": status})
    assert words in said and bool(words) == bool(said)


def test_a_store_that_is_deleted_is_not_replaced_by_the_sample(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CHOKEPOINT_DB", str(tmp_path / "store.db"))
    monkeypatch.setenv("CHOKEPOINT_SAMPLE_DB", str(tmp_path / "sample.db"))
    assert sample.url_to_show().endswith("sample.db")
    open_store(tmp_path / "store.db").close()
    assert sample.url_to_show().endswith("store.db")
    (tmp_path / "store.db").unlink()
    with pytest.raises(StoreError, match="is not there any more"):
        sample.url_to_show()


def test_an_address_is_shown_without_its_password() -> None:
    assert without_password("https://ann:secret@news.example:8443/feed?a=@b") == "https://news.example:8443/feed?a=@b"
