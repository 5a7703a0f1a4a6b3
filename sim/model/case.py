"""One question: may this council adopt this text under this rule and procedure?"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from sim.model.council import Council, Floats
from sim.model.rules import Rule

NEVER = 1 << 40  # more objectors than any council has: the chair never withdraws the text


@dataclass(frozen=True)
class Procedure:
    """The instruments of the process. Numbers marked (…) may carry cells or draws in front; counts may not.

    Units: costs and the payment's value in utils, hours for silence, shares elsewhere (the model, section 1).
    """

    rounds: int = 1
    objection_cost: Floats | float = 0.5  # (…)
    isolation: Floats | float = 2.0  # (…)
    isolation_curvature: Floats | float = 1.0  # (…)
    fatigue: Floats | float = 0.0  # (…) utils a round
    withdrawal_hazard: Floats | float = 0.0  # (…) a round
    withdraw_above: int = NEVER
    silence_hours: Floats | float = np.inf  # (…)
    dilution_step: Floats | float = 0.0  # (…)
    dilution_first_round: int = 1
    dilution_floor: Floats | float = 0.5  # (…)
    payment_value: Floats | float = 0.0  # (…)
    payment_members: int = 0
    opt_out_relief: Floats | float = 0.0  # (…)
    opt_out_members: int = 0
    opt_out_first_round: int = 0
    months_per_round: float = 1.0  # converts rounds for reports, nothing else


@dataclass(frozen=True)
class Proposal:
    """The text: what it is worth to all, which drivers it touches, and disputes of single members."""

    name: str
    appeal: Floats | float = 0.0  # (…) utils
    loadings: Floats = field(default_factory=lambda: np.ones(7))  # (…, D) in [0, 1]
    grievance: Floats | float = 0.0  # (…, N) utils


@dataclass(frozen=True)
class Case:
    """A council, a text, the weights of the drivers (…, D) in utils, a rule, a procedure.

    Anything in front of the members' axis (cells of a sweep, outer draws) broadcasts: see `shape`.
    """

    council: Council
    proposal: Proposal
    weights: Floats
    rule: Rule
    procedure: Procedure

    def but(self, **changes: Any) -> Case:
        """The same question with one part changed: `case.but(rule=…)`; keys of the procedure are found there."""
        inner = {key: changes.pop(key) for key in list(changes) if key in Procedure.__dataclass_fields__}
        procedure = replace(changes.pop("procedure", self.procedure), **inner)
        return replace(self, procedure=procedure, **changes)

    @cached_property
    def shape(self) -> tuple[int, ...]:
        """The shape that stands in front of the members' axis; () for a single case."""
        council, text, procedure = self.council, self.proposal, self.procedure
        members = [council.stake, council.independence, council.attention, council.never_objects]
        fronts = [np.shape(each)[:-1] for each in members]
        fronts += [np.shape(council.traits)[:-2], np.shape(self.weights)[:-1], np.shape(text.loadings)[:-1]]
        fronts += [np.shape(text.grievance)[:-1], np.shape(text.appeal)]
        fronts += [np.shape(value) for value in vars(procedure).values()]
        return np.broadcast_shapes(*fronts)

    @cached_property
    def ambition(self) -> Floats:
        """A_t, shape (…, T): what the chair's dilutions have left of the text. The model, section 2."""
        p = self.procedure
        steps = np.maximum(np.arange(p.rounds) - p.dilution_first_round + 1, 0)
        return np.asarray(1.0 - np.asarray(p.dilution_step)[..., None] * steps)

    @cached_property
    def lasts(self) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """Is round t played, if nothing ends the process before? Shape (…, T). Below the floor it is withdrawn."""
        return np.asarray(self.ambition >= np.asarray(self.procedure.dilution_floor)[..., None] - 1e-12)
