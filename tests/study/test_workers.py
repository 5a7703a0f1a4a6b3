"""Tasks in processes that are really killed, and on a real cluster."""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import sweeps
import worker_tasks
from slow_sweep import MACHINE, sweep

from sim.study.workers import WorkersDied, finished

pytestmark = pytest.mark.skipif(os.name != "posix", reason="kills and signals as Unix has them")
MANY = [1, 2, 4]


@pytest.mark.parametrize("workers", MANY)
def test_every_task_once(workers: int) -> None:
    found = list(finished(worker_tasks.double, range(500), workers=workers))
    assert sorted(found) == [(n, 2 * n) for n in range(500)]
    assert list(finished(worker_tasks.double, [], workers=workers)) == []


@pytest.mark.parametrize("workers", MANY)
def test_few_tasks_are_under_way(workers: int) -> None:
    taken = 0

    def tasks() -> Iterator[int]:
        nonlocal taken
        while taken < 100:
            taken += 1
            yield taken

    for done, _ in enumerate(finished(worker_tasks.double, tasks(), workers=workers)):
        assert taken - done <= 2 * workers


DIVIDED = [*((1, block) for block in (1, 3, 7, 20, 60)), (2, 1), (2, 7), (2, 60), (4, 3), (4, 20)]


@pytest.mark.parametrize(("workers", "block"), DIVIDED)
def test_the_same_digest_however_it_is_divided(tmp_path: Path, workers: int, block: int) -> None:
    words = {"cells": 60, "block": block, "workers": workers, "milliseconds": 0, "cluster": None, "hold": None}
    given = argparse.Namespace(file=tmp_path / "sweep.sqlite", **words)
    assert sweep(given) == sweeps.expected(60)


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize(("function", "kind"), [(worker_tasks.refuse, LookupError), (worker_tasks.lack, MemoryError)])
def test_what_a_task_raises_comes_out(workers: int, function: Callable[[int], int], kind: type[Exception]) -> None:
    found: list[tuple[int, int]] = []
    with pytest.raises(kind) as raised:
        collect(found, finished(function, range(50), workers=workers))
    assert type(raised.value) is kind
    assert 3 not in dict(found)
    assert workers > 1 or len(found) == 3


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere the limit need not hold")
def test_a_worker_may_run_out_of_memory() -> None:
    with pytest.raises(MemoryError):
        list(finished(worker_tasks.fill_memory, range(4), workers=2))


def test_a_dead_workers_tasks_are_begun_again(tmp_path: Path) -> None:
    tasks = [(n, str(tmp_path / "mark")) for n in range(40)]
    found = dict(finished(worker_tasks.die_once, tasks, workers=2))
    assert found == {each: 2 * each[0] for each in tasks}


def test_a_task_that_kills_is_given_up_and_no_other(tmp_path: Path) -> None:
    found: list[tuple[int, int]] = []
    with pytest.raises(WorkersDied, match="ran out of memory, or was killed"):
        collect(found, finished(worker_tasks.die_at_three, range(40), workers=3))
    assert len(dict(found)) == len(found) > 0
    assert set(found) <= {(n, 2 * n) for n in range(40) if n != 3}


def collect(found: list[tuple[int, int]], results: Iterator[tuple[int, int]]) -> None:
    """All results until one raises."""
    for each in results:
        found.append(each)


def test_left_early_it_waits_for_nothing() -> None:
    results = finished(worker_tasks.forever_but_for_zero, range(10**9), workers=2)
    assert next(results) == (0, 0)
    workers = multiprocessing.active_children()
    assert workers
    results.close()
    assert sweeps.until(lambda: not any(each.is_alive() for each in workers))


def test_workers_leave_ctrl_c_to_their_parent() -> None:
    assert len(list(finished(worker_tasks.interrupt_self, range(20), workers=2))) == 20


def test_ctrl_c_ends_it_without_a_word_from_the_workers(tmp_path: Path) -> None:
    process = sweeps.begun(tmp_path, "--workers", 2, "--milliseconds", 60_000, "--block", 1)
    assert sweeps.until(lambda: len(sweeps.workers_of(process.pid)) == 2 or process.poll() is not None)
    workers = sweeps.workers_of(process.pid)
    os.killpg(process.pid, signal.SIGINT)
    status, _, complained = sweeps.ended(process)
    assert status == -signal.SIGINT
    assert "KeyboardInterrupt" in complained
    assert "spawn" not in complained
    assert sweeps.until(lambda: all(sweeps.gone(each) for each in workers))
    assert "sweep.owner" not in {each.name for each in tmp_path.iterdir()}


def test_workers_end_with_their_parent(tmp_path: Path) -> None:
    process = sweeps.begun(tmp_path, "--workers", 3, "--milliseconds", 60_000, "--block", 1)
    assert sweeps.until(lambda: len(sweeps.workers_of(process.pid)) == 3 or process.poll() is not None)
    workers = sweeps.workers_of(process.pid)
    process.kill()
    sweeps.ended_anyhow(process)
    assert sweeps.until(lambda: all(sweeps.gone(each) for each in workers))


def test_from_a_module_and_from_standard_input(tmp_path: Path) -> None:
    words = ["--cells", "20", "--workers", "2", "--milliseconds", "0"]
    run = {"capture_output": True, "text": True, "env": sweeps.ENVIRONMENT, "timeout": sweeps.PATIENCE}
    module = [sys.executable, "-m", "slow_sweep", str(tmp_path / "sweep.sqlite"), *words]
    assert subprocess.run(module, **run).stdout.strip() == sweeps.expected(20)  # type: ignore[call-overload]
    script = (
        "from worker_tasks import double\nfrom sim.study.workers import WorkersDied, finished\n"
        "try:\n    print(len(list(finished(double, range(9), workers=2))))\nexcept WorkersDied:\n    print('died')\n"
    )
    found = subprocess.run([sys.executable, "-"], input=script, **run)  # type: ignore[call-overload]
    assert found.stdout.strip() in ("9", "died")  # Python cannot begin workers there; it must not wait for them


def begun(module: str, *words: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", f"distributed.cli.{module}", *words]
    quiet = subprocess.DEVNULL
    return subprocess.Popen(command, stdout=quiet, stderr=quiet, text=True, env=sweeps.ENVIRONMENT)


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[tuple[str, list[subprocess.Popen[str]]]]:
    """A scheduler on the loopback and two workers: its address, and the three processes."""
    pytest.importorskip("distributed")
    file = tmp_path / "scheduler.json"
    with ExitStack() as stack:

        def run(module: str, *words: str) -> subprocess.Popen[str]:
            process = stack.enter_context(begun(module, *words))
            stack.callback(process.kill)
            return process

        here = ["--host", "127.0.0.1", "--no-dashboard"]
        scheduler = run("dask_scheduler", *here, "--port", "0", "--scheduler-file", str(file))
        assert sweeps.until(file.exists)
        address = ""
        while not address:
            try:
                address = json.loads(file.read_text())["address"]
            except ValueError:
                time.sleep(0.01)
        alone = ["--nthreads", "1", "--no-nanny", "--local-directory", str(tmp_path)]
        yield address, [scheduler, *(run("dask_worker", address, *here, *alone) for _ in range(2))]


def test_a_cluster_that_loses_a_worker_and_then_its_scheduler(
    tmp_path: Path, cluster: tuple[str, list[subprocess.Popen[str]]]
) -> None:
    address, (scheduler, first, _) = cluster
    home, other = tmp_path / "home", tmp_path / "other"
    process = swept(home, address, "--block", 3, "--milliseconds", 8)
    first.kill()
    status, said, complained = sweeps.ended(process)
    assert (status, said) == (0, sweeps.expected()), complained
    assert len(sweeps.committed(home)) == sweeps.CELLS
    process = swept(other, address, "--block", 1, "--milliseconds", 50)
    scheduler.kill()
    status, said, complained = sweeps.ended(process)
    assert status == MACHINE, complained
    assert json.loads(said)[1:] == ["the Dask scheduler is gone", address]
    sweeps.intact(other)


def swept(folder: Path, address: str, *words: object) -> subprocess.Popen[str]:
    """A sweep on a cluster, some cells of which are done."""
    folder.mkdir()
    process = sweeps.begun(folder, "--cluster", address, *words)
    assert sweeps.until(lambda: sweeps.committed(folder) or process.poll() is not None)
    return process


def test_a_cluster_that_is_none(tmp_path: Path) -> None:
    pytest.importorskip("distributed")
    status, said, complained = sweeps.ended(sweeps.begun(tmp_path, "--cluster", "tcp://127.0.0.1"))
    assert status == MACHINE, complained
    assert json.loads(said)[1:] == ["no Dask scheduler answers there", "tcp://127.0.0.1"]
