"""Quick pages take turns."""

from __future__ import annotations

import threading
import time

import pytest

from dashboard.page_data import PAGES, Page
from dashboard.serving import page_lock
from dashboard.serving.page_lock import page_turn

QUICK, SLOW = PAGES["theme"], PAGES["lead_lag"]


def test_a_turn_is_given_back_when_a_page_fails() -> None:
    with pytest.raises(OSError, match="busy"), page_turn(QUICK):
        raise OSError("busy")
    begun = time.perf_counter()
    with page_turn(QUICK):
        assert time.perf_counter() - begun < page_lock.LONGEST_WAIT


def test_one_that_takes_long_holds_nobody_up_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_lock, "LONGEST_WAIT", 0.05)
    done: list[str] = []
    with page_turn(QUICK):
        other = threading.Thread(target=lambda: done.append(enter(PAGES["company"])))
        other.start()
        other.join(5)
    assert done == ["company"]


def test_a_page_that_may_take_long_neither_waits_nor_makes_others_wait() -> None:
    with page_turn(QUICK), page_turn(SLOW):
        pass
    with page_turn(SLOW), page_turn(QUICK):
        assert page_lock._free.locked()
    assert not page_lock._free.locked()


def enter(page: Page) -> str:
    with page_turn(page):
        return page.name
