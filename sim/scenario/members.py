"""The members of a council, from a CSV file or from the scenario itself: every cell checked, used or not."""

from __future__ import annotations

import csv
import io
import math
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sim.model.council import Booleans, Floats, Integers
from sim.scenario.complaints import join, nearest, shown

MEMBERS_AT_MOST = 5000
SPECIAL = ("stake", "independence", "attention")
FLAGS = ("veto", "never_objects")
WEIGHTS = ("population", "votes")
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,4})?")

Complain = Callable[[str], None]


@dataclass(frozen=True)
class Members:
    """Columns as read, nothing mapped. Where a member written in place has no such key, a number is NaN.

    traits, sds: column -> (N,); weights: column -> (N,) integers; own: stake, independence, attention -> (N,)
    rows: the members as tables, for the resolved copy
    """

    ids: tuple[str, ...]
    names: tuple[str, ...]
    traits: dict[str, Floats]
    sds: dict[str, Floats]
    weights: dict[str, Integers]
    own: dict[str, Floats]
    flags: dict[str, Booleans]
    rows: list[dict[str, Any]] = field(repr=False)


@dataclass
class _Row:
    cells: dict[str, Any]
    where: Callable[[str], str]  # FILE:LINE: KEY of a cell


def folded(name: str) -> str:
    """What two names must not share: their spelling after Unicode normalisation and case folding."""
    return unicodedata.normalize("NFKC", name).casefold()


def from_csv(text: str, shown_path: str, as_weights: Iterable[str], complain: Complain) -> Members | None:
    """Members from the text of a CSV file; None if something is wrong, and said so."""
    return _members(list(_csv_rows(text, shown_path, complain)), f"{shown_path}:1", set(as_weights), complain)


def from_list(members: list[Any], locate: Callable[[tuple[str | int, ...]], str], complain: Complain, as_weights: Iterable[str]) -> Members | None:
    """Members written in the scenario; locate gives FILE:LINE for a path."""
    rows = []
    for place, member in enumerate(members):
        path = ("council", "members", place)
        if not isinstance(member, dict):
            complain(f"{locate(path)}: {join(path)}: {shown(member)} is no member; expected a table with an id")
            continue

        def where(key: str, path: tuple[str | int, ...] = path) -> str:
            return f"{locate((*path, key))}: {join((*path, key))}"

        rows.append(_Row(dict(member), where))
    return _members(rows, locate(("council", "members")), set(as_weights), complain)


def _csv_rows(text: str, path: str, complain: Complain) -> Iterator[_Row]:
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        complain(f"{path}:{line}: a NUL byte; expected text separated by commas")
        return
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = next(reader, None)
        if not header:
            complain(f"{path}:1: the file is empty; expected a header that begins with id,name")
            return
        columns = [each.strip() for each in header]
        if not _sound(columns, path, complain):
            return
        for cells in reader:
            line = reader.line_num
            if not any(each.strip() for each in cells):
                continue
            if len(cells) != len(columns):
                complain(f"{path}:{line}: {len(cells)} cells; expected {len(columns)}, as in the header")
                continue
            yield _Row(dict(zip(columns, cells, strict=True)), lambda key, line=line: f"{path}:{line}: {key}")  # type: ignore[misc]
    except csv.Error as error:
        complain(f"{path}:{max(reader.line_num, 1)}: {error}; expected CSV with every quote closed")


def _sound(columns: list[str], path: str, complain: Complain) -> bool:
    if len(columns) == 1 and ";" in columns[0]:
        complain(f"{path}:1: columns separated by semicolons; expected commas, and points in decimal numbers")
        return False
    if columns[:2] != ["id", "name"]:
        complain(f"{path}:1: the columns begin with {', '.join(map(shown, columns[:2]))}; expected id, name")
        return False
    seen: dict[str, str] = {}
    sound = True
    for each in columns:
        if not each or len(each) > 200:
            complain(f"{path}:1: {shown(each)} is no column's name; expected 1 to 200 characters")
            sound = False
        elif folded(each) in seen:
            complain(f"{path}:1: the column {shown(each)} stands twice; expected different names")
            sound = False
        seen[folded(each)] = each
    return sound


def _members(rows: list[_Row], head: str, as_weights: set[str], complain: Complain) -> Members | None:
    failed = False

    def wrong(message: str) -> None:
        nonlocal failed
        failed = True
        complain(message)

    if not rows:
        wrong(f"{head}: council.members: there are no members; expected 1 to {MEMBERS_AT_MOST}")
        return None
    if len(rows) > MEMBERS_AT_MOST:
        wrong(f"{head}: council.members: {len(rows)} members; expected at most {MEMBERS_AT_MOST}")
        return None
    ids, names = _identities(rows, wrong)
    columns = list(dict.fromkeys(key for row in rows for key in row.cells if key not in ("id", "name")))
    kinds = {each: _kind(each, rows, as_weights) for each in columns}
    for each in columns:
        if each.endswith("_sd") and kinds[each] == "sd" and kinds.get(each.removesuffix("_sd")) != "trait":
            close = nearest(each.removesuffix("_sd"), (c for c in columns if kinds[c] == "trait"))
            wrong(f"{rows[0].where(each)}: a spread without its column{close}")
    found = {each: _column(each, kinds[each], rows, wrong) for each in columns}
    if failed:
        return None
    by_kind = {kind: {c: found[c] for c in columns if kinds[c] == kind} for kind in set(kinds.values())}
    size = len(rows)
    return Members(
        ids=tuple(ids),
        names=tuple(names),
        traits=by_kind.get("trait", {}),
        sds={each.removesuffix("_sd"): values for each, values in by_kind.get("sd", {}).items()},
        weights={each: values.astype(np.int64) for each, values in by_kind.get("weight", {}).items()},
        own={each: found.get(each, np.full(size, np.nan)) for each in SPECIAL},
        flags={each: found.get(each, np.zeros(size)) > 0 for each in FLAGS},
        rows=[_resolved(row, found, kinds, place, ids, names) for place, row in enumerate(rows)],
    )


def _identities(rows: list[_Row], wrong: Complain) -> tuple[list[str], list[str]]:
    ids, names, seen = [], [], {}
    for row in rows:
        own = row.cells.get("id")
        if not isinstance(own, str) or not 0 < len(own.strip()) <= 200 or not own.isprintable():
            wrong(f"{row.where('id')}: {shown(own) if own is not None else 'missing'}; expected 1 to 200 characters")
            own = ""
        own = unicodedata.normalize("NFC", own.strip())
        name = row.cells.get("name", own)
        if not isinstance(name, str) or not 0 < len(name.strip()) <= 200 or not name.isprintable():
            wrong(f"{row.where('name')}: {shown(name)}; expected 1 to 200 characters")
            name = own
        if own and folded(own) in seen:
            wrong(f"{row.where('id')}: the member {shown(own)} stands twice, first as {seen[folded(own)]!r}; expected different ids")
        seen.setdefault(folded(own), own)
        ids.append(own)
        names.append(unicodedata.normalize("NFC", name.strip()))
    return ids, names


def _kind(column: str, rows: list[_Row], as_weights: set[str]) -> str:
    """What a column holds: a weight is a count by its name, by its use, or because all its cells are and one is above 1."""
    if column in SPECIAL or column in FLAGS:
        return column if column in SPECIAL else "flag"
    if column in WEIGHTS or column in as_weights:
        return "weight"
    if column.endswith("_sd"):
        return "sd"
    cells = [str(row.cells[column]).strip() for row in rows if column in row.cells]
    counts = all(each.isascii() and each.isdigit() for each in cells)
    return "weight" if counts and any(each.lstrip("0") not in ("", "1") for each in cells) else "trait"


EXPECTED = {
    "trait": "a number from 0 to 1",
    "sd": "a number from 0 to 1",
    "stake": "a number above 0 and up to 1",
    "independence": "a number from 0 to 1",
    "attention": "a number above 0, per hour",
    "flag": "0 or 1",
    "weight": "a whole number from 0 to 10^12",
}


def cell(kind: str, given: Any) -> float | None:
    """The number in a cell of that kind; None if it does not hold one."""
    if isinstance(given, bool):
        return float(given) if kind == "flag" else None
    if isinstance(given, str):
        text = given.strip()
        if kind == "flag" and text.lower() in ("true", "false"):
            return float(text.lower() == "true")
        if len(text) > 400 or not _NUMBER.fullmatch(text):
            return None
        given = int(text) if kind == "weight" and text.isdigit() else float(text)
    if not isinstance(given, int | float) or not abs(given) <= 10**12 or math.isnan(given):
        return None
    number = float(given)
    fits = {
        "trait": 0 <= number <= 1,
        "sd": 0 <= number <= 1,
        "stake": 0 < number <= 1,
        "independence": 0 <= number <= 1,
        "attention": 0 < number <= 1e9,
        "flag": number in (0, 1),
        "weight": number >= 0 and (isinstance(given, int) or number == int(number)),
    }
    return number if fits[kind] else None


def _column(column: str, kind: str, rows: list[_Row], wrong: Complain) -> Floats:
    found = np.full(len(rows), np.nan if kind in ("trait", *SPECIAL) else 0.0)
    for place, row in enumerate(rows):
        if column not in row.cells:
            if kind == "weight":
                wrong(f"{row.where(column)}: missing; expected {EXPECTED[kind]}, as for other members")
            continue
        number = cell(kind, row.cells[column])
        if number is None:
            given = row.cells[column]
            said = "nothing" if isinstance(given, str) and not given.strip() else shown(given)
            wrong(f"{row.where(column)}: {said}; expected {EXPECTED[kind]}")
        else:
            found[place] = number
    return found


def _resolved(
    row: _Row, found: dict[str, Floats], kinds: dict[str, str], place: int, ids: list[str], names: list[str]
) -> dict[str, Any]:
    """A member as a table that reads back to the same."""
    table: dict[str, Any] = {"id": ids[place], "name": names[place]}
    for column, values in found.items():
        if column in row.cells:
            number = float(values[place])
            table[column] = int(number) if kinds[column] in ("weight", "flag") else number
    return table
