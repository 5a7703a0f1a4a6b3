"""The pictures of a sweep: which fit it, and drawing them into a folder."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from sim.show.plots.drawing import Picture, draw_all, fitting
from sim.show.plots.sheet import Size
from sim.show.plots.sweeps import alone, curve, enlargement, heat, multiples, names, scatter
from sim.show.plots.sweeps.reading import numeric
from sim.study.cells import Sweep

PICTURES: dict[str, Picture[Sweep]] = {
    "curve": curve,
    "heat": heat,
    "names": names,
    "multiples": multiples,
    "enlargement": enlargement,
    "scatter": scatter,
    "alone": alone,
}


def drawable(sweep: Sweep) -> list[str]:
    """The pictures that are drawn without being asked for: the one or two that fit best."""
    numbers = len(numeric(sweep))
    if sweep.design != "grid":
        best = ["scatter"]
    elif enlargement.drawable(sweep):
        best = ["enlargement", "alone"]
    elif numbers == 1:
        best = ["curve", "alone", "multiples"]
    else:
        best = ["heat"] if numbers else ["names"]
    return [name for name in best if PICTURES[name].drawable(sweep)]


def possible(sweep: Sweep) -> list[str]:
    """All pictures that can be drawn by name."""
    return [name for name, picture in PICTURES.items() if picture.drawable(sweep)]


def draw(
    sweep: Sweep,
    folder: Path,
    formats: Sequence[str] = ("png", "svg"),
    names: Sequence[str] | None = None,
    size: Size | None = None,
    dpi: int = 150,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> list[Path]:
    """Draw pictures into a folder, one file a name and format; the paths written.

    names: of the pictures; None: those that fit best. Pictures that the sweep holds no numbers for are passed over.
    OSError where the folder cannot be written, KeyError for a picture that is not known.
    """
    wanted = fitting(PICTURES, sweep, drawable(sweep) if names is None else names)
    return draw_all(wanted, sweep, folder, formats, size, dpi, progress)


__all__ = ["PICTURES", "draw", "drawable", "possible"]
