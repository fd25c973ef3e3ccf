"""Companies with their listings and all the ways to name them: names, products and brands, people."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from data.catalog.exchanges import Exchange, load_exchanges
from data.catalog.records import Alias, AliasCase, AliasKind, Company, Listing
from data.currencies import HUNDREDTHS
from data.files import Files, Row

COMPANY_COLUMNS = ("id", "name", "country", "themes", "confidence", "note")
LISTING_COLUMNS = ("company", "ticker", "mic", "currency")
ALIAS_COLUMNS = ("company", "alias", "ambiguous", "case", "cues", "blocks", "valid_from", "valid_to")
RATE_COLUMNS = ("currency", "ticker")
CUE_COLUMNS = ("group", "words")
BROAD_COLUMNS = ("company", "why")
ALIAS_FILES: tuple[tuple[str, AliasKind], ...] = (("products.csv", "product"), ("people.csv", "person"))

# Not words: another company nearby; two others in the same list; a capital where none is due; an 's after it; the verbs
# and prices of companies around it; these, beside another company.
SIGNS = ("@company", "@peers", "@capital", "@owner", "@acts", "@acts-beside")
SHORT = 3  # letters; a shorter name in small letters is mostly a word or part of one ("ase", "ses"): "any" must be said

Cues = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class _AliasRow:
    companies: tuple[str, ...]
    alias: Alias
    row: Row


def load_companies(files: Files, themes: Iterable[str]) -> dict[str, Company]:
    """Companies by id, in the file's order. An alias that several companies share is one row that names them all."""
    rows = _unique(files.rows("companies.csv", COMPANY_COLUMNS), "id")
    listings = _listings(files, rows)
    aliases: dict[str, list[Alias]] = defaultdict(list)
    for alias_row in _alias_rows(files, rows):
        for company in alias_row.companies:
            aliases[company].append(alias_row.alias)
    known = frozenset(themes)
    return {ident: _company(row, tuple(listings[ident]), tuple(aliases[ident]), known) for ident, row in rows.items()}


def load_benchmarks(files: Files) -> tuple[Listing, ...]:
    """The funds that returns are compared with."""
    exchanges = load_exchanges(files)
    return tuple(_listing(row, exchanges) for row in files.rows("benchmarks.csv", LISTING_COLUMNS[1:]))


def load_rates(files: Files) -> tuple[Listing, ...]:
    """The exchange rates to the dollar; none in a catalog that was copied before the file existed."""
    rows = files.rows("rates.csv", RATE_COLUMNS) if "rates.csv" in files else []
    return tuple(Listing(ticker=row.needed("ticker"), mic="", currency=row.needed("currency")) for row in rows)


def load_broad_companies(files: Files, companies: Container[str]) -> frozenset[str]:
    """The companies that live mostly of something else than their themes, each with the reason."""
    rows = files.rows("broad_companies.csv", BROAD_COLUMNS)
    for row in rows:
        _known(row, (row.needed("company"),), companies)
        row.needed("why")
    return frozenset(row["company"] for row in rows)


def load_cues(files: Files) -> dict[str, tuple[str, ...]]:
    """Groups of words that a cues cell may call by name: `@market` stands for all words of the group market."""
    groups: dict[str, list[str]] = defaultdict(list)
    for row in files.rows("cues.csv", CUE_COLUMNS):
        groups[row.needed("group")].extend(row.many("words"))
    return {group: tuple(dict.fromkeys(words)) for group, words in groups.items()}


def _unique(rows: list[Row], column: str) -> dict[str, Row]:
    unique: dict[str, Row] = {}
    for row in rows:
        ident = row.needed(column)
        if ident in unique:
            raise row.error(f"{column} {ident} is already on line {unique[ident].line}")
        if not re.fullmatch(r"[a-z0-9][a-z0-9-]*", ident):
            raise row.error(f"{column} {ident!r} must be lower-case letters, digits and hyphens")
        unique[ident] = row
    return unique


def _company(row: Row, listings: tuple[Listing, ...], aliases: tuple[Alias, ...], themes: frozenset[str]) -> Company:
    for theme in row.many("themes"):
        if theme not in themes:
            raise row.error(f"themes.toml has no theme {theme}")
    return Company(
        id=row["id"],
        name=row.needed("name"),
        country=row.needed("country"),
        listings=listings,
        themes=row.many("themes"),
        aliases=aliases,
        note=row["note"],
        confidence=row.one_of("confidence", ("high", "medium", "low")),
    )


def _listings(files: Files, companies: Mapping[str, Row]) -> dict[str, list[Listing]]:
    exchanges = load_exchanges(files)
    listings: dict[str, list[Listing]] = defaultdict(list)
    lines: dict[str, int] = {}
    for row in files.rows("listings.csv", LISTING_COLUMNS):
        _known(row, (row.needed("company"),), companies)
        listing = _listing(row, exchanges)
        if listing.ticker in lines:
            raise row.error(f"ticker {listing.ticker} is already on line {lines[listing.ticker]}")
        lines[listing.ticker] = row.line
        listings[row["company"]].append(listing)
    return listings


def _listing(row: Row, exchanges: Mapping[str, Exchange]) -> Listing:
    mic, ticker = row.needed("mic"), row.needed("ticker")
    if mic not in exchanges:
        raise row.error(f"exchanges.csv has no exchange {mic}")
    if problem := exchanges[mic].problem(ticker):
        raise row.error(f"ticker {ticker}: {problem}")
    written = row["currency"]
    if written not in HUNDREDTHS and not re.fullmatch(r"[A-Z]{3}", written):
        raise row.error(f"currency is {written!r}; write three capitals like USD, or GBp, ZAc, ILA for hundredths")
    return Listing(
        ticker=ticker,
        mic=mic,
        currency=HUNDREDTHS.get(written, written),
        quoted_in=written if written in HUNDREDTHS else "",
    )


def _known(row: Row, idents: Iterable[str], companies: Container[str]) -> None:
    for ident in idents:
        if ident not in companies:
            raise row.error(f"companies.csv has no company {ident}")


def _alias_rows(files: Files, companies: Mapping[str, Row]) -> list[_AliasRow]:
    cues = load_cues(files)
    rows = [
        _alias_row(row, row.one_of("kind", ("name", "former", "ticker")), cues)  # type: ignore[arg-type]
        for row in files.rows("aliases.csv", (*ALIAS_COLUMNS, "kind"))
    ]
    for file, kind in ALIAS_FILES:
        rows += [_alias_row(row, kind, cues) for row in files.rows(file, ALIAS_COLUMNS)]
    for alias_row in rows:
        _known(alias_row.row, alias_row.companies, companies)
    _refuse_rivals(rows)
    return rows


def _alias_row(row: Row, kind: AliasKind, cues: Cues) -> _AliasRow:
    companies = row.many("company")
    if not companies:
        raise row.error("company is empty")
    alias = Alias(
        text=row.needed("alias"),
        kind=kind,
        ambiguous=row.yes("ambiguous"),
        cues=_spelled_out(row, cues),
        blocks=row.many("blocks"),
        case=row.one_of("case", ("", "any", "capital", "exact")) or _usual_case(row["alias"]),  # type: ignore[arg-type]
        valid_from=row.day("valid_from"),
        valid_to=row.day("valid_to"),
    )
    if alias.valid_from and alias.valid_to and alias.valid_from > alias.valid_to:
        raise row.error(f"valid_from {alias.valid_from} is after valid_to {alias.valid_to}")
    return _AliasRow(companies, alias, row)


def _usual_case(text: str) -> AliasCase:
    return "exact" if len(text) <= SHORT and text.isascii() else "any"


def _spelled_out(row: Row, groups: Cues) -> tuple[str, ...]:
    words: list[str] = []
    for cue in row.many("cues"):
        if not cue.startswith("@") or cue in SIGNS:
            words.append(cue)
        elif cue[1:] in groups:
            words.extend(groups[cue[1:]])
        else:
            raise row.error(f"cues.csv has no group {cue[1:]}")
    return tuple(dict.fromkeys(words))


def _refuse_rivals(rows: list[_AliasRow]) -> None:
    """Two rows may not give one name to two companies at the same time: no reader could say whose it is."""
    earlier: dict[tuple[bool, str], list[_AliasRow]] = defaultdict(list)
    for alias_row in rows:
        # A ticker may look like another company's name (TEL): it needs its mark, the name does not have one.
        folded = alias_row.alias.kind == "ticker", unicodedata.normalize("NFKC", alias_row.alias.text).casefold()
        for other in earlier[folded]:
            if _are_alike(alias_row.alias, other.alias) and _overlap(alias_row.alias, other.alias):
                owners = " and ".join(dict.fromkeys(("|".join(other.companies), "|".join(alias_row.companies))))
                raise alias_row.row.error(
                    f"alias {alias_row.alias.text!r} of {owners} is already on line {other.row.line} "
                    f"of {other.row.file}; write all its companies in one row"
                )
        earlier[folded].append(alias_row)


def _are_alike(first: Alias, second: Alias) -> bool:
    """iSpace is one company and ispace another, where both rows say that their capitals matter."""
    return first.text == second.text or "any" in (first.case, second.case)


def _overlap(first: Alias, second: Alias) -> bool:
    return max(first.valid_from or date.min, second.valid_from or date.min) <= min(
        first.valid_to or date.max, second.valid_to or date.max
    )
