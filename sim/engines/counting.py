"""Counting automata: how the exact engine reads a council member by member.

Given the number of supporters s, what a member that does not support does in the rounds looked at is decided by one
uniform number: it is a *letter*, the council a word, and whether the text is adopted depends on how often some
letters occur, counted no further than the rule and the instruments can tell apart. So a finite automaton reads the
outcome. It is found by search, made as small as it can be (Moore 1956), and kept for all cases of the same structure.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import product

STATES_AT_MOST = 30_000  # states searched before they are merged; beyond it, counting is slower than simulating

NOT_YET, VOTE, PAYMENT, OPT_OUT, FAIL_ALONE, FAIL = range(6)  # what a word is read as


class TooLarge(Exception):
    """Exact counting does not apply: the message says what is too large."""


@dataclass(frozen=True)
class Look:
    """One round that is looked at.

    full     is it read whether the text passes here, or only how many object?
    thinned  is it round 0 under a silence deadline, where only those object who notice in time?
    limit    objectors counted on an axis of their own up to this number; more end the process here (None: not counted)
    over     keep the words with more objectors than the limit apart, instead of dropping them
    """

    full: bool = True
    thinned: bool = False
    limit: int | None = None
    over: bool = False


@dataclass(frozen=True)
class Structure:
    """All that the automaton depends on; no probability.

    silence    does acquiescence count as consent? Then only objectors are missing
    slack      how many may be missing (where silence counts; else it is the number of supporters that tells)
    payments, opt_outs   to how many members they may be offered
    looks      the rounds looked at, in order of time; the last one is now
    reading    what is read of a finished word, if it failed in the past rounds looked at:
               "kind": what now carries the text; "passes": that something does; "fails": that nothing does;
               "alone": likewise, and is there one objector
    """

    silence: bool
    slack: int
    payments: int
    opt_outs: int
    looks: tuple[Look, ...]
    reading: str = "kind"

    @property
    def alone(self) -> bool:
        return self.reading == "alone"

    @property
    def reach(self) -> int:
        """How many members can be won over at most."""
        return max(self.payments, self.opt_outs)

    @property
    def needs(self) -> int:
        """How many situations of the supporters are told apart: enough, 1 … reach too few, or more than that."""
        return 1 if self.silence else self.reach + 2


@dataclass(frozen=True)
class Deed:
    """What a member that does not support does in one round: object, refuse the payment, refuse the opt-out."""

    objects: bool
    refuses_payment: bool
    refuses_opt_out: bool


@dataclass(frozen=True)
class Letter:
    """A pattern: for each threshold of `thresholds`, is u below it? With a deadline, and is it noticed in time?

    deeds: the same, as deeds in each of the rounds looked at.
    """

    below: tuple[bool, ...]
    notices: bool | None
    deeds: tuple[Deed, ...]


Threshold = tuple[int, str]  # place of the look, and "object", "payment" or "opt_out"


def thresholds(structure: Structure) -> tuple[Threshold, ...]:
    """The thresholds that cut the uniform number into letters."""
    found: list[Threshold] = []
    for place, look in enumerate(structure.looks):
        if structure.silence or look.limit is not None or structure.alone:
            found.append((place, "object"))
        if look.full and structure.payments:
            found.append((place, "payment"))
        if look.full and structure.opt_outs:
            found.append((place, "opt_out"))
    return tuple(found)


def letters(structure: Structure) -> tuple[Letter, ...]:
    """All letters that can occur: thresholds do not rise with time, and who does not object has nothing to refuse."""
    cuts = thresholds(structure)
    below_implies = [
        (i, j)
        for i, (later, kind) in enumerate(cuts)
        for j, (earlier, other) in enumerate(cuts)
        if (kind == other and earlier < later)
        or (structure.silence and kind != "object" and other == "object" and earlier == later)
    ]
    thinned = any(look.thinned for look in structure.looks)
    found = []
    for below in product((False, True), repeat=len(cuts)):
        if any(below[i] and not below[j] for i, j in below_implies):
            continue
        at = dict(zip(cuts, below, strict=True))
        for notices in (True, False) if thinned else (None,):
            deeds = []
            for place, look in enumerate(structure.looks):
                objects = at.get((place, "object"), False) and not (look.thinned and not notices)
                missing = objects or not structure.silence
                deeds.append(
                    Deed(objects, missing and at.get((place, "payment"), True), missing and at.get((place, "opt_out"), True))
                )
            found.append(Letter(below, notices, tuple(deeds)))
    return tuple(found)


Meter = tuple[int, int, int]
BROKEN: Meter = (-1, 0, 0)  # where silence counts: nothing can carry the text any more


def _advance(structure: Structure, look: Look, now: bool, meter: Meter, deed: Deed) -> Meter:
    """The counts of one look after one more member.

    Where silence counts: objectors, and among them refusers of either offer. Else: accepters of either, and objectors.
    """
    s = structure
    if not look.full:
        return meter
    objectors_told = 2 if now and s.alone else 0
    if not s.silence:
        accepters = (
            min(meter[0] + (not deed.refuses_payment), s.payments),
            min(meter[1] + (not deed.refuses_opt_out), s.opt_outs),
        )
        return (*accepters, min(meter[2] + deed.objects, objectors_told))
    if not deed.objects:
        return meter
    if meter[0] < 0:
        return (max(meter[0] - 1, -1 - objectors_told), 0, 0)
    o = meter[0] + 1
    pay = min(meter[1] + deed.refuses_payment, s.slack + 1)
    opt = min(meter[2] + deed.refuses_opt_out, s.slack + 1)
    payable = o <= s.slack + s.payments and pay <= s.slack
    optable = o <= s.slack + s.opt_outs and opt <= s.slack
    if o > s.slack and not payable and not optable:
        return (-1 - min(o, objectors_told), 0, 0) if objectors_told else BROKEN
    return (o, pay, opt)


def _read(structure: Structure, meter: Meter, need: int) -> int:
    """What carries the text in a round with these counts; need: members too few in support, 0 or less: none."""
    s = structure
    if s.silence:
        o, pay, opt = meter
        if o < 0:
            return FAIL_ALONE if s.alone and o == -2 else FAIL
        if o <= s.slack:
            return VOTE
        return PAYMENT if o <= s.slack + s.payments and pay <= s.slack else OPT_OUT
    if need <= 0:
        return VOTE
    if need <= s.payments and meter[0] >= need:
        return PAYMENT
    if need <= s.opt_outs and meter[1] >= need:
        return OPT_OUT
    return FAIL_ALONE if s.alone and meter[2] == 1 else FAIL


def _label(structure: Structure, meters: tuple[Meter, ...], need: int) -> int:
    """What a finished word is read as: adopted now, and how; or failing now; NOT_YET for whatever is neither."""
    *past, now = (_read(structure, m, need) for m, look in zip(meters, structure.looks, strict=True) if look.full)
    if any(each < FAIL_ALONE for each in past):
        return NOT_YET  # it passed in an earlier round
    if structure.reading in ("kind", "passes"):
        carried = now if structure.reading == "kind" else VOTE
        return carried if now < FAIL_ALONE else NOT_YET
    return NOT_YET if now < FAIL_ALONE else now


@dataclass(frozen=True)
class Edge:
    """From state a to state b; counts: by how much it moves each counted axis; letters: places of those that do it."""

    a: int
    b: int
    counts: tuple[int, ...]
    letters: tuple[int, ...]


@dataclass(frozen=True)
class Automaton:
    """The smallest automaton for a structure; state 0 is the start, words that can come to nothing are dropped.

    labels: for each state, what it is read as in each situation of the supporters.
    """

    structure: Structure
    letters: tuple[Letter, ...]
    labels: tuple[tuple[int, ...], ...]
    edges: tuple[Edge, ...]

    @cached_property
    def sets(self) -> tuple[tuple[int, ...], ...]:
        """The different sets of letters on the edges."""
        return tuple(sorted({edge.letters for edge in self.edges}))

    @property
    def counted(self) -> tuple[Look, ...]:
        """The looks whose objectors are counted on an axis of their own."""
        return tuple(look for look in self.structure.looks if look.limit is not None)


@lru_cache(maxsize=256)
def automaton(structure: Structure) -> Automaton:
    """Search the states, merge those that no further member can tell apart. TooLarge if there are too many."""
    alphabet = letters(structure)
    start: tuple[Meter, ...] = tuple((0, 0, 0) for _ in structure.looks)
    number, states, moves = {start: 0}, [start], []
    for state in states:
        row = []
        for letter in alphabet:
            after = tuple(
                _advance(structure, look, place == len(state) - 1, meter, deed)
                for place, (look, meter, deed) in enumerate(zip(structure.looks, state, letter.deeds, strict=True))
            )
            if after not in number:
                number[after] = len(states)
                states.append(after)
                if len(states) > STATES_AT_MOST:
                    raise TooLarge(f"more than {STATES_AT_MOST} states to count")
            row.append(number[after])
        moves.append(row)
    needs = range(structure.needs)
    labels = [tuple(_label(structure, state, need) for need in needs) for state in states]
    classes = _merge(labels, moves)
    return _assemble(structure, alphabet, labels, moves, classes)


def _merge(labels: list[tuple[int, ...]], moves: list[list[int]]) -> list[int]:
    """The class of each state: two are one if no word tells them apart (Moore's refinement)."""
    names: dict[object, int] = {}
    classes = [names.setdefault(label, len(names)) for label in labels]
    while True:
        names = {}
        finer = [
            names.setdefault((mine, *(classes[to] for to in row)), len(names))
            for mine, row in zip(classes, moves, strict=True)
        ]
        if len(set(finer)) == len(set(classes)):
            return finer
        classes = finer


def _assemble(
    structure: Structure,
    alphabet: tuple[Letter, ...],
    labels: list[tuple[int, ...]],
    moves: list[list[int]],
    classes: list[int],
) -> Automaton:
    chosen = {mine: state for state, mine in reversed(list(enumerate(classes)))}
    dead = {
        mine
        for mine, state in chosen.items()
        if set(labels[state]) == {NOT_YET} and all(classes[to] == mine for to in moves[state])
    }
    order = {mine: place for place, mine in enumerate(m for m in sorted(chosen, key=chosen.__getitem__) if m not in dead)}
    joined: dict[tuple[int, int, tuple[int, ...]], list[int]] = {}
    for mine in order:
        for place, to in enumerate(moves[chosen[mine]]):
            if classes[to] in order:
                deeds = zip(structure.looks, alphabet[place].deeds, strict=True)
                counts = tuple(int(deed.objects) for look, deed in deeds if look.limit is not None)
                joined.setdefault((order[mine], order[classes[to]], counts), []).append(place)
    return Automaton(
        structure=structure,
        letters=alphabet,
        labels=tuple(labels[chosen[mine]] for mine in order),
        edges=tuple(Edge(a, b, counts, tuple(places)) for (a, b, counts), places in joined.items()),
    )


Slices = tuple[slice, ...]


def shifts(counted: tuple[Look, ...], counts: tuple[int, ...]) -> Iterator[tuple[Slices, Slices]]:
    """(from, to) on the counted axes for members that move them by `counts`; more than the limit drops out or is kept."""

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

