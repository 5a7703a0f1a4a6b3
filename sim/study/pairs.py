"""One proposal in two scenarios: what each comes to, and the difference, exact or paired replicate by replicate.

What is compared stands in columns: the six outcomes, adoption in any form, exactly one final hold-out, and for every
member of a council whether it wishes to object as tabled, holds out to the end, and is the only one to do so.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from sim.engines import exact
from sim.engines.holdouts import hold_outs
from sim.engines.odds import flat
from sim.engines.simulate import Chance, chunks, keep_freed_memory, stances_of
from sim.model.case import Case
from sim.model.council import Booleans, Floats, Integers
from sim.model.process import ADOPTIONS, OUTCOMES, Draws, Room, consult, play
from sim.model.rules import count
from sim.model.stances import Table, table

COUNCIL = (*OUTCOMES, "adopted_any", "lone_hold_out")  # the first columns; then, for every member:
MEMBER = ("object", "final_hold_out", "lone_hold_out")
Progress = Callable[[float], None]


@dataclass(frozen=True)
class Pair:
    """By column: probabilities in the reference and in the other, and the standard error of their difference."""

    before: Floats
    after: Floats
    error: Floats


def places(case: Case, ids: Sequence[str]) -> Integers:
    """The columns of the council and of these members, in their order."""
    seats = np.array([case.council.index(each) for each in ids], np.int64)
    size = case.council.size
    return np.concatenate([np.arange(len(COUNCIL)), *(len(COUNCIL) + size * n + seats for n in range(len(MEMBER)))])


def common(one: Case, other: Case) -> list[str]:
    """The ids of the members that sit in both councils, in the first one's order."""
    there = set(other.council.ids)
    return [each for each in one.council.ids if each in there]


# -- exact ------------------------------------------------------------------------------------------------------------


def summed(case: Case) -> Floats:
    """All columns by the exact engine, for a case or a block of cases, (…, 8 + 3N)."""
    stances = table(case)
    alone = exact.lone_hold_outs(case, stances)
    final = hold_outs(case, flat(case, stances)).reshape(alone.shape)
    objects = exact.as_tabled(case, stances)[2]
    return np.concatenate([_council(case, stances, alone), objects, final, alone], axis=-1)


def summed_up(case: Case) -> Floats:
    """The council's columns alone, (…, 8): what outer draws are computed for."""
    stances = table(case)
    return _council(case, stances, exact.lone_hold_outs(case, stances))


def _council(case: Case, stances: Table, alone: Floats) -> Floats:
    found = exact.outcomes(case, stances)
    lone = np.ascontiguousarray(alone).sum(axis=-1)
    return np.concatenate([found.outcomes, found.adopted_any[..., None], lone[..., None]], axis=-1)


def exactly(reference: Case, others: Sequence[Case]) -> list[Pair]:
    """The reference with each of the others, by the exact engine: no error."""
    whole, found = summed(reference), []
    for each in others:
        ids = common(reference, each)
        before, after = whole[places(reference, ids)], summed(each)[places(each, ids)]
        found.append(Pair(before, after, np.zeros_like(before)))
    return found


# -- simulated --------------------------------------------------------------------------------------------------------


def happened(case: Case, stances: Table, draws: Draws) -> Booleans:
    """All columns in each replicate, (R, 8 + 3N)."""
    wishes = consult(0, Room.of(case, stances, draws.taste), None)
    outcome = np.empty(len(wishes), np.int64)
    held = np.zeros(wishes.shape, np.bool_)
    for each in play(case, stances, draws):
        outcome[each.replicate] = each.outcome
        held[each.replicate] = each.objects & (each.outcome >= ADOPTIONS)[:, None]
    alone = count(held) == 1
    ends = outcome[:, None] == np.arange(len(OUTCOMES))
    whole = [ends, (outcome < ADOPTIONS)[:, None], alone[:, None], wishes, held, held & alone[:, None]]
    return np.concatenate(whole, axis=-1)


def simulated(
    reference: Case, others: Sequence[Case], replicates: int, seed: int, progress: Progress = lambda share: None
) -> list[Pair]:
    """The reference with each of the others, on the same draws: differences are paired replicate by replicate.

    Members of the same id have the same draws, also where councils differ. Source: the model, section 6.
    """
    keep_freed_memory()
    cases = [reference, *others]
    chances = {case.council.ids: Chance(case, seed) for case in cases}
    tables = [stances_of(case) for case in cases]
    seats = [[places(case, common(reference, other)) for case in (reference, other)] for other in others]
    counts = [np.zeros((4, len(mine)), np.int64) for mine, _ in seats]
    for first, many in chunks(max(cases, key=lambda case: case.council.size), replicates):
        draws = {ids: chance.draws(first, many, cases, notice=False) for ids, chance in chances.items()}
        played = [
            happened(case, stances(draws[case.council.ids]), draws[case.council.ids])
            for case, stances in zip(cases, tables, strict=True)
        ]
        for found, each, (mine, theirs) in zip(counts, played[1:], seats, strict=True):
            before, after = played[0][:, mine], each[:, theirs]
            found += [np.count_nonzero(now, axis=0) for now in (before, after, after & ~before, before & ~after)]
        progress((first + many) / replicates)
    return [_paired(found, replicates) for found in counts]


def _paired(counts: Integers, many: int) -> Pair:
    """counts (4, M): how often in the reference, in the other, in the other only, in the reference only."""
    before, after, gained, lost = counts / many
    net = gained - lost
    return Pair(before, after, np.sqrt(np.maximum(gained + lost - net * net, 0.0) / many))
