"""simulate against one replicate in plain loops, and its draws against docs/model.md, section 6."""

import os
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from hashlib import blake2b
from pathlib import Path

import numpy as np
import pytest
from councils import EQUAL, INSTRUMENTS, UNEQUAL, a_case, cases, plain_case, watching_cases
from hypothesis import given, settings
from hypothesis import strategies as st
from scalar import Story, tell

from sim.engines import counterfactual
from sim.engines.simulate import Chance, Tally, simulate, trace
from sim.model.draws import Streams, key
from sim.model.process import ADOPTIONS, OUTCOMES, STANCES, Draws, play
from sim.model.rules import rule
from sim.model.stances import table

SEED = 2023
ANY = st.one_of(cases(), watching_cases())


def stories(case, replicates, start=0):
    """The replicates told one by one, on the draws that simulate uses."""
    draws = Chance(case, SEED).draws(start, replicates)
    parts = (draws.taste, draws.notice, draws.agenda, draws.secret)
    chances = zip(*(each.tolist() for each in parts), strict=True)
    return [tell(case, *each) for each in chances]


def played(case, replicates, start=0):
    """(outcome, last round, stances by round, hidden members by round) of each replicate, as play finds them."""
    draws, stances = Chance(case, SEED).draws(start, replicates), table(case)
    supports = draws.taste >= stances.not_support
    told, hidden = [[] for _ in range(replicates)], [[] for _ in range(replicates)]
    found = [None] * replicates
    for each in play(case, stances, draws):
        assert not (each.open & ~each.objects).any()
        at = zip(each.replicate.tolist(), each.objects, each.open, each.outcome.tolist(), strict=True)
        for r, objects, open_, outcome in at:
            hidden[r].append(np.flatnonzero(objects & ~open_).tolist())
            told[r].append([STANCES[2 if o else 0 if s else 1] for o, s in zip(objects, supports[r], strict=True)])
            if outcome >= 0:
                found[r] = (OUTCOMES[outcome], each.number, told[r], hidden[r])
    return found


def counted(case, told: list[Story]) -> Tally:
    """The same counts as a Tally, from stories."""
    size = case.council.size
    all_notice = stories(case.but(silence_hours=np.inf), len(told))

    def by_member(lists):
        return np.bincount([i for each in lists for i in each], minlength=size)

    supporters = [[i for i, each in enumerate(story.stances[0]) if each == "support"] for story in told]
    adopted = [story.last for story in told if story.outcome.startswith("adopted")]
    alone = [story.hold_outs for story in told if len(story.hold_outs) == 1]
    held = [(story.hold_outs, story.hidden[-1]) for story in told]
    seen = [[i for i in hold_outs if i not in hidden] for hold_outs, hidden in held]
    seen_alone = [each for each in seen if len(each) == 1]
    wishes = [[i for i, each in enumerate(story.stances[0]) if each == "object"] for story in all_notice]
    return Tally(
        replicates=len(told),
        outcomes=np.array([sum(story.outcome == name for story in told) for name in OUTCOMES]),
        rounds=np.bincount(adopted, minlength=case.procedure.rounds).astype(np.int64),
        supporters=sum(map(len, supporters)),
        lone=len(alone),
        lone_open=len(seen_alone),
        hidden_squares=sum((len(hold_outs) and len(hidden)) ** 2 for hold_outs, hidden in held),
        support=by_member(supporters),
        object=by_member(wishes),
        first_objector=by_member([[story.first_objector] for story in told if story.first_objector is not None]),
        final_hold_out=by_member([story.hold_outs for story in told]),
        lone_hold_out=by_member(alone),
        open_hold_out=by_member(seen),
        lone_open_hold_out=by_member(seen_alone),
    )


def same(one: Tally, other: Tally) -> bool:
    return all(np.array_equal(counts, vars(other)[name]) for name, counts in vars(one).items())


# -- one replicate ----------------------------------------------------------------------------------------------------


@settings(max_examples=200)
@given(ANY, st.integers(0, 10**6))
def test_every_replicate_is_the_one_that_plain_loops_find(case, start):
    expected = [(story.outcome, story.last, story.stances, story.hidden) for story in stories(case, 25, start)]
    assert played(case, 25, start) == expected


@settings(max_examples=100)
@given(ANY)
def test_the_counts_are_those_of_the_replicates(case):
    assert same(simulate(case, 40, SEED, blame=True), counted(case, stories(case, 40)))


@settings(max_examples=60)
@given(ANY)
def test_without_blame_the_outcomes_are_the_same(case):
    plain, blaming = simulate(case, 40, SEED), simulate(case, 40, SEED, blame=True)
    assert (plain.outcomes.tolist(), plain.rounds.tolist()) == (blaming.outcomes.tolist(), blaming.rounds.tolist())
    assert (plain.supporters, plain.lone, plain.lone_open) == (blaming.supporters, blaming.lone, blaming.lone_open)


@settings(max_examples=100)
@given(cases(rules=("consensus-minus", *UNEQUAL), instruments=("payment", "opt-out", "hazard", "grievance")))
def test_the_members_won_over_are_those_at_the_head_of_the_queue(case):
    for r, story in enumerate(stories(case, 12)):
        rounds = trace(case, r, SEED)[2]
        assert len(rounds) == story.last + 1
        assert np.flatnonzero(rounds[-1].won[0]).tolist() == sorted(story.won)


def test_the_random_cases_meet_every_outcome_under_every_rule_and_in_late_rounds():
    met = Counter()
    for seed in range(240):
        name = (EQUAL + UNEQUAL)[seed % len(EQUAL + UNEQUAL)]
        some = {each for k, each in enumerate(INSTRUMENTS) if (seed * 37 >> k) & 1}
        case = a_case(seed, 1 + seed * 7 % 23, name, 1 + seed % 6, some)
        for story in stories(case, 20):
            met[story.outcome] += 1
            met[name, story.outcome.startswith("adopted")] += 1
            met["late", story.outcome] += story.last >= 2
            met["several won over"] += len(story.won) >= 2
            met["several hold-outs"] += len(story.hold_outs) >= 2
            objecting = [stances.count("object") for stances in story.stances]
            met["more objectors after the deadline"] += objecting[1:2] > objecting[:1]
    expected = [*OUTCOMES, *((name, passed) for name in EQUAL + UNEQUAL for passed in (True, False))]
    expected += ["several won over", "several hold-outs", "more objectors after the deadline"]
    expected += [("late", name) for name in OUTCOMES]
    assert {each: met[each] for each in expected if met[each] < 5} == {}


# -- a few replicates worked by hand ----------------------------------------------------------------------------------


def test_a_text_withdrawn_for_lack_of_ambition_was_last_played_in_the_round_before():
    case = plain_case(1, value=-9.0, rounds=4, dilution_step=0.25, dilution_first_round=2, dilution_floor=0.75)
    story = stories(case, 1)[0]
    assert (story.outcome, story.last) == ("withdrawn", 2)  # ambition 1, 1, .75, .5
    assert played(case, 1)[0][:2] == ("withdrawn", 2)


def test_withdrawal_waits_for_more_objectors_than_the_chair_bears_and_never_comes_in_the_last_round():
    bears = {above: plain_case(3, value=-9.0, rounds=2, withdraw_above=above) for above in (2, 3)}
    assert [played(bears[above], 1)[0][:2] for above in (2, 3)] == [("withdrawn", 0), ("blocked", 1)]
    assert played(plain_case(3, value=-9.0, rounds=1, withdraw_above=1), 1)[0][:2] == ("blocked", 0)


def test_the_sponsors_give_up_with_the_hazard_compounded():
    case = plain_case(1, value=-40.0, rounds=3, withdrawal_hazard=0.3)
    left = simulate(case, 20_000, SEED).outcomes
    agenda = Chance(case, SEED).draws(0, 20_000).agenda
    assert left[OUTCOMES.index("withdrawn")] == sum(x < 1 - 0.7**2 for x in agenda.tolist())


def test_who_does_not_notice_in_time_acquiesces_once_and_objects_later():
    case = plain_case(2, [-40.0, 40.0], rule_name="unanimity", rounds=2, silence_hours=0.0)
    assert [stances[0] for stances in played(case, 1)[0][2]] == ["acquiesce", "object"]


# -- draws ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("start", [0, 1, 2, 3, 4, 5, 1001, 2**40 + 3])
def test_position_r_of_a_stream_is_the_generators_output_r(start):
    names = [("Text", "FRA"), ("Text", "DEU")]
    found = Streams(SEED, "taste", names).uniforms(start, 9)
    for column, name in zip(found.T, names, strict=True):
        bits = np.random.Philox(key=key(SEED, "taste", *name))
        bits.advance(start // 4)
        raw = bits.random_raw(start % 4 + 9)[start % 4 :]
        assert column.tolist() == [(int(x) >> 11) * 2.0**-53 for x in raw]


def test_position_r_is_counter_and_lane_without_jumping():
    raw = np.random.Philox(key=key(SEED, "agenda", "Text")).random_raw(5000)
    stream = Streams(SEED, "agenda", [("Text",)])
    for start, count in [(4321, 3), (0, 7), (7, 5), (5, 1), (12, 4988)]:
        expected = [(int(x) >> 11) * 2.0**-53 for x in raw[start : start + count]]
        assert stream.uniforms(start, count)[:, 0].tolist() == expected


def test_the_key_is_a_stable_hash_of_seed_purpose_and_names():
    text = b'[2023,"taste","Tokyo","T\\u00fcrkiye"]'
    assert key(2023, "taste", "Tokyo", "Türkiye") == int.from_bytes(blake2b(text, digest_size=16).digest(), "little")
    assert key(2023, "agenda", "Tokyo") == 2921938468384831392189044471312039181
    assert len({key(1, "a", "b,c"), key(1, "a", "b", "c"), key(1, "a", 'b","c'), key(11, "a", "b", "c")}) == 4


@settings(max_examples=30)
@given(cases(), st.integers(0, 2**33), st.integers(1, 30))
def test_the_draws_of_a_replicate_stay_wherever_reading_starts(case, start, ahead):
    chance = Chance(case, SEED)
    run, alone = chance.draws(start, ahead + 1), Chance(case, SEED).draws(start + ahead, 1)
    again = chance.draws(start + ahead, 1)
    for draws in (alone, again):
        assert np.array_equal(run.taste[ahead], draws.taste[0])
        assert np.array_equal(run.notice[ahead], draws.notice[0])
        assert run.agenda[ahead] == draws.agenda[0]


def with_a_newcomer(case):
    """The same council, a member added in front of the others."""

    def longer(column):
        return np.concatenate([column[..., :1], column], axis=-1)

    council = case.council
    columns = {name: longer(getattr(council, name)) for name in ("traits", "stake", "independence", "attention")}
    columns |= {name: longer(getattr(council, name)) for name in ("never_objects", "veto")}
    weights = {name: longer(column) for name, column in council.weights.items()}
    council = council.but(ids=("NEW", *council.ids), names=("New", *council.names), weights=weights, **columns)
    return replace(case, council=council, rule=rule(council, "consensus"))


@settings(max_examples=20)
@given(cases(instruments=()))
def test_the_draws_stay_when_a_member_a_rule_or_a_round_is_added_or_another_text(case):
    before = Chance(case, SEED).draws(3, 5)
    joined = Chance(with_a_newcomer(case), SEED).draws(3, 5)
    assert np.array_equal(joined.taste[:, 1:], before.taste)
    assert np.array_equal(joined.notice[:, 1:], before.notice)
    assert np.array_equal(joined.agenda, before.agenda)
    other = replace(case, proposal=replace(case.proposal, name="Another text"))
    elsewhere = Chance(other, SEED).draws(3, 5)
    assert not (elsewhere.taste == before.taste).any()
    assert not (elsewhere.agenda == before.agenda).any()
    for changed in (case.but(rounds=9), case.but(rule=rule(case.council, "majority"))):
        after = Chance(changed, SEED).draws(3, 5)
        assert np.array_equal(after.taste, before.taste)
        assert np.array_equal(after.agenda, before.agenda)


def test_taste_notice_and_agenda_are_drawn_apart_for_each_member_and_seed():
    case = plain_case(2)
    draws = Chance(case, 1).draws(0, 50)
    columns = [*draws.taste.T, *draws.notice.T, draws.agenda, *Chance(case, 2).draws(0, 50).taste.T]
    assert len(np.unique(np.concatenate(columns))) == 50 * len(columns)


# -- the same counts everywhere ---------------------------------------------------------------------------------------


@settings(max_examples=25)
@given(ANY, st.integers(0, 99))
def test_the_counts_are_the_same_in_chunks_of_any_size(case, start):
    whole = simulate(case, 150, SEED, start=start, blame=True, chunk=150)
    for chunk in (1, 7, 1000, None):
        assert same(simulate(case, 150, SEED, start=start, blame=True, chunk=chunk), whole)
    pieces = simulate(case, 50, SEED, start=start, blame=True) + simulate(case, 100, SEED, start=start + 50, blame=True)
    assert same(pieces, whole)


def test_the_counts_of_thousands_are_the_same_in_chunks_of_any_size():
    case = a_case(5, 9, "consensus-minus", 4, set(INSTRUMENTS))
    whole = simulate(case, 3000, SEED, blame=True, chunk=3000)
    assert all(same(simulate(case, 3000, SEED, blame=True, chunk=chunk), whole) for chunk in (7, 1000, None))


COUNTS = """
from councils import INSTRUMENTS, a_case
from sim.engines.simulate import simulate
tally = simulate(a_case(11, 12, "double-majority", 4, {*INSTRUMENTS}), 500, 2023, blame=True)
print([getattr(each, "tolist", lambda: each)() for each in vars(tally).values()])
"""


def test_the_counts_are_the_same_whatever_python_hashes_texts_to():
    paths = os.pathsep.join([str(Path(__file__).parent), *(each or os.getcwd() for each in sys.path)])
    runs = [
        subprocess.Popen(
            [sys.executable, "-c", COUNTS],
            env=os.environ | {"PYTHONHASHSEED": str(seed), "PYTHONPATH": paths},
            stdout=subprocess.PIPE,
        )
        for seed in range(10)
    ]
    answers = {run.communicate()[0] for run in runs}
    assert all(run.returncode == 0 for run in runs)
    assert len(answers) == 1


# -- at the thresholds themselves -------------------------------------------------------------------------------------


def ends(case, taste, notice=0.0, agenda=1.0 - 2.0**-53, others=0):
    """(outcome, last round) of a replicate of one member with these draws, played with others in which it is keen."""
    tastes, notices = np.append(taste, [1.0 - 2.0**-53] * others), np.append(notice, [0.0] * others)
    draws = Draws(tastes[:, None], notices[:, None], np.full(1 + others, agenda))
    first = [each for each in play(case, table(case), draws) if each.replicate[0] == 0]
    return OUTCOMES[first[-1].outcome[0]], first[-1].number


def test_a_member_whose_value_is_exactly_nothing_supports():
    case = plain_case(1, 1.0, "unanimity")
    at = table(case).not_support[0]
    assert [ends(case, taste)[0] for taste in (at, np.nextafter(at, 0.0))] == ["adopted", "blocked"]


def test_a_member_whose_loss_is_exactly_the_cost_of_objecting_acquiesces():
    case = plain_case(1, 1.0, objection_cost=1.0)
    at = table(case).object[0, 0, 0]
    assert [ends(case, taste)[0] for taste in (at, np.nextafter(at, 0.0))] == ["adopted", "blocked"]


@pytest.mark.parametrize("others", [0, 30])
@pytest.mark.parametrize(
    ("offer", "part", "won"),
    [
        ({"payment_members": 1, "payment_value": 1.0}, "refuse_payment", "adopted-after-payment"),
        ({"opt_out_members": 1, "opt_out_relief": 1.0}, "refuse_opt_out", "adopted-with-opt-out"),
    ],
)
def test_an_offer_that_makes_up_exactly_for_the_loss_is_accepted(offer, part, won, others):
    case = plain_case(1, 0.0, objection_cost=1.0, **offer)
    council = case.council.but(traits=np.array([[0.0], [0.5]]))
    case = replace(case, council=council, weights=np.ones(2), proposal=replace(case.proposal, loadings=np.ones(2)))
    at = getattr(table(case), part)[0, 0, 0]
    assert [ends(case, taste, others=others)[0] for taste in (at, np.nextafter(at, 0.0))] == [won, "blocked"]


def test_a_member_that_looks_up_exactly_at_the_deadline_is_too_late():
    case = plain_case(1, -40.0, silence_hours=10.0)
    at = table(case).notice[0]
    assert [ends(case, 0.5, notice)[0] for notice in (at, np.nextafter(at, 0.0))] == ["adopted", "blocked"]


def test_sponsors_whose_round_has_exactly_not_come_stay():
    case = plain_case(1, -40.0, rounds=3, withdrawal_hazard=0.25)
    for t, at in enumerate((0.25, 0.4375)):
        assert ends(case, 0.5, agenda=np.nextafter(at, 0.0)) == ("withdrawn", t)
        assert ends(case, 0.5, agenda=at) == (("withdrawn", 1) if t == 0 else ("blocked", 2))


# -- who would have made the difference -------------------------------------------------------------------------------


def adopted_if(case, may_object, many):
    """In which replicates the text is adopted, where only these members may object. may_object (R, N)."""
    found = np.empty(many, bool)
    for each in play(case, table(case), Chance(case, SEED).draws(0, many), may_object):
        found[each.replicate] = each.outcome < ADOPTIONS
    return found


NEAR = cases(
    st.integers(2, 9), rounds=st.integers(2, 4), always=("patience", "opt-out", "payment"), instruments=("silence",)
)


@settings(max_examples=100)
@given(st.one_of(cases(st.integers(1, 12)), NEAR, watching_cases(sizes=st.integers(1, 9))))
def test_pivotality_counts_the_replicates_that_turn_when_a_member_never_objects(case):
    many, size = 60, case.council.size
    everybody = adopted_if(case, np.ones((many, size), bool), many)
    without = [adopted_if(case, np.broadcast_to(np.arange(size) != i, (many, size)), many) for i in range(size)]
    expected = [int(then.sum()) - int(everybody.sum()) for then in without]
    assert counterfactual.pivotality(case, many, SEED).tolist() == expected


@settings(max_examples=100)
@given(st.one_of(cases(st.integers(1, 12), rules=EQUAL), watching_cases(sizes=st.integers(1, 9), rules=EQUAL)))
def test_shapley_blame_falls_on_who_turns_the_outcome_when_all_join_in_a_random_order(case):
    many, size = 60, case.council.size
    order = Streams(SEED, "order", [(case.proposal.name, each) for each in case.council.ids]).uniforms(0, many)
    place = order.argsort(axis=1).argsort(axis=1)
    joined = [adopted_if(case, place < k, many) for k in range(size + 1)]
    expected = np.zeros(size, int)
    for k in range(size):
        turned = joined[k].astype(int) - joined[k + 1]
        expected += (turned[:, None] * (place == k)).sum(axis=0)
    assert counterfactual.shapley(case, many, SEED).tolist() == expected.tolist()


def in_hundreds(values, ties=None, attention=None, **given):
    """A case whose utils are so many that taste decides nothing."""
    case = plain_case(len(values), values, rounds=2, isolation=200.0).but(heed=1.0, **given)
    if attention is not None:
        case = case.but(council=case.council.but(attention=np.array(attention)))
    return case.but(ties=None if ties is None else np.array(ties, float))


def test_two_who_keep_each_other_company_are_both_pivotal():
    case = in_hundreds([-150.0, -150.0, 500.0])  # alone, each would hear nobody else object, and give in
    assert counterfactual.pivotality(case, 20, SEED).tolist() == [20, 20, 0]
    assert counterfactual.shapley(case, 20, SEED).sum() == 20


def test_a_voice_that_keeps_another_silent_may_save_the_text():
    # A speaks before C, who hides behind it; D, who listens to C alone, hears nothing, and objects only if C speaks
    ties = [[0, 0, 0, 1], [0, 0, 0, 1], [0, 1, 0, 0], [1, 0, 0, 0]]
    case = in_hundreds([-150.0, -150.0, -50.0, 500.0], ties, [1e9, 1e-9, 1.0, 1.0], hide=1.0)
    assert counterfactual.pivotality(case, 20, SEED).tolist() == [-20, 0, 0, 0]
    together = counterfactual.shapley(case, 20, SEED)  # who joins last decides: L(all) - L(nobody) = 0
    assert together.sum() == 0
    assert together[0] < 0 < together[1]
