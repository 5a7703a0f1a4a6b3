"""A sweep as planned: which paths vary, and the seatings that its cells need.

Numbers that enter the model as such become arrays in front of the members' axis. Everything else that varies (a rule,
members left out, a number of rounds, a file of members) shapes the arrays: for each combination of those the scenario
is read once, and all cells that share it are computed in one call.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import blake2b
from typing import Any

import tomli_w

import sim
from sim.scenario import paths
from sim.scenario.complaints import BadInput
from sim.scenario.load import Scenario, Setting, load
from sim.scenario.numbers import limits
from sim.scenario.spreads import leading, value_at
from sim.scenario.wording import Place
from sim.study.cells import Axis
from sim.study.design import Design, DesignError, Span, design, span, spelt
from sim.study.templates import Asked, Cells, Template, read_all, template

__all__ = ["Asked", "Plan", "planned", "probed"]

ASIDE = {"title", "question", "sources", "notes", "compare", "sweep", "ablation", "run"}  # what no cell depends on
WHOLE: tuple[Place, ...] = (("run", "seed"), ("run", "replicates"), ("uncertainty", "draws"))
FILES: tuple[Place, ...] = (("council", "members"), ("interaction", "ties"))  # resolved, they are what is in them
CASES_AT_MOST = 30_000  # cells times draws, beyond which a file's own draws are left out


@dataclass(frozen=True)
class Plan:
    """A sweep to compute.

    places: path -> where it leads, for paths whose values are arrays; templates: by the values of all other paths
    draws: outer draws in each cell; dropped: those of the file that were left out
    """

    base: Scenario
    asked: Asked
    design: Design
    axes: tuple[Axis, ...]
    places: Mapping[str, tuple[Place, ...]]
    templates: Mapping[tuple[str, ...], Template]
    draws: int
    dropped: int

    @property
    def proposals(self) -> tuple[str, ...]:
        """The proposals' names."""
        return tuple(each.case.proposal.name for each in self.base.questions)

    @property
    def ids(self) -> tuple[str, ...]:
        """All members that sit in any cell."""
        return tuple(dict.fromkeys(each for template in self.templates.values() for each in template.seating.ids))

    def key(self, values: Sequence[Any]) -> tuple[str, ...]:
        """Which template serves a cell with these values."""
        spans = self.design.spans
        return tuple(spelt(v) for each, v in zip(spans, values, strict=True) if each.path not in self.places)

    @cached_property
    def identity(self) -> dict[str, str]:
        """All that the cells' values depend on, and what is needed to read them, as texts by name."""
        spans = [[each.path, list(each.values), each.low, each.high] for each in self.design.spans]
        ids = self.ids
        councils = {spelt(list(key)): [ids.index(i) for i in t.seating.ids] for key, t in self.templates.items()}
        seated = [t.seating.members for t in self.templates.values()]
        names = {i: name for each in seated for i, name in zip(each.ids, each.names, strict=True)}
        return {
            "program": f"unanimity {sim.__version__}",
            "seed": str(self.base.seed),
            "replicates": str(self.base.replicates),
            "outer draws": str(self.draws),
            "design": spelt({"kind": self.design.kind, "points": self.asked.points, "vary": spans}),
            "scenario": tomli_w.dumps(self.base.resolved),
            "scenario in the cells": self._read(),
            "stated": spelt([each.stated for each in self.axes]),
            "arrays": spelt(list(self.places)),
            "sample": self.design.digest,
            "members": spelt({"ids": ids, "names": [names[each] for each in ids], "councils": councils}),
            **({"hidden": "counted"} if any(each.hides for each in self.templates.values()) else {}),
        }

    def digest(self) -> str:
        """One text that stands for the identity."""
        return blake2b(spelt(self.identity).encode(), digest_size=16).hexdigest()

    def _read(self) -> str:
        """A digest of the scenario as it was read for the cells, members' columns and ties included."""
        found = blake2b(digest_size=16)
        for key, read in self.templates.items():
            members = read.seating.members
            sheet = read.seating.sheet.model_dump(exclude=ASIDE)
            found.update(spelt([key, sheet, read.engine, read.seating.ids]).encode())
            for columns in (members.traits, members.spreads, members.weights, members.own, members.flags):
                for name, column in columns.items():
                    found.update(name.encode() + column.tobytes())
            if read.seating.ties is not None:
                ties = read.seating.ties
                for column in (ties.listeners, ties.heard, ties.weights):
                    found.update(column.tobytes())
        return found.hexdigest()


def planned(name: str, settings: Sequence[Setting], asked: Asked) -> Plan:
    """Plan a sweep of a scenario file. Raises BadInput with all that is wrong, DoesNotApply for the engine asked for.

    settings: from the command line; they go before the sweep's own, and what varies goes before both.
    """
    base = load(name, [*asked.settings, *settings])
    spans = _spans(asked)
    places = dict(_places(asked, spans, base))
    found = _design(asked, [replace(each, whole=each.path not in places) for each in spans], base.seed)
    draws = _draws(base, found, [*asked.settings, *settings])
    scenarios = read_all(Cells(name, [*asked.settings, *settings], asked, found.spans), found, places)
    shaping = [each.path for each in found.spans if each.path not in places]
    varied = {place: max(each.values) for each in found.spans for place in places.get(each.path, ())}
    templates = {
        key: template(each, dict(zip(shaping, key, strict=True)), draws, varied) for key, each in scenarios.items()
    }
    return Plan(
        base=base,
        asked=asked,
        design=found,
        axes=tuple(Axis(each.path, each.values, each.to_scale, _stated(base, each.path)) for each in found.spans),
        places=places,
        templates=templates,
        draws=draws,
        dropped=0 if draws else base.draws,
    )


def probed(name: str, settings: Sequence[Setting], asked: Asked) -> None:
    """Check a sweep's paths, and its values where they begin and end. Raises BadInput with all that is wrong."""
    base = load(name, [*asked.settings, *settings])
    spans = _spans(asked)
    dict(_places(asked, spans, base))
    if asked.sample is None or not asked.points:
        _design(asked, spans, base.seed)
    cells = Cells(name, [*asked.settings, *settings], asked, spans)
    for values in (cells.first, *cells.ends(asked.vary)):
        cells.read(values)
    cells.stop()


def _spans(asked: Asked) -> list[Span]:
    wrong, spans = [], []
    if not asked.vary:
        said = "nothing varies; expected KEY=VALUES, as in weights.size=2:12:11"
        wrong.append(f"{asked.source.get('', '--vary')}: {said}")
    for path, given in asked.vary.items():
        try:
            paths.parse(path)
            spans.append(span(path, given))
        except (DesignError, paths.PathError) as error:
            wrong.append(f"{said_at(asked, path)}: {error}")
    if wrong:
        raise BadInput(wrong)
    return spans


def _design(asked: Asked, spans: Sequence[Span], seed: int) -> Design:
    try:
        return design(spans, asked.sample, asked.points, seed)
    except DesignError as error:
        raise BadInput([f"{asked.source.get('', '--vary')}: {error}"]) from None


def said_at(asked: Asked, path: str) -> str:
    """Where the values of a path were written, for a message about them."""
    source = asked.source[path]
    return f"{source}: {path}" if source == "--vary" else source


def _places(asked: Asked, spans: Sequence[Span], base: Scenario) -> Iterator[tuple[str, tuple[Place, ...]]]:
    """The paths whose values enter as arrays, and where they lead."""
    wrong = []
    taken: dict[Place, str] = {}
    for each in spans:
        try:
            places = leading(base.seating.sheet, each.path)
        except paths.PathError as error:
            wrong.append(f"{said_at(asked, each.path)}: {error}")
            continue
        twice = next((taken[place] for place in places if place in taken), None)
        if twice is not None:
            wrong.append(f"{said_at(asked, each.path)}: leads where {twice} leads; expected every place once")
        if any(place in WHOLE for place in places):
            what = "holds for all cells of a sweep, which share their draws; expected another path, or --set"
            wrong.append(f"{said_at(asked, each.path)}: {what}")
        taken |= dict.fromkeys(places, each.path)
        if each.numeric and all(limits(place) is not None for place in places):
            yield each.path, tuple(places)
    if wrong:
        raise BadInput(wrong)


def _draws(base: Scenario, found: Design, settings: Sequence[Setting]) -> int:
    """Outer draws in each cell: the file's own only if they are few enough, those asked for in any case."""
    asked_for = any(each.key.strip() == "uncertainty.draws" for each in settings)
    return base.draws if asked_for or base.draws * found.cells <= CASES_AT_MOST else 0


def _stated(base: Scenario, path: str) -> Any:
    """What the scenario says at a path itself, as it would be written; None where that is not one value."""
    places = leading(base.seating.sheet, path)
    council = base.questions[0].case.council
    if places[0][:2] == ("council", "override") and places[0][2] not in council.ids:
        return None
    numbers = {value_at(base.seating.sheet, place, council) for place in places if limits(place) is not None}
    if numbers:
        return numbers.pop() if len(numbers) == 1 else None
    here: Any = base.resolved
    for step in places[0]:
        try:
            here = here[step]
        except (LookupError, TypeError):
            return None
    return here if len(places) == 1 and places[0] not in FILES else None
