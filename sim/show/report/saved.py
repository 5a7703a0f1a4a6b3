"""What was saved, read again for a brief: a result with its resolved scenario, or a sweep with what it varies."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from sim.answers.reading import ResultError
from sim.answers.result import Result
from sim.scenario import files
from sim.scenario.complaints import BadInput
from sim.scenario.load import Scenario, load
from sim.study.cells import Sweep
from sim.study.design import DesignError, span
from sim.study.store import Damaged, Store
from sim.study.sweep import STORE, Unfinished, read
from sim.study.templates import Asked

RESULT, RESOLVED = "result.json", "scenario.toml"
OTHERS = ("sensitivity.json", "comparison.json", "explanation.json")


@dataclass(frozen=True)
class Saved:
    """A saved result. scenario: the resolved copy beside it; original: the file it came from, if still the same."""

    result: Result
    scenario: Scenario | None
    original: Scenario | None


@dataclass(frozen=True)
class Swept:
    """A saved sweep. resolved: its scenario as TOML, every value filled in; sha256: over that text."""

    sweep: Sweep
    asked: Asked
    digest: str
    resolved: str

    @property
    def sha256(self) -> str:
        """Of the scenario's text."""
        return sha256(self.resolved.encode()).hexdigest()


def found(name: str) -> Path | None:
    """The file of a saved result or sweep that a name stands for; None: it stands for a scenario.

    Raises BadInput for a folder that holds neither, and for other records.
    """
    path = Path(name)
    try:
        folder, file = path.is_dir(), path.is_file()
    except (OSError, ValueError):
        return None  # a name that no file can have
    if file and path.suffix in (".json", ".sqlite"):
        return path
    if not folder:
        return path if path.suffix in (".json", ".sqlite") else None
    here = next((path / each for each in (RESULT, STORE) if (path / each).is_file()), None)
    if here is None and files.bare(name) and files.locate(name) != path:
        return None  # a shipped scenario of that name
    if here is None:
        other = next((each for each in OTHERS if (path / each).is_file()), None)
        what = f"holds {other}" if other else "holds no saved result"
        raise BadInput([f"{name}:1: the file: {what}; expected a folder with {RESULT} or {STORE}, or a scenario"])
    return here


def result(path: Path) -> Saved:
    """A saved result. Raises BadInput."""
    text = files.result(path)
    try:
        record = Result.from_json(text)
    except (ResultError, OverflowError) as error:
        more = "" if "expected" in str(error) else "; expected the result.json of a run"
        raise BadInput([f"{path}:1: the file: {error}{more}"]) from None
    if not record.proposals or not all(each.blame for each in record.proposals):
        raise BadInput([f"{path}:1: the file: a result without proposals or members; expected what run has saved"])
    beside = _beside(path.with_name(RESOLVED), record)
    return Saved(record, beside, _original(record) if beside else None)


def _beside(path: Path, record: Result) -> Scenario | None:
    """The resolved scenario beside a record, if it is that record's."""
    if not path.is_file():
        return None
    try:
        scenario = load(str(path))
    except BadInput:
        return None
    asked = [(each.case.proposal.name, list(each.case.council.ids)) for each in scenario.questions]
    told = [(each.name, [member.id for member in each.blame]) for each in record.proposals]
    return scenario if asked == told and scenario.seed == record.seed else None


def _original(record: Result) -> Scenario | None:
    """The scenario file that a record names, if it is still the one that was read."""
    try:
        scenario = load(record.scenario.file)
    except BadInput:
        return None
    return scenario if scenario.sha256 == record.scenario.sha256 else None


# -- sweeps -----------------------------------------------------------------------------------------------------------


def sweep(path: Path) -> Swept:
    """A finished sweep. Raises BadInput where it is none."""
    try:
        with Store.read(path) as store:
            digest, identity = store.digest(), store.identity
            designed = json.loads(identity["design"])
            return Swept(read(path, members=store.cells <= 20_000), _asked(designed), digest, identity["scenario"])
    except (Damaged, Unfinished) as error:
        expected = "a finished sweep: the same command again goes on"
        raise BadInput([f"{path}:1: the file: {error}; expected {expected}"]) from None
    except (KeyError, ValueError) as error:
        raise BadInput([f"{path}:1: the file: holds no sweep of this version ({error})"]) from None


def _asked(designed: dict[str, Any]) -> Asked:
    """A sweep as it would be asked for again."""
    vary = dict(_varied(designed))
    kind = designed["kind"]
    return Asked("", vary, {}, (), None if kind == "grid" else kind, designed["points"])


def _varied(designed: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for path, values, low, high in designed["vary"]:
        yield path, _ranged(path, values, low, high) or values


def _ranged(path: str, values: list[Any], low: float | None, high: float | None) -> str | None:
    """Values as start:end:count, if that gives them to the bit."""
    if low is None or high is None or len(values) < 2:
        return None
    written = f"{values[0]}:{values[-1]}:{len(values)}"
    try:
        return written if list(span(path, written).values) == values else None
    except DesignError:
        return None
