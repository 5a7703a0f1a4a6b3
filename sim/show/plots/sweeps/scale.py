"""Numbers on an axis: linear or by powers of ten, with ticks that fit, and numbers as words that tell them apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import floor, log10
from typing import Any

import numpy as np
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from sim.model.council import Floats
from sim.show.plots.lettering import inches
from sim.show.plots.style import SMALL

FEW = 8  # so many values have a tick each
OVER = 0.2  # inches that a label may reach beyond its axis
DECADES = 1.7  # an axis is by powers of ten from so many on
Tick = tuple[float, str]


@dataclass(frozen=True)
class Scale:
    """Values in rising order, and where they lie: at themselves or, if `log`, at their logarithms.

    Pictures put everything at these places, on plain axes, so that straight lines between points are what is drawn,
    interpolated and said.
    """

    values: Floats
    log: bool

    def at(self, values: Any) -> Floats:
        """The places of values."""
        found = np.asarray(values, float)
        return np.asarray(np.log10(found) if self.log else found)

    def back(self, place: float) -> float:
        """The value at a place."""
        return float(10.0**place) if self.log else place

    @property
    def ends(self) -> tuple[float, float]:
        """The first and the last place; around a single one, some room."""
        places = self.at(self.values)
        first, last = float(places[0]), float(places[-1])
        if last - first > 1e-12 * max(abs(first), abs(last)):
            return first, last
        room = abs(first) * 0.5 or 1.0
        return first - room, first + room

    def holds(self, value: Any) -> bool:
        """Is this a number within the axis?"""
        number = isinstance(value, int | float) and not isinstance(value, bool)
        return number and float(self.values[0]) <= value <= float(self.values[-1])

    def edges(self, values: Floats) -> Floats:
        """Where the areas of neighbouring values meet: half-way between them."""
        places = self.at(values)
        if len(places) == 1:
            return np.array(self.ends)
        middle = (places[1:] + places[:-1]) / 2
        return np.concatenate([[2 * places[0] - middle[0]], middle, [2 * places[-1] - middle[-1]]])

    def said(self, place: float) -> str:
        """The value at a place with as many digits as the values' distance there warrants."""
        value, values = self.back(place), self.values
        after = min(max(int(np.searchsorted(values, value)), 1), max(len(values) - 1, 0))
        step = float(values[after] - values[after - 1]) if after else 0.0
        return worded(value, step / 2 or abs(value) / 100, zeros=True)

    def ticks(self, room: float, ends: tuple[float, float] | None = None, upright: bool = False) -> list[Tick]:
        """Places and labels of ticks on an axis of a length in inches; upright: labels beside the axis, not below."""
        ends = ends or self.ends
        choices = [self.values] if len(self.values) <= FEW else []
        choices += [self._round(count) for count in (8, 7, 6, 5, 4, 3, 2)]
        for values in choices:
            found = _labelled(values)
            if len(found) > 1 and _fit([(float(self.at(value)), label) for value, label in found], room, ends, upright):
                return _within([(float(self.at(value)), label) for value, label in found], room, ends, upright)
        value = float(self.values[0])
        return [(float(self.at(value)), f"{value:.3g}")]

    def _round(self, count: int) -> Floats:
        least, most = float(self.values[0]), float(self.values[-1])
        if self.log:
            powers = range(floor(log10(least)), floor(log10(most)) + 2)
            step = max(1, len(powers) // count)
            within = [10.0**power for power in powers[::step] if least <= 10.0**power <= most]
            fine = [each * 10.0**power for power in powers for each in (1, 2, 5)]
            fine = [each for each in fine if least <= each <= most]
            return np.array(fine if len(fine) <= count else within)
        whole = bool((self.values == np.round(self.values)).all())
        found = MaxNLocator(nbins=count, steps=[1, 2, 2.5, 5, 10], integer=whole).tick_values(least, most)
        slack = (most - least) * 1e-9
        return np.array([each for each in found if least - slack <= each <= most + slack])


def scale(values: Sequence[Any] | NDArray[Any]) -> Scale:
    """The scale that suits values: by powers of ten where their ratios are more even than their distances."""
    found = np.unique(np.asarray(values, float))
    if len(found) < 3 or found[0] <= 0 or log10(found[-1] / found[0]) < DECADES:
        return Scale(found, log=False)
    even, ratios = np.diff(found), np.diff(np.log10(found))
    return Scale(found, log=bool(np.std(ratios) / np.mean(ratios) < np.std(even) / np.mean(even)))


def exactly(value: float) -> str:
    """A number with the digits that it has, up to twelve."""
    power = floor(log10(abs(value) or 1.0))
    found = (worded(value, 10.0 ** (power - digits)) for digits in range(12))
    return next((label for label in found if abs(_number(label) - value) <= abs(value) * 1e-12), f"{value:.12g}")


def worded(value: float, step: float, zeros: bool = False) -> str:
    """A number with digits down to the power of ten at or under a step; zeros: also those at its end."""
    if value == 0 or not np.isfinite(value):
        return "0" if value == 0 else "–"
    power, last = floor(log10(abs(value))), floor(log10(abs(step) + 1e-300) + 1e-9)
    digits = min(max(power - last, 0), 15)
    if -4 <= power < 6:
        text = f"{value:,.{max(digits - power, 0)}f}"
        return text if zeros or "." not in text else text.rstrip("0").rstrip(".")
    mantissa, exponent = f"{value:.{digits}e}".split("e")
    return f"{mantissa.rstrip('0').rstrip('.') if '.' in mantissa else mantissa}e{int(exponent)}"


def _labelled(values: Floats) -> list[tuple[float, str]]:
    """Values with labels that differ and, if digits allow it, are exact."""
    span = float(np.diff(values).min()) if len(values) > 1 else 0.0
    for digits in range(16):
        labels = [worded(float(each), 10.0 ** (floor(log10(abs(each) or 1.0)) - digits)) for each in values]
        near = [abs(_number(label) - each) <= span / 50 for label, each in zip(labels, values, strict=True)]
        if all(near) and len(set(labels)) == len(labels):
            return list(zip(map(float, values), labels, strict=True))
    return []


def _number(label: str) -> float:
    return float(label.replace(",", ""))


def _fit(ticks: list[Tick], room: float, ends: tuple[float, float], upright: bool) -> bool:
    each = room / (ends[1] - ends[0])
    sizes = [0.12 if upright else inches(label, SMALL) for _, label in ticks]
    gaps = [(after[0] - before[0]) * each for before, after in pairwise(ticks)]
    need = [(one + other) / 2 + 0.07 for one, other in pairwise(sizes)]
    return all(gap >= wide for gap, wide in zip(gaps, need, strict=True))


def _within(ticks: list[Tick], room: float, ends: tuple[float, float], upright: bool) -> list[Tick]:
    """Without ticks whose labels would reach too far beyond the axis."""
    each = room / (ends[1] - ends[0])
    reach = {label: 0.0 if upright else inches(label, SMALL) / 2 for _, label in ticks}
    least, most = -OVER, room + OVER
    return [tick for tick in ticks if least + reach[tick[1]] <= (tick[0] - ends[0]) * each <= most - reach[tick[1]]]
