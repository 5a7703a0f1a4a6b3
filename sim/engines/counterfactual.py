"""What would have happened, had other members objected: pivotality and Shapley blame by Monte Carlo, for any rule.

Both play replicates of `simulate` again with `may_object`, on the same draws, so they are integer counts of replicates
(the model, section 5). Where the exact engine applies it gives both without sampling error.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sim.engines.simulate import Chance, chunks, keep_freed_memory, stances_of
from sim.model.case import Case
from sim.model.council import Booleans, Floats, Integers
from sim.model.draws import Streams
from sim.model.process import ADOPTIONS, UNDECIDED, WITHDRAWN, Draws, Room, Round, consult, of, play
from sim.model.rules import count
from sim.model.stances import Table

NUMBERS_AT_MOST = 4e9  # draws to compare again, less than a minute


def pivotality(case: Case, replicates: int, seed: int) -> Integers | None:
    """By member, (N,): replicates adopted only if it never objects, less those adopted only if it may (normally none).

    None where, by what the chunks so far have shown, too many members of too many replicates come into question.
    """
    size = case.council.size
    found, played, pairs = np.zeros(size, np.int64), 0, 0
    for _, draws, stances in _pieces(case, replicates, seed):
        adopted, member, replicate = _suspects(case, stances, draws)
        played += len(adopted)
        pairs += len(member)
        if pairs * size / played * replicates > NUMBERS_AT_MOST:
            return None
        for start, many in chunks(case, len(member)):
            i, r = member[start : start + many], replicate[start : start + many]
            without = np.arange(size)[:, None] != i
            then = _adopted(case, stances, draws.of(r), without.T)
            np.add.at(found, i, then.astype(np.int64) - adopted[r])
    return found


def shapley(case: Case, replicates: int, seed: int) -> Integers | None:
    """By member, (N,): replicates that failed with it, less those adopted with it, as objectors joined at random.

    The objectors of a replicate join one by one in a random order. So count / replicates is an unbiased estimate of the
    Shapley value of P(not adopted | only the members of C may object).
    None where members heed each other and, by what the chunks so far have shown, too many come into question.
    Source: Castro, Gómez and Tejada, Computers & OR 36 (2009), for the sampling.
    """
    text, ids = case.proposal.name, case.council.ids
    orders = Streams(seed, "order", [(text, each) for each in ids])
    found, played, steps = np.zeros(len(ids), np.int64), 0, 0
    for first, draws, stances in _pieces(case, replicates, seed):
        order = np.asfortranarray(orders.uniforms(first, len(draws.agenda)))
        room = Room.of(case, stances, draws.taste)
        if case.interaction.heeds:
            might = room.could(0)
            played, steps = played + len(might), steps + int(count(might).sum())
            if steps * len(ids) / played * replicates > NUMBERS_AT_MOST:
                return None
            found += _turns(case, stances, draws, np.where(might, order, np.inf))
            continue
        failed = np.flatnonzero(~_adopted(case, stances, draws))
        nobody = np.zeros((len(failed), len(ids)), np.bool_)
        failed = failed[_adopted(case, stances, draws.of(failed), nobody)]
        wishes = of(consult(0, room, None), failed)  # nobody else ever objects
        found += _turning(case, stances, draws.of(failed), np.where(wishes, of(order, failed), np.inf))
    return found


def _turning(case: Case, stances: Table, draws: Draws, joining: Floats) -> Integers:
    """How often each member, (N,), is the one whose joining turns adoption into failure; joining (R, N): when.

    All replicates are adopted if nobody may object and fail if all may, and adoption can only be undone by one more
    who may object; so the turn is found by bisection.
    """
    queue = np.sort(np.ascontiguousarray(joining), axis=-1)
    low, high = np.zeros(len(joining), np.int64), count(np.isfinite(joining))  # adopted with so many; failed with
    while True:
        unclear = np.flatnonzero(high - low > 1)
        if not unclear.size:
            break
        middle = (low[unclear] + high[unclear]) // 2
        may_object = of(joining, unclear) <= queue[unclear, middle - 1][:, None]
        adopted = _adopted(case, stances, draws.of(unclear), may_object)
        low[unclear] = np.where(adopted, middle, low[unclear])
        high[unclear] = np.where(adopted, high[unclear], middle)
    turned = queue[np.arange(len(queue)), high - 1]
    return count((joining == turned[:, None]).T)


def _turns(case: Case, stances: Table, draws: Draws, joining: Floats) -> Integers:
    """How often each member's joining, (N,), undoes adoption, less how often it brings it about, step by step.

    Where members heed each other, one who joins may push another aside, who then hides: all steps must be looked at.
    """
    size = joining.shape[-1]
    queue, many = np.argsort(np.ascontiguousarray(joining), axis=-1), count(np.isfinite(joining))
    found, before = np.zeros(size, np.int64), np.zeros(0, np.bool_)
    for step in range(int(many.max(initial=0)) + 1):
        on = np.flatnonzero(many >= step)
        may_object = of(joining, on) <= np.where(step, joining[on, queue[on, step - 1]], -1.0)[:, None]
        adopted = np.zeros(len(joining), np.bool_)
        adopted[on] = _adopted(case, stances, draws.of(on), may_object)
        if step:
            np.add.at(found, queue[on, step - 1], before[on].astype(np.int64) - adopted[on])
        before = adopted
    return found


def _suspects(case: Case, stances: Table, draws: Draws) -> tuple[Booleans, Integers, Integers]:
    """Is each replicate adopted, (R,); and the pairs, member (P,) and replicate (P,), that could change this.

    A member that had not objected changes a round's outcome only if it brought the text within reach of passing, or
    the objectors within the chair's patience. Taking away one objection never leaves more than one member less lacking.
    Where members heed each other, whoever objected changes what the others do later.
    """
    rule, p, size = case.rule, case.procedure, case.council.size
    silence = any(each.acquiescence for each in rule.criteria)
    counts = np.ones(size, np.bool_) if silence else rule.veto  # elsewhere to acquiesce is no better than to object
    fickle = bool(rule.veto.any()) and len(rule.criteria) > 1  # another may then be won over first, and not suffice
    heeds = case.interaction.heeds
    adopted, pairs = np.zeros(len(draws.agenda), np.bool_), [np.zeros(0, np.int64)]
    supports = draws.taste >= stances.not_support
    for each in play(case, stances, draws):
        here = supports if not each.number else of(supports, each.replicate)
        offered = max(p.payment_members, p.opt_out_members if each.number >= p.opt_out_first_round else 0)
        close = rule.lacking(here, each.objects) <= offered + 1
        spared = (each.outcome == WITHDRAWN) & (count(each.open) == p.withdraw_above + 1)
        suspect = each.objects if heeds else each.objects & ((close[:, None] & counts) | spared[:, None])
        member, place = np.divmod(np.flatnonzero(suspect.T), len(each.replicate))
        pairs.append(member * len(adopted) + each.replicate[place])
        adopted[each.replicate] = _passed(each)
    member, replicate = np.divmod(np.unique(np.concatenate(pairs)), len(adopted))
    open_case = fickle | heeds | ~adopted[replicate]
    return adopted, member[open_case], replicate[open_case]


def _passed(each: Round) -> Booleans:
    return np.asarray((each.outcome != UNDECIDED) & (each.outcome < ADOPTIONS))


def _adopted(case: Case, stances: Table, draws: Draws, may_object: Booleans | None = None) -> Booleans:
    """Is the text adopted, (R,)?"""
    found = np.zeros(len(draws.agenda), np.bool_)
    for each in play(case, stances, draws, may_object):
        found[each.replicate] = _passed(each)
    return found


def _pieces(case: Case, replicates: int, seed: int) -> Iterator[tuple[int, Draws, Table]]:
    """Chunks of the replicates: the first one's number, their draws, and a table of stances that serves them."""
    keep_freed_memory()
    chance = Chance(case, seed)
    stances = stances_of(case)
    for first, many in chunks(case, replicates):
        draws = chance.draws(first, many, [case], notice=False)
        yield first, draws, stances(draws)
