"""What the spread of a probability comes from: Sobol indices or Morris effects by input, a panel an output."""

from __future__ import annotations

import re
from math import hypot, isfinite
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from sim.show.plots.captions import listed
from sim.show.plots.lettering import fitted, inches, shortened, unbroken
from sim.show.plots.sheet import Sheet, Size, Words
from sim.show.plots.style import BODY, INK, NOTE, PAPER, SMALL, SOFT, Look
from sim.show.plots.sweeps import panels, rows
from sim.show.plots.sweeps.lines import Room
from sim.show.plots.sweeps.scale import Scale
from sim.show.plots.sweeps.wording import quoted
from sim.show.words import percent
from sim.study.indices import Index, Output, Sensitivity

MOST, PANELS = 30, 3  # inputs; outputs
METHODS = {"sobol": "Sobol indices, {:,} base points", "morris": "Morris screening, {:,} trajectories"}
KEYS, HEAD, ROW, FOOT = 0.34, 0.44, 0.32, 0.46  # inches
FIRST, TOTAL, EFFECT = Look("#00456E"), Look("#84BCE0"), Look("#2F86BE")


def drawable(record: Sensitivity) -> bool:
    """Are there indices?"""
    return any(output.indices for output in record.outputs)


def draw(record: Sensitivity, size: Size | None = None) -> Sheet:
    """Two bars an input, or one and a mark; the same inputs in the same order for every output."""
    outputs = [each for each in record.outputs if each.indices][:PANELS]
    order = [each.input for each in sorted(outputs[0].indices, key=_size, reverse=True)]
    shown = order[:MOST]
    left = rows.width(shown)
    sheet = Sheet(_words(record, outputs, order), KEYS + HEAD + ROW * max(len(shown), 2) + FOOT, size)
    tiling = panels.Tiling(len(outputs), len(outputs), left, KEYS, HEAD, FOOT)
    ends = _ends(outputs)
    sheet.keys(0.1, [(TOTAL, "total"), (FIRST, "first order")] if _sobol(outputs) else [(EFFECT, "mean size (mu*)")])
    if _spread(outputs):
        _key(sheet, inches("mean size (mu*)", SMALL) + 0.5)
    for number, output in enumerate(outputs):
        room = tiling.room(sheet, number)
        sheet.write(room.left, room.top - 0.27, fitted(output.name, room.wide, BODY, bold=True), bold=True)
        about = f"mean {percent(output.mean)}, standard deviation {percent(output.deviation)}"
        sheet.write(room.left, room.top - 0.11, fitted(about, room.wide, NOTE), size=NOTE, ink=SOFT)
        axes = _frame(sheet, room, ends, len(shown), "index" if _sobol(outputs) else "change in the probability")
        found = {each.input: each for each in output.indices}
        for place, name in enumerate(shown):
            _row(axes, room, place, found.get(name, Index(name)))
    rows.write(sheet, tiling.room(sheet, 0), shown)
    return sheet


def _sobol(outputs: list[Output]) -> bool:
    return any(each.total is not None or each.first is not None for output in outputs for each in output.indices)


def _spread(outputs: list[Output]) -> bool:
    """Effects of groups have no sign, and so no spread."""
    return any(each.spread is not None for output in outputs for each in output.indices)


def _size(index: Index) -> float:
    """What inputs are sorted by."""
    return _number(index.total if index.total is not None else index.effect, -1.0)


def _number(value: float | None, other: float = 0.0) -> float:
    return value if value is not None and isfinite(value) else other


def _ends(outputs: list[Output]) -> tuple[float, float]:
    """A scale that holds all bars with their intervals, and their numbers."""
    every = [each for output in outputs for each in output.indices]
    values = [0.0]
    for each in every:
        for value, error in (
            (each.first, each.first_error),
            (each.total, each.total_error),
            (each.effect, each.effect_error),
            (each.spread, 0.0),
        ):
            values += [_number(value) - _number(error), _number(value) + _number(error)] if value is not None else []
    least, most = min(values), max(values)
    most = max(most, 1.0) if _sobol(outputs) else most * 1.15 or 1.0
    return least if least < 0 and any(_number(each.first) < 0 for each in every) else 0.0, most


def _frame(sheet: Sheet, room: Room, ends: tuple[float, float], count: int, across: str) -> Axes:
    axes = sheet.axes(room.left, room.top, room.wide, room.high)
    least, most = ends
    scale = Scale(np.linspace(least, most, 21), log=False)
    axes.set(xlim=(least, most), ylim=(count - 0.5, -0.5), yticks=[], xlabel=fitted(across, room.wide, BODY))
    ticks = scale.ticks(room.wide)
    axes.set_xticks([at for at, _ in ticks], labels=[label for _, label in ticks])
    axes.grid(axis="x")
    axes.axvline(0, color=SOFT, linewidth=0.8)
    axes.spines["left"].set_visible(False)
    return axes


def _row(axes: Axes, room: Room, place: int, index: Index) -> None:
    if index.total is not None or index.first is not None:
        _bar(axes, place - 0.19, index.total, index.total_error, TOTAL, 0.36)
        _bar(axes, place + 0.19, index.first, index.first_error, FIRST, 0.36)
        _label(axes, room, place - 0.19, index.total, index.total_error)
    elif index.effect is not None:
        _bar(axes, place, index.effect, index.effect_error, EFFECT, 0.5)
        if index.spread is not None and isfinite(index.spread):
            mark: dict[str, Any] = {"markersize": 4.5, "markerfacecolor": PAPER, "markeredgecolor": INK}
            axes.plot(index.spread, place, "D", zorder=4, clip_on=False, **mark)
        _label(axes, room, place, index.effect, max(_number(index.effect_error), _beyond(index)))
    else:
        axes.text(0, place, " not given", fontsize=SMALL, color=SOFT, va="center_baseline")


def _beyond(index: Index) -> float:
    """How far the mark of the spread reaches beyond the bar."""
    return _number(index.spread) - _number(index.effect)


def _bar(axes: Axes, place: float, value: float | None, error: float | None, look: Look, high: float) -> None:
    if value is None or not isfinite(value):
        return
    axes.barh(place, value, high, color=look.face, linewidth=0, zorder=2)
    if _number(error) > 0:
        style: dict[str, Any] = {"ecolor": INK, "elinewidth": 0.9, "capsize": 1.8}
        axes.errorbar(value, place, xerr=_number(error), fmt="none", zorder=3, **style)


def _label(axes: Axes, room: Room, place: float, value: float | None, error: float | None) -> None:
    """A bar's number behind its interval, or before it where the panel ends."""
    if value is None or not isfinite(value):
        return
    words, (least, most) = _said(value), axes.get_xlim()
    end, wide = max(value, 0.0) + max(_number(error), 0.0), inches(words, SMALL) + 0.12
    room_left = (most - end) / (most - least) * room.wide
    at, shift = (end, 6.0) if room_left >= wide else (most, 2 - wide * 72 + max(OVER - 0.04, 0) * 72)
    ground: dict[str, Any] = {"facecolor": PAPER, "edgecolor": "none", "pad": 0.3, "alpha": 0.8}
    style: dict[str, Any] = {"fontsize": SMALL, "va": "center_baseline", "bbox": ground, "zorder": 5}
    axes.annotate(words, (at, place), (shift, 0), textcoords="offset points", **style)


OVER = 0.2  # inches that a number may reach beyond its panel


def _said(value: float) -> str:
    """An index with two digits, an effect with three."""
    return f"{value:.3g}" if abs(value) >= 100 else re.sub(r"^(-?)0\.", r"\1.", f"{value:.3f}")


def _key(sheet: Sheet, left: float) -> None:
    axes = sheet.axes(left, 0.035, 0.13, 0.13)
    axes.set(xlim=(0, 1), ylim=(0, 1))
    axes.set_axis_off()
    axes.plot(0.5, 0.5, "D", markersize=4.5, markerfacecolor=PAPER, markeredgecolor=INK, clip_on=False)
    sheet.write(left + 0.2, 0.1, "standard deviation (sigma)", size=SMALL)


def _level(indices: list[Index], top: Index) -> list[str]:
    """The inputs whose index is not surely smaller than the largest, this first."""

    def error(index: Index) -> float:
        return _number(index.total_error if index.total is not None else index.effect_error)

    near = [each for each in indices if _size(top) - _size(each) <= hypot(error(top), error(each)) and _size(each) > 0]
    return [each.input for each in sorted(near, key=_size, reverse=True)]


def _words(record: Sensitivity, outputs: list[Output], order: list[str]) -> Words:
    output, name = outputs[0], quoted(record.proposal, 50)
    what = unbroken(shortened(output.name, 50), 50)
    top = max(output.indices, key=_size)
    who = unbroken(shortened(top.input, 50), 50)
    sobol = _sobol(outputs)
    value = top.total if sobol else top.effect
    error = top.total_error if sobol else top.effect_error
    number = f"{_said(_number(value))}\u00a0±\u00a0{_said(_number(error))}"
    if _number(value) <= 0 or output.deviation <= 0:
        title = f"No input moves {what} of {name}: over their ranges it stays at {percent(output.mean)}"
    elif len(level := _level(output.indices, top)) > 1:
        title = f"What moves {what} of {name} most: {listed(level, 4)}, which this sample cannot tell apart"
    elif sobol:
        title = f"The spread of {what} of {name} comes most from {who}, with a total index of {number}"
    else:
        title = f"{name}: {what} is moved most by {who}, on average by {number}"
    kind = "First order: the share of the variance from an input alone; total: with all its interactions."
    if not sobol:
        marks = "; diamonds: how much that differs by place" if _spread(outputs) else ""
        kind = f"Bars: the mean size of the effect of moving one input{marks}."
    rest = f" The first {MOST} of {len(order)} inputs." if len(order) > MOST else ""
    groups = f" {record.inputs:,} single inputs in {len(order):,} groups." if record.inputs > len(order) else ""
    method = METHODS.get(record.method, record.method)
    how = f"{method.format(record.points)}, {record.runs:,} cases, 95\u00a0% intervals by bootstrap"
    return Words(title, f"{kind}{groups}{rest}", rows.source(record, how))
