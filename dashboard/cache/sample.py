"""Which store to show; the bundled sample's, built by a process of its own where it is missing or out of date."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from data.catalog.records import Catalog
from data.errors import SampleNotReady, StoreError
from data.read.attention import span
from data.schema.store import default_url, open_store, sample_url, store_exists
from data.settings import settings
from ingest.sample_store import is_current

ROOT = Path(__file__).resolve().parents[2]
COMMAND = (sys.executable, "-m", "ingest", "sample", "--store")
"""Another process: linking would hold the pages up here, and leave 200 MB of names and weights behind."""


class SampleBuild:
    """This process's build of the sample's store: whether it is needed, how far it is, how it failed."""

    def __init__(self) -> None:
        self.percent, self.sentence = 0, ""
        self._lock = threading.Lock()
        self._ready: set[str] = set()
        self._failure = ""
        self._thread: threading.Thread | None = None

    @property
    def runs(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def require(self, url: str, catalog: Callable[[], Catalog]) -> None:
        """
        Return when the store is current. Else begin to build it, or wait no longer: SampleNotReady, or StoreError.
        """
        if url in self._ready:
            return
        with self._lock:
            if not self.runs and not self._failure:
                if is_current(url, catalog()):
                    self._ready.add(url)
                    return
                self.percent, self.sentence = 0, "Getting ready to read the sample …"
                self._thread = threading.Thread(target=self._run, args=(url,), name="sample", daemon=True)
                self._thread.start()
        if self._failure:
            raise StoreError(f"The bundled sample's store could not be built: {self._failure}")
        raise SampleNotReady(
            f"The bundled sample's store is being built, {self.percent} % done: try again in a minute."
        )

    def _run(self, url: str) -> None:
        # A process that outlives this one ends at its next line: nobody reads the pipe any more.
        with subprocess.Popen([*COMMAND, url], cwd=ROOT, stderr=subprocess.PIPE, text=True, encoding="utf-8") as build:
            assert build.stderr is not None
            line = ""
            for line in build.stderr:
                if report := re.match(r"(\d+) % (.+)", line):
                    self.percent, self.sentence = int(report[1]), report[2]
        if build.returncode:
            self._failure = line.strip() or f"the command ended with {build.returncode}."
        else:
            self._ready.add(url)


sample_build = SampleBuild()


_shown_before: set[str] = set()
"""The stores that this process has seen: one that goes is reported, and the sample does not take its place."""


def url_to_show(has_stories: Callable[[str], bool] | None = None) -> str:
    """
    The store that the app, the API and the command show: the user's own if it was named or has a story, else the
    sample.

    `has_stories`: whether the user's own store has one, for callers that have it open already.
    """
    live = default_url()
    if not store_exists(live):
        if live in _shown_before:
            raise StoreError(
                "The store that was shown is not there any more: put it back, or restart Chokepoint to see the sample."
            )
        return sample_url()
    _shown_before.add(live)
    # An update that reached no source leaves an empty store behind: no reason to hide the sample.
    return live if settings().db or (has_stories or _has_stories)(live) else sample_url()


def _has_stories(url: str) -> bool:
    with open_store(url, create=False) as store:
        return span(store) is not None
