"""How pictures look: colours, hatches, text sizes. All of it stands here.

The colours are told apart with every common colour blindness, and the stances also in grey print: they go from light
to dark as support becomes objection. Adoptions are blues; failures are warm, and hatched.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

INK, SOFT, FAINT, PAPER = "#1A1A1A", "#595959", "#DCDCDC", "#FFFFFF"
BLUE, VERMILION, RUST, AMBER = "#0072B2", "#8F2D00", "#A85F36", "#DB9A1F"
TITLE, BODY, SMALL, NOTE = 11.0, 8.0, 7.0, 6.5  # points
LINE = 1.28 / 72  # inches from line to line, for each point of text size


@dataclass(frozen=True)
class Look:
    """How an area is filled, and in which colour text stands on it."""

    face: str
    ink: str = INK
    hatch: str = ""


STANCES: dict[str, Look] = {
    "support": Look("#B5DAF1"),
    "acquiesce": Look(AMBER),
    "object": Look(VERMILION, PAPER),
}
HIDDEN = Look("#E2B49B", INK, "//////")  # an objection that nobody hears
OUTCOMES: dict[str, Look] = {
    "adopted": Look("#00456E", PAPER),
    "adopted-after-payment": Look("#2F86BE", PAPER),
    "adopted-diluted": Look("#84BCE0"),
    "adopted-with-opt-out": Look("#CBE4F4"),
    "blocked": Look(VERMILION, PAPER, "////"),
    "withdrawn": Look(AMBER, INK, "\\\\\\\\"),
}


@dataclass(frozen=True)
class Stroke:
    """How a curve is drawn."""

    colour: str
    dashes: tuple[float, ...]
    marker: str
    width: float = 1.3


STATED = Stroke(INK, (), "D", 2.2)
OTHERS = (
    Stroke("#0072B2", (5, 1.5), "o"),
    Stroke("#D55E00", (1.5, 1.2), "s"),
    Stroke("#009E73", (6, 1.5, 1.5, 1.5), "^"),
    Stroke("#CC79A7", (3, 1.5), "v"),
    Stroke("#56B4E9", (8, 2), "P"),
    Stroke("#B8860B", (4, 1, 1, 1, 1, 1), "X"),
)


@dataclass(frozen=True)
class Whisker:
    """How an interval over outer draws is drawn: a line without caps, and a tick at the median."""

    colour: str
    width: float
    tick: float  # points


PRIOR, CONDITIONED = Whisker(SOFT, 0.9, 4.5), Whisker(BLUE, 2.4, 7.0)

STYLE: Mapping[str, Any] = {
    "text.parse_math": False,  # a $ in a name is a $
    "text.hinting": "none",
    "text.color": INK,
    "font.size": BODY,
    "axes.edgecolor": SOFT,
    "axes.labelcolor": INK,
    "axes.labelsize": BODY,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.unicode_minus": False,
    "axes.axisbelow": True,
    "grid.color": FAINT,
    "grid.linewidth": 0.6,
    "hatch.linewidth": 0.7,
    "xtick.labelsize": SMALL,
    "ytick.labelsize": SMALL,
    "xtick.color": SOFT,
    "ytick.color": SOFT,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.major.size": 2.5,
    "ytick.major.size": 2.5,
    "svg.fonttype": "path",  # looks the same where the font is not installed
    "svg.hashsalt": "unanimity",
    "pdf.fonttype": 42,
}
