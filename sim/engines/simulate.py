"""Monte Carlo: all replicates at once, for any rule (the model, section 6).

Results are integer counts, so they are the same for every size of chunk.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields

import numpy as np

from sim.model.case import Case
from sim.model.council import Booleans, Floats, Integers
from sim.model.draws import Streams
from sim.model.interaction import first_to_speak
from sim.model.process import ADOPTIONS, OUTCOMES, Draws, Room, Round, consult, play
from sim.model.rules import count
from sim.model.stances import Table, table

CHUNK = 1 << 18  # numbers a chunk: one array of them is two megabytes, and calls cost little against work
LEAST = 400  # replicates a chunk: of large councils they share rows of the table
WHOLE = 1 << 17  # numbers in a table that is built once for all draws


class Chance:
    """The draws of one proposal before one council, by position of the replicate."""

    def __init__(self, case: Case, seed: int) -> None:
        text, ids = case.proposal.name, case.council.ids
        self._taste = Streams(seed, "taste", [(text, each) for each in ids])
        self._notice = Streams(seed, "notice", [(text, each) for each in ids])
        self._agenda = Streams(seed, "agenda", [(text,)])
        self._secret = Streams(seed, "hide", [(text, each) for each in ids])

    def draws(self, start: int, replicates: int, cases: Sequence[Case] = (), notice: bool = True) -> Draws:
        """Draws of the replicates start … start + replicates − 1, as far as these cases need them; none given: all.

        notice: when members notice is wanted in any case, to know who objected first
        """
        hides = not cases or any(case.interaction.hides for case in cases)
        notice |= hides or any(not np.isinf(case.procedure.silence_hours) for case in cases)

        def drawn(streams: Streams) -> Floats:
            return np.asfortranarray(streams.uniforms(start, replicates))

        return Draws(
            taste=drawn(self._taste),
            notice=drawn(self._notice) if notice else None,
            agenda=self._agenda.uniforms(start, replicates)[:, 0],
            secret=drawn(self._secret) if hides else None,
        )


@dataclass
class Tally:
    """Integer counts over replicates; they add up over chunks.

    outcomes (6,), rounds (T,): adopted in round t, supporters: sum over replicates, lone: exactly one final hold-out,
    lone_open: exactly one open one, hidden_squares: sum over replicates of the squared number of hidden ones.
    By member, (N,): support, object (as tabled), first_objector, final_hold_out, lone_hold_out; open_hold_out and
    lone_open_hold_out likewise of open final hold-outs only.
    """

    replicates: int
    outcomes: Integers
    rounds: Integers
    supporters: int
    lone: int
    lone_open: int
    hidden_squares: int
    support: Integers
    object: Integers
    first_objector: Integers
    final_hold_out: Integers
    lone_hold_out: Integers
    open_hold_out: Integers
    lone_open_hold_out: Integers

    @property
    def adopted_any(self) -> int:
        return int(self.outcomes[:ADOPTIONS].sum())

    @property
    def hidden(self) -> Integers:
        """By member, (N,): final hold-outs that stayed hidden."""
        return self.final_hold_out - self.open_hold_out

    def __add__(self, other: Tally) -> Tally:
        return Tally(**{each.name: getattr(self, each.name) + getattr(other, each.name) for each in fields(self)})


def rows_of(case: Case, draws: Draws) -> Table:
    """The table of stances with just the rows of s that occur in these draws."""
    not_support = table(case, np.zeros(0, np.int64)).not_support
    return table(case, np.unique(count(draws.taste >= not_support)))


def stances_of(case: Case) -> Callable[[Draws], Table]:
    """Which table serves given draws: one for all of them, or where that would be large, just the rows they need."""
    if (case.council.size + 1) ** 2 * case.procedure.rounds >= WHOLE:
        return lambda draws: rows_of(case, draws)
    whole = table(case)
    return lambda draws: whole


def tally(case: Case, stances: Table, draws: Draws, blame: bool, rounds: Iterable[Round] | None = None) -> Tally:
    """Play these draws, unless the rounds are given, and count. Without blame, what is counted by member stays 0."""
    supports = draws.taste >= stances.not_support
    wishes = consult(0, Room.of(case, stances, draws.taste), None) if blame else np.zeros_like(supports)
    return counted(
        case, supports, wishes, draws.notice, play(case, stances, draws) if rounds is None else rounds, blame
    )


def counted(
    case: Case, supports: Booleans, wishes: Booleans, notice: Floats | None, rounds: Iterable[Round], blame: bool
) -> Tally:
    """Count what happened in these rounds.

    supports, wishes (R, N): who supports the text as tabled, and who would object to it.
    Without blame, what is counted by member stays 0; so does first_objector without notice.
    """
    size = case.council.size
    outcomes, adopted = np.zeros(len(OUTCOMES), np.int64), np.zeros(case.procedure.rounds, np.int64)
    first, hold_outs, lone = np.zeros(size, np.int64), np.zeros((2, 2, size), np.int64), np.zeros(2, np.int64)
    squares = 0
    for each in rounds:
        now = np.bincount(each.outcome[each.outcome >= 0], minlength=len(OUTCOMES))
        outcomes += now
        adopted[each.number] = now[:ADOPTIONS].sum()
        held = seen = _hold_outs(each.objects, each.outcome >= ADOPTIONS, blame)
        if each.open is not each.objects:
            seen = _hold_outs(each.open, each.outcome >= ADOPTIONS, blame)
            hidden = count(each.objects) - count(each.open)
            squares += int((hidden * hidden)[each.outcome >= ADOPTIONS].sum())
        lone += held[0], seen[0]
        hold_outs += held[1], seen[1]
        if blame and each.number == 0 and notice is not None:
            who = first_to_speak(each.objects, notice, case.council.attention)
            first += np.bincount(who[who >= 0], minlength=size)
    return Tally(
        replicates=len(supports),
        outcomes=outcomes,
        rounds=adopted,
        supporters=int(count(supports).sum()),
        lone=int(lone[0]),
        lone_open=int(lone[1]),
        hidden_squares=squares,
        support=count(supports.T) if blame else np.zeros(size, np.int64),
        object=count(wishes.T) if blame else np.zeros(size, np.int64),
        first_objector=first,
        final_hold_out=hold_outs[0, 0],
        lone_hold_out=hold_outs[0, 1],
        open_hold_out=hold_outs[1, 0],
        lone_open_hold_out=hold_outs[1, 1],
    )


def _hold_outs(holding: Booleans, failed: Booleans, blame: bool) -> tuple[int, Integers]:
    """In how many replicates that failed exactly one holds out; by member, (2, N), in how many it does, and alone."""
    alone = failed & (count(holding) == 1)
    by_member = np.zeros((2, holding.shape[-1]), np.int64)
    if blame:
        by_member += [count((holding & those[:, None]).T) for those in (failed, alone)]
    return int(alone.sum()), by_member


def chunks(case: Case, replicates: int, start: int = 0, chunk: int | None = None) -> Iterator[tuple[int, int]]:
    """(start, count) of pieces of the replicates that fit the cache."""
    chunk = chunk or max(LEAST, CHUNK // max(case.council.size, 1))
    for first in range(start, start + replicates, chunk):
        yield first, min(chunk, start + replicates - first)


def keep_freed_memory() -> None:
    """Let glibc reuse what arrays leave behind: freeing one large block raises the size from which it returns memory.

    Else the system takes back every chunk's arrays and clears the pages of the next, which costs as much as the draws.
    """
    np.empty(31 << 20, np.uint8)


def simulate(
    case: Case,
    replicates: int,
    seed: int,
    *,
    start: int = 0,
    blame: bool = False,
    chunk: int | None = None,
    progress: Callable[[int], None] = lambda done: None,
) -> Tally:
    """Play the replicates start … start + replicates − 1 of a single case and count.

    progress is called with the number of replicates done after each chunk. Source: the model, sections 4 and 6.
    """
    keep_freed_memory()
    chance = Chance(case, seed)
    stances = stances_of(case)
    total: Tally | None = None
    for first, many in chunks(case, replicates, start, chunk):
        draws = chance.draws(first, many, [case], notice=blame)
        now = tally(case, stances(draws), draws, blame)
        total = now if total is None else total + now
        progress(first + many - start)
    if total is None:
        raise ValueError("there are no replicates to play")
    return total


@dataclass
class Paired:
    """The tally of one of several cases, and how many replicates are adopted here only, and in the first case only."""

    tally: Tally
    gained: int
    lost: int

    def __add__(self, other: Paired) -> Paired:
        return Paired(self.tally + other.tally, self.gained + other.gained, self.lost + other.lost)


def together(cases: Sequence[Case], replicates: int, seed: int, *, blame: bool = False) -> list[Paired]:
    """Play the same replicates of several cases of one proposal, all on the same draws; councils may differ.

    So differences between them are far more precise than the cases themselves (common random numbers).
    """
    keep_freed_memory()
    chances = {case.council.ids: Chance(case, seed) for case in cases}
    tables = [stances_of(case) for case in cases]
    largest = max(cases, key=lambda case: case.council.size)
    found: list[Paired] = []
    for first, many in chunks(largest, replicates):
        draws_of = {ids: chance.draws(first, many, cases, notice=False) for ids, chance in chances.items()}
        now: list[Paired] = []
        base: Booleans | None = None
        for case, stances in zip(cases, tables, strict=True):
            draws = draws_of[case.council.ids]
            here = stances(draws)
            rounds = list(play(case, here, draws))
            adopted = _adopted(rounds, many)
            base = adopted if base is None else base
            gained, lost = int((adopted & ~base).sum()), int((base & ~adopted).sum())
            now.append(Paired(tally(case, here, draws, blame, rounds), gained, lost))
        found = now if not found else [before + after for before, after in zip(found, now, strict=True)]
    return found


def adoptions(case: Case, replicates: int, seed: int, *, start: int = 0) -> Booleans:
    """Is the text adopted, (R,), in the replicates start … start + replicates − 1?"""
    chance, stances = Chance(case, seed), stances_of(case)
    found = []
    for first, many in chunks(case, replicates, start):
        draws = chance.draws(first, many, [case], notice=False)
        found.append(_adopted(play(case, stances(draws), draws), many))
    return np.concatenate(found)


def _adopted(rounds: Iterable[Round], replicates: int) -> Booleans:
    """Is the text adopted, (R,)?"""
    found = np.zeros(replicates, np.bool_)
    for each in rounds:
        found[each.replicate] = (each.outcome >= 0) & (each.outcome < ADOPTIONS)
    return found


def trace(case: Case, replicate: int, seed: int) -> tuple[Draws, Table, list[Round]]:
    """The rounds of one replicate, for a chronicle."""
    draws = Chance(case, seed).draws(replicate, 1)
    stances = rows_of(case, draws)
    return draws, stances, list(play(case, stances, draws, traced=True))
