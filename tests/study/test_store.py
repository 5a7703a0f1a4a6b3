"""The store of a sweep: what is committed stays, whatever is killed, damaged or full."""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import socket
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

import pytest
import sweep_damage
import sweeps
from slow_sweep import BUSY, IDENTITY, MACHINE, content

from sim.study.store import Busy, Damaged, Different, Store

pytestmark = pytest.mark.skipif(os.name != "posix", reason="kills, limits and locks as Unix has them")
ROOT = hasattr(os, "geteuid") and os.geteuid() == 0


def stored(path: Path, cells: int = 200, identity: dict[str, str] = IDENTITY) -> Store:
    return Store.open(path / "sweep.sqlite", identity, cells)


def names(folder: Path) -> set[str]:
    return {each.name for each in folder.iterdir()}


def octets(folder: Path) -> dict[str, bytes]:
    return {each.name: each.read_bytes() for each in folder.iterdir()}


def test_what_is_added_is_there(tmp_path: Path) -> None:
    with stored(tmp_path, 5) as store:
        assert store.missing() == [0, 1, 2, 3, 4]
        store.add([(3, '{"é": 1}'), (0, "0")])
    with stored(tmp_path, 5) as store:
        assert store.missing() == [1, 2, 4]
        store.add([(1, "1")])
        assert list(store.rows()) == [(0, "0"), (1, "1"), (3, '{"é": 1}')]
    with Store.read(tmp_path / "sweep.sqlite") as store:
        assert store.identity == IDENTITY
        assert store.cells == 5
        assert store.missing() == [2, 4]
        assert list(store.rows()) == [(0, "0"), (1, "1"), (3, '{"é": 1}')]
    assert names(tmp_path) == {"sweep.sqlite", "sweep.lock"}


def test_the_digest_is_over_numbers_and_contents_alone(tmp_path: Path) -> None:
    found = []
    for name, order in {"a": [[0, 1], [2, 3]], "b": [[3], [1], [0], [2]]}.items():
        with Store.open(tmp_path / name / "sweep.sqlite", {"made": name}, 9) as store:
            for block in order:
                store.add((cell, content(cell)) for cell in block)
            found.append(store.digest())
            store.add([(4, content(4))])
            assert store.digest() != found[-1]
    assert found == [sweeps.expected(4)] * 2


def test_a_cell_is_added_once(tmp_path: Path) -> None:
    with stored(tmp_path, 5) as store:
        store.add([(1, "1")])
        for wrong in ([(2, "2"), (1, "1")], [(2, "2"), (5, "5")], [(-1, "")]):
            with pytest.raises(ValueError, match="cell"):
                store.add(wrong)
        assert list(store.rows()) == [(1, "1")]
    with pytest.raises(ValueError, match="closed"):
        store.missing()
    store.close()


@pytest.mark.parametrize("how", ["finished", "killed"])
def test_another_sweep_is_refused_and_not_touched(tmp_path: Path, how: str) -> None:
    (tmp_path / "behind").mkdir()
    sweep_damage.filled(tmp_path) if how == "finished" else sweep_damage.killed(tmp_path, tmp_path / "behind")
    shutil.rmtree(tmp_path / "behind")
    before = octets(tmp_path)
    other = {**IDENTITY, "scenario": IDENTITY["scenario"].replace("seed = 1", "seed = 2"), "design": "x" * 99}
    with pytest.raises(Different) as refused:
        stored(tmp_path, 201, other)
    text = str(refused.value)
    assert "200 cells there, 201 here" in text
    assert "scenario, line 2: 'seed = 1' there, 'seed = 2' here" in text
    assert "design: nothing there, 'xxx" in text
    assert "version" not in text
    assert len(text) < 400 + len(str(tmp_path))
    assert octets(tmp_path) == before
    stored(tmp_path, 200, dict(reversed(IDENTITY.items()))).close()


@pytest.mark.parametrize("number", [pytest.param(100, id="100"), pytest.param(1000, id="1000", marks=pytest.mark.slow)])
def test_damage_is_noticed_or_harmless(tmp_path: Path, number: int) -> None:
    whole, killed, behind, home = (tmp_path / each for each in ("whole", "killed", "behind", "home"))
    for folder in (whole, killed, behind):
        folder.mkdir()
    sweep_damage.filled(whole)
    sweep_damage.killed(killed, behind)
    random = Random(number)
    kinds = [whole, whole, killed, behind]
    found = Counter(sweep_damage.survived(kinds[n % 4], home, random) for n in range(number))
    print(dict(found))
    assert found["set aside"] > number / 20
    assert found["computed again"] > number / 20


def test_a_damaged_row_is_computed_again_and_told_to_a_reader(tmp_path: Path) -> None:
    sweep_damage.filled(tmp_path)
    sweep_damage.with_byte(tmp_path / "sweep.sqlite", "cells", "content")
    with pytest.raises(Damaged, match="cell 1 does not check"):
        Store.read(tmp_path / "sweep.sqlite")
    with stored(tmp_path) as store:
        with pytest.raises(Damaged, match="cell 1 does not check"):
            store.digest()
        assert store.missing() == [1]
        store.add([(1, content(1))])
        assert store.digest() == sweeps.expected()
    assert names(tmp_path) == {"sweep.sqlite", "sweep.lock"}


def test_a_damaged_description_costs_no_row(tmp_path: Path) -> None:
    sweep_damage.filled(tmp_path)
    sweep_damage.with_byte(tmp_path / "sweep.sqlite", "meta", "content")
    with pytest.raises(Damaged, match="description does not check"):
        Store.read(tmp_path / "sweep.sqlite")
    with stored(tmp_path) as store:
        assert store.missing() == []
    assert "sweep.sqlite.damaged" in names(tmp_path)


def test_a_lost_first_page_costs_no_row(tmp_path: Path) -> None:
    sweep_damage.filled(tmp_path)
    path = tmp_path / "sweep.sqlite"
    path.write_bytes(bytes(4096) + path.read_bytes()[4096:])
    with stored(tmp_path) as store:
        assert store.missing() == []
        assert store.digest() == sweeps.expected()


def test_rows_of_another_sweep_are_not_salvaged(tmp_path: Path) -> None:
    sweep_damage.filled(tmp_path)
    sweep_damage.with_byte(tmp_path / "sweep.sqlite", "meta", "content")
    with stored(tmp_path, 200, {**IDENTITY, "seed": "2"}) as store:
        assert store.missing() == list(range(200))


@pytest.mark.parametrize("text", [b"", b"a letter to my aunt\n" * 999, b"SQLite format 3\x00"])
def test_what_is_no_sweep_is_set_aside(tmp_path: Path, text: bytes) -> None:
    for name in ("sweep.sqlite.damaged", "sweep.sqlite.damaged2"):
        path = tmp_path / "sweep.sqlite"
        path.write_bytes(text)
        with pytest.raises(Damaged):
            Store.read(path)
        with stored(tmp_path, 3) as store:
            assert store.missing() == [0, 1, 2]
        assert (tmp_path / name).read_bytes() == text


def test_a_folder_in_its_place_or_nothing_to_read(tmp_path: Path) -> None:
    (tmp_path / "sweep.sqlite").mkdir()
    with pytest.raises(OSError, match="not a file"):
        stored(tmp_path)
    with pytest.raises(FileNotFoundError):
        Store.read(tmp_path / "other.sqlite")


def test_a_second_one_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "sweep.sqlite"
    with stored(tmp_path) as store:
        store.add([(0, "0")])
        attempts: list[Callable[[], Store]] = [lambda: stored(tmp_path), lambda: Store.read(path)]
        for attempt in attempts:
            start = time.monotonic()
            with pytest.raises(Busy, match=f"process {os.getpid()} on {socket.gethostname()} since 2") as refused:
                attempt()
            assert time.monotonic() - start < 5
            assert (refused.value.pid, refused.value.host) == (os.getpid(), socket.gethostname())
    with stored(tmp_path) as store:
        assert len(store.missing()) == 199


def test_an_owner_that_cannot_be_is_not_believed(tmp_path: Path) -> None:
    child = subprocess.Popen(["true"])
    child.wait()
    for owner in (json.dumps({"pid": child.pid, "host": socket.gethostname(), "since": "then"}), "{", "[]", "\x00"):
        (tmp_path / "sweep.owner").write_text(owner)
        stored(tmp_path).close()
    assert names(tmp_path) == {"sweep.sqlite", "sweep.lock"}


@pytest.mark.parametrize("times", [pytest.param(3, id="3"), pytest.param(20, id="20", marks=pytest.mark.slow)])
def test_of_two_started_at_once_one_runs(tmp_path: Path, times: int) -> None:
    for n in range(times):
        home = tmp_path / str(n)
        home.mkdir()
        words = ("--milliseconds", 0, "--go", home / "go", "--hold", home / "end")
        both = [sweeps.begun(home, *words) for _ in range(2)]
        time.sleep(0.3)  # both are at the gate
        (home / "go").touch()
        second, first = sweeps.first_ended(both)
        status, said, complained = sweeps.ended(second)
        assert status == BUSY, complained
        assert json.loads(said)[:2] == [first.pid, socket.gethostname()]
        (home / "end").touch()
        status, said, complained = sweeps.ended(first)
        assert (status, said) == (0, sweeps.expected()), complained


@pytest.mark.parametrize("kills", [pytest.param(10, id="10"), pytest.param(200, id="200", marks=pytest.mark.slow)])
def test_killed_at_any_moment_it_goes_on(tmp_path: Path, kills: int) -> None:
    assert sweeps.killed_often(tmp_path, kills, Random(kills)) > 0


@pytest.mark.parametrize("octets", [40, 4000, 30000, 110000])
def test_a_file_that_cannot_grow(tmp_path: Path, octets: int) -> None:
    status, said, complained = sweeps.ended(sweeps.begun(tmp_path, "--milliseconds", 0, "--limit", octets))
    assert status == MACHINE, complained
    resumed(tmp_path, said, errno.EFBIG if octets == 40 else errno.EIO)


def resumed(folder: Path, said: str, number: int) -> None:
    """A sweep that the machine ended says where, and goes on once it can."""
    told = json.loads(said)
    assert told[0] == number
    assert told[2].startswith(str(folder))
    sweeps.intact(folder)
    before = sweeps.committed(folder)
    status, said, complained = sweeps.ended(sweeps.begun(folder, "--milliseconds", 0))
    assert (status, said) == (0, sweeps.expected()), complained
    assert sweeps.committed(folder)[: len(before)] == before
    assert sorted(sweeps.committed(folder)) == list(range(sweeps.CELLS))
    assert "sweep.sqlite.damaged" not in names(folder)


@contextmanager
def mounted(folder: Path, *words: str) -> Iterator[None]:
    if not ROOT or shutil.which("mount") is None:
        pytest.skip("only root mounts")
    if subprocess.run(["mount", *words, str(folder)], capture_output=True).returncode:
        pytest.skip("nothing can be mounted here")
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.parametrize("room", ["8k", "60k", "120k"])
def test_a_full_disk(tmp_path: Path, room: str) -> None:
    with mounted(tmp_path, "-t", "tmpfs", "-o", f"size={room}", "tmpfs"):
        status, said, complained = sweeps.ended(sweeps.begun(tmp_path, "--milliseconds", 0))
        assert status == MACHINE, complained
        subprocess.run(["mount", "-o", "remount,size=2M", str(tmp_path)], check=True)
        resumed(tmp_path, said, errno.ENOSPC)


def test_a_folder_that_is_only_read(tmp_path: Path) -> None:
    sweep_damage.filled(tmp_path)
    with mounted(tmp_path, "--bind", str(tmp_path)):
        subprocess.run(["mount", "-o", "remount,ro,bind", str(tmp_path)], check=True)
        with pytest.raises(OSError, match="sweep") as refused:
            stored(tmp_path)
        assert refused.value.errno == errno.EROFS
        with Store.read(tmp_path / "sweep.sqlite") as store:
            assert store.digest() == sweeps.expected()


def test_the_lock_is_not_inherited(tmp_path: Path) -> None:
    process = sweeps.begun(tmp_path, "--workers", 2, "--milliseconds", 5000, "--block", 1)
    assert sweeps.until(lambda: len(sweeps.workers_of(process.pid)) == 2 or process.poll() is not None)
    workers = sweeps.workers_of(process.pid)
    for worker in workers:
        os.kill(worker, signal.SIGSTOP)  # so that they outlive their parent
    process.kill()
    sweeps.ended_anyhow(process)
    try:
        with stored(tmp_path) as store:
            assert store.missing()
        assert not any(sweeps.gone(worker) for worker in workers)
    finally:
        for worker in workers:
            os.kill(worker, signal.SIGCONT)
    assert sweeps.until(lambda: all(sweeps.gone(worker) for worker in workers))
