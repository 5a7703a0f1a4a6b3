"""Adoption against heed, for values of isolation, without hiding and with it."""

from __future__ import annotations

from dataclasses import replace
from math import ceil, floor, hypot

import numpy as np
from matplotlib.axes import Axes

from sim.answers.result import HeedCurve, ProposalResult, Result
from sim.show.plots.captions import source, titled, under
from sim.show.plots.sheet import Sheet, Size, Words
from sim.show.plots.style import OTHERS, PAPER, Stroke
from sim.show.plots.sweeps.lines import APART, Line, Room, across_ticks, name_ends, names_width, stated_line
from sim.show.plots.sweeps.scale import exactly, scale
from sim.show.words import percent, rate

HEIGHT, LEFT, FOOT, TOP = 3.3, 0.5, 0.42, 0.2  # inches
LEAST = 0.2  # of the axis of probability that is shown
ERRORS = 2  # standard errors to each side
DASHES = (4, 1.6)


def drawable(result: Result) -> bool:
    """Does the result hold curves, of more than a point each, and all of their points?"""
    room = result.proposals[0].room
    curve = room.heed_curve if room else None
    if curve is None or len(set(curve.heed)) < 2 or not curve.isolation or not curve.hide:
        return False
    shape = (len(curve.hide), len(curve.isolation), len(curve.heed))
    return all(_shape(each) == shape for each in (curve.adopted_any, curve.standard_error))


def _shape(table: list[list[list[float]]]) -> tuple[int, ...]:
    try:
        return np.shape(table)
    except ValueError:  # rows of different lengths
        return ()


def draw(result: Result, size: Size | None = None) -> Sheet:
    """A curve for each isolation: whole without hiding, dashed with it; named at its right end."""
    text = result.proposals[0]
    curve = text.room.heed_curve if text.room else None
    if curve is None:
        raise ValueError("this result holds no curve of heed")
    lines = curves(curve)
    names = names_width(lines)
    sheet = Sheet(_words(result, text, curve), max(HEIGHT, APART * len(lines) + 0.2) + FOOT + TOP, size)
    room = Room(LEFT, TOP, sheet.width - LEFT - names, sheet.height - FOOT - TOP)
    across = scale(curve.heed)
    axes = sheet.axes(room.left, room.top, room.wide, room.high)
    axes.set(xlim=across.ends, ylabel="P(adopted in any form)")
    _upright(axes, curve)
    across_ticks(axes, room, across, "heed: 0 looks at the support as tabled, 1 at who has fallen silent")
    stated_line(axes, room, across, curve.stated)
    for number, line in enumerate(lines):
        _trace(axes, line, number // len(curve.isolation))
    name_ends(sheet, axes, room, _together(lines, len(curve.isolation)))
    return sheet


def curves(curve: HeedCurve) -> list[Line]:
    """The curves in the record's order, with their bands."""
    found, x = [], np.array(curve.heed, float)
    order = np.argsort(x, kind="stable")
    for row, hide in enumerate(curve.hide):
        for place, isolation in enumerate(curve.isolation):
            y, error = (np.array(each[row][place])[order] for each in (curve.adopted_any, curve.standard_error))
            like = OTHERS[place % len(OTHERS)]
            stroke = Stroke(like.colour, DASHES if row else (), like.marker, 1.3 if row else 1.8)
            name = f"isolation {exactly(isolation)}" + (f", hide {exactly(hide)}" if row else "")
            band = np.clip(y - ERRORS * error, 0, 1), np.clip(y + ERRORS * error, 0, 1)
            found.append(Line(name, x[order], y, stroke, band))
    return found


def _together(lines: list[Line], many: int) -> list[Line]:
    """The curves as their names need them: those with hiding end where their like without does, if they coincide."""
    found = []
    for place in range(many):
        for line in lines[place::many]:
            like = lines[place]
            if line.band is not None and line.band[0][-1] <= like.y[-1] <= line.band[1][-1]:
                line = replace(line, y=like.y)
            found.append(line)
    return found


def _trace(axes: Axes, line: Line, row: int) -> None:
    """A curve; where those with hiding and without coincide, hollow marks and filled ones take turns."""
    stroke = line.stroke
    if line.band is not None:
        axes.fill_between(line.x, *line.band, color=stroke.colour, alpha=0.16, linewidth=0, zorder=0.3)
    (drawn,) = axes.plot(line.x, line.y, color=stroke.colour, linewidth=stroke.width, zorder=3 + row, clip_on=False)
    if stroke.dashes:
        drawn.set_dashes(stroke.dashes)
    step = 2 * max(1, round(len(line.x) / 12))
    drawn.set(marker=stroke.marker, markersize=4.6, markevery=(step // 2 * (row % 2), step))
    drawn.set(markerfacecolor=PAPER if row else stroke.colour, markeredgewidth=1.0 if row else 0.4)
    drawn.set(markeredgecolor=stroke.colour if row else PAPER)


def _upright(axes: Axes, curve: HeedCurve) -> None:
    """The part of the axis of probability on which there is something to see, with round ends."""
    y, error = np.array(curve.adopted_any), np.array(curve.standard_error)
    low, high = float((y - ERRORS * error).min()), float((y + ERRORS * error).max())
    low, high = min(low, (low + high - LEAST) / 2), max(high, (low + high + LEAST) / 2)
    step = 0.05 if high - low <= 0.45 else 0.1 if high - low <= 0.9 else 0.25
    first, last = max(floor(low / step + 1e-9), 0), min(ceil(high / step - 1e-9), round(1 / step))
    ticks = [number * step for number in range(first, last + 1)]
    labels = [f"{each:.2f}".removeprefix("0").rstrip("0").removesuffix(".") or "0" for each in ticks]
    span = ticks[-1] - ticks[0]
    axes.set(ylim=(ticks[0] - 0.02 * span, ticks[-1] + 0.02 * span))
    axes.yaxis.set_ticks(ticks, labels=labels)
    axes.grid(axis="y")


def _words(result: Result, text: ProposalResult, curve: HeedCurve) -> Words:
    middle, last = len(curve.isolation) // 2, int(np.argmax(curve.heed))
    first = int(np.argmin(curve.heed))
    y, error = curve.adopted_any[0][middle], curve.standard_error[0][middle]
    rise, sure = y[last] - y[first], ERRORS * hypot(error[first], error[last])
    before, after = (_rate(y[at], error[at], curve) for at in (first, last))
    what, ends = f"{titled(text)} {under(text.rule)}", f"{exactly(curve.heed[first])} to {exactly(curve.heed[last])}"
    if abs(rise) <= sure:
        title = f"How much members heed each other hardly matters to {what}: P(adopted) is {before}, then {after}"
    else:
        way = "helps" if rise > 0 else "hurts"
        title = f"Heeding each other {way} {what}: from heed {ends}, P(adopted) goes from {before} to {after}"
    isolation = exactly(curve.isolation[middle])
    subtitle = f"Isolation is what it costs to object alone; the title speaks of isolation {isolation}."
    subtitle += f"{_hiding(curve)} Bands: ± two standard errors."
    if not min(curve.heed) <= curve.stated <= max(curve.heed):
        subtitle += f" The scenario's own heed, {exactly(curve.stated)}, lies outside."
    return Words(title, subtitle, source(result, _sample(result, curve)))


def _rate(share: float, error: float, curve: HeedCurve) -> str:
    return rate(share, error, curve.replicates) if error > 0 or share in (0.0, 1.0) else percent(share)


def _hiding(curve: HeedCurve) -> str:
    """What dashes mean, and whether they make a difference."""
    if len(curve.hide) < 2:
        return ""
    y, error = np.array(curve.adopted_any), np.array(curve.standard_error)
    apart = np.abs(y[1:] - y[0])
    said = f" Dashed, with hollow marks: hide {exactly(curve.hide[1])}"
    if not apart.any():
        return f"{said}; it changes nothing, so these curves lie on the others."
    if bool((apart <= ERRORS * np.hypot(error[1:], error[0])).all()):
        most = percent(ceil(float(apart.max()) * 1000 - 1e-9) / 1000)
        return f"{said}; it moves no point by more than {most}, so these curves lie on the others or near."
    return f"{said}."


def _sample(result: Result, curve: HeedCurve) -> str:
    return f"Monte Carlo, one sample of {curve.replicates:,} replicates, seed {result.seed}"
