"""The cells as a table: CSV always, Parquet on request."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from sim.model.process import OUTCOMES
from sim.study.cells import BAND, HIDING
from sim.study.sheet import Cell, Sheet


def tabled(sheet: Sheet, path: Path) -> float | None:
    """Write cells.csv: a row a cell and proposal, in the design's order; whole or not at all.

    What conditioning left at most of the outer draws in any cell; None where nothing is conditioned.
    """
    most: float | None = None
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("w", encoding="utf-8", newline="") as file:
            rows = csv.writer(file, lineterminator="\n")
            rows.writerow(heads(sheet))
            for number, values, found in sheet.cells():
                rows.writerows(_rows(sheet, number, values, found))
                left = [each.effective for each in found if each.effective is not None]
                most = max([*left, *([] if most is None else [most])], default=None)
        os.replace(part, path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise OSError(error.errno, error.strerror, str(path)) from None
    return most


def heads(sheet: Sheet) -> list[str]:
    """The names of the columns."""
    bands = [f"adopted_any.{each}" for each in BAND] if sheet.draws else []
    bands += [f"adopted_any.conditioned.{each}" for each in BAND] + ["effective_draws"] if sheet.conditioned else []
    head = ["cell", *(each.path for each in sheet.axes), "proposal", "rule", "engine", *OUTCOMES]
    head += ["adopted_any", "standard_error", "lone_hold_out", *(f"lone_hold_out.{each}" for each in sheet.ids)]
    return [*head, *bands, "difference", "difference.standard_error", *(HIDING if sheet.hides else ())]


def _rows(sheet: Sheet, number: int, values: Sequence[Any], found: list[Cell]) -> Iterator[list[str]]:
    """A cell's rows. Numbers read back to the same bits; what a cell has not is left empty."""
    seated = sheet.seated(values)
    for name, each in zip(sheet.proposals, found, strict=True):
        lones: list[str] = [""] * len(sheet.ids)
        for place, share in zip(seated, each.lones, strict=True):
            lones[place] = repr(share)
        figures = map(repr, [*each.outcomes, each.adopted, each.error, each.lone])
        said = [str(number), *map(written, values), inert(name), inert(each.rule), each.engine]
        differs = [repr(each.difference), repr(each.difference_error)]
        yield [*said, *figures, *lones, *_bands(sheet, each), *differs, *_hiding(sheet, each)]


def _bands(sheet: Sheet, cell: Cell) -> list[str]:
    """The intervals over outer draws, where there are any."""
    empty = [""] * len(BAND)
    found = ([repr(each) for each in cell.prior] if cell.prior else empty) if sheet.draws else []
    if sheet.conditioned:
        found += [repr(each) for each in cell.conditioned] if cell.conditioned else empty
        found.append("" if cell.effective is None else repr(cell.effective))
    return found


def _hiding(sheet: Sheet, cell: Cell) -> list[str]:
    """Who hides, where anybody does in any cell."""
    found = [repr(each) for each in cell.hiding] if cell.hiding else [""] * len(HIDING)
    return found if sheet.hides else []


def written(value: Any) -> str:
    """A value as it was asked for: a text as it is, everything else as TOML, so that it can be set again."""
    return inert(value) if isinstance(value, str) else _toml(value)


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{_toml(key)} = {_toml(each)}' for key, each in value.items())} }}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_toml, value))}]"
    spelt = json.dumps(value, ensure_ascii=False)  # texts are spelt in TOML as in JSON
    return spelt if isinstance(value, str) else spelt.replace("Infinity", "inf")


def inert(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in "=+-@\t\r" else text


def to_parquet(table_: Path, path: Path) -> Path:
    """The same table as Parquet; numbers are the same bits. Needs pandas and pyarrow."""
    import pandas

    with table_.open(encoding="utf-8") as file:
        columns = next(csv.reader(file))
    words = columns[: columns.index("engine") + 1]  # there, an empty cell or NA is a name like others
    missing = {each: [""] for each in columns if each not in words}
    frame = pandas.read_csv(table_, float_precision="round_trip", keep_default_na=False, na_values=missing)
    part = path.with_name(f".{path.name}.part")
    try:
        frame.to_parquet(part, index=False)
        os.replace(part, path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise OSError(error.errno, error.strerror, str(path)) from None
    return path
