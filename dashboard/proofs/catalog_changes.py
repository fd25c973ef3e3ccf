"""The catalog's changes in a view: the members of its baskets, their listings, the publishers' families."""

from __future__ import annotations

from collections.abc import Iterable

from dashboard.formatting import count_words, name_list
from dashboard.page_data.alarms import AlarmsData
from dashboard.page_data.network import relations_until
from dashboard.page_data.page import PageData
from dashboard.page_data.spillover import SpilloverData
from dashboard.page_data.subjects import theme_companies
from data.catalog.records import Catalog

MOST_NAMES = 6


def catalog_words(then: PageData, now: PageData) -> tuple[str, ...]:
    """The differences between the catalogs of two revisions of a view, as far as the view shows them."""
    old, new = then.catalog, now.catalog
    if old is new or old.hash == new.hash:
        return ()
    return (
        *(words for theme in then.themes for words in _member_words(theme, old, new)),
        *_listing_words(then.companies, old, new),
        *(_family_words(old, new) if isinstance(then, AlarmsData) else ()),
        *(_relation_words(then, now) if isinstance(then, SpilloverData) else ()),
    )


def _member_words(theme: str, old: Catalog, new: Catalog) -> list[str]:
    """the companies of Memory: Micron left, Kioxia joined"""
    then, now = ({key: catalog.subject_name(key) for key in theme_companies(catalog, theme)} for catalog in (old, new))
    left = [name for key, name in then.items() if key not in now]
    joined = [name for key, name in now.items() if key not in then]
    words = [f"{name_list(names, MOST_NAMES)} {verb}" for names, verb in ((left, "left"), (joined, "joined")) if names]
    return [f"the companies of {old.subject_name(f'theme:{theme}')}: {', '.join(words)}"] if words else []


def _listing_words(companies: Iterable[str], old: Catalog, new: Catalog) -> list[str]:
    """main listings: Samsung was 005930.KS, is SMSN.IL"""
    idents = dict.fromkeys(key.partition(":")[2] for key in companies)
    pairs = [(old.companies[i], new.companies[i]) for i in idents if i in old.companies and i in new.companies]
    changes = [
        f"{then.name} was {then.ticker or 'private'}, is {now.ticker or 'private'}"
        for then, now in pairs
        if then.ticker != now.ticker
    ]
    return [f"main listings: {name_list(changes, MOST_NAMES)}"] if changes else []


def _relation_words(then: PageData, now: PageData) -> list[str]:
    old, new = (set(relations_until(page.catalog, page.request.view.end)) for page in (then, now))
    words = [f"{len(group):,} {verb}" for group, verb in ((old - new, "removed"), (new - old, "added")) if group]
    return [f"relations: {', '.join(words)}"] if words else []


def _family_words(old: Catalog, new: Catalog) -> list[str]:
    domains = {publisher.domain for catalog in (old, new) for publisher in catalog.publishers.values()}
    changed = sum(new.family(domain) != old.family(domain) for domain in domains)
    return [f"{count_words(changed, 'publisher')} moved to another family"] if changed else []
