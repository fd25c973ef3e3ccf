"""
How long the server takes from a changed filter to the finished page, over the socket that a browser uses.

A store of one's own is named by CHOKEPOINT_BENCH_STORE; without it, the bundled sample. Each change is new to the caches.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import sys
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import urlencode

from browsing import running_app
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import connect

CHANGES = 50
PAGES = {"overview": "", "theme": "theme", "company": "company", "articles": "articles"}
THEMES = ("memory", "optics", "power", "space", "compute", "foundry", "cloud", "ai_labs")
COMPANIES = ("nvidia", "micron", "amd", "tsmc", "sk-hynix", "broadcom", "intel", "openai")


def main() -> None:
    store = os.environ.get("CHOKEPOINT_BENCH_STORE", "")
    with running_app(Path(store) if store else None) as address:
        print(f"store: {store or 'the bundled sample'}; {CHANGES} changes a page, each with dates or values not seen before")
        for page in PAGES:
            report(page, *asyncio.run(measured(address, page)))


def report(page: str, wall: list[float], cpu: float) -> None:
    quick = statistics.quantiles(wall, n=20)
    print(
        f"{page:9} p50 {statistics.median(wall) * 1000:5.0f} ms   p95 {quick[18] * 1000:5.0f} ms   "
        f"processor time a change {cpu / len(wall) * 1000:5.0f} ms"
    )


async def measured(address: str, page: str) -> tuple[list[float], float]:
    """Wall seconds of each change, and the server's processor seconds over all of them."""
    wall: list[float] = []
    async with connect(address.replace("http", "ws") + "/_stcore/stream", subprotocols=["streamlit"], max_size=None) as socket_:
        for query in [*changes(page, 2, 900), None, *changes(page, CHANGES, 0)]:
            if query is None:
                begun_cpu = processor_seconds()
                wall.clear()
                continue
            message = BackMsg()
            message.rerun_script.query_string = urlencode(query, doseq=True)
            message.rerun_script.page_name = PAGES[page]
            message.rerun_script.page_script_hash = ""
            begun = time.perf_counter()
            await socket_.send(message.SerializeToString())
            await finished(socket_)
            wall.append(time.perf_counter() - begun)
    return wall, processor_seconds() - begun_cpu


async def finished(socket_: object) -> None:
    """Wait until the script says that it is done."""
    while True:
        answer = ForwardMsg()
        answer.ParseFromString(await asyncio.wait_for(socket_.recv(), 60))  # type: ignore[attr-defined]
        if answer.WhichOneof("type") == "script_finished":
            return


def changes(page: str, number: int, seed: int) -> Iterator[dict[str, str]]:
    """Queries that differ in dates, grain, measure and the page's own value."""
    for n in range(seed, seed + number):
        start = date(2024, 6, 1) + timedelta(days=(n * 11) % 400)
        query = {
            "from": str(start),
            "to": str(start + timedelta(days=200 + (n * 7) % 150)),
            "grain": ("week", "month", "day")[n % 3],
            "measure": ("share", "stories", "abnormal", "articles")[n % 4],
        }
        own = {"theme": THEMES[n % 8]} if page == "theme" else {"company": COMPANIES[n % 8]} if page == "company" else {}
        yield query | (own or ({"q": ("HBM", "存储", "Micron", "power")[n % 4]} if page == "articles" else {}))


def processor_seconds() -> float:
    """User and system time of the processes that this one started (Linux)."""
    total = 0
    for child in Path(f"/proc/self/task/{os.getpid()}/children").read_text().split():
        fields = Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()
        total += int(fields[11]) + int(fields[12])
    return total / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent))
    main()
