"""A sweep from end to end: what its store lacks is computed, and what is there becomes a table and columns."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sim.answers.result import INTERPRETED_FROM
from sim.model.council import Floats
from sim.model.process import OUTCOMES
from sim.study.cells import BAND, HIDING, Sweep, label
from sim.study.computing import Block, blocks, compute
from sim.study.planning import Plan
from sim.study.sharing import shared_out
from sim.study.sheet import Cell, Sheet
from sim.study.store import Store
from sim.study.table import tabled

STORE, TABLE = "sweep.sqlite", "cells.csv"
Progress = Callable[[int, int], None]  # cells done, of how many


@dataclass(frozen=True)
class Done:
    """What a sweep came to: cells in all, computed now, found in the store, and the digest over their values.

    effective_draws: what conditioning left at most in any cell; None where nothing is conditioned
    """

    cells: int
    computed: int
    resumed: int
    digest: str
    effective_draws: float | None = None

    def to_json(self) -> str:
        """The four that scripts rely on, in one line."""
        told = asdict(self)
        del told["effective_draws"]
        return json.dumps(told)


def run(
    plan: Plan,
    folder: Path,
    *,
    workers: int | None = 1,
    cluster: str | None = None,
    block: int | None = None,
    progress: Progress = lambda done, cells: None,
) -> Done:
    """Compute the cells that the folder's store lacks, a block at a time, and write the table.

    workers: processes; None: as many as the work is worth, for programs that spawned processes may import again.
    Raises Busy, Different, OSError as `Store.open`; what was computed before stays.
    """
    cells = plan.design.cells
    with Store.open(folder / STORE, plan.identity, cells) as store:
        missing = store.missing()
        done = cells - len(missing)
        progress(done, cells)
        tasks = blocks(plan, missing, block)

        def share(each: Block) -> float:
            return sum(len(group.cells) for group in each.groups) / len(missing)

        for _, rows in shared_out(compute, tasks, share, workers=workers, cluster=cluster):
            store.add(rows)
            done += len(rows)
            progress(done, cells)
        left = tabled(Sheet(store), folder / TABLE)
        return Done(cells, len(missing), cells - len(missing), store.digest(), left)


def read(path: Path, members: bool = True) -> Sweep:
    """A finished sweep as columns, from its file or the folder it lies in; without `members` it takes less memory.

    Raises Unfinished, Damaged, Busy, OSError.
    """
    with Store.read(path / STORE if path.is_dir() else path) as store:
        sheet = Sheet(store)
        cells, texts = sheet.design.cells, len(sheet.proposals)
        if next(iter(store.missing()), None) is not None:
            raise Unfinished(f"{store.path}: {len(store.missing()):,} of {cells:,} cells are not computed yet")
        seats = len(sheet.ids) if members else 0

        def empty(*more: int) -> Floats:
            return np.full((cells, texts, *more), np.nan)

        coordinates: dict[str, list[Any]] = {each.path: [] for each in sheet.axes}
        words = {each: np.empty((cells, texts), object) for each in ("rule", "engine")}
        single = {each: empty() for each in ("adopted", "error", "lone", "difference", "difference_error")}
        outcomes, lones = empty(len(OUTCOMES)), empty(seats)
        bands = {each: empty(len(BAND)) for each in ("prior", "conditioned")} if sheet.draws else {}
        bands |= {"hiding": empty(len(HIDING))} if sheet.hides else {}
        effective: list[float] = []
        for number, values, found in sheet.cells():
            for axis, value in zip(sheet.axes, values, strict=True):
                coordinates[axis.path].append(value if axis.numeric else label(value))
            seated = sheet.seated(values) if members else []
            for n, cell in enumerate(found):
                _put(number, n, cell, words, single, bands)
                outcomes[number, n] = cell.outcomes
                lones[number, n, seated] = cell.lones if members else []
                effective += [] if cell.effective is None else [cell.effective]
                if sheet.conditioned and (cell.effective or 0.0) < INTERPRETED_FROM:
                    bands["conditioned"][number, n] = np.nan
    return Sweep(
        title=sheet.title,
        question=sheet.question,
        version=sheet.version,
        seed=sheet.seed,
        replicates=sheet.replicates,
        draws=sheet.draws,
        effective_draws=_least(effective),
        design=sheet.design.kind,
        axes=sheet.axes,
        proposals=sheet.proposals,
        ids=sheet.ids[:seats],
        names=sheet.names[:seats],
        coordinates={path: np.array(each) for path, each in coordinates.items()},
        outcomes=outcomes,
        adopted_any=single["adopted"],
        standard_error=single["error"],
        lone_hold_out=single["lone"],
        lone_hold_outs=lones,
        difference=single["difference"],
        difference_error=single["difference_error"],
        prior=bands.get("prior"),
        conditioned=bands["conditioned"] if sheet.conditioned else None,
        **{name.replace(".standard", ""): bands["hiding"][..., n] for n, name in enumerate(HIDING) if sheet.hides},
        **words,
    )


def _least(effective: list[float]) -> float | None:
    """The least number of effective draws that is interpreted in any cell; if none is, the largest."""
    enough = [each for each in effective if each >= INTERPRETED_FROM]
    return min(enough) if enough else max(effective, default=None)


class Unfinished(Exception):
    """A sweep whose cells are not all there yet."""


def _put(
    number: int, n: int, cell: Cell, words: dict[str, Any], single: dict[str, Floats], bands: dict[str, Floats]
) -> None:
    for name, column in (words | single).items():
        column[number, n] = getattr(cell, name)
    for name, band in bands.items():
        found = getattr(cell, name)
        if found is not None:
            band[number, n] = found
