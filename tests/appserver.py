"""A running app for tests that need a real server: started on a free port, stopped afterwards."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningApp:
    address: str  # http://127.0.0.1:PORT
    pid: int


@contextmanager
def running_app(folder: Path, *, store: str = "", seconds: float = 150) -> Iterator[RunningApp]:
    """The app on a store, or on the bundled sample, which is loaded into `folder`."""
    port = free_port()
    # Neither a store nor a proxy of the machine that runs the tests may come in.
    env = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    env |= {"CHOKEPOINT_SAMPLE_DB": f"sqlite:///{folder}/sample.db"}
    env.pop("CHOKEPOINT_DB", None)
    command = [sys.executable, "-m", "dashboard", "--port", str(port)]
    env |= {} if store else {"CHOKEPOINT_DB": f"sqlite:///{folder}/absent.db"}
    with (folder / "app.log").open("wb") as log:
        process = subprocess.Popen(
            [*command, *(["--store", store] if store else [])], cwd=ROOT, env=env, stdout=log, stderr=subprocess.STDOUT
        )
        try:
            wait_for(f"http://127.0.0.1:{port}/healthz", process, seconds=seconds)
            yield RunningApp(address=f"http://127.0.0.1:{port}", pid=process.pid)
        finally:
            process.terminate()
            process.wait(20)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for(address: str, process: subprocess.Popen[bytes], *, seconds: float) -> None:
    """Until the address answers; TimeoutError when it does not, or when the process has ended."""
    until = time.monotonic() + seconds
    while time.monotonic() < until and process.poll() is None:
        try:
            urllib.request.urlopen(address, timeout=5).close()
        except (OSError, urllib.error.URLError):
            time.sleep(0.2)
        else:
            return
    raise TimeoutError(f"{address} did not answer within {seconds:.0f} s")
