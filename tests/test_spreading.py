from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from analysis.event_study.spillover import spillover
from builders import article, linked, save
from dashboard.page_data.spillover import (
    ALL,
    co_mentioned_pairs,
    listed_relations,
    relation_choices,
    spillover_head,
    spillover_sentence,
)
from data.catalog import load_catalog
from data.prices import save_prices
from data.records import Bar
from data.schema.store import open_store

APP = Path(__file__).resolve().parent.parent / "dashboard" / "app.py"
UNTIL = date(2100, 1, 1)
DAYS = pd.bdate_range("2024-01-02", periods=400)


def test_relations_are_those_reported_by_the_day_whose_both_ends_are_listed() -> None:
    catalog = load_catalog()
    known = listed_relations(catalog, UNTIL)
    assert set(known["supplier"]) | set(known["customer"]) <= set(catalog.company_of_ticker)
    assert not known.duplicated().any() and 0 < len(known) <= len(catalog.relations)
    assert listed_relations(catalog, date(2000, 1, 1)).empty
    assert relation_choices(catalog, date(2000, 1, 1)) == {ALL: "all 0 relations"}
    first = f"{known['supplier'][0]}>{known['customer'][0]}"
    assert listed_relations(catalog, UNTIL, first).values.tolist() == [known.iloc[0].tolist()]
    assert first in relation_choices(catalog, UNTIL)


def test_who_is_mentioned_together_counts_on_the_session_in_which_it_was_known() -> None:
    stories = pd.DataFrame(
        {"story": [1, 1, 2, 3, 3], "subject": ["company:a", "company:b", "company:a", "company:b", "company:c"]}
    )
    times = pd.DataFrame(
        {
            "story": [1, 2, 3],
            "day": pd.to_datetime(["2026-05-01", "2026-05-01", "2026-05-04"]),
            "available_at": pd.to_datetime(
                ["2026-05-01T21:00Z", "2026-05-01T12:00Z", None]
            ),  # after Friday's close; before its open
        }
    )
    both = co_mentioned_pairs(stories, times, {"company:a": "A", "company:b": "B", "company:c": "C"})
    assert both.values.tolist() == [[pd.Timestamp("2026-05-04"), "A", "B"], [pd.Timestamp("2026-05-04"), "B", "C"]]
    assert co_mentioned_pairs(stories, times, {"company:a": "A"}).empty


def world(passed: float) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Shocks of A every tenth session, of which B, its customer, does a part; twenty others."""
    rng = np.random.default_rng(2)
    table = pd.DataFrame(rng.normal(0, 0.01, (400, 22)), DAYS, ["A", "B", *(f"C{n}" for n in range(20))])
    hit = DAYS[20:390:10]
    table.loc[hit, "A"] += rng.normal(0, 0.05, len(hit))
    table.loc[hit, "B"] += passed * table.loc[hit, "A"]
    return pd.DataFrame({"ticker": "A", "session": hit}), pd.DataFrame({"supplier": ["A"], "customer": ["B"]}), table


def test_a_shock_that_is_passed_on_is_said_to_spread_and_one_that_is_not_cannot_be_told() -> None:
    found = spillover(*world(0.5))
    assert spillover_head(found) == "It spreads to suppliers and customers"
    assert "Suppliers and customers, same and next day: +0." in spillover_sentence(found)
    nothing = spillover(*world(0.0))
    assert spillover_head(nothing) == "Cannot tell whether it spreads"
    assert "cannot tell: " in spillover_sentence(nothing)
    assert (
        "Their suppliers and customers, week after: cannot tell from 0 pairs on 0 dates; at least ten dates are needed."
        in spillover_sentence(nothing)
    )


FIRST = datetime(2026, 1, 5, 8, tzinfo=UTC)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Quiet days about Micron with a burst each third week, prices of its relations and of others."""
    path = tmp_path_factory.mktemp("spread") / "store.db"
    rng, items, begin = np.random.default_rng(5), [], datetime(2024, 9, 2, 12, tzinfo=UTC)
    for day in range(600):
        for number in range(6):
            burst = day % 21 == 0 and day > 300 and number < 5
            subjects = ("company:micron",) if burst or (number == 0 and day % 3 == 0) else ()
            made = article(
                f"Story {day} {number}",
                url=f"https://n.example/{day}/{number}",
                at=begin + timedelta(days=day, minutes=number),
            )
            items.append(linked(made, *subjects, story=-1 - len(items)))
    tickers = ["MU", "NVDA", "SPY", "AMD", "INTC", "AVGO", "MRVL", "QCOM", "TSM", "ASML"]
    level = dict.fromkeys(tickers, 100.0)
    bars = []
    for session in pd.bdate_range("2024-09-02", periods=425):
        for ticker in tickers:
            level[ticker] *= float(np.exp(rng.normal(0, 0.02)))
            bars.append(Bar(ticker=ticker, session=session.date(), open=None, high=None, low=None, close=level[ticker],
            volume=None,
                            currency="USD"))  # fmt: skip
    with open_store(path) as store:
        save(store, *items)
        save_prices(store, bars, [], provider="t", now=FIRST, catalog_hash="c")
    return path


def test_the_events_page_says_whether_it_spreads_and_its_lines_open_stories(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHOKEPOINT_DB", f"sqlite:///{path}")
    app = AppTest.from_file(str(APP), default_timeout=60).run()
    app.query_params["whose"] = "company:micron"
    app.query_params["from"] = "2025-06-01"
    app.switch_page("views/events.py").run()
    assert not app.exception, app.exception
    said = " ".join(str(part.proto.body) for part in app.get("html"))
    assert "Does it spread?" in said and "Cannot tell whether it spreads" in said
    traces = json.loads(app.get("plotly_chart")[0].proto.spec)["data"]
    point = next(trace["customdata"][0] for trace in traces if trace.get("customdata"))
    app.query_params["point"] = f"path.{point}"
    app.run()
    assert 'data-count="5"' in " ".join(str(part.proto.body) for part in app.get("html"))


def event_cells(app: AppTest) -> list[list[dict[str, Any]]]:
    """The cells of the table of events, row by row."""
    (table,) = [part.proto for part in app.get("bidi_component") if "table_event" in part.proto.id]
    return [row["cells"] for row in json.loads(json.loads(table.json)["json"])["rows"]]


def test_a_chosen_event_is_in_the_link_and_lists_all_its_stories(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHOKEPOINT_DB", f"sqlite:///{path}")
    app = AppTest.from_file(str(APP), default_timeout=60).run()
    app.query_params["whose"] = "company:micron"
    app.query_params["from"] = "2025-06-01"
    app.switch_page("views/events.py").run()
    point = event_cells(app)[0][1]["point"]
    app.query_params["point"] = f"event.{point}"
    app.run()
    assert not app.exception, app.exception
    said = " ".join(str(part.proto.body) for part in app.get("html"))
    heading = said.partition(" in the three days up to the session")[0].rpartition(">")[2]
    titles = said.count('class="cp-title"')
    assert heading == f"{titles} stories" == "6 stories"
    assert "Reaction by exchange" in said
    app.query_params["point"] = "event.company:micron~2001-01-01"
    assert not app.run().exception and "three days up to" not in " ".join(
        str(part.proto.body) for part in app.get("html")
    )


def test_events_near_a_readers_own_earnings_days_are_marked_and_left_out(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHOKEPOINT_DB", f"sqlite:///{path}")
    app = AppTest.from_file(str(APP), default_timeout=60).run()
    app.query_params["whose"] = "company:micron"
    app.query_params["from"] = "2025-06-01"
    app.switch_page("views/events.py").run()
    events = event_cells(app)
    near = pd.Timestamp(events[-1][1]["text"]).date()
    app.file_uploader(key="own_earnings").set_value(
        ("earnings.csv", f"ticker,date\nMU,{near}\n".encode(), "text/csv")
    ).run()
    assert not app.exception, app.exception
    assert [cells[-1]["text"] for cells in event_cells(app)] == [""] * (len(events) - 1) + ["near"]
    app.checkbox(key="without_earnings").check().run()
    assert len(events) == 1 and "near an earnings day" in " ".join(info.value for info in app.info)
