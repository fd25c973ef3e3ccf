"""
Whether proof links hold on a large store, through everything that changes one:  python -m tests.studies.proof_run
[STORE] [--views 50]

    copy of the store → 50 views with their hashes → late articles · an edited theme · a corrected name · other
    members of themes · relink · 5 overrides · revised prices → opened again, and as a restored backup → the hashes, and
    each sentence on then and now, once more

Without STORE it makes one of the bundled sample. The store that is named is only read.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import os
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlalchemy import text

from dashboard.cache.memoize import clear_all
from dashboard.page_data import read_page
from dashboard.page_data.request import Request
from dashboard.proofs.then_now import difference
from data.backup import back_up_to, restore
from data.catalog import load_catalog
from data.catalog.edit import ALIASES, THEMES, phrase_lists, with_alias, with_phrases
from data.catalog.records import Catalog
from data.prices import bars_between, last_sessions, save_prices
from data.read.attention import Filters, attention_all, publishers_between, span
from data.read.receipts import receipts
from data.records import Bar
from data.schema.store import Store, open_store, store_url
from data.write.articles import save_articles
from data.write.catalog_versions import remember_catalog
from data.write.corrections import Correction, save_correction
from ingest.import_files import import_files
from ingest.relink import relink
from ingest.sample import linked_sample, save_sample_prices
from tests.builders import apply_texts
from tests.proving import Choices, checked_changes, request_of

LATE, OVERRIDES, REVISED = 1_000, 5, 3
RECENT = 1_000  # days; before them an archive has little to show
SENTENCES = (
    "{} raises its {} forecast",
    "{} and rivals short of {}",
    "Orders for {} lift {}",
    "{} delays a {} project",
)
NEW_PHRASE, NEW_NAME, COMPANIES = "record", "Dispatch", "companies.csv"


def main(path: Path | None, views: int) -> int:
    """The number of views that did not hold."""
    rng = random.Random(7)
    with tempfile.TemporaryDirectory(prefix="chokepoint-proof-") as place:
        copy, folder = copied(path, Path(place)), Path(place) / "catalog"
        shutil.copytree(load_catalog().folder, folder)
        catalog = load_catalog(folder)
        with open_store(copy, create=False) as store, timed("prices for a store without any"):
            with_prices(store, catalog)
        with open_store(copy, create=False) as store:
            remember_catalog(store, catalog, now=datetime.now(UTC))
            print(f"{size_words(store)}; revision {store.revision()}")
            choices = choices_of(store, catalog)
            pages = [choices.pages[n % len(choices.pages)] for n in range(views)]
            requests = [request_of(rng, store, choices, page=page) for page in pages]
            requests = [request.at(rng.choice([request.rev, store.revision()])) for request in requests]
            with timed(f"{views} proof links made"):
                hashes = [read_page(request).sha256 for request in requests]
            changed(store, folder, rng, Path(place) / "late.jsonl")
            with timed("backed up, and restored as another file"):
                backup = back_up_to(store, Path(place) / "backups", keep=1, now=datetime.now(UTC))
                restored = restore(backup.path, Path(place) / "restored.db")
        os.environ["CHOKEPOINT_CATALOG"] = str(folder)
        clear_all()  # what follows is read from the store, not remembered
        again = [replace(request, url=store_url(restored.path)) for request in requests]
        return checked(requests, hashes) + checked(again, hashes)


def checked(requests: list[Request], hashes: list[str]) -> int:
    newest = requests[0].store.revision()
    print(f"{requests[0].store.url} opened again at revision {newest}")
    with timed("the links opened again"):
        held = [read_page(request).sha256 == sha for request, sha in zip(requests, hashes, strict=True)]
    with timed("then against now, checked against the ledger"):
        changes = [checked_changes(request, newest) for request in requests]
    for request, ok in zip(requests, held, strict=True):
        if not ok:
            print(f"NOT EQUAL: {request}")
    pages = Counter(request.page for request in requests)
    members = sum("the companies of" in difference(request, newest).sentence for request in requests)
    print(f"{sum(held)} of {len(held)} hashes equal: {', '.join(f'{n} {page}' for page, n in pages.items())}")
    print(f"{members} sentences name the companies that left and joined a theme")
    print(
        f"{len(changes)} of {len(changes)} sentences as the ledger has it: {sum(changes):,} changes, "
        f"in {sum(map(bool, changes))} views"
    )
    return len(held) - sum(held)


def copied(path: Path | None, place: Path) -> Path:
    copy = place / "store.db"
    if path is None:
        catalog = load_catalog()
        with open_store(copy) as store:  # a live one: the sample's own takes nothing else
            save_articles(
                store,
                linked_sample(catalog),
                source="sample",
                kind="file",
                catalog_hash=catalog.hash,
                now=datetime.now(UTC),
            )
        return copy
    for own in (path, path.with_name(f"{path.name}-wal")):
        if own.exists():
            shutil.copyfile(own, copy.with_name(own.name.replace(path.name, copy.name)))
    return copy


def with_prices(store: Store, catalog: Catalog) -> None:
    """The sample's closes, where a store has none."""
    if last_sessions(store):
        return
    save_sample_prices(store, catalog, now=datetime.now(UTC))


def days_of(store: Store) -> tuple[date, date]:
    days = span(store)
    if days is None:
        sys.exit(f"{store.url} has no article: a proof is of something.")
    return days


def choices_of(store: Store, catalog: Catalog) -> Choices:
    """Views of the subjects, listings and publishers that the store has most of."""
    first, last = days_of(store)
    first = max(first, last - timedelta(days=RECENT))
    whole = Filters(start=first, end=last)
    mentioned = attention_all(store, "company", whole).groupby("subject")["stories"].sum().sort_values(ascending=False)
    companies = [key.partition(":")[2] for key in mentioned.index if key.partition(":")[2] in catalog.companies][:12]
    priced = last_sessions(store)
    tickers = [ticker for ident in companies if (ticker := catalog.companies[ident].ticker) in priced and ticker][:6]
    return Choices(
        first=first,
        last=last,
        themes=list(catalog.themes),
        companies=companies,
        tickers=[*tickers, "SPY"],
        publishers=publishers_between(store, whole, limit=2)["publisher"].tolist(),
        words=["memory", "NVIDIA chip", "数据中心"],
        longest=400,
    )


def changed(store: Store, folder: Path, rng: random.Random, late: Path) -> Catalog:
    """Everything that changes a store, one after the other; the catalog that it ends with."""
    catalog = load_catalog(folder)
    with timed(f"{LATE:,} late articles"):
        late.write_text("\n".join(late_lines(store, catalog, rng)), encoding="utf-8")
        (done,) = import_files(store, catalog, [late], source="late")
        assert done.articles == LATE, done
    catalog = edited(folder)
    with timed("linked again with an edited theme and a corrected name"):
        catalog, effect = relink(store, catalog)
    print(
        f"    {effect.articles:,} articles relinked, +{sum(effect.gained.values()):,} −{sum(effect.lost.values()):,} "
        "stories"
    )
    with timed(f"{OVERRIDES} links overridden, prices of {REVISED} listings revised"):
        override(store, catalog, rng)
        revise_prices(store, catalog, rng)
    return catalog


def late_lines(store: Store, catalog: Catalog, rng: random.Random) -> Iterator[str]:
    """Articles of days that the store has long passed."""
    first, last = days_of(store)
    companies, themes = (
        sorted(catalog.companies.values(), key=lambda company: company.id),
        list(catalog.themes.values()),
    )
    for number in range(LATE):
        at = datetime.combine(first, datetime.min.time(), UTC) + timedelta(
            seconds=rng.randrange((last - first).days * 86_400)
        )
        title = rng.choice(SENTENCES).format(rng.choice(companies).name, rng.choice(themes).name)
        url = f"https://late.example/{number}"
        yield json.dumps(
            {"title": f"{title}, {NEW_NAME} {number}", "url": url, "published_at": at.isoformat(), "lang": "en"}
        )


def edited(folder: Path) -> Catalog:
    """
    A theme that takes one word more, a company with one name more, another that left every theme, one that joined all.
    """
    themes, aliases = ((folder / name).read_text("utf-8") for name in (THEMES, ALIASES))
    phrases = phrase_lists(themes, "memory")["", "en"]
    texts = {
        THEMES: with_phrases(themes, "memory", "", "en", [*phrases[1:], NEW_PHRASE]),
        ALIASES: with_alias(aliases, "micron", NEW_NAME),
        COMPANIES: with_members(
            (folder / COMPANIES).read_text("utf-8"), {"tsmc": "", "nvidia": "|".join(load_catalog(folder).themes)}
        ),
    }
    return apply_texts(folder, texts, now=datetime.now(UTC))


def with_members(source: str, themes: dict[str, str]) -> str:
    """The text of companies.csv with other themes of some companies."""
    rows = list(csv.DictReader(io.StringIO(source)))
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(row | {"themes": themes.get(row["id"], row["themes"])} for row in rows)
    return out.getvalue()


def override(store: Store, catalog: Catalog, rng: random.Random) -> None:
    first, last = days_of(store)
    counted = receipts(store, "company:nvidia", Filters(start=first, end=last))["article"].tolist()
    for article in rng.sample(counted, OVERRIDES):
        wrong = Correction(
            article=int(article), subject="company:nvidia", verdict="wrong", author="Ada", reason="not about it"
        )
        save_correction(store, wrong, now=datetime.now(UTC), catalog_hash=catalog.hash)


def revise_prices(store: Store, catalog: Catalog, rng: random.Random) -> None:
    tickers = sorted(last_sessions(store))
    bars = bars_between(store, [*rng.sample(tickers, REVISED - 1), "SPY"], date.min, date.max)
    revised = [
        Bar(
            ticker=row.ticker, session=row.session.date(), open=None, high=None, low=None,
            close=row.close * (1 + rng.random() / 50),
            volume=None, currency=row.currency, basis=row.basis,
        )
        for row in bars.itertuples()
    ]  # fmt: skip
    save_prices(store, revised, provider="revised", now=datetime.now(UTC), catalog_hash=catalog.hash)


def size_words(store: Store) -> str:
    with store.reading() as connection:
        articles, counted, bars = (
            connection.scalar(text(f"SELECT count(*) FROM {table}")) for table in ("article", "story_mention", "bar")
        )
    return f"{articles:,} articles, {counted:,} story mentions, {bars:,} bars"


@contextmanager
def timed(what: str) -> Iterator[None]:
    wall, cpu = time.perf_counter(), time.process_time()
    yield
    print(f"{what}: {time.process_time() - cpu:.1f} s of CPU, {time.perf_counter() - wall:.1f} s", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("store", type=Path, nargs="?")
    parser.add_argument("--views", type=int, default=50)
    given = parser.parse_args()
    sys.exit(main(given.store, given.views) > 0)
