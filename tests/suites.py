"""Peers' feed files, read in memory from the archives of the reference folder; nothing of them is unpacked to disk."""

from __future__ import annotations

import tarfile
from collections.abc import Iterator

from tests.reference import reference


def suite(name: str, *, without: tuple[str, ...] = ()) -> Iterator[tuple[str, bytes]]:
    """Path and content of each file of a suite but licences, code and paths with one of the words in `without`."""
    with tarfile.open(reference(f"data/feeds/{name}.tar.gz")) as archive:
        for member in archive:
            file = archive.extractfile(member) if member.isfile() else None
            if (
                file
                and not member.name.endswith(".py")
                and not any(word in member.name for word in ("LICENSE", *without))
            ):
                yield member.name, file.read()
