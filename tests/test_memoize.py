"""Values that are kept for all people."""

from __future__ import annotations

import threading
import time

import pytest

from dashboard.cache.memoize import memoize


def test_a_value_is_made_once_for_the_same_arguments():
    made = []

    @memoize(10)
    def doubled(number: int, *, times: int = 2) -> int:
        made.append(number)
        return number * times

    assert [doubled(1), doubled(1), doubled(2), doubled(1, times=3)] == [2, 2, 4, 3]
    assert made == [1, 2, 1]


def test_the_value_that_was_not_used_for_longest_is_forgotten():
    made = []

    @memoize(2)
    def same(name: str) -> str:
        made.append(name)
        return name

    for name in "abacaba":
        same(name)
    assert made == ["a", "b", "c", "b"]


def test_a_value_that_could_not_be_made_is_tried_again():
    tries = []

    @memoize(2)
    def second_time(name: str) -> str:
        tries.append(name)
        if len(tries) == 1:
            raise OSError("busy")
        return name

    with pytest.raises(OSError, match="busy"):
        second_time("a")
    assert second_time("a") == "a"


def test_those_who_ask_at_the_same_time_wait_for_one_making():
    made = []

    @memoize(2)
    def slow(name: str) -> str:
        made.append(name)
        time.sleep(0.1)
        return name

    threads = [threading.Thread(target=slow, args=("a",)) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == ["a"]


def test_a_kept_function_may_ask_another_and_itself():
    @memoize(10)
    def steps(number: int) -> int:
        return 0 if number == 0 else steps(number - 1) + 1

    assert steps(5) == 5
