"""
Whether a fault in what pages show, proofs hash and the store keeps makes a test fail: `make mutation`.

    files → sites, one of cosmic-ray's operators drawn for each → a seeded sample
    all tests, once → the tests that reach each line, and their times
    each mutant, in a copy of the checkout: the tests that reach its line, the fastest first, until one fails

Tests that click in a browser are left out: another process computes what they see. Strings are not mutated.
"""

from __future__ import annotations

import argparse
import ast
import itertools
import random
import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import Any
from xml.etree import ElementTree

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names
from coverage import CoverageData

ROOT = Path(__file__).parents[2]
MUTATED = ("dashboard/page_data", "dashboard/proofs", "data/write", "data/catalog/edit.py", "ingest/relink.py")
TESTS = ("-p", "no:cacheprovider", "-m", "not browser", "--timeout", "600")
BUDGET = 240.0
"""Seconds of tests for one mutant, by the times that they took when all ran."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    path: Path  # from the root
    line: int
    operator: str
    occurrence: int  # of the operator in the file

    def __str__(self) -> str:
        return f"{self.path}:{self.line} {self.operator.removeprefix('core/')}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Which tests reach a line, and the seconds that each takes."""

    lines: Mapping[Path, Mapping[int, frozenset[str]]]
    seconds: Mapping[str, float]

    def tests(self, mutant: Mutant) -> list[str]:
        """The fastest first, within the budget; of a line that runs at import, the tests that reach its file."""
        lines = self.lines.get(mutant.path, {})
        reaching = lines.get(mutant.line) or frozenset().union(*lines.values())
        chosen, spent = [], 0.0
        for test in sorted(reaching, key=lambda test: (self.seconds.get(test, 1.0), test)):
            spent += self.seconds.get(test, 1.0)
            if spent > BUDGET:
                break
            chosen.append(test)
        return chosen


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mutants", type=int, default=150)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--reach", type=Path, help="a folder that keeps which tests reach what, for another run")
    choices = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        reach = reach_of(choices.reach or Path(folder), choices.workers)
        mutants = sample_of(random.Random(choices.seed), choices.mutants)
        copies = SimpleQueue[Path]()
        for number in range(choices.workers):
            copies.put(copy_of_checkout(Path(folder) / f"copy{number}"))
        with ThreadPoolExecutor(choices.workers) as pool:
            outcomes = list(pool.map(lambda mutant: outcome(mutant, reach, copies), mutants))
    killed = sum(killer is not None for killer in outcomes)
    print(f"{killed} of {len(mutants)} mutants killed ({killed / len(mutants):.0%}); seed {choices.seed}")


def outcome(mutant: Mutant, reach: Reach, copies: SimpleQueue[Path]) -> str | None:
    """The test that fails on the mutant; None where all pass: then its change is printed."""
    copy, tests = copies.get(), reach.tests(mutant)
    path = copy / mutant.path
    source = path.read_text("utf-8")
    changed = mutated(mutant, source)
    path.write_text(changed, "utf-8")
    try:
        killer = failing_test(copy, tests)
    finally:
        path.write_text(source, "utf-8")
        copies.put(copy)
    if killer is None:
        new = changed.splitlines()[mutant.line - 1].strip()
        print(
            f"SURVIVED {mutant}, {len(tests)} tests\n    - {source.splitlines()[mutant.line - 1].strip()}\n    + {new}"
        )
    else:
        print(f"killed   {mutant} by {killer}")
    sys.stdout.flush()
    return killer


def failing_test(copy: Path, tests: Sequence[str]) -> str | None:
    """The first of the tests that fails, in their order; None where all pass or there is none."""
    if not tests:
        return None
    command = [sys.executable, "-m", "pytest", *TESTS, "-x", "--tb=no", "-rfE", *tests]
    try:
        done = subprocess.run(command, cwd=copy, capture_output=True, text=True, timeout=BUDGET * 6)
    except subprocess.TimeoutExpired:
        return "a test that does not end"
    if done.returncode == 0:
        return None
    failed = [line for line in done.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
    return failed[0].split(" - ")[0].partition(" ")[2] if failed else "an error before any test"


def sample_of(rng: random.Random, number: int) -> list[Mutant]:
    """Sites in any file alike, and one operator at each; code that does not compile is no mutant."""
    sites = defaultdict[tuple[Path, object], list[Mutant]](list)
    for path in sorted(files()):
        for position, mutant in mutants_of(path):
            sites[path, position].append(mutant)
    drawn = (rng.choice(sites[site]) for site in rng.sample(sorted(sites, key=repr), len(sites)))
    chosen = list(itertools.islice(filter(compiles, drawn), number))
    print(f"{len(sites):,} sites in {len({path for path, _ in sites})} files; {len(chosen)} drawn")
    return chosen


def compiles(mutant: Mutant) -> bool:
    try:
        ast.parse(mutated(mutant, (ROOT / mutant.path).read_text("utf-8")))
    except SyntaxError:
        return False
    return True


def mutated(mutant: Mutant, source: str) -> str:
    return str(mutate_code(source, get_operator(mutant.operator)(), mutant.occurrence))


def files() -> Iterator[Path]:
    for named in MUTATED:
        whole = ROOT / named
        for path in [whole] if whole.is_file() else whole.rglob("*.py"):
            yield path.relative_to(ROOT)


def mutants_of(path: Path) -> Iterator[tuple[object, Mutant]]:
    """Every mutant of a file with its position. What an annotation says changes nothing when it runs."""
    source = (ROOT / path).read_text("utf-8")
    annotations, nodes = annotated_positions(source), list(ast_nodes(get_ast(source)))
    for name in sorted(name for name in operator_names() if "Variable" not in name):  # those take arguments
        operator, occurrence = get_operator(name)(), 0
        for node in nodes:
            for position in operator.mutation_positions(node):
                if position[0] not in annotations:
                    yield position, Mutant(path=path, line=position[0][0], operator=name, occurrence=occurrence)
                occurrence += 1


def annotated_positions(source: str) -> set[tuple[int, int]]:
    """(line, column) of all that is written in annotations."""
    positions = set()
    for node in ast.walk(ast.parse(source)):
        for name in ("annotation", "returns"):
            written: Any = getattr(node, name, None)
            if written is not None:
                start, end = (written.lineno, written.col_offset), (written.end_lineno, written.end_col_offset)
                last = max(len(line) for line in source.splitlines())
                cells = ((line, column) for line in range(start[0], end[0] + 1) for column in range(last + 1))
                positions |= {cell for cell in cells if start <= cell <= end}
    return positions


def reach_of(folder: Path, workers: int) -> Reach:
    """Which tests reach which lines: read from the folder, or found by running all tests once."""
    data, times = folder / "coverage", folder / "times.xml"
    if not data.exists():
        folder.mkdir(parents=True, exist_ok=True)
        copy = copy_of_checkout(folder / "checkout")
        sources = [f"--cov={named}" for named in sorted({name.partition("/")[0] for name in MUTATED})]
        options = ["-n", str(workers), *sources, "--cov-context=test", "--cov-report=", f"--junitxml={times}"]
        subprocess.run([sys.executable, "-m", "pytest", *TESTS, *options], cwd=copy, check=True)
        shutil.copyfile(copy / ".coverage", data)
    covered = CoverageData(str(data))
    covered.read()
    lines = {}
    for measured in covered.measured_files():
        contexts = covered.contexts_by_lineno(measured)
        path = next((path for path in files() if Path(measured).as_posix().endswith(path.as_posix())), None)
        if path is not None:
            lines[path] = {line: frozenset(map(_test_of, filter(None, tests))) for line, tests in contexts.items()}
    cases = ElementTree.parse(times).iter("testcase")
    seconds = {f"{case.get('classname', '').replace('.', '/')}.py::{case.get('name')}": float(case.get("time", 1))
               for case in cases}  # fmt: skip
    return Reach(lines=lines, seconds=seconds)


def _test_of(context: str) -> str:
    return context.rpartition("|")[0]


def copy_of_checkout(folder: Path) -> Path:
    """The files that belong to the checkout, and the sample's store where it is built."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    for name in filter(None, listed.stdout.decode().split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, folder / name)
    sample = Path(".pytest_cache/sample")
    if (ROOT / sample).exists():
        shutil.copytree(ROOT / sample, folder / sample)
    return folder


if __name__ == "__main__":
    main()
