"""Labels that would lie on one another, moved apart."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def spread(places: Sequence[float], apart: float, least: float, most: float) -> list[float]:
    """Places moved as little as need be to stand `apart` from one another, in their order, from `least` to `most`.

    Where there is no room for all of them, they reach below `least`.
    """
    order = np.argsort(places, kind="stable")
    steps = apart * np.arange(len(order))
    level = _level(np.array(places, float)[order] - steps)  # without the steps: in order, and no more than that
    found = np.empty(len(order))
    found[order] = np.minimum(np.maximum(level, least), most - steps.max(initial=0.0)) + steps
    return [float(each) for each in found]


def _level(values: np.ndarray) -> np.ndarray:
    """The values in no falling order that are nearest to these: neighbours that fall are pooled to their mean."""
    pools: list[tuple[float, int]] = []
    for value in values.tolist():
        mean, size = value, 1
        while pools and pools[-1][0] > mean:
            before, count = pools.pop()
            mean, size = (before * count + mean * size) / (count + size), count + size
        pools.append((mean, size))
    return np.repeat([mean for mean, _ in pools], [size for _, size in pools])
