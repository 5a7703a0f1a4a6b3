"""Members that watch the room (docs/model.md, section 7): worked by hand, and what must hold of all cases."""

from __future__ import annotations

import gc
from pathlib import Path

import numpy as np
import pytest
from councils import cases, council_of, plain_case, watching, watching_cases
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from office import office

from sim.engines import exact
from sim.engines.agents import Council
from sim.engines.simulate import Chance, simulate, together
from sim.model.interaction import Interaction, first_to_speak
from sim.model.process import Draws, play
from sim.model.stances import table

SEED = 2023
KEEN = 1.0 - 2.0**-53


def same(one, other):
    return all(np.array_equal(counts, vars(other)[name]) for name, counts in vars(one).items())


# -- worked by hand ---------------------------------------------------------------------------------------------------


def ends(case, taste, secret=None, notice=None):
    """Who objects, and who does so openly, round by round, as texts such as "AB/A", in one replicate of these draws."""
    size = case.council.size
    notice = np.linspace(0.1, 0.5, size) if notice is None else np.asarray(notice)
    secret = np.full(size, KEEN) if secret is None else np.asarray(secret)
    draws = Draws(np.array([taste]), notice[None], np.array([KEEN]), secret[None])
    letters = np.array(list("ABCDE"[:size]))
    return [
        "/".join("".join(letters[who[0]]) for who in (each.objects, each.open))
        for each in play(case, table(case), draws)
    ]


def worth(*utils):
    """Tastes with which members whose value is 0 are worth so many utils: u = F(epsilon)."""
    return 1.0 / (1.0 + np.exp(-np.array(utils, float)))


def tied(case, ties, heed=1.0, hide=0.0):
    return case.but(interaction=Interaction(heed, hide, np.array(ties, float)))


def test_a_last_hold_out_gives_in_when_the_others_have():
    # three members that dislike the text by 1.2, .7 and 5; S = 0, so K = 2 E. Round 0: all object, at no cost.
    case = plain_case(3, rounds=4, isolation=2.0).but(heed=1.0)
    # round 1: E = 0, all object again. C never gives in, so nobody ever is left alone.
    assert ends(case, worth(-1.2, -0.7, -5.0)) == ["ABC/ABC"] * 4
    # with a supporter D: S = 1/3, K = 2/3 in round 0; E = 1/3 in round 1, as tabled: nothing new is heard
    four = plain_case(4, rounds=4, isolation=2.0).but(heed=1.0)
    assert ends(four, worth(-1.2, -0.7, -5.0, 3.0)) == ["ABC/ABC"] * 4
    # B dislikes it by .6 < 2/3: silent from the start. A hears it: E = 2/3, K = 4/3 > 1.2, and gives in; C hears both
    assert ends(four, worth(-1.2, -0.6, -5.0, 3.0)) == ["AC/AC", "C/C", "C/C", "C/C"]
    # without heed A holds out; half heeding, K = 2 (1/3 + 2/3) / 2 = 1 < 1.2, so does it
    assert ends(four.but(heed=0.0), worth(-1.2, -0.6, -5.0, 3.0)) == ["AC/AC"] * 4
    assert ends(four.but(heed=0.5), worth(-1.2, -0.6, -5.0, 3.0)) == ["AC/AC"] * 4
    # at heed .7, K = 2 (.3/3 + 1.4/3) = 1.1333 < 1.2; at .81, K = 1.2067
    assert ends(four.but(heed=0.81), worth(-1.2, -0.6, -5.0, 3.0)) == ["AC/AC", "C/C", "C/C", "C/C"]


def test_who_listens_to_nobody_hears_nothing():
    four = plain_case(4, rounds=3, isolation=2.0)
    ties = np.ones((4, 4)) - np.eye(4)
    ties[0] = 0.0  # A, who gave in above
    assert ends(tied(four, ties), worth(-1.2, -0.6, -5.0, 3.0)) == ["AC/AC"] * 3


def test_who_listens_to_one_alone_follows_what_that_one_did_in_the_round_before():
    # A listens to C only, who always objects: E = 0, K = 0, and A objects as it pleases, even if all others support.
    five = plain_case(5, rounds=3, isolation=2.0)
    ties = np.zeros((5, 5))
    ties[0, 2] = 0.3
    taste = worth(-0.1, 3.0, -9.0, 3.0, 3.0)  # S = 3/4 for A: K = 1.5 > .1 in round 0
    assert ends(tied(five, ties), taste) == ["C/C", "AC/AC", "AC/AC"]
    # A listens to B only, who is silent: E = 1, K = 2 > 1.6 > 1.5 = 2 S
    ties = np.zeros((5, 5))
    ties[0, 1] = 7.0
    assert ends(tied(five, ties), worth(-1.6, 3.0, -9.0, 3.0, 3.0)) == ["AC/AC", "C/C", "C/C"]
    # A listens to B, who listens to A: each hears the other's past, and they never both move at once
    ties = np.zeros((5, 5))
    ties[0, 1] = ties[1, 0] = 1.0
    assert ends(tied(five, ties), worth(-1.0, -1.6, 9.0, 3.0, 3.0)) == ["B/B", "A/A", "B/B"]


def test_the_weight_of_ties_is_what_counts():
    # A listens to C, who objects, three times as much as to B, who is silent: E = 1/4, K = 1/2
    five = plain_case(5, rounds=2, isolation=2.0)
    ties = np.zeros((5, 5))
    ties[0, 1], ties[0, 2] = 1.0, 3.0
    for dislike, objects in ((-0.49, "C/C"), (-0.51, "AC/AC")):
        assert ends(tied(five, ties), worth(dislike, 3.0, -9.0, 3.0, 3.0)) == ["C/C", objects]


def test_all_but_the_first_to_speak_may_hide():
    three = plain_case(4, rounds=2).but(hide=0.5)
    taste = worth(-5.0, -5.0, -5.0, 3.0)
    # they look up in the order C, A, B; z: A and C would hide, but C is first
    notice, secret = [0.3, 0.4, 0.2, 0.1], [0.49, 0.5, 0.0, 0.0]
    assert ends(three, taste, secret, notice) == ["ABC/BC", "ABC/BC"]
    # the time to look up is tau / mu: with twice C's attention, A is first, and C hides
    council = three.council.but(attention=np.array([0.4, 0.1, 0.1, 0.1]))
    assert ends(three.but(council=council), taste, secret, notice) == ["ABC/AB", "ABC/AB"]


def test_a_hidden_objector_blocks_but_is_not_heard_and_not_counted_by_the_chair():
    # consensus: A open, B hidden. When A gives in (fatigue), B is first, and must speak
    two = plain_case(3, rounds=4, fatigue=1.0).but(hide=1.0)
    assert ends(two, worth(-1.5, -9.0, 3.0), [0.0] * 3) == ["AB/A", "AB/A", "B/B", "B/B"]
    # the chair withdraws above 1 objector: it sees one
    assert ends(two.but(withdraw_above=1), worth(-1.5, -9.0, 3.0), [0.0] * 3)[1:] == ["AB/A", "B/B", "B/B"]
    assert ends(two.but(withdraw_above=1, hide=0.0), worth(-1.5, -9.0, 3.0), [0.0] * 3) == ["AB/AB"]
    # A hears of nobody else, since B hides: E = 1, K = 2 + 0; openly, E = 1/2, K = 1
    heeding = plain_case(3, rounds=2, isolation=2.0).but(heed=1.0, hide=1.0)
    taste = worth(-1.5, -9.0, 3.0)
    assert ends(heeding, taste, [0.0] * 3) == ["AB/A", "B/B"]
    assert ends(heeding.but(hide=0.0), taste, [0.0] * 3) == ["AB/AB", "AB/AB"]


def test_a_payment_weighs_what_it_costs_to_object_as_it_is_heard():
    # one payment of .2 on offer from the start; A dislikes by 1.15, C by 5; S = 1/3, K = 2/3 in round 0: A refuses,
    # in round 1 E = 2/3, K = 4/3, and A does not even object
    four = plain_case(
        4, rounds=2, isolation=2.0, payment_value=0.2, payment_members=2, rule_name="consensus-minus", k=1
    )
    taste = worth(-1.15, -0.6, -5.0, 3.0)
    outcomes = [each.outcome.tolist() for each in play(four, table(four), _draws(taste))]
    assert len(outcomes) == 2
    heeding = four.but(heed=1.0)
    assert [each.objects.sum() for each in play(heeding, table(heeding), _draws(taste))] == [2, 1]


def _draws(taste):
    size = len(taste)
    return Draws(np.array([taste]), np.full((1, size), 0.5), np.array([KEEN]), np.full((1, size), KEEN))


# -- laws -------------------------------------------------------------------------------------------------------------


@settings(max_examples=80)
@given(cases(), st.integers(0, 2**32 - 1))
def test_ties_without_heed_or_hide_change_nothing(case, seed):
    tied_ = watching(case, seed).but(heed=0.0, hide=0.0)
    assert same(simulate(case, 60, SEED, blame=True), simulate(tied_, 60, SEED, blame=True))


@settings(max_examples=30)
@given(cases(rules=("consensus", "consensus-minus", "majority")), st.floats(0.0, 1.0), st.integers(0, 2**32 - 1))
def test_hiding_alone_changes_no_outcome_where_the_chair_never_withdraws_for_objectors(case, hide, seed):
    case = case.but(withdraw_above=1 << 40)
    open_, hiding = (simulate(each, 80, SEED, blame=True) for each in (case, case.but(hide=hide)))
    for name, counts in vars(open_).items():
        if name not in ("open_hold_out", "lone_open_hold_out", "lone_open", "hidden_squares"):
            assert np.array_equal(counts, vars(hiding)[name]), name
    assert exact.applies(case.but(hide=hide)) == exact.applies(case)
    if exact.applies(case) is None:
        assert np.array_equal(exact.outcomes(case).outcomes, exact.outcomes(case.but(hide=hide)).outcomes)


@settings(max_examples=60)
@given(watching_cases(sizes=st.integers(2, 9)), st.integers(0, 2**32 - 1))
def test_equal_ties_written_out_are_the_same_as_none(case, seed):
    weight = float(np.random.default_rng(seed).uniform(0.01, 100.0))
    size = case.council.size
    written = case.but(ties=weight * (np.ones((size, size)) - np.eye(size)))
    assert same(simulate(case.but(ties=None), 80, SEED, blame=True), simulate(written, 80, SEED, blame=True))


@settings(max_examples=60)
@given(watching_cases(), st.integers(0, 2**32 - 1))
def test_what_is_heard_does_not_depend_on_the_batch_or_the_order_of_members(case, seed):
    rng, size = np.random.default_rng(seed), case.council.size
    open_, support = rng.uniform(size=(7, size)) < 0.3, rng.uniform(size=(7, size))
    heard = case.interaction.heard(open_, support)
    assert ((heard >= -1e-12) & (heard <= 1.0 + 1e-12)).all()
    for k in range(7):
        assert case.interaction.heard(open_[k : k + 1], support[k : k + 1]).tobytes() == heard[k : k + 1].tobytes()
    order, ties = rng.permutation(size), case.interaction.ties
    if ties is not None:
        turned = case.but(ties=ties[np.ix_(order, order)]).interaction
        assert np.array_equal(turned.heard(open_[:, order], support[:, order]), heard[:, order])


@settings(max_examples=60)
@given(watching_cases(sizes=st.integers(1, 30)), st.integers(0, 2**32 - 1))
def test_the_first_to_speak_is_open_and_hidden_members_object(case, seed):
    draws = Chance(case, SEED).draws(seed % 1000, 20)
    for each in play(case, table(case), draws):
        first = first_to_speak(each.objects, draws.notice[each.replicate], case.council.attention)
        for r, who in enumerate(first.tolist()):
            assert (who < 0) == (not each.objects[r].any())
            assert who < 0 or each.open[r, who]
        assert not (each.open & ~each.objects).any()


@settings(max_examples=60)
@given(watching_cases(sizes=st.integers(2, 8)), st.integers(0, 10**6))
def test_members_visited_in_any_order_hear_the_same_past(case, replicate):
    def course(turn):
        council = Council(case, replicate, SEED)
        council.random.seed(turn)
        council.play()
        return council.outcome, [(each.objects.tolist(), each.open.tolist()) for each in council.rounds]

    assert len({repr(course(turn)) for turn in range(4)}) == 1


@settings(max_examples=100)
@given(cases(sizes=st.integers(2, 9), rounds=st.integers(2, 5)), st.floats(0.0, 1.0))
def test_where_all_listen_to_all_and_nobody_sleeps_heed_never_undoes_adoption(case, heed):
    """Then the others only seem more united than as tabled, and objecting costs more: docs/model.md, section 9."""
    assume(not case.rule.needs_support or len(case.rule.criteria) == 1)
    assume(np.isinf(case.procedure.silence_hours) and not case.rule.veto.any())
    plain, heeding = together([case, case.but(heed=heed)], 200, SEED)
    assert heeding.lost == 0
    assert plain.gained == plain.lost == 0


# -- the office -------------------------------------------------------------------------------------------------------


def test_the_reference_values_of_the_office():
    case, many = office(), 200_000
    adopted = [simulate(case.but(heed=heed), many, SEED).adopted_any / many for heed in (0.0, 0.5, 1.0)]
    assert adopted == pytest.approx([0.278, 0.312, 0.346], abs=0.003)
    hiding = {heed: simulate(case.but(heed=heed, hide=0.8), many, SEED, blame=True) for heed in (0.0, 1.0)}
    assert hiding[0.0].hidden.sum() / many == pytest.approx(0.0214, abs=0.003)
    assert hiding[1.0].hidden.sum() / many == pytest.approx(0.0114, abs=0.003)
    assert hiding[0.0].lone_open / many == pytest.approx(0.716, abs=0.003)
    assert hiding[0.0].lone / many == pytest.approx(0.695, abs=0.003)


def test_the_exact_engine_says_why_it_does_not_apply():
    case = plain_case(3, rounds=2)
    assert "heed" in exact.applies(case.but(heed=0.1))
    assert exact.applies(case.but(hide=0.1)) is None
    assert exact.applies(case.but(hide=0.1, withdraw_above=3)) is None
    assert "hide" in exact.applies(case.but(hide=0.1, withdraw_above=2))
    assert "heed" in exact.applies(case.but(heed=np.array([0.0, 0.5])))


def test_a_council_of_one_hears_nobody():
    case = plain_case(1, rounds=3, isolation=2.0).but(heed=1.0, hide=1.0)
    assert ends(case, worth(-0.5), [0.0], [0.5]) == ["A/A"] * 3
    assert council_of(1).size == 1


@pytest.mark.slow
def test_memory_stays_flat_over_a_hundred_thousand_replicates_as_agents():
    page = 4096

    def resident():
        gc.collect()
        return int(Path("/proc/self/statm").read_text().split()[1]) * page

    case = watching(plain_case(6, -0.5, rounds=3, isolation=1.0), 5).but(heed=0.7, hide=0.5)
    council = Council(case, 0, SEED, collect=False)
    for replicate in range(2_000):
        council.convene(replicate).play()
    before = resident()
    for replicate in range(2_000, 100_000):
        council.convene(replicate).play()
    assert resident() - before < 4 << 20


def test_the_exact_engine_never_passes_over_heed():
    case = plain_case(3, -0.5, rounds=2, isolation=1.0)
    for watching_ in (case.but(heed=0.1), case.but(hide=0.1, withdraw_above=2)):
        with pytest.raises(ValueError, match=r"exact\.applies"):
            exact.outcomes(watching_)
        assert np.array_equal(exact.as_tabled(watching_), exact.as_tabled(case))
