"""Scenarios, or one under several settings, on common draws."""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sim.commands.words import DONE, NOT_APPLICABLE, place_of, print_json, settings_of, whole

if TYPE_CHECKING:
    from sim.scenario.load import Setting
    from sim.study.compare import Candidate
    from sim.study.differences import Comparison

AT_MOST = 50  # alternatives
WRITTEN = "the scenario as written"
FOR_ALL = ("run", "uncertainty.draws")  # how something is computed is no alternative
LABEL = re.compile(r"""((?:"[^"]*"|[^"=:])*):(.*)""", re.DOTALL)
QUOTED = re.compile(r"\.\s*'[^']*$")  # a colon after this stands in a name within a path


@dataclass(frozen=True)
class Named:
    """An alternative as it was typed: what it is called, and what makes it of the first scenario."""

    label: str
    settings: tuple[Setting, ...]


def compare(given: argparse.Namespace) -> int:
    """Compute differences on common draws, print them, draw and save them."""
    candidates, proposal, workers = _asked(given)
    from sim.answers.answer import DoesNotApply
    from sim.scenario.complaints import BadInput, shown
    from sim.show.progress import bar
    from sim.study.compare import NothingInCommon, compared

    folder = None if given.json and not given.out else Path(given.out or Path("results", _stem(given), "compare"))
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
    try:
        with bar(not given.quiet and not given.json) as progress:
            found = compared(candidates, proposal=proposal, workers=workers, progress=progress)
    except DoesNotApply as reason:
        print(f"unanimity: {reason}", file=sys.stderr)
        return NOT_APPLICABLE
    except NothingInCommon as alone:
        names = ", ".join(shown(each.case.proposal.name) for each in candidates[0].scenario.questions[:12])
        what = f"no proposal has the name of one that is compared; expected at least one of: {names}"
        raise BadInput([f"{alone.candidate.scenario.file}:1: proposal: {what}"]) from None
    _told(given, found, folder)
    return DONE


def _told(given: argparse.Namespace, found: Comparison, folder: Path | None) -> None:
    written: list[Path] = []
    if folder is not None:
        from sim.show.compare import save

        written = save(found, folder, pictures=not given.json)
    if given.json:
        print_json(found.to_json())
    elif not given.quiet:
        from sim.show.compare import print_comparison

        print_comparison(found, written)


def _asked(given: argparse.Namespace) -> tuple[list[Candidate], int | None, int | None]:
    """What to compare, and how. Raises BadInput with all that is wrong, in any of the files."""
    from sim.scenario.complaints import BadInput
    from sim.study.compare import Candidate

    wrong: list[str] = []
    workers = whole(given.workers, "--workers", 1, 1000, wrong)
    common, named = _named(given, wrong)
    files = _files(given.scenario)
    alternatives = len(files) - 1 + len(named)
    if not alternatives:
        wrong.append("compare: nothing to compare with; expected a second scenario, --set or --case")
    if alternatives > AT_MOST:
        wrong.append(f"compare: {alternatives} alternatives; expected at most {AT_MOST}")
    if wrong:
        raise BadInput(wrong)
    found = _loaded([(label, name, common, None) for label, name in files], wrong)
    name = given.scenario[0]
    found += _loaded([(each.label, name, [*common, *each.settings], each.settings) for each in named], wrong)
    proposal = place_of(found[0].scenario, given.proposal, wrong) if found and given.proposal is not None else None
    if wrong:
        raise BadInput(wrong)
    if len(files) == 1:
        found[0] = Candidate(WRITTEN, found[0].scenario)
    return found, proposal, workers


Asked = tuple[str, str, "Sequence[Setting]", "tuple[Setting, ...] | None"]


def _loaded(asked: Sequence[Asked], wrong: list[str]) -> list[Candidate]:
    """All scenarios; what is wrong with any of them is noted."""
    from sim.scenario.complaints import BadInput
    from sim.scenario.load import load
    from sim.study.compare import Candidate

    found = []
    for label, name, settings, own in asked:
        try:
            found.append(Candidate(label, load(name, settings), own))
        except BadInput as error:
            wrong += error.complaints
    return found


def _files(names: Sequence[str]) -> list[tuple[str, str]]:
    """Scenarios under short names that differ: the file's, or as it was typed, or with a number."""
    stems = [Path(each).stem or each for each in names]
    by_stem, by_name = Counter(stems), Counter(names)
    found: list[tuple[str, str]] = []
    for place, (stem, name) in enumerate(zip(stems, names, strict=True)):
        label = stem if by_stem[stem] == 1 else name if by_name[name] == 1 else f"{name} ({place + 1})"
        found.append((label, name))
    return found


def _stem(given: argparse.Namespace) -> str:
    return Path(given.scenario[0]).stem


# -- alternatives by settings -----------------------------------------------------------------------------------------


def _named(given: argparse.Namespace, wrong: list[str]) -> tuple[list[Setting], list[Named]]:
    """What is set for all, and the alternatives: with one scenario and no --case, each --set is one."""
    from sim.scenario.complaints import shown

    settings, complaints = settings_of(given)
    wrong += complaints
    cases = [each for text in given.cases if (each := _case(text, wrong))]
    if len(given.scenario) == 1 and not given.cases:
        alone = [each for each in settings if each.source == "--set" and not _for_all(each.key)]
        settings = [each for each in settings if each not in alone]
        cases = [Named(_assigned([each]), (each,)) for each in alone]
    labels = Counter([each.label for each in cases] + [label for label, _ in _files(given.scenario)])
    twice = [each for each, n in labels.items() if n > 1]
    wrong += [f"compare: {shown(each)} stands twice; expected alternatives of different names" for each in twice]
    return settings, cases


def _case(text: str, wrong: list[str]) -> Named | None:
    """LABEL: KEY=VALUE, KEY=VALUE, taken apart; the label may be left out. What is wrong with it is noted."""
    from sim.scenario.complaints import shown
    from sim.scenario.load import Setting
    from sim.scenario.paths import PathError, assignment
    from sim.study.design import split

    match = LABEL.fullmatch(text)
    label, body = (match[1].strip(), match[2]) if match and not QUOTED.search(match[1]) else ("", text)
    settings: list[Setting] = []
    for each in split(body):
        try:
            key, value = assignment(each)
            settings.append(Setting(key, value, f"--case: {key}"))
            if _for_all(key):
                what = "says how it is computed, which goes for all; expected it by --set"
                wrong.append(f"--case: {key}: {what}")
        except PathError as error:
            wrong.append(f"--case: {shown(each)}: {error}; several at commas, as in 'LABEL: KEY=VALUE, KEY=VALUE'")
    return Named(label or _assigned(settings), tuple(settings)) if settings else None


def _for_all(key: str) -> bool:
    """Does a path say how something is computed?"""
    path = ".".join(part.strip() for part in key.split("."))
    return path.split(".")[0] in FOR_ALL or path in FOR_ALL


def _assigned(settings: Sequence[Setting]) -> str:
    from sim.study.changes import spelt

    return ", ".join(f"{each.key} = {spelt(each.value)}" for each in settings)
