"""Which uncertain inputs matter: Sobol's or Morris's indices, and ablations."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.commands.words import DONE, NOT_APPLICABLE, loaded, place_of, print_json, whole

if TYPE_CHECKING:
    from sim.scenario.load import Scenario
    from sim.study.indices import Sensitivity


METHODS = ("sobol", "morris")  # as sim.study.screening knows them, which takes long to import


def sensitivity(given: argparse.Namespace) -> int:
    """Compute indices and ablations, print them, draw and save them."""
    scenario = loaded(given, given.scenario)
    options = _options(given, scenario)
    from sim.answers.answer import DoesNotApply
    from sim.scenario.complaints import BadInput
    from sim.show.progress import bar
    from sim.study.sensitivity import NothingUncertain, analyse

    folder = None if given.json and not given.out else Path(given.out or Path("results", _stem(given), "sensitivity"))
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
    try:
        with bar(not given.quiet and not given.json) as progress:
            found = analyse(scenario, progress=progress, **options)
    except DoesNotApply as reason:
        print(f"unanimity: {reason}", file=sys.stderr)
        return NOT_APPLICABLE
    except NothingUncertain:
        what = "nothing in it is uncertain; expected columns with _sd, or ranges under [uncertainty]"
        raise BadInput([f"{scenario.file}:1: uncertainty: {what}"]) from None
    written = _saved(found, folder, pictures=not given.json)
    if given.json:
        print_json(found.to_json())
    elif not given.quiet:
        from sim.show.sensitivity import print_sensitivity

        print_sensitivity(found, written)
    return DONE


def _options(given: argparse.Namespace, scenario: Scenario) -> dict[str, Any]:
    """What to analyse, and how. Raises BadInput with all that is wrong."""
    from sim.scenario.complaints import BadInput, nearest, shown

    wrong: list[str] = []
    workers = whole(given.workers, "--workers", 1, 1000, wrong)
    points = whole(given.points, "--points", 2, 1_000_000, wrong)
    if given.method not in METHODS:
        wrong.append(f"--method: {shown(given.method)} is no method{nearest(given.method, METHODS)}")
    proposal = place_of(scenario, given.proposal, wrong)
    ids = scenario.questions[proposal].case.council.ids
    if given.member is not None and given.member not in ids:
        what = f"{shown(given.member)} is no member of this council"
        wrong.append(f"--member: {what}{nearest(given.member, ids)}")
    if wrong:
        raise BadInput(wrong)
    what_ = {"method": given.method, "points": points, "proposal": proposal, "member": given.member}
    return {**what_, "workers": workers, "cluster": given.cluster}


def _saved(found: Sensitivity, folder: Path | None, pictures: bool) -> list[Path]:
    if folder is None:
        return []
    from sim.show.files import write

    written = [write(folder / "sensitivity.json", found.to_json() + "\n")]
    if pictures:
        from sim.show.plots.sweeps import sensitivity as plots

        written += plots.draw(found, folder)
    return written


def _stem(given: argparse.Namespace) -> str:
    return Path(given.scenario).stem
