from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from analysis.network_layout import without_label_overlap


def overlapping(places: np.ndarray, boxes: np.ndarray) -> int:
    left, right, half = boxes.T
    pairs = 0
    for a in range(len(places)):
        for b in range(a):
            beside = (
                places[a, 0] + right[a] <= places[b, 0] - left[b] + 1e-9
                or places[b, 0] + right[b] <= places[a, 0] - left[a] + 1e-9
            )
            pairs += not beside and abs(places[a, 1] - places[b, 1]) < half[a] + half[b] - 1e-9
    return pairs


def boxes_of(number: int) -> np.ndarray:
    return np.tile([0.02, 0.2, 0.03], (number, 1))


@given(arrays(np.float64, st.tuples(st.integers(0, 30), st.just(2)), elements=st.floats(-1, 1)))
def test_places_stay_in_their_frame(places: np.ndarray) -> None:
    moved = without_label_overlap(places, boxes_of(len(places)), aspect=1.5)
    assert moved.shape == places.shape
    assert (np.abs(moved[:, 0]) <= 1.5).all() and (np.abs(moved[:, 1]) <= 1).all()


@pytest.mark.parametrize("seed", range(20))
def test_no_two_names_cover_each_other_where_there_is_room(seed: int) -> None:
    places = np.random.default_rng(seed).uniform(-1, 1, (30, 2))
    moved = without_label_overlap(places, boxes_of(30), aspect=1.5)
    assert overlapping(places, boxes_of(30)) > 0
    assert overlapping(moved, boxes_of(30)) == 0


def test_what_does_not_overlap_stays_where_it_is() -> None:
    places = np.array([[-1.0, 0.5], [0.5, 0.5], [-1.0, 0.4]])
    assert (without_label_overlap(places, boxes_of(3), aspect=1.5) == places).all()


def test_many_on_one_place_come_apart_the_same_way_each_time() -> None:
    first, again = (without_label_overlap(np.zeros((12, 2)), boxes_of(12), aspect=1.5) for _ in range(2))
    assert (first == again).all()
    assert overlapping(first, boxes_of(12)) == 0
