"""
Parsing in a child process that may be lost.

    parent: parse_in_child → write_task ─ pipe → read_task → parser → write_answer ─ pipe → read_answer

A child is started once and reused: a small feed costs about a millisecond more than in this process. When a body takes
longer than DEADLINE the child is killed and replaced; the caller gets a ParseError and is otherwise unaffected.

The pipe carries JSON, never pickles: the child has read hostile bytes, and unpickling would let it run code here.
"""

from __future__ import annotations

import atexit
import os
import struct
import subprocess
import sys
import threading
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any, Literal

import orjson

from data.errors import ParseError
from data.records import Article
from ingest.parse.entries import Hints, Parsed

ChildFormat = Literal["feed", "page"]

DEADLINE = 10.0  # seconds of wall clock per body
_RETIRE_AFTER = 2_000  # tasks: parsers leak a little memory
_MAX_IDLE = 4  # children

_FORMATS: list[ChildFormat] = ["feed", "page"]
_TASK = struct.Struct("!BII")  # format, length of the hints, length of the body
_LENGTH = struct.Struct("!I")

_ROOT = Path(__file__).resolve().parents[2]
# What a child needs of the environment. It must not see the passwords and keys in the rest.
_ENVIRONMENT = (
    "PATH",
    "SYSTEMROOT",
    "SYSTEMDRIVE",
    "WINDIR",
    "TEMP",
    "TMP",
    "LANG",
    "LC_ALL",
    "TZ",
    "PYTHONHOME",
    "PYTHONPATH",
)


def parse_in_child(format: ChildFormat, body: bytes, hints: Hints, *, deadline: float = DEADLINE) -> Parsed:
    """A child's articles of the body. ParseError from its parser, or when the child had to be ended."""
    child = _take()
    try:
        answer = child.ask(format, body, hints, deadline)
    finally:
        _give_back(child)
    if answer is None:
        if child.late:
            raise ParseError(f"{hints.origin} could not be read within {deadline:g} s (it may be malformed).")
        raise ParseError(f"{hints.origin} could not be read: the parser crashed (it may be malformed).")
    return answer


class _Child:
    """A process of `worker.py` and the pipes to it."""

    def __init__(self) -> None:
        self.owner = os.getpid()
        self.tasks = 0
        self.usable = True
        self.late = False
        self.process = subprocess.Popen(
            [sys.executable, "-m", "ingest.parse.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=_ROOT,
            env={name: os.environ[name] for name in _ENVIRONMENT if name in os.environ},
        )

    def ask(self, format: ChildFormat, body: bytes, hints: Hints, deadline: float) -> Parsed | None:
        """The child's answer, or its ParseError. None when it crashed over the task, or was ended."""
        tasks, answers = self.process.stdin, self.process.stdout
        assert tasks is not None
        assert answers is not None
        self.usable = False  # until the answer is read whole: an interrupt must not leave it for the next task
        clock = threading.Timer(deadline, self._end_late)
        clock.start()
        try:
            write_task(tasks, format, body, hints)
            answer = read_answer(answers)
        except ParseError:
            self.usable = True
            raise
        except OSError:  # the pipe broke: the child is gone
            return None
        finally:
            clock.cancel()
        self.usable = answer is not None
        self.tasks += 1
        return answer

    def close(self) -> None:
        self.usable = False
        if self.owner != os.getpid():
            self.process.returncode = 0  # this is a fork's copy: only the process that started the child may end it
            return
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe:
                with suppress(OSError):  # what was not sent yet cannot be sent any more
                    pipe.close()

    def _end_late(self) -> None:
        self.late = True
        self.process.kill()


_idle: list[_Child] = []
_lock = threading.Lock()


def _take() -> _Child:
    while True:
        with _lock:
            child = _idle.pop() if _idle else None
        if child is None:
            return _Child()
        if child.owner == os.getpid() and child.process.poll() is None:
            return child
        child.close()


def _give_back(child: _Child) -> None:
    with _lock:
        keep = child.usable and not child.late and child.tasks < _RETIRE_AFTER and len(_idle) < _MAX_IDLE
        if keep:
            _idle.append(child)
    if not keep:
        child.close()


@atexit.register
def close_children() -> None:
    """End the idle children; the next task starts a new one."""
    with _lock:
        children, _idle[:] = _idle[:], []
    for child in children:
        child.close()


def write_task(stream: IO[bytes], format: ChildFormat, body: bytes, hints: Hints) -> None:
    encoded = orjson.dumps(hints)
    stream.write(_TASK.pack(_FORMATS.index(format), len(encoded), len(body)))
    stream.write(encoded)
    stream.write(body)
    stream.flush()


def read_task(stream: IO[bytes]) -> tuple[ChildFormat, bytes, Hints] | None:
    """The next task; None when the parent is gone."""
    header = stream.read(_TASK.size)
    if len(header) < _TASK.size:
        return None
    format, hints_length, body_length = _TASK.unpack(header)
    fields = orjson.loads(stream.read(hints_length))
    fields["now"] = datetime.fromisoformat(fields["now"])
    fields["published"] = date.fromisoformat(fields["published"]) if fields["published"] else None
    return _FORMATS[format], stream.read(body_length), Hints(**fields)


def write_answer(stream: IO[bytes], answer: Parsed | ParseError) -> None:
    encoded = orjson.dumps({"error": str(answer)} if isinstance(answer, ParseError) else {"parsed": answer})
    stream.write(_LENGTH.pack(len(encoded)) + encoded)
    stream.flush()


def read_answer(stream: IO[bytes]) -> Parsed | None:
    """The child's articles, or its ParseError. None when the child has ended."""
    header = stream.read(_LENGTH.size)
    encoded = stream.read(_LENGTH.unpack(header)[0]) if len(header) == _LENGTH.size else b""
    if not encoded or len(encoded) < _LENGTH.unpack(header)[0]:
        return None
    answer = orjson.loads(encoded)
    if "error" in answer:
        raise ParseError(answer["error"])
    fields = answer["parsed"]
    fields["articles"] = [_article(article) for article in fields["articles"]]
    fields["warnings"] = tuple(fields["warnings"])
    return Parsed(**fields)


def _article(fields: dict[str, Any]) -> Article:
    for name in ("published_at", "first_seen_at"):
        if fields[name] is not None:
            fields[name] = datetime.fromisoformat(fields[name])
    return Article(**fields)
