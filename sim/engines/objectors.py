"""The text as tabled: who supports it, acquiesces or objects, and who objects first (the model, section 5)."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from sim.engines.letters import Look, Structure
from sim.engines.odds import Flat
from sim.engines.slopes import Asked, derivatives, side_by_side
from sim.engines.steps import band, plan
from sim.model.case import Case
from sim.model.council import Floats, Integers

SUPPORTERS = Structure(True, 0, 0, 0, (Look(full=False, limit=0),), "kind")  # they are all that is counted
TOGETHER = 1 << 18  # numbers of the table, times some 32 nodes, to take side by side
_gauss = lru_cache(maxsize=64)(np.polynomial.legendre.leggauss)


def as_tabled(laid: Flat) -> tuple[Floats, Floats, Floats]:
    """P(supports), P(acquiesces), P(wishes to object), by case and member, (C, N)."""
    every = np.arange(laid.cases)
    objects = _meeting(laid, every, laid.not_support[:, None], np.ones((laid.size, 1, laid.cases)))
    not_support = laid.not_support.T
    return 1.0 - not_support, np.maximum(not_support - objects, 0.0), objects


def _meeting(laid: Flat, cases: Integers, others: Floats, own: Floats) -> Floats:
    """P(the member objects, and the other members that do not support do what they are asked), (B, N).

    others (N, S or 1, B): the chance of that; own (N, 1, B): a factor of the member's chance to object
    """
    trivial, places = plan(SUPPORTERS), band(laid.size)
    step = side_by_side(trivial, places, (0,))
    found = np.empty((len(cases), laid.size))
    for first in range(0, len(cases), step):
        piece = slice(first, first + step)
        now = cases[piece]
        letters = np.broadcast_to(others[..., piece], (laid.size, laid.size + 1, len(now)))
        asked: list[Asked] = [(0, (0,), (laid.object[:, :, now * laid.rounds] * own[..., piece])[None])]
        worth = np.ones((1, 1, 1, laid.size + 1, len(now)))
        support = 1.0 - laid.not_support[:, now]
        found[piece] = derivatives(trivial, places, letters[None], support, worth, asked)[0].T
    return found


def first_objectors(case: Case, laid: Flat) -> Floats:
    """P(objects first in round 0), by case and member, (C, N).

    A member objects first at the time x if it notices then and nobody who would object has noticed before: an
    integral over x.
    """
    attention = np.broadcast_to(case.council.attention, (*case.shape, laid.size)).reshape(laid.cases, -1)
    hours = np.broadcast_to(np.asarray(case.procedure.silence_hours, float), case.shape).reshape(-1)
    found = np.empty((laid.cases, laid.size))
    step = max(1, TOGETHER // (32 * laid.size * (laid.size + 1)))
    for first in range(0, laid.cases, step):
        cases = range(first, min(first + step, laid.cases))
        times = [_times(attention[c], float(hours[c])) for c in cases]
        which = np.repeat(cases, [len(length) for *_, length in times])
        unnoticed, speed, length = (np.concatenate(each, axis=-1) for each in zip(*times, strict=True))
        objects = laid.object[:, :, which * laid.rounds]
        others = laid.not_support[:, None, which] - objects * (1.0 - unnoticed[:, None])
        each = _meeting(laid, which, others, speed[:, None])
        for c in cases:
            found[c] = np.ascontiguousarray((each[which == c] * length[which == c, None]).T).sum(axis=-1)
    return found


def _times(attention: Floats, hours: float) -> tuple[Floats, Floats, Floats]:
    """Nodes in time: P(not noticed yet) and how fast that falls, (N, B); weights (B,).

    Where all are equally attentive, Gauss–Legendre nodes in y = e^(−m x) are exact. Else the integrand is a sum of
    exponentials in x that may differ much in speed: nodes in x, in pieces, each twice as long as the one before.
    """
    fastest, slowest = float(attention.max()), float(attention.min())
    if fastest == slowest:
        low = float(np.exp(-fastest * hours))
        at, length = _gauss(-(-len(attention) // 2))
        unnoticed = (low + (1.0 - low) * (at + 1.0) / 2.0) * np.ones((len(attention), 1))
        return unnoticed, np.ones_like(unnoticed), (1.0 - low) * length / 2.0
    end = min(hours, 45.0 / slowest)  # e^−45 is nothing beside 1
    pieces = max(1, int(np.ceil(np.log2(float(attention.sum()) * end / 16.0 + 1.0))) + 1)
    edges = np.append(0.0, end * 0.5 ** np.arange(pieces)[::-1])
    at, length = _gauss(20)
    half = np.diff(edges)[:, None] / 2.0
    unnoticed = np.exp(-attention[:, None] * (edges[:-1, None] + half * (at + 1.0)).reshape(-1))
    return unnoticed, attention[:, None] * unnoticed, (half * length).reshape(-1)
