"""
The update, started from a page: a thread of its own, so that leaving the page does not stop it.

    button → Job → steps as they come, looked at once a second → what it did, in words
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

import streamlit as st

from dashboard.formatting import count_words, escape_markdown
from data.catalog import load_catalog
from data.errors import ChokepointError
from data.schema.store import default_url, open_store
from ingest.prices.yahoo import YahooProvider
from ingest.progress import Step
from ingest.update import UpdateReport, update

LOOK_SECONDS = 1.0


@dataclass(slots=True)
class Job:
    """The process's one update: what it is at, and how it ended."""

    thread: threading.Thread | None = None
    step: Step | None = None
    sentences: list[str] = field(default_factory=list)
    ended: str = ""
    seen: bool = True

    @property
    def runs(self) -> bool:
        return self.thread is not None and self.thread.is_alive()

    def start(self, url: str) -> None:
        if self.runs:
            return
        self.step, self.sentences, self.ended, self.seen = None, [], "", False
        self.thread = threading.Thread(target=self._run, args=(url,), name="update", daemon=True)
        self.thread.start()

    def _run(self, url: str) -> None:
        try:
            with open_store(url) as store:
                report = update(store, load_catalog(), prices=YahooProvider(), progress=self._take)
            self.ended = report_words(report)
        except ChokepointError as error:
            self.ended = str(error)

    def _take(self, step: Step) -> None:
        self.step = step
        if step.sentence:
            self.sentences.append(f"{step.name}: {step.sentence}")


@st.cache_resource(show_spinner=False)
def the_job() -> Job:
    return Job()


def report_words(report: UpdateReport) -> str:
    """45 sources asked, 2 failed; 312 new articles, 290 new stories. Prices of 109 listings."""
    asked = f"{count_words(len(report.attempts), 'source')} asked, {len(report.failed)} failed"
    came = f"{count_words(report.articles, 'new article')}, {report.stories:,} new {'story' if report.stories == 1 else 'stories'}"
    prices = f" Prices of {count_words(report.prices.tickers, 'listing')}." if report.prices else ""
    later = f" {count_words(report.not_due, 'source')} not due yet." if report.not_due else ""
    return f"{asked}; {came}.{prices}{later}"


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
        st.success(escape_markdown(job.ended), icon=":material/check:")
        _draw_sentences(job)


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
    _draw_sentences(job)


def _draw_sentences(job: Job) -> None:
    if job.sentences:
        with st.expander(f"{count_words(len(job.sentences), 'remark')} on the way"):
            st.text("\n".join(job.sentences[-200:]))
