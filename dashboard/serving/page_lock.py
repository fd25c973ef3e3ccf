"""
Serialise quick pages to reduce contention for the interpreter lock.

Python runs one of them at a time anyway. Started together, they would share it slice by slice, and each be done only
when nearly all are.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from dashboard.page_data import Page

LONGEST_WAIT = 0.25  # seconds: then a page starts all the same, for a slow one must not hold up everybody

_free = threading.Lock()


@contextmanager
def page_turn(page: Page) -> Iterator[None]:
    """Wait for a turn, and give it back after the block; at once for a page that may take long."""
    taken = page.is_quick and _free.acquire(timeout=LONGEST_WAIT)
    try:
        yield
    finally:
        if taken:
            _free.release()
