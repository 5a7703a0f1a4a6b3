"""Adoption against the number of members, as they join one by one: a line for each value of a second axis."""

from __future__ import annotations

import numpy as np

from sim.show.plots.captions import members
from sim.show.plots.lettering import fitted, inches, shortened, unbroken
from sim.show.plots.sheet import Sheet, Size, Words
from sim.show.plots.style import SMALL, SOFT
from sim.show.plots.sweeps import turns
from sim.show.plots.sweeps.curve import FOOT, HEIGHT, LEFT, TOP, bands
from sim.show.plots.sweeps.keys import draw as draw_keys
from sim.show.plots.sweeps.keys import height as keys_height
from sim.show.plots.sweeps.lines import (
    Line,
    Room,
    adopted,
    frame,
    mark_halves,
    name_ends,
    names_width,
    stated_line,
    trace,
)
from sim.show.plots.sweeps.reading import Cells, first, live, slices, stated
from sim.show.plots.sweeps.scale import scale
from sim.show.plots.sweeps.wording import after, banded, by_rule, called, chance, quoted, source, unshown
from sim.study.cells import Axis, Sweep, label

PATH, LINES = "council.first", 6


def drawable(sweep: Sweep) -> bool:
    """Does the number of members vary, and at most one thing of few values besides?"""
    axis, second = _axes(sweep)
    few = second is None or len(second.values) <= LINES
    return axis is not None and axis.numeric and few and len(live(sweep)) <= 2


def _axes(sweep: Sweep) -> tuple[Axis | None, Axis | None]:
    axes = live(sweep)
    axis = next((each for each in axes if each.path == PATH), None)
    return axis, next((each for each in axes if each is not axis), None)


def draw(sweep: Sweep, size: Size | None = None) -> Sheet:
    """P(adopted) of the first proposal that varies; lines are named at their ends."""
    axis, second = _axes(sweep)
    if axis is None:
        raise ValueError(f"this sweep has no axis {PATH}")
    measure, text = scale(axis.values), first(sweep)
    x, cut = np.sort(np.array(axis.values, float)), [each.cells for each in slices(sweep, [axis])]
    labels = list(second.labels) if second else [sweep.proposals[text]]
    own = labels.index(label(second.stated)) if second and label(second.stated) in labels else 0
    order = [own, *(place for place in range(len(labels)) if place != own)]
    lines = [adopted(sweep, measure, x, cut[at], text, labels[at], place) for place, at in enumerate(order)]
    legend = bands(sweep)
    top = keys_height(legend) + TOP
    sheet = Sheet(_words(sweep, axis, second, [cut[at] for at in order], lines), top + HEIGHT + FOOT, size)
    draw_keys(sheet, legend)
    path = called(second) if second else ""
    names = max(names_width(lines), min(inches(path, SMALL) + 0.2, 1.7))
    room = Room(LEFT, top, sheet.width - LEFT - names, sheet.height - top - FOOT)
    axes = frame(sheet, room, measure, called(axis))
    for line in lines:
        trace(axes, line)
    stated_line(axes, room, measure, stated(sweep, axis))
    mark_halves(axes, room, measure, lines)
    name_ends(sheet, axes, room, lines)
    if path:
        sheet.write(sheet.width - names + 0.2, top - 0.09, fitted(path, names - 0.2, SMALL), size=SMALL, ink=SOFT)
    return sheet


def _words(sweep: Sweep, axis: Axis, second: Axis | None, cut: list[Cells], lines: list[Line]) -> Words:
    text = first(sweep)
    name = quoted(sweep.proposals[text], 50)
    each = f", a line for each {shortened(called(second), 40)}" if second else ""
    said = f"Probability of adoption in any form, as members join in the given order{each}; dashed: one half."
    rest = turns.marked(sweep, axis, scale(axis.values), labelled=True)
    rest += " Bands: of the bold line." if second and sweep.prior is not None else ""
    rest += unshown(sweep, [text], flat=False)
    return Words(
        _title(sweep, axis, second, cut, lines, name), f"{said}{banded(sweep)}{after(sweep)}{rest}", source(sweep)
    )


def _title(sweep: Sweep, axis: Axis, second: Axis | None, cut: list[Cells], lines: list[Line], name: str) -> str:
    """What becomes of adoption from the smallest council to the largest."""
    text, numbers = first(sweep), sorted(axis.values)
    known = np.flatnonzero(np.isfinite(lines[0].y))
    if not len(known):
        return f"{name} was not computed for any number of members"
    start, end = int(known[0]), int(known[-1])
    before, then = (chance(sweep, int(cut[0][place]), text) for place in (start, end))
    where = unbroken(f", {shortened(called(second), 40)} = {shortened(lines[0].name, 30)}", 50) if second else ""
    rule, few, many = by_rule(sweep, text), f"{numbers[start]:g}", members(int(numbers[end]))
    if before == then:
        return f"With {few} to {many}{where}, {name} is adopted{rule} with probability {then}"
    change = "less" if lines[0].y[end] < lines[0].y[start] else "more"
    return (
        f"A larger council adopts {name} {change} often{rule}: {before} with {few} members, {then} with {many}{where}"
    )
