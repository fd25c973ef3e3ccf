"""Tiny records for tests: each names only what matters to it."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from data.catalog import BUNDLED, FILES, load_catalog
from data.catalog.edit import FileEdit, write_edits
from data.catalog.records import Catalog
from data.records import Article, Linked, Mention
from data.schema.store import Store
from data.write.articles import Saved, save_articles
from data.write.links import differences, link_changes, write_links
from data.write.revisions import new_revision

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


def article(
    title: str = "Micron sells out HBM", *, url: str | None = None, at: datetime | None = NOW, **changes: object
) -> Article:
    address = f"https://example.com/{title.replace(' ', '-')}" if url is None else url
    values: dict[str, object] = {
        "guid": address or title,
        "url": address,
        "title": title,
        "summary": "",
        "published_at": at,
        "date_quality": "feed" if at else "missing",
        "publisher": "example.com",
        "lang": "en",
    }
    return Article(**{**values, **changes})  # type: ignore[arg-type]


def mention(subject: str, text: str, matched: str, *, relevance: int = 80, field: str = "title") -> Mention:
    start = text.index(matched)
    return Mention(
        subject=subject,
        field="title" if field == "title" else "summary",
        start=start,
        end=start + len(matched),
        matched=matched,
        rule="name",
        score=1.0,
        relevance=relevance,
    )


def linked(item: Article, *subjects: str, story: int = -1, relevance: int = 80, seen: datetime | None = None) -> Linked:
    """The article with one mention a subject, of its title's first word."""
    word = item.title.split()[0]
    mentions = tuple(mention(subject, item.title, word, relevance=relevance) for subject in subjects)
    return Linked(article=item, mentions=mentions, story=story, first_seen_at=seen or item.published_at or NOW)


def save(store: Store, *items: Linked, now: datetime = NOW, source: str = "test") -> Saved:
    return save_articles(store, items, source=source, kind="file", catalog_hash="c0ffee", now=now)


def update_with(store: Store, catalog: Catalog, articles: Sequence[Article]) -> Saved:
    """Link, group and save articles as an update does."""
    from ingest.pipeline import Pipeline  # here: SciPy takes a while to load, and few tests need it
    from ingest.workers import ContentReader

    pipeline = Pipeline(store, catalog, kind="update")
    fresh = pipeline.new_articles(articles, source="t")
    return pipeline.save(fresh, ContentReader(catalog).read, source="t", now=NOW)


def relink_to(
    store: Store, wanted: Mapping[int, Sequence[Mention]], *, now: datetime = NOW, catalog: str = "c2"
) -> None:
    """Give stored articles these mentions and no others, as a relink does."""
    with new_revision(store, "relink", now=now, catalog_hash=catalog) as writing:
        changes = link_changes(writing.reading, writing.subjects, differences(writing.reading, wanted))
        write_links(writing, changes)
        writing.did["articles"] = len(changes.differences)


def apply_texts(folder: Path, texts: Mapping[str, str], *, now: datetime = NOW) -> Catalog:
    """Make these texts a catalog's, as an edit does."""
    before = load_catalog(folder)
    edits = [FileEdit(name=name, base=before.files.text(name), text=text) for name, text in texts.items()]
    return write_edits(before, edits, now=now)


def days(number: float) -> timedelta:
    return timedelta(days=number)


THEMES = """[memory]
name = "Memory"
en = [
  "HBM", "DRAM prices",
]

[power]
name = "Power"
en = ["power shortage"]
"""


def small_catalog(folder: Path, *companies: str, themes: str = THEMES) -> Catalog:
    """A catalog in a folder of its own: two themes, and companies (id and name in one) that are linked in no time."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in FILES:
        head = (BUNDLED / name).read_text("utf-8").splitlines()[0] if name.endswith(".csv") else ""
        (folder / name).write_text(f"{head}\n", "utf-8")
    shutil.copy(BUNDLED / "exchanges.csv", folder)
    (folder / "themes.toml").write_text(themes, "utf-8")
    for name, row in (("companies.csv", "{},{},US,memory,high,\n"), ("aliases.csv", "{},{},name,,,,,,\n")):
        with (folder / name).open("a", encoding="utf-8") as file:
            file.writelines(row.format(company.lower(), company) for company in companies)
    return load_catalog(folder)
