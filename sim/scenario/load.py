"""From a scenario file to cases: read, check, map, override, seat the council (the contract's order)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sim.scenario.reading import Reading, Setting
from sim.scenario.resolved import resolved
from sim.scenario.schema import ScenarioFile
from sim.scenario.seat import Question, seat

__all__ = ["Question", "Scenario", "Setting", "load"]


@dataclass(frozen=True)
class Scenario:
    """A scenario, read and checked. resolved: the document with every value filled in, members in place."""

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


def load(name: str, settings: Sequence[Setting] = (), complaints: Sequence[str] = ()) -> Scenario:
    """Read and check a scenario file; settings go before what the file says.

    Raises BadInput with all that is wrong, and with what was wrong before.
    """
    reading = Reading(name)
    reading.complaints += complaints
    for setting in settings:
        reading.put(setting)
    sheet = reading.sheet()
    _not_yet(reading, sheet)
    members, questions = seat(reading, sheet)
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
        resolved=resolved(sheet, members, questions[0].case.council),
    )


def _not_yet(reading: Reading, sheet: ScenarioFile) -> None:
    """What the contract knows and this version does not do."""
    asked = [
        (("interaction", "heed"), sheet.interaction.heed > 0, "members that heed each other; expected 0"),
        (("interaction", "hide"), sheet.interaction.hide > 0, "members that hide; expected 0"),
        (("uncertainty", "draws"), sheet.uncertainty.draws > 0, "outer draws; expected 0, also by --set"),
        (("observed",), bool(sheet.observed), "conditioning on what was observed; expected no [[observed]]"),
        (("sweep",), bool(sheet.sweep), "sweeps; expected no [sweep]"),
    ]
    for place, wanted, what in asked:
        if wanted:
            reading.wrong(place, f"not yet: this version has no {what}")
