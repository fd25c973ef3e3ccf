"""
The update, started from a page: a thread of its own, so that leaving the page does not stop it.

    button → Job → steps as they come, looked at once a second → what it did, in words
"""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass, field
from typing import Literal

import streamlit as st

from dashboard.access import check_may_change
from dashboard.cache.stores import store_at
from dashboard.formatting import count_words, escape_markdown, moment_words
from data.catalog import load_catalog
from data.errors import Cancelled, ChokepointError
from data.schema.store import default_url, open_store, store_exists
from data.source_state import last_run
from ingest.prices.yahoo import YahooProvider
from ingest.progress import Step
from ingest.update import UpdateReport, update

log = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
End = Literal["success", "warning", "error"]


BROKE_OFF = "The update broke off, and the reason is in the server's log. What had come until then is saved."


@dataclass(slots=True)
class Job:
    """The process's one update: what it is at, and how it ended."""

    thread: threading.Thread | None = None
    step: Step | None = None
    sentences: list[str] = field(default_factory=list)
    ended: str = ""
    end: End = "success"
    seen: bool = True
    cancelled: bool = False

    @property
    def runs(self) -> bool:
        return self.thread is not None and self.thread.is_alive()

    def start(self, url: str) -> None:
        check_may_change()
        if self.runs:
            return
        self.step, self.sentences, self.ended, self.seen, self.cancelled = None, [], "", False, False
        self.thread = threading.Thread(target=self._run, args=(url,), name="update", daemon=True)
        self.thread.start()

    def _run(self, url: str) -> None:
        try:
            with open_store(url) as store:
                report = update(store, load_catalog(), prices=YahooProvider(), progress=self._take)
            self.ended, self.end = report_words(report), report_end(report)
        except Cancelled as error:
            self.ended, self.end = str(error), "warning"
        except ChokepointError as error:
            self.ended, self.end = str(error), "error"
        except Exception:  # a bug: the thread has nobody else who would say so
            log.exception("The update broke off.")
            self.ended, self.end = BROKE_OFF, "error"

    def cancel(self) -> None:
        """End the update after the source or ticker that it is at."""
        check_may_change()
        self.cancelled = True

    def _take(self, step: Step) -> None:
        self.step = step
        if self.cancelled:
            raise Cancelled("The update was cancelled; what had come until then is saved.")
        if step.sentence:
            self.sentences.append(f"{step.name}: {step.sentence}")


ENDS = {
    "success": (st.success, ":material/check:"),
    "warning": (st.warning, ":material/warning:"),
    "error": (st.error, ":material/error:"),
}


@st.cache_resource(show_spinner=False)
def the_job() -> Job:
    return Job()


def report_words(report: UpdateReport) -> str:
    """45 sources asked, 2 failed; 312 new articles, 290 new stories. Prices of 109 listings."""
    asked = f"{count_words(len(report.attempts), 'source')} asked, {len(report.failed)} failed"
    came = f"{count_words(report.articles, 'new article')}, {count_words(report.stories, 'new story', 'new stories')}"
    prices = f" Prices of {count_words(report.prices.tickers, 'listing')}." if report.prices else ""
    later = f" {count_words(report.not_due, 'source')} not due yet." if report.not_due else ""
    return f"{asked}; {came}.{prices}{later}"


def report_end(report: UpdateReport) -> End:
    """An error when nothing answered, a warning when something did not."""
    asked = len(report.attempts) + (report.prices is not None)
    failed = len(report.failed) + bool(report.prices and not report.prices.tickers)
    if asked and failed == asked:
        return "error"
    return "success" if report.complete else "warning"


def last_run_words(run: dict[str, object] | None, kind: str = "update") -> str:
    """How the store's last run ended, if not well; "" when it did, or is under way."""
    if run is None or run["kind"] != kind or run["ended_at"] is None or run["status"] in ("done", "partial"):
        return ""
    how = {"cancelled": "was cancelled", "interrupted": "was interrupted: its process ended"}
    ended = how.get(str(run["status"]), "broke off: the reason is in its log")
    return f"The last update, of {moment_words(run['started_at'])}, {ended}. What had come until then is saved."


def draw_update() -> None:
    """The button, and under it how the update goes."""
    job = the_job()
    st.button(
        "Update now",
        icon=":material/refresh:",
        key="update",
        disabled=job.runs,
        on_click=job.start,
        args=(default_url(),),
        help="Asks every source that is due, then the prices, and writes into your own store: never into the sample.",
    )


def draw_progress() -> None:
    """How the update goes, while it does; then what it did."""
    job = the_job()
    if job.runs or not job.seen:
        st.fragment(_progress, run_every=LOOK_SECONDS)()
    elif job.ended:
        box, icon = ENDS[job.end]
        box(escape_markdown(job.ended), icon=icon)
        _draw_sentences(job)
    elif words := last_run_words(_last_run()):
        st.warning(escape_markdown(words), icon=":material/warning:")


def _last_run() -> dict[str, object] | None:
    return last_run(store_at(default_url())) if store_exists(default_url()) else None


def _progress() -> None:
    job = the_job()
    if not job.runs:
        job.seen = True
        st.rerun()
    step = job.step
    if step is None:
        st.progress(0.0, "Asking the sources …")
    else:
        st.progress(
            min(step.done / max(step.total, 1), 1.0),
            escape_markdown(f"{step.work}: {step.done} of {step.total}, {step.name}"),
        )
    st.button(
        "Cancelling …" if job.cancelled else "Cancel",
        key="cancel_update",
        disabled=job.cancelled,
        on_click=job.cancel,
        help="Ends the update after the source that it is at; what has come until then stays.",
    )
    _draw_sentences(job)


def _draw_sentences(job: Job) -> None:
    if job.sentences:
        with st.expander(f"{count_words(len(job.sentences), 'remark')} on the way"):
            st.text("\n".join(job.sentences[-200:]))
