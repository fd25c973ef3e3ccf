"""
Where the tests find reference data that is not ours to bundle: a folder beside the checkout, or CHOKEPOINT_REFERENCE.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FOLDER = Path(os.environ.get("CHOKEPOINT_REFERENCE", ROOT.parent / "shared"))


def reference(path: str) -> Path:
    """The reference file or folder at `path`; the test is skipped, with the reason printed, where it is absent."""
    found = FOLDER / path
    if not found.exists():
        pytest.skip(f"reference data absent: {path} (set CHOKEPOINT_REFERENCE to its folder)")
    return found
