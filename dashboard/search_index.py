"""
Where a typed name leads: any company, ticker, theme or page, by any of its names in any script.

    catalog, pages → places, each with its names → typed text → ranked hits

Ranks: the exact ticker, the exact name, a name that begins with the text, a word in it that does, a name that contains it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dashboard.cache.memoize import few
from dashboard.cache.stores import catalog_in_use
from dashboard.page_data import PAGES
from data.catalog.records import AliasKind, Catalog, Company, Theme

MOST_HITS = 8
TICKER, NAME, PREFIX, WORD, CONTAINED = range(5)
KIND_ORDER = ("page", "theme", "company")
NAMES: tuple[AliasKind, ...] = ("name", "former", "ticker")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Somewhere to go: kind page, theme or company; `names` are its own, `others` belong to it (products, people, a theme's words)."""

    kind: str
    ident: str
    label: str
    tickers: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A place, the name by which it was found, and how well (the smaller the better)."""

    place: Place
    by: str
    rank: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Index:
    """Every name folded once, with its place: what typed text is looked up in."""

    tickers: dict[str, list[Place]]
    names: tuple[tuple[str, str, int, Place], ...]  # folded, as written, 0 own or 1 other, place


@few
def index_in_use(catalog_hash: str) -> Index:
    """The index of the catalog in use; another edition of it has another."""
    return index_of(places_of(catalog_in_use(), [(page.name, page.title) for page in PAGES.values()]))


def index_of(places: Iterable[Place]) -> Index:
    """The places made ready to be searched."""
    tickers: dict[str, list[Place]] = {}
    names = []
    for place in places:
        for ticker in place.tickers:
            # Also without its exchange: 005930 for 005930.KS.
            for form in dict.fromkeys((folded(ticker), folded(ticker.partition(".")[0]))):
                tickers.setdefault(form, []).append(place)
        own = dict.fromkeys((place.label, *place.names, *place.tickers))
        names += [(folded(name), name, 0, place) for name in own]
        names += [(folded(name), name, 1, place) for name in dict.fromkeys(place.others) if name not in own]
    return Index(tickers, tuple(names))


def places_of(catalog: Catalog, pages: Sequence[tuple[str, str]]) -> list[Place]:
    """The pages (address, title), the themes and the companies."""
    found = [Place(kind="page", ident=address, label=title) for address, title in pages]
    found += [_theme(theme) for theme in catalog.themes.values()]
    return found + [_company(company) for company in catalog.companies.values()]


def hits_for(typed: str, index: Index, *, most: int = MOST_HITS) -> list[Hit]:
    """The best hit of each place that the text finds, best first."""
    text = folded(typed)
    if not text:
        return []
    best: dict[tuple[str, str], Hit] = {}
    for hit in _found(text, index):
        key = (hit.place.kind, hit.place.ident)
        if key not in best or _order(hit) < _order(best[key]):
            best[key] = hit
    return sorted(best.values(), key=_order)[:most]


def folded(text: str) -> str:
    """The text without case, accents, width and punctuation: "Hon Hai (Foxconn)" and "hon hai foxconn" are one."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    kept = "".join(letter if letter.isalnum() else " " for letter in plain if not unicodedata.combining(letter))
    # NFKD takes Korean syllables apart, and a syllable must not match by its first sound alone once it is complete.
    return unicodedata.normalize("NFC", " ".join(kept.split()))


def _found(text: str, index: Index) -> Iterable[Hit]:
    for place in index.tickers.get(text, ()):
        ticker = next(ticker for ticker in place.tickers if text in (folded(ticker), folded(ticker.partition(".")[0])))
        yield Hit(place=place, by=ticker, rank=(TICKER, 0))
    for name, written, other, place in index.names:
        if text not in name:
            continue
        if name == text:
            rank = NAME
        elif name.startswith(text):
            rank = PREFIX
        else:
            rank = WORD if f" {text}" in name else CONTAINED
        yield Hit(place=place, by=written, rank=(rank, other))


def _order(hit: Hit) -> tuple[object, ...]:
    # Of equals: what has many names is well known; then the shorter name, for more of it was typed.
    known = len(hit.place.names) + len(hit.place.others)
    by_fame = -known if hit.rank[0] in (PREFIX, WORD) else 0
    return (*hit.rank, by_fame, len(hit.by), KIND_ORDER.index(hit.place.kind), hit.place.label, hit.place.ident)


def _theme(theme: Theme) -> Place:
    # A pattern of several words is nobody's name.
    pattern = ("{", "...")
    strong = [
        phrase.text for phrase in theme.phrases if not phrase.weak and not any(mark in phrase.text for mark in pattern)
    ]
    return Place(kind="theme", ident=theme.id, label=theme.name, others=(*theme.subthemes.values(), *strong))


def _company(company: Company) -> Place:
    return Place(
        kind="company",
        ident=company.id,
        label=company.name,
        tickers=tuple(listing.ticker for listing in company.listings),
        names=tuple(alias.text for alias in company.aliases if alias.kind in NAMES),
        others=tuple(alias.text for alias in company.aliases if alias.kind not in NAMES),
    )
