"""Adoption along one number for each name or further value: a small panel each, on shared axes."""

from __future__ import annotations

import numpy as np

from sim.show.plots.lettering import shortened, unbroken
from sim.show.plots.sheet import Sheet, Size, Words
from sim.show.plots.sweeps import keys, panels
from sim.show.plots.sweeps.curve import LEFT, PANEL, bands
from sim.show.plots.sweeps.lines import STROKES, Line, adopted, frame, mark_halves, stated_line, trace
from sim.show.plots.sweeps.reading import Slice, crossings, first, live, numeric, slices, stated, varying
from sim.show.plots.sweeps.scale import Scale, scale
from sim.show.plots.sweeps.turns import marked
from sim.show.plots.sweeps.wording import ADOPTED, after, banded, by_rule, called, quoted, source, span, unshown
from sim.study.cells import Axis, Sweep

MOST, CURVES = 12, 4  # panels; proposals in each


def drawable(sweep: Sweep) -> bool:
    """Do a number and something else vary?"""
    return len(live(sweep)) >= 2 and len(numeric(sweep)) >= 1


def draw(sweep: Sweep, size: Size | None = None) -> Sheet:
    """A curve a proposal that varies; with outer draws only the first such, with its band."""
    axis = max(numeric(sweep), key=lambda each: len(each.values))
    measure, cut, texts = scale(axis.values), slices(sweep, [axis]), _texts(sweep)
    x, shown = np.sort(np.array(axis.values, float)), cut[:MOST]
    legend: list[keys.Entry] = bands(sweep)
    if len(texts) > 1:
        legend = [(STROKES[place], sweep.proposals[text]) for place, text in enumerate(texts)]
    tiling = panels.tiling(len(shown), LEFT, keys.height(legend))
    sheet = Sheet(_words(sweep, axis, measure, cut, texts), tiling.height(PANEL), size)
    keys.draw(sheet, legend)
    for number, each in enumerate(shown):
        room = tiling.room(sheet, number)
        panels.title(sheet, room, each.title)
        axes = frame(sheet, room, measure, called(axis), ADOPTED if tiling.leftmost(number) else "")
        lines = [adopted(sweep, measure, x, each.cells, text, "", place) for place, text in enumerate(texts)]
        for line in lines:
            trace(axes, line, thin=True)
        stated_line(axes, room, measure, stated(sweep, axis), label=False)
        mark_halves(axes, room, measure, lines)
    return sheet


def _texts(sweep: Sweep) -> list[int]:
    moving = varying(sweep) or [first(sweep)]
    return moving[:CURVES] if sweep.prior is None else moving[:1]


def _words(sweep: Sweep, axis: Axis, measure: Scale, cut: list[Slice], texts: list[int]) -> Words:
    what = f" of {quoted(sweep.proposals[texts[0]])}" if len(texts) == 1 and len(sweep.proposals) > 1 else ""
    said = f"Probability of adoption{what} in any form against {called(axis)}; dashed: one half; rings: where crossed."
    more = f" The first {MOST} of {len(cut):,} slices." if len(cut) > MOST else ""
    rest = f"{banded(sweep)}{after(sweep)}{marked(sweep, axis, measure)}{more}{unshown(sweep, texts)}"
    return Words(_title(sweep, axis, measure, cut[:MOST], texts[0]), said + rest, source(sweep))


def _title(sweep: Sweep, axis: Axis, measure: Scale, cut: list[Slice], text: int) -> str:
    """Where the first and the last of the panels turn; if none does, in which adoption is likeliest."""
    name, what = quoted(sweep.proposals[text], 50), unbroken(shortened(called(axis), 40), 40)
    x = np.sort(np.array(axis.values, float))
    lines = [adopted(sweep, measure, x, each.cells, text, unbroken(shortened(each.said, 50), 50)) for each in cut]
    found = [(crossings(line.x, line.y), line) for line in lines]
    turning = sorted(((at[0][0], line.name) for at, line in found if len(at) == 1), key=lambda each: each[0])
    if len(turning) > 1:
        least, most = ((measure.said(place), who) for place, who in (turning[0], turning[-1]))
        if least[0] == most[0]:
            return f"{name} turns at about {what} = {least[0]} in {len(turning)} of {len(cut)} cases"
        return f"{name} turns at {what} of about {least[0]} {least[1]}, but at {most[0]} {most[1]}"
    return _ranked(lines, name, what, by_rule(sweep, text))


def _ranked(lines: list[Line], name: str, what: str, rule: str) -> str:
    known = [line for line in lines if np.isfinite(line.y).any()]
    if not known:
        return f"{name} was not computed along {what}"
    means = [float(line.y[np.isfinite(line.y)].mean()) for line in known]
    best, worst = known[int(np.argmax(means))], known[int(np.argmin(means))]
    if max(means) - min(means) < 0.001:
        return f"{name} is adopted{rule} with probability {span(best.y)} along {what}, in each of {len(lines)} cases"
    chances = f"({span(best.y)} along {what}), least {worst.name} ({span(worst.y)})"
    return f"{name} is adopted{rule} most often {best.name} {chances}"
