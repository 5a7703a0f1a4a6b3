"""The process: consult, decide, revise, round after round, on arrays of replicates (the model, sections 3 and 4).

`play` is the loop of the model's section 4. The arrays hold the replicates that are still undecided; whoever is
finished leaves them.

Arrays of shape (R, N) lie member by member in memory (Fortran order) wherever they are made here: to add up members
is then to add up long rows. Either order gives the same results.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from sim.model.case import Case
from sim.model.council import Booleans, Floats, Integers
from sim.model.rules import Rule, count
from sim.model.stances import Table

OUTCOMES = ("adopted", "adopted-after-payment", "adopted-diluted", "adopted-with-opt-out", "blocked", "withdrawn")
ADOPTED, AFTER_PAYMENT, DILUTED, WITH_OPT_OUT, BLOCKED, WITHDRAWN = range(6)
ADOPTIONS = WITH_OPT_OUT + 1  # the first four outcomes
UNDECIDED = -1

STANCES = ("support", "acquiesce", "object")

FEW = 10  # one in so many: then looking up single members is faster than comparing all

Kind = TypeVar("Kind", np.bool_, np.float64)


def of(array: NDArray[Kind], replicates: Integers) -> NDArray[Kind]:
    """Those replicates of an (R, N) array, member by member in memory."""
    return np.take(array.T, replicates, axis=1).T


@dataclass(frozen=True)
class Draws:
    """What chance gives R replicates.

    taste   (R, N): u, the lasting taste for this text
    notice  (R, N): n, when a member notices; None where nothing depends on it
    agenda  (R,): x, when the sponsors give up
    """

    taste: Floats
    notice: Floats | None
    agenda: Floats

    def of(self, replicates: Integers) -> Draws:
        """Those replicates only."""
        notice = None if self.notice is None else of(self.notice, replicates)
        return Draws(of(self.taste, replicates), notice, self.agenda[replicates])


@dataclass(frozen=True)
class Round:
    """What happened in one round to the replicates that reached it.

    number     t
    replicate  (R,): which replicates these are
    objects    (R, N): who objects
    outcome    (R,): index into OUTCOMES, or UNDECIDED: they go on to the next round
    won        (R, N): who was won over by a payment or an opt-out, where that carried the text; None unless traced
    """

    number: int
    replicate: Integers
    objects: Booleans
    outcome: Integers
    won: Booleans | None = None


@dataclass(frozen=True)
class Room:
    """The replicates that are still undecided.

    replicate  (R,): which of all replicates these are
    row        (R,): the table's row for each one's number of supporters
    taste      (all, N): the draws of all replicates, the finished ones too: to drop those would copy most of them
    """

    replicate: Integers
    row: Integers
    taste: Floats

    @classmethod
    def of(cls, table: Table, taste: Floats) -> Room:
        """All replicates; the table must have the rows of all numbers of supporters that occur."""
        row_of = np.zeros(taste.shape[-1] + 1, np.int64)
        row_of[table.supporters] = np.arange(len(table.supporters))
        return cls(np.arange(len(taste)), row_of[count(taste >= table.not_support)], taste)

    def still(self, on: Integers) -> Room:
        """Those of them that go on."""
        return Room(self.replicate[on], self.row[on], self.taste)

    def below(self, part: Floats, t: int, among: Booleans | None) -> Booleans:
        """Whose taste, of those among (R, N), is below what a part of the table (S, T, N) says of round t; (R, N)."""
        if among is None or np.count_nonzero(among.T) * FEW > among.size:
            whole = len(self.replicate) == len(self.taste)
            found = (self.taste if whole else of(self.taste, self.replicate)) < of(part[:, t], self.row)
            return found if among is None else found & among
        rounds, size = part.shape[1:]
        few = np.zeros(among.T.shape, np.bool_)
        at = np.flatnonzero(among.T)  # few are asked: look up just those
        member, place = np.divmod(at, len(self.row))
        limit = part.ravel().take(((self.row * rounds + t) * size)[place] + member)
        few.ravel()[at] = self.taste[self.replicate[place], member] < limit
        return few.T


def consult(table: Table, t: int, room: Room, notice: Floats | None, might: Booleans | None = None) -> Booleans:
    """Who objects in round t, shape (R, N).

    In round 0 only those who notice the silence procedure in time; notice None: all do. might (R, N): who can come
    into question, if that is known; None: all.
    """
    objects = room.below(table.object, t, might)
    if t == 0 and notice is not None:
        objects &= notice < table.notice
    return objects


def win_over(rule: Rule, accepts: Booleans, objects: Booleans, at_most: int) -> Booleans:
    """Who of those who accept is added, (R, N): objectors with a veto, then the rule's queue, at most so many."""
    if at_most >= accepts.shape[-1] or bool((count(accepts) <= at_most).all()):
        return accepts
    first = accepts & objects & rule.veto
    line = np.concatenate([first[:, rule.queue], (accepts & ~first)[:, rule.queue]], axis=-1)
    line &= np.cumsum(line, axis=-1) <= at_most
    added = np.empty_like(accepts)
    added[:, rule.queue] = line[:, : accepts.shape[-1]] | line[:, accepts.shape[-1] :]
    return added


def decide(
    case: Case, table: Table, t: int, room: Room, supports: Booleans, objects: Booleans, traced: bool
) -> tuple[Integers, Booleans | None]:
    """Does the text pass in round t, as it stands, by paying, or with opt-outs? Outcome (R,) and who was won over."""
    rule, p = case.rule, case.procedure
    lacking = rule.lacking(supports, objects)
    as_it_stands = DILUTED if case.ambition[t] < 1.0 - 1e-12 else ADOPTED
    outcome = np.where(lacking <= 0, as_it_stands, UNDECIDED)
    won = np.zeros_like(objects) if traced else None
    offers = [(AFTER_PAYMENT, table.refuse_payment, p.payment_members)]
    if t >= p.opt_out_first_round:
        offers.append((WITH_OPT_OUT, table.refuse_opt_out, p.opt_out_members))
    for name, refuse, at_most in offers:
        if refuse is None:
            continue
        near = (outcome == UNDECIDED) & (lacking <= at_most)
        missing = ~rule.favour(supports, objects) & near[:, None]
        accepts = missing & ~room.below(refuse, t, missing)
        tried = np.flatnonzero(near & (count(accepts) >= lacking))
        if not tried.size:
            continue
        s, o, a = (of(each, tried) for each in (supports, objects, accepts))
        passes = np.zeros(len(tried), np.bool_)
        for m in range(1, at_most + 1) if traced else [at_most]:  # one by one only where somebody looks
            added = win_over(rule, a, o, m)
            newly = ~passes & rule.passes(s | added, o & ~added)
            if won is not None:
                won[tried[newly]] = added[newly]
            passes |= newly
        outcome[tried[passes]] = name
    return outcome, won


def revise(case: Case, t: int, outcome: Integers, objects: Booleans, agenda: Floats) -> Integers:
    """What becomes of a text that did not pass in round t: withdrawn, blocked, or on to the next round; (R,)."""
    p = case.procedure
    last = t == p.rounds - 1
    if last:
        return np.where(outcome == UNDECIDED, BLOCKED, outcome)
    gone = agenda < 1.0 - (1.0 - p.withdrawal_hazard) ** (t + 1)
    if p.withdraw_above < objects.shape[-1]:
        gone |= count(objects) > p.withdraw_above
    if not case.lasts[t + 1]:
        gone[:] = True  # a text diluted below the floor is withdrawn; the last round played is this one
    return np.where((outcome == UNDECIDED) & gone, WITHDRAWN, outcome)


def play(
    case: Case, table: Table, draws: Draws, may_object: Booleans | None = None, traced: bool = False
) -> Iterator[Round]:
    """The rounds of the process for R replicates; each replicate leaves with the round that settles its outcome.

    table must have the rows of all numbers of supporters that occur. may_object (R, N): members it leaves out
    acquiesce where they would object (for blame). traced: note who was won over.
    """
    room, agenda, supports = Room.of(table, draws.taste), draws.agenda, draws.taste >= table.not_support
    deadline = None if np.isinf(case.procedure.silence_hours) else draws.notice
    might: Booleans | None = None
    for t in range(case.procedure.rounds):
        objects = consult(table, t, room, deadline, might)
        if may_object is not None:
            objects &= may_object
        outcome, won = decide(case, table, t, room, supports, objects, traced)
        outcome = revise(case, t, outcome, objects, agenda)
        yield Round(t, room.replicate, objects, outcome, won)
        on = np.flatnonzero(outcome == UNDECIDED)
        if not on.size:
            return
        room, agenda, supports = room.still(on), agenda[on], of(supports, on)
        may_object = None if may_object is None else of(may_object, on)
        # the cost of objecting only grows, so nobody begins to object later, but for those who slept in round 0
        might = None if t == 0 and deadline is not None else of(objects, on)
