"""Adoption by rule before and after conditioning on what was observed: a panel a proposal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes

from sim.answers.result import ProposalResult, Result
from sim.show.layers import Band, Pair, adoption, by_rule, interpreted
from sim.show.plots.captions import over, probability_axis, source, titled, under
from sim.show.plots.lettering import fitted, inches, widest, wrapped
from sim.show.plots.sheet import ROOM, Sheet, Size, Words
from sim.show.plots.style import BODY, CONDITIONED, FAINT, INK, NOTE, PAPER, PRIOR, SMALL, SOFT, Whisker
from sim.show.plots.whiskers import key, whisker
from sim.show.sure import effective, kind
from sim.show.words import about

MOST, ABREAST = 6, 2  # panels
HEAD, ROW, FOOT, GAP, KEYS, NUMBER = 0.52, 0.46, 0.42, 0.26, 0.3, 0.3  # inches
BEFORE, AFTER, WORD = -0.3, 0.12, 0.34  # within a row


@dataclass(frozen=True)
class Line:
    """One rule before and after; None for what was not computed or is not interpreted."""

    published: float
    pair: Pair
    fitted: bool = False


def drawable(result: Result) -> bool:
    """Is anything conditioned, on enough draws to be interpreted?"""
    return bool(_shown(result))


def _shown(result: Result) -> list[ProposalResult]:
    return [text for text in result.proposals if adoption(result, text).conditioned]


def draw(result: Result, size: Size | None = None) -> Sheet:
    """Two intervals a rule, one above the other, and between them the published value."""
    texts = _shown(result)[:MOST]
    if not texts:
        raise ValueError("this result holds no conditioned intervals that may be interpreted")
    abreast = min(len(texts), ABREAST)
    deep = -(-len(texts) // abreast)
    others = list(dict.fromkeys(row.rule for text in texts for row in text.rules))
    stated = list(dict.fromkeys(text.rule for text in texts))
    first = f"{stated[0]} (stated)" if len(stated) == 1 else "the stated rule"
    head = HEAD if len(texts) > 1 else 0.26
    sheet = Sheet(_words(result, texts), KEYS + deep * (head + ROW * (1 + len(others)) + FOOT), size)
    names = min(max(widest(others), inches(first, BODY, bold=True)) + 0.12, ROOM * 0.26)
    each, high = (sheet.width - names + GAP) / abreast, (sheet.height - KEYS) / deep
    _keys(sheet)
    for number, text in enumerate(texts):
        row, column = divmod(number, abreast)
        top, left = KEYS + row * high + head, names + column * each
        box = (left, top, each - GAP, high - head - FOOT)
        _panel(sheet, box, _lines(result, text, others))
        name = text.name if len(stated) == 1 else f"{text.name} ({text.rule})"
        _title(sheet, box, name if len(texts) > 1 else "")
        if column == 0:
            _row_names(sheet, box, [first, *others], names - 0.12)
    return sheet


Box = tuple[float, float, float, float]  # left, top, width, height


def _lines(result: Result, text: ProposalResult, others: list[str]) -> list[Line | None]:
    pairs = by_rule(result, text)
    found = {row.rule: Line(row.adopted_any, pairs[row.rule]) for row in reversed(text.rules)}
    return [Line(text.adopted_any, adoption(result, text), text.fitted), *map(found.get, others)]


def _title(sheet: Sheet, box: Box, name: str) -> None:
    left, top, width, _ = box
    lines = wrapped(name, width, SMALL, bold=True)
    for line, words in enumerate(lines):
        sheet.write(left, top - 0.25 - 0.135 * (len(lines) - 1 - line), words, size=SMALL, bold=True)
    for place, head in enumerate(("5 %", "50 %", "95 %")):
        sheet.write(left + width - NUMBER * (2 - place), top - 0.07, head, size=NOTE, ink=SOFT, align="right")


def _row_names(sheet: Sheet, box: Box, rules: list[str], width: float) -> None:
    _, top, _, height = box
    for number, rule in enumerate(rules):
        y = top + height * (number + 0.5) / len(rules)
        sheet.write(0, y, fitted(rule, width, BODY, bold=number == 0), bold=number == 0)


def _keys(sheet: Sheet) -> None:
    axes = sheet.axes(0, 0, sheet.width, 0.2)
    axes.set(xlim=(0, sheet.width), ylim=(0, 1))
    axes.set_axis_off()
    left = key(axes, 0, PRIOR, "before: 5–95 % and median")
    left = key(axes, left, CONDITIONED, "given what was observed")
    axes.plot(left + 0.05, 0.5, "D", markersize=4.2, color=INK)
    axes.text(left + 0.17, 0.47, "at the published values", fontsize=SMALL, va="center_baseline")


def _panel(sheet: Sheet, box: Box, lines: list[Line | None]) -> None:
    left, top, width, height = box
    wide = width - 3 * NUMBER - 0.06
    axes = sheet.axes(left, top, wide, height)
    axes.set(xlim=(-0.03, 1.03), ylim=(len(lines) - 0.5, -0.5), yticks=[], xlabel="P(adopted in any form)")
    probability_axis(axes.xaxis)
    axes.spines["left"].set_visible(False)
    axes.axvline(0.5, color=SOFT, linewidth=0.7, dashes=(3, 2), zorder=1)
    for place, line in enumerate(lines):
        middle = top + height * (place + 0.5) / len(lines)
        if place:
            axes.axhline(place - 0.5, color=FAINT, linewidth=0.7, zorder=1)
        if line is None:
            sheet.write(left + width, middle, "not compared", size=SMALL, ink=SOFT, align="right")
            continue
        step = height / len(lines)
        axes.plot(line.published, place, "D", markersize=4.2, color=INK, zorder=5, clip_on=False)
        for band, shift, look in ((line.pair.prior, BEFORE, PRIOR), (line.pair.conditioned, AFTER, CONDITIONED)):
            if band:
                whisker(axes, band, place + shift, look)
                _numbers(sheet, left + width, middle + shift * step, band, look)
        if line.fitted and line.pair.conditioned:
            _fitted(axes, place, line.pair.conditioned, wide)


def _numbers(sheet: Sheet, right: float, y: float, band: Band, look: Whisker) -> None:
    ink = INK if look is CONDITIONED else SOFT
    for place, number in enumerate((band.low, band.middle, band.high)):
        bold = place == 1 and look is CONDITIONED
        at = right - NUMBER * (2 - place)
        sheet.write(at, y, about(number), size=NOTE, ink=ink, bold=bold, align="right")


def _fitted(axes: Axes, place: int, band: Band, wide: float) -> None:
    """The word under the interval, moved inwards where it would leave the panel."""
    half = inches("fitted", NOTE, bold=True) / 2 / wide * 1.06
    at = min(max(band.middle, half), 1 - half)
    ground = {"facecolor": PAPER, "edgecolor": "none", "pad": 0.3}
    style: dict[str, Any] = {"fontsize": NOTE, "fontweight": "bold", "color": CONDITIONED.colour, "bbox": ground}
    axes.text(at, place + WORD, "fitted", ha="center", va="center_baseline", **style)


def _words(result: Result, texts: list[ProposalResult]) -> Words:
    text = next((each for each in texts if each.fitted), texts[0])
    stated = adoption(result, text)
    bands = {rule: pair.conditioned for rule, pair in by_rule(result, text).items()}
    best = max((each for each in bands.items() if each[1]), key=_carries, default=None)
    passes = f"Given what was observed, {titled(text)} passes"
    if best is None:
        before = f"; before, {_from(stated.prior)}" if stated.prior else ""
        said = f"{passes} with probability {_from(stated.conditioned)} {under(text.rule)} ({kind(text)}){before}"
    else:
        fit = f"{under(text.rule)} with {_from(stated.conditioned)} ({kind(text)})"
        said = f"{passes} {under(best[0])} with probability {_from(best[1])}, {fit}"
    return Words(said, _subtitle(result, texts), source(result, _sample(result), layer=""))


def _carries(found: tuple[str, Band | None]) -> tuple[float, float]:
    return (found[1].middle, found[1].low) if found[1] else (0.0, 0.0)


def _from(band: Band | None) -> str:
    if band is None:
        return "–"
    least, most = about(band.low), about(band.high)
    return least if least == most else f"{least} to {most}".replace(" ", "\xa0")


def _subtitle(result: Result, texts: list[ProposalResult]) -> str:
    fit = "Fitted: this was itself observed; all else is predicted." if any(each.fitted for each in texts) else ""
    fit = fit or "All of it is predicted."
    left_out = len(result.proposals) - len(texts)
    rest = f" {left_out} more proposals are not shown." if left_out else ""
    return f"Intervals from 5 to 95 % over outer draws, not Monte Carlo error. {fit}{rest}"


def _sample(result: Result) -> str:
    """The draws, and how many of them conditioning left."""
    rules = result.rule_effective_draws if interpreted(result) else None
    other = f" (other rules: {effective(rules)})" if rules is not None else ""
    left = effective(result.effective_draws or 0.0) if interpreted(result) else "0"
    return f"{over(result, rules=True)}, seed {result.seed}, given what was observed {left} effective{other}"
