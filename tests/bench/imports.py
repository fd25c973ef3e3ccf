"""A whole archive of real article records into a fresh store by the command line, and again."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from data.read.attention import Filters, coverage_by_day
from data.read.attention import span as span_of
from data.schema.store import open_store
from ingest.parse.files import count_lines
from tests.reference import FOLDER, ROOT


def main() -> None:
    files = sorted((FOLDER / "data" / "news").glob("*.jsonl.gz"))
    if not files:
        print("The reference folder is absent: nothing was measured.")
        return
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder) / "archive.db"
        records = sum(count_lines(path) for path in files)
        first, memory = imported(files, store)
        articles = stored(store)
        size = store.stat().st_size
        print(
            f"{records:,} records of {len(files)} files in {first:.1f} s: {records / first:,.0f}/s; {articles:,} "
            "articles stored"
        )
        print(f"all processes together {memory:,.0f} MB at most, the largest {peak_mb():,.0f} MB")
        print(f"store {size / 1e6:,.0f} MB, {size / articles:,.0f} bytes an article")
        again, _ = imported(files, store)
        print(
            f"again, with nothing new: {again:.1f} s, {again / first:.2f} of the first run; "
            f"{stored(store) - articles} articles more"
        )


def imported(files: list[Path], store: Path) -> tuple[float, float]:
    """
    Seconds that `python -m ingest file` took, and the most memory of all its processes together, in MB (0 but on
    Linux).
    """
    begun, most = time.perf_counter(), 0.0
    command = [sys.executable, "-m", "ingest", "file", *map(str, files), "--store", str(store)]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=os.environ
    ) as process:
        while process.poll() is None:
            most = max(most, family_mb(process.pid))
            time.sleep(0.5)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return time.perf_counter() - begun, most


def family_mb(pid: int) -> float:
    """What a process and those it started hold of memory, what they share counted once."""
    parts = Path(f"/proc/{pid}")
    try:
        own = int((parts / "smaps_rollup").read_text().split("Pss:")[1].split()[0]) / 1e3
        children = (parts / "task" / str(pid) / "children").read_text().split()
    except OSError:  # it ended a moment ago, or this is not Linux
        return 0.0
    return own + sum(family_mb(int(child)) for child in children)


def stored(path: Path) -> int:
    with open_store(path, create=False) as store:
        days = span_of(store)
        return 0 if days is None else int(coverage_by_day(store, Filters(start=days[0], end=days[1]))["articles"].sum())


def peak_mb() -> float:
    """The largest process that was waited for, in MB (Linux counts in kB, macOS in bytes)."""
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return peak / (1e6 if sys.platform == "darwin" else 1e3)


if __name__ == "__main__":
    main()
