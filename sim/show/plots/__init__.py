"""The pictures of a result. Importing this imports matplotlib, but never pyplot: safe in threads and notebooks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from sim.answers.result import Result
from sim.show.plots import blame, cascade, chronicle, conditioning, heed, network, outcomes, rules, size, tiles, weights
from sim.show.plots.drawing import draw_all
from sim.show.plots.sheet import Sheet, Size

Picture = Callable[[Result, Size | None], Sheet]
PICTURES: dict[str, Picture] = {
    "outcomes": outcomes.draw,
    "rules": rules.draw,
    "size": size.draw,
    "blame": blame.draw,
    "tiles": tiles.draw,
    "chronicle": chronicle.draw,
    "heed": heed.draw,
    "network": network.draw,
    "cascade": cascade.draw,
    "conditioning": conditioning.draw,
    "weights": weights.draw,
}
NEEDS = {
    "size": size.drawable,
    "chronicle": chronicle.drawable,
    "heed": heed.drawable,
    "network": network.drawable,
    "cascade": cascade.drawable,
    "conditioning": conditioning.drawable,
    "weights": weights.drawable,
}
FORMATS = ("png", "svg", "pdf")


def drawable(result: Result) -> list[str]:
    """The pictures that a result holds the numbers for: curves and chronicles are not always computed."""
    return [name for name in PICTURES if name not in NEEDS or NEEDS[name](result)]


def draw(
    result: Result,
    folder: Path,
    formats: Sequence[str] = ("png", "svg"),
    names: Sequence[str] | None = None,
    size: Size | None = None,
    dpi: int = 150,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> list[Path]:
    """Draw pictures into a folder, one file a name and format; the paths written.

    size: inches; the whole sheet is scaled to it, text too. Pictures that the result holds no numbers for are passed
    over. OSError where the folder cannot be written, KeyError for a picture that is not known.
    """
    chosen = {name: PICTURES[name] for name in (PICTURES if names is None else names)}
    wanted = {name: picture for name, picture in chosen.items() if name in drawable(result)}
    return draw_all(wanted, result, folder, formats, size, dpi, progress)
