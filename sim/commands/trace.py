"""One replicate as a chronicle."""

from __future__ import annotations

import argparse
from pathlib import Path

from sim.commands.words import DONE, as_json, loaded, place_of, print_json


def trace(given: argparse.Namespace) -> int:
    """Print one replicate round by round."""
    scenario = loaded(given, given.scenario)
    from sim.scenario.complaints import BadInput, shown

    wrong: list[str] = []
    place = place_of(scenario, given.proposal, wrong)
    if wrong:
        raise BadInput(wrong)
    word = given.replicate
    if not word.isdecimal() or len(word) > 11 or int(word) >= 10**10:
        raise BadInput([f"--replicate: {shown(word)}; expected a whole number from 0 to 10^10 - 1"])
    from dataclasses import asdict

    from sim.answers.answer import trace as traced

    chronicle = traced(scenario.questions[place].case, int(word), scenario.seed)
    text = as_json(asdict(chronicle))
    if given.out:
        from sim.show.files import write

        Path(given.out).mkdir(parents=True, exist_ok=True)
        write(Path(given.out) / "trace.json", text + "\n")
    if given.json:
        print_json(text)
    elif not given.quiet:
        from sim.show.terminal import print_chronicle

        print_chronicle(chronicle, scenario.questions[place].case)
    return DONE
