"""Who is to blame, exactly: stances as tabled and five measures for every member (the model, section 5).

Each sum is linear in a member's letters, so blame for all members comes from one backward pass. And the Shapley value
is an integral of a polynomial, which Gauss–Legendre nodes give without error.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from sim.engines.counting import NOT_YET, VOTE
from sim.engines.objectors import as_tabled, first_objectors
from sim.engines.odds import Flat, flat, labels, odds, probabilities, sums, worths
from sim.engines.slopes import Asked, derivatives, side_by_side
from sim.engines.views import View, deadline_of, endings, ends, limit_of, passings, rests, within_limit
from sim.model.case import Case
from sim.model.council import Floats
from sim.model.stances import Table, table


@dataclass(frozen=True)
class Blame:
    """By member, (…, N): stances as tabled, and the five measures; lone (…): P(exactly one final hold-out)."""

    support: Floats
    acquiesce: Floats
    object: Floats
    first_objector: Floats
    final_hold_out: Floats
    lone_hold_out: Floats
    pivotality: Floats | None
    shapley: Floats | None
    lone: Floats


def blame(case: Case, stances: Table | None = None, counterfactual: bool = True) -> Blame:
    """Stances as tabled and the five measures of blame for every member, for a case or a block; shapes in `Blame`.

    Without `counterfactual` pivotality and Shapley blame are None: of large councils they are what takes long.
    """
    laid = flat(case, stances or table(case))
    support, acquiesce, wishes = as_tabled(laid)
    final, alone = hold_outs(case, laid), lone(case, laid)
    pivotality, shapley = pivots(case, laid) if counterfactual else (None, None)

    def shaped(found: Floats) -> Floats:
        return np.ascontiguousarray(found).reshape(*case.shape, laid.size)

    return Blame(
        support=shaped(support),
        acquiesce=shaped(acquiesce),
        object=shaped(wishes),
        first_objector=shaped(first_objectors(case, laid)),
        final_hold_out=shaped(final),
        lone_hold_out=shaped(alone),
        pivotality=None if pivotality is None else shaped(pivotality),
        shapley=None if shapley is None else shaped(shapley),
        lone=np.ascontiguousarray(alone).sum(axis=-1).reshape(case.shape),
    )


def hold_outs(case: Case, laid: Flat) -> Floats:
    """P(final hold-out), by case and member, (C, N)."""
    stopped, in_vain = stopping(case)
    found = _objecting(case, laid, stopped)
    if not in_vain:
        return found
    rest = _opposed(case, laid) - _objecting(case, laid, in_vain)
    return np.where(deadline_of(case)[:, None], found, np.maximum(rest, 0.0))


def stopping(case: Case) -> tuple[list[View], list[View]]:
    """What must be looked at for final hold-outs: objectors who stop the text, or those who object in vain.

    Where acquiescence counts and all notice in time, a text that fails in the last round failed in all before: so the
    final hold-outs are the objectors in the last round, less those whose objection does not stop the text there.
    """
    if case.rule.needs_support:
        return endings(case), []
    late = deadline_of(case)
    in_vain = endings(case, "passes", objectors=0 if within_limit(case) else None)
    return (
        [view for view in endings(case) if late[view.cases].all()],
        [view for view in in_vain if not late[view.cases].any()],
    )


def _opposed(case: Case, laid: Flat) -> Floats:
    """P(objects in the last round played, if no text ever passed), where all notice in time, (C, N)."""
    within, above = ends(case)
    whole = rests(case)
    machine = whole.plan.machine
    sets = tuple(
        place
        for place, letters in enumerate(machine.sets)
        if all(deed.objects for letter in letters for deed in machine.letters[letter].deeds)
    )
    each = np.empty((laid.rounds, laid.size, laid.cases))  # P(objects in the round, and no more than Ω at the start)
    first = 0
    for view in pieces(whole, sets):
        support = 1.0 - laid.not_support[:, view.cases]
        asked: list[Asked] = [
            (0, sets, laid.object[:, :, view.cases * laid.rounds + t][None]) for t in range(laid.rounds)
        ]
        worth = worths(view, np.ones((view.plan.states, laid.size + 1), np.bool_))[None]
        piece = slice(first, first + len(view.cases))
        each[..., piece] = derivatives(view.plan, view.places, odds(view, laid), support, worth, asked)
        first = piece.stop
    found = np.zeros((laid.size, laid.cases))
    for now, chance in zip(each, within.T, strict=True):
        found += now * chance
    if limit_of(case) is not None:
        found += (as_tabled(laid)[2].T - each[0]) * above[:, 0]
    return found.T


def lone(case: Case, laid: Flat) -> Floats:
    """P(the only final hold-out), by case and member, (C, N)."""
    return _objecting(case, laid, endings(case, "lone", objectors=1))


def _objecting(case: Case, laid: Flat, views: list[View]) -> Floats:
    """Sums over the words that count in which the member objects in the last round read, (C, N)."""
    found = np.zeros((laid.cases, laid.size))
    for whole in views:
        machine, read = whole.plan.machine, labels(whole, case) != NOT_YET
        if not read.any():
            continue
        objecting = [
            tuple(letter for letter in letters if machine.letters[letter].deeds[-1].objects) for letters in machine.sets
        ]
        sets = tuple(place for place, letters in enumerate(objecting) if letters)
        for view in pieces(whole, sets):
            each_letter, support = probabilities(view, laid), 1.0 - laid.not_support[:, view.cases]
            letters = sums(view, machine.sets, each_letter)
            theirs = sums(view, [objecting[place] for place in sets], each_letter)
            asked: list[Asked] = [(0, sets, theirs)]
            each = derivatives(view.plan, view.places, letters, support, worths(view, read)[None], asked)[0]
            np.add.at(found, view.cases, each.T)
    return found


def pieces(view: View, sets: tuple[int, ...]) -> Iterator[View]:
    """The block in parts that `derivatives` can take, where one member has letters of these sets."""
    step = side_by_side(view.plan, view.places, sets)
    for first in range(0, len(view.cases), step):
        yield view.part(slice(first, first + step))


def nodes(size: int) -> int:
    """How many nodes integrate what a council of that size can come to, to the last bit."""
    return min(-(-size // 2), int(3 * np.sqrt(size)) + 3)


def pivots(case: Case, laid: Flat) -> tuple[Floats, Floats]:
    """Pivotality and Shapley blame, by case and member, (C, N).

    Where each of the others may object with chance q, what a member's objecting does to P(adopted) is a polynomial
    in q; its integral over [0, 1] is the Shapley value, its value at 1 pivotality (the model, section 5).
    """
    at, lengths = np.polynomial.legendre.leggauss(nodes(laid.size))
    chances = np.append((at + 1.0) / 2.0, 1.0)
    silent = replace(laid, object=np.zeros_like(laid.object))
    found = np.zeros((laid.cases, len(chances), laid.size))
    for whole in passings(case):
        spread = whole.at(chances)
        node = np.tile(np.arange(len(chances)), len(whole.cases))
        every = tuple(range(len(spread.plan.machine.sets)))
        step = side_by_side(spread.plan, spread.places, every)
        for first in range(0, len(node), step):
            view = spread.part(slice(first, first + step))
            may, may_not = odds(view, laid), odds(view, silent)
            change = may_not - may
            may *= view.may
            may_not *= 1.0 - view.may
            may += may_not
            support = 1.0 - laid.not_support[:, view.cases]
            asked: list[Asked] = [(0, every, change)]
            worth = worths(view, labels(view, case) == VOTE)[None]
            each = derivatives(view.plan, view.places, may, support, worth, asked)[0]
            np.add.at(found, (view.cases, node[first : first + step]), each.T)
    weighted = found[:, :-1].transpose(0, 2, 1) * (lengths / 2.0)
    return found[:, -1], np.ascontiguousarray(weighted).sum(axis=-1)
