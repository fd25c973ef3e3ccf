"""A whole archive of real article records into a fresh store by the command line, and again."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from data.db import open_store
from data.queries import Filters, coverage_by_day
from data.queries import span as span_of
from reference import FOLDER, ROOT


def main() -> None:
    files = sorted((FOLDER / "data" / "news").glob("*.jsonl.gz"))
    if not files:
        print("The reference folder is absent: nothing was measured.")
        return
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder) / "archive.db"
        first = imported(files, store)
        articles = stored(store)
        size = store.stat().st_size
        print(f"{articles:,} articles from {len(files)} files in {first:.1f} s: {articles / first:,.0f} articles/s")
        print(f"largest process {peak_mb():,.0f} MB; store {size / 1e6:,.0f} MB, {size / articles:,.0f} bytes an article")
        again = imported(files, store)
        print(f"again, with nothing new: {again:.1f} s, {again / first:.2f} of the first run; {stored(store) - articles} articles more")


def imported(files: list[Path], store: Path) -> float:
    """Seconds that `python -m ingest file` took."""
    begun = time.perf_counter()
    command = [sys.executable, "-m", "ingest", "file", *map(str, files), "--store", str(store)]
    subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.DEVNULL, env=os.environ)
    return time.perf_counter() - begun


def stored(path: Path) -> int:
    with open_store(path, create=False) as store:
        days = span_of(store)
        return 0 if days is None else int(coverage_by_day(store, Filters(start=days[0], end=days[1]))["articles"].sum())


def peak_mb() -> float:
    """The largest process that was waited for, in MB (Linux counts in kB, macOS in bytes)."""
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return peak / (1e6 if sys.platform == "darwin" else 1e3)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent))
    main()
