"""Seating the council: members, drivers and rules become cases, one a proposal."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, TypeVar

import numpy as np
import pydantic

from sim.model.case import NEVER, Case, Procedure, Proposal
from sim.model.council import Council, Drivers
from sim.model.interaction import Interaction
from sim.model.rules import Rule
from sim.scenario import members as roll
from sim.scenario import ties as listening
from sim.scenario.columns import Columns, stacked
from sim.scenario.columns import check as check_columns
from sim.scenario.complaints import BadInput, shown
from sim.scenario.members import Members, Uses, folded
from sim.scenario.numbers import Numbers, laid
from sim.scenario.reading import Reading
from sim.scenario.rulebook import Rulebook, weighed
from sim.scenario.schema import ProcedurePart, ProposalPart, ScenarioFile
from sim.scenario.spreads import SIZE, merged
from sim.scenario.spreads import check as check_spreads
from sim.scenario.ties import Ties
from sim.scenario.wording import Place

P = TypeVar("P", bound=pydantic.BaseModel)

RESERVED = {"id", "name", "size", *roll.SPECIAL, *roll.FLAGS, *roll.WEIGHTS}


@dataclass(frozen=True)
class Question:
    """One proposal as a case, the rules it is compared with, and why its loadings are what they are.

    sized: which drivers take the common size of the weights, having none of their own; size: that size, utils
    """

    case: Case
    compared: tuple[Rule, ...]
    reasons: dict[str, str]
    sized: tuple[bool, ...]
    size: float


@dataclass(frozen=True)
class Seating:
    """A council seated under its rules, ready to become cases for whatever numbers it is given.

    kept: the places of those who are present; stated, compared: rules by proposal
    ties: who listens to whom, of all members; None: everybody to everybody alike
    """

    sheet: ScenarioFile
    drivers: Drivers
    members: Members
    kept: tuple[int, ...]
    stated: tuple[Rule, ...]
    compared: tuple[tuple[Rule, ...], ...]
    ties: Ties | None = None

    def questions(self, numbers: Numbers | None = None) -> tuple[Question, ...]:
        """A question a proposal; with numbers, each a block of cases."""
        numbers = numbers or Numbers()
        sheet = laid(self.sheet, numbers.places)
        members = replace(self.members, traits={**self.members.traits, **numbers.columns})
        columns = Columns(sheet, self.drivers, members)
        council = _seated(columns.everybody(), list(self.kept))
        size = sheet.weights.get("size", SIZE)
        weights = [
            np.asarray(sheet.weights.get(name, size)) * numbers.factors.get(name, 1.0) for name in self.drivers.names
        ]
        room = self._interaction(sheet)
        found = []
        for place, text in enumerate(sheet.proposal):
            procedure = merged(sheet.procedure, text.procedure)
            attention = columns.attention(procedure.attention)[..., self.kept]
            case = Case(
                council=council.but(attention=attention),
                proposal=_proposal(text, council),
                weights=stacked(weights, -1),
                rule=self.stated[place],
                procedure=_procedure(procedure, council.size),
                interaction=room,
            )
            sized = tuple(name not in sheet.weights for name in self.drivers.names)
            found.append(Question(case, self.compared[place], dict(text.reasons), sized, size))
        return tuple(found)

    def _interaction(self, sheet: ScenarioFile) -> Interaction:
        ties = None if self.ties is None else self.ties.seated(self.kept)
        return Interaction(heed=sheet.interaction.heed, hide=sheet.interaction.hide, ties=ties)

    @property
    def ids(self) -> tuple[str, ...]:
        """Who is present."""
        return tuple(self.members.ids[place] for place in self.kept)


def seat(reading: Reading, sheet: ScenarioFile) -> Seating:
    """Seat the council of a scenario. Raises BadInput with all that is wrong."""
    drivers = Drivers(tuple(sheet.drivers.benefits), tuple(sheet.drivers.costs))
    _drivers(reading, sheet)
    _names(reading, sheet, drivers)
    rules = Rulebook(reading, sheet)
    so_far = len(reading.complaints)
    members = _members(reading, sheet, _uses(sheet, drivers))
    if members is None:
        raise BadInput(reading.complaints)
    columns = Columns(sheet, drivers, members)
    check_columns(reading, columns)
    _known(reading, sheet, members)
    ties = listening.read(reading, sheet.interaction.ties, members.ids)
    kept = _kept(reading, sheet, members)
    if not kept and len(reading.complaints) == so_far:
        reading.wrong(("council",), "nobody is left; expected at least one member")
    if len(reading.complaints) > so_far:
        raise BadInput(reading.complaints)
    everybody = columns.everybody()
    check_spreads(reading, sheet, everybody)
    rules.seated(_seated(everybody, kept))
    reading.stop()
    stated = tuple(rules.stated(place) for place in range(len(sheet.proposal)))
    return Seating(sheet, drivers, members, tuple(kept), stated, tuple(map(rules.compared, stated)), ties)


# -- names ------------------------------------------------------------------------------------------------------------


def _drivers(reading: Reading, sheet: ScenarioFile) -> None:
    seen: set[str] = set()
    both = {"benefits": sheet.drivers.benefits, "costs": sheet.drivers.costs}
    for place, name in (((kind, n), name) for kind, names in both.items() for n, name in enumerate(names)):
        if folded(name) in seen:
            reading.wrong(("drivers", *place), f"the driver {shown(name)} stands twice; expected different names")
        if name in RESERVED or name.endswith("_sd"):
            reading.wrong(("drivers", *place), f"{shown(name)} has a meaning of its own; expected another name")
        seen.add(folded(name))


def _names(reading: Reading, sheet: ScenarioFile, drivers: Drivers) -> None:
    """Keys that must name a driver, and names that must differ."""

    def check(keys: Iterable[str], place: Place, *more: str) -> None:
        for key in keys:
            if key not in drivers.names and key not in more:
                reading.unknown((*place, key), "no driver of this scenario", key, (*drivers.names, *more))

    check(sheet.weights, ("weights",), "size")
    check(sheet.traits, ("traits",), "independence")
    seen: set[str] = set()
    for place, text in enumerate(sheet.proposal):
        check(text.loadings, ("proposal", place, "loadings"))
        check(text.reasons, ("proposal", place, "reasons"))
        if folded(text.name) in seen:
            reading.wrong(("proposal", place, "name"), f"{shown(text.name)} stands twice; expected different names")
        seen.add(folded(text.name))


# -- members ----------------------------------------------------------------------------------------------------------


def _uses(sheet: ScenarioFile, drivers: Drivers) -> Uses:
    mapped = {spec.column for spec in sheet.traits.values()}
    same = {name for name in drivers.names if name not in sheet.traits}
    stake = {each for each in (sheet.stake.column, sheet.stake.trait) if each}
    weights = weighed(sheet)
    return Uses(frozenset((mapped | same | stake) - weights), weights, frozenset(same))


def _members(reading: Reading, sheet: ScenarioFile, uses: Uses) -> Members | None:
    given = sheet.council.members
    if isinstance(given, list):
        return roll.from_list(given, reading.where, uses, reading.complaints.append)
    if not isinstance(given, str) or not given:
        reading.wrong(("council", "members"), f"{shown(given)}; expected a CSV file's name, or a list of members")
        return None
    found = reading.beside(("council", "members"), given)
    if found is None:
        return None
    members, complaints = _from_csv(*found, uses)
    reading.complaints += complaints
    return members


@lru_cache(maxsize=16)
def _from_csv(text: str, path: str, uses: Uses) -> tuple[Members | None, tuple[str, ...]]:
    """The members of a file, and what is wrong with them: a sweep reads the same file for many of its cells."""
    complaints: list[str] = []
    return roll.from_csv(text, path, uses, complaints.append), tuple(complaints)


def _known(reading: Reading, sheet: ScenarioFile, members: Members) -> None:
    """Names that must be members'."""
    ids = set(members.ids)
    lists = {"only": sheet.council.only, "without": sheet.council.without}
    for key, given in lists.items():
        for place, member in enumerate(given):
            if member not in ids:
                reading.unknown(("council", key, place), f"{shown(member)} is no member of this council", member, ids)
    for place, text in enumerate(sheet.proposal):
        for member in text.grievance:
            if member not in ids:
                reading.unknown(("proposal", place, "grievance", member), "no member of this council", member, ids)


def _kept(reading: Reading, sheet: ScenarioFile, members: Members) -> list[int]:
    """The places of those who are present, in the file's order."""
    part = sheet.council
    only, without = set(part.only), set(part.without)
    kept = [i for i, member in enumerate(members.ids) if (not only or member in only) and member not in without]
    if part.order is not None and part.order not in members.weights | members.traits:
        what = f"{shown(part.order)} is no column of the members"
        reading.unknown(("council", "order"), what, part.order, members.weights | members.traits)
        return kept
    if part.first is None:
        return kept
    if part.first > len(kept):
        reading.wrong(("council", "first"), f"{part.first}; expected at most the {len(kept)} members there are")
    if part.order is not None:
        by: Any = (members.weights | members.traits)[part.order]
        kept.sort(key=lambda i: by[i])  # stable: ties stay in the file's order
    return sorted(kept[: part.first])


def _seated(everybody: Council, kept: list[int]) -> Council:
    return Council(
        ids=tuple(everybody.ids[i] for i in kept),
        names=tuple(everybody.names[i] for i in kept),
        drivers=everybody.drivers,
        traits=everybody.traits[..., kept],
        stake=everybody.stake[..., kept],
        independence=everybody.independence[..., kept],
        attention=everybody.attention[..., kept],
        never_objects=everybody.never_objects[..., kept],
        veto=everybody.veto[kept],
        weights={name: values[kept] for name, values in everybody.weights.items()},
    )


# -- procedure and text -----------------------------------------------------------------------------------------------


def _procedure(part: ProcedurePart, size: int) -> Procedure:
    return Procedure(
        rounds=part.rounds,
        objection_cost=part.objection_cost,
        isolation=part.isolation,
        isolation_curvature=part.isolation_curvature,
        fatigue=part.fatigue,
        withdrawal_hazard=part.withdrawal_hazard,
        withdraw_above=part.withdraw_above if part.withdraw_above < size else NEVER,
        silence_hours=part.silence_hours,
        dilution_step=part.dilution.step,
        dilution_first_round=part.dilution.first_round,
        dilution_floor=part.dilution.floor,
        payment_value=part.payment.value,
        payment_members=part.payment.members,
        opt_out_relief=part.opt_out.relief,
        opt_out_members=part.opt_out.members,
        opt_out_first_round=part.opt_out.first_round,
        months_per_round=part.months_per_round,
    )


def _proposal(text: ProposalPart, council: Council) -> Proposal:
    return Proposal(
        name=text.name,
        appeal=text.appeal,
        loadings=stacked([text.loadings.get(name, 1.0) for name in council.drivers.names], -1),
        grievance=stacked([text.grievance.get(member, 0.0) for member in council.ids], -1),
    )
