"""Differences draw by draw as intervals, before and after conditioning on what was observed of the reference."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from sim.model.council import Floats
from sim.scenario.load import believed
from sim.study.candidates import Candidate, Text
from sim.study.commondraws import Found, Meeting, World, blocks, compute, meeting
from sim.study.differences import Spread
from sim.study.pairs import COUNCIL
from sim.study.sharing import shared_out
from sim.study.uncertainty import effective, points

NONE = 1e-12  # a smaller difference between exact probabilities is rounding


class Drawwise:
    """Differences over common outer draws, and which draws agree with what was observed of the reference."""

    def __init__(self, candidates: Sequence[Candidate], texts: Sequence[Text]) -> None:
        self.candidates, self.texts = candidates, texts
        first = candidates[0].scenario
        self.draws = max((min(first.draws, each.scenario.draws) for each in candidates[1:]), default=0)
        seen = bool(self.draws and first.actual)
        self.alike = [seen and alike(each) for each in candidates]  # without looking at their likelihoods
        conditions = [seen and (not n or not alike) for n, alike in enumerate(self.alike)]
        self.worlds = [World.of(each.scenario, wanted) for each, wanted in zip(candidates, conditions, strict=True)]
        self.meetings: dict[tuple[str, int], Meeting] = {
            (text.name, n): meeting(self.worlds, n, text.place, text.there[n], text.exact[n])
            for text in texts
            for n in text.there
        }
        self.differences: dict[tuple[str, int], Floats] = {}
        self.likelihoods: list[Floats | None] = [None] * len(candidates)

    def draw(self, workers: int | None, progress: Callable[[float], None]) -> None:
        """Compute all of them."""
        first = self.candidates[0].scenario
        largest = max((each.scenario.questions[0].case for each in self.candidates), key=lambda case: case.council.size)
        work = list(blocks(self.worlds, list(self.meetings.values()), largest, first.replicates, first.seed))
        total = sum(each.count for each in work)
        found: dict[int, Found] = {}
        for block, each in shared_out(compute, work, lambda one: one.count / total, workers=workers):
            found[block.start] = each
            progress(len(found) / len(work))
        if work:
            self._join([found[each.start] for each in work])

    def _join(self, parts: Sequence[Found]) -> None:
        for place, key in enumerate(self.meetings):
            self.differences[key] = np.concatenate([each.differences[place] for each in parts])
        for n in range(len(self.candidates)):
            each = [one for part in parts if (one := part.likelihoods[n]) is not None]
            self.likelihoods[n] = np.concatenate(each) if each else None

    @property
    def effective(self) -> float | None:
        """Effective draws after conditioning; None where nothing was observed, or no likelihood can be had."""
        return None if self.likelihoods[0] is None else effective(self.likelihoods[0])

    @property
    def weights(self) -> Floats | None:
        """How likely what was observed of the reference is in each draw; None where nothing conditions."""
        found = self.likelihoods[0]
        return found if found is not None and found.any() else None

    def conditioned(self, number: int) -> bool | None:
        """Was the same observed of a candidate, in the same world? None: nothing was observed, or nothing drawn."""
        mine, theirs = self.likelihoods[0], self.likelihoods[number]
        draws = min(self.worlds[0].draws, self.worlds[number].draws)
        if mine is None or not draws:
            return None
        return self.alike[number] or (theirs is not None and bool(np.array_equal(mine[:draws], theirs[:draws])))

    def spreads(self, name: str, number: int, column: int) -> tuple[Spread | None, Spread | None]:
        """A column's difference over the draws, before and after conditioning."""
        found = self.differences.get((name, number), np.zeros((0, len(COUNCIL))))
        if not len(found):
            return None, None
        values, weights = found[:, column], self.weights
        mine = weights[: len(values)] if weights is not None and self.conditioned(number) else None
        return _spread(values, None), _spread(values, mine) if mine is not None and mine.any() else None


def alike(candidate: Candidate) -> bool:
    """Is it the reference but for what might have been otherwise in the same world?"""
    return candidate.settings is not None and not any(believed(each.key) for each in candidate.settings)


def _spread(values: Floats, weights: Floats | None) -> Spread:
    weighed = np.ones(len(values)) if weights is None else weights / weights.max()
    above, below = (float(weighed[side].sum() / weighed.sum()) for side in (values > NONE, values < -NONE))
    left = None if weights is None else effective(weights)
    return Spread(len(values), left, **points(values, weights), above=above, below=below)
