"""
The command line of the way in:  python -m ingest update | file | prices | relink | parse | link | sample

Exit codes: 0 all well · 1 some source failed, the rest was saved · 2 wrong usage or input · 75 another run is active.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import nullcontext
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import orjson
import typer

from data.catalog import load_catalog
from data.catalog.records import Catalog, Listing, former_tickers
from data.errors import ChokepointError, SourceError, StoreBusy, UsageError
from data.records import Article
from data.schema.store import open_store, sample_url
from data.write.catalog_versions import remember_catalog
from ingest.console import progress_shown, say, warn
from ingest.file_batches import parsed_file
from ingest.import_files import import_files
from ingest.lease import active_run, utc_now
from ingest.link import Linker, as_json
from ingest.parse import Rejected
from ingest.prices.csv_rows import Reading
from ingest.prices.csvfile import CsvProvider
from ingest.prices.numbers import Sign
from ingest.prices.quotes import PriceProvider
from ingest.prices.update import update_prices, wanted_listings
from ingest.progress import Step
from ingest.relink import relink
from ingest.report import tell_import, tell_prices, tell_relink, tell_update
from ingest.sample import load_sample
from ingest.update import update

SOME_FAILED, WRONG_INPUT, BUSY = 1, 2, 75

app = typer.Typer(
    help="Bring news and prices in.", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False
)


class FileFormat(StrEnum):
    auto = "auto"
    feed = "feed"
    page = "page"
    jsonl = "jsonl"
    csv = "csv"


class Provider(StrEnum):
    yfinance = "yfinance"
    csv = "csv"


class DateOrder(StrEnum):
    ymd = "ymd"
    dmy = "dmy"
    mdy = "mdy"


class DecimalSign(StrEnum):
    point = "point"
    comma = "comma"


class PriceBasis(StrEnum):
    traded = "traded"
    split_adjusted = "split_adjusted"
    adjusted = "adjusted"


SIGNS: dict[DecimalSign, Sign] = {DecimalSign.point: ".", DecimalSign.comma: ","}


StoreOption = Annotated[
    str | None, typer.Option("--store", help="Path or SQLAlchemy URL; CHOKEPOINT_DB or data/chokepoint.db otherwise.")
]
FormatOption = Annotated[
    FileFormat, typer.Option("--format", help="What the file is; told from its contents otherwise.")
]
DAY = ["%Y-%m-%d"]


@app.command("update")
def update_command(
    source: Annotated[
        list[str] | None, typer.Option("--source", help="Only this source, due or not; may be repeated.")
    ] = None,
    store: StoreOption = None,
) -> None:
    """Fetch what is due, link and save it; then prices."""
    catalog = load_catalog()
    with open_store(store) as opened, progress_shown() as progress:
        report = update(opened, catalog, only=source or (), prices=None if source else _yahoo(), progress=progress)
    tell_update(report)
    raise typer.Exit(0 if report.complete else SOME_FAILED)


@app.command("file")
def file_command(
    paths: Annotated[list[Path], typer.Argument(help="Feeds, keyword pages, JSON lines or CSV; also .gz.")],
    file_format: FormatOption = FileFormat.auto,
    source: Annotated[
        str, typer.Option("--source", help="Name to keep the articles under; the file's otherwise.")
    ] = "",
    published: Annotated[
        datetime | None, typer.Option("--published", formats=DAY, help="The day of articles without a date.")
    ] = None,
    store: StoreOption = None,
) -> None:
    """Import files of articles. Importing one again changes nothing."""
    catalog = load_catalog()
    failed = False
    with open_store(store) as opened, progress_shown() as progress:
        day = published.date() if published else None
        for imported in import_files(
            opened, catalog, paths, format=file_format.value, source=source, published=day, progress=progress
        ):
            tell_import(imported)
            failed |= bool(imported.problem)
    raise typer.Exit(SOME_FAILED if failed else 0)


@app.command("prices")
def prices_command(
    ticker: Annotated[list[str] | None, typer.Option("--ticker", help="Only this listing; may be repeated.")] = None,
    since: Annotated[datetime | None, typer.Option("--from", formats=DAY, help="Fetch again from this day.")] = None,
    provider: Annotated[Provider, typer.Option("--provider", help="Where they come from.")] = Provider.yfinance,
    path: Annotated[
        Path | None, typer.Option("--path", help="For csv: a file with columns ticker, date, close and more.")
    ] = None,
    dates: Annotated[DateOrder | None, typer.Option("--dates", help="For csv: the order of 03/04/2026.")] = None,
    decimal: Annotated[DecimalSign | None, typer.Option("--decimal", help="For csv: what 1,234 is.")] = None,
    basis: Annotated[PriceBasis | None, typer.Option("--basis", help="For csv: what its closes are.")] = None,
    store: StoreOption = None,
) -> None:
    """Bring the prices of the catalog's listings up to date."""
    catalog = load_catalog()
    listings = wanted_listings(catalog, ticker or ())
    start = since.date() if since else None
    source: PriceProvider
    if provider is Provider.csv:
        reading = Reading(
            dates=dates.value if dates else None,
            decimal=SIGNS[decimal] if decimal else None,
            basis=basis.value if basis else None,
            ticker=_ticker_of(path, listings, ticker or ()),
        )
        source = _csv_provider(path, reading, catalog)
        start = start or source.first_session()
        listings = _in_file(listings, source, named=bool(ticker))
    else:
        source = _yahoo()
    with open_store(store) as opened, active_run(opened, "prices") as run, progress_shown() as progress:

        def tell(step: Step) -> None:
            run.beat()
            progress(step)

        remember_catalog(opened, catalog, now=utc_now())
        done = update_prices(
            opened,
            source,
            listings,
            catalog_hash=catalog.hash,
            now=utc_now(),
            since=start,
            by_hand=since is not None,
            progress=tell,
        )
        run.partial = bool(done.failures)
    tell_prices(done)
    raise typer.Exit(SOME_FAILED if done.failures else 0)


@app.command("relink")
def relink_command(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would change.")] = False,
    store: StoreOption = None,
) -> None:
    """Link again what is stored, after an edit of the catalog, and say what changes."""
    catalog = load_catalog()
    with open_store(store, create=False) as opened, progress_shown() as progress:
        # What keeps nothing holds nobody up, and may look at the sample.
        with nullcontext() if dry_run else active_run(opened, "relink") as run:

            def tell(step: Step) -> None:
                if run:
                    run.beat()
                progress(step)

            effect = relink(opened, catalog, now=utc_now(), keep=not dry_run, progress=tell)
        tell_relink(effect, catalog, dry_run=dry_run, store=opened)


@app.command("parse")
def parse_command(path: Path, file_format: FormatOption = FileFormat.auto) -> None:
    """Print what would be stored of a file, one JSON object a line. Touches no store."""
    for record in parsed_file(path, format=file_format.value, now=utc_now()):
        if isinstance(record, Article):
            _print_json(_as_row(record))
        elif isinstance(record, Rejected):
            warn(f"Line {record.line:,} was not read: {record.reason}.")
        else:
            warn(record)


@app.command("link")
def link_command() -> None:
    """Read JSON lines (id, title, summary; published_at) on stdin, print the mentions of each. Touches no store."""
    linker = Linker(load_catalog())
    for number, line in enumerate(sys.stdin.buffer, 1):
        if line.strip():
            article_id, article = _given_article(line, number)
            _print_json(as_json(article_id, linker.link(article)))


@app.command("sample")
def sample_command(
    store: Annotated[str, typer.Option("--store", help="Path or URL of the store to write.")] = "",
) -> None:
    """Write the bundled sample of stories and prices to a store of its own."""
    with open_store(store or sample_url(), kind="sample") as opened:
        saved = load_sample(opened, now=utc_now(), progress=warn)
        say(
            f"{saved:,} sample stories stored in {opened.url}."
            if saved
            else f"{opened.url} has the sample already; nothing new."
        )


def _yahoo() -> PriceProvider:
    # Imported here: yfinance takes a second that the other commands need not wait for.
    from ingest.prices.yahoo import YahooProvider

    return YahooProvider()


def _ticker_of(path: Path | None, listings: Sequence[Listing], named: Sequence[str]) -> str:
    """The listing that a file without a column for it is of: the one that was named, or that it is named after."""
    if len(named) == 1:
        return named[0]
    stem = path.name.removesuffix(".gz").removesuffix(".csv") if path else ""
    return stem if stem in {listing.ticker for listing in listings} else ""


def _csv_provider(path: Path | None, reading: Reading, catalog: Catalog) -> CsvProvider:
    if path is None:
        raise UsageError("Name the file: --provider csv --path FILE.")
    former = {
        ticker: (company.ticker, last)
        for company in catalog.companies.values()
        if company.ticker
        for ticker, last in former_tickers(company).items()
    }
    provider = CsvProvider(path, reading, former=former)
    if provider.skipped:
        warn(f"{path.name}: {len(provider.skipped):,} rows were not read (first: {provider.skipped[0]}).")
    return provider


def _in_file(listings: Sequence[Listing], provider: CsvProvider, *, named: bool) -> list[Listing]:
    """The listings that the file has prices of; those that were named are asked for whether it has them or not."""
    if named:
        return list(listings)
    known = {listing.ticker for listing in listings}
    if unknown := [ticker for ticker in provider.tickers if ticker not in known]:
        warn(f"{len(unknown):,} tickers of the file are not in the catalog and were left out (first: {unknown[0]}).")
    return [listing for listing in listings if listing.ticker in provider.tickers]


def _as_row(article: Article) -> dict[str, object]:
    return {
        "guid": article.guid,
        "url": article.url,
        "title": article.title,
        "summary": article.summary,
        "published_at": article.published_at,
        "date_quality": article.date_quality,
        "publisher": article.publisher,
        "lang": article.lang,
    }


def _given_article(line: bytes, number: int) -> tuple[str, Article]:
    """The id and article of a line of stdin; its text is taken as it is, so that the mentions' places fit it."""
    try:
        row = orjson.loads(line)
        if not isinstance(row, dict):
            raise ValueError("it is no JSON object")
        given = row.get("published_at") or row.get("date") or row.get("published")
        moment = datetime.fromisoformat(str(given)) if given else None
    except ValueError as problem:
        raise UsageError(
            f"Line {number} of the input cannot be read ({problem}); write JSON with id, title and summary."
        ) from None
    if moment is not None and moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    text = {name: str(row.get(name) or "") for name in ("id", "title", "summary", "publisher", "lang")}
    article = Article(
        guid=text["id"],
        url="",
        title=text["title"],
        summary=text["summary"],
        published_at=moment,
        date_quality="feed" if moment else "missing",
        publisher=text["publisher"],
        lang=text["lang"] or "und",
    )
    return text["id"], article


def _print_json(row: object) -> None:
    sys.stdout.buffer.write(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE))


def main() -> int:
    """Run a command; errors of ours are one sentence on stderr, never a traceback."""
    try:
        app()
    except StoreBusy as problem:
        warn(str(problem))
        return BUSY
    except SourceError as problem:
        warn(str(problem))
        return SOME_FAILED
    except ChokepointError as problem:
        warn(str(problem))
        return WRONG_INPUT
    except BrokenPipeError:  # the reader of our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


if __name__ == "__main__":
    sys.exit(main())
