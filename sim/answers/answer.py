"""From a scenario to its result: outcomes, blame, other rules, and what pictures need besides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from sim.answers import room
from sim.answers.figures import Progress, Way, error, play, played, summed, told
from sim.answers.power import of_rule
from sim.answers.result import (
    FORMAT,
    Chronicle,
    FormalPower,
    Program,
    ProposalResult,
    Result,
    RuleRow,
    SizeCurve,
    Source,
)
from sim.engines import exact
from sim.engines.simulate import trace as trace_rounds
from sim.model.case import Case
from sim.model.council import Booleans
from sim.model.process import ADOPTIONS, OUTCOMES, STANCES
from sim.model.rules import Rule
from sim.scenario.load import widest

if TYPE_CHECKING:
    from sim.scenario.load import Question, Scenario
    from sim.scenario.wording import Place

SIZES = np.arange(0.0, 12.5, 0.5)
CURVE_AT_MOST = 10_000  # replicates for each point of a curve that has a hundred


class DoesNotApply(Exception):
    """The engine asked for cannot compute the stated rule."""


def way(scenario: Scenario, more: Mapping[Place, float] | None = None) -> Way:
    """The engine that a scenario comes to, also for what is drawn in it, or varied: `more`, as in `widest`.

    Raises DoesNotApply if it asks for `exact` where that does not apply.
    """
    chosen = scenario.engine
    if chosen in ("auto", "exact"):
        asked = widest(scenario.seating, scenario.spreads, scenario.draws, more)
        whole = chosen == "auto"  # who asks for `exact` gets it, if need be without the measures that take longest
        reasons = {q.case.proposal.name: exact.applies(q.case, True, whole) for q in asked}
        reason = next(((name, why) for name, why in reasons.items() if why), None)
        if chosen == "exact" and reason:
            raise DoesNotApply(f"the exact engine does not apply to {reason[0]!r}: {reason[1]}; --engine simulate does")
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
        program=Program.this(),
        scenario=source(scenario),
        engine=how.engine,
        seed=how.seed,
        replicates=None if how.engine == "exact" else how.replicates,
        draws=0,
        effective_draws=None,
        proposals=found,
    )


def source(scenario: Scenario) -> Source:
    """What a record says of the scenario it came from."""
    sources, notes = list(scenario.sources), list(scenario.notes)
    return Source(scenario.title, scenario.file, scenario.sha256, scenario.question, sources, notes)


def _proposal(question: Question, how: Way, chronicle: bool, curve: bool, progress: Progress) -> ProposalResult:
    case = question.case
    found = summed(case, progress) if how.engine == "exact" else played(case, how, progress)
    watched = room.watched(case, how.replicates, how.seed)
    seen = watched.room if watched else None
    if seen and curve:
        progress("who gives in after whom", 0.55)
        seen = room.drawn(seen, case, how.replicates, how.seed, lambda replicate: trace(case, replicate, how.seed))
    progress("other rules", 0.6)
    return replace(
        told(case, how, found, watched.hidden if watched else np.zeros(case.council.size)),
        rules=[_other(case, rule, how) for rule in question.compared],
        formal_power=formal_power(case.rule),
        size_curve=_size_curve(question, how, progress) if curve else None,
        chronicle=trace(case, 0, how.seed) if chronicle else None,
        room=seen,
        differences=watched.differences if watched else None,
    )


def formal_power(rule: Rule) -> FormalPower | None:
    """Power by the rule alone; None where counting all coalitions would take too long."""
    try:
        found = of_rule(rule)
    except ValueError:
        return None
    return FormalPower(
        banzhaf=found.banzhaf.tolist(),
        shapley_shubik=found.shapley_shubik.tolist(),
        prevent=found.prevent.tolist(),
        initiate=found.initiate.tolist(),
        act=float(found.act),
    )


def _other(case: Case, rule: Rule, how: Way) -> RuleRow:
    """What another rule would have done: exactly where that is asked for and applies, else simulated."""
    other = case.but(rule=rule)
    engine = how.engine
    if engine == "exact" and exact.applies(other):
        engine = "simulate"
    adopted, spread = _adopted(other, Way(engine, how.replicates, how.seed))
    return RuleRow(rule.label, adopted, spread, engine, None if engine == "exact" else how.replicates)


def _adopted(case: Case, how: Way) -> tuple[float, float]:
    if how.engine == "exact":
        return float(exact.outcomes(case).adopted_any), 0.0
    adopted = play(case, how).adopted_any / how.replicates
    return adopted, error(adopted, how)


def _size_curve(question: Question, how: Way, progress: Progress) -> SizeCurve:
    """P(adopted) for sizes of the weights 0 … 12 under each rule; drivers with a weight of their own keep it."""
    case, simulated = question.case, how.engine != "exact"
    sizes = SIZES[:: 2 if simulated else 1]
    weights = np.where(np.array(question.sized), sizes[:, None], case.weights)
    drawn = Way("simulate", min(how.replicates, CURVE_AT_MOST), how.seed)
    adopted: dict[str, list[float]] = {}
    errors: dict[str, list[float]] = {}
    rules = [case.rule, *question.compared]
    for place, rule in enumerate(rules):
        block, points = case.but(rule=rule, weights=weights), []
        if not simulated and exact.applies(block) is None:
            points = [(each, 0.0) for each in exact.outcomes(block).adopted_any.tolist()]
        else:
            for done, each in enumerate(weights):
                progress("size of the weights", 0.7 + 0.3 * (place + done / len(sizes)) / len(rules))
                points.append(_adopted(case.but(rule=rule, weights=each), drawn))
        adopted[rule.label], errors[rule.label] = [p for p, _ in points], [each for _, each in points]
    return SizeCurve(sizes.tolist(), question.size, adopted, errors, drawn.replicates)


def trace(case: Case, replicate: int, seed: int) -> Chronicle:
    """One replicate as a chronicle, round by round. Source: the contract, `trace --json`."""
    draws, stances, rounds = trace_rounds(case, replicate, seed)
    supports = (draws.taste >= stances.not_support)[0]
    last = rounds[-1]
    settled = int(last.outcome[0])
    ids = case.council.ids
    held = last.objects[0] & (settled >= ADOPTIONS)
    won = last.won[0] if last.won is not None else np.zeros(len(ids), bool)
    return Chronicle(
        proposal=case.proposal.name,
        replicate=replicate,
        outcome=OUTCOMES[settled],
        round=last.number,
        ambition=float(case.ambition[last.number]),
        stances=[_stances(supports, each.objects[0]) for each in rounds],
        hold_outs=[each for each, holds in zip(ids, held, strict=True) if holds],
        won_over=[each for each, accepted in zip(ids, won, strict=True) if accepted],
        seed=seed,
        members=list(ids),
        hidden=[[ids[i] for i in np.flatnonzero((each.objects & ~each.open)[0])] for each in rounds],
    )


def _stances(supports: Booleans, objects: Booleans) -> list[str]:
    support, acquiesce, object_ = STANCES
    found: list[str] = np.where(supports, support, np.where(objects, object_, acquiesce)).tolist()
    return found
