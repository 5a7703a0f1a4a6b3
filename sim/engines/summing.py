"""Sums over all that a council can do: dynamic programming on a counting automaton, forwards and backwards.

The table has a row for each number of supporters s, and the sum needs exactly s of them. Instead of an axis for s and
one for the supporters met so far, the arrays have one for those met, j, and one for those still to come, d: s = j + d,
and after n of N members j ≤ n and d ≤ N − n, a sixth of the work. The last axis is the block: cases, rounds or nodes
side by side, never mixed, so that a block costs little more than a case and gives the same bits.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import as_strided

from sim.engines.counting import Automaton, axis, shifts
from sim.model.council import Floats

KEPT = 1 << 25  # numbers kept of one forward pass: 256 MiB


@dataclass(frozen=True)
class Move:
    """An edge on the arrays: state a (slice) → state b (slice), with the probability of that set of letters."""

    a: tuple[int | slice, ...]
    b: tuple[int | slice, ...]
    letters: int


def moves(automaton: Automaton) -> list[Move]:
    """The edges of an automaton as slices of (states, counted axes …)."""
    places = {letters: place for place, letters in enumerate(automaton.sets)}
    return [
        Move((edge.a, *source), (edge.b, *target), places[edge.letters])
        for edge in automaton.edges
        for source, target in shifts(automaton.counted, edge.counts)
    ]


def front(automaton: Automaton) -> tuple[int, ...]:
    """(states, length of each counted axis)."""
    return (len(automaton.labels), *(axis(look) for look in automaton.counted))


def _hankel(rows: Floats, met: int, come: int) -> Floats:
    """rows (…, S, B) seen as (…, met, come, B) with the row s = j + d at [j, d]; nothing is copied."""
    *outer, s, b = rows.strides
    return as_strided(rows, (*rows.shape[:-2], met, come, rows.shape[-1]), (*outer, s, s, b), writeable=False)


def _widest(size: int) -> int:
    """The most (j, d) there are before any member."""
    return (size + 3) ** 2 // 4


def forwards(automaton: Automaton, letters: Floats, support: Floats, keep: bool = False) -> list[Floats]:
    """Weights of all words by state: the last array, or with `keep` those before each member and the last.

    letters (sets, N, S, B): probability of each set of letters for each member that does not support, given s
    support (N, B): probability that the member supports
    The array after n members has the shape (*front, n + 1, N − n + 1, B); the last one's [.., j, 0, :] is for s = j.
    """
    steps, (_, size, _, block) = moves(automaton), letters.shape
    shape = front(automaton)
    now = np.zeros((*shape, 1, size + 1, block))
    now[(0,) * len(shape)] = 1.0
    kept = [now]
    scratch = np.empty(now[0].size // (size + 1) * _widest(size))
    for n in range(size):
        come = size - n
        after = np.empty((*shape, n + 2, come, block))
        np.multiply(now[..., 1:, :], support[n], out=after[..., 1:, :, :])
        after[..., 0, :, :] = 0.0
        stays, reaches = now[..., :-1, :], after[..., :-1, :, :]
        odds = _hankel(letters[:, n], n + 1, come)
        for each in steps:
            source, target = stays[each.a], reaches[each.b]
            part = scratch[: source.size].reshape(source.shape)
            np.multiply(source, odds[each.letters], out=part)
            target += part
        now = after
        kept = [*kept, now] if keep else [now]
    return kept


def total(last: Floats, worth: Floats) -> Floats:
    """Σ over states, counts and s of the last array times what a word that ends there is worth; (V, B).

    worth (V, *front, S, B).
    """
    ends = last[..., 0, :]
    return _sum(ends * worth, 1)


def _sum(terms: Floats, keep: int) -> Floats:
    """Sum over all axes but the first `keep` and the last, in an order that does not depend on the block."""
    flat = np.moveaxis(terms.reshape(*terms.shape[:keep], -1, terms.shape[-1]), -1, keep)
    return np.ascontiguousarray(flat).sum(axis=-1)


def backwards(
    automaton: Automaton, letters: Floats, support: Floats, kept: list[Floats], worth: Floats, asked: list[tuple[int, Floats]]
) -> Floats:
    """Σ of worth over all words in which one member's letters have other weights, for every member; (asked, N, B).

    The sum is linear in each member's letters, so all members come from one backward pass. It never divides, so
    entries that are exactly 0 do no harm.
    kept: what `forwards` kept; worth (V, *front, S, B)
    asked: pairs of an index into V and the letters' other weights, (sets, N, S, B); who supports adds nothing here
    """
    steps, (_, size, _, block) = moves(automaton), letters.shape
    found = np.zeros((len(asked), size, block))
    ahead = np.ascontiguousarray(worth[..., None, :])  # (V, *front, j, d = 0, B)
    scratch = np.empty(ahead[:, 0].size // (size + 1) * _widest(size))
    for n in reversed(range(size)):
        met, come = n + 1, size - n
        now = kept[n]
        before = np.empty((*ahead.shape[:-3], met, come + 1, block))
        np.multiply(ahead[..., 1:, :, :], support[n], out=before[..., 1:, :])
        before[..., 0, :] = 0.0
        stays, reaches = before[..., :-1, :], ahead[..., :-1, :, :]
        odds = _hankel(letters[:, n], met, come)
        by_letters = np.zeros((letters.shape[0], ahead.shape[0], met, come, block))
        for each in steps:
            source, target = now[each.a][..., :-1, :], reaches[:, *each.b]
            part = scratch[: target.size].reshape(target.shape)
            np.multiply(target, source, out=part)
            by_letters[each.letters] += part.reshape(part.shape[0], -1, *part.shape[-3:]).sum(axis=1)
            np.multiply(target, odds[each.letters], out=part)
            stays[:, *each.a] += part
        for place, (which, weights) in enumerate(asked):
            terms = by_letters[:, which] * _hankel(weights[:, n], met, come)
            found[place, n] = _sum(terms.sum(axis=0), 0)
        ahead = before
    return found


def block_size(automaton: Automaton, size: int, kept: bool) -> int:
    """How many cases to take side by side: arrays that stay in the cache, or that are kept within memory."""
    states = int(np.prod(front(automaton)))
    band = _widest(size)
    if kept:
        return max(1, min(64, KEPT // max(1, states * (size + 1) * (size + 2) * (size + 3) // 6)))
    return max(1, min(64, (1 << 16) // (states * band)))


def work(automaton: Automaton, size: int) -> float:
    """Multiplications of one forward pass for one case."""
    counted = float(np.prod(front(automaton)[1:])) if automaton.counted else 1.0
    return len(automaton.edges) * counted * (size + 1) * (size + 2) * (size + 3) / 6
