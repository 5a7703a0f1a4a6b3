"""How a sum over all words changes with one member's letters, for every member at once.

The sum is linear in each member's letters, so all members come from one pass forwards, up to the member, and one
backwards, down to it. Before the member only those states count where a letter asked for can come, after it only
those that one can lead to.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache, reduce
from math import prod

import numpy as np

from sim.engines.letters import Structure
from sim.engines.steps import Moves, Places, Plan, lengths, moves, plan
from sim.engines.summing import KEPT, Forward, Steps, added, added_up
from sim.model.council import Floats

Asked = tuple[int, tuple[int, ...], Floats]  # which worth, which sets of letters, and their other weights


@dataclass(frozen=True)
class Halves:
    """States and moves before the member whose letters have other weights, and after it; and the moves it makes."""

    before: tuple[int, ...]
    forth: Moves
    after: tuple[int, ...]
    back: Moves
    own: Moves


@lru_cache(maxsize=256)
def halves(structure: Structure, sets: tuple[int, ...]) -> Halves:
    """What is needed where one member has letters of these sets.

    The order of members does not matter to what is counted. So whatever leads to a state where such a letter can come
    is one itself, and whatever follows on a state that such a letter leads to is one as well.
    """
    machine = plan(structure).machine
    own = [edge for edge in machine.edges if machine.sets.index(edge.letters) in sets]
    before, after = (tuple(sorted(states)) for states in ({edge.a for edge in own}, {edge.b for edge in own}))
    come, go = ({state: place for place, state in enumerate(states)} for states in (before, after))
    return Halves(
        before,
        moves(machine, [(come[e.a], come[e.b], e) for e in machine.edges if {e.a, e.b} <= come.keys()]),
        after,
        moves(machine, [(go[e.a], go[e.b], e) for e in machine.edges if {e.a, e.b} <= go.keys()]),
        moves(machine, [(come[e.a], go[e.b], e) for e in own]),
    )


def derivatives(
    plan: Plan, places: Places, letters: Floats, support: Floats, worth: Floats, asked: list[Asked]
) -> Floats:
    """Σ of worth over all words in which one member's letters have other weights, for every member; (asked, N, B).

    It never divides, so entries that are exactly 0 do no harm.
    letters, support: as in `Steps`; worth (V, states, counts …, rows, B)
    asked: (v, places of the sets, their other weights (sets asked, N, rows, B)); who supports adds nothing here
    """
    block, half = support.shape[-1], _halves(plan, asked)
    found = np.zeros((len(asked), places.size, block))
    if not half.own:
        return found
    forward = Forward(Steps(half.forth, places, letters, support), (len(half.before), *plan.counts), block, keep=True)
    back = Steps(half.back, places, letters, support)
    weights = [places.odds(each) for _, _, each in asked]
    worth = worth[:, list(half.after)]
    ahead = np.zeros((*worth.shape[:-2], places.length(places.size), block))
    ahead[..., places.last, :] = worth
    for n in reversed(range(places.size)):
        shift = places.shifts[n]
        now, reaches = places.widened(forward[n], n)[..., shift.met, :], ahead[..., shift.reach, :]
        by_letters: dict[int, Floats] = {}
        for each in half.own:
            part = reaches[:, *each.b] * now[each.a]
            summed = added(part.reshape(part.shape[0], -1, *part.shape[-2:]), (1,))
            if each.letters in by_letters:
                by_letters[each.letters] += summed
            else:
                by_letters[each.letters] = summed
        for place, (which, sets, _) in enumerate(asked):
            here = places.at(weights[place], n)
            terms = [by_letters[mine][which] * other for mine, other in zip(sets, here, strict=True)]
            found[place, n] = added_up(reduce(np.add, terms), 0)
        if n:
            ahead = back.backward(ahead, n)
    return found


def _halves(plan: Plan, asked: list[Asked]) -> Halves:
    return halves(plan.machine.structure, tuple(sorted({place for _, sets, _ in asked for place in sets})))


def side_by_side(plan: Plan, places: Places, sets: tuple[int, ...]) -> int:
    """How many cases to take at once, where one member has letters of these sets: arrays kept within memory."""
    entries = max(1, len(halves(plan.machine.structure, sets).before)) * prod(plan.counts)
    return max(1, min(128, KEPT // (entries * sum(lengths(places)))))
