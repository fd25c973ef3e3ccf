"""
The child process that parses what strangers wrote: `python -m ingest.parse.worker`, started by `sandbox.py`.

    task  →  parse_feed | parse_page  →  articles, or the sentence of a ParseError

Before its first task it gives up opening any file but libraries, reaching the network and starting programs. On POSIX
its memory and the processor time of each task are limited too. An attempt to go beyond ends the process, and the parent
reports it.
"""

from __future__ import annotations

import os
import sys
import zoneinfo
from contextlib import suppress
from pathlib import Path

from data.errors import ParseError
from ingest.parse.entries import Hints, Parsed
from ingest.parse.feeds import parse_feed
from ingest.parse.page import parse_page
from ingest.parse.sandbox import ChildFormat, read_task, write_answer

MEMORY = 512 * 1024 * 1024  # bytes of address space, a tenth of which the libraries take
SECONDS = 10  # of processor time per task

_CODE = os.path.normcase(Path(__file__).resolve().parents[2])
_LIBRARIES = tuple(
    map(os.path.normcase, (sys.prefix, sys.base_prefix, *zoneinfo.TZPATH, "/etc/localtime", "/etc/timezone"))
)
# Audit events (docs.python.org/3/library/audit_events.html) that no parser has a reason for.
_FORBIDDEN = (
    "socket.",
    "subprocess.",
    "shutil.",
    "ftplib.",
    "urllib.",
    "http.",
    "smtplib.",
    "os.exec",
    "os.fork",
    "os.link",
    "os.mkdir",
    "os.posix_spawn",
    "os.remove",
    "os.rename",
    "os.rmdir",
    "os.spawn",
    "os.startfile",
    "os.symlink",
    "os.system",
)


def main() -> None:
    tasks, answers = sys.stdin.buffer, sys.stdout.buffer
    # Loading the parsers may have warned on the parent's stderr. From here on libraries read hostile bytes, and what
    # they print about them goes nowhere: not to the terminal, and not among the answers.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    sys.stdout = sys.stderr
    _lock_up()
    while task := read_task(tasks):
        _limit_time()
        write_answer(answers, _answer(*task))


def _answer(format: ChildFormat, body: bytes, hints: Hints) -> Parsed | ParseError:
    try:
        return parse_feed(body, hints) if format == "feed" else parse_page(body, hints)
    except ParseError as problem:
        return problem


def _lock_up() -> None:
    sys.dont_write_bytecode = True  # parsers that are loaded later could not anyway
    sys.addaudithook(_refuse)
    with suppress(ImportError, ValueError, OSError):  # Windows has no such limits, and macOS not this one
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def _limit_time() -> None:
    with suppress(ImportError, ValueError, OSError):
        import resource

        used = sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
        resource.setrlimit(resource.RLIMIT_CPU, (int(used) + SECONDS + 1, resource.getrlimit(resource.RLIMIT_CPU)[1]))


def _refuse(event: str, arguments: tuple[object, ...]) -> None:
    """Python announces each of these events before it happens; raising prevents it."""
    if (event == "open" and not _is_library(str(arguments[0]))) or event.startswith(_FORBIDDEN):
        raise PermissionError(f"{event} is forbidden to parsers")


def _is_library(path: str) -> bool:
    path = os.path.normcase(os.path.abspath(path))
    return path.startswith(_LIBRARIES) or (path.startswith(_CODE) and path.endswith((".py", ".pyc")))


if __name__ == "__main__":
    main()
