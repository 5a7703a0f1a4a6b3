"""Decision rules. A rule is data: criteria, vetoes and a minimum blocking number (the model, section 3).

A new rule is a builder of a few lines under `@register`; it is then known wherever rules are named.
"""

from __future__ import annotations

import inspect
import operator
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from sim.model.council import Booleans, Council, Integers


class RuleError(ValueError):
    """An option of a rule that does not fit; `option` is its name, empty for the rule itself."""

    def __init__(self, option: str, message: str) -> None:
        super().__init__(message)
        self.option = option


def count(members: Booleans) -> Integers:
    """How many of the last axis are true, exactly; shape (…,).

    What lies together in memory is packed, eight a byte; else whole rows are added, in the narrowest integers that do.
    """
    if members.flags.c_contiguous:
        return np.asarray(np.bitwise_count(np.packbits(members, axis=-1)).sum(axis=-1, dtype=np.int64))
    return np.asarray(members.sum(axis=-1, dtype=np.min_scalar_type(members.shape[-1])), np.int64)


@dataclass(frozen=True)
class Criterion:
    """`quota` of the integer `weights` (N,) must be in favour; does acquiescence count as that?"""

    weights: Integers
    quota: int
    acquiescence: bool

    @cached_property
    def heaviest(self) -> int:
        return int(self.weights.max(initial=0))

    @cached_property
    def equal(self) -> bool:
        return bool((self.weights == self.heaviest).all()) and self.heaviest > 0

    @cached_property
    def members(self) -> int:
        """Where all weights are equal: how many members the quota takes."""
        return -(-self.quota // self.heaviest)

    def lacking(self, favour: Booleans) -> Integers:
        """At least how many more members must come to be in favour, shape (…,); 0 or less: the quota is reached."""
        if self.equal:
            return self.members - count(favour)
        short = self.quota - np.where(favour, self.weights, 0).sum(axis=-1)
        return np.asarray(-(-short // max(self.heaviest, 1)))


@dataclass(frozen=True)
class Rule:
    """A text passes iff all criteria are met (or fewer than `blocking` are missing) and no veto member objects."""

    label: str
    criteria: tuple[Criterion, ...]
    veto: Booleans
    blocking: int = 0

    @cached_property
    def needs_support(self) -> bool:
        """In some criterion acquiescence does not count: then whoever does not support is missing."""
        return not all(each.acquiescence for each in self.criteria)

    @cached_property
    def members(self) -> int | None:
        """The number of members in favour that it takes, where members count equally; else None."""
        same = len({each.acquiescence for each in self.criteria}) == 1
        if self.veto.any() or not same or not all(each.equal for each in self.criteria):
            return None
        needed = max(each.members for each in self.criteria)
        return min(needed, self.veto.size - self.blocking + 1) if self.blocking else needed

    @cached_property
    def queue(self) -> Integers:
        """In which order members are won over: by descending weight in the last criterion, then in council order."""
        return np.argsort(-self.criteria[-1].weights, kind="stable")

    def favour(self, supports: Booleans, objects: Booleans) -> Booleans:
        """Who is in favour in every criterion, shape (…, N)."""
        return supports & ~objects if self.needs_support else ~objects

    def lacking(self, supports: Booleans, objects: Booleans) -> Integers:
        """At least how many of the members missing must be won over before the text passes, shape (…,).

        0 or less exactly if it passes. supports, objects: (…, N), who supports, who objects; the others acquiesce.
        """
        each = [c.lacking(~objects if c.acquiescence else supports) for c in self.criteria]
        short = each[0] if len(each) == 1 else np.maximum.reduce(each)
        if self.blocking:
            missing = self.veto.size - count(self.favour(supports, objects))
            short = np.minimum(short, missing - self.blocking + 1)
        if self.veto.any():
            short = np.maximum(short, count(objects & self.veto))
        return short

    def passes(self, supports: Booleans, objects: Booleans) -> Booleans:
        """Does the text pass? Shape (…,)."""
        return np.asarray(self.lacking(supports, objects) <= 0)


Builder = Callable[..., Rule]
REGISTERED: dict[str, Builder] = {}


def register(name: str) -> Callable[[Builder], Builder]:
    """Make a rule known by its name to scenario files, `--rule`, the documentation and the law tests."""

    def note(builder: Builder) -> Builder:
        REGISTERED[name] = builder
        return builder

    return note


def options(name: str) -> dict[str, Any]:
    """The options of a rule and their defaults (inspect.Parameter.empty: none)."""
    parameters = list(inspect.signature(REGISTERED[name]).parameters.values())[1:]
    return {each.name: each.default for each in parameters}


def rule(council: Council, name: str, **given: Any) -> Rule:
    """The rule of that name for this council. RuleError names the option that does not fit."""
    return REGISTERED[name](council, **given)


# -- parts of builders ------------------------------------------------------------------------------------------------


def _whole(option: str, value: Any, low: int, high: int) -> int:
    try:
        number = operator.index(value)
    except TypeError:
        number = None
    if number is None or isinstance(value, bool) or not low <= number <= high:
        raise RuleError(option, f"{value!r} is not a whole number from {low} to {high}")
    return number


def _share_of(option: str, share: Any, total: int) -> int:
    """The quota that a share of the total comes to, by exact arithmetic on the decimal text: 0.55 of 20 is 11."""
    if isinstance(share, bool) or not isinstance(share, int | float) or not 0 < share <= 1:
        raise RuleError(option, f"{share!r} is not a share above 0 and up to 1")
    return -(-(Fraction(repr(float(share))) * total) // 1)


def _members(council: Council, quota: int, acquiescence: bool) -> Criterion:
    return Criterion(np.ones(council.size, np.int64), quota, acquiescence)


def _column(council: Council, column: Any) -> Integers:
    if not isinstance(column, str) or column not in council.weights:
        known = ", ".join(sorted(council.weights)) or "none"
        raise RuleError("column", f"{column!r} is not a weight column of the members; there are: {known}")
    if not council.weights[column].any():
        raise RuleError("column", f"all weights in the column {column!r} are 0, so nobody could carry a text")
    return council.weights[column]


def _no_veto(council: Council) -> Booleans:
    return np.zeros(council.size, np.bool_)


def _counting(label: str, council: Council, quota: int, acquiescence: bool) -> Rule:
    return Rule(label, (_members(council, quota, acquiescence),), _no_veto(council))


# -- the rules --------------------------------------------------------------------------------------------------------


@register("consensus")
def consensus(council: Council) -> Rule:
    """Adopted unless somebody objects: silence is consent.

    Names: consensus, no objection, silence procedure; at NATO often called unanimity. Source: CRS RS21510.
    """
    return _counting("consensus", council, council.size, acquiescence=True)


@register("consensus-minus")
def consensus_minus(council: Council, k: int = 1) -> Rule:
    """Adopted unless more than k members object.

    Names: consensus minus one (two, …). Source: CSCE, Prague document on further development, 1992.
    """
    k = _whole("k", k, 0, council.size - 1)
    return _counting(f"consensus-minus-{k}", council, council.size - k, acquiescence=True)


@register("unanimity")
def unanimity(council: Council) -> Rule:
    """Adopted if every member says yes; silence is not enough.

    Names: unanimity, unit veto. Source: Rae, American Political Science Review 69 (1975).
    """
    return _counting("unanimity", council, council.size, acquiescence=False)


@register("majority")
def majority(council: Council) -> Rule:
    """More than half of the members say yes.

    Names: simple majority of members, absolute majority. Source: May, Econometrica 20 (1952).
    """
    return _counting("majority", council, council.size // 2 + 1, acquiescence=False)


@register("two-thirds")
def two_thirds(council: Council) -> Rule:
    """At least two thirds of the members say yes.

    Names: two-thirds majority. Source: UN Charter, articles 18 and 108.
    """
    return _counting("two-thirds", council, -(-2 * council.size // 3), acquiescence=False)


@register("super-majority")
def super_majority(council: Council, share: float) -> Rule:
    """At least that share of the members says yes.

    Names: super-majority, qualified majority of members. Source: Rae, Decision-Rules and Individual Values (1969).
    """
    return _counting(f"super-majority-{share}", council, _share_of("share", share, council.size), acquiescence=False)


@register("weighted")
def weighted(council: Council, column: str, quota: int) -> Rule:
    """The weights of the members that say yes reach the quota.

    Names: weighted voting, weighted majority game. Source: von Neumann and Morgenstern (1944), chapter 10.
    """
    weights = _column(council, column)
    quota = _whole("quota", quota, 1, int(weights.sum()))
    return Rule(f"weighted-{column}-{quota}", (Criterion(weights, quota, False),), _no_veto(council))


@register("double-majority")
def double_majority(
    council: Council,
    column: str = "population",
    members: float = 0.55,
    share: float = 0.65,
    blocking: int = 4,
    acquiescence: bool = False,
) -> Rule:
    """A share of the members with a share of a column; or fewer than `blocking` members are not in favour.

    Names: double majority, qualified majority of the EU Council. Source: Treaty on European Union, article 16(4).
    """
    if not isinstance(acquiescence, bool):
        raise RuleError("acquiescence", f"{acquiescence!r} is neither true nor false")
    weights = _column(council, column)
    criteria = (
        _members(council, _share_of("members", members, council.size), acquiescence),
        Criterion(weights, _share_of("share", share, int(weights.sum())), acquiescence),
    )
    return Rule("double-majority", criteria, _no_veto(council), _whole("blocking", blocking, 0, 5000))


@register("security-council")
def security_council(council: Council, votes: int = 9) -> Rule:
    """Nine members say yes and no member with a veto objects.

    Names: UN Security Council, votes with veto. Source: UN Charter, article 27(3).
    """
    votes = _whole("votes", votes, 1, council.size)
    return Rule("security-council", (_members(council, votes, False),), council.veto)
