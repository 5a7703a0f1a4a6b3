"""The command `compare`: what is typed, what is written, and what is said when a word is wrong."""

from __future__ import annotations

import json
import typing
from dataclasses import fields, is_dataclass
from pathlib import Path

import pytest
from commands import FEW, SHORTEST, refused
from docs_tables import rows

from sim.answers.result import Source
from sim.cli import main
from sim.study.differences import Comparison, Gap, Spread

NAME = str(SHORTEST)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def found(capsys: pytest.CaptureFixture[str], *words: str) -> Comparison:
    assert main(["compare", *words, "--json"]) == 0
    return Comparison.from_json(capsys.readouterr().out)


def test_each_set_is_an_alternative_and_how_to_compute_goes_for_all(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--set", "procedure.rounds=3", "--set", "run.seed=8", "--set", "procedure.rule=majority"]
    told = found(capsys, NAME, *words, "--set", "uncertainty.draws=0")
    assert [each.label for each in told.alternatives] == ["procedure.rounds = 3", "procedure.rule = majority"]
    assert [each.changes[0].before for each in told.alternatives] == ["1", "consensus"]
    assert told.seed == 8


def test_a_case_has_several_settings_and_then_set_goes_for_all(capsys: pytest.CaptureFixture[str]) -> None:
    cases = ["--case", "patient: procedure.rounds=3, procedure.fatigue=0.5"]
    cases += ["--case", 'procedure.rule={name="consensus-minus", k=1}, council.without=["ANN"]']
    cases += ["--case", 'proposal."The text".appeal=1', "--case", "France's way: procedure.rounds=2"]
    told = found(capsys, NAME, *cases, "--set", "procedure.isolation=1")
    assert [each.label for each in told.alternatives][0::3] == ["patient", "France's way"]
    assert [each.path for each in told.alternatives[1].changes] == ["procedure.rule", "council.without"]
    assert [len(each.changes) for each in told.alternatives] == [2, 2, 1, 1]
    assert told.proposals[0].differences[1].rule == "consensus-minus-1"
    assert told.proposals[0].differences[1].only_there == ["ANN"]


def test_files_are_compared_and_settings_go_for_all(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "other.toml").write_text(SHORTEST.read_text(encoding="utf-8") + "\n[procedure]\nrounds = 2\n")
    told = found(capsys, NAME, "other.toml", "--set", "procedure.isolation=1", *FEW)
    assert [told.reference.label, told.alternatives[0].label] == ["shortest", "other"]
    assert [(each.path, each.before, each.after) for each in told.alternatives[0].changes] == [
        ("procedure.rounds", "1", "2")
    ]
    assert told.proposals[0].differences[0].replicates == 50
    again = found(capsys, NAME, NAME, "--seed", "3")
    assert again.alternatives[0].label == f"{NAME} (2)"
    assert again.proposals[0].differences[0].adopted_any.difference == 0.0


def test_what_is_written_and_drawn_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", NAME, "--set", "procedure.rounds=3", "--quiet"]) == 0
    folder = tmp_path / "results" / "shortest" / "compare"
    assert capsys.readouterr().out == ""
    names = ["comparison.csv", "comparison.json", "differences.png", "differences.svg"]
    assert sorted(each.name for each in folder.iterdir()) == names
    assert main(["plot", str(folder), "--format", "svg", "--out", "again", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == ["again/differences.svg"]
    assert (tmp_path / "again/differences.svg").read_bytes() == (folder / "differences.svg").read_bytes()
    assert main(["compare", NAME, "--set", "procedure.rounds=3", "--json", "--out", "elsewhere"]) == 0
    assert sorted(each.name for each in (tmp_path / "elsewhere").iterdir()) == names[:2]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([NAME], "compare: nothing to compare with; expected a second scenario, --set or --case"),
        ([NAME, "--set", "run.seed=3"], "nothing to compare with"),
        ([NAME, "--case", "a"], "--case: 'a': is no assignment"),
        ([NAME, "--case", "x: procedure.rounds=3, y"], "--case: 'y': is no assignment"),
        ([NAME, "--case", ""], "--case: ''"),
        ([NAME, "--case", "x: run.seed=3"], "--case: run.seed: says how it is computed, which goes for all"),
        (
            [NAME, "--case", "x: procedure.rouns=3"],
            "--case: procedure.rouns: unknown key; expected a known one, the nearest",
        ),
        ([NAME, "--case", "x: procedure.rounds=99"], "--case: procedure.rounds: 99 is out of range"),
        ([NAME, "--set", "procedure.rounds=2", "--set", "procedure.rounds=2"], "stands twice"),
        ([NAME, "--case", "shortest: procedure.rounds=2"], "compare: 'shortest' stands twice"),
        ([NAME, "--set", "procedure.rounds=2", "--proposal", "9"], "--proposal: '9' is neither"),
        ([NAME, "--set", "procedure.rounds=2", "--workers", "0"], "--workers: '0'"),
        ([NAME, "security-council"], "security-council:1: proposal: no proposal has the name of one that is compared"),
        (
            [NAME, *(f"--case=procedure.rounds=2, procedure.fatigue={n}" for n in range(51))],
            "51 alternatives; expected at most 50",
        ),
    ],
)
def test_bad_input_is_a_line(words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert refused("compare", *words) == 2
    told = capsys.readouterr()
    assert said in told.err
    assert "Traceback" not in told.err
    assert told.out == ""


def test_all_that_is_wrong_in_any_file_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = SHORTEST.read_text(encoding="utf-8")
    for name in ("one", "two"):
        (tmp_path / f"{name}.toml").write_text(f"{text}\n[procedure]\nrounds = 99\n")
    assert refused("compare", "one.toml", "two.toml", "gone.toml", "--case", "x: procedure.rule=maj") == 2
    lines = capsys.readouterr().err.splitlines()
    for file in ("one.toml", "two.toml"):
        assert any(each.startswith(f"{file}:") and "procedure.rounds: 99 is out of range" in each for each in lines)
    assert any(each.startswith("gone.toml:1:") for each in lines)
    assert any("--case" in each for each in lines)


def test_an_engine_that_does_not_apply_is_status_3(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["tokyo-office-2023", "--set", "procedure.rule=double-majority", "--set", "uncertainty.draws=0"]
    assert main(["compare", *words, "--engine", "exact"]) == 3
    told = capsys.readouterr()
    assert "does not apply to 'Tokyo liaison office' in 'procedure.rule = double-majority'" in told.err
    assert told.out == ""


def records(hint: object) -> typing.Iterator[type]:
    if isinstance(hint, type) and is_dataclass(hint):
        yield hint
    for each in typing.get_args(hint):
        yield from records(each)


def walked(record: type, prefix: str = "") -> typing.Iterator[str]:
    """Every key; what occurs in several places stands on the page once."""
    for each in fields(record):
        key = f"{prefix}{each.name}"
        yield key
        inner = next(records(typing.get_type_hints(record)[each.name]), None)
        if inner and inner not in (Gap, Spread, Source) and key != "reference.changes":
            yield from walked(inner, f"{key}.")


def test_the_reference_says_every_key_of_the_record() -> None:
    gaps = [f"GAP.{each.name}" for each in fields(Gap)] + [f"SPREAD.{each.name}" for each in fields(Spread)]
    assert list(rows("compare-file.md")) == [*walked(Comparison), *gaps]
