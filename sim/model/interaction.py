"""Members that watch the room: whom they hear, and who hides behind the first to speak (the model, section 7)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sim.model.council import Booleans, Floats, Integers

EXACT = 2.0**52  # whole numbers add up exactly, in any order, as long as they do not pass this


@dataclass(frozen=True)
class Interaction:
    """How much members watch each other; off by default. Numbers marked (…) may carry cells or draws in front.

    heed   (…): λ, how far the cost of objecting follows what was heard instead of the support for the text as tabled
    hide   (…): χ, the chance that an objector stays hidden once another has spoken
    ties   (N, N), ≥ 0: row listens to column, the diagonal is 0; None: everybody listens to everybody alike
    """

    heed: Floats | float = 0.0
    hide: Floats | float = 0.0
    ties: Floats | None = None

    @property
    def heeds(self) -> bool:
        """Does anybody heed anybody, in any of the cases?"""
        return bool(np.any(np.asarray(self.heed) > 0.0))

    @property
    def hides(self) -> bool:
        """Does anybody ever hide, in any of the cases?"""
        return bool(np.any(np.asarray(self.hide) > 0.0))

    @cached_property
    def attention(self) -> tuple[Floats, Floats]:
        """Ties in whole numbers (N, N) and their sums (N,): so whoever adds up some of them, in any order, is exact."""
        assert self.ties is not None
        largest = self.ties.max(axis=-1, initial=0.0)
        shares = self.ties / np.where(largest > 0.0, largest, 1.0)[:, None]
        whole = np.rint(shares * np.floor(EXACT / max(len(shares), 1)))
        return whole, whole.sum(axis=-1)

    def heard(self, open_: Booleans, support: Floats) -> Floats:
        """(1 − λ) S + λ E, (R, N): how united the others seem to each member, after one round of one case.

        open_ (R, N): who openly objected in that round; support (R, N) or (R, 1): S, the share of the others that
        supports the text as tabled; to a member that listens to nobody, nothing but that counts.
        """
        if self.ties is None:
            total = np.full(open_.shape[-1], open_.shape[-1] - 1.0)
            objecting = (open_.T.sum(axis=0) - open_.T).T
        else:
            whole, total = self.attention
            objecting = (whole @ open_.T.astype(float)).T
        silent = np.where(total > 0.0, 1.0 - objecting / np.where(total > 0.0, total, 1.0), support)
        return np.asarray(support + self.heed * (silent - support))


def first_to_speak(objects: Booleans, notice: Floats, attention: Floats) -> Integers:
    """The place of the objector that speaks first in each replicate, (R,), −1 where nobody objects.

    objects, notice (R, N): who objects, and n; attention (N,): μ. Earliest τ/μ, with τ = −ln(1 − n).
    """
    size, (member, replicate) = len(objects), np.divmod(np.flatnonzero(objects.T), max(len(objects), 1))
    when = -np.log1p(-notice[replicate, member]) / attention[member]
    earliest = np.full(size, np.inf)
    np.minimum.at(earliest, replicate, when)
    at_once = np.flatnonzero(when == earliest[replicate])[::-1]  # backwards, so that the first in council order stays
    first = np.full(size, -1)
    first[replicate[at_once]] = member[at_once]
    return first
