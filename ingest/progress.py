"""How far a long piece of work has come, for whoever shows it: the command line's bars, or a page of the app."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """`done` of `total` of a piece of work; `name` is what is at hand. A sentence says how the last one ended."""

    work: str  # "sources", "prices", a file's name
    name: str
    done: int
    total: int
    sentence: str = ""


Progress = Callable[[Step], None]


def unseen(step: Step) -> None:
    """For callers that show nothing."""
