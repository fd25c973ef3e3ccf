"""
`make bench`: every benchmark of the project, one after the other. Each prints what it measured and on how much.

Ratios are taken within one run, since machines differ: read them rather than the absolute figures.
"""

from __future__ import annotations

import importlib
import os
import platform
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent


def main(names: list[str]) -> None:
    """Run the named benchmarks (`bench_link` or `link`), or all of them."""
    sys.path.insert(0, str(HERE))
    wanted = {name.removeprefix("bench_") for name in names}
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.machine()}")
    for path in sorted(HERE.glob("bench_*.py")):
        name = path.stem.removeprefix("bench_")
        if wanted and name not in wanted:
            continue
        print(f"\n## {name}", flush=True)
        begun = time.perf_counter()
        importlib.import_module(path.stem).main()
        print(f"({time.perf_counter() - begun:.0f} s)", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
