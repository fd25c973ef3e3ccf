"""
The catalog: what a person edits to say which companies, themes, publishers, sources and relations there are.

    companies listings aliases products people cues exchanges benchmarks rates relations publishers broad_companies
    lexicon (.csv)   themes theme_contexts sources (.toml)                       → load_catalog → Catalog
"""

from __future__ import annotations

import logging
from pathlib import Path

from data.catalog.companies import load_benchmarks, load_broad_companies, load_companies, load_rates
from data.catalog.contexts import load_contexts
from data.catalog.lexicon import load_lexicon
from data.catalog.records import Catalog
from data.catalog.relations import load_publishers, load_relations
from data.catalog.sources import load_sources
from data.catalog.themes import load_themes
from data.files import Files
from data.model import FILES as MODEL_FILES
from data.model import Model, load_model
from data.settings import settings

BUNDLED = Path(__file__).parent
FILES = (
    "aliases.csv", "benchmarks.csv", "broad_companies.csv", "companies.csv", "cues.csv", "exchanges.csv", "lexicon.csv",
    "listings.csv", "people.csv", "products.csv", "publishers.csv", "rates.csv", "relations.csv", "sources.toml",
    "theme_contexts.toml", "themes.toml",
)  # fmt: skip


def load_catalog(folder: Path | None = None, model: Path | None = None) -> Catalog:
    """
    The catalog in `folder`, CHOKEPOINT_CATALOG, or the bundled one, with the model that it is linked with.

    CatalogError (`file:line: what is wrong`) at the first mistake.
    """
    folder = folder or Path(settings().catalog or BUNDLED).expanduser()
    if left := [name for name in MODEL_FILES if (folder / name).is_file()]:
        logging.getLogger(__name__).warning(
            "%s holds %s: not read there, since the model has a folder of its own (CHOKEPOINT_MODEL).",
            folder,
            " and ".join(left),
        )
    return catalog_of(Files.read(folder, FILES), load_model(model))


def current(catalog: Catalog) -> Catalog:
    """The catalog as its files are now: itself, as long as they have not changed."""
    if not catalog.folder:
        return catalog
    files = Files.read(Path(catalog.folder), FILES)
    return catalog if files.contents == catalog.files.contents else catalog_of(files, catalog.model)


def catalog_of(files: Files, model: Model) -> Catalog:
    """The catalog that the files' texts make; CatalogError (`file:line: what is wrong`) at the first mistake."""
    themes = load_themes(files)
    companies = load_companies(files, themes)
    return Catalog(
        companies=companies,
        themes=themes,
        relations=load_relations(files, companies),
        publishers=load_publishers(files),
        sources=load_sources(files),
        benchmarks=load_benchmarks(files),
        rates=load_rates(files),
        broad_companies=load_broad_companies(files, companies),
        contexts=load_contexts(files),
        lexicon=load_lexicon(files),
        hash=files.hash,
        files=files,
        model=model,
    )
