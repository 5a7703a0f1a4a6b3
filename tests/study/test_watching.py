"""Members that watch the room, in many cases at once: no cell, draw or run may leave out what its members heed."""

import json
from math import sqrt

import numpy as np
import pytest

from sim.answers.answer import DoesNotApply, answer, way
from sim.cli import main
from sim.engines.simulate import simulate
from sim.scenario.load import Setting, load, widest
from sim.study import sweep
from sim.study.candidates import Candidate, texts
from sim.study.cells import HIDING
from sim.study.planning import planned
from sim.study.sensitivity import analyse
from sim.study.store import Different, Store
from sim.study.uncertainty import numbers, points
from sim.study.worlds import over_draws
from tests.study.small import written
from tests.study.test_sweep import NONE, asked, done, rows

HEED, HIDE = "interaction.heed", "interaction.hide"
GRID = {"interaction__heed": "0,0.4,1", "interaction__hide": "0,0.7"}
OPENLY = Setting("procedure.withdraw_above", 2)  # the chair counts who objects openly
SIMULATED = Setting("run.engine", "simulate")
SEEN = '[[observed]]\nproposal  = "First"\nadopted   = false\nhold_outs = ["D"]\n'


def drawn(spread, path=HEED):
    """A change of the file: one number of the room is uncertain."""
    head = "[uncertainty.parameters]\n"
    return (head, f'{head}"{path}" = {{ {spread} }}\n')


def watching(room):
    """A change of the file: how its members watch the room."""
    return ("[compare]", f"[interaction]\n{room}\n\n[compare]")


def contents(folder):
    with Store.read(folder / "sweep.sqlite") as store:
        return [json.loads(content) for _, content in store.rows()]


def engines(path, *settings, **vary):
    """The engines of a sweep's templates, before anything is computed."""
    return {each.engine for each in planned(path, list(settings), asked(**vary)).templates.values()}


# -- sweeps -----------------------------------------------------------------------------------------------------------


def test_a_cell_is_the_run_with_its_heed_and_hiding_set(tmp_path):
    path = written(tmp_path)
    done(path, tmp_path, NONE, **GRID)
    found = rows(tmp_path)
    assert len(found) == 12
    assert {row["engine"] for row in found} == {"simulate"}  # also where nobody heeds: so differences are paired
    for row, content in zip(found, [each for cell in contents(tmp_path) for each in cell], strict=True):
        settings = [NONE, SIMULATED, *(Setting(each, float(row[each])) for each in (HEED, HIDE))]
        scenario = load(path, settings)
        place = ["First", "Second"].index(row["proposal"])
        tally = simulate(scenario.questions[place].case, 500, 5, blame=True)
        assert content["counts"] == [*tally.outcomes.tolist(), tally.lone, *tally.lone_hold_out.tolist()]
        text = answer(scenario).proposals[place]
        hides = float(row[HIDE]) > 0
        assert content.get("hidden") == ([tally.hidden.sum(), tally.hidden_squares, tally.lone_open] if hides else None)
        assert float(row["adopted_any"]) == text.adopted_any
        assert float(row["lone_hold_out"]) == text.lone_hold_out
        told = [float(row[each]) for each in HIDING]
        if text.room:
            room = text.room
            assert told[0] == pytest.approx(sum(each.hidden for each in text.blame), abs=1e-12)
            assert told == [
                room.hidden, room.hidden_standard_error,
                room.lone_open_hold_out, room.lone_open_hold_out_standard_error,
            ]  # fmt: skip
        if not hides:
            lone = text.lone_hold_out
            assert told == [0.0, 0.0, lone, pytest.approx(sqrt(lone * (1 - lone) / 500))]
    assert len({row["adopted_any"] for row in found if row["proposal"] == "Second"}) > 1  # heed does change something
    assert any(float(row["hidden"]) > 0 for row in found)


def test_differences_are_paired_although_the_first_cell_could_be_exact(tmp_path):
    path = written(tmp_path)
    done(path, tmp_path, NONE, interaction__heed="0,1")
    row = rows(tmp_path)[3]
    cases = [load(path, [Setting(HEED, each)]).questions[1].case for each in (0.0, 1.0)]
    first, other = (np.array([simulate(c, 1, 5, start=r).adopted_any for r in range(500)]) for c in cases)
    assert float(row["difference"]) == pytest.approx((other - first).mean(), abs=1e-12)
    assert float(row["difference.standard_error"]) == pytest.approx((other - first).std() / sqrt(500), abs=1e-12)


@pytest.mark.parametrize(
    ("settings", "vary", "engine"),
    [
        ((), {"interaction__heed": "0,0.5"}, "simulate"),
        ((), {"interaction__heed": "1:0:5"}, "simulate"),
        ((), {"interaction__heed": "0"}, "exact"),
        ((Setting(HEED, 0.5),), {"interaction__heed": "0"}, "exact"),  # what varies goes before what is set
        ((Setting(HEED, 0.5),), {"weights__loss": "1,2"}, "simulate"),
        ((), {"interaction__hide": "0,0.5"}, "exact"),
        ((OPENLY,), {"interaction__hide": "0,0.5"}, "simulate"),
        ((OPENLY,), {"interaction__hide": "0"}, "exact"),
        ((), {"interaction__heed": "0,0.5", "procedure__rule": "consensus,majority"}, "simulate"),
    ],
)
def test_the_engine_is_the_one_for_all_cells_not_for_the_first(settings, vary, engine, tmp_path):
    assert engines(written(tmp_path), NONE, *settings, **vary) == {engine}


def test_a_sample_is_simulated_too(tmp_path):
    _, told = done(written(tmp_path), tmp_path, NONE, sample="sobol", points=8, interaction__heed="0:1")
    assert told.cells == 8
    assert {row["engine"] for row in rows(tmp_path)} == {"simulate"}


def test_exact_asked_for_where_any_cell_heeds_computes_nothing(tmp_path, capsys):
    path, out = written(tmp_path), tmp_path / "out"
    words = ["--engine", "exact", "--set", "uncertainty.draws=0", "--out", str(out), "--json"]
    assert main(["sweep", path, "--vary", "interaction.heed=0,0.5", *words]) == 3
    said, wrong = capsys.readouterr()
    assert not said
    assert "does not apply to 'First': its members heed each other; --engine simulate does" in wrong
    assert not out.exists()
    assert main(["sweep", path, "--vary", "interaction.hide=0,0.5", *words]) == 0


def test_what_exact_cannot_say_of_who_hides_is_left_empty(tmp_path):
    path = written(tmp_path)
    done(path, tmp_path, NONE, interaction__hide="0,0.5")
    bare, hiding = (rows(tmp_path)[n] for n in (1, 3))
    assert {bare["engine"], hiding["engine"]} == {"exact"}
    assert [hiding[each] for each in HIDING] == [""] * 4
    assert [bare[each] for each in HIDING] == ["0.0", "0.0", bare["lone_hold_out"], "0.0"]
    assert hiding["adopted_any"] == bare["adopted_any"]  # hiding alone changes no outcome
    found = sweep.read(tmp_path)
    assert np.isnan(found.hidden).tolist() == [[False, False], [True, True]]


def test_agents_count_the_same(tmp_path):
    path = written(tmp_path)
    settings = [NONE, Setting("run.replicates", 60)]
    for engine in ("simulate", "agents"):
        done(path, tmp_path / engine, *settings, Setting("run.engine", engine), **GRID)
    counts = [
        [[{k: each.get(k) for k in ("counts", "hidden")} for each in cell] for cell in contents(tmp_path / engine)]
        for engine in ("simulate", "agents")
    ]
    assert counts[0] == counts[1]


def test_a_sweep_over_the_room_is_the_same_for_every_block_and_after_every_stop(tmp_path):
    path = written(tmp_path)
    settings = [OPENLY, Setting("run.replicates", 60), Setting("uncertainty.draws", 5)]
    digests = {
        done(path, tmp_path / f"{b}-{w}", *settings, block=b, workers=w, **GRID)[1].digest
        for b, w in ((1, 1), (4, 1), (6, 1), (2, 2))
    }

    def stop(computed, cells):
        if computed >= 2:
            raise KeyboardInterrupt

    plan, out = planned(path, settings, asked(**GRID)), tmp_path / "stopped"
    out.mkdir()
    with pytest.raises(KeyboardInterrupt):
        sweep.run(plan, out, block=1, progress=stop)
    told = sweep.run(plan, out, block=3)
    assert (told.computed, told.resumed) == (4, 2)
    assert digests == {told.digest}
    assert (out / "cells.csv").read_bytes() == (tmp_path / "6-1" / "cells.csv").read_bytes()


def test_where_nobody_hides_nothing_is_added(tmp_path):
    plain, zero = tmp_path / "plain", tmp_path / "zero"
    for folder, change in ((plain, ()), (zero, (watching("heed = 0.0\nhide = 0.0"),))):
        folder.mkdir()
        for n, settings in enumerate(([NONE], [NONE, SIMULATED])):
            done(written(folder, *change), folder / str(n), *settings, weights__loss="1,5")
    for n, keys in enumerate(({"probabilities"}, {"counts", "gained", "lost"})):
        assert (plain / str(n) / "cells.csv").read_bytes() == (zero / str(n) / "cells.csv").read_bytes()
        assert contents(plain / str(n)) == contents(zero / str(n))
        assert {key for cell in contents(plain / str(n)) for each in cell for key in each} == keys | {"rule", "engine"}
        assert list(rows(plain / str(n))[0])[-1] == "difference.standard_error"
        assert sweep.read(plain / str(n)).hidden is None
    assert "hidden" not in planned(written(plain), [NONE], asked(interaction__heed="0,1")).identity


def test_hiding_is_read_back_with_its_names(tmp_path):
    done(written(tmp_path), tmp_path, NONE, **GRID)
    found = sweep.read(tmp_path)
    frame = found.to_pandas()
    for row in rows(tmp_path):
        mine = frame.loc[(int(row["cell"]), row["proposal"])]
        assert [mine[each] for each in HIDING] == [float(row[each]) for each in HIDING]
    cube = found.to_xarray()
    one = cube.sel({HEED: 1.0, HIDE: 0.7, "proposal": "Second"})
    assert float(one["lone_open_hold_out"]) == frame.loc[(5, "Second"), "lone_open_hold_out"]
    assert found.hidden_error.shape == found.lone_open_hold_out_error.shape == (6, 2)


# -- ties -------------------------------------------------------------------------------------------------------------


def tie(folder, name, *pairs):
    text = "".join(f"{one},{other},{weight}\n" for one, other, weight in pairs)
    (folder / name).write_text(f"from,to,weight\n{text}", encoding="utf-8")


def test_ties_vary_by_their_files_and_a_file_that_changed_is_another_sweep(tmp_path):
    tie(tmp_path, "a.csv", ("D", "C", 1))
    tie(tmp_path, "b.csv", ("D", "A", 1), ("A", "D", 2))
    path = written(tmp_path, watching("heed = 1.0"))
    vary = {"interaction__ties": "a.csv,b.csv"}
    settings = [NONE, Setting("proposal.1.procedure.rounds", 4)]
    plan, first = done(path, tmp_path / "out", *settings, **vary)
    assert plan.axes[0].stated is None
    found = rows(tmp_path / "out")
    assert [row["interaction.ties"] for row in found] == ["a.csv", "a.csv", "b.csv", "b.csv"]
    for row in found:
        scenario = load(path, [*settings, Setting("interaction.ties", row["interaction.ties"])])
        text = next(each for each in answer(scenario).proposals if each.name == row["proposal"])
        assert float(row["adopted_any"]) == text.adopted_any
    assert found[1]["adopted_any"] != found[3]["adopted_any"]
    assert done(path, tmp_path / "out", *settings, **vary)[1].resumed == 2
    for pairs in ([("D", "A", 1), ("A", "D", 2), ("D", "C", 9)], [("D", "A", 1), ("B", "D", 2)]):
        tie(tmp_path, "b.csv", *pairs)
        with pytest.raises(Different):
            done(path, tmp_path / "out", *settings, **vary)
    assert done(path, tmp_path / "new", *settings, **vary)[1].digest != first.digest


def test_ties_of_the_scenario_itself_have_no_single_value_in_a_sweep_over_them(tmp_path):
    tie(tmp_path, "a.csv", ("D", "C", 1))
    path = written(tmp_path, watching('heed = 1.0\nties = "a.csv"'))
    tie(tmp_path, "b.csv", ("D", "A", 1))
    assert planned(path, [NONE], asked(interaction__ties="a.csv,b.csv")).axes[0].stated is None


# -- outer draws ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spread", "path", "settings", "engine"),
    [
        ("sd = 0.2", HEED, (), "simulate"),  # published: 0
        ("sd = 0.2", HEED, (NONE,), "exact"),
        ("sd = 0.2", HEED, (Setting(HEED, 0.0),), "exact"),  # what is set is never drawn
        ("sd = 0.0", HEED, (), "exact"),
        ("log_sd = 0.2", HEED, (), "exact"),  # 0 times whatever is 0
        ("sd = 0.2", HIDE, (), "exact"),
        ("sd = 0.2", HIDE, (OPENLY,), "simulate"),
    ],
)
def test_the_engine_is_one_for_all_draws(spread, path, settings, engine, tmp_path):
    file = written(tmp_path, drawn(spread, path))
    scenario = load(file, settings)
    assert way(scenario).engine == engine
    assert engines(file, *settings, weights__loss="1,5") == {engine}
    assert texts_exact(scenario) is (engine == "exact")
    if engine == "simulate":
        with pytest.raises(DoesNotApply):
            way(load(file, [*settings, Setting("run.engine", "exact")]))


def test_draws_that_are_left_out_make_no_cell_simulated(tmp_path):
    path = written(tmp_path, drawn("sd = 0.2"), ("draws    = 40", "draws    = 2000"))
    assert engines(path, weights__loss="1:5:5") == {"simulate"}
    assert engines(path, weights__loss="1:5:501") == {"exact"}


def texts_exact(scenario):
    """Would a comparison with itself be exact?"""
    found = texts([Candidate("one", scenario), Candidate("other", scenario)], None)
    return all(each.exact[1] for each in found)


def test_the_widest_question_is_as_wide_as_any_draw(tmp_path):
    scenario = load(written(tmp_path, watching("heed = 0.5\nhide = 0.5"), drawn("sd = 0.1")))
    room = widest(scenario.seating, scenario.spreads, 40)[0].case.interaction
    assert (float(room.heed), float(room.hide)) == (1.0, 0.5)
    room = widest(scenario.seating, scenario.spreads, 0)[0].case.interaction
    assert (float(room.heed), float(room.hide)) == (0.5, 0.5)
    more = {("interaction", "heed"): 0.25, ("weights", "loss"): 9.0}
    case = widest(scenario.seating, scenario.spreads, 40, more)[0].case
    assert (float(case.interaction.heed), case.weights.tolist()) == (0.25, [3.0, 4.0])  # what varies is not drawn


def test_an_uncertain_heed_is_heeded_draw_by_draw(tmp_path):
    path = written(tmp_path, drawn("sd = 0.6"), (SEEN, ""))
    scenario = load(path)
    result = over_draws(scenario, answer(scenario))
    assert result.engine == "simulate"
    found = numbers(scenario.spreads, scenario.seating.members.ids, 5, 0, 40)
    heed = found.places[("interaction", "heed")]
    assert heed.min() == 0.0 < heed.max() == 1.0
    block = scenario.seating.questions(found)[1].case.block((40,))
    played = [simulate(block.at((d,)).but(heed=float(each)), 500, 5).adopted_any / 500 for d, each in enumerate(heed)]
    deaf = [simulate(block.at((d,)).but(heed=0.0), 500, 5).adopted_any / 500 for d in range(40)]
    assert result.proposals[1].uncertainty["adopted_any"] == points(np.array(played))
    assert played != deaf
    assert HEED in {each.name for each in result.moved}


@pytest.mark.parametrize("settings", [(), (OPENLY,)])
def test_hiding_alone_may_be_drawn(settings, tmp_path):
    path = written(tmp_path, drawn("sd = 0.5", HIDE))
    more = [*settings, Setting("proposal.1.procedure.rounds", 3), Setting("uncertainty.draws", 20)]
    scenario = load(path, [*more, SIMULATED])
    result = over_draws(scenario, answer(scenario))
    found = numbers(scenario.spreads, scenario.seating.members.ids, 5, 0, 20)
    block = scenario.seating.questions(found)[1].case.block((20,))
    for points_, hide in ((result.proposals[1].uncertainty["adopted_any"], {}), (None, {"hide": 0.0})):
        played = [simulate(block.at((d,)).but(**hide), 500, 5).adopted_any / 500 for d in range(20)]
        if points_ or not settings:  # without a chair that counts, hiding changes no outcome
            assert (points_ or result.proposals[1].uncertainty["adopted_any"]) == points(np.array(played))
    auto = load(path, more)
    assert over_draws(auto, answer(auto)).engine == ("simulate" if settings else "exact")


def test_draws_in_a_cell_that_heeds_are_those_of_a_run(tmp_path):
    path = written(tmp_path)
    settings = [Setting("uncertainty.draws", 10), Setting("run.replicates", 100)]
    done(path, tmp_path, *settings, interaction__heed="0,0.8")
    for row in rows(tmp_path):
        scenario = load(path, [*settings, SIMULATED, Setting(HEED, float(row[HEED]))])
        result = over_draws(scenario, answer(scenario))
        text = next(each for each in result.proposals if each.name == row["proposal"])
        for point in ("p05", "p50", "p95"):
            assert float(row[f"adopted_any.{point}"]) == text.uncertainty["adopted_any"][point]
            assert row[f"adopted_any.conditioned.{point}"] == ""  # in one of the cells there is no likelihood
        assert row["effective_draws"] == ""


@pytest.mark.parametrize("change", [watching("heed = 0.5"), drawn("sd = 0.3")])
def test_where_the_actual_world_heeds_nothing_is_conditioned(change, tmp_path, capsys):
    path = written(tmp_path, change)
    assert main(["run", path, "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert (result["engine"], result["draws"], result["effective_draws"]) == ("simulate", 40, None)
    assert [each["conditioned"] for each in result["proposals"]] == [None, None]
    assert result["proposals"][0]["uncertainty"]["adopted_any"]["p50"] >= 0.0
    assert main(["run", path, "--out", str(tmp_path / "out")]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "conditions nothing: its likelihood cannot be had, as the exact engine does not apply" in said


def test_hiding_alone_leaves_the_likelihood_as_it_was(tmp_path):
    found = [load(written(tmp_path, *change)) for change in ((), (watching("hide = 0.5"),))]
    one, other = (over_draws(each, answer(each)) for each in found)
    assert one.effective_draws == other.effective_draws
    assert one.proposals[1].conditioned["adopted_any"] == other.proposals[1].conditioned["adopted_any"]


# -- sensitivity ------------------------------------------------------------------------------------------------------

FEW = {"method": "morris", "points": 2}
ABLATED = ("[run]", '[ablation."all heed"]\nset = { "interaction.heed" = 1.0 }\n\n[run]')


@pytest.mark.parametrize("settings", [(), (NONE,)])
def test_an_uncertain_heed_is_an_input_like_others(settings, tmp_path):
    found = analyse(load(written(tmp_path, drawn("sd = 0.5")), settings), proposal=1, **FEW)
    assert found.engine == "simulate"
    heed = next(each for each in found.outputs[0].indices if each.input == HEED)
    assert heed.effect > 0.0


def test_an_ablation_that_heeds_is_not_summed(tmp_path):
    path = written(tmp_path, ABLATED)
    found = analyse(load(path), proposal=1, **FEW)
    assert found.engine == "simulate"
    by_name = {each.name: each for each in found.ablations}
    case = load(path, [Setting(HEED, 1.0)]).questions[1].case
    assert by_name["all heed"].adopted_any == simulate(case, 500, 5).adopted_any / 500
    assert by_name["as stated"].adopted_any == simulate(case.but(heed=0.0), 500, 5).adopted_any / 500
    with pytest.raises(DoesNotApply, match="the ablation 'all heed': its members heed each other; --engine simulate"):
        analyse(load(path, [Setting("run.engine", "exact")]), proposal=1, **FEW)


def test_watching_the_room_is_switched_off_like_other_parts(tmp_path):
    scenario = load(written(tmp_path, watching("heed = 1.0\nhide = 0.5")))
    found = {each.name: each for each in analyse(scenario, proposal=1, **FEW).ablations}
    case = scenario.questions[1].case
    assert found["no heed"].adopted_any == simulate(case.but(heed=0.0), 500, 5).adopted_any / 500
    assert found["no hiding"].adopted_any == simulate(case.but(hide=0.0), 500, 5).adopted_any / 500
    plain = {each.name for each in analyse(load(written(tmp_path)), **FEW).ablations}
    assert not plain & {"no heed", "no hiding"}
