"""Scenarios on common draws: the first is the reference, each of the others is told by its differences from it.

    from sim.study.compare import Candidate, compared
    found = compared([Candidate("as written", load(name)), Candidate("majority", load(name, [...]))])

Proposals are compared by name, members by id. The seed and the number of replicates are the reference's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from sim.answers.answer import source
from sim.answers.result import Observation, Program
from sim.model.case import Case
from sim.model.process import OUTCOMES
from sim.scenario.load import Scenario
from sim.study import changes
from sim.study.candidates import Candidate, NothingInCommon, Text, case_of, texts
from sim.study.commondraws import fewer
from sim.study.differences import (
    FORMAT,
    Change,
    Comparison,
    Gap,
    MemberGap,
    Side,
    TextComparison,
    Unmatched,
    Versus,
)
from sim.study.drawwise import Drawwise
from sim.study.pairs import COUNCIL, MEMBER, Pair, common, exactly, simulated

__all__ = ["Candidate", "NothingInCommon", "compared"]

LISTED = 100  # changes that a record holds of each alternative
Progress = Callable[[str, float], None]


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
    shared = list(texts(candidates, proposal))
    outer = Drawwise(candidates, shared)
    share = 0.1 if outer.draws else 1.0
    pairs = {}
    for done, text in enumerate(shared):

        def step(part: float, done: int = done, name: str = text.name) -> None:
            progress(name, share * (done + part) / len(shared))

        pairs[text.name] = _pairs(candidates, text, step)
    outer.draw(workers, lambda part: progress("outer draws", share + (1.0 - share) * part))
    return _told(candidates, shared, pairs, outer)


def _pairs(candidates: Sequence[Candidate], text: Text, progress: Callable[[float], None]) -> dict[int, Pair]:
    """The text at the published values, by candidate."""
    reference = case_of(candidates, 0, text.place)
    by_engine = {how: [n for n in text.there if text.exact[n] == how] for how in (True, False)}
    others = {how: [case_of(candidates, n, text.there[n]) for n in numbers] for how, numbers in by_engine.items()}
    found: dict[int, Pair] = {}
    if others[True]:
        found |= zip(by_engine[True], exactly(reference, others[True]), strict=True)
    if others[False]:
        first = candidates[0].scenario
        played = simulated(reference, others[False], first.replicates, first.seed, progress)
        found |= zip(by_engine[False], played, strict=True)
    progress(1.0)
    return found


# -- the record -------------------------------------------------------------------------------------------------------


def _told(
    candidates: Sequence[Candidate], shared: Sequence[Text], pairs: dict[str, dict[int, Pair]], outer: Drawwise
) -> Comparison:
    first = candidates[0].scenario
    return Comparison(
        format=FORMAT,
        program=Program.this(),
        seed=first.seed,
        replicates=first.replicates,
        draws=outer.draws,
        simulated_draws=fewer(outer.draws),
        effective_draws=outer.effective,
        observed=_observed(first) if outer.draws else None,
        reference=_side(candidates, 0, None),
        alternatives=[_side(candidates, n, outer.conditioned(n)) for n in range(1, len(candidates))],
        proposals=[_text(candidates, each, pairs[each.name], outer) for each in shared],
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


def _text(candidates: Sequence[Candidate], text: Text, pairs: dict[int, Pair], outer: Drawwise) -> TextComparison:
    found = [_versus(candidates, text, n, pairs[n], outer) for n in text.there]
    lacking = [each.label for n, each in enumerate(candidates) if n and n not in text.there]
    return TextComparison(text.name, found, lacking)


def _versus(candidates: Sequence[Candidate], text: Text, number: int, pair: Pair, outer: Drawwise) -> Versus:
    mine, theirs = case_of(candidates, 0, text.place), case_of(candidates, number, text.there[number])
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
