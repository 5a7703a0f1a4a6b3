"""What must be looked at: in which rounds, with which weight, to see when the text is adopted and who holds out.

Who objects or refuses an offer in a round does so in every earlier one. So, without a silence deadline, a text that
would pass in round t would pass in t + 1 too, and

    P(adopted in t + 1, and how) = P(it would pass so in t + 1) − P(it would pass so in t + 1, and in t already),

each within the limit Ω on objectors at the start: two neighbouring rounds are all that is looked at. The deadline
lets objectors sleep in round 0 only; then what has not passed before is carried along, and is at most four rounds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from sim.engines.letters import Look, Structure
from sim.engines.steps import Places, Plan, Rows, band, plan
from sim.model.case import Case
from sim.model.council import Booleans, Floats, Integers


@dataclass(frozen=True)
class View:
    """A structure applied to a block: which of the table's rounds each look takes, for each case of the block.

    places: which numbers of supporters, and how they are kept
    rounds (looks, B) and cases (B,): where in the table; weight (B,): what a word counts
    over (B,): the same for words with more objectors than the limit, where those are kept
    then (B,): the weight of what is read in the second round, where there is one
    may (B,): the chance that a member may object (for blame)
    """

    plan: Plan
    places: Places
    rounds: Integers
    cases: Integers
    weight: Floats
    over: Floats
    then: Floats
    may: Floats

    @property
    def structure(self) -> Structure:
        """What the plan is for."""
        return self.plan.machine.structure

    @property
    def supporters(self) -> Integers:
        return self.places.supporters if isinstance(self.places, Rows) else np.arange(self.places.size + 1)

    def part(self, piece: slice | Integers) -> View:
        """Some cases of the block."""
        rest = (each[piece] for each in (self.weight, self.over, self.then, self.may))
        return View(self.plan, self.places, self.rounds[:, piece], self.cases[piece], *rest)

    def at(self, chances: Floats) -> View:
        """The block once for each chance that a member may object, side by side."""
        again = np.repeat(np.arange(len(self.cases)), len(chances))
        return replace(self.part(again), may=np.tile(chances, len(self.cases)))


def structure_of(case: Case, reading: str) -> Structure:
    """The rule and the instruments as a structure that looks at nothing yet."""
    p, size, needed = case.procedure, case.council.size, needed_of(case)
    silence = not case.rule.needs_support
    return Structure(
        silence=silence,
        slack=min(size - needed, size) if silence else 0,
        payments=min(p.payment_members, size),
        opt_outs=min(p.opt_out_members, size),
        looks=(),
        reading=reading,
    )


def needed_of(case: Case) -> int:
    """How many members must be in favour."""
    if case.rule.members is None:
        raise ValueError(f"under the rule {case.rule.label} members do not count equally")
    return case.rule.members


def limit_of(case: Case) -> int | None:
    """Ω, where it can bind: more than this many objectors end the process before the last round."""
    p = case.procedure
    return p.withdraw_above if p.rounds > 1 and p.withdraw_above < case.council.size else None


def deadline_of(case: Case) -> Booleans:
    """Is there a silence deadline? (C,)"""
    hours = np.broadcast_to(np.asarray(case.procedure.silence_hours, float), case.shape)
    return np.asarray(~np.isinf(hours.reshape(-1)))


def _sleepers_matter(case: Case) -> Booleans:
    """Does adoption depend on who notices? (C,). Where acquiescence is no consent, objectors are only counted for Ω."""
    return deadline_of(case) & (not case.rule.needs_support or limit_of(case) is not None)


def _apart(sleepers: Booleans, without: Callable[[], list[View]], with_: Callable[[], list[View]]) -> list[View]:
    """The views of cases without and with a deadline."""
    if not sleepers.any():
        return without()
    found = [] if sleepers.all() else [view.part(np.flatnonzero(~sleepers[view.cases])) for view in without()]
    return [*found, *(view.part(np.flatnonzero(sleepers[view.cases])) for view in with_())]


def chances(case: Case) -> tuple[Integers, Floats, Floats]:
    """The last round (C,), the chance that the sponsors let the process come to each round (C, T), the hazard (C,)."""
    rounds = case.procedure.rounds
    last = np.broadcast_to(case.lasts, (*case.shape, rounds)).reshape(-1, rounds).sum(axis=-1) - 1
    hazard = np.broadcast_to(np.asarray(case.procedure.withdrawal_hazard, float), case.shape).reshape(-1)
    stay = np.ones((len(hazard), rounds))
    for t in range(1, rounds):
        stay[:, t] = stay[:, t - 1] * (1.0 - hazard)
    return last, np.where(np.arange(rounds) <= last[:, None], stay, 0.0), hazard


def places_of(case: Case) -> Places:
    """The numbers of supporters that leave it to the others whether the text passes."""
    size = case.council.size
    if not case.rule.needs_support:
        return band(size)
    needed, reach = needed_of(case), structure_of(case, "kind").reach
    return Rows(size, np.arange(max(needed - reach, 0), max(min(needed, size + 1), 0)))


Looks = list[tuple[Look, Integers]]


def _view(
    case: Case,
    places: Places,
    reading: str,
    looks: Looks,
    weight: Floats,
    over: Floats | None = None,
    then: Floats | None = None,
) -> View:
    """looks with the rounds they take, (K,) or (C, K); weights (C, K). The block is all cases times those rounds."""
    cases, many = weight.shape
    kept = [(look, rounds) for look, rounds in looks if look.full or look.limit is not None]
    none = np.zeros(cases * many)
    taken = [np.broadcast_to(rounds, (cases, many)).reshape(-1) for _, rounds in kept]
    return View(
        plan(replace(structure_of(case, reading), looks=tuple(look for look, _ in kept))),
        places,
        np.array(taken, np.int64).reshape(len(kept), cases * many),
        np.repeat(np.arange(cases), many),
        weight.reshape(-1),
        none if over is None else over.reshape(-1),
        none if then is None else then.reshape(-1),
        none + 1.0,
    )


def within_limit(case: Case) -> bool:
    """Does a text that passes as tabled never have more objectors than Ω?"""
    limit, s = limit_of(case), structure_of(case, "kind")
    return limit is None or (s.silence and s.slack + s.reach <= limit)


def adoptions(case: Case) -> list[View]:
    """What must be looked at to see in which round, and how, the text is adopted.

    Where acquiescence does not count, those cases are left out where there are supporters enough as tabled.
    """
    places = places_of(case)
    if isinstance(places, Rows) and not len(places.supporters):
        return []
    return _apart(_sleepers_matter(case), lambda: _nested(case, places), lambda: _carried(case, places, "kind"))


def _nested(case: Case, places: Places) -> list[View]:
    """Without a deadline: neighbouring rounds."""
    rounds, limit = case.procedure.rounds, limit_of(case)
    last, reached, _ = chances(case)
    t = np.arange(rounds)
    after = np.minimum(t + 1, last[:, None])  # (C, T); thresholds after the last round mean nothing
    then = np.append(reached[:, 1:], np.zeros((len(reached), 1)), axis=1)
    if limit is None:
        pair: Looks = [(Look(), t), (Look(), after)] if rounds > 1 else [(Look(), t)]
        return [_view(case, places, "twice", pair, reached, then=then)]
    if isinstance(places, Rows):
        pair = [(Look(full=False, limit=limit, over=True), 0 * t), (Look(), t), (Look(), after)]
        return [_view(case, places, "twice", pair, reached, reached * (t == 0), then)]
    if within_limit(case):
        pair, start = [(Look(), t[:1]), (Look(), after[:, :1])], 1
        views = [_view(case, places, "twice", pair, reached[:, :1], then=then[:, :1])]
    else:
        pair, start = [(Look(), t[:1])], 0
        views = [_view(case, places, "twice", pair, reached[:, :1])]
    now = reached[:, start:] * (t[start:] > 0)
    pair = [(Look(full=False, limit=limit), 0 * t[start:]), (Look(), t[start:]), (Look(), after[:, start:])]
    return [*views, _view(case, places, "twice", pair, now, then=then[:, start:])]


def _carried(case: Case, places: Places, reading: str) -> list[View]:
    """Under a silence deadline: what has failed before is carried along."""
    rounds, limit = case.procedure.rounds, limit_of(case)
    _, reached, _ = chances(case)
    t = np.arange(rounds)
    views = [_view(case, places, reading, [(Look(thinned=True), t[:1])], reached[:, :1])]
    if rounds > 1:
        looks = [(Look(thinned=True, limit=limit), t[:1]), (Look(), t[1:2])]
        views.append(_view(case, places, reading, looks, reached[:, 1:2]))
    if rounds > 2:
        now = t[2:]
        past = [(Look(thinned=True, limit=limit), 0 * now), (Look(full=False, limit=limit), 0 * now + 1)]
        views.append(_view(case, places, reading, [*past, (Look(), now - 1), (Look(), now)], reached[:, 2:]))
    return views


def passings(case: Case) -> list[View]:
    """Views whose weights sum to P(adopted in any form) up to a constant, for every choice of who may object.

    Without a deadline P(adopted) is the sum over t of P(it would pass in t, within Ω) times the chance that the
    sponsors end the process between t and t + 1.
    """
    places = places_of(case)
    if isinstance(places, Rows) and (limit_of(case) is None or not len(places.supporters)):
        return []  # objections matter to Ω only
    return _apart(_sleepers_matter(case), lambda: _steady(case, places), lambda: _carried(case, places, "passes"))


def _steady(case: Case, places: Places) -> list[View]:
    """Without a deadline: single rounds."""
    rounds, limit = case.procedure.rounds, limit_of(case)
    _, reached, _ = chances(case)
    t = np.arange(rounds)
    then = np.append(reached[:, 1:], np.zeros((len(reached), 1)), axis=1)
    if limit is None:
        return [_view(case, places, "passes", [(Look(), t)], reached - then)]
    counted: Looks = [(Look(full=False, limit=limit), 0 * t), (Look(), t)]
    if within_limit(case):
        later = [(look, which[1:]) for look, which in counted]
        first = _view(case, places, "passes", [(Look(), t[:1])], (reached - then)[:, :1])
        return [first, _view(case, places, "passes", later, (reached - then)[:, 1:])]
    weight = np.append(-then[:, :1], (reached - then)[:, 1:], axis=1)
    within = _view(case, places, "passes", counted, weight)
    if isinstance(places, Rows):
        return [within]
    return [_view(case, places, "passes", [(Look(), t[:1])], reached[:, :1]), within]


def ends(case: Case) -> tuple[Floats, Floats]:
    """The chance that the process comes to each round and ends there if the text fails, (C, T), twice.

    With no more objectors than Ω, and with more.
    """
    last, reached, hazard = chances(case)
    t = np.arange(case.procedure.rounds)
    given_up = np.where(t == last[:, None], 1.0, hazard[:, None])
    return reached * given_up, reached * np.where(t < last[:, None], 1.0, given_up)


def endings(case: Case, reading: str = "fails", objectors: int | None = None) -> list[View]:
    """What must be looked at to see in which round the process ends with the text not adopted, and who holds out.

    objectors: how many object in the last round, where that is known and need not be counted for Ω
    """
    return _apart(
        deadline_of(case),
        lambda: _ending(case, reading, objectors, thinned=False),
        lambda: _ending(case, reading, objectors, thinned=True),
    )


def _ending(case: Case, reading: str, objectors: int | None, thinned: bool) -> list[View]:
    places, rounds, limit = band(case.council.size), case.procedure.rounds, limit_of(case)
    t, (within, above) = np.arange(rounds), ends(case)
    now = Look() if objectors is not None else Look(limit=limit, over=limit is not None)
    if limit is not None and objectors is not None and objectors > limit:
        within = above
    views = [_view(case, places, reading, [(replace(now, thinned=thinned), t[:1])], within[:, :1], above[:, :1])]
    # who sleeps in round 0 may fail to stop the text there, but is not in favour of it where that needs support
    start = Look(full=thinned and not case.rule.needs_support, thinned=thinned, limit=limit)
    after = 1
    if thinned and rounds > 1:
        views.append(_view(case, places, reading, [(start, t[:1]), (now, t[1:2])], within[:, 1:2], above[:, 1:2]))
        after = 2
    if rounds > after:
        past: Looks = [(start, 0 * t[after:])]
        if thinned:
            past.append((Look(full=False, limit=limit), 0 * t[after:] + 1))
        views.append(_view(case, places, reading, [*past, (Look(), t[after:])], within[:, after:], above[:, after:]))
    return views


def rests(case: Case) -> View:
    """No more objectors than Ω as tabled, where all notice in time, whatever becomes of the text."""
    look = Look(full=False, limit=limit_of(case))
    cases = len(chances(case)[0])
    return _view(case, band(case.council.size), "kind", [(look, np.zeros(1, np.int64))], np.ones((cases, 1)))
