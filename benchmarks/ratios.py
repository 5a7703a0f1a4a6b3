"""python -m benchmarks.ratios: what the engines cost, as ratios measured in one run on the Tokyo office."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from time import perf_counter

import numpy as np

from benchmarks.side_by_side import Work, interleaved, say
from sim.engines import exact
from sim.engines.agents import Council
from sim.engines.simulate import Chance, chunks, simulate
from sim.scenario.load import load

ROOT = Path(__file__).parents[1]
OFFICE = ROOT / "scenarios" / "tokyo-office-2023.toml"
ROOM = ROOT / "scenarios" / "tokyo-room-2023.toml"
REPLICATES, SEED, CASES, DRAWS = 80_000, 2023, 200, 1000


def engines() -> None:
    """What the exact engine, Monte Carlo and agents cost, against drawing uniforms."""
    case = load(str(OFFICE)).questions[0].case
    room = load(str(ROOM)).questions[0].case
    size = len(case.weights)
    weights = np.random.default_rng(1).uniform(0.0, 12.0, (CASES, size))

    def draw() -> None:
        chance = Chance(case, SEED)
        for start, many in chunks(case, REPLICATES):
            chance.draws(start, many, notice=False)

    sys.path.insert(0, str(ROOT / "tests" / "engines"))
    from scalar import tell

    draws = Chance(case, SEED).draws(0, 200, notice=True)
    assert draws.notice is not None
    told = list(zip(draws.taste.tolist(), draws.notice.tolist(), draws.agenda.tolist(), strict=True))
    times = interleaved(
        {
            "draw": draw,
            "simulate": lambda: simulate(case, REPLICATES, SEED),
            "simulate with blame": lambda: simulate(case, REPLICATES, SEED, blame=True),
            "heed": lambda: simulate(case.but(heed=0.5), REPLICATES, SEED),
            "heed, hide, ties": lambda: simulate(room, REPLICATES, SEED),
            "exact": lambda: exact.outcomes(case),
            "blame": lambda: exact.blame(case),
        },
        rounds=5,
    )
    say("simulate, outcomes only, against drawing its uniforms", times["simulate"] / times["draw"], 4)
    say("the same with blame", times["simulate with blame"] / times["draw"])
    say("simulate where members heed each other, against where they do not", times["heed"] / times["simulate"], 6)
    say("the same with hiding and a table of ties", times["heed, hide, ties"] / times["simulate"], 6)
    say("exact outcomes, against the uniforms of 80,000 replicates", times["exact"] / times["draw"], 1)
    say("exact blame, all five measures, against the same", times["blame"] / times["draw"])
    block = interleaved(
        {
            "block": lambda: exact.outcomes(case.but(weights=weights)),
            "one by one": lambda: [exact.outcomes(case.but(weights=each)) for each in weights],
        },
        rounds=3,
    )
    say(f"a block of {CASES} cases exact, against the same one by one", block["block"] / block["one by one"])
    council = Council(case, seed=SEED)
    one = times["simulate"] / REPLICATES
    slow = interleaved(
        {
            "agents": lambda: [council.convene(r).play() for r in range(20)],
            "loop": lambda: [tell(case, *each) for each in told[:20]],
        },
        rounds=3,
    )
    say("one replicate as agents, against one by simulate", slow["agents"] / 20 / one)
    say("replicates a second as agents, on this machine today", 20 / slow["agents"])
    say("one replicate as a plain loop, against one by simulate", slow["loop"] / 20 / one)


def start_up() -> None:
    """What starting a command costs, against importing numpy; in fresh interpreters."""

    def call(*words: str) -> Work:
        return lambda: subprocess.run([sys.executable, *words], check=True, capture_output=True, cwd=ROOT)

    run = ("run.py", "run", str(OFFICE), "--json")
    times = interleaved(
        {
            "numpy": call("-c", "import numpy"),
            "help": call("run.py", "--help"),
            "check": call("run.py", "check", str(OFFICE)),
            "run": call(*run, "--set", "uncertainty.draws=0"),
        },
        rounds=5,
    )
    say("run.py --help, against python -c 'import numpy'", times["help"] / times["numpy"], 2)
    say("check of the Tokyo file", times["check"] / times["numpy"], 5)
    say("run --json of it: exact, three texts, blame, other rules", times["run"] / times["numpy"], 20)
    begun = perf_counter()
    call(*run, "--set", f"uncertainty.draws={DRAWS}")()
    say(f"the same over {DRAWS:,} outer draws, measured once", (perf_counter() - begun) / times["numpy"])


if __name__ == "__main__":
    engines()
    start_up()
