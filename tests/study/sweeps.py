"""Sweeps run as programs of their own: started, looked into, killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from hashlib import blake2b
from pathlib import Path
from random import Random

from slow_sweep import content

from sim.study.store import Store

HERE = Path(__file__).parent
PLACES = [str(HERE.parents[1]), str(HERE), *filter(None, [os.environ.get("PYTHONPATH")])]
ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join(PLACES)}
CELLS = 200
PATIENCE = 60.0  # seconds until something that must happen is taken not to


def expected(cells: int = CELLS) -> str:
    """The digest of a sweep that nothing disturbed, from its definition."""
    found = blake2b(digest_size=32)
    for cell in range(cells):
        text = content(cell).encode()
        found.update(cell.to_bytes(8, "big") + len(text).to_bytes(8, "big") + text)
    return found.hexdigest()


def begun(folder: Path, *words: object) -> subprocess.Popen[str]:
    """A sweep in a process group of its own."""
    command = [sys.executable, str(HERE / "slow_sweep.py"), str(folder / "sweep.sqlite"), *map(str, words)]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, env=ENVIRONMENT, start_new_session=True)


def ended(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    """Its exit status, and what it said on standard output and on standard error."""
    try:
        said, complained = process.communicate(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)  # all that it began, too
        raise
    return process.returncode, said.strip(), complained


def ended_anyhow(process: subprocess.Popen[str]) -> None:
    """Wait for it alone, although its workers may still hold its pipes."""
    process.wait(timeout=PATIENCE)
    for pipe in (process.stdout, process.stderr):
        if pipe is not None:
            pipe.close()


def until(true: Callable[[], object]) -> bool:
    """Wait for something; whether it came true."""
    end = time.monotonic() + PATIENCE
    while not true():
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True


def first_ended(processes: list[subprocess.Popen[str]]) -> list[subprocess.Popen[str]]:
    """Wait until one has ended; the same, that one first."""
    assert until(lambda: any(each.poll() is not None for each in processes))
    return sorted(processes, key=lambda each: each.poll() is None)


def committed(folder: Path) -> list[int]:
    """The cells that a sweep said to have committed; of a line that was cut off, none."""
    try:
        lines = (folder / "journal").read_text().splitlines(keepends=True)
    except FileNotFoundError:
        return []
    return [int(cell) for line in lines if line.endswith("\n") for cell in line.split()]


def workers_of(pid: int) -> list[int]:
    """The processes that compute for another; empty where the system does not say."""
    try:
        children = [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
        return [each for each in children if b"spawn_main" in Path(f"/proc/{each}/cmdline").read_bytes()]
    except (OSError, ValueError):
        return []


def gone(pid: int) -> bool:
    """Whether a process has ended, whoever is to hear of it."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] in "ZX"
    except OSError:
        return True


def kill(process: subprocess.Popen[str], whom: str, random: Random) -> None:
    """SIGKILL to the program, to one of its workers, or to the whole group; the last as a machine's end would."""
    if whom == "worker":
        for worker in random.sample(found := workers_of(process.pid), min(1, len(found))):
            if not gone(worker):
                os.kill(worker, signal.SIGKILL)
    elif process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL) if whom == "group" else process.kill()


def killed_often(folder: Path, kills: int, random: Random) -> int:
    """Run sweeps, killing at random moments and resuming, until there were so many kills; how many sweeps it took.

    Whatever happens, what was committed is there, no cell is committed twice, and the digest is the undisturbed one.
    """
    sweeps = 0
    while kills > 0:
        home = folder / str(sweeps)
        home.mkdir()
        status = None
        while status != 0:
            workers, block = random.choice([1, 2, 2, 3]), random.choice([1, 3, 7, 20])
            process = begun(home, "--workers", workers, "--block", block)
            kills -= killed(process, workers, min(kills, 3), random)
            status, said, complained = ended(process)
            assert status in (0, -signal.SIGKILL), (status, said, complained)
            intact(home)
        assert said == expected()
        assert sorted(each.name for each in home.iterdir()) == ["journal", "sweep.lock", "sweep.sqlite"]
        sweeps += 1
    return sweeps


def killed(process: subprocess.Popen[str], workers: int, most: int, random: Random) -> int:
    """Kill at random moments, of workers at most two: a third death may be rightly blamed on a task. How many kills."""
    for kills in range(most):
        time.sleep(random.uniform(0.05, 0.7))
        whom = random.choice(["program", "group", *["worker"] * 3]) if workers > 1 and kills < 2 else "program"
        if process.poll() is not None:
            return kills
        kill(process, whom, random)
        if whom != "worker":
            return kills + 1
    return most


def intact(folder: Path) -> None:
    """All that was said to be committed can be read and is right, and was committed once."""
    told = committed(folder)
    assert len(told) == len(set(told))
    if told:
        with Store.read(folder / "sweep.sqlite") as store:
            rows = dict(store.rows())
        assert set(told) <= set(rows)
        assert all(rows[cell] == content(cell) for cell in rows)
