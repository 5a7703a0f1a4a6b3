"""Sweeps that take minutes: memory that does not grow with the cells, and a whole grid against simulation."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
import sweeps
import tortured
from scipy.stats import binomtest

from sim.cli import main
from sim.engines.simulate import simulate
from sim.scenario.load import Setting, load
from tests.study.small import written

pytestmark = pytest.mark.slow
TOKYO = str(Path(__file__).parents[2] / "scenarios" / "tokyo-office-2023.toml")
REPLICATES = 200_000


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="asks the system as Linux has it")
@pytest.mark.parametrize("more", [["--json"], []], ids=["cells alone", "with pictures"])
def test_a_hundred_times_the_cells_take_no_more_memory(tmp_path: Path, more: list[str]) -> None:
    few, many = (peak(tmp_path, *shape, *more) for shape in ((10, 100), (100, 1000)))
    print(f"peak of 1,000 cells {few / 2**20:.0f} MiB, of 100,000 {many / 2**20:.0f} MiB: ratio {many / few:.2f}")
    assert many <= 1.5 * few


def peak(folder: Path, losses: int, weights: int, *more: str) -> int:
    """Bytes in memory at most, of a sweep of so many cells in one process."""
    home, told = folder / f"{losses}", folder / f"{losses}.peak"
    home.mkdir()
    vary = [f"members.D.loss=0:1:{losses}", f"weights.loss=1:5:{weights}"]
    words = ["sweep", written(folder), "--vary", vary[0], "--vary", vary[1], "--set", "uncertainty.draws=0"]
    process = tortured.begun([*words, "--workers", "1", *more], home, "--peak", str(told))
    _, complained = process.communicate(timeout=20 * sweeps.PATIENCE)
    assert (process.returncode, complained) == (0, "")
    return int(told.read_text())


def test_a_grid_over_france_is_what_simulation_finds(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    vary = ["--vary", "members.FRA.autonomy=0:1:101", "--vary", "members.FRA.exposure=0:1:101"]
    none = ["--set", "uncertainty.draws=0", "--json", "--out", str(tmp_path / "out")]
    assert main(["sweep", TOKYO, *vary, *none]) == 0
    assert json.loads(capsys.readouterr().out)["computed"] == 101 * 101
    chosen = set(Random(2023).sample(range(101 * 101), 200))
    with (tmp_path / "out" / "cells.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if int(row["cell"]) in chosen]
    assert len(rows) == 3 * len(chosen)
    found = [each for row in rows for each in doubts(row)]
    worst = min(found)
    print(f"{len(found)} binomial tests: the smallest p {worst:.2g}, times their number {worst * len(found):.2g}")
    assert worst * len(found) > 0.01


def doubts(row: dict[str, str]) -> Iterator[float]:
    """How likely so large a difference is between a cell of the table and replicates of its own."""
    paths = ("members.FRA.autonomy", "members.FRA.exposure")
    scenario = load(TOKYO, [Setting(path, float(row[path])) for path in paths])
    case = next(each.case for each in scenario.questions if each.case.proposal.name == row["proposal"])
    tally = simulate(case, REPLICATES, seed=int(row["cell"]), blame=True)  # cells are independent of one another
    alone = int(tally.lone_hold_out[case.council.ids.index("FRA")])
    for count, name in ((tally.adopted_any, "adopted_any"), (alone, "lone_hold_out.FRA")):
        yield float(binomtest(int(count), REPLICATES, min(float(row[name]), 1.0)).pvalue)
