"""The council: its members as columns, and the drivers of their value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Booleans = NDArray[np.bool_]


@dataclass(frozen=True)
class Drivers:
    """What moves a member for a text (benefits) or against it (costs)."""

    benefits: tuple[str, ...] = ("solidarity", "threat", "interest")
    costs: tuple[str, ...] = ("autonomy", "exposure", "burden", "venue")

    @property
    def names(self) -> tuple[str, ...]:
        return self.benefits + self.costs

    @property
    def signs(self) -> Floats:
        """+1 for a benefit, −1 for a cost, shape (D,)."""
        return np.array([1.0] * len(self.benefits) + [-1.0] * len(self.costs))


@dataclass(frozen=True)
class Council:
    """Members as columns: the last axis of every array is the members', what stands in front of it broadcasts.

    ids, names       N texts
    traits           (…, D, N) in [0, 1], a row a driver
    stake            (…, N) in (0, 1]: salience of the text
    independence     (…, N) in [0, 1]: how little isolation hurts
    attention        (…, N) > 0 per hour: how soon a member notices a silence procedure
    never_objects    (…, N): acquiesces where it would object
    veto             (N,): read by rules with vetoes only
    weights          column name -> (N,) non-negative integers (population, votes)
    """

    ids: tuple[str, ...]
    names: tuple[str, ...]
    drivers: Drivers
    traits: Floats
    stake: Floats
    independence: Floats
    attention: Floats
    never_objects: Booleans
    veto: Booleans
    weights: Mapping[str, Integers] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """The number of members, N."""
        return len(self.ids)

    def index(self, member: str) -> int:
        """The place of a member by its id; ValueError if it does not sit here."""
        return self.ids.index(member)

    def but(self, **changes: Any) -> Council:
        """The same council with some columns changed."""
        return replace(self, **changes)
