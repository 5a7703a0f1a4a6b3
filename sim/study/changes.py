"""How one scenario differs from another: settings with their value before, or keys of the resolved documents."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sim.scenario import paths
from sim.scenario.load import Scenario, Setting
from sim.study.differences import Change

PRESENT = "present"
LONGEST = 200  # characters of a value
ASIDE = ("title", "question", "sources", "notes", "run", "observed")  # what makes no difference to a probability
NAMED = {("council", "members"): "id", ("proposal",): "name"}  # lists of tables, and the key that names a table
PER_MEMBER = ("stake", "independence", "attention")
Flat = dict[tuple[str, ...], Any]


def settings_of(reference: Scenario, settings: Sequence[Setting]) -> list[Change]:
    """What was set, each with the value that the reference has there."""
    return [Change(each.key, _before(reference, each.key), spelt(each.value)) for each in settings]


def documents(reference: Scenario, other: Scenario) -> list[Change]:
    """The keys whose values differ between two scenarios; first whole members and proposals that one of them lacks."""
    before, after = flat(reference), flat(other)
    keys = [*after, *(each for each in before if each not in after)]
    whole: list[Change] = []
    lone: set[tuple[str, ...]] = set()
    for kind in ("members", "proposal"):
        here, there = ({key[:2] for key in each if key[0] == kind} for each in (after, before))
        whole += [Change(_path(each), PRESENT, None) for each in sorted(there - here)]
        whole += [Change(_path(each), None, PRESENT) for each in sorted(here - there)]
        lone |= here ^ there
    differing = [key for key in keys if key[:2] not in lone and before.get(key) != after.get(key)]
    return whole + [Change(_path(key), *_pair(before, after, key)) for key in sorted(differing, key=_order)]


def _pair(before: Flat, after: Flat, key: tuple[str, ...]) -> tuple[str | None, str | None]:
    return spelt(before[key]) if key in before else None, spelt(after[key]) if key in after else None


def _path(key: tuple[str, ...]) -> str:
    return ".".join(f'"{each}"' if "." in each else each for each in key)


def _order(key: tuple[str, ...]) -> tuple[int, tuple[str, ...]]:
    """Procedure first, then what is believed, members one by one last."""
    first = ("procedure", "interaction", "proposal", "weights", "stake", "traits", "drivers", "uncertainty", "compare")
    return (first.index(key[0]) if key[0] in first else len(first), key)


def spelt(value: Any) -> str:
    """A value as one text: a text as it is, everything else as it is set; of what is very long, the beginning."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    text = text if isinstance(value, str) else text.replace("Infinity", "inf")
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def flat(scenario: Scenario) -> Flat:
    """The resolved document by path; members by id with their final numbers, proposals by name."""
    document = {key: each for key, each in scenario.resolved.items() if key not in ASIDE}
    council = {key: each for key, each in document.pop("council").items() if key not in ("members", "override")}
    uncertain = {key: each for key, each in document.pop("uncertainty").items() if key != "fixed"}
    found = dict(_leaves((), document | {"uncertainty": uncertain}))
    found |= {("council", *key): each for key, each in _leaves((), council) if key[0] not in ("only", "without")}
    return found | dict(_members(scenario))


def _members(scenario: Scenario) -> Iterator[tuple[tuple[str, ...], Any]]:
    council = scenario.questions[0].case.council
    rows = {row["id"]: row for row in scenario.resolved["council"]["members"]}
    for place, each in enumerate(council.ids):
        for row, driver in enumerate(council.drivers.names):
            yield ("members", each, driver), float(council.traits[row, place])
        for name in PER_MEMBER:
            yield ("members", each, name), float(getattr(council, name)[place])
        for name in ("never_objects", "veto"):
            yield ("members", each, name), bool(getattr(council, name)[place])
        for name, weights in council.weights.items():
            yield ("members", each, name), int(weights[place])
        yield from ((("members", each, name), value) for name, value in rows[each].items() if name.endswith("_sd"))


def _leaves(place: tuple[str, ...], value: Any) -> Iterator[tuple[tuple[str, ...], Any]]:
    if isinstance(value, Mapping):
        for key, each in value.items():
            yield from _leaves((*place, str(key)), each)
    elif place in NAMED and isinstance(value, list):
        for each in value:
            yield from _leaves((*place, str(each[NAMED[place]])), {k: v for k, v in each.items() if k != "reasons"})
    else:
        yield place, value


def _before(scenario: Scenario, key: str) -> str | None:
    """What a scenario has at a path; None: nothing, or different values at the several places that are meant."""
    parts = paths.parse(key)
    if parts[0] == "members":
        found = dict(_members(scenario)).get(tuple(parts))
        return None if found is None else spelt(found)
    values = {spelt(each) for place in paths.places(scenario.resolved, key) for each in _at(scenario.resolved, place)}
    return values.pop() if len(values) == 1 else None


def _at(document: Any, place: Iterable[str | int]) -> Iterator[Any]:
    for step in place:
        if isinstance(document, list):
            document = document[int(step)] if str(step).isdecimal() and int(step) < len(document) else None
        else:
            document = document.get(step) if isinstance(document, Mapping) else None
        if document is None:
            return
    yield document
