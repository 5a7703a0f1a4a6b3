"""Formal power: who can turn a coalition of yes-voters from losing to winning, by the rule alone.

Every member votes yes or no, and all 2**N coalitions are counted, exactly. With non-negative weights a
winning coalition stays winning when a member joins. So one table answers everything: W_i(s), how many
winning coalitions of s members contain member i. The coalitions of s members in which i is decisive (its
*swings*) are

    W_i(s) - [W(s - 1) - W_i(s - 1)],

those that win with i, less those that win without it. The table is counted by halves: members alike in
weight are one *kind*, the kinds are dealt into two halves, each half's coalitions are listed and those alike
in size and weights merged, and every coalition of one half looks up, by bisection, how many of the other
complete it.

Counts are integers throughout (Python's own beyond 62 members); floats appear only in the last division.
Beside the members with a veto, it counts 5000 and more that weigh the same, 62 of small weights (a US
electoral college; beyond, only few different weights), and 34 whose weights are all large and all different
(24 under two such criteria; a criterion that counts heads is none). Whatever needs more is refused, before
it takes long.

Source: docs/model.md, sections 3 and 5; Felsenthal and Machover, The Measurement of Voting Power (1998); halves
after Klinz and Woeginger, Faster algorithms for computing power indices in weighted voting games (2005).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from operator import mul
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

Ints = NDArray[np.int64]
Counts = NDArray[Any]  # int64 up to 62 members, where 2**N fits; Python integers (dtype object) beyond

CELLS = {"int64": 2**22, "object": 2**20}  # largest list of half-coalitions: 34 unlike members are 18 * 2**17
STEPS = {"int64": 2**29, "object": 2**24}  # largest number of look-ups times counts: some seconds


class Criterion(Protocol):
    """What `of_rule` reads of one criterion: weights (N,), non-negative integers, and an integer quota."""

    @property
    def weights(self) -> ArrayLike:
        """Weight of every member (N,)."""

    @property
    def quota(self) -> int:
        """Weight at which the criterion is met."""


class Rule(Protocol):
    """What `of_rule` reads of a rule (docs/model.md, section 3)."""

    @property
    def criteria(self) -> Sequence[Criterion]:
        """All of them must be met."""

    @property
    def veto(self) -> ArrayLike:
        """Members that must vote yes (N,) bool."""

    @property
    def blocking(self) -> int:
        """Minimum blocking number; 0: none."""


@dataclass(frozen=True, eq=False)
class Power:
    """Formal power of every member: each index an array (N,) of shares without unit, exact to rounding.

    An index whose denominator is zero (nobody is ever decisive; nothing wins; nothing loses) is 0.
    """

    banzhaf: NDArray[np.float64]  # share of all members' swings; sums to 1
    penrose: NDArray[np.float64]  # absolute Banzhaf: share of the 2**(N-1) coalitions of others one can turn
    shapley_shubik: NDArray[np.float64]  # chance to be the pivot in a random order of joining; sums to 1
    prevent: NDArray[np.float64]  # Coleman: share of winning coalitions that lose when the member leaves
    initiate: NDArray[np.float64]  # Coleman: share of losing coalitions that win when the member joins
    act: float  # Coleman's power of the council to act: share of coalitions that win


def of_rule(rule: Rule) -> Power:
    """`power` of a rule given as an object with criteria, veto and blocking. Errors as there."""
    veto = np.asarray(rule.veto, dtype=bool)
    weights = [np.asarray(criterion.weights) for criterion in rule.criteria]
    return power(
        np.array(weights) if weights else np.zeros((0, veto.size), dtype=np.int64),
        [criterion.quota for criterion in rule.criteria],
        veto,
        rule.blocking,
    )


def power(weights: ArrayLike, quotas: ArrayLike, veto: ArrayLike | None = None, blocking: int = 0) -> Power:
    """Power indices of every member of a council that votes yes or no.

    The yes-voters S win iff every member with a veto is in S and, besides, either the weight of S reaches the
    quota in every criterion or fewer than `blocking` members are outside S.

    Args:
        weights: (C, N) non-negative integers, one row for each criterion.
        quotas: (C,) integers, in the unit of their row.
        veto: (N,) bool, or None: nobody.
        blocking: minimum blocking number, in members; 0: none.

    Raises:
        ValueError: shapes that disagree, values out of range, or a game too large to count (see the module).
    """
    table, limits = _integers(weights, "weights", 2), _integers(quotas, "quotas", 1)
    n = table.shape[1]
    must = np.zeros(n, dtype=bool) if veto is None else np.asarray(veto, dtype=bool)
    if n == 0 or limits.shape != table.shape[:1] or must.shape != (n,):
        raise ValueError(
            f"weights (C, N), quotas (C,) and veto (N,) with N >= 1 disagree: "
            f"{table.shape}, {limits.shape}, {must.shape}"
        )
    if (table < 0).any() or blocking < 0:
        raise ValueError("weights and blocking must not be negative")
    if any(
        sum(row) >= 2**62 or abs(quota) >= 2**62 for row, quota in zip(table.tolist(), limits.tolist(), strict=True)
    ):
        raise ValueError("the weights of a criterion must sum to less than 2**62, and so must its quota")
    if not limits.size:  # nothing is required: as one criterion that is always met
        table, limits = np.zeros((1, n), dtype=np.int64), np.zeros(1, dtype=np.int64)
    kind, wins, inside = _winning(table, limits, must, blocking)
    return _indices(kind, wins, inside)


def _integers(values: ArrayLike, name: str, ndim: int) -> Ints:
    """The values as int64, or ValueError if they are not integers of `ndim` dimensions."""
    array = np.asarray(values)
    if array.ndim != ndim or (array.size and array.dtype.kind not in "iu"):
        raise ValueError(f"{name} must be integers (int64) in {ndim} dimension(s), got {array.dtype} {array.shape}")
    if array.size and int(array.max()) >= 2**63:
        raise ValueError(f"{name} must be below 2**63")
    return array.astype(np.int64)


def _indices(kind: Ints, wins: Counts, inside: Counts) -> Power:
    """The indices, from the kind of every member (N,) and winning coalitions by size.

    `wins` (N+1,) counts all of them, `inside` (K, N+1) those with one given member of each kind.
    """
    n = kind.size
    swings = inside.copy()
    swings[:, 1:] -= wins[:-1] - inside[:, :-1]
    turned = [sum(row) for row in swings.tolist()]
    winning = sum(wins.tolist())
    factorial = list(accumulate(range(1, n + 1), mul, initial=1))
    # the s-1 others of a coalition join before the member in (s-1)! orders, those outside after it in (n-s)!
    orders = [factorial[s - 1] * factorial[n - s] if swings[:, s].any() else 0 for s in range(1, n + 1)]
    pivots = [sum(map(mul, row[1:], orders)) for row in swings.tolist()]

    def shares(parts: list[int], whole: int) -> NDArray[np.float64]:
        return np.array([part / whole if whole else 0.0 for part in parts])[kind]

    return Power(
        banzhaf=shares(turned, sum(turned[k] for k in kind.tolist())),
        penrose=shares(turned, 2 ** (n - 1)),
        shapley_shubik=shares(pivots, factorial[n]),
        prevent=shares(turned, winning),
        initiate=shares(turned, 2**n - winning),
        act=winning / 2**n,
    )


def _winning(weights: Ints, quotas: Ints, veto: NDArray[np.bool_], blocking: int) -> tuple[Ints, Counts, Counts]:
    """Kind of every member, and winning coalitions by size: all, and with one given member of each kind.

    Members with a veto are in every winning coalition: they are one kind, the last, and leave a smaller game.
    Shapes (N,), (N+1,), (K, N+1).
    """
    n, fixed = veto.size, int(veto.sum())
    free = n - fixed
    needs = np.maximum(quotas - weights[:, veto].sum(axis=1), 0)
    # a weight above what is needed does no more than the need itself; cut there, more members are alike
    rows, which = np.unique(np.minimum(weights[:, ~veto], needs[:, None]).T, axis=0, return_inverse=True)
    kind = np.full(n, len(rows), dtype=np.int64)
    kind[~veto] = which.reshape(-1)
    wins = np.zeros(n + 1, dtype=object)
    inside = np.zeros((len(rows) + 1, n + 1), dtype=object)
    found = _count(rows, np.bincount(kind[~veto], minlength=len(rows)), needs)
    wins[fixed:], inside[:-1, fixed:] = found[0], found[1:]
    every = _binomials(free)
    for size in range(max(n - blocking + 1, fixed), n + 1):  # too few outside to block: the criteria are waived
        wins[size] = every[size - fixed]
        inside[:-1, size] = every[size - fixed] * (size - fixed) // max(free, 1)
    inside[-1] = wins
    return kind, wins, inside


class _Half(NamedTuple):
    """The coalitions of some kinds, those alike as one row.

    `keys` (R, 1+C), sorted: size, then weights, each cut at its quota. `counts` (R, 1+K): how many coalitions
    have that key, and how many of them hold one given member of each kind.
    """

    keys: Ints
    counts: Counts


def _count(rows: Ints, heads: Ints, quotas: Ints) -> Counts:
    """Coalitions that reach every quota, by size: all, then those with one member of each kind; (1+K, n+1).

    Args:
        rows: (K, C) weights of each kind.
        heads: (K,) members of each kind.
        quotas: (C,).
    """
    # bisection runs over the last criterion, the others are walked value by value: last the most varied one
    order = np.argsort([len(np.unique(column)) for column in rows.T], kind="stable")
    rows, quotas = rows[:, order], quotas[order]
    hands: tuple[list[int], list[int]] = ([], [])
    for k in np.argsort(-heads, kind="stable").tolist():  # the larger kinds first, to the half with fewer coalitions
        min(hands, key=lambda hand: int(sum(np.log2(heads[hand] + 1)))).append(k)
    dtype = "int64" if heads.sum() <= 62 else "object"
    one, two = (_half(rows[hand], heads[hand], quotas, dtype) for hand in hands)
    counts = np.zeros((1 + len(rows), int(heads.sum()) + 1), dtype=object)
    counts[[0, *(1 + k for hand in hands for k in hand)]] = _completed(one, two, quotas).T
    return counts


def _half(rows: Ints, heads: Ints, quotas: Ints, dtype: str) -> _Half:
    """The coalitions of these kinds, kind by kind, merging those alike; ValueError if they are too many."""
    half = _Half(np.zeros((1, 1 + quotas.size), dtype=np.int64), np.ones((1, 1), dtype=dtype))
    for row, m in zip(rows, heads.tolist(), strict=True):
        if half.counts.size * (m + 1) > CELLS[dtype]:
            raise _too_large("coalitions of half the members")
        some = np.arange(m + 1)
        keys = half.keys[:, None, :] + some[:, None] * np.concatenate([[1], row])
        keys[..., 1:] = np.minimum(keys[..., 1:], quotas)
        every = _binomials(m)
        ways = np.array(every, dtype=dtype)
        with_one = np.array([count * k // m for k, count in enumerate(every)], dtype=dtype)
        counts = np.concatenate(
            [half.counts[:, None, :] * ways[:, None], half.counts[:, None, :1] * with_one[:, None]], axis=-1
        )
        half = _merged(keys.reshape(-1, keys.shape[-1]), counts.reshape(-1, counts.shape[-1]))
    return half


def _binomials(m: int) -> list[int]:
    """Sets of 0, 1, ... m of m members; the share k / m of those of k members contains a given one."""
    return list(accumulate(range(m), lambda count, k: count * (m - k) // (k + 1), initial=1))


def _merged(keys: Ints, counts: Counts) -> _Half:
    """Sorted by key, equal keys as one."""
    order = np.lexsort(keys.T[::-1])
    starts = _starts(keys[order])
    return _Half(keys[order][starts], np.add.reduceat(counts[order], starts, axis=0))


def _starts(keys: Ints) -> NDArray[np.intp]:
    """Where in sorted keys (R, D) a new value begins."""
    return np.flatnonzero(np.concatenate([[True], (keys[1:] != keys[:-1]).any(axis=1)]))


def _completed(one: _Half, two: _Half, quotas: Ints) -> Counts:
    """Coalitions of both halves that reach the quotas, by size (n+1, 1+K1+K2): all, with one of each kind."""
    firsts = _starts(one.keys[:, :1])
    sizes = one.keys[firsts, 0]
    width = one.counts.shape[1] + two.counts.shape[1] - 1
    total = np.zeros((int(sizes[-1] + two.keys[-1, 0]) + 1, width), dtype=one.counts.dtype)
    begins = _starts(two.keys[:, :-1])  # in a group, all but the last criterion's weight is the same
    if len(one.keys) * width * len(begins) > STEPS[str(one.counts.dtype)]:
        raise _too_large("pairs of half-coalitions")
    for begin, end in zip(begins, [*begins[1:], len(two.keys)], strict=True):
        group, other = two.counts[begin:end], two.keys[begin, 1:-1]
        heavier = np.concatenate([np.add.accumulate(group[::-1])[::-1], np.zeros_like(group[:1])])
        at = np.searchsorted(two.keys[begin:end, -1], quotas[-1] - one.keys[:, -1])
        at[(one.keys[:, 1:-1] + other < quotas[:-1]).any(axis=1)] = end - begin
        completions = heavier[at]
        pairs = np.concatenate([one.counts * completions[:, :1], one.counts[:, :1] * completions[:, 1:]], axis=1)
        total[sizes + two.keys[begin, 0]] += np.add.reduceat(pairs, firsts, axis=0)
    return total


def _too_large(what: str) -> ValueError:
    """What is too many, what can be had, and the remedy."""
    return ValueError(
        f"formal power: too many different {what} to count exactly. Beside the members with a veto, equal "
        "weights may be had by thousands of members, small weights by 62, large weights that differ by 34 "
        "(24 under two such criteria); remedy: fewer members, or weights rounded to fewer values"
    )
