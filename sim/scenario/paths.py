"""Paths into a scenario: procedure.payment.value, proposal.0.appeal, members.FRA.autonomy."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator
from math import isinf
from typing import Any

from sim.scenario.complaints import TooLarge, join, nearest, shown

Path = tuple[str | int, ...]

PART = re.compile(r"""\s*("(?:[^"\\]|\\.)*"|'[^']*'|[^.=]*)\s*([.=]|\Z)""", re.DOTALL)

PROPOSAL_KEYS = ("name", "appeal", "loadings", "reasons", "grievance", "procedure")


class PathError(ValueError):
    """A path or an assignment that leads nowhere; the message says what was expected."""


def parse(key: str) -> tuple[str, ...]:
    """The parts of a path; quotes protect a dot. PathError if it is none."""
    parts, end = _parts(key)
    if end != len(key):
        raise PathError("is not a path; expected one like procedure.payment.value")
    return parts


def _parts(text: str) -> tuple[tuple[str, ...], int]:
    """The parts of the path that a text begins with, and where it ends: at an equals sign, or with the text."""
    parts: list[str] = []
    at, mark = 0, "."
    while mark == ".":
        match = PART.match(text, at)
        part = match[1].strip() if match else ""
        try:
            parts.append(tomllib.loads(f"part = {part}")["part"] if part[:1] in ("'", '"') else part)
        except ValueError:
            part = ""
        if not match or not part:
            raise PathError("is not a path; expected one like procedure.payment.value")
        at, mark = match.end(), match[2]
    return tuple(parts), at - len(mark)


def document(text: str) -> dict[str, Any]:
    """A TOML text as tables; a number such as 1e999 stays apart from inf. Raises what tomllib raises."""

    def number(spelling: str) -> Any:
        found = float(spelling)
        return TooLarge(spelling) if isinf(found) and "inf" not in spelling else found

    return tomllib.loads(text, parse_float=number)


def value(text: str) -> Any:
    """A value as typed on the command line: TOML where it is TOML, else a text."""
    text = unicodedata.normalize("NFC", text)
    try:
        found = document(f"value = {text}")
    except (RecursionError, ValueError):
        return text
    return found["value"] if set(found) == {"value"} else text


def assignment(text: str) -> tuple[str, Any]:
    """KEY=VALUE, taken apart. PathError if it is none."""
    key, spelling = taken(text)
    return key, value(spelling)


def taken(text: str) -> tuple[str, str]:
    """KEY=VALUE as two texts. PathError if it is none."""
    if any("\ud800" <= each <= "\udfff" for each in text):
        raise PathError("is not UTF-8; expected KEY=VALUE in UTF-8")
    text = unicodedata.normalize("NFC", text)
    end = _parts(text)[1]
    if end == len(text):
        raise PathError("is no assignment; expected KEY=VALUE, as in procedure.payment.value=1.5")
    return text[:end].strip(), text[end + 1 :].strip()


def places(document: dict[str, Any], key: str) -> Iterator[Path]:
    """Where a path leads in a scenario document: several places for proposal.appeal, which means every proposal's.

    members.ID.column leads to the member's override, and a proposal may be named by its place or by its name.
    """
    parts = parse(key)
    if parts[0] == "members":
        if len(parts) != 3:
            raise PathError("leads to no column of a member; expected members.ID.COLUMN, as in members.FRA.autonomy")
        yield ("council", "override", *parts[1:])
    elif parts[0] == "proposal" and isinstance(document.get("proposal"), list):
        yield from _proposals(document["proposal"], parts)
    else:
        yield parts


def _proposals(proposals: list[Any], parts: tuple[str, ...]) -> Iterator[Path]:
    if len(parts) < 2:
        raise PathError("leads to no key of a proposal; expected proposal.PLACE.KEY, as in proposal.0.appeal")
    names = [str(each.get("name")) if isinstance(each, dict) else "" for each in proposals]
    which, rest = parts[1], parts[2:]
    if which.isdecimal() and len(which) < 6 and int(which) < len(proposals):
        yield ("proposal", int(which), *rest)
    elif which in PROPOSAL_KEYS or (not rest and which not in names):
        for place in range(len(proposals)):
            yield ("proposal", place, which, *rest)
    elif which in names:
        yield ("proposal", names.index(which), *rest)
    elif which.lstrip("+-").isdecimal():
        raise PathError(f"there is no proposal {shown(which)}; expected a place from 0 to {len(proposals) - 1}")
    else:
        raise PathError(f"there is no proposal {shown(which)}{nearest(which, (*names, *PROPOSAL_KEYS))}")


def put(document: dict[str, Any], path: Path, given: Any) -> Path:
    """Set one value in a document, making tables on the way; the path taken, places in lists as numbers.

    Where a name stands for a table (a rule, a column), its option turns it into that table.
    """
    here: Any = document
    taken: list[str | int] = []
    for number, step in enumerate(path):
        key: Any = _place(here, step, taken) if isinstance(here, list) else step
        taken.append(key)
        if number == len(path) - 1:
            here[key] = given
            break
        inner = here[key] if isinstance(here, list) else here.get(key, _default(taken))
        if isinstance(inner, str) and (name := _stands_for(taken)):
            inner = {name: inner}
        if not isinstance(inner, dict | list):
            raise PathError(f"{join(taken)} is {shown(inner)}, with nothing inside; expected the path of a value")
        here[key] = inner
        here = inner
    return tuple(taken)


def _default(taken: list[str | int]) -> Any:
    """What stands there if nothing does: a rule and a driver's column have names by default."""
    if taken[-1] == "rule" and "procedure" in taken:
        return "consensus"
    return taken[1] if len(taken) == 2 and taken[0] == "traits" else {}


def _place(items: list[Any], step: str | int, taken: list[str | int]) -> int:
    word = str(step)
    if not word.isdecimal() or len(word) > 6 or int(word) >= len(items):
        raise PathError(f"{join(taken)} is a list of {len(items)} without a place {shown(word)}; expected one, from 0")
    return int(word)


def _stands_for(taken: list[str | int]) -> str | None:
    """The key that a bare text at this path is the value of."""
    if taken[-1] == "rule" or taken[:2] == ["compare", "rules"]:
        return "name"
    return "column" if taken[0] == "traits" else None
