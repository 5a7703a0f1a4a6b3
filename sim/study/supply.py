"""The supply of consent: how many of those who would hold out a side payment wins over, and who they are, by its value.

Who objects in the last round has objected in every round before, and waiting has made it cheapest to win over. So each
member that would object there has a reservation price, the least payment it accepts; the supply at b is the expected
number of members whose price is at most b. Numbers of supporters are summed over as they are distributed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import brentq

from sim.model.case import Case
from sim.model.council import Floats
from sim.model.stances import Terms, logistic, table, value
from sim.scenario.forms import LARGEST

POINTS = 61  # of a curve
NEARLY = 0.99  # of those who would hold out: where the curve ends
COUNTED_AT_MOST = 300  # members, beyond which the mean number of supporters stands for all numbers
NOTHING = 1e-12


@dataclass(frozen=True)
class Seller:
    """One member. wanting: P(it is not in favour in the last round); won: P(it is not, and accepts), by payment.

    half: the payment that wins it over in half of the cases in which it is wanting; null: it never is, or none does
    """

    id: str
    name: str
    wanting: float
    won: list[float]
    half: float | None


@dataclass(frozen=True)
class Supply:
    """Expected numbers of members that are not in favour in the last round, and that a payment wins over.

    round     the last one played if nothing ends the process before, from 0
    payments  values, utils, from 0 to where nearly all accept
    wanting   expected number of members not in favour; won: of them who accept, by payment, if all were offered it
    adopted   P(adopted in any form) by payment, offered to as many as stated, at least one
    sellers   members with the most of `wanting`, the most first
    counted   false: at the mean number of supporters, not over all numbers of them
    """

    round: int
    payments: list[float]
    wanting: float
    won: list[float]
    adopted: list[float]
    members: int
    sellers: list[Seller]
    counted: bool


class Room:
    """Who is not in favour in the last round, and what it would accept, member by member."""

    def __init__(self, case: Case) -> None:
        lasting = np.flatnonzero(case.lasts)
        self.round = int(lasting[-1]) if len(lasting) else 0
        self.size = case.council.size
        self.counted = self.size <= COUNTED_AT_MOST
        support = 1.0 - logistic(-value(case))
        self.shares, self.odds = others(support, self.counted)
        self.terms = Terms.of(case).map(self._last)
        self.cost = self.terms.cost(self.shares)
        missing = logistic(self.terms.dislike) if case.rule.needs_support else self.terms.object(self.cost)
        self.missing = np.broadcast_to(missing, self.cost.shape)
        sleepers = self.round == 0 and not case.rule.needs_support
        self.notice = table(case, np.zeros(0, np.int64)).notice if sleepers else np.ones(self.size)
        self.wanting = self._mean(self.missing)

    def _last(self, array: Floats) -> Floats:
        """The last round of an array with room for rounds."""
        return np.asarray(array[self.round if array.shape[-2] > 1 else 0, :])

    def _mean(self, chances: Floats) -> Floats:
        """Over numbers of supporters, of those who notice, (S, N) → (N,)."""
        return np.asarray(np.ascontiguousarray((chances * self.odds).T).sum(axis=-1) * self.notice)

    def won(self, payment: float) -> Floats:
        """P(not in favour, and accepts this payment), (N,)."""
        refuses = replace(self.terms, bonus=np.array([payment])).refuse_payment(self.cost)
        return self._mean(np.maximum(self.missing - refuses, 0.0))


def others(support: Floats, counted: bool = True) -> tuple[Floats, Floats]:
    """Shares of the others in support, (S, N or 1), and P(that share), (S, N), for each member.

    support (N,): P(support); not counted: only the mean share of each.
    """
    size = len(support)
    if not counted or size == 1:
        return ((support.sum() - support) / max(size - 1, 1))[None, :], np.ones((1, size))
    met = np.zeros((size, size))
    met[0] = 1.0
    for each, p in enumerate(support):
        chance = np.where(np.arange(size) == each, 0.0, p)
        met[1:] = met[1:] * (1.0 - chance) + met[:-1] * chance
        met[0] *= 1.0 - chance
    return (np.arange(size) / (size - 1))[:, None], met


def supply(
    case: Case, adopted: Callable[[float], float], members: int, shown: int, points: int = POINTS
) -> Supply | None:
    """The supply curve of a case; None where everybody is in favour whatever happens.

    adopted: P(adopted in any form) by payment, to so many members; shown: how many get a curve of their own
    """
    room = Room(case)
    total = float(room.wanting.sum())
    if total <= NOTHING:
        return None
    end = _reached(lambda b: float(room.won(b).sum()), NEARLY * total) or LARGEST
    payments = np.linspace(0.0, end, points)
    won = np.array([room.won(b) for b in payments])
    order = np.argsort(-room.wanting, kind="stable")[:shown]
    return Supply(
        round=room.round,
        payments=payments.tolist(),
        wanting=total,
        won=won.sum(axis=-1).tolist(),
        adopted=[adopted(float(b)) for b in payments],
        members=members,
        sellers=_sellers(case, room, won, order.tolist()),
        counted=room.counted,
    )


def _sellers(case: Case, room: Room, won: Floats, order: Sequence[int]) -> list[Seller]:
    def half(place: int) -> float | None:
        wanting = float(room.wanting[place])
        return _reached(lambda b: float(room.won(b)[place]), 0.5 * wanting) if wanting > NOTHING else None

    council = case.council
    return [
        Seller(council.ids[i], council.names[i], float(room.wanting[i]), won[:, i].tolist(), half(i)) for i in order
    ]


def _reached(rising: Callable[[float], float], least: float) -> float | None:
    """Where a rising number reaches this one; None: nowhere up to the limit."""
    low, high = 0.0, 1.0
    while rising(high) < least:
        if high >= LARGEST:
            return None
        low, high = high, min(2.0 * high, LARGEST)
    return float(brentq(lambda b: rising(b) - least, low, high, xtol=1e-9, maxiter=200))
