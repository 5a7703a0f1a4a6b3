"""The pictures of an analysis of sensitivity: which fit it, and drawing them into a folder."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from sim.show.plots.drawing import Picture, draw_all, fitting
from sim.show.plots.sheet import Size
from sim.show.plots.sweeps import indices, tornado
from sim.study.indices import Sensitivity

PICTURES: dict[str, Picture[Sensitivity]] = {"indices": indices, "tornado": tornado}


def drawable(record: Sensitivity) -> list[str]:
    """The pictures that the record holds the numbers for."""
    return [name for name, picture in PICTURES.items() if picture.drawable(record)]


possible = drawable  # both are drawn without being asked for


def draw(
    record: Sensitivity,
    folder: Path,
    formats: Sequence[str] = ("png", "svg"),
    names: Sequence[str] | None = None,
    size: Size | None = None,
    dpi: int = 150,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> list[Path]:
    """Draw pictures into a folder, as those of a sweep are."""
    wanted = fitting(PICTURES, record, PICTURES if names is None else names)
    return draw_all(wanted, record, folder, formats, size, dpi, progress)
