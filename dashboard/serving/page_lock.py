"""
Quick pages take turns.

Python runs one of them at a time anyway. Begun all at once, they would share it slice by slice, and each be done only when nearly
all are.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

QUICK = frozenset({"overview", "theme", "company", "compare", "articles"})
LONGEST_WAIT = 0.25  # seconds: then it begins all the same, for one that takes long must not hold up everybody

_free = threading.Lock()


@contextmanager
def turn(page: str) -> Iterator[None]:
    """Wait for a turn, and give it back after the block; at once for a page that may take long."""
    taken = page in QUICK and _free.acquire(timeout=LONGEST_WAIT)
    try:
        yield
    finally:
        if taken:
            _free.release()
