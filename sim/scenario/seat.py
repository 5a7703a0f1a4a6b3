"""Seating the council: columns become drivers, overrides their last word, and each proposal a case."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import pydantic

from sim.model.case import Case, Procedure, Proposal
from sim.model.council import Council, Drivers, Floats
from sim.model.rules import REGISTERED, Rule, RuleError, options, rule
from sim.scenario import members as roll
from sim.scenario.complaints import BadInput, shown
from sim.scenario.files import read
from sim.scenario.members import EXPECTED, Members, cell, folded
from sim.scenario.schema import ColumnSpec, ProcedurePart, ProposalPart, RuleSpec, ScenarioFile

if TYPE_CHECKING:
    from sim.scenario.load import Place, Question, Reading

P = TypeVar("P", bound=pydantic.BaseModel)
REQUIRED: Any = inspect.Parameter.empty

RESERVED = {"id", "name", "size", "independence", "stake", "attention", "never_objects", "veto"}
LEAST_STAKE = 1e-9  # a stake clipped from below stays above 0


def seat(reading: Reading, sheet: ScenarioFile) -> tuple[tuple[Question, ...], dict[str, Any]]:
    """The questions of a scenario and its resolved document. Raises BadInput with all that is wrong."""
    from sim.scenario.load import Question

    drivers = _drivers(reading, sheet)
    _names(reading, sheet, drivers)
    members = _members(reading, sheet)
    reading.stop()
    assert members is not None
    columns = _Columns(reading, sheet, drivers, members)
    everybody = columns.everybody()
    kept = _kept(reading, sheet, members)
    _grievances(reading, sheet, members)
    reading.stop()
    council = _seated(everybody, kept)
    questions = []
    for place, text in enumerate(sheet.proposal):
        procedure = merged(sheet.procedure, text.procedure)
        stated = _rule(reading, council, procedure.rule, _rule_place(reading, place))
        compared = _compared(reading, sheet, council, stated)
        if stated is None:
            continue
        case = Case(
            council=_attentive(council, members, kept, procedure, columns),
            proposal=_proposal(text, drivers, council),
            weights=np.array([sheet.weights.get(d, sheet.weights.get("size", 3.0)) for d in drivers.names]),
            rule=stated,
            procedure=_procedure(procedure),
        )
        sized = tuple(name not in sheet.weights for name in drivers.names)
        size = sheet.weights.get("size", 3.0)
        questions.append(Question(case, compared, dict(text.reasons), sized, size))
    reading.stop()
    return tuple(questions), _resolved(reading, sheet, members, questions)


# -- drivers and names ------------------------------------------------------------------------------------------------


def _drivers(reading: Reading, sheet: ScenarioFile) -> Drivers:
    drivers = Drivers(tuple(sheet.drivers.benefits), tuple(sheet.drivers.costs))
    seen: set[str] = set()
    for kind in ("benefits", "costs"):
        for place, name in enumerate(getattr(drivers, kind)):
            if folded(name) in seen:
                reading.wrong(("drivers", kind, place), f"the driver {shown(name)} stands twice; expected different names")
            if name in RESERVED or name.endswith("_sd"):
                reading.wrong(("drivers", kind, place), f"{shown(name)} has a meaning of its own; expected another name")
            seen.add(folded(name))
    return drivers


def _names(reading: Reading, sheet: ScenarioFile, drivers: Drivers) -> None:
    """Keys that must name a driver."""
    known = drivers.names

    def check(keys: Sequence[str], place: Place, more: tuple[str, ...] = ()) -> None:
        for key in keys:
            if key not in known and key not in more:
                reading.unknown((*place, key), "no driver of this scenario", (*known, *more))

    check(list(sheet.weights), ("weights",), ("size",))
    check(list(sheet.traits), ("traits",), ("independence",))
    seen: dict[str, str] = {}
    for place, text in enumerate(sheet.proposal):
        check(list(text.loadings), ("proposal", place, "loadings"))
        check(list(text.reasons), ("proposal", place, "reasons"))
        if folded(text.name) in seen:
            reading.wrong(("proposal", place, "name"), f"{shown(text.name)} stands twice; expected different names")
        seen[folded(text.name)] = text.name


# -- members ----------------------------------------------------------------------------------------------------------


def _members(reading: Reading, sheet: ScenarioFile) -> Members | None:
    given = sheet.council.members
    weights = _weight_columns(sheet)
    if isinstance(given, list):
        return roll.from_list(given, reading.line, reading.complaints.append, weights)
    if not isinstance(given, str) or not given or "\0" in given:
        reading.wrong(("council", "members"), f"{shown(given)}; expected a CSV file's name, or a list of members")
        return None
    path = reading.path.parent / given
    try:
        text = read(path, str(path))
    except BadInput as wrong:
        if not path.exists():
            reading.wrong(("council", "members"), f"there is no file {shown(str(path))}; expected a CSV file, relative to the scenario")
        else:
            reading.complaints.extend(wrong.complaints)
        return None
    return roll.from_csv(text, str(path), weights, reading.complaints.append)


def _weight_columns(sheet: ScenarioFile) -> set[str]:
    specs = [sheet.procedure.rule, *(text.procedure.rule for text in sheet.proposal), *(sheet.compare.rules or [])]
    return {spec.options["column"] for spec in specs if isinstance(spec.options.get("column"), str)}


class _Columns:
    """Columns mapped to drivers, then overridden: the final values of all members, present or not."""

    def __init__(self, reading: Reading, sheet: ScenarioFile, drivers: Drivers, members: Members) -> None:
        self.reading, self.sheet, self.drivers, self.members = reading, sheet, drivers, members
        self.overridden: dict[tuple[str, str], float] = {}

    def everybody(self) -> Council:
        size = len(self.members.ids)
        self._overrides()
        rows = [self._trait(name) for name in self.drivers.names]
        traits = np.array(rows).reshape(len(rows), size)
        never = self._final("never_objects", self.members.flags["never_objects"].astype(float)) > 0
        return Council(
            ids=self.members.ids,
            names=self.members.names,
            drivers=self.drivers,
            traits=traits,
            stake=self._stake(traits),
            independence=self._independence(traits),
            attention=np.ones(size),
            never_objects=never,
            veto=self.members.flags["veto"],
            weights=self.members.weights,
        )

    def _overrides(self) -> None:
        kinds = {"stake": "stake", "attention": "attention", "independence": "independence", "never_objects": "flag"}
        kinds |= {name: "trait" for name in self.drivers.names}
        for member, values in self.sheet.council.override.items():
            place: Place = ("council", "override", member)
            if member not in self.members.ids:
                self.reading.unknown(place, "no member of this council", self.members.ids)
                continue
            for key, given in values.items():
                if key not in kinds:
                    self.reading.unknown((*place, key), "cannot be overridden", kinds)
                    continue
                number = cell(kinds[key], given) if not isinstance(given, str) else None
                if number is None:
                    self.reading.wrong((*place, key), f"{shown(given)}; expected {EXPECTED[kinds[key]]}")
                else:
                    self.overridden[member, key] = number

    def _final(self, key: str, values: Floats) -> Floats:
        final = np.array(values, float)
        for place, member in enumerate(self.members.ids):
            final[place] = self.overridden.get((member, key), final[place])
        return final

    def _column(self, spec: ColumnSpec, place: Place) -> Floats:
        """A column mapped and divided, NaN where a member written in place lacks it."""
        own = {name: values for name, values in self.members.own.items() if not np.isnan(values).all()}
        known = {**self.members.traits, **own}
        if spec.column not in known:
            what = "a column of counts, not of traits" if spec.column in self.members.weights else "no column of the members"
            self.reading.wrong(place, f"{shown(spec.column)} is {what}{_near(spec.column, known)}")
            return np.zeros(len(self.members.ids))
        values = known[spec.column]
        return np.minimum((1.0 - values if spec.invert else values) / spec.divide_by, 1.0)

    def _trait(self, driver: str) -> Floats:
        if driver in self.sheet.traits:
            values = self._column(self.sheet.traits[driver], ("traits", driver))
        else:
            values = self.members.traits.get(driver, np.zeros(len(self.members.ids)))
        return self._final(driver, np.nan_to_num(values, nan=0.0))

    def _driver(self, name: str, traits: Floats) -> Floats | None:
        return traits[self.drivers.names.index(name)] if name in self.drivers.names else None

    def _stake(self, traits: Floats) -> Floats:
        stake = self.sheet.stake
        if stake.column is not None:
            if {"base", "slope", "trait"} & stake.model_fields_set:
                self.reading.wrong(("stake",), "both a column and base, slope or trait; expected one or the other")
            values = self._column(ColumnSpec(column=stake.column), ("stake", "column"))
        elif stake.trait is None:
            if stake.slope != 0.0:
                self.reading.wrong(("stake", "slope"), "a slope without a trait; expected trait = a driver")
            values = np.full(len(self.members.ids), stake.base)
        else:
            trait = self._driver(stake.trait, traits)
            if trait is None:
                known = (*self.drivers.names, *self.members.traits)
                if stake.trait not in known:
                    self.reading.wrong(("stake", "trait"), f"{shown(stake.trait)} is no driver and no column{_near(stake.trait, known)}")
                trait = self.members.traits.get(stake.trait, np.zeros(len(self.members.ids)))
            values = stake.base + stake.slope * np.nan_to_num(trait, nan=0.0)
        values = np.clip(np.nan_to_num(values, nan=1.0), LEAST_STAKE, 1.0)
        own = self.members.own["stake"]
        return self._final("stake", np.where(np.isnan(own), values, own))

    def _independence(self, traits: Floats) -> Floats:
        rests_on = self._driver("autonomy", traits)
        values = np.zeros(len(self.members.ids)) if rests_on is None else rests_on
        spec = self.sheet.traits.get("independence")
        own = self.members.own["independence"]
        if spec is None:
            return self._final("independence", np.where(np.isnan(own), values, own))
        driver = self._driver(spec.column, traits) if spec.column not in self.members.traits else None
        if driver is not None:
            mapped = np.minimum((1.0 - driver if spec.invert else driver) / spec.divide_by, 1.0)
        else:
            mapped = self._column(spec, ("traits", "independence"))
        return self._final("independence", np.nan_to_num(mapped, nan=0.0))


def _near(word: str, known: Any) -> str:
    from sim.scenario.complaints import nearest

    return nearest(word, known)


def _kept(reading: Reading, sheet: ScenarioFile, members: Members) -> list[int]:
    for key in ("only", "without"):
        for place, member in enumerate(getattr(sheet.council, key)):
            if member not in members.ids:
                reading.wrong(("council", key, place), f"{shown(member)} is no member of this council{_near(member, members.ids)}")
    only, without = set(sheet.council.only), set(sheet.council.without)
    kept = [i for i, member in enumerate(members.ids) if (not only or member in only) and member not in without]
    if not kept and not reading.complaints:
        reading.wrong(("council",), "nobody is left; expected at least one member")
    return kept


def _grievances(reading: Reading, sheet: ScenarioFile, members: Members) -> None:
    for place, text in enumerate(sheet.proposal):
        for member in text.grievance:
            if member not in members.ids:
                reading.unknown(("proposal", place, "grievance", member), "no member of this council", members.ids)


def _seated(everybody: Council, kept: list[int]) -> Council:
    return Council(
        ids=tuple(everybody.ids[i] for i in kept),
        names=tuple(everybody.names[i] for i in kept),
        drivers=everybody.drivers,
        traits=everybody.traits[:, kept],
        stake=everybody.stake[kept],
        independence=everybody.independence[kept],
        attention=everybody.attention[kept],
        never_objects=everybody.never_objects[kept],
        veto=everybody.veto[kept],
        weights={name: values[kept] for name, values in everybody.weights.items()},
    )


def _attentive(council: Council, members: Members, kept: list[int], procedure: ProcedurePart, columns: _Columns) -> Council:
    own = members.own["attention"]
    values = columns._final("attention", np.where(np.isnan(own), procedure.attention, own))
    return council.but(attention=values[kept])


# -- rules, procedure, text -------------------------------------------------------------------------------------------


def merged(base: P, over: P) -> P:
    """One part over another, key by key; a rule is replaced whole."""
    changes: dict[str, Any] = {}
    for key in over.model_fields_set:
        mine, theirs = getattr(base, key), getattr(over, key)
        nested = isinstance(theirs, pydantic.BaseModel) and not isinstance(theirs, RuleSpec)
        changes[key] = merged(mine, theirs) if nested else theirs
    return base.model_copy(update=changes)


def _rule_place(reading: Reading, place: int) -> Place:
    own = reading.document["proposal"][place].get("procedure", {})
    return ("proposal", place, "procedure", "rule") if "rule" in own else ("procedure", "rule")


def _rule(reading: Reading, council: Council, spec: RuleSpec, place: Place) -> Rule | None:
    if spec.name not in REGISTERED:
        reading.wrong(place, f"{shown(spec.name)} is no rule{_near(spec.name, REGISTERED)}")
        return None
    known = options(spec.name)
    for option in spec.options:
        if option not in known:
            reading.unknown((*place, option), f"the rule {spec.name} has no such option", known)
            return None
    for option, default in known.items():
        if default is REQUIRED and option not in spec.options:
            reading.wrong(place, f"the rule {spec.name} lacks its option {option!r}; expected {{ name = {spec.name!r}, {option} = … }}")
            return None
    try:
        return rule(council, spec.name, **spec.options)
    except RuleError as error:
        reading.wrong((*place, error.option) if error.option else place, f"{error}; expected an option that fits {council.size} members")
        return None


DEFAULT_COMPARED = ("consensus-minus", "two-thirds", "majority", "double-majority")


def _compared(reading: Reading, sheet: ScenarioFile, council: Council, stated: Rule | None) -> tuple[Rule, ...]:
    found: dict[str, Rule] = {}
    if sheet.compare.rules is None:
        for name in DEFAULT_COMPARED:
            try:
                each = rule(council, name)
            except RuleError:
                continue  # of the default rules, those that apply
            found[each.label] = each
    else:
        for place, spec in enumerate(sheet.compare.rules):
            chosen = _rule(reading, council, spec, ("compare", "rules", place))
            if chosen is not None:
                found[chosen.label] = chosen
    if stated is not None:
        found.pop(stated.label, None)
    return tuple(found.values())


def _procedure(part: ProcedurePart) -> Procedure:
    return Procedure(
        rounds=part.rounds,
        objection_cost=part.objection_cost,
        isolation=part.isolation,
        isolation_curvature=part.isolation_curvature,
        fatigue=part.fatigue,
        withdrawal_hazard=part.withdrawal_hazard,
        withdraw_above=part.withdraw_above,
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


def _proposal(text: ProposalPart, drivers: Drivers, council: Council) -> Proposal:
    return Proposal(
        name=text.name,
        appeal=text.appeal,
        loadings=np.array([text.loadings.get(name, 1.0) for name in drivers.names]),
        grievance=np.array([text.grievance.get(member, 0.0) for member in council.ids]),
    )


def _resolved(reading: Reading, sheet: ScenarioFile, members: Members, questions: list[Question]) -> dict[str, Any]:
    """The document with every value filled in and the members in place: it reads back to the same cases."""
    from sim.scenario.load import spec_table

    def table(part: pydantic.BaseModel) -> dict[str, Any]:
        found = {}
        for key in type(part).model_fields:
            value = getattr(part, key)
            if isinstance(value, RuleSpec):
                found[key] = spec_table(value)
            elif isinstance(value, pydantic.BaseModel):
                found[key] = table(value)
            elif isinstance(value, list) and value and isinstance(value[0], RuleSpec):
                found[key] = [spec_table(each) for each in value]
            elif isinstance(value, list) and value and isinstance(value[0], pydantic.BaseModel):
                found[key] = [table(each) for each in value]
            elif isinstance(value, dict):
                found[key] = {k: table(v) if isinstance(v, pydantic.BaseModel) else v for k, v in value.items()}
            elif value is not None:
                found[key] = value
        return found

    document = table(sheet)
    drivers = (*sheet.drivers.benefits, *sheet.drivers.costs)
    document["council"]["members"] = members.rows
    document["weights"] = {"size": 3.0, **sheet.weights}
    if sheet.stake.column is not None:
        document["stake"] = {"column": sheet.stake.column}
    for place, (text, part) in enumerate(zip(document["proposal"], sheet.proposal, strict=True)):
        text["loadings"] = {name: part.loadings.get(name, 1.0) for name in drivers}
        text["procedure"] = table(merged(sheet.procedure, part.procedure))
        text["procedure"]["withdraw_above"] = min(text["procedure"]["withdraw_above"], len(members.ids))
        del place
    document["procedure"]["withdraw_above"] = min(document["procedure"]["withdraw_above"], len(members.ids))
    if sheet.compare.rules is None:
        names = [each.label for each in questions[0].compared]
        document["compare"] = {"rules": [name for name in DEFAULT_COMPARED if any(n.startswith(name) for n in names)]}
    for unused in ("interaction", "uncertainty", "observed", "sweep"):
        del document[unused]
    del reading
    return document
