"""Blocks whose cases differ in some members only: the others are summed first, once for the whole block.

A sweep over the traits of one member is such a block. The order of the members depends on who varies, never on the
block, so that a case is bit for bit the same in every block.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, fields, replace
from math import prod

import numpy as np

from sim.engines.counting import NOT_YET
from sim.engines.odds import Flat, flat, labels, odds
from sim.engines.steps import lengths
from sim.engines.summing import CACHED, Steps, added, ended, started
from sim.engines.views import View, endings
from sim.model.case import Case
from sim.model.council import Booleans, Floats, Integers
from sim.model.stances import Table


@dataclass(frozen=True)
class Alike:
    """The table in two parts: members that are the same in all cases, as one case, and members that vary.

    order: places of the members, those that vary last; not_support (N, C): of all, in the order of the council
    """

    order: tuple[int, ...]
    not_support: Floats
    same: Flat
    varying: Flat

    @property
    def cases(self) -> int:
        return self.varying.cases


def lay(case: Case, stances: Table, varying: Collection[int]) -> Alike:
    """Lay out the table of a block in which only these members vary. ValueError if others do as well."""
    last = sorted(set(varying))
    if not set(last) <= set(range(case.council.size)):
        raise ValueError(f"{last} are not all places of members")
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
    return Alike((*same, *last), not_support, flat(case, replace(stances, **once)), flat(case, stances, last))


def _once(view: View) -> tuple[View, Integers]:
    """The block with every combination of rounds once, as of one case, and which one each of its cases has, (B,)."""
    _, first, which = np.unique(view.rounds, axis=1, return_index=True, return_inverse=True)
    return replace(view.part(first), cases=np.zeros(len(first), np.int64)), which.reshape(-1)


def sums(view: View, laid: Alike, read: Booleans) -> Floats:
    """The chances of what is read, within and beyond the limit on objectors, (2, V, B). read (V, states, rows)."""
    plan, places, many = view.plan, view.places, laid.same.size
    once, which = _once(view)
    steps = Steps(plan.moves, places, odds(once, laid.same), 1.0 - laid.same.not_support[:, once.cases])
    before = started((plan.states, *plan.counts), places, len(once.cases))
    for n in range(many):
        before = steps.forward(before, n)
    found = np.empty((2, len(read), len(view.cases)))
    step = max(1, min(128, CACHED // (plan.states * prod(plan.counts) * lengths(places)[many])))
    for first in range(0, len(view.cases), step):
        piece = slice(first, first + step)
        part, now = view.part(piece), before[..., which[piece]]
        support = 1.0 - laid.varying.not_support[:, part.cases]
        steps = Steps(plan.moves, places, odds(part, laid.varying), support, first=many)
        for n in range(many, places.size):
            now = steps.forward(now, n)
        found[..., piece] = ended(plan, places, now, read)
    return found


def lone(case: Case, laid: Alike) -> Floats:
    """P(the only final hold-out), by case and member, (C, N), where one member varies: linear in what it does."""
    found = np.zeros((laid.cases, len(laid.order)))
    for view in endings(case, "lone", objectors=1):
        read = labels(view, case) != NOT_YET
        if not read.any():
            continue
        once, which = _once(view)
        slopes = _slopes(once, laid.same, read)
        step = max(1, CACHED // slopes[..., 0].size)
        for kind in range(len(once.cases)):
            of_kind = np.flatnonzero(which == kind)
            for first in range(0, len(of_kind), step):
                part = view.part(of_kind[first : first + step])
                chance = odds(part, laid.varying)[:, 0]
                support = np.broadcast_to(1.0 - laid.varying.not_support[:, part.cases], chance.shape[1:])
                does = np.concatenate([chance, support[None]])[:, :, None]
                each = added(slopes[..., kind, None] * does, (0, 1)) * part.weight
                np.add.at(found, part.cases, each.T)
    return np.ascontiguousarray(found[:, np.argsort(laid.order)])


def _slopes(once: View, same: Flat, read: Booleans) -> Floats:
    """P(this member alone holds out) by what the last member does, (sets + 1, rows, N, B): the last of it is support.

    All others are the same. Each in turn is the one that objects, some side by side; then none, but the last member.
    """
    plan, places, block = once.plan, once.places, len(once.cases)
    step = max(1, CACHED // (plan.states * prod(plan.counts) * max(lengths(places)) * block))
    turns = [np.arange(first, min(first + step, places.size)) for first in range(0, places.size, step)]
    letters, support = odds(once, same), 1.0 - same.not_support[:, once.cases]
    return np.concatenate([_turn(once, letters, support, read, turn) for turn in turns], axis=2)


def _turn(once: View, letters: Floats, support: Floats, read: Booleans, turn: Integers) -> Floats:
    """The slopes where it is the turn of these members, side by side in front of the block."""
    plan, places, machine = once.plan, once.places, once.plan.machine
    sets, many, rows, block = letters.shape
    objects = np.array([machine.letters[each[0]].deeds[-1].objects for each in machine.sets])
    mine = np.arange(many)[:, None] == turn
    letters = letters[:, :, :, None] * (objects[:, None, None] == mine)[:, :, None, :, None]
    support = support[:, None] * ~mine[..., None]
    wide = len(turn) * block
    steps = Steps(plan.moves, places, letters.reshape(sets, many, rows, wide), support.reshape(many, wide))
    now = started((plan.states, *plan.counts), places, wide)
    for n in range(many):
        now = steps.forward(now, n)
    deed = np.repeat(np.eye(sets + 1), wide, axis=1)  # the last member does one thing in each copy of the block
    steps = Steps(plan.moves, places, np.repeat(deed[:-1, None, None], rows, axis=2), deed[-1:], first=many)
    end = steps.forward(np.tile(now, sets + 1), many)[..., places.last, :]
    by_row = added(added(end, tuple(range(1, 1 + len(plan.counts)))) * read[..., None], (0,))
    return np.ascontiguousarray(by_row.reshape(rows, sets + 1, len(turn), block).transpose(1, 0, 2, 3))
