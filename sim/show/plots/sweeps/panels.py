"""Small panels on shared axes, side by side and row by row, each with its name above it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sim.show.plots.lettering import widest, wrapped
from sim.show.plots.sheet import ROOM, Sheet
from sim.show.plots.style import SMALL
from sim.show.plots.sweeps.lines import Room

HEAD, FOOT, GAP, LINE = 0.4, 0.46, 0.26, 0.135  # inches


@dataclass(frozen=True)
class Tiling:
    """Where the panels lie: `count` of them, `abreast` a row, `left` and `top` inches from the body's corner."""

    count: int
    abreast: int
    left: float
    top: float
    head: float = HEAD
    foot: float = FOOT

    @property
    def deep(self) -> int:
        """The rows."""
        return -(-self.count // self.abreast)

    def height(self, panel: float) -> float:
        """What the body needs for panels of a height."""
        return self.top + self.deep * (self.head + panel + self.foot)

    def width(self, room: float = ROOM) -> float:
        """A panel's width on a sheet with so much room."""
        return (room - self.left - GAP * (self.abreast - 1)) / self.abreast

    def room(self, sheet: Sheet, number: int) -> Room:
        """One panel's rectangle."""
        row, column = divmod(number, self.abreast)
        wide, high = self.width(sheet.width), (sheet.height - self.top) / self.deep
        left = self.left + column * (wide + GAP)
        return Room(left, self.top + row * high + self.head, wide, high - self.head - self.foot)

    def leftmost(self, number: int) -> bool:
        """Does the panel stand at the left, where the upright axis is named?"""
        return number % self.abreast == 0

    def lowest(self, number: int) -> bool:
        """Does nothing stand below the panel, so that the level axis is named here?"""
        return number + self.abreast >= self.count


def tiling(count: int, left: float, top: float, titled: bool = True, most: int = 3) -> Tiling:
    """Panels in rows that are about as long."""
    abreast = count if count <= most else 2 if count == 4 and most > 1 else most
    return Tiling(count, max(abreast, 1), left, top, HEAD if titled else 0.2)


def title(sheet: Sheet, room: Room, words: str) -> None:
    """A panel's name, in at most two lines above it."""
    lines = wrapped(words, room.wide, SMALL, bold=True)
    for number, line in enumerate(lines):
        sheet.write(room.left, room.top - 0.1 - LINE * (len(lines) - 1 - number), line, size=SMALL, bold=True)


def margin(labels: Sequence[str]) -> float:
    """Room at the left for an upright axis's labels and name."""
    return widest(list(labels), SMALL) + 0.3
