"""
LRU caches shared by all sessions; concurrent misses compute a value once.

Instead of st.cache_resource where the arguments are plain values: building its key took 3 to 5 ms of each change, and a
module that uses it cannot be imported without Streamlit.
"""

from __future__ import annotations

import functools
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, Generic, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

_caches: list[Cached[Any, Any]] = []


class Cached(Generic[P, T]):
    """A function of hashable arguments with its last used `size` values. Values are shared, not copied: never write into one."""

    def __init__(self, make: Callable[P, T], size: int, seconds: float | None) -> None:
        functools.update_wrapper(self, make)
        self._make, self._size, self._seconds = make, size, seconds
        self._lock = threading.Lock()
        self._values: OrderedDict[Hashable, tuple[float, T]] = OrderedDict()
        self._making: dict[Hashable, threading.RLock] = {}
        _caches.append(self)

    def __call__(self, *args: P.args, **named: P.kwargs) -> T:
        # Not sorted: two orders of the same names are two entries, which costs less than sorting each time.
        key = (args, *named.items())
        known = self._known(key)
        if known is not None:
            return known[1]
        with self._lock:
            turn = self._making.setdefault(key, threading.RLock())
        with turn:
            known = self._known(key)  # another thread may have made it meanwhile
            return known[1] if known is not None else self._made(key, args, named)

    def clear(self) -> None:
        with self._lock:
            self._values.clear()

    def _known(self, key: Hashable) -> tuple[float, T] | None:
        with self._lock:
            known = self._values.get(key)
            if known is None or (self._seconds is not None and time.monotonic() - known[0] > self._seconds):
                return None
            self._values.move_to_end(key)
            return known

    def _made(self, key: Hashable, args: Any, named: Any) -> T:
        try:
            value = self._make(*args, **named)
            with self._lock:
                self._values[key] = (time.monotonic(), value)
                self._values.move_to_end(key)
                while len(self._values) > self._size:
                    self._values.popitem(last=False)
        finally:
            # A value that could not be made is tried again by whoever asks next.
            with self._lock:
                self._making.pop(key, None)
        return value


def clear_all() -> None:
    """Forget everything: what is read next comes from the stores."""
    for cache in _caches:
        cache.clear()


def memoize(size: int, *, seconds: float | None = None) -> Callable[[Callable[P, T]], Cached[P, T]]:
    """A decorator: keep the `size` values used last, each for `seconds` where given."""
    return lambda make: Cached(make, size, seconds)


few, many = memoize(24), memoize(400)
"""Sizes for large values (300 companies on 1,000 days take 5 MB) and for small ones."""
