"""Outcome probabilities, who blocks, how other rules would have decided; pictures and tables."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from sim.commands.words import DONE, NOT_APPLICABLE, impossible, loaded, print_json


def run(given: argparse.Namespace) -> int:
    """Compute a scenario, print the answer, draw and save it."""
    scenario = loaded(given, given.scenario)
    from sim.answers.answer import DoesNotApply, answer, way
    from sim.show.progress import bar

    try:
        way(scenario)
    except DoesNotApply as reason:
        print(f"unanimity: {reason}", file=sys.stderr)
        return NOT_APPLICABLE
    folder = Path(given.out) if given.out else None if given.json else Path("results", Path(scenario.file).stem)
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)  # before computing: a folder that cannot be written is said at once
    shown = not given.quiet and not given.json
    with bar(shown) as progress:
        result = answer(scenario, pictures=not given.json, progress=progress)
    if scenario.draws:
        from sim.study.worlds import over_draws

        with bar(shown) as progress:
            result = over_draws(scenario, result, workers=None, progress=progress)
    written = []
    if folder is not None:
        from sim.show.files import save

        with bar(shown) as progress:
            written = save(scenario, result, folder, pictures=not given.json, progress=progress)
    if given.json:
        print_json(result.to_json())
    elif not given.quiet:
        from sim.show.terminal import print_result

        print_result(result, scenario, written)
    if scenario.actual and result.effective_draws == 0.0:
        return impossible(scenario.actual.where)
    return DONE
