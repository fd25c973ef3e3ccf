"""What a price provider gives, and what is stored: prices as traded, so that a later split changes no stored row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from math import isnan, nan
from typing import Literal, Protocol

from data.catalog.records import Listing
from data.records import Action, Bar

Basis = Literal["split_adjusted", "traded", "adjusted"]
"""split_adjusted: as if today's shares had always been · traded: as on the day · adjusted: the provider took splits and
dividends out, and says no more about either."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """One session as a provider gives it; NaN where it has no value, 0 for no dividend or split."""

    session: date
    close: float
    open: float = nan
    high: float = nan
    low: float = nan
    adj_close: float = nan
    volume: float = nan
    dividend: float = 0.0
    split: float = 0.0  # new shares for one old


About = Literal["price", "range", "dividend"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What is wrong with a session's price, range or dividend. A bad value is not stored; a doubtful one is."""

    session: date
    about: About
    bad: bool
    sentence: str


def bad(session: date, about: About, sentence: str) -> Finding:
    return Finding(session=session, about=about, bad=True, sentence=sentence)


def doubt(session: date, about: About, sentence: str) -> Finding:
    return Finding(session=session, about=about, bad=False, sentence=sentence)


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """A listing's quotes, oldest first, with every split since the first of them."""

    ticker: str
    currency: str
    basis: Basis
    quotes: tuple[Quote, ...]
    taken_at: datetime | None = None  # when they were asked for or written; None: now
    findings: tuple[Finding, ...] = ()  # of rows that the provider itself cannot believe
    remarks: tuple[str, ...] = ()  # how the provider read what can be read in several ways
    is_unit_sure: bool = False  # the source itself names the unit: GBp


class PriceProvider(Protocol):
    """Where prices come from. Its errors are the kinds of PriceError."""

    name: str

    def history(self, listing: Listing, *, start: date, now: datetime) -> History:
        """The completed sessions since `start`."""
        ...


def split_adjusted(history: History) -> list[Quote]:
    """The quotes on the basis that shows no step at a split."""
    if history.basis != "traded":
        return list(history.quotes)
    later = later_splits(history.quotes)
    return [_scaled(quote, 1 / ratio) for quote, ratio in zip(history.quotes, later, strict=True)]


def as_traded(quotes: Sequence[Quote]) -> list[Quote]:
    """Split-adjusted quotes as they were traded."""
    return [_scaled(quote, ratio) for quote, ratio in zip(quotes, later_splits(quotes), strict=True)]


def bars_of(history: History) -> list[Bar]:
    """The bars to store: as traded, or as the provider adjusted them where it gives no actions."""
    quotes = as_traded(history.quotes) if history.basis == "split_adjusted" else history.quotes
    return [_bar(history, quote) for quote in quotes]


def actions_of(history: History) -> list[Action]:
    """The splits and dividends, the latter in the money of their day for the shares of their day."""
    if history.basis == "adjusted":
        return []
    actions = []
    for quote in history.quotes if history.basis == "traded" else as_traded(history.quotes):
        if quote.split > 0 and quote.split != 1:
            actions.append(Action(ticker=history.ticker, session=quote.session, kind="split", value=quote.split))
        if quote.dividend > 0:
            actions.append(Action(ticker=history.ticker, session=quote.session, kind="dividend", value=quote.dividend))
    return actions


def later_splits(quotes: Sequence[Quote]) -> list[float]:
    """For each quote the product of the splits after its session: what its price was divided by."""
    later, ratios = 1.0, []
    for quote in reversed(quotes):
        ratios.append(later)
        later *= quote.split if quote.split > 0 else 1.0
    return ratios[::-1]


def in_unit(quote: Quote, ratio: float) -> Quote:
    """The quote with every price times a ratio, as pence become pounds: the shares stay what they were."""
    if ratio == 1:
        return quote
    return replace(
        quote,
        open=quote.open * ratio,
        high=quote.high * ratio,
        low=quote.low * ratio,
        close=quote.close * ratio,
        adj_close=quote.adj_close * ratio,
        dividend=quote.dividend * ratio,
    )


def _scaled(quote: Quote, ratio: float) -> Quote:
    """The quote of as many times larger shares: of the fewer that there were before a split."""
    return replace(in_unit(quote, ratio), volume=quote.volume / ratio) if ratio != 1 else quote


def _bar(history: History, quote: Quote) -> Bar:
    return Bar(
        ticker=history.ticker,
        session=quote.session,
        open=_given(quote.open),
        high=_given(quote.high),
        low=_given(quote.low),
        close=quote.close,
        volume=_given(quote.volume),
        currency=history.currency,
        basis="adjusted" if history.basis == "adjusted" else "traded",
    )


def _given(value: float) -> float | None:
    return None if isnan(value) else value
