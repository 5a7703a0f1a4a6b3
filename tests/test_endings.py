"""How a command ends when it cannot go on: statuses 3, 4 and 130, each in a line; and results that are none."""

import os
import re
import resource
import shlex
import signal
import subprocess
import sys
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pytest
from commands import FEW, RUN, SHORTEST, command, refused

from sim.cli import main


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to be in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


# -- statuses 3, 4 and 130 --------------------------------------------------------------------------------------------


def test_an_engine_that_does_not_apply(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "tokyo-office-2023", "--engine", "exact", "--rule", "double-majority"]) == 3
    out, wrong = capsys.readouterr()
    assert (out, wrong.count("\n")) == ("", 1)
    assert "the exact engine does not apply to 'Tokyo liaison office': under the rule double-majority" in wrong
    assert os.listdir(here) == []


@pytest.mark.parametrize("place", ["a-file", "a-file/inside", "/proc/nowhere", "/dev/null/x", "a" * 300])
def test_an_output_folder_that_is_none(place: str, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("a-file").write_text("kept", encoding="utf-8")
    status = main(["run", str(SHORTEST), "--out", place, "--quiet"])
    out, wrong = capsys.readouterr()
    assert (status, out, wrong.count("\n")) == (4, "", 1)
    assert wrong.startswith("unanimity: ")
    assert "; expected a place that can be written" in wrong
    assert os.listdir(here) == ["a-file"]
    assert Path("a-file").read_text(encoding="utf-8") == "kept"


def test_a_disk_that_is_full(here: Path) -> None:
    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (200, 200))

    done = command("run", str(SHORTEST), *FEW, "--json", "--out", "full", folder=here, preexec_fn=limited)
    assert (done.returncode, done.stdout) == (4, "")
    assert (
        done.stderr
        == "unanimity: full/result.json: File too large; expected a place that can be written, with room left\n"
    )
    assert os.listdir("full") == []


def test_output_that_cannot_be_printed(here: Path) -> None:
    with open("/dev/full", "w") as full:
        done = command("check", str(SHORTEST), folder=here, capture_output=False, stdout=full, stderr=subprocess.PIPE)
    assert done.returncode == 4
    assert done.stderr == "unanimity: No space left on device; expected a place that can be written, with room left\n"


def test_memory_that_runs_out(here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def greedy(*arguments: Any, **options: Any) -> None:
        raise MemoryError

    monkeypatch.setattr("sim.answers.answer.answer", greedy)
    assert main(["run", str(SHORTEST), "--json"]) == 4
    assert capsys.readouterr().err.startswith("unanimity: memory ran out; ")


def test_an_environment_that_is_not_installed(here: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-S", "-E", *RUN[1:], "check", str(SHORTEST)], capture_output=True, text=True
    )
    assert done.returncode == 4
    assert re.fullmatch(r"unanimity: \w+ is not installed here; run: pip install -e \.\n", done.stderr)


@pytest.mark.parametrize("more", [["--json"], ["--quiet", "--seed", "5"]])
def test_interrupted(more: list[str], here: Path) -> None:
    words = [
        "run",
        "tokyo-office-2023",
        "--engine",
        "simulate",
        "--replicates",
        "10000000000",
        "--out",
        "some where",
        *more,
    ]
    running = subprocess.Popen([*RUN, *words], cwd=here, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    began = monotonic()
    try:
        while not (here / "some where").exists() and monotonic() - began < 60:  # it is made just before computing
            sleep(0.02)
        sleep(0.5)
        assert running.poll() is None
        running.send_signal(signal.SIGINT)
        out, wrong = running.communicate(timeout=30)
    finally:
        running.kill()  # it would go on for days
    assert (running.returncode, out) == (130, "")
    start = f"python {RUN[1]} {shlex.join(words)}"
    assert wrong == f"interrupted; to start again: {start}\n"


# -- plot -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "result.json:1: the file: there is no such file; expected the result.json of a run"),
        ("", "result.json:1: the file: no saved result"),
        ("[" * 100_000, "result.json:1: the file: no saved result"),
        ('{"format": 2}', "result.json:1: the file: no saved result: expected a record with format = 1"),
        ('{"format": 1}', "result.json:1: the file: result.program: missing"),
        ('{"format": 1, "program": 3}', "result.json:1: the file: result.program: int; expected a table"),
        ("NaN", "result.json:1: the file: no saved result"),
        ("9" * 5000, "result.json:1: the file: no saved result"),
    ],
)
def test_what_is_no_result(text: str | None, said: str, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    if text is not None:
        Path("result.json").write_text(text, encoding="utf-8")
    for path in ("result.json", "."):
        if text is None and path == ".":
            continue
        assert refused("plot", path) == 2
        out, wrong = capsys.readouterr()
        assert (out, wrong.count("\n")) == ("", 1)
        assert wrong.startswith(said)
    assert os.listdir(here) == ([] if text is None else ["result.json"])


def test_how_a_result_is_not_drawn(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", str(SHORTEST), *FEW, "--json", "--out", "one"]) == 0
    capsys.readouterr()
    before = sorted(os.listdir("one"))
    assert main(["plot", "one", "--format", "pgn,svg,tiff", "--picture", "blam", "--size", "8x"]) == 2
    assert capsys.readouterr().err.splitlines() == [
        "--format: 'pgn' is not known; expected a known one, the nearest is 'png'",
        "--format: 'tiff' is not known; expected one of: pdf, png, svg",
        "--picture: 'blam' is not known; expected a known one, the nearest is 'blame'",
        "--size: '8x'; expected inches from 1 to 100, as in 8x5",
    ]
    for size in ("", "x", "8", "8x5x3", "0x5", "8x101", "nanx5", "infxinf", "-8x5", "8×5"):
        assert main(["plot", "one", f"--size={size}"]) == 2
        assert capsys.readouterr().err == f"--size: {size!r}; expected inches from 1 to 100, as in 8x5\n"
    assert main(["plot", "one", "--out", "one/result.json"]) == 4
    assert sorted(os.listdir("one")) == before
