"""The cells as a table: CSV always, Parquet on request."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sim.model.process import OUTCOMES
from sim.study.cells import BAND
from sim.study.sheet import Cell, Sheet


def tabled(sheet: Sheet, path: Path) -> None:
    """Write cells.csv: a row a cell and proposal, in the design's order; whole or not at all."""
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("w", encoding="utf-8", newline="") as file:
            rows = csv.writer(file, lineterminator="\n")
            for row in table(sheet):
                rows.writerow(row)
        os.replace(part, path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise OSError(error.errno, error.strerror, str(path)) from None


def table(sheet: Sheet) -> Iterator[list[str]]:
    """The table's rows, the header first. Numbers read back to the same bits; what a cell has not is left empty."""
    bands = [f"adopted_any.{each}" for each in BAND] if sheet.draws else []
    bands += [f"adopted_any.conditioned.{each}" for each in BAND] + ["effective_draws"] if sheet.conditioned else []
    head = ["cell", *(each.path for each in sheet.axes), "proposal", "rule", "engine", *OUTCOMES]
    head += ["adopted_any", "standard_error", "difference", "difference.standard_error", "lone_hold_out"]
    yield [*head, *(f"lone_hold_out.{each}" for each in sheet.ids), *bands]
    for number, values, found in sheet.cells():
        seated = sheet.seated(values)
        for name, each in zip(sheet.proposals, found, strict=True):
            lones: list[str] = [""] * len(sheet.ids)
            for place, share in zip(seated, each.lones, strict=True):
                lones[place] = repr(share)
            figures = [*each.outcomes, each.adopted, each.error, each.difference, each.difference_error, each.lone]
            said = [str(number), *map(written, values), inert(name), inert(each.rule), each.engine]
            yield [*said, *map(repr, figures), *lones, *_bands(sheet, each)]


def _bands(sheet: Sheet, cell: Cell) -> list[str]:
    """The intervals over outer draws, where there are any."""
    empty = [""] * len(BAND)
    found = ([repr(each) for each in cell.prior] if cell.prior else empty) if sheet.draws else []
    if sheet.conditioned:
        found += [repr(each) for each in cell.conditioned] if cell.conditioned else empty
        found.append("" if cell.effective is None else repr(cell.effective))
    return found


def written(value: Any) -> str:
    """A value as it was asked for: a text as it is, everything else as JSON."""
    return inert(value) if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def inert(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in "=+-@\t\r" else text


def to_parquet(table_: Path, path: Path) -> Path:
    """The same table as Parquet; numbers are the same bits. Needs pandas and pyarrow."""
    import pandas

    frame = pandas.read_csv(table_, float_precision="round_trip")
    part = path.with_name(f".{path.name}.part")
    try:
        frame.to_parquet(part, index=False)
        os.replace(part, path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise OSError(error.errno, error.strerror, str(path)) from None
    return path
