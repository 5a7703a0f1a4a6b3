"""What was changed from the file, as a list and as a scenario file that `run` reproduces to the digit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import isinf
from typing import Any

import tomli_w

from sim.scenario import paths
from sim.scenario.complaints import plain, shown
from sim.scenario.load import Scenario, believed, load
from sim.scenario.spreads import value_at
from sim.show.page.desk import BY, Desk, Opened
from sim.show.page.state import State, spelt

LETTERS = 80


@dataclass(frozen=True)
class Change:
    """One path, what stood there and what stands there now, and who set it."""

    key: str
    before: str
    now: str
    by: str


def unchanged(desk: Desk) -> Scenario:
    """The scenario as its file has it."""
    return load(desk.name)


def changes(desk: Desk, opened: Opened, file: Scenario) -> tuple[Change, ...]:
    """All that differs from the file: set when the page was started, by its visitor, or by the page itself."""
    state = opened.state
    pairs = [(each.key, each.value, "set when the page was started") for each in desk.settings]
    pairs += [(key, value, "") for key, value in state.changes]
    pairs += [(each.key, each.value, "so that the page can follow") for each in opened.limits]
    last = {key: (value, by) for key, value, by in pairs}
    return tuple(Change(key, before(file, key), said(value), by) for key, (value, by) in last.items())


def before(scenario: Scenario, key: str) -> str:
    """What stands at a path in a scenario."""
    nowhere = (LookupError, AttributeError, TypeError, ValueError, StopIteration)
    try:
        place = next(iter(paths.places(scenario.resolved, key)))
        return said(value_at(scenario.seating.sheet, place, scenario.questions[0].case.council))
    except nowhere:
        pass
    here: Any = scenario.resolved
    try:
        for step in next(iter(paths.places(scenario.resolved, key))):
            here = here[step]
    except nowhere:
        return "not set"
    return said(here)


def said(value: Any) -> str:
    """A value for a reader."""
    if isinstance(value, float) and not isinf(value):
        value = round(value, 6)
    text = value if isinstance(value, str) else "nobody" if value == [] else spelt(value)
    text = plain(text)
    return text if len(text) <= LETTERS else f"{text[: LETTERS - 2]} …"


def saved(desk: Desk, opened: Opened) -> str:
    """The scenario as it stands, as a file that needs no other.

    What was observed is left out where more than beliefs was changed: it happened in the world of the file.
    """
    document = opened.scenario.resolved
    made = changes(desk, opened, unchanged(desk))
    if made:
        listed = "; ".join(f"{each.key}: {each.before}, now {each.now}" for each in made)
        note = f"Saved from {BY}, changed from {shown(desk.name)}: {listed}."
        document = {**document, "notes": [*document["notes"], note[:2000]]}
    if any(not believed(key) for key in _touched(desk, opened.state)):
        document = {**document, "observed": []}
    return tomli_w.dumps(document)


def _touched(desk: Desk, state: State) -> Iterator[str]:
    yield from (each.key for each in desk.settings)
    yield from (key for key, _ in state.changes)
