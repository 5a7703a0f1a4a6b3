"""Numbers of a scenario that may be many at once: cells of a sweep, outer draws.

A place of the sheet may hold an array instead of a number, if the number enters the model as such. Counts may not:
they shape the arrays.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import inf, nextafter
from typing import Any

import annotated_types
import pydantic

from sim.model.council import Floats
from sim.scenario.members import RANGES
from sim.scenario.schema import ScenarioFile
from sim.scenario.wording import Place, field_at

ROOTS = ("weights", "stake", "traits", "proposal", "procedure", "interaction")
OUTSIDE = ("months_per_round",)  # numbers that do not enter the model


@dataclass(frozen=True)
class Numbers:
    """What stands in the place of single numbers; all fronts (…) broadcast.

    places    place of the sheet -> (…)
    columns   column of the members -> (…, N), all members, whoever is seated
    factors   driver -> (…): its weight is multiplied by this
    """

    places: Mapping[Place, Floats] = field(default_factory=dict)
    columns: Mapping[str, Floats] = field(default_factory=dict)
    factors: Mapping[str, Floats] = field(default_factory=dict)

    def over(self, other: Numbers) -> Numbers:
        """These before others."""
        return Numbers(
            {**other.places, **self.places}, {**other.columns, **self.columns}, {**other.factors, **self.factors}
        )


def limits(place: Place) -> tuple[float, float] | None:
    """The least and the largest number at a place that may hold an array; None for any other place."""
    if place[:2] == ("council", "override") and len(place) == 4:
        return None if place[3] == "never_objects" else RANGES.get(str(place[3]), (0.0, 1.0))
    if not place or place[0] not in ROOTS or place[-1] in OUTSIDE:
        return None
    kind, bounds = field_at(ScenarioFile, place)
    if kind is not float:
        return None
    low, high = -inf, inf
    for bound in (each for one in bounds for each in getattr(one, "metadata", [one])):
        low = max(low, float(getattr(bound, "ge", -inf)))
        high = min(high, float(getattr(bound, "le", inf)))
        if isinstance(bound, annotated_types.Gt):
            low = max(low, nextafter(float(str(bound.gt)), inf))
        if isinstance(bound, annotated_types.Lt):
            high = min(high, nextafter(float(str(bound.lt)), -inf))
    return low, high


def laid(sheet: ScenarioFile, places: Mapping[Place, Any]) -> ScenarioFile:
    """The sheet with other values at some places; tables are made on the way, nothing is checked."""
    for place, value in places.items():
        sheet = _put(sheet, place, value)
    return sheet


def _put(part: Any, place: Place, value: Any) -> Any:
    step, rest = place[0], place[1:]
    if isinstance(part, pydantic.BaseModel):
        return part.model_copy(update={str(step): _put(getattr(part, str(step)), rest, value) if rest else value})
    if isinstance(part, list):
        return [_put(each, rest, value) if n == step else each for n, each in enumerate(part)]
    return {**part, step: _put(part.get(step, {}), rest, value) if rest else value}
