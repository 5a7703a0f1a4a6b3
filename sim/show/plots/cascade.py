"""The cascade of one replicate: who objects how long, who gives in, and after whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.patches import FancyArrowPatch, Rectangle
from matplotlib.patheffects import withStroke

from sim.answers.result import Cascade, Chronicle, Result
from sim.show.plots.captions import listed, source
from sim.show.plots.chronicle import ending, names, secret
from sim.show.plots.lettering import fitted, shortened, widest
from sim.show.plots.sheet import ROOM, Sheet, Size, Words
from sim.show.plots.style import BLUE, FAINT, HIDDEN, INK, PAPER, SMALL, SOFT, STANCES

MOST = 40  # members with a row
ROW, KEYS, HEAD, BAR, WIDEST, TALLEST = 0.23, 0.24, 0.22, 0.62, 1.2, 0.4  # inches, but for BAR: its share of a row
APART = 0.12  # inches a round from which rounds are parted
OBJECT = STANCES["object"]


@dataclass(frozen=True)
class Row:
    """A member that objects in some round: where it does, openly or not, and how that ended."""

    id: str
    name: str
    objects: tuple[bool, ...]
    hidden: tuple[bool, ...]
    note: str

    @property
    def last(self) -> int:
        """The last round in which it objects."""
        return max(t for t, each in enumerate(self.objects) if each)


def drawable(result: Result) -> bool:
    """Does the result hold a replicate in which somebody objects?"""
    room = result.proposals[0].room
    return bool(room and room.cascade and any("object" in each for each in room.cascade.chronicle.stances))


def draw(result: Result, size: Size | None = None) -> Sheet:
    """A row for each member that objects, from the first that gives in to the last hold-outs; arrows say after whom."""
    room = result.proposals[0].room
    if room is None or room.cascade is None:
        raise ValueError("this result holds no cascade")
    cascade = room.cascade
    rows = in_order(result, cascade.chronicle)
    shown = _chosen(rows, cascade)
    top = KEYS + HEAD
    sheet = Sheet(_words(result, cascade, rows, shown), top + ROW * len(shown), size)
    left = min(max(widest([row.name for row in shown], SMALL, bold=True), 0.5) + 0.14, ROOM * 0.34)
    rounds = len(cascade.chronicle.stances)
    notes = widest([row.note for row in shown], SMALL, bold=True) + 0.12
    wide, high = min(WIDEST * rounds, sheet.width - left - notes), min(sheet.height - top, TALLEST * len(shown))
    looks = [(OBJECT, "objects openly")]
    if any(any(row.hidden) for row in shown):
        looks.append((HIDDEN, "objects, hidden"))
    sheet.keys(0.06, looks)
    _heads(sheet, left, wide, rounds)
    axes = sheet.axes(left, top, wide, high)
    axes.set(xlim=(0, rounds), ylim=(len(shown), 0))
    axes.set_axis_off()
    for place, row in enumerate(shown):
        y = top + high / len(shown) * (place + 0.5)
        stays = row.last == rounds - 1
        sheet.write(0, y, fitted(row.name, left - 0.1, SMALL, stays), size=SMALL, bold=stays)
        sheet.write(left + wide + 0.1, y, row.note, size=SMALL, bold=stays, ink=INK if stays else SOFT)
        _bars(axes, place, row, wide / rounds > APART)
    _arrows(axes, cascade, shown)
    return sheet


def _heads(sheet: Sheet, left: float, wide: float, rounds: int) -> None:
    each = wide / rounds
    step = next(n for n in (1, 2, 5, 10, 20, 50, 100, 1000) if n * each > 0.22 or n >= rounds)
    sheet.write(0, KEYS + 0.1, "round", size=SMALL, ink=SOFT)
    for t in range(0, rounds, step):
        sheet.write(left + (t + 0.5) * each, KEYS + 0.1, f"{t}", size=SMALL, align="center")


def _bars(axes: Axes, place: int, row: Row, apart: bool) -> None:
    """A bar for every run of rounds in which a member objects in the same way, on a line; apart: rounds are parted."""
    rounds = len(row.objects)
    if apart:
        axes.vlines(range(1, rounds), place, place + 1, color=PAPER, linewidth=0.8, zorder=1.5)
    axes.plot((0, rounds), (place + 0.5,) * 2, color=FAINT, linewidth=0.8, zorder=0.5)
    start = 0
    for t in range(1, rounds + 1):
        if t < rounds and (row.objects[t], row.hidden[t]) == (row.objects[start], row.hidden[start]):
            continue
        if row.objects[start]:
            look = HIDDEN if row.hidden[start] else OBJECT
            style: dict[str, Any] = {"facecolor": look.face, "edgecolor": PAPER, "hatch": look.hatch, "linewidth": 0}
            axes.add_patch(Rectangle((start, place + (1 - BAR) / 2), t - start, BAR, zorder=1, **style))
        start = t


def _arrows(axes: Axes, cascade: Cascade, shown: list[Row]) -> None:
    """A ring where a member gives in, and arrows to it from the rings of those that fell silent a round before."""
    places = {row.id: place for place, row in enumerate(shown)}
    halo = [withStroke(linewidth=3.0, foreground=PAPER)]
    for each in cascade.gave_in:
        if each.id not in places:
            continue
        here = (each.round, places[each.id] + 0.5)
        ring: dict[str, Any] = {"markerfacecolor": PAPER, "markeredgecolor": INK, "markeredgewidth": 1.2}
        axes.plot(*here, "o", markersize=5.5, zorder=4, clip_on=False, **ring)
        for other in each.after:
            if other not in places or other == each.id:
                continue
            there = (each.round - 1, places[other] + 0.5)
            bend = 0.12 if there[1] < here[1] else -0.12
            arrow = FancyArrowPatch(there, here, arrowstyle="-|>", mutation_scale=8, shrinkA=3.5, shrinkB=3.5, zorder=3)
            arrow.set(color=BLUE, linewidth=1.3, path_effects=halo, clip_on=False)
            arrow.set_connectionstyle("arc3", rad=bend)
            axes.add_patch(arrow)


def in_order(result: Result, found: Chronicle) -> list[Row]:
    """Who objects in some round, in the order in which they stop: first those that give in, at last the hold-outs."""
    named, unheard = names(result), secret(found)
    held, won = set(found.hold_outs), set(found.won_over)
    rows = []
    for id_, stances in zip(found.members, zip(*found.stances, strict=True), strict=True):
        if "object" not in stances:
            continue
        objects = tuple(each == "object" for each in stances)
        hidden = tuple(each and id_ in ids for each, ids in zip(objects, unheard, strict=True))
        if id_ in won:
            note = "won over"
        elif objects[-1]:
            note = "hidden at the end" if hidden[-1] else "holds out" if id_ in held else "objects to the end"
        else:
            note = f"gave in, round {len(objects) - objects[::-1].index(True)}"
        rows.append(Row(id_, named(id_), objects, hidden, note))
    return sorted(rows, key=lambda row: (row.last, row.hidden[row.last], sum(row.objects)))


def _chosen(rows: list[Row], cascade: Cascade) -> list[Row]:
    """As many as there is room for: some hold-outs, then those that an arrow joins, then those that object longest."""
    joined = {id_ for each in cascade.gave_in if each.after for id_ in (each.id, *each.after)}
    held = [row for row in rows if row.objects[-1]][: MOST // 4]
    best = sorted(rows, key=lambda row: (row not in held, row.id not in joined, -row.last))[:MOST]
    return [row for row in rows if row in best]


def _words(result: Result, cascade: Cascade, rows: list[Row], shown: list[Row]) -> Words:
    found, named = cascade.chronicle, names(result)
    after = [each for each in cascade.gave_in if each.after]
    if len(after) == 1:
        who = f"{listed([named(after[0].id)])} gives in after {listed([named(id_) for id_ in after[0].after])}"
    elif after:
        who = f"{listed([named(each.id) for each in after])} give in after others"
    elif cascade.gave_in:
        gone = [named(each.id) for each in cascade.gave_in]
        who = f"{listed(gone)} give{'s' if len(gone) == 1 else ''} in, but not after another"
    else:
        who = "Nobody gives in"
    held, won = [named(id_) for id_ in found.hold_outs], [named(id_) for id_ in found.won_over]
    title = f"{who}; {ending(result, found, held, won)}"
    which, rings, arrows = (
        f"the first of {cascade.searched:,} looked at in which one member gives in after another",
        "",
        "",
    )
    if not after:
        none = "" if cascade.gave_in else "nobody gives in, and "
        which = f"{none}in none of {cascade.searched:,} looked at does one member give in after another"
    if cascade.gave_in:
        rings = " A ring: it gives in."
    if after:
        arrows = " An arrow comes from whom it listens to and who had fallen silent the round before."
    left_out = f" {len(shown)} of {len(rows):,} that object have a row." if len(shown) < len(rows) else ""
    rule = shortened(result.proposals[0].rule, 40)
    subtitle = f"Replicate {found.replicate} of the simulation, under {rule}: {which}.{rings}{arrows}{left_out}"
    return Words(title, subtitle, source(result, f"one simulated replicate, seed {found.seed}"))
