"""A sweep on a terminal: what was computed, where it is highest and lowest, what was written."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from rich.console import Console

from sim.scenario.complaints import plain
from sim.show.words import rate
from sim.study.cells import Sweep, label
from sim.study.sweep import Done


def print_sweep(sweep: Sweep, done: Done, written: Sequence[Path]) -> None:
    """Print what a sweep came to, for a person."""
    console = Console(highlight=False, soft_wrap=True, markup=False)
    paths = " x ".join(f"{each.path} ({len(each.values)})" for each in sweep.axes)
    console.print(plain(f"Question  {sweep.question}"))
    design = "grid" if sweep.design == "grid" else f"sample ({sweep.design})"
    console.print(
        plain(f"{done.cells:,} cells, a {design} over {paths}: {done.computed:,} computed, {done.resumed:,} found")
    )
    console.print(f"{_how(sweep)}")
    for n, name in enumerate(sweep.proposals):
        console.print(plain(_range(sweep, n, name)))
    console.print(f"Digest {done.digest}")
    if written:
        console.print(plain(f"Written to {written[0].parent}/: {', '.join(each.name for each in written)}"))


def _how(sweep: Sweep) -> str:
    simulated = (sweep.engine != "exact").any()
    exact = (sweep.engine == "exact").any()
    told = ["exact probabilities"] if exact else []
    told += (
        [f"Monte Carlo, {sweep.replicates:,} replicates, seed {sweep.seed}, all cells on the same draws"]
        if simulated
        else []
    )
    draws = f"; {sweep.draws:,} outer draws in each cell" if sweep.draws else "; at the published values"
    return "; ".join(told).capitalize() + draws + ". Weights are provisional."


def _range(sweep: Sweep, n: int, name: str) -> str:
    """Where P(adopted) is lowest and highest."""
    adopted = sweep.adopted_any[:, n]
    low, high = int(np.argmin(adopted)), int(np.argmax(adopted))

    def at(cell: int) -> str:
        where = ", ".join(f"{path} = {label(each[cell])}" for path, each in sweep.coordinates.items())
        replicates = None if sweep.engine[cell, n] == "exact" else sweep.replicates
        return f"{rate(float(adopted[cell]), float(sweep.standard_error[cell, n]), replicates)} at {where}"

    if adopted[low] == adopted[high]:
        return f"{name}: adopted in any form with {at(low).split(' at ')[0]} everywhere"
    return f"{name}: adopted in any form from {at(low)} to {at(high)}"
