"""A scenario file as a document: where its keys stand, what was set from outside, and all that is wrong with it."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import pydantic

from sim.scenario import files, paths
from sim.scenario.complaints import AT_MOST, BadInput, join, nearest, shown
from sim.scenario.lines import find, index, syntax_position
from sim.scenario.schema import ScenarioFile
from sim.scenario.wording import Place, reworded

STATEMENT = re.compile(r"\s*([^=#]+?)\s*=")
NEEDED = {("council",), ("council", "members"), ("proposal",), ("drivers",)}  # without these nothing else can be


@dataclass(frozen=True)
class Setting:
    """KEY=VALUE set from outside the file, and by which option."""

    key: str
    value: Any
    source: str = "--set"

    @property
    def label(self) -> str:
        return f"{self.source}: {self.key}" if self.source in ("--set", "--vary") else self.source


class Reading:
    """A document with the places of its keys, what was set from outside, and all that is wrong with it so far."""

    def __init__(self, name: str) -> None:
        path = files.locate(name)
        self.path = path
        self.name = name if path == Path(name) else str(path)
        self.complaints: list[str] = []
        raw = files.scenario(path, self.name)
        self.sha256 = hashlib.sha256(raw).hexdigest()
        text = files.decoded(raw, self.name)
        try:
            document, self.positions = _parsed(text)
        except (RecursionError, ValueError) as error:
            raise BadInput([f"{self.name}:{_syntax(text, error)}"]) from None
        self.document = _copied(document)
        self.outside: dict[Place, str] = {}

    # -- what is set from outside -------------------------------------------------------------------------------------

    def put(self, setting: Setting) -> None:
        """Set a value from outside the file; complaints about it will say so. --rule goes for every proposal."""
        try:
            for place in list(paths.places(self.document, setting.key)):
                self.outside[paths.put(self.document, place, setting.value)] = setting.label
        except paths.PathError as error:
            self.complaints.append(f"{setting.label}: {error}")
            return
        proposals = self.document.get("proposal")
        for each in proposals if setting.source == "--rule" and isinstance(proposals, list) else []:
            if isinstance(each, dict) and isinstance(each.get("procedure"), dict):
                each["procedure"].pop("rule", None)

    # -- what is wrong ------------------------------------------------------------------------------------------------

    def where(self, place: Place) -> str:
        """FILE:LINE: KEY of a place, or --set: KEY where it was set from outside, it or what is around it."""
        around = [place[:length] for length in range(len(place), 0, -1)]
        for each in around:
            if each in self.outside:
                rest = join(place[len(each) :])
                return self.outside[each] + (f".{rest}" if rest else "")
        for each in around:
            if each in self.positions:
                break
            inside = next((path for path in self.outside if path[: len(each)] == each), None)
            if inside:  # a table that was made on the way to what was set
                return self.outside[inside] + ("" if each == place else f": {join(place)}")
        return f"{self.line(place)}: {join(place) or 'the file'}"

    def line(self, place: Place) -> str:
        """FILE:LINE of a place."""
        return f"{self.name}:{find(self.positions, place).line}"

    def wrong(self, place: Place, message: str) -> None:
        """Note that something is wrong, and go on to find the rest."""
        self.complaints.append(f"{self.where(place)}: {message}")

    def unknown(self, place: Place, what: str, word: str, known: Iterable[str]) -> None:
        """Note that a name is not known, and name the nearest."""
        few = len(self.complaints) < AT_MOST  # more are not printed, and the nearest takes time to find
        self.wrong(place, f"{what}{nearest(word, known) if few else ''}")

    def stop(self) -> None:
        """Raise BadInput if anything is wrong so far."""
        if self.complaints:
            raise BadInput(self.complaints)

    # -- files that it names ------------------------------------------------------------------------------------------

    def beside(self, place: Place, name: str) -> tuple[str, str] | None:
        """The text of the CSV file that is named at a place, and its path; None where there is none, which is noted."""
        path = self.path.parent / name
        try:
            return files.decoded(files.contents(path), str(path)), str(path)
        except files.Unreadable as reason:
            expected = "expected a CSV file of up to 16 MB, relative to the scenario"
            self.wrong(place, f"{shown(name)}: {reason}; {expected}")
        except BadInput as wrong:
            self.complaints += wrong.complaints
        return None

    # -- the sheet ----------------------------------------------------------------------------------------------------

    def sheet(self) -> ScenarioFile:
        """The document, checked key by key. What is wrong is noted and left out, so that the rest is checked too.

        Raises BadInput where too little is left.
        """
        for _ in range(3):
            try:
                return ScenarioFile.model_validate(self.document)
            except pydantic.ValidationError as error:
                found = list(reworded(error, ScenarioFile))
            for place, message in found:
                self.wrong(place, message)
            if not self._left_out(found):
                break
        raise BadInput(self.complaints)

    def _left_out(self, found: list[tuple[Place, str]]) -> bool:
        """Take what is wrong out of the document; False if nothing can be checked without it."""
        enough = True
        for place, message in found:
            try:
                if not _stood_in(self.document, place):
                    enough &= _taken_out(self.document, place) not in NEEDED
            except (LookupError, TypeError):
                continue  # it was left out with what is around it
            enough &= place[0] != "drivers" or len(place) == 3
            enough &= "nearest is 'drivers'" not in message
        return enough


def _copied(document: dict[str, Any]) -> dict[str, Any]:
    """Tables and lists of a document anew, however deep, as settings change them; single values as they are."""
    top: dict[str, Any] = {}
    waiting: list[tuple[Any, Any]] = [(document, top)]
    while waiting:
        old, new = waiting.pop()
        for key, each in old.items() if isinstance(old, dict) else enumerate(old):
            new[key] = {} if isinstance(each, dict) else [None] * len(each) if isinstance(each, list) else each
            if isinstance(each, dict | list):
                waiting.append((each, new[key]))
    return top


@lru_cache(maxsize=4)
def _parsed(text: str) -> tuple[dict[str, Any], dict[Place, Any]]:
    """A file's document and where its keys stand: a sweep reads the same file for many of its cells."""
    return paths.document(text), index(text)


def _stood_in(document: dict[str, Any], place: Place) -> bool:
    """Let something sound stand in for what is wrong and cannot be left out; False if it can be, or nothing could."""
    match place:
        case ("title" | "question" as key, *_):
            document[key] = "?"
        case ("sources", *_):
            document["sources"] = ["?"]
        case ("proposal", int(n), "name", *_):
            document["proposal"][n]["name"] = f"? {n}"
        case ("drivers", str(kind), int(n), *_):
            document["drivers"][kind][n] = f"? {kind} {n}"
        case ("compare", "rules", int(n), *_):
            document["compare"]["rules"][n] = "consensus"
        case _:
            return False
    return True


def _taken_out(document: dict[str, Any], place: Place) -> Place:
    """Take out the innermost key on the way to a place that is there; which."""
    steps: list[Any] = [document]
    for step in place:
        try:
            steps.append(steps[-1][step])
        except (LookupError, TypeError):
            break
    last = max((n for n in range(len(steps) - 1) if isinstance(place[n], str)), default=None)
    if last is None:
        return place[:1]  # it is missing
    del steps[last][place[last]]
    return place[: last + 1]


def _syntax(text: str, error: Exception) -> str:
    """LINE: KEY or column: what the TOML parser did not like."""
    line, column = syntax_position(text, error)
    said = str(error).split(" (at ")[0]
    if isinstance(error, RecursionError):
        said = "nested too deeply"
    elif not isinstance(error, tomllib.TOMLDecodeError):
        said = "a whole number of too many digits"
    elif said.startswith(("Cannot overwrite", "Cannot declare", "Duplicate inline")):
        line, key = _twice(text, line, said)
        return f"{line}: {key}: stands twice; expected every key and table once"
    return f"{line}: column {column}: {said}; expected TOML"


def _twice(text: str, line: int, said: str) -> tuple[int, str]:
    """Where a key stands a second time, and which; its value may have run over many lines since."""
    if said.startswith("Duplicate inline"):
        return line, said.partition("key ")[2].strip("'\"")
    lines = text.splitlines()
    for number in range(line, max(line - 200, 0), -1):
        match = STATEMENT.match(lines[number - 1])
        if lines[number - 1].lstrip().startswith("[") and number == line:
            return line, lines[number - 1].strip(" \t[]")
        if match and (number == line or _parses("\n".join(lines[: number - 1]))):
            return number, match[1]
    return line, "a key"


def _parses(text: str) -> bool:
    try:
        tomllib.loads(text)
    except (RecursionError, ValueError):
        return False
    return True
