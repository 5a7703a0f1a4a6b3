"""Drawing pictures of a record into a folder, one at a time in a process."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from threading import Lock
from typing import Protocol, TypeVar

from matplotlib.style import context

from sim.show.plots.lettering import families
from sim.show.plots.saving import encoded, write
from sim.show.plots.sheet import Sheet, Size
from sim.show.plots.style import STYLE

Record = TypeVar("Record")
Reader = TypeVar("Reader", contravariant=True)
_one_at_a_time = Lock()  # matplotlib's settings belong to the process


class Picture(Protocol[Reader]):
    """What a module of a picture offers."""

    def drawable(self, record: Reader, /) -> bool:
        """Does the record hold the numbers?"""

    def draw(self, record: Reader, /, size: Size | None = None) -> Sheet:
        """The picture; size in inches, to which the whole sheet is scaled."""


def fitting(
    pictures: Mapping[str, Picture[Record]], record: Record, names: Iterable[str]
) -> dict[str, Callable[[Record, Size | None], Sheet]]:
    """Those of the named pictures that the record holds the numbers for. KeyError for one that is not known."""
    chosen = {name: pictures[name] for name in names}
    return {name: picture.draw for name, picture in chosen.items() if picture.drawable(record)}


def draw_all(
    wanted: Mapping[str, Callable[[Record, Size | None], Sheet]],
    record: Record,
    folder: Path,
    formats: Sequence[str],
    size: Size | None,
    dpi: int,
    progress: Callable[[int, int], None],
) -> list[Path]:
    """Draw pictures, one file a name and format; the paths written. OSError where the folder cannot be written."""
    total = len(wanted) * len(formats)
    folder.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    progress(0, total)
    with _one_at_a_time, context({**STYLE, "font.family": list(families())}, after_reset=True):
        for name, picture in wanted.items():
            sheet = picture(record, size)
            for kind in formats:
                written.append(write(encoded(sheet, kind, dpi), folder / f"{name}.{kind}"))
                progress(len(written), total)
    return written
