"""
Positions for drawing a network: connected subjects near each other, labels without overlap, the same each time.

    edges, weights → circle → force-directed layout (Fruchterman and Reingold 1991) → labels pushed apart → positions

The layout has gravity besides, so that subjects without an edge stay in the picture.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

LAYOUT_STEPS = 250
GRAVITY = 0.35
LABEL_STEPS = 100


def spring_layout(number: int, pairs: Ints, strength: Floats, *, aspect: float = 1.5) -> Floats:
    """One row a subject: x and y, within ±aspect and ±1.

    pairs: one row an edge, the numbers of both ends; strength: one value an edge, 1 is a usual one."""
    if number < 2:
        return np.zeros((number, 2))
    turn = 2 * np.pi * np.arange(number) / number
    position = np.column_stack([np.cos(turn), np.sin(turn)])
    pull = np.zeros((number, number))
    pull[pairs[:, 0], pairs[:, 1]] = pull[pairs[:, 1], pairs[:, 0]] = strength
    rest = np.sqrt(4.0 / number)  # the distance at which two connected subjects rest
    for heat in np.linspace(0.25, 0.005, LAYOUT_STEPS):
        x, y = position.T
        # Differences from the other to each: summed down the columns, which is faster than along the rows.
        dx, dy = x - x[:, None], y - y[:, None]
        distance = np.maximum(np.sqrt(dx * dx + dy * dy), 1e-3)
        force = rest**2 / distance**2 - pull * distance / rest
        step = np.column_stack([(dx * force).sum(axis=0), (dy * force).sum(axis=0)])
        step -= GRAVITY * position * np.sqrt(number)
        length = np.maximum(np.linalg.norm(step, axis=1, keepdims=True), 1e-9)
        position = position + step / length * np.minimum(length, heat)
    middle = (position.max(axis=0) + position.min(axis=0)) / 2
    reach = np.maximum(
        (position.max(axis=0) - position.min(axis=0)) / 2, 0.05
    )  # a straight row has no width to stretch
    return np.asarray((position - middle) / reach * [aspect, 1.0], dtype=np.float64)


def without_label_overlap(positions: Floats, boxes: Floats, *, aspect: float, steps: int = LABEL_STEPS) -> Floats:
    """The positions within ±aspect and ±1, moved until no two label boxes overlap or `steps` moves were made.

    positions: one row a subject, x and y; boxes: how far each label reaches to the left, to the right, and up and down
    alike, in the same unit."""
    left, right, half = boxes.T
    offset, width = (right - left) / 2, (right + left) / 2
    number = np.arange(len(positions))
    order = np.sign(number[:, None] - number[None, :])  # which of two yields where both have one position
    position = positions.copy()
    for _ in range(steps):
        middle = position[:, 0] + offset
        dx, dy = middle[:, None] - middle[None, :], position[:, 1][:, None] - position[:, 1][None, :]
        over_x, over_y = width[:, None] + width[None, :] - np.abs(dx), half[:, None] + half[None, :] - np.abs(dy)
        overlap = (over_x > 0) & (over_y > 0) & (order != 0)
        if not overlap.any():
            break
        sideways = overlap & (over_x < over_y)
        push_x = np.where(sideways, over_x, 0) * np.where(dx == 0, order, np.sign(dx))
        push_y = np.where(overlap & ~sideways, over_y, 0) * np.where(dy == 0, order, np.sign(dy))
        # Both go the whole way, which leaves room between them; a box that many push goes less far for each.
        push = np.stack([push_x.sum(axis=1), push_y.sum(axis=1)], axis=1)
        position += push / np.sqrt(np.maximum(overlap.sum(axis=1), 1))[:, None]
        position = np.clip(position, [-aspect, -1], [aspect, 1])
    return position
