"""python -m benchmarks.sweeps: what sweeps cost, as ratios measured in one run; and how cost grows."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from time import perf_counter

import numpy as np

from benchmarks.side_by_side import Work, interleaved, say
from sim.engines import exact
from sim.engines.simulate import simulate
from sim.model.case import Case
from sim.scenario.load import Setting, load
from sim.study.computing import Block, blocks, compute
from sim.study.planning import Asked, Plan, planned
from sim.study.workers import finished

OFFICE = str(Path(__file__).parents[1] / "scenarios" / "tokyo-office-2023.toml")
NONE = Setting("uncertainty.draws", 0)
PATHS = ("members.FRA.autonomy", "members.FRA.exposure")
SEED, PRECISE = 2023, 250_000  # replicates for a standard error of 1e-3 where p is .5


def plan(cells: int) -> Plan:
    """France's autonomy and exposure, in so many cells, ten times a whole number."""
    vary = {PATHS[0]: f"0:1:{cells // 10}", PATHS[1]: "0:1:10"}
    return planned(OFFICE, [NONE], Asked("", vary, dict.fromkeys([*vary, ""], "--vary")))


def figures(case: Case) -> None:
    """What a cell of a sweep holds."""
    exact.outcomes(case)
    exact.lone_hold_outs(case)


def side_by_side(cells: int = 150) -> None:
    """A block of cells, against the same cells one call at a time."""
    ready = plan(cells)
    settings = [[NONE, *map(Setting, PATHS, ready.design.values(cell))] for cell in range(cells)]
    cases = [question.case for each in settings for question in load(OFFICE, each).questions]
    (block,) = blocks(ready, range(cells), cells)

    def loop() -> None:
        for each in settings:
            for question in load(OFFICE, each).questions:
                figures(question.case)

    def whole() -> None:
        (read,) = blocks(plan(cells), range(cells), cells)
        compute(read)

    works: dict[str, Work] = {"block": whole, "loop": loop}
    works |= {"computed": lambda: compute(block), "one by one": lambda: [figures(each) for each in cases]}
    times = interleaved(works, rounds=1)
    what = f"{cells} cells one call at a time, against the same in one block"
    say(f"{what}: read and computed", times["loop"] / times["block"], least=10)
    say(f"{what}: computed alone", times["one by one"] / times["computed"])


def equally_precise() -> None:
    """Exact probabilities, against estimates with a standard error of a thousandth."""
    case = load(OFFICE, [NONE]).questions[0].case
    works: dict[str, Work] = {
        "exact": lambda: exact.outcomes(case),
        "simulate": lambda: simulate(case, PRECISE, SEED),
        "cell": lambda: figures(case),
        "cell simulated": lambda: simulate(case, PRECISE, SEED, blame=True),
    }
    times = interleaved(works, rounds=5)
    what = f"simulate with {PRECISE:,} replicates, against exact"
    say(f"{what}: outcomes", times["simulate"] / times["exact"])
    say(f"{what}: outcomes and lone hold-outs", times["cell simulated"] / times["cell"])


def two_workers(cells: int = 3000, size: int = 200) -> None:
    """Cells a second on two workers and on one, from the first block that is back to the last."""
    tasks = list(blocks(plan(cells), range(cells), size))
    one, two = (speed(tasks, workers) for workers in (1, 2))
    say(f"cells a second on two workers ({two:,.0f}), against one ({one:,.0f})", two / one)


def speed(tasks: Sequence[Block], workers: int) -> float:
    """Cells a second."""
    arrivals = [(perf_counter(), len(rows)) for _, rows in finished(compute, tasks, workers=workers)]
    return sum(many for _, many in arrivals[1:]) / (arrivals[-1][0] - arrivals[0][0])


def mesa(replicates: int = 30) -> None:
    """The project's agents run by Mesa's own batch_run, against `simulate`."""
    try:
        from mesa.batchrunner import batch_run
    except ImportError:  # of another Mesa
        print("       –  this Mesa has no batch_run")
        return
    from sim.engines.agents import Council

    case = load(OFFICE, [NONE]).questions[0].case

    class Office(Council):
        """A council that Mesa can begin by its replicate alone."""

        def __init__(self, replicate: int) -> None:
            super().__init__(case, replicate, SEED)

    def batch() -> None:
        found = batch_run(Office, {"replicate": range(replicates)}, number_processes=1, display_progress=False)
        last = {each["replicate"]: each["outcome"] for each in found}
        adopted = sum(str(outcome).startswith("adopted") for outcome in last.values())
        assert adopted == simulate(case, replicates, SEED).adopted_any  # bit for bit the same replicates

    works: dict[str, Work] = {"batch_run": batch, "simulate": lambda: simulate(case, 80_000, SEED, blame=True)}
    times = interleaved(works, rounds=2)
    one = times["simulate"] / 80_000
    say(
        "one replicate by Mesa's batch_run (number_processes=1), against one by simulate",
        times["batch_run"] / replicates / one,
    )


# -- growth -----------------------------------------------------------------------------------------------------------


def growth() -> None:
    """A table of times with the exponents that fit them."""
    print("\nMilliseconds, and the exponent k of time ~ size^k by least squares on logarithms:")
    works: dict[str, Callable[[Case], object]] = {
        "exact outcomes": exact.outcomes,
        "exact cell": figures,
        "simulate, 10,000 replicates": partial(simulate, replicates=10_000, seed=SEED),
    }
    with tempfile.TemporaryDirectory() as folder:
        members = {n: council(Path(folder), n) for n in (10, 20, 50, 100, 200)}
    rounds = {n: load(OFFICE, [NONE, Setting("procedure.rounds", n)]).questions[0].case for n in (1, 2, 4, 8)}
    for name, cases in (("members", members), ("rounds", rounds)):
        for what, work in works.items():
            told(f"{what}, by {name}", {n: partial(work, case) for n, case in cases.items()})
    told("a block, by cells", {n: partial(compute, *blocks(plan(n), range(n), n)) for n in (20, 50, 100, 250)})


def told(what: str, works: dict[int, Work]) -> None:
    """One line of the table."""
    times = interleaved({str(n): work for n, work in works.items()}, rounds=3)
    sizes, seconds = np.log(list(works)), np.log(list(times.values()))
    exponent = float(np.polyfit(sizes, seconds, 1)[0])
    cells = "  ".join(f"{n:>4}: {1000 * times[str(n)]:8.2f}" for n in works)
    print(f"  {what:<40} {cells}   k = {exponent:.2f}")


def council(folder: Path, size: int) -> Case:
    """A council of so many members, each of its own mind, under the office's rules: consensus in four rounds."""
    spread = np.random.default_rng(size).uniform(0.05, 0.95, (size, 2)).round(3)
    rows = "\n".join(f'  {{ id = "M{n}", gain = {gain}, loss = {loss} }},' for n, (gain, loss) in enumerate(spread))
    text = f"""
title    = "A council of {size}"
question = "Would they agree?"
sources  = ["made up"]

[drivers]
benefits = ["gain"]
costs    = ["loss"]

[council]
members = [
{rows}
]

[weights]
size = 5.0

[[proposal]]
name   = "A text"
appeal = 2.0

[procedure]
rounds = 4
"""
    path = folder / f"{size}.toml"
    path.write_text(text, encoding="utf-8")
    return load(str(path)).questions[0].case


if __name__ == "__main__":
    side_by_side()
    equally_precise()
    two_workers()
    mesa()
    growth()
