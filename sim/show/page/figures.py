"""What is computed for a state: outcomes, blame, other rules, and the curve along one path. No sampling error where
the exact engine applies; else few replicates, with their error."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from sim.answers.figures import Figures, Way, counted, error, play, told
from sim.answers.result import MEASURES, ProposalResult, RuleRow
from sim.engines import counterfactual, exact
from sim.engines.simulate import simulate
from sim.model.case import Case
from sim.model.rules import Rule
from sim.model.stances import table
from sim.scenario import paths
from sim.scenario.complaints import BadInput
from sim.scenario.numbers import Numbers, limits
from sim.show.page.desk import Desk, Opened
from sim.show.page.dials import Dial

POINTS = 21
CURVE_REPLICATES = 2_000  # of each point


@dataclass(frozen=True)
class Curve:
    """P(adopted in any form) along one path; today: its value now; errors are standard errors, 0 if exact."""

    key: str
    label: str
    at: tuple[float, ...]
    adopted: tuple[float, ...]
    errors: tuple[float, ...]
    today: float
    never: float | None = None


def answered(opened: Opened) -> ProposalResult:
    """Outcomes, blame and other rules of the text looked at; pivotality and Shapley blame are left to `blamed`."""
    question, how = opened.scenario.questions[opened.place], opened.how
    case = question.case
    hidden = np.zeros(case.council.size)
    if how.engine == "exact":
        found = _summed(case)
        if case.interaction.hides:
            hidden = simulate(case, how.replicates, how.seed, blame=True).hidden / how.replicates
    else:
        tally = play(case, how, blame=True)
        hidden = tally.hidden / tally.replicates
        found = counted(tally)
    rules = [_other(case, rule, how) for rule in question.compared]
    return replace(told(case, how, found, hidden), rules=rules)


def _summed(case: Case) -> Figures:
    stances = table(case)
    found, blame = exact.outcomes(case, stances), exact.blame(case, stances, counterfactual=False)
    return Figures(
        outcomes=found.outcomes.tolist(),
        adopted_any=float(found.adopted_any),
        rounds=found.rounds.tolist(),
        supporters=float(found.supporters),
        lone=float(blame.lone),
        measures={name: None if (each := getattr(blame, name)) is None else each.tolist() for name in MEASURES},
    )


def _other(case: Case, rule: Rule, how: Way) -> RuleRow:
    """What another rule would have done: exactly where that applies, else simulated; as in a run."""
    other = case.but(rule=rule)
    if how.engine == "exact" and exact.applies(other) is None:
        return RuleRow(rule.label, float(exact.outcomes(other).adopted_any), 0.0, "exact")
    counted_ = Way("simulate", how.replicates, how.seed)
    adopted = simulate(other, how.replicates, how.seed).adopted_any / how.replicates
    return RuleRow(rule.label, adopted, error(adopted, counted_), "simulate", how.replicates)


def blamed(opened: Opened, text: ProposalResult) -> ProposalResult:
    """The same with pivotality and Shapley blame, which take longest."""
    case, how = opened.case, opened.how
    if how.engine == "exact":
        if exact.applies(case, blame=True):
            return text
        found = exact.blame(case)
        assert found.pivotality is not None
        assert found.shapley is not None
        pivotal, shapley = found.pivotality.tolist(), found.shapley.tolist()
    else:
        pivots = counterfactual.pivotality(case, how.replicates, how.seed)
        shares = counterfactual.shapley(case, how.replicates, how.seed)
        none = [None] * case.council.size
        pivotal = none if pivots is None else [int(each) / how.replicates for each in pivots]
        shapley = none if shares is None else [int(each) / how.replicates for each in shares]
    rows = zip(text.blame, pivotal, shapley, strict=True)
    return replace(text, blame=[replace(each, pivotality=p, shapley=s) for each, p, s in rows])


def curve(desk: Desk, opened: Opened, dial: Dial) -> Curve:
    """P(adopted) along a dial, all else as it is."""
    at = dial.positions(POINTS)
    places = list(paths.places(opened.scenario.resolved, dial.key))
    if all(limits(place) is not None for place in places):
        adopted, errors = _side_by_side(opened, places, [dial.value(each) for each in at])
    else:
        adopted, errors = _one_by_one(desk, opened, dial, at)
    return Curve(dial.key, dial.label, at, adopted, errors, dial.at, None if dial.top is None else dial.high)


Points = tuple[tuple[float, ...], tuple[float, ...]]


def _side_by_side(opened: Opened, places: list[paths.Path], at: list[float]) -> Points:
    """All points as one block of cases."""
    values = np.array(at)
    numbers = Numbers(dict.fromkeys(places, values))
    case = opened.scenario.seating.questions(numbers)[opened.place].case.block((len(at),))
    if opened.how.engine == "exact" and exact.applies(case) is None:
        found = exact.outcomes(case, varying=_varying(opened, places)).adopted_any
        return tuple(found.tolist()), (0.0,) * len(at)
    return _simulated([case.at((n,)) for n in range(len(at))], opened.how)


def _varying(opened: Opened, places: list[paths.Path]) -> list[int] | None:
    """The members in whom alone the points differ, if it is that."""
    ids = opened.case.council.ids
    if any(place[:2] != ("council", "override") or place[2] not in ids for place in places):
        return None
    return sorted({ids.index(str(place[2])) for place in places})


def _one_by_one(desk: Desk, opened: Opened, dial: Dial, at: tuple[float, ...]) -> Points:
    """Where a number shapes the arrays, the scenario is read for each point."""
    cases: list[Case] = []
    for each in at:
        try:
            cases.append(desk.opened(opened.state.put(dial.key, dial.value(each))).case)
        except BadInput:
            cases.append(opened.case)  # out of this council's reach: as it is
    if opened.how.engine == "exact" and all(exact.applies(each) is None for each in cases):
        return tuple(float(exact.outcomes(each).adopted_any) for each in cases), (0.0,) * len(at)
    return _simulated(cases, opened.how)


def _simulated(cases: list[Case], how: Way) -> Points:
    few = Way("simulate", min(how.replicates, CURVE_REPLICATES), how.seed)
    found = [simulate(each, few.replicates, few.seed).adopted_any / few.replicates for each in cases]
    return tuple(found), tuple(error(each, few) for each in found)


def standing(found: Curve, dial: Dial) -> Curve:
    """The curve with today's value where the dial stands."""
    return replace(found, label=dial.label, today=dial.at)
