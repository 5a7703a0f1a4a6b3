"""Rows of a table that stands in a CSV file, or in the scenario itself: every cell knows where it was written."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,4})?", re.ASCII)

ENOUGH = 100_000  # things that are wrong with a table, beyond which the rest of it is not read

Complain = Callable[[str], None]


@dataclass
class Row:
    """A row by its cells. where: FILE:LINE: KEY of one; number: the line in a CSV file, else the place in the list."""

    cells: dict[str, Any]
    where: Callable[[str], str]
    number: int
    spelt: bool = False  # are numbers spelt out as text, as in a CSV file?


def from_csv(
    text: str, path: str, header: str, sound: Callable[[list[str], str, Complain], bool], complain: Complain
) -> Iterator[Row]:
    """The rows of a CSV file. What is wrong is said, and left out.

    header: what is expected of one; sound: is it, and what is wrong with it
    """
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    begins, ragged = 1, 0
    try:
        columns = [each.strip() for each in next(reader, [])]
        if not _separated(columns, path, header, complain) or not sound(columns, path, complain):
            return
        begins = reader.line_num + 1
        for cells in reader:
            line, begins = begins, reader.line_num + 1
            if not any(each.strip() for each in cells):
                continue
            if len(cells) != len(columns):
                what = f"{len(cells)} cells{' (decimal commas, perhaps)' if len(cells) > len(columns) else ''}"
                complain(f"{path}:{line}: the row: {what}; expected {len(columns)}, as in the header")
                ragged += 1
                if ragged > ENOUGH:
                    return
                continue
            yield Row(dict(zip(columns, cells, strict=True)), partial(_cell_of, path, line), line, spelt=True)
    except csv.Error as error:
        complain(f"{path}:{begins}: the row: {error}; expected commas between cells, and every quote closed")


def _separated(columns: list[str], path: str, header: str, complain: Complain) -> bool:
    if not columns:
        complain(f"{path}:1: the file: empty; expected a header {header}")
        return False
    if len(columns) == 1 and ";" in columns[0]:
        complain(f"{path}:1: the header: columns separated by semicolons; expected commas, and points in numbers")
        return False
    return True


def _cell_of(path: str, line: int, column: str) -> str:
    return f"{path}:{line}: {column}"


def of_table(
    table: dict[str, Any], where: Callable[[tuple[str | int, ...]], str], path: tuple[str | int, ...], number: int
) -> Row:
    """A row written in the scenario; where gives FILE:LINE: KEY for a path, path is the row's own."""
    return Row(table, partial(_key_of, where, path), number)


def _key_of(where: Callable[[tuple[str | int, ...]], str], path: tuple[str | int, ...], key: str) -> str:
    return where((*path, key))


def spelt(text: str) -> float | None:
    """The number that a cell of a CSV file spells; None if it spells none."""
    text = text.strip()
    return float(text) if len(text) <= 400 and _NUMBER.fullmatch(text) else None
