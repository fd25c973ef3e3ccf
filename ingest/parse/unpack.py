"""
A file → its bytes, unpacked where they are gzip data; up to the damage where the file is cut or damaged.

The gzip module raises at damage, and what it had unpacked by then is lost with its buffers. Here reading ends there,
and `damage` says what is wrong.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator
from pathlib import Path

from data.errors import ParseError

GZIP = b"\x1f\x8b"
BLOCK = 16_384  # bytes at a time
MAX_LINE = 5_000_000  # bytes of one JSON line or CSV line

# What people drop here that holds no text; the first bytes say what it is, whatever its name.
_OTHERS = (
    (b"PK\x03\x04", "an Excel file or ZIP archive: save its table as CSV, or unpack it"),
    (b"PK\x05\x06", "an empty ZIP archive"),
    (b"\xd0\xcf\x11\xe0", "an old Excel file: save its table as CSV"),
    (b"\xfd7zXZ\x00", "an xz archive: unpack it"),
    (b"]\x00\x00", "an LZMA archive: unpack it"),
    (b"BZh", "a bzip2 archive: unpack it"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive: unpack it"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive: unpack it"),
    (b"PAR1", "a Parquet file: save its table as CSV"),
    (b"%PDF", "a PDF file"),
    (b"\x89PNG", "a picture"),
)


class FileBytes(io.RawIOBase):
    """A file as a stream of unpacked bytes that ends at damage; `damage` is "" until then."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb", buffering=0)
        self._head = self._file.read(8)
        self._member = zlib.decompressobj(wbits=31) if self._head.startswith(GZIP) else None
        self.damage = ""
        if kind := next((kind for mark, kind in _OTHERS if self._head.startswith(mark)), ""):
            self.close()
            raise ParseError(f"The file is {kind}.")

    def readable(self) -> bool:
        return True

    def close(self) -> None:
        self._file.close()
        super().close()

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        size, data = len(buffer), b""
        try:
            data = self._packed(size) if self._member is None else self._unpacked(size)
        except OSError as problem:
            self.damage = problem.strerror or str(problem)
        buffer[: len(data)] = data
        return len(data)

    def _packed(self, size: int) -> bytes:
        head, self._head = self._head, b""
        return head or self._file.read(size) or b""

    def _unpacked(self, size: int) -> bytes:
        """The next bytes, b"" at the end or at damage. Nothing of the damaged block is taken: it may be wrong."""
        member = self._member
        while member is not None and not self.damage:
            if member.eof:  # an archive may consist of several, and be padded with zeros
                packed = (member.unused_data or self._packed(BLOCK)).lstrip(b"\0")
                if not packed:
                    return b""
                member = self._member = zlib.decompressobj(wbits=31)
            else:
                packed = member.unconsumed_tail or self._packed(BLOCK)
            try:
                data = member.decompress(packed, size)
            except zlib.error as problem:
                self.damage = str(problem).partition(": ")[2] or str(problem)
                return b""
            if data:
                return data
            if not packed:
                self.damage = "it is cut off"
        return b""


def read_start(path: Path, size: int) -> tuple[bytes, str]:
    """The first `size` bytes of a file, unpacked, and what is wrong with it there; "" when nothing is."""
    with FileBytes(path) as file:
        return io.BufferedReader(file).read(size), file.damage


def read_lines(path: Path, damage: list[str] | None = None) -> Iterator[bytes]:
    """The lines of a file, unpacked; an overlong line is cut. What is wrong with the file is added to `damage`."""
    with FileBytes(path) as file:
        lines = io.BufferedReader(file, BLOCK)
        while line := lines.readline(MAX_LINE + 1):
            if not file.damage or line.endswith(b"\n"):  # half a line is none
                yield line
        if file.damage and damage is not None:
            damage.append(file.damage)
