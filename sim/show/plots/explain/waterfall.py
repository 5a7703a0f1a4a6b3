"""What a text is worth to a member, driver by driver: a waterfall from its appeal to its value, a panel a member."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sim.show.plots.explain.wording import called, named, sample, source, text
from sim.show.plots.lettering import fitted, inches
from sim.show.plots.sheet import ROOM, Sheet, Size, Words
from sim.show.plots.style import BODY, INK, NOTE, PAPER, SMALL, SOFT, Look
from sim.show.prices import utils
from sim.show.words import percent
from sim.study.explanation import Explained, ExplainedMember

MEMBERS, DRIVERS = 3, 10  # on a sheet; a panel
KEYS, HEAD, ROW, FOOT, GAP = 0.44, 0.46, 0.21, 0.4, 0.14  # inches
LABELS, NUMBERS = 2.05, 0.62
ADDS, TAKES, WHOLE = Look("#2F86BE"), Look("#A33B06", PAPER, "////"), Look("#4D4D4D", PAPER)
GROUND = {"object": Look("#F0E3DE"), "acquiesce": Look("#FBF1E1"), "support": Look("#E8F3FA")}
MEANS = {
    "object": "worth so little that it objects",
    "acquiesce": "in between: it acquiesces",
    "support": "worth something: it supports",
}
UNKNOWN = 2.94  # the middle 90 % of what nobody knows: a standard logistic from −2.94 to +2.94
NARROW = 0.06  # of the panel: a stance's name is not written in less


@dataclass(frozen=True)
class Bar:
    """One row: from where to where, and the spread of its end. under: smaller words below its label."""

    label: str
    start: float
    end: float
    spread: float | None
    under: str = ""


def drawable(record: Explained) -> bool:
    """Is there somebody to take apart?"""
    return bool(record.explained)


def draw(record: Explained, size: Size | None = None) -> Sheet:
    """A panel a member, on one scale."""
    shown = record.explained[:MEMBERS]
    bars = [_bars(each) for each in shown]
    panels = [HEAD + ROW * len(rows) + (FOOT if place == len(bars) - 1 else GAP) for place, rows in enumerate(bars)]
    sheet = Sheet(_words(record, shown), KEYS + sum(panels), size)
    sheet.keys(0.1, [(ADDS, "speaks for the text"), (TAKES, "speaks against it"), (WHOLE, "value: all together")])
    sheet.keys(0.31, [(look, MEANS[stance]) for stance, look in GROUND.items()])
    low, high = _range(shown, bars)
    stretch = (sheet.height - KEYS) / sum(panels)
    top = KEYS
    for place, (member, rows) in enumerate(zip(shown, bars, strict=True)):
        tall = panels[place] * stretch
        last = place == len(shown) - 1
        _panel(sheet, member, rows, top, tall - (FOOT if last else GAP), (low, high), last)
        top += tall
    return sheet


def _bars(member: ExplainedMember) -> list[Bar]:
    """Appeal, drivers from the largest on, benefits first, what is its own, and the value."""
    ranked = sorted(member.drivers, key=lambda each: -abs(each.part))
    kept, rest = ranked[:DRIVERS], ranked[DRIVERS:]
    kept.sort(key=lambda each: (not each.benefit, -abs(each.part)))
    found, at = [Bar("appeal, the same for all", 0.0, member.appeal, None)], member.appeal
    for each in kept:
        how = f"{each.trait:.2f} × {each.loading:g} × {each.weight:g}"
        found.append(Bar(each.driver, at, at + each.part, each.part_sd, how))
        at += each.part
    others = sum(each.part for each in rest)
    for label, more in ((f"{len(rest)} more drivers", others), ("grievance, its own", member.grievance)):
        if more:
            found.append(Bar(label, at, at + more, None))
            at += more
    return [*found, Bar("value", 0.0, member.value, None, "line: nine cases of ten")]


def _range(shown: list[ExplainedMember], bars: list[list[Bar]]) -> tuple[float, float]:
    """All bars with their lines; and where it objects from, if that is not far off."""
    ends = [edge for rows in bars for each in rows for edge in (each.start, each.end)]
    ends += [each.end + sign * (each.spread or 0.0) for rows in bars for each in rows for sign in (-1, 1)]
    ends += [each.value + sign * UNKNOWN for each in shown for sign in (-1, 1)]
    wide = max(ends) - min(ends)
    near = [each for each in map(_threshold, shown) if min(ends) - wide < each]
    low, high = min([*ends, *near]), max(ends)
    room = 0.04 * (high - low) or 1.0
    return low - room, high + room


def _threshold(member: ExplainedMember) -> float:
    """All told, the text must be worth less than this for it to object as tabled."""
    return -member.cost.total[0] / member.stake


def _panel(
    sheet: Sheet,
    member: ExplainedMember,
    rows: list[Bar],
    top: float,
    tall: float,
    span: tuple[float, float],
    last: bool,
) -> None:
    wide = sheet.width - LABELS - NUMBERS
    high = tall - HEAD
    odds = ", ".join(
        f"{word} {percent(share)}"
        for word, share in (
            ("objects", member.stances.object),
            ("acquiesces", member.stances.acquiesce),
            ("supports", member.stances.support),
        )
    )
    name = fitted(called(member.id, member.name), LABELS - 0.1, BODY, bold=True)
    sheet.write(0, top + 0.32, name, bold=True)
    sheet.write(sheet.width - NUMBERS, top + 0.09, fitted(odds, wide, SMALL), size=SMALL, align="right")
    axes = sheet.axes(LABELS, top + HEAD, wide, high)
    axes.set(xlim=span, ylim=(len(rows) - 0.5, -0.5), yticks=[])
    axes.spines["left"].set_visible(False)
    _ground(axes, sheet, member, span, (LABELS, top + 0.32, wide))
    axes.xaxis.set_major_locator(MaxNLocator(7, min_n_ticks=2))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:g}"))
    axes.tick_params(labelbottom=last)
    if last:
        axes.set_xlabel("what the text is worth to the member, utils")
    for place, bar in enumerate(rows):
        y = top + HEAD + high * (place + 0.5) / len(rows)
        _row(axes, place, bar, place == len(rows) - 1, rows[place + 1] if place + 2 < len(rows) else None)
        _label(sheet, bar, y, place == len(rows) - 1)
    value = rows[-1]
    _line(axes, len(rows) - 1, value.end, UNKNOWN)


def _ground(
    axes: Axes, sheet: Sheet, member: ExplainedMember, span: tuple[float, float], place: tuple[float, float, float]
) -> None:
    """Which stance a value leads to: where it objects, where it is silent, where it supports."""
    low, high = span
    threshold = min(max(_threshold(member), low), high)
    zero = min(max(0.0, low), high)
    left, y, wide = place
    for stance, start, end in (("object", low, threshold), ("acquiesce", threshold, zero), ("support", zero, high)):
        axes.axvspan(start, end, color=GROUND[stance].face, linewidth=0)
        share = (end - start) / (high - low)
        if share > NARROW and share * wide > inches(stance, SMALL) + 0.05:
            middle = left + wide * ((start + end) / 2 - low) / (high - low)
            sheet.write(middle, y, stance, size=SMALL, ink=SOFT, align="center")
    for at, style in ((threshold, "--"), (zero, "-")):
        if low < at < high:
            axes.axvline(at, color=INK, linewidth=0.8, linestyle=style)


def _row(axes: Axes, place: int, bar: Bar, whole: bool, following: Bar | None) -> None:
    look = WHOLE if whole else ADDS if bar.end >= bar.start else TAKES
    style: dict[str, Any] = {"facecolor": look.face, "edgecolor": PAPER, "hatch": look.hatch, "linewidth": 0}
    axes.barh(place, bar.end - bar.start, 0.62, left=bar.start, zorder=2, **style)
    if following is not None:
        axes.plot((bar.end, bar.end), (place + 0.31, place + 0.69), color=SOFT, linewidth=0.6, zorder=2)
    if bar.spread:
        _line(axes, place, bar.end, bar.spread)


def _line(axes: Axes, place: int, end: float, spread: float) -> None:
    """A spread, dark within white, so that it is seen on every ground."""
    for colour, width in ((PAPER, 2.6), (INK, 1.0)):
        axes.plot((end - spread, end + spread), (place, place), color=colour, linewidth=width, zorder=3)


def _label(sheet: Sheet, bar: Bar, y: float, bold: bool) -> None:
    room = LABELS - 0.1
    name = fitted(bar.label, room if not bar.under else room * 0.5, BODY, bold)
    sheet.write(0, y, name, bold=bold)
    left = inches(name, BODY, bold) + 0.08
    if bar.under:
        sheet.write(left, y, fitted(bar.under, room - left, NOTE), size=NOTE, ink=SOFT)
    sheet.write(sheet.width, y, utils(bar.end - bar.start), bold=bold, align="right")


def _words(record: Explained, shown: list[ExplainedMember]) -> Words:
    first = shown[0]
    who = named(first.id, first.name)
    against = [each for each in first.drivers if each.part < 0]
    worst = sorted(against, key=lambda each: each.part)[:2]
    drivers = " and ".join(fitted(each.driver, ROOM / 4) for each in worst)
    stands = f"{text(record)} is worth {utils(first.value)} utils to {who}"
    title = f"{stands}: {drivers} speak{'s' if len(worst) == 1 else ''} against it most" if worst else stands
    more = f" The first {len(shown)} of {len(record.explained)} members." if len(record.explained) > len(shown) else ""
    subtitle = (
        "From the text's appeal, driver by driver (trait × loading × weight), to its value. Dashed: left of it"
        f" objecting, as tabled, is worth its cost. Lines at bars: one standard deviation of the trait.{more}"
    )
    return Words(title, subtitle, source(record, sample(record.replicates, record.seed)))
