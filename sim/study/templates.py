"""The scenario as read for the cells of a sweep: once for each combination of what shapes the arrays."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

from sim.scenario.complaints import BadInput
from sim.scenario.load import Actual, Scenario, Setting, believed, load, widest
from sim.scenario.seat import Seating
from sim.scenario.spreads import Spreads
from sim.scenario.wording import Place
from sim.study.design import Design, Span, spelt

READ_FROM_LIST = 50  # names that a mere check reads
READ_AT_MOST = 10_000  # combinations for which the scenario is read


@dataclass(frozen=True)
class Asked:
    """A sweep as asked for: values by path, where they were written, what is set in all cells, and the sample."""

    name: str
    vary: Mapping[str, Any]
    source: Mapping[str, str]
    settings: tuple[Setting, ...] = ()
    sample: str | None = None
    points: int | None = None


@dataclass(frozen=True)
class Template:
    """A scenario read for some cells. actual and belief: what draws are weighed by.

    engine: as a run chooses it that heeds and hides as much as any of the cells; so they are all computed alike
    hides: does anybody hide in any of the cells?
    """

    seating: Seating
    spreads: Spreads
    actual: Actual | None
    engine: str
    belief: str
    hides: bool = False


class Cells:
    """The scenario as read for single cells, and all that is wrong with it there."""

    def __init__(self, name: str, settings: Sequence[Setting], asked: Asked, spans: Sequence[Span]) -> None:
        self._name, self._settings, self._asked, self._spans = name, settings, asked, spans
        self.first = tuple(each.values[0] for each in spans)
        self._complaints: list[str] = []

    def read(self, values: Sequence[Any]) -> Scenario | None:
        """The scenario with these values, one a path; None where it is wrong, which is noted."""
        pairs = zip(self._spans, values, strict=True)
        vary = [Setting(each.path, value, self._asked.source[each.path]) for each, value in pairs]
        try:
            return load(self._name, [*self._settings, *vary])
        except BadInput as wrong:
            self._complaints += wrong.complaints
            return None

    def ends(self, paths_: Collection[str]) -> Iterator[tuple[Any, ...]]:
        """The first cell with each other end of the numbers of some paths, or each other of their names."""
        for n, each in enumerate(self._spans):
            if each.path in paths_:
                others = (min(each.values), max(each.values)) if each.numeric else each.values[:READ_FROM_LIST]
                for value in others:
                    if value != self.first[n]:
                        yield (*self.first[:n], value, *self.first[n + 1 :])

    def stop(self) -> None:
        """Raise BadInput if anything is wrong so far."""
        if self._complaints:
            raise BadInput(self._complaints)


def read_all(cells: Cells, found: Design, places: Mapping[str, Any]) -> dict[tuple[str, ...], Scenario]:
    """The scenario as read for each combination of what shapes the arrays; and at both ends of each range."""
    scenarios: dict[tuple[str, ...], Scenario] = {}
    for values in cells.ends(places):
        cells.read(values)
    shaping = [each.path not in places for each in found.spans]
    seen: set[tuple[str, ...]] = set()
    for values in _shapes(found, shaping):
        key = tuple(spelt(v) for v, shapes in zip(values, shaping, strict=True) if shapes)
        if key in seen:
            continue
        seen.add(key)
        scenario = cells.read(values)
        if scenario is not None:
            scenarios[key] = scenario
        if len(seen) > READ_AT_MOST:
            what = f"more than {READ_AT_MOST:,} different councils, rules or counts"
            raise BadInput([f"{found.spans[0].path}: {what}; expected fewer"])
    cells.stop()
    return scenarios


def _shapes(found: Design, shaping: Sequence[bool]) -> Iterator[tuple[Any, ...]]:
    """Values that hold each combination of what shapes the arrays; numbers at their first value."""
    if found.sample is None:
        choices = [
            each.values if shapes else each.values[:1] for each, shapes in zip(found.spans, shaping, strict=True)
        ]
        yield from product(*choices)
        return
    for values in found:
        triples = zip(found.spans, values, shaping, strict=True)
        yield tuple(value if shapes else each.values[0] for each, value, shapes in triples)


def template(scenario: Scenario, shape: Mapping[str, str], draws: int, more: Mapping[Place, float]) -> Template:
    """The scenario as read for cells, for all of them. Raises DoesNotApply.

    shape: what sets this template apart from the others, by path; more: the largest number at each place that varies
    """
    from sim.answers.answer import DoesNotApply, way  # here, as a mere check needs no engine
    from sim.study.uncertainty import likely

    try:
        engine = way(replace(scenario, draws=draws), more).engine
    except DoesNotApply as reason:
        where = ", ".join(f"{path} = {value}" for path, value in shape.items())
        raise DoesNotApply(f"{reason}{f' (in the cells with {where})' if where else ''}") from None
    actual = scenario.actual if draws else None
    return Template(
        seating=scenario.seating,
        spreads=scenario.spreads,
        actual=actual if actual and likely(actual, more) else None,
        engine=engine,
        belief=spelt([each for path, each in shape.items() if believed(path)]),
        hides=any(each.case.interaction.hides for each in widest(scenario.seating, scenario.spreads, more=more)),
    )
