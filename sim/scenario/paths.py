"""Paths into a scenario: procedure.payment.value, proposal.0.appeal, members.FRA.autonomy."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from typing import Any

from sim.scenario.complaints import BadInput, nearest, shown

Path = tuple[str | int, ...]


def parse(key: str) -> tuple[str, ...]:
    """The parts of a path, written like a TOML key: quotes protect a dot. BadInput if it is none."""
    try:
        found: Any = tomllib.loads(f"{key} = 0") if "\n" not in key and "=" not in key else {}
    except (tomllib.TOMLDecodeError, RecursionError, ValueError):
        found = {}
    parts = []
    while isinstance(found, dict) and len(found) == 1:
        ((part, found),) = found.items()
        parts.append(part)
    if not parts or found != 0:
        raise BadInput([f"--set: {shown(key)}: is not a path; expected one like procedure.payment.value"])
    return tuple(parts)


def value(text: str) -> Any:
    """A value as typed on the command line: TOML where it is TOML, else a text."""
    try:
        found = tomllib.loads(f"value = {text}")
    except (tomllib.TOMLDecodeError, RecursionError, ValueError):
        return text
    return found["value"] if set(found) == {"value"} else text


def assignment(text: str) -> tuple[str, Any]:
    """KEY=VALUE, taken apart. BadInput if there is no equals sign."""
    key, equals, given = text.partition("=")
    if not equals or not key.strip():
        raise BadInput([f"--set: {shown(text)}: expected KEY=VALUE, as in procedure.payment.value=1.5"])
    return key.strip(), value(given.strip())


def places(document: dict[str, Any], key: str) -> Iterator[Path]:
    """Where a path leads in a scenario document: several places for proposal.appeal, which means every proposal's.

    members.ID.column leads to the member's override, and a proposal may be named by its place or by its name.
    """
    parts = parse(key)
    if parts[0] == "members":
        if len(parts) != 3:
            raise BadInput([f"--set: {key}: expected members.ID.COLUMN, as in members.FRA.autonomy"])
        yield ("council", "override", *parts[1:])
    elif parts[0] == "proposal" and isinstance(document.get("proposal"), list):
        yield from _proposals(document["proposal"], key, parts)
    else:
        yield parts


def _proposals(proposals: list[Any], key: str, parts: tuple[str, ...]) -> Iterator[Path]:
    names = [each.get("name") if isinstance(each, dict) else None for each in proposals]
    if len(parts) < 2:
        raise BadInput([f"--set: {key}: expected proposal.PLACE.KEY, as in proposal.0.appeal"])
    which = parts[1]
    if which.isdecimal():
        if len(which) > 6 or int(which) >= len(proposals):
            raise BadInput([f"--set: {key}: there is no proposal {which}; expected 0 to {len(proposals) - 1}"])
        yield ("proposal", int(which), *parts[2:])
    elif which in names:
        yield ("proposal", names.index(which), *parts[2:])
    elif len(parts) == 2 or which in ("loadings", "reasons", "grievance", "procedure"):
        for place in range(len(proposals)):
            yield ("proposal", place, *parts[1:])
    else:
        raise BadInput([f"--set: {key}: there is no proposal {which!r}{nearest(which, map(str, names))}"])


def put(document: dict[str, Any], path: Path, given: Any) -> None:
    """Set one value in a document, making the tables on the way. A rule's option turns the rule into a table."""
    here: Any = document
    for step, after in zip(path, path[1:], strict=False):
        inner = here[step] if isinstance(here, list) else here.get(step)
        if isinstance(inner, str) and step == "rule":
            inner = {"name": inner}
        elif isinstance(after, str) and not isinstance(inner, dict):
            inner = {}
        elif isinstance(inner, dict):
            inner = dict(inner)
        elif isinstance(inner, list):
            inner = list(inner)
        here[step] = inner
        here = inner
    here[path[-1]] = given
