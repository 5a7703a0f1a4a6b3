"""What one member does to the arrays of a sum: the edges of an automaton as slices, and where supporters are kept.

The table of stances has a row for each number of supporters s, and a sum needs exactly s of them. Where all rows are
wanted, the arrays have an axis for those met, j, and one for those still to come, d: s = j + d, and after n of N
members j ≤ n and d ≤ N − n, a third of the work of an axis for s (`Band`). Where few are, s has an axis (`Rows`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

import numpy as np
from numpy.lib.stride_tricks import as_strided

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
    moves: tuple[Move, ...]
    going: tuple[int, ...]
    forth: tuple[Move, ...]
    classes: int
    back: tuple[Move, ...]
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
    loops = {ends[e.a]: [f for f in machine.edges if f.a == e.a] for e in machine.edges if e.a in ends}
    leaving: dict[tuple[int, tuple[int, ...]], dict[int, list[Edge]]] = {}
    for e in machine.edges:
        if e.a in place and e.b in ends:
            leaving.setdefault((ends[e.b], e.counts), {}).setdefault(place[e.a], []).append(e)
    return Plan(
        machine=machine,
        counts=tuple(axis(look) for look in structure.counted),
        moves=_moves(machine, [(e.a, e.b, e) for e in machine.edges]),
        going=going,
        forth=_moves(machine, [(place[e.a], place[e.b], e) for e in machine.edges if e.a in place and e.b in place]),
        classes=len(set(ends.values())),
        back=_moves(machine, [(mine, mine, e) for mine, edges in loops.items() for e in edges]),
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


def _moves(machine: Automaton, edges: Iterable[tuple[int, int, Edge]]) -> tuple[Move, ...]:
    """Neighbouring states that do the same move as one."""
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
                states = slice(sources[first], a + 1), slice(sources[first] + by, a + 1 + by)
                for source, target in shifts(machine.counted, counts):
                    found.append(Move((states[0], *source), (states[1], *target), places[letters]))
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
class Band:
    """All rows, on two axes: supporters met, and to come. Arrays after n of N members: (…, J, D, B)."""

    size: int

    @property
    def area(self) -> int:
        """The most entries there are at any n."""
        return (self.size + 3) ** 2 // 4

    @property
    def volume(self) -> int:
        """The entries of all n together."""
        return (self.size + 1) * (self.size + 2) * (self.size + 3) // 6

    def shape(self, n: int) -> tuple[int, int]:
        """The two axes after n members."""
        return n + 1, self.size - n + 1

    def odds(self, letters: Floats) -> Floats:
        """Probabilities (sets, N, rows, B) laid out as `at` needs them; nothing is copied."""
        sets, members, rows, block = letters.shape
        one, other, s, b = letters.strides
        # [.., j, d, :] is the row s = j + d; `at` reads no further than s = N
        return as_strided(letters, (sets, members, rows, rows, block), (one, other, s, s, b), writeable=False)

    def at(self, odds: Floats, n: int) -> Floats:
        """The probabilities for member n, broadcasting against `met` of the array before it."""
        return odds[:, n, : n + 1, : self.size - n]

    def met(self, now: Floats) -> Floats:
        """What a member meets that does not support."""
        return now[..., :-1, :]

    def joined(self, now: Floats) -> Floats:
        """What a member meets that supports."""
        return now[..., 1:, :]

    def last(self, now: Floats) -> Floats:
        """(…, rows, B) of the array after all members: as many were met as the row says."""
        return now[..., 0, :]

    def begin(self, worth: Floats) -> Floats:
        """The contrary: worth (…, rows, B) as an array after all members."""
        return worth[..., None, :]


@dataclass(frozen=True)
class Rows:
    """Some rows: supporters met, and which row; supporters (rows,): the number that each stands for. Else as `Band`."""

    size: int
    supporters: Integers

    @property
    def area(self) -> int:
        """As in `Band`."""
        return (self.size + 1) * len(self.supporters)

    @property
    def volume(self) -> int:
        """As in `Band`."""
        return (self.size + 1) * (self.size + 2) // 2 * len(self.supporters)

    def shape(self, n: int) -> tuple[int, int]:
        return n + 1, len(self.supporters)

    def odds(self, letters: Floats) -> Floats:
        return letters[:, :, None]

    def at(self, odds: Floats, n: int) -> Floats:
        return odds[:, n]

    def met(self, now: Floats) -> Floats:
        return now

    def joined(self, now: Floats) -> Floats:
        return now

    def last(self, now: Floats) -> Floats:
        return np.asarray(now[..., self.supporters, np.arange(len(self.supporters)), :])

    def begin(self, worth: Floats) -> Floats:
        *outer, rows, block = worth.shape
        whole = np.zeros((*outer, self.size + 1, rows, block))
        whole[..., self.supporters, np.arange(rows), :] = worth
        return whole


Places = Band | Rows
