"""What is uncertain in a scenario, and how much: the model, section 8. Checked and described here, drawn in `study`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import pydantic

from sim.model.council import Council, Floats
from sim.scenario import paths
from sim.scenario.complaints import join
from sim.scenario.forms import RuleSpec
from sim.scenario.members import Members
from sim.scenario.numbers import limits
from sim.scenario.reading import Reading
from sim.scenario.schema import ScenarioFile, SpreadPart
from sim.scenario.wording import Place

P = TypeVar("P", bound=pydantic.BaseModel)

SIZE = 3.0  # utils: the weight of every driver, where none is given


@dataclass(frozen=True)
class ColumnSpread:
    """A column of the members, normal with (N,) means and standard deviations, cut to [0, 1]."""

    column: str
    centre: Floats
    deviation: Floats


@dataclass(frozen=True)
class NumberSpread:
    """A number, normal, or log-normal around its median; cut to its range.

    purpose, names: of the stream it is drawn from; label: how it is called
    targets: a place of the sheet and the centre, once for every proposal it stands for; or ("factor", driver) and 1
    """

    purpose: str
    names: tuple[str, ...]
    label: str
    targets: tuple[tuple[Place, float], ...]
    deviation: float
    log: bool


@dataclass(frozen=True)
class Spreads:
    """All that is uncertain."""

    columns: tuple[ColumnSpread, ...] = ()
    numbers: tuple[NumberSpread, ...] = ()


def spreads(sheet: ScenarioFile, members: Members, everybody: Council, fixed: set[Place]) -> Spreads:
    """What is uncertain, without what was fixed, here or from outside: that is final and never drawn."""
    part = sheet.uncertainty
    fixed = fixed | {place for key in part.fixed for place in leading(sheet, key)}
    columns = _columns(sheet, members) if part.traits else iter(())
    own = fixed | {place for key in part.parameters for place in leading(sheet, key)}  # they go before size and others
    numbers = (*_weights(sheet, everybody, own), *_loadings(sheet, everybody, own))
    parameters = (_parameter(sheet, everybody, key, each, fixed) for key, each in part.parameters.items())
    return Spreads(tuple(columns), (*numbers, *(each for each in parameters if each)))


def _columns(sheet: ScenarioFile, members: Members) -> Iterator[ColumnSpread]:
    read = {spec.column for spec in sheet.traits.values()}
    read |= {name for name in (*sheet.drivers.benefits, *sheet.drivers.costs) if name not in sheet.traits}
    stake = sheet.stake.trait if sheet.stake.trait not in (*sheet.drivers.benefits, *sheet.drivers.costs) else None
    read |= {each for each in (sheet.stake.column, stake) if each}
    for column, deviation in members.spreads.items():
        if column in read and column in members.traits and deviation.any():
            yield ColumnSpread(column, members.traits[column], deviation)


def _weights(sheet: ScenarioFile, everybody: Council, fixed: set[Place]) -> Iterator[NumberSpread]:
    part = sheet.uncertainty
    if part.size and ("weights", "size") not in fixed:
        place: Place = ("weights", "size")
        yield NumberSpread(
            "weight", ("size",), "weights.size", ((place, value_at(sheet, place, everybody)),), part.size, True
        )
    for driver in everybody.drivers.names if part.weights else ():
        if ("weights", driver) not in fixed:
            target: Place = ("factor", driver)
            yield NumberSpread("weight", (driver,), f"weights.{driver}", ((target, 1.0),), part.weights, True)


def _loadings(sheet: ScenarioFile, everybody: Council, fixed: set[Place]) -> Iterator[NumberSpread]:
    for n, text in enumerate(sheet.proposal if sheet.uncertainty.loadings else ()):
        for driver in everybody.drivers.names:
            place: Place = ("proposal", n, "loadings", driver)
            if place not in fixed:
                label = join(("proposal", n, "loadings", driver))
                target = (place, value_at(sheet, place, everybody))
                yield NumberSpread("loading", (text.name, driver), label, (target,), sheet.uncertainty.loadings, False)


def _parameter(
    sheet: ScenarioFile, everybody: Council, key: str, part: SpreadPart, fixed: set[Place]
) -> NumberSpread | None:
    name = join(paths.parse(key))
    places = [place for place in leading(sheet, key) if place not in fixed]
    targets = tuple((place, value_at(sheet, place, everybody)) for place in places)
    deviation, log = (part.log_sd, True) if part.log_sd is not None else (part.sd or 0.0, False)
    return NumberSpread("parameter", (name,), name, targets, deviation, log) if targets and deviation else None


def leading(sheet: ScenarioFile, key: str) -> list[Place]:
    """Where a path leads. PathError if it leads nowhere."""
    document: dict[str, Any] = {"proposal": [{"name": each.name} for each in sheet.proposal]}
    return list(paths.places(document, key))


def value_at(sheet: ScenarioFile, place: Place, everybody: Council) -> float:
    """The number at a place, given or by default."""
    match place:
        case ("weights", "size"):
            return float(sheet.weights.get("size", SIZE))
        case ("weights", str(driver)):
            return float(sheet.weights.get(driver, sheet.weights.get("size", SIZE)))
        case ("proposal", int(n), "loadings", str(driver)):
            return float(sheet.proposal[n].loadings.get(driver, 1.0))
        case ("proposal", int(n), "grievance", str(member)):
            return float(sheet.proposal[n].grievance.get(member, 0.0))
        case ("traits", str(name), "divide_by"):
            return float(sheet.traits[name].divide_by) if name in sheet.traits else 1.0
        case ("council", "override", str(member), str(key)):
            row = everybody.index(member)
            if key in everybody.drivers.names:
                return float(everybody.traits[everybody.drivers.names.index(key), row])
            return float(np.broadcast_to(getattr(everybody, key), (everybody.size,))[row])
        case ("proposal", int(n), "procedure", *rest):
            return _inside(merged(sheet.procedure, sheet.proposal[n].procedure), rest)
    return _inside(sheet, place)


def _inside(part: Any, place: Sequence[str | int]) -> float:
    for step in place:
        part = part[step] if isinstance(step, int) else getattr(part, str(step))
    return float(part)


def merged(base: P, over: P) -> P:
    """One part over another, key by key; a rule is replaced whole."""
    changes = {}
    for key in over.model_fields_set:
        mine, theirs = getattr(base, key), getattr(over, key)
        nested = isinstance(theirs, pydantic.BaseModel) and not isinstance(theirs, RuleSpec)
        changes[key] = merged(mine, theirs) if nested else theirs
    return base.model_copy(update=changes)


def check(reading: Reading, sheet: ScenarioFile, everybody: Council) -> None:
    """Note paths under [uncertainty] that lead to no number that can be drawn."""
    for n, key in enumerate(sheet.uncertainty.fixed):
        try:
            leading(sheet, key)
        except paths.PathError as error:
            reading.wrong(("uncertainty", "fixed", n), str(error))
    drawn: dict[Place, str] = {}
    for key, part in sheet.uncertainty.parameters.items():
        at = ("uncertainty", "parameters", key)
        if (part.sd is None) == (part.log_sd is None):
            reading.wrong(at, f"{'neither of' if part.sd is None else 'both'} sd and log_sd; expected one of them")
        try:
            places = leading(sheet, key)
            wrong = next((place for place in places if not _drawable(sheet, place, everybody)), None)
        except paths.PathError as error:
            reading.wrong(at, str(error))
            continue
        twice = next((place for place in places if place in drawn), None)
        if twice is not None:
            reading.wrong(at, f"{join(twice)} is drawn already, by {drawn[twice]}; expected one spread of it")
        drawn |= dict.fromkeys(places, key)
        if wrong is not None:
            what = "leads to no number that can be drawn"
            reading.wrong(at, f"{what}; expected a path like procedure.isolation, proposal.appeal or weights.size")


def _drawable(sheet: ScenarioFile, place: Place, everybody: Council) -> bool:
    if limits(place) is None:
        return False
    match place:
        case ("weights", str(name)):
            return name == "size" or name in everybody.drivers.names
        case ("proposal", int(), "loadings", str(driver)):
            return driver in everybody.drivers.names
        case ("proposal", int(), "grievance", str(member)):
            return member in everybody.ids
        case ("traits", str(name), "divide_by"):
            return name in sheet.traits
        case ("council", "override", str(member), str(key)):
            known = (*everybody.drivers.names, "stake", "independence", "attention")
            return member in everybody.ids and key in known
    return True
