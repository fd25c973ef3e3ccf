"""
Fifty people at once, each with five seconds on average between a finished page and the next click: how long each change
takes, and errors.

Each pauses for 2.5 to 7.5 seconds: with the same pause for all, those who once waited together would click together for
ever.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator

from websockets.exceptions import WebSocketException

from tests.bench.pages import bench_store, changed, changes, load_words, processor_seconds, quantiles, visitor
from tests.browsing import running_app

PEOPLE = 50
THINKING = 5.0  # seconds
LASTS = 40.0  # seconds
PAGES = ("overview", "theme", "company", "articles")


def main() -> None:
    with running_app(bench_store()) as address:
        before = processor_seconds()
        wall, errors = asyncio.run(crowd(address))
        busy = (processor_seconds() - before) / LASTS
    print(
        f"{PEOPLE} people, {THINKING:.0f} s between clicks, {LASTS:.0f} s: {len(wall)} changes, {quantiles(wall)}   "
        f"{len(errors)} errors   server busy {busy:.0%} of a core; {load_words()}, these clients among it"
    )
    for error in sorted(set(errors))[:5]:
        print(f"  {error}")


async def crowd(address: str) -> tuple[list[float], list[str]]:
    """The wall seconds of every change after each one's first page, and what went wrong."""
    wall: list[float] = []
    errors: list[str] = []
    await asyncio.gather(*(person(address, number, wall, errors) for number in range(PEOPLE)))
    return wall, errors


async def person(address: str, number: int, wall: list[float], errors: list[str]) -> None:
    chance = random.Random(number)
    page = PAGES[number % len(PAGES)]
    queries: Iterator[dict[str, str]] = changes(page, 1_000, number * 17)
    await asyncio.sleep(chance.uniform(0, THINKING))
    until = asyncio.get_running_loop().time() + LASTS
    try:
        async with visitor(address) as socket_:
            await changed(socket_, page, next(queries))
            while asyncio.get_running_loop().time() < until:
                await asyncio.sleep(chance.uniform(0.5, 1.5) * THINKING)
                wall.append(await changed(socket_, page, next(queries)))
    except (OSError, TimeoutError, RuntimeError, WebSocketException) as error:
        errors.append(f"{type(error).__name__}: {error}")


if __name__ == "__main__":
    main()
