"""From a scenario or a saved result to all that its brief says."""

from __future__ import annotations

from collections.abc import Callable

from sim.answers.result import Result
from sim.scenario.load import Scenario
from sim.show.report import clip
from sim.show.report.brief import Brief, Why
from sim.show.report.reproduce import again
from sim.show.report.saved import Saved
from sim.show.report.why import columns, spots, why
from sim.show.sure import drawn

Progress = Callable[[str, float], None]
OWN = "Its members are of a kind of their own ({}), which no scenario holds, so that they are not taken apart here."


def of_scenario(scenario: Scenario, result: Result, progress: Progress = lambda what, share: None) -> Brief:
    """Of a scenario that has just been computed."""
    return _gathered(result, scenario, None, progress)


def of_saved(saved: Saved, progress: Progress = lambda what, share: None) -> Brief:
    """Of a saved result: its numbers are the record's, and only what no record holds is computed."""
    if saved.result.behaviour:  # members of a program's own kind: the scenario alone does not give them again
        return _gathered(saved.result, None, None, progress)
    return _gathered(saved.result, saved.scenario, saved.original, progress)


def _gathered(result: Result, scenario: Scenario | None, original: Scenario | None, progress: Progress) -> Brief:
    short = clip.result(result)
    told = Why(None, OWN.format(clip.clipped(result.behaviour, 80))) if result.behaviour else why(scenario, progress)
    progress("soft spots", 0.95)
    return Brief(
        result=short,
        scenario=scenario,
        why=told,
        spots=spots(scenario, short.proposals[0], original),
        columns=columns(scenario, original),
        uncertain=drawn(scenario.resolved) if scenario else "what is uncertain",
        command=again(scenario) if scenario else None,
    )
