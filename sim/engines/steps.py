"""What one member does to the arrays of a sum: the edges of an automaton as slices, and where supporters are kept.

The table of stances has a row for each number of supporters s, and a sum needs exactly s of them. Where all rows are
wanted, the arrays tell those met, j, and those still to come, d: s = j + d, and after n of N members j ≤ n and
d ≤ N − n, a third of the work of telling j and s (`Band`). Where few are, they tell j and s (`Rows`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import product

import numpy as np

from sim.engines.counting import Automaton, Edge, automaton
from sim.engines.letters import Look, Structure
from sim.model.council import Floats, Integers

Slices = tuple[slice, ...]


@dataclass(frozen=True)
class Move:
    """States and counts a → b (slices of equal size), with the probability of that set of letters."""

    a: Slices
    b: Slices
    letters: int


Moves = tuple[Move, ...]


@dataclass(frozen=True)
class Exit:
    """From states that are still going to a class of ended ones: places of the sources and the edges by source."""

    sources: tuple[int, ...]
    end: int
    shifts: tuple[tuple[Slices, Slices], ...]
    edges: tuple[tuple[Edge, ...], ...]


@dataclass(frozen=True)
class Plan:
    """The moves of an automaton: all of them; among the states still going; on ended ones; and from these to those."""

    machine: Automaton
    counts: tuple[int, ...]
    moves: Moves
    going: tuple[int, ...]
    forth: Moves
    classes: int
    back: Moves
    exits: tuple[Exit, ...]

    @property
    def states(self) -> int:
        return len(self.machine.labels)

    @property
    def places(self) -> dict[tuple[int, ...], int]:
        return {letters: place for place, letters in enumerate(self.machine.sets)}


@lru_cache(maxsize=256)
def plan(structure: Structure) -> Plan:
    """How to sum over the words of a structure."""
    machine = automaton(structure)
    ends = machine.ends
    going = tuple(state for state in range(len(machine.labels)) if state not in ends)
    place = {state: k for k, state in enumerate(going)}
    loops = {mine: [edge for edge in machine.edges if edge.a == state] for state, mine in ends.items()}
    leaving: dict[tuple[int, tuple[int, ...]], dict[int, list[Edge]]] = {}
    for e in machine.edges:
        if e.a in place and e.b in ends:
            leaving.setdefault((ends[e.b], e.counts), {}).setdefault(place[e.a], []).append(e)
    return Plan(
        machine=machine,
        counts=tuple(axis(look) for look in structure.counted),
        moves=moves(machine, [(e.a, e.b, e) for e in machine.edges]),
        going=going,
        forth=moves(machine, [(place[e.a], place[e.b], e) for e in machine.edges if {e.a, e.b} <= place.keys()]),
        classes=len(loops),
        back=moves(machine, [(mine, mine, e) for mine, edges in loops.items() for e in edges]),
        exits=tuple(
            Exit(
                tuple(sources),
                end,
                tuple(shifts(structure.counted, counts)),
                tuple(tuple(edges) for edges in sources.values()),
            )
            for (end, counts), sources in leaving.items()
        ),
    )


def moves(machine: Automaton, edges: Iterable[tuple[int, int, Edge]]) -> Moves:
    """Edges between numbered states; neighbours that do the same move are one."""
    places = {letters: place for place, letters in enumerate(machine.sets)}
    alike: dict[tuple[tuple[int, ...], tuple[int, ...], int], list[int]] = {}
    for a, b, edge in edges:
        alike.setdefault((edge.letters, edge.counts, b - a), []).append(a)
    found = []
    for (letters, counts, by), sources in alike.items():
        sources.sort()
        first = 0
        for last, a in enumerate(sources):
            if last + 1 == len(sources) or sources[last + 1] != a + 1:
                run = slice(sources[first], a + 1), slice(sources[first] + by, a + 1 + by)
                for source, target in shifts(machine.counted, counts):
                    found.append(Move((run[0], *source), (run[1], *target), places[letters]))
                first = last + 1
    return tuple(found)


def shifts(counted: tuple[Look, ...], counts: tuple[int, ...]) -> Iterator[tuple[Slices, Slices]]:
    """(from, to) on the counted axes for members that move them by `counts`; more drop out or are kept."""

    def one(look: Look, by: int) -> list[tuple[slice, slice]]:
        size = axis(look)
        if not by:
            return [(slice(None), slice(None))]
        moved = [(slice(0, size - 1), slice(1, size))] if size > 1 else []
        return [*moved, (slice(size - 1, size), slice(size - 1, size))] if look.over else moved

    for pair in product(*(one(look, by) for look, by in zip(counted, counts, strict=True))):
        yield tuple(source for source, _ in pair), tuple(target for _, target in pair)


def axis(look: Look) -> int:
    """The length of a look's counted axis: 0 … limit, and one more where more than that is kept apart."""
    if look.limit is None:
        raise ValueError("this look has no counted axis")
    return look.limit + 1 + look.over


@dataclass(frozen=True)
class Shift:
    """One more member on the flat axis: met → reach if it does not support, joined → above if it does. before: all."""

    before: int
    met: slice
    reach: slice
    joined: slice
    above: slice


@dataclass(frozen=True)
class Band:
    """All rows: supporters to come, d, and met, j, on one flat axis, d · width + j. Arrays are (…, length, B).

    The width grows in steps, so that nearly all a member does is on long contiguous pieces; what is not met yet is 0.
    """

    size: int
    step: int = 8

    def width(self, n: int) -> int:
        """From one d to the next, after n members; more than n."""
        return (n // self.step + 1) * self.step

    def length(self, n: int) -> int:
        """Of the flat axis, after n members."""
        return (self.size - n + 1) * self.width(n)

    @property
    def first(self) -> Integers:
        """Where each row stands before any member."""
        return np.arange(self.size + 1) * self.width(0)

    @property
    def last(self) -> Integers:
        """Where each row stands after all members: as many were met as it says."""
        return np.arange(self.size + 1)

    @cached_property
    def shifts(self) -> list[Shift]:
        """What each member does, on arrays as wide as those after it."""
        found = []
        for n in range(self.size):
            w, come = self.width(n + 1), self.size - n
            met = slice(0, come * w)
            found.append(Shift(w + come * w, met, met, slice(w, w + come * w - 1), slice(1, come * w)))
        return found

    def widened(self, now: Floats, n: int) -> Floats:
        """An array after n members, as wide as those after one more."""
        old, new = self.width(n), self.width(n + 1)
        if old == new:
            return now
        *front, _, block = now.shape
        wide = np.zeros((*front, self.size - n + 1, new, block))
        wide[..., :old, :] = now.reshape(*front, -1, old, block)
        return wide.reshape(*front, -1, block)

    def narrowed(self, now: Floats, n: int) -> Floats:
        """And back."""
        old, new = self.width(n), self.width(n + 1)
        if old == new:
            return now
        *front, _, block = now.shape
        return now.reshape(*front, -1, new, block)[..., :old, :].reshape(*front, -1, block)

    def odds(self, letters: Floats) -> Floats:
        """Probabilities (sets, N, rows, B) laid out as `at` needs them."""
        sets, members, rows, block = letters.shape
        padded = np.zeros((sets, members, rows + self.step, block))
        padded[:, :, :rows] = letters
        return padded

    def at(self, odds: Floats, n: int, first: int = 0) -> Floats:
        """Those of member n as `shift` needs them, (sets, met, B), of odds from `first` on: the row is s = j + d."""
        one, members, s, b = odds.strides
        sets, w, come, block = len(odds), self.width(n + 1), self.size - n, odds.shape[-1]
        rows: Floats = np.ndarray((sets, come, w, block), float, odds, (n - first) * members, (one, s, s, b))
        return rows.reshape(sets, come * w, block)


@dataclass(frozen=True)
class Rows:
    """Some rows: supporters met, and which row, on one flat axis; otherwise as `Band`.

    supporters (rows,): the numbers that the rows stand for, one after the other
    """

    size: int
    supporters: Integers

    def met(self, n: int) -> tuple[int, int]:
        """The least and the most supporters met after n members that can still come to one of the rows."""
        return max(0, int(self.supporters[0]) - self.size + n), min(n, int(self.supporters[-1]))

    def length(self, n: int) -> int:
        """Of the flat axis, after n members."""
        low, high = self.met(n)
        return (high - low + 1) * len(self.supporters)

    @property
    def first(self) -> Integers:
        """Where each row stands before any member."""
        return np.arange(len(self.supporters))

    @property
    def last(self) -> Integers:
        """Where each row stands after all members."""
        many = len(self.supporters)
        return np.asarray((self.supporters - self.supporters[0]) * many + np.arange(many))

    @cached_property
    def shifts(self) -> list[Shift]:
        """What each member does."""
        found, many = [], len(self.supporters)
        for n in range(self.size):
            (low, high), (lower, higher) = self.met(n), self.met(n + 1)

            def flat(first: int, last: int, base: int) -> slice:
                return slice((first - base) * many, (last + 1 - base) * many)

            stay, leave, join = max(low, lower), min(high, higher), max(low, lower - 1)
            most = min(high, higher - 1)
            found.append(
                Shift(
                    self.length(n),
                    flat(stay, leave, low),
                    flat(stay, leave, lower),
                    flat(join, most, low),
                    flat(join + 1, most + 1, lower),
                )
            )
        return found

    def widened(self, now: Floats, n: int) -> Floats:
        return now

    def narrowed(self, now: Floats, n: int) -> Floats:
        return now

    def odds(self, letters: Floats) -> Floats:
        return letters

    def at(self, odds: Floats, n: int, first: int = 0) -> Floats:
        sets, _, rows, block = odds.shape
        met = self.shifts[n].met
        many = (met.stop - met.start) // rows
        return np.broadcast_to(odds[:, None, n - first], (sets, many, rows, block)).reshape(sets, -1, block)


Places = Band | Rows
band = lru_cache(maxsize=64)(Band)  # so that its shifts are found once


def lengths(places: Places) -> list[int]:
    """Of the flat axis, after 0 … N members."""
    return [places.length(n) for n in range(places.size + 1)]
