from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from two_years import fill

from dashboard.components.frame import EVERYBODY
from data.people.hypotheses import hypotheses_of
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
    table = next(frame.value for frame in app.dataframe if "p, all counted" in frame.value)
    assert {"Memory", "Optics", "Micron Technology", "NVIDIA", "Lumentum"} <= set(table["coverage of"])
    said = " ".join(str(part.proto.body) for part in app.get("html"))
    assert f"0 of {len(table)} significant" in said
    with open_store(tmp_path / "s.db") as store:
        looks = hypotheses_of(store, EVERYBODY)
    assert len(looks) >= len(table)


def test_without_prices_the_page_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(tmp_path / "s.db")
    monkeypatch.setenv("CHOKEPOINT_DB", f"sqlite:///{tmp_path / 's.db'}")
    app = AppTest.from_file(str(APP), default_timeout=120).run()
    app.query_params.update({"mode": "all", "market": "SOXX"})
    app.switch_page("views/lead_lag.py").run()
    assert any("no prices" in info.value for info in app.info)
