"""Curves in a panel: frame, lines with their bands, one half and where it is crossed, the stated value, names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from sim.model.council import Floats
from sim.show.plots.captions import probability_axis
from sim.show.plots.lettering import fitted, inches, widest, wrapped
from sim.show.plots.sheet import Sheet
from sim.show.plots.spacing import spread
from sim.show.plots.style import BODY, INK, OTHERS, PAPER, SMALL, SOFT, STATED, VERMILION, Look, Stroke
from sim.show.plots.sweeps.reading import Band, Cells, conditioned, crossings, interval
from sim.show.plots.sweeps.scale import Scale, exactly
from sim.show.plots.sweeps.wording import ADOPTED
from sim.study.cells import Sweep

APART = 0.15  # inches from name to name
PRIOR, AFTER = Look("#C9E1F2"), Look("#F6E3BC", INK, "////")
STROKES = (STATED, *OTHERS)


@dataclass(frozen=True)
class Room:
    """A rectangle of the sheet's body, in inches."""

    left: float
    top: float
    wide: float
    high: float


@dataclass(frozen=True)
class Line:
    """A curve by places on its axis; band: how sure it is; after: 5, 50 and 95 % points after conditioning."""

    name: str
    x: Floats
    y: Floats
    stroke: Stroke
    band: Band | None = None
    after: Floats | None = None

    @property
    def end(self) -> tuple[float, float]:
        """Its last point that is known."""
        known = np.flatnonzero(np.isfinite(self.y))
        return (float(self.x[known[-1]]), float(self.y[known[-1]])) if len(known) else (float(self.x[-1]), 0.0)


def adopted(sweep: Sweep, scale: Scale, x: Floats, cells: Cells, text: int, name: str, place: int = 0) -> Line:
    """P(adopted) of a proposal along cells; place: which stroke. Outer draws are shown of the first line alone."""
    y, stroke = sweep.adopted_any[cells, text], STROKES[place % len(STROKES)]
    if place and sweep.prior is not None:
        return Line(name, scale.at(x), y, stroke)
    return Line(name, scale.at(x), y, stroke, interval(sweep, cells, text), conditioned(sweep, cells, text))


def frame(sheet: Sheet, room: Room, scale: Scale, across: str = "", up: str = ADOPTED, half: bool = True) -> Axes:
    """Axes for probabilities against a scale, with the line of one half if that is asked for."""
    axes = sheet.axes(room.left, room.top, room.wide, room.high)
    axes.set(xlim=scale.ends, ylim=(-0.02, 1.02))
    probability_axis(axes.yaxis, coarse=room.high < 1.0)
    axes.grid(axis="y")
    if half:
        axes.axhline(0.5, color=SOFT, linewidth=0.8, dashes=(3, 2), zorder=1.5)
    across_ticks(axes, room, scale, across)
    if up:
        axes.set_ylabel(fitted(up, room.high + 0.5, BODY))
    else:
        axes.tick_params(axis="y", labelleft=False)
    return axes


def across_ticks(axes: Axes, room: Room, scale: Scale, across: str) -> None:
    """Ticks of a scale, and what it is."""
    ticks = scale.ticks(room.wide)
    axes.set_xticks([at for at, _ in ticks], labels=[label for _, label in ticks])
    axes.set_xlabel(fitted(across, room.wide + 0.1, BODY))


def trace(axes: Axes, line: Line, thin: bool = False) -> None:
    """A curve with its bands, under all lines, through the points that are known; a single one with a bar."""
    line = _known(line)
    if line.band is not None:
        _band(axes, line, line.band)
    if line.after is not None:
        low, middle, high = line.after.T
        axes.fill_between(
            line.x, low, high, facecolor=AFTER.face, edgecolor=PAPER, hatch=AFTER.hatch, linewidth=0, zorder=0.4
        )
        axes.plot(line.x, middle, color=VERMILION, linewidth=1.1, dashes=(4, 1.5), zorder=2.4)
    stroke = line.stroke
    every = max(len(line.y) // 7, 1)
    (drawn,) = axes.plot(line.x, line.y, color=stroke.colour, zorder=4 if stroke is STATED else 3, clip_on=False)
    drawn.set_linewidth(min(stroke.width, 1.5) if thin else stroke.width)
    if stroke.dashes:
        drawn.set_dashes(stroke.dashes)
    if not thin or len(line.y) < 9:
        size = 3.4 if thin else 4.2
        drawn.set(marker=stroke.marker, markersize=size, markevery=every, markeredgecolor=PAPER, markeredgewidth=0.4)


def _known(line: Line) -> Line:
    known = np.isfinite(line.y)
    band = (line.band[0][known], line.band[1][known]) if line.band is not None else None
    return replace(
        line, x=line.x[known], y=line.y[known], band=band, after=line.after[known] if line.after is not None else None
    )


def _band(axes: Axes, line: Line, band: Band) -> None:
    alone = line.stroke is STATED
    colour, alpha, order = (PRIOR.face, 1.0, 0.2) if alone else (line.stroke.colour, 0.22, 0.3)
    if len(line.y) > 1:
        axes.fill_between(line.x, *band, color=colour, alpha=alpha, linewidth=0, zorder=order)
        return
    for at, low, high in zip(line.x, *band, strict=True):
        axes.plot((at, at), (low, high), color=line.stroke.colour, linewidth=1.0)


def stated_line(axes: Axes, room: Room, scale: Scale, stated: Any, label: bool = True) -> None:
    """A dotted line at the scenario's own value, named above it."""
    if stated is None or not scale.holds(stated):
        return
    place, (first, last) = float(scale.at(stated)), scale.ends
    axes.axvline(place, color=INK, linewidth=0.8, dashes=(1, 1.5), zorder=1.6)
    if not label:
        return
    text = f"in the scenario: {exactly(stated)}"
    at, half = (place - first) / (last - first) * room.wide, inches(text, SMALL) / 2
    shift = max(half - at, 0.0) + min(room.wide - at - half, 0.0)
    style: dict[str, Any] = {"fontsize": SMALL, "ha": "center", "va": "bottom"}
    where: dict[str, Any] = {"xycoords": ("data", "axes fraction"), "textcoords": "offset points"}
    axes.annotate(text, (place, 1), (shift * 72, 3), **where, **style)


def mark_halves(axes: Axes, room: Room, scale: Scale, lines: Sequence[Line]) -> None:
    """A ring where a curve crosses one half, and the value there; on the side that the curve leaves free."""
    found = [(line, *each) for line in lines for each in crossings(line.x, line.y)]
    first, last = scale.ends
    for line, place, _ in found:
        ring: dict[str, Any] = {"markerfacecolor": PAPER, "markeredgecolor": line.stroke.colour}
        axes.plot(place, 0.5, "o", markersize=4.5, markeredgewidth=1.1, zorder=5, **ring)
    labels = [scale.said(place) for _, place, _ in found]
    wide = widest(labels, SMALL, bold=True) + 0.1
    if not found or wide * len(found) > room.wide:
        return
    rings = [(place - first) / (last - first) * room.wide for _, place, _ in found]
    free = [at + (-1 if rises else 1) * (wide / 2 + 0.02) for at, (_, _, rises) in zip(rings, found, strict=True)]
    for label, at, (line, _, _) in zip(labels, spread(free, wide, wide / 2, room.wide - wide / 2), found, strict=True):
        ground: dict[str, Any] = {"facecolor": PAPER, "edgecolor": "none", "pad": 0.5, "alpha": 0.85}
        style: dict[str, Any] = {"fontsize": SMALL, "fontweight": "bold", "color": line.stroke.colour, "bbox": ground}
        height = 0.5 * 1.04 / room.high * 0.26 + 0.5  # a little above the line
        axes.text(first + at / room.wide * (last - first), height, label, ha="center", va="center", zorder=6, **style)


def name_ends(sheet: Sheet, axes: Axes, room: Room, lines: Sequence[Line]) -> None:
    """Each curve's name beside its end, with a thin line to it where names had to move apart."""
    low, high = axes.get_ylim()
    ends = [room.top + room.high * (high - line.end[1]) / (high - low) for line in lines]
    edge = room.left + room.wide
    wide = sheet.width - room.left - room.wide - 0.22
    words = [wrapped(line.name, wide, SMALL, _bold(line, lines)) for line in lines]
    apart = APART * (2 if any(len(each) > 1 for each in words) else 1)
    for line, named, place in zip(lines, words, spread(ends, apart, room.top, room.top + room.high), strict=True):
        there = (1 + 0.17 / room.wide, 1 - (place - room.top) / room.high)
        arrow = {"arrowstyle": "-", "color": line.stroke.colour, "linewidth": 0.7, "shrinkA": 0, "shrinkB": 2}
        axes.annotate("", line.end, there, xycoords="data", textcoords="axes fraction", arrowprops=arrow)
        for number, text in enumerate(named):
            y = place + 0.12 * (number - (len(named) - 1) / 2)
            sheet.write(edge + 0.2, y, text, size=SMALL, bold=_bold(line, lines))


def _bold(line: Line, lines: Sequence[Line]) -> bool:
    return line.stroke is STATED and len(lines) > 1


def names_width(lines: Sequence[Line], most: float = 1.7) -> float:
    """Room for names at the ends of curves."""
    return min(widest([line.name for line in lines], SMALL, bold=True), most) + 0.26
