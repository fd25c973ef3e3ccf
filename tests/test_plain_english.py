"""Words that are gone: each has a plainer one, in the interface, the documents and the code alike."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

GONE = {
    r"oftener": "more often",
    r"anew": "again",
    r"whom": "which companies, by which company",
    r"seldom": "rarely",
    r"for ever": "permanently",
    r"so many": "N, at most N",
    r"told|tells": "shows, reports, says",
    r"dealt": "randomised",
    r"rung|rang": "alarm, raised",
    r"look-alikes?": "exclusions",
    r"enough alone": "strong",
    r"beyond the market": "abnormal, net of the market",
    r"the one against the other": "plotted against",
    r"cumulated": "cumulative",
    r"widen the dates": "widen the date range",
    r"dressed": "themed",
    r"follow the sun": "around the exchanges",
}
"""Pattern → what to write. Whole words, in any case."""


def written() -> list[tuple[str, int, str]]:
    """(file, line number, line) of all that is read by users and maintainers, but for news and names."""
    files = [path for name in ("dashboard", "ingest", "analysis", "data") for path in (ROOT / name).rglob("*.py")]
    files += [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("data/sample/*.md"), ROOT / "Makefile"]
    return [
        (str(path.relative_to(ROOT)), number, line)
        for path in files
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
    ]


def test_words_that_are_gone_stay_gone() -> None:
    lines = written()
    assert len(lines) > 20_000
    found = [
        f"{file}:{number}: “{match[0]}”; write {plain}"
        for file, number, line in lines
        for pattern, plain in GONE.items()
        if (match := re.search(rf"\b(?:{pattern})\b", line, re.IGNORECASE))
    ]
    assert not found, "\n".join(found)
