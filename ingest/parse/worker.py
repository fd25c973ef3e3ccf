"""
The child process that reads what strangers wrote: `python -m ingest.parse.worker`, started by `sandbox.py`.

    task  →  parse_feed | parse_page  →  articles, or the sentence of a ParseError

Once its parsers are loaded it can open no file but theirs, reach no network and start no program; on POSIX its
memory and each task's processor time are limited too. What goes beyond ends the process, and the parent says so.
"""

from __future__ import annotations

import os
import sys
import zoneinfo
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from data.errors import ParseError
from ingest.parse.entries import Hints, Parsed
from ingest.parse.feeds import parse_feed
from ingest.parse.page import parse_page
from ingest.parse.sandbox import Kind, read_task, write_answer

MEMORY = 512 * 1024 * 1024  # bytes of address space, of which the libraries take a tenth
SECONDS = 10  # of processor time for one task

PARSERS: dict[Kind, Callable[[bytes, Hints], Parsed]] = {"feed": parse_feed, "page": parse_page}

_CODE = os.path.normcase(Path(__file__).resolve().parents[2])
_LIBRARIES = tuple(
    map(os.path.normcase, (sys.prefix, sys.base_prefix, *zoneinfo.TZPATH, "/etc/localtime", "/etc/timezone"))
)
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
    sys.stdout = sys.stderr  # a library that prints must not write into the answers
    _lock_up()
    while task := read_task(tasks):
        _limit_time()
        write_answer(answers, _answer(*task))


def _answer(kind: Kind, body: bytes, hints: Hints) -> Parsed | ParseError:
    try:
        return PARSERS[kind](body, hints)
    except ParseError as problem:
        return problem


def _lock_up() -> None:
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
    """Python's own record of what the process is about to do: raise, and it does not."""
    if (event == "open" and not _is_library(str(arguments[0]))) or event.startswith(_FORBIDDEN):
        raise PermissionError(f"{event} is not for parsers")


def _is_library(path: str) -> bool:
    path = os.path.normcase(os.path.abspath(path))
    return path.startswith(_LIBRARIES) or (path.startswith(_CODE) and path.endswith((".py", ".pyc")))


if __name__ == "__main__":
    main()
