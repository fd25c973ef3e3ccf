"""
`make bench`: every benchmark, one after the other. Each prints what it measured and on how many items.

Ratios are taken within one run, since machines differ: read them rather than the absolute figures.
"""

from __future__ import annotations

import importlib
import os
import pkgutil
import platform
import sys
import time

from tests import bench

NOT_MEASURED = {"__main__", "tenfold_store"}


def main(names: list[str]) -> None:
    """Run the named benchmarks, or all of them."""
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.machine()}")
    known = {module.name for module in pkgutil.iter_modules(bench.__path__)} - NOT_MEASURED
    if unknown := set(names) - known:
        raise SystemExit(f"There is no benchmark {', '.join(sorted(unknown))}: there are {', '.join(sorted(known))}.")
    for name in sorted(names or known):
        print(f"\n## {name}", flush=True)
        start = time.perf_counter()
        importlib.import_module(f"tests.bench.{name}").main()
        print(f"({time.perf_counter() - start:.0f} s)", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
