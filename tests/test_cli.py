"""The command line: what it prints, where, and with which exit code."""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
import sys
import zlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

import data.catalog
import faultserver
import ingest.__main__ as command_line
import ingest.link
import ingest.sample
import ingest.workers
from data.catalog import load_catalog
from data.catalog.records import Catalog, Source
from data.prices import bars_between
from data.read.attention import Filters
from data.read.receipts import receipts
from data.schema.store import open_store
from data.source_state import begin_run
from ingest.link import Linker
from reference import reference

SUBJECTS = {"guid", "url", "title", "summary", "published_at", "date_quality", "publisher", "lang"}
STORIES = [
    {
        "id": "1",
        "title": "SK Hynix ships HBM4 to Nvidia",
        "url": "https://a.example/1",
        "published": "2026-03-02T10:00:00Z",
    },
    {
        "id": "2",
        "title": "Vertiv raises its forecast",
        "url": "https://b.example/2",
        "published": "2026-03-03T10:00:00Z",
    },
    {
        "id": "3",
        "title": "A quiet day in the garden",
        "url": "https://c.example/3",
        "published": "2026-03-04T10:00:00Z",
    },
]


class Said(NamedTuple):
    code: int
    out: str
    err: str


Run = Callable[..., Said]


WHOLE = load_catalog()


@cache
def whole_linker() -> Linker:
    return Linker(WHOLE)


def quick_linker(catalog: Catalog) -> Linker:
    """One linker for all commands that link with the bundled companies: building it is half of a command's time."""
    return whole_linker() if catalog.companies == WHOLE.companies else Linker(catalog)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """Run a command with arguments and standard input; a store of its own is the default one."""
    monkeypatch.setattr(data.catalog, "load_catalog", lambda: WHOLE)
    for module in (ingest.link, ingest.sample, ingest.workers):
        monkeypatch.setattr(module, "Linker", quick_linker)
    monkeypatch.setenv("CHOKEPOINT_DB", f"sqlite:///{tmp_path / 'default.db'}")
    monkeypatch.setenv("CHOKEPOINT_SAMPLE_DB", f"sqlite:///{tmp_path / 'sample.db'}")

    def command(*arguments: object, given: bytes = b"") -> Said:
        monkeypatch.setattr(sys, "argv", ["ingest", *map(str, arguments)])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given)))
        try:
            code = command_line.main()
        except SystemExit as ended:
            code = int(ended.code or 0)
        sys.stdout.flush()
        return Said(code, *capfd.readouterr())

    return command


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    path = tmp_path / "articles.jsonl"
    path.write_text("".join(json.dumps(story) + "\n" for story in STORIES), encoding="utf-8")
    return path


def stored(path: Path) -> list[str]:
    everything = Filters(start=date(2000, 1, 1), end=date(2100, 1, 1))
    with open_store(path) as store:
        return sorted(receipts(store, None, everything, unit="articles")["title"])


def test_an_import_says_which_dates_it_could_not_use_and_fails_when_they_are_many(run: Run, tmp_path: Path) -> None:
    table = tmp_path / "table.csv"
    table.write_text("title,published_at\nMicron opens,2026-11-12 09:00\nIntel opens,soonish\n")
    said = run("file", table, "--timezone", "Asia/Seoul")
    assert said.code == 1
    assert said.err.splitlines()[-1] == (
        "table.csv: 1 without a usable date are under the day of the import (first title: Intel opens); "
        "1 had a date that could not be read (first date: soonish); "
        "1 had a time without a zone, read as Asia/Seoul (--timezone) (first title: Micron opens)."
    )


def test_link_goes_on_after_a_date_that_it_cannot_read(run: Run) -> None:
    lines = [{"id": n, "title": "Micron", "published_at": day} for n, day in enumerate(("soonish", "2025-10"))]
    said = run("link", given="\n".join(map(json.dumps, lines)).encode())
    assert said.code == 0 and said.out.count("micron") >= 2
    assert said.err == "Line 1: its date, 'soonish', cannot be read; linked as without a date.\n"


# ---- files
# ---------------------------------------------------------------------------------------------------------------


def test_a_file_is_stored_once_and_the_second_time_nothing_is_new(run: Run, articles: Path, tmp_path: Path) -> None:
    first = run("file", articles)
    assert (first.code, first.out) == (
        0,
        "articles.jsonl: 3 stories stored (articles: 3 new, 0 edited, 0 known already).\n",
    )
    again = run("file", articles)
    assert (again.code, again.out) == (0, "articles.jsonl: nothing new (articles: 0 new, 0 edited, 3 known already).\n")
    assert stored(tmp_path / "default.db") == sorted(story["title"] for story in STORIES)


def test_the_store_may_be_named_as_a_path_or_a_url(run: Run, articles: Path, tmp_path: Path) -> None:
    run("file", articles, "--store", tmp_path / "one.db")
    run("file", articles, "--store", f"sqlite:///{tmp_path / 'two.db'}")
    assert stored(tmp_path / "one.db") == stored(tmp_path / "two.db")
    assert not (tmp_path / "default.db").exists()


def test_compressed_files_csv_and_json_lists_are_read_as_they_are(run: Run, articles: Path, tmp_path: Path) -> None:
    packed = tmp_path / "packed.jsonl.gz"
    packed.write_bytes(gzip.compress(articles.read_bytes()))
    table = tmp_path / "table.csv"
    with table.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, STORIES[0])
        writer.writeheader()
        writer.writerows(STORIES)
    listed = tmp_path / "list.json"
    listed.write_text(json.dumps({"articles": STORIES}, indent=1), encoding="utf-8")
    for path in (packed, table, listed):
        said = run("file", path, "--store", tmp_path / f"{path.name}.db")
        assert said.out == f"{path.name}: 3 stories stored (articles: 3 new, 0 edited, 0 known already).\n"


def test_rows_that_are_no_articles_are_counted_and_named(run: Run, articles: Path) -> None:
    articles.write_text(articles.read_text() + "{broken\n" + json.dumps({"title": "Oracle leases more power"}) + "\n\n")
    said = run("file", articles)
    assert said.code == 0
    assert "4 new, 0 edited, 0 known already, 1 not read" in said.out
    assert said.err.startswith("articles.jsonl: Line 4 was not read: not a JSON object.\n")
    assert "1 left out" in said.err.splitlines()[-1]


def test_a_broken_first_row_costs_one_row(run: Run, articles: Path) -> None:
    articles.write_text('{"title": "half a row", "url":,\n' + articles.read_text())
    said = run("file", articles)
    assert "3 new, 0 edited, 0 known already, 1 not read" in said.out


def test_a_file_that_is_no_news_fails_and_the_next_one_is_read(run: Run, articles: Path, tmp_path: Path) -> None:
    login = tmp_path / "login.xml"
    login.write_text("<html><head><title>Sign in</title></head><body>Sign in</body></html>")
    said = run("file", login, articles, "--format", "auto")
    assert said.code == 1
    assert "articles.jsonl: 3 stories stored" in said.out
    assert said.err.startswith("login.xml: ")


def test_a_damaged_archive_keeps_what_came_before_and_says_so(run: Run, tmp_path: Path) -> None:
    lines = "".join(
        json.dumps({"title": f"Story {i} {os.urandom(20).hex()}", "url": f"https://a.example/{i}"}) + "\n"
        for i in range(12_000)
    )
    path = tmp_path / "cut.jsonl.gz"
    cut = gzip.compress(lines.encode())[:-20_000]
    path.write_bytes(cut)
    said = run("file", path)
    assert said.code == 1
    count = int(said.out.partition(" new, ")[0].rpartition(" ")[2].replace(",", ""))
    assert f"The file is damaged (it is cut off): the {count:,} articles before that were read." in said.err
    whole_lines = zlib.decompressobj(wbits=31).decompress(cut).count(b"\n")
    assert 10_000 < len(stored(tmp_path / "default.db")) == whole_lines


def test_undated_articles_may_be_given_their_day(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "undated.jsonl"
    path.write_text('{"title": "Micron opens a fab"}\n')
    run("file", path, "--published", "2026-02-03", "--source", "notes")
    with open_store(tmp_path / "default.db") as store:
        found = receipts(store, None, Filters(start=date(2026, 2, 3), end=date(2026, 2, 3)), unit="articles")
    assert list(found["publisher"]) == ["notes"]
    assert list(found["date_quality"]) == ["day"]


def test_the_seed_page_stores_twelve_stories_and_says_that_it_announces_nineteen(run: Run) -> None:
    page = reference("data/seed/000_a653efa1dd23545d.txt")
    said = run("file", page, "--source", "chinadailybrief")
    assert said.out.startswith(f"{page.name}: 12 stories stored")
    announced, undated = said.err.splitlines()
    assert announced == f"{page.name}: The page announces 19 articles but has 12."
    assert undated.startswith(f"{page.name}: 12 without a usable date are under the day of the import")
    assert run("file", page, "--source", "chinadailybrief").out.startswith(f"{page.name}: nothing new")


# ---- parse and link: no store
# --------------------------------------------------------------------------------------------


def test_parse_prints_what_would_be_stored_and_touches_no_store(run: Run, articles: Path, tmp_path: Path) -> None:
    said = run("parse", articles)
    rows = [json.loads(line) for line in said.out.splitlines()]
    assert [row["title"] for row in rows] == [story["title"] for story in STORIES]
    assert all(set(row) == SUBJECTS for row in rows)
    assert rows[0] == {
        "guid": "1",
        "url": "https://a.example/1",
        "title": "SK Hynix ships HBM4 to Nvidia",
        "summary": "",
        "published_at": "2026-03-02T10:00:00+00:00",
        "date_quality": "feed",
        "publisher": "a.example",
        "lang": "en",
    }
    assert list(tmp_path.glob("*.db")) == []


def test_parse_reads_a_feed_in_the_format_that_is_named(run: Run, tmp_path: Path) -> None:
    feed = tmp_path / "feed.bin"
    feed.write_bytes(faultserver.rss("Micron raises its forecast"))
    assert json.loads(run("parse", feed, "--format", "feed").out)["title"] == "Micron raises its forecast"
    refused = run("parse", feed, "--format", "page")
    assert refused.code == 1
    assert refused.err.count("\n") == 1


def test_link_prints_the_mentions_of_each_line_with_their_evidence(run: Run, tmp_path: Path) -> None:
    given = (
        '{"id": "a", "title": "SK Hynix ships HBM4 to Nvidia", "summary": ""}\n\n{"id": 7, "title": "A quiet day"}\n'
    )
    said = run("link", given=given.encode())
    first, second = (json.loads(line) for line in said.out.splitlines())
    assert set(first) == {"id", "companies", "themes"}
    assert {company["id"] for company in first["companies"]} >= {"nvidia"}
    for company in first["companies"]:
        assert set(company) == {"id", "field", "start", "end", "matched", "rule", "score"}
        assert "SK Hynix ships HBM4 to Nvidia"[company["start"] : company["end"]] == company["matched"]
    assert second == {"id": "7", "companies": [], "themes": []}
    assert list(tmp_path.glob("*.db")) == []


def test_link_says_which_line_it_cannot_read(run: Run) -> None:
    said = run("link", given=b'{"id": "a", "title": "x"}\nnot json\n')
    assert said.code == 2
    assert said.err.startswith("Line 2 of the input cannot be read")


# ---- update, prices, relink, sample
# --------------------------------------------------------------------------------------


@pytest.fixture
def small_catalog(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Catalog]:
    """The bundled companies with these sources, for commands that ask the network."""
    monkeypatch.setenv("CHOKEPOINT_ALLOW_ADDRESSES", "127.0.0.1/32")
    monkeypatch.setattr(command_line, "_yahoo", lambda: None)

    def use(*sources: Source) -> Catalog:
        catalog = replace(
            WHOLE, companies=dict(WHOLE.companies), relations=(), sources={source.id: source for source in sources}
        )
        monkeypatch.setattr(data.catalog, "load_catalog", lambda: catalog)
        return catalog

    return use


def test_update_reports_what_came_and_what_failed(
    run: Run, small_catalog: Callable[..., Catalog], tmp_path: Path
) -> None:
    with faultserver.running() as server:
        small_catalog(*(Source(id=name, name=name, url=f"{server.url}/{name}") for name in ("feed", "500")))
        said = run("update")
        again = run("update", "--source", "feed")
    assert said.code == 1
    assert (
        said.out
        == "2 sources asked: 1 answered, 0 had nothing new, 1 failed.\n2 new articles in 2 new stories, 0 edited.\n"
    )
    assert "500: 127.0.0.1 has an internal error (500); it will be asked again later." in said.err
    assert again.code == 0
    assert again.out.startswith("1 source asked: 0 answered, 1 had nothing new, 0 failed.")
    assert len(stored(tmp_path / "default.db")) == 2


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("update", "--source", "nobody"), "There is no source nobody; use an id from sources.toml.\n"),
        (("update", "--source", "google-news"), "The source google-news is disabled: "),
        (("file", "absent.jsonl"), "There is no file absent.jsonl.\n"),
        (("prices", "--provider", "csv"), "Name the file: --provider csv --path FILE.\n"),
        (("prices", "--ticker", "NOSUCH"), "The catalog has no listing NOSUCH; "),
        (("relink",), "There is no store at "),
        (("file", "."), ". is a folder: name the files in it (./*).\n"),
        (
            ("relink", "--store", "mysql://reader@127.0.0.1/news"),
            "A store is kept in SQLite or PostgreSQL, not in mysql: ",
        ),
        (
            ("relink", "--store", "postgresql+nodriver://reader:secret@127.0.0.1/news"),
            "The driver for postgresql+nodriver is not here: ",
        ),
        (("relink", "--store", "://"), "The store's address is no URL: "),
    ],
)
def test_wrong_input_is_one_sentence_and_exit_code_two(run: Run, arguments: tuple[str, ...], sentence: str) -> None:
    said = run(*arguments)
    assert said.code == 2
    assert said.err.startswith(sentence)
    assert said.err.count("\n") == 1
    assert said.out == ""
    assert "secret" not in said.err


@pytest.mark.parametrize(
    "arguments", [("no-such-command",), ("file",), ("file", "x", "--format", "pdf"), ("prices", "--from", "soon")]
)
def test_wrong_usage_is_exit_code_two(run: Run, arguments: tuple[str, ...]) -> None:
    said = run(*arguments)
    assert said.code == 2
    assert "Traceback" not in said.err


def test_another_active_run_is_exit_code_75(run: Run, articles: Path, tmp_path: Path) -> None:
    with open_store(tmp_path / "default.db") as store:
        begin_run(store, "update", datetime.now(UTC))
        said = run("file", articles)
    assert said.code == 75
    assert said.err.count("\n") == 1
    assert "is active; nothing done." in said.err


def test_prices_come_from_a_file(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "prices.csv"
    path.write_text(
        "ticker,date,close\nNVDA,2026-03-02,180.5\nNVDA,2026-03-03,181.5\nNOPE,2026-03-02,1\nMU,2026-03-02,x\n"
    )
    said = run("prices", "--provider", "csv", "--path", path)
    assert said.code == 0
    assert said.out == "Prices of 1 listing: 2 new sessions, 0 corrected, 0 splits and dividends.\n"
    assert said.err.splitlines() == [
        "prices.csv: 1 rows were not read (first: line 5: 'x' is not a number).",
        "1 tickers of the file are not in the catalog and were skipped (first: NOPE).",
    ]
    with open_store(tmp_path / "default.db") as store:
        assert list(bars_between(store, ["NVDA"], date(2026, 1, 1), date(2026, 12, 31))["close"]) == [180.5, 181.5]


def test_dates_that_can_be_read_in_two_ways_wait_for_their_order(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "prices.csv"
    path.write_text("ticker,date,close\nNVDA,03/04/2026,180.5\nNVDA,05/05/2026,181.5\n")
    refused = run("prices", "--provider", "csv", "--path", path)
    assert refused.code == 2
    assert "say it with --dates dmy, --dates mdy or --dates ymd." in refused.err
    assert run("prices", "--provider", "csv", "--path", path, "--dates", "mdy").code == 0
    with open_store(tmp_path / "default.db") as store:
        sessions = bars_between(store, ["NVDA"], date(2026, 1, 1), date(2026, 12, 31))["session"]
    assert sessions.dt.strftime("%m-%d").tolist() == ["03-04", "05-05"]


@pytest.mark.parametrize(
    ("name", "options"), [("NVDA.csv", ()), ("FRMI.L.csv.gz", ()), ("history.csv", ("--ticker", "NVDA"))]
)
def test_a_file_of_one_listing_is_named_after_it_or_says_whose_it_is(
    run: Run, tmp_path: Path, name: str, options: tuple[str, ...]
) -> None:
    path, text = tmp_path / name, b"Date,Close (USD)\n2026-06-01,180.5\n"
    path.write_bytes(gzip.compress(text.replace(b"USD", b"GBP")) if name.endswith(".gz") else text)
    said = run("prices", "--provider", "csv", "--path", path, *options)
    assert (said.code, said.out.partition(",")[0]) == (0, "Prices of 1 listing: 1 new sessions")


def test_rows_of_a_former_ticker_are_the_listings(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "prices.csv"
    path.write_text("ticker,date,close\nFB,2022-06-08,196.5\nFB,2022-06-10,25.5\nMETA,2022-06-09,184.5\n")
    said = run("prices", "--provider", "csv", "--path", path)
    assert said.err == "1 tickers of the file are not in the catalog and were skipped (first: FB).\n"
    with open_store(tmp_path / "default.db") as store:
        assert list(bars_between(store, ["META"], date(2022, 1, 1), date(2022, 12, 31))["close"]) == [196.5, 184.5]


def test_relink_says_what_would_change_and_then_changes_it(
    run: Run, articles: Path, small_catalog: Callable[..., Catalog], tmp_path: Path
) -> None:
    run("file", articles)
    catalog = small_catalog()
    del catalog.companies["vertiv"]
    dry = run("relink", "--dry-run")
    assert dry.out.startswith("The links of 1 article would change.\n")
    assert "company:vertiv" in dry.out
    assert "+0 / −1 stories\n    − " in dry.out
    done = run("relink")
    assert done.out == dry.out.replace("would change", "changed")
    assert run("relink").out == "The links of 0 articles changed.\n"


def test_the_sample_is_linked_again_too(
    run: Run, small_sample: Path, small_catalog: Callable[..., Catalog], tmp_path: Path
) -> None:
    path = tmp_path / "sample.db"
    run("sample", "--store", path)
    before = path.read_bytes()
    dry = run("relink", "--dry-run", "--store", path)
    assert (dry.code, "would change" in dry.out) == (0, True)
    assert path.read_bytes() == before
    done = run("relink", "--store", path)
    assert (done.code, done.out) == (0, dry.out.replace("would change", "changed"))


def test_the_sample_is_written_to_a_store_of_its_own_and_takes_no_live_news(
    run: Run, small_sample: Path, articles: Path, tmp_path: Path
) -> None:
    path = tmp_path / "other.db"
    said = run("sample", "--store", path)
    assert said.code == 0
    assert said.out.startswith("30 sample articles stored in ")
    assert run("sample", "--store", path).out.endswith("has the sample already; nothing new.\n")
    refused = run("file", articles, "--store", path)
    assert refused.code == 2
    assert "holds the bundled sample" in refused.err


def test_the_sample_never_goes_into_a_live_store(run: Run, articles: Path, tmp_path: Path) -> None:
    run("file", articles)
    refused = run("sample", "--store", tmp_path / "default.db")
    assert refused.code == 2
    assert "holds live data" in refused.err
