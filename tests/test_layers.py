"""The import rule of the house: which package may import which, and who alone may touch what."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
OURS = {"data", "ingest", "analysis", "dashboard"}
MAY_IMPORT = {"data": set(), "ingest": {"data"}, "analysis": set(), "dashboard": {"data", "analysis", "ingest"}}
ONLY_IN = {
    "streamlit": {"dashboard"},
    "sqlalchemy": {"data"},
    "alembic": {"data"},
    "httpx": {"ingest"},
    "httpcore": {"ingest"},
    "yfinance": {"ingest"},
    "requests": set(),
}


FLOORS = ("address", "cache", "page_data", "proofs", "charts", "exports", "api", "components", "serving", "views")
"""The folders of dashboard/ from the ground up: each may use those before it, and the files beside them."""


def modules(package: str) -> list[Path]:
    return sorted((ROOT / package).rglob("*.py"))


def imported(path: Path) -> set[str]:
    """The top-level names that a file imports, also inside its functions."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
    return found


@pytest.mark.parametrize("package", sorted(OURS))
def test_packages_import_one_way(package: str) -> None:
    for path in modules(package):
        beyond = imported(path) & OURS - {package} - MAY_IMPORT[package]
        assert not beyond, f"{path.relative_to(ROOT)} imports {', '.join(sorted(beyond))}"


def test_reading_never_imports_writing() -> None:
    readers = modules("data/read")
    assert len(readers) > 5
    for path in readers:
        names = {
            node.module for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.ImportFrom)
        }
        assert not [name for name in names if name and name.startswith("data.write")], path.name


@pytest.mark.parametrize("library", sorted(ONLY_IN))
def test_each_library_stays_in_its_package(library: str) -> None:
    for package in sorted(OURS - ONLY_IN[library]):
        for path in modules(package):
            assert library not in imported(path), f"{path.relative_to(ROOT)} imports {library}"


def test_no_module_of_the_app_hides_another() -> None:
    """`streamlit run dashboard/app.py` puts dashboard/ first on the path."""
    names = {path.stem for path in (ROOT / "dashboard").iterdir()}
    assert not names & (OURS | {"tests"} | set(sys.stdlib_module_names))


@pytest.mark.parametrize("floor", FLOORS)
def test_the_dashboards_folders_stand_on_each_other(floor: str) -> None:
    above = {f"dashboard.{name}" for name in (*FLOORS[FLOORS.index(floor) + 1 :], "app", "server")}
    for path in modules(f"dashboard/{floor}"):
        found = {
            node.module
            for node in ast.walk(ast.parse(path.read_text("utf-8")))
            if isinstance(node, ast.ImportFrom) and node.module
        }
        beyond = {name for name in found if any(name == one or name.startswith(f"{one}.") for one in above)}
        assert not beyond, f"{path.relative_to(ROOT)} imports {', '.join(sorted(beyond))}"


def test_every_folder_of_the_dashboard_has_its_floor() -> None:
    assert {path.parent.name for path in (ROOT / "dashboard").glob("*/__init__.py")} == set(FLOORS) - {"views"}
