"""Formal power against the literature's values (docs/model.md, section 9) and against counting every coalition."""

from dataclasses import dataclass, field
from fractions import Fraction
from itertools import product
from math import comb, factorial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.answers.power import Power, of_rule, power

INDICES = ("banzhaf", "penrose", "shapley_shubik", "prevent", "initiate")
# World Bank 2022: DEU FRA ITA ESP POL ROU NLD BEL CZE PRT SWE GRC HUN AUT BGR DNK FIN SVK IRL HRV LTU SVN
# LVA EST CYP LUX MLT
EU27 = [
    83177813, 68184457, 59013667, 47786102, 36821749, 19048502, 17700982, 11680210, 10672118,
    10434332, 10486941, 10436882, 9605074, 9041851, 6465097, 5903037, 5556106, 5431752,
    5212836, 3855641, 2831639, 2112076, 1879383, 1348840, 1331370, 653103, 531113,
]  # fmt: skip


def by_enumeration(weights, quotas, veto, blocking) -> dict[str, list[Fraction]]:
    """Every index from its definition, coalition by coalition."""
    n = len(veto)

    rows = list(zip(weights, quotas, strict=True))

    def wins(votes: tuple[int, ...]) -> bool:
        met = all(sum(w * y for w, y in zip(row, votes, strict=True)) >= q for row, q in rows)
        waived = blocking > 0 and votes.count(0) < blocking
        return (met or waived) and all(y for y, v in zip(votes, veto, strict=True) if v)

    coalitions = list(product((0, 1), repeat=n))
    winning = sum(map(wins, coalitions))
    swings, pivots = [0] * n, [Fraction(0)] * n
    for votes in filter(wins, coalitions):
        for i in range(n):
            if votes[i] and not wins((*votes[:i], 0, *votes[i + 1 :])):
                size = sum(votes)
                swings[i] += 1
                pivots[i] += Fraction(factorial(size - 1) * factorial(n - size), factorial(n))

    def shares(whole: int) -> list[Fraction]:
        return [Fraction(s, whole) if whole else Fraction(0) for s in swings]

    return {
        "banzhaf": shares(sum(swings)),
        "penrose": shares(2 ** (n - 1)),
        "shapley_shubik": pivots,
        "prevent": shares(winning),
        "initiate": shares(2**n - winning),
        "act": Fraction(winning, 2**n),
    }


@st.composite
def games(draw):
    n = draw(st.integers(1, 7))
    weight = draw(st.sampled_from([st.integers(0, 1), st.integers(0, 5), st.integers(0, 2**59)]))
    weights = draw(st.lists(st.lists(weight, min_size=n, max_size=n), min_size=1, max_size=3))
    quotas = [draw(st.integers(0, sum(row) + 1)) for row in weights]
    veto = draw(st.lists(st.sampled_from([False, False, True]), min_size=n, max_size=n))
    return weights, quotas, veto, draw(st.sampled_from([0, 0, *range(1, n + 2)]))


@settings(max_examples=100, deadline=None)
@given(games())
def test_equals_counting_every_coalition(game):
    found, expected = power(*game), by_enumeration(*game)
    assert found.act == float(expected["act"])
    for index in INDICES:
        assert getattr(found, index).tolist() == [float(share) for share in expected[index]], index


@settings(max_examples=100, deadline=None)
@given(games())
def test_shapley_shubik_sums_to_the_whole(game):
    weights, quotas, veto, blocking = game
    all_win = by_rule_wins(weights, quotas, blocking, everyone=True)
    none_win = by_rule_wins(weights, quotas, blocking, everyone=False) and not any(veto)
    assert power(*game).shapley_shubik.sum() == pytest.approx(int(all_win) - int(none_win))


def by_rule_wins(weights, quotas, blocking, everyone: bool) -> bool:
    outside = 0 if everyone else len(weights[0])
    reached = [everyone * sum(row) >= quota for row, quota in zip(weights, quotas, strict=True)]
    return outside < blocking or all(reached)


def test_un_security_council():
    found = power([[1] * 15], [9], [True] * 5 + [False] * 10)
    assert found.shapley_shubik.tolist() == [421 / 2145] * 5 + [4 / 2145] * 10
    assert found.banzhaf.tolist() == [848 / 5080] * 5 + [84 / 5080] * 10
    assert found.prevent.tolist()[:5] == [1.0] * 5
    assert found.act == 848 / 32768


def test_eec_1958():
    found = power([[4, 4, 4, 2, 2, 1]], [12])
    assert found.shapley_shubik.tolist() == [7 / 30] * 3 + [3 / 20] * 2 + [0]
    assert found.banzhaf.tolist() == [5 / 21] * 3 + [1 / 7] * 2 + [0]
    assert found.penrose.tolist() == [10 / 32] * 3 + [6 / 32] * 2 + [0]
    assert found.prevent.tolist() == [10 / 14] * 3 + [6 / 14] * 2 + [0]
    assert found.initiate.tolist() == [10 / 50] * 3 + [6 / 50] * 2 + [0]
    assert found.act == 14 / 64


def test_eu27_double_majority():
    found = power([[1] * 27, EU27], [15, -(-65 * sum(EU27) // 100)], blocking=4)
    assert found.act == pytest.approx(0.13229, abs=5e-6)
    # all 2**27 coalitions were enumerated once, apart from this package
    assert found.act == 17755098 / 2**27
    assert (found.penrose * 2**26).tolist()[:3] == [14155956, 11857548, 10333578]
    assert found.banzhaf.sum() == pytest.approx(1)
    assert found.shapley_shubik.sum() == pytest.approx(1)
    assert (np.diff(found.banzhaf[np.argsort(EU27)]) >= 0).all()


@pytest.mark.parametrize("n", [1, 2, 31, 62, 63, 200])
def test_unanimity_cannot_say_who_blocks(n):
    found = power([[1] * n], [n])
    for index in ("banzhaf", "shapley_shubik"):
        assert getattr(found, index).tolist() == [1 / n] * n
    assert found.act == 0.5**n
    assert found.prevent.tolist() == [1.0] * n
    everyone_vetoes = power(np.zeros((0, n), dtype=int), np.zeros(0, dtype=int), [True] * n)
    assert everyone_vetoes.shapley_shubik.tolist() == [1 / n] * n


@pytest.mark.parametrize("n", [31, 62, 63, 1000])
def test_equal_weights_are_binomials(n):
    quota = n // 2 + 1
    found = power([[3] * n], [3 * quota - 1])
    assert found.act == sum(comb(n, s) for s in range(quota, n + 1)) / 2**n
    assert set(found.penrose) == {comb(n - 1, quota - 1) / 2 ** (n - 1)}
    assert set(found.shapley_shubik) == {1 / n}


@pytest.mark.parametrize("n", [40, 70])
def test_vetoes_are_weights_in_disguise(n):
    """A veto is a criterion in which the members with a veto have 1 each and all of it is needed."""
    veto = np.arange(n) % 7 == 0
    one = power([[1] * n], [n * 3 // 5], veto)
    two = power([[1] * n, veto.astype(int)], [n * 3 // 5, veto.sum()])
    for index in INDICES:
        assert getattr(one, index).tolist() == getattr(two, index).tolist()


def test_beyond_int64_as_before():
    """62 members are counted in int64; with one more, of no weight, all are in Python integers."""
    weights = [1, 2, 3] * 20 + [5, 8]
    one, two = power([weights], [70]), power([[*weights, 0]], [70])
    assert two.act == one.act
    assert two.penrose.tolist() == [*one.penrose.tolist(), 0.0]
    assert two.shapley_shubik == pytest.approx([*one.shapley_shubik, 0.0], rel=1e-14)


@pytest.mark.parametrize(
    ("quota", "blocking", "act"), [(0, 0, 1.0), (-5, 0, 1.0), (99, 0, 0.0), (99, 4, 1.0), (99, 1, 1 / 8)]
)
def test_where_nobody_is_decisive_indices_are_zero(quota, blocking, act):
    found = power([[1, 2, 3]], [quota], blocking=blocking)
    assert found.act == act
    assert found.shapley_shubik.sum() == pytest.approx(float(0 < act < 1))
    assert all(np.isfinite(getattr(found, index)).all() for index in INDICES)


@dataclass(frozen=True)
class OneCriterion:
    weights: np.ndarray
    quota: int


@dataclass(frozen=True)
class SomeRule:
    criteria: tuple[OneCriterion, ...]
    veto: np.ndarray = field(default_factory=lambda: np.array([False, True, False]))
    blocking: int = 2


@pytest.mark.parametrize("rows", [[], [[1, 1, 1]], [[1, 1, 1], [5, 3, 2]]])
def test_of_rule_reads_the_rule(rows):
    rule = SomeRule(tuple(OneCriterion(np.array(row), 2 * row[0] - 1) for row in rows))
    found = of_rule(rule)
    assert isinstance(found, Power)
    weights = np.array(rows, dtype=int).reshape(-1, 3)
    expected = power(weights, [criterion.quota for criterion in rule.criteria] or np.zeros(0, int), rule.veto, 2)
    for index in INDICES:
        assert getattr(found, index).tolist() == getattr(expected, index).tolist()


def test_refuses_games_too_large_to_count():
    unlike = np.random.default_rng(1).integers(10**6, 10**8, (2, 36))
    with pytest.raises(ValueError, match="coalitions of half the members"):
        power(unlike[:1], [unlike[0].sum() // 2])
    with pytest.raises(ValueError, match="pairs of half-coalitions"):
        power(unlike[:, :28], unlike[:, :28].sum(axis=1) // 2)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([1, 2], [2]), "weights must be integers"),
        (([[1.0, 2.0]], [2]), "weights must be integers"),
        (([[1, 2]], [1.5]), "quotas must be integers"),
        (([[1, 2]], [1, 1]), "disagree"),
        (([[1, 2]], [1], [True]), "disagree"),
        ((np.zeros((1, 0), dtype=int), [1]), "disagree"),
        (([[1, -2]], [1]), "negative"),
        (([[1, 2]], [1], None, -1), "negative"),
        (([[2**61, 2**61]], [1]), "sum to less"),
        ((np.array([[2**63]], dtype=np.uint64), [1]), "below"),
    ],
)
def test_refuses_bad_input(arguments, message):
    with pytest.raises(ValueError, match=message):
        power(*arguments)
