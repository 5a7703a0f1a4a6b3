"""Members on a circle: who listens much to whom stands near, and names stand around it."""

from __future__ import annotations

from math import pi

import numpy as np

from sim.model.council import Floats, Integers
from sim.show.plots.spacing import spread

WHOLE = 1000  # ties in whole numbers, so that every machine finds the same order


def order(pull: Floats) -> list[int]:
    """Members in their order around a circle, so that pull (N, N) × distance is small. The same on every machine.

    First each beside the one that those already placed pull at most, then pairs are swapped while that helps.
    """
    size = len(pull)
    both = np.rint((pull + pull.T) * WHOLE).astype(np.int64)
    np.fill_diagonal(both, 0)
    placed = [int(both.sum(axis=1).argmax())] if size else []
    while len(placed) < size:
        near = both[placed[-3:]].sum(axis=0) * (size + 1) + both[placed].sum(axis=0)
        near[placed] = -1
        placed.append(int(near.argmax()))
    return _swapped(both, np.array(placed, np.int64))


def _swapped(both: Integers, placed: Integers) -> list[int]:
    size = len(placed)
    steps = np.abs(np.subtract.outer(np.arange(size), np.arange(size)))
    apart = np.minimum(steps, size - steps)
    for _ in range(size * size):
        here = both[np.ix_(placed, placed)]
        reach = here @ apart
        stay = np.diag(reach)
        gain = reach + reach.T - stay[:, None] - stay[None, :] + 2 * here * apart
        best = int(gain.argmin()) if size else 0
        if not size or gain.flat[best] >= 0:
            break
        one, other = divmod(best, size)
        placed[[one, other]] = placed[[other, one]]
    return [int(each) for each in placed]


def places(size: int) -> Floats:
    """Places on the circle of radius 1, (size, 2), clockwise from the top, half a step from it; y grows downwards."""
    angle = 2 * pi * (np.arange(size) + 0.5) / max(size, 1)
    return np.stack([np.sin(angle), -np.cos(angle)], axis=-1)


def labels(dots: Floats, around: float, apart: float, half: float) -> Floats:
    """Where names stand, (N, 2): on each side of the circle, in the order of its dots, `apart` from line to line.

    dots: from the circle's centre, inches; around: the radius that names keep clear of; half: how far up and down
    names may go
    """
    found = dots.copy()
    for right in (True, False):
        side = np.flatnonzero((dots[:, 0] >= 0) == right)
        heights = dots[side, 1] * around / np.maximum(np.hypot(*dots[side].T), 1e-9)
        found[side, 1] = spread(heights.tolist(), apart, -half, half)
        clear = np.sqrt(np.maximum(around**2 - np.maximum(np.abs(found[side, 1]) - apart / 2, 0) ** 2, 0.0))
        found[side, 0] = np.maximum(clear, 0.1) * (1 if right else -1)
    return found
