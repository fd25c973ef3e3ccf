"""
How long the server takes from a changed filter to the finished page, over the socket that a browser uses.

A store of one's own is named by CHOKEPOINT_BENCH_STORE; without it, the bundled sample. Each change is new to the
caches.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import urlencode

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

from tests.browsing import running_app

CHANGES = 50
WARM_UPS = 3
PAGES = {name: name for name in ("theme", "company", "articles", "compare", "network")} | {"overview": ""}
MEASURED = ("overview", "theme", "company", "articles", "compare", "network")
THEMES = ("memory", "optics", "power", "space", "compute", "foundry", "cloud", "ai_labs")
COMPANIES = ("nvidia", "micron", "amd", "tsmc", "sk-hynix", "broadcom", "intel", "openai")


def main() -> None:
    store = bench_store()
    with running_app(store) as address:
        print(
            f"store: {store or 'the bundled sample'}; {CHANGES} changes a page, each with dates or values not seen "
            f"before; {load_words()}"
        )
        for page in MEASURED:
            wall, cpu = asyncio.run(measured(address, page))
            print(f"{page:9} {quantiles(wall)}   processor time a change {cpu / len(wall) * 1000:5.0f} ms")
    print(f"(at the end: {load_words()})")


def bench_store() -> Path | None:
    """The store to measure on; None for the bundled sample."""
    named = os.environ.get("CHOKEPOINT_BENCH_STORE", "")
    return Path(named) if named else None


def load_words() -> str:
    """Wall-clock figures mean little without it."""
    return f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"


def quantiles(seconds: Sequence[float]) -> str:
    p95 = statistics.quantiles(seconds, n=20)[18]
    return f"p50 {statistics.median(seconds) * 1000:5.0f} ms   p95 {p95 * 1000:5.0f} ms"


async def measured(address: str, page: str, *, number: int = CHANGES) -> tuple[list[float], float]:
    """Wall seconds of each change, and the server's processor seconds over all of them."""
    async with visitor(address) as socket_:
        for query in changes(page, WARM_UPS, 900):
            await changed(socket_, page, query)
        begun = processor_seconds()
        wall = [await changed(socket_, page, query) for query in changes(page, number, 0)]
    return wall, processor_seconds() - begun


@asynccontextmanager
async def visitor(address: str) -> AsyncIterator[ClientConnection]:
    """A connection as a browser opens it."""
    url = address.replace("http", "ws") + "/_stcore/stream"
    async with connect(url, subprotocols=["streamlit"], max_size=None) as socket_:  # type: ignore[list-item]
        yield socket_


async def changed(socket_: ClientConnection, page: str, query: dict[str, str]) -> float:
    """The wall seconds from a change to the finished page. RuntimeError when the page failed."""
    message = BackMsg()
    message.rerun_script.query_string = urlencode(query, doseq=True)
    message.rerun_script.page_name = PAGES[page]
    message.rerun_script.page_script_hash = ""
    begun = time.perf_counter()
    await socket_.send(message.SerializeToString())
    while True:
        answer = ForwardMsg()
        answer.ParseFromString(await asyncio.wait_for(socket_.recv(), 60))  # type: ignore[arg-type]
        if answer.delta.new_element.WhichOneof("type") in ("exception", "alert") and "failed" in str(
            answer.delta.new_element
        ):
            raise RuntimeError(f"{page} failed for {query}")
        if answer.WhichOneof("type") == "script_finished":
            return time.perf_counter() - begun


def changes(page: str, number: int, seed: int) -> Iterator[dict[str, str]]:
    """Queries that differ in dates, grain, measure and the page's own value."""
    own: dict[str, tuple[str, tuple[str, ...]]] = {
        "theme": ("theme", THEMES),
        "company": ("company", COMPANIES),
        "articles": ("q", ("HBM", "存储", "", "Micron", "power")),
        "network": ("kind", ("company", "theme")),
    }
    for n in range(seed, seed + number):
        start = date(2024, 6, 1) + timedelta(days=(n * 11) % 400)
        query = {
            "from": str(start),
            "to": str(start + timedelta(days=200 + (n * 7) % 150)),
            "grain": ("week", "month", "day")[n % 3],
            "measure": ("share", "stories", "abnormal", "articles")[n % 4],
        }
        if page in own:
            name, values = own[page]
            query[name] = values[n % len(values)]
        yield query


def processor_seconds() -> float:
    """User and system time of the processes that this one started (Linux)."""
    total = 0
    for child in Path(f"/proc/self/task/{os.getpid()}/children").read_text().split():
        fields = Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()
        total += int(fields[11]) + int(fields[12])
    return total / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
