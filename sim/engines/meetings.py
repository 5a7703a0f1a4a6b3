"""Many replicates of a council with members of any kind, paired with plain members on the same draws."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from sim.engines.agents import Behaviour, Council, Decision, named
from sim.engines.conduct import MemberError
from sim.engines.simulate import Paired, Tally, adoptions, counted
from sim.model.case import Case

AGAIN = 3  # replicates that are played a second time


def meet(
    cases: Sequence[Case],
    replicates: int,
    seed: int,
    member: Behaviour,
    *,
    start: int = 0,
    progress: Callable[[int], None] = lambda done: None,
) -> list[Paired]:
    """The texts one after another before one council, in the replicates start … start + replicates − 1; one tally each.

    Each is paired with plain members on the same draws: gained are replicates adopted here and not by them.
    Raises MemberError, also where a replicate played again comes out otherwise.
    """
    if replicates < 1:
        raise ValueError("there are no replicates to play")
    council = Council(cases, start, seed, member, collect=False)
    plain = [adoptions(case, replicates, seed, start=start) for case in cases]
    found: list[Paired] = []
    first: Sequence[Decision] = ()
    for done in range(replicates):
        decided = council.convene(start + done).play().decided
        now = [_paired(case, each, base[done]) for case, each, base in zip(cases, decided, plain, strict=True)]
        found = [one + other for one, other in zip(found, now, strict=True)] if found else now
        if done < AGAIN:
            _again(cases, start + done, seed, member, decided)
            first = first or decided
        progress(done + 1)
    if replicates > AGAIN:
        _again(cases, start, seed, member, first)  # also after all the others
    return found


def _paired(case: Case, ended: Decision, plain: bool) -> Paired:
    tally: Tally = counted(case, ended.supports, ended.wishes, ended.notice, ended.rounds, blame=True)
    adopted = tally.adopted_any > 0
    return Paired(tally, int(adopted and not plain), int(plain and not adopted))


def _again(cases: Sequence[Case], replicate: int, seed: int, member: Behaviour, before: Sequence[Decision]) -> None:
    """MemberError if a replicate does not come out as it did: something outlives a replicate, or is drawn at random."""
    other = np.random.default_rng((seed, replicate, 1))  # another order of asking, and other random numbers of Mesa's
    council = Council(cases, replicate + 1, seed, member, other, collect=False)  # where something else happened before
    now = council.convene(replicate).play().decided
    if [each.course for each in now] != [each.course for each in before]:
        what = f"{named(member)}: replicate {replicate} came out otherwise when it was played again"
        why = "members must start each replicate afresh, and draw random numbers with self.chance(name)"
        raise MemberError(f"{what}; {why}")
