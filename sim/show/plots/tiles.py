"""A tile map of the members, coloured by the stance that each most likely takes when the text is tabled."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import ceil, sqrt

from sim.answers.result import MemberBlame, ProposalResult, Result
from sim.show.plots.captions import called, engine, listed, source, titled
from sim.show.plots.lettering import fitted, inches, wrapped
from sim.show.plots.mosaic import Cell, mosaic
from sim.show.plots.sheet import ROOM, Sheet, Size, Words
from sim.show.plots.style import NOTE, SMALL, STANCES
from sim.show.words import percent

KEYS, HEAD, GAP = 0.36, 0.4, 0.3  # inches
LARGEST, SMALLEST = 0.47, 0.24  # sides of a tile that still has its id on it
PANELS = 4  # further proposals, drawn small
Place = tuple[int, int]


@dataclass(frozen=True)
class Plan:
    """Where each member's tile lies: (row, column) in council order."""

    places: list[Place]
    map: bool

    @property
    def rows(self) -> int:
        return 1 + max(row for row, _ in self.places)

    @property
    def columns(self) -> int:
        return 1 + max(column for _, column in self.places)


@cache
def _atlas() -> dict[str, Place]:
    """The tiles of the states that the package knows."""
    text = files("sim.show.plots").joinpath("tiles.csv").read_text(encoding="utf-8")
    return {row["id"]: (int(row["row"]), int(row["col"])) for row in csv.DictReader(text.splitlines())}


def plan(ids: Sequence[str]) -> Plan:
    """A map if every id is on it, else a grid in council order."""
    atlas = _atlas()
    if not all(each in atlas for each in ids):
        columns = ceil(sqrt(len(ids) * 5 / 3))
        return Plan([divmod(place, columns) for place in range(len(ids))], map=False)
    top, left = min(atlas[each][0] for each in ids), min(atlas[each][1] for each in ids)
    return Plan([(atlas[each][0] - top, atlas[each][1] - left) for each in ids], map=True)


def draw(result: Result, size: Size | None = None) -> Sheet:
    """The first proposal large, a few more small below it."""
    first, more = result.proposals[0], _more(result)
    laid = plan([each.id for each in first.blame])
    side = min(LARGEST, ROOM / laid.columns)
    abreast = 2 if len(more) > 1 else 1
    small = min((ROOM - GAP) / 2 / laid.columns, side * 0.56)
    deep = ceil(len(more) / abreast)
    panel = HEAD + small * laid.rows
    sheet = Sheet(_words(result, first, laid, more), KEYS + side * laid.rows + deep * (panel + 0.15), size)
    grown = min(sheet.width / laid.columns / side, (sheet.height - KEYS) / (side * laid.rows + deep * (panel + 0.15)))
    grown = max(grown, 1.0)
    sheet.keys(0.1, [(STANCES[each], f"{each}: {number:,}") for each, number in _count(first).items()])
    wide = side * grown * laid.columns
    _map(sheet, laid, first, (sheet.width - wide) / 2, KEYS, side * grown)
    each = (sheet.width + GAP) / abreast
    for number, text in enumerate(more):
        row, column = divmod(number, abreast)
        top = KEYS + side * grown * laid.rows + 0.15 + row * (panel + 0.15)
        lines = wrapped(text.name, each - GAP, SMALL, bold=True, lines=1)
        counts = ", ".join(f"{name} {count:,}" for name, count in _count(text).items())
        sheet.write(column * each, top + 0.12, lines[0], size=SMALL, bold=True)
        sheet.write(column * each, top + 0.25, counts, size=NOTE)
        _map(sheet, laid, text, column * each, top + HEAD, small)
    return sheet


def _more(result: Result) -> list[ProposalResult]:
    """Further proposals that can be drawn small and still be read."""
    first, *rest = result.proposals
    laid = plan([each.id for each in first.blame])
    same = all([each.id for each in text.blame] == [each.id for each in first.blame] for text in rest)
    readable = (ROOM - GAP) / 2 / laid.columns >= SMALLEST
    return rest if same and readable and len(rest) <= PANELS else []


def _map(sheet: Sheet, laid: Plan, text: ProposalResult, left: float, top: float, side: float) -> None:
    axes = sheet.axes(left, top, side * laid.columns, side * laid.rows)
    cells = [_cell(member, side) for member in text.blame]
    mosaic(axes, laid.places, cells, (laid.rows, laid.columns), (side, side))


def _cell(member: MemberBlame, side: float) -> Cell:
    if side < SMALLEST * 0.9:
        return Cell(likeliest(member))
    room = side * 0.9 - 0.03
    large = min(SMALL + 0.5, side * 15 + 1.0)
    while large > 5.0 and inches(member.id, large, bold=True) > room:
        large -= 0.5
    chance = percent(member.object) if member.object >= 0.01 and side > 0.4 else ""
    return Cell(likeliest(member), fitted(member.id, room, large, bold=True), chance, large)


def likeliest(member: MemberBlame) -> str:
    """The stance that a member most likely takes; of equal ones, the friendlier."""
    return max(STANCES, key=lambda stance: float(getattr(member, stance)))


def _count(text: ProposalResult) -> dict[str, int]:
    found = [likeliest(member) for member in text.blame]
    return {stance: found.count(stance) for stance in STANCES}


def _words(result: Result, text: ProposalResult, laid: Plan, more: list[ProposalResult]) -> Words:
    objectors = [called(each) for each in text.blame if likeliest(each) == "object"]
    count, name = _count(text), titled(text)
    if objectors:
        who = f"{listed(objectors)} most likely object{'s' if len(objectors) == 1 else ''}"
    else:
        who = "nobody is likelier to object than not"
    number = len(text.blame)
    rest = f"; {count['support']:,} of {number:,} are likeliest to support it" if number > 1 else ""
    title = f"When {name} is tabled, {who}{rest}"
    order = "" if laid.map else " Members in council order."
    numbers = " Numbers: the probability of objecting, from .01." if ROOM / laid.columns > 0.4 else ""
    left_out = len(result.proposals) - 1 - len(more)
    unseen = f" The first of {len(result.proposals)} proposals." if left_out else ""
    subtitle = f"Each tile is a member, coloured by its likeliest stance as tabled.{numbers}{order}{unseen}"
    return Words(title, subtitle, source(result, engine(result)))
