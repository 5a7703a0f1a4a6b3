"""What outer draws and sweeps ask of blocks: lone hold-outs, stances as tabled, likelihoods of what was observed."""

from dataclasses import replace
from itertools import chain, combinations

import numpy as np
import pytest
from councils import EQUAL, INSTRUMENTS, UNEQUAL, a_case, cases, plain_case
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from office import office
from test_exact import GRAIN, SEED, SMALL, Worlds, corner, plausible, quick
from test_laws import EVERYTHING, built, template, varied

from sim.engines import exact
from sim.engines.simulate import Chance
from sim.model.process import ADOPTIONS, play
from sim.model.stances import table


def subsets(size):
    return chain.from_iterable(combinations(range(size), many) for many in range(size + 1))


def exactly(hold_outs, who):
    """In which replicates were these members the hold-outs, and no others?"""
    return np.all(hold_outs == np.isin(np.arange(hold_outs.shape[1]), who), axis=1)


def check_likelihoods(worlds):
    """Every event that can be observed has the probability that full enumeration gives it."""
    outcome, _, hold_outs = worlds.end()
    failed = outcome >= ADOPTIONS
    case, stances = worlds.case, worlds.stances
    for who in subsets(case.council.size):
        expected = worlds.chance[failed & exactly(hold_outs, who)].sum()
        assert exact.likelihood(case, False, who, stances) == pytest.approx(expected, abs=1e-12), who
        assert not who or exact.likelihood(case, True, who, stances) == 0.0
    for adopted in (True, False):
        expected = worlds.chance[failed != adopted].sum()
        assert exact.likelihood(case, adopted, stances=stances) == pytest.approx(expected, abs=1e-12)


@settings(max_examples=50)
@given(SMALL)
def test_what_was_observed_is_as_probable_as_in_full_enumeration(case):
    assume(exact.applies(case) is None)
    check_likelihoods(Worlds.of(case, GRAIN[case.council.size]))


def test_where_the_chairs_patience_decides_what_was_observed_is_as_probable_as_in_full_enumeration():
    for seed in range(40):
        check_likelihoods(Worlds.of(corner(seed), 5 - 2 * (seed % 2)))


@settings(max_examples=40)
@given(cases(st.integers(1, 7), EQUAL, st.integers(1, 4)).map(quick))
def test_one_of_all_that_can_be_observed_happens(case):
    assume(exact.applies(case) is None)
    stances = table(case)
    failing = [float(exact.likelihood(case, False, who, stances)) for who in subsets(case.council.size)]
    assert min(failing) >= 0.0
    assert sum(failing) == pytest.approx(exact.likelihood(case, False, stances=stances), abs=1e-12)
    assert sum(failing) + exact.likelihood(case, True, stances=stances) == pytest.approx(1.0, abs=1e-12)


@settings(max_examples=80)
@given(SMALL)
def test_lone_hold_outs_and_stances_are_those_of_full_enumeration(case):
    assume(exact.applies(case) is None)
    worlds = Worlds.of(case, GRAIN[case.council.size])
    hold_outs = worlds.end()[2]
    alone = hold_outs & (hold_outs.sum(axis=1) == 1)[:, None]
    assert exact.lone_hold_outs(case, worlds.stances) == pytest.approx(worlds.chance @ alone, abs=1e-12)
    support, acquiesce, objects = exact.as_tabled(case, worlds.stances)
    assert objects == pytest.approx(worlds.chance @ worlds.wishes(), abs=1e-12)
    assert support == pytest.approx(1.0 - worlds.stances.not_support, abs=1e-12)
    assert support + acquiesce + objects == pytest.approx(np.ones(case.council.size), abs=1e-12)


@settings(max_examples=30)
@given(cases(st.integers(1, 31), EQUAL, st.integers(1, 4)).map(quick))
def test_they_are_those_of_blame_and_the_likelihood_that_one_holds_out(case):
    assume(exact.applies(case, blame=True, counterfactual=False) is None)
    stances = table(case)
    blame, lone = exact.blame(case, stances, counterfactual=False), exact.lone_hold_outs(case, stances)
    assert lone.tobytes() == blame.lone_hold_out.tobytes()
    for mine, theirs in zip(
        exact.as_tabled(case, stances), (blame.support, blame.acquiesce, blame.object), strict=True
    ):
        assert mine.tobytes() == theirs.tobytes()
    one = [float(exact.likelihood(case, False, [n], stances)) for n in range(case.council.size)]
    assert lone == pytest.approx(one, abs=1e-12)
    assert np.all(blame.final_hold_out >= lone - 1e-12)
    assert blame.final_hold_out.min() >= 0.0


def test_likelihoods_agree_with_simulate():
    for seed in range(12):
        some = {each for k, each in enumerate(INSTRUMENTS) if (seed * 37 >> k) & 1}
        case = quick(a_case(2000 + seed, 6 + seed % 9, EQUAL[seed % len(EQUAL)], 1 + seed % 4, some - {"opt-out"}))
        draws, size = Chance(case, SEED).draws(0, 3000, notice=True), case.council.size
        found = np.zeros((3000, size), bool)
        failed = np.zeros(3000, bool)
        for each in play(case, table(case), draws):
            failed[each.replicate] = each.outcome >= ADOPTIONS
            found[each.replicate] = each.objects & (each.outcome >= ADOPTIONS)[:, None]
        who, which = np.unique(found[failed], axis=0, return_inverse=True)
        counts = np.bincount(which, minlength=len(who))
        often = np.argsort(-counts)[:8]
        chances = np.array([exact.likelihood(case, False, np.flatnonzero(who[k])) for k in often])
        plausible(counts[often], chances, 3000)


def test_what_no_council_can_do_has_no_likelihood():
    case = plain_case(4, 0.0, "consensus-minus", k=1)
    assert exact.likelihood(case, False, []) == 0.0
    assert exact.likelihood(case, False, [2]) == 0.0
    assert exact.likelihood(case, False, [2, 0]) > 0.0
    assert exact.likelihood(case, True, []) == exact.outcomes(case).adopted_any


def test_who_is_always_won_over_never_holds_out():
    for seed in range(30):
        generous = {"payment_value": 1e3, "payment_members": 6, "rounds": 3}
        case = a_case(seed, 6, "consensus", 3, {"hazard"}).but(**generous)
        found = exact.blame(case, counterfactual=False)
        for each in (found.final_hold_out, found.lone_hold_out):
            assert each.min() >= 0.0
            assert each == pytest.approx(np.zeros(6), abs=1e-14)


def test_the_order_of_hold_outs_does_not_matter_and_strangers_are_refused():
    case = a_case(4, 5, "consensus", 3, {"patience", "hazard"})
    assert exact.likelihood(case, False, [3, 1]) == exact.likelihood(case, False, (1, 3, 1))
    for stranger in (-1, 5):
        with pytest.raises(ValueError, match="not all places"):
            exact.likelihood(case, False, [stranger])


@pytest.mark.parametrize("name", UNEQUAL)
def test_they_do_not_apply_where_members_do_not_count_equally(name):
    case = a_case(3, 4, name, 2, set())
    case = case.but(rule=replace(case.rule, veto=np.arange(4) == 2))
    for ask in (exact.lone_hold_outs, lambda case: exact.likelihood(case, False, [1])):
        with pytest.raises(ValueError, match="count equally"):
            ask(case)


def test_the_office_and_the_french_objection():
    case = office()
    france = case.council.index("FRA")
    assert exact.lone_hold_outs(case)[france] == pytest.approx(0.69447, abs=1e-5)
    assert exact.likelihood(case, False, [france]) == pytest.approx(0.69447, abs=1e-5)
    assert exact.as_tabled(case)[2][france] == pytest.approx(0.95676, abs=1e-5)


# -- blocks -----------------------------------------------------------------------------------------------------------

EVENTS = ((True, None), (False, None), (False, ()), (False, (1,)), (False, (0, 2)), (False, (0, 1, 2, 3)))


def answers(case):
    """All that is asked of a block, with the cases in front."""
    support, acquiesce, objects = exact.as_tabled(case)
    found = {"support": support, "acquiesce": acquiesce, "object": objects, "lone": exact.lone_hold_outs(case)}
    found["final"] = exact.blame(case, counterfactual=False).final_hold_out
    return found | {str(event): exact.likelihood(case, *event) for event in EVENTS}


def same(block, cells):
    """Is what is said of each case in the block bit for bit what is said of it alone?"""
    together = answers(block)
    for k, cell in cells:
        for name, alone in answers(cell).items():
            assert np.asarray(together[name][k]).tobytes() == np.asarray(alone).tobytes(), (name, k)


@pytest.mark.parametrize(
    ("name", "silence"),
    [(name, silence) for name in EQUAL for silence in (True, False) if not (silence and name == "consensus-minus")],
)
def test_a_case_is_in_any_block_what_it_is_alone(name, silence):
    case = template(9, name, 4, silence)
    parts = varied(case, np.random.default_rng(9), (5,), silence)
    for k in range(5):
        single = {each: value[k] if np.ndim(value) > EVERYTHING[each] else value for each, value in parts.items()}
        same(built(case, parts), [(k, built(case, single))])


def test_the_size_of_a_block_does_not_matter():
    rng = np.random.default_rng(11)
    case = office().but(rounds=3)
    weights = 8.0 * np.exp(rng.normal(0.0, 0.2, (70, 7)))
    pieces = (slice(0, 3), 64, slice(63, 70))
    same(replace(case, weights=weights), [(piece, replace(case, weights=weights[piece])) for piece in pieces])


# -- blocks in which some members vary -------------------------------------------------------------------------------


def sweep(case, who, seed, many=3):
    """A block of cases in which these members have traits, stakes, attention and independence of their own."""
    rng, size = np.random.default_rng(seed), case.council.size
    varies = np.isin(np.arange(size), who)

    def mixed(column, *front):
        old = getattr(case.council, column)
        return np.where(varies, rng.uniform(0.05, 1.0, (many, *front, size)), old)

    council = case.council.but(
        traits=mixed("traits", len(case.council.drivers.names)),
        stake=mixed("stake"),
        attention=mixed("attention"),
        independence=mixed("independence"),
    )
    hazard = rng.uniform(0.0, 0.5, many) if case.procedure.withdrawal_hazard else 0.0  # no member's own
    return replace(case, council=council).but(withdrawal_hazard=hazard)


def cell(block, k):
    columns = {name: getattr(block.council, name)[k] for name in ("traits", "stake", "attention", "independence")}
    hazard = block.procedure.withdrawal_hazard
    single = replace(block, council=block.council.but(**columns))
    return single.but(withdrawal_hazard=hazard[k] if np.ndim(hazard) else hazard)


@settings(max_examples=60)
@given(cases(st.integers(1, 8), EQUAL, st.integers(1, 4)).map(quick), st.data())
def test_summing_first_those_that_are_alike_changes_nothing(case, data):
    assume(exact.applies(case) is None)
    who = data.draw(st.sets(st.integers(0, case.council.size - 1)))
    one = data.draw(st.integers(0, case.council.size - 1))
    block = sweep(case, list(who), 3)
    slow, fast = exact.outcomes(block), exact.outcomes(block, varying=who)
    for name, each in vars(slow).items():
        assert getattr(fast, name) == pytest.approx(each, abs=1e-12), name
    block = sweep(case, [one], 4)
    assert exact.lone_hold_outs(block, varying=[one]) == pytest.approx(exact.lone_hold_outs(block), abs=1e-12)


@pytest.mark.parametrize("name", EQUAL)
def test_where_members_vary_a_case_is_in_any_block_what_it_is_alone(name):
    case = template(9, name, 9, silence=name in ("consensus", "majority")).but(withdrawal_hazard=0.1)
    for who in ([4], [7, 0, 3]):
        block = sweep(case, who, 5, 50)
        together, lone = exact.outcomes(block, varying=who), exact.lone_hold_outs(block, varying=who)
        for k in (0, 31, 49):
            alone = exact.outcomes(cell(block, k), varying=who[::-1])
            for each, theirs in vars(alone).items():
                assert np.asarray(theirs).tobytes() == getattr(together, each)[k].tobytes(), each
            assert exact.lone_hold_outs(cell(block, k), varying=who).tobytes() == lone[k].tobytes()


def test_a_member_that_varies_unannounced_is_found_out():
    block = sweep(a_case(5, 4, "majority", 2, {"payment", "silence"}), [1, 2], 6)
    for ask in (exact.outcomes, exact.lone_hold_outs):
        with pytest.raises(ValueError, match="vary"):
            ask(block, varying=[1])
        with pytest.raises(ValueError, match="not all places"):
            ask(block, varying=[-2])


def test_the_office_where_france_varies():
    case = office()
    france = case.council.index("FRA")
    block = sweep(case, [france], 7, 5)
    for ask in (lambda **who: exact.outcomes(block, **who).outcomes, lambda **who: exact.lone_hold_outs(block, **who)):
        assert ask(varying=[france]) == pytest.approx(ask(), abs=1e-12)
