"""The same changes on a store and on one ten times as large (tests/tenfold.py), in turns: the ratio of their times."""

from __future__ import annotations

import asyncio
import shutil
import statistics
import tempfile
import time
from pathlib import Path

from tests.bench.pages import MEASURED, WARM_UPS, bench_store, changed, changes, load_words, visitor
from tests.bench.tenfold_store import make_tenfold
from tests.browsing import running_app, sample_store

CHANGES = 30


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        small, large = bench_store() or sample(Path(folder) / "small.db"), Path(folder) / "large.db"
        begun = time.perf_counter()
        make_tenfold(small, large)
        sizes = [f"{path.stat().st_size / 1e6:,.0f} MB" for path in (small, large)]
        print(
            f"{' against '.join(sizes)}, made in {time.perf_counter() - begun:.0f} s; {CHANGES} changes a page; "
            f"{load_words()}"
        )
        with running_app(small) as first, running_app(large) as second:
            for page in MEASURED:
                one, other = asyncio.run(in_turns(first, second, page))
                print(f"{page:9} p50 {one * 1000:5.0f} ms against {other * 1000:5.0f} ms: ratio {other / one:.2f}")


def sample(path: Path) -> Path:
    """A copy of the bundled sample's store."""
    return Path(shutil.copyfile(sample_store(), path))


async def in_turns(first: str, second: str, page: str) -> tuple[float, float]:
    """The median wall seconds of a change on each."""
    wall: tuple[list[float], list[float]] = ([], [])
    async with visitor(first) as one, visitor(second) as other:
        queries = [*changes(page, WARM_UPS, 900), *changes(page, CHANGES, 0)]
        for number, query in enumerate(queries):
            for place in (0, 1) if number % 2 else (1, 0):
                wall[place].append(await changed((one, other)[place], page, query))
    return statistics.median(wall[0][WARM_UPS:]), statistics.median(wall[1][WARM_UPS:])


if __name__ == "__main__":
    main()
