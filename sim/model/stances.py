"""One member: its value, its cost of objecting, and the table of stances (the model, section 2).

The table holds, as probabilities, all that a member can do in every situation. The exact engine sums over it; the
other two compare uniform numbers with it. That is why there is one model and not three.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from sim.model.case import Case
from sim.model.council import Booleans, Floats, Integers


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


def isolation(share: Floats | float, curvature: Floats | float) -> Floats:
    """S^γ, elementwise: how alone a member stands against this share of the others; 0^0 = 1."""
    exponent = np.asarray(curvature, float)
    return np.asarray(share if (exponent == 1.0).all() else _power(share, exponent), float)


@dataclass(frozen=True)
class Terms:
    """What a member weighs against each other, as arrays that broadcast: all rounds and members, or a few of them.

    dislike   −v, utils
    at_stake  A_t σ
    fixed     c₀; alone: κ (1 − a); curvature: γ; waiting: f t: what it costs to object
    bonus     b; spared: ω C: what a payment and an opt-out are worth
    docile    never objects
    """

    dislike: Floats
    at_stake: Floats
    fixed: Floats
    alone: Floats
    curvature: Floats
    waiting: Floats
    bonus: Floats
    spared: Floats
    docile: Booleans
    needs_support: bool

    @classmethod
    def of(cls, case: Case) -> Terms:
        """Of a case or a block: with room for rounds, (…, T or 1, N or 1)."""
        p, council = case.procedure, case.council
        ambition = np.where(case.lasts, case.ambition, 1.0)

        def single(number: Floats | float) -> Floats:
            return np.asarray(number, float)[..., None, None]

        return cls(
            dislike=-value(case)[..., None, :],
            at_stake=ambition[..., None] * council.stake[..., None, :],
            fixed=single(p.objection_cost),
            alone=single(p.isolation) * (1.0 - council.independence)[..., None, :],
            curvature=single(p.isolation_curvature),
            waiting=single(p.fatigue) * np.arange(p.rounds)[:, None],
            bonus=single(p.payment_value),
            spared=single(p.opt_out_relief) * relief(case)[..., None, :],
            docile=council.never_objects[..., None, :],
            needs_support=case.rule.needs_support,
        )

    def map(self, change: Callable[[Any], Any]) -> Terms:
        """The same with every array changed."""
        arrays = {each.name: change(getattr(self, each.name)) for each in fields(self) if each.name != "needs_support"}
        return replace(self, **arrays)

    def cost(self, share: Floats) -> Floats:
        """K: cost of objecting where this share of the others is seen against it; utils."""
        return np.asarray(self.fixed + self.alone * isolation(share, self.curvature) + self.waiting)

    def object(self, cost: Floats) -> Floats:
        """A member wishes to object iff its u is below this."""
        return np.where(self.docile, 0.0, logistic(self.dislike - cost / self.at_stake))

    def refuse_payment(self, cost: Floats) -> Floats:
        """It refuses a side payment iff its u is below this."""
        return logistic(self.dislike - (self._least(cost) + self.bonus) / self.at_stake)

    def refuse_opt_out(self, cost: Floats) -> Floats:
        """It refuses an opt-out iff its u is below this."""
        return logistic(self.dislike - self._least(cost) / self.at_stake - self.spared)

    def _least(self, cost: Floats) -> Floats:
        """What a member must gain to be won over is minus this: where support is needed, that costs it nothing."""
        return np.zeros_like(cost) if self.needs_support else cost


def _rows(case: Case) -> Terms:
    """The terms with room for numbers of supporters, (…, 1, T or 1, N or 1)."""
    return Terms.of(case).map(lambda each: each[..., None, :, :])


def objection_cost(case: Case, supporters: Integers) -> Floats:
    """K, shape (…, S, T, N): cost of objecting in round t to a text that so many others supported; utils.

    A member that does not support sees the share s / (N − 1) of the others in support.
    """
    return _rows(case).cost((supporters / max(case.council.size - 1, 1))[:, None, None])


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
    terms, cost = _rows(case), objection_cost(case, rows)

    def filled(threshold: Floats) -> Floats:
        return np.ascontiguousarray(np.broadcast_to(threshold, front))

    members = (*case.shape, council.size)
    return Table(
        supporters=rows,
        not_support=np.ascontiguousarray(np.broadcast_to(logistic(-value(case)), members)),
        notice=np.ascontiguousarray(np.broadcast_to(_notice(case), members)),
        object=filled(terms.object(cost)),
        refuse_payment=filled(terms.refuse_payment(cost)) if p.payment_members else None,
        refuse_opt_out=filled(terms.refuse_opt_out(cost)) if p.opt_out_members else None,
    )


def _notice(case: Case) -> Floats:
    """P(a member notices within the silence), 1 − e^(−μH), shape (…, N)."""
    hours = np.asarray(case.procedure.silence_hours, float)[..., None]
    return -np.asarray(_expm1(-case.council.attention * hours), float)
