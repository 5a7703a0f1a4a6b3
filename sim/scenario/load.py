"""From a scenario file to cases: read, check, map, override, seat the council (the contract's order)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sim.scenario import paths
from sim.scenario.columns import Columns
from sim.scenario.complaints import BadInput, shown
from sim.scenario.numbers import Numbers, limits
from sim.scenario.reading import Reading, Setting
from sim.scenario.resolved import resolved
from sim.scenario.schema import AblationPart, ScenarioFile, SweepPart
from sim.scenario.seat import Question, Seating, seat
from sim.scenario.spreads import Spreads
from sim.scenario.spreads import spreads as describe
from sim.scenario.wording import Place

__all__ = ["Question", "Scenario", "Setting", "load", "widest"]


APART = ("uncertainty", "observed", "run", "compare", "interaction")  # what does not rest on who the members are,
NAMING = ("interaction", "ties")  # but for this
BELIEFS = ("weights", "stake", "traits", "drivers", "interaction", "uncertainty", "observed", "run", "compare")


@dataclass(frozen=True)
class Observed:
    """What is known to have happened to one proposal: its place, adopted or not, the final hold-outs' places."""

    proposal: int
    adopted: bool
    hold_outs: tuple[int, ...] | None


@dataclass(frozen=True)
class Actual:
    """The world in which the observed happened: the scenario's own, without what was set to ask what would be if.

    Only what is believed of it (weights, stakes, uncertainty) may have been set from outside. altered: something else
    was set too, so that what is computed of the scenario is a prediction, not a fit.
    """

    seating: Seating
    spreads: Spreads
    observed: tuple[Observed, ...]
    where: str
    altered: bool


@dataclass(frozen=True)
class SweepText:
    """A sweep that stands in the file; where: FILE:LINE: KEY of each path that it varies or sets, "" for itself."""

    part: SweepPart
    where: Mapping[str, str]


@dataclass(frozen=True)
class Scenario:
    """A scenario, read and checked. resolved: the document with every value filled in, members in place.

    draws: how many outer draws; actual: what they are conditioned on, if anything was observed
    sweeps, ablations: what stands in the file to compare it with, by name; settings: what was set from outside
    """

    file: str
    sha256: str
    title: str
    question: str
    sources: tuple[str, ...]
    notes: tuple[str, ...]
    questions: tuple[Question, ...]
    engine: str
    replicates: int
    seed: int
    resolved: dict[str, Any]
    seating: Seating
    spreads: Spreads
    draws: int
    actual: Actual | None
    sweeps: Mapping[str, SweepText]
    ablations: Mapping[str, tuple[Setting, ...]]
    settings: tuple[Setting, ...]


def load(name: str, settings: Sequence[Setting] = (), complaints: Sequence[str] = ()) -> Scenario:
    """Read and check a scenario file; settings go before what the file says.

    Raises BadInput with all that is wrong, and with what was wrong before.
    """
    reading = Reading(name)
    reading.complaints += complaints
    for setting in settings:
        reading.put(setting)
    sheet = reading.sheet()
    seating, spreads = _seated(reading, sheet)
    questions = seating.questions()
    return Scenario(
        file=name,
        sha256=reading.sha256,
        title=sheet.title,
        question=sheet.question,
        sources=tuple(sheet.sources),
        notes=tuple(sheet.notes),
        questions=questions,
        engine=sheet.run.engine,
        replicates=sheet.run.replicates,
        seed=sheet.run.seed,
        resolved=resolved(seating, questions[0].case.council, reading.outside),
        seating=replace(seating, members=replace(seating.members, rows=[])),
        spreads=spreads,
        draws=sheet.uncertainty.draws,
        actual=_actual(name, reading, settings, seating, spreads),
        sweeps={each: _sweep(reading, each, part) for each, part in sheet.sweep.items()},
        ablations={each: _ablation(reading, each, part) for each, part in sheet.ablation.items()},
        settings=tuple(settings),
    )


def _ablation(reading: Reading, name: str, part: AblationPart) -> tuple[Setting, ...]:
    places = {path: ("ablation", name, "set", path) for path in part.set}
    return tuple(Setting(path, value, reading.where(places[path])) for path, value in part.set.items())


def _sweep(reading: Reading, name: str, part: SweepPart) -> SweepText:
    places = {path: ("sweep", name, key, path) for key in ("set", "vary") for path in getattr(part, key)}
    found = {path: reading.where(place) for path, place in places.items()}
    return SweepText(part, found | {"": reading.where(("sweep", name))})


def _seated(reading: Reading, sheet: ScenarioFile) -> tuple[Seating, Spreads]:
    seating = seat(reading, sheet)
    columns = Columns(sheet, seating.drivers, seating.members)
    everybody = columns.everybody().but(attention=columns.attention(sheet.procedure.attention))
    return seating, describe(sheet, seating.members, everybody, set(reading.outside))


def widest(
    seating: Seating, spreads: Spreads, draws: int = 0, more: Mapping[Place, float] | None = None
) -> tuple[Question, ...]:
    """The questions at the most heed and hiding that occur anywhere: in outer draws, if there are any, or in `more`.

    What an engine must be able to do is decided by these: where nobody heeds at the published values, or in the first
    cell, somebody may in the next. more: the largest number at each place that varies, which is then not drawn.
    """
    most: dict[Place, float] = {}
    for each in spreads.numbers if draws else ():
        for place, centre in each.targets:
            bounds = limits(place) if place[0] == "interaction" else None
            if bounds and not (each.log and centre == 0.0):  # what is only multiplied stays 0
                most[place] = bounds[1]
    most |= {place: value for place, value in (more or {}).items() if place[0] == "interaction"}
    return seating.questions(Numbers({place: np.asarray(value, float) for place, value in most.items()}))


def _actual(
    name: str, reading: Reading, settings: Sequence[Setting], seating: Seating, spreads: Spreads
) -> Actual | None:
    """The world of the file, with what was set of beliefs only; None where nothing was observed, or nothing drawn."""
    if not seating.sheet.observed:
        return None
    kept = [each for each in settings if believed(each.key)]
    altered = len(kept) < len(settings)
    if altered:
        if not seating.sheet.uncertainty.draws:
            return None
        reading, seating, spreads = _as_it_was(name, kept)
    observed = tuple(_observed(reading, seating))
    reading.stop()
    where = reading.where(("observed",))
    return Actual(replace(seating, members=replace(seating.members, rows=[])), spreads, observed, where, altered)


def _as_it_was(name: str, believed_: Sequence[Setting]) -> tuple[Reading, Seating, Spreads]:
    """The file's own world under what is believed of it; where they do not fit, without what rests on its members."""
    for fits in (believed, _apart):
        reading = Reading(name)
        for setting in believed_:
            if fits(setting.key):
                reading.put(setting)
        try:
            return reading, *_seated(reading, reading.sheet())
        except BadInput:
            if fits is _apart:
                raise
    raise AssertionError


def believed(key: str) -> bool:
    """Does a path lead to what is believed of the world, not to what might have been otherwise in it?"""
    return key.strip().split(".")[0] in BELIEFS


def _apart(key: str) -> bool:
    """Does a path lead to what does not rest on who the members are?"""
    return key.strip().split(".")[0] in APART and paths.parse(key)[:2] != NAMING


def _observed(reading: Reading, seating: Seating) -> Iterator[Observed]:
    names, ids = [each.name for each in seating.sheet.proposal], seating.ids
    seen: set[str] = set()
    for place, part in enumerate(seating.sheet.observed):
        if part.proposal not in names:
            what = f"{shown(part.proposal)} is no proposal"
            reading.unknown(("observed", place, "proposal"), what, part.proposal, names)
            continue
        if part.proposal in seen:
            what = f"{shown(part.proposal)} was observed already; expected one observation of each proposal"
            reading.wrong(("observed", place, "proposal"), what)
        seen.add(part.proposal)
        held = part.hold_outs
        for each, member in enumerate(held or []):
            if member not in ids:
                at = ("observed", place, "hold_outs", each)
                reading.unknown(at, f"{shown(member)} is no member of this council", member, ids)
            elif member in (held or [])[:each]:
                reading.wrong(
                    ("observed", place, "hold_outs", each), f"{shown(member)} stands twice; expected each once"
                )
        if part.adopted and held:
            what = "hold-outs of a text that was adopted; expected none, or adopted = false"
            reading.wrong(("observed", place, "hold_outs"), what)
        holding = None if held is None else tuple(ids.index(each) for each in held if each in ids)
        yield Observed(names.index(part.proposal), part.adopted, holding)
