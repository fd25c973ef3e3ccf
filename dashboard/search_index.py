"""
The search box's index: any company, ticker, theme or page, by any of its names in any script.

    catalog, pages → search targets, each with its names → typed text → ranked hits

Ranks: the exact ticker, the exact name, a name that begins with the text, a word in it that does, a name that contains
it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dashboard.cache.memoize import cache_few
from dashboard.cache.stores import catalog_in_use
from dashboard.page_data import PAGES
from data.catalog.records import AliasKind, Catalog, Company, Theme

MOST_HITS = 8
TICKER, NAME, PREFIX, WORD, CONTAINED = range(5)
KIND_ORDER = ("page", "theme", "company")
OWN_ALIAS_KINDS: tuple[AliasKind, ...] = ("name", "former", "ticker")


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchTarget:
    """
    A page, theme or company. `names` are its own; `related` names belong to it (products, people, a theme's words).
    """

    kind: str
    ident: str
    label: str
    tickers: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    related: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchHit:
    """A target, the name that matched, and how well (the smaller the better)."""

    target: SearchTarget
    matched_name: str
    rank: tuple[int, int]


@dataclass(frozen=True, slots=True)
class SearchIndex:
    """Every name normalised once, with its target."""

    tickers: dict[str, list[SearchTarget]]
    names: tuple[tuple[str, str, int, SearchTarget], ...]  # normalised, as written, 0 own or 1 related, target


@cache_few
def index_in_use(catalog_hash: str) -> SearchIndex:
    """The index of the catalog in use; each version of the catalog has its own."""
    return build_index(search_targets(catalog_in_use(), [(page.name, page.title) for page in PAGES.values()]))


def build_index(targets: Iterable[SearchTarget]) -> SearchIndex:
    tickers: dict[str, list[SearchTarget]] = {}
    names = []
    for target in targets:
        for ticker in target.tickers:
            # Also without its exchange: 005930 for 005930.KS.
            for form in dict.fromkeys((normalized(ticker), normalized(ticker.partition(".")[0]))):
                tickers.setdefault(form, []).append(target)
        own = dict.fromkeys((target.label, *target.names, *target.tickers))
        names += [(normalized(name), name, 0, target) for name in own]
        names += [(normalized(name), name, 1, target) for name in dict.fromkeys(target.related) if name not in own]
    return SearchIndex(tickers, tuple(names))


def search_targets(catalog: Catalog, pages: Sequence[tuple[str, str]]) -> list[SearchTarget]:
    """The pages (address, title), the themes and the companies."""
    targets = [SearchTarget(kind="page", ident=address, label=title) for address, title in pages]
    targets += [_theme(theme) for theme in catalog.themes.values()]
    return targets + [_company(company) for company in catalog.companies.values()]


def hits_for(typed: str, index: SearchIndex, *, most: int = MOST_HITS) -> list[SearchHit]:
    """The best hit of each target that matches the text, best first."""
    text = normalized(typed)
    best: dict[tuple[str, str], SearchHit] = {}
    for hit in _matches(text, index) if text else ():
        key = (hit.target.kind, hit.target.ident)
        if key not in best or _sort_key(hit) < _sort_key(best[key]):
            best[key] = hit
    return sorted(best.values(), key=_sort_key)[:most]


def normalized(text: str) -> str:
    """Without case, accents, width and punctuation: "Hon Hai (Foxconn)" and "hon hai foxconn" are the same."""
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    letters = "".join(char if char.isalnum() else " " for char in decomposed if not unicodedata.combining(char))
    # NFKD takes Korean syllables apart, and a syllable must not match by its first sound alone once it is complete.
    return unicodedata.normalize("NFC", " ".join(letters.split()))


def _matches(text: str, index: SearchIndex) -> Iterable[SearchHit]:
    for target in index.tickers.get(text, ()):
        forms = ((ticker, normalized(ticker), normalized(ticker.partition(".")[0])) for ticker in target.tickers)
        ticker = next(written for written, *normal in forms if text in normal)
        yield SearchHit(target=target, matched_name=ticker, rank=(TICKER, 0))
    for name, written, related, target in index.names:
        if text not in name:
            continue
        if name == text:
            rank = NAME
        elif name.startswith(text):
            rank = PREFIX
        else:
            rank = WORD if f" {text}" in name else CONTAINED
        yield SearchHit(target=target, matched_name=written, rank=(rank, related))


def _sort_key(hit: SearchHit) -> tuple[object, ...]:
    # Of equals: what has many names is well known; then the shorter name, for more of it was typed.
    known = len(hit.target.names) + len(hit.target.related)
    by_fame = -known if hit.rank[0] in (PREFIX, WORD) else 0
    target = hit.target
    return (*hit.rank, by_fame, len(hit.matched_name), KIND_ORDER.index(target.kind), target.label, target.ident)


def _theme(theme: Theme) -> SearchTarget:
    # A pattern of several words is nobody's name.
    patterns = ("{", "...")
    plain_phrases = (phrase for phrase in theme.phrases if not any(mark in phrase.text for mark in patterns))
    strong = [phrase.text for phrase in plain_phrases if not phrase.weak]
    return SearchTarget(kind="theme", ident=theme.id, label=theme.name, related=(*theme.subthemes.values(), *strong))


def _company(company: Company) -> SearchTarget:
    return SearchTarget(
        kind="company",
        ident=company.id,
        label=company.name,
        tickers=tuple(listing.ticker for listing in company.listings),
        names=tuple(alias.text for alias in company.aliases if alias.kind in OWN_ALIAS_KINDS),
        related=tuple(alias.text for alias in company.aliases if alias.kind not in OWN_ALIAS_KINDS),
    )
