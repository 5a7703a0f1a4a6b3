"""Fields coloured by stance: the tiles of a map, or members by rounds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.patches import Rectangle

from sim.show.plots.style import NOTE, STANCES

GAP = 0.025  # inches of white between cells
FEW = 1200  # cells up to which each is an object of its own, with white lines between them


@dataclass(frozen=True)
class Cell:
    """A stance, with what is written on it."""

    stance: str
    label: str = ""
    number: str = ""
    size: float = NOTE


def mosaic(
    axes: Axes,
    places: Sequence[tuple[int, int]],
    cells: Sequence[Cell],
    shape: tuple[int, int],
    sides: tuple[float, float],
) -> None:
    """Cells at (row, column) on axes without a frame; sides: a cell's height and width in inches."""
    rows, columns = shape
    axes.set(xlim=(0, columns), ylim=(rows, 0))
    axes.set_axis_off()
    if len(cells) > FEW:
        _image(axes, places, cells, shape)
        return
    high, wide = (1 - min(GAP / side, 0.12) for side in sides)
    for (row, column), cell in zip(places, cells, strict=True):
        look = STANCES[cell.stance]
        corner = (column + (1 - wide) / 2, row + (1 - high) / 2)
        axes.add_artist(Rectangle(corner, wide, high, facecolor=look.face, linewidth=0))
        _write(axes, row, column, cell, look.ink, sides[0])


def _write(axes: Axes, row: int, column: int, cell: Cell, ink: str, side: float) -> None:
    if not cell.label:
        return
    apart = min(0.19, 0.085 / side) if cell.number else 0.0
    style: dict[str, Any] = {"color": ink, "ha": "center", "va": "center_baseline"}
    axes.text(column + 0.5, row + 0.5 - apart, cell.label, fontsize=cell.size, fontweight="bold", **style)
    if cell.number:
        axes.text(column + 0.5, row + 0.5 + apart, cell.number, fontsize=NOTE, **style)


def _image(axes: Axes, places: Sequence[tuple[int, int]], cells: Sequence[Cell], shape: tuple[int, int]) -> None:
    picture = np.ones((*shape, 3))
    colours = {stance: to_rgb(look.face) for stance, look in STANCES.items()}
    for (row, column), cell in zip(places, cells, strict=True):
        picture[row, column] = colours[cell.stance]
    axes.imshow(picture, extent=(0, shape[1], shape[0], 0), aspect="auto", interpolation="nearest")
