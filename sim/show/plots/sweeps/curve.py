"""Adoption along one number: a curve a proposal, with where it crosses one half."""

from __future__ import annotations

import numpy as np

from sim.show.plots.sheet import Sheet, Size, Words
from sim.show.plots.sweeps import keys, panels, turns
from sim.show.plots.sweeps.lines import (
    AFTER,
    PRIOR,
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
from sim.show.plots.sweeps.reading import conditioned, first, live, numeric, slices, stated, varying
from sim.show.plots.sweeps.scale import Scale, scale
from sim.show.plots.sweeps.wording import ADOPTED, after, banded, called, source, unshown
from sim.study.cells import Axis, Sweep

TOGETHER, MOST = 6, 12  # curves in one panel; panels
LEFT, TOP, FOOT, HEIGHT, PANEL = 0.5, 0.24, 0.46, 3.3, 1.45  # inches


def drawable(sweep: Sweep) -> bool:
    """Does one number vary, and nothing else?"""
    return len(live(sweep)) == 1 and len(numeric(sweep)) == 1


def draw(sweep: Sweep, size: Size | None = None) -> Sheet:
    """All proposals in one panel while they can be told apart, else a panel each."""
    (axis,) = live(sweep)
    measure, shown = scale(axis.values), _shown(sweep)
    cells = slices(sweep, [axis])[0].cells
    x = np.sort(np.array(axis.values, float))
    lines = [adopted(sweep, measure, x, cells, text, sweep.proposals[text]) for text in shown]
    if together(sweep):
        lines = [
            adopted(sweep, measure, x, cells, text, sweep.proposals[text], place) for place, text in enumerate(shown)
        ]
        return _together(sweep, axis, measure, lines, size)
    return _apart(sweep, axis, measure, lines, size)


def together(sweep: Sweep) -> bool:
    """Can the proposals be told apart in one panel?"""
    return len(sweep.proposals) == 1 or (len(sweep.proposals) <= TOGETHER and sweep.prior is None)


def _shown(sweep: Sweep) -> list[int]:
    """The proposals, those that vary first; if they are more than there is room for, in their order."""
    moving = varying(sweep)
    order = [*moving, *(text for text in range(len(sweep.proposals)) if text not in moving)][:MOST]
    return [first(sweep), *(text for text in sorted(order) if text != first(sweep))]


def _together(sweep: Sweep, axis: Axis, measure: Scale, lines: list[Line], size: Size | None) -> Sheet:
    legend = bands(sweep)
    top = keys.height(legend) + TOP
    sheet = Sheet(_words(sweep, axis, measure, lines), top + HEIGHT + FOOT, size)
    keys.draw(sheet, legend)
    room = Room(LEFT, top, sheet.width - LEFT - names_width(lines), sheet.height - top - FOOT)
    axes = frame(sheet, room, measure, called(axis))
    for line in lines:
        trace(axes, line)
    stated_line(axes, room, measure, stated(sweep, axis))
    mark_halves(axes, room, measure, lines)
    name_ends(sheet, axes, room, lines)
    return sheet


def _apart(sweep: Sweep, axis: Axis, measure: Scale, lines: list[Line], size: Size | None) -> Sheet:
    legend = bands(sweep)
    tiling = panels.tiling(len(lines), LEFT, keys.height(legend))
    sheet = Sheet(_words(sweep, axis, measure, lines), tiling.height(PANEL), size)
    keys.draw(sheet, legend)
    for number, line in enumerate(lines):
        room = tiling.room(sheet, number)
        panels.title(sheet, room, line.name)
        axes = frame(sheet, room, measure, called(axis), ADOPTED if tiling.leftmost(number) else "")
        trace(axes, line, thin=True)
        stated_line(axes, room, measure, stated(sweep, axis), label=False)
        mark_halves(axes, room, measure, [line])
    return sheet


def bands(sweep: Sweep) -> list[keys.Entry]:
    """The legend of the bands over outer draws, where there are any."""
    found: list[keys.Entry] = []
    if sweep.prior is not None:
        found.append((PRIOR, f"5–95\u00a0% of {sweep.draws:,} outer draws"))
    if conditioned(sweep, np.arange(1), 0) is not None:
        left = f"{sweep.effective_draws or 0.0:,.0f} effective draws"
        found.append((AFTER, f"after conditioning ({left}); dashed: the median"))
    return found


def _words(sweep: Sweep, axis: Axis, measure: Scale, lines: list[Line]) -> Words:
    title = turns.title(sweep, axis, measure, lines[0], first(sweep))
    said = "Probability of adoption in any form; dashed: one half; rings: where it is crossed."
    marked = turns.marked(sweep, axis, measure, labelled=together(sweep))
    rest = unshown(sweep, _shown(sweep), flat=False)
    return Words(title, f"{said}{banded(sweep)}{after(sweep)}{marked}{rest}", source(sweep))
