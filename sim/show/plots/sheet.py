"""A sheet of paper: title, subtitle, room for the picture, source line. Positions are inches from the top left."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from sim.show.plots.lettering import balanced, inches, printable, wrapped
from sim.show.plots.style import BODY, FAINT, INK, LINE, NOTE, PAPER, SMALL, SOFT, TITLE, Look

MARGIN = 0.3
WIDTH = 7.2  # A4 between its margins
ROOM = WIDTH - 2 * MARGIN
KEY = 0.13  # side of a square in a legend

Size = tuple[float, float]


class Sheet:
    """A figure with its words set, and `width` × `height` inches of room for the picture.

    Title and source take what they need; the body gets the height asked for, or more, where a `size` of another shape
    leaves more. The sheet is laid out at its own size; `scale` says how much larger it is to be printed.
    """

    def __init__(self, words: Words, height: float, size: Size | None = None) -> None:
        title = balanced(words.title, ROOM, TITLE, bold=True)
        subtitle = balanced(words.subtitle, ROOM, BODY)
        source = wrapped(words.source, ROOM, NOTE, lines=3)
        head = MARGIN * 0.8 + len(title) * TITLE * LINE + len(subtitle) * BODY * LINE + 0.2
        foot = 0.16 + len(source) * NOTE * LINE + MARGIN * 0.6
        own = (WIDTH, head + height + foot)
        self.scale = min(size[0] / own[0], size[1] / own[1]) if size else 1.0
        self.paper: Size = (size[0] / self.scale, size[1] / self.scale) if size else own
        self.width, self.height = self.paper[0] - 2 * MARGIN, self.paper[1] - head - foot
        self.words = words
        self.figure = Figure(figsize=self.paper, facecolor=PAPER)
        FigureCanvasAgg(self.figure)
        self._head = head
        self._set_words(title, subtitle, source, foot)

    def _set_words(self, title: list[str], subtitle: list[str], source: list[str], foot: float) -> None:
        below = self._lines(MARGIN * 0.8 - self._head, title, TITLE, INK) + 0.04
        self._lines(below, subtitle, BODY, SOFT)
        top = self.height + foot - MARGIN * 0.6 - len(source) * NOTE * LINE
        self.rule(0, top - 0.05, self.width)
        self._lines(top, source, NOTE, SOFT)

    def _lines(self, top: float, lines: list[str], size: float, ink: str) -> float:
        """Lines of text by their base lines, as scripts differ in height; where the next would begin."""
        for line in lines:
            self.write(0, top + size * 0.93 / 72, line, size=size, bold=size == TITLE, ink=ink, level="baseline")
            top += size * LINE
        return top

    def _place(self, x: float, y: float) -> Size:
        """A place in the body as fractions of the figure."""
        return (MARGIN + x) / self.paper[0], 1 - (self._head + y) / self.paper[1]

    def axes(self, left: float, top: float, width: float, height: float) -> Axes:
        """Axes in a rectangle of the body."""
        x, y = self._place(left, top + height)
        return self.figure.add_axes((x, y, width / self.paper[0], height / self.paper[1]))

    def write(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float = BODY,
        bold: bool = False,
        ink: str = INK,
        align: str = "left",
        level: str = "center_baseline",
    ) -> None:
        """Text at a place in the body."""
        weight = "bold" if bold else "normal"
        self.figure.text(
            *self._place(x, y), printable(text), fontsize=size, fontweight=weight, color=ink, ha=align, va=level
        )

    def rule(self, x: float, y: float, width: float) -> None:
        """A thin horizontal line."""
        (x0, y0), (x1, _) = self._place(x, y), self._place(x + width, y)
        self.figure.add_artist(Line2D((x0, x1), (y0, y0), color=FAINT, linewidth=0.8))

    def box(self, x: float, y: float, width: float, height: float, look: Look) -> None:
        """A filled rectangle whose top left corner is at a place in the body."""
        x0, y0 = self._place(x, y + height)
        wide, high = width / self.paper[0], height / self.paper[1]
        style: dict[str, Any] = {"facecolor": look.face, "edgecolor": PAPER, "hatch": look.hatch, "linewidth": 0}
        self.figure.add_artist(Rectangle((x0, y0), wide, high, transform=self.figure.transFigure, **style))

    def keys(self, y: float, entries: Sequence[tuple[Look, str]], x: float = 0.0) -> None:
        """A legend in rows from a height in the body downwards."""
        for left, top, (look, label) in self._flow(x, y, entries):
            self.box(left, top - KEY / 2, KEY, KEY, look)
            self.write(left + KEY + 0.06, top, label, size=SMALL)

    def _flow(
        self, x: float, y: float, entries: Sequence[tuple[Look, str]]
    ) -> list[tuple[float, float, tuple[Look, str]]]:
        left, placed = x, []
        for entry in entries:
            wide = KEY + 0.06 + inches(entry[1], SMALL) + 0.18
            if left > x and left + wide - 0.18 > self.width:
                left, y = x, y + 0.19
            placed.append((left, y, entry))
            left += wide
        return placed


class Words:
    """What a picture says: its finding, how to read it, where it comes from."""

    def __init__(self, title: str, subtitle: str, source: str) -> None:
        self.title, self.subtitle, self.source = title, subtitle, source
