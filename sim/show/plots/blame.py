"""Who blocks: five measures of blame side by side, for the members that matter most."""

from __future__ import annotations

from math import sqrt

from matplotlib.axes import Axes

from sim.answers.result import MemberBlame, ProposalResult, Result
from sim.show.layers import Band, by_member
from sim.show.plots.captions import called, engine, members, probability_axis, source, titled, under, whiskers
from sim.show.plots.lettering import fitted, inches, shortened, unbroken, widest, wrapped
from sim.show.plots.sheet import ROOM, Sheet, Size, Words
from sim.show.plots.style import BODY, INK, NOTE, PAPER, PRIOR, RUST, SMALL, SOFT, VERMILION
from sim.show.plots.whiskers import whisker
from sim.show.words import percent

MOST = 10  # members
HEAD, ROW, FOOT, GAP = 0.54, 0.24, 0.42, 0.16  # inches
VISIBLE = 0.01  # an interval wholly under this is not drawn
MEASURES = {
    "first_objector": ("First objector", "is the first to object"),
    "final_hold_out": ("Final hold-out", "still objects when the text fails"),
    "lone_hold_out": ("Lone blocker", "is the only one that still objects"),
    "pivotality": ("Pivotality", "adoption gained if it never objected"),
    "shapley": ("Shapley blame", "its share in the chance of failure"),
}


def draw(result: Result, size: Size | None = None) -> Sheet:
    """A panel a measure, all on the same scale; the same members in the same order."""
    text = result.proposals[0]
    shown = ranked(text.blame)[:MOST]
    bands = {measure: _bands(result, text, shown, measure) for measure in MEASURES}
    banded = any(any(each) for each in bands.values())
    row = ROW + 0.08 if banded else ROW
    sheet = Sheet(_words(result, text, shown, banded), HEAD + row * max(len(shown), 2) + FOOT, size)
    names = min(widest([called(each) for each in shown], BODY, bold=True) + 0.1, ROOM * 0.26)
    each, high = (sheet.width - names + GAP) / len(MEASURES), sheet.height - HEAD - FOOT
    leader = _leader(text)
    for place, member in enumerate(shown):
        y = HEAD + high * (place + 0.5) / len(shown)
        bold = member is leader
        sheet.write(0, y, fitted(called(member), names - 0.08, BODY, bold), bold=bold)
    for number, (measure, (title, meaning)) in enumerate(MEASURES.items()):
        left = names + number * each
        sheet.write(left, 0.09, title, bold=True)
        for line, words in enumerate(wrapped(meaning, each - GAP, NOTE, lines=3)):
            sheet.write(left, 0.25 + 0.115 * line, words, size=NOTE, ink=SOFT)
        axes = sheet.axes(left, HEAD, each - GAP, high)
        values = [getattr(member, measure) for member in shown]
        colours = [VERMILION if member is leader else RUST for member in shown]
        _panel(axes, values, colours, each - GAP, result.replicates)
        for place, band in enumerate(bands[measure]):
            if band:
                whisker(axes, band, place + 0.43, PRIOR)
    return sheet


def _bands(result: Result, text: ProposalResult, shown: list[MemberBlame], measure: str) -> list[Band | None]:
    found = by_member(result, text, measure)
    bands = [found[member.id].prior for member in shown]
    return [each if each and each.high >= VISIBLE else None for each in bands]


def _panel(axes: Axes, values: list[float | None], colours: list[str], width: float, sample: int | None) -> None:
    axes.set(xlim=(0, 1), ylim=(len(values) - 0.5, -0.5), yticks=[])
    axes.set_xlabel("probability", fontsize=SMALL)
    probability_axis(axes.xaxis, coarse=True)
    axes.grid(axis="x")
    if all(value is None for value in values):
        axes.text(
            0.5,
            0.5,
            "not given by\nthis engine",
            transform=axes.transAxes,
            fontsize=SMALL,
            color=SOFT,
            ha="center",
            va="center",
        )
        return
    for place, (value, colour) in enumerate(zip(values, colours, strict=True)):
        axes.barh(place, value or 0.0, 0.62, color=colour, linewidth=0)
        _number(axes, place, value, width, sample)


def _number(axes: Axes, place: int, value: float | None, width: float, sample: int | None) -> None:
    """A bar's number; ± one standard error, which for a mean p of numbers in [0, 1] is at most that of a share p."""
    label, share = percent(value), min(max(value or 0.0, 0.0), 1.0)
    error = sqrt(share * (1 - share) / sample) if sample else 0.0
    if error > 0:
        axes.errorbar(share, place, xerr=error, fmt="none", ecolor=INK, elinewidth=0.8, capsize=1.8)
    outside = share + error + (inches(label, SMALL) + 0.08) / width <= 1.0
    at, shift, align, ink = (share + error, 3, "left", INK) if outside else (share - error, -3, "right", PAPER)
    ground = {"facecolor": PAPER, "edgecolor": "none", "pad": 0.4} if outside else None
    axes.annotate(
        label,
        (max(at, 0.0), place),
        (shift, 0),
        textcoords="offset points",
        fontsize=SMALL,
        color=ink,
        ha=align,
        va="center_baseline",
        bbox=ground,
    )


def ranked(blame: list[MemberBlame]) -> list[MemberBlame]:
    """Members by how much blame is theirs."""
    return sorted(blame, key=lambda each: (-(each.shapley or 0.0), -each.final_hold_out, -each.object))


def _leader(text: ProposalResult) -> MemberBlame:
    return max(text.blame, key=lambda each: each.final_hold_out)


def _words(result: Result, text: ProposalResult, shown: list[MemberBlame], banded: bool) -> Words:
    leader, number = _leader(text), len(text.blame)
    what = f"{titled(text)} {under(text.rule)}"
    if leader.final_hold_out < 0.005:
        title = f"Nobody is likely to block {what}"
    else:
        alone = f", alone with {percent(leader.lone_hold_out)}" if number > 1 else ""
        holds = f"holds out to the end with probability {percent(leader.final_hold_out)}"
        title = f"Who blocks {what}: {unbroken(shortened(called(leader), 40))} {holds}{alone}"
    kept = f"All {members(number)}" if number > 1 else "There is one member"
    if number > len(shown):
        kept = f"The {len(shown)} of {members(number)} with the most blame"
    lines = whiskers(result, "Bars", "where computed and not all under .01, ") if banded else ""
    subtitle = f"Five measures of blame on one scale, from 0 to 1. {kept}.{lines}"
    return Words(title, subtitle, source(result, engine(result)))
