"""Sums over all that a council can do: dynamic programming on a counting automaton, forwards and backwards.

The last axis of every array is the block: cases, rounds or nodes side by side, never mixed, so that a block costs
little more than a case and gives the same bits. All that is summed is summed in an order that does not depend on it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce

import numpy as np

from sim.engines.steps import Exit, Move, Places, Plan
from sim.model.council import Booleans, Floats

CACHED = 1 << 15  # numbers of one array: a few of them stay in the cache of one core
KEPT = 1 << 20  # numbers kept of one forward pass
KEPT_AT_MOST = 1 << 25  # likewise, where one case alone takes more; beyond it parts of the pass are done twice


class Forward:
    """The weights of all words by state, after n members: self[n], shape (states, counts …, *places, B).

    Only every `stride`-th array is kept; those between are computed again when they are read, the last ones first.
    """

    def __init__(self, first: Floats, size: int, step: Callable[[Floats, int], Floats], stride: int) -> None:
        self._step, self._stride, self._from = step, stride, 0
        self._kept, self._between = {0: first}, [first]
        now = first
        for n in range(size):
            now = step(now, n)
            if (n + 1) % stride == 0:
                self._kept[n + 1] = now
        self.end = now

    def __getitem__(self, n: int) -> Floats:
        base = n - n % self._stride
        if self._stride == 1:
            return self._kept[n]
        if base != self._from or n - base >= len(self._between):
            self._from, self._between = base, [self._kept[base]]
            for k in range(base, n):
                self._between.append(self._step(self._between[-1], k))
        return self._between[n - base]


def _step(moves: tuple[Move, ...], places: Places, support: Floats, odds: Floats) -> Callable[[Floats, int], Floats]:
    """Forward by one member."""
    scratch = np.empty(0)

    def step(now: Floats, n: int) -> Floats:
        nonlocal scratch
        *front, _, _, block = now.shape
        after = np.empty((*front, *places.shape(n + 1), block))
        np.multiply(places.joined(now), support[n], out=after[..., 1:, :, :])
        after[..., 0, :, :] = 0.0
        stays, reaches, chance = places.met(now), after[..., :-1, :, :], places.at(odds, n)
        if scratch.size < stays.size:
            scratch = np.empty(2 * stays.size)
        for each in moves:
            source, target = stays[each.a], reaches[each.b]
            part = scratch[: source.size].reshape(source.shape)
            np.multiply(source, chance[each.letters], out=part)
            target += part
        return after

    return step


def forwards(
    moves: tuple[Move, ...], front: tuple[int, ...], places: Places, support: Floats, odds: Floats, keep: bool
) -> Forward:
    """One forward pass; front: (states, counts …), the words begin in state 0.

    support (N, B): probability that the member supports; odds: the letters' probabilities as `places` lays them out
    """
    block = support.shape[-1]
    first = np.zeros((*front, *places.shape(0), block))
    first[(0,) * len(front)] = 1.0
    kept = int(np.prod(front)) * places.volume * block
    stride = 1 if keep and kept <= KEPT_AT_MOST else int(np.sqrt(places.size)) + 1 if keep else places.size + 1
    return Forward(first, places.size, _step(moves, places, support, odds), stride)


def _backward(
    moves: tuple[Move, ...], places: Places, support: Floats, chance: Floats, ahead: Floats, n: int, scratch: Floats
) -> Floats:
    """The array of worths (V, states, counts …, *places, B) before member n from the one after it."""
    before = np.empty((*ahead.shape[:-3], *places.shape(n), ahead.shape[-1]))
    np.multiply(ahead[..., 1:, :, :], support[n], out=places.joined(before))
    stays, reaches = places.met(before), ahead[..., :-1, :, :]
    if stays.shape != before.shape:
        before[..., 0, :] = 0.0  # with no supporters to come this member is none
    for each in moves:
        target = reaches[:, *each.b]
        part = scratch[: target.size].reshape(target.shape)
        np.multiply(target, chance[each.letters], out=part)
        stays[:, *each.a] += part
    return before


def totals(plan: Plan, places: Places, letters: Floats, support: Floats, worth: Booleans) -> Floats:
    """Σ over the words that count, (V, B), by V ways to count them.

    States that nothing leads out of are not carried: all of a class have the same array of what is to come, so a word
    is counted when it enters one.
    letters (sets, N, rows, B): the probability of each set of letters for each member that does not support, by row
    support (N, B): the probability that the member supports
    worth (V, states, rows): does a word count that ends in that state?
    """
    odds = places.odds(letters)
    values, _, rows = worth.shape
    block = support.shape[-1]
    forward = forwards(plan.forth, (len(plan.going), *plan.counts), places, support, odds, bool(plan.exits))
    over_counts = tuple(range(1, 1 + len(plan.counts)))
    ended = _plus(places.last(forward.end), over_counts) * worth[:, list(plan.going), :, None]
    found = _sum(ended, 1)
    if not plan.exits:
        return found
    weights = [places.odds(_leaving(plan, each, letters, worth)) for each in plan.exits]
    ahead = places.begin(np.ones((1, plan.classes, *plan.counts, rows, block)))
    scratch = np.empty(max(values, plan.classes * int(np.prod(plan.counts))) * places.area * block)
    gathered = np.zeros((values, *(max(places.shape(n)[k] for n in range(places.size + 1)) for k in (0, 1)), block))
    for n in reversed(range(places.size)):
        met, reaches = places.met(forward[n]), ahead[0][..., :-1, :, :]
        into = gathered[:, : met.shape[-3], : met.shape[-2]]
        part = scratch[: into.size].reshape(into.shape)
        for exit_, weight in zip(plan.exits, weights, strict=True):
            first, last, many = exit_.sources[0], exit_.sources[-1], len(exit_.sources)
            sources = met[first : last + 1] if last - first + 1 == many else met[list(exit_.sources)]
            chance = places.at(weight, n)
            chance = chance.reshape(many, values, *chance.shape[1:])
            for source, target in exit_.shifts:
                passing = _plus(sources[:, *source] * reaches[exit_.end, *target], over_counts)
                for one, other in zip(passing, chance, strict=True):
                    np.multiply(one, other, out=part)
                    into += part
        if n:
            ahead = _backward(plan.back, places, support, places.at(odds, n), ahead, n, scratch)
    return found + _sum(gathered, 1)


def _leaving(plan: Plan, exit_: Exit, letters: Floats, worth: Booleans) -> Floats:
    """Probabilities of the letters that lead out, where the words count then: (sources · V, N, rows, B)."""
    values = len(worth)
    found = np.zeros((len(exit_.sources), values, *letters.shape[1:]))
    for mine, edges in zip(found, exit_.edges, strict=True):
        for edge in edges:
            for v in np.flatnonzero(worth[:, edge.b].any(axis=-1)):
                mine[v] += letters[plan.places[edge.letters]] * worth[v, edge.b, :, None]
    return found.reshape(-1, *letters.shape[1:])


def _plus(terms: Floats, axes: tuple[int, ...]) -> Floats:
    """Sum over some of the front axes, one after the other whatever the block.

    numpy would add in another order where nothing stands behind them, so a second copy is put there.
    """
    if not axes:
        return terms
    if int(np.prod(terms.shape[axes[-1] + 1 :])) > 1:
        return np.asarray(np.add.reduce(terms, axis=axes))
    return np.asarray(np.add.reduce(np.repeat(terms, 2, axis=-1), axis=axes)[..., :1])


def _sum(terms: Floats, keep: int) -> Floats:
    """Sum over all axes but the first `keep` and the last, in an order that does not depend on the block."""
    flat = np.moveaxis(terms.reshape(*terms.shape[:keep], -1, terms.shape[-1]), -1, keep)
    return np.asarray(np.ascontiguousarray(flat).sum(axis=-1))


Asked = tuple[int, tuple[int, ...], Floats]  # which worth, which sets of letters, and their other weights


def derivatives(
    plan: Plan, places: Places, letters: Floats, support: Floats, worth: Floats, asked: list[Asked]
) -> Floats:
    """Σ of worth over all words in which one member's letters have other weights, for every member; (asked, N, B).

    The sum is linear in each member's letters, so all members come from one backward pass. It never divides, so
    entries that are exactly 0 do no harm.
    letters, support: as in `totals`; worth (V, states, counts …, rows, B)
    asked: (v, places of the sets, their other weights (sets asked, N, rows, B)); who supports adds nothing here
    """
    odds, block = places.odds(letters), support.shape[-1]
    forward = forwards(plan.moves, worth.shape[1:-2], places, support, odds, True)
    weights = [places.odds(each) for _, _, each in asked]
    wanted = sorted({place for _, sets, _ in asked for place in sets})
    found = np.zeros((len(asked), places.size, block))
    ahead = np.ascontiguousarray(places.begin(worth))
    scratch = np.empty(max(ahead.size, int(np.prod(worth.shape[:-2])) * places.area * block))
    for n in reversed(range(places.size)):
        now, reaches = places.met(forward[n]), ahead[..., :-1, :, :]
        by_letters: dict[int, Floats] = {}
        for each in plan.moves:
            if each.letters in wanted:
                source, target = now[each.a], reaches[:, *each.b]
                part = scratch[: target.size].reshape(target.shape)
                np.multiply(target, source, out=part)
                summed = _plus(part.reshape(part.shape[0], -1, *part.shape[-3:]), (1,))
                if each.letters in by_letters:
                    by_letters[each.letters] += summed
                else:
                    by_letters[each.letters] = summed
        for place, (which, sets, _) in enumerate(asked):
            here = places.at(weights[place], n)
            terms = [by_letters[letters_][which] * other for letters_, other in zip(sets, here, strict=True)]
            found[place, n] = _sum(reduce(np.add, terms), 0)
        if n:
            ahead = _backward(plan.moves, places, support, places.at(odds, n), ahead, n, scratch)
    return found


def block_size(states: int, plan: Plan, places: Places, kept: bool) -> int:
    """How many cases to take side by side: arrays that stay in the cache, or that are kept within memory."""
    states *= int(np.prod(plan.counts))
    if kept:
        return max(1, min(128, KEPT // max(1, states * places.volume)))
    return max(1, min(128, CACHED // (states * places.area)))


def work(plan: Plan, places: Places) -> float:
    """Multiplications of one forward pass for one case."""
    return float(len(plan.machine.edges)) * float(np.prod(plan.counts)) * places.volume
