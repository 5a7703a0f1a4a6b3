"""Sums over all that a council can do: dynamic programming on a counting automaton, forwards and backwards.

The last axis of every array is the block: cases, rounds or nodes side by side, never mixed, so that a block costs
little more than a case and gives the same bits. All that is summed is summed in an order that does not depend on it.
"""

from __future__ import annotations

from math import isqrt, prod

import numpy as np

from sim.engines.steps import Band, Exit, Moves, Places, Plan, Rows, lengths
from sim.model.council import Booleans, Floats

CACHED = 1 << 17  # numbers of one array, where none is kept: two or three of them stay near one core
KEPT = 1 << 21  # numbers kept of one forward pass: 16 MiB
KEPT_AT_MOST = 1 << 25  # likewise, where one case alone takes more: 256 MiB; beyond it parts of the pass are done twice
ROOM = 1 << 26  # likewise, half a GiB: as much as one case may take
DENSE = 8  # states up to which all moves are done at once


class Steps:
    """One member more or less, by some moves of a plan.

    letters (sets, N, rows, B): the probability of each set of letters for each member that does not support, by row
    support (N, B): the probability that the member supports
    first: the place of the first of these members
    """

    def __init__(self, moves: Moves, places: Places, letters: Floats, support: Floats, first: int = 0) -> None:
        used = sorted({each.letters for each in moves})
        self.moves = [(each.a, each.b, used.index(each.letters)) for each in moves]
        self.places, self._odds = places, places.odds(letters[used])
        self._support, self._first, self._scratch = support, first, np.empty(0)
        self._beside = np.empty((max(lengths(places)), support.shape[-1]))

    def _room(self, like: Floats) -> Floats:
        if self._scratch.size < like.size:
            self._scratch = np.empty(2 * like.size)
        return self._scratch[: like.size].reshape(like.shape)

    def _joins(self, n: int, length: int) -> Floats:
        """P(member n supports), (length, B): numpy is slow where it must repeat so short a row."""
        self._beside[:length] = self._support[n - self._first]
        return self._beside[:length]

    def forward(self, now: Floats, n: int, room: Floats | None = None) -> Floats:
        """The array after member n from the one before it; room: numbers to put it in."""
        shift, now = self.places.shifts[n], self.places.widened(now, n)
        shape = (*now.shape[:-2], self.places.length(n + 1), now.shape[-1])
        after = np.empty(shape) if room is None else room.reshape(shape)
        joined = now[..., shift.joined, :]
        np.multiply(joined, self._joins(n, joined.shape[-2]), out=after[..., shift.above, :])
        after[..., : shift.above.start, :] = 0.0
        after[..., shift.above.stop :, :] = 0.0
        self._move(now[..., shift.met, :], after[..., shift.reach, :], n)
        return after

    def _move(self, stays: Floats, reaches: Floats, n: int) -> None:
        chance = self.places.at(self._odds, n, self._first)
        for a, b, letters in self.moves:
            source, target = stays[a], reaches[b]
            part = self._room(source)
            np.multiply(source, chance[letters], out=part)
            target += part

    def backward(self, ahead: Floats, n: int) -> Floats:
        """The worths (V, states, counts …, places, B) of what is to come, before member n from those after it."""
        shift, chance = self.places.shifts[n], self.places.at(self._odds, n, self._first)
        before = np.empty((*ahead.shape[:-2], shift.before, ahead.shape[-1]))
        joined = before[..., shift.joined, :]
        np.multiply(ahead[..., shift.above, :], self._joins(n, joined.shape[-2]), out=joined)
        before[..., : shift.joined.start, :] = 0.0
        before[..., shift.joined.stop :, :] = 0.0
        stays, reaches = before[..., shift.met, :], ahead[..., shift.reach, :]
        for a, b, letters in self.moves:
            target = reaches[:, *b]
            part = self._room(target)
            np.multiply(target, chance[letters], out=part)
            stays[:, *a] += part
        return self.places.narrowed(before, n)


class DenseSteps(Steps):
    """Likewise, from all states to all at once: fewer calls where the arrays are small and the moves many."""

    def __init__(self, moves: Moves, states: int, places: Places, letters: Floats, support: Floats) -> None:
        super().__init__((), places, letters, support)
        together: dict[object, Floats] = {}
        self._shifts = []
        for each in moves:
            a, b = range(each.a[0].start, each.a[0].stop), range(each.b[0].start, each.b[0].stop)
            counts = tuple((s.start, s.stop) for s in each.a[1:]), tuple((s.start, s.stop) for s in each.b[1:])
            if counts not in together:
                together[counts] = np.zeros((states, states, *letters.shape[1:]))
                self._shifts.append((each.a[1:], each.b[1:], together[counts].reshape(-1, *letters.shape[1:])))
            for source, target in zip(a, b, strict=True):
                together[counts][source, target] += letters[each.letters]

    def _move(self, stays: Floats, reaches: Floats, n: int) -> None:
        states = len(stays)
        for a, b, odds in self._shifts:
            chance = self.places.at(odds, n)
            chance = chance.reshape(states, states, *(1 for _ in a), *chance.shape[1:])
            reaches[:, *b] += added(stays[:, None, *a] * chance, (0,))


def started(front: tuple[int, ...], places: Places, block: int) -> Floats:
    """The weights before any member, when words are in state 0: shape (states, counts …, places, B)."""
    now = np.zeros((*front, places.length(0), block))
    now[(0,) * len(front)][places.first] = 1.0
    return now


class Forward:
    """The weights of all words by state, after n members: self[n], shape (states, counts …, places, B).

    Where all would take too much room only every `stride`-th array is kept; those between are computed again when they
    are read, the last ones first.
    """

    def __init__(self, steps: Steps, front: tuple[int, ...], block: int, keep: bool) -> None:
        places, size = steps.places, steps.places.size
        entries = prod(front) * block
        ends = np.cumsum(lengths(places)) * entries
        whole = keep and ends[-1] <= KEPT_AT_MOST
        self._steps, self._stride = steps, 1 if whole else isqrt(size) + 1 if keep else size + 1
        now = started(front, places, block)
        room = np.empty(ends[-1] if whole else 0)  # one piece, which the system does not take back each time
        self._kept, self._from, self._between = {0: now}, 0, [now]
        for n in range(size):
            now = steps.forward(now, n, room[ends[n] : ends[n + 1]] if whole else None)
            if (n + 1) % self._stride == 0:
                self._kept[n + 1] = now
        self.end = now

    def __getitem__(self, n: int) -> Floats:
        if self._stride == 1:
            return self._kept[n]
        base = n - n % self._stride
        if base != self._from or n - base >= len(self._between):
            self._from, self._between = base, [self._kept[base]]
            for k in range(base, n):
                self._between.append(self._steps.forward(self._between[-1], k))
        return self._between[n - base]


def totals(plan: Plan, places: Places, letters: Floats, support: Floats, worth: Booleans) -> Floats:
    """Σ over the words that count, within and beyond the limit on objectors, (2, V, B), by V ways to count them.

    States that nothing leads out of are not carried: all of a class have the same array of what is to come, so a word
    is counted when it enters one.
    letters, support: as in `Steps`; worth (V, states, rows): does a word count that ends in that state?
    """
    block, over_counts = support.shape[-1], tuple(range(1, 1 + len(plan.counts)))
    if not ends_apart(plan, places):
        dense = isinstance(places, Rows) and plan.states <= DENSE and len(plan.moves) > DENSE
        every = (
            DenseSteps(plan.moves, plan.states, places, letters, support)
            if dense
            else Steps(plan.moves, places, letters, support)
        )
        return ended(plan, places, Forward(every, (plan.states, *plan.counts), block, keep=False).end, worth)
    steps = Steps(plan.forth, places, letters, support)
    forward = Forward(steps, (len(plan.going), *plan.counts), block, keep=True)
    found = added_up(added(forward.end[..., places.last, :], over_counts) * worth[:, list(plan.going), :, None], 1)
    back = Steps(plan.back, places, letters, support)
    weights = [places.odds(_leaving(plan, each, letters, worth)) for each in plan.exits]
    ahead = np.zeros((1, plan.classes, *plan.counts, places.length(places.size), block))
    ahead[..., places.last, :] = 1.0
    gathered = np.zeros((len(worth), max(lengths(places)), block))
    for n in reversed(range(places.size)):
        shift = places.shifts[n]
        now, reaches = places.widened(forward[n], n)[..., shift.met, :], ahead[0][..., shift.reach, :]
        into = gathered[:, : now.shape[-2]]
        for exit_, weight in zip(plan.exits, weights, strict=True):
            first, last, many = exit_.sources[0], exit_.sources[-1], len(exit_.sources)
            sources = now[first : last + 1] if last - first + 1 == many else now[list(exit_.sources)]
            chance = places.at(weight, n).reshape(many, *into.shape)
            for source, target in exit_.shifts:
                passing = added(sources[:, *source] * reaches[exit_.end, *target], over_counts)
                into += added(passing[:, None] * chance, (0,))
        if n:
            ahead = back.backward(ahead, n)
    found += added_up(gathered, 1)
    return np.stack([found, np.zeros_like(found)])


def ended(plan: Plan, places: Places, end: Floats, worth: Booleans) -> Floats:
    """The words that count, within and beyond the limit on objectors, (2, V, B), by the array after all members."""
    counts = tuple(range(1, 1 + len(plan.counts)))
    parts = _divided(plan, end[..., places.last, :])
    return np.stack([added_up(added(each, counts) * worth[..., None], 1) for each in parts])


def ends_apart(plan: Plan, places: Places) -> bool:
    """Is it better not to carry the states that nothing leads out of? Where arrays are long."""
    return bool(plan.exits and plan.counts) and isinstance(places, Band) and room(len(plan.going), plan, places) <= ROOM


def _divided(plan: Plan, end: Floats) -> tuple[Floats, Floats]:
    """The last array, within the limit on objectors and beyond it."""
    within, beyond = end, np.zeros_like(end)
    for place, look in enumerate(plan.machine.counted):
        if look.over:
            last = (slice(None),) * (place + 1) + (slice(-1, None),)
            within = within.copy()
            beyond[last], within[last] = end[last], 0.0
    return within, beyond


def _leaving(plan: Plan, exit_: Exit, letters: Floats, worth: Booleans) -> Floats:
    """Probabilities of the letters that lead out, where the words count then: (sources · V, N, rows, B)."""
    found = np.zeros((len(exit_.sources), len(worth), *letters.shape[1:]))
    for mine, edges in zip(found, exit_.edges, strict=True):
        for edge in edges:
            for v in np.flatnonzero(worth[:, edge.b].any(axis=-1)):
                mine[v] += letters[plan.places[edge.letters]] * worth[v, edge.b, :, None]
    return found.reshape(-1, *letters.shape[1:])


def added(terms: Floats, axes: tuple[int, ...]) -> Floats:
    """Sum over some of the front axes, one after the other whatever the block.

    numpy adds in an order that depends on how the numbers lie, so they are put in C order; and in another one where
    nothing stands behind them, so a second copy is put there.
    """
    if not axes:
        return terms
    terms = np.ascontiguousarray(terms)
    if prod(terms.shape[axes[-1] + 1 :]) > 1:
        return np.asarray(np.add.reduce(terms, axis=axes))
    return np.asarray(np.add.reduce(np.repeat(terms, 2, axis=-1), axis=axes)[..., :1])


def added_up(terms: Floats, keep: int) -> Floats:
    """Sum over all axes but the first `keep` and the last, in an order that does not depend on the block."""
    flat = np.moveaxis(terms.reshape(*terms.shape[:keep], -1, terms.shape[-1]), -1, keep)
    return np.asarray(np.ascontiguousarray(flat).sum(axis=-1))


def block_size(plan: Plan, places: Places) -> int:
    """How many cases to take side by side: arrays that stay in the cache, or that are kept within memory."""
    apart = ends_apart(plan, places)
    entries = (len(plan.going) if apart else plan.states) * prod(plan.counts)
    few = KEPT // (entries * sum(lengths(places))) if apart else CACHED // (entries * max(lengths(places)))
    return max(1, min(128, few))


def work(plan: Plan, places: Places) -> float:
    """Multiplications of one forward pass for one case."""
    return float(len(plan.machine.edges)) * prod(plan.counts) * sum(lengths(places))


def room(states: int, plan: Plan, places: Places) -> int:
    """Numbers kept of one forward pass with so many states for one case."""
    entries, each = states * prod(plan.counts), lengths(places)
    whole = entries * sum(each)
    return whole if whole <= KEPT_AT_MOST else entries * max(each) * 2 * (isqrt(places.size) + 1)
