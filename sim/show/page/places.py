"""Where each member's tile lies: on the map of tiles if every member is on it, else on a plain grid."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import ceil, sqrt

Place = tuple[int, int]


@dataclass(frozen=True)
class Plan:
    """(row, column) of each member, in council order."""

    places: tuple[Place, ...]

    @property
    def rows(self) -> int:
        return 1 + max(row for row, _ in self.places)

    @property
    def columns(self) -> int:
        return 1 + max(column for _, column in self.places)


@cache
def _atlas() -> dict[str, Place]:
    """The tiles that the pictures use, read without importing the pictures, which would import matplotlib."""
    text = files("sim.show").joinpath("plots", "tiles.csv").read_text(encoding="utf-8")
    return {row["id"]: (int(row["row"]), int(row["col"])) for row in csv.DictReader(text.splitlines())}


def laid(ids: Sequence[str]) -> Plan:
    """A map if every id is on it, else a grid in council order."""
    atlas = _atlas()
    if not all(each in atlas for each in ids):
        columns = ceil(sqrt(len(ids) * 5 / 3))
        return Plan(tuple(divmod(place, columns) for place in range(len(ids))))
    top, left = min(atlas[each][0] for each in ids), min(atlas[each][1] for each in ids)
    return Plan(tuple((atlas[each][0] - top, atlas[each][1] - left) for each in ids))
