"""The chronicle of one replicate: members by rounds, coloured by stance."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sim.answers.result import Chronicle, Result
from sim.show.plots.captions import called, listed, members, plain, source, titled
from sim.show.plots.lettering import fitted, shortened, widest
from sim.show.plots.mosaic import Cell, mosaic
from sim.show.plots.sheet import ROOM, Sheet, Size, Words
from sim.show.plots.style import BODY, SMALL, SOFT, STANCES

OPEN, SECRET = "×", "○"
MOST = 40  # members with a row of their own
ROW, HEAD, TOTAL, GAP, NOTES, WIDEST = 0.165, 0.32, 0.2, 0.16, 0.85, 1.1  # inches


@dataclass(frozen=True)
class Row:
    """A member's stances, round by round, and how it ended."""

    name: str
    stances: tuple[str, ...]
    note: str
    hidden: tuple[bool, ...] = ()


def drawable(result: Result) -> bool:
    """Does the result hold a chronicle?"""
    return result.proposals[0].chronicle is not None


def draw(result: Result, size: Size | None = None) -> Sheet:
    """How many take each stance; below that, the members, objectors first."""
    found = result.proposals[0].chronicle
    if found is None:
        raise ValueError("this result holds no chronicle")
    rows = _rows(result, found)
    shown = rows if len(rows) <= MOST else [row for row in rows if "object" in row.stances][:MOST]
    totals = TOTAL * len(STANCES)
    head = HEAD + totals + (GAP if shown else 0.0)
    sheet = Sheet(_words(result, found, rows, shown), head + ROW * len(shown), size)
    left = min(max(widest([row.name for row in shown], SMALL), 0.95) + 0.12, ROOM * 0.4)
    rounds = len(found.stances)
    wide = min(WIDEST * rounds, sheet.width - left - NOTES)
    _heads(sheet, left, wide, rounds)
    _totals(sheet, found, left, wide)
    _members(sheet, shown, (left, head), (wide, sheet.height - head))
    return sheet


def _heads(sheet: Sheet, left: float, wide: float, rounds: int) -> None:
    each = wide / rounds
    step = next(n for n in (1, 2, 5, 10, 20, 50, 100, 1000) if n * each > 0.22 or n >= rounds)
    sheet.write(left, 0.02, "round", size=SMALL, ink=SOFT)
    for t in range(0, rounds, step):
        sheet.write(left + (t + 0.5) * each, 0.19, f"{t}", size=SMALL, align="center")


def _members(sheet: Sheet, shown: list[Row], corner: tuple[float, float], room: tuple[float, float]) -> None:
    (left, top), (wide, high) = corner, room
    if not shown:
        return
    each, rounds = high / len(shown), len(shown[0].stances)
    for place, row in enumerate(shown):
        y = top + each * (place + 0.5)
        sheet.write(0, y, fitted(row.name, left - 0.1, SMALL, bool(row.note)), size=SMALL, bold=bool(row.note))
        sheet.write(left + wide + 0.08, y, row.note, size=SMALL, bold=True)
    places = [(place, t) for place in range(len(shown)) for t in range(rounds)]
    marks = (OPEN, SECRET) if wide / rounds > 0.12 else ("", "")
    cells = [
        Cell(stance, marks[unheard] if stance == "object" else "", size=BODY)
        for row in shown
        for stance, unheard in zip(row.stances, row.hidden, strict=True)
    ]
    mosaic(sheet.axes(left, top, wide, high), places, cells, (len(shown), rounds), (each, wide / rounds))


def _totals(sheet: Sheet, found: Chronicle, left: float, wide: float) -> None:
    """How many members take each stance, by round; it also says what the colours mean."""
    sheet.write(0, 0.19, members(len(found.members)), size=SMALL, ink=SOFT)
    rounds = len(found.stances)
    room = wide / rounds
    legible = room >= widest([f"{len(found.members):,}"], SMALL, bold=True) + 0.04
    cells, places = [], []
    for row, stance in enumerate(STANCES):
        sheet.write(0, HEAD + TOTAL * (row + 0.5), stance, size=SMALL)
        for t, stances in enumerate(found.stances):
            places.append((row, t))
            cells.append(Cell(stance, f"{stances.count(stance):,}" if legible else "", size=SMALL))
    axes = sheet.axes(left, HEAD, wide, TOTAL * len(STANCES))
    mosaic(axes, places, cells, (len(STANCES), rounds), (TOTAL, room))


def _rows(result: Result, found: Chronicle) -> list[Row]:
    """Members, those first that object longest, then those that stay silent; else in council order."""
    named = names(result)
    held, won = set(found.hold_outs), set(found.won_over)
    unheard = secret(found)
    rows = []
    for id_, stances in zip(found.members, zip(*found.stances, strict=True), strict=True):
        note = "holds out" if id_ in held else "won over" if id_ in won else ""
        rows.append(Row(named(id_), stances, note, tuple(id_ in each for each in unheard)))
    return sorted(rows, key=lambda row: (not row.note, -row.stances.count("object"), -row.stances.count("acquiesce")))


def _words(result: Result, found: Chronicle, rows: list[Row], shown: list[Row]) -> Words:
    held = [row.name for row in rows if row.note == "holds out"]
    won = [row.name for row in rows if row.note == "won over"]
    title = f"One course of events: {ending(result, found, held, won)}"
    weaker = f"; the text's ambition at the end {found.ambition:.2f}" if found.ambition < 1 - 1e-12 else ""
    objecting = sum("object" in row.stances for row in rows)
    kept = f"Of {members(len(rows))}, {objecting:,} object{'s' if objecting == 1 else ''} in some round"
    if len(shown) < len(rows):
        kept += f"; {len(shown):,} have a row"
    rule = shortened(result.proposals[0].rule, 40)
    marks = f"{OPEN} marks an objection"
    if any(secret(found)):
        marks = f"{OPEN} marks an open objection, {SECRET} a hidden one"
    subtitle = f"Replicate {found.replicate} of the simulation, under {rule}{weaker}. {kept}. {marks}."
    return Words(title, subtitle, source(result, f"one simulated replicate, seed {found.seed}"))


def secret(found: Chronicle) -> list[set[str]]:
    """Who objected in each round without saying so; older records do not know."""
    return [set(found.hidden[t]) if t < len(found.hidden) else set() for t in range(len(found.stances))]


def names(result: Result) -> Callable[[str], str]:
    """What a member is called, by its id."""
    known = {each.id: called(each) for each in result.proposals[0].blame}
    return lambda id_: known.get(id_, id_)


def ending(result: Result, found: Chronicle, held: list[str], won: list[str]) -> str:
    """How it ended, in words: the outcome, and who held out or was won over."""
    how = f", {listed(held)} holding out" if held else f", {listed(won)} won over" if won else ""
    return f"{titled(result.proposals[0])} is {plain(found.outcome)} in round {found.round}{how}"
