"""From the table of stances to the letters' probabilities, and what finished words are worth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from math import prod

import numpy as np

from sim.engines.letters import Letter, Threshold
from sim.engines.views import View, needed_of
from sim.model.case import Case
from sim.model.council import Booleans, Floats, Integers
from sim.model.stances import Table


@dataclass(frozen=True)
class Flat:
    """The table as sums need it: members in front, cases (and rounds) on the last axis.

    not_support, notice (N, C); object, payment, opt_out (N, S, C · T)
    """

    not_support: Floats
    notice: Floats
    object: Floats
    payment: Floats | None
    opt_out: Floats | None
    opt_out_first_round: int
    rounds: int

    @property
    def size(self) -> int:
        return int(self.not_support.shape[0])

    @property
    def cases(self) -> int:
        return int(self.not_support.shape[1])


def flat(case: Case, stances: Table, who: Sequence[int] | None = None) -> Flat:
    """Lay out the table of a case or a block; who: of these members, in that order.

    ValueError where members watch the room in a way that the table does not hold.
    """
    if case.interaction.heeds or (case.interaction.hides and case.procedure.withdraw_above < case.council.size):
        raise ValueError("what members that watch the room come to is not in the table; ask exact.applies first")
    cases = prod(stances.not_support.shape[:-1])

    def members(array: Floats) -> Floats:
        array = array if who is None else array[..., who]
        return np.ascontiguousarray(array.reshape(cases, array.shape[-1]).T)

    def situations(array: Floats | None) -> Floats | None:
        if array is None:
            return None
        array = array if who is None else array[..., who]
        s, t, n = array.shape[-3:]
        return np.asarray(array.reshape(cases, s, t, n).transpose(3, 1, 0, 2).reshape(n, s, cases * t))

    objects = situations(stances.object)
    assert objects is not None
    return Flat(
        members(stances.not_support),
        members(stances.notice),
        objects,
        situations(stances.refuse_payment),
        situations(stances.refuse_opt_out),
        case.procedure.opt_out_first_round,
        case.procedure.rounds,
    )


def _cut(view: View, table: Flat, threshold: Threshold) -> Floats:
    """One threshold on the uniform number, (N, rows, B)."""
    place, kind = threshold
    t = view.rounds[place]
    rows = view.supporters
    pick = slice(int(rows[0]), int(rows[-1]) + 1)

    def take(array: Floats) -> Floats:
        return np.asarray(array[:, pick].take(view.cases * table.rounds + t, axis=2))

    silence = view.structure.silence
    if kind == "object":
        return take(table.object)
    refuse = table.payment if kind == "payment" else table.opt_out
    assert refuse is not None
    cut = take(refuse)
    everybody = take(table.object) if silence else table.not_support[:, None, view.cases]
    cut = np.minimum(cut, everybody)
    if kind == "opt_out" and (t < table.opt_out_first_round).any():  # before it is on offer everybody refuses it
        cut = np.where(t >= table.opt_out_first_round, cut, everybody)
    return cut


def odds(view: View, table: Flat) -> Floats:
    """The probability of each set of letters on the automaton's edges, (sets, N, rows, B)."""
    return sums(view, view.plan.machine.sets, probabilities(view, table))


def probabilities(view: View, table: Flat) -> dict[int, Floats]:
    """The probability of each letter that is on an edge, (N, rows or 1, B)."""
    machine = view.plan.machine
    cuts: dict[Threshold, Floats] = {}
    found = {}
    for place in sorted({letter for letters in machine.sets for letter in letters}):
        letter = machine.letters[place]
        for threshold in (*letter.above, *letter.below):
            if threshold not in cuts:
                cuts[threshold] = _cut(view, table, threshold)
        found[place] = _probability(letter, view, table, cuts)
    return found


def sums(view: View, sets: Sequence[tuple[int, ...]], each: dict[int, Floats]) -> Floats:
    """Sums over sets of letters, (sets, N, rows, B)."""
    members, _, block = next(iter(each.values())).shape
    found = np.empty((len(sets), members, len(view.supporters), block))
    for mine, letters in zip(found, sets, strict=True):
        mine[:] = each[letters[0]]
        for letter in letters[1:]:
            mine += each[letter]
    return found


def _probability(letter: Letter, view: View, table: Flat, cuts: dict[Threshold, Floats]) -> Floats:
    """The length of u's interval below some thresholds and above the others, (N, rows or 1, B)."""
    high = table.not_support[:, None, view.cases]
    high = reduce(np.minimum, (cuts[c] for c in letter.below), high)
    length = high
    if letter.above:
        length = high - reduce(np.maximum, (cuts[c] for c in letter.above))
        np.maximum(length, 0.0, out=length)
    if letter.notices is not None:
        notice = table.notice[:, None, view.cases]
        length = length * (notice if letter.notices else 1.0 - notice)
    return length


def labels(view: View, case: Case) -> Integers:
    """What a word that ends in a state with so many supporters is read as, (states, rows)."""
    found = np.array(view.plan.machine.labels)
    if view.structure.silence:
        return np.repeat(found, len(view.supporters), axis=1)
    need = np.clip(needed_of(case) - view.supporters, 0, view.structure.reach + 1)
    return found[:, need]


def worths(view: View, read: Booleans) -> Floats:
    """What words are worth, by whether they count: (states, rows) → (states, counts …, rows, B).

    That is the weight of the case, `over` for words with more objectors than the limit.
    """
    counts = view.plan.counts
    spread = read.reshape(len(read), *(1 for _ in counts), -1, 1)
    worth = np.array(np.broadcast_to(spread * view.weight, (len(read), *counts, read.shape[1], len(view.weight))))
    for place, look in enumerate(view.structure.counted):
        if look.over:
            beyond: tuple[slice | int, ...] = (slice(None),) * (place + 1) + (-1,)
            worth[beyond] = spread[:, 0] * view.over
    return worth
