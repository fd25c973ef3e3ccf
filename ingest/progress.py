"""How far a run is: what it reports while it works, and whoever shows it receives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """`done` of `total` in a piece of work; `name` is the current item. A sentence reports how the last item ended."""

    work: str  # "sources", "prices", a file's name
    name: str
    done: int
    total: int
    sentence: str = ""


Progress = Callable[[Step], None]


def no_progress(step: Step) -> None:
    """For callers that show nothing."""
