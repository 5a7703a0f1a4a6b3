"""Outer draws and observation: streams, ranges, and conditioning against worlds in which the observed happened."""

import json
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from sim.answers.answer import answer
from sim.cli import main
from sim.engines import exact
from sim.model.draws import Streams
from sim.model.stances import table
from sim.scenario.load import Setting, load
from sim.study.uncertainty import band, effective, likelihood, numbers, points
from sim.study.worlds import over_draws
from tests.study.small import written

DRAWN = 4000


def drawn(scenario, count=DRAWN, start=0):
    return numbers(scenario.spreads, scenario.seating.members.ids, scenario.seed, start, count)


def settings(**values):
    return [Setting(key.replace("__", "."), value) for key, value in values.items()]


def test_draw_d_is_position_d_of_its_stream(tmp_path):
    scenario = load(written(tmp_path))
    whole, part = drawn(scenario, 100), drawn(scenario, 30, 50)
    assert (whole.columns["loss"][50:80] == part.columns["loss"]).all()
    assert all((whole.places[place][50:80] == part.places[place]).all() for place in whole.places)
    u = Streams(5, "trait", [("loss", "C")]).uniforms(0, 100)[:, 0]
    assert whole.columns["loss"][:, 2] == pytest.approx(np.clip(stats.norm.ppf(u, 0.4, 0.2), 0, 1), abs=1e-12)
    u = Streams(5, "weight", [("loss",)]).uniforms(0, 100)[:, 0]
    assert whole.factors["loss"] == pytest.approx(np.exp(0.4 * stats.norm.ppf(u)))
    u = Streams(5, "loading", [("Second", "loss")]).uniforms(0, 100)[:, 0]
    place = ("proposal", 1, "loadings", "loss")
    assert whole.places[place] == pytest.approx(np.clip(stats.norm.ppf(u, 0.5, 0.1), 0, 1))


def test_weights_take_the_size_and_their_own_factor(tmp_path):
    scenario = load(written(tmp_path))
    found = drawn(scenario)
    weights = scenario.seating.questions(found)[0].case.weights
    size = found.places[("weights", "size")]
    assert weights[:, 0] == pytest.approx(size * found.factors["gain"])
    assert weights[:, 1] == pytest.approx(4.0 * found.factors["loss"])  # it has a weight of its own
    assert np.median(weights[:, 0]) == pytest.approx(3.0, rel=0.05)
    assert np.log(size).std() == pytest.approx(0.3, rel=0.05)


def test_the_median_stays_the_published_value_and_everything_is_cut(tmp_path):
    scenario = load(written(tmp_path, ("gain = 0.9, gain_sd = 0.1", "gain = 0.9, gain_sd = 1.0")))
    case = scenario.seating.questions(drawn(scenario))[0].case
    assert case.council.traits.min() == 0.0
    assert case.council.traits.max() == 1.0
    assert np.median(case.council.traits, axis=0) == pytest.approx(scenario.questions[0].case.council.traits, abs=0.02)
    assert 0.0 < case.council.stake.min() <= case.council.stake.max() <= 1.0
    assert np.allclose(case.council.independence, case.council.traits[:, 1])  # what rests on a driver follows it


def test_one_appeal_for_all_proposals_moves_them_together(tmp_path):
    places = drawn(load(written(tmp_path))).places
    assert np.allclose(places[("proposal", 0, "appeal")] - 0.5, places[("proposal", 1, "appeal")])


def test_a_member_more_shifts_no_draw(tmp_path):
    scenario = load(written(tmp_path))
    row = "\n]\n\n[traits]"
    more = load(written(tmp_path, (row, f'\n  {{ id = "AA", gain = 0.5, gain_sd = 0.5 }},{row}')))
    one, other = drawn(scenario, 50), drawn(more, 50)
    assert (one.columns["gain"] == other.columns["gain"][:, :4]).all()
    assert (one.factors["loss"] == other.factors["loss"]).all()


@pytest.mark.parametrize(
    ("key", "value", "pick"),
    [
        ("members.D.loss", 0.3, lambda case: case.council.traits[..., 1, 3]),
        ("weights.loss", 2.0, lambda case: case.weights[..., 1]),
        ("procedure.isolation", 1.0, lambda case: case.procedure.isolation),
        ("proposal.0.appeal", 1.0, lambda case: case.proposal.appeal),
        ("proposal.0.loadings.gain", 0.5, lambda case: case.proposal.loadings[..., 0]),
    ],
)
def test_what_is_set_is_final_and_never_drawn(key, value, pick, tmp_path):
    path = written(tmp_path)
    spread = load(path).seating.questions(drawn(load(path), 20))[0].case
    assert np.ptp(pick(spread)) > 0.0
    scenario = load(path, [Setting(key, value)])
    assert np.ptp(pick(scenario.seating.questions(drawn(scenario, 20))[0].case)) == 0.0
    other = scenario.seating.questions(drawn(scenario, 20))[0].case
    assert (other.council.traits[:, :, :3] == spread.council.traits[:, :, :3]).all()  # nobody else's draws move


def worlds(case, rng):
    """One world a draw, played by plain comparison: who objects to the text as tabled. (draws, N)"""
    stances = table(case)
    u = rng.random(stances.not_support.shape)
    supporters = (u >= stances.not_support).sum(axis=-1)
    rows = stances.object[np.arange(len(u)), supporters, 0]
    return u < rows


def test_weighted_draws_are_those_kept_by_rejection(tmp_path):
    """One-shot consensus: keep the worlds in which D alone objected, and compare what is then believed."""
    scenario = load(written(tmp_path))
    many = 60_000
    found = drawn(scenario, many)
    case = scenario.seating.questions(found)[0].case
    weights = likelihood(scenario.actual, scenario.seed, 0, many)
    objects = worlds(case, np.random.default_rng(3))
    kept = objects[:, 3] & ~objects[:, :3].any(axis=-1)
    assert weights.mean() == pytest.approx(kept.mean(), abs=4 * np.sqrt(kept.var() / many))
    second = scenario.seating.questions(found)[1].case
    for values in (
        np.log(found.factors["loss"]),
        found.columns["loss"][:, 3],
        found.places[("procedure", "isolation")],
        exact.outcomes(second).adopted_any,
        exact.outcomes(case.but(rule=scenario.questions[0].compared[0])).adopted_any,
    ):
        by_weight, by_rejection = np.average(values, weights=weights), values[kept].mean()
        error = values[kept].std() / np.sqrt(kept.sum()) + values.std() / np.sqrt(effective(weights))
        assert abs(by_weight - by_rejection) < 4 * error
        assert abs(by_weight - values.mean()) > 0.0  # and the observation did say something


def test_several_observations_multiply(tmp_path):
    also = '[[observed]]\nproposal = "Second"\nadopted = true\n\n[run]'
    scenario = load(written(tmp_path, ("[run]", also)))
    both = likelihood(scenario.actual, 5, 0, 30)
    one = likelihood(replace(scenario.actual, observed=scenario.actual.observed[:1]), 5, 0, 30)
    second = exact.outcomes(scenario.seating.questions(drawn(scenario, 30))[1].case).adopted_any
    assert both == pytest.approx(one * second, abs=1e-15)
    assert (likelihood(replace(scenario.actual, observed=()), 5, 0, 30) == 1.0).all()


def test_the_observed_happened_in_the_world_as_it_was(tmp_path):
    """Another rule, member or text is a question about that world; another weight is another belief about it."""
    path = written(tmp_path)
    base = likelihood(load(path).actual, 5, 0, 30)
    for key, value in (("procedure.rule", "majority"), ("members.D.loss", 0.1), ("council.without", ["D"])):
        assert (likelihood(load(path, [Setting(key, value)]).actual, 5, 0, 30) == base).all()
    assert (likelihood(load(path, [Setting("weights.loss", 1.0)]).actual, 5, 0, 30) != base).all()


def test_effective_numbers_and_points():
    assert effective(np.full(50, 1e-300)) == pytest.approx(50)
    assert effective(np.array([0.0, 1e-9, 0.0])) == pytest.approx(1)
    assert effective(np.zeros(3)) == 0
    values = np.random.default_rng(0).random(400)
    assert (band(values) == band(values, np.full(400, 0.3))).all()
    twice = np.concatenate([values, values[:100]])
    weights = np.where(np.arange(400) < 100, 2.0, 1.0)
    assert points(values, weights) == points(twice)  # a weight of two is a draw that came twice


def result_of(path, *more):
    scenario = load(path, more)
    return scenario, over_draws(scenario, answer(scenario), workers=1)


def test_a_result_keeps_both_layers(tmp_path):
    scenario, result = result_of(written(tmp_path))
    assert (result.draws, result.rule_draws) == (40, 8)
    assert 1 <= result.effective_draws <= 40
    first = result.proposals[0]
    assert (first.fitted, result.proposals[1].fitted) == (True, False)
    found = drawn(scenario, 40)
    case = scenario.seating.questions(found)[0].case
    weights = likelihood(scenario.actual, 5, 0, 40)
    adopted = exact.outcomes(case).adopted_any
    assert first.uncertainty["adopted_any"] == points(adopted)
    assert first.conditioned["adopted_any"] == points(adopted, weights)
    assert result.effective_draws == effective(weights)
    blame = exact.blame(case)
    by_id = {each["id"]: each for each in first.conditioned["blame"]}
    assert list(by_id) == ["A", "B", "C", "D"]
    for name in ("support", "acquiesce", "object", "final_hold_out", "lone_hold_out"):
        for n, member in enumerate(by_id):
            expected = points(getattr(blame, name)[:, n], weights)
            assert by_id[member][name] == pytest.approx(expected, abs=1e-12)
    assert "shapley" not in by_id["D"]
    majority = exact.outcomes(case.but(rule=scenario.questions[0].compared[0])).adopted_any[:8]
    assert first.uncertainty["rules"] == [{"rule": "majority", "adopted_any": points(majority)}]
    assert {each.name for each in result.moved} >= {"weights.gain", "weights.loss", "procedure.isolation"}


def test_published_values_stay_what_they_are_without_draws(tmp_path):
    path = written(tmp_path)
    _, result = result_of(path)
    _, bare = result_of(path, Setting("uncertainty.draws", 0))
    assert (bare.draws, bare.effective_draws, bare.proposals[0].uncertainty, bare.moved) == (0, None, None, None)
    for one, other in zip(result.proposals, bare.proposals, strict=True):
        assert replace(one, uncertainty=None, conditioned=None, fitted=False) == other


def test_with_nothing_observed_conditioning_changes_nothing(tmp_path):
    path = written(tmp_path, ('[[observed]]\nproposal  = "First"\nadopted   = false\nhold_outs = ["D"]\n', ""))
    _, result = result_of(path)
    assert result.effective_draws == pytest.approx(40)
    assert result.proposals[0].conditioned == result.proposals[0].uncertainty


def test_simulated_draws_are_near_the_exact_ones(tmp_path):
    path = written(tmp_path)
    _, summed = result_of(path)
    _, counted = result_of(path, *settings(run__engine="simulate", run__replicates=20_000))
    for one, other in zip(summed.proposals, counted.proposals, strict=True):
        for name in ("adopted_any", "lone_hold_out"):
            for point in ("p05", "p50", "p95"):
                assert one.uncertainty[name][point] == pytest.approx(other.uncertainty[name][point], abs=0.02)
    assert counted.effective_draws == summed.effective_draws  # the likelihood is exact all the same


def test_no_likelihood_means_nothing_conditioned(tmp_path):
    rule = 'rule = { name = "weighted", column = "votes", quota = 6 }'
    votes = [(f'id = "{member}",', f'id = "{member}", votes = {n},') for n, member in enumerate("ABCD", 1)]
    _, result = result_of(written(tmp_path, ("[compare]", f"[procedure]\n{rule}\n\n[compare]"), *votes))
    assert result.effective_draws is None
    assert result.proposals[0].conditioned is None
    assert result.proposals[0].uncertainty is not None


def test_a_contradiction_is_one_message_and_keeps_the_rest(tmp_path, capsys):
    path = written(tmp_path, ('id = "D",', 'id = "D", never_objects = true,'))
    status = main(["run", path, "--json"])
    said, wrong = capsys.readouterr()
    result = json.loads(said)
    assert status == 2
    assert wrong.count("\n") == 1
    assert ": observed: in none of the outer draws" in wrong
    assert (result["effective_draws"], result["proposals"][0]["conditioned"]) == (0.0, None)
    assert result["proposals"][0]["uncertainty"]["adopted_any"]["p50"] > 0
