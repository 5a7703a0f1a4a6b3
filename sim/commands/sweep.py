"""A grid or a sample of cells over any paths, computed block by block into a store, and drawn."""

from __future__ import annotations

import argparse
import os
import re
import sys
import threading
from collections.abc import Sequence
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING

from sim.commands.words import (
    BAD_INPUT,
    DONE,
    MACHINE,
    NOT_APPLICABLE,
    impossible,
    loaded,
    print_json,
    settings_of,
    whole,
)

if TYPE_CHECKING:
    from sim.scenario.load import Scenario, Setting
    from sim.study.planning import Plan
    from sim.study.templates import Asked


def sweep(given: argparse.Namespace) -> int:
    """Compute the cells of a sweep that are not there yet, write them as a table, draw them."""
    from sim.answers.answer import DoesNotApply
    from sim.scenario.complaints import BadInput
    from sim.study import store
    from sim.study.planning import planned

    wrong: list[str] = []
    workers = whole(given.workers, "--workers", 1, 1000, wrong)
    block = whole(given.block, "--block", 1, 10_000_000, wrong)
    settings, more = settings_of(given)
    wrong += [*more, *_no_pictures(given.picture or [])]
    if wrong:
        raise BadInput(wrong)
    if given.parquet:
        import pandas  # noqa: F401  before anything is computed
        import pyarrow  # noqa: F401
    asked = _asked(given)
    try:
        plan = planned(given.scenario, settings, asked)
    except DoesNotApply as reason:
        print(f"unanimity: {reason}", file=sys.stderr)
        return NOT_APPLICABLE
    folder = Path(given.out) if given.out else Path("results", Path(given.scenario).stem, _named(asked, settings))
    try:
        return _run(given, plan, folder, workers, block)
    except store.Different as reason:
        print(f"{reason}; expected the same sweep, or another folder by --out", file=sys.stderr)
        return BAD_INPUT
    except (store.Busy, store.Damaged) as reason:
        print(f"unanimity: {reason}", file=sys.stderr)
        return MACHINE
    except MemoryError:
        what = "memory ran out; what was computed stays; expected more of it, or fewer cells at once, as by --block 1"
        print(f"unanimity: {folder}: {what}", file=sys.stderr, flush=True)
        if threading.active_count() > 1:
            os._exit(MACHINE)  # threads that mind workers, starved of memory, would never end
        return MACHINE


def _run(given: argparse.Namespace, plan: Plan, folder: Path, workers: int | None, block: int | None) -> int:
    from sim.show.progress import cells
    from sim.show.sweeps import print_sweep
    from sim.study.sweep import TABLE, run

    folder.mkdir(parents=True, exist_ok=True)
    shown = not given.quiet and not given.json
    if plan.dropped:
        many = f"{plan.design.cells:,} cells of {plan.dropped:,} each would take long"
        print(f"without outer draws: {many}; --set uncertainty.draws={plan.dropped} asks for them", file=sys.stderr)
    with cells(shown) as progress:
        done = run(plan, folder, workers=workers, cluster=given.cluster, block=block, progress=progress)
    written = [folder / TABLE]
    if given.parquet:
        from sim.study.table import to_parquet

        written.append(to_parquet(folder / TABLE, folder / "cells.parquet"))
    if given.json:
        print_json(done.to_json())
    else:
        from sim.show.plots import sweeps
        from sim.study.sweep import read

        found = read(folder, members=plan.design.cells <= 20_000)
        written += sweeps.draw(found, folder, names=given.picture)
        if shown:
            print_sweep(found, done, written)
        lacking = [each for each in given.picture or [] if each not in sweeps.possible(found)]
        if lacking:
            print(f"not drawn, as they do not fit what varies: {', '.join(lacking)}", file=sys.stderr)
    if done.effective_draws == 0.0 and plan.base.actual:
        return impossible(plan.base.actual.where)
    return DONE


def _no_pictures(names: list[str]) -> list[str]:
    """What is wrong with the pictures asked for."""
    if not names:
        return []
    from sim.scenario.complaints import nearest, shown
    from sim.show.plots.sweeps import PICTURES

    return [f"--picture: {shown(each)} is not known{nearest(each, PICTURES)}" for each in names if each not in PICTURES]


def _asked(given: argparse.Namespace) -> Asked:
    """The sweep that the command line describes, or the one in the scenario that it names. Raises BadInput."""
    from sim.scenario.complaints import BadInput, nearest, shown
    from sim.study.design import SAMPLES

    wrong: list[str] = []
    points = whole(given.points, "--points", 1, 10_000_000, wrong)
    if given.sample is not None and given.sample not in SAMPLES:
        wrong.append(f"--sample: {shown(given.sample)} is no sample{nearest(given.sample, SAMPLES)}")
    if given.sample is not None and given.vary and given.points is None:
        wrong.append("--points: missing; expected how many cells the sample has")
    if given.vary and given.name is not None:
        wrong.append("--name: beside --vary; expected one of them")
    vary = _varied(given.vary, wrong)
    if wrong:
        raise BadInput(wrong)
    if given.vary:
        from sim.study.templates import Asked

        return Asked("", vary, dict.fromkeys(vary, "--vary") | {"": "--vary"}, (), given.sample, points)
    return in_file(loaded(given, given.scenario), given.name, given.sample, points)


def _varied(given: list[str], wrong: list[str]) -> dict[str, str]:
    from sim.scenario.complaints import shown
    from sim.scenario.paths import PathError, taken

    found: dict[str, str] = {}
    for each in given:
        try:
            key, values = taken(each)
        except PathError as error:
            wrong.append(f"--vary: {shown(each)}: {error}")
            continue
        if key in found:
            wrong.append(f"--vary: {key}: stands twice; expected every path once")
        found[key] = values
    return found


def in_file(scenario: Scenario, name: str | None, sample: str | None = None, points: int | None = None) -> Asked:
    """A sweep that stands in the scenario, by its name or because it is the only one. Raises BadInput."""
    from sim.scenario.complaints import BadInput, nearest, shown
    from sim.scenario.load import Setting
    from sim.study.templates import Asked

    known = list(scenario.sweeps)
    if name is None and len(known) == 1:
        name = known[0]
    if name is None:
        also = f", or --name with one of: {', '.join(known)}" if known else ""
        raise BadInput([f"sweep: nothing varies; expected --vary KEY=VALUES, as in weights.size=2:12:11{also}"])
    if name not in known:
        raise BadInput([f"--name: {shown(name)} is no sweep of this scenario{nearest(name, known)}"])
    text = scenario.sweeps[name]
    settings = tuple(Setting(path, value, text.where[path]) for path, value in text.part.set.items())
    part = text.part
    return Asked(name, part.vary, text.where, settings, sample or part.sample, points or part.points)


def _named(asked: Asked, settings: Sequence[Setting]) -> str:
    """A folder's name: the sweep's own, or its paths and a few digits over all that was asked for."""
    name = asked.name or "+".join(asked.vary)
    clean = re.sub(r"[^\w.+-]+", "-", name)[:80].strip(".") or "sweep"
    if asked.name and not settings:
        return clean
    told = repr((dict(asked.vary), asked.sample, asked.points, [(each.key, each.value) for each in settings]))
    return f"{clean}-{blake2b(told.encode(), digest_size=3).hexdigest()}"
