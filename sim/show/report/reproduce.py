"""The command that gives the same page again, quoted for a shell."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence

from sim.scenario.load import Scenario
from sim.study.planning import Asked
from sim.study.typed import OPTIONS, spelt


def again(scenario: Scenario) -> str:
    """Of a scenario with all that was set from outside; `run` in the place of `report` gives its numbers alone."""
    return shlex.join(["unanimity", "report", scenario.file, *_options(scenario)])


def _options(scenario: Scenario) -> Iterator[str]:
    for each in scenario.settings:
        option = OPTIONS.get(each.key)
        if each.source == "--rule":
            yield from ("--rule", spelt(each.value))
        elif option and each.source == option:
            yield from (option, spelt(each.value))
        else:
            yield from ("--set", f"{each.key}={spelt(each.value)}")


def swept(file: str, asked: Asked, draws: int) -> str:
    """Of a sweep, from its resolved scenario."""
    words = ["unanimity", "sweep", file]
    for path, values in asked.vary.items():
        words += ["--vary", f"{path}={_values(values)}"]
    if asked.sample is not None:
        words += ["--sample", asked.sample, "--points", str(asked.points)]
    return shlex.join([*words, "--set", f"uncertainty.draws={draws}"])


def _values(values: str | Sequence[object]) -> str:
    return values if isinstance(values, str) else ",".join(map(spelt, values))
