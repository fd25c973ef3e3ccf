from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from two_years import fill

from dashboard.components.frame import BROWSER_COOKIE
from data.people.hypotheses import begin_new_count, family_size, hypotheses_of, ledgers_of, record_hypothesis
from data.schema.store import open_store

APP = Path(__file__).resolve().parent.parent / "dashboard" / "app.py"


def test_all_pairs_at_once_are_one_family_and_each_counts_as_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(tmp_path / "s.db")
    monkeypatch.setenv("CHOKEPOINT_DB", f"sqlite:///{tmp_path / 's.db'}")
    app = AppTest.from_file(str(APP), default_timeout=120).run()
    app.query_params["mode"] = "all"
    app.switch_page("views/lead_lag.py").run()
    assert not app.exception, app.exception
    assert any("This looks at 15 analyses that you have not looked at yet" in info.value for info in app.info)
    with open_store(tmp_path / "s.db") as store:
        assert hypotheses_of(store, app.session_state[BROWSER_COOKIE]).empty
    app.button(key="count_all").click().run()
    table = next(frame.value for frame in app.dataframe if "p, all counted" in frame.value)
    assert {"Memory", "Optics", "Micron Technology", "NVIDIA", "Lumentum"} <= set(table["coverage of"])
    said = " ".join(str(part.proto.body) for part in app.get("html"))
    assert f"0 of {len(table)} significant" in said
    with open_store(tmp_path / "s.db") as store:
        looks = hypotheses_of(store, app.session_state[BROWSER_COOKIE])
    assert len(looks) >= len(table)


def test_a_new_count_keeps_the_old_one_and_its_reason(tmp_path: Path) -> None:
    now = datetime(2026, 12, 1, tzinfo=UTC)
    with open_store(tmp_path / "s.db") as store:
        record_hypothesis(store, analyst="ada", kind="viewed", what={"talk": "theme:memory"}, now=now)
        begin_new_count(store, "ada", reason="another question", now=now)
        assert ledgers_of(store, "ada") == ["ada", "ada #2"]
        assert family_size(store, "ada #2") == 0
        assert record_hypothesis(store, analyst="ada #2", kind="viewed", what={"talk": "theme:memory"}, now=now)
        old = hypotheses_of(store, "ada")
        assert old.loc[old["kind"] == "reset", "what"].iloc[0]["reason"] == "another question"
        assert ledgers_of(store, "bob") == ["bob"]


def test_without_prices_the_page_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(tmp_path / "s.db")
    monkeypatch.setenv("CHOKEPOINT_DB", f"sqlite:///{tmp_path / 's.db'}")
    app = AppTest.from_file(str(APP), default_timeout=120).run()
    app.query_params.update({"mode": "all", "market": "SOXX"})
    app.switch_page("views/lead_lag.py").run()
    assert any("no prices" in info.value for info in app.info)
