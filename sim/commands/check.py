"""Validate scenarios, compute nothing."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from sim.commands.words import BAD_INPUT, DONE, as_json, loaded, print_json

if TYPE_CHECKING:
    from sim.scenario.load import Scenario


def check(given: argparse.Namespace) -> int:
    """Validate scenarios; with --schema print their JSON Schema."""
    from sim.scenario.complaints import BadInput, plain

    if given.schema:
        import json

        from sim.scenario.schema import published

        print_json(json.dumps(published(), indent=1, ensure_ascii=False, allow_nan=False))
        return DONE
    if not given.scenario:
        raise BadInput(["check: expected a scenario, or --schema"])
    status, sound = DONE, []
    for name in given.scenario:
        try:
            scenario = loaded(given, name)
            _inside(name, scenario)
        except BadInput as wrong:
            print(wrong.text(), file=sys.stderr)
            status = BAD_INPUT
            continue
        size, many = scenario.questions[0].case.council.size, len(scenario.questions)
        labels = list(dict.fromkeys(each.case.rule.label for each in scenario.questions))
        sound.append({"file": name, "members": size, "proposals": many, "rules": labels})
        if not given.quiet and not given.json:
            members, proposals = f"{size} member{'s' * (size > 1)}", f"{many} proposal{'s' * (many > 1)}"
            print(plain(f"{name}: sound: {members}, {proposals}, {', '.join(labels)}"))
    if given.json:
        print_json(as_json(sound))
    return status


def _inside(name: str, scenario: Scenario) -> None:
    """Check the sweeps and ablations that stand in a scenario. Raises BadInput with all that is wrong."""
    if not scenario.sweeps and not scenario.ablations:
        return
    from sim.commands.sweep import in_file
    from sim.scenario.complaints import BadInput
    from sim.scenario.load import load
    from sim.study.planning import probed

    wrong: list[str] = []
    looks: list[Callable[[], object]] = [partial(probed, name, (), in_file(scenario, each)) for each in scenario.sweeps]
    looks += [partial(load, name, each) for each in scenario.ablations.values()]
    for look in looks:
        try:
            look()
        except BadInput as found:
            wrong += found.complaints
    if wrong:
        raise BadInput(wrong)
