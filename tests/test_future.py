"""
No future in the past, fuzzed: what was first seen after a revision is in no view of it, and what comes after a moment
moves nothing before.

Two oracles. A store that never saw the later batches: views as of a revision must equal its own. The same series with
one later article or price moved: all that lies before must stay.
"""

from __future__ import annotations

import random
import tempfile
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st
from proving import Choices, request_of

from analysis.attention_panel import counts_of
from builders import article, linked, save
from dashboard.page_data import PAGES, read_page
from dashboard.page_data.alarms import alarms_between
from dashboard.page_data.signals import abnormal_of, attention_of, bursts_of
from data.calendars import calendar_of
from data.catalog import load_catalog
from data.catalog.records import Catalog
from data.prices import actions_of, bars_between, save_prices
from data.read.attention import Filters, story_times
from data.read.receipts import receipts, story_articles
from data.read.search import search_articles
from data.records import Action, Bar
from data.schema.store import Store, open_store

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
WHOLE = Filters(start=date(2025, 1, 1), end=date(2027, 1, 1))
SUBJECTS = ["theme:memory", "theme:optics", "company:micron", "company:nvidia"]
TICKERS = ["MU", "NVDA", "SPY"]
PUBLISHERS = ["a.example", "b.example", "c.example"]
CHOICES = Choices(first=date(2026, 2, 1), last=date(2026, 4, 30), themes=["memory", "optics"], companies=["micron",
"nvidia"],
                  tickers=TICKERS, publishers=PUBLISHERS, words=["word"])  # fmt: skip
FAST = {"deadline": None, "phases": [Phase.explicit, Phase.reuse, Phase.generate]}  # shrinking would take minutes


@cache
def catalog() -> Catalog:
    return load_catalog()


told = st.fixed_dictionaries(
    {
        "subjects": st.sets(st.sampled_from(SUBJECTS)),
        "publisher": st.sampled_from(PUBLISHERS),
        "story": st.integers(0, 5),  # stories go on through batches
        "hours": st.integers(-900, 48),  # from the moment it was seen: late ones, and feeds whose clock is ahead
    }
)
priced = st.fixed_dictionaries(
    {
        "ticker": st.sampled_from(TICKERS),
        "day": st.integers(0, 40),
        "close": st.integers(50, 150),
        "action": st.sampled_from(
            [None, None, ("split", 2.0), ("split", 0.1), ("dividend", 1.5)]
        ),  # told, or told otherwise, with the bar
    }
)
batches = st.lists(
    st.tuples(st.lists(told, min_size=1, max_size=6), st.lists(priced, max_size=8)), min_size=2, max_size=4
)


def seen(number: int) -> datetime:
    return START + timedelta(days=7 * number)


def fill(store: Store, drawn: Any, numbers: range) -> dict[int, datetime]:
    """Saves these batches; revision → when it was written."""
    written, before = {}, store.revision()
    for number in numbers:
        stories, prices = drawn[number]
        known = story_times(store, None, WHOLE)["story"].unique().tolist()
        save(store, *(linked_of(one, number, place, known) for place, one in enumerate(stories)), now=seen(number))
        bars = {(one["ticker"], one["day"]): bar_of(one) for one in prices}
        if bars:
            save_prices(
                store, list(bars.values()), actions_in(prices), provider="t", now=seen(number), catalog_hash="c"
            )
        written |= {rev: seen(number) for rev in range(max(written, default=before) + 1, store.revision() + 1)}
    return written


def linked_of(one: dict[str, Any], number: int, place: int, known: list[int]) -> Any:
    made = article(
        f"Word {number} {place}",
        url=f"https://example.com/{number}/{place}",
        at=seen(number) + timedelta(hours=one["hours"]),
        publisher=one["publisher"],
    )
    story = known[one["story"]] if one["story"] < len(known) else -1 - place
    return linked(made, *sorted(one["subjects"]), story=story, seen=seen(number))


def bar_of(one: dict[str, Any]) -> Bar:
    day = date(2026, 2, 2) + timedelta(days=one["day"])
    return Bar(
        ticker=one["ticker"],
        session=day,
        open=None,
        high=None,
        low=None,
        close=one["close"],
        volume=None,
        currency="USD",
    )


def actions_in(prices: list[dict[str, Any]]) -> list[Action]:
    """The splits and dividends of a batch, the last word on each ex-date."""
    made = [Action(ticker=one["ticker"], session=bar_of(one).session, kind=one["action"][0], value=one["action"][1])
            for one in prices if one["action"]]  # fmt: skip
    return list({(action.ticker, action.session, action.kind): action for action in made}.values())


@settings(max_examples=12, **FAST)
@given(drawn=batches, data=st.data())
def test_a_view_as_of_a_revision_is_that_of_a_store_that_never_saw_more(drawn: Any, data: st.DataObject) -> None:
    cut = data.draw(st.integers(1, len(drawn) - 1))
    rng = random.Random(data.draw(st.integers(0, 10_000)))
    with (
        tempfile.TemporaryDirectory() as folder,
        open_store(Path(folder) / "a.db") as whole,
        open_store(Path(folder) / "b.db") as early,
    ):
        fill(early, drawn, range(cut))
        written = fill(whole, drawn, range(cut)) | fill(whole, drawn, range(cut, len(drawn)))
        for page in (name for name, page in PAGES.items() if page.data):
            request = request_of(rng, early, CHOICES, page=page).at(early.revision())
            assert read_page(replace(request, url=whole.url)).rows == read_page(request).rows, page
        for rev in range(1, whole.revision() + 1):
            nothing_seen_later(whole, rev, written[rev])
            prices_as_saved(whole, rev, drawn, written[rev])
            actions_as_saved(whole, rev, drawn, written[rev])


def nothing_seen_later(store: Store, rev: int, moment: datetime) -> None:
    """Every row of every reading of this revision was first seen by then."""
    view = replace(WHOLE, rev=rev)
    listed = [
        receipts(store, subject, view, unit=unit) for subject in (None, *SUBJECTS) for unit in ("stories", "articles")
    ]
    listed.append(story_articles(store, receipts(store, None, view)["story"].unique().tolist(), rev))
    listed.append(search_articles(store, replace(view, q="word"), limit=100)[0])
    for rows in listed:
        assert (rows["first_seen_at"] <= pd.Timestamp(moment)).all()
    assert listed[0]["story"].nunique() == len(story_times(store, None, view))


def prices_as_saved(store: Store, rev: int, drawn: Any, moment: datetime) -> None:
    """The newest closes of the batches that were written by then."""
    bars = bars_between(store, TICKERS, date(2026, 1, 1), date(2026, 12, 31), rev)
    shown = {(row.ticker, row.session.date()): row.close for row in bars.itertuples()}
    by_then = [one for number, (_, prices) in enumerate(drawn) if seen(number) < moment for one in prices]
    known = {(bar.ticker, bar.session): bar.close for bar in map(bar_of, by_then)}
    # The revision of a batch's articles comes before that of its prices: both are written at the same moment.
    last = {(bar.ticker, bar.session): bar.close for number, (_, prices) in enumerate(drawn) if seen(number) == moment
            for bar in map(bar_of, prices)}  # fmt: skip
    assert shown in (known, known | last)


def actions_as_saved(store: Store, rev: int, drawn: Any, moment: datetime) -> None:
    """
    The newest word on every split and dividend in the batches that were written by then: a later one adjusts no view of
    before.
    """
    shown = {
        (row.ticker, row.session.date(), row.kind): row.value for row in actions_of(store, TICKERS, rev).itertuples()
    }
    known, with_last = ({(action.ticker, action.session, action.kind): action.value for number, (_,
    prices) in enumerate(drawn)
                         if seen(number) < until for action in actions_in(prices)}
                        for until in (moment, moment + timedelta(seconds=1)))  # fmt: skip
    assert shown in (known, with_last)


MOMENTS = st.lists(st.integers(0, 24 * 150), min_size=60, max_size=120)  # hours


@settings(max_examples=25, **FAST)
@given(own=MOMENTS, others=MOMENTS, cut=st.integers(24 * 60, 24 * 140), data=st.data())
def test_an_article_that_comes_later_moves_nothing_before(
    own: list[int], others: list[int], cut: int, data: st.DataObject
) -> None:
    late = st.integers(cut + 1, cut + 24 * 60)
    moved = [data.draw(late) if hour > cut else hour for hour in own] + data.draw(st.lists(late, max_size=30))
    more = others + data.draw(st.lists(late, max_size=30))
    mic = data.draw(st.sampled_from(["XNYS", "XKRX", "XHKG"]))
    edge = pd.Timestamp(START + timedelta(hours=cut))
    for name, series in series_of(times(own), times([*own, *others]), mic).items():
        again = series_of(times(moved), times([*moved, *more]), mic)[name]
        before, after = (
            known_by(each, edge, mic, kind="open" if name == "predictive" else "close") for each in (series, again)
        )
        common = before.index.intersection(after.index)
        assert len(common) == min(len(before), len(after))
        pd.testing.assert_frame_equal(before.loc[common], after.loc[common], check_freq=False)


def times(hours: list[int]) -> pd.DataFrame:
    moments = pd.DatetimeIndex([START + timedelta(hours=hour) for hour in sorted(hours)])
    return pd.DataFrame(
        {"story": range(len(hours)), "day": moments.tz_localize(None).normalize(), "available_at": moments}
    )


def series_of(own: pd.DataFrame, everything: pd.DataFrame, mic: str) -> dict[str, pd.DataFrame]:
    """Attention that predicts, attention that reacts, and the events found in it, by session."""
    both = {kind: {measure: attention_of(own, everything, mic, measure, kind=kind) for measure in ("share", "stories")}
            for kind in ("predictive", "reaction")}  # fmt: skip
    ticker = {"XNYS": "MU", "XKRX": "000660.KS", "XHKG": "0981.HK"}[mic]
    events = bursts_of(
        own.assign(subject="company:x"), everything, {"company:x": ticker}, catalog(), threshold=2.0, fewest=2
    )
    marks = events.set_index(pd.DatetimeIndex(events["session"]).as_unit("ns"))[["z", "stories"]].astype(float)
    return {"predictive": pd.DataFrame(both["predictive"]), "reaction": pd.DataFrame(both["reaction"]), "events": marks}


def known_by(table: pd.DataFrame, moment: pd.Timestamp, mic: str, *, kind: str) -> pd.DataFrame:
    """The sessions that were over, or for predictions open, by the moment: what counts in them was known before."""
    calendar = calendar_of(mic)
    edges = pd.Series(calendar.opens if kind == "open" else calendar.closes, calendar.days).reindex(table.index)
    return table[(edges <= moment.tz_convert(None)).to_numpy()]


@settings(max_examples=25, **FAST)
@given(seed=st.integers(0, 10_000), cut=st.integers(320, 398), holidays=st.sets(st.integers(1, 399), max_size=12))
@example(seed=458, cut=337, holidays={336, 236, 55})
def test_a_price_that_moves_later_moves_no_abnormal_return_before(seed: int, cut: int, holidays: set[int]) -> None:
    """`holidays`: sessions on which the listing is closed and its market abroad is open."""
    rng, days = np.random.default_rng(seed), pd.bdate_range("2024-01-02", periods=400)
    prices = pd.DataFrame(100 * np.exp(rng.normal(0, 0.02, (400, 2)).cumsum(axis=0)), days, ["MU", "SPY"])
    prices.iloc[sorted(holidays), 0] = np.nan
    moved = prices.copy()
    moved.iloc[cut:] *= rng.uniform(0.5, 2.0, (400 - cut, 2))
    # Dimson's lead: what the market does by the listing's next session is part of what it explains of this one.
    before = slice(None, np.flatnonzero(prices["MU"].notna()[:cut])[-1])
    one, two = (abnormal_of(table[["MU"]], table["SPY"]).iloc[before] for table in (prices, moved))
    assert one["MU"].notna().sum() > 30
    pd.testing.assert_frame_equal(one, two)


@settings(max_examples=25, **FAST)
@given(seed=st.integers(0, 10_000), cut=st.integers(60, 110))
def test_stories_that_come_later_move_no_alarm_before(seed: int, cut: int) -> None:
    rng, days = np.random.default_rng(seed), pd.date_range("2026-01-01", periods=120)
    subjects = ("theme:memory", "theme:optics")
    stories = rng.poisson(2.0, (120, 2)) + rng.binomial(1, 0.05, (120, 2)) * 12
    later = stories.copy()
    later[cut:] = rng.poisson(9.0, later[cut:].shape)
    families = lambda subject: pd.Series(2, days)  # noqa: E731
    window = {"start": days[40].date(), "end": days[cut - 1].date()}
    found = [
        alarms_between(day_table(table, days, subjects), families, **window, budget=2.0, min_families=2)
        for table in (stories, later)
    ]
    assert found[0].alarms.equals(found[1].alarms) and found[0].today.equals(found[1].today)
    assert found[0].quiet == found[1].quiet and found[0].realised == found[1].realised


def day_table(stories: np.ndarray, days: pd.DatetimeIndex, subjects: tuple[str, ...]) -> Any:
    rows = [
        (subject, day, n, n)
        for column, subject in enumerate(subjects)
        for day, n in zip(days, stories[:, column], strict=True)
    ]
    attention = pd.DataFrame(rows, columns=["subject", "day", "stories", "articles"])
    coverage = pd.DataFrame({"day": days, "stories": 100})
    return counts_of(attention, coverage, start=days[0].date(), end=days[-1].date(), subjects=subjects)
