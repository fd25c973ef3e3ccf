"""
The import rules of the house, read from its files: which part may use which, without circles, and nothing too large.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

MAY_IMPORT = {"data": set(), "ingest": {"data"}, "analysis": set(), "dashboard": {"data", "analysis", "ingest"}}
"""The packages of the product, and which others each may import."""

FROM_INGEST = {
    "ingest.prices.yahoo": {"dashboard.serving.updating"},
    "ingest.progress": {"dashboard.serving.updating", "dashboard.views.catalog"},
    "ingest.relink": {"dashboard.views.catalog"},
    "ingest.sample_store": {"dashboard.cache.sample"},
    "ingest.update": {"dashboard.serving.updating"},
}
"""All that the dashboard imports from ingest, and where: to start a run, and to explain a link's rule."""

ONLY_IN = {
    "streamlit": (
        "dashboard.access",
        "dashboard.app",
        "dashboard.server",
        "dashboard.components",
        "dashboard.serving",
        "dashboard.views",
    ),
    "sqlalchemy": ("data",),
    "alembic": ("data",),
    "httpx": ("ingest",),
    "httpcore": ("ingest",),
    "yfinance": ("ingest",),
    "mcp": ("dashboard.mcp_server",),
    "mcp_types": ("dashboard.mcp_server",),
    "requests": (),
    "_plotly_utils": (),  # plotly's private package
    "statsmodels": (),  # the tests' oracle
}
"""Libraries that some modules alone may import."""

NEVER = [("data.read", "data.write")]
"""Parts of one package of which the first never imports the second."""

FLOORS = {
    "dashboard": (
        "address", "cache", "page_data", "proofs", "charts", "exports", "api", "mcp_server", "components", "serving",
        "views",
    ),
}  # fmt: skip
"""The folders of a package from the ground up: each may use those before it, and the files beside the folders."""

ENTRANCES = {"dashboard": {"app", "server", "__main__"}}
"""Files beside the folders that use them all and that none of them may use."""

MOST_ENTRIES = 20
LONGEST_FUNCTION = 60


@dataclass(frozen=True)
class Module:
    """One file: the dotted names that it imports, at its top or inside a function, and its functions' lengths."""

    name: str
    imports: frozenset[str]
    lengths: dict[str, int] = field(hash=False, compare=False)


@cache
def product() -> dict[str, Module]:
    """Every module of the product by its dotted name; each file is parsed once."""
    return {
        module.name: module
        for package in MAY_IMPORT
        for path in sorted((ROOT / package).rglob("*.py"))
        for module in [parsed(dotted_name(path), path)]
    }


def dotted_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def parsed(name: str, path: Path) -> Module:
    nodes = list(ast.walk(ast.parse(path.read_text("utf-8"))))
    package = name if path.stem == "__init__" else name.rpartition(".")[0]
    lengths = {
        node.name: (node.end_lineno or 0) - node.lineno + 1
        for node in nodes
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    return Module(name, frozenset(found for node in nodes for found in imported(node, package)), lengths)


def imported(node: ast.AST, package: str) -> Iterator[str]:
    """The dotted names that a statement imports: `from a import b` is a and a.b, whichever of them is a module."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
        base = ".".join([*above, *([node.module] if node.module else [])])
        yield base
        yield from (f"{base}.{alias.name}" for alias in node.names)


def within(name: str, part: str) -> bool:
    return name == part or name.startswith(f"{part}.")


def imports_of(part: str) -> Iterator[tuple[str, str]]:
    """(module, imported name) of every module in this part of the product, which has at least one."""
    modules = [module for module in product().values() if within(module.name, part)]
    assert modules, f"There is no {part}: was it renamed?"
    return ((module.name, name) for module in modules for name in module.imports)


def test_the_packages_are_the_folders_with_code() -> None:
    folders = {path.parent.name for path in ROOT.glob("*/*.py")}
    assert folders - {"tests"} == set(MAY_IMPORT)


@pytest.mark.parametrize("package", sorted(MAY_IMPORT))
def test_packages_import_one_way(package: str) -> None:
    forbidden = {*MAY_IMPORT, "tests"} - {package} - MAY_IMPORT[package]
    assert not [(who, what) for who, what in imports_of(package) if what.partition(".")[0] in forbidden]


def test_the_dashboard_imports_from_ingest_what_the_list_says() -> None:
    modules = {name for name in product() if within(name, "ingest")}
    used: dict[str, set[str]] = {}
    for who, what in imports_of("dashboard"):
        if what in modules - {"ingest"}:
            used.setdefault(what, set()).add(who)
    folders = {name for name in used if any(within(other, f"{name}.") for other in used)}
    assert {name: who for name, who in used.items() if name not in folders} == FROM_INGEST


@pytest.mark.parametrize("library", sorted(ONLY_IN))
def test_each_library_stays_in_its_place(library: str) -> None:
    for place in ONLY_IN[library]:
        assert any(within(what, library) for _, what in imports_of(place)), f"{place} does without {library}"
    outside = [
        who
        for package in MAY_IMPORT
        for who, what in imports_of(package)
        if within(what, library) and not any(within(who, place) for place in ONLY_IN[library])
    ]
    assert not outside


@pytest.mark.parametrize(("part", "other"), NEVER)
def test_some_parts_never_import_another(part: str, other: str) -> None:
    assert any(within(name, other) for name in product()), f"There is no {other}: was it renamed?"
    assert not [(who, what) for who, what in imports_of(part) if within(what, other)]


@pytest.mark.parametrize(("package", "floor"), [(package, floor) for package in FLOORS for floor in FLOORS[package]])
def test_folders_stand_on_each_other(package: str, floor: str) -> None:
    order = FLOORS[package]
    above = [f"{package}.{name}" for name in (*order[order.index(floor) + 1 :], *ENTRANCES[package])]
    assert not [
        (who, what)
        for who, what in imports_of(f"{package}.{floor}")
        if any(within(what, part) for part in above)
    ]  # fmt: skip


@pytest.mark.parametrize("package", sorted(FLOORS))
def test_every_folder_has_its_floor(package: str) -> None:
    folders = {path.parent.name for path in (ROOT / package).glob("*/*.py")}
    assert folders == set(FLOORS[package])


def test_no_import_goes_in_a_circle() -> None:
    """Neither at the top of files nor inside functions, where a circle would only be put off."""
    graph = {
        name: {what for what in module.imports if what in product()} - {name} for name, module in product().items()
    }
    for module, uses in graph.items():  # `from a.b import c` needs a.b itself only where it takes c from its __init__
        graph[module] = {what for what in uses if not any(within(other, f"{what}.") for other in uses)}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" → ".join(error.args[1]))


def test_no_module_of_the_app_hides_another() -> None:
    """`streamlit run dashboard/app.py` puts dashboard/ first on the path."""
    names = {path.stem for path in (ROOT / "dashboard").iterdir()}
    assert "app" in names
    assert not names & {*MAY_IMPORT, "tests", "pages", "mcp", *sys.stdlib_module_names}


@pytest.mark.parametrize("package", sorted(MAY_IMPORT))
def test_a_package_is_read_at_a_glance(package: str) -> None:
    entries = [path.name for path in (ROOT / package).iterdir() if path.is_dir() or path.suffix == ".py"]
    shown = [name for name in entries if not name.startswith(("__", "."))]
    assert 0 < len(shown) <= MOST_ENTRIES


def test_no_function_is_too_long() -> None:
    assert len(product()) > 100
    now = [module for module in product().values() if not within(module.name, "data.schema.migrations")]
    longest = {(module.name, name): lines for module in now for name, lines in module.lengths.items()}
    assert not {place: lines for place, lines in longest.items() if lines > LONGEST_FUNCTION}


def test_studies_and_benchmarks_import_where_only_the_checkout_is_on_the_path() -> None:
    """As `make proof` and its like run them: not with the folder of tests on the path, as pytest does."""
    names = [
        path.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".")
        for folder in ("studies", "bench")
        for path in sorted((ROOT / "tests" / folder).glob("*.py"))
        if not path.stem.startswith("__")
    ]
    assert "tests.studies.proof_run" in names
    code = "import importlib, sys; [importlib.import_module(name) for name in sys.argv[1:]]"
    done = subprocess.run([sys.executable, "-c", code, *names], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
