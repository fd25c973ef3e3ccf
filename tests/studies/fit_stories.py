"""
Makes what story grouping ships as numbers, from the reference data: `python -m tests.studies.fit_stories counts |
weights`.

counts: data/model/wordcounts.csv, how many of 100,000 titles have a token. weights: data/model/story_weights.csv, a
logistic regression on pairs of labelled articles, after the score of each window by weights that have not seen it.
"""

from __future__ import annotations

import csv
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from zlib import crc32

import numpy as np
import numpy.typing as npt

from data.catalog import load_catalog
from data.model import BUNDLED
from ingest.stories.cjk import bigrams
from ingest.stories.cluster import AGREE, Cluster, join_clusters
from ingest.stories.features import FeatureExtractor, StoryText
from ingest.stories.headlines import headline, plain
from ingest.stories.pairs import (
    COPY,
    NEVER,
    WINDOW_HOURS,
    FeatureTable,
    candidates,
    connected,
    evidence,
    is_copy,
    is_other_instance,
    number_of,
)
from ingest.stories.tokens import NUMBER_BITS
from tests.studies.labelled_stories import Labelled, by_window, gold, jsonl, own

Array = npt.NDArray[np.float64]

NEWS = ("ai_news_radar_2026", "market_news_hub_rss_2026", "hackernews_top_2024_2026", "readhub_tech_zh_2024_2026")
FEWEST = 10.0  # titles in 100,000 from which a token is in the table
PENALTY = 30.0
"""On squared weights of standardised evidence: 10 and 50 group our own windows, each left out in turn, no better."""


@dataclass(frozen=True, slots=True)
class Window:
    """
    The pairs of a labelled window: evidence, whether a reader joined them, and what the rules say whatever the
    evidence.
    """

    articles: Sequence[Labelled]
    table: FeatureTable
    looked_up: npt.NDArray[np.int64]  # of the pairs, as i * articles + j
    i: npt.NDArray[np.int64]
    j: npt.NDArray[np.int64]
    names: tuple[str, ...]
    columns: Array
    same: Array
    copies: npt.NDArray[np.bool_]
    others: npt.NDArray[np.bool_]


def read_window(extractor: FeatureExtractor, articles: Sequence[Labelled]) -> Window:
    """Every pair of the window within 72 hours."""
    texts = (
        StoryText(
            each.article.title, each.article.summary, each.article.url, {mention.subject for mention in each.mentions}
        )
        for each in articles
    )
    features = extractor.extract(list(texts))
    hours = [int(each.at.timestamp()) / 3600 for each in articles]
    table = FeatureTable(features, hours, [number_of(each.article.publisher) for each in articles])
    i, j = np.tril_indices(len(articles), -1)
    near = np.abs(table.hours[i] - table.hours[j]) <= WINDOW_HOURS
    i, j = i[near].astype(np.int64), j[near].astype(np.int64)
    columns = evidence(table, i, j)
    found_i, found_j = candidates(table, 0, len(articles))
    story = np.array([each.story for each in articles])
    return Window(
        articles=articles,
        table=table,
        looked_up=found_i * len(articles) + found_j,
        i=i,
        j=j,
        names=tuple(columns),
        columns=np.stack(list(columns.values()), axis=1),
        same=(story[i] == story[j]).astype(np.float64),
        copies=is_copy(table, i, j),
        others=is_other_instance(table, i, j, columns),
    )


def fit(windows: Iterable[Window], penalty: float = PENALTY) -> tuple[Array, float]:
    """Weights and bias of a logistic regression with an L2 penalty on standardised columns, by Newton's method."""
    # Copies and templates are told by rules, whatever the weights: fitting them too would bend the weights towards what
    # is easy.
    chosen = [(window, ~(window.copies | window.others)) for window in windows]
    columns = np.vstack([window.columns[weighed] for window, weighed in chosen])
    same = np.concatenate([window.same[weighed] for window, weighed in chosen])
    mean, spread = columns.mean(0), columns.std(0) + 1e-9
    standard = np.column_stack([(columns - mean) / spread, np.ones(len(columns))])
    ridge = np.diag(np.append(np.full(columns.shape[1], penalty), 0.0))
    weights = np.zeros(len(ridge))
    for _ in range(12):
        chance = 1 / (1 + np.exp(-(standard @ weights)))
        slope = standard.T @ (same - chance) - ridge @ weights
        curvature = (standard * (chance * (1 - chance))[:, None]).T @ standard + ridge
        weights += np.linalg.solve(curvature, slope)
    scaled = weights[:-1] / spread
    return scaled, float(weights[-1] - (scaled * mean).sum())


def grouped(window: Window, weights: Array, bias: float) -> list[int]:
    """The story of each article of the window by these weights, from the pairs that grouping would look at."""
    score = np.clip(window.columns @ weights + bias, NEVER, COPY)
    score[window.others] = NEVER
    score[window.copies] = COPY
    pair = window.i * len(window.articles) + window.j
    looked_up = np.isin(pair, window.looked_up)
    likely = looked_up & (score >= AGREE)
    one, other = connected(window.table, 0, window.i[likely], window.j[likely], np.arange(len(window.articles)))
    seen = looked_up | np.isin(pair, np.maximum(one, other) * len(window.articles) + np.minimum(one, other))
    return join_clusters(
        [Cluster(0, at, at, 1) for at in window.table.hours], window.i[seen], window.j[seen], score[seen]
    )


def bcubed(found: Sequence[object], wanted: Sequence[object]) -> tuple[float, float, float]:
    """Precision, recall and F1 of a grouping, each article counting once (Bagga and Baldwin 1998)."""
    sizes, classes, both = Counter(found), Counter(wanted), Counter(zip(found, wanted, strict=True))
    precision = sum(count * count / sizes[group] for (group, _), count in both.items()) / len(found)
    recall = sum(count * count / classes[story] for (_, story), count in both.items()) / len(found)
    return precision, recall, 2 * precision * recall / (precision + recall)


def left_out(windows: dict[str, Window], scored: Iterable[str], penalty: float = PENALTY) -> tuple[float, float, float]:
    """BCubed over the windows `scored`, each grouped by weights that were fitted without it."""
    found: list[object] = []
    wanted: list[object] = []
    for name in scored:
        weights, bias = fit((window for other, window in windows.items() if other != name), penalty)
        found += [(name, group) for group in grouped(windows[name], weights, bias)]
        wanted += [(name, each.story) for each in windows[name].articles]
    return bcubed(found, wanted)


def labelled_windows(articles: Sequence[Labelled]) -> dict[str, Window]:
    extractor = FeatureExtractor(load_catalog())
    return {name: read_window(extractor, window) for name, window in by_window(articles).items()}


def write_weights() -> None:
    reference, ours = labelled_windows(gold()), labelled_windows(own())
    windows = {**reference, **ours}
    for name, scored in (("reference", reference), ("own", ours)):
        print(f"{name}: each window left out in turn: P %.3f R %.3f F1 %.3f" % left_out(windows, scored))
    weights, bias = fit(windows.values())
    names = next(iter(windows.values())).names
    # What only the rules look at weighs nothing.
    rows = [("bias", bias), *zip(names, weights, strict=True)]
    lines = [f"{name},{weight:.3f}" for name, weight in rows if round(weight, 3)]
    (BUNDLED / "story_weights.csv").write_text("\n".join(["evidence,weight", *lines, ""]), encoding="utf-8")


def write_counts() -> None:
    """A token counts by the script in which it is more frequent: half of the titles are Chinese, half are not."""
    names: dict[int, str] = {}
    extractor = FeatureExtractor(load_catalog(), names)
    counts: tuple[Counter[str], Counter[str]] = (Counter(), Counter())
    titles = {row["title"] for name in NEWS for row in jsonl(name)}
    asian = 0
    for title in titles:
        is_asian = any(char > "\u3040" for char in title)
        asian += is_asian
        head = headline(plain(title))
        _, pairs, (found,) = extractor.tokens([head])
        spelled = {crc32(pair.encode()): pair for pair in bigrams(head)}
        counts[is_asian].update(
            {names[token] for token in found} | {spelled[token >> NUMBER_BITS] for token in pairs.tolist()}
        )
    totals = (len(titles) - asian, asian)
    frequency = {token: max(1e5 * counts[k][token] / totals[k] for k in (0, 1)) for token in {*counts[0], *counts[1]}}
    kept = sorted((token, value) for token, value in frequency.items() if value >= FEWEST)
    with (BUNDLED / "wordcounts.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["token", "per_100k"])
        writer.writerows((token, round(value)) for token, value in kept)
    print(f"{len(titles)} titles, {len(frequency)} tokens, {len(kept)} in the table")


if __name__ == "__main__":
    {"counts": write_counts, "weights": write_weights}[sys.argv[1]]()
