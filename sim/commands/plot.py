"""The pictures of a saved result again."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from sim.commands.words import DONE, as_json, print_json


def plot(given: argparse.Namespace) -> int:
    """Draw the pictures of a saved result again."""
    from sim.answers.result import Result, ResultError
    from sim.scenario import files
    from sim.scenario.complaints import BadInput, nearest, shown
    from sim.show import plots

    path = Path(given.result)
    path = path / "result.json" if path.is_dir() else path
    try:
        result = Result.from_json(files.result(path))
    except (ResultError, OverflowError) as error:
        raise BadInput([f"{path}:1: the file: {error}"]) from None
    formats = [each.strip().lower() for each in given.format.split(",")]
    asked = {"--format": (formats, plots.FORMATS), "--picture": (given.picture or [], list(plots.PICTURES))}
    wrong = [
        f"{option}: {shown(word)} is not known{nearest(word, known)}"
        for option, (words, known) in asked.items()
        for word in words
        if word not in known
    ]
    size = _size(given.size, wrong)
    if wrong:
        raise BadInput(wrong)
    folder = Path(given.out) if given.out else path.parent
    folder.mkdir(parents=True, exist_ok=True)
    lacking = [each for each in given.picture or plots.PICTURES if each not in plots.drawable(result)]
    if lacking and given.picture:
        what = "the result has no numbers for it; expected one saved by run without --json"
        raise BadInput([f"--picture: {each}: {what}" for each in lacking])
    drawn = [str(each) for each in plots.draw(result, folder, formats, given.picture, size)]
    if given.json:
        print_json(as_json(drawn))
    elif not given.quiet:
        print("\n".join(drawn))
        if lacking:
            print(f"not drawn, as the result has no numbers for them: {', '.join(lacking)}", file=sys.stderr)
    return DONE


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
