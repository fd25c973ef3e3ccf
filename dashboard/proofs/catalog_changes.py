"""What an edit of the catalog changed in a view: the members of its baskets, their listings, the publishers' families."""

from __future__ import annotations

from collections.abc import Iterable

from dashboard.formatting import count_words, listed
from dashboard.page_data.alarms import AlarmsData
from dashboard.page_data.network import relations_until
from dashboard.page_data.page import PageData
from dashboard.page_data.spillover import SpilloverData
from dashboard.page_data.subjects import theme_companies
from data.catalog.records import Catalog

MOST_NAMES = 6


def catalog_words(then: PageData, now: PageData) -> tuple[str, ...]:
    """What is different in the catalog as of two revisions of a view, as far as the view shows it."""
    was, became = then.catalog, now.catalog
    if was is became or was.hash == became.hash:
        return ()
    return (
        *(words for theme in then.themes for words in _member_words(theme, was, became)),
        *_listing_words(then.companies, was, became),
        *(_family_words(was, became) if isinstance(then, AlarmsData) else ()),
        *(_relation_words(then, now) if isinstance(then, SpilloverData) else ()),
    )


def _member_words(theme: str, was: Catalog, became: Catalog) -> list[str]:
    """the companies of Memory: Micron left, Kioxia joined"""
    then, now = (
        {key: catalog.subject_name(key) for key in theme_companies(catalog, theme)} for catalog in (was, became)
    )
    left = [name for key, name in then.items() if key not in now]
    joined = [name for key, name in now.items() if key not in then]
    words = [f"{listed(names, MOST_NAMES)} {verb}" for names, verb in ((left, "left"), (joined, "joined")) if names]
    return [f"the companies of {was.subject_name(f'theme:{theme}')}: {', '.join(words)}"] if words else []


def _listing_words(companies: Iterable[str], was: Catalog, became: Catalog) -> list[str]:
    """main listings: Samsung was 005930.KS, is SMSN.IL"""
    idents = dict.fromkeys(key.partition(":")[2] for key in companies)
    both = [(was.companies[i], became.companies[i]) for i in idents if i in was.companies and i in became.companies]
    moved = [
        f"{then.name} was {then.ticker or 'private'}, is {now.ticker or 'private'}"
        for then, now in both
        if then.ticker != now.ticker
    ]
    return [f"main listings: {listed(moved, MOST_NAMES)}"] if moved else []


def _relation_words(then: PageData, now: PageData) -> list[str]:
    was, became = (set(relations_until(page.catalog, page.request.view.end)) for page in (then, now))
    words = [f"{len(gone):,} {verb}" for gone, verb in ((was - became, "fewer"), (became - was, "more")) if gone]
    return [f"relations: {', '.join(words)}"] if words else []


def _family_words(was: Catalog, became: Catalog) -> list[str]:
    domains = {publisher.domain for catalog in (was, became) for publisher in catalog.publishers.values()}
    moved = sum(became.family(domain) != was.family(domain) for domain in domains)
    return [f"{count_words(moved, 'publisher')} of another family now"] if moved else []
