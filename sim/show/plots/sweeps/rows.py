"""What the pictures of a sensitivity analysis share: named rows beside panels of bars, and where it comes from."""

from __future__ import annotations

from collections.abc import Sequence

from sim.show.plots.lettering import shortened, widest, wrapped
from sim.show.plots.sheet import ROOM, Sheet
from sim.show.plots.style import BODY, SMALL
from sim.show.plots.sweeps.lines import Room
from sim.study.indices import Sensitivity


def width(names: Sequence[str]) -> float:
    """Room for names at the left."""
    return min(widest(list(names), BODY), ROOM * 0.32) + 0.12


def write(sheet: Sheet, room: Room, names: Sequence[str]) -> None:
    """A name beside each row, in two lines if it is long."""
    for number, name in enumerate(names):
        lines = wrapped(name, room.left - 0.12, BODY, lines=1)
        size = BODY
        if lines[0].endswith("…"):
            lines, size = wrapped(name, room.left - 0.12, SMALL), SMALL
        y = room.top + room.high * (number + 0.5) / len(names) - 0.06 * (len(lines) - 1)
        for place, line in enumerate(lines):
            sheet.write(0, y + 0.12 * place, line, size=size)


def source(record: Sensitivity, how: str) -> str:
    """The line at the foot: which scenario, how computed and how surely, by which version."""
    exact = record.replicates is None
    engine = "exact probabilities" if exact else f"Monte Carlo, {record.replicates:,} replicates a case"
    return (
        f"Source: {shortened(record.scenario.title, 110)}; {engine}, seed {record.seed}; {how};"
        f" weights\u00a0provisional; unanimity\u00a0{record.version}"
    )
