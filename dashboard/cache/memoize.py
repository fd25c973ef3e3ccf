"""
Values kept for all people by what they were asked with: the newest used so many, each made once however many ask at the same time.

Instead of st.cache_resource where the arguments are plain values: putting its key together took 3 to 5 ms of each change.
"""

from __future__ import annotations

import functools
import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


def kept(most: int) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """
    A decorator that keeps the last used `most` values of a function of hashable arguments.

    A value is shared, not copied: nobody writes into it. One that could not be made (an exception) is tried again.
    """

    def decorate(make: Callable[P, T]) -> Callable[P, T]:
        values = _Values(most)

        @functools.wraps(make)
        def found(*args: P.args, **named: P.kwargs) -> T:
            # Not sorted: two orders of the same names are two entries, which costs less than sorting each time.
            key = (args, *named.items())
            return values.get(key, lambda: make(*args, **named))

        return found

    return decorate


class _Values:
    def __init__(self, most: int) -> None:
        self.most = most
        self.lock = threading.Lock()
        self.known: OrderedDict[Any, Any] = OrderedDict()
        self.making: dict[Any, threading.RLock] = {}

    def get(self, key: Any, make: Callable[[], Any]) -> Any:
        with self.lock:
            if key in self.known:
                self.known.move_to_end(key)
                return self.known[key]
            turn = self.making.setdefault(key, threading.RLock())
        with turn:
            with self.lock:
                if key in self.known:  # another asked at the same time
                    return self.known[key]
            try:
                value = make()
                with self.lock:
                    self.known[key] = value
                    while len(self.known) > self.most:
                        self.known.popitem(last=False)
            finally:
                with self.lock:
                    self.making.pop(key, None)
        return value
