"""Drawing pictures of any record into a folder, as the pictures of a result are."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol, TypeVar

from matplotlib.style import context

from sim.show.plots.lettering import families
from sim.show.plots.saving import encoded, write
from sim.show.plots.sheet import Sheet, Size
from sim.show.plots.style import STYLE

Record = TypeVar("Record", contravariant=True)


class Picture(Protocol[Record]):
    """What a module of a picture offers."""

    def drawable(self, record: Record, /) -> bool:
        """Does the record hold the numbers?"""

    def draw(self, record: Record, /, size: Size | None = None) -> Sheet:
        """The picture; size in inches, to which the whole sheet is scaled."""


def draw_all(
    chosen: Mapping[str, Picture[Record]],
    record: Record,
    folder: Path,
    formats: Sequence[str],
    size: Size | None,
    dpi: int,
    progress: Callable[[int, int], None],
) -> list[Path]:
    """Draw those of some pictures that the record holds the numbers for; the paths written."""
    from sim.show.plots import _one_at_a_time  # here, so that the package above may import this one

    wanted = {name: picture for name, picture in chosen.items() if picture.drawable(record)}
    total = len(wanted) * len(formats)
    folder.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    progress(0, total)
    with _one_at_a_time, context({**STYLE, "font.family": list(families())}, after_reset=True):
        for name, picture in wanted.items():
            sheet = picture.draw(record, size)
            for kind in formats:
                written.append(write(encoded(sheet, kind, dpi), folder / f"{name}.{kind}"))
                progress(len(written), total)
    return written
