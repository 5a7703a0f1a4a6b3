"""Scenarios compared on common draws: the first is the reference, each of the others is told by its differences from it.

    from sim.study.compare import Candidate, compared
    found = compared([Candidate("as written", load(name)), Candidate("majority", load(name, [...]))])

Proposals are compared by name, members by id. The seed and the number of replicates are the reference's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from sim.answers.answer import DoesNotApply, source
from sim.answers.result import Observation, Program
from sim.engines import exact
from sim.model.case import Case
from sim.model.council import Floats
from sim.model.process import OUTCOMES
from sim.scenario.load import Scenario, Setting, believed
from sim.study import changes
from sim.study.commondraws import Block, Found, Meeting, World, blocks, compute, fewer, meeting
from sim.study.differences import (
    FORMAT,
    Change,
    Comparison,
    Gap,
    MemberGap,
    Side,
    Spread,
    TextComparison,
    Unmatched,
    Versus,
)
from sim.study.pairs import COUNCIL, MEMBER, Pair, common, exactly, simulated
from sim.study.sharing import shared_out
from sim.study.uncertainty import effective, points

LISTED = 100  # changes that a record holds of each alternative
NONE = 1e-12  # a smaller difference between exact probabilities is rounding
Progress = Callable[[str, float], None]


class NothingInCommon(Exception):
    """A scenario that has no proposal of the reference's."""

    def __init__(self, candidate: Candidate) -> None:
        self.candidate = candidate
        super().__init__(f"{candidate.label} has no proposal of the reference's")


@dataclass(frozen=True)
class Candidate:
    """A scenario to compare, and what it is called.

    settings: what makes it of the reference, if only settings do; None: it is a scenario of its own
    """

    label: str
    scenario: Scenario
    settings: tuple[Setting, ...] | None = None


@dataclass(frozen=True)
class Text:
    """One proposal in the reference and in the candidates that have it: its places there, and who can be exact."""

    name: str
    place: int
    there: dict[int, int]
    exact: dict[int, bool]


def compared(
    candidates: Sequence[Candidate],
    *,
    proposal: int | None = None,
    workers: int | None = 1,
    progress: Progress = lambda what, share: None,
) -> Comparison:
    """What the candidates after the first change; proposal: only this one, by its place in the reference.

    A difference is exact where the exact engine gives both sides; else both are simulated, on the same draws.
    workers: processes for outer draws; None: as many as the work is worth. Raises DoesNotApply, NothingInCommon.
    """
    texts = list(_texts(candidates, proposal))
    drawn = max((min(candidates[0].scenario.draws, each.scenario.draws) for each in candidates[1:]), default=0)
    share = 0.1 if drawn else 1.0
    pairs = {}
    for done, text in enumerate(texts):

        def step(part: float, done: int = done, name: str = text.name) -> None:
            progress(name, share * (done + part) / len(texts))

        pairs[text.name] = _pairs(candidates, text, step)
    outer = _Outer(candidates, texts)
    outer.draw(workers, lambda part: progress("outer draws", share + (1.0 - share) * part))
    return _told(candidates, texts, pairs, outer)


def _texts(candidates: Sequence[Candidate], only: int | None) -> Iterator[Text]:
    """The proposals that are compared. Raises NothingInCommon where a candidate has none of them."""
    names = [[each.case.proposal.name for each in candidate.scenario.questions] for candidate in candidates]
    chosen = names[0] if only is None else [names[0][only]]
    for number, candidate in enumerate(candidates):
        if not set(chosen) & set(names[number]):
            raise NothingInCommon(candidate)
    for name in chosen:
        there = {n: each.index(name) for n, each in enumerate(names) if n and name in each}
        place = names[0].index(name)
        sides = {0: place, **there}
        exact_ = {n: _exact(candidates[n], at) for n, at in sides.items()}
        yield Text(name, place, there, {n: exact_[0] and exact_[n] for n in there})


def _exact(candidate: Candidate, place: int) -> bool:
    """May this text be computed exactly, as its scenario wants it? Raises DoesNotApply."""
    asked, case = candidate.scenario.engine, candidate.scenario.questions[place].case
    if asked not in ("auto", "exact"):
        return False
    reason = exact.applies(case, blame=True, counterfactual=False)
    if asked == "exact" and reason:
        name = f"{case.proposal.name!r} in {candidate.label!r}"
        raise DoesNotApply(f"the exact engine does not apply to {name}: {reason}; --engine simulate does")
    return reason is None


def _case(candidates: Sequence[Candidate], number: int, place: int) -> Case:
    return candidates[number].scenario.questions[place].case


def _pairs(candidates: Sequence[Candidate], text: Text, progress: Callable[[float], None]) -> dict[int, Pair]:
    """The text at the published values, by candidate."""
    reference = _case(candidates, 0, text.place)
    by_engine = {how: [n for n in text.there if text.exact[n] == how] for how in (True, False)}
    others = {how: [_case(candidates, n, text.there[n]) for n in numbers] for how, numbers in by_engine.items()}
    found: dict[int, Pair] = {}
    if others[True]:
        found |= zip(by_engine[True], exactly(reference, others[True]), strict=True)
    if others[False]:
        first = candidates[0].scenario
        played = simulated(reference, others[False], first.replicates, first.seed, progress)
        found |= zip(by_engine[False], played, strict=True)
    progress(1.0)
    return found


# -- over outer draws -------------------------------------------------------------------------------------------------


class _Outer:
    """Differences over common outer draws, and which draws agree with what was observed of the reference."""

    def __init__(self, candidates: Sequence[Candidate], texts: Sequence[Text]) -> None:
        self.candidates, self.texts = candidates, texts
        first = candidates[0].scenario
        self.draws = max((min(first.draws, each.scenario.draws) for each in candidates[1:]), default=0)
        seen = bool(self.draws and first.actual)
        self.alike = [seen and _alike(each) for each in candidates]  # without looking at their likelihoods
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
            self._join([found[each.start] for each in work], work)

    def _join(self, parts: Sequence[Found], work: Sequence[Block]) -> None:
        for place, key in enumerate(self.meetings):
            self.differences[key] = np.concatenate([each.differences[place] for each in parts])
        for n in range(len(self.candidates)):
            each = [part.likelihoods[n] for part in parts]
            self.likelihoods[n] = (
                np.concatenate([one for one in each if one is not None]) if each[0] is not None else None
            )

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


def _alike(candidate: Candidate) -> bool:
    """Is it the reference but for what might have been otherwise in the same world?"""
    return candidate.settings is not None and not any(believed(each.key) for each in candidate.settings)


def _spread(values: Floats, weights: Floats | None) -> Spread:
    shares = np.full(len(values), 1.0 / len(values)) if weights is None else weights / weights.sum()
    above, below = (min(float(shares[side].sum()), 1.0) for side in (values > NONE, values < -NONE))
    left = None if weights is None else effective(weights)
    return Spread(len(values), left, **points(values, weights), above=above, below=below)


# -- the record -------------------------------------------------------------------------------------------------------


def _told(
    candidates: Sequence[Candidate], texts: Sequence[Text], pairs: dict[str, dict[int, Pair]], outer: _Outer
) -> Comparison:
    first = candidates[0].scenario
    return Comparison(
        format=FORMAT,
        program=Program.this(),
        seed=first.seed,
        replicates=first.replicates,
        draws=outer.draws,
        simulated_draws=fewer(outer.draws),
        effective_draws=None if outer.likelihoods[0] is None else effective(outer.likelihoods[0]),
        observed=_observed(first) if outer.draws else None,
        reference=_side(candidates, 0, None),
        alternatives=[_side(candidates, n, outer.conditioned(n)) for n in range(1, len(candidates))],
        proposals=[_text(candidates, each, pairs[each.name], outer) for each in texts],
        unmatched=list(_unmatched(candidates)),
    )


def _side(candidates: Sequence[Candidate], number: int, conditioned: bool | None) -> Side:
    reference, here = candidates[0].scenario, candidates[number]
    found: list[Change] = []
    if number:
        settings = here.settings
        found = (
            changes.documents(reference, here.scenario)
            if settings is None
            else changes.settings_of(reference, settings)
        )
    more = max(len(found) - LISTED, 0)
    return Side(here.label, source(here.scenario), found[:LISTED], more, here.scenario.seed, conditioned)


def _observed(scenario: Scenario) -> list[Observation] | None:
    actual = scenario.actual
    if actual is None:
        return None
    ids, names = actual.seating.ids, [each.name for each in actual.seating.sheet.proposal]
    held = [None if each.hold_outs is None else [ids[i] for i in each.hold_outs] for each in actual.observed]
    return [
        Observation(names[each.proposal], each.adopted, who) for each, who in zip(actual.observed, held, strict=True)
    ]


def _unmatched(candidates: Sequence[Candidate]) -> Iterator[Unmatched]:
    known = {each.case.proposal.name for each in candidates[0].scenario.questions}
    for candidate in candidates[1:]:
        names = [each.case.proposal.name for each in candidate.scenario.questions]
        if missing := [name for name in names if name not in known]:
            yield Unmatched(candidate.label, missing)


def _text(candidates: Sequence[Candidate], text: Text, pairs: dict[int, Pair], outer: _Outer) -> TextComparison:
    found = [_versus(candidates, text, n, pairs[n], outer) for n in text.there]
    lacking = [each.label for n, each in enumerate(candidates) if n and n not in text.there]
    return TextComparison(text.name, found, lacking)


def _versus(candidates: Sequence[Candidate], text: Text, number: int, pair: Pair, outer: _Outer) -> Versus:
    mine, theirs = _case(candidates, 0, text.place), _case(candidates, number, text.there[number])
    gaps = list(_gaps(pair))
    for column in range(len(COUNCIL)):
        before, after = outer.spreads(text.name, number, column)
        gaps[column] = replace(gaps[column], uncertainty=before, conditioned=after)
    council = dict(zip(COUNCIL, gaps, strict=False))
    here, there = theirs.council.ids, mine.council.ids
    return Versus(
        label=candidates[number].label,
        rule=theirs.rule.label,
        reference_rule=mine.rule.label,
        engine="exact" if text.exact[number] else "simulate",
        replicates=None if text.exact[number] else candidates[0].scenario.replicates,
        adopted_any=council["adopted_any"],
        outcomes={name: council[name] for name in OUTCOMES},
        lone_hold_out=council["lone_hold_out"],
        members=_members(mine, common(mine, theirs), gaps[len(COUNCIL) :]),
        only_here=[each for each in here if each not in set(there)],
        only_there=[each for each in there if each not in set(here)],
    )


def _gaps(pair: Pair) -> Iterator[Gap]:
    for before, after, error in zip(pair.before.tolist(), pair.after.tolist(), pair.error.tolist(), strict=True):
        yield Gap(before, after, after - before, error)


def _members(case: Case, ids: Sequence[str], gaps: Sequence[Gap]) -> list[MemberGap]:
    """By member; the largest differences in holding out first, then in objecting."""
    names, many = dict(zip(case.council.ids, case.council.names, strict=True)), len(ids)
    found = [
        MemberGap(each, names[each], **{name: gaps[many * n + place] for n, name in enumerate(MEMBER)})
        for place, each in enumerate(ids)
    ]
    return sorted(found, key=lambda each: (-abs(each.final_hold_out.difference), -abs(each.object.difference)))
