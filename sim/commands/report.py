"""A brief to hand on: one page of HTML that prints to two sheets, of a scenario or of what was saved."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from sim.commands.words import DONE, NOT_APPLICABLE, as_json, impossible, loaded, print_json, settings_of

if TYPE_CHECKING:
    from sim.scenario.load import Scenario

NAME, SWEPT = "report.html", "sweep-scenario.toml"


def report(given: argparse.Namespace) -> int:
    """Compute a scenario, or read what was saved, and write the page."""
    from sim.show.report.saved import found

    saved = found(given.scenario)
    if saved is None:
        return _computed(given)
    _unset(given)
    folder = _folder(given, saved.parent)
    if saved.suffix == ".sqlite":
        return _swept(given, saved, folder)
    from sim.show.progress import bar
    from sim.show.report.gather import of_saved
    from sim.show.report.page import page as brief_page
    from sim.show.report.saved import result

    record = result(saved)
    with bar(_watched(given)) as progress:
        return _written(given, folder, brief_page(of_saved(record, progress)))


def _swept(given: argparse.Namespace, saved: Path, folder: Path) -> int:
    """The brief of a saved sweep, and beside it the scenario that its command reads."""
    from sim.show.files import write
    from sim.show.report.saved import sweep
    from sim.show.report.sweep import page

    swept = sweep(saved)
    resolved = write(folder / SWEPT, swept.resolved)
    return _written(given, folder, page(swept, resolved))


def _computed(given: argparse.Namespace) -> int:
    """The brief of a scenario."""
    scenario = loaded(given, given.scenario)
    from sim.answers.answer import DoesNotApply, answer, way
    from sim.show.progress import bar
    from sim.show.report.gather import of_scenario
    from sim.show.report.page import page

    try:
        way(scenario)
    except DoesNotApply as reason:
        print(f"unanimity: {reason}", file=sys.stderr)
        return NOT_APPLICABLE
    folder = _folder(given, Path("results", Path(scenario.file).stem))
    with bar(_watched(given)) as progress:
        result = answer(scenario, pictures=True, progress=progress)
    if scenario.draws:
        from sim.study.worlds import over_draws

        with bar(_watched(given)) as progress:
            result = over_draws(scenario, result, workers=None, progress=progress)
    with bar(_watched(given)) as progress:
        status = _written(given, folder, page(of_scenario(scenario, result, progress)))
    return _possible(scenario, result.effective_draws) or status


def _possible(scenario: Scenario, effective: float | None) -> int:
    return impossible(scenario.actual.where) if scenario.actual and effective == 0.0 else DONE


def _watched(given: argparse.Namespace) -> bool:
    return not given.quiet and not given.json


def _folder(given: argparse.Namespace, otherwise: Path) -> Path:
    """Where the page goes; a folder that cannot be made is said before anything is computed."""
    folder = Path(given.out) if given.out else otherwise
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _unset(given: argparse.Namespace) -> None:
    """Refuse settings beside a saved result. Raises BadInput."""
    from sim.scenario.complaints import BadInput

    settings, wrong = settings_of(given)
    said = "beside a saved result, which is shown as it is; expected a scenario to compute"
    wrong += [f"{each.label}: {said}" for each in settings]
    if wrong:
        raise BadInput(wrong)


def _written(given: argparse.Namespace, folder: Path, page: str) -> int:
    from sim.scenario.complaints import plain
    from sim.show.files import write

    path = write(folder / NAME, page)
    if given.json:
        print_json(as_json({"report": str(path), "bytes": path.stat().st_size}))
    elif not given.quiet:
        print(plain(str(path)))
    return DONE
