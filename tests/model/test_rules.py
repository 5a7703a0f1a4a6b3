"""The rules by worked cases (docs/model.md, section 3): S supports, a acquiesces, o objects, in council order."""

import numpy as np
import pytest

from sim.model.council import Council, Drivers
from sim.model.rules import Criterion, Rule, RuleError, count, rule


def council(size, veto=(), **columns):
    """A council of which a rule sees the size, the vetoes and the weight columns."""
    ids = tuple(f"M{i}" for i in range(size))
    one, nobody = np.ones(size), np.zeros(size, bool)
    vetoes = np.isin(np.arange(size), veto)
    weights = {name: np.array(column) for name, column in columns.items()}
    return Council(ids, ids, Drivers(), np.zeros((7, size)), one, one, one, nobody, vetoes, weights)


def passes(its, stances):
    letters = np.array(list(stances.replace(" ", "")))
    return bool(its.passes(letters == "S", letters == "o"))


def quota(size, name, **options):
    return rule(council(size), name, **options).criteria[0].quota


# -- quotas -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("share", "size", "expected"),
    [
        (0.55, 20, 11),  # in binary 0.55 x 20 is a little more than 11
        (0.07, 100, 7),
        (0.29, 100, 29),
        (0.14, 50, 7),
        (0.55, 27, 15),
        (0.6667, 30, 21),
        (0.5, 31, 16),
        (0.5, 30, 15),
        (1.0, 31, 31),
        (1, 31, 31),
        (1e-3, 31, 1),
        (0.1, 30, 3),
        (0.3, 10, 3),
    ],
)
def test_a_share_becomes_a_quota_by_its_decimal_text(share, size, expected):
    assert quota(size, "super-majority", share=share) == expected


def test_a_share_that_a_sweep_computed_is_one_too():
    assert quota(20, "super-majority", share=np.float64(0.55)) == 11


@pytest.mark.parametrize("size", range(1, 41))
def test_majorities_of_every_council(size):
    assert quota(size, "consensus") == quota(size, "unanimity") == size
    assert 2 * quota(size, "majority") > size >= 2 * (quota(size, "majority") - 1)
    assert 3 * quota(size, "two-thirds") >= 2 * size > 3 * (quota(size, "two-thirds") - 1)
    assert [quota(size, "consensus-minus", k=k) for k in range(size)] == list(range(size, 0, -1))


def test_a_share_of_a_column_is_exact_beyond_what_floats_hold():
    people = [10**17 + 1, 10**17]
    its = rule(council(2, population=people), "double-majority", share=0.5)
    assert its.criteria[1].quota == 10**17 + 1


def test_consensus_minus_all_of_them_is_refused():
    with pytest.raises(RuleError, match="0 to 2"):
        rule(council(3), "consensus-minus", k=3)


# -- one rule after the other -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "options", "yes", "no"),
    [
        ("consensus", {}, ("SSSSS", "Saaaa", "aaaaa"), ("SSSSo", "oaaaa", "ooooo")),
        ("consensus-minus", {}, ("SSSSo", "aaaao", "aaaaa"), ("SSSoo", "aaaoo")),
        ("consensus-minus", {"k": 0}, ("aaaaa",), ("SSSSo",)),
        ("consensus-minus", {"k": 2}, ("SSSoo", "aaaoo"), ("aaooo",)),
        ("unanimity", {}, ("SSSSS",), ("SSSSa", "SSSSo", "aaaaa")),
        ("majority", {}, ("SSSoo", "SSSaa"), ("SSaaa", "SSooo")),
        ("two-thirds", {}, ("SSSSo", "SSSSa"), ("SSSaa",)),
        ("super-majority", {"share": 0.2}, ("Soooo",), ("aaaaa",)),
        ("super-majority", {"share": 0.21}, ("SSooo",), ("Soooo",)),
    ],
)
def test_rules_that_count_members(name, options, yes, no):
    its = rule(council(5), name, **options)
    assert [passes(its, each) for each in yes] == [True] * len(yes)
    assert [passes(its, each) for each in no] == [False] * len(no)


def test_weighted_voting_in_the_first_community():
    six = council(6, votes=[4, 4, 4, 2, 2, 1])  # Germany, France, Italy, Belgium, the Netherlands, Luxembourg
    its = rule(six, "weighted", column="votes", quota=12)
    assert passes(its, "SSS ooo")
    assert passes(its, "SSo SSo")
    assert passes(its, "SSo SSS")
    assert not passes(its, "SSo SaS")  # 11, and Luxembourg never makes the difference
    assert not passes(its, "aaa aaa")


def test_a_double_majority_needs_members_and_people():
    ten = council(10, population=[50, 20, 8, 7, 5, 3, 3, 2, 1, 1])
    its = rule(ten, "double-majority", blocking=0)
    assert [each.quota for each in its.criteria] == [6, 65]
    assert passes(its, "SSSSSS oooo")
    assert not passes(its, "SSSSS ooooo")  # 90 in 100 people, but five members
    assert not passes(its, "oSSSSSSSSS")  # nine members, but 50 in 100 people
    assert not passes(its, "SSSSSa oooo")
    willing = rule(
        council(10, population=[50, 20, 8, 7, 5, 3, 3, 2, 1, 1]), "double-majority", acquiescence=True, blocking=0
    )
    assert passes(willing, "SSSSSa oooo")
    assert not passes(willing, "SSSSSo oooo")


def test_three_large_members_cannot_block_under_the_unions_rule():
    its = rule(council(10, population=[50, 20, 8, 7, 5, 3, 3, 2, 1, 1]), "double-majority")
    assert passes(its, "ooo SSSSSSS")  # 22 in 100 people are in favour, and three are too few to block
    assert not passes(its, "oooo SSSSSS")
    assert not passes(its, "oooa SSSSSS")  # whoever does not say yes is not in favour


def test_a_council_smaller_than_the_blocking_number_passes_everything():
    assert passes(rule(council(3, population=[1, 1, 1]), "double-majority"), "ooo")
    four = rule(council(4, population=[1, 1, 1, 1]), "double-majority")
    assert not passes(four, "oooo")
    assert passes(four, "Sooo")


def test_vetoes_aside():
    heads = (Criterion(np.ones(3, np.int64), 3, False),)
    its = Rule("small", heads, np.array([True, False, False]), blocking=4)
    assert passes(its, "Soo")
    assert passes(its, "aoo")
    assert not passes(its, "oSS")


def test_the_security_council():
    fifteen = council(15, veto=range(5))
    its = rule(fifteen, "security-council")
    assert passes(its, "SSSSS SSSSo ooooo")
    assert not passes(its, "SSSSS SSSoo ooooo")
    assert passes(its, "aaaaa SSSSS SSSSo")  # abstaining is no veto
    assert not passes(its, "oSSSS SSSSS SSSSS")
    assert not passes(its, "aaaaa SSSSS SSSoo")


def test_only_the_security_council_reads_vetoes():
    marked = council(5, veto=[0], population=[1] * 5)
    for name, options in (("majority", {}), ("two-thirds", {}), ("consensus-minus", {}), ("double-majority", {})):
        assert passes(rule(marked, name, **options), "oSSSS")


# -- parts ------------------------------------------------------------------------------------------------------------


def test_the_queue_is_by_weight_in_the_last_criterion_then_in_council_order():
    its = rule(council(5, population=[3, 9, 3, 0, 9]), "double-majority")
    assert its.queue.tolist() == [1, 4, 0, 2, 3]
    assert rule(council(4), "majority").queue.tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("name", "options", "needs", "members"),
    [
        ("consensus", {}, False, 7),
        ("consensus-minus", {"k": 3}, False, 4),
        ("unanimity", {}, True, 7),
        ("majority", {}, True, 4),
        ("weighted", {"column": "equal", "quota": 11}, True, 4),
        ("double-majority", {"column": "equal", "blocking": 0}, True, 5),
        ("double-majority", {"column": "equal"}, True, 4),  # three may be missing whatever the quotas
        ("double-majority", {"column": "equal", "acquiescence": True, "blocking": 0}, False, 5),
        ("double-majority", {"column": "unequal"}, True, None),
        ("security-council", {"votes": 6}, True, 6),
    ],
)
def test_how_many_members_it_takes_where_they_count_equally(name, options, needs, members):
    its = rule(council(7, equal=[3] * 7, unequal=[1, 2, 3, 4, 5, 6, 7]), name, **options)
    assert (its.needs_support, its.members) == (needs, members)


@pytest.mark.parametrize("size", [1, 7, 8, 9, 40])
def test_counting_members_is_summing_them(size):
    members = np.random.default_rng(size).uniform(size=(5, 3, size)) < 0.5
    assert np.array_equal(count(members), members.sum(axis=-1))


def test_a_column_that_does_not_exist_is_refused_with_those_that_do():
    with pytest.raises(RuleError, match=r"'gdp' .* population, votes"):
        rule(council(2, votes=[1, 2], population=[1, 1]), "weighted", column="gdp", quota=1)
