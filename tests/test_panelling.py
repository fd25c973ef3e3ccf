from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest
from two_years import fill

from analysis.attention import shares_by_period, spike_of, without_publisher
from dashboard.components.publisher_panel import panel_chart, spike_words

APP = Path(__file__).resolve().parent.parent / "dashboard" / "app.py"
WEEKS = pd.date_range("2026-01-05", periods=4, freq="7D")


def weeks(stories: list[int], abnormal: list[float]) -> pd.DataFrame:
    return pd.DataFrame({"period": WEEKS, "stories": stories, "abnormal": abnormal, "share": np.array(stories) / 100})


def test_the_highest_spike_is_the_most_unusual_period_that_has_stories() -> None:
    assert spike_of(weeks([5, 9, 2, 0], [0.1, 1.0, 2.0, 3.0])) == date(2026, 1, 19)
    assert spike_of(weeks([5, 9, 2, 0], [np.nan] * 4)) == date(2026, 1, 12)
    assert spike_of(weeks([0] * 4, [1.0] * 4)) is None


def said(publishers: dict[str, int], usual: int = 0) -> pd.DataFrame:
    rows = [(pd.Timestamp("2026-03-02"), name, n) for name, n in publishers.items()]
    rows += [(pd.Timestamp("2026-02-20"), name, usual * 28) for name in publishers if usual]
    return without_publisher(
        pd.DataFrame(rows, columns=["day", "publisher", "stories"]), start="2026-03-02", end="2026-03-02"
    )


def test_a_spike_is_told_without_its_loudest_publisher() -> None:
    words = spike_words(said({"a.example": 7, "b.example": 3}), "the highest spike", "Mon 2 Mar 2026")
    assert words.startswith(
        "Without a.example the highest spike (Mon 2 Mar 2026) is 70% lower, measured from the 28 days before: 7 of "
        "its 10"
    )
    assert words.endswith("Without b.example: 30% lower.")


def test_a_spike_that_falls_below_the_days_before_without_a_publisher_is_gone() -> None:
    days = [(pd.Timestamp("2026-02-20"), "b.example", 28), (pd.Timestamp("2026-03-02"), "a.example", 2)]
    found = without_publisher(
        pd.DataFrame(days, columns=["day", "publisher", "stories"]), start="2026-03-02", end="2026-03-02"
    )
    assert found["lower"].iloc[0] > 1
    words = spike_words(found, "the highest spike", "Mon 2 Mar 2026")
    assert words.startswith(
        "Without a.example the highest spike (Mon 2 Mar 2026) is gone, measured from the 28 days before: 2 of its 2"
    )


def test_a_period_that_is_no_spike_is_called_none() -> None:
    assert "is no higher than the 28 days before" in spike_words(
        said({"a.example": 2}, usual=5), "the chosen period", "Mon 2 Mar 2026"
    )
    assert (
        spike_words(said({}), "the chosen period", "Mon 2 Mar 2026")
        == "No story in the chosen period (Mon 2 Mar 2026)."
    )


def test_the_days_of_a_panel_add_up_to_its_weeks_and_thin_weeks_lean_on_the_others() -> None:
    days = pd.date_range("2026-01-05", periods=28)
    rng = np.random.default_rng(0)
    table = pd.DataFrame({"day": days, "n": rng.poisson(2, 28), "total": 20})
    shares = shares_by_period(table, "week")
    assert shares["n"].sum() == table["n"].sum() and shares["total"].tolist() == [140] * 4
    assert ((shares["shrunk_low"] <= shares["shrunk"]) & (shares["shrunk"] <= shares["shrunk_high"])).all()
    assert shares["shrunk"].std() <= shares["share"].std()
    assert len(panel_chart(shares, weeks([1, 2, 3, 4], [0.0] * 4)).data) == 4


@pytest.mark.parametrize(("page", "key"), [("theme", "theme:memory"), ("company", "company:micron")])
def test_a_click_tells_whose_the_period_is_and_the_panel_opens(
    page: str, key: str, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path_factory.getbasetemp() / "panelling.db"
    if not path.exists():
        fill(path)
    monkeypatch.setenv("CHOKEPOINT_DB", f"sqlite:///{path}")
    app = AppTest.from_file(str(APP), default_timeout=60).run()
    app.query_params[page] = key.partition(":")[2]
    app.switch_page(f"views/{page}.py").run()
    assert not app.exception, app.exception
    assert "the most unusual week" in html_of(app) or "the week with the most stories" in html_of(app)
    bars = next(trace for trace in json.loads(app.get("plotly_chart")[0].proto.spec)["data"] if trace["type"] == "bar")
    app.query_params["point"] = f"attention.{str(bars['customdata'][-1]).partition('~company')[0]}"
    app.run()
    assert "the chosen period" in html_of(app)
    app.session_state["fixed_panel"] = True
    app.run()
    assert not app.exception, app.exception
    assert "on the publishers present throughout" in html_of(
        app
    ) or "No publisher has a story in nine of ten weeks" in " ".join(c.value for c in app.caption)


def html_of(app: AppTest) -> str:
    return " ".join(str(part.proto.body) for part in app.get("html"))
