"""The members of a council, from a CSV file or from the scenario itself: every cell checked, used or not."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import numpy as np

from sim.model.council import Booleans, Floats, Integers
from sim.scenario.complaints import near, nearest, shown
from sim.scenario.forms import MEMBERS_AT_MOST
from sim.scenario.rows import Complain, Row, of_table, spelt
from sim.scenario.rows import from_csv as rows_of

SPECIAL = ("stake", "independence", "attention")
FLAGS = ("veto", "never_objects")
WEIGHTS = ("population", "votes")
MISSPELT = 0.85  # a column that nothing reads and that is as much like one that is read, is taken for a slip


@dataclass(frozen=True)
class Uses:
    """Which columns the scenario reads: as traits; as counts that a rule weighs members by; drivers, where there."""

    traits: frozenset[str]
    weights: frozenset[str]
    drivers: frozenset[str]


@dataclass(frozen=True)
class Members:
    """Columns as read, nothing mapped. Where a member written in place has no such key, a number is NaN.

    traits: column -> (N,); weights: column -> (N,) integers; own: stake, independence, attention -> (N,)
    spreads: column -> (N,), the standard deviations of traits that have any
    rows: the members as tables, for the resolved copy
    """

    ids: tuple[str, ...]
    names: tuple[str, ...]
    traits: dict[str, Floats]
    weights: dict[str, Integers]
    own: dict[str, Floats]
    flags: dict[str, Booleans]
    spreads: dict[str, Floats]
    rows: list[dict[str, Any]] = field(repr=False)


def folded(name: str) -> str:
    """What two names must not share: their spelling after Unicode normalisation and case folding."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())


def from_csv(text: str, path: str, uses: Uses, complain: Complain) -> Members | None:
    """Members from the text of a CSV file. What is wrong is said, and left out; None if nothing can be read."""
    wrong: list[str] = []
    rows = list(islice(rows_of(text, path, "that begins with id,name", _sound, wrong.append), MEMBERS_AT_MOST + 1))
    for each in wrong:
        complain(each)
    return _members(rows, f"{path}:1: the file", uses, complain) if rows or not wrong else None


def from_list(
    members: list[Any], where: Callable[[tuple[str | int, ...]], str], uses: Uses, complain: Complain
) -> Members | None:
    """Members written in the scenario; where gives FILE:LINE: KEY for a path. Otherwise as from_csv."""
    rows = []
    for place, member in enumerate(members[: MEMBERS_AT_MOST + 1]):
        path = ("council", "members", place)
        if not isinstance(member, dict):
            complain(f"{where(path)}: {shown(member)} is no member; expected a table with an id")
        else:
            rows.append(of_table(member, where, path, place))
    return _members(rows, where(("council", "members")), uses, complain) if rows or not members else None


def _sound(columns: list[str], path: str, complain: Complain) -> bool:
    if columns[:2] != ["id", "name"]:
        begins = ", ".join(map(shown, columns[:2]))
        complain(f"{path}:1: the header: the columns begin with {begins}; expected id, name")
        return False
    seen: dict[str, str] = {}
    sound = True
    for each in columns:
        if not each.isprintable() or not 0 < len(each) <= 200:
            complain(f"{path}:1: the header: {shown(each)} is no column's name; expected 1 to 200 printable characters")
            sound = False
        elif folded(each) in seen:
            complain(f"{path}:1: {each}: the column stands twice; expected different names")
            sound = False
        seen[folded(each)] = each
    return sound


def _members(rows: list[Row], head: str, uses: Uses, complain: Complain) -> Members | None:
    if not rows:
        complain(f"{head}: there are no members; expected 1 to {MEMBERS_AT_MOST:,}")
        return None
    if len(rows) > MEMBERS_AT_MOST:
        complain(f"{rows[-1].where('id')}: too many members; expected at most {MEMBERS_AT_MOST:,}")
        return None
    ids, names = _identities(rows, complain)
    columns = list(dict.fromkeys(key for row in rows for key in row.cells if key not in ("id", "name")))
    kinds = {each: _kind(each, rows, uses) for each in columns}
    _misspelt(kinds, rows, head, uses, complain)
    found = {each: _column(each, kinds[each], rows, complain) for each in columns}
    size = len(rows)
    return Members(
        ids=tuple(ids),
        names=tuple(names),
        traits={each: values for each, values in found.items() if kinds[each] == "trait"},
        weights={each: values.astype(np.int64) for each, values in found.items() if kinds[each] == "weight"},
        own={each: found.get(each, np.full(size, np.nan)) for each in SPECIAL},
        flags={each: found.get(each, np.zeros(size)) > 0 for each in FLAGS},
        spreads={each[:-3]: values for each, values in found.items() if kinds[each] == "sd"},
        rows=[_resolved(row, found, kinds, place, ids, names) for place, row in enumerate(rows)],
    )


def _identities(rows: list[Row], complain: Complain) -> tuple[list[str], list[str]]:
    ids: list[str] = []
    names: list[str] = []
    seen: dict[str, str] = {}
    for row in rows:
        own = row.cells.get("id")
        if not _is_name(own):
            said = shown(own) if own is not None else "missing"
            complain(f"{row.where('id')}: {said}; expected text of 1 to 200 printable characters")
            own = ""
        own = unicodedata.normalize("NFC", str(own).strip())
        name = row.cells.get("name", own or "?")
        if not _is_name(name):
            complain(f"{row.where('name')}: {shown(name)}; expected text of 1 to 200 printable characters")
        if own and folded(own) in seen:
            first = shown(seen[folded(own)])
            complain(f"{row.where('id')}: {shown(own)} stands twice, first as {first}; expected different ids")
        seen.setdefault(folded(own), own)
        ids.append(own)
        names.append(unicodedata.normalize("NFC", str(name).strip()))
    return ids, names


def _is_name(given: Any) -> bool:
    return isinstance(given, str) and 0 < len(given.strip()) <= 200 and given.isprintable()


def _kind(column: str, rows: list[Row], uses: Uses) -> str:
    """What a column holds: a count by its name, by its use, or because all its cells are and one is above 1."""
    if column in SPECIAL or column in FLAGS:
        return column if column in SPECIAL else "flag"
    if column in WEIGHTS or column in uses.weights:
        return "weight"
    if column.endswith("_sd"):
        return "sd"
    if column in uses.traits:
        return "trait"
    cells = [str(row.cells[column]).strip() for row in rows if column in row.cells]
    counts = all(each.isascii() and each.isdigit() for each in cells)
    return "weight" if counts and any(each.lstrip("0") not in ("", "1") for each in cells) else "trait"


def _misspelt(kinds: dict[str, str], rows: list[Row], head: str, uses: Uses, complain: Complain) -> None:
    """A spread without its column; and a column that nothing reads, but that is much like one that is read."""

    def at(row: Row, column: str) -> str:
        return f"{head.removesuffix('the file')}{column}" if row.spelt else row.where(column)

    known = {*uses.drivers, *SPECIAL, *FLAGS, *WEIGHTS, "id", "name"}
    for column, kind in kinds.items():
        if kind == "sd" and kinds.get(column.removesuffix("_sd")) != "trait":
            close = nearest(column.removesuffix("_sd"), (each for each in kinds if kinds[each] == "trait"))
            complain(f"{at(rows[0], column)}: a spread without its column{close}")
        if kind == "sd" or column in known | uses.traits | uses.weights:
            continue
        close_to = near(column, known, MISSPELT)
        row = next((each for each in rows if column in each.cells and close_to not in each.cells), None)
        if close_to and row:
            complain(f"{at(row, column)}: nothing reads this; expected a known column, the nearest is {close_to!r}")


EXPECTED = {
    "trait": "a number from 0 to 1",
    "sd": "a number from 0 to 1",
    "stake": "a number above 0 and up to 1",
    "independence": "a number from 0 to 1",
    "attention": "a number above 0, per hour",
    "flag": "0 or 1",
    "weight": "a whole number from 0 to 10^12",
}
TINY = 5e-324
RANGES = {"stake": (TINY, 1.0), "attention": (TINY, 1e9), "weight": (0.0, 1e12)}  # else from 0 to 1


def cell(kind: str, given: Any) -> float | None:
    """The number in a cell of that kind; None if it does not hold one."""
    if isinstance(given, bool):
        return float(given) if kind == "flag" else None
    low, high = RANGES.get(kind, (0.0, 1.0))
    if not isinstance(given, int | float) or not low <= given <= high:
        return None
    number = float(given)
    return None if kind in ("flag", "weight") and not number.is_integer() else number


def _column(column: str, kind: str, rows: list[Row], complain: Complain) -> Floats:
    found = np.full(len(rows), np.nan if kind in ("trait", *SPECIAL) else 0.0)
    for place, row in enumerate(rows):
        if column not in row.cells:
            if kind == "weight":
                complain(f"{row.where(column)}: missing; expected {EXPECTED[kind]}, as for other members")
            continue
        given = row.cells[column]
        number = cell(kind, spelt(given) if row.spelt and isinstance(given, str) else given)
        if number is None:
            said = "nothing" if isinstance(given, str) and not given.strip() else shown(given)
            complain(f"{row.where(column)}: {said}; expected {EXPECTED[kind]}")
        else:
            found[place] = number
    return found


def _resolved(
    row: Row, found: dict[str, Floats], kinds: dict[str, str], place: int, ids: list[str], names: list[str]
) -> dict[str, Any]:
    """A member as a table that reads back to the same."""
    table: dict[str, Any] = {"id": ids[place], "name": names[place]}
    for column, values in found.items():
        if column in row.cells:
            number = float(values[place])
            table[column] = int(number) if kinds[column] in ("weight", "flag") else number
    return table
