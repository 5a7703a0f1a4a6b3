"""Ties as wedges: broad at the member that listens, with their points at whom it hears."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.patches import Polygon

from sim.model.council import Floats
from sim.show.plots.style import PAPER, VERMILION

FEW, MANY = 3, 8  # a member's ties that are drawn: so many, or more where they are equal
BASE, POINT, DOT = 0.085, 0.006, 0.065  # inches: a strongest tie's broad end and its point, and half a dot
STEPS = 24  # points along a tie
HEARS, HEARS_OBJECTOR = ("#CFD8DE", "#24475C"), ("#EFD0BC", VERMILION)  # from weak to strong


@dataclass(frozen=True)
class Tie:
    """Who listens to whom, by place, and which share of what the listener hears that is."""

    listener: int
    heard: int
    share: float


def attention(ties: list[list[float]], many: int) -> Floats:
    """Which share of what a member hears each other one is, (N, N); rows of members that listen to nobody are 0."""
    weights = np.zeros((many, many))
    for listener, heard, weight in ties:
        if int(listener) != int(heard):
            weights[int(listener), int(heard)] = weight
    total = weights.sum(axis=1, keepdims=True)
    return np.asarray(weights / np.where(total > 0, total, 1.0))


def strongest(shares: Floats) -> list[Tie]:
    """Each member's strongest ties, weak ones first; those it hears alike are all drawn or, where too many, none."""
    found = []
    for listener, row in enumerate(shares):
        taken = 0
        for share in sorted({float(each) for each in row if each > 0}, reverse=True):
            alike = np.flatnonzero(row == share)
            if taken + len(alike) > (MANY if taken == 0 else FEW):
                break
            taken += len(alike)
            found += [Tie(listener, int(heard), share) for heard in alike]
    return sorted(found, key=lambda tie: tie.share)


def draw(axes: Axes, drawn: list[Tie], dots: Floats, stances: list[str]) -> None:
    """Wedges between dots, strong ones on top; dots: (N, 2), inches from the circle's centre, in axes of inches."""
    most = max((tie.share for tie in drawn), default=1.0)
    for number, tie in enumerate(drawn):
        strength = float(np.sqrt(tie.share / most))
        weak, strong = (np.array(to_rgb(each)) for each in colours(stances[tie.heard]))
        shape = wedge(dots[tie.listener], dots[tie.heard], BASE * strength)
        colour = weak + (strong - weak) * strength
        axes.add_patch(
            Polygon(shape, closed=True, facecolor=colour, edgecolor=PAPER, linewidth=0.3, zorder=1 + number * 1e-4)
        )


def colours(heard: str) -> tuple[str, str]:
    """The colours of a weak and of a strong tie to a member of that stance."""
    return HEARS_OBJECTOR if heard == "object" else HEARS


def wedge(listener: Floats, heard: Floats, base: float) -> Floats:
    """The outline of a bent wedge, broad at the listener, with its point at whom it hears, (2 × STEPS, 2).

    Places from the circle's centre, inches: ties bend towards it, and those there and back do not coincide.
    """
    way = heard - listener
    far = max(float(np.hypot(*way)), 1e-9)
    across = np.array([way[1], -way[0]]) / far
    inward = min(0.3 * far / max(float(np.hypot(*listener)), 1e-9), 0.6)
    bend = (listener + heard) / 2 * (1 - inward) + across * 0.07 * far
    t = np.linspace(0.0, 1.0, 1 + 4 * STEPS)[:, None]
    line = (1 - t) ** 2 * listener + 2 * t * (1 - t) * bend + t**2 * heard
    run = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
    gap = min(DOT, run[-1] / 4)
    kept = np.linspace(gap, run[-1] - gap, STEPS)
    line = np.stack([np.interp(kept, run, each) for each in line.T], axis=-1)
    along = np.gradient(line, axis=0)
    normal = np.stack([along[:, 1], -along[:, 0]], axis=-1) / np.maximum(np.hypot(*along.T), 1e-9)[:, None]
    wide = normal * np.linspace(base / 2, POINT / 2, STEPS)[:, None]
    return np.asarray(np.concatenate([line + wide, (line - wide)[::-1]]))
