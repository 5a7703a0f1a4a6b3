"""How the page looks: colours and the style sheet.

The colours are those of the pictures (`sim.show.plots.style`), which cannot be imported without importing matplotlib;
a test says that they agree.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

INK, SOFT, FAINT, PAPER = "#1A1A1A", "#595959", "#DCDCDC", "#FFFFFF"
BLUE = "#0072B2"
STANCES = {"support": "#B5DAF1", "acquiesce": "#DB9A1F", "object": "#8F2D00"}
OUTCOMES = {
    "adopted": "#00456E",
    "adopted-after-payment": "#2F86BE",
    "adopted-diluted": "#84BCE0",
    "adopted-with-opt-out": "#CBE4F4",
    "blocked": "#8F2D00",
    "withdrawn": "#DB9A1F",
}
STATED = INK


@cache
def sheet() -> str:
    """The style sheet, with the colours as variables."""
    named = {"ink": INK, "soft": SOFT, "faint": FAINT, "paper": PAPER, "blue": BLUE, **STANCES, **OUTCOMES}
    variables = "".join(f"--{name}: {colour};" for name, colour in named.items())
    return f":root {{{variables}}}\n" + files("sim.show.page").joinpath("page.css").read_text(encoding="utf-8")
