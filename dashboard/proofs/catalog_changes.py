"""What an edit of the catalog changed in a view: the members of its baskets, their listings, the publishers' families."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.formatting import count_words, listed
from dashboard.proofs.asked import Asked, many
from dashboard.proofs.proof_parts import FAMILY, FIXED, SHOCK
from dashboard.proofs.proof_tables import companies_told
from dashboard.shaping.comparing import FIRST_SUBJECTS
from dashboard.shaping.members import BASKET, theme_companies
from dashboard.shaping.networking import relations_until
from data.catalog.records import Catalog

MOST_NAMES = 6


def catalog_words(then: Asked, now: Asked) -> tuple[str, ...]:
    """What is other in the catalog as of two revisions of a view, as far as the view shows it; empty when nothing is."""
    was, became = then.catalog, now.catalog
    if was is became or was.hash == became.hash:
        return ()
    said = [
        *(words for theme in _themes_of(then) for words in _member_words(theme, was, became)),
        *(_listing_words(_companies_of(then, was), was, became)),
        *(_family_words(was, became) if then.page == "alarms" else ()),
        *(_relation_words(then, now) if then.part == SHOCK else ()),
    ]
    return tuple(said)


def _themes_of(asked: Asked) -> list[str]:
    """The themes whose companies the view is made of."""
    values = asked.values
    if asked.part == FIXED:
        return []
    if asked.page == "overview":
        return list(asked.catalog.themes)
    if asked.page == "theme" and BASKET in many(values.get("against", BASKET)) and not many(values.get("basket")):
        return [str(values.get("theme") or next(iter(asked.catalog.themes)))]
    if asked.page == "compare":
        return [
            key.partition(":")[2] for key in many(values.get("subject", FIRST_SUBJECTS)) if key.startswith("theme:")
        ]
    if asked.part == FAMILY:
        return list(asked.catalog.themes)
    if asked.page == "lead_lag" and (values.get("price") or BASKET) == BASKET:
        return [str(values.get("about") or "").partition(":")[2]]
    if asked.page == "events":
        return [str(values.get("whose") or "").partition(":")[2]]
    return []


def _companies_of(asked: Asked, catalog: Catalog) -> list[str]:
    """The companies whose main listings the view is made of."""
    if asked.part == FIXED:
        return []
    if asked.part or (asked.page == "events" and str(asked.values.get("whose") or "all") == "all"):
        return list(catalog.companies)
    own = {
        "company": many(asked.values.get("company")),
        "compare": [key.partition(":")[2] for key in many(asked.values.get("subject")) if key.startswith("company:")],
        "events": [str(asked.values.get("whose") or "").partition(":")[2]],
    }.get(asked.page, [])
    members = [key.partition(":")[2] for theme in _themes_of(asked) for key in theme_companies(catalog, theme)]
    told = [key.partition(":")[2] for key in companies_told(asked)]
    return [ident for ident in dict.fromkeys([*own, *members, *told]) if ident in catalog.companies]


def _member_words(theme: str, was: Catalog, became: Catalog) -> list[str]:
    """the companies of Memory: Micron left, Kioxia joined"""
    then, now = (
        {key: catalog.subject_name(key) for key in theme_companies(catalog, theme)} for catalog in (was, became)
    )
    left = [name for key, name in then.items() if key not in now]
    joined = [name for key, name in now.items() if key not in then]
    said = [f"{listed(names, MOST_NAMES)} {verb}" for names, verb in ((left, "left"), (joined, "joined")) if names]
    return [f"the companies of {was.subject_name(f'theme:{theme}')}: {', '.join(said)}"] if said else []


def _listing_words(companies: Sequence[str], was: Catalog, became: Catalog) -> list[str]:
    """main listings: Samsung was 005930.KS, is SMSN.IL"""
    both = [(was.companies[ident], became.companies[ident]) for ident in companies if ident in became.companies]
    moved = [
        f"{then.name} was {then.ticker or 'private'}, is {now.ticker or 'private'}"
        for then, now in both
        if then.ticker != now.ticker
    ]
    return [f"main listings: {listed(moved, MOST_NAMES)}"] if moved else []


def _relation_words(then: Asked, now: Asked) -> list[str]:
    was, became = (set(relations_until(asked.catalog, asked.view.end)) for asked in (then, now))
    said = [f"{len(gone):,} {verb}" for gone, verb in ((was - became, "fewer"), (became - was, "more")) if gone]
    return [f"relations: {', '.join(said)}"] if said else []


def _family_words(was: Catalog, became: Catalog) -> list[str]:
    domains = {one.domain for catalog in (was, became) for one in catalog.publishers.values()}
    moved = sum(became.family(domain) != was.family(domain) for domain in domains)
    return [f"{count_words(moved, 'publisher')} of another family now"] if moved else []
