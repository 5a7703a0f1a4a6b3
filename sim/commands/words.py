"""What commands share: exit statuses, settings from the command line, JSON on standard output."""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.scenario.load import Scenario, Setting

DONE, BAD_INPUT, NOT_APPLICABLE, MACHINE, INTERRUPTED = 0, 2, 3, 4, 130


def settings_of(given: argparse.Namespace) -> tuple[list[Setting], list[str]]:
    """What was set by options, and what is wrong with it."""
    from sim.scenario.complaints import shown
    from sim.scenario.load import Setting
    from sim.scenario.paths import PathError, assignment, value

    settings = [] if given.rule is None else [Setting("procedure.rule", value(given.rule), "--rule")]
    wrong = []
    for each in given.settings:
        try:
            settings.append(Setting(*assignment(each)))
        except PathError as error:
            wrong.append(f"--set: {shown(each)}: {error}")
    for key in ("engine", "replicates", "seed"):
        word = getattr(given, key)
        if word is not None:
            settings.append(Setting(f"run.{key}", value(word), f"--{key}"))
    return settings, wrong


def loaded(given: argparse.Namespace, name: str) -> Scenario:
    """A scenario under the command line's settings."""
    from sim.scenario.load import load

    settings, wrong = settings_of(given)
    return load(name, settings, wrong)


def as_json(value: object) -> str:
    """JSON in one line; NaN is refused."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def print_json(text: str) -> None:
    """JSON alone on standard output, in UTF-8 whatever the terminal's encoding."""
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
    print(text)


def whole(word: str | None, option: str, least: int, most: int, wrong: list[str]) -> int | None:
    """A whole number given to an option; what is wrong with it is noted."""
    if word is None:
        return None
    from sim.scenario.complaints import shown

    if word.isascii() and word.isdecimal() and len(word) < 12 and least <= int(word) <= most:
        return int(word)
    wrong.append(f"{option}: {shown(word)}; expected a whole number from {least:,} to {most:,}")
    return None


def place_of(scenario: Scenario, word: str, wrong: list[str]) -> int:
    """The place of a proposal given by its name or its place; 0 if it is wrong, which is noted."""
    from sim.scenario.complaints import nearest, shown

    names = [each.case.proposal.name for each in scenario.questions]
    if word in names:
        return names.index(word)
    if word.isdecimal() and len(word) < 6 and int(word) < len(names):
        return int(word)
    what = f"{shown(word)} is neither a proposal's name nor a place from 0 to {len(names) - 1}"
    wrong.append(f"--proposal: {what}{nearest(word, names)}")
    return 0


def impossible(where: str) -> int:
    """Say that what was observed cannot happen in any draw; all that was computed without it stays."""
    what = "in none of the outer draws can all of this happen, so nothing is conditioned on it"
    print(f"{where}: {what}; expected what the scenario makes possible", file=sys.stderr)
    return BAD_INPUT
