"""Which uncertain inputs matter: Sobol's or Morris's indices, and ablations."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from sim.commands.words import DONE, NOT_APPLICABLE, loaded, place_of, print_json, whole


def sensitivity(given: argparse.Namespace) -> int:
    """Compute indices and ablations, print them, draw and save them."""
    from sim.scenario.complaints import BadInput, nearest, shown

    scenario = loaded(given, given.scenario)
    methods = ("sobol", "morris")  # as sim.study.screening, which takes long to import
    wrong: list[str] = []
    workers = whole(given.workers, "--workers", 1, 1000, wrong)
    points = whole(given.points, "--points", 2, 1_000_000, wrong)
    if given.method not in methods:
        wrong.append(f"--method: {shown(given.method)} is no method{nearest(given.method, methods)}")
    proposal = place_of(scenario, given.proposal, wrong)
    ids = scenario.questions[proposal].case.council.ids
    if given.member is not None and given.member not in ids:
        what = f"{shown(given.member)} is no member of this council"
        wrong.append(f"--member: {what}{nearest(given.member, ids)}")
    if wrong:
        raise BadInput(wrong)
    from sim.answers.answer import DoesNotApply
    from sim.show.progress import bar
    from sim.study.sensitivity import NothingUncertain, analyse

    folder = None if given.json and not given.out else Path(given.out or Path("results", _stem(given), "sensitivity"))
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
    shown_ = not given.quiet and not given.json
    try:
        with bar(shown_) as progress:
            found = analyse(
                scenario,
                method=given.method,
                points=points,
                proposal=proposal,
                member=given.member,
                workers=workers,
                cluster=given.cluster,
                progress=progress,
            )
    except DoesNotApply as reason:
        print(f"unanimity: {reason}", file=sys.stderr)
        return NOT_APPLICABLE
    except NothingUncertain:
        what = "nothing in it is uncertain; expected columns with _sd, or ranges under [uncertainty]"
        raise BadInput([f"{scenario.file}:1: uncertainty: {what}"]) from None
    written = []
    if folder is not None:
        from sim.show.files import write

        written.append(write(folder / "sensitivity.json", found.to_json() + "\n"))
    if given.json:
        print_json(found.to_json())
        return DONE
    from sim.show.plots.sweeps import sensitivity as plots

    if folder is not None:
        written += plots.draw(found, folder)
    if shown_:
        from sim.show.sensitivity import print_sensitivity

        print_sensitivity(found, written)
    return DONE


def _stem(given: argparse.Namespace) -> str:
    return Path(given.scenario).stem
