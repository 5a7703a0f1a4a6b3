"""What a run leaves behind: the record, the members as a table, the resolved scenario, the pictures."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Callable
from pathlib import Path

import tomli_w

from sim.answers.result import MEASURES, Result
from sim.model.stances import value
from sim.scenario.load import Scenario

COLUMNS = (*MEASURES, "hidden")


def save(
    scenario: Scenario, result: Result, folder: Path, *, pictures: bool, progress: Callable[[str, float], None]
) -> list[Path]:
    """Write a result's files; each is complete or not there. OSError where the folder cannot be written."""
    written = [
        write(folder / "result.json", result.to_json() + "\n"),
        write(folder / "members.csv", members(scenario, result)),
        write(folder / "scenario.toml", tomli_w.dumps(scenario.resolved)),
    ]
    if pictures:
        from sim.show import plots  # imports matplotlib

        def drawn(done: int, total: int) -> None:
            progress("drawing", done / max(total, 1))

        written += plots.draw(result, folder, progress=drawn)
    return written


def write(path: Path, text: str) -> Path:
    """Write a file that is complete or not there. OSError names the file."""
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_text(text, encoding="utf-8", errors="backslashreplace")
        os.replace(part, path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise OSError(error.errno, error.strerror, str(path)) from None
    return path


def members(scenario: Scenario, result: Result) -> str:
    """CSV, a row a proposal and member: final traits, stake, value without what nobody knows, blame."""
    council = scenario.questions[0].case.council
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(["proposal", "id", "name", *council.drivers.names, "stake", "independence", "value", *COLUMNS])
    for question, found in zip(scenario.questions, result.proposals, strict=True):
        worth = value(question.case)
        for place, blame in enumerate(found.blame):
            numbers = [*council.traits[:, place], council.stake[place], council.independence[place], worth[place]]
            said = [inert(found.name), inert(blame.id), inert(blame.name)]
            shares = ["" if getattr(blame, each) is None else repr(getattr(blame, each)) for each in COLUMNS]
            rows.writerow([*said, *(repr(float(each)) for each in numbers), *shares])
    return out.getvalue()


def inert(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in "=+-@\t\r" else text
