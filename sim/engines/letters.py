"""Letters: all that a member that does not support can do in the rounds that are looked at.

Given the number of supporters s, one uniform number decides it, so a letter is an interval between thresholds; under a
silence deadline, with or without having noticed. The council is then a word, which `counting` reads.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product


@dataclass(frozen=True)
class Look:
    """One round that is looked at.

    full     is it read whether the text passes here, or only how many object?
    thinned  is it round 0 under a silence deadline, where only those object who notice in time?
    limit    objectors counted on an axis of their own up to this number; more end the process here (None: not counted)
    over     keep the words with more objectors than the limit apart, instead of dropping them
    """

    full: bool = True
    thinned: bool = False
    limit: int | None = None
    over: bool = False


@dataclass(frozen=True)
class Structure:
    """All that the automaton depends on; no probability.

    silence    does acquiescence count as consent? Then only objectors are missing
    slack      how many may be missing (where silence counts; else it is the number of supporters that tells)
    payments, opt_outs   to how many members they may be offered
    looks      the rounds looked at, in order of time
    reading    what is read of a finished word.
               "twice": if the text passes in the first round read, what carries it there and in the second one, if any;
               "passes": does it pass in the last round, having failed in those before; "kind": likewise, and how;
               "fails": does it fail in all of them, where letters tell who objects in the last one;
               "lone": likewise, and is there one objector in the last one
    """

    silence: bool
    slack: int
    payments: int
    opt_outs: int
    looks: tuple[Look, ...]
    reading: str = "kind"

    @property
    def reach(self) -> int:
        """How many members can be won over at most."""
        return max(self.payments, self.opt_outs)

    @property
    def needs(self) -> int:
        """How many situations of the supporters are told apart: enough, 1 … reach too few, or more than that."""
        return 1 if self.silence else self.reach + 2

    @property
    def counted(self) -> tuple[Look, ...]:
        """The looks whose objectors are counted on an axis of their own."""
        return tuple(look for look in self.looks if look.limit is not None)


@dataclass(frozen=True)
class Deed:
    """What a member that does not support does in one round: object, refuse the payment, refuse the opt-out."""

    objects: bool
    refuses_payment: bool
    refuses_opt_out: bool


Threshold = tuple[int, str]  # place of the look, and "object", "payment" or "opt_out"


@dataclass(frozen=True)
class Letter:
    """u lies at or above some thresholds and below others; with a deadline: is it noticed in time?

    above, below: the thresholds that matter, since some are never higher than others
    deeds: what that means in each of the rounds looked at
    """

    above: tuple[Threshold, ...]
    below: tuple[Threshold, ...]
    notices: bool | None
    deeds: tuple[Deed, ...]


def thresholds(structure: Structure) -> tuple[Threshold, ...]:
    """The thresholds that cut the uniform number into letters."""
    found: list[Threshold] = []
    told = len(structure.looks) - 1 if structure.reading in ("fails", "lone") else None
    for place, look in enumerate(structure.looks):
        if (structure.silence and look.full) or look.limit is not None or place == told:
            found.append((place, "object"))
        if look.full and structure.payments:
            found.append((place, "payment"))
        if look.full and structure.opt_outs:
            found.append((place, "opt_out"))
    return tuple(found)


def letters(structure: Structure) -> tuple[Letter, ...]:
    """All letters that can occur: thresholds do not rise with time, and who does not object has nothing to refuse."""
    cuts = thresholds(structure)
    lower = {(one, other) for one in cuts for other in cuts if _never_above(structure, one, other)}
    thinned = any(look.thinned for look in structure.looks)
    found = []
    for choice in product((False, True), repeat=len(cuts)):
        is_below = dict(zip(cuts, choice, strict=True))
        if any(is_below[one] and not is_below[other] for one, other in lower):
            continue
        above = tuple(c for c in cuts if not is_below[c] and not any((c, d) in lower and not is_below[d] for d in cuts))
        below = tuple(c for c in cuts if is_below[c] and not any((d, c) in lower and is_below[d] for d in cuts))
        for notices in (True, False) if thinned else (None,):
            found.append(Letter(above, below, notices, _deeds(structure, is_below, notices)))
    return tuple(found)


def _never_above(structure: Structure, one: Threshold, other: Threshold) -> bool:
    """Is the one threshold at most the other, whatever the case?"""
    (when, kind), (then, likewise) = one, other
    refusal = structure.silence and kind != "object" and likewise == "object"
    return (then < when and kind == likewise) or (then <= when and refusal)


def _deeds(structure: Structure, is_below: dict[Threshold, bool], notices: bool | None) -> tuple[Deed, ...]:
    deeds = []
    for place, look in enumerate(structure.looks):
        objects = is_below.get((place, "object"), False) and not (look.thinned and not notices)
        missing = objects or not structure.silence
        refuses = (missing and is_below.get((place, kind), True) for kind in ("payment", "opt_out"))
        deeds.append(Deed(objects, *refuses))
    return tuple(deeds)
