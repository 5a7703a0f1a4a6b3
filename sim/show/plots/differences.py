"""What alternatives change: P(adopted) beside the reference's, and the difference with its two kinds of uncertainty."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from matplotlib.axes import Axes

from sim.show.differences import CHANGED, band, difference, interpreted, level, most_changed
from sim.show.layers import Band
from sim.show.plots.captions import probability_axis
from sim.show.plots.lettering import fitted, inches, shortened, unbroken, widest
from sim.show.plots.sheet import ROOM, Sheet, Size, Words
from sim.show.plots.style import BLUE, BODY, CONDITIONED, FAINT, INK, NOTE, PAPER, PRIOR, SMALL, SOFT, Whisker
from sim.show.plots.whiskers import key
from sim.show.sure import effective
from sim.study.differences import Comparison, Gap, Spread, TextComparison, Versus

MOST, TEXTS = 24, 4  # rows in all; proposals
HEAD, ROW, BANDED, FOOT, KEYS, GAP = 0.3, 0.26, 0.46, 0.26, 0.3, 0.28  # inches
MARK, BEFORE, AFTER = -0.22, 0.12, 0.32  # within a row that has intervals
REACHES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)  # of the axis of differences


def drawable(record: Comparison) -> bool:
    """Is anything compared?"""
    return any(text.differences for text in record.proposals)


def draw(record: Comparison, size: Size | None = None) -> Sheet:
    """A panel a proposal, a row an alternative: on the left both probabilities, on the right their difference."""
    if not drawable(record):
        raise ValueError("this record holds no differences")
    texts = _shown(record)
    row = BANDED if _banded(texts) else ROW
    keys = KEYS + (0.2 if _banded(texts) else 0.0)
    rows = sum(len(each.differences) for each in texts)
    sheet = Sheet(_words(record, texts), keys + len(texts) * (HEAD + FOOT) + rows * row + 0.16, size)
    row = (sheet.height - keys - 0.16 - len(texts) * (HEAD + FOOT)) / rows
    _keys(sheet, texts)
    names = min(widest([each.label for text in texts for each in text.differences]) + 0.14, ROOM * 0.3)
    numbers = widest([difference(each.adopted_any, each.replicates) for text in texts for each in text.differences])
    wide = (sheet.width - names - numbers - 0.12 - GAP) / 2
    reach, top = _reach(texts), keys
    for place, text in enumerate(texts):
        high = row * len(text.differences)
        sheet.write(0, top + HEAD - 0.13, fitted(text.name, sheet.width - 0.8, BODY, bold=True), bold=True)
        sheet.write(sheet.width, top + HEAD - 0.13, "difference", size=NOTE, ink=SOFT, align="right")
        left = (sheet.axes(names, top + HEAD, wide, high), sheet.axes(names + wide + GAP, top + HEAD, wide, high))
        _frame(*left, len(text.differences), reach, last=place == len(texts) - 1)
        for number, versus in enumerate(text.differences):
            middle = top + HEAD + row * (number + 0.5)
            shift = MARK * row if _banded(texts) else 0.0
            sheet.write(0, middle + shift, fitted(versus.label, names - 0.12))
            said = difference(versus.adopted_any, versus.replicates)
            sheet.write(sheet.width, middle + shift, said, size=SMALL, align="right")
            _row(*left, number, versus, reach, MARK if _banded(texts) else 0.0)
        top += HEAD + high + FOOT
    return sheet


def _shown(record: Comparison) -> list[TextComparison]:
    """The proposals and alternatives there is room for, those that change most, in their order."""
    texts = [each for each in record.proposals if each.differences]
    largest: dict[str, float] = {}
    for each in (versus for text in texts for versus in text.differences):
        largest[each.label] = max(largest.get(each.label, 0.0), abs(each.adopted_any.difference))
    labels = sorted(largest, key=lambda label: -largest[label])[:MOST]
    kept = [replace(each, differences=[one for one in each.differences if one.label in labels]) for each in texts]
    many = max(1, min(TEXTS, MOST // len(labels)))
    most = sorted(
        kept, key=lambda text: -max((abs(one.adopted_any.difference) for one in text.differences), default=-1)
    )
    return [each for each in kept if each.differences and any(each is one for one in most[:many])]


def _bands(gap: Gap) -> list[tuple[Spread, float, Whisker]]:
    """The intervals of a difference: where they lie in the row, and how they look."""
    found = [(gap.uncertainty, BEFORE, PRIOR), (interpreted(gap.conditioned), AFTER, CONDITIONED)]
    return [(spread, at, look) for spread, at, look in found if spread]


def _banded(texts: list[TextComparison]) -> bool:
    return any(_bands(each.adopted_any) for text in texts for each in text.differences)


def _given(texts: list[TextComparison]) -> bool:
    return any(interpreted(each.adopted_any.conditioned) for text in texts for each in text.differences)


def _reach(texts: list[TextComparison]) -> float:
    """How far the axis of differences goes to either side."""
    far = [0.0]
    for each in (versus.adopted_any for text in texts for versus in text.differences):
        far.append(abs(each.difference) + each.standard_error)
        far += [abs(end) for spread, _, _ in _bands(each) for end in (spread.p05, spread.p95)]
    return next((each for each in REACHES if each >= max(far)), 1.0)


def _keys(sheet: Sheet, texts: list[TextComparison]) -> None:
    axes = sheet.axes(0, 0, sheet.width, 0.2)
    axes.set(xlim=(0, sheet.width), ylim=(0, 1))
    axes.set_axis_off()
    sampled = {each.replicates is not None for text in texts for each in text.differences}
    entries = [("D", INK, INK, "reference")]
    entries += [("o", BLUE, BLUE, "alternative, exact")] if False in sampled else []
    entries += (
        [("o", PAPER, BLUE, "alternative, simulated; difference ± one standard error")] if True in sampled else []
    )
    left = 0.06
    for marker, face, edge, label in entries:
        axes.plot(left, 0.5, marker, markersize=5, markerfacecolor=face, markeredgecolor=edge)
        axes.text(left + 0.12, 0.47, label, fontsize=SMALL, va="center_baseline")
        left += inches(label, SMALL) + 0.35
    if _banded(texts):
        lower = sheet.axes(0, 0.2, sheet.width, 0.2)
        lower.set(xlim=(0, sheet.width), ylim=(0, 1))
        lower.set_axis_off()
        left = key(lower, 0.0, PRIOR, "5–95 % and median over outer draws")
        if _given(texts):
            key(lower, left, CONDITIONED, "the same, given what was observed")


def _frame(shares: Axes, away: Axes, rows: int, reach: float, last: bool) -> None:
    for axes in (shares, away):
        axes.set(ylim=(rows - 0.5, -0.5), yticks=[])
        axes.spines["left"].set_visible(False)
        for place in range(1, rows):
            axes.axhline(place - 0.5, color=FAINT, linewidth=0.7, zorder=1)
    shares.set(xlim=(-0.03, 1.03), xlabel="P(adopted in any form)" if last else "")
    probability_axis(shares.xaxis)
    away.set(xlim=(-1.04 * reach, 1.04 * reach), xlabel="difference from the reference" if last else "")
    ticks = [-reach, -reach / 2, 0.0, reach / 2, reach]
    away.set_xticks(ticks, labels=[_tick(each) for each in ticks])
    away.axvline(0.0, color=SOFT, linewidth=0.7, dashes=(3, 2), zorder=1)


def _tick(at: float) -> str:
    return "0" if at == 0 else f"{at:+g}".replace("0.", ".", 1)


def _row(shares: Axes, away: Axes, place: int, versus: Versus, reach: float, shift: float) -> None:
    gap, y, sampled = versus.adopted_any, place + shift, versus.replicates is not None
    ends = [min(max(each, 0.0), 1.0) for each in (gap.reference, gap.alternative)]
    shares.plot(ends, (y, y), color=BLUE, linewidth=1.0, zorder=2, clip_on=False)
    shares.plot(ends[0], y, "D", markersize=4.6, color=INK, zorder=4, clip_on=False)
    dot: dict[str, Any] = {"markersize": 5, "markerfacecolor": PAPER if sampled else BLUE, "markeredgecolor": BLUE}
    shares.plot(ends[1], y, "o", zorder=5, clip_on=False, **dot)
    middle = _within(gap.difference, reach)
    if gap.standard_error:
        low, high = (_within(gap.difference + side * gap.standard_error, reach) for side in (-1, 1))
        reaching = [[middle - low], [high - middle]]
        away.errorbar(middle, y, xerr=reaching, fmt="none", ecolor=BLUE, elinewidth=1.2, capsize=2.5, zorder=3)
    away.plot(middle, y, "o", zorder=4, clip_on=False, **dot)
    for spread, at, look in _bands(gap):
        found = band(spread)
        if found:
            _whisker(away, found, place + at, look, reach)


def _within(value: float, reach: float) -> float:
    return min(max(value, -reach), reach)


def _whisker(axes: Axes, found: Band, y: float, look: Whisker, reach: float) -> None:
    """An interval over outer draws: no caps, a tick at the median."""
    low, middle, high = (_within(each, reach) for each in (found.low, found.middle, found.high))
    line: dict[str, Any] = {"color": look.colour, "clip_on": False}
    axes.plot((low, high), (y, y), linewidth=look.width, solid_capstyle="butt", zorder=3, **line)
    thick = max(look.width * 0.7, 1.1)
    axes.plot(middle, y, "|", markersize=look.tick, markeredgewidth=thick, zorder=4, **line)


def _words(record: Comparison, texts: list[TextComparison]) -> Words:
    return Words(_title(record), _subtitle(record, texts), _source(record))


def _title(record: Comparison) -> str:
    """The largest change there is."""
    found = [most_changed(record, side.label) for side in record.alternatives]
    text, versus = max(found, key=lambda each: abs(each[1].adopted_any.difference))
    gap, many = versus.adopted_any, versus.replicates
    name, label = unbroken(f"“{shortened(text.name)}”"), unbroken(shortened(versus.label, 50), 50)
    before, after = (level(each, many).replace(" ", "\xa0") for each in (gap.reference, gap.alternative))
    if abs(gap.difference) < CHANGED:
        which = "No alternative changes" if len(record.alternatives) > 1 else f"{label} does not change"
        return f"{which} noticeably whether {name} is adopted: {after}, in the reference {before}"
    return f"With {label}, {name} passes with probability {after} instead of {before}"


def _subtitle(record: Comparison, texts: list[TextComparison]) -> str:
    reference = shortened(record.reference.label, 50)
    said = [
        f"Probability of adoption in any form, and its difference from the reference ({reference}), on common draws."
    ]
    if _banded(texts):
        marks = "Marks show published values; lines under them: 5–95 % of the difference over"
        said.append(f"{marks} {record.draws:,} common outer draws, which is no error of computation.")
    if _given(texts) and record.effective_draws:
        said.append(f"Thick: {effective(record.effective_draws)} effective draws.")
    left_out = sum(bool(each.differences) for each in record.proposals) - len(texts)
    rows = len(record.alternatives) - MOST
    said += [f"{left_out} more proposals are not shown."] if left_out > 0 else []
    said += [f"{rows} more alternatives are not shown."] if rows > 0 else []
    return " ".join(said)


def _source(record: Comparison) -> str:
    kinds = {each.engine for text in record.proposals for each in text.differences}
    sampled = f"Monte Carlo, {record.replicates:,} replicates, seed {record.seed}, differences paired"
    how = "; ".join([*(["exact differences"] if "exact" in kinds else []), *([sampled] if kinds - {"exact"} else [])])
    layer = "published values: " if record.draws else ""
    program = f"{record.program.name} {record.program.version}"
    return f"Source: {shortened(record.reference.scenario.title, 120)}; {layer}{how}; weights provisional; {program}"
