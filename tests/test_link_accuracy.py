"""Linking to companies holds its promises on labelled headlines that the rules were not written from."""

from __future__ import annotations

import json

from data.catalog import load_catalog
from ingest.link import Linker
from reference import reference
from tests.studies.accuracy import Count, as_article, labelled_universe, tally


def test_companies_on_labelled_headlines() -> None:
    rows = [
        json.loads(line)
        for line in reference("data/labels/headlines_dev.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    linker = Linker(load_catalog())
    counts = {lang: Count() for lang in ("all", *{row["lang"] for row in rows})}
    of_nothing = 0
    for row in rows:
        claimed = {
            mention.subject.removeprefix("company:")
            for mention in linker.link(as_article(row))
            if mention.subject.startswith("company:")
        } & labelled_universe()
        of_nothing += row["kind"] == "none" and bool(claimed)
        for company in claimed | set(row["companies"]):
            for group in ("all", row["lang"]):
                tally(counts[group], company in claimed, company in row["companies"])
    print(f"{len(rows)} headlines, {counts}")
    everything = counts["all"]
    assert everything.right / (everything.right + everything.wrong) >= 0.985
    assert everything.right / (everything.right + everything.missed) >= 0.96
    assert all(2 * one.right / (2 * one.right + one.wrong + one.missed) >= 0.93 for one in counts.values())
    assert of_nothing <= 1
