"""Adoption over two numbers: a heat map a proposal, with the line of one half."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection

from sim.model.council import Floats
from sim.show.plots.captions import probability_axis
from sim.show.plots.lettering import fitted, inches, shortened, unbroken
from sim.show.plots.sheet import Sheet, Size, Words
from sim.show.plots.style import BODY, FAINT, INK, PAPER, SMALL, Look
from sim.show.plots.sweeps import panels
from sim.show.plots.sweeps.lines import Room
from sim.show.plots.sweeps.reading import Cells, first, live, numeric, slices, stated, varying
from sim.show.plots.sweeps.scale import Scale, scale
from sim.show.plots.sweeps.wording import ADOPTED, by_rule, called, engine, quoted, source, span, unshown
from sim.study.cells import Axis, Sweep

MOST = 6  # panels
BAR, KEYS, LARGE, SMALLER, LABELS = 1.5, 0.5, 3.5, 0.92, 0.3  # inches; height by width of a panel; inches
COLOURS = colormaps["cividis"].with_extremes(bad=FAINT)
FINE = 600  # dots of an image of an uneven grid
COARSE = 8  # with fewer areas on a side there is no contour to be drawn through them
STROKES = ((PAPER, 3.2, 3.0), (INK, 1.4, 4.0))  # of the line of one half


@dataclass(frozen=True)
class Map:
    """One panel: rows from below and columns from the left."""

    name: str
    shares: Floats


def drawable(sweep: Sweep) -> bool:
    """Do two numbers vary at least?"""
    return len(numeric(sweep)) >= 2


def draw(sweep: Sweep, size: Size | None = None) -> Sheet:
    """A panel a proposal that varies; with more axes than two, the first such proposal and a panel a further value."""
    across, up = numeric(sweep)[:2]
    level, upright = scale(across.values), scale(up.values)
    own = (stated(sweep, across), stated(sweep, up))
    marked = level.holds(own[0]) and upright.holds(own[1])
    outside = None not in own and not marked
    maps, words = _maps(sweep, across, up, " The scenario's own point lies outside." if outside else "")
    left = panels.margin([label for _, label in upright.ticks(2.0, _ends(upright, up), upright=True)])
    tiling = panels.tiling(len(maps), left, KEYS, titled=len(maps) > 1)
    wide = tiling.width()
    sheet = Sheet(words, tiling.height(LARGE if len(maps) == 1 else wide * SMALLER), size)
    _bar(sheet, marked, any(np.isnan(each.shares).any() for each in maps))
    for number, each in enumerate(maps):
        room = tiling.room(sheet, number)
        if len(maps) > 1:
            panels.title(sheet, room, each.name)
        axes = sheet.axes(room.left, room.top, room.wide, room.high)
        _areas(axes, level, upright, each.shares)
        _half(axes, level, upright, each.shares)
        _ticks(axes, room, (level, upright), (called(across), called(up)), tiling.leftmost(number))
        if marked:
            style: dict[str, Any] = {"markerfacecolor": PAPER, "markeredgecolor": INK, "markeredgewidth": 1.2}
            axes.plot(level.at(own[0]), upright.at(own[1]), "D", markersize=6, zorder=6, clip_on=False, **style)
    return sheet


def _maps(sweep: Sweep, across: Axis, up: Axis, more: str) -> tuple[list[Map], Words]:
    cut = slices(sweep, [up, across])
    if len(cut) == 1:
        shown = (varying(sweep) or [first(sweep)])[:MOST]
        maps = [Map(sweep.proposals[text], sweep.adopted_any[cut[0].cells, text]) for text in shown]
        rest = unshown(sweep, shown)
    else:
        shown = [first(sweep)]
        maps = [Map(each.title, sweep.adopted_any[each.cells, shown[0]]) for each in cut[:MOST]]
        rest = f" The first {MOST} of {len(cut):,} slices." if len(cut) > MOST else ""
    return maps, _words(sweep, across, up, cut[0].cells, shown[0], more + rest)


def _ends(measure: Scale, axis: Axis) -> tuple[float, float]:
    edges = measure.edges(np.sort(np.array(axis.values, float)))
    return float(edges[0]), float(edges[-1])


def _areas(axes: Axes, level: Scale, upright: Scale, shares: Floats) -> None:
    """One area a cell, as an image, which has no seams in any format; of an uneven grid, in fine dots."""
    x, y = level.edges(level.values), upright.edges(upright.values)
    extent = (x[0], x[-1], y[0], y[-1])
    dots = np.ma.masked_invalid(shares[np.ix_(_dots(y), _dots(x))])
    style: dict[str, Any] = {"cmap": COLOURS, "vmin": 0.0, "vmax": 1.0, "zorder": 1}
    axes.imshow(dots, extent=extent, origin="lower", aspect="auto", interpolation="none", **style)


def _dots(edges: Floats) -> Cells:
    """Which area each dot of an image lies in."""
    steps = np.diff(edges)
    if np.ptp(steps) <= 1e-6 * steps.max():
        return np.arange(len(steps))
    middles = edges[0] + (np.arange(FINE) + 0.5) / FINE * (edges[-1] - edges[0])
    return np.asarray(np.clip(np.searchsorted(edges, middles) - 1, 0, len(steps) - 1))


def _half(axes: Axes, level: Scale, upright: Scale, shares: Floats) -> None:
    """The line of one half: light and dark, to be seen on any colour; of few areas, along their borders."""
    known = shares[np.isfinite(shares)]
    if not len(known) or not known.min() < 0.5 <= known.max():
        return
    x, y = level.at(level.values), upright.at(upright.values)
    borders = _borders(level.edges(level.values), upright.edges(upright.values), shares)
    for colour, width, order in STROKES:
        if min(shares.shape) < COARSE:
            style: dict[str, Any] = {"colors": colour, "linewidths": width, "zorder": order}
            axes.add_collection(LineCollection(borders, capstyle="projecting", **style), autolim=False)
        elif known.min() < 0.5 < known.max():
            axes.contour(x, y, np.ma.masked_invalid(shares), [0.5], colors=colour, linewidths=width, zorder=order)


def _borders(x: Floats, y: Floats, shares: Floats) -> list[list[tuple[float, float]]]:
    """Between neighbouring areas on either side of one half."""
    above, known = shares >= 0.5, np.isfinite(shares)
    level = (above[:, 1:] != above[:, :-1]) & known[:, 1:] & known[:, :-1]
    upright = (above[1:] != above[:-1]) & known[1:] & known[:-1]
    found = [[(x[at + 1], y[row]), (x[at + 1], y[row + 1])] for row, at in np.argwhere(level)]
    return found + [[(x[at], y[row + 1]), (x[at + 1], y[row + 1])] for row, at in np.argwhere(upright)]


def _ticks(axes: Axes, room: Room, scales: tuple[Scale, Scale], names: tuple[str, str], leftmost: bool) -> None:
    level, upright = scales
    ends, upper = axes.get_xlim(), axes.get_ylim()
    ticks = level.ticks(room.wide, ends)
    axes.set_xticks([at for at, _ in ticks], labels=[label for _, label in ticks])
    axes.set_xlabel(fitted(names[0], room.wide + 0.1, BODY))
    ticks = upright.ticks(room.high, upper, upright=True)
    axes.set_yticks([at for at, _ in ticks], labels=[label for _, label in ticks])
    axes.set(xlim=ends, ylim=upper)
    if leftmost:
        axes.set_ylabel(fitted(names[1], room.high + 0.3, BODY))
    else:
        axes.tick_params(axis="y", labelleft=False)


def _bar(sheet: Sheet, marked: bool, missing: bool) -> None:
    """The colours' legend, on which the line of one half is drawn too; then the other marks."""
    axes = sheet.axes(0.05, 0.02, BAR, 0.13)
    axes.imshow(np.linspace(0, 1, 256)[None, :], extent=(0, 1, 0, 1), aspect="auto", cmap=COLOURS, vmin=0, vmax=1)
    for colour, width, _ in STROKES:
        axes.axvline(0.5, color=colour, linewidth=width)
    axes.set(xlim=(0, 1), yticks=[])
    probability_axis(axes.xaxis)
    left = BAR + 0.25
    sheet.write(left, 0.085, ADOPTED, size=SMALL)
    left += inches(ADOPTED, SMALL) + 0.3
    if marked:
        point = sheet.axes(left, 0.02, 0.13, 0.13)
        point.set(xlim=(0, 1), ylim=(0, 1))
        point.set_axis_off()
        style: dict[str, Any] = {"markerfacecolor": PAPER, "markeredgecolor": INK, "markeredgewidth": 1.2}
        point.plot(0.5, 0.5, "D", markersize=6, clip_on=False, **style)
        sheet.write(left + 0.2, 0.085, "in the scenario", size=SMALL)
        left += 0.2 + inches("in the scenario", SMALL) + 0.25
    if missing:
        sheet.keys(0.085, [(Look(FAINT), "not computed")], x=left)


def _words(sweep: Sweep, across: Axis, up: Axis, cells: Cells, text: int, rest: str) -> Words:
    shares = sweep.adopted_any[cells, text]
    name, rule = quoted(sweep.proposals[text]), by_rule(sweep, text)
    both = " and ".join(unbroken(shortened(called(each), 40)) for each in (across, up))
    known = shares[np.isfinite(shares)]
    passing = float((known >= 0.5).mean()) if len(known) else 0.0
    if 0 < passing < 1:
        title = f"{name} passes more often than not{rule} in {round(100 * passing)}\u00a0% of the cases over {both}"
    elif len(known):
        does = "passes" if passing else "fails"
        title = f"{name} {does} more often than not{rule} at any {both}: adopted with probability {span(known)}"
    else:
        title = f"{name} was not computed over {both}"
    what = f" of {name}" if len(live(sweep)) > 2 else ""
    said = f"Probability of adoption{what} in any form by colour; the line: one half."
    return Words(title, f"{said}{rest}", source(sweep, engine(sweep, drawn=False)))
