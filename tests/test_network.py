from __future__ import annotations

import time
from math import comb, log

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis.network import EDGES, co_mentions, hypergeometric_tail


def told(*stories):
    return pd.DataFrame(
        [(number, subject) for number, story in enumerate(stories) for subject in story], columns=["story", "subject"]
    )


def edge(network, a, b):
    found = network.edges
    return found[(found["a"] == a) & (found["b"] == b)].iloc[0]


def random_stories(number=20_000, subjects=60, *, seed=0):
    """Stories that name subjects by how known these are and by nothing else."""
    random = np.random.default_rng(seed)
    known = 1 / np.arange(1, subjects + 1) ** 0.8
    size = random.choice([1, 2, 3, 4, 6, 9], number, p=[0.5, 0.25, 0.12, 0.07, 0.05, 0.01])
    names = np.array([f"c{i:03d}" for i in range(subjects)])
    drawn = names[random.choice(subjects, size.sum(), p=known / known.sum())]
    return pd.DataFrame({"story": np.repeat(np.arange(number), size), "subject": drawn})


def test_a_story_shares_one_weight_among_its_pairs():
    found = co_mentions(told("ab", "abc", "c"))
    assert edge(found, "a", "b")["stories"] == 2
    assert edge(found, "a", "b")["weight"] == pytest.approx(1 + 1 / comb(3, 2))
    assert edge(found, "a", "c")["weight"] == pytest.approx(1 / 3)
    assert (found.stories, found.subjects, found.pairs, found.dropped) == (3, 3, 3, 0)


def test_a_round_up_of_more_than_eight_is_dropped():
    found = co_mentions(told("abcdefghi", "ab"))
    assert (found.dropped, found.stories) == (1, 1)
    assert len(found.edges) == 1
    assert len(co_mentions(told("abcdefgh")).edges) == comb(8, 2)


def test_a_subject_named_twice_in_a_story_counts_once():
    assert edge(co_mentions(told("aab")), "a", "b")["stories"] == 1


def test_npmi_and_lift_are_worked_by_hand():
    # Of 8 stories 4 name a, 4 name b, 3 both: p_ab = 3/8, p_a = p_b = 1/2.
    found = edge(co_mentions(told("ab", "ab", "ab", "a", "b", "c", "c", "c")), "a", "b")
    assert found["npmi"] == pytest.approx(log((3 / 8) / (1 / 4)) / -log(3 / 8))
    assert found["expected"] == 2
    assert found["lift"] == 1.5
    assert (found["lift_low"] * 2, found["lift_high"] * 2) == pytest.approx((0.6187, 8.7673), abs=1e-3)
    # C(4,3)·C(4,1)/C(8,4) + 1/70 = 17/70
    assert found["p"] == pytest.approx(17 / 70)
    assert edge(co_mentions(told("ab", "ab")), "a", "b")["npmi"] == 1


def test_the_tail_equals_scipys():
    random = np.random.default_rng(1)
    total = 500
    a, b = random.integers(1, 400, (2, 500))
    n = np.minimum(random.poisson(a * b / total) + random.integers(-3, 4, 500), np.minimum(a, b)).clip(0)
    assert hypergeometric_tail(n, total, a, b) == pytest.approx(
        stats.hypergeom.sf(n - 1, total, a, b), rel=1e-9, abs=1e-14
    )
    # The smallest and the largest possible counts; all stories name both.
    assert hypergeometric_tail([0, 5, 6, 10], 10, [3, 5, 8, 10], [4, 5, 8, 10]) == pytest.approx([1, 1 / 252, 1, 1])


def test_chance_alone_makes_no_edge():
    found = co_mentions(random_stories()).edges
    print(f"{len(found)} pairs by chance: {(found['q'] < 0.1).sum()} and {(found['q_rewired'] < 0.1).sum()} edges")
    assert (found["q_rewired"] < 0.1).sum() <= 1
    assert (found["p_rewired"] < 0.05).mean() < 0.06


def test_a_planted_pair_is_found_by_both():
    rows = random_stories()
    extra = told(*[("c030", "c050")] * 40).assign(story=lambda r: r["story"] + 10**6)
    found = co_mentions(pd.concat([rows, extra]))
    best = edge(found, "c030", "c050")
    assert best["q"] < 0.001
    assert best["q_rewired"] < 0.001
    assert best["lift_low"] > 1


def test_stories_of_many_subjects_are_expected_to_name_any_two():
    # Half the stories name five of twenty at random, the rest one: pairs are common, yet no pair is special. Where any
    # story might name them, all pairs look special; with story sizes kept, none does.
    random = np.random.default_rng(4)
    many = [random.choice(20, 5, replace=False) for _ in range(1000)]
    rows = told(*[[f"s{i:02d}" for i in story] for story in many], *[["only"]] * 20_000)
    found = co_mentions(rows).edges
    assert (found["q"] < 0.01).mean() > 0.9
    inside = co_mentions(rows[rows["subject"] != "only"]).edges
    assert (inside["q_rewired"] < 0.1).sum() == 0


@pytest.mark.parametrize("subjects", [12, 40])
def test_rewiring_keeps_how_many_pairs_there_are(subjects):
    # Every pair is named somewhere, so the sums are over all pairs; a story that still named one twice would lose some.
    found = co_mentions(random_stories(20_000, subjects)).edges
    assert len(found) == comb(subjects, 2)
    assert found["rewired"].sum() == pytest.approx(found["stories"].sum(), rel=0.001)


def test_the_same_seed_gives_the_same_network():
    rows = random_stories(2000)
    pd.testing.assert_frame_equal(co_mentions(rows).edges, co_mentions(rows.sample(frac=1, random_state=1)).edges)


def test_nothing_together_is_no_edge():
    for rows in (told(), told("a", "b")):
        found = co_mentions(rows).edges
        assert found.empty
        assert list(found.columns) == EDGES


def test_three_hundred_companies_in_a_hundred_thousand_stories_take_about_a_second():
    rows = random_stories(100_000, 300)
    start = time.perf_counter()
    edges = co_mentions(rows).edges
    took = time.perf_counter() - start
    print(f"{len(rows):,} mentions, {len(edges):,} pairs: {took:.2f} s")
    assert took < 5  # about 0.7 s on a machine with nothing else to do
