"""Adoption by rule: a dot each, a panel a proposal."""

from __future__ import annotations

from dataclasses import dataclass, replace

from matplotlib.axes import Axes

from sim.answers.result import ProposalResult, Result, RuleRow
from sim.show.layers import Band, adoption, by_rule
from sim.show.plots.captions import engine, probability_axis, simulated, source, titled, under, whiskers
from sim.show.plots.lettering import fitted, inches, widest, wrapped
from sim.show.plots.sheet import ROOM, Sheet, Size, Words
from sim.show.plots.style import BLUE, BODY, FAINT, INK, PAPER, PRIOR, SMALL, SOFT
from sim.show.plots.whiskers import key, whisker
from sim.show.words import percent, rate

MOST, ABREAST = 12, 3  # panels
HEAD, ROW, FOOT, GAP, KEYS = 0.42, 0.26, 0.42, 0.22, 0.3  # inches


@dataclass(frozen=True)
class Dot:
    """What one rule does with one proposal; reach: the two lengths of its error bar."""

    share: float
    label: str
    reach: tuple[float, float] | None
    band: Band | None = None


def draw(result: Result, size: Size | None = None) -> Sheet:
    """Dots on a line from 0 to 1, the stated rule first."""
    texts = result.proposals[:MOST]
    abreast = min(len(texts), ABREAST)
    deep = -(-len(texts) // abreast)
    others = list(dict.fromkeys(row.rule for text in texts for row in text.rules))
    stated = list(dict.fromkeys(text.rule for text in texts))
    first = f"{stated[0]} (stated)" if len(stated) == 1 else "the stated rule"
    head = HEAD if len(texts) > 1 else 0.12
    banded = _banded(result, texts)
    panel = (ROW + 0.1 if banded else ROW) * (1 + len(others))
    sheet = Sheet(_words(result, texts), KEYS + deep * (head + panel + FOOT), size)
    names = min(max(widest(others), inches(first, BODY, bold=True)) + 0.12, ROOM * 0.3)
    each, high = (sheet.width - names + GAP) / abreast, (sheet.height - KEYS) / deep
    _keys(sheet, result, texts)
    for number, text in enumerate(texts):
        row, column = divmod(number, abreast)
        top, left = KEYS + row * high + head, names + column * each
        axes = sheet.axes(left, top, each - GAP, high - head - FOOT)
        _panel(axes, _dots(result, text, others), each - GAP)
        name = text.name if len(stated) == 1 else f"{text.name} ({text.rule})"
        lines = wrapped(name if len(texts) > 1 else "", each - GAP, SMALL, bold=True)
        for line, words in enumerate(lines):
            sheet.write(left, top - 0.1 - 0.135 * (len(lines) - 1 - line), words, size=SMALL, bold=True)
        if column == 0:
            _row_names(sheet, top, high - head - FOOT, [first, *others], names - 0.12)
    return sheet


def _row_names(sheet: Sheet, top: float, height: float, rules: list[str], width: float) -> None:
    for number, rule in enumerate(rules):
        y = top + height * (number + 0.5) / len(rules)
        sheet.write(0, y, fitted(rule, width, BODY, bold=number == 0), bold=number == 0)


def _keys(sheet: Sheet, result: Result, texts: list[ProposalResult]) -> None:
    axes = sheet.axes(0, 0, sheet.width, 0.2)
    axes.set(xlim=(0, sheet.width), ylim=(0, 1))
    axes.set_axis_off()
    exact = any(row.engine == "exact" for text in texts for row in text.rules)
    sampled = "another rule, simulated" if result.replicates is None else "another rule"
    entries = [("D", INK, INK, "stated rule")]
    entries += [("o", BLUE, BLUE, "another rule")] if exact else []
    entries += [("o", PAPER, BLUE, sampled)] if simulated(texts) else []
    left = 0.06
    for marker, face, edge, label in entries:
        axes.plot(left, 0.5, marker, markersize=5, markerfacecolor=face, markeredgecolor=edge)
        axes.text(left + 0.12, 0.47, label, fontsize=SMALL, va="center_baseline")
        left += inches(label, SMALL) + 0.35
    if _banded(result, texts):
        key(axes, left, PRIOR, "5–95 % and median over outer draws")


def _panel(axes: Axes, dots: list[Dot | None], width: float) -> None:
    axes.set(xlim=(-0.03, 1.03), ylim=(len(dots) - 0.5, -0.5), yticks=[], xlabel="P(adopted in any form)")
    probability_axis(axes.xaxis)
    axes.spines["left"].set_visible(False)
    axes.axvline(0.5, color=SOFT, linewidth=0.7, dashes=(3, 2), zorder=1)
    for place, dot in enumerate(dots):
        axes.plot((0, 1), (place, place), color=FAINT, linewidth=0.7, zorder=1)
        if dot is None:
            axes.text(
                0.5,
                place,
                "not compared",
                fontsize=SMALL,
                color=SOFT,
                ha="center",
                va="center_baseline",
                backgroundcolor=PAPER,
            )
        else:
            _mark(axes, place, dot, stated=place == 0, width=width)
            if dot.band:
                whisker(axes, dot.band, place + 0.31, PRIOR)


def _mark(axes: Axes, place: int, dot: Dot, stated: bool, width: float) -> None:
    colour, marker = (INK, "D") if stated else (BLUE, "o")
    if dot.reach:
        error = [[dot.reach[0]], [dot.reach[1]]]
        axes.errorbar(dot.share, place, xerr=error, fmt="none", ecolor=colour, elinewidth=1.2, capsize=2.5, zorder=3)
    face = PAPER if dot.reach and not stated else colour
    axes.plot(
        dot.share, place, marker, markersize=5, markerfacecolor=face, markeredgecolor=colour, zorder=4, clip_on=False
    )
    below, above = dot.reach or (0.0, 0.0)
    room = (inches(dot.label, SMALL) + 0.12) / width * 1.06
    right = dot.share + above + room <= 1.02
    offset, align = ((above, 7), "left") if right else ((-below, -7), "right")
    ground = {"facecolor": PAPER, "edgecolor": "none", "pad": 0.6}
    axes.annotate(
        dot.label,
        (dot.share + offset[0], place),
        (offset[1], 0),
        textcoords="offset points",
        fontsize=SMALL,
        fontweight="bold" if stated else "normal",
        ha=align,
        va="center_baseline",
        bbox=ground,
        zorder=2,
    )


def _banded(result: Result, texts: list[ProposalResult]) -> bool:
    return any(dot and dot.band for text in texts for dot in _dots(result, text, [row.rule for row in text.rules]))


def _dots(result: Result, text: ProposalResult, others: list[str]) -> list[Dot | None]:
    bands = by_rule(result, text)
    found = {
        row.rule: replace(_dot(row, row.engine != "exact", row.replicates), band=bands[row.rule].prior)
        for row in reversed(text.rules)
    }
    stated = _dot(text, result.replicates is not None, result.replicates)
    return [replace(stated, band=adoption(result, text).prior), *map(found.get, others)]


def _dot(row: RuleRow | ProposalResult, sampled: bool, replicates: int | None) -> Dot:
    """A dot with ± one standard error; where a sample of R was all or nothing, with its 95 % bound, 3 / R."""
    share, error = row.adopted_any, row.standard_error
    if not sampled:
        return Dot(share, percent(share), None)
    bound = min(3.0 / replicates, 1.0) if replicates else 0.0
    reach = (0.0, bound) if share <= 0 else (bound, 0.0) if share >= 1 else (min(error, share), min(error, 1 - share))
    return Dot(share, rate(share, error, replicates or 10**9), reach)


def _words(result: Result, texts: list[ProposalResult]) -> Words:
    text = max(texts, key=lambda each: _best(each) - each.adopted_any)
    chance = rate(text.adopted_any, text.standard_error, result.replicates)
    if not any(each.rules for each in texts):
        title = f"{titled(text)} passes with probability {chance} {under(text.rule)}; no other rules were compared"
    elif _best(text) - text.adopted_any > 0.01:
        best = max(text.rules, key=lambda row: row.adopted_any)
        other = f"and with {percent(best.adopted_any)} {under(best.rule)}"
        title = f"The rule decides: {titled(text)} passes with probability {chance} {under(text.rule)}, {other}"
    else:
        which = titled(text) if len(texts) == 1 else f"any of the {len(texts)} proposals"
        title = f"No compared rule would carry {which} noticeably more often than the stated rule does"
    left_out = len(result.proposals) - len(texts)
    rest = f" {left_out} more proposals are not shown." if left_out else ""
    subtitle = f"Probability of adoption in any form, on the same draws; dashed: one half.{rest}"
    if _banded(result, texts):
        subtitle += whiskers(result, "Marks", rules=True)
    return Words(title, subtitle, source(result, engine(result, texts)))


def _best(text: ProposalResult) -> float:
    return max((row.adopted_any for row in text.rules), default=text.adopted_any)
