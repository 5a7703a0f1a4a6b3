"""Uncertain weights and parameters before and after conditioning: a density each, the most moved first."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sim.answers.result import Moved, Result
from sim.model.council import Floats
from sim.show.layers import band, interpreted, layered, most_moved, shift, weight
from sim.show.plots.captions import source
from sim.show.plots.lettering import inches, shortened, unbroken, wrapped
from sim.show.plots.sheet import ROOM, Sheet, Size, Words
from sim.show.plots.style import INK, NOTE, OUTCOMES, SMALL, SOFT
from sim.show.sure import NEEDED, effective, too_few
from sim.show.words import amount, amounts, signed

MOST, ABREAST = 20, 4  # panels
HEAD, HIGH, FOOT, GAP, KEYS = 0.46, 0.62, 0.34, 0.3, 0.34  # inches
LIGHT, DARK = OUTCOMES["adopted-with-opt-out"].face, OUTCOMES["adopted"].face
NOTHING = 0.1  # a shift of the median in widths of the interval before, under which nothing is said to move


def drawable(result: Result) -> bool:
    """Does the result hold densities over outer draws?"""
    return layered(result) and bool(_shown(result))


def _shown(result: Result) -> list[Moved]:
    return [each for each in most_moved(result, result.moved or []) if band(each.prior) and _curve(each, False)]


def draw(result: Result, size: Size | None = None) -> Sheet:
    """Small panels, each on a scale of its own."""
    every = _shown(result)
    if not every:
        raise ValueError("this result holds no densities of weights")
    shown = every[:MOST]
    deep = -(-len(shown) // ABREAST)
    sheet = Sheet(_words(result, every), KEYS + deep * (HEAD + HIGH + FOOT), size)
    each, high = (ROOM + GAP) / ABREAST, (sheet.height - KEYS) / deep
    each *= sheet.width / ROOM
    _keys(sheet, interpreted(result) and any(_curve(moved, True) for moved in shown))
    for number, moved in enumerate(shown):
        row, column = divmod(number, ABREAST)
        left, top = column * each, KEYS + row * high
        _name(sheet, result, moved, left, top, each - GAP)
        axes = sheet.axes(left, top + HEAD, each - GAP, high - HEAD - FOOT)
        _panel(axes, moved, interpreted(result))
    return sheet


def _name(sheet: Sheet, result: Result, moved: Moved, left: float, top: float, width: float) -> None:
    lines = wrapped(moved.name, width, SMALL, bold=True)
    for line, words in enumerate(lines):
        sheet.write(left, top + 0.07 + 0.125 * line, words, size=SMALL, bold=True)
    pair = weight(result, moved)
    said = amounts(pair.prior)
    if pair.prior and pair.conditioned:
        said = f"{amount(pair.prior.middle)} → {amount(pair.conditioned.middle)} ({signed(shift(pair))})"
    sheet.write(left, top + 0.07 + 0.125 * len(lines), said, size=NOTE, ink=SOFT)


def _panel(axes: Axes, moved: Moved, after: bool) -> None:
    curves = [found for found in (_curve(moved, False), _curve(moved, True) if after else None) if found]
    low, high = _range(curves, moved.published)
    axes.set(xlim=(low, high), yticks=[])
    axes.spines["left"].set_visible(False)
    axes.xaxis.set_major_locator(MaxNLocator(3, prune="both"))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.4g}"))
    top = max(float(y.max()) for _, y in curves) or 1.0
    axes.set_ylim(0, top * 1.06)
    (x, y), *rest = curves
    axes.fill_between(x, y, color=LIGHT, linewidth=0, zorder=1)
    axes.plot(x, y, color=SOFT, linewidth=0.6, zorder=2)
    for further, density in rest:
        axes.plot(further, density, color=DARK, linewidth=1.7, zorder=4)
    axes.plot((moved.published,) * 2, (0, top * 1.06), color=INK, linewidth=0.9, dashes=(2, 1.5), zorder=3)


def _curve(moved: Moved, after: bool) -> tuple[Floats, Floats] | None:
    """A density to draw; None where the record holds none, or one that does not go with its grid."""
    density = moved.conditioned_density if after else moved.prior_density
    x, y = np.array(moved.grid, float), np.array(density or [], float)
    sound = x.size > 1 and x.shape == y.shape and bool((np.diff(x) > 0).all()) and bool((y >= 0).all())
    return (x, y) if sound else None


def _range(curves: list[tuple[Floats, Floats]], published: float) -> tuple[float, float]:
    """Where the densities are to be seen, and the published value with them."""
    seen = [x[y >= 0.01 * y.max()] for x, y in curves]
    low = min([published, *(float(x.min()) for x in seen)])
    high = max([published, *(float(x.max()) for x in seen)])
    room = 0.03 * (high - low) or 1.0
    return low - room, high + room


def _keys(sheet: Sheet, after: bool) -> None:
    axes = sheet.axes(0, 0, sheet.width, 0.2)
    axes.set(xlim=(0, sheet.width), ylim=(0, 1))
    axes.set_axis_off()
    left = 0.0
    entries = ["over outer draws, before", *(["given what was observed"] if after else []), "published value"]
    for label in entries:
        if label == entries[0]:
            axes.fill_between((left, left + 0.26), 0.2, 0.8, color=LIGHT, edgecolor=SOFT, linewidth=0.6)
        elif label == entries[-1]:
            axes.plot((left + 0.13,) * 2, (0.1, 0.9), color=INK, linewidth=0.9, dashes=(2, 1.5))
        else:
            axes.plot((left, left + 0.26), (0.5, 0.5), color=DARK, linewidth=1.7)
        axes.text(left + 0.33, 0.47, label, fontsize=SMALL, va="center_baseline")
        left += inches(label, SMALL) + 0.33 + 0.25


def _words(result: Result, moved: list[Moved]) -> Words:
    first = weight(result, moved[0])
    far = shift(first)
    if first.prior is None or first.conditioned is None:
        title = "How uncertain weights and parameters are taken to be, before any conditioning"
    elif far is None or abs(far) < NOTHING:
        title = "What was observed hardly moves any weight or parameter"
    else:
        name = unbroken(shortened(moved[0].name, 40), 40)
        medians = f"its median goes from {amount(first.prior.middle)} to {amount(first.conditioned.middle)}"
        title = f"What was observed moves {name} most: {medians}"
    left = (
        f", given what was observed {effective(result.effective_draws or 0)} effective" if interpreted(result) else ""
    )
    sample = f"{result.draws:,} outer draws, seed {result.seed}{left}"
    return Words(title, _subtitle(result, moved, first.conditioned is not None), source(result, sample, layer=""))


def _subtitle(result: Result, moved: list[Moved], after: bool) -> str:
    rest = f" The {MOST} that moved most of {len(moved)}." if len(moved) > MOST and after else ""
    rest = f" The first {MOST} of {len(moved)}." if len(moved) > MOST and not after else rest
    if after:
        return (
            "Densities over outer draws; above each, the median before and after, and its shift in widths of the"
            f" 5–95 % interval before.{rest}"
        )
    said = "Densities over outer draws; above each, the median and the 5–95 % interval."
    if result.observed and result.effective_draws is not None and not interpreted(result):
        few = too_few(result.effective_draws, result.draws)
        said += f" {few} agree with what was observed; {NEEDED}, so nothing conditioned is shown."
    return f"{said}{rest}"
