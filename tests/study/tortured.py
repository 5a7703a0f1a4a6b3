"""The real sweep command on a small council: begun, killed at random moments, begun again until it is done."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

import sweeps

from sim.study.store import Store
from sim.study.sweepfile import MAGIC

HERE = Path(__file__).parent
RUN = [sys.executable, str(HERE.parents[1] / "run.py")]
LAUNCHED = [sys.executable, str(HERE / "launched.py")]
VARY = ["--vary", "members.D.loss=0:1:20", "--vary", "weights.loss=1:5:20", "--set", "uncertainty.draws=0"]
TWO, ALONE = ["--workers", "2", "--block", "5"], ["--workers", "1", "--block", "2"]
COUNTED = ["--engine", "simulate", "--replicates", "2000"]
END = {"cells.csv", "sweep.lock", "sweep.sqlite"}  # what there is when all is done

Process = subprocess.Popen[str]


@dataclass(frozen=True)
class Sweep:
    """A sweep of which it is known what comes out. seconds: that it takes where nobody disturbs it."""

    words: tuple[str, ...]
    digest: str
    cells: int
    table: bytes
    seconds: float

    @property
    def workers(self) -> int:
        """As the command line says last."""
        return int(self.words[len(self.words) - self.words[::-1].index("--workers")])

    @classmethod
    def undisturbed(cls, folder: Path, scenario: str, *words: str) -> Sweep:
        """Run to the end in peace."""
        whole = ("sweep", scenario, *VARY, *words, "--json")
        start = time.monotonic()
        status, said, complained = sweeps.ended(begun(whole, folder))
        assert (status, complained) == (0, "")
        told = json.loads(said)
        assert {each.name for each in folder.iterdir()} == END
        table = (folder / "cells.csv").read_bytes()
        return cls(whole, told["digest"], told["cells"], table, time.monotonic() - start)

    def begun(self, folder: Path, *launch: str) -> Process:
        """The same sweep in another folder."""
        return begun(self.words, folder, *launch)

    def completed(self, process: Process, folder: Path, before: dict[int, str] | None = None) -> dict[str, Any]:
        """Wait for one that must come to its end; before: what was in the store, and is not computed again."""
        status, said, complained = sweeps.ended(process)
        assert (status, complained) == (0, ""), complained
        return self.told(said, folder, before)

    def told(self, said: str, folder: Path, before: dict[int, str] | None = None) -> dict[str, Any]:
        """What a finished sweep says, once all of it is checked."""
        told: dict[str, Any] = json.loads(said)
        assert told["digest"] == self.digest
        assert (folder / "cells.csv").read_bytes() == self.table
        after = stored(folder)
        assert sorted(after) == list(range(self.cells))
        if before is not None:
            assert (told["computed"], told["resumed"]) == (self.cells - len(before), len(before))
            assert before.items() <= after.items()
        return told

    def failed(self, process: Process, folder: Path) -> str:
        """Wait for one that the machine must end; the one line that it says."""
        status, said, complained = sweeps.ended(process)
        assert (status, said) == (4, ""), (status, complained)
        assert complained.startswith("unanimity: "), complained
        assert complained.count("\n") == 1, complained
        assert str(folder) in complained
        assert "expected " in complained
        return complained


def begun(words: tuple[str, ...] | list[str], folder: Path, *launch: str) -> Process:
    """The command in a process group of its own; launch: what holds it back (launched.py)."""
    command = [*(RUN if not launch else [*LAUNCHED, *launch, "--"]), *words, "--out", str(folder)]
    return started(command, folder)


def started(command: list[str], folder: Path) -> Process:
    """A process whose working folder is the one above the sweep's."""
    pipe = subprocess.PIPE
    return subprocess.Popen(
        command,
        stdout=pipe,
        stderr=pipe,
        text=True,
        encoding="utf-8",
        env=sweeps.ENVIRONMENT,
        cwd=folder.parent,
        start_new_session=True,
    )


def stored(folder: Path) -> dict[int, str]:
    """The cells in a store; none where there is none yet."""
    path = folder / "sweep.sqlite"
    if not path.exists():
        return {}
    assert path.read_bytes()[:16] == MAGIC  # it is never there by half
    with Store.read(path) as store:
        return dict(store.rows())


def tormented(among: Sequence[Sweep], folder: Path, kills: int, random: Random) -> Counter[str]:
    """Run sweeps, killing at random moments and resuming, until there were so many kills; which there were.

    No cell that was committed is lost or computed again, and what comes out is what came out in peace.
    """
    found: Counter[str] = Counter()
    for number in count():
        sweep, home = random.choice(among), folder / str(number)
        home.mkdir()
        rows: dict[int, str] = {}
        process, status = sweep.begun(home), None
        while status != 0:
            found.update(killed(process, sweep, home, kills - found.total(), random))
            status, said, complained = sweeps.ended(process)
            now = stored(home)
            assert rows.items() <= now.items()
            if status:
                process = again(sweep, home, status, said, complained)
                rows = now
        assert complained == ""
        sweep.told(said, home, rows)
        assert {each.name for each in home.iterdir()} == END
        if found.total() >= kills:
            break
    return found


def again(sweep: Sweep, home: Path, status: int, said: str, complained: str) -> Process:
    """Resume by the same command: after Ctrl-C, by the one that the last line holds."""
    assert said == "" or json.loads(said)["digest"] == sweep.digest  # it ended when all had been said
    if status == -signal.SIGKILL or (status == -signal.SIGINT and said):  # the latter where Python itself was ending
        return sweep.begun(home)
    assert status == 130, (status, complained)
    assert complained.count("\n") == 1, complained
    assert complained.startswith("interrupted; to resume: python "), complained
    words = shlex.split(complained.partition("python ")[2])
    assert words == [*RUN[1:], *sweep.words, "--out", str(home)]
    return started([sys.executable, *words], home)


def killed(process: Process, sweep: Sweep, home: Path, most: int, random: Random) -> list[str]:
    """Kill at random moments, of workers at most two: a third death may be rightly blamed on a task. Whom."""
    found: list[str] = []
    wait = random.uniform(0.1, 0.9) * sweep.seconds
    while len(found) < most:
        whom = random.choice(["program", "group", "interrupt", "ctrl-c", "worker", "worker"])
        whom = "program" if whom == "worker" and (sweep.workers == 1 or len(found) == 2) else whom
        if whom in ("interrupt", "ctrl-c"):  # what Python does before the program begins is not the program's
            sweeps.until(lambda: (home / "sweep.lock").exists() or process.poll() is not None)
        time.sleep(wait)
        if process.poll() is not None:
            break
        hit(process, whom, random)
        found.append(whom)
        if whom != "worker":
            break
        wait = random.uniform(0.05, 0.4) * sweep.seconds
    return found


def hit(process: Process, whom: str, random: Random) -> None:
    """SIGKILL, or SIGINT to the program alone or, as a terminal sends it, to all of its group."""
    if whom == "interrupt":
        process.send_signal(signal.SIGINT)
    elif whom == "ctrl-c":
        os.killpg(process.pid, signal.SIGINT)
    else:
        sweeps.kill(process, whom, random)
