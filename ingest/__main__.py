"""
The command line for getting data in:  python -m ingest update | file | prices | relink | parse | link | sample
                                                      backup | restore

Exit codes: 0 success · 1 some source failed, the rest was saved · 2 wrong usage or input · 75 another run is active.

Each command imports what it needs: pandas, SQLAlchemy and SciPy take over a second, and `parse` and --help need none.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from data.errors import ChokepointError, SourceError, StoreBusy, UsageError
from ingest.report import (
    progress_shown,
    report_copy,
    report_import,
    report_prices,
    report_relink,
    report_update,
    say,
    warn,
)

if TYPE_CHECKING:
    from data.catalog.records import Catalog, Listing
    from data.records import Article
    from ingest.prices.csv_rows import Reading
    from ingest.prices.csvfile import CsvProvider
    from ingest.prices.numbers import Sign
    from ingest.prices.quotes import PriceProvider

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
    str | None,
    typer.Option("--store", help="Path or SQLAlchemy URL; by default CHOKEPOINT_DB, or data/chokepoint.db."),
]
FormatOption = Annotated[FileFormat, typer.Option("--format", help="Format of the file; by default its contents tell.")]
DatesOption = Annotated[
    DateOrder | None,
    typer.Option("--dates", help="The order of days like 03/04/2026; by default all dates of the file decide."),
]
TimezoneOption = Annotated[
    str, typer.Option("--timezone", help="Of times without a zone, like Asia/Seoul; by default the source's, or UTC.")
]
DAY = ["%Y-%m-%d"]


@app.command("update")
def update_command(
    source: Annotated[
        list[str] | None, typer.Option("--source", help="Only this source, due or not; may be repeated.")
    ] = None,
    store: StoreOption = None,
) -> None:
    """Fetch the sources that are due, link and save the articles; then prices."""
    from data.catalog import load_catalog
    from data.schema.store import open_store
    from ingest.update import update

    catalog = load_catalog()
    with open_store(store) as opened, progress_shown() as progress:
        report = update(opened, catalog, only=source or (), prices=None if source else _yahoo(), progress=progress)
    report_update(report)
    raise typer.Exit(0 if report.complete else SOME_FAILED)


@app.command("file")
def file_command(
    paths: Annotated[list[Path], typer.Argument(help="Feeds, keyword pages, JSON lines or CSV; also .gz.")],
    file_format: FormatOption = FileFormat.auto,
    source: Annotated[
        str, typer.Option("--source", help="Name to store the articles under; by default the file's.")
    ] = "",
    published: Annotated[
        datetime | None, typer.Option("--published", formats=DAY, help="The day of articles without a date.")
    ] = None,
    dates: DatesOption = None,
    timezone: TimezoneOption = "",
    store: StoreOption = None,
) -> None:
    """Import files of articles. Importing one again changes nothing."""
    from data.catalog import load_catalog
    from data.schema.store import open_store
    from ingest.import_files import import_files

    catalog = load_catalog()
    any_failed = False
    with open_store(store) as opened, progress_shown() as progress:
        day = published.date() if published else None
        for imported in import_files(
            opened,
            catalog,
            paths,
            format=file_format.value,
            source=source,
            published=day,
            dates=dates.value if dates else None,
            timezone=timezone,
            progress=progress,
        ):
            report_import(imported)
            any_failed |= imported.failed
    raise typer.Exit(SOME_FAILED if any_failed else 0)


@app.command("prices")
def prices_command(
    ticker: Annotated[list[str] | None, typer.Option("--ticker", help="Only this listing; may be repeated.")] = None,
    since: Annotated[datetime | None, typer.Option("--from", formats=DAY, help="Fetch again from this day.")] = None,
    provider: Annotated[Provider, typer.Option("--provider", help="The source of the prices.")] = Provider.yfinance,
    path: Annotated[
        Path | None, typer.Option("--path", help="For csv: a file with columns ticker, date, close and more.")
    ] = None,
    dates: Annotated[DateOrder | None, typer.Option("--dates", help="For csv: the order of 03/04/2026.")] = None,
    decimal: Annotated[DecimalSign | None, typer.Option("--decimal", help="For csv: what 1,234 is.")] = None,
    basis: Annotated[PriceBasis | None, typer.Option("--basis", help="For csv: what its closes are.")] = None,
    store: StoreOption = None,
) -> None:
    """Bring the prices of the catalog's listings up to date."""
    from data.catalog import load_catalog
    from data.schema.store import open_store
    from data.write.catalog_versions import remember_catalog
    from ingest.lease import active_run, utc_now
    from ingest.prices.update import update_prices, wanted_listings

    catalog = load_catalog()
    listings = wanted_listings(catalog, ticker or ())
    start = since.date() if since else None
    source: PriceProvider
    if provider is Provider.csv:
        from ingest.prices.csv_rows import Reading

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
        remember_catalog(opened, catalog, now=utc_now())
        report = update_prices(
            opened,
            source,
            listings,
            catalog_hash=catalog.hash,
            now=utc_now(),
            since=start,
            by_hand=since is not None,
            progress=run.beating(progress),
        )
        run.partial = bool(report.failures)
    report_prices(report)
    raise typer.Exit(SOME_FAILED if report.failures else 0)


@app.command("relink")
def relink_command(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only report what would change.")] = False,
    store: StoreOption = None,
) -> None:
    """Link stored articles again, after an edit of the catalog, and report what changes."""
    from data.catalog import load_catalog
    from data.schema.store import open_store
    from ingest.relink import preview, relink

    catalog = load_catalog()
    with open_store(store, create=False) as opened, progress_shown() as progress:
        if dry_run:
            effect = preview(opened, catalog, progress=progress)
        else:
            catalog, effect = relink(opened, catalog, progress=progress)
        report_relink(effect, catalog, dry_run=dry_run, store=opened)


@app.command("parse")
def parse_command(
    path: Path,
    file_format: FormatOption = FileFormat.auto,
    dates: DatesOption = None,
    timezone: TimezoneOption = "",
) -> None:
    """Print what would be stored of a file, one JSON object per line. Touches no store."""
    from data.records import Article
    from ingest.parse import Hints, Rejected
    from ingest.parse.files import parsed_file

    hints = Hints(now=datetime.now(UTC), dates=dates.value if dates else None, timezone=timezone or "UTC")
    for record in parsed_file(path, hints, file_format.value):
        if isinstance(record, Article):
            _print_json(_as_row(record))
        elif isinstance(record, Rejected):
            warn(f"Line {record.line:,} was not read: {record.reason}.")
        else:
            warn(record)


@app.command("link")
def link_command() -> None:
    """Read JSON lines (id, title, summary; published_at) on stdin, print the mentions of each. Touches no store."""
    from data.catalog import load_catalog
    from ingest.link import Linker, as_json

    linker = Linker(load_catalog())
    for number, line in enumerate(sys.stdin.buffer, 1):
        if line.strip():
            article_id, article = _article_on(line, number)
            _print_json(as_json(article_id, linker.link(article)))


@app.command("sample")
def sample_command(
    store: Annotated[str, typer.Option("--store", help="Path or URL of the store to write.")] = "",
) -> None:
    """Build the bundled sample's store, or build it again when the sample, the catalog or the code has changed."""
    from data.catalog import load_catalog
    from data.schema.store import sample_url, store_url
    from ingest.sample_store import build_sample_store

    url = store_url(store or sample_url())
    count = build_sample_store(url, load_catalog(), lambda percent, sentence: warn(f"{percent} % {sentence}"))
    say(f"{count:,} sample articles stored in {url}." if count else f"{url} has the sample already; nothing new.")


@app.command("backup")
def backup_command(
    to: Annotated[
        Path | None, typer.Option("--to", help="The folder of backups; by default `backups` beside the store.")
    ] = None,
    keep: Annotated[int, typer.Option("--keep", min=1, help="How many of the newest backups stay.")] = 7,
    store: StoreOption = None,
) -> None:
    """Copy the store as of one moment, also while others write to it, and check the copy."""
    from data.backup import back_up_to
    from data.schema.store import open_store

    with open_store(store, create=False) as opened:
        copy = back_up_to(opened, to, keep=keep, now=datetime.now(UTC))
    report_copy(copy, "Backed up to")
    for old in copy.removed:
        say(f"Removed the older backup {old.name}.")


@app.command("restore")
def restore_command(
    backup: Annotated[Path, typer.Argument(help="A file that `backup` made.")],
    store: Annotated[Path, typer.Option("--store", help="The new file to make of it.")],
) -> None:
    """Make a store of a backup, in a new file, and check it."""
    from data.backup import restore

    report_copy(restore(backup, store), "Restored as")


def _yahoo() -> PriceProvider:
    from ingest.prices.yahoo import YahooProvider

    return YahooProvider()


def _ticker_of(path: Path | None, listings: Sequence[Listing], named: Sequence[str]) -> str:
    """The listing that a file without a column for it is of: the one that was named, or that it is named after."""
    if len(named) == 1:
        return named[0]
    stem = path.name.removesuffix(".gz").removesuffix(".csv") if path else ""
    return stem if stem in {listing.ticker for listing in listings} else ""


def _csv_provider(path: Path | None, reading: Reading, catalog: Catalog) -> CsvProvider:
    from data.catalog.records import former_tickers
    from ingest.prices.csvfile import CsvProvider

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
    """The listings that the file has; or all of them if the user named them, so that an absent one is reported."""
    if named:
        return list(listings)
    known = {listing.ticker for listing in listings}
    if unknown := [ticker for ticker in provider.tickers if ticker not in known]:
        warn(f"{len(unknown):,} tickers of the file are not in the catalog and were skipped (first: {unknown[0]}).")
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


def _article_on(line: bytes, number: int) -> tuple[str, Article]:
    """The id and article on a line of stdin. Its text is not cleaned, so that the mentions' positions fit it."""
    import orjson

    from data.records import Article

    try:
        row = orjson.loads(line)
        if not isinstance(row, dict):
            raise ValueError("not a JSON object")
        date = row.get("published_at") or row.get("date") or row.get("published")
    except ValueError as problem:
        raise UsageError(
            f"Line {number} of the input cannot be read ({problem}); write JSON with id, title and summary."
        ) from None
    published_at = _any_date(date) if date else None
    if date and published_at is None:
        warn(f"Line {number}: its date, {str(date)[:60]!r}, cannot be read; linked as without a date.")
    text = {name: str(row.get(name) or "") for name in ("id", "title", "summary", "publisher", "lang")}
    article = Article(
        guid=text["id"],
        url="",
        title=text["title"],
        summary=text["summary"],
        published_at=published_at,
        date_quality="feed" if published_at else "missing",
        publisher=text["publisher"],
        lang=text["lang"] or "und",
    )
    return text["id"], article


def _any_date(raw: object) -> datetime | None:
    """The moment of a date in any format, or of the first day of a month ("2025-10"); None when it cannot be read."""
    from ingest.parse.dates import parse_date

    text = f"{raw}-01" if re.fullmatch(r"\d{4}-\d\d", str(raw)) else raw
    end_of_time = datetime(9998, 1, 1, tzinfo=UTC)  # a test article may lie ahead
    return parse_date(text if isinstance(text, (int, float)) else str(text), now=end_of_time)[0]


def _print_json(row: object) -> None:
    import orjson

    sys.stdout.buffer.write(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE))


def main() -> int:
    """Run a command. Our own errors are one sentence on stderr, never a traceback."""
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
    except BrokenPipeError:  # the reader of our output, `head` say, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


if __name__ == "__main__":
    sys.exit(main())
