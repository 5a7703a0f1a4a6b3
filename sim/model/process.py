"""The process: consult, decide, revise, round after round, on arrays of replicates (the model, sections 3 and 4).

`play` is the loop of the model's section 4. The arrays hold the replicates that are still undecided; whoever is
finished leaves them.

Arrays of shape (R, N) lie member by member in memory (Fortran order) wherever they are made here: to add up members
is then to add up long rows. Either order gives the same results.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from sim.model.case import Case
from sim.model.council import Booleans, Floats, Integers
from sim.model.interaction import first_to_speak
from sim.model.rules import Rule, count
from sim.model.stances import Table, Terms

OUTCOMES = ("adopted", "adopted-after-payment", "adopted-diluted", "adopted-with-opt-out", "blocked", "withdrawn")
ADOPTED, AFTER_PAYMENT, DILUTED, WITH_OPT_OUT, BLOCKED, WITHDRAWN = range(6)
ADOPTIONS = WITH_OPT_OUT + 1  # the first four outcomes
UNDECIDED = -1

OFFERS = ("payment", "opt_out")
Refuse = Callable[[str, Booleans], Booleans]

STANCES = ("support", "acquiesce", "object")

FEW = 10  # one in so many: then looking up single members is faster than comparing all

Kind = TypeVar("Kind", np.bool_, np.float64)


def of(array: NDArray[Kind], replicates: Integers) -> NDArray[Kind]:
    """Those replicates of an (R, N) array, member by member in memory."""
    return np.take(array.T, replicates, axis=1).T


def still(array: NDArray[Kind] | None, replicates: Integers) -> NDArray[Kind] | None:
    """The same of an array that may not be needed."""
    return None if array is None else of(array, replicates)


@dataclass(frozen=True)
class Draws:
    """What chance gives R replicates.

    taste   (R, N): u, the lasting taste for this text
    notice  (R, N): n, when a member notices; None where nothing depends on it
    agenda  (R,): x, when the sponsors give up
    secret  (R, N): z, whether it would rather stay hidden; None where nobody hides
    """

    taste: Floats
    notice: Floats | None
    agenda: Floats
    secret: Floats | None = None

    def of(self, replicates: Integers) -> Draws:
        """Those replicates only."""
        notice, secret = still(self.notice, replicates), still(self.secret, replicates)
        return Draws(of(self.taste, replicates), notice, self.agenda[replicates], secret)


@dataclass(frozen=True)
class Round:
    """What happened in one round to the replicates that reached it.

    number     t
    replicate  (R,): which replicates these are
    objects    (R, N): who objects
    outcome    (R,): index into OUTCOMES, or UNDECIDED: they go on to the next round
    open       (R, N): who of those that object says so; the others stay hidden
    won        (R, N): who was won over by a payment or an opt-out, where that carried the text; None unless traced
    """

    number: int
    replicate: Integers
    objects: Booleans
    outcome: Integers
    open: Booleans
    won: Booleans | None = None


@dataclass(frozen=True)
class Room:
    """The replicates that are still undecided, and what each member knows there.

    replicate  (R,): which of all replicates these are
    row        (R,): the table's row for each one's number of supporters
    taste      (all, N): the draws of all replicates, the finished ones too: to drop those would copy most of them
    heard      (R, N): how united the others seemed in the round before; None: the table's row says it, as tabled
    """

    table: Table
    terms: Terms | None  # only where members heed each other
    replicate: Integers
    row: Integers
    taste: Floats
    heard: Floats | None = None

    @classmethod
    def of(cls, case: Case, table: Table, taste: Floats) -> Room:
        """All replicates; the table must have the rows of all numbers of supporters that occur."""
        row_of = np.zeros(taste.shape[-1] + 1, np.int64)
        row_of[table.supporters] = np.arange(len(table.supporters))
        terms = Terms.of(case) if case.interaction.heeds else None
        return cls(table, terms, np.arange(len(taste)), row_of[count(taste >= table.not_support)], taste)

    def after(self, case: Case, open_: Booleans, on: Integers) -> Room:
        """Those of them that go on, having heard who openly objected, (R, N)."""
        left = replace(self, replicate=self.replicate[on], row=self.row[on])
        if self.terms is None:
            return left
        share = self.table.supporters[left.row] / max(self.taste.shape[-1] - 1, 1)
        return replace(left, heard=case.interaction.heard(of(open_, on), share[:, None]))

    def could(self, t: int) -> Booleans:
        """Who might object in round t or later, if all it heard were objections, (R, N)."""
        assert self.terms is not None
        most = self.terms.map(lambda each: each[min(t, each.shape[0] - 1)])
        return of(self.taste, self.replicate) < most.object(most.cost(np.zeros(self.taste.shape[-1])))

    def below(self, wish: str, t: int, among: Booleans | None) -> Booleans:
        """Whose taste, of those among (R, N), is below what the table's part of that name says of round t; (R, N)."""
        if among is None or (self.heard is None and np.count_nonzero(among.T) * FEW > among.size):
            part: Floats = getattr(self.table, wish)
            whole = len(self.replicate) == len(self.taste)
            found = (self.taste if whole else of(self.taste, self.replicate)) < of(part[:, t], self.row)
            return found if among is None else found & among
        few = np.zeros(among.T.shape, np.bool_)
        at = np.flatnonzero(among.T)  # few are asked: look up just those
        member, place = np.divmod(at, max(len(self.row), 1))
        few.ravel()[at] = self.taste[self.replicate[place], member] < self._limit(wish, t, member, place)
        return few.T

    def refusing(self, t: int) -> Refuse:
        """Who of those asked refuses an offer in round t."""
        return lambda offer, among: self.below(f"refuse_{offer}", t, among)

    def _limit(self, wish: str, t: int, member: Integers, place: Integers) -> Floats:
        """What the table says of these members in these replicates, or would say, had it rows for what they heard."""
        if self.heard is None or self.terms is None:
            part: Floats = getattr(self.table, wish)
            rounds, size = part.shape[1:]
            return np.asarray(part.ravel().take(((self.row * rounds + t) * size)[place] + member))
        terms = self.terms.map(lambda each: each[min(t, each.shape[0] - 1)].take(member, mode="clip"))
        limit: Floats = getattr(terms, wish)(terms.cost(self.heard[place, member]))
        return limit


def consult(t: int, room: Room, notice: Floats | None, might: Booleans | None = None) -> Booleans:
    """Who objects in round t, shape (R, N).

    In round 0 only those who notice the silence procedure in time; notice None: all do. might (R, N): who can come
    into question, if that is known; None: all.
    """
    objects = room.below("object", t, might)
    if t == 0 and notice is not None:
        objects &= notice < room.table.notice
    return objects


def speak(case: Case, objects: Booleans, notice: Floats | None, secret: Floats | None) -> Booleans:
    """Who of those that object does so openly, (R, N): once one has spoken, others may stay hidden."""
    if secret is None or notice is None or not case.interaction.hides:
        return objects
    first = first_to_speak(objects, notice, case.council.attention)
    spoken = np.flatnonzero(first >= 0)
    open_ = objects & (secret >= case.interaction.hide)
    open_[spoken, first[spoken]] = True
    return open_


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
    case: Case, t: int, refuse: Refuse, supports: Booleans, objects: Booleans, traced: bool
) -> tuple[Integers, Booleans | None]:
    """Does the text pass in round t, as it stands, by paying, or with opt-outs? Outcome (R,) and who was won over.

    refuse: who of those asked, (R, N), refuses what is offered in this round, (R, N)
    """
    rule, p = case.rule, case.procedure
    lacking = rule.lacking(supports, objects)
    as_it_stands = DILUTED if case.ambition[t] < 1.0 - 1e-12 else ADOPTED
    outcome = np.where(lacking <= 0, as_it_stands, UNDECIDED)
    won = np.zeros_like(objects) if traced else None
    offers = [(AFTER_PAYMENT, "payment", p.payment_members)]
    if t >= p.opt_out_first_round:
        offers.append((WITH_OPT_OUT, "opt_out", p.opt_out_members))
    for name, offer, at_most in offers:
        if not at_most:
            continue
        near = (outcome == UNDECIDED) & (lacking <= at_most)
        missing = ~rule.favour(supports, objects) & near[:, None]
        accepts = missing & ~refuse(offer, missing)
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


def revise(case: Case, t: int, outcome: Integers, open_: Booleans, agenda: Floats) -> Integers:
    """What becomes of a text that did not pass in round t: withdrawn, blocked, or on to the next round; (R,).

    open_ (R, N): who objects openly; the chair sees no others
    """
    p = case.procedure
    last = t == p.rounds - 1
    if last:
        return np.where(outcome == UNDECIDED, BLOCKED, outcome)
    gone = agenda < 1.0 - (1.0 - p.withdrawal_hazard) ** (t + 1)
    if p.withdraw_above < open_.shape[-1]:
        gone |= count(open_) > p.withdraw_above
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
    room, agenda, supports = Room.of(case, table, draws.taste), draws.agenda, draws.taste >= table.not_support
    notice, secret = draws.notice, draws.secret
    deadline = None if np.isinf(case.procedure.silence_hours) else notice
    might: Booleans | None = None
    for t in range(case.procedure.rounds):
        objects = consult(t, room, deadline, might)
        if may_object is not None:
            objects &= may_object
        open_ = speak(case, objects, notice, secret)
        outcome, won = decide(case, t, room.refusing(t), supports, objects, traced)
        outcome = revise(case, t, outcome, open_, agenda)
        yield Round(t, room.replicate, objects, outcome, open_, won)
        on = np.flatnonzero(outcome == UNDECIDED)
        if not on.size:
            return
        room, agenda, supports = room.after(case, open_, on), agenda[on], of(supports, on)
        notice, secret, may_object = still(notice, on), still(secret, on), still(may_object, on)
        if room.heard is not None:
            might = room.could(t + 1) if might is None else of(might, on)
        else:
            # the cost of objecting only grows, so nobody begins to object later, but for those who slept in round 0
            might = None if t == 0 and deadline is not None else of(objects, on)
