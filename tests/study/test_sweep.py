"""Sweeps: a cell is the same as a run with the same values set, whatever block and worker computes it."""

import csv
import json
from math import sqrt
from pathlib import Path

import numpy as np
import pytest

from sim.answers.answer import answer
from sim.answers.result import MEASURES
from sim.cli import main
from sim.engines.simulate import simulate
from sim.model.process import OUTCOMES
from sim.scenario.load import Setting, load
from sim.study import sweep
from sim.study.planning import planned
from sim.study.store import Different
from sim.study.table import to_parquet
from sim.study.templates import Asked
from sim.study.worlds import over_draws
from tests.study.small import written

NONE = Setting("uncertainty.draws", 0)


def asked(**vary):
    vary = {key.replace("__", "."): values for key, values in vary.items()}
    return Asked("", vary, dict.fromkeys(vary, "--vary") | {"": "--vary"})


def done(path, folder, *settings, block=None, workers=1, points=None, sample=None, **vary):
    question = asked(**vary)
    if sample:
        question = Asked("", question.vary, question.source, (), sample, points)
    plan = planned(path, list(settings), question)
    return plan, sweep.run(plan, folder, block=block, workers=workers)


def rows(folder):
    with (folder / "cells.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


MIXED = {
    "members__D__loss": "0:1:3",
    "procedure__rule": "consensus,majority",
    "procedure__rounds": "1:2:2",
    "council__without": [[], ["B"]],
    "weights__loss": "1,5",
}


def test_a_cell_is_the_run_with_its_values_set(tmp_path):
    path = written(tmp_path)
    _, told = done(path, tmp_path, NONE, **MIXED)
    assert (told.cells, told.computed, told.resumed) == (48, 48, 0)
    found = rows(tmp_path)
    assert [row["cell"] for row in found] == [str(n // 2) for n in range(96)]
    for row in found[::7]:
        values = {key.replace("__", "."): row[key.replace("__", ".")] for key in MIXED}
        settings = [Setting(key, json.loads(v) if v[0] in "[0123456789" else v) for key, v in values.items()]
        text = next(each for each in answer(load(path, [*settings, NONE])).proposals if each.name == row["proposal"])
        assert (row["rule"], row["engine"]) == (text.rule, "exact")
        assert [float(row[each]) for each in OUTCOMES] == list(text.outcomes.values())  # to the last bit
        assert float(row["adopted_any"]) == text.adopted_any
        assert float(row["lone_hold_out"]) == pytest.approx(text.lone_hold_out, abs=1e-13)
        lone = {each.id: each.lone_hold_out for each in text.blame}
        for member in "ABCD":
            cell = row[f"lone_hold_out.{member}"]
            assert (cell == "") == (member not in lone)
            assert cell == "" or float(cell) == pytest.approx(lone[member], abs=1e-13)


def test_the_digest_is_the_same_for_every_block_and_number_of_workers(tmp_path):
    path = written(tmp_path)
    found = set()
    for n, (block, workers) in enumerate([(1, 1), (3, 1), (10, 1), (48, 1), (1000, 1), (5, 2), (None, 4)]):
        found.add(done(path, tmp_path / str(n), NONE, block=block, workers=workers, **MIXED)[1].digest)
    assert len(found) == 1
    assert len({(tmp_path / str(n) / "cells.csv").read_bytes() for n in range(7)}) == 1


@pytest.mark.parametrize("engine", ["exact", "simulate", "agents"])
def test_every_engine_and_outer_draws_give_the_same_for_every_block(engine, tmp_path):
    path = written(tmp_path)
    settings = [Setting("run.engine", engine), Setting("run.replicates", 60), Setting("uncertainty.draws", 7)]
    vary = {"members__D__loss": "0:1:4", "procedure__rule": "consensus,majority"}
    digests = {done(path, tmp_path / f"{b}", *settings, block=b, **vary)[1].digest for b in (1, 3, 8)}
    assert len(digests) == 1


def test_a_second_time_everything_is_found(tmp_path):
    path = written(tmp_path)
    _, first = done(path, tmp_path, NONE, weights__loss="1:5:5")
    table = (tmp_path / "cells.csv").read_bytes()
    _, again = done(path, tmp_path, NONE, weights__loss="1:5:5")
    assert (again.computed, again.resumed, again.digest) == (0, 5, first.digest)
    assert (tmp_path / "cells.csv").read_bytes() == table


@pytest.mark.parametrize(
    ("change", "settings", "vary", "named"),
    [
        ((), [Setting("run.seed", 6)], "1:5:5", "seed"),
        ((), [], "1:6:5", "design"),
        (("gain = 0.7, gain_sd", "gain = 0.6, gain_sd"), [], "1:5:5", "gain"),
        ((), [Setting("procedure.isolation", 1.0)], "1:5:5", "isolation"),
    ],
)
def test_another_sweep_is_refused_and_the_difference_named(change, settings, vary, named, tmp_path):
    done(written(tmp_path), tmp_path / "out", NONE, weights__loss="1:5:5")
    before = (tmp_path / "out" / "sweep.sqlite").read_bytes()
    path = written(tmp_path, change) if change else written(tmp_path)
    with pytest.raises(Different, match=named):
        done(path, tmp_path / "out", NONE, *settings, weights__loss=vary)
    assert (tmp_path / "out" / "sweep.sqlite").read_bytes() == before


def test_simulated_cells_are_counts_on_common_draws(tmp_path):
    path = written(tmp_path)
    settings = [NONE, Setting("run.engine", "simulate"), Setting("run.replicates", 3000)]
    done(path, tmp_path, *settings, weights__loss="2:2.4:3")
    found = [row for row in rows(tmp_path) if row["proposal"] == "First"]
    bits = []
    for row in found:
        case = load(path, [*settings, Setting("weights.loss", float(row["weights.loss"]))]).questions[0].case
        tally = simulate(case, 3000, 5, blame=True)
        assert [float(row[each]) * 3000 for each in OUTCOMES] == pytest.approx(tally.outcomes.tolist(), abs=1e-9)
        assert float(row["lone_hold_out.D"]) == tally.lone_hold_out[3] / 3000
        share = tally.adopted_any / 3000
        assert float(row["adopted_any"]) == share
        assert float(row["standard_error"]) == pytest.approx(sqrt(share * (1 - share) / 3000))
        bits.append(np.array([simulate(case, 1, 5, start=r).adopted_any for r in range(3000)]))
    for row, mine in zip(found, bits, strict=True):
        difference = mine - bits[0]
        assert float(row["difference"]) == pytest.approx(difference.mean(), abs=1e-12)
        assert float(row["difference.standard_error"]) == pytest.approx(difference.std() / sqrt(3000), abs=1e-12)
    assert float(found[1]["difference.standard_error"]) < float(found[1]["standard_error"]) / 2


def test_a_rule_that_exact_cannot_count_is_simulated_and_says_so(tmp_path):
    votes = [(f'id = "{member}",', f'id = "{member}", votes = {n},') for n, member in enumerate("ABCD", 1)]
    rules = 'consensus,{name = "weighted", column = "votes", quota = 6}'
    path = written(tmp_path, *votes, ("[compare]", "[compare]\n# votes"))
    done(path, tmp_path, NONE, procedure__rule=rules)
    assert [row["engine"] for row in rows(tmp_path)] == ["exact", "exact", "simulate", "simulate"]


def test_outer_draws_in_a_cell_are_those_of_a_run(tmp_path):
    path = written(tmp_path)
    done(path, tmp_path, members__D__loss="0.2,0.8", weights__gain="2,4")
    for row in rows(tmp_path):
        set_ = [Setting(key, float(row[key])) for key in ("members.D.loss", "weights.gain")]
        scenario = load(path, set_)
        result = over_draws(scenario, answer(scenario), workers=1)
        text = next(each for each in result.proposals if each.name == row["proposal"])
        assert float(row["effective_draws"]) == pytest.approx(result.effective_draws)
        for point in ("p05", "p50", "p95"):
            assert float(row[f"adopted_any.{point}"]) == text.uncertainty["adopted_any"][point]
            assert float(row[f"adopted_any.conditioned.{point}"]) == text.conditioned["adopted_any"][point]


def test_columns_are_labelled(tmp_path):
    path = written(tmp_path)
    done(path, tmp_path, NONE, members__D__loss="0:1:3", procedure__rule="consensus,majority")
    found = sweep.read(tmp_path)
    frame = found.to_pandas()
    assert frame.index.names == ["cell", "proposal"]
    for row in rows(tmp_path):
        mine = frame.loc[(int(row["cell"]), row["proposal"])]
        assert (mine["rule"], mine["procedure.rule"]) == (row["rule"], row["procedure.rule"])
        for column in ("members.D.loss", "blocked", "adopted_any", "lone_hold_out.D"):
            assert mine[column] == float(row[column])
    cube = found.to_xarray()
    assert dict(cube.sizes) == {
        "members.D.loss": 3, "procedure.rule": 2, "proposal": 2, "outcome": 6, "member": 4
    }  # fmt: skip
    one = cube.sel({"members.D.loss": 0.5, "procedure.rule": "majority", "proposal": "Second"})
    assert float(one["adopted_any"]) == frame.loc[(3, "Second"), "adopted_any"]
    assert float(one["lone_hold_outs"].sel(member="D")) == frame.loc[(3, "Second"), "lone_hold_out.D"]


def test_parquet_holds_the_same_bits(tmp_path):
    pandas = pytest.importorskip("pandas")
    pytest.importorskip("pyarrow")
    done(written(tmp_path), tmp_path, NONE, weights__loss="1:5:5")
    frame = pandas.read_parquet(to_parquet(tmp_path / "cells.csv", tmp_path / "cells.parquet"))
    assert [repr(each) for each in frame["blocked"].tolist()] == [row["blocked"] for row in rows(tmp_path)]


@pytest.mark.parametrize("sample", ["sobol", "latin", "halton", "morris"])
def test_samples_are_cells_like_others(sample, tmp_path):
    path = written(tmp_path)
    vary = {"members__D__loss": "0:1", "procedure__rule": "consensus,majority", "procedure__rounds": "1:3"}
    _, told = done(path, tmp_path, NONE, sample=sample, points=16, **vary)
    found = rows(tmp_path)
    assert len(found) == 2 * told.cells == 32
    assert {row["procedure.rounds"] for row in found} == {"1", "2", "3"}
    row = found[9]
    set_ = [Setting(k, json.loads(row[k])) for k in ("members.D.loss", "procedure.rounds")]
    text = answer(load(path, [*set_, Setting("procedure.rule", row["procedure.rule"]), NONE])).proposals[1]
    assert float(row["adopted_any"]) == text.adopted_any
    assert sweep.read(tmp_path).to_xarray().sizes["cell"] == told.cells


def test_a_file_s_own_draws_are_left_out_where_they_would_be_too_many(tmp_path):
    path = written(tmp_path, ("draws    = 40", "draws    = 2000"))
    assert planned(path, [], asked(weights__loss="1:5:5")).draws == 2000
    many = planned(path, [], asked(weights__loss="1:5:501"))
    assert (many.draws, many.dropped) == (0, 2000)
    assert planned(path, [Setting("uncertainty.draws", 2000)], asked(weights__loss="1:5:501")).draws == 2000


def test_members_are_added_in_a_given_order(tmp_path):
    order = [("gain = 0.9, gain_sd", "since = 3, gain = 0.9, gain_sd"), ("gain = 0.7, g", "since = 2, gain = 0.7, g")]
    order += [("gain = 0.5, g", "since = 2, gain = 0.5, g"), ("gain = 0.4, g", "since = 1, gain = 0.4, g")]
    path = written(tmp_path, *order)
    done(path, tmp_path, NONE, Setting("council.order", "since"), council__first="1:4:4")
    seated = [
        "".join(m for m in "ABCD" if row[f"lone_hold_out.{m}"]) for row in rows(tmp_path) if row["proposal"] == "First"
    ]
    assert seated == ["D", "BD", "BCD", "ABCD"]


def test_sweeps_in_the_file_by_name(tmp_path, capsys):
    more = '[sweep.one]\nvary = { "weights.loss" = "1:5:5" }\nset = { "procedure.rounds" = 2 }\n\n[run]'
    path = written(tmp_path, ("[run]", more))
    out = ["--out", str(tmp_path / "out"), "--set", "uncertainty.draws=0"]
    assert main(["sweep", path, *out, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert list(told) == ["cells", "computed", "resumed", "digest"]
    assert main(["sweep", path, "--name", "one", *out, "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == told | {"computed": 0, "resumed": 5}
    assert main(["sweep", path, "--vary", "weights.loss=1:5:5", "--set", "procedure.rounds=2", *out, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["digest"] == told["digest"]
    assert sorted(each.name for each in (tmp_path / "out").iterdir()) == ["cells.csv", "sweep.lock", "sweep.sqlite"]


def test_what_is_wrong_is_said_where_it_stands(tmp_path, capsys):
    one, two = ('{ "weights.los" = "1:5:5" }', '{ "procedure.rounds" = "1:99:2" }')
    path = written(tmp_path, ("[run]", f"[sweep.one]\nvary = {one}\n\n[sweep.two]\nvary = {two}\n\n[run]"))
    line = Path(path).read_text(encoding="utf-8").splitlines().index("[sweep.one]") + 2
    for name, key, at in (("one", "weights.los", line), ("two", "procedure.rounds", line + 3)):
        assert main(["sweep", path, "--name", name, "--out", str(tmp_path / "out")]) == 2
        said = capsys.readouterr().err
        assert said.startswith(f"{path}:{at}: sweep.{name}.vary.{key}: ")
        assert "expected" in said
    assert not (tmp_path / "out").exists()
    assert MEASURES  # the table of blame is not part of a cell
