"""Laws: what more of one thing does on every replicate (docs/model.md, section 9), what a batch is to its parts, and
what every registered rule owes."""

from dataclasses import fields, replace
from inspect import Parameter

import numpy as np
import pytest
from councils import EQUAL, INSTRUMENTS, MIXED, UNEQUAL, a_case, a_council, a_rule, cases, plain_case, some_option
from hypothesis import given, settings

from sim.engines import exact
from sim.engines.simulate import Chance
from sim.model import stances
from sim.model.case import Procedure
from sim.model.process import ADOPTIONS, play
from sim.model.rules import REGISTERED, RuleError, options, rule
from sim.model.stances import table

SEED = 2023

# -- the theorem ------------------------------------------------------------------------------------------------------


def adopted(case, replicates=250):
    """Is the text adopted, in each replicate?"""
    found = np.empty(replicates, bool)
    for each in play(case, table(case), Chance(case, SEED).draws(0, replicates, notice=True)):
        found[each.replicate] = each.outcome < ADOPTIONS
    return found


def more(case, name, rng):
    """The same case with more of one thing."""
    council, p = case.council, case.procedure
    one = np.arange(council.size) == rng.integers(council.size)
    if name == "independence":
        return replace(case, council=council.but(independence=np.where(one, 1.0, council.independence)))
    if name == "cost trait":
        traits = council.traits.copy()
        driver = rng.integers(len(council.drivers.benefits), len(traits))
        traits[driver] += (1.0 - traits[driver]) * (one | (rng.uniform(size=council.size) < 0.5))
        return replace(case, council=council.but(traits=traits))
    if name == "k":
        k = council.size - case.rule.criteria[0].quota
        return case.but(rule=rule(council, "consensus-minus", k=min(k + 1, council.size - 1)))
    if name == "silence_hours":
        return case.but(silence_hours=rng.choice([p.silence_hours + 9.0, np.inf]))
    if name == "opt_out_relief":
        return case.but(opt_out_relief=(1.0 + p.opt_out_relief) / 2.0)
    step = {"payment_members": 1, "opt_out_members": 1, "rounds": 1, "withdraw_above": 1}.get(name, 1.0)
    return case.but(**{name: getattr(p, name) + step})


LOWERING = ("independence", "cost trait", "silence_hours")
RAISING = ("isolation", "objection_cost", "payment_value", "payment_members", "opt_out_members", "opt_out_relief")
RAISING += ("k", "rounds", "withdraw_above")


@pytest.mark.parametrize("name", LOWERING + RAISING)
def test_more_of_it_moves_adoption_one_way_on_every_replicate(name):
    instrument = {"silence_hours": "silence", "withdraw_above": "patience", "payment_value": "payment"}.get(name, "")
    if name.startswith("opt_out"):
        instrument = "opt-out"
    moved = 0
    for seed in range(70):
        some = {each for k, each in enumerate(INSTRUMENTS) if (seed * 37 >> k) & 1} | {instrument}
        rule_name = "consensus-minus" if name == "k" else EQUAL[seed % len(EQUAL)]
        case = a_case(seed, 2 + seed * 7 % 15, rule_name, 1 + seed % 4, some)
        before, after = adopted(case), adopted(more(case, name, np.random.default_rng(seed)))
        low, high = (after, before) if name in LOWERING else (before, after)
        assert not (low & ~high).any(), (name, seed)
        moved += int((high & ~low).sum())
    assert moved > 20


@pytest.mark.parametrize("name", LOWERING + RAISING)
def test_more_of_it_moves_the_exact_probability_one_way(name):
    for seed in range(12):
        rule_name = "consensus-minus" if name == "k" else EQUAL[seed % len(EQUAL)]
        case = a_case(seed, 2 + seed % 7, rule_name, 1 + seed % 3, {"payment", "hazard", "patience", "grievance"})
        changed = more(case, name, np.random.default_rng(seed))
        change = exact.outcomes(changed).adopted_any - exact.outcomes(case).adopted_any
        assert (-change if name in LOWERING else change) > -1e-12, (name, seed)


def passing(case):
    return exact.outcomes(case).adopted_any


def test_added_supporters_can_isolate_the_hold_out_and_raise_adoption():
    alone, accompanied = plain_case(1, -1.0, isolation=3.0), plain_case(3, [-1.0, 40.0, 40.0], isolation=3.0)
    assert passing(accompanied) > passing(alone) + 0.3


def test_more_dilution_can_do_either():
    case = plain_case(1, -2.0, rounds=2, objection_cost=1.0, fatigue=0.5)
    softer = case.but(dilution_step=0.5, dilution_floor=0.4)
    assert passing(softer) > passing(case) + 0.1
    assert passing(softer.but(dilution_floor=0.6)) < passing(case) - 0.05


def test_a_benefit_on_which_the_stake_rests_can_make_objecting_likelier():
    def member(trait):
        case = plain_case(1, 0.0, objection_cost=1.0)
        council = case.council.but(traits=np.array([[trait], [0.0]]), stake=np.array([0.1 + 0.9 * trait]))
        text = replace(case.proposal, loadings=np.array([1.0, 0.0]), grievance=np.array([-2.0]))
        return replace(case, council=council, proposal=text, weights=np.ones(2))

    assert passing(member(0.9)) < passing(member(0.1)) - 0.3


# -- the shape law ----------------------------------------------------------------------------------------------------

MEMBERS = {"traits": 2, "stake": 1, "independence": 1, "attention": 1, "never_objects": 1}  # axes of their own
TEXT = {"appeal": 0, "loadings": 1, "grievance": 1}
SHARED = {"rounds", "withdraw_above", "dilution_first_round", "payment_members", "opt_out_members"}
SHARED |= {"opt_out_first_round", "months_per_round"}
PROCEDURE = {each.name: 0 for each in fields(Procedure) if each.name not in SHARED}
EVERYTHING = {**MEMBERS, **TEXT, **PROCEDURE, "weights": 1}


def part(case, name):
    owner = case.council if name in MEMBERS else case.proposal if name in TEXT else case.procedure
    return np.asarray(case.weights if name == "weights" else getattr(owner, name))


def built(case, parts):
    """The case with these parts of it."""
    members = {name: value for name, value in parts.items() if name in MEMBERS}
    text = {name: value for name, value in parts.items() if name in TEXT}
    return replace(
        case,
        council=case.council.but(**members),
        proposal=replace(case.proposal, **text),
        weights=parts.get("weights", case.weights),
        procedure=replace(case.procedure, **{name: value for name, value in parts.items() if name in PROCEDURE}),
    )


def varied(case, rng, front, silence=True):
    """Everything that may vary does, over the axes in front; counts and rule stay."""
    drivers, size = case.council.traits.shape

    def many(draw, *own):
        return draw(size=(*front, *own))

    def between(low, high):
        return lambda size: rng.uniform(low, high, size)

    parts = {
        "traits": many(between(0.0, 1.0), drivers, size),
        "stake": many(between(0.1, 1.0), size),
        "independence": many(between(0.0, 1.0), size),
        "attention": many(between(0.02, 0.3), size),
        "never_objects": many(between(0.0, 1.0), size) < 0.1,
        "appeal": many(between(-1.0, 3.0)),
        "loadings": many(between(0.0, 1.0), drivers),
        "grievance": many(between(-2.0, 2.0), size),
        "weights": many(between(0.0, 3.0), drivers),
        "silence_hours": many(between(3.0, 40.0)) if silence else case.procedure.silence_hours,
        "isolation_curvature": np.asarray(many(lambda size: rng.choice([0.0, 0.5, 1.0, 2.0], size))),
        "withdrawal_hazard": many(between(0.0, 0.4)),
        "dilution_step": np.asarray(many(lambda size: rng.choice([0.0, 0.1, 0.2, 0.3], size))),
        "dilution_floor": np.asarray(many(lambda size: rng.choice([0.1, 0.5, 0.7, 1.0], size))),
        "opt_out_relief": many(between(0.0, 1.0)),
    }
    for name in ("objection_cost", "isolation", "fatigue", "payment_value"):
        parts[name] = many(between(0.0, 2.0))
    assert parts.keys() == EVERYTHING.keys()
    return parts


def answers(case):
    """What every core function says about a case: name → array with the case's axes in front."""
    rows = np.arange(case.council.size + 1)
    found = {
        "value": stances.value(case),
        "contributions": stances.contributions(case),
        "relief": stances.relief(case),
        "objection_cost": stances.objection_cost(case, rows),
        "ambition": case.ambition,
        "lasts": case.lasts,
        "logistic": stances.logistic(stances.value(case)),
    }
    parts = {"table": table(case), "outcomes": exact.outcomes(case), "blame": exact.blame(case)}
    for name, each in parts.items():
        found |= {f"{name}.{key}": array for key, array in vars(each).items() if array is not None}
    del found["table.supporters"]
    return found


def same_in_parts(block, cell, where):
    """Is what is said of the block, at `where`, bit for bit what is said of the cell alone?"""
    alone = answers(cell)
    for name, together in answers(block).items():
        expected = np.asarray(alone[name])
        mine = np.broadcast_to(together, (*block.shape, *expected.shape))[where]
        assert mine.tobytes() == expected.tobytes(), name


KINDS = (("consensus", True), ("consensus-minus", False), ("majority", True), ("unanimity", False))


def template(seed, name, size, silence):
    case = a_case(seed, size, name, 3, {"payment", "opt-out", "patience", "silence"}).but(
        withdraw_above=2, payment_members=1, opt_out_members=1, opt_out_first_round=1
    )
    return case if silence else case.but(silence_hours=np.inf)


@pytest.mark.parametrize(("name", "silence"), KINDS)
def test_a_block_says_of_each_case_what_the_case_says_alone(name, silence):
    case = template(5, name, 5, silence)
    parts = varied(case, np.random.default_rng(5), (7,), silence)
    block = built(case, parts)
    for k in range(7):
        cell = {each: value[k] if np.ndim(value) > EVERYTHING[each] else value for each, value in parts.items()}
        same_in_parts(block, built(case, cell), k)


@pytest.mark.parametrize("name", sorted(EVERYTHING))
def test_a_block_in_one_thing_alone(name):
    case = template(6, "consensus", 4, silence=True)
    values = varied(case, np.random.default_rng(6), (3,))[name]
    for k in range(3):
        same_in_parts(built(case, {name: values}), built(case, {name: values[k]}), k)


@pytest.mark.parametrize("name", ["consensus", "majority"])
def test_a_block_with_two_axes_that_broadcast(name):
    case = template(7, name, 4, silence=False)
    rng = np.random.default_rng(7)
    rows, columns = varied(case, rng, (2, 1), silence=False), varied(case, rng, (3,), silence=False)
    names = sorted(EVERYTHING.keys() - {"silence_hours"})
    block = built(case, {each: (rows if k % 2 else columns)[each] for k, each in enumerate(names)})
    assert block.shape == (2, 3)
    for i, j in np.ndindex(2, 3):
        cell = {each: rows[each][i, 0] if k % 2 else columns[each][j] for k, each in enumerate(names)}
        same_in_parts(block, built(case, cell), (i, j))


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("silence_hours", [4.0, np.inf, 24.0, 0.0]),
        ("withdrawal_hazard", [0.0, 0.3, 0.0, 0.9]),
        ("dilution_step", [0.0, 0.2, 0.6, 1.0]),
        ("payment_value", [0.0, 0.5, 1e3, 0.0]),
        ("attention", [[0.1] * 4, [0.1, 0.2, 0.1, 0.1], [0.3] * 4, [1e-3, 0.1, 1.0, 9.0]]),
    ],
)
def test_a_block_of_cases_of_different_kinds(name, values):
    case = template(8, "consensus", 4, silence=name == "attention").but(rounds=3, dilution_floor=0.5)
    values = np.array(values)
    for k in range(len(values)):
        same_in_parts(built(case, {name: values}), built(case, {name: values[k]}), k)


def test_a_large_block_says_the_same_as_its_cases():
    case = template(9, "consensus", 6, silence=False)
    parts = varied(case, np.random.default_rng(9), (90,), silence=False)
    block = exact.outcomes(built(case, parts)).outcomes
    for k in (0, 1, 63, 64, 65, 89):
        cell = {name: value[k] for name, value in parts.items() if name != "silence_hours"}
        assert exact.outcomes(built(case, cell)).outcomes.tobytes() == block[k].tobytes()


@settings(max_examples=60)
@given(cases())
def test_rules_say_of_each_replicate_what_they_say_of_it_alone(case):
    rng, size = np.random.default_rng(SEED), case.council.size
    supports = rng.uniform(size=(3, 4, size)) < 0.5
    objects = ~supports & (rng.uniform(size=(3, 4, size)) < 0.5)
    for ask in (case.rule.lacking, case.rule.passes, case.rule.favour):
        together = ask(supports, objects)
        for where in np.ndindex(3, 4):
            assert np.array_equal(together[where], ask(supports[where], objects[where]))


@settings(max_examples=40)
@given(cases())
def test_a_replicate_alone_is_what_it_is_among_others(case):
    draws, choices = Chance(case, SEED).draws(0, 12, notice=True), table(case)
    together = list(play(case, choices, draws))
    for r in range(12):
        alone = list(play(case, choices, draws.of(np.array([r]))))
        mine = [(each, np.flatnonzero(each.replicate == r)) for each in together if (each.replicate == r).any()]
        assert len(alone) == len(mine)
        for one, (each, at) in zip(alone, mine, strict=True):
            assert np.array_equal(one.objects, each.objects[at])
            assert np.array_equal(one.outcome, each.outcome[at])


@settings(max_examples=40)
@given(cases())
def test_a_row_of_the_table_alone_is_what_it_is_among_others(case):
    whole = table(case)
    for s in range(case.council.size + 1):
        row = table(case, np.array([s]))
        assert row.object[0].tobytes() == whole.object[s].tobytes()
        if whole.refuse_payment is not None:
            assert row.refuse_payment[0].tobytes() == whole.refuse_payment[s].tobytes()
        if whole.refuse_opt_out is not None:
            assert row.refuse_opt_out[0].tobytes() == whole.refuse_opt_out[s].tobytes()


# -- what the table promises ------------------------------------------------------------------------------------------


@settings(max_examples=60)
@given(cases())
def test_who_objects_or_refuses_later_did_so_before_and_supporters_never_object(case):
    choices = table(case)
    for later in (choices.object, choices.refuse_payment, choices.refuse_opt_out):
        if later is not None:
            played = later[:, case.lasts]
            assert (np.diff(played, axis=1) <= 1e-15).all()
    assert (choices.object <= choices.not_support).all()
    assert (choices.object[..., case.council.never_objects] == 0.0).all()


def test_the_logistic_function_does_not_overflow():
    with np.errstate(all="raise", under="ignore"):
        found = stances.logistic(np.array([-1e308, -800.0, -40.0, 0.0, 40.0, 800.0, 1e308]))
    assert found[[0, 3, -1]].tolist() == [0.0, 0.5, 1.0]
    assert found[2] == pytest.approx(np.exp(-40.0), rel=1e-15)


# -- what every rule owes ---------------------------------------------------------------------------------------------


def stances_at_random(rng, many, size):
    """(many, N) of 0 object, 1 acquiesce, 2 support; some nearly unanimous."""
    leaning = rng.dirichlet((0.6, 0.6, 0.6), size=many)
    return (rng.uniform(size=(many, size, 1)) > np.cumsum(leaning, axis=-1)[:, None, :2]).sum(axis=-1)


@pytest.mark.parametrize("name", [*REGISTERED, MIXED])
def test_raising_one_members_stance_never_undoes_adoption(name):
    passed = failed = 0
    for seed in range(60):
        rng = np.random.default_rng(seed)
        council = a_council(rng, 1 + seed % 20, never_objects=False)
        its = a_rule(rng, council, name)
        before = stances_at_random(rng, 60, council.size)
        passes = its.passes(before == 2, before == 0)
        for i in range(council.size):
            after = before.copy()
            after[:, i] = np.minimum(after[:, i] + 1, 2)
            assert not (passes & ~its.passes(after == 2, after == 0)).any(), (its, i)
        passed, failed = passed + passes.sum(), failed + (~passes).sum()
    assert passed > 50
    assert failed > 50


@pytest.mark.parametrize("name", [*REGISTERED, MIXED])
def test_a_text_that_all_support_passes(name):
    rng = np.random.default_rng(1)
    council = a_council(rng, 9, never_objects=False)
    everybody = np.ones(9, bool)
    assert a_rule(rng, council, name).passes(everybody, ~everybody)


@pytest.mark.parametrize("name", [*REGISTERED, MIXED])
def test_lacking_never_promises_too_much(name):
    """It is 0 or less exactly if the text passes, and no fewer than so many of the missing can make it pass."""
    for seed in range(25):
        rng = np.random.default_rng(seed)
        council = a_council(rng, 1 + seed % 6, never_objects=False)
        its = a_rule(rng, council, name)
        for chosen in stances_at_random(rng, 4, council.size):
            s, o = chosen == 2, chosen == 0
            lacking, missing = int(its.lacking(s, o)), np.flatnonzero(~its.favour(s, o))
            assert (lacking <= 0) == bool(its.passes(s, o))
            for subset in range(2 ** len(missing)):
                won = missing[[bool(subset >> k & 1) for k in range(len(missing))]]
                added = np.isin(np.arange(council.size), won)
                if its.passes(s | added, o & ~added):
                    assert len(won) >= lacking


WRONG = {
    "k": (-1, 9, 1.5, "1"),
    "share": (0, 1.01, -0.5, np.inf, "half"),
    "members": (0.0, 2, -0.5, np.inf, "half"),
    "column": ("nowhere", 3, ["votes"], "nobody"),
    "quota": (0, -5, 10**6, 2.5),
    "blocking": (-1, 1.5, "four"),
    "acquiescence": (1, 0, "yes"),
    "votes": (0, 10, 8.5, "nine"),
}
ALWAYS_WRONG = (None, np.nan, {}, ())


@pytest.mark.parametrize(("name", "option"), [(name, option) for name in REGISTERED for option in options(name)])
def test_a_bad_option_is_refused_by_its_name(name, option):
    rng = np.random.default_rng(0)
    council = a_council(rng, 9, never_objects=False)
    council = council.but(weights={**council.weights, "nobody": np.zeros(9, np.int64)})
    needed = [each for each, default in options(name).items() if default is Parameter.empty]
    fitting = {each: some_option(rng, council, each, {"column": "votes"}) for each in needed}
    fitting |= {"column": "votes"} if "column" in options(name) else {}
    rule(council, name, **fitting)
    wrong = WRONG.get(option, ()) + ALWAYS_WRONG + (() if option == "acquiescence" else (True,))
    for value in wrong:
        with pytest.raises(RuleError) as refusal:
            rule(council, name, **(fitting | {option: value}))
        assert refusal.value.option == option
        assert repr(value) in str(refusal.value)


@pytest.mark.parametrize("name", EQUAL)
def test_rules_in_which_members_count_equally_say_so(name):
    assert a_case(1, 8, name, 1, set()).rule.members is not None


@pytest.mark.parametrize("name", UNEQUAL)
def test_other_rules_say_so(name):
    case = a_case(1, 8, name, 1, set())
    assert replace(case.rule, veto=np.arange(8) == 0).members is None
