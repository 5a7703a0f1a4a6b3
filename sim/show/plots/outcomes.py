"""Outcomes by proposal: one bar each, in parts that add up to 1."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes

from sim.answers.result import ProposalResult, Result
from sim.show.layers import adoption
from sim.show.plots.captions import engine, plain, probability_axis, source, titled, under, whiskers
from sim.show.plots.lettering import fitted, inches, wrapped
from sim.show.plots.sheet import Sheet, Size, Words
from sim.show.plots.spacing import spread
from sim.show.plots.style import BODY, NOTE, OUTCOMES, PAPER, PRIOR, SMALL, SOFT, Look
from sim.show.plots.whiskers import whisker
from sim.show.words import interval, percent, rate

MOST = 20  # proposals on a sheet
LEAST = 0.005  # smaller shares are not written beside a bar
NAMES, TOTALS, ROW, KEYS = 1.75, 1.0, 0.62, 0.5  # inches
HALF = 0.29  # a bar, as a share of its row


def draw(result: Result, size: Size | None = None) -> Sheet:
    """Stacked bars: adoptions from the left, failures to the right of them."""
    texts = result.proposals[:MOST]
    bands = [adoption(result, text).prior for text in texts]
    row, totals = (ROW, TOTALS) if not any(bands) else (ROW + 0.1, TOTALS + 0.15)
    sheet = Sheet(_words(result, texts), KEYS + row * len(texts) + 0.42, size)
    sheet.keys(0.1, [(OUTCOMES.get(each, Look(SOFT)), plain(each)) for each in texts[0].outcomes])
    high = sheet.height - KEYS - 0.42
    axes = sheet.axes(NAMES, KEYS, sheet.width - NAMES - totals, high)
    axes.set(xlim=(0, 1), ylim=(len(texts) - 0.5, -0.5), yticks=[], xlabel="probability of each outcome")
    probability_axis(axes.xaxis)
    axes.spines["left"].set_visible(False)
    heads = ["adopted in any form", *(["median (5–95 %)"] if any(bands) else [])]
    for line, words in enumerate(reversed(heads)):
        sheet.write(sheet.width, KEYS - 0.06 - 0.12 * line, words, size=SMALL, ink=SOFT, align="right")
    for place, (text, band) in enumerate(zip(texts, bands, strict=True)):
        _bar(axes, place, text, sheet.width - NAMES - totals)
        y = KEYS + high * (place + 0.5) / len(texts)
        _name(sheet, y, text)
        total = rate(text.adopted_any, text.standard_error, result.replicates)
        sheet.write(sheet.width, y, total, bold=True, align="right")
        if band:
            sheet.write(sheet.width, y + 0.15, interval(band), size=NOTE, ink=SOFT, align="right")
            whisker(axes, band, place + HALF + 0.1, PRIOR)
    return sheet


def _name(sheet: Sheet, y: float, text: ProposalResult) -> None:
    lines = wrapped(text.name, NAMES - 0.12, BODY, bold=True)
    top = y - 0.075 * len(lines)
    for number, line in enumerate(lines):
        sheet.write(0, top + 0.15 * number, line, bold=True)
    sheet.write(0, top + 0.15 * len(lines), fitted(text.rule, NAMES - 0.12, SMALL), size=SMALL, ink=SOFT)


def _bar(axes: Axes, place: int, text: ProposalResult, width: float) -> None:
    left = 0.0
    narrow: list[tuple[float, str]] = []
    for outcome, share in text.outcomes.items():
        look = OUTCOMES.get(outcome, Look(SOFT, PAPER))
        if share > 0:
            style: dict[str, Any] = {"facecolor": look.face, "edgecolor": PAPER, "hatch": look.hatch, "linewidth": 0.8}
            axes.barh(place, share, 2 * HALF, left=left, **style)
        label = percent(share)
        if _fits(share, width):
            ground = {"facecolor": look.face, "edgecolor": "none", "pad": 1.5} if look.hatch else None
            style = {"color": look.ink, "ha": "center", "va": "center_baseline", "bbox": ground}
            axes.text(left + share / 2, place, label, fontsize=SMALL, **style)
        elif share >= LEAST:
            narrow.append((left + share / 2, label))
        left += share
    _above(axes, place, narrow, width)


def _fits(share: float, width: float) -> bool:
    return share * width > inches(percent(share), SMALL) + 0.08


def _above(axes: Axes, place: int, narrow: list[tuple[float, str]], width: float) -> None:
    """The shares of parts too narrow for them, above the bar and apart."""
    middles, edge = [middle for middle, _ in narrow], 0.11 / width
    wide = (inches(".000", NOTE) + 0.06) / width
    for (middle, label), at in zip(narrow, spread(middles, wide, edge, 1 - edge), strict=True):
        axes.plot((middle, at), (place - HALF, place - HALF - 0.07), color=SOFT, linewidth=0.6, clip_on=False)
        axes.text(at, place - HALF - 0.09, label, fontsize=NOTE, ha="center", va="bottom")


def _words(result: Result, texts: list[ProposalResult]) -> Words:
    least = min(texts, key=lambda each: each.adopted_any)
    chance = rate(least.adopted_any, least.standard_error, result.replicates)
    if len(texts) == 1:
        title = f"{titled(least)} is adopted, in any form, with probability {chance} {under(least.rule)}"
    elif least.adopted_any >= 0.9995:
        title = f"All {len(texts)} proposals are adopted almost surely"
    else:
        title = f"Least likely adopted of {len(texts)} proposals: {titled(least)}, with probability {chance}"
    shown = (
        f" The first {len(texts)} of {len(result.proposals)} proposals." if len(texts) < len(result.proposals) else ""
    )
    subtitle = f"How each proposal ends under its stated rule; blue is adopted, hatched is not.{shown}"
    if any(adoption(result, text).prior for text in texts):
        subtitle += whiskers(result, "Bars", "adoption in any form, ")
    return Words(title, subtitle, source(result, engine(result)))
