"""The command on real data, on a tiny store: it counts one family and says what it needs."""

from __future__ import annotations

from pathlib import Path

import pytest
from more_pages import fill

from builders import NOW, article, linked, save
from data.schema.store import open_store
from tests.studies import real_family


def test_every_theme_and_priced_company_is_one_family(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fill(tmp_path / "s.db")
    with open_store(tmp_path / "s.db") as store:
        world = real_family.world_of(store)
        assert set(world.against.values()) == {"basket", "MU", "NVDA", "000660.KS"}
        claim = real_family.naive(world, "company:micron")
        assert claim.lag != 0 and claim.claimed == (abs(claim.r) * claim.n**0.5 > 1.96)
    real_family.main(tmp_path / "s.db", None)
    said = capsys.readouterr().out
    assert f"0 of {len(world.against)} survive" in said
    assert "Sudden attention to any company: " in said


def test_a_store_without_prices_is_told_what_it_needs(tmp_path: Path) -> None:
    with open_store(tmp_path / "s.db") as store:
        save(store, linked(article(at=NOW), "company:micron"))
    with pytest.raises(SystemExit, match="needs stories and prices of SPY"):
        real_family.main(tmp_path / "s.db", None)
    with pytest.raises(SystemExit, match="There is no store at"):
        real_family.main(tmp_path / "absent.db", None)
