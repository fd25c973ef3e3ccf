"""
Where the subjects of a network are drawn: joined ones near each other, all others apart, the same each time.

    pairs, strengths → circle → pulled and pushed, ever less → a box

Source: Fruchterman and Reingold 1991, with a pull to the middle so that what is not joined stays in the picture.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

STEPS = 250
GRAVITY = 0.35


def spring_layout(number: int, pairs: Ints, strength: Floats, *, aspect: float = 1.5) -> Floats:
    """One row a subject: x and y, within ±aspect and ±1.

    pairs: one row an edge, the numbers of both ends; strength: one value an edge, 1 is a usual one."""
    if number < 2:
        return np.zeros((number, 2))
    turn = 2 * np.pi * np.arange(number) / number
    place = np.column_stack([np.cos(turn), np.sin(turn)])
    pull = np.zeros((number, number))
    pull[pairs[:, 0], pairs[:, 1]] = pull[pairs[:, 1], pairs[:, 0]] = strength
    usual = np.sqrt(4.0 / number)  # the distance at which two that are joined rest
    for heat in np.linspace(0.25, 0.005, STEPS):
        x, y = place.T
        across, down = (
            x - x[:, None],
            y - y[:, None],
        )  # from the other to each: summed down the columns, which is quicker
        distance = np.maximum(np.sqrt(across * across + down * down), 1e-3)
        force = usual**2 / distance**2 - pull * distance / usual
        moved = np.column_stack([(across * force).sum(axis=0), (down * force).sum(axis=0)]) - GRAVITY * place * np.sqrt(
            number
        )
        length = np.maximum(np.linalg.norm(moved, axis=1, keepdims=True), 1e-9)
        place = place + moved / length * np.minimum(length, heat)
    middle = (place.max(axis=0) + place.min(axis=0)) / 2
    reach = np.maximum((place.max(axis=0) - place.min(axis=0)) / 2, 0.05)  # in a row: no width to be stretched
    return np.asarray((place - middle) / reach * [aspect, 1.0], dtype=np.float64)
