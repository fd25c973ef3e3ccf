"""
An update against a server that misbehaves: good sources are saved, bad ones reported, and nothing is lost or done
twice.
"""

from __future__ import annotations

import gzip
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

import faultserver
import ingest.update
from data.catalog.records import Alias, Catalog, Company, Listing, Source
from data.errors import Cancelled, FetchError, Gone, PriceError, RateLimited, RetryLater, StoreBusy, UsageError
from data.read.attention import Filters
from data.read.receipts import receipts
from data.schema import store as store_module
from data.schema.store import Store, open_store
from data.source_state import SourceState, begin_run, last_run, resume_source, source_state, source_states
from faultserver import FaultServer
from ingest.fetch.client import Fetcher, FetchResult, Limits, Validators
from ingest.fetch.guard import allowed_networks
from ingest.fetch.schedule import after_answer, after_failure, chosen_sources, is_due, state_for, validators_for
from ingest.prices.quotes import History, Quote
from ingest.progress import Step
from ingest.report import report_update
from ingest.update import UpdateReport, update

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
MICRON = Company(
    id="micron",
    name="Micron Technology",
    country="US",
    listings=(Listing(ticker="MU", mic="XNAS", currency="USD"),),
    themes=(),
    aliases=(Alias(text="Micron"),),
)


def catalog(*sources: Source) -> Catalog:
    return Catalog(
        companies={"micron": MICRON},
        themes={},
        relations=(),
        publishers={},
        sources={source.id: source for source in sources},
        benchmarks=(),
        hash="h",
    )


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with faultserver.running() as running:
        yield running


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "store.db") as opened:
        yield opened


def fetcher() -> Fetcher:
    return Fetcher(
        allowed=allowed_networks("127.0.0.1/32"), limits=Limits(seconds=1.5), spacing_seconds={"127.0.0.1": 0}
    )


def sources(server: FaultServer, *paths: str) -> Catalog:
    """A catalog of sources that are named like the server's paths."""
    return catalog(*(Source(id=path.strip("/"), name=path, url=server.url + path) for path in paths))


def run(store: Store, known: Catalog, *, only: Sequence[str] = (), at: datetime = NOW, **more: object) -> UpdateReport:
    return update(store, known, only=only, fetcher=fetcher(), clock=lambda: at, **more)  # type: ignore[arg-type]


def titles(store: Store) -> list[str]:
    everything = Filters(start=date(2000, 1, 1), end=date(2100, 1, 1))
    return sorted(receipts(store, None, everything, unit="articles")["title"])


def outcomes(report: UpdateReport) -> dict[str, str]:
    return {attempt.source: attempt.outcome for attempt in report.attempts}


GOOD = ["/feed", "/atom", "/json", "/gzip", "/moved"]
BAD = ["/500", "/hang", "/big", "/bomb", "/html", "/cut", "/loop", "/404", "/410", "/drip"]


def serve_shapes(server: FaultServer) -> None:
    server.answers["/atom"] = faultserver.Feed(faultserver.atom("Nvidia buys power", "https://atom.example/1"))
    server.answers["/json"] = faultserver.Feed(faultserver.json_feed("TSMC in Arizona", "https://json.example/1"))
    server.answers["/gzip"] = faultserver.compressed(
        faultserver.rss("Vertiv grows", base="https://zip.example/"), "gzip", gzip.compress
    )
    server.answers["/moved-to"] = faultserver.Feed(faultserver.rss("Coherent ships", base="https://moved.example/"))
    server.answers["/moved"] = faultserver.redirect("/moved-to", 301)


def test_good_sources_are_saved_and_bad_ones_reported(server: FaultServer, store: Store) -> None:
    serve_shapes(server)
    report = run(store, sources(server, *GOOD, *BAD))
    assert outcomes(report) == {path.strip("/"): "ok" for path in GOOD} | {path.strip("/"): "failed" for path in BAD}
    assert titles(store) == [
        "Coherent ships",
        "Micron raises its forecast",
        "Nvidia buys power",
        "SK Hynix ships HBM4",
        "TSMC in Arizona",
        "Vertiv grows",
    ]
    assert report.articles == 6
    assert not report.complete
    sentences = {attempt.source: attempt.sentence for attempt in report.failed}
    assert sentences["html"] == '127.0.0.1 answered with a web page, not a feed (title: "Sign in to read").'
    assert sentences["hang"] == "Gave up on 127.0.0.1 after 1.5 s (0 bytes received)."
    states = source_states(store).set_index("source")
    assert list(states.loc[[path.strip("/") for path in BAD], "failures"]) == [1] * len(BAD)
    assert states.loc["410", "paused"]
    assert states.loc["moved", "moved_to"] == server.url + "/moved-to"
    assert states.loc["feed", "etag"] == '"one"'
    ended = last_run(store)
    assert ended is not None
    assert (ended["status"], ended["counts"]["ok"], ended["counts"]["failed"]) == ("partial", 5, 10)


def test_a_second_run_is_conditional_and_finds_nothing_new(server: FaultServer, store: Store) -> None:
    known = sources(server, "/feed")
    run(store, known)
    before = store.revision()
    again = run(store, known, at=NOW + timedelta(hours=1))
    assert server.asked("/feed")[1]["If-None-Match"] == '"one"'
    assert outcomes(again) == {"feed": "unchanged"}
    assert (again.articles, store.revision()) == (0, before)


def test_the_same_articles_from_a_server_without_validators_are_known(server: FaultServer, store: Store) -> None:
    server.answers["/feed"] = lambda handler: handler.send(
        200, faultserver.rss("One") + f"<!-- {len(server.seen)} -->".encode()
    )
    known = sources(server, "/feed")
    run(store, known)
    again = run(store, known, at=NOW + timedelta(hours=1))
    assert (outcomes(again), again.articles) == ({"feed": "ok"}, 0)
    assert titles(store) == ["One"]


def test_a_source_is_left_alone_until_it_is_due(server: FaultServer, store: Store) -> None:
    known = sources(server, "/feed", "/500")
    run(store, known)
    early = run(store, known, at=NOW + timedelta(seconds=30))
    assert (early.attempts, early.not_due) == ([], 2)
    later = run(store, known, at=NOW + timedelta(minutes=2))
    assert outcomes(later) == {"500": "failed"}
    named = run(store, known, only=["feed"], at=NOW + timedelta(minutes=3))
    assert outcomes(named) == {"feed": "unchanged"}


def test_an_answer_that_cannot_be_parsed_leaves_the_validators_as_they_were(server: FaultServer, store: Store) -> None:
    known = sources(server, "/feed")
    run(store, known)
    server.answers["/feed"] = lambda handler: handler.send(200, b"<html><title>Oops</title></html>", ETag='"two"')
    run(store, known, at=NOW + timedelta(hours=1))
    state = source_state(store, "feed")
    assert (state.etag, state.failures) == ('"one"', 1)
    assert state.last_ok_at == NOW


def test_an_edited_article_is_an_edit_and_not_a_new_one(server: FaultServer, store: Store) -> None:
    known = sources(server, "/feed")
    before = faultserver.rss("Micron rises")
    server.answers["/feed"] = lambda handler: handler.send(200, before)
    first = run(store, known)
    server.answers["/feed"] = lambda handler: handler.send(
        200, before.replace(b"<title>Micron rises", b"<title>Micron soars")
    )
    again = run(store, known, at=NOW + timedelta(hours=1))
    assert (first.articles, again.articles, again.edited) == (1, 0, 1)
    assert titles(store) == ["Micron soars"]


def test_progress_tells_each_source_as_it_ends(server: FaultServer, store: Store) -> None:
    seen: list[Step] = []
    run(store, sources(server, "/feed", "/500"), progress=seen.append)
    assert [(step.done, step.total) for step in seen] == [(1, 2), (2, 2)]
    assert {step.name for step in seen} == {"/feed", "/500"}


def test_a_host_is_asked_one_thing_at_a_time(server: FaultServer, store: Store) -> None:
    for i in range(6):
        server.answers[f"/{i}"] = faultserver.slow(0.05, faultserver.rss(f"Story {i}"))
    run(store, sources(server, *(f"/{i}" for i in range(6))))
    assert server.busiest == 1
    assert len(titles(store)) == 6


def test_a_second_run_at_the_same_time_is_refused(server: FaultServer, store: Store) -> None:
    active = begin_run(store, "update", NOW)
    with pytest.raises(StoreBusy, match="is active; nothing done"):
        run(store, sources(server, "/feed"))
    active.end("done", NOW)
    assert run(store, sources(server, "/feed")).articles == 2


def test_the_sample_never_takes_live_news(server: FaultServer, tmp_path: Path) -> None:
    with (
        open_store(tmp_path / "sample.db", kind="sample") as sample,
        pytest.raises(UsageError, match="holds the bundled sample"),
    ):
        run(sample, sources(server, "/feed"))


def test_a_json_interface_is_read_by_its_shape(server: FaultServer, store: Store) -> None:
    record = rb'{"url": "https://a.example/1", "title": "Micron\'s HBM4", "seendate": "20260302T101500Z"'
    body = b'{"articles": [' + record + b', "domain": "a.example"}]}'
    server.answers["/gdelt"] = lambda handler: handler.send(200, body)
    server.answers["/words"] = lambda handler: handler.send(200, b"Please limit requests to one every 5 seconds.")
    known = catalog(
        Source(id="gdelt", name="GDELT", url=server.url + "/gdelt", format="json"),
        Source(id="words", name="Words", url=server.url + "/words", format="json"),
    )
    report = run(store, known)
    assert titles(store) == ["Micron's HBM4"]
    assert report.failed[0].sentence.startswith("127.0.0.1 answered with text, not with JSON: “Please limit requests")


# ---- another program that writes ------------------------------------------------------------------------------------


class Holding:
    """Another program that takes the store's write lock when a first source is asked, until `free` is set."""

    def __init__(self, store: Store) -> None:
        self.store, self.asked, self.held, self.free = store, threading.Event(), threading.Event(), threading.Event()
        self.thread = threading.Thread(target=self._hold)
        self.thread.start()

    def _hold(self) -> None:
        assert self.asked.wait(20)
        with open_store(self.store.url) as other, other.writing():
            self.held.set()
            assert self.free.wait(20)

    def fetch(self, url: str, validators: Validators | None = None) -> FetchResult:
        self.asked.set()
        assert self.held.wait(20)
        if url.endswith("/later"):
            self.thread.join()
        return fetcher().fetch(url, validators)


def impatient(monkeypatch: pytest.MonkeyPatch, store: Store, seconds: float) -> Store:
    """The store with a SQLite that gives up at once, and an update that waits for so long."""
    monkeypatch.setattr(store_module, "BUSY_SECONDS", 0.05)
    monkeypatch.setattr(ingest.update, "WAIT_SECONDS", seconds)
    return open_store(store.url)


def test_an_update_waits_for_another_programs_write_and_loses_no_source(
    server: FaultServer, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with impatient(monkeypatch, store, seconds=20) as own:
        holding = Holding(store)
        threading.Timer(0.6, holding.free.set).start()
        report = update(own, sources(server, "/feed", "/500"), fetcher=holding, clock=lambda: NOW)  # type: ignore[arg-type]
    assert outcomes(report) == {"feed": "ok", "500": "failed"}
    assert len(titles(store)) == 2


def test_a_source_that_cannot_be_saved_in_time_fails_in_a_sentence_and_the_others_go_on(
    server: FaultServer, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.answers["/later"] = lambda handler: handler.send(
        200, faultserver.rss("Later", base="https://later.example/")
    )
    known = sources(server, "/feed", "/later")
    with impatient(monkeypatch, store, seconds=0.2) as own:
        holding = Holding(store)
        report = update(own, known, fetcher=holding, clock=lambda: NOW, progress=lambda _: holding.free.set())  # type: ignore[arg-type]
    assert outcomes(report) == {"feed": "failed", "later": "ok"}
    assert report.failed[0].sentence.startswith("The store is busy: another program is writing to it.")
    assert titles(store) == ["Later"]
    assert outcomes(run(store, sources(server, "/feed"), at=NOW + timedelta(minutes=2))) == {"feed": "ok"}


class Given:
    """A price provider that gives one session, or fails."""

    name = "given"

    def __init__(self, problem: PriceError | None = None) -> None:
        self.problem = problem
        self.asked = 0

    def history(self, listing: Listing, *, start: date, now: datetime) -> History:
        self.asked += 1
        if self.problem:
            raise self.problem
        quote = Quote(session=date(2026, 2, 27), close=100.0)
        return History(ticker=listing.ticker, currency="USD", basis="split_adjusted", quotes=(quote,))


def test_prices_follow_the_news_and_are_left_alone_for_hours(server: FaultServer, store: Store) -> None:
    known, provider = sources(server, "/feed"), Given()
    report = run(store, known, prices=provider)
    assert report.prices is not None
    assert report.prices.bars == 1
    assert run(store, known, prices=provider, at=NOW + timedelta(hours=1)).prices is None
    assert run(store, known, prices=provider, at=NOW + timedelta(hours=6)).prices is not None


def test_a_price_provider_that_limits_is_asked_again_in_a_quarter_of_an_hour(server: FaultServer, store: Store) -> None:
    known, provider = sources(server, "/feed"), Given(RateLimited("Wait."))
    report = run(store, known, prices=provider)
    assert not report.complete
    assert source_state(store, "prices").next_due_at == NOW + timedelta(minutes=15)
    run(store, known, prices=provider, at=NOW + timedelta(minutes=10))
    assert provider.asked == 1


# ---- the decisions by themselves ------------------------------------------------------------------------------------

ASKED = Source(id="one", name="One", url="https://one.example/", every_minutes=60)
ANSWER = FetchResult(
    url="https://one.example/",
    body=b"x",
    content_type="",
    unchanged=False,
    validators=Validators(etag='"2"', last_modified="then", body_hash="h2"),
    moved_to="https://two.example/",
)


def test_a_good_answer_is_remembered_and_the_next_one_is_due_a_little_before_its_time() -> None:
    state = after_answer(SourceState(source="one", failures=3, last_error="x"), ASKED, ANSWER, NOW)
    assert (state.etag, state.body_hash, state.failures, state.last_error) == ('"2"', "h2", 0, "")
    assert (state.last_full_at, state.moved_to) == (NOW, "https://two.example/")
    assert not is_due(state, NOW + timedelta(minutes=53))
    assert is_due(state, NOW + timedelta(minutes=54))


def test_once_a_day_a_source_is_asked_unconditionally() -> None:
    state = after_answer(SourceState(source="one"), ASKED, ANSWER, NOW)
    assert validators_for(state, NOW + timedelta(hours=23)).etag == '"2"'
    assert validators_for(state, NOW + timedelta(hours=24)) == Validators(body_hash="h2")
    later = after_answer(state, ASKED, ANSWER, NOW + timedelta(hours=1))
    assert later.last_full_at == NOW


@pytest.mark.parametrize(
    ("problem", "failures", "seconds", "paused"),
    [
        (FetchError("x"), 0, 60, False),
        (FetchError("x"), 3, 3840, False),
        (RetryLater("x", 7200), 0, 7200, False),
        (Gone("x"), 0, 60, True),
    ],
)
def test_a_failure_sets_the_next_try(problem: FetchError, failures: int, seconds: int, paused: bool) -> None:
    state = after_failure(SourceState(source="one", failures=failures, etag='"1"'), problem, NOW, spread=1)
    assert state.next_due_at == NOW + timedelta(seconds=seconds)
    assert (state.failures, state.etag, state.paused) == (failures + 1, '"1"', paused)
    assert is_due(state, NOW + timedelta(days=2)) == (not paused)


def test_a_source_that_has_ended_is_asked_again_once_its_address_is_corrected(
    server: FaultServer, store: Store
) -> None:
    ended = Source(id="one", name="One", url=f"{server.url}/410")
    assert outcomes(run(store, catalog(ended))) == {"one": "failed"}
    assert run(store, catalog(ended), at=NOW + timedelta(days=30)).attempts == []
    corrected = replace(ended, url=f"{server.url}/feed")
    assert outcomes(run(store, catalog(corrected), at=NOW + timedelta(days=30))) == {"one": "ok"}
    assert source_state(store, "one").url == f"{server.url}/feed"


def test_what_is_remembered_is_of_an_address() -> None:
    state = SourceState(source="one", etag='"1"', failures=3, paused=True, url=ASKED.url)
    assert state_for(state, ASKED) == state
    moved = replace(ASKED, url="https://two.example/")
    assert state_for(state, moved) == SourceState(source="one", url=moved.url)
    old = replace(state, url="")  # kept before addresses were
    assert state_for(replace(old, paused=False), ASKED) == replace(state, paused=False)
    assert state_for(old, ASKED) == SourceState(source="one", url=ASKED.url)
    secret = replace(ASKED, url="https://reader:secret@one.example/")
    assert "secret" not in state_for(SourceState(source="one"), secret).url


def test_a_source_that_is_off_says_why() -> None:
    off = replace(ASKED, id="off", enabled=False, reason="Its robots.txt says no.")
    known = catalog(ASKED, off)
    assert chosen_sources(known) == [ASKED]
    with pytest.raises(UsageError, match=r"The source off is disabled: Its robots\.txt says no\."):
        chosen_sources(known, ["off"])
    with pytest.raises(UsageError, match="There is no source other"):
        chosen_sources(known, ["other"])


def test_a_clock_that_stood_in_the_future_does_not_silence_a_source(server: FaultServer, store: Store) -> None:
    known = sources(server, "/feed", "/500")
    run(store, known, at=NOW + timedelta(days=3650))
    said: list[str] = []
    report = run(store, known, progress=lambda step: said.append(step.sentence))
    assert outcomes(report) == {"feed": "unchanged", "500": "failed"}
    assert said[0] == (
        "This machine's clock says 2026-03-02 12:00 UTC, but the store was last written at 2036-02-28 12:00: check it."
    )


def test_a_cancelled_update_keeps_what_had_come_and_says_that_it_was_cancelled(
    server: FaultServer, store: Store
) -> None:
    def stop(_step: Step) -> None:
        raise Cancelled("Stopped.")

    with pytest.raises(Cancelled):
        run(store, sources(server, "/feed", "/drip"), progress=stop)
    ended = last_run(store)
    assert ended is not None and ended["status"] == "cancelled"
    assert titles(store) == ["Micron raises its forecast", "SK Hynix ships HBM4"]


def test_a_source_that_is_gone_is_asked_again_when_somebody_says_so(server: FaultServer, store: Store) -> None:
    known = sources(server, "/410")
    run(store, known)
    assert run(store, known, at=NOW + timedelta(days=9)).attempts == []
    resume_source(store, "410")
    server.answers["/410"] = faultserver.Feed(faultserver.GOOD)
    assert outcomes(run(store, known, at=NOW + timedelta(days=9))) == {"410": "ok"}


def test_a_password_in_an_address_is_in_no_report_store_or_log(
    server: FaultServer,
    store: Store,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The addresses of sources that answer, fail, lead elsewhere and send no feed."""
    secret = server.url.replace("http://", "http://reader:canary@")
    paths = ("/feed", "/500", "/410", "/loop", "/html", "/404", "/cut")
    known = catalog(*(Source(id=path.strip("/"), name=path, url=secret + path) for path in paths))
    with caplog.at_level("DEBUG"):
        report_update(run(store, known))
    said = capsys.readouterr()
    assert server.asked("/feed")[0]["Authorization"].startswith("Basic ")
    assert "7 sources asked" in said.out
    assert "canary" not in said.out + said.err
    assert "canary" not in caplog.text
    store.close()
    assert not [path.name for path in tmp_path.iterdir() if path.is_file() and b"canary" in path.read_bytes()]
