"""Comparisons: differences against plain loops over replicates and draws, and what must hold of any of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sim.answers.answer import DoesNotApply, answer, trace
from sim.answers.reading import ResultError
from sim.model.process import ADOPTIONS, OUTCOMES
from sim.scenario.load import Scenario, Setting, load
from sim.study import changes
from sim.study.compare import Candidate, NothingInCommon, compared
from sim.study.differences import Comparison, Gap, Versus
from sim.study.uncertainty import likelihood, numbers, points
from tests.study.small import written

FEW = 300
SIMULATED = (Setting("run.engine", "simulate"), Setting("run.replicates", FEW))


def variant(path: str, *settings: Setting, common: tuple[Setting, ...] = ()) -> Candidate:
    label = ", ".join(each.key for each in settings)
    return Candidate(label, load(path, [*common, *settings]), settings)


def both(path: str, *settings: Setting, common: tuple[Setting, ...] = ()) -> list[Candidate]:
    return [Candidate("reference", load(path, common)), variant(path, *settings, common=common)]


def gaps(versus: Versus) -> dict[str, Gap]:
    """All gaps of a text by name, and by member."""
    found = {"adopted_any": versus.adopted_any, "lone": versus.lone_hold_out, **versus.outcomes}
    for each in versus.members:
        found |= {f"{each.id}.{name}": getattr(each, name) for name in ("object", "final_hold_out", "lone_hold_out")}
    return found


def told(scenario: Scenario, place: int, replicate: int) -> dict[str, bool]:
    """What happened in one replicate, from its chronicle."""
    case = scenario.questions[place].case
    chronicle = trace(case, replicate, scenario.seed)
    held, adopted = chronicle.hold_outs, OUTCOMES.index(chronicle.outcome) < ADOPTIONS
    found = {"adopted_any": adopted, "lone": len(held) == 1, **{each: each == chronicle.outcome for each in OUTCOMES}}
    for place_, each in enumerate(case.council.ids):
        found[f"{each}.object"] = chronicle.stances[0][place_] == "object"  # all notice in time here
        found[f"{each}.final_hold_out"] = each in held
        found[f"{each}.lone_hold_out"] = held == [each]
    return found


@pytest.mark.parametrize(
    "setting",
    [
        Setting("members.D.loss", 0.2),
        Setting("procedure.rule", "majority"),
        Setting("procedure.rounds", 4),
        Setting("council.without", ["B"]),
    ],
    ids=lambda each: each.key,
)
def test_paired_differences_are_those_of_a_plain_loop(setting: Setting, tmp_path: Path) -> None:
    pair = both(written(tmp_path), setting, common=(*SIMULATED, Setting("uncertainty.draws", 0)))
    found = compared(pair)
    for place, text in enumerate(found.proposals):
        (versus,) = text.differences
        one, other = ([told(each.scenario, place, r) for r in range(FEW)] for each in pair)
        assert (versus.engine, versus.replicates) == ("simulate", FEW)
        assert len(gaps(versus)) == 8 + 3 * len(pair[1].scenario.questions[0].case.council.ids)
        for name, gap in gaps(versus).items():
            before, after = (np.array([each[name] for each in side], float) for side in (one, other))
            away = after - before
            assert gap.reference == before.mean()
            assert gap.alternative == after.mean()
            assert gap.difference == pytest.approx(away.mean(), abs=1e-15)
            assert gap.standard_error == pytest.approx(away.std() / np.sqrt(FEW), abs=1e-12)


def test_the_same_scenario_differs_by_nothing_at_all(tmp_path: Path) -> None:
    path = written(tmp_path)
    for common in ((), SIMULATED):
        found = compared([Candidate(each, load(path, common)) for each in ("one", "other")])
        assert found.alternatives[0].changes == []
        assert found.alternatives[0].conditioned
        for text in found.proposals:
            for gap in gaps(text.differences[0]).values():
                assert (gap.difference, gap.standard_error) == (0.0, 0.0)
            for spread in (text.differences[0].adopted_any.uncertainty, text.differences[0].adopted_any.conditioned):
                assert spread is not None
                assert (spread.p05, spread.p95, spread.above, spread.below) == (0.0, 0.0, 0.0, 0.0)


@pytest.mark.parametrize("common", [(), SIMULATED], ids=["exact", "simulated"])
def test_the_other_way_round_the_signs_turn(common: tuple[Setting, ...], tmp_path: Path) -> None:
    path = written(tmp_path)
    one, other = (
        Candidate(label, load(path, [*common, Setting("procedure.rounds", n)])) for label, n in (("a", 1), ("b", 3))
    )
    there, back = compared([one, other]), compared([other, one])
    for text, turned in zip(there.proposals, back.proposals, strict=True):
        mine, theirs = gaps(text.differences[0]), gaps(turned.differences[0])
        for name, gap in mine.items():
            assert gap.difference == pytest.approx(-theirs[name].difference, abs=1e-15)
            assert gap.standard_error == theirs[name].standard_error
        first, second = text.differences[0].adopted_any.uncertainty, turned.differences[0].adopted_any.uncertainty
        assert first is not None
        assert second is not None
        assert (first.above, first.below) == (second.below, second.above)


def test_exact_figures_are_those_of_a_run_and_simulated_ones_lie_near(tmp_path: Path) -> None:
    path, setting = written(tmp_path), Setting("members.D.loss", 0.2)
    none = Setting("uncertainty.draws", 0)
    exactly = compared(both(path, setting, common=(none,)))
    many = (none, Setting("run.engine", "simulate"), Setting("run.replicates", 20_000))
    sampled = compared(both(path, setting, common=many))
    runs = [answer(load(path, settings)) for settings in ([none], [none, setting])]
    for place, (text, other) in enumerate(zip(exactly.proposals, sampled.proposals, strict=True)):
        (versus,) = text.differences
        assert (versus.engine, versus.replicates, versus.adopted_any.standard_error) == ("exact", None, 0.0)
        before, after = (run.proposals[place] for run in runs)
        assert versus.adopted_any.reference == pytest.approx(before.adopted_any, abs=1e-12)
        assert versus.adopted_any.alternative == pytest.approx(after.adopted_any, abs=1e-12)
        blame = {each.id: each for each in after.blame}
        for each in versus.members:
            assert each.final_hold_out.alternative == pytest.approx(blame[each.id].final_hold_out, abs=1e-12)
            assert each.object.alternative == pytest.approx(blame[each.id].object, abs=1e-12)
        for name, gap in gaps(other.differences[0]).items():
            away = abs(gap.difference - gaps(versus)[name].difference)
            assert away <= 5 * gap.standard_error + 3 / 20_000, name


def test_where_one_side_is_not_exact_both_are_simulated(tmp_path: Path) -> None:
    weights = ('id = "A",', 'id = "A", votes = 3,')
    others = [(f'id = "{each}",', f'id = "{each}", votes = 1,') for each in "BCD"]
    path = written(tmp_path, weights, *others)
    weighted = Setting("procedure.rule", {"name": "weighted", "column": "votes", "quota": 4})
    found = compared(
        [Candidate("as it is", load(path)), variant(path, weighted), variant(path, Setting("procedure.rounds", 2))]
    )
    for text in found.proposals:
        sampled, exactly = text.differences
        assert (sampled.engine, sampled.replicates, exactly.engine) == ("simulate", 500, "exact")
        assert sampled.adopted_any.reference * 500 == pytest.approx(round(sampled.adopted_any.reference * 500))
        assert sampled.adopted_any.uncertainty is not None
        assert sampled.adopted_any.uncertainty.draws == found.simulated_draws == 8
    with pytest.raises(DoesNotApply, match=r"'First' in 'procedure\.rule'"):
        compared([Candidate("as it is", load(path)), variant(path, weighted, common=(Setting("run.engine", "exact"),))])


@pytest.mark.parametrize(
    ("key", "value"),
    [("procedure.objection_cost", 3.0), ("members.D.loss", 0.0), ("procedure.rounds", 6), ("procedure.isolation", 4.0)],
)
def test_pairing_never_costs_where_one_scenario_is_kinder_on_every_replicate(
    key: str, value: float, tmp_path: Path
) -> None:
    """The theorem of the model, section 9: adoption there contains adoption here, so the pair is positively related."""
    common = (Setting("run.engine", "simulate"), Setting("uncertainty.draws", 0))
    found = compared(both(written(tmp_path), Setting(key, value), common=common))
    for text in found.proposals:
        gap, many = text.differences[0].adopted_any, text.differences[0].replicates or 0
        assert gap.difference >= 0.0
        alone = [share * (1 - share) / many for share in (gap.reference, gap.alternative)]
        assert gap.standard_error <= np.sqrt(sum(alone)) + 1e-15
        assert gap.standard_error == pytest.approx(np.sqrt(gap.difference * (1 - gap.difference) / many))


def test_a_member_left_out_shifts_nobody_elses_draws(tmp_path: Path) -> None:
    """Where the cost of objecting does not hang on the others, nobody else's wishes change in any replicate."""
    common = (*SIMULATED, Setting("uncertainty.draws", 0), Setting("procedure.isolation", 0.0))
    found = compared(both(written(tmp_path), Setting("council.without", ["B"]), common=common))
    for text in found.proposals:
        (versus,) = text.differences
        assert (versus.only_there, versus.only_here) == (["B"], [])
        assert {each.id for each in versus.members} == {"A", "C", "D"}
        assert all((each.object.difference, each.object.standard_error) == (0.0, 0.0) for each in versus.members)


@pytest.mark.parametrize("common", [(), SIMULATED[:1]], ids=["exact", "simulated"])
def test_intervals_are_of_differences_draw_by_draw(common: tuple[Setting, ...], tmp_path: Path) -> None:
    pair = both(written(tmp_path), Setting("procedure.rounds", 3), common=common)
    found = compared(pair)
    draws = 8 if common else 40
    assert (found.draws, found.simulated_draws) == (40, 8)
    first = pair[0].scenario
    drawn = [
        each.scenario.seating.questions(numbers(each.scenario.spreads, each.scenario.seating.members.ids, 5, 0, draws))
        for each in pair
    ]
    assert first.actual is not None
    weights = likelihood(first.actual, 5, 0, draws)
    for place, text in enumerate(found.proposals):
        gap = text.differences[0].adopted_any
        shares = []
        for questions in drawn:
            case = questions[place].case.block((draws,))
            if common:
                from sim.engines.simulate import simulate

                shares.append(np.array([simulate(case.at((k,)), 500, 5).adopted_any / 500 for k in range(draws)]))
            else:
                from sim.engines import exact

                shares.append(exact.outcomes(case).adopted_any)
        away = shares[1] - shares[0]
        before, after = gap.uncertainty, gap.conditioned
        assert before is not None
        assert after is not None
        assert {name: getattr(before, name) for name in ("p05", "p50", "p95")} == pytest.approx(points(away))
        assert {name: getattr(after, name) for name in ("p05", "p50", "p95")} == pytest.approx(points(away, weights))
        assert before.above == pytest.approx((away > 1e-12).mean())
        assert after.above == pytest.approx(weights[away > 1e-12].sum() / weights.sum())
        assert after.effective_draws == pytest.approx(weights.sum() ** 2 / (weights**2).sum())


def test_conditioned_only_in_the_same_world(tmp_path: Path) -> None:
    path = written(tmp_path)
    (tmp_path / "bare").mkdir()
    seen = '\n[[observed]]\nproposal  = "First"\nadopted   = false\nhold_outs = ["D"]\n'
    bare = written(tmp_path / "bare", (seen, ""))
    rows = [
        Candidate("reference", load(path)),
        Candidate("again", load(path)),
        Candidate("bare", load(bare)),
        variant(path, Setting("weights.size", 5.0)),
        variant(path, Setting("members.D.loss", 0.2)),
        variant(path, Setting("compare.rules", [])),
    ]
    found = compared(rows)
    assert [each.conditioned for each in found.alternatives] == [True, False, False, True, True]
    for each, side in zip(found.proposals[0].differences, found.alternatives, strict=True):
        assert each.adopted_any.uncertainty is not None
        assert (each.adopted_any.conditioned is not None) == side.conditioned
    nothing = compared([Candidate("bare", load(bare)), Candidate("reference", load(path))])
    assert (nothing.effective_draws, nothing.observed, nothing.alternatives[0].conditioned) == (None, None, None)


def test_draws_are_the_fewest_and_the_seed_is_the_references(tmp_path: Path) -> None:
    path = written(tmp_path)
    fewer = Candidate("fewer", load(path, [Setting("uncertainty.draws", 10), Setting("run.seed", 77)]))
    none = Candidate("none", load(path, [Setting("uncertainty.draws", 0)]))
    found = compared([Candidate("reference", load(path)), fewer, none])
    assert (found.draws, found.seed, found.alternatives[0].seed) == (10, 5, 77)
    with_, without = found.proposals[0].differences
    assert with_.adopted_any.uncertainty is not None
    assert (with_.adopted_any.uncertainty.draws, without.adopted_any.uncertainty) == (10, None)
    assert with_.adopted_any.uncertainty.above == with_.adopted_any.uncertainty.below == 0.0  # the same draws, for all


def test_workers_change_nothing(tmp_path: Path) -> None:
    pair = both(written(tmp_path, ("draws    = 40", "draws    = 120")), Setting("procedure.rounds", 3))
    assert compared(pair, workers=1) == compared(pair, workers=2)


def test_texts_meet_by_name(tmp_path: Path) -> None:
    path = written(tmp_path)
    (tmp_path / "other").mkdir()
    other = written(
        tmp_path / "other", ('name   = "First"', 'name   = "Third"'), ('proposal  = "First"', 'proposal  = "Third"')
    )
    found = compared([Candidate("one", load(path)), Candidate("other", load(other))])
    assert [(each.name, len(each.differences), each.lacking) for each in found.proposals] == [
        ("First", 0, ["other"]),
        ("Second", 1, []),
    ]
    assert [(each.label, each.proposals) for each in found.unmatched] == [("other", ["Third"])]
    changed = {each.path: (each.before, each.after) for each in found.alternatives[0].changes}
    assert changed["proposal.First"] == ("present", None)
    assert changed["proposal.Third"] == (None, "present")
    with pytest.raises(NothingInCommon):
        compared([Candidate("one", load(path)), Candidate("other", load(other))], proposal=0)
    only = compared([Candidate("one", load(path)), Candidate("other", load(other))], proposal=1)
    assert [each.name for each in only.proposals] == ["Second"]


def test_changes_name_what_was_set_and_what_was_there(tmp_path: Path) -> None:
    path = written(tmp_path)
    scenario = load(path)
    keys = {
        "members.D.loss": 0.2,
        "procedure.rule": "majority",
        "proposal.appeal": 1.0,
        "procedure.silence_hours": 24.0,
    }
    found = changes.settings_of(scenario, [Setting(key, value) for key, value in keys.items()])
    assert [(each.before, each.after) for each in found] == [
        ("0.8", "0.2"),
        ("consensus", "majority"),
        (None, "1.0"),  # the proposals' own differ
        ("inf", "24.0"),
    ]
    other = load(
        path, [Setting("council.without", ["B"]), Setting("procedure.rounds", 3), Setting("weights.loss", 5.0)]
    )
    found = changes.documents(scenario, other)
    assert [(each.path, each.before, each.after) for each in found] == [
        ("members.B", "present", None),
        ("procedure.rounds", "1", "3"),
        ("weights.loss", "4.0", "5.0"),
    ]


def test_a_record_reads_back_to_the_same_bits(tmp_path: Path) -> None:
    found = compared(both(written(tmp_path), Setting("members.D.loss", 0.2)))
    text = found.to_json()
    assert Comparison.from_json(text) == found
    assert Comparison.from_json(text).to_json() == text
    assert Comparison.from_json(text.replace('"format": 1', '"format": 1, "new": 3')) == found


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": 2}', '{"format": 1, "alternatives": 3}', "[" * 100_000])
def test_a_text_that_is_no_record_is_refused(text: str) -> None:
    with pytest.raises(ResultError):
        Comparison.from_json(text)
