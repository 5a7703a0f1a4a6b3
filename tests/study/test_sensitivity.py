"""Sensitivity: indices against functions whose indices are known, and ablations against the same thing set by hand."""

import json
from itertools import product
from math import exp
from pathlib import Path

import numpy as np
import pytest

from sim.answers.answer import answer
from sim.answers.reading import ResultError
from sim.cli import main
from sim.engines.simulate import simulate
from sim.scenario.load import Setting, load
from sim.study.indices import Sensitivity
from sim.study.screening import LEVELS, REACH, screened
from sim.study.sensitivity import analyse
from tests.study import ishigami
from tests.study.small import written

PAGE = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "find-what-matters.md"
INPUTS = ("x", "y", "z")


def indices(groups, method, points, evaluate=ishigami.ishigami, seed=1):
    (output,), runs = screened(groups, method, points, seed, evaluate, ["f"])
    return output, {each.input: each for each in output.indices}, runs


def close(index, first, total):
    """Are the known values inside twice the 95 % intervals, and are these narrow?"""
    assert abs(index.first - first) <= 2 * index.first_error + 1e-9
    assert abs(index.total - total) <= 2 * index.total_error + 1e-9
    assert max(index.first_error, index.total_error) < 0.1


# -- a function -------------------------------------------------------------------------------------------------------


def test_sobol_s_indices_of_the_ishigami_function():
    assert pytest.approx([0.3139, 0.4424, 0.0], abs=1e-4) == ishigami.FIRST
    assert pytest.approx([0.5576, 0.4424, 0.2437], abs=1e-4) == ishigami.TOTAL
    output, found, runs = indices(INPUTS, "sobol", 4096)
    assert runs == 4096 * 5
    assert output.mean == pytest.approx(ishigami.MEAN, abs=0.01)
    assert output.deviation**2 == pytest.approx(ishigami.VARIANCE, rel=0.01)
    for name, first, total in zip(INPUTS, ishigami.FIRST, ishigami.TOTAL, strict=True):
        close(found[name], first, total)
        assert found[name].first == pytest.approx(first, abs=0.02)
        assert found[name].total == pytest.approx(total, abs=0.02)
        assert found[name].effect is None


def test_a_group_s_indices_hold_what_its_inputs_do_together():
    """x and z act only with each other, so that their group has no interaction left with y."""
    _, found, runs = indices(("xz", "y", "xz"), "sobol", 4096)
    assert runs == 4096 * 4
    assert set(found) == {"xz", "y"}
    close(found["xz"], 1 - ishigami.FIRST[1], 1 - ishigami.FIRST[1])
    close(found["y"], ishigami.FIRST[1], ishigami.FIRST[1])


def known_effects():
    """Each input's mean effect, from all steps that there are between four levels: of two thirds of the range."""
    low, high = REACH
    levels, step = np.linspace(low, high, LEVELS), (high - low) * 2 / 3
    points = np.array(list(product(levels, repeat=3)))
    for n in range(3):
        before = points[points[:, n] + step <= high + 1e-9]
        after = before + step * np.eye(3)[n]
        yield float(np.abs(ishigami.ishigami(after) - ishigami.ishigami(before)).mean() / (2 / 3))


def test_morris_ranks_the_inputs():
    """z has no effect alone, and comes near the others by what it does at the side of x."""
    known = dict(zip(INPUTS, known_effects(), strict=True))
    output, found, runs = indices(INPUTS, "morris", 400)
    assert runs == 400 * 4
    assert sorted(found, key=lambda name: -found[name].effect) == ["x", "y", "z"]
    for name, effect in known.items():
        assert abs(found[name].effect - effect) <= 2 * found[name].effect_error + 1e-9
        assert found[name].spread > 1.0  # not linear, or not alone
        assert found[name].first is None
    assert output.deviation > 1.0


@pytest.mark.parametrize("method", ["sobol", "morris"])
def test_what_does_nothing_and_what_is_linear(method):
    def line(uniforms):
        return (3.0 * uniforms[:, 0] + uniforms[:, 1])[:, None]

    _, found, _ = indices(INPUTS, method, 512, line)
    if method == "sobol":
        close(found["x"], 0.9, 0.9)
        close(found["y"], 0.1, 0.1)
        assert (found["z"].first, found["z"].total) == pytest.approx((0.0, 0.0), abs=1e-12)
    else:
        assert [found[name].effect for name in INPUTS] == pytest.approx([2.7, 0.9, 0.0], abs=1e-9)  # over 5 to 95 %
        assert [found[name].spread for name in INPUTS] == pytest.approx([0.0] * 3, abs=1e-9)


@pytest.mark.parametrize("method", ["sobol", "morris"])
def test_of_a_constant_nothing_is_explained(method):
    output, found, _ = indices(INPUTS, method, 64, lambda uniforms: np.full((len(uniforms), 1), 0.25))
    assert (output.mean, output.deviation) == (0.25, 0.0)
    for each in found.values():
        told = (each.first, each.first_error, each.total, each.total_error) if method == "sobol" else (each.effect,)
        assert set(told) == {0.0}


# -- a council of two, worked out by hand -----------------------------------------------------------------------------

HOURS, HOURS_SD, ATTENTION, HAZARD, HAZARD_SD = 5.0, 1.5, 0.1, 0.5, 0.15


def by_hand():
    """Mean and variance of P(adopted), and by input the first order and the total. B is sure to object.

    The text fails if B notices in time, with N = 1 - exp(-attention x hours), and if then the sponsors give up before
    B can be exempted, with the hazard h: P(adopted) = 1 - N h, and N and h are independent.
    """
    missed = exp(-ATTENTION * HOURS + (ATTENTION * HOURS_SD) ** 2 / 2)  # the mean of exp of a normal number
    spread = missed**2 * (exp((ATTENTION * HOURS_SD) ** 2) - 1)
    hours, hazard, both = spread * HAZARD**2, (1 - missed) ** 2 * HAZARD_SD**2, spread * HAZARD_SD**2
    variance = hours + hazard + both
    known = {
        "procedure.withdrawal_hazard": (hazard / variance, (hazard + both) / variance),
        "procedure.silence_hours": (hours / variance, (hours + both) / variance),
        "procedure.objection_cost": (0.0, 0.0),
    }
    return 1 - (1 - missed) * HAZARD, variance, known


def two(folder):
    """The council of the page, as a file."""
    text = PAGE.read_text(encoding="utf-8").partition("```toml file=two.toml\n")[2].partition("```")[0]
    path = folder / "two.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_a_council_of_two_has_the_indices_worked_out_by_hand(tmp_path):
    found = analyse(load(two(tmp_path)), points=2048, workers=1)
    mean, variance, known = by_hand()
    assert (found.member, found.engine, found.inputs, found.runs) == ("B", "exact", 3, 2048 * 5)
    adopted, alone = found.outputs
    assert adopted.mean == pytest.approx(mean, abs=0.003)
    assert adopted.deviation == pytest.approx(variance**0.5, rel=0.02)
    assert (alone.mean, alone.deviation) == pytest.approx((1 - adopted.mean, adopted.deviation))
    assert {each.input for each in adopted.indices} == set(known)
    for output in found.outputs:  # if the text fails B blocks it alone, so that both outputs have the same indices
        for each in output.indices:
            close(each, *known[each.input])


def test_the_page_shows_the_same_indices():
    text = PAGE.read_text(encoding="utf-8")
    for name, (first, total) in by_hand()[2].items():
        assert f"| `{name}` | {first:.3f} | {total:.3f} |".replace("0.", ".") in text


# -- ablations --------------------------------------------------------------------------------------------------------

OWN = """
[ablation."milder D"]
set = { "members.D.loss" = 0.2 }

[ablation."no D"]
set = { "council.without" = ["D"] }
"""
BY_HAND = {
    "without gain": {"weights.gain": 0.0},
    "without loss": {"weights.loss": 0.0},
    "equal stakes": {"stake.base": 0.4 + 0.5 * (0.9 + 0.7 + 0.5 + 0.4) / 4, "stake.slope": 0.0},
    "no isolation": {"procedure.isolation": 0.0},
    "no side payment": {"procedure.payment.members": 0, "proposal.1.procedure.payment.members": 0},
    "no opt-out": {"proposal.1.procedure.opt_out.members": 0},
    "milder D": {"members.D.loss": 0.2},
}
OPT_OUT = ("fatigue = 0.2 }", "fatigue = 0.2, opt_out = { relief = 0.3, members = 1, first_round = 1 } }")


@pytest.mark.parametrize("engine", ["exact", "simulate"])
def test_an_ablation_is_a_run_with_the_same_thing_set_by_hand(engine, tmp_path):
    path = written(tmp_path, ("[run]", f"{OWN}\n[run]"), OPT_OUT)
    stated = [Setting("run.engine", engine)]
    found = analyse(load(path, stated), method="morris", points=2, proposal=1, member="D", workers=1)
    assert [each.name for each in found.ablations] == ["as stated", *BY_HAND]  # without D there is nothing to tell of D
    for each in found.ablations:
        changes = [Setting(key, value) for key, value in BY_HAND.get(each.name, {}).items()]
        scenario = load(path, [*stated, *changes])
        if engine == "exact":
            text = answer(scenario).proposals[1]
            alone = next(member.lone_hold_out for member in text.blame if member.id == "D")
            assert (each.adopted_any, each.alone) == pytest.approx((text.adopted_any, alone), abs=1e-12)
            assert (each.adopted_error, each.alone_error) == (0.0, 0.0)
        else:
            tally = simulate(scenario.questions[1].case, 500, 5, blame=True)
            assert (each.adopted_any, each.alone) == (tally.adopted_any / 500, tally.lone_hold_out[3] / 500)
            assert each.adopted_error == pytest.approx((each.adopted_any * (1 - each.adopted_any) / 500) ** 0.5)


# -- inputs, and who computes them ------------------------------------------------------------------------------------


def test_a_column_of_traits_is_one_input_and_other_texts_loadings_are_none(tmp_path):
    found = analyse(load(written(tmp_path)), method="morris", points=2, workers=1)
    names = [each.input for each in found.outputs[0].indices]
    assert sorted(names) == [
        "procedure.isolation",
        "proposal.0.loadings.gain",
        "proposal.0.loadings.loss",
        "proposal.appeal",
        "stake.slope",
        "traits.gain",
        "traits.loss",
        "weights.gain",
        "weights.loss",
        "weights.size",
    ]
    assert found.inputs == 2 * 4 + 8


def test_what_is_set_is_no_input(tmp_path):
    settings = [Setting("weights.loss", 2.0), Setting("uncertainty.traits", False), Setting("uncertainty.loadings", 0)]
    found = analyse(load(written(tmp_path), settings), method="morris", points=2, workers=1)
    names = {each.input for each in found.outputs[0].indices}
    assert names == {"procedure.isolation", "proposal.appeal", "stake.slope", "weights.gain", "weights.size"}


@pytest.mark.parametrize("engine", ["exact", "simulate"])
def test_the_same_on_any_number_of_workers(engine, tmp_path):
    scenario = load(written(tmp_path), [Setting("run.engine", engine), Setting("run.replicates", 50)])
    points = 16 if engine == "exact" else 4
    one, two_ = (analyse(scenario, points=points, workers=workers) for workers in (1, 2))
    assert one.to_json() == two_.to_json()
    assert Sensitivity.from_json(one.to_json()) == one


def test_intervals_are_the_same_every_time_also_with_the_seed_0():
    one, two_ = (screened(INPUTS, "sobol", 64, 0, ishigami.ishigami, ["f"]) for _ in range(2))
    assert one == two_


def test_a_record_that_is_none():
    for text in ("", "{", "[]", '{"format": 1}', '{"format": 2, "outputs": []}'):
        with pytest.raises(ResultError, match="no saved analysis"):
            Sensitivity.from_json(text)


# -- the command ------------------------------------------------------------------------------------------------------


def said(capsys, *words):
    status = main(["sensitivity", *map(str, words)])
    return status, *capsys.readouterr()


def test_the_command_writes_what_it_says(tmp_path, capsys):
    path, out = two(tmp_path), tmp_path / "out"
    status, told, wrong = said(capsys, path, "--points", 32, "--workers", 1, "--out", out)
    assert (status, wrong) == (0, "")
    assert sorted(each.name for each in out.iterdir()) == [
        "indices.png", "indices.svg", "sensitivity.json", "tornado.png", "tornado.svg"
    ]  # fmt: skip
    for word in ("Sobol", "procedure.withdrawal_hazard", "as stated", "no opt-out", "sensitivity.json"):
        assert word in told
    saved = Sensitivity.from_json((out / "sensitivity.json").read_text(encoding="utf-8"))
    status, told, wrong = said(capsys, path, "--points", 32, "--workers", 1, "--json")
    assert (status, wrong) == (0, "")
    assert json.loads(told) == json.loads(saved.to_json())


def test_the_method_the_text_and_the_member_that_are_asked_for(tmp_path, capsys):
    path = written(tmp_path)
    words = ["--method", "morris", "--points", 2, "--proposal", "Second", "--member", "B", "--workers", 1, "--json"]
    status, told, _ = said(capsys, path, *words)
    found = Sensitivity.from_json(told)
    assert status == 0
    assert (found.method, found.proposal, found.member, found.outputs[1].name) == (
        "morris", "Second", "B", "P(B blocks alone)"
    )  # fmt: skip


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--method", "nope"), "--method: 'nope' is no method; expected one of: morris, sobol"),
        (("--method", "sobl"), "--method: 'sobl' is no method; expected a known one, the nearest is 'sobol'"),
        (("--member", "nope"), "--member: 'nope' is no member of this council; expected one of: A, B, C, D"),
        (("--points", "x"), "--points: 'x'; expected a whole number from 2 to 1,000,000"),
        (("--points", "1"), "--points: '1'; expected a whole number from 2 to 1,000,000"),
        (("--proposal", "Third"), "--proposal: 'Third' is neither a proposal's name nor a place from 0 to 1"),
        (("--workers", "0"), "--workers: '0'; expected a whole number from 1 to 1,000"),
        (("--set", "weights.los=1"), "--set: weights.los: no driver of this scenario"),
    ],
)
def test_what_is_wrong_is_said(words, message, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    status, told, wrong = said(capsys, written(tmp_path), *words)
    assert (status, told) == (2, "")
    assert wrong.startswith(message)
    assert wrong.count("\n") == 1
    assert [each.name for each in tmp_path.iterdir()] == ["small.toml"]


def test_all_that_is_wrong_is_said_at_once(tmp_path, capsys):
    status, _, wrong = said(capsys, written(tmp_path), "--method", "nope", "--member", "nope", "--points", "x")
    assert status == 2
    assert sorted(line.partition(":")[0] for line in wrong.splitlines()) == ["--member", "--method", "--points"]


def test_a_scenario_in_which_nothing_is_uncertain(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = written(tmp_path)
    text = Path(path).read_text(encoding="utf-8")
    start, end = text.index("[uncertainty]"), text.index("[[observed]]")
    Path(path).write_text(text[:start] + text[end:], encoding="utf-8")
    status, told, wrong = said(capsys, path, "--set", "uncertainty.traits=false", "--json")
    assert (status, told) == (2, "")
    assert wrong.startswith(f"{path}:1: uncertainty: nothing in it is uncertain; expected columns with _sd, or ranges")


def test_an_engine_that_does_not_apply(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    votes = [(f'id = "{member}",', f'id = "{member}", votes = {n},') for n, member in enumerate("ABCD", 2)]
    rule = ("[compare]", '[procedure]\nrule = { name = "weighted", column = "votes", quota = 9 }\n\n[compare]')
    path = written(tmp_path, *votes, rule)
    status, told, wrong = said(capsys, path, "--engine", "exact", "--json")
    assert (status, told) == (3, "")
    assert wrong.startswith("unanimity: the exact engine does not apply")
    status, told, _ = said(capsys, path, "--method", "morris", "--points", 2, "--replicates", 20, "--json")
    assert status == 0
    assert Sensitivity.from_json(told).engine == "simulate"
