"""Exact probabilities, for every rule in which members count equally (the model, section 6): no sampling error.

Outcomes and all five measures of blame are sums over the table of stances: `views` says which rounds must be looked
at, `letters` what a member can do in them, `counting` what a council of such members comes to, `odds` how probable
that is, `summing` sums it, `slopes` for each member at once; `objectors` and `holdouts` ask who is to blame, `observed`
how probable it was. `alike` is for blocks in which some members are the same throughout.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from math import prod

import numpy as np

from sim.engines import alike, objectors
from sim.engines.alike import Alike
from sim.engines.counting import FAIL, NEXT, OPT_OUT, PAYMENT, VOTE, TooLarge
from sim.engines.holdouts import Blame, blame, lone, nodes, stopping
from sim.engines.observed import holding_out
from sim.engines.odds import Flat, flat, labels, odds
from sim.engines.summing import ROOM, block_size, room, totals, work
from sim.engines.views import (
    View,
    adoptions,
    chances,
    deadline_of,
    endings,
    limit_of,
    needed_of,
    passings,
    rests,
)
from sim.model.case import Case
from sim.model.council import Booleans, Floats
from sim.model.process import ADOPTED, ADOPTIONS, AFTER_PAYMENT, BLOCKED, DILUTED, OUTCOMES, WITH_OPT_OUT, WITHDRAWN
from sim.model.stances import Table, table

__all__ = ["Blame", "Outcomes", "applies", "as_tabled", "blame", "likelihood", "lone_hold_outs", "outcomes"]

WORK_AT_MOST = 2e10  # multiplications for one case, about half a minute


@dataclass(frozen=True)
class Outcomes:
    """outcomes (…, 6) sum to 1; rounds (…, T): P(adopted in round t); supporters (…): their mean number as tabled."""

    outcomes: Floats
    rounds: Floats
    supporters: Floats

    @property
    def adopted_any(self) -> Floats:
        return np.asarray(self.outcomes[..., :ADOPTIONS].sum(axis=-1))


def outcomes(case: Case, stances: Table | None = None, varying: Collection[int] | None = None) -> Outcomes:
    """P(each outcome), P(adopted in each round), for a case or a block of cases; shapes in `Outcomes`.

    varying: places of the only members that differ between the cases of a block, which is then much faster
    """
    stances = stances or table(case)
    laid = flat(case, stances) if varying is None else alike.lay(case, stances, varying)
    cases, rounds = laid.cases, case.procedure.rounds
    how, passing = _adopted(case, laid)
    vote, payment, opt_out = how
    diluted = np.broadcast_to(case.ambition < 1.0 - 1e-12, (*case.shape, rounds)).reshape(-1, rounds)
    found = np.zeros((cases, len(OUTCOMES)))
    found[:, ADOPTED] = np.where(diluted, 0.0, vote).sum(axis=-1)
    found[:, DILUTED] = np.where(diluted, vote, 0.0).sum(axis=-1)
    found[:, AFTER_PAYMENT] = payment.sum(axis=-1)
    found[:, WITH_OPT_OUT] = opt_out.sum(axis=-1)
    adopted = found[:, :ADOPTIONS].sum(axis=-1)
    found[:, BLOCKED], found[:, WITHDRAWN] = _failed(case, laid, adopted, passing)
    return Outcomes(
        found.reshape(*case.shape, -1),
        how.sum(axis=0).reshape(*case.shape, rounds),
        np.ascontiguousarray(1.0 - laid.not_support.T).sum(axis=-1).reshape(case.shape),
    )


def lone_hold_outs(case: Case, stances: Table | None = None, varying: Collection[int] | None = None) -> Floats:
    """P(not adopted, and this member the only final hold-out), (…, N): as in `blame`, but nothing else.

    varying: as in `outcomes`; faster where it is one member
    """
    stances = stances or table(case)
    if varying is not None and len(set(varying)) == 1:
        found = alike.lone(case, alike.lay(case, stances, varying))
    else:
        found = lone(case, flat(case, stances))
    return found.reshape(*case.shape, case.council.size)


def as_tabled(case: Case, stances: Table | None = None) -> tuple[Floats, Floats, Floats]:
    """P(supports), P(acquiesces), P(wishes to object) to the text as tabled, each (…, N): as in `blame`, alone."""
    laid = flat(case.but(heed=0.0, hide=0.0), stances or table(case))  # nobody has heard anything yet
    found = (np.ascontiguousarray(each).reshape(*case.shape, laid.size) for each in objectors.as_tabled(laid))
    support, acquiesce, objects = found
    return support, acquiesce, objects


def likelihood(
    case: Case, adopted: bool, hold_outs: Sequence[int] | None = None, stances: Table | None = None
) -> Floats:
    """P(exactly what was observed), (…): adopted in any form, or not adopted.

    hold_outs: places of the members that were the final hold-outs, no others; None: it is not known who they were
    """
    stances = stances or table(case)
    if adopted and hold_outs:
        return np.zeros(case.shape)
    if adopted or hold_outs is None:
        found = outcomes(case, stances)
        return found.adopted_any if adopted else np.asarray(found.outcomes[..., ADOPTIONS:].sum(axis=-1))
    return holding_out(case, stances, hold_outs).reshape(case.shape)


def _sums(view: View, laid: Flat | Alike, read: Booleans) -> Floats:
    """The chances of what is read, within and beyond the limit on objectors, (2, V, B). read (V, states, rows)."""
    if isinstance(laid, Alike):
        return alike.sums(view, laid, read)
    step = block_size(view.plan, view.places)
    found = np.empty((2, len(read), len(view.cases)))
    for first in range(0, len(view.cases), step):
        part = view.part(slice(first, first + step))
        support = 1.0 - laid.not_support[:, part.cases]
        found[..., first : first + step] = totals(part.plan, part.places, odds(part, laid), support, read)
    return found


KINDS = np.array([VOTE, PAYMENT, OPT_OUT])[:, None, None]


def _adopted(case: Case, laid: Flat | Alike) -> tuple[Floats, Floats]:
    """P(adopted in round t) by what carries the text, (3, C, T); P(it would pass in the last round, within Ω), (C,).

    The latter without those cases in which there are supporters enough, where acquiescence does not count.
    """
    rounds = case.procedure.rounds
    how, passing = np.zeros((len(KINDS), laid.cases, rounds)), np.zeros(laid.cases)
    if case.rule.needs_support:
        how[0, :, 0] = _supported(1.0 - laid.not_support, needed_of(case))
    for view in adoptions(case):
        read = labels(view, case)
        now = view.rounds[[look.full for look in view.structure.looks]]
        if view.structure.reading == "kind":
            how[:, view.cases, now[-1]] += _sums(view, laid, read == KINDS)[0] * view.weight
            continue
        found, beyond = _sums(view, laid, np.concatenate([read % NEXT == KINDS, read // NEXT == KINDS]))
        first, second = found[: len(KINDS)], found[len(KINDS) :]
        how[:, view.cases, now[0]] += first * view.weight + beyond[: len(KINDS)] * view.over
        later = view.then > 0.0
        how[:, view.cases[later], now[0][later] + 1] -= (second * view.then)[:, later]
        final = now[0] == rounds - 1
        passing[view.cases[final]] = first[:, final].sum(axis=0)
    return np.maximum(how, 0.0), passing


def _supported(support: Floats, needed: int) -> Floats:
    """P(at least so many support), (C,). support (N, C)."""
    size, cases = support.shape
    met = np.zeros((size + 1, cases))
    met[0] = 1.0
    for n in range(size):
        joined = met[: n + 1] * support[n]
        met[: n + 1] *= 1.0 - support[n]
        met[1 : n + 2] += joined
    return np.asarray(np.ascontiguousarray(met[max(needed, 0) :].T).sum(axis=-1))


def _failed(case: Case, laid: Flat | Alike, adopted: Floats, passing: Floats) -> tuple[Floats, Floats]:
    """P(blocked), P(withdrawn) of each case, given P(adopted), and `passing` of `_adopted`."""
    p = case.procedure
    last, reached, hazard = chances(case)
    never = (last == p.rounds - 1) & (hazard == 0.0) & (limit_of(case) is None)
    if p.rounds == 1 or never.all():
        return np.maximum(1.0 - adopted, 0.0), np.zeros_like(adopted)
    blocked, sleepers = np.zeros_like(adopted), deadline_of(case)
    if not sleepers.all():
        blocked = reached[:, -1] * np.maximum(_left_to_others(case, laid) - passing, 0.0)
    if sleepers.any():
        view = endings(case)[-1]  # those with a deadline come last
        view = view.part(np.flatnonzero(view.rounds[-1] == p.rounds - 1))
        failing = _sums(view, laid, (labels(view, case) == FAIL)[None]).sum(axis=0)[0]
        blocked[view.cases] = failing * reached[view.cases, -1]
    blocked = np.where(never, np.maximum(1.0 - adopted, 0.0), blocked)
    return blocked, np.where(never, 0.0, np.maximum(1.0 - adopted - blocked, 0.0))


def _left_to_others(case: Case, laid: Flat | Alike) -> Floats:
    """P(no more objectors than Ω as tabled, and not enough supporters for the rule), (C,)."""
    view, silence = rests(case), not case.rule.needs_support
    if limit_of(case) is None:
        return np.ones(laid.cases) if silence else 1.0 - _supported(1.0 - laid.not_support, needed_of(case))
    few = (view.supporters < needed_of(case)) | silence
    return np.asarray(_sums(view, laid, few[None, None])[0, 0])


def applies(case: Case, blame: bool = False, counterfactual: bool = True) -> str | None:
    """Why the exact engine does not apply to this case; None: it does.

    With blame: to blame and likelihoods as well; without `counterfactual` not to pivotality and Shapley blame.
    """
    if case.rule.members is None:
        return f"under the rule {case.rule.label} members do not count equally"
    size, rounds, cases = case.council.size, case.procedure.rounds, max(1, prod(case.shape))
    if case.interaction.heeds:
        return "its members heed each other"
    if case.interaction.hides and case.procedure.withdraw_above < size:
        return "its members hide, and the chair withdraws the text by how many object openly"
    backward: list[tuple[View, int]] = []
    try:
        views = [*adoptions(case), rests(case)]
        if deadline_of(case).any():
            views.append(endings(case)[-1])
        if blame:
            stopped, in_vain = stopping(case)
            views += endings(case, objectors=1)
            backward += [(view, 3) for view in (*stopped, *in_vain, *endings(case, "lone", objectors=1))]
            backward += [(view, 3 * (nodes(size) + 1)) for view in (passings(case) if counterfactual else [])]
    except TooLarge as reason:
        return str(reason)
    works = [*((view, 1) for view in views), *backward]
    effort = sum(times * len(view.cases) * work(view.plan, view.places) for view, times in works) / cases
    what = f"{'blame' if blame else 'outcomes'} for {size} members and {rounds} rounds would take"
    if effort > WORK_AT_MOST:
        return f"{what} {effort:.1e} multiplications"
    most = max((room(view.plan.states, view.plan, view.places) for view, _ in backward), default=0)
    return f"{what} {most / 2**27:.1f} GiB" if most > ROOM else None
