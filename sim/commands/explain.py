"""Why members take their stances, and what would win them over."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from sim.commands.words import DONE, NOT_APPLICABLE, loaded, place_of, print_json

if TYPE_CHECKING:
    from sim.model.council import Council
    from sim.study.explanation import Explained


def explain(given: argparse.Namespace) -> int:
    """Take members apart, find prices, print them, draw and save them."""
    scenario = loaded(given, given.scenario)
    from sim.answers.answer import DoesNotApply
    from sim.scenario.complaints import BadInput
    from sim.show.progress import bar
    from sim.study.explain import explained

    wrong: list[str] = []
    proposal = place_of(scenario, given.proposal, wrong)
    member = None if given.member is None else _member(scenario.questions[proposal].case.council, given.member, wrong)
    if wrong:
        raise BadInput(wrong)
    folder = None if given.json and not given.out else Path(given.out or Path("results", _stem(given), "explain"))
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
    try:
        with bar(not given.quiet and not given.json) as progress:
            found = explained(scenario, member, proposal, progress=progress)
    except DoesNotApply as reason:
        print(f"unanimity: {reason}", file=sys.stderr)
        return NOT_APPLICABLE
    written = _saved(found, folder, pictures=not given.json)
    if given.json:
        print_json(found.to_json())
    elif not given.quiet:
        from sim.show.explain import print_explained

        print_explained(found, written)
    return DONE


def _member(council: Council, word: str, wrong: list[str]) -> str | None:
    """The id of a member given by its id or its name, capitals aside; None if it is wrong, which is noted."""
    from sim.scenario.complaints import nearest, shown
    from sim.scenario.members import folded

    if word in council.ids:
        return word
    for known in (council.names, council.ids):
        named = [member for member, each in zip(council.ids, known, strict=True) if folded(each) == folded(word)]
        if len(named) == 1:
            return named[0]
        if named:
            wrong.append(f"MEMBER: {shown(word)} is the name of {len(named)}; expected an id: {', '.join(named[:12])}")
            return None
    wrong.append(f"MEMBER: {shown(word)} is no member of this council{nearest(word, {*council.ids, *council.names})}")
    return None


def _saved(found: Explained, folder: Path | None, pictures: bool) -> list[Path]:
    if folder is None:
        return []
    from sim.show.files import write

    written = [write(folder / "explanation.json", found.to_json() + "\n")]
    if pictures:
        from sim.show.plots import explain as plots

        written += plots.draw(found, folder)
    return written


def _stem(given: argparse.Namespace) -> str:
    return Path(given.scenario).stem
