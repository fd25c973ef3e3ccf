"""Alarms: what rings within a budget of false ones, and that a click lists the stories that rang."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from analysis.alarms import alarms
from analysis.attention_panel import DayCounts
from builders import NOW, article, linked, save
from dashboard.address.params import read_values
from dashboard.page_data import PAGES
from dashboard.page_data.alarms import alarms_between
from data.records import Linked
from data.schema.store import open_store

APP = Path(__file__).resolve().parent.parent / "dashboard" / "app.py"
FIRST = date(2026, 1, 1)
ABOUT = ("theme:memory", "company:micron")
DAYS, LOUD, COPIED = 120, 110, 115
"""On day LOUD two publisher families write eight stories, on COPIED two addresses of one family."""


def counts(*loud: int) -> DayCounts:
    rng = np.random.default_rng(3)
    stories = rng.poisson(2.0, (DAYS, 2))
    stories[list(loud), 0] = 16
    sums = np.vstack([np.zeros((1, 2), np.int64), stories.cumsum(axis=0)])
    return DayCounts(FIRST, ("theme:memory", "theme:optics"), sums, sums, 100 * np.arange(DAYS + 1))


def day(number: int) -> pd.Timestamp:
    return pd.Timestamp(FIRST) + pd.Timedelta(days=number)


def families(number: int) -> Any:
    return lambda subject: pd.Series(number, index=pd.date_range(FIRST, periods=DAYS))


def found_in(made: DayCounts, *, voices: int = 2, budget: float = 2.0, start: int = 60) -> Any:
    window = {"start": day(start).date(), "end": day(DAYS - 1).date()}
    return alarms_between(made, families(voices), **window, budget=budget, min_families=2)


def test_a_day_that_chance_seldom_does_rings_and_says_at_how_many_stories() -> None:
    found = found_in(counts(LOUD))
    loud = found.alarms[found.alarms["day"] == day(LOUD)].iloc[0]
    assert (
        loud["subject"] == "theme:memory" and loud["stories"] == 16 and loud["rings_at"] <= 16 and loud["families"] == 2
    )
    assert found.suppressed.empty and found.subjects == 2


def test_one_voice_is_no_alarm_however_often_it_speaks() -> None:
    found = found_in(counts(LOUD), voices=1)
    assert found.alarms.empty
    assert day(LOUD) in set(found.suppressed["day"])
    assert found.realised.per_week == 0


def test_a_larger_budget_rings_at_fewer_stories() -> None:
    small, large = (found_in(counts(), budget=budget).today.set_index("subject")["rings_at"] for budget in (0.5, 5.0))
    assert (large <= small).all() and (large < small).any()


def test_quiet_weeks_ring_no_oftener_than_the_budget() -> None:
    for budget in (0.5, 2.0, 5.0):
        assert found_in(counts(), budget=budget).quiet.low <= budget


def test_what_comes_after_the_last_day_changes_nothing_before_it() -> None:
    until = {"start": day(60).date(), "end": day(LOUD - 1).date()}
    one, two = (
        alarms_between(made, families(2), **until, budget=2.0, min_families=2) for made in (counts(), counts(LOUD))
    )
    assert one.alarms.equals(two.alarms) and one.today.equals(two.today)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("alarms") / "store.db"
    items: list[Linked] = []
    for n in range(DAYS):
        loud = {LOUD: ["reuters.com", "wsj.com"] * 4, COPIED: ["reuters.com", "reut.rs"] * 4}
        others = [("other.example", ())] * 8
        for publisher, subjects in [*((name, ABOUT) for name in loud.get(n, ["reuters.com"] * (n % 2))), *others]:
            number = len(items)
            at = NOW - timedelta(days=DAYS - 1 - n, minutes=number % 60)
            made = article(f"Story {number}", url=f"https://news.example/{number}", at=at, publisher=publisher)
            items.append(linked(made, *subjects, story=-1 - number))
    with open_store(path) as store:
        save(store, *items)
    return path


def opened(path: Path, monkeypatch: pytest.MonkeyPatch, **query: str) -> AppTest:
    monkeypatch.setenv("CHOKEPOINT_DB", f"sqlite:///{path}")
    app = AppTest.from_file(str(APP), default_timeout=60).run()
    for name, value in query.items():
        app.query_params[name] = value
    app.switch_page("views/alarms.py").run()
    assert not app.exception, app.exception
    return app


def said(app: AppTest) -> str:
    return " ".join(str(part.proto.body) for part in app.get("html"))


def test_a_click_on_an_alarm_lists_as_many_stories_as_rang(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened(path, monkeypatch)
    (dots,) = json.loads(app.get("plotly_chart")[0].proto.spec)["data"]
    assert dots["y"] == ["Memory"] and len(dots["customdata"]) == 1
    shown = said(opened(path, monkeypatch, point=f"alarms.{dots['customdata'][0]}"))
    assert 'data-count="8"' in shown


def test_two_addresses_of_one_publisher_family_raise_no_alarm(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "1 more day had enough stories but too few independent publishers" in said(opened(path, monkeypatch))
    assert "2 alarms" in said(opened(path, monkeypatch, families="1"))


def test_without_an_alarm_the_page_says_what_to_do(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened(
        path, monkeypatch, over="company", watch="company:micron", **{"from": "2026-03-01", "to": "2026-04-01"}
    )
    assert any("No alarm" in info.value for info in app.info)
    early = opened(path, monkeypatch, **{"from": "2026-01-02", "to": "2026-01-10"})
    assert any("no baseline" in info.value for info in early.info)


def test_every_control_of_the_page_is_a_parameter() -> None:
    assert set(PAGES["alarms"].params) == {"over", "watch", "budget", "families", "point"}
    values, ignored = read_values(PAGES["alarms"].params, {"budget": ["3"], "families": ["1"]})
    assert values == {"families": 1} and len(ignored) == 1


def test_a_store_where_nobody_was_named_rings_nothing() -> None:
    nobody = pd.DataFrame(index=pd.date_range("2026-03-02", periods=2))
    assert alarms(nobody, nobody, nobody, nobody, budget_per_week=2, windows_per_week=7).empty
