"""What pictures read of a sweep: which axes and proposals vary, slices of a grid, intervals, crossings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.answers.result import INTERPRETED_FROM
from sim.model.council import Floats
from sim.study.cells import Axis, Sweep

CONSTANT = 0.001  # proposals that vary by less are taken for constant
WITHOUT, RULE = "council.without", "procedure.rule"  # paths that have words of their own
Cells = NDArray[np.intp]
Band = tuple[Floats, Floats]


@dataclass(frozen=True)
class Slice:
    """The cells of a grid in which the axes not drawn have one value each; named by these, and so in a sentence."""

    title: str
    cells: Cells
    said: str = ""


def live(sweep: Sweep) -> list[Axis]:
    """The axes of a grid that have more than one value; if none has, the first."""
    if sweep.design != "grid":
        return []
    return [each for each in sweep.axes if len(each.values) > 1] or list(sweep.axes[:1])


def numeric(sweep: Sweep) -> list[Axis]:
    """The live axes whose values are numbers."""
    return [each for each in live(sweep) if each.numeric]


def rising(axis: Axis) -> Cells:
    """The order in which a numeric axis rises; a name's order is as asked for."""
    return np.argsort(np.array(axis.values, float), kind="stable") if axis.numeric else np.arange(len(axis.values))


def slices(sweep: Sweep, along: Sequence[Axis]) -> list[Slice]:
    """The grid cut along axes: cells with a dimension for each of these, numbers rising; the others one after another.

    A single slice has no title.
    """
    cells = np.arange(len(sweep.adopted_any)).reshape(sweep.shape)
    places = {id(each): place for place, each in enumerate(sweep.axes)}
    front = [place for place, each in enumerate(sweep.axes) if not any(each is one for one in along)]
    cells = cells.transpose([*front, *(places[id(each)] for each in along)])
    index: tuple[Any, ...] = (*(slice(None) for _ in front), *np.ix_(*(rising(each) for each in along)))
    turned = cells[index]
    others = [sweep.axes[place] for place in front]
    found = []
    for at in np.ndindex(*turned.shape[: len(front)]):
        pairs = [(axis, axis.labels[place]) for axis, place in zip(others, at, strict=True) if len(axis.values) > 1]
        title, said = (", ".join(words(*pair) for pair in pairs) for words in (titled, said_of))
        found.append(Slice(title, turned[at], said))
    return found


def said_of(axis: Axis, value: str) -> str:
    """A value as a sentence has it, with a preposition."""
    if axis.path == WITHOUT:
        return "with everybody" if value == "nobody" else f"without {value}"
    return f"under {value}" if axis.path.endswith(RULE) else f"with {axis.path} = {value}"


def titled(axis: Axis, value: str) -> str:
    """A value as a panel's title has it."""
    return value if axis.path.endswith(RULE) else said_of(axis, value).removeprefix("with ")


def varying(sweep: Sweep) -> list[int]:
    """The proposals whose adoption varies over the cells."""
    spans = np.fmax.reduce(sweep.adopted_any) - np.fmin.reduce(sweep.adopted_any)
    return [place for place, span in enumerate(spans) if span > CONSTANT]


def first(sweep: Sweep) -> int:
    """The first proposal that varies; if none does, the first."""
    return next(iter(varying(sweep)), 0)


def interval(sweep: Sweep, cells: Cells, text: int) -> Band | None:
    """How sure P(adopted) is: 5-95 % of the outer draws or ± 2 standard errors; None if exact.

    Where a sample of R was all or nothing, its 95 % bound, 3 / R.
    """
    if sweep.prior is not None:
        return sweep.prior[cells, text, 0], sweep.prior[cells, text, 2]
    share, error = sweep.adopted_any[cells, text], np.nan_to_num(sweep.standard_error[cells, text])
    sampled = sweep.engine[cells, text] != "exact"
    if not (sampled | (error > 0)).any():
        return None
    bound = np.where(sampled & ((share <= 0) | (share >= 1)), min(3 / max(sweep.replicates, 1), 1.0), 0.0)
    reach = np.maximum(2 * error, bound)
    return np.clip(share - reach, 0, 1), np.clip(share + reach, 0, 1)


def conditioned(sweep: Sweep, cells: Cells, text: int) -> Floats | None:
    """5, 50 and 95 % points after conditioning, where enough outer draws are left of it to be read."""
    if sweep.conditioned is None or (sweep.effective_draws or 0.0) < INTERPRETED_FROM:
        return None
    return np.asarray(sweep.conditioned[cells, text])


def crossings(x: Floats, y: Floats, level: float = 0.5) -> list[tuple[float, bool]]:
    """Where a curve crosses a level, on straight lines between its points; and whether it rises there."""
    known = np.isfinite(y)
    x, y = x[known], y[known]
    above = y >= level
    at = np.flatnonzero(above[1:] != above[:-1])
    share = (level - y[at]) / (y[at + 1] - y[at])
    places = x[at] + share * (x[at + 1] - x[at])
    return [(float(place), bool(above[after])) for place, after in zip(places, at + 1, strict=True)]


def stated(sweep: Sweep, axis: Axis) -> Any:
    """What the scenario says itself, if it is one of a numeric axis's kind: a number."""
    value = axis.stated
    number = isinstance(value, int | float) and not isinstance(value, bool) and np.isfinite(value)
    return value if number else None
