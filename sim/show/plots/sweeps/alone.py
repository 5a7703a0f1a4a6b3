"""Who blocks alone along one number: the members that do so most, each a line named at its end."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np

from sim.model.council import Floats
from sim.show.plots.captions import members
from sim.show.plots.lettering import legible, shortened, unbroken
from sim.show.plots.sheet import Sheet, Size, Words
from sim.show.plots.sweeps.curve import FOOT, HEIGHT, LEFT, TOP
from sim.show.plots.sweeps.lines import STROKES, Line, Room, frame, name_ends, names_width, stated_line, trace
from sim.show.plots.sweeps.reading import Cells, first, live, numeric, slices, stated
from sim.show.plots.sweeps.scale import Scale, exactly, scale
from sim.show.plots.sweeps.turns import marked
from sim.show.plots.sweeps.wording import called, engine, quoted, source
from sim.show.words import percent
from sim.study.cells import Axis, Sweep

MOST = 5  # members
SURE = 0.005  # smaller chances are nobody's
TOPS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0)  # of the upright axis


def drawable(sweep: Sweep) -> bool:
    """Does one number vary, and nothing else?"""
    return len(live(sweep)) == 1 and len(numeric(sweep)) == 1 and sweep.lone_hold_outs.shape[-1] > 0


def draw(sweep: Sweep, size: Size | None = None) -> Sheet:
    """P(the member alone blocks) the first proposal that varies."""
    (axis,) = live(sweep)
    measure, text = scale(axis.values), first(sweep)
    cells = slices(sweep, [axis])[0].cells
    shares = sweep.lone_hold_outs[cells, text]
    lines = _lines(sweep, axis, measure, cells, shares)
    sheet = Sheet(_words(sweep, axis, measure, lines, text), TOP + HEIGHT + FOOT, size)
    room = Room(LEFT, TOP, sheet.width - LEFT - names_width(lines), sheet.height - TOP - FOOT)
    axes = frame(sheet, room, measure, called(axis), "P(the member alone blocks)", half=False)
    highest = max((float(np.fmax.reduce(line.y)) for line in lines), default=0.0)
    top = next((each for each in TOPS if highest <= each), 1.0)
    ticks = np.linspace(0, top, 6)
    axes.set_yticks(ticks, labels=[_tick(each) for each in ticks])
    axes.set_ylim(-0.02 * top, 1.02 * top)
    for line in lines:
        trace(axes, line)
    stated_line(axes, room, measure, stated(sweep, axis))
    name_ends(sheet, axes, room, lines)
    return sheet


def _tick(share: float) -> str:
    return f"{share:.3g}".removeprefix("0") or "0"


def _lines(sweep: Sweep, axis: Axis, measure: Scale, cells: Cells, shares: Floats) -> list[Line]:
    """The members with most in any cell; ± two standard errors of a share where simulated."""
    most = np.nan_to_num(np.fmax.reduce(shares), nan=-1.0)
    order = np.argsort(-most, kind="stable")[:MOST]
    leading = [place for place in order if most[place] >= SURE] or order[:1]
    x = measure.at(np.sort(np.array(axis.values, float)))
    sampled = (sweep.engine[cells, first(sweep)] != "exact") & (sweep.replicates > 0)
    found = []
    for place, member in enumerate(leading):
        y = shares[:, member]
        error = 2 * np.sqrt(np.clip(y * (1 - y), 0, None) / max(sweep.replicates, 1)) * sampled
        band = (np.clip(y - error, 0, 1), np.clip(y + error, 0, 1)) if sampled.any() else None
        name = legible(sweep.names[member], sweep.ids[member])
        found.append(Line(name, x, y, STROKES[place], band))
    return found


def _words(sweep: Sweep, axis: Axis, measure: Scale, lines: list[Line], text: int) -> Words:
    number = len(sweep.names)
    kept = ""
    if number > len(lines):
        small = f"Not shown: {members(number - len(lines))} with less than .005."
        kept = small if len(lines) < MOST else f"The {len(lines)} of {members(number)} that do so most."
    kept += " Bands: ±\u00a02 standard errors." if (sweep.engine != "exact").any() else ""
    subtitle = f"Probability that a member is the only one that still objects when the text fails. {kept}"
    how = engine(replace(sweep, prior=None))  # no outer draws are drawn here
    return Words(
        _title(sweep, axis, lines, text), f"{subtitle}{marked(sweep, axis, measure, labelled=True)}", source(sweep, how)
    )


def _value(axis: Axis, place: int) -> str:
    return exactly(sorted(axis.values)[place])


def _title(sweep: Sweep, axis: Axis, lines: list[Line], text: int) -> str:
    """Who leads where there is something to lead in, and where the lead changes."""
    name, what = quoted(sweep.proposals[text], 50), unbroken(shortened(called(axis), 40), 40)
    shares = np.array([np.nan_to_num(line.y) for line in lines])
    if not shares.size or shares.max() < SURE:
        return f"Nobody is likely to block {name} alone, whatever {what}"
    known = np.flatnonzero(shares.max(axis=0) >= SURE)
    leaders = shares[:, known].argmax(axis=0)
    changes = [place for place, (before, then) in enumerate(pairwise(leaders), 1) if before != then]
    who = [unbroken(shortened(line.name, 40), 40) for line in lines]
    if len(changes) == 1:
        at = _value(axis, int(known[changes[0]]))
        before, then = who[leaders[0]], who[leaders[-1]]
        return f"Likeliest to block {name} alone is {before}, but {then} once {what} is {at} or more"
    top = np.unravel_index(shares.argmax(), shares.shape)
    most, at = percent(float(shares.max())), _value(axis, int(top[1]))
    ever = "always likeliest" if not changes and len(lines) > 1 else "likeliest"
    return f"{who[top[0]]} is {ever} to block {name} alone, at most with probability {most} where {what} is {at}"
