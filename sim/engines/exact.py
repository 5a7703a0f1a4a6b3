"""Exact probabilities, for every rule in which members count equally (the model, section 6): no sampling error.

Outcomes and all five measures of blame are sums over the table of stances. Three facts keep them short. Who objects
or refuses an offer in a round does so in every earlier one (but for the silence deadline of round 0), so what is
undecided after round t is what fails in round t, not withdrawn before: at most four rounds need to be looked at.
Each sum is linear in each member's letters, so blame for all members comes from one backward pass. And the Shapley
value is an integral of a polynomial, which Gauss-Legendre nodes give without error.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from sim.engines.counting import (
    FAIL_ALONE,
    NOT_YET,
    OPT_OUT,
    PAYMENT,
    VOTE,
    Automaton,
    Edge,
    Look,
    Structure,
    TooLarge,
    automaton,
    thresholds,
)
from sim.engines.summing import backwards, block_size, forwards, front, total, work
from sim.model.case import Case
from sim.model.council import Floats, Integers
from sim.model.process import ADOPTED, ADOPTIONS, AFTER_PAYMENT, BLOCKED, DILUTED, OUTCOMES, WITH_OPT_OUT, WITHDRAWN
from sim.model.stances import Table, table

WORK_AT_MOST = 2e10  # multiplications for one case, about half a minute


@dataclass(frozen=True)
class Outcomes:
    """outcomes (…, 6) sum to 1; rounds (…, T): P(adopted in round t); supporters (…): their mean number as tabled."""

    outcomes: Floats
    rounds: Floats
    supporters: Floats

    @property
    def adopted_any(self) -> Floats:
        return self.outcomes[..., :ADOPTIONS].sum(axis=-1)


@dataclass(frozen=True)
class Blame:
    """By member, (…, N): stances as tabled, and the five measures; lone (…): P(exactly one final hold-out)."""

    support: Floats
    acquiesce: Floats
    object: Floats
    first_objector: Floats
    final_hold_out: Floats
    lone_hold_out: Floats
    pivotality: Floats
    shapley: Floats
    lone: Floats


@dataclass(frozen=True)
class View:
    """A structure applied to a block: which of the table's rounds each look takes, for each case of the block.

    rounds (looks, B) and cases (B,): where in the table; weight (B,): the chance that the process comes so far
    over (B,): the same for words with more objectors than the limit, where those are kept
    """

    structure: Structure
    rounds: Integers
    cases: Integers
    weight: Floats
    over: Floats

    def part(self, piece: slice) -> View:
        return View(
            self.structure, self.rounds[:, piece], self.cases[piece], self.weight[piece], self.over[piece]
        )


def applies(case: Case) -> str | None:
    """Why the exact engine does not apply to this case; None: it does."""
    if case.rule.members is None:
        return f"under the rule {case.rule.label} members do not count equally"
    try:
        size = case.council.size
        views = [*_adoptions(case), *_endings(case)]
        effort = sum(len(view.cases) * work(automaton(view.structure), size) for view in views)
    except TooLarge as reason:
        return str(reason)
    if effort > WORK_AT_MOST * max(1, int(np.prod(case.shape))):
        return f"{size} members and {case.procedure.rounds} rounds would take {effort:.1e} multiplications"
    return None


# -- what is looked at ------------------------------------------------------------------------------------------------


def _structure(case: Case) -> Structure:
    p, size, needed = case.procedure, case.council.size, case.rule.members
    if needed is None:
        raise ValueError(f"under the rule {case.rule.label} members do not count equally")
    silence = not case.rule.needs_support
    return Structure(
        silence=silence,
        slack=size - needed if silence else 0,
        payments=min(p.payment_members, size),
        opt_outs=min(p.opt_out_members, size),
        looks=(),
    )


def _chance(case: Case) -> tuple[Floats, Floats, Floats]:
    """For each case (C,) and round (T,): is it the last one, does the process get so far, does the hazard end it there."""
    p = case.procedure
    last_round = np.broadcast_to(case.lasts, (*case.shape, p.rounds)).reshape(-1, p.rounds).sum(axis=-1) - 1
    hazard = np.broadcast_to(p.withdrawal_hazard, case.shape).reshape(-1)
    t = np.arange(p.rounds)
    reached = np.where(t <= last_round[:, None], (1.0 - hazard[:, None]) ** t, 0.0)
    return last_round, reached, hazard


def _deadline(case: Case) -> bool:
    return not bool(np.isinf(case.procedure.silence_hours).all())


def _limit(case: Case) -> int | None:
    """Ω, where it can bind: more than this many objectors end the process before the last round."""
    p = case.procedure
    return p.withdraw_above if p.rounds > 1 and p.withdraw_above < case.council.size else None


def _view(case: Case, structure: Structure, looks: list[tuple[Look, Integers]], weight: Floats, over: Floats) -> View:
    """looks with the rounds they take, (K,) each; weight and over (C, K). The block is all cases times those rounds."""
    cases, many = weight.shape
    kept = [(look, rounds) for look, rounds in looks if look.full or look.limit is not None]
    return View(
        replace(structure, looks=tuple(look for look, _ in kept)),
        np.array([np.tile(rounds, cases) for _, rounds in kept]),
        np.repeat(np.arange(cases), many),
        weight.reshape(-1),
        over.reshape(-1),
    )


def _adoptions(case: Case) -> list[View]:
    """What must be looked at to see in which round, and how, the text is adopted."""
    structure, rounds = _structure(case), case.procedure.rounds
    _, reached, _ = _chance(case)
    limit, thinned = _limit(case), _deadline(case)
    none = np.zeros_like(reached)
    first = Look(thinned=thinned)
    views = [_view(case, structure, [(first, np.array([0]))], reached[:, :1], none[:, :1])]
    after = 1
    if thinned and rounds > 1:
        looks = [(Look(thinned=True, limit=limit), np.array([0])), (Look(), np.array([1]))]
        views.append(_view(case, structure, looks, reached[:, 1:2], none[:, 1:2]))
        after = 2
    if rounds > after:
        t = np.arange(after, rounds)
        past = [(Look(full=thinned, thinned=thinned, limit=limit), 0 * t)]
        if thinned:
            past.append((Look(full=False, limit=limit), 0 * t + 1))
        views.append(_view(case, structure, [*past, (Look(), t - 1), (Look(), t)], reached[:, after:], none[:, after:]))
    return views


def _endings(case: Case) -> list[View]:
    """What must be looked at to see in which round the process ends with the text not adopted, and who holds out."""
    structure, rounds = replace(_structure(case), reading="alone"), case.procedure.rounds
    last, reached, hazard = _chance(case)
    limit, thinned = _limit(case), _deadline(case)
    t = np.arange(rounds)
    ends = np.where(t == last[:, None], 1.0, hazard[:, None])
    within, above = reached * ends, reached * np.where(t < last[:, None], 1.0, ends)
    open_ended = limit if rounds > 1 else None
    first = Look(thinned=thinned, limit=open_ended, over=True)
    views = [_view(case, structure, [(first, t[:1])], within[:, :1], above[:, :1])]
    after = 1
    if thinned and rounds > 1:
        looks = [(Look(thinned=True, limit=limit), t[:1]), (Look(limit=limit, over=True), t[1:2])]
        views.append(_view(case, structure, looks, within[:, 1:2], above[:, 1:2]))
        after = 2
    if rounds > after:
        now = t[after:]
        past = [(Look(full=thinned, thinned=thinned, limit=limit), 0 * now)]
        if thinned:
            past.append((Look(full=False, limit=limit), 0 * now + 1))
        views.append(_view(case, structure, [*past, (Look(), now)], within[:, after:], above[:, after:]))
    return views


# -- the letters' probabilities ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Flat:
    """The table with its cases on one axis in front: (C, …)."""

    not_support: Floats
    notice: Floats
    object: Floats
    payment: Floats | None
    opt_out: Floats | None
    opt_out_first_round: int

    @property
    def size(self) -> int:
        return int(self.not_support.shape[-1])


def _flat(case: Case, stances: Table) -> Flat:
    def flat(array: Floats | None) -> Floats | None:
        return None if array is None else array.reshape(-1, *array.shape[len(case.shape) :])

    not_support, notice, objects = flat(stances.not_support), flat(stances.notice), flat(stances.object)
    assert not_support is not None and notice is not None and objects is not None
    first = case.procedure.opt_out_first_round
    return Flat(not_support, notice, objects, flat(stances.refuse_payment), flat(stances.refuse_opt_out), first)


def _cuts(view: View, flat: Flat) -> dict[tuple[int, str], Floats]:
    """The thresholds of each look, (B, S, N)."""
    found = {}
    silence = view.structure.silence
    for place, kind in thresholds(view.structure):
        t = view.rounds[place]
        objects = flat.object[view.cases, :, t]
        if kind == "object":
            found[place, kind] = objects
            continue
        refuse = flat.payment if kind == "payment" else flat.opt_out
        assert refuse is not None
        cut = refuse[view.cases, :, t]
        everybody = objects if silence else np.broadcast_to(flat.not_support[view.cases, None], cut.shape)
        if kind == "opt_out":  # before it is on offer everybody refuses it
            cut = np.where((t >= flat.opt_out_first_round)[:, None, None], cut, everybody)
        found[place, kind] = np.minimum(cut, everybody)
    return found


def _letters(view: View, flat: Flat, machine: Automaton, cuts: dict[tuple[int, str], Floats]) -> Floats:
    """Probability of each letter, (letters, B, S, N): the length of u's interval below some cuts and above the others."""
    most = flat.not_support[view.cases, None, :]
    shape = (len(view.cases), flat.object.shape[1], flat.size)
    found = np.empty((len(machine.letters), *shape))
    notice = flat.notice[view.cases, None, :]
    for place, letter in enumerate(machine.letters):
        low, high = np.zeros(()), most
        for cut, below in zip(thresholds(view.structure), letter.below, strict=True):
            low, high = (low, np.minimum(high, cuts[cut])) if below else (np.maximum(low, cuts[cut]), high)
        length = np.maximum(high - low, 0.0)
        if letter.notices is not None:
            length = length * (notice if letter.notices else 1.0 - notice)
        found[place] = length
    return found


def _sets(machine: Automaton, letters: Floats) -> Floats:
    """Sums over each set of letters on the automaton's edges, laid out for summing: (sets, N, S, B)."""
    sums = np.stack([letters[list(each)].sum(axis=0) for each in machine.sets])
    return np.ascontiguousarray(sums.transpose(0, 3, 2, 1))


def _labels(view: View, machine: Automaton, case: Case, wanted: tuple[int, ...]) -> Floats:
    """1 where a word that ends in that state with s supporters is read as one of `wanted`: (states, S)."""
    size, needed = case.council.size, case.rule.members
    assert needed is not None
    need = np.clip(needed - np.arange(size + 1), 0, view.structure.reach + 1)
    labels = np.array(machine.labels)[:, 0 if view.structure.silence else need]
    if view.structure.silence:
        labels = np.repeat(labels[:, None], size + 1, axis=1)
    return np.isin(labels, wanted).astype(float)


def _worth(view: View, machine: Automaton, labels: Floats) -> Floats:
    """labels (states, S) → (*front, S, B): times the weight of each case, `over` beyond the limit."""
    counted = machine.counted
    shape = front(machine)
    spread = labels.reshape(shape[0], *(1 for _ in counted), -1, 1) * view.weight
    worth = np.array(np.broadcast_to(spread, (*shape, *spread.shape[-2:])))
    for place, look in enumerate(counted):
        if look.over:
            beyond = (slice(None), *(slice(None) for _ in range(place)), -1)
            worth[beyond] = (labels.reshape(shape[0], *(1 for _ in counted[1:]), -1, 1) * view.over)
    return worth


# -- outcomes ---------------------------------------------------------------------------------------------------------


def outcomes(case: Case, stances: Table | None = None) -> Outcomes:
    """P(each outcome), P(adopted in each round), for a case or a block of cases; shapes in `Outcomes`."""
    flat = _flat(case, stances or table(case))
    cases, rounds = len(flat.not_support), case.procedure.rounds
    how = np.zeros((3, cases, rounds))
    for view in _adoptions(case):
        now = view.rounds[-1]
        for piece in _pieces(view, flat.size, kept=False):
            how[:, view.cases[piece], now[piece]] = _carried(case, view.part(piece), flat)
    vote, payment, opt_out = how
    diluted = np.broadcast_to(case.ambition < 1.0 - 1e-12, (*case.shape, rounds)).reshape(-1, rounds)
    found = np.zeros((cases, len(OUTCOMES)))
    found[:, ADOPTED] = np.where(diluted, 0.0, vote).sum(axis=-1)
    found[:, DILUTED] = np.where(diluted, vote, 0.0).sum(axis=-1)
    found[:, AFTER_PAYMENT] = payment.sum(axis=-1)
    found[:, WITH_OPT_OUT] = opt_out.sum(axis=-1)
    adopted = found[:, :ADOPTIONS].sum(axis=-1)
    found[:, BLOCKED], found[:, WITHDRAWN] = _failed(case, flat, adopted)
    return Outcomes(
        found.reshape(*case.shape, -1),
        how.sum(axis=0).reshape(*case.shape, rounds),
        (1.0 - flat.not_support).sum(axis=-1).reshape(case.shape),
    )


def _pieces(view: View, size: int, kept: bool) -> list[slice]:
    step = block_size(automaton(view.structure), size, kept)
    return [slice(first, first + step) for first in range(0, len(view.cases), step)]


def _prepared(view: View, flat: Flat) -> tuple[Automaton, Floats, Floats]:
    """The automaton, the letters' probabilities (letters, B, S, N), P(support) (N, B)."""
    machine = automaton(view.structure)
    letters = _letters(view, flat, machine, _cuts(view, flat))
    return machine, letters, np.ascontiguousarray(1.0 - flat.not_support[view.cases].T)


def _carried(case: Case, view: View, flat: Flat) -> Floats:
    """P(adopted now), by what carries the text: as it stands, a payment, an opt-out; (3, B)."""
    machine, letters, support = _prepared(view, flat)
    (last,) = forwards(machine, _sets(machine, letters), support)
    kinds = (VOTE, PAYMENT, OPT_OUT)
    worth = np.stack([_worth(view, machine, _labels(view, machine, case, (kind,))) for kind in kinds])
    return total(last, worth)


def _failed(case: Case, flat: Flat, adopted: Floats) -> tuple[Floats, Floats]:
    """P(blocked), P(withdrawn) of each case, given P(adopted)."""
    p = case.procedure
    last, _, hazard = _chance(case)
    full = last == p.rounds - 1
    never = full & (hazard == 0.0) & (_limit(case) is None)
    if p.rounds == 1 or never.all():
        return np.maximum(1.0 - adopted, 0.0), np.zeros_like(adopted)
    view = _endings(case)[-1]
    view = view.part(np.flatnonzero(view.rounds[-1] == p.rounds - 1))  # type: ignore[arg-type]
    view = replace(view, structure=replace(view.structure, reading="fails"))
    blocked = np.empty(len(adopted))
    for piece in _pieces(view, flat.size, kept=False):
        part = view.part(piece)
        machine, letters, support = _prepared(part, flat)
        (end,) = forwards(machine, _sets(machine, letters), support)
        blocked[piece] = total(end, _worth(part, machine, _labels(part, machine, case, FAILING))[None])[0]
    blocked = np.where(never, np.maximum(1.0 - adopted, 0.0), blocked)
    return blocked, np.where(never, 0.0, np.maximum(1.0 - adopted - blocked, 0.0))


FAILING = (FAIL_ALONE, FAIL_ALONE + 1)
assert NOT_YET not in FAILING


# -- blame ------------------------------------------------------------------------------------------------------------


def blame(case: Case, stances: Table | None = None) -> Blame:
    """Stances as tabled and the five measures of blame for every member, for a case or a block; shapes in `Blame`."""
    flat = _flat(case, stances or table(case))
    object_, first = _first_objectors(case, flat)
    final, alone = _hold_outs(case, flat)
    pivotality, shapley = _pivots(case, flat)
    support = 1.0 - flat.not_support

    def shaped(found: Floats) -> Floats:
        return found.reshape(*case.shape, flat.size)

    return Blame(
        support=shaped(support),
        acquiesce=shaped(np.maximum(flat.not_support - object_, 0.0)),
        object=shaped(object_),
        first_objector=shaped(first),
        final_hold_out=shaped(final),
        lone_hold_out=shaped(alone),
        pivotality=shaped(pivotality),
        shapley=shaped(shapley),
        lone=alone.sum(axis=-1).reshape(case.shape),
    )


def _hold_outs(case: Case, flat: Flat) -> tuple[Floats, Floats]:
    """P(final hold-out), P(the only one), by case and member, (C, N)."""
    found = np.zeros((2, len(flat.not_support), flat.size))
    for whole in _endings(case):
        for piece in _pieces(whole, flat.size, kept=True):
            view = whole.part(piece)
            machine, letters, support = _prepared(view, flat)
            objecting = [letter.deeds[-1].objects for letter in machine.letters]
            theirs = _sets(machine, np.where(np.reshape(objecting, (-1, 1, 1, 1)), letters, 0.0))
            sets = _sets(machine, letters)
            worth = np.stack(
                [_worth(view, machine, _labels(view, machine, case, kind)) for kind in (FAILING, (FAIL_ALONE,))]
            )
            kept = forwards(machine, sets, support, keep=True)
            each = backwards(machine, sets, support, kept, worth, [(0, theirs), (1, theirs)])
            np.add.at(found, (slice(None), view.cases), each.transpose(0, 2, 1))
    return found[0], found[1]


def _pivots(case: Case, flat: Flat) -> tuple[Floats, Floats]:
    """Pivotality and Shapley blame, by case and member, (C, N).

    Where each of the others may object with chance q, what a member's objecting does to P(adopted) is a polynomial
    in q; its integral over [0, 1] is the Shapley value, its value at 1 pivotality (the model, section 5).
    """
    half = min(-(-flat.size // 2), int(3 * np.sqrt(flat.size)) + 3)  # that many are enough to the last bit
    at, lengths = np.polynomial.legendre.leggauss(half)
    nodes, lengths = np.append((at + 1.0) / 2.0, 1.0), lengths / 2.0
    silent = replace(flat, object=np.zeros_like(flat.object))
    found = np.zeros((len(nodes), len(flat.not_support), flat.size))
    for whole in _passings(case):
        for piece in _pieces(whole, flat.size, kept=True):
            for node, q in enumerate(nodes):
                view = whole.part(piece)
                machine, may, support = _prepared(view, flat)
                may_not = _letters(view, silent, machine, _cuts(view, silent))
                sets = _sets(machine, q * may + (1.0 - q) * may_not)
                change = _sets(machine, may_not - may)
                worth = _worth(view, machine, _labels(view, machine, case, (VOTE,)))[None]
                kept = forwards(machine, sets, support, keep=True)
                each = backwards(machine, sets, support, kept, worth, [(0, change)])[0]
                np.add.at(found[node], view.cases, each.T)
    return found[-1], np.tensordot(lengths, found[:-1], 1)


def _passings(case: Case) -> list[View]:
    """Views whose weights of "passes" sum to P(adopted in any form), for every choice of who may object."""
    return [replace(each, structure=replace(each.structure, reading="passes")) for each in _adoptions(case)]


TRIVIAL = Automaton(Structure(True, 0, 0, 0, ()), (), ((VOTE,),), (Edge(0, 0, (), (0,)),))  # counts supporters only


def _first_objectors(case: Case, flat: Flat) -> tuple[Floats, Floats]:
    """P(wishes to object to the text as tabled), P(objects first in round 0), by case and member, (C, N).

    A member objects first at the time x if it notices then and nobody who would object has noticed before: an
    integral over x, or over y = e^(−m x). It is a polynomial in y where all members are equally attentive.
    """
    cases = len(flat.not_support)
    attention = np.broadcast_to(case.council.attention, (*case.shape, flat.size)).reshape(cases, -1)
    hours = np.broadcast_to(case.procedure.silence_hours, case.shape).reshape(-1)
    wish, first = np.empty((cases, flat.size)), np.empty((cases, flat.size))
    for c in range(cases):
        y, length = _times(attention[c], float(hours[c]))
        fastest = attention[c].max()
        unnoticed = y ** (attention[c] / fastest)[:, None]  # (N, B)
        speed = (attention[c] / fastest)[:, None] * unnoticed / np.where(y > 0, y, 1.0)
        objects = flat.object[c, :, 0, :].T[..., None]  # (N, S, 1)
        rest = flat.not_support[c][:, None, None] - objects * (1.0 - unnoticed[:, None, :])
        asked = [(0, np.ascontiguousarray((objects * speed[:, None, :])[None]))]
        support = np.repeat(1.0 - flat.not_support[c][:, None], len(y), axis=1)
        letters = np.ascontiguousarray(rest[None])
        worth = np.ones((1, 1, flat.size + 1, len(y)))
        each = backwards(TRIVIAL, letters, support, forwards(TRIVIAL, letters, support, keep=True), worth, asked)[0]
        wish[c], first[c] = each[:, -1], each[:, :-1] @ length[:-1]
    return wish, first


def _times(attention: Floats, hours: float) -> tuple[Floats, Floats]:
    """Nodes y and weights on [e^(−m H), 1] for m the highest attention; the last node is y = 1, for the wish itself."""
    low = float(np.exp(-attention.max() * hours))
    if (attention == attention[0]).all():
        at, length = np.polynomial.legendre.leggauss(-(-len(attention) // 2))
        y, length = low + (1.0 - low) * (at + 1.0) / 2.0, (1.0 - low) * length / 2.0
    else:  # powers of y that are not whole: the double exponential rule bears what they do near 0
        t = np.linspace(-4.0, 4.0, 161)
        bent = np.pi / 2.0 * np.sinh(t)
        y = low + (1.0 - low) / (1.0 + np.exp(-2.0 * bent))
        length = (1.0 - low) * (t[1] - t[0]) * np.pi / 4.0 * np.cosh(t) / np.cosh(bent) ** 2
    return np.append(y, 1.0), np.append(length, 0.0)
