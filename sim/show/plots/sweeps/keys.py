"""Legends above the panels: lines and areas with their names, in rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sim.show.plots.lettering import fitted, inches
from sim.show.plots.sheet import KEY, ROOM, Sheet
from sim.show.plots.style import PAPER, SMALL, Look, Stroke

SAMPLE, ROW, LONGEST = 0.3, 0.19, 3.6  # inches
Entry = tuple[Stroke | Look, str]


def rows(entries: Sequence[Entry], width: float = ROOM) -> int:
    """How many rows a legend takes."""
    return 1 + max((row for _, row, _ in _placed(entries, width)), default=-1)


def height(entries: Sequence[Entry]) -> float:
    """How many inches a legend takes, with the room below it."""
    return rows(entries) * ROW + 0.1 if entries else 0.0


def draw(sheet: Sheet, entries: Sequence[Entry], top: float = 0.0) -> None:
    """The legend, from a height in the body downwards."""
    for left, row, (sample, label) in _placed(entries, sheet.width):
        y = top + 0.1 + row * ROW
        wide = _sample(sample)
        if isinstance(sample, Look):
            sheet.box(left, y - KEY / 2, KEY * 1.6, KEY, sample)
        else:
            _stroke(sheet, left, y, sample)
        sheet.write(left + wide + 0.07, y, label, size=SMALL)


def _stroke(sheet: Sheet, left: float, y: float, stroke: Stroke) -> None:
    axes = sheet.axes(left, y - 0.06, SAMPLE, 0.12)
    axes.set(xlim=(0, 1), ylim=(0, 1))
    axes.set_axis_off()
    (line,) = axes.plot((0, 0.5, 1), (0.5, 0.5, 0.5), color=stroke.colour, linewidth=stroke.width)
    mark: dict[str, Any] = {"markevery": [1], "markeredgecolor": PAPER, "markeredgewidth": 0.4}
    line.set(marker=stroke.marker, markersize=4.2, **mark)
    if stroke.dashes:
        line.set_dashes(stroke.dashes)


def _sample(sample: Stroke | Look) -> float:
    return KEY * 1.6 if isinstance(sample, Look) else SAMPLE


def _placed(entries: Sequence[Entry], width: float) -> list[tuple[float, int, Entry]]:
    left, row, placed = 0.0, 0, []
    for sample, label in entries:
        label = fitted(label, LONGEST, SMALL)
        wide = _sample(sample) + 0.07 + inches(label, SMALL)
        if left > 0 and left + wide > width:
            left, row = 0.0, row + 1
        placed.append((left, row, (sample, label)))
        left += wide + 0.2
    return placed
