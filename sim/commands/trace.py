"""One replicate as a chronicle."""

from __future__ import annotations

import argparse
from pathlib import Path

from sim.commands.words import DONE, as_json, loaded, print_json


def trace(given: argparse.Namespace) -> int:
    """Print one replicate round by round."""
    scenario = loaded(given, given.scenario)
    from sim.scenario.complaints import BadInput, nearest, shown

    names = [each.case.proposal.name for each in scenario.questions]
    word = given.proposal
    if word in names:
        place = names.index(word)
    elif word.isdecimal() and len(word) < 6 and int(word) < len(names):
        place = int(word)
    else:
        what = f"{shown(word)} is neither a proposal's name nor a place from 0 to {len(names) - 1}"
        raise BadInput([f"--proposal: {what}{nearest(word, names)}"])
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
