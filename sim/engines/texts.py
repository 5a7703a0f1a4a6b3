"""A text before a council of agents, and what becomes of it."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, is_dataclass, replace
from types import MappingProxyType
from typing import TypeVar

import numpy as np

from sim.engines.simulate import Chance
from sim.model.case import Case
from sim.model.council import Booleans, Floats
from sim.model.process import Round
from sim.model.stances import Terms, table, value

T = TypeVar("T")


@dataclass(frozen=True)
class Decision:
    """How a text ended: its outcome, the last round, ids of the final hold-outs and of those won over.

    rounds    what happened, as `simulate.trace` tells it
    supports, wishes, notice     (1, N): who supported the text as tabled, who wished to object, when they look up
    """

    text: str
    outcome: str
    round: int
    hold_outs: tuple[str, ...]
    won: tuple[str, ...]
    rounds: tuple[Round, ...] = field(repr=False)
    supports: Booleans = field(repr=False)
    wishes: Booleans = field(repr=False)
    notice: Floats = field(repr=False)

    @property
    def course(self) -> tuple[object, ...]:
        """All that happened, to be compared."""
        rounds = [(each.objects.tolist(), each.open.tolist()) for each in self.rounds]
        return (self.outcome, self.won, self.supports.tolist(), rounds)


class Text:
    """One text before one council: the case, its draws, and what its thresholds are made of, round by round."""

    def __init__(self, case: Case, seed: int) -> None:
        self.case, self.chance, self.values = _to_read(case), Chance(case, seed), _to_read(value(case))
        blank = table(case, np.zeros(0, np.int64))  # what does not depend on the number of supporters
        self.not_support, self.notice = blank.not_support, blank.notice
        self._terms, self._rounds = Terms.of(case), dict[int, Terms]()

    def terms(self, t: int) -> Terms:
        """Of round t, (N,)."""
        if t not in self._rounds:
            size = (self.case.council.size,)
            self._rounds[t] = self._terms.map(lambda each: np.broadcast_to(each[min(t, len(each) - 1)], size))
        return self._rounds[t]

    def draw(self, replicate: int) -> None:
        """What chance gives the members in one replicate: u, n, z by seat, τ/μ, and x for the sponsors."""
        found = self.chance.draws(replicate, 1)
        assert found.notice is not None
        assert found.secret is not None
        self.noticed, self.agenda = found.notice, found.agenda
        self.drawn = tuple(tuple(each[0].tolist()) for each in (found.taste, found.notice, found.secret))
        self.looks_up = tuple((-np.log1p(-found.notice[0]) / self.case.council.attention).tolist())


def _to_read(whole: T) -> T:
    """The same, with all arrays in it read-only and all tables too: no member changes what others read."""
    if isinstance(whole, np.ndarray):
        view = whole.view()
        view.flags.writeable = False
        return view
    if isinstance(whole, dict):
        return MappingProxyType({key: _to_read(each) for key, each in whole.items()})  # type: ignore[return-value]
    if isinstance(whole, tuple):
        return tuple(map(_to_read, whole))  # type: ignore[return-value]
    if is_dataclass(whole) and not isinstance(whole, type):
        changed = {each.name: _to_read(getattr(whole, each.name)) for each in fields(whole) if each.init}
        return replace(whole, **changed)
    return whole
