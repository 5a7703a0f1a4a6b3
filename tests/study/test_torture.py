"""The real sweep command, killed, starved, damaged and raced: no cell is lost, none is computed twice."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
import sweep_damage
import sweeps
import tortured
from test_store import ROOT, mounted
from test_workers import cluster  # noqa: F401  (a fixture)
from tortured import Sweep

from sim.cli import main
from tests.study.small import written

pytestmark = pytest.mark.skipif(os.name != "posix", reason="kills, limits and locks as Unix has them")
LINUX = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere the limit need not hold")


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> str:
    return written(tmp_path_factory.mktemp("scenario"))


@pytest.fixture(scope="module")
def shared(scenario: str, tmp_path_factory: pytest.TempPathFactory) -> Sweep:
    """Exact, by two workers."""
    return Sweep.undisturbed(tmp_path_factory.mktemp("shared"), scenario, *tortured.TWO)


@pytest.fixture(scope="module")
def alone(scenario: str, tmp_path_factory: pytest.TempPathFactory) -> Sweep:
    """The same by one process."""
    return Sweep.undisturbed(tmp_path_factory.mktemp("alone"), scenario, *tortured.ALONE)


@pytest.fixture(scope="module")
def counted(scenario: str, tmp_path_factory: pytest.TempPathFactory) -> Sweep:
    """The same cells simulated."""
    return Sweep.undisturbed(tmp_path_factory.mktemp("counted"), scenario, *tortured.COUNTED, *tortured.ALONE)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder for a sweep."""
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


# -- kills ------------------------------------------------------------------------------------------------------------


def slow(number: int, *more: object) -> object:
    return pytest.param(number, *more, id=str(number), marks=pytest.mark.slow)


@pytest.mark.parametrize("kills", [4, slow(200)])
def test_killed_at_any_moment_it_resumes(shared: Sweep, alone: Sweep, tmp_path: Path, kills: int) -> None:
    assert (shared.digest, shared.table) == (alone.digest, alone.table)
    found = tortured.tormented([shared, shared, alone], tmp_path, kills, Random(kills))
    print(dict(found))
    assert found.total() == kills


@pytest.mark.slow
def test_killed_at_any_moment_it_resumes_on_the_same_draws(counted: Sweep, tmp_path: Path) -> None:
    shared = replace(counted, words=(*counted.words, *tortured.TWO))
    found = tortured.tormented([counted, shared], tmp_path, 50, Random(1))
    print(dict(found))
    assert found.total() == 50


# -- a machine that is too small --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("size", "file"), [(40, "sweep.owner"), (90_000, "sweep.sqlite")])
def test_a_file_that_cannot_grow(alone: Sweep, home: Path, size: int, file: str) -> None:
    complained = alone.failed(alone.begun(home, "--file-size", str(size)), home)
    assert f"{home / file}" in complained
    assert "expected a place that can be written, with room left" in complained
    rows = tortured.stored(home)
    assert bool(rows) == (size == 90_000)
    alone.completed(alone.begun(home), home, rows)


def test_a_table_that_cannot_grow(alone: Sweep, home: Path) -> None:
    alone.completed(alone.begun(home), home)
    rows, before = tortured.stored(home), (home / "cells.csv").read_bytes()
    complained = alone.failed(alone.begun(home, "--file-size", "50000"), home)
    assert f"{home / 'cells.csv'}: File too large" in complained
    assert (home / "cells.csv").read_bytes() == before
    assert {each.name for each in home.iterdir()} == tortured.END
    assert alone.completed(alone.begun(home), home, rows)["computed"] == 0


def test_a_full_disk(alone: Sweep, home: Path) -> None:
    with mounted(home, "-t", "tmpfs", "-o", "size=300k", "tmpfs"):
        assert f"{home / 'sweep.sqlite'}" in alone.failed(alone.begun(home), home)
        subprocess.run(["mount", "-o", "remount,size=8M", str(home)], check=True)
        rows = tortured.stored(home)
        assert rows
        alone.completed(alone.begun(home), home, rows)


@LINUX
def test_memory_that_runs_out(scenario: str, home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = [*tortured.VARY, "--set", "uncertainty.draws=50", "--workers", "1", "--json", "--block"]
    assert main(["sweep", scenario, *words, "100", "--out", str(tmp_path / "peace")]) == 0
    digest, table = json.loads(capsys.readouterr().out)["digest"], (tmp_path / "peace" / "cells.csv").read_bytes()
    sweep = Sweep(("sweep", scenario, *words, "2"), digest, 400, table, 0.0)
    few = interrupted(sweep, home)
    large = replace(sweep, words=(*sweep.words[:-1], "400"))
    assert f"{home}: memory ran out; " in large.failed(large.begun(home, "--memory", "20"), home)
    assert tortured.stored(home) == few
    sweep.completed(sweep.begun(home, "--memory", "20"), home, few)


def interrupted(sweep: Sweep, home: Path) -> dict[int, str]:
    """Some cells of a sweep that was killed, and nothing but its store."""
    process = sweep.begun(home)
    assert sweeps.until(lambda: written_to(home) or process.poll() is not None)
    process.kill()
    sweeps.ended_anyhow(process)
    rows = tortured.stored(home)
    assert 0 < len(rows) < sweep.cells
    return rows


def written_to(home: Path) -> bool:
    """Whether cells of a running sweep are committed; its store cannot be opened to see."""
    log = home / "sweep.sqlite-wal"
    return log.exists() and log.stat().st_size > 20_000


def test_a_folder_that_is_only_read(alone: Sweep, home: Path) -> None:
    rows = interrupted(alone, home)
    if not ROOT:
        home.chmod(0o555)
        try:
            refused(alone, home)
        finally:
            home.chmod(0o755)
    else:
        with mounted(home, "--bind", str(home)):
            subprocess.run(["mount", "-o", "remount,ro,bind", str(home)], check=True)
            refused(alone, home)
    alone.completed(alone.begun(home), home, rows)


def refused(sweep: Sweep, home: Path) -> None:
    """It says at once that the folder cannot be written, and changes nothing."""
    before = {each.name: each.read_bytes() for each in home.iterdir()}
    complained = sweep.failed(sweep.begun(home), home)
    assert f"{home / 'sweep'}" in complained
    assert "expected a place that can be written" in complained
    assert {each.name: each.read_bytes() for each in home.iterdir()} == before


# -- damage -----------------------------------------------------------------------------------------------------------

FEW = ["--vary", "members.D.loss=0:1:6", "--vary", "weights.loss=1:5:10", "--set", "uncertainty.draws=0"]


@pytest.mark.parametrize("number", [60, slow(1000)])
def test_damage_is_noticed_or_harmless(
    scenario: str, tmp_path: Path, number: int, capsys: pytest.CaptureFixture[str]
) -> None:
    whole, home, random = tmp_path / "whole", tmp_path / "home", Random(number)
    first = swept(scenario, whole, capsys)
    table = (whole / "cells.csv").read_bytes()
    kinds: Counter[str] = Counter()
    for _ in range(number):
        shutil.rmtree(home, ignore_errors=True)
        shutil.copytree(whole, home)
        how = sweep_damage.damage(home, random)
        again = swept(scenario, home, capsys)
        assert again["digest"] == first["digest"], how
        assert again["computed"] + again["resumed"] == first["cells"], how
        assert (home / "cells.csv").read_bytes() == table, how
        aside = (home / "sweep.sqlite.damaged").exists()
        kinds["set aside" if aside else "computed again" if again["computed"] else "harmless"] += 1
        assert "none" not in how or again["computed"] == first["cells"]
        if not aside and not again["computed"]:
            assert tortured.stored(home) == tortured.stored(whole), how
    print(dict(kinds))
    assert kinds["set aside"] > number / 20
    assert kinds["computed again"] > number / 20


def swept(scenario: str, folder: Path, capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, object]:
    """The command, in this process; what it says."""
    assert main(["sweep", scenario, *FEW, "--json", "--out", str(folder), *(words or ("--workers", "1"))]) == 0
    said = capsys.readouterr()
    assert said.err == ""
    told: dict[str, object] = json.loads(said.out)
    return told


# -- two at once, and many workers ------------------------------------------------------------------------------------


@pytest.mark.parametrize("times", [3, slow(20)])
def test_of_two_started_at_once_one_runs(alone: Sweep, tmp_path: Path, times: int) -> None:
    for n in range(times):
        home, go = tmp_path / f"{n}", tmp_path / f"{n}.go"
        home.mkdir()
        both = [alone.begun(home, "--go", str(go)) for _ in range(2)]
        gates = [go.with_suffix(f".{each.pid}") for each in both]
        assert sweeps.until(lambda gates=gates: all(each.exists() for each in gates))
        go.touch()
        second, first = sweeps.first_ended(both)
        status, said, complained = sweeps.ended(second)
        assert (status, said) == (4, ""), complained
        assert complained.startswith(f"unanimity: {home / 'sweep.sqlite'}: in use by process {first.pid} on ")
        assert complained.count("\n") == 1
        alone.completed(first, home, {})
        assert {each.name for each in home.iterdir()} == tortured.END


DIVIDED = [(1, 1), (1, 7), (1, 16), (1, 59), (1, 1000), (2, 7), (4, 16)]


def test_the_same_digest_however_it_is_divided(
    scenario: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = set()
    for workers, block in DIVIDED:
        folder = tmp_path / f"{workers}-{block}"
        told = swept(scenario, folder, capsys, "--workers", str(workers), "--block", str(block))
        found.add((told["digest"], (folder / "cells.csv").read_bytes()))
    assert len(found) == 1


@pytest.mark.slow
def test_a_cluster_that_loses_a_worker(
    counted: Sweep,
    home: Path,
    cluster: tuple[str, list[subprocess.Popen[str]]],  # noqa: F811
) -> None:
    address, (_, first, _) = cluster
    words = (*counted.words, "--cluster", address)
    process = tortured.begun(words, home)
    assert sweeps.until(lambda: written_to(home) or process.poll() is not None)
    assert process.poll() is None
    first.kill()
    counted.completed(process, home, {})
