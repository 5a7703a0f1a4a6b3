"""Intervals over outer draws: a line without caps and a tick at the median, unlike an error bar with its ±."""

from __future__ import annotations

from matplotlib.axes import Axes

from sim.show.layers import Band
from sim.show.plots.lettering import inches
from sim.show.plots.style import SMALL, Whisker

KEY = 0.32  # inches, a whisker in a key


def whisker(axes: Axes, band: Band, y: float, look: Whisker) -> None:
    """A band of probabilities at a height."""
    low, middle, high = (min(max(each, 0.0), 1.0) for each in (band.low, band.middle, band.high))
    _line(axes, low, middle, high, y, look)


def key(axes: Axes, left: float, look: Whisker, label: str) -> float:
    """A whisker and its meaning, in axes whose unit is an inch; where the next entry begins."""
    _line(axes, left, left + KEY / 2, left + KEY, 0.5, look)
    axes.text(left + KEY + 0.07, 0.47, label, fontsize=SMALL, va="center_baseline")
    return left + KEY + inches(label, SMALL) + 0.35


def _line(axes: Axes, low: float, middle: float, high: float, y: float, look: Whisker) -> None:
    axes.plot(
        (low, high), (y, y), color=look.colour, linewidth=look.width, solid_capstyle="butt", zorder=3, clip_on=False
    )
    axes.plot(
        middle,
        y,
        "|",
        markersize=look.tick,
        markeredgewidth=max(look.width * 0.7, 1.1),
        color=look.colour,
        zorder=4,
        clip_on=False,
    )
