"""One member taken apart: its value by driver, its cost of objecting, its stances, and where its numbers come from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from sim.model.case import Case
from sim.model.council import Floats
from sim.model.stances import Terms, contributions, isolation, logistic, value
from sim.scenario.load import Scenario
from sim.scenario.sources import ColumnSource, members_path, sources
from sim.study.explanation import DriverPart, ObjectionCost, Origin, Stances


@dataclass(frozen=True)
class Anatomy:
    """What the parts of all members are taken from, computed once. supporting (N,): P(supports)."""

    scenario: Scenario
    proposal: int
    parts: Floats
    value: Floats
    supporting: Floats
    terms: Terms
    told: Mapping[str, ColumnSource]

    @classmethod
    def of(cls, scenario: Scenario, proposal: int) -> Anatomy:
        """Of one proposal."""
        case = scenario.questions[proposal].case
        worth = value(case)
        told = sources(members_path(scenario))
        return cls(scenario, proposal, contributions(case), worth, logistic(worth), Terms.of(case), told)

    @property
    def case(self) -> Case:
        """The proposal's."""
        return self.scenario.questions[self.proposal].case

    def appeal(self) -> float:
        """What the text is worth to all alike, utils."""
        return float(self.case.proposal.appeal)

    def grievance(self, place: int) -> float:
        """What it is worth to this member besides its drivers, utils."""
        return float(np.broadcast_to(self.case.proposal.grievance, (self.case.council.size,))[place])

    def drivers(self, place: int) -> list[DriverPart]:
        """What each driver adds."""
        return [self._driver(place, number) for number in range(len(self.case.council.drivers.names))]

    def _driver(self, place: int, number: int) -> DriverPart:
        case, sheet, members = self.case, self.scenario.seating.sheet, self.scenario.seating.members
        name, member = case.council.drivers.names[number], case.council.ids[place]
        spec = sheet.traits.get(name)
        column, inverted, divided = (spec.column, spec.invert, float(spec.divide_by)) if spec else (name, False, 1.0)
        overridden = name in sheet.council.override.get(member, {})
        known = column in members.traits or column in members.own
        row = self.scenario.seating.kept[place]
        spread = float(members.spreads[column][row]) / divided if column in members.spreads else None
        spread = None if overridden or spread is None or not np.isfinite(spread) else spread
        weight, loading = float(case.weights[number]), float(case.proposal.loadings[number])
        return DriverPart(
            driver=name,
            benefit=number < len(case.council.drivers.benefits),
            weight=weight,
            loading=loading,
            trait=float(case.council.traits[number, place]),
            trait_sd=spread,
            part=float(self.parts[number, place]) + 0.0,  # never −0
            part_sd=None if spread is None else weight * loading * spread,
            column=column if known else None,
            inverted=inverted,
            divided_by=divided,
            overridden=overridden,
            reason=self.scenario.questions[self.proposal].reasons.get(name),
            origin=_origin(self.told.get(column)),
        )

    def cost(self, place: int) -> ObjectionCost:
        """Of objecting, where as many of the others support the text as do on average."""
        share = self._share(place)
        here = self._of(place)
        alone = here.alone * isolation(share, here.curvature)
        total = here.cost(np.asarray(share))
        return ObjectionCost(
            share=share,
            fixed=float(here.fixed.flat[0]),
            isolation=float(alone.flat[0]),
            fatigue=self._rounds(here.waiting),
            total=self._rounds(total),
        )

    def stances(self, place: int, as_tabled: tuple[Floats, Floats, Floats]) -> Stances:
        """Its chance of each stance, and the thresholds between them at the mean number of supporters."""
        here = self._of(place)
        below = here.dislike - here.cost(np.asarray(self._share(place))) / here.at_stake
        support, acquiesce, wishes = (float(each[place]) for each in as_tabled)
        return Stances(support, acquiesce, wishes, float(here.dislike.flat[0]), self._rounds(below))

    def _share(self, place: int) -> float:
        """The mean share of the others in support."""
        others = float(self.supporting.sum() - self.supporting[place])
        return min(max(others, 0.0) / max(len(self.supporting) - 1, 1), 1.0)

    def _of(self, place: int) -> Terms:
        """One member's terms, (T or 1,)."""
        return self.terms.map(lambda each: each[:, place if each.shape[-1] > 1 else 0])

    def _rounds(self, array: Floats) -> list[float]:
        """By round, as far as the text lasts."""
        found: list[float] = np.broadcast_to(array, (self.case.procedure.rounds,))[self.case.lasts].tolist()
        return found


def _origin(told: ColumnSource | None) -> Origin | None:
    if told is None:
        return None
    return Origin(told.measures, told.formula, told.years, list(told.sources), told.missing, told.weak)
