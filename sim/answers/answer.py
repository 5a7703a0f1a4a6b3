"""From a scenario to its result: outcomes, blame, other rules, and what pictures need besides."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING

import numpy as np

import sim
from sim.answers.result import (
    FORMAT,
    Chronicle,
    MemberBlame,
    Program,
    ProposalResult,
    Result,
    RuleRow,
    SizeCurve,
    Source,
)
from sim.engines import exact
from sim.engines.simulate import Tally, simulate
from sim.engines.simulate import trace as trace_rounds
from sim.model.case import Case
from sim.model.council import Booleans
from sim.model.process import OUTCOMES
from sim.model.rules import Rule

if TYPE_CHECKING:
    from sim.scenario.load import Question, Scenario

Progress = Callable[[str, float], None]  # what is being done, and which share of all the work is done
SIZES = np.arange(0.0, 12.5, 0.5)


class DoesNotApply(Exception):
    """The engine asked for cannot compute the stated rule."""


@dataclass(frozen=True)
class Way:
    """How a result is computed: by which engine, on how many replicates, from which seed."""

    engine: str
    replicates: int
    seed: int


def way(scenario: Scenario) -> Way:
    """The engine that a scenario comes to. DoesNotApply if it asks for `exact` where that does not apply."""
    chosen = scenario.engine
    if chosen in ("auto", "exact"):
        reasons = {q.case.proposal.name: exact.applies(q.case) for q in scenario.questions}
        reason = next(((name, why) for name, why in reasons.items() if why), None)
        if chosen == "exact" and reason:
            raise DoesNotApply(
                f"the exact engine does not apply to {reason[0]!r}: {reason[1]}; --engine simulate does"
            )
        chosen = "simulate" if reason else "exact"
    return Way(chosen, scenario.replicates, scenario.seed)


def answer(scenario: Scenario, *, pictures: bool = False, progress: Progress = lambda what, share: None) -> Result:
    """Compute a scenario's result; with `pictures`, also the curves and the chronicle that are drawn.

    Raises DoesNotApply. Source: the contract, "Result".
    """
    how = way(scenario)
    many = len(scenario.questions)
    found = []
    for place, question in enumerate(scenario.questions):

        def step(what: str, share: float, place: int = place, name: str = question.case.proposal.name) -> None:
            progress(f"{name}: {what}", (place + share) / many)

        found.append(_proposal(question, how, pictures, pictures and place == 0, step))
    return Result(
        format=FORMAT,
        program=Program("unanimity", sim.__version__),
        scenario=Source(
            scenario.title,
            scenario.file,
            scenario.sha256,
            scenario.question,
            list(scenario.sources),
            list(scenario.notes),
        ),
        engine=how.engine,
        seed=how.seed,
        replicates=None if how.engine == "exact" else how.replicates,
        draws=0,
        effective_draws=None,
        proposals=found,
    )


def _proposal(question: Question, how: Way, chronicle: bool, curve: bool, progress: Progress) -> ProposalResult:
    case = question.case
    outcomes, rounds, supporters, lone, members = (_summed if how.engine == "exact" else _counted)(case, how, progress)
    progress("other rules", 0.6)
    adopted = float(sum(outcomes[:4]))
    return ProposalResult(
        name=case.proposal.name,
        rule=case.rule.label,
        members=case.council.size,
        outcomes=dict(zip(OUTCOMES, outcomes, strict=True)),
        adopted_any=adopted,
        standard_error=_error(adopted, how),
        lone_hold_out=lone,
        rounds=rounds,
        supporters=supporters,
        blame=members,
        rules=[_other(case, rule, how) for rule in question.compared],
        size_curve=_size_curve(question, how, progress) if curve else None,
        chronicle=trace(case, 0, how.seed) if chronicle else None,
    )


Figures = tuple[list[float], list[float], float, float, list[MemberBlame]]


def _error(probability: float, how: Way) -> float:
    share = min(max(probability, 0.0), 1.0)
    return 0.0 if how.engine == "exact" else sqrt(share * (1.0 - share) / how.replicates)


def _summed(case: Case, how: Way, progress: Progress) -> Figures:
    found, blame = exact.outcomes(case), exact.blame(case)
    columns = [
        (None if values is None else [float(each) for each in values])
        for values in (
            blame.support,
            blame.acquiesce,
            blame.object,
            blame.first_objector,
            blame.final_hold_out,
            blame.lone_hold_out,
            blame.pivotality,
            blame.shapley,
        )
    ]
    lone = float(blame.lone)
    return found.outcomes.tolist(), found.rounds.tolist(), float(found.supporters), lone, _members(case, columns)


def _counted(case: Case, how: Way, progress: Progress) -> Figures:
    def done(replicates: int) -> None:
        progress(how.engine, 0.4 * replicates / how.replicates)

    from sim.engines import counterfactual

    tally = play(case, how, done, blame=True)
    pivots = counterfactual.pivotality(case, how.replicates, how.seed)
    shapley = counterfactual.shapley(case, how.replicates, how.seed)
    acquiesce = how.replicates - tally.support - tally.object
    counts = [
        tally.support,
        acquiesce,
        tally.object,
        tally.first_objector,
        tally.final_hold_out,
        tally.lone_hold_out,
        pivots,
        shapley,
    ]
    columns = [None if each is None else [int(count) / how.replicates for count in each] for each in counts]
    outcomes = [int(each) / how.replicates for each in tally.outcomes]
    rounds = [int(each) / how.replicates for each in tally.rounds]
    lone, supporters = tally.lone / how.replicates, tally.supporters / how.replicates
    return outcomes, rounds, supporters, lone, _members(case, columns)


def play(case: Case, how: Way, progress: Callable[[int], None] = lambda done: None, blame: bool = False) -> Tally:
    """Play the replicates by the engine that was chosen: arrays, or Mesa's agents."""
    if how.engine == "agents":
        from sim.engines import agents  # imports mesa

        return agents.tally(case, how.replicates, how.seed, progress=progress)
    return simulate(case, how.replicates, how.seed, blame=blame, progress=progress)


def _members(case: Case, columns: list[list[float] | None]) -> list[MemberBlame]:
    def at(column: int, place: int) -> float | None:
        values = columns[column]
        return None if values is None else values[place]

    return [
        MemberBlame(
            id=id_,
            name=name,
            support=at(0, i) or 0.0,
            acquiesce=at(1, i) or 0.0,
            object=at(2, i) or 0.0,
            first_objector=at(3, i),
            final_hold_out=at(4, i) or 0.0,
            lone_hold_out=at(5, i) or 0.0,
            hidden=0.0,
            pivotality=at(6, i),
            shapley=at(7, i),
        )
        for i, (id_, name) in enumerate(zip(case.council.ids, case.council.names, strict=True))
    ]


def _other(case: Case, rule: Rule, how: Way) -> RuleRow:
    """What another rule would have done: exactly where that is asked for and applies, else simulated."""
    other = case.but(rule=rule)
    engine = how.engine
    if engine == "exact" and exact.applies(other):
        engine = "simulate"
    adopted, error = _adopted(other, Way(engine, how.replicates, how.seed))
    return RuleRow(rule.label, adopted, error, engine, None if engine == "exact" else how.replicates)


def _adopted(case: Case, how: Way) -> tuple[float, float]:
    if how.engine == "exact":
        return float(exact.outcomes(case).adopted_any), 0.0
    adopted = play(case, how).adopted_any / how.replicates
    return adopted, _error(adopted, how)


def _size_curve(question: Question, how: Way, progress: Progress) -> SizeCurve:
    """P(adopted) for sizes of the weights 0 … 12 under each rule; drivers with a weight of their own keep it."""
    case, sized = question.case, np.array(question.sized)
    how = Way("simulate" if how.engine == "agents" else how.engine, how.replicates, how.seed)
    adopted: dict[str, list[float]] = {}
    errors: dict[str, list[float]] = {}
    rules = [case.rule, *question.compared]
    for place, rule in enumerate(rules):
        progress("size of the weights", 0.7 + 0.3 * place / len(rules))
        block = case.but(rule=rule, weights=np.where(sized, SIZES[:, None], case.weights))
        if how.engine == "exact" and not exact.applies(block):
            adopted[rule.label] = exact.outcomes(block).adopted_any.tolist()
            errors[rule.label] = [0.0] * len(SIZES)
        else:
            rows = [
                _adopted(case.but(rule=rule, weights=weights), Way("simulate", how.replicates, how.seed))
                for weights in block.weights
            ]
            adopted[rule.label], errors[rule.label] = [r[0] for r in rows], [r[1] for r in rows]
    return SizeCurve(SIZES.tolist(), question.size, adopted, errors)


def trace(case: Case, replicate: int, seed: int) -> Chronicle:
    """One replicate as a chronicle, round by round. Source: the contract, `trace --json`."""
    draws, stances, rounds = trace_rounds(case, replicate, seed)
    supports = (draws.taste >= stances.not_support)[0]
    last = rounds[-1]
    outcome = OUTCOMES[int(last.outcome[0])]
    ids = case.council.ids
    held = last.objects[0] & (not outcome.startswith("adopted"))
    won = last.won[0] if last.won is not None else np.zeros(len(ids), bool)
    return Chronicle(
        proposal=case.proposal.name,
        replicate=replicate,
        outcome=outcome,
        round=last.number,
        ambition=float(case.ambition[last.number]),
        stances=[_stances(supports, each.objects[0]) for each in rounds],
        hold_outs=[each for each, holds in zip(ids, held, strict=True) if holds],
        won_over=[each for each, accepted in zip(ids, won, strict=True) if accepted],
        seed=seed,
        members=list(ids),
    )


def _stances(supports: Booleans, objects: Booleans) -> list[str]:
    pairs = zip(supports, objects, strict=True)
    return ["support" if supporting else "object" if objecting else "acquiesce" for supporting, objecting in pairs]
