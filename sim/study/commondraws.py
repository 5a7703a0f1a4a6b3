"""Differences over common outer draws: draw d of one scenario with draw d of the other (the model, section 8).

Draws come from streams by name, so that what both scenarios hold uncertain is drawn alike in both.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sim.engines.simulate import Tally, together
from sim.model.case import Case
from sim.model.council import Floats
from sim.scenario.load import Actual, Scenario
from sim.scenario.seat import Seating
from sim.scenario.spreads import Spreads
from sim.study.pairs import summed_up
from sim.study.uncertainty import likelihood, likely, numbers

BLOCK = 50  # draws computed side by side
FEWER = 5  # simulated differences are computed for one draw in so many


@dataclass(frozen=True)
class World:
    """What draws are made of in one scenario, and what was observed in it; draws: how many it asks for."""

    seating: Seating
    spreads: Spreads
    actual: Actual | None
    draws: int

    @classmethod
    def of(cls, scenario: Scenario, conditions: bool) -> World:
        """A scenario's. conditions: its likelihood is wanted, if the exact engine can give it."""
        actual = scenario.actual if conditions and scenario.actual and likely(scenario.actual) else None
        return cls(scenario.seating, scenario.spreads, actual, scenario.draws)


@dataclass(frozen=True)
class Meeting:
    """One proposal in the reference and in another scenario: the world's number, the text's places, by which engine."""

    world: int
    mine: int
    theirs: int
    exact: bool
    draws: int


@dataclass(frozen=True)
class Block:
    """Some outer draws of all worlds; the first is the reference's."""

    worlds: tuple[World, ...]
    meetings: tuple[Meeting, ...]
    seed: int
    replicates: int
    start: int
    count: int


@dataclass(frozen=True)
class Found:
    """Differences of the council's columns by meeting, (draws, 8) each; likelihoods by world, (count,), if any."""

    differences: list[Floats]
    likelihoods: list[Floats | None]


def meeting(worlds: Sequence[World], world: int, mine: int, theirs: int, exact: bool) -> Meeting:
    """A meeting on as many draws as both worlds have; simulated, on fewer."""
    draws = min(worlds[0].draws, worlds[world].draws)
    return Meeting(world, mine, theirs, exact, draws if exact else fewer(draws))


def fewer(draws: int) -> int:
    """For how many of the draws, the first ones, simulated differences are computed."""
    return -(-draws // FEWER)


def blocks(
    worlds: Sequence[World], meetings: Sequence[Meeting], case: Case, replicates: int, seed: int
) -> Iterator[Block]:
    """All draws, in pieces. case: one as large as any."""
    draws = max((each.draws for each in meetings), default=0)
    few = max(1, min(BLOCK, 4_000_000 // (case.council.size**2 * case.procedure.rounds)))
    for start in range(0, draws, few):
        yield Block(tuple(worlds), tuple(meetings), seed, replicates, start, min(few, draws - start))


def compute(block: Block) -> Found:
    """All differences in a block of draws."""
    drawn = [_Drawn(each, block) for each in block.worlds]
    found: list[Floats] = [np.zeros((0, 8))] * len(block.meetings)
    levels: dict[tuple[int, int], Floats] = {}
    for place, each in enumerate(block.meetings):
        count = min(max(each.draws - block.start, 0), block.count)
        if count and each.exact:
            sides = [(0, each.mine), (each.world, each.theirs)]
            for world, text in sides:
                if (world, text) not in levels:
                    levels[world, text] = summed_up(drawn[world].case(text))
            before, after = (levels[side] for side in sides)
            found[place] = (after - before)[:count]
    played = [n for n, each in enumerate(block.meetings) if not each.exact]
    for text in dict.fromkeys(block.meetings[n].mine for n in played):
        mine = [n for n in played if block.meetings[n].mine == text]
        found = [*_with(found, _simulated(drawn, block, mine))]
    return Found(found, [each.likelihood for each in drawn])


def _with(found: Sequence[Floats], new: Mapping[int, Floats]) -> Iterator[Floats]:
    return (new.get(place, each) for place, each in enumerate(found))


def _simulated(drawn: Sequence[_Drawn], block: Block, places: Sequence[int]) -> dict[int, Floats]:
    """Differences of one text, on the same replicates in all draws and worlds."""
    counts = [min(max(block.meetings[n].draws - block.start, 0), block.count) for n in places]
    most = max(counts)
    if not most:
        return {}
    cases = [drawn[0].case(block.meetings[places[0]].mine).at((k,)) for k in range(most)]
    for n, count in zip(places, counts, strict=True):
        whole = drawn[block.meetings[n].world].case(block.meetings[n].theirs)
        cases += [whole.at((k,)) for k in range(count)]
    shares = [_shares(each.tally) for each in together(cases, block.replicates, block.seed)]
    found, at = {}, most
    for n, count in zip(places, counts, strict=True):
        found[n] = np.array(shares[at : at + count]).reshape(count, 8) - np.array(shares[:count]).reshape(count, 8)
        at += count
    return found


def _shares(tally: Tally) -> list[float]:
    counts = [*tally.outcomes.tolist(), tally.adopted_any, tally.lone]
    return [int(each) / tally.replicates for each in counts]


@dataclass(frozen=True)
class _Drawn:
    """One world's cases in a block of draws, made when they are asked for."""

    world: World
    block: Block

    @cached_property
    def _cases(self) -> list[Case]:
        block, seating = self.block, self.world.seating
        drawn = numbers(self.world.spreads, seating.members.ids, block.seed, block.start, block.count)
        return [each.case for each in seating.questions(drawn)]

    def case(self, text: int) -> Case:
        """One text as a block of cases."""
        return self._cases[text].block((self.block.count,))

    @property
    def likelihood(self) -> Floats | None:
        """How probable what was observed is in each draw."""
        block = self.block
        return likelihood(self.world.actual, block.seed, block.start, block.count) if self.world.actual else None
