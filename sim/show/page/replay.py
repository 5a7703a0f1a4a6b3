"""One replicate through the Mesa council, round by round, forwards and back; and the search for a wanted one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from sim.engines.agents import Council
from sim.engines.simulate import Chance, chunks, stances_of
from sim.model.case import Case
from sim.model.council import Booleans
from sim.model.process import ADOPTIONS, OUTCOMES, play

SEARCHED_AT_MOST = 100_000
LAST = 10**10 - 1
MEMBERS = ("yields", "holds out", "holds out alone", "objects", "hides")


@dataclass(frozen=True)
class Frame:
    """What stands after one round; round -1: the text is tabled, and nobody has spoken.

    stances, hidden: by member, in council order; spoke, won: ids, in the order of speaking
    """

    round: int
    ambition: float
    stances: tuple[str | None, ...]
    hidden: tuple[bool, ...]
    spoke: tuple[str, ...]
    outcome: str | None
    won: tuple[str, ...]
    hold_outs: tuple[str, ...]


class Replay:
    """A replicate that can be stepped through both ways."""

    def __init__(self, case: Case, replicate: int, seed: int) -> None:
        self.case, self.seed = case, seed
        self._council = Council(case, replicate, seed, collect=False)
        self.frames: list[Frame] = [self._frame()]

    @property
    def replicate(self) -> int:
        """Which replicate this is."""
        return int(self._council.replicate)

    def begin(self, replicate: int) -> None:
        """Another replicate, from its beginning."""
        self._council.convene(replicate)
        self.frames = [self._frame()]

    def at(self, number: int) -> Frame:
        """The frame after a round, −1 before the first; the last one there is, where it ended before."""
        while len(self.frames) < number + 2 and self._council.running:
            self._council.step()
            self.frames.append(self._frame())
        return self.frames[min(number + 1, len(self.frames) - 1)]

    @property
    def last(self) -> int:
        """The last round of this replicate."""
        return self.at(self.case.procedure.rounds).round

    def _frame(self) -> Frame:
        council = self._council
        return Frame(
            round=council.round,
            ambition=council.ambition,
            stances=tuple(each.stance for each in council.members),
            hidden=tuple(bool(each.hidden) for each in council.members),
            spoke=tuple(each.id for each in council.spoke),
            outcome=council.outcome,
            won=tuple(council.won),
            hold_outs=tuple(council.hold_outs),
        )


@dataclass(frozen=True)
class Wanted:
    """An outcome, or what one member does; member: its place."""

    what: str
    member: int | None = None


def search(case: Case, seed: int, wanted: Wanted, start: int, go_on: Callable[[], bool]) -> int | None:
    """The first replicate from `start` on in which what is wanted happens; None: in none of the next 100,000."""
    chance, stances = Chance(case, seed), stances_of(case)
    most = min(SEARCHED_AT_MOST, LAST + 1 - start)
    for first, many in chunks(case, most, start):
        if not go_on():
            return None
        draws = chance.draws(first, many, [case], notice=False)
        found = np.zeros(many, np.bool_)
        objected, objects, won = (np.zeros(many, np.bool_) for _ in range(3))
        member = wanted.member
        for each in play(case, stances(draws), draws, traced=True):
            settled, on = each.outcome >= 0, each.replicate
            if member is None:
                found[on] |= settled & (each.outcome == OUTCOMES.index(wanted.what))
                continue
            mine = each.objects[:, member]
            objected[on] |= mine
            objects[on] = mine
            if each.won is not None:
                won[on] |= each.won[:, member] & settled & (each.outcome < ADOPTIONS)
            if wanted.what == "hides":
                found[on] |= mine & ~each.open[:, member]
            elif wanted.what.startswith("holds out"):
                alone = each.objects.sum(axis=1) == 1 if wanted.what.endswith("alone") else np.ones(len(on), np.bool_)
                found[on] |= settled & (each.outcome >= ADOPTIONS) & mine & alone
        if wanted.what == "yields":
            found = _yields(objected, objects, won)
        elif wanted.what == "objects":
            found = objected
        if found.any():
            return first + int(np.flatnonzero(found)[0])
    return None


def _yields(objected: Booleans, objects: Booleans, won: Booleans) -> Booleans:
    """It objected once, and in the end it no longer does: it fell silent, or was won over."""
    return np.asarray(objected & (~objects | won))
