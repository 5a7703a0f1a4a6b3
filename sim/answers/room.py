"""Members that watch the room: what was hidden, what that changes, and who gave in after whom (the model, section 7).

Always simulated: on the draws of the result, so that differences are paired.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from math import sqrt

import numpy as np

from sim.answers.result import Cascade, Chronicle, Difference, GaveIn, HeedCurve, OpenMember, RoomResult
from sim.engines.simulate import Chance, Paired, Tally, chunks, stances_of, together
from sim.model.case import Case
from sim.model.council import Booleans, Floats
from sim.model.process import Round, play

HEEDS = np.linspace(0.0, 1.0, 11)
OFTEN = 0.5  # a chance of hiding to compare with where the scenario has none
CURVE_AT_MOST = 10_000  # replicates of each point of the curve
SEARCHED = 100_000  # replicates in which a cascade is looked for
TIES_AT_MOST = 4_000  # that a record holds

Trace = Callable[[int], Chronicle]  # a replicate, told


@dataclass(frozen=True)
class Watched:
    """What members that watch the room come to: the record, the difference it makes, and by member how often hidden."""

    room: RoomResult
    differences: list[Difference]
    hidden: Floats


def watched(case: Case, replicates: int, seed: int) -> Watched | None:
    """What interaction hides and changes; None where nobody heeds or hides."""
    if not (case.interaction.heeds or case.interaction.hides):
        return None
    without = {"heed": {"heed": 0.0}, "hide": {"hide": 0.0}}
    if case.interaction.heeds and case.interaction.hides:
        without["heed and hide"] = {"heed": 0.0, "hide": 0.0}
    else:
        del without["hide" if case.interaction.heeds else "heed"]
    found, *others = together([case, *(case.but(**each) for each in without.values())], replicates, seed, blame=True)
    differences = [_lost(name, each) for name, each in zip(without, others, strict=True)]
    return Watched(room(case, found.tally), differences, found.tally.hidden / replicates)


def _lost(made_by: str, without: Paired) -> Difference:
    """The difference something makes, from the case `without` it, paired with the one that has it."""
    return _difference(made_by, without.tally.adopted_any, without.lost, without.gained, without.tally.replicates)


def made(made_by: str, having: Paired) -> Difference:
    """The difference something makes, from the case `having` it, paired with the one without."""
    adopted = having.tally.adopted_any - having.gained + having.lost
    return _difference(made_by, adopted, having.gained, having.lost, having.tally.replicates)


def _difference(made_by: str, without: int, gained: int, lost: int, many: int) -> Difference:
    net = (gained - lost) / many
    return Difference(made_by, without / many, net, sqrt(max((gained + lost) / many - net**2, 0.0) / many), many)


def room(case: Case, tally: Tally) -> RoomResult:
    """What the others see of the final hold-outs, and what they do not."""
    many, hidden = tally.replicates, int(tally.hidden.sum())
    mean, lone = hidden / many, tally.lone_open / many
    return RoomResult(
        heed=float(case.interaction.heed),
        hide=float(case.interaction.hide),
        replicates=many,
        hidden=mean,
        hidden_standard_error=sqrt(max(tally.hidden_squares / many - mean**2, 0.0) / many),
        lone_open_hold_out=lone,
        lone_open_hold_out_standard_error=_error(lone, many),
        members=list(_members(case, tally)),
        ties=_ties(case),
    )


def _members(case: Case, tally: Tally) -> Iterator[OpenMember]:
    many = tally.replicates
    for i, each in enumerate(case.council.ids):
        seen, alone = int(tally.lone_open_hold_out[i]), int(tally.lone_hold_out[i])
        share = alone / seen if seen else None  # whoever is alone is open, so alone is among seen
        error = None if share is None else _error(share, seen)
        yield OpenMember(each, int(tally.open_hold_out[i]) / many, seen / many, share, error)


def _error(share: float, many: int) -> float:
    return sqrt(share * (1.0 - share) / many)


def _ties(case: Case) -> list[list[float]] | None:
    ties = case.interaction.ties
    if ties is None or np.count_nonzero(ties) > TIES_AT_MOST:
        return None
    return [[int(i), int(j), float(ties[i, j])] for i, j in zip(*np.nonzero(ties), strict=True)]


# -- for pictures -----------------------------------------------------------------------------------------------------


def drawn(room: RoomResult, case: Case, replicates: int, seed: int, trace: Trace) -> RoomResult:
    """The record with what is drawn of it."""
    many = min(replicates, CURVE_AT_MOST)
    return replace(room, heed_curve=heed_curve(case, many, seed), cascade=cascade(case, SEARCHED, seed, trace))


def heed_curve(case: Case, replicates: int, seed: int) -> HeedCurve:
    """P(adopted) by heed for half, once and twice the isolation, without and with hiding, all on the same draws."""
    stated = float(case.procedure.isolation)
    values = [stated / 2.0, stated, 2.0 * stated] if stated else [0.0, 1.0, 2.0]
    hides = [0.0, float(case.interaction.hide) or OFTEN]
    cases = [case.but(heed=heed, isolation=k, hide=hide) for hide in hides for k in values for heed in HEEDS.tolist()]
    shares = np.array([each.tally.adopted_any for each in together(cases, replicates, seed)]) / replicates
    adopted = shares.reshape(len(hides), len(values), len(HEEDS))
    return HeedCurve(
        heed=HEEDS.tolist(),
        isolation=values,
        hide=hides,
        adopted_any=adopted.tolist(),
        standard_error=np.sqrt(adopted * (1.0 - adopted) / replicates).tolist(),
        stated=float(case.interaction.heed),
        replicates=replicates,
    )


def cascade(case: Case, replicates: int, seed: int, trace: Trace) -> Cascade:
    """The first replicate in which a member gave in after another; else the first in which any did, or of all."""
    chance, stances, any_ = Chance(case, seed), stances_of(case), 0
    for start, many in chunks(case, min(replicates, SEARCHED)):
        draws = chance.draws(start, many, [case], notice=False)
        after, alone = _giving_in(case, play(case, stances(draws), draws), many)
        any_ = any_ or next((start + int(r) for r in np.flatnonzero(alone)[:1]), 0)
        for r in np.flatnonzero(after)[:1]:
            return _told(case, trace(start + int(r)), start + int(r) + 1)
    return _told(case, trace(any_), min(replicates, SEARCHED))


def _giving_in(case: Case, rounds: Iterable[Round], many: int) -> tuple[Booleans, Booleans]:
    """In which replicates a member gives in after another; in which any does, (many,)."""
    after, any_ = np.zeros(many, np.bool_), np.zeros(many, np.bool_)
    before: list[Booleans] = []  # who objects, and who openly, (2, many, N), in the last two rounds
    for each in rounds:
        now = np.zeros((2, many, case.council.size), np.bool_)
        now[:, each.replicate] = each.objects, each.open
        if before:
            gave = before[-1][0][each.replicate] & ~each.objects
            any_[each.replicate] |= gave.any(axis=-1)
            if len(before) == 2:
                silent = (before[0][1] & ~before[1][1])[each.replicate]
                after[each.replicate] |= (gave & _listening(case, silent)).any(axis=-1)
        before = [*before[-1:], now]
    return after, any_


def _told(case: Case, chronicle: Chronicle, searched: int) -> Cascade:
    return Cascade(chronicle, list(_gave_in(case, chronicle)), searched)


def _listening(case: Case, whom: Booleans) -> Booleans:
    """Who listens to any of these, (R, N)."""
    ties = case.interaction.ties
    if ties is None:
        return np.asarray((whom.sum(axis=-1)[:, None] - whom) > 0)
    return np.asarray(whom.astype(float) @ (ties > 0.0).T.astype(float) > 0.0)


def _gave_in(case: Case, told: Chronicle) -> Iterator[GaveIn]:
    ids, ties = told.members, case.interaction.ties
    objects = [{i for i, stance in zip(ids, stances, strict=True) if stance == "object"} for stances in told.stances]
    open_ = [now - set(hidden) for now, hidden in zip(objects, told.hidden, strict=True)]
    for t in range(1, len(objects)):
        silent = open_[t - 2] - open_[t - 1] if t > 1 else set()
        for i, member in enumerate(ids):
            if member in objects[t - 1] - objects[t]:
                heard = [each for j, each in enumerate(ids) if each in silent and (ties is None or ties[i, j] > 0.0)]
                yield GaveIn(member, t, heard)
