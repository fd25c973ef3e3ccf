"""Random views of any store, and whether the sentence on their difference is what the store's own rows say."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select

from dashboard.address.params import MEASURES
from dashboard.address.view import View
from dashboard.page_data import PAGES, read_page
from dashboard.page_data.articles import ArticlesData
from dashboard.page_data.request import Request
from dashboard.page_data.subjects import BASKET
from dashboard.proofs.then_now import difference
from data.prices import bars_between
from data.read.attention import attention_by_day, story_times
from data.read.receipts import receipts
from data.read.search import search_articles
from data.schema.models import ALL, Attention, PublisherName, Subject
from data.schema.store import Store

MEMBERS = 6
"""Listings that a view names, at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What views may be about."""

    first: date
    last: date
    themes: Sequence[str]
    companies: Sequence[str]  # without "company:"
    tickers: Sequence[str]  # the last is a market
    publishers: Sequence[str]
    words: Sequence[str]
    longest: int = 120  # days
    pages: Sequence[str] = (*(name for name, page in PAGES.items() if page.data), "theme", "theme", "company")


def request_of(rng: random.Random, store: Store, choices: Choices, *, page: str = "") -> Request:
    """A view that somebody might have: any page with a chart, any filters, grain, measure and revision."""
    start = choices.first + timedelta(days=rng.randrange((choices.last - choices.first).days))
    view = View(
        start=start,
        end=min(choices.last, start + timedelta(days=rng.randrange(1, choices.longest))),
        grain=rng.choice(["day", "week", "month"]),
        measure=rng.choice(list(MEASURES)),
        publishers=rng.choice([(), (), tuple(choices.publishers[:1]), tuple(choices.publishers[:2])]),
        langs=rng.choice([(), (), ("en",)]),
        min_relevance=rng.choice([0, 0, 40]),
        rev=rng.randrange(1, store.revision() + 1),
    )
    page = page or rng.choice(choices.pages)
    return Request.of(store.url, page, view, _values(rng, page, choices))


def _values(rng: random.Random, page: str, choices: Choices) -> dict[str, Any]:
    theme, company, market = rng.choice(choices.themes), rng.choice(choices.companies), choices.tickers[-1]
    members = tuple(choices.tickers[:2])
    values: dict[str, dict[str, Any]] = {
        "theme": {
            "theme": theme,
            "split": rng.choice(["company", "subtheme"]),
            "against": rng.choice([("basket",), (choices.tickers[0], market), (), ("basket", market)]),
            "basket": rng.choice([(), members]),
            "part": rng.choice(["", "", "fixed"]),
        },
        "company": {"company": company, "beside": rng.choice([(), (market,)])},
        "compare": {"subject": (f"theme:{theme}", *(f"company:{one}" for one in choices.companies[:2])),
        "returns": "own"},
        "lead_lag": {
            "about": f"theme:{theme}", "price": rng.choice([BASKET, *members]), "market": market,
            "talk": rng.choice(["share", "stories"]),
            "part": rng.choice(["", "family"]),
        },
        "events": {
            "whose": rng.choice(["all", "all", f"theme:{theme}", f"company:{company}"]), "market": market,
            "threshold": rng.choice([2.0, 3.0]),
            "part": rng.choice(["", "shock"]),
        },
        "alarms": {
            "over": rng.choice(["theme", "company"]), "watch": rng.choice([(), (f"theme:{theme}",
            f"company:{company}")]),
            "budget": rng.choice(["2", "5"]), "families": rng.choice([1, 2]),
        },
        "network": {"kind": rng.choice(["company", "theme"]), "edges": "all"},
        "articles": {"q": rng.choice(["", *choices.words]), "about": rng.choice([(), (f"theme:{theme}",),
        (f"company:{company}",)])},
    }  # fmt: skip
    return values.get(page, {})


def checked_changes(request: Request, newest: int) -> int:
    """
    How many changes the then-versus-now sentence states, each as the rows have it; AssertionError where one is not.
    """
    found = difference(request, newest)
    gained = sum(n for (way, _), n in found.causes.items() if way == "gained")
    lost = sum(n for (way, _), n in found.causes.items() if way == "lost")
    assert found.counts[1] - found.counts[0] == gained - lost
    assert found.sentence.startswith(f"{found.counts[0]:,} {found.unit[found.counts[0] != 1]} then")
    for (way, cause), n in found.causes.items():
        assert f"{'+' if way == 'gained' else '−'}{n:,} " in found.sentence, cause
    if request.page == "articles":
        assert (found.counts, found.causes["gained", "late"]) == _articles_of(request, newest)
    else:
        assert gained - lost == _moved_in_ledger(request, newest)
        assert found.shifted == _shifted_days(request, newest)
        assert (found.prices.revised, found.prices.added) == _prices_moved(request, newest)
    return gained + lost


def _articles_of(request: Request, newest: int) -> tuple[tuple[int, int], int]:
    """The articles found then and now; how many of the latter were stored after the last that could be known then."""
    page = read_page(request)
    assert isinstance(page, ArticlesData)
    about, filters = page.about, page.filters
    then, later = (
        search_articles(request.store, replace(filters, rev=rev), subjects=about, limit=10**6)[0]
        for rev in (request.view.rev, newest)
    )
    known = search_articles(
        request.store, replace(filters, rev=request.view.rev, q="", publishers=(), langs=()), limit=10**6
    )[0]
    return (len(then), len(later)), int((~later["article"].isin(known["article"])).sum())


def _moved_in_ledger(request: Request, newest: int) -> int:
    """
    What the ledger added in the view's window since its revision; where the ledger does not know a filter, the counts.
    """
    view = request.view
    subjects = list(read_page(request).subjects)
    if view.min_relevance and subjects != [""]:
        before, after = (
            int(attention_by_day(request.store, subjects, replace(view.filters, rev=rev))["stories"].sum())
            for rev in (view.rev, newest)
        )
        return after - before
    if view.min_relevance:
        before, after = (
            len(receipts(request.store, None, replace(view.filters, rev=rev))) for rev in (view.rev, newest)
        )
        return after - before
    a = Attention
    query = select(func.coalesce(func.sum(a.stories), 0)).join(Subject, Subject.id == a.subject_id)
    query = query.join(PublisherName, PublisherName.id == a.publisher_id)
    query = query.where(
        Subject.key.in_([subject or ALL for subject in subjects]), a.day >= view.start, a.day <= view.end
    )
    query = query.where(a.revision > view.rev, a.revision <= newest)
    if view.publishers:
        query = query.where(PublisherName.name.in_(view.publishers))
    if view.langs:
        query = query.where(a.lang.in_(view.langs))
    with request.store.reading() as connection:
        return int(connection.scalar(query) or 0)


def _prices_moved(request: Request, newest: int) -> tuple[int, int]:
    """How many bars of the view's listings have another value now, and how many are new."""
    start, end = read_page(request).price_days
    then, now = (
        {
            (bar.ticker, bar.session): bar.close
            for bar in bars_between(request.store, read_page(request).tickers, start, end, rev).itertuples(index=False)
        }
        for rev in (request.view.rev, newest)
    )
    return sum(close != now[key] for key, close in then.items()), len(now.keys() - then.keys())


def _shifted_days(request: Request, newest: int) -> int:
    shifted = 0
    for subject in read_page(request).subjects:
        then, now = (
            story_times(request.store, subject or None, replace(request.view.filters, rev=rev))
            .set_index("story")["day"]
            .to_dict()
            for rev in (request.view.rev, newest)
        )
        shifted += sum(now[story] != day for story, day in then.items() if story in now)
    return shifted
