"""
The catalog: what a person edits to say which companies, themes, publishers, sources and relations there are.

    companies listings aliases products people cues exchanges benchmarks rates relations publishers (.csv)
    themes sources (.toml)                                     → load_catalog → Catalog
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from data.catalog.companies import load_benchmarks, load_companies, load_rates
from data.catalog.records import Catalog
from data.catalog.relations import load_publishers, load_relations
from data.catalog.rows import read_text
from data.catalog.sources import load_sources
from data.catalog.themes import parse_themes
from data.settings import settings

HERE = Path(__file__).parent


def load_catalog(folder: Path | None = None) -> Catalog:
    """The catalog in `folder`, CHOKEPOINT_CATALOG, or the bundled one; CatalogError (`file:line: what is wrong`) at the first mistake."""
    folder = folder or Path(settings().catalog or HERE).expanduser()
    themes = parse_themes(read_text(folder / "themes.toml"))
    companies = load_companies(folder, themes)
    return Catalog(
        companies=companies,
        themes=themes,
        relations=load_relations(folder / "relations.csv", companies),
        publishers=load_publishers(folder / "publishers.csv"),
        sources=load_sources(folder / "sources.toml"),
        benchmarks=load_benchmarks(folder),
        rates=load_rates(folder),
        hash=catalog_hash(folder),
        folder=str(folder),
    )


def catalog_hash(folder: Path) -> str:
    """SHA-256 over the names and contents of the folder's CSV and TOML files."""
    digest = hashlib.sha256()
    for path in sorted([*folder.glob("*.csv"), *folder.glob("*.toml")], key=lambda path: path.name):
        content = path.read_bytes()
        digest.update(f"{path.name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()
