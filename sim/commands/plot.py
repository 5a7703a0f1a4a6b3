"""The pictures of a saved result again."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from sim.commands.words import DONE, as_json, print_json

FILES = (
    "result.json",
    "sweep.sqlite",
    "sensitivity.json",
    "comparison.json",
    "explanation.json",
)  # what a run, a sweep and an analysis leave behind


def plot(given: argparse.Namespace) -> int:
    """Draw the pictures of a saved result, sweep or analysis of sensitivity again."""
    from sim.scenario.complaints import BadInput, nearest, shown
    from sim.show.plots import FORMATS

    path = Path(given.result)
    if path.is_dir():
        path = next((path / each for each in FILES if (path / each).is_file()), path / FILES[0])
    record, pictures = _read(path)
    known: dict[str, object] = pictures.PICTURES
    possible: list[str] = getattr(pictures, "possible", pictures.drawable)(record)
    formats = [each.strip().lower() for each in given.format.split(",")]
    asked = {"--format": (formats, FORMATS), "--picture": (given.picture or [], list(known))}
    wrong = [
        f"{option}: {shown(word)} is not known{nearest(word, words_known)}"
        for option, (words, words_known) in asked.items()
        for word in words
        if word not in words_known
    ]
    size = _size(given.size, wrong)
    if wrong:
        raise BadInput(wrong)
    folder = Path(given.out) if given.out else path.parent
    folder.mkdir(parents=True, exist_ok=True)
    lacking = [each for each in given.picture or pictures.PICTURES if each not in possible]
    if lacking and given.picture:
        raise BadInput([f"--picture: {each}: {_why(path)}" for each in lacking])
    drawn = [str(each) for each in pictures.draw(record, folder, formats, given.picture, size)]
    if given.json:
        print_json(as_json(drawn))
    elif not given.quiet:
        print("\n".join(drawn))
        if lacking and path.name == FILES[0]:
            print(f"not drawn, as the result has no numbers for them: {', '.join(lacking)}", file=sys.stderr)
    return DONE


def _read(path: Path) -> tuple[Any, Any]:
    """A saved record, and the module that draws its like. Raises BadInput."""
    from sim.answers.reading import ResultError
    from sim.answers.result import Result
    from sim.scenario import files
    from sim.scenario.complaints import BadInput
    from sim.study.indices import Sensitivity

    if path.suffix == ".sqlite" and path.is_file():
        return _sweep(path)
    text = files.result(path)
    try:
        if '"outputs"' in text and '"ablations"' in text:
            from sim.show.plots.sweeps import sensitivity

            return Sensitivity.from_json(text), sensitivity
        if '"explained"' in text and '"unpriced"' in text:
            from sim.show.plots import explain
            from sim.study.explanation import Explained

            return Explained.from_json(text), explain
        if '"alternatives"' in text and '"simulated_draws"' in text:
            from sim.show.plots import compare
            from sim.study.differences import Comparison

            return Comparison.from_json(text), compare
        from sim.show import plots

        return Result.from_json(text), plots
    except (ResultError, OverflowError) as error:
        raise BadInput([f"{path}:1: the file: {error}"]) from None


def _sweep(path: Path) -> tuple[Any, Any]:
    from sim.scenario.complaints import BadInput
    from sim.show.plots import sweeps
    from sim.study.store import Damaged
    from sim.study.sweep import Unfinished, read

    try:
        return read(path), sweeps
    except (Damaged, Unfinished) as error:
        raise BadInput(
            [f"{path}:1: the file: {error}; expected a finished sweep: the same command again goes on"]
        ) from None


def _why(path: Path) -> str:
    if path.name == FILES[0]:
        return "the result has no numbers for it; expected one saved by run without --json"
    return "it has no numbers for it; expected a picture that fits what varies"


def _size(word: str | None, wrong: list[str]) -> tuple[float, float] | None:
    if word is None:
        return None
    from sim.scenario.complaints import shown

    try:
        width, height = (float(each) for each in word.lower().split("x"))
    except ValueError:
        width = height = 0.0
    if 1 <= width <= 100 and 1 <= height <= 100:
        return width, height
    wrong.append(f"--size: {shown(word)}; expected inches from 1 to 100, as in 8x5")
    return None
