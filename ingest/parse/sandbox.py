"""
Parsing in a child process that may be lost.

A child is started once and reused: a small feed costs about a millisecond more than in-process. It is killed and
replaced when one body takes longer than DEADLINE: the caller gets a ParseError, and nothing else has happened to it.
"""

from __future__ import annotations

import atexit
import os
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

from data.errors import ParseError
from ingest.parse.contract import Hints, Parsed
from ingest.parse.protocol import Kind, read_answer, write_task

DEADLINE = 10.0  # seconds of wall clock for one body
_RETIRE_AFTER = 2_000  # tasks: parsers leak a little
_KEEP = 4  # idle children

_ROOT = Path(__file__).resolve().parents[2]
# What a child needs of the environment. The passwords and keys in the rest are not for it.
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


def parse_apart(kind: Kind, body: bytes, hints: Hints, *, deadline: float = DEADLINE) -> Parsed:
    """What a child makes of the body; raises its ParseError, or one that says that the child had to be ended."""
    child = _take()
    try:
        answer = child.ask(kind, body, hints, deadline)
    finally:
        _give_back(child)
    if answer is None:
        if child.late:
            raise ParseError(f"{hints.origin} could not be read within {deadline:g} s (what it sent may be malformed).")
        raise ParseError(f"{hints.origin} could not be read: the parser gave up on what it sent (it may be malformed).")
    return answer


class _Child:
    """One process of `worker.py` and the pipes to it."""

    def __init__(self) -> None:
        self.owner = os.getpid()
        self.tasks = 0
        self.usable = True
        self.late = False
        self.process = subprocess.Popen(
            [sys.executable, "-m", "ingest.parse.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=_ROOT,
            env={name: os.environ[name] for name in _ENVIRONMENT if name in os.environ},
        )

    def ask(self, kind: Kind, body: bytes, hints: Hints, deadline: float) -> Parsed | None:
        """The child's answer; raises its ParseError. None when it ended over the task, or was ended."""
        tasks, answers = self.process.stdin, self.process.stdout
        assert tasks is not None
        assert answers is not None
        self.usable = False  # until the answer is read whole: an interrupt must not leave it for the next task
        clock = threading.Timer(deadline, self._end_late)
        clock.start()
        try:
            write_task(tasks, kind, body, hints)
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
            self.process.returncode = 0  # a fork's copy: the child is the other's to end
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
        keep = child.usable and not child.late and child.tasks < _RETIRE_AFTER and len(_idle) < _KEEP
        if keep:
            _idle.append(child)
    if not keep:
        child.close()


@atexit.register
def close_all() -> None:
    """Ends the idle children; the next task starts a new one."""
    with _lock:
        children, _idle[:] = _idle[:], []
    for child in children:
        child.close()
