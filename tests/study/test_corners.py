"""Corners of sweeps and outer draws: what must be refused, and what must not be said."""

import csv
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sim.answers.answer import answer
from sim.cli import main
from sim.scenario.load import Setting, load
from sim.study import sheet, sweep
from sim.study.store import Damaged, Store
from sim.study.table import to_parquet
from sim.study.uncertainty import numbers
from sim.study.worlds import over_draws
from tests.study.small import written

BARE = ["--set", "uncertainty.draws=0"]


def swept(path, folder, *words, draws=False):
    return main(["sweep", path, "--out", str(folder), *([] if draws else BARE), *words])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("--vary run.seed=1,2", "--vary: run.seed: holds for all cells"),
        ("--vary run.replicates=10,20", "--vary: run.replicates: holds for all cells"),
        ("--vary uncertainty.draws=10,20", "--vary: uncertainty.draws: holds for all cells"),
        (
            "--vary proposal.appeal=1,2 --vary proposal.0.appeal=5,6",
            "proposal.0.appeal: leads where proposal.appeal leads",
        ),
        ('--vary weights.size=1,2 --vary "weights".size=3,4', "leads where weights.size leads"),
        ("--vary weights.size=1,nan", "--vary: weights.size: nan is no number"),
        ("--vary weights.size=1,,2", "--vary: weights.size: an empty value"),
        ("--vary weights.size=1:2:99999999", "99,999,999 values; expected at most"),
        ("--vary weights.size=1,2 --picture nosuch", "--picture: 'nosuch' is not known"),
        ("--vary weights.size=1:2 --sample sobol", "--points: missing"),
        ("--vary weights.size=1,2 --workers none", "--workers: 'none'; expected a whole number"),
        ("--vary weights.size=1,2 --name one", "--name: beside --vary"),
    ],
)
def test_what_is_refused_before_anything_is_computed(words, said, tmp_path, capsys):
    assert swept(written(tmp_path), tmp_path / "out", *words.split(" ")) == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_contradiction_is_told_under_json_too(tmp_path, capsys):
    path = written(tmp_path, ('id = "D",', 'id = "D", never_objects = true,'))
    assert swept(path, tmp_path / "out", "--vary", "members.A.loss=0,1", "--json", draws=True) == 2
    said, wrong = capsys.readouterr()
    assert json.loads(said)["computed"] == 2
    assert wrong.count("\n") == 1
    assert ": observed: in none of the outer draws" in wrong


def test_one_cell_that_cannot_be_is_not_all_of_them(tmp_path, capsys):
    words = ["--vary", "stake.base=0.0000001,0.5", "--set", "stake.slope=0", "--json"]
    assert swept(written(tmp_path), tmp_path / "out", *words, draws=True) == 0


def test_draws_that_are_left_out_are_always_told(tmp_path, capsys):
    path = written(tmp_path, ("draws    = 40", "draws    = 2000"))
    assert swept(path, tmp_path / "out", "--vary", "weights.loss=1:5:16", "--json", draws=True) == 0
    said, wrong = capsys.readouterr()
    assert list(json.loads(said)) == ["cells", "computed", "resumed", "digest"]
    assert "without outer draws" in wrong
    assert "--set uncertainty.draws=2000" in wrong


def test_another_rule_is_predicted_and_not_fitted(tmp_path):
    path = written(tmp_path)
    for settings, fitted in (
        ([], True),
        ([Setting("weights.loss", 3.0)], True),
        ([Setting("procedure.rule", "majority", "--rule")], False),
        ([Setting("members.D.loss", 0.1)], False),
    ):
        scenario = load(path, [*settings, Setting("uncertainty.draws", 5)])
        assert over_draws(scenario, answer(scenario), workers=1).proposals[0].fitted is fitted


def test_a_council_of_another_file_may_still_be_conditioned_on_what_happened(tmp_path):
    (tmp_path / "others.csv").write_text("id,name,profit,profit_sd,loss\nX,X,0.5,0.1,0.5\nY,Y,0.6,0.1,0.2\n")
    settings = [Setting("council.members", "others.csv"), Setting("traits.gain", "profit")]
    scenario = load(written(tmp_path), settings)
    assert scenario.actual is not None
    assert scenario.actual.seating.ids == ("A", "B", "C", "D")


@pytest.mark.parametrize(
    ("key", "set_", "pick"),
    [
        ("proposal.0.procedure.isolation", "procedure.isolation", lambda case: case.procedure.isolation),
        ("members.A.attention", "procedure.attention", lambda case: case.council.attention[..., 0]),
        ("weights.gain", "weights.size", lambda case: case.weights[..., 0]),
        ("proposal.0.loadings.loss", "proposal.0.loadings.loss", lambda case: case.proposal.loadings[..., 1]),
        ("members.B.stake", "members.B.stake", lambda case: case.council.stake[..., 1]),
    ],
)
def test_a_spread_is_around_the_value_that_holds(key, set_, pick, tmp_path):
    path = written(tmp_path, ('"procedure.isolation" = { log_sd = 0.4 }\n', f'"{key}" = {{ log_sd = 0.1 }}\n'))
    scenario = load(path, [Setting(set_, 0.7), Setting("uncertainty.traits", False), Setting("uncertainty.size", 0.0)])
    kept = tuple(each for each in scenario.spreads.numbers if each.label.endswith(key.rpartition(".")[2]))
    drawn = numbers(replace(scenario.spreads, numbers=kept), scenario.seating.members.ids, 5, 0, 2000)
    values = pick(scenario.seating.questions(drawn)[0].case)
    expected = 0.7 if set_ != key else float(pick(scenario.questions[0].case))
    assert set_ == key or np.median(values) == pytest.approx(expected, rel=0.02)
    assert set_ != key or np.ptp(values) == 0.0  # what is set from outside is final


def test_a_spread_of_its_own_goes_before_those_of_all(tmp_path):
    more = '"weights.loss" = { log_sd = 0.001 }\n"proposal.1.loadings.loss" = { sd = 0.001 }\n[[observed]]'
    scenario = load(written(tmp_path, ("\n[[observed]]", more)))
    drawn = numbers(scenario.spreads, scenario.seating.members.ids, 5, 0, 500)
    case = scenario.seating.questions(drawn)[1].case
    assert case.weights[:, 1].std() < 0.02 < case.weights[:, 0].std()
    assert case.proposal.loadings[:, 1].std() < 0.02 < case.proposal.loadings[:, 0].std()


def test_two_engines_in_a_scenario_are_one_in_a_cell_as_in_a_run(tmp_path):
    votes = [(f'id = "{member}",', f'id = "{member}", votes = {n},') for n, member in enumerate("ABCD", 1)]
    rule = 'procedure = { rounds = 2, rule = { name = "weighted", column = "votes", quota = 6 },'
    path = written(tmp_path, *votes, ("procedure = { rounds = 2,", rule))
    assert swept(path, tmp_path / "out", "--vary", "weights.gain=2,3", "--quiet") == 0
    result = answer(load(path, [Setting("weights.gain", 3), Setting("uncertainty.draws", 0)]))
    found = sweep.read(tmp_path / "out")
    assert set(found.engine.reshape(-1)) == {result.engine} == {"simulate"}
    assert found.adopted_any[1].tolist() == [each.adopted_any for each in result.proposals]


def test_values_are_written_as_they_may_be_set_again(tmp_path):
    values = 'consensus,{ name = "consensus-minus", k = 1 }'
    words = ["--vary", f"procedure.rule={values}", "--vary", "procedure.silence_hours=24,inf", "--quiet"]
    assert swept(written(tmp_path), tmp_path / "out", *words) == 0
    with (tmp_path / "out" / "cells.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["procedure.rule"] for row in rows} == {"consensus", '{ "name" = "consensus-minus", "k" = 1 }'}
    assert {row["procedure.silence_hours"] for row in rows} == {"24", "inf"}
    for row in rows:
        settings = [f"{key}={row[key]}" for key in ("procedure.rule", "procedure.silence_hours")]
        assert main(["check", written(tmp_path), "--quiet", *(w for each in settings for w in ("--set", each))]) == 0


def test_columns_stand_in_the_contract_s_order(tmp_path):
    assert swept(written(tmp_path), tmp_path / "out", "--vary", "weights.gain=2,3", "--json", draws=True) == 0
    head = (tmp_path / "out" / "cells.csv").read_text(encoding="utf-8").splitlines()[0].split(",")
    assert head[:4] == ["cell", "weights.gain", "proposal", "rule"]
    assert head[11:19] == [
        "adopted_any", "standard_error", "lone_hold_out", *(f"lone_hold_out.{member}" for member in "ABCD"),
        "adopted_any.p05",
    ]  # fmt: skip


def test_names_that_look_like_missing_values_stay_names(tmp_path):
    pandas = pytest.importorskip("pandas")
    pytest.importorskip("pyarrow")
    path = written(tmp_path, ('"Second"', '"NA"'))
    assert swept(path, tmp_path / "out", "--vary", "weights.gain=2,3", "--parquet", "--quiet") == 0
    frame = pandas.read_parquet(tmp_path / "out" / "cells.parquet")
    assert set(frame["proposal"]) == {"First", "NA"}
    assert to_parquet(tmp_path / "out" / "cells.csv", tmp_path / "again.parquet").exists()


def test_a_sample_of_another_library_is_not_taken_for_this_one(tmp_path, monkeypatch):
    folder = tmp_path / "out"
    words = ["--vary", "weights.gain=1:4", "--sample", "latin", "--points", "8", "--quiet"]
    assert swept(written(tmp_path), folder, *words) == 0
    other = sheet.design
    monkeypatch.setattr(sheet, "design", lambda *given: replace(d := other(*given), sample=d.sample[::-1]))
    with Store.read(folder / "sweep.sqlite") as store, pytest.raises(Damaged, match="drew its sample"):
        sheet.Sheet(store)


def test_parts_of_the_file_that_no_cell_rests_on_may_change(tmp_path, capsys):
    path = written(tmp_path)
    words = ["--vary", "weights.gain=2,3", "--json"]
    assert swept(path, tmp_path / "out", *words) == 0
    first = json.loads(capsys.readouterr().out)
    more = '\n[sweep.more]\nvary = { "weights.gain" = "1:2:2" }\n\n[ablation.none]\nset = { "weights.gain" = 0 }\n'
    Path(path).write_text(Path(path).read_text(encoding="utf-8") + more, encoding="utf-8")
    assert swept(path, tmp_path / "out", *words) == 0
    assert json.loads(capsys.readouterr().out) == first | {"computed": 0, "resumed": 2}


def test_pictures_of_a_finished_sweep_again(tmp_path, capsys):
    folder = tmp_path / "out"
    assert swept(written(tmp_path), folder, "--vary", "weights.gain=1:4:4", "--json") == 0
    assert main(["plot", str(folder), "--format", "svg", "--quiet"]) == 0
    assert sorted(each.name for each in folder.glob("*.svg")) == ["alone.svg", "curve.svg"]
    assert main(["plot", str(folder / "sweep.sqlite"), "--picture", "heat"]) == 2
    assert "expected a picture that fits what varies" in capsys.readouterr().err
    raw = (folder / "sweep.sqlite").read_bytes()
    (folder / "sweep.sqlite").write_bytes(raw[: len(raw) // 2])
    assert main(["plot", str(folder)]) == 2
    assert "expected a finished sweep" in capsys.readouterr().err
