"""Blocks whose cases differ in some members only: the others are summed first, once for the whole block.

A sweep over the traits of one member is such a block. The order of the members depends on who varies, never on the
block, so that a case is bit for bit the same in every block.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, fields, replace
from math import prod

import numpy as np

from sim.engines.odds import Flat, flat, odds
from sim.engines.steps import lengths
from sim.engines.summing import CACHED, Steps, ended, started
from sim.engines.views import View
from sim.model.case import Case
from sim.model.council import Booleans, Floats
from sim.model.stances import Table


@dataclass(frozen=True)
class Alike:
    """The table in two parts: members that are the same in all cases, as one case, and members that vary.

    not_support (N, C): of all members
    """

    not_support: Floats
    same: Flat
    varying: Flat

    @property
    def cases(self) -> int:
        return self.varying.cases


def alike(case: Case, stances: Table, varying: Collection[int]) -> Alike:
    """Lay out the table of a block in which only these members vary. ValueError if others do as well."""
    last = sorted(set(varying))
    same = [n for n in range(case.council.size) if n not in last]
    once = {}
    for each in fields(stances):
        array = getattr(stances, each.name)
        if each.name != "supporters" and array is not None:
            block = array.reshape(-1, *array.shape[len(case.shape) :])
            if (block != block[:1]).reshape(-1, case.council.size).any(axis=0)[same].any():
                raise ValueError(f"not only the members {last} vary")
            once[each.name] = block[:1][..., same]
    not_support = np.ascontiguousarray(stances.not_support.reshape(-1, case.council.size).T)
    return Alike(not_support, flat(case, replace(stances, **once)), flat(case, stances, last))


def sums(view: View, laid: Alike, read: Booleans) -> Floats:
    """The chances of what is read, within and beyond the limit on objectors, (2, V, B). read (V, states, rows)."""
    plan, places, many = view.plan, view.places, laid.same.size
    _, first, kind = np.unique(view.rounds, axis=1, return_index=True, return_inverse=True)
    once = replace(view.part(first), cases=np.zeros(len(first), np.int64))  # rounds alike: the same sum
    steps = Steps(plan.moves, places, odds(once, laid.same), 1.0 - laid.same.not_support[:, once.cases])
    before = started((plan.states, *plan.counts), places, len(first))
    for n in range(many):
        before = steps.forward(before, n)
    found = np.empty((2, len(read), len(view.cases)))
    step = max(1, min(128, CACHED // (plan.states * prod(plan.counts) * lengths(places)[many])))
    for at in range(0, len(view.cases), step):
        piece = slice(at, at + step)
        part, now = view.part(piece), before[..., kind.reshape(-1)[piece]]
        support = 1.0 - laid.varying.not_support[:, part.cases]
        steps = Steps(plan.moves, places, odds(part, laid.varying), support, first=many)
        for n in range(many, places.size):
            now = steps.forward(now, n)
        found[..., piece] = ended(plan, places, now, read)
    return found
