"""
Names that can be read: the places of a drawing moved apart until no two boxes overlap.

    places, boxes around them → each two that overlap pushed apart the shorter way, again and again → places
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

STEPS = 100


def moved_apart(places: Floats, boxes: Floats, *, aspect: float, steps: int = STEPS) -> Floats:
    """
    Places (one row a subject: x and y) within ±aspect and ±1, moved until no two boxes overlap or so many steps were made.

    boxes: how far each reaches to the left, to the right, and up and down alike, in the places' unit. The same each time.
    """
    left, right, half = boxes.T
    offset, width = (right - left) / 2, (right + left) / 2
    order = np.sign(
        np.arange(len(places))[:, None] - np.arange(len(places))[None, :]
    )  # who yields where two lie on one place
    place = places.copy()
    for _ in range(steps):
        middle = place[:, 0] + offset
        dx, dy = middle[:, None] - middle[None, :], place[:, 1][:, None] - place[:, 1][None, :]
        over_x, over_y = width[:, None] + width[None, :] - np.abs(dx), half[:, None] + half[None, :] - np.abs(dy)
        both = (over_x > 0) & (over_y > 0) & (order != 0)
        if not both.any():
            break
        sideways = both & (over_x < over_y)
        push = np.stack([np.where(sideways, over_x, 0) * np.where(dx == 0, order, np.sign(dx)),
                         np.where(both & ~sideways, over_y, 0) * np.where(dy == 0, order, np.sign(dy))], axis=2)  # fmt: skip
        # Both go the whole way, so that there is room between them; who is pushed by many goes less far for each.
        place += push.sum(axis=1) / np.sqrt(np.maximum(both.sum(axis=1), 1))[:, None]
        place = np.clip(place, [-aspect, -1], [aspect, 1])
    return place
