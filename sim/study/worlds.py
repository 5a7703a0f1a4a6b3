"""A scenario over its outer draws: intervals across draws, before and after conditioning, beside the published values.

Two layers, never mixed (the model, section 8): these intervals stand apart from the Monte Carlo error inside a draw.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sim.answers.answer import way
from sim.answers.figures import Way
from sim.answers.result import INTERPRETED_FROM, Moved, Observation, ProposalResult, Result
from sim.engines import exact
from sim.engines.holdouts import hold_outs
from sim.engines.odds import flat
from sim.engines.simulate import Tally, together
from sim.model.case import Case
from sim.model.council import Floats
from sim.model.process import OUTCOMES
from sim.model.rules import Rule
from sim.model.stances import table
from sim.scenario.load import Actual, Scenario
from sim.scenario.seat import Question, Seating
from sim.scenario.spreads import Spreads
from sim.study.sharing import shared_out
from sim.study.uncertainty import effective, likelihood, likely, numbers, points, tree

BLOCK = 50  # draws computed side by side
CURVE = 120  # points of a density
RULES = 5  # other rules are computed for one draw in so many

Measures = dict[str, Any]  # the record's tree, an array with draws in front in each number's place
Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class Block:
    """Some outer draws of a scenario. rules: how many of them are also computed under the other rules."""

    seating: Seating
    spreads: Spreads
    actual: Actual | None
    way: Way
    start: int
    count: int
    rules: int


@dataclass(frozen=True)
class Found:
    """What came of a block: measures by proposal, weights and parameters by name, likelihoods (count,) if any."""

    measures: list[Measures]
    inputs: dict[str, Floats]
    likelihood: Floats | None


def over_draws(
    scenario: Scenario,
    result: Result,
    *,
    workers: int | None = 1,
    progress: Progress = lambda what, share: None,
) -> Result:
    """A result with the intervals over outer draws; as it is where there are none.

    workers: processes; None: as many as the work is worth, for programs that spawned processes may import again.
    effective_draws is 0 where what was observed is impossible in every draw, and then nothing is conditioned.
    """
    if not scenario.draws:
        return result
    blocks = list(_blocks(scenario))
    found: dict[int, Found] = {}
    for block, each in shared_out(compute, blocks, lambda block: block.count / scenario.draws, workers=workers):
        found[block.start] = each
        progress("outer draws", len(found) / len(blocks))
    return _told(scenario, result, [found[each.start] for each in blocks])


def _blocks(scenario: Scenario) -> Iterator[Block]:
    how, draws = way(scenario), scenario.draws
    actual = scenario.actual if scenario.actual and likely(scenario.actual) else None
    case = scenario.questions[0].case
    few = max(1, min(BLOCK, 4_000_000 // (case.council.size**2 * case.procedure.rounds)))
    rule_draws = _rule_draws(draws)
    for start in range(0, draws, few):
        count = min(few, draws - start)
        rules = min(max(rule_draws - start, 0), count)
        yield Block(scenario.seating, scenario.spreads, actual, how, start, count, rules)


def _rule_draws(draws: int) -> int:
    """For how many of the draws, the first ones, the other rules are computed too."""
    return -(-draws // RULES)


def compute(block: Block) -> Found:
    """All measures of a block of draws."""
    ids, seed = block.seating.members.ids, block.way.seed
    drawn = numbers(block.spreads, ids, seed, block.start, block.count)
    questions = block.seating.questions(drawn)
    names = questions[0].case.council.drivers.names
    weights = np.broadcast_to(questions[0].case.weights, (block.count, len(names)))
    moving = [n for n in range(len(names)) if questions[0].case.council.traits[..., n, :].any()]
    inputs = {f"weights.{names[n]}": weights[:, n] for n in moving}
    for spread in block.spreads.numbers:
        if spread.purpose == "parameter":
            place = spread.targets[0][0]
            inputs[spread.label] = drawn.places[place]
    return Found(
        [_measured(question, block) for question in questions],
        inputs,
        likelihood(block.actual, seed, block.start, block.count) if block.actual else None,
    )


def _measured(question: Question, block: Block) -> Measures:
    case = question.case.block((block.count,))
    found = _summed(case) if block.way.engine == "exact" else _counted(case, block.way)
    found["rules"] = [{"rule": rule.label, "adopted_any": _adopted(case, rule, block)} for rule in question.compared]
    return found


def _summed(case: Case) -> Measures:
    stances = table(case)
    found = exact.outcomes(case, stances)
    support, acquiesce, objects = exact.as_tabled(case, stances)
    alone = exact.lone_hold_outs(case, stances)
    final = hold_outs(case, flat(case, stances)).reshape(alone.shape)
    return {
        "outcomes": dict(zip(OUTCOMES, np.moveaxis(found.outcomes, -1, 0), strict=True)),
        "adopted_any": found.adopted_any,
        "lone_hold_out": np.ascontiguousarray(alone).sum(axis=-1),
        "rounds": list(found.rounds.T),
        "supporters": found.supporters,
        "blame": _by_member(case, support, acquiesce, objects, final, alone),
    }


def _counted(case: Case, how: Way) -> Measures:
    cases = [case.at((k,)) for k in range(case.shape[0])]
    tallies = [each.tally for each in together(cases, how.replicates, how.seed, blame=True)]
    many = how.replicates

    def shares(pick: Callable[[Tally], Any]) -> Floats:
        return np.array([pick(each) for each in tallies]) / many

    support, objects = shares(lambda each: each.support), shares(lambda each: each.object)
    final, alone = shares(lambda each: each.final_hold_out), shares(lambda each: each.lone_hold_out)
    return {
        "outcomes": dict(zip(OUTCOMES, shares(lambda each: each.outcomes).T, strict=True)),
        "adopted_any": shares(lambda each: each.adopted_any),
        "lone_hold_out": shares(lambda each: each.lone),
        "rounds": list(shares(lambda each: each.rounds).T),
        "supporters": shares(lambda each: each.supporters),
        "blame": _by_member(case, support, 1.0 - support - objects, objects, final, alone),
    }


def _by_member(case: Case, *measures: Floats) -> list[Measures]:
    names = ("support", "acquiesce", "object", "final_hold_out", "lone_hold_out")
    council = case.council
    return [
        {"id": council.ids[i], "name": council.names[i], **{n: m[:, i] for n, m in zip(names, measures, strict=True)}}
        for i in range(council.size)
    ]


def _adopted(case: Case, rule: Rule, block: Block) -> Floats:
    """P(adopted in any form) under another rule in the first draws of the block, (rules,)."""
    cases = [case.at((k,)).but(rule=rule) for k in range(block.rules)]
    if not cases:
        return np.zeros(0)
    if block.way.engine == "exact" and exact.applies(cases[0]) is None:
        return exact.outcomes(case.but(rule=rule)).adopted_any[: block.rules]
    played = together(cases, block.way.replicates, block.way.seed)
    return np.array([each.tally.adopted_any for each in played]) / block.way.replicates


# -- the record -------------------------------------------------------------------------------------------------------


def _joined(parts: Sequence[Any]) -> Any:
    """Trees of blocks as one tree, their arrays end to end."""
    first = parts[0]
    if isinstance(first, dict):
        return {key: _joined([each[key] for each in parts]) for key in first}
    if isinstance(first, list):
        return [_joined([each[n] for each in parts]) for n in range(len(first))]
    return np.concatenate(parts) if isinstance(first, np.ndarray) else first


def _told(scenario: Scenario, result: Result, found: list[Found]) -> Result:
    measures = [_joined([each.measures[n] for each in found]) for n in range(len(result.proposals))]
    inputs = _joined([each.inputs for each in found])
    rule_draws = _rule_draws(scenario.draws)
    likelihoods = [each.likelihood for each in found if each.likelihood is not None]
    weights = np.concatenate(likelihoods) if likelihoods else None
    if scenario.actual is None:
        weights = np.ones(scenario.draws)  # nothing was observed
    size = effective(weights) if weights is not None else None
    rules_size = effective(weights[:rule_draws]) if weights is not None else None
    sound = weights if weights is not None and size else None
    as_it_was = scenario.actual is not None and not scenario.actual.altered
    observed = {each.proposal for each in scenario.actual.observed} if scenario.actual and as_it_was else set()
    return replace(
        result,
        draws=scenario.draws,
        effective_draws=size,
        rule_draws=rule_draws,
        rule_effective_draws=rules_size,
        observed=_observations(scenario),
        moved=[_moved(scenario, name, values, sound) for name, values in inputs.items() if np.ptp(values) > 0.0],
        proposals=[
            _banded(text, each, sound, n in observed)
            for n, (text, each) in enumerate(zip(result.proposals, measures, strict=True))
        ],
    )


def _banded(text: ProposalResult, measures: Measures, weights: Floats | None, fitted: bool) -> ProposalResult:
    return replace(
        text,
        uncertainty=tree(measures, lambda values: _points(values, None)),
        conditioned=None if weights is None else tree(measures, lambda values: _points(values, weights)),
        fitted=fitted,
    )


def _points(values: Floats, weights: Floats | None) -> dict[str, float] | None:
    """Intervals; None where no draw with any weight was computed."""
    mine = None if weights is None else weights[: len(values)]
    return None if mine is not None and not mine.any() else points(values, mine)


def _observations(scenario: Scenario) -> list[Observation] | None:
    if scenario.actual is None:
        return None
    ids = scenario.actual.seating.ids
    names = [each.name for each in scenario.actual.seating.sheet.proposal]
    return [
        Observation(
            names[each.proposal], each.adopted, None if each.hold_outs is None else [ids[i] for i in each.hold_outs]
        )
        for each in scenario.actual.observed
    ]


def _moved(scenario: Scenario, name: str, values: Floats, weights: Floats | None) -> Moved:
    names = scenario.seating.drivers.names
    by_weight = dict(zip((f"weights.{each}" for each in names), scenario.questions[0].case.weights, strict=True))
    centre = next((each.targets[0][1] for each in scenario.spreads.numbers if each.label == name), 0.0)
    interpreted = weights is not None and effective(weights) >= INTERPRETED_FROM
    low, high = np.quantile(values, [0.005, 0.995])
    grid = np.linspace(low, high, CURVE)
    return Moved(
        name=name,
        published=float(by_weight.get(name, centre)),
        prior=points(values),
        conditioned=None if weights is None else points(values, weights),
        grid=grid.tolist(),
        prior_density=_density(values, None, grid).tolist(),
        conditioned_density=_density(values, weights, grid).tolist() if interpreted else None,
    )


def _density(values: Floats, weights: Floats | None, grid: Floats) -> Floats:
    from scipy.stats import gaussian_kde  # takes long to import

    try:
        found: Floats = gaussian_kde(values, weights=weights)(grid)
    except np.linalg.LinAlgError:  # all but one value
        return np.zeros_like(grid)
    return found
