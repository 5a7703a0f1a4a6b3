"""Adoption by name: a dot with its interval for each rule, list of members or file, a panel a proposal."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes

from sim.show.plots.captions import probability_axis
from sim.show.plots.lettering import inches, shortened, unbroken, widest, wrapped
from sim.show.plots.sheet import ROOM, Sheet, Size, Words
from sim.show.plots.style import BLUE, BODY, FAINT, INK, PAPER, SMALL, SOFT, VERMILION
from sim.show.plots.sweeps import panels
from sim.show.plots.sweeps.lines import Room
from sim.show.plots.sweeps.reading import Cells, conditioned, first, interval, live, said_of, slices, varying
from sim.show.plots.sweeps.wording import ADOPTED, after, banded, called, chance, quoted, source, unshown
from sim.show.words import percent
from sim.study.cells import Axis, Sweep, label

MOST, PANELS, LONG = 60, 6, 15  # names; panels, and in how many rows of panels with more names than LONG
ROW, TWO, FOOT = 0.2, 0.27, 0.46  # inches; TWO: a name in two lines


@dataclass(frozen=True)
class Column:
    """One panel: a proposal along the names, or in a slice."""

    name: str
    cells: Cells
    text: int
    said: str = ""


def drawable(sweep: Sweep) -> bool:
    """Is one of the live axes one of names?"""
    return _names(sweep) is not None


def _names(sweep: Sweep) -> Axis | None:
    """The axis of names that has the most of them."""
    return max((each for each in live(sweep) if not each.numeric), key=lambda each: len(each.values), default=None)


def draw(sweep: Sweep, size: Size | None = None) -> Sheet:
    """Names from above in the order asked for; dots on a line from 0 to 1."""
    axis = _names(sweep)
    if axis is None:
        raise ValueError("this sweep has no axis of names")
    rows = axis.labels[:MOST]
    columns, rest = _columns(sweep, axis, 3 if len(rows) > LONG else PANELS)
    wide = min(widest(list(rows), BODY, bold=True), ROOM * 0.36) + 0.12
    roomy = sweep.prior is not None or any(len(_lines(each, wide)) > 1 for each in rows)
    tall = TWO if roomy else ROW
    tiling = panels.tiling(len(columns), wide, 0.0, titled=len(columns) > 1)
    sheet = Sheet(_words(sweep, axis, columns[0], rest), tiling.height(tall * max(len(rows), 2)), size)
    own = [each == _own(axis) for each in rows]
    for number, column in enumerate(columns):
        room = tiling.room(sheet, number)
        if len(columns) > 1:
            panels.title(sheet, room, column.name)
        axes = sheet.axes(room.left, room.top, room.wide, room.high)
        _frame(axes, len(rows))
        for place, cell in enumerate(column.cells[:MOST]):
            _mark(axes, room, sweep, place, int(cell), column.text, own[place])
        if tiling.leftmost(number):
            _row_names(sheet, room, rows, own, wide)
    return sheet


def _own(axis: Axis) -> str | None:
    """The scenario's own value as a word."""
    return None if axis.stated is None else label(axis.stated)


def _columns(sweep: Sweep, axis: Axis, most: int) -> tuple[list[Column], str]:
    cut = slices(sweep, [axis])
    names = f" The first {MOST} of {len(axis.values):,}." if len(axis.values) > MOST else ""
    if len(cut) > 1:
        columns = [Column(each.title, each.cells, first(sweep), each.said) for each in cut[:most]]
        return columns, names + (f" The first {most} of {len(cut):,} slices." if len(cut) > most else "")
    moving = varying(sweep)
    texts = sorted([*moving, *(each for each in range(len(sweep.proposals)) if each not in moving)][:most])
    return [Column(sweep.proposals[text], cut[0].cells, text) for text in texts], names + unshown(sweep, texts, False)


def _lines(name: str, width: float, bold: bool = False) -> list[str]:
    one = wrapped(name, width - 0.12, BODY, bold, lines=1)
    return one if not one[0].endswith("…") else wrapped(name, width - 0.12, SMALL, bold)


def _row_names(sheet: Sheet, room: Room, rows: tuple[str, ...], own: list[bool], width: float) -> None:
    for number, (name, bold) in enumerate(zip(rows, own, strict=True)):
        lines = _lines(name, width, bold)
        size = BODY if len(lines) == 1 else SMALL
        y = room.top + room.high * (number + 0.5) / len(rows) - 0.06 * (len(lines) - 1)
        for place, line in enumerate(lines):
            sheet.write(0, y + 0.12 * place, line, size=size, bold=bold)


def _frame(axes: Axes, rows: int) -> None:
    axes.set(xlim=(-0.03, 1.03), ylim=(rows - 0.5, -0.5), yticks=[], xlabel=ADOPTED)
    probability_axis(axes.xaxis)
    axes.spines["left"].set_visible(False)
    axes.axvline(0.5, color=SOFT, linewidth=0.7, dashes=(3, 2), zorder=1)
    axes.hlines(range(rows), 0, 1, color=FAINT, linewidth=0.7, zorder=0.9)


def _mark(axes: Axes, room: Room, sweep: Sweep, place: int, cell: int, text: int, own: bool) -> None:
    share, one = float(sweep.adopted_any[cell, text]), np.array([cell])
    colour, marker = (INK, "D") if own else (BLUE, "o")
    if not np.isfinite(share):
        _number(axes, room, place, "not computed", (0.0, 0.0), own)
        return
    reach = interval(sweep, one, text)
    low, high = (float(reach[0][0]), float(reach[1][0])) if reach else (share, share)
    if reach:
        axes.plot((low, high), (place, place), color=colour, linewidth=1.3, zorder=3, solid_capstyle="butt")
        axes.plot((low, high), (place, place), "|", color=colour, markersize=4, zorder=3)
    left = conditioned(sweep, one, text)
    if left is not None:
        below = place + 0.26
        axes.plot(left[0, ::2], (below, below), color=VERMILION, linewidth=1.1, zorder=3, dashes=(2, 1))
        axes.plot(left[0, 1], below, "s", color=VERMILION, markersize=2.6, zorder=3)
        low, high = min(low, float(left[0, 0])), max(high, float(left[0, 2]))
    axes.plot(
        share, place, marker, markersize=4.6, markerfacecolor=colour, markeredgecolor=colour, zorder=4, clip_on=False
    )
    _number(axes, room, place, percent(share), (low, high), own)


def _number(axes: Axes, room: Room, place: int, words: str, reach: tuple[float, float], own: bool) -> None:
    """The number beside the dot and its interval, on the side with more room."""
    right = reach[1] + (inches(words, SMALL, own) + 0.12) / room.wide * 1.06 <= 1.02 or reach[0] < 1 - reach[1]
    at, shift, align = (reach[1], 6, "left") if right else (reach[0], -6, "right")
    axes.annotate(
        words,
        (at, place),
        (shift, 0),
        textcoords="offset points",
        fontsize=SMALL,
        fontweight="bold" if own else "normal",
        ha=align,
        va="center_baseline",
        bbox={"facecolor": PAPER, "edgecolor": "none", "pad": 0.4},
        zorder=2,
    )


def _words(sweep: Sweep, axis: Axis, column: Column, rest: str) -> Words:
    text = column.text if column.text == first(sweep) else first(sweep)
    name, what = quoted(sweep.proposals[text], 50), unbroken(shortened(called(axis), 40))
    shares = np.nan_to_num(sweep.adopted_any[column.cells, text], nan=-1.0)
    best, worst = int(np.argmax(shares)), int(np.argmin(np.where(shares < 0, 2.0, shares)))
    said = [unbroken(shortened(said_of(axis, axis.labels[each]), 50), 50) for each in (best, worst)]
    chances = [chance(sweep, int(column.cells[each]), text) for each in (best, worst)]
    passing = int((shares >= 0.5).sum())
    if shares.max() < 0:
        title = f"{name} was not computed for any {what}"
    elif shares[best] - min(shares[worst], shares[best]) < 0.001:
        does = "passes" if passing else "fails"
        title = f"Whatever {what}, {name} {does} more often than not, with probability {chances[0]} of adoption"
    else:
        slice_ = f", {unbroken(shortened(column.said, 50), 50)}" if len(live(sweep)) > 1 else ""
        title = f"{name} passes most often {said[0]} ({chances[0]}), least {said[1]} ({chances[1]}){slice_}"
    mark = " Diamond: as in the scenario." if _own(axis) in axis.labels[:MOST] else ""
    where = f" of {name}" if len(live(sweep)) > 1 else ""
    dots = f"Probability of adoption{where} in any form by {what}, in the order asked for; dashed: one half."
    return Words(
        title,
        f"{dots}{banded(sweep, 'Bars')}{after(sweep, 'Dashes below, with a square at the median')}{mark}{rest}",
        source(sweep),
    )
