"""
LRU caches shared by all sessions; concurrent misses compute a value once.

Used instead of st.cache_resource where the arguments are simple values: building its key took 3 to 5 ms of each rerun,
and a module that uses it cannot be imported without Streamlit.
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
    """
    A function of hashable arguments with the `size` values used last. Values are shared, not copied: never modify one.
    """

    def __init__(self, compute: Callable[P, T], size: int, seconds: float | None) -> None:
        functools.update_wrapper(self, compute)
        self._compute, self._size, self._seconds = compute, size, seconds
        self._lock = threading.Lock()
        self._values: OrderedDict[Hashable, tuple[float, T]] = OrderedDict()
        self._key_locks: dict[Hashable, threading.RLock] = {}
        _caches.append(self)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> T:
        # Not sorted: two orders of the same names are two entries, which costs less than sorting each time.
        key = (args, *kwargs.items())
        entry = self._cached(key)
        if entry is not None:
            return entry[1]
        with self._lock:
            key_lock = self._key_locks.setdefault(key, threading.RLock())
        with key_lock:
            entry = self._cached(key)  # another thread may have computed it meanwhile
            return entry[1] if entry is not None else self._computed(key, args, kwargs)

    def clear(self) -> None:
        with self._lock:
            self._values.clear()

    def _cached(self, key: Hashable) -> tuple[float, T] | None:
        with self._lock:
            entry = self._values.get(key)
            if entry is None or (self._seconds is not None and time.monotonic() - entry[0] > self._seconds):
                return None
            self._values.move_to_end(key)
            return entry

    def _computed(self, key: Hashable, args: Any, kwargs: Any) -> T:
        try:
            value = self._compute(*args, **kwargs)
            with self._lock:
                self._values[key] = (time.monotonic(), value)
                self._values.move_to_end(key)
                while len(self._values) > self._size:
                    self._values.popitem(last=False)
        finally:
            # A value that could not be computed is tried again at the next call.
            with self._lock:
                self._key_locks.pop(key, None)
        return value


def clear_all() -> None:
    """Empty all caches: whatever is read next comes from the stores."""
    for cache in _caches:
        cache.clear()


def memoize(size: int, *, seconds: float | None = None) -> Callable[[Callable[P, T]], Cached[P, T]]:
    """A decorator: cache the `size` values used last, each for `seconds` where given."""
    return lambda compute: Cached(compute, size, seconds)


cache_few, cache_many = memoize(24), memoize(400)
"""Sizes for large values (300 companies on 1,000 days take 5 MB) and for small ones."""
