"""Adoption against the size of the weights, for each rule: the first soft spot, seen at once."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes

from sim.answers.result import ProposalResult, Result, SizeCurve
from sim.model.council import Floats
from sim.show.plots.captions import engine, probability_axis, source, titled, under
from sim.show.plots.lettering import fitted, inches, widest
from sim.show.plots.sheet import Sheet, Size, Words
from sim.show.plots.spacing import spread
from sim.show.plots.style import INK, OTHERS, PAPER, SMALL, SOFT, STATED, Stroke

HEIGHT, LEFT, FOOT, TOP, APART = 3.5, 0.5, 0.42, 0.2, 0.15  # inches


def drawable(result: Result) -> bool:
    """Does the result hold a curve?"""
    return result.proposals[0].size_curve is not None


def draw(result: Result, size: Size | None = None) -> Sheet:
    """A curve a rule, named at its right end."""
    text = result.proposals[0]
    curve = text.size_curve
    if curve is None:
        raise ValueError("this result holds no curve of the weights' size")
    rules = sorted(curve.adopted_any, key=lambda rule: rule != text.rule)
    height = max(HEIGHT, APART * len(rules) + 0.4)
    sheet = Sheet(_words(result, text, curve), height + FOOT + TOP, size)
    names = min(widest([f"{rule} (stated)" for rule in rules[:1]] + rules[1:], SMALL, bold=True), 1.5) + 0.3
    wide, high = sheet.width - LEFT - names, sheet.height - FOOT - TOP
    axes = sheet.axes(LEFT, TOP, wide, high)
    _frame(axes, curve, wide)
    strokes = [STATED if rule == text.rule else OTHERS[place % len(OTHERS)] for place, rule in enumerate(rules, -1)]
    for rule, stroke in zip(rules, strokes, strict=True):
        _line(axes, curve, rule, stroke)
    ends = [TOP + high * (1 - (curve.adopted_any[rule][-1] + 0.02) / 1.04) for rule in rules]
    places = spread(ends, APART, TOP, TOP + high)
    for rule, stroke, end, place in zip(rules, strokes, ends, places, strict=True):
        _name(sheet, axes, rule, stroke, LEFT + wide, (end, place), bold=rule == text.rule)
    return sheet


def _frame(axes: Axes, curve: SizeCurve, wide: float) -> None:
    first, last = min(curve.sizes), max(curve.sizes)
    span = (last - first) or 1.0
    axes.set(xlim=(first, first + span), ylim=(-0.02, 1.02))
    axes.set(xlabel="size of the weights (utils)", ylabel="P(adopted in any form)")
    probability_axis(axes.yaxis)
    axes.grid(axis="y")
    axes.axhline(0.5, color=SOFT, linewidth=0.8, dashes=(3, 2), zorder=1.5)
    if not first <= curve.stated <= last:
        return
    axes.axvline(curve.stated, color=INK, linewidth=0.8, dashes=(1, 1.5), zorder=1.5)
    label = f"in the scenario: {curve.stated:g}"
    at = (curve.stated - first) / span * wide
    half = inches(label, SMALL) / 2
    shift = max(half - at, 0.0) + min(wide - at - half, 0.0)
    axes.annotate(
        label,
        (curve.stated, 1),
        (shift * 72, 3),
        xycoords=("data", "axes fraction"),
        textcoords="offset points",
        fontsize=SMALL,
        ha="center",
        va="bottom",
    )


def _line(axes: Axes, curve: SizeCurve, rule: str, stroke: Stroke) -> None:
    x, y = np.array(curve.sizes), np.array(curve.adopted_any[rule])
    error = np.array(curve.standard_error.get(rule, np.zeros_like(y)))
    if error.any():
        low, high = np.clip(y - error, 0, 1), np.clip(y + error, 0, 1)
        axes.fill_between(x, low, high, color=stroke.colour, alpha=0.25, linewidth=0)
    (line,) = axes.plot(x, y, color=stroke.colour, linewidth=stroke.width, zorder=4 if stroke is STATED else 3)
    line.set(
        marker=stroke.marker, markersize=4.2, markevery=4, markeredgecolor=PAPER, markeredgewidth=0.4, clip_on=False
    )
    if stroke.dashes:
        line.set_dashes(stroke.dashes)


def _name(
    sheet: Sheet, axes: Axes, rule: str, stroke: Stroke, x: float, heights: tuple[float, float], bold: bool
) -> None:
    """A curve's name beside its end, with a thin line to it where names had to move apart."""
    end, place = heights
    axes.annotate(
        "",
        (1, 1 - (end - TOP) / (sheet.height - FOOT - TOP)),
        (1 + 0.17 / (x - LEFT), 1 - (place - TOP) / (sheet.height - FOOT - TOP)),
        xycoords="axes fraction",
        textcoords="axes fraction",
        arrowprops={"arrowstyle": "-", "color": stroke.colour, "linewidth": 0.7, "shrinkA": 0, "shrinkB": 2},
    )
    width = sheet.width - x - 0.22
    rule = f"{rule} (stated)" if bold else rule
    sheet.write(x + 0.2, place, fitted(rule, width, SMALL, bold), size=SMALL, bold=bold, ink=INK)


def _words(result: Result, text: ProposalResult, curve: SizeCurve) -> Words:
    stated = np.array(curve.adopted_any.get(text.rule) or next(iter(curve.adopted_any.values())))
    at = [f"{each:.1f}" for each in _turns(np.array(curve.sizes), stated)]
    above = bool(stated[0] >= 0.5)
    now, then = ("passes", "fails") if above else ("fails", "passes")
    name, often = titled(text), f"more often than not {under(text.rule)}"
    if len(at) == 0:
        title = f"{name} {now} {often}, whatever the size of the weights"
    elif len(at) == 1:
        title = f"{name} {then} {often} once the weights are larger than about {at[0]}"
    elif len(at) == 2:
        title = f"{name} {then} {often} only while the weights are between about {at[0]} and {at[1]}"
    else:
        title = f"The fate of {name} {under(text.rule)} turns {len(at)} times with the size of the weights"
    subtitle = "Probability of adoption in any form, as all weights that share the scenario's size grow together."
    if not min(curve.sizes) <= curve.stated <= max(curve.sizes):
        subtitle += f" The scenario's own, {curve.stated:g}, lies outside."
    return Words(title, subtitle, source(result, engine(result, [text], curve.replicates)))


def _turns(sizes: Floats, adopted: Floats) -> Floats:
    """The sizes at which a curve crosses one half, on straight lines between its points."""
    above = adopted >= 0.5
    a = np.flatnonzero(above[1:] != above[:-1])
    share = (0.5 - adopted[a]) / (adopted[a + 1] - adopted[a])
    return np.asarray(sizes[a] + share * (sizes[a + 1] - sizes[a]))
