"""From a scenario file to cases: read, check, map, override, seat the council (the contract's order)."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pydantic

from sim.model.case import Case
from sim.model.rules import Rule
from sim.scenario import paths
from sim.scenario.complaints import BadInput, join, nearest
from sim.scenario.files import locate, read
from sim.scenario.lines import Position, find, index, syntax_position
from sim.scenario.schema import RuleSpec, ScenarioFile
from sim.scenario.wording import reworded

Place = tuple[str | int, ...]


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


@dataclass(frozen=True)
class Setting:
    """A value set from outside the file, and by which option."""

    key: str
    value: Any
    source: str = "--set"


class Reading:
    """A document with the places of its keys, what was set from outside, and all that is wrong with it so far."""

    def __init__(self, name: str) -> None:
        path = locate(name)
        self.path = path
        self.name = name if path == Path(name) else str(path)
        self.complaints: list[str] = []
        self.text = read(path, self.name)
        self.positions: dict[Place, Position] = {}
        self.outside: dict[Place, str] = {}
        self.document = self._parsed()

    def _parsed(self) -> dict[str, Any]:
        try:
            document = tomllib.loads(self.text)
        except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
            line, column = syntax_position(self.text, error)
            what = {RecursionError: "nested too deeply", ValueError: "a whole number of too many digits"}
            said = what.get(type(error), str(error).split(" (at ")[0])
            raise BadInput([f"{self.name}:{line}: {said} (column {column}); expected TOML"]) from None
        self.positions = index(self.text)
        return document

    def put(self, setting: Setting) -> None:
        """Set a value from outside the file; complaints about it will say so. --rule goes for every proposal."""
        for place in list(paths.places(self.document, setting.key)):
            paths.put(self.document, place, setting.value)
            by_set = setting.source == "--set"
            self.outside[place] = f"--set: {setting.key}" if by_set else setting.source
        proposals = self.document.get("proposal")
        for each in proposals if setting.source == "--rule" and isinstance(proposals, list) else []:
            if isinstance(each, dict) and isinstance(each.get("procedure"), dict):
                each["procedure"] = {key: value for key, value in each["procedure"].items() if key != "rule"}

    def where(self, place: Place) -> str:
        """FILE:LINE: KEY of a place, or --set: KEY where it was set from outside."""
        for length in range(len(place), 0, -1):
            if place[:length] in self.outside:
                rest = join(place[length:])
                return self.outside[place[:length]] + (f".{rest}" if rest else "")
        return f"{self.line(place)}: {join(place) or 'the file'}"

    def line(self, place: Place) -> str:
        """FILE:LINE of a place."""
        return f"{self.name}:{find(self.positions, place).line}"

    def wrong(self, place: Place, message: str) -> None:
        """Note that something is wrong, and go on to find the rest."""
        self.complaints.append(f"{self.where(place)}: {message}")

    def unknown(self, place: Place, what: str, known: Iterable[str]) -> None:
        """Note that a name is not known, and name the nearest."""
        self.wrong(place, f"{what}{nearest(str(place[-1]), known)}")

    def stop(self) -> None:
        """Raise BadInput if anything is wrong so far."""
        if self.complaints:
            raise BadInput(self.complaints)


def load(name: str, settings: Sequence[Setting] = ()) -> Scenario:
    """Read and check a scenario file; settings go before what the file says.

    Raises BadInput with all that is wrong.
    """
    from sim.scenario.seat import seat  # numpy only once the document is sound

    reading = Reading(name)
    for setting in settings:
        reading.put(setting)
    if isinstance(reading.document.get("proposal"), dict):
        reading.wrong(("proposal",), "a table; expected [[proposal]] in double brackets")
        reading.stop()
    try:
        sheet = ScenarioFile.model_validate(reading.document)
    except pydantic.ValidationError as error:
        for place, message in reworded(error, ScenarioFile):
            reading.wrong(place, message)
        raise BadInput(reading.complaints) from None
    _not_yet(reading, sheet)
    questions, resolved = seat(reading, sheet)
    return Scenario(
        file=name,
        sha256=hashlib.sha256(reading.text.encode()).hexdigest(),
        title=sheet.title,
        question=sheet.question,
        sources=tuple(sheet.sources),
        notes=tuple(sheet.notes),
        questions=questions,
        engine=sheet.run.engine,
        replicates=sheet.run.replicates,
        seed=sheet.run.seed,
        resolved=resolved,
    )


def _not_yet(reading: Reading, sheet: ScenarioFile) -> None:
    """What the contract knows and this version does not do."""
    asked: list[tuple[Place, bool, str]] = [
        (("interaction", "heed"), sheet.interaction.heed > 0, "members that heed each other; expected 0"),
        (("interaction", "hide"), sheet.interaction.hide > 0, "members that hide; expected 0"),
        (("uncertainty", "draws"), sheet.uncertainty.draws > 0, "outer draws; expected 0, also by --set uncertainty.draws=0"),
        (("observed",), bool(sheet.observed), "conditioning on what was observed; expected no [[observed]]"),
        (("sweep",), bool(sheet.sweep), "sweeps; expected no [sweep]"),
    ]
    for place, wanted, what in asked:
        if wanted:
            reading.wrong(place, f"not yet: this version has no {what}")
    reading.stop()


def spec_table(spec: RuleSpec) -> Any:
    """A rule's specification as it is written in a file."""
    return {"name": spec.name, **spec.options} if spec.options else spec.name
