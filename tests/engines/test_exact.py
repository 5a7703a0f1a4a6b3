"""exact against full enumeration, against simulate,
and against what is known in closed form (docs/model.md,
section 9)."""

from dataclasses import dataclass, replace
from itertools import combinations, pairwise, product
from math import exp, factorial, prod

import numpy as np
import pytest
from councils import EQUAL, INSTRUMENTS, UNEQUAL, a_case, cases, plain_case
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from office import office
from scipy.stats import binomtest

from sim.engines import exact
from sim.engines.simulate import Chance, simulate
from sim.model import stances as stances_module
from sim.model.process import ADOPTIONS, OUTCOMES, Draws, play
from sim.model.rules import rule
from sim.model.stances import table

SEED = 2023
LATEST = 1.0 - 2.0**-53  # the largest uniform number


def logit(p):
    return np.log(p) - np.log1p(-np.asarray(p))


# -- enumeration ------------------------------------------------------------------------------------------------------


def grained_table(case, grain):
    """The table of stances with F replaced by the share of `grain` evenly spaced points that lie below it."""
    logistic = stances_module.logistic
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stances_module, "logistic", lambda x: np.floor(logistic(x) * grain) / grain)
        return table(case)


@dataclass
class Worlds:
    """Everything that can happen on the grid, with its probability."""

    case: object
    stances: object
    draws: Draws
    chance: np.ndarray

    @classmethod
    def of(cls, case, grain):
        """All tastes on the grid, each member noticing or not, the sponsors giving up after any round or never."""
        size, p, stances = case.council.size, case.procedure, grained_table(case, grain)
        tastes = list(product((np.arange(grain) + 0.5) / grain, repeat=size))
        notices = [((0.0,) * size, 1.0)]
        if np.isfinite(p.silence_hours):
            each = [((0.0, chance), (LATEST, 1.0 - chance)) for chance in stances.notice.tolist()]
            notices = [(tuple(n for n, _ in all_), prod(c for _, c in all_)) for all_ in product(*each)]
        stay = [(1.0 - p.withdrawal_hazard) ** t for t in range(p.rounds)] + [0.0]
        agendas = [(1.0 - (a + b) / 2.0, a - b) for a, b in pairwise(stay) if a > b]
        agendas[-1] = (LATEST, stay[-2])
        rows = list(product(tastes, notices, agendas))
        draws = Draws(
            np.array([taste for taste, _, _ in rows]),
            np.array([notice for _, (notice, _), _ in rows]),
            np.array([agenda for _, _, (agenda, _) in rows]),
        )
        return cls(case, stances, draws, np.array([n[1] * a[1] for _, n, a in rows]) / len(tastes))

    def end(self, may=None):
        """(outcome, last round, hold-outs) of every world, where only the members `may` may object."""
        everyone = np.arange(self.case.council.size)
        mask = None if may is None else np.broadcast_to(np.isin(everyone, may), self.draws.taste.shape)
        outcome, last = np.full(len(self.chance), -1), np.full(len(self.chance), -1)
        hold_outs = np.zeros(self.draws.taste.shape, bool)
        for each in play(self.case, self.stances, self.draws, mask):
            outcome[each.replicate], last[each.replicate] = each.outcome, each.number
            hold_outs[each.replicate] = each.objects & (each.outcome >= ADOPTIONS)[:, None]
        return outcome, last, hold_outs

    def failing(self, may=None):
        """P(not adopted), where only the members `may` may object."""
        return float(self.chance[self.end(may)[0] >= ADOPTIONS].sum())

    def wishes(self):
        """Who would object to the text as tabled if everybody noticed."""
        return next(iter(play(self.case.but(silence_hours=np.inf), self.stances, self.draws))).objects

    def first_objector(self):
        """Members notice at exponential times: i comes first among those who wish, within H, in closed form."""
        attention, hours = self.case.council.attention, self.case.procedure.silence_hours
        found = np.zeros(len(attention))
        who, which = np.unique(self.wishes(), axis=0, return_inverse=True)
        for wishes, chance in zip(who, np.bincount(which, self.chance), strict=True):
            if wishes.any():
                together = attention[wishes].sum()
                found[wishes] += chance * attention[wishes] / together * -np.expm1(-together * hours)
        return found

    def shapley(self):
        """The Shapley value of L(C), from all coalitions C."""
        n = self.case.council.size
        loss = {may: self.failing(may) for k in range(n + 1) for may in combinations(range(n), k)}
        found = np.zeros(n)
        for may in loss:
            for i in set(range(n)) - set(may):
                share = factorial(len(may)) * factorial(n - len(may) - 1) / factorial(n)
                found[i] += share * (loss[tuple(sorted((*may, i)))] - loss[may])
        return found


FEW, LATE = st.integers(2, 4), st.integers(2, 4)
SILENT, VOCAL = ("consensus", "consensus-minus"), ("majority", "super-majority", "unanimity")


def quick(case):
    """The same, with fewer offers where a silence deadline makes many of them slow to count."""
    if np.isinf(case.procedure.silence_hours) or case.rule.needs_support:
        return case
    most = 2 if case.rule.label == "consensus" else 1
    offers = {name: min(most, getattr(case.procedure, name)) for name in ("payment_members", "opt_out_members")}
    return case.but(**offers)


SMALL = st.one_of(
    cases(st.integers(1, 5), rules=EQUAL, rounds=st.integers(1, 5)),
    cases(FEW, SILENT, LATE, ("payment", "opt-out", "hazard", "grievance"), always=("patience",)),
    cases(FEW, VOCAL, LATE, ("payment", "dilution", "hazard"), always=("silence", "patience", "opt-out")),
).map(quick)
GRAIN = {1: 60, 2: 20, 3: 7, 4: 4, 5: 3}  # points of the grid, by members


@settings(max_examples=80)
@given(SMALL)
def test_outcomes_are_those_of_full_enumeration(case):
    assume(exact.applies(case) is None)
    worlds = Worlds.of(case, GRAIN[case.council.size])
    outcome, last, _ = worlds.end()
    found = exact.outcomes(case, worlds.stances)
    adopted = outcome < ADOPTIONS
    expected = np.bincount(outcome, worlds.chance, len(OUTCOMES))
    rounds = np.bincount(last[adopted], worlds.chance[adopted], case.procedure.rounds)
    supporters = (1.0 - worlds.stances.not_support).sum()
    assert found.outcomes == pytest.approx(expected, abs=1e-12)
    assert found.rounds == pytest.approx(rounds, abs=1e-12)
    assert found.supporters == pytest.approx(supporters, abs=1e-12)


@settings(max_examples=100)
@given(SMALL)
def test_stances_first_objectors_and_hold_outs_are_those_of_full_enumeration(case):
    assume(exact.applies(case) is None)
    worlds = Worlds.of(case, GRAIN[case.council.size])
    hold_outs = worlds.end()[2]
    alone = hold_outs & (hold_outs.sum(axis=1) == 1)[:, None]
    found = exact.blame(case, worlds.stances)
    objects = worlds.chance @ worlds.wishes()
    assert found.support == pytest.approx(1.0 - worlds.stances.not_support, abs=1e-12)
    assert found.object == pytest.approx(objects, abs=1e-12)
    assert found.acquiesce == pytest.approx(worlds.stances.not_support - objects, abs=1e-12)
    assert found.first_objector == pytest.approx(worlds.first_objector(), abs=1e-12)
    assert found.final_hold_out == pytest.approx(worlds.chance @ hold_outs, abs=1e-12)
    assert found.lone_hold_out == pytest.approx(worlds.chance @ alone, abs=1e-12)
    assert found.lone == pytest.approx((worlds.chance @ alone).sum(), abs=1e-12)


@settings(max_examples=100)
@given(SMALL.filter(lambda case: case.council.size < 5 and case.procedure.rounds < 5))
def test_pivotality_and_shapley_blame_are_those_of_full_enumeration(case):
    assume(exact.applies(case) is None)
    worlds = Worlds.of(case, {1: 40, 2: 12, 3: 6, 4: 3}[case.council.size])
    found, size = exact.blame(case, worlds.stances), case.council.size
    without = [worlds.failing([j for j in range(size) if j != i]) for i in range(size)]
    assert found.pivotality == pytest.approx(worlds.failing() - np.array(without), abs=1e-12)
    assert found.shapley == pytest.approx(worlds.shapley(), abs=1e-12)


def corner(seed):
    """A case in which the chair's patience decides, also with texts that pass although more object than it bears."""
    size = 3 + seed % 2
    if seed % 4 < 2:
        return a_case(seed, size, SILENT[seed % 2], 3, {"patience", "payment"})
    case = a_case(seed, size, VOCAL[seed % 2], 3, {"hazard"}).but(withdraw_above=1, silence_hours=5.0)
    return case.but(opt_out_members=1 + seed % 3, opt_out_relief=1.0, opt_out_first_round=1)


def test_where_the_chairs_patience_decides_exact_is_full_enumeration():
    for seed in range(160):
        worlds = Worlds.of(corner(seed), 5 - 2 * (seed % 2))
        found, expected = exact.outcomes(worlds.case, worlds.stances), worlds.end()[0]
        assert found.outcomes == pytest.approx(np.bincount(expected, worlds.chance, len(OUTCOMES)), abs=1e-12), seed
        blame, members = exact.blame(worlds.case, worlds.stances), range(worlds.case.council.size)
        without = [worlds.failing([j for j in members if j != i]) for i in members]
        assert blame.pivotality == pytest.approx(worlds.failing() - np.array(without), abs=1e-12), seed


def test_shapley_blame_of_five_members_is_that_of_full_enumeration():
    for seed, name in enumerate(("consensus", "consensus-minus")):
        case = a_case(seed + 20, 5, name, 3, {"payment", "hazard", "patience", "grievance"})
        worlds = Worlds.of(case, 3)
        assert exact.blame(case, worlds.stances).shapley == pytest.approx(worlds.shapley(), abs=1e-12)


# -- against simulate -------------------------------------------------------------------------------------------------


def cells(counted, outcomes, blame):
    """(counts, probabilities) of everything that both engines report."""
    pairs = [(counted.outcomes, outcomes.outcomes), (counted.rounds, outcomes.rounds)]
    for name in ("support", "object", "first_objector", "final_hold_out", "lone_hold_out", "lone"):
        pairs.append((getattr(counted, name), getattr(blame, name)))
    return np.concatenate([np.ravel(c) for c, _ in pairs]), np.concatenate([np.ravel(p) for _, p in pairs])


def plausible(counts, chances, replicates, falsely=1e-4):
    """No cell above 1e-6 is off by more than chance allows, all together wrong with probability `falsely`."""
    large = chances > 1e-6
    level = falsely / large.sum()
    off = np.abs(counts - replicates * chances) / np.sqrt(replicates * np.clip(chances * (1.0 - chances), 1e-12, 1.0))
    suspects = np.flatnonzero(large & (off > 2.0))  # nothing within two standard errors can fail
    tests = [binomtest(int(counts[i]), replicates, min(float(chances[i]), 1.0)).pvalue for i in suspects]
    assert min(tests, default=1.0) > level, f"{counts[suspects]} of {replicates} where {chances[suspects]} was exact"
    assert not counts[chances == 0.0].any()


def test_outcomes_and_blame_agree_with_simulate_on_random_councils():
    counts, chances, tried = [], [], set()
    for seed in range(48):
        size, name = 1 + (seed * 7 % 40 if seed % 5 == 0 else seed % 13), EQUAL[seed % len(EQUAL)]
        some = {each for k, each in enumerate(INSTRUMENTS) if (seed * 37 >> k) & 1}
        some -= {"opt-out"} if name == "consensus-minus" else set()  # the slowest to count
        case = quick(a_case(1000 + seed, size, name, 1 + seed % 5, some))
        if exact.applies(case) is None:
            tried |= {name, *some}
            count, chance = cells(simulate(case, 4000, SEED, blame=True), exact.outcomes(case), exact.blame(case))
            counts.append(count)
            chances.append(chance)
    assert tried == {*EQUAL, *INSTRUMENTS}
    assert len(counts) > 40
    plausible(np.concatenate(counts), np.concatenate(chances), 4000)


def adopted(case, draws, may=None):
    found = np.empty(len(draws.taste), bool)
    for each in play(case, table(case), draws, may):
        found[each.replicate] = each.outcome < ADOPTIONS
    return found


@pytest.mark.parametrize("name", ["consensus", "consensus-minus", "majority"])
def test_pivotality_and_shapley_blame_agree_with_simulate(name):
    case = a_case(10, 14, name, 3, {"silence", "hazard", "grievance"}).but(withdraw_above=2)
    if name == "consensus-minus":
        case = case.but(rule=rule(case.council, name, k=1))
    else:
        case = case.but(opt_out_members=2, opt_out_relief=1.0, opt_out_first_round=1)
    size, many = case.council.size, 3000
    draws, found = Chance(case, SEED).draws(0, many, notice=True), exact.blame(case)
    base = adopted(case, draws)
    turned = [adopted(case, draws, np.broadcast_to(np.arange(size) != i, (many, size))) & ~base for i in range(size)]
    plausible(np.sum(turned, axis=1), found.pivotality, many)
    place = np.argsort(np.random.default_rng(SEED).uniform(size=(many, size)), axis=1)  # each replicate its own order
    joined = [adopted(case, draws, place < k) for k in range(size + 1)]
    sinks = np.array([[(before & ~after)[place[:, i] == k].sum() for i in range(size)]
                      for k, (before, after) in enumerate(pairwise(joined))])  # fmt: skip
    plausible(sinks.sum(axis=0), found.shapley, many)


# -- what is known in closed form -------------------------------------------------------------------------------------


def objecting(case):
    """Objection probabilities where support by others does not matter, member by member."""
    v, k = np.asarray(case.proposal.grievance), case.procedure.objection_cost
    return [1.0 / (1.0 + exp(each + k / stake)) for each, stake in zip(v, case.council.stake, strict=True)]


@given(st.lists(st.tuples(st.floats(-3, 5), st.floats(0.05, 1)), min_size=1, max_size=40), st.floats(0, 3))
@settings(max_examples=40)
def test_one_shot_consensus_is_a_product_and_the_pivotal_is_the_lone_blocker(members, cost):
    value, stake = (np.array(each) for each in zip(*members, strict=True))
    case = plain_case(len(members), value, objection_cost=cost)
    case = replace(case, council=case.council.but(stake=stake))
    o = objecting(case)
    passing = prod(1.0 - each for each in o)
    alone = [each * prod(1.0 - other for j, other in enumerate(o) if j != i) for i, each in enumerate(o)]
    assert exact.outcomes(case).adopted_any == pytest.approx(passing, abs=1e-13)
    blame = exact.blame(case)
    for found in (blame.lone_hold_out, blame.pivotality):
        assert found == pytest.approx(alone, abs=1e-13)
    assert blame.final_hold_out == pytest.approx(o, abs=1e-13)


@pytest.mark.parametrize(
    ("rule_name", "options", "p", "expected"),
    [
        ("consensus", {}, 0.98, 0.534575),
        ("consensus-minus", {"k": 1}, 0.95, 0.536597),
        ("consensus-minus", {"k": 2}, 0.95, 0.799247),
        ("majority", {}, 0.6, 0.871618),
        ("unanimity", {}, 0.98, 0.534575),
    ],
)
def test_thirty_one_equal_members(rule_name, options, p, expected):
    case = plain_case(31, logit(p), rule_name, **options)
    assert exact.outcomes(case).adopted_any == pytest.approx(expected, abs=5e-7)
    plausible(np.array([simulate(case, 20_000, SEED).adopted_any]), np.array([expected]), 20_000)


def test_one_member_supports_acquiesces_or_objects():
    case = plain_case(1, 1.0, objection_cost=2.0)
    blame = exact.blame(case)
    found = [float(each[0]) for each in (blame.support, blame.acquiesce, blame.object)]
    assert found == pytest.approx([0.731059, 0.221516, 0.047426], abs=5e-7)
    counted = simulate(case, 50_000, SEED, blame=True)
    plausible(np.array([counted.support[0], counted.object[0]]), np.array([0.731059, 0.047426]), 50_000)


def test_ten_undecided_members_are_unanimous_once_in_1024():
    assert exact.outcomes(plain_case(10, 0.0, "unanimity")).adopted_any == pytest.approx(2.0**-10, abs=1e-16)


def test_shapley_blame_of_members_alike():
    blame = exact.blame(plain_case(31, logit(0.98)))
    assert blame.shapley == pytest.approx([(1.0 - 0.98**31) / 31] * 31, abs=1e-13)
    assert blame.shapley[0] == pytest.approx(0.015014, abs=5e-7)


def test_shapley_blame_under_one_shot_consensus_shares_the_failure_among_the_objectors():
    case = plain_case(9, np.linspace(-1, 3, 9))
    expected = np.zeros(9)
    for who in product((False, True), repeat=9):
        chance = prod(o if w else 1.0 - o for o, w in zip(objecting(case), who, strict=True))
        expected += chance * np.array(who) / max(sum(who), 1)
    assert exact.blame(case).shapley == pytest.approx(expected, abs=1e-13)
    assert exact.blame(case).first_objector == pytest.approx(expected, abs=1e-13)  # all look up as often


@settings(max_examples=6)
@given(cases(st.integers(20, 40), rules=EQUAL, rounds=st.integers(1, 3)))
def test_shapley_blame_sums_to_what_objecting_costs_in_all(case):
    assume(exact.applies(case) is None)
    meek = replace(case, council=case.council.but(never_objects=np.ones(case.council.size, bool)))
    lost = exact.outcomes(meek).adopted_any - exact.outcomes(case).adopted_any
    assert exact.blame(case).shapley.sum() == pytest.approx(lost, abs=1e-12)


def test_a_silence_of_24_hours_is_noticed_in_time():
    case = plain_case(1, -40.0, silence_hours=24.0)
    assert table(case).notice == pytest.approx([0.909282], abs=5e-7)
    assert exact.outcomes(case).adopted_any == pytest.approx(1.0 - 0.909282, abs=5e-7)
    assert exact.blame(case).first_objector == pytest.approx([0.909282], abs=5e-7)
    plausible(np.array([simulate(case, 20_000, SEED).outcomes[4]]), np.array([0.909282]), 20_000)


@settings(max_examples=40)
@given(cases(rules=EQUAL))
def test_probabilities_are_probabilities(case):
    assume(exact.applies(case) is None)
    found = exact.outcomes(case)
    assert found.outcomes.min() >= 0.0
    assert found.outcomes.sum() == pytest.approx(1.0, abs=1e-12)
    assert found.rounds.min() >= -1e-15
    assert found.rounds.sum() == pytest.approx(found.adopted_any, abs=1e-12)


@pytest.mark.parametrize("name", UNEQUAL)
def test_exact_says_that_it_does_not_apply_where_members_do_not_count_equally(name):
    case = a_case(3, 7, name, 2, set())
    case = case.but(rule=replace(case.rule, veto=np.arange(7) == 2))
    assert case.rule.label in exact.applies(case)
    with pytest.raises(ValueError, match="count equally"):
        exact.outcomes(case)


@pytest.mark.parametrize("name", EQUAL)
def test_exact_applies_where_members_count_equally(name):
    assert exact.applies(a_case(3, 12, name, 3, {"silence", "payment", "hazard"})) is None


def test_exact_applies_to_columns_of_equal_weights():
    case = plain_case(6, np.linspace(-1, 1, 6))
    column = case.council.but(weights={"votes": np.full(6, 5)})
    weighted = replace(case, council=column, rule=rule(column, "weighted", column="votes", quota=16))
    as_if = case.but(rule=rule(case.council, "super-majority", share=0.6))
    assert exact.outcomes(weighted).outcomes == pytest.approx(exact.outcomes(as_if).outcomes, abs=1e-15)


def test_exact_says_that_a_case_is_too_large():
    huge = plain_case(3000, 1.0, "consensus-minus", k=40, rounds=4, payment_members=40, opt_out_members=40)
    assert exact.applies(huge)


# -- the office -------------------------------------------------------------------------------------------------------

OFFICE = [0.04100, 0.05850, 0.0, 0.17864, 0.39009, 0.33176]
MEMBERS = {
    "FRA": [0.00936, 0.03388, 0.95676, 0.92396, 0.72123, 0.69447, 0.71134, 0.71435],
    "CZE": [0.18380, 0.77334, 0.04285, 0.02206, 0.01677, 0.00038, 0.00270, 0.00457],
}
MEASURES = [
    "support",
    "acquiesce",
    "object",
    "first_objector",
    "final_hold_out",
    "lone_hold_out",
    "pivotality",
    "shapley",
]


def test_the_office_exactly():
    found, blame = exact.outcomes(office()), exact.blame(office())
    assert found.outcomes == pytest.approx(OFFICE, abs=1e-5)
    assert found.adopted_any == pytest.approx(0.27814, abs=1e-5)
    assert found.rounds == pytest.approx([0.06663, 0.01588, 0.15996, 0.03568], abs=1e-5)
    assert found.supporters == pytest.approx(20.4712, abs=1e-4)
    assert blame.lone == pytest.approx(0.69508, abs=1e-5)
    for member, expected in MEMBERS.items():
        i = office().council.index(member)
        assert [getattr(blame, each)[i] for each in MEASURES] == pytest.approx(expected, abs=1e-5)
    germany = office().council.index("DEU")
    assert (blame.object[germany], blame.shapley[germany]) == pytest.approx((0.01349, 0.00212), abs=1e-5)


def changed(driver=None, stake=None, autonomy=None):
    case = office()
    council, weights, traits = case.council, case.weights.copy(), case.council.traits.copy()
    if driver:
        weights[council.drivers.names.index(driver)] = 0.0
    if autonomy:
        traits[council.drivers.names.index("autonomy"), council.index("FRA")] = autonomy
    stakes = np.full(31, stake) if stake else council.stake
    return replace(case, weights=weights, council=council.but(traits=traits, stake=stakes))


def without_the_french_objection():
    case = office()
    return replace(case, council=case.council.but(never_objects=np.array(case.council.ids) == "FRA"))


@pytest.mark.parametrize(
    ("question", "case", "expected"),
    [
        ("minus one", lambda: office("consensus-minus"), 0.99142),
        ("unanimity", lambda: office("unanimity"), 0.0),
        ("France never objects", without_the_french_objection, 0.98949),
        ("France less autonomous", lambda: changed(autonomy=0.4), 0.94610),
        ("without France", lambda: office(without="FRA"), 0.99041),
        ("no solidarity", lambda: changed("solidarity"), 0.06851),
        ("no threat", lambda: changed("threat"), 0.00679),
        ("no interest", lambda: changed("interest"), 0.00056),
        ("no autonomy", lambda: changed("autonomy"), 0.99819),
        ("no exposure", lambda: changed("exposure"), 0.74688),
        ("no burden", lambda: changed("burden"), 0.41084),
        ("no venue", lambda: changed("venue"), 0.99560),
        ("all stakes alike", lambda: changed(stake=0.6), 0.47765),
        *((f"size {size}", lambda size=size: office(size=size), expected) for size, expected in
          zip((0, 2, 4, 6, 10, 12), (0.99550, 0.97977, 0.89779, 0.63189, 0.07640, 0.01556), strict=True)),
    ],
)  # fmt: skip
def test_the_office_otherwise(question, case, expected):
    assert exact.outcomes(case()).adopted_any == pytest.approx(expected, abs=1e-5), question


def test_the_two_texts_that_passed():
    china = exact.outcomes(office(text="Communiqué language on China")).outcomes
    assert china == pytest.approx([0.99942, 0.00044, 0.00005, 0.0, 0.00002, 0.00008], abs=1e-5)
    partnership = exact.outcomes(office(text="Japan partnership programme")).outcomes
    assert partnership[0] == pytest.approx(0.99993, abs=1e-5)


def within_four_errors(counts, chances, replicates):
    chances = np.asarray(chances)
    error = np.sqrt(chances * (1.0 - chances) / replicates)
    assert np.all(np.abs(np.asarray(counts) / replicates - chances) <= 4.0 * error + 1e-5)


def test_the_office_by_simulation():
    tally = simulate(office(), 40_000, SEED, blame=True)
    within_four_errors(tally.outcomes, OFFICE, 40_000)
    within_four_errors([tally.adopted_any, tally.lone], [0.27814, 0.69508], 40_000)
    within_four_errors(tally.rounds, [0.06663, 0.01588, 0.15996, 0.03568], 40_000)
    assert tally.supporters / 40_000 == pytest.approx(20.4712, abs=4 * 31**0.5 / 2 / 200)
    for member, expected in MEMBERS.items():
        i = office().council.index(member)
        found = [getattr(tally, each)[i] for each in MEASURES if hasattr(tally, each)]
        within_four_errors(found, [expected[k] for k in (0, 2, 3, 4, 5)], 40_000)


@pytest.mark.parametrize(("name", "expected"), [("two-thirds", 0.690), ("majority", 0.999), ("double-majority", 0.978)])
def test_the_office_under_rules_that_count_votes(name, expected):
    case = office(name)
    found = simulate(case, 40_000, SEED).adopted_any / 40_000
    assert found == pytest.approx(expected, abs=0.002 + 4 * (expected * (1 - expected) / 40_000) ** 0.5)
    if exact.applies(case) is None:
        assert exact.outcomes(case).adopted_any == pytest.approx(expected, abs=0.002)
