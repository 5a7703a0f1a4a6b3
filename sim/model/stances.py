"""One member: its value, its cost of objecting, and the table of stances (the model, section 2).

The table holds, as probabilities, all that a member can do in every situation. The exact engine sums over it; the
other two compare uniform numbers with it. That is why there is one model and not three.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from sim.model.case import Case
from sim.model.council import Floats, Integers


def logistic(x: Floats) -> Floats:
    """F(x) = 1 / (1 + e^−x), in the form that does not overflow; any shape."""
    small = np.exp(-np.abs(x))
    return np.asarray(np.where(x >= 0, 1.0, small) / (1.0 + small))


def contributions(case: Case) -> Floats:
    """s_k w_k θ_ki Λ_k: what each driver adds to each member's value, shape (…, D, N), utils."""
    touched = case.council.drivers.signs * case.weights * case.proposal.loadings
    return np.asarray(touched[..., None] * case.council.traits)


def _total(parts: Floats) -> Floats:
    """The sum over drivers, (…, D, N) → (…, N), over a last axis in C order so that batches sum alike."""
    return np.asarray(np.ascontiguousarray(np.moveaxis(parts, -2, -1)).sum(axis=-1))


def value(case: Case) -> Floats:
    """v, shape (…, N): value of the text against the status quo, without the part that nobody knows; utils."""
    appeal = np.asarray(case.proposal.appeal)[..., None]
    return np.asarray(appeal + _total(contributions(case)) + case.proposal.grievance)


def relief(case: Case) -> Floats:
    """C, shape (…, N): what an opt-out could spare the member, the sum over cost drivers; utils."""
    costs = contributions(case)[..., len(case.council.drivers.benefits) :, :]
    return np.asarray(-_total(costs))


# numpy's own versions may differ in the last bit with the length and the strides they meet; these do not
_power = np.frompyfunc(math.pow, 2, 1)
_expm1 = np.frompyfunc(math.expm1, 1, 1)


def objection_cost(case: Case, supporters: Integers) -> Floats:
    """K, shape (…, S, T, N): cost of objecting in round t to a text that so many others supported; utils.

    A member that does not support sees the share s / (N − 1) of the others in support.
    """
    p, size = case.procedure, case.council.size
    share = supporters / max(size - 1, 1)
    support = np.asarray(_power(share, np.asarray(p.isolation_curvature)[..., None]), float)  # (…, S); 0^0 = 1
    alone = np.asarray(p.isolation)[..., None] * (1.0 - case.council.independence)  # (…, N)
    waiting = np.asarray(p.fatigue)[..., None] * np.arange(p.rounds)  # (…, T)
    fixed = np.asarray(p.objection_cost)[..., None, None, None]
    return np.asarray(fixed + alone[..., None, None, :] * support[..., :, None, None] + waiting[..., None, :, None])


@dataclass(frozen=True)
class Table:
    """Every member's choice in every situation, as probabilities; one uniform number u a member decides them all.

    supporters       (S,): the numbers of supporters the rows stand for
    not_support      (…, N): supports iff u ≥ this
    notice           (…, N): notices a silence procedure in time iff its other uniform number is below this
    object           (…, S, T, N): wishes to object iff u < this
    refuse_payment, refuse_opt_out   likewise; None where none is on offer
    """

    supporters: Integers
    not_support: Floats
    notice: Floats
    object: Floats
    refuse_payment: Floats | None
    refuse_opt_out: Floats | None


def table(case: Case, supporters: Integers | None = None) -> Table:
    """The table of stances of a case, for all numbers of supporters 0 … N or for those given, ascending."""
    p, council = case.procedure, case.council
    rows = np.arange(council.size + 1) if supporters is None else supporters
    front = (*case.shape, len(rows), p.rounds, council.size)
    v = value(case)
    at_stake = np.where(case.lasts, case.ambition, 1.0)[..., None, :, None] * council.stake[..., None, None, :]
    cost = objection_cost(case, rows)
    dislike = -v[..., None, None, :]
    hold = np.zeros_like(cost) if case.rule.needs_support else cost  # what a member must gain to be won over is −hold

    def filled(threshold: Floats) -> Floats:
        return np.ascontiguousarray(np.broadcast_to(logistic(threshold), front))

    wishes = np.where(council.never_objects[..., None, None, :], 0.0, filled(dislike - cost / at_stake))
    payment = opt_out = None
    if p.payment_members:
        bonus = np.asarray(p.payment_value)[..., None, None, None]
        payment = filled(dislike - (hold + bonus) / at_stake)
    if p.opt_out_members:
        spared = np.asarray(p.opt_out_relief)[..., None] * relief(case)
        opt_out = filled(dislike - hold / at_stake - spared[..., None, None, :])
    members = (*case.shape, council.size)
    return Table(
        supporters=rows,
        not_support=np.ascontiguousarray(np.broadcast_to(logistic(-v), members)),
        notice=np.ascontiguousarray(np.broadcast_to(_notice(case), members)),
        object=wishes,
        refuse_payment=payment,
        refuse_opt_out=opt_out,
    )


def _notice(case: Case) -> Floats:
    """P(a member notices within the silence), 1 − e^(−μH), shape (…, N)."""
    hours = np.asarray(case.procedure.silence_hours, float)[..., None]
    return -np.asarray(_expm1(-case.council.attention * hours), float)
