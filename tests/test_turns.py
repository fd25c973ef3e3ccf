"""Pages take turns."""

from __future__ import annotations

import threading
import time

import pytest

from dashboard.address import menu
from dashboard.serving import page_lock
from dashboard.serving.page_lock import turn


def test_only_pages_of_the_menu_are_quick():
    assert menu.PAGES.keys() >= page_lock.QUICK


def test_a_turn_is_given_back_when_a_page_fails():
    with pytest.raises(OSError, match="busy"), turn("theme"):
        raise OSError("busy")
    begun = time.perf_counter()
    with turn("theme"):
        assert time.perf_counter() - begun < page_lock.LONGEST_WAIT


def test_one_that_takes_long_holds_nobody_up_for_ever(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(page_lock, "LONGEST_WAIT", 0.05)
    done = []
    with turn("theme"):
        other = threading.Thread(target=lambda: done.append(enter("company")))
        other.start()
        other.join(5)
    assert done == ["company"]


def test_a_page_that_may_take_long_neither_waits_nor_makes_others_wait():
    with turn("theme"), turn("lead_lag"):
        pass
    with turn("lead_lag"), turn("theme"):
        assert page_lock._free.locked()
    assert not page_lock._free.locked()


def enter(page: str) -> str:
    with turn(page):
        return page
