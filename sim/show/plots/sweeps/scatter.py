"""Adoption against each number that a sample varies: a cloud of points a panel, with the mean along it."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes

from sim.model.council import Floats
from sim.show.plots.lettering import shortened, unbroken
from sim.show.plots.sheet import Sheet, Size, Words
from sim.show.plots.style import BLUE, INK, PAPER
from sim.show.plots.sweeps import panels
from sim.show.plots.sweeps.curve import LEFT, PANEL
from sim.show.plots.sweeps.lines import frame, stated_line
from sim.show.plots.sweeps.reading import first, stated
from sim.show.plots.sweeps.scale import Scale, scale
from sim.show.plots.sweeps.wording import ADOPTED, CALLED, by_rule, engine, quoted, source, span, unshown
from sim.study.cells import Sweep

MOST, BINS, ENOUGH = 9, 12, 60  # panels; points of the mean, drawn from so many cells on
CLEAR = 0.1  # a weaker correlation by ranks is not named


def drawable(sweep: Sweep) -> bool:
    """Are there coordinates that are numbers?"""
    return bool(_paths(sweep))


def _paths(sweep: Sweep) -> list[str]:
    """Numbers that vary; if none does, numbers."""
    numbers = [path for path, each in sweep.coordinates.items() if each.dtype.kind in "iuf"]
    moving = [path for path in numbers if len(np.unique(sweep.coordinates[path])) > 1]
    return [path for path in moving or numbers[:1] if np.isfinite(sweep.coordinates[path].astype(float)).any()]


def draw(sweep: Sweep, size: Size | None = None) -> Sheet:
    """The first proposal that varies; small dots where there are many."""
    paths, text = _paths(sweep), first(sweep)
    shown, y = paths[:MOST], sweep.adopted_any[:, text]
    own = {each.path: stated(sweep, each) for each in sweep.axes}
    tiling = panels.tiling(len(shown), LEFT, 0.0, titled=False)
    sheet = Sheet(_words(sweep, paths, y, own), tiling.height(PANEL if len(shown) > 1 else 3.2), size)
    for number, path in enumerate(shown):
        room = tiling.room(sheet, number)
        x = sweep.coordinates[path].astype(float)
        measure = scale(x[np.isfinite(x)])
        axes = frame(sheet, room, measure, CALLED.get(path, path), ADOPTED if tiling.leftmost(number) else "")
        _cloud(axes, measure, x, y)
        stated_line(axes, room, measure, own.get(path), label=len(shown) == 1)
    return sheet


def _cloud(axes: Axes, measure: Scale, x: Floats, y: Floats) -> None:
    known = np.isfinite(x) & np.isfinite(y)
    places, shares = measure.at(x[known]), y[known]
    many = len(shares) > 400
    style: dict[str, Any] = {"color": BLUE, "alpha": 0.3 if many else 0.6, "markeredgewidth": 0, "rasterized": many}
    axes.plot(places, shares, "o", markersize=2 if many else 3, clip_on=False, zorder=2, **style)
    if len(shares) < ENOUGH:
        return
    values = np.unique(places)
    few = len(values) <= 2 * BINS
    order = [np.flatnonzero(places == value) for value in values] if few else []
    order = order or np.array_split(np.argsort(places, kind="stable"), BINS)
    middles, means = ([float(each[part].mean()) for part in order] for each in (places, shares))
    axes.plot(middles, means, color=PAPER, linewidth=3.2, zorder=3)
    axes.plot(middles, means, color=INK, linewidth=1.6, zorder=4)


def _ranked(x: Floats, y: Floats) -> float:
    """The correlation of ranks; 0 where nothing varies."""
    known = np.isfinite(x) & np.isfinite(y)
    if known.sum() < 3:
        return 0.0
    one, other = (_ranks(each[known]) for each in (x, y))
    if np.ptp(one) == 0 or np.ptp(other) == 0:
        return 0.0
    return float(np.corrcoef(one, other)[0, 1])


def _ranks(values: Floats) -> Floats:
    """Ranks; equal values share the mean of theirs."""
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    return np.asarray((np.cumsum(count) - (count - 1) / 2)[place])


def _words(sweep: Sweep, paths: list[str], y: Floats, own: dict[str, Any]) -> Words:
    text, cells = first(sweep), len(y)
    name, rule = quoted(sweep.proposals[text]), by_rule(sweep, text)
    strength = {path: _ranked(sweep.coordinates[path].astype(float), y) for path in paths}
    most = max(paths, key=lambda path: abs(strength[path]))
    value = strength[most]
    if abs(value) >= CLEAR:
        what, end = unbroken(shortened(CALLED.get(most, most), 60)), "high" if value > 0 else "low"
        number = f"{value:.2f}".replace("0.", ".", 1).replace("-", "−")
        title = f"{name} is adopted{rule} most often where {what} is {end} (rank correlation {number})"
    else:
        title = f"{name} is adopted{rule} with probability {span(y)} over the sample; no single input decides"
    mean = " The line: the mean along the axis." if cells >= ENOUGH else ""
    dotted = " Dotted: the scenario's own value." if any(each is not None for each in own.values()) else ""
    rest = f" The first {MOST} of {len(paths)} inputs." if len(paths) > MOST else ""
    said = (
        f"Probability of adoption in any form, a dot for each of {cells:,} cells; dashed: one half.{mean}{dotted}{rest}"
    )
    return Words(title, f"{said}{unshown(sweep, [text], flat=False)}", source(sweep, engine(sweep, drawn=False)))
