"""
Files as people bring them, each with the outcome that it must have: `python -m tests.studies.cases`, exit 1 on a miss.

    right     what reading or importing the file gives is what is expected of it
    refused   a sentence says why it is not read, for a file whose outcome may be that

`tests/cases/expected.json` has the expected titles, links, summaries, moments and companies of files of articles, and
the listings of price files; the other outcomes are the functions below.
"""

from __future__ import annotations

import csv
import io
import os
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import orjson
import pandas as pd
from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from analysis.returns import adjusted_prices, price_table
from dashboard.api.routes import Api
from dashboard.page_data.company import in_dollars
from data.catalog import load_catalog
from data.catalog.records import Catalog, Listing
from data.errors import ChokepointError
from data.prices import actions_of, bars_between
from data.read.attention import Filters
from data.read.receipts import receipts
from data.records import Article
from data.schema.store import Store, open_store
from ingest.import_files import import_files
from ingest.link import Linker
from ingest.parse import Hints
from ingest.parse.files import parsed_file
from ingest.prices.csvfile import CsvProvider
from ingest.prices.update import PriceRun, update_prices

APP = Path(__file__).parents[2] / "dashboard" / "app.py"
CASES = Path(__file__).parents[1] / "cases"
NOW = datetime(2026, 11, 30, 22, tzinfo=UTC)  # a Monday, after the close in New York
EVERYTHING = Filters(start=date(1990, 1, 1), end=date(2030, 1, 1))
MAY_BE_REFUSED = ("p3_comma.csv", "p11_utc_korea.csv")
PENCE = ["FRMI.L: price of 2026-11-20 and 5 more not stored: the price is off by 100 times: a hundred (another unit)."]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a file ended: right, refused or wrong, and the reason for the last two."""

    name: str
    result: str
    reason: str = ""


@cache
def catalog() -> Catalog:
    return load_catalog()


@cache
def linker() -> Linker:
    return Linker(catalog())


@cache
def expectations() -> dict[str, dict[str, Any]]:
    """For each file, the expected values by field."""
    expected: dict[str, dict[str, Any]] = orjson.loads((CASES / "expected.json").read_bytes())
    return expected


def files() -> list[str]:
    """All files with an outcome of their own."""
    others = ("expected.json", "u1.csv", "w1.xml", "t_prices.csv.gz", "u4b_div_raw.csv")  # part of another file's case
    return sorted(path.name for path in CASES.iterdir() if path.name not in others)


def outcome(name: str) -> Outcome:
    """Read or import the file into a store of its own, and compare."""
    with tempfile.TemporaryDirectory() as folder, open_store(Path(folder) / "store.db") as store:
        try:
            missed = _check(name, store)
        except ChokepointError as problem:
            return Outcome(name, "refused" if name in MAY_BE_REFUSED else "wrong", str(problem))
    return Outcome(name, "wrong" if missed else "right", "; ".join(missed))


def _check(name: str, store: Store) -> list[str]:
    expected = expectations().get(name, {})
    if not expected and name not in SPECIAL:
        return ["nothing says what is expected of it"]
    read: dict[str, Any]
    if "listings" in expected:
        bring(store, CASES / name)
        read = {"listings": {ticker: _listing(store, ticker) for ticker in expected["listings"]}}
    elif name.endswith(".txt"):
        read = {"companies": _companies_of_lines(CASES / name, expected["companies"])}
    else:
        read = _articles(CASES / name) if expected else {}
    special = SPECIAL[name](store) if name in SPECIAL else {}
    read |= {field: got for field, (got, _) in special.items()}
    wanted = expected | {field: value for field, (_, value) in special.items()}
    return [f"{field}: {read[field]} instead of {value}" for field, value in wanted.items() if read[field] != value]


def _articles(path: Path) -> dict[str, list[Any]]:
    """What reading the file gives, field by field; a moment as 2026-11-12T08:35, companies by their ids."""
    articles = [row for row in parsed_file(path, Hints(now=NOW), "auto") if isinstance(row, Article)]
    return {
        "title": [article.title for article in articles],
        "url": [article.url for article in articles],
        "summary": [article.summary for article in articles],
        "publisher": [article.publisher for article in articles],
        "seen": [_minute(article.published_at or article.first_seen_at) for article in articles],
        "companies": [_companies(article) for article in articles],
    }


def _minute(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%dT%H:%M}" if moment else ""


def _companies(article: Article) -> list[str]:
    subjects = {mention.subject for mention in linker().link(article)}
    return sorted(subject.removeprefix("company:") for subject in subjects if subject.startswith("company:"))


def _companies_of_lines(path: Path, wanted: dict[str, list[str]]) -> dict[str, list[str]]:
    titles = [line for line in path.read_text("utf-8").splitlines() if line in wanted]
    at = datetime(2026, 11, 18, tzinfo=UTC)
    values: dict[str, Any] = {"guid": "", "url": "", "summary": "", "publisher": "", "lang": "en", "published_at": at}
    return {title: _companies(Article(title=title, date_quality="feed", **values)) for title in titles}


def listings() -> dict[str, Listing]:
    of_companies = (listing for company in catalog().companies.values() for listing in company.listings)
    return {listing.ticker: listing for listing in (*catalog().rates, *catalog().benchmarks, *of_companies)}


def bring(store: Store, path: Path) -> PriceRun:
    """Import a price file as the command line does, with the bundled catalog."""
    provider, known = CsvProvider(path, now=NOW), listings()
    wanted = [known[ticker] for ticker in provider.tickers if ticker in known]
    start = provider.first_session()
    return update_prices(store, provider, wanted, catalog_hash="h", now=NOW, since=start, by_hand=False)


def bars(store: Store, ticker: str) -> pd.DataFrame:
    return bars_between(store, [ticker], EVERYTHING.start, EVERYTHING.end).set_index("session")


def _listing(store: Store, ticker: str) -> list[Any]:
    """The number of sessions, the first one, its close to three digits, and the bases."""
    table = bars(store, ticker)
    if table.empty:
        return [0]
    first = f"{table.index[0]:%Y-%m-%d}"
    return [len(table), first, round(float(table["close"].iloc[0]), 3), sorted(set(table["basis"]))]


def total_return(store: Store, ticker: str) -> float:
    """With dividends reinvested, from the first to the last close, in percent."""
    table = adjusted_prices(bars(store, ticker).reset_index(), actions_of(store, [ticker]))["total_close"]
    return round(100 * float(table.iloc[-1] / table.iloc[0] - 1), 2)


# ---- outcomes that take more than one file or step: what was read, and what should be --------------------------------

Read = dict[str, tuple[Any, Any]]


def _imported(store: Store, *names: str) -> pd.DataFrame:
    for name in names:
        for done in import_files(store, catalog(), [CASES / name], source="case", clock=lambda: NOW):
            assert not done.problem, done.problem
    return receipts(store, None, EVERYTHING, unit="articles")


def _stories(store: Store) -> Read:
    table = _imported(store, "s1.json")
    together = table[table["story"].duplicated(keep=False)]["title"]
    return {"stories": (table["story"].nunique(), 15), "joined": (together.str.contains("strait").sum(), 2)}


def _aggregated(store: Store) -> Read:
    table = _imported(store, "g1.xml")
    return {"stories": (table["story"].nunique(), 5), "articles": (len(table), 6)}


def _edited_date(store: Store) -> Read:
    table = _imported(store, "w1.xml", "w2.xml")
    return {"days": ([f"{day:%Y-%m-%d}" for day in table["at"]], ["2026-11-10"])}


def _undated(store: Store) -> Read:
    table = _imported(store, "v1.xml", "v1.xml")
    return {"quality": (list(table["date_quality"]), ["missing"])}


def _no_formula(store: Store) -> Read:
    table = _imported(store, "x1.json")
    with _client(store) as client:
        body = client.get("/api/v1/mentions.csv", params={"subject": "company:micron"}).content
    cells = [cell for row in csv.reader(io.StringIO(body.decode("utf-8-sig"))) for cell in row]
    live = [cell for cell in cells if cell[:1] in tuple("=+-@")]
    return {"mark": (body[:3], b"\xef\xbb\xbf"), "formulas": (live, []), "articles": (len(table), 8)}


def _unknown_names(store: Store) -> Read:
    provider = CsvProvider(CASES / "k1.csv", now=NOW)
    return {"known": ([ticker for ticker in provider.tickers if ticker in listings()], []),
            "named": (len(provider.tickers), 13)}  # fmt: skip


def _closed_days(store: Store) -> Read:
    remarks = bring(store, CASES / "h1.csv").remarks
    return {"days": ([f"{day:%m-%d}" for day in bars(store, "005930.KS").index], ["09-23", "09-28"]),
            "said": ([remark.partition(" not stored")[0][-10:] for remark in remarks],
                     ["2026-09-24", "2026-09-27"])}  # fmt: skip


def _later_pence(store: Store) -> Read:
    bring(store, CASES / "u1.csv")
    before = bars(store, "FRMI.L")["close"].tolist()
    done = bring(store, CASES / "u2.csv")
    return {"closes": (bars(store, "FRMI.L")["close"].tolist() == before, True), "said": (list(done.remarks), PENCE)}


def _pence_in_dollars(store: Store) -> Read:
    both = bars_between(store, ["FRMI.L", "GBP=X"], EVERYTHING.start, EVERYTHING.end)
    dollars = in_dollars(price_table(both, "close"), [listings()["FRMI.L"]], catalog())
    return {"dollars": (round(float(dollars.loc["2026-11-16", "FRMI.L"]), 2), 6.45)}


def _dividends(store: Store) -> Read:
    actions = actions_of(store, ["ALAB", "MU"])[["ticker", "kind"]]
    return {"actions": (actions.to_numpy().tolist(), [["ALAB", "dividend"]])}


def _same_return(store: Store) -> Read:
    bring(store, CASES / "u4_div_autoadj.csv")
    adjusted = total_return(store, "MU")
    with tempfile.TemporaryDirectory() as folder, open_store(Path(folder) / "raw.db") as raw:
        bring(raw, CASES / "u4b_div_raw.csv")
        return {"return": ([adjusted, total_return(raw, "MU")], [12.34, 12.34])}


def _tel_aviv(store: Store) -> Read:
    """A company on two exchanges, one of which the calendar library cannot build: page and API answer."""
    _imported(store, "t1.jsonl.gz")
    bring(store, CASES / "t_prices.csv.gz")
    with _client(store) as client:
        asked = {"page": "lead_lag", "about": "company:tower", "price": "TSEM.TA", "market": "SPY"}
        answer = client.get("/api/v1/view", params=asked)
    os.environ["CHOKEPOINT_DB"] = store.url
    app = AppTest.from_file(str(APP), default_timeout=90)
    app.run()
    app.switch_page("views/events.py")
    app.query_params |= {"whose": "company:tower", "point": "event.company:tower~2026-10-20"}
    app.run()
    tickers = [sorted(table.value["listing"]) for table in app.dataframe if "listing" in table.value]
    return {"API": (answer.status_code, 200), "exchanges": (tickers, [["TSEM", "TSEM.TA"]])}


def _client(store: Store) -> TestClient:
    app = Starlette(routes=Api(store.url).routes())
    return TestClient(app, base_url="http://127.0.0.1", client=("127.0.0.1", 50000))


SPECIAL: dict[str, Callable[[Store], Read]] = {
    "g1.xml": _aggregated,
    "h1.csv": _closed_days,
    "k1.csv": _unknown_names,
    "p19b_mixed.csv": _dividends,
    "s1.json": _stories,
    "t1.jsonl.gz": _tel_aviv,
    "u2.csv": _later_pence,
    "u4_div_autoadj.csv": _same_return,
    "v1.xml": _undated,
    "w2.xml": _edited_date,
    "x1.json": _no_formula,
    "x_prices.csv": _pence_in_dollars,
}


def main() -> int:
    """Print a table of the files and the counts; 1 when one is wrong."""
    outcomes = []
    for name in sys.argv[1:] or files():
        outcomes.append(each := outcome(name))
        print(f"{each.name:26} {each.result:8} {each.reason[:300]}".rstrip(), flush=True)
    counts = {result: sum(each.result == result for each in outcomes) for result in ("right", "refused", "wrong")}
    print(f"{len(outcomes)} files: " + ", ".join(f"{count} {result}" for result, count in counts.items()))
    return int(counts["wrong"] > 0)


if __name__ == "__main__":
    sys.exit(main())
