"""Monte Carlo: all replicates at once, for any rule (the model, section 6).

Results are integer counts, so they are the same for every size of chunk.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields

import numpy as np

from sim.model.case import Case
from sim.model.council import Booleans, Integers
from sim.model.draws import Streams
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

    def draws(self, start: int, replicates: int, notice: bool) -> Draws:
        """Draws of the replicates start … start + replicates − 1."""
        return Draws(
            np.asfortranarray(self._taste.uniforms(start, replicates)),
            np.asfortranarray(self._notice.uniforms(start, replicates)) if notice else None,
            self._agenda.uniforms(start, replicates)[:, 0],
        )


@dataclass
class Tally:
    """Integer counts over replicates; they add up over chunks.

    outcomes (6,), rounds (T,): adopted in round t, supporters: sum over replicates, lone: exactly one final hold-out.
    By member, (N,): support, object (as tabled), first_objector, final_hold_out, lone_hold_out.
    """

    replicates: int
    outcomes: Integers
    rounds: Integers
    supporters: int
    lone: int
    support: Integers
    object: Integers
    first_objector: Integers
    final_hold_out: Integers
    lone_hold_out: Integers

    @property
    def adopted_any(self) -> int:
        return int(self.outcomes[:ADOPTIONS].sum())

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


def first_objectors(attention: np.ndarray, notice: np.ndarray, objects: Booleans) -> Integers:
    """The member that objects first in each replicate that has one; (≤ R,). Earliest τ/μ, τ = −ln(1 − n)."""
    size, member, replicate = len(objects), *np.divmod(np.flatnonzero(objects.T), len(objects))
    when = -np.log1p(-notice[replicate, member]) / attention[member]
    earliest = np.full(size, np.inf)
    np.minimum.at(earliest, replicate, when)
    at_once = np.flatnonzero(when == earliest[replicate])[::-1]  # backwards, so that the first in council order stays
    first = np.full(size, -1)
    first[replicate[at_once]] = member[at_once]
    return first[first >= 0]


def tally(case: Case, stances: Table, draws: Draws, blame: bool, rounds: Iterable[Round] | None = None) -> Tally:
    """Play these draws, unless the rounds are given, and count. Without blame, what is counted by member stays 0."""
    size = case.council.size
    by_member = {name: np.zeros(size, np.int64) for name in ("first_objector", "final_hold_out", "lone_hold_out")}
    outcomes, adopted, lone = np.zeros(len(OUTCOMES), np.int64), np.zeros(case.procedure.rounds, np.int64), 0
    supports = draws.taste >= stances.not_support
    supporters = count(supports)
    for each in play(case, stances, draws) if rounds is None else rounds:
        now = np.bincount(each.outcome[each.outcome >= 0], minlength=len(OUTCOMES))
        outcomes += now
        adopted[each.number] = now[:ADOPTIONS].sum()
        failed = each.outcome >= ADOPTIONS
        alone = failed & (count(each.objects) == 1)
        lone += int(alone.sum())
        if blame:
            by_member["final_hold_out"] += count((each.objects & failed[:, None]).T)
            by_member["lone_hold_out"] += count((each.objects & alone[:, None]).T)
            if each.number == 0 and draws.notice is not None:
                first = first_objectors(case.council.attention, draws.notice, each.objects)
                by_member["first_objector"] += np.bincount(first, minlength=size)
    objects = np.zeros(size, np.int64)
    if blame:
        objects += count(consult(stances, 0, Room.of(stances, draws.taste), None).T)
    return Tally(
        replicates=len(supporters),
        outcomes=outcomes,
        rounds=adopted,
        supporters=int(supporters.sum()),
        lone=lone,
        support=count(supports.T) if blame else np.zeros(size, np.int64),
        object=objects,
        **by_member,
    )


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
    notice = blame or not np.isinf(case.procedure.silence_hours)
    stances = stances_of(case)
    total: Tally | None = None
    for first, many in chunks(case, replicates, start, chunk):
        draws = chance.draws(first, many, notice)
        counted = tally(case, stances(draws), draws, blame)
        total = counted if total is None else total + counted
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
    notice = any(not np.isinf(case.procedure.silence_hours) for case in cases)
    tables = [stances_of(case) for case in cases]
    largest = max(cases, key=lambda case: case.council.size)
    found: list[Paired] = []
    for first, many in chunks(largest, replicates):
        draws_of = {ids: chance.draws(first, many, notice) for ids, chance in chances.items()}
        counted: list[Paired] = []
        base: Booleans | None = None
        for case, stances in zip(cases, tables, strict=True):
            draws = draws_of[case.council.ids]
            here = stances(draws)
            rounds = list(play(case, here, draws))
            adopted = _adopted(rounds, many)
            base = adopted if base is None else base
            gained, lost = int((adopted & ~base).sum()), int((base & ~adopted).sum())
            counted.append(Paired(tally(case, here, draws, blame, rounds), gained, lost))
        found = counted if not found else [before + now for before, now in zip(found, counted, strict=True)]
    return found


def _adopted(rounds: Iterable[Round], replicates: int) -> Booleans:
    """Is the text adopted, (R,)?"""
    found = np.zeros(replicates, np.bool_)
    for each in rounds:
        found[each.replicate] = (each.outcome >= 0) & (each.outcome < ADOPTIONS)
    return found


def trace(case: Case, replicate: int, seed: int) -> tuple[Draws, Table, list[Round]]:
    """The rounds of one replicate, for a chronicle."""
    draws = Chance(case, seed).draws(replicate, 1, notice=True)
    stances = rows_of(case, draws)
    return draws, stances, list(play(case, stances, draws, traced=True))
