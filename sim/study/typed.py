"""A scenario's own command again, with more settings: what to type to see a number that was found."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Mapping, Sequence
from typing import Any

from sim.scenario import paths
from sim.scenario.load import Scenario

PLAIN = re.compile(r"[A-Za-z0-9_-]+")
OPTIONS = {"run.engine": "--engine", "run.replicates": "--replicates", "run.seed": "--seed"}


def joined(*parts: str) -> str:
    """A path from its parts, each quoted where it must be."""
    return ".".join(each if PLAIN.fullmatch(each) else _quoted(each) for each in parts)


def spelt(value: Any) -> str:
    """A value as it is typed behind KEY=, so that it reads back to the same: TOML, or a bare text."""
    if isinstance(value, str):
        return value if PLAIN.fullmatch(value) and paths.value(value) == value else _quoted(value)
    return _inside(value)


def _inside(value: Any) -> str:
    """The same inside a table or a list, where texts are quoted."""
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{joined(str(key))} = {_inside(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_inside, value)) + "]"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _quoted(text: str) -> str:
    return json.dumps(text).replace("\x7f", "\\u007f")


def command(scenario: Scenario, more: Sequence[tuple[str, Any]], **run: Any) -> str:
    """The command line that runs a scenario as it was run, with more set; run: engine, replicates, seed.

    Outer draws are left out: what was found is found at the published values.
    """
    words = ["unanimity", "run", scenario.file]
    given = dict(run)
    for each in scenario.settings:
        option = OPTIONS.get(each.key)
        if option and each.source == option:
            given.setdefault(option[2:], each.value)
        elif each.source == "--rule":
            words += ["--rule", spelt(each.value)]
        elif each.key not in {key for key, _ in more}:
            words += ["--set", f"{each.key}={spelt(each.value)}"]
    for key, value in more:
        words += ["--set", f"{key}={spelt(value)}"]
    if scenario.draws:
        words += ["--set", "uncertainty.draws=0"]
    for key, value in given.items():
        words += [f"--{key}", spelt(value)]
    return shlex.join(words)
