"""Who is to blame, exactly: stances as tabled and five measures for every member (the model, section 5).

Each sum is linear in a member's letters, so blame for all members comes from one backward pass. And the Shapley value
is an integral of a polynomial, which Gauss–Legendre nodes give without error.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from sim.engines.counting import FAIL_ALONE, VOTE
from sim.engines.letters import Look, Structure
from sim.engines.odds import Flat, flat, labels, odds, probabilities, sums, worths
from sim.engines.steps import band, plan
from sim.engines.summing import Asked, block_size, derivatives
from sim.engines.views import View, endings, passings
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
    wishes, first = first_objectors(case, laid)
    final, alone = hold_outs(case, laid)
    pivotality, shapley = pivots(case, laid) if counterfactual else (None, None)
    not_support = laid.not_support.T

    def shaped(found: Floats) -> Floats:
        return np.ascontiguousarray(found).reshape(*case.shape, laid.size)

    return Blame(
        support=shaped(1.0 - not_support),
        acquiesce=shaped(np.maximum(not_support - wishes, 0.0)),
        object=shaped(wishes),
        first_objector=shaped(first),
        final_hold_out=shaped(final),
        lone_hold_out=shaped(alone),
        pivotality=None if pivotality is None else shaped(pivotality),
        shapley=None if shapley is None else shaped(shapley),
        lone=np.ascontiguousarray(alone).sum(axis=-1).reshape(case.shape),
    )


def _pieces(view: View) -> Iterator[View]:
    step = block_size(view.plan, view.places, blame=True)
    for first in range(0, len(view.cases), step):
        yield view.part(slice(first, first + step))


def hold_outs(case: Case, laid: Flat) -> tuple[Floats, Floats]:
    """P(final hold-out), P(the only one), by case and member, (C, N)."""
    found = np.zeros((2, laid.cases, laid.size))
    for whole in endings(case):
        machine = whole.plan.machine
        objecting = [
            tuple(letter for letter in letters if machine.letters[letter].deeds[-1].objects) for letters in machine.sets
        ]
        sets = tuple(place for place, letters in enumerate(objecting) if letters)
        for view in _pieces(whole):
            each_letter, support = probabilities(view, laid), 1.0 - laid.not_support[:, view.cases]
            letters = sums(view, machine.sets, each_letter)
            theirs = sums(view, [objecting[place] for place in sets], each_letter)
            read = labels(view, case)
            worth = np.stack([worths(view, read >= FAIL_ALONE), worths(view, read == FAIL_ALONE)])
            asked: list[Asked] = [(0, sets, theirs), (1, sets, theirs)]
            each = derivatives(view.plan, view.places, letters, support, worth, asked)
            for mine, theirs_ in zip(found, each, strict=True):
                np.add.at(mine, view.cases, theirs_.T)
    return found[0], found[1]


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
        step = block_size(spread.plan, spread.places, blame=True)
        for first in range(0, len(node), step):
            view = spread.part(slice(first, first + step))
            may, may_not = odds(view, laid), odds(view, silent)
            change = may_not - may
            may *= view.may
            may_not *= 1.0 - view.may
            may += may_not
            support = 1.0 - laid.not_support[:, view.cases]
            asked: list[Asked] = [(0, tuple(range(len(change))), change)]
            worth = worths(view, labels(view, case) == VOTE)[None]
            each = derivatives(view.plan, view.places, may, support, worth, asked)[0]
            np.add.at(found, (view.cases, node[first : first + step]), each.T)
    weighted = found[:, :-1].transpose(0, 2, 1) * (lengths / 2.0)
    return found[:, -1], np.ascontiguousarray(weighted).sum(axis=-1)


SUPPORTERS = Structure(True, 0, 0, 0, (Look(full=False, limit=0),), "kind")


def first_objectors(case: Case, laid: Flat) -> tuple[Floats, Floats]:
    """P(wishes to object to the text as tabled), P(objects first in round 0), by case and member, (C, N).

    A member objects first at the time x if it notices then and nobody who would object has noticed before: an
    integral over x.
    """
    attention = np.broadcast_to(case.council.attention, (*case.shape, laid.size)).reshape(laid.cases, -1)
    hours = np.broadcast_to(np.asarray(case.procedure.silence_hours, float), case.shape).reshape(-1)
    wish, first = np.empty((laid.cases, laid.size)), np.empty((laid.cases, laid.size))
    trivial = plan(SUPPORTERS)
    for c in range(laid.cases):
        unnoticed, speed, length = _times(attention[c], float(hours[c]))
        objects = laid.object[:, :, c * laid.rounds, None]  # (N, S, 1)
        rest = laid.not_support[:, c, None, None] - objects * (1.0 - unnoticed[:, None, :])
        asked: list[Asked] = [(0, (0,), (objects * speed[:, None, :])[None])]
        support = np.repeat(1.0 - laid.not_support[:, c, None], len(length), axis=1)
        worth = np.ones((1, 1, 1, laid.size + 1, len(length)))
        each = derivatives(trivial, band(laid.size), rest[None], support, worth, asked)[0]
        wish[c] = each[:, -1]
        first[c] = np.ascontiguousarray(each[:, :-1] * length[:-1]).sum(axis=-1)
    return wish, first


def _times(attention: Floats, hours: float) -> tuple[Floats, Floats, Floats]:
    """Nodes in time: P(not noticed yet) and how fast that falls, (N, B); weights (B,).

    The last node is for the wish itself. Where all are equally attentive, Gauss–Legendre nodes in y = e^(−m x) are
    exact. Else the integrand is a sum of exponentials in x that may differ much in speed: nodes in x, in pieces, each
    twice as long as the one before.
    """
    fastest, slowest = float(attention.max()), float(attention.min())
    if fastest == slowest:
        low = float(np.exp(-fastest * hours))
        at, length = np.polynomial.legendre.leggauss(-(-len(attention) // 2))
        unnoticed = np.append(low + (1.0 - low) * (at + 1.0) / 2.0, 1.0) * np.ones((len(attention), 1))
        return unnoticed, np.ones_like(unnoticed), np.append((1.0 - low) * length / 2.0, 0.0)
    end = min(hours, 45.0 / slowest)  # e^−45 is nothing beside 1
    pieces = max(1, int(np.ceil(np.log2(float(attention.sum()) * end / 16.0 + 1.0))) + 1)
    edges = np.append(0.0, end * 0.5 ** np.arange(pieces)[::-1])
    at, length = np.polynomial.legendre.leggauss(20)
    half = np.diff(edges)[:, None] / 2.0
    x = np.append((edges[:-1, None] + half * (at + 1.0)).reshape(-1), 0.0)
    unnoticed = np.exp(-attention[:, None] * x)
    speed = attention[:, None] * unnoticed
    speed[:, -1] = 1.0
    return unnoticed, speed, np.append((half * length).reshape(-1), 0.0)
