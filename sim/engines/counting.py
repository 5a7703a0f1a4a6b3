"""Counting automata: how the exact engine reads a council member by member.

Given the number of supporters s, what each other member does in the rounds looked at is a *letter*, the council a
word, and whether the text is adopted depends on how often some letters occur, counted no further than the rule and
the instruments can tell apart. So a finite automaton reads the outcome. It is found by search, made as small as it
can be (Moore 1956), and kept for all cases of the same structure.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from functools import cached_property, lru_cache

from sim.engines.letters import Deed, Letter, Look, Structure, letters

STATES_AT_MOST = 30_000  # states searched before they are merged; beyond it, counting is slower than simulating

NOT_YET, VOTE, PAYMENT, OPT_OUT, FAIL = range(5)  # what a word is read as
NEXT = 5  # VOTE + NEXT * PAYMENT: it passes as it stands, and with a payment in the next round


class TooLarge(Exception):
    """Exact counting does not apply: the message says what is too large."""


Meter = tuple[int, int, int]
State = tuple[Meter, ...]
BROKEN: Meter = (-1, 0, 0)  # where silence counts: nothing can carry the text any more


def _advance(structure: Structure, look: Look, last: bool, meter: Meter, deed: Deed) -> Meter:
    """The counts of one look after one more member.

    Where silence counts: objectors, and among them refusers of either offer. Else: accepters of either, and objectors.
    """
    s = structure
    if not look.full:
        return meter
    objectors_told = 2 if last and s.reading == "lone" else 0
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
        o, pay, _ = meter
        if o < 0:
            return FAIL
        if o <= s.slack:
            return VOTE
        return PAYMENT if o <= s.slack + s.payments and pay <= s.slack else OPT_OUT
    if need <= 0:
        return VOTE
    if need <= s.payments and meter[0] >= need:
        return PAYMENT
    if need <= s.opt_outs and meter[1] >= need:
        return OPT_OUT
    return FAIL


def _objectors(structure: Structure, meter: Meter) -> int:
    """How many object, as far as it is told."""
    if structure.silence:
        return meter[0] if meter[0] >= 0 else -1 - meter[0]
    return meter[2]


def _label(structure: Structure, state: State, need: int) -> int:
    """What a finished word is read as: adopted, and how; or failing; NOT_YET for whatever is not asked for."""
    read = [_read(structure, m, need) for m, look in zip(state, structure.looks, strict=True) if look.full]
    if not read:
        return VOTE  # only the supporters and objectors are counted
    if structure.reading == "twice":
        carried, *again = (each if each < FAIL else NOT_YET for each in read)
        return carried + NEXT * sum(again) if carried else NOT_YET
    *past, last = read
    if any(each < FAIL for each in past):
        return NOT_YET  # it passed in an earlier round
    if structure.reading in ("kind", "passes"):
        carried = last if structure.reading == "kind" else VOTE
        return carried if last < FAIL else NOT_YET
    lone = structure.reading != "lone" or _objectors(structure, state[-1]) == 1
    return FAIL if last == FAIL and lone else NOT_YET


def _after(structure: Structure, state: State, letter: Letter) -> State:
    """The state after one more member; () where no further member can make the word count."""
    last = len(state) - 1
    after = tuple(
        _advance(structure, look, place == last, meter, deed)
        for place, (look, meter, deed) in enumerate(zip(structure.looks, state, letter.deeds, strict=True))
    )
    read = [meter for meter, look in zip(after, structure.looks, strict=True) if look.full]
    if structure.reading == "lone" and _objectors(structure, after[-1]) > 1:
        return ()
    must_pass = {"twice": read[:1], "kind": read[-1:], "passes": read[-1:]}.get(structure.reading, [])
    return () if BROKEN in must_pass else after


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

    labels: for each state, what it is read as in each situation of the supporters
    ends: for each state that nothing leads out of any more, the number of its class: their members differ by label only
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
        return self.structure.counted

    @cached_property
    def ends(self) -> dict[int, int]:
        going = {0} | {edge.a for edge in self.edges if edge.b != edge.a}
        loops = {state: tuple(e for e in self._loops(state)) for state in range(len(self.labels)) if state not in going}
        names: dict[object, int] = {}
        return {state: names.setdefault(mine, len(names)) for state, mine in loops.items()}

    def _loops(self, state: int) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
        return sorted((edge.counts, edge.letters) for edge in self.edges if edge.a == edge.b == state)


@lru_cache(maxsize=256)
def automaton(structure: Structure) -> Automaton:
    """Search the states, merge those that no further member can tell apart. TooLarge if there are too many."""
    alphabet = letters(structure)
    start: State = tuple((0, 0, 0) for _ in structure.looks)
    lost: State = ()  # stands for all words that can come to nothing
    number, states, moves = {start: 0}, [start], []
    waiting = deque(states)
    while waiting:
        state, row = waiting.popleft(), []
        for letter in alphabet:
            after = _after(structure, state, letter) if state else lost
            if after not in number:
                number[after] = len(states)
                states.append(after)
                waiting.append(after)
                if len(states) > STATES_AT_MOST:
                    raise TooLarge(f"more than {STATES_AT_MOST} states to count")
            row.append(number[after])
        moves.append(row)
    needs = range(structure.needs)
    labels = [tuple(_label(structure, state, need) if state else NOT_YET for need in needs) for state in states]
    return _assemble(structure, alphabet, labels, moves, _merge(labels, moves))


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
        if state and set(labels[state]) == {NOT_YET} and all(classes[to] == mine for to in moves[state])
    }
    order = {
        mine: place for place, mine in enumerate(m for m in sorted(chosen, key=chosen.__getitem__) if m not in dead)
    }
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
