"""One question: may this council adopt this text under this rule and procedure?"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from typing import Any

import numpy as np

from sim.model.council import Council, Floats
from sim.model.interaction import Interaction
from sim.model.rules import Rule

PER_MEMBER = ("stake", "independence", "attention", "never_objects")
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
    """A council, a text, the weights of the drivers (…, D) in utils, a rule, a procedure, how members watch the room.

    Anything in front of the members' axis (cells of a sweep, outer draws) broadcasts: see `shape`.
    """

    council: Council
    proposal: Proposal
    weights: Floats
    rule: Rule
    procedure: Procedure
    interaction: Interaction = field(default_factory=Interaction)

    def but(self, **changes: Any) -> Case:
        """The same question with one part changed: `case.but(rule=…)`, or a key of a part: `case.but(rounds=3)`."""
        for part in ("procedure", "interaction"):
            before = changes.pop(part, getattr(self, part))
            inner = {each.name: changes.pop(each.name) for each in fields(before) if each.name in changes}
            changes[part] = replace(before, **inner)
        return replace(self, **changes)

    @cached_property
    def shape(self) -> tuple[int, ...]:
        """The shape that stands in front of the members' axis; () for a single case."""
        council, text, procedure = self.council, self.proposal, self.procedure
        fronts = [np.shape(getattr(council, each))[:-1] for each in PER_MEMBER]
        fronts += [np.shape(council.traits)[:-2], np.shape(self.weights)[:-1], np.shape(text.loadings)[:-1]]
        fronts += [np.shape(text.grievance)[:-1], np.shape(text.appeal)]
        fronts += [np.shape(value) for value in vars(procedure).values()]
        fronts += [np.shape(self.interaction.heed), np.shape(self.interaction.hide)]
        return np.broadcast_shapes(*fronts)

    def block(self, shape: tuple[int, ...]) -> Case:
        """The case with this shape in front, also where nothing of it varies."""
        appeal = np.broadcast_to(np.asarray(self.proposal.appeal, float), shape)
        return replace(self, proposal=replace(self.proposal, appeal=appeal))

    def at(self, place: tuple[int, ...]) -> Case:
        """One case of a block, by its place in `shape`."""

        def one(value: Any, inner: int) -> Any:
            array = np.asarray(value)
            front = array.ndim - inner
            return value if front <= 0 else np.broadcast_to(array, (*self.shape, *array.shape[front:]))[place]

        council, text = self.council, self.proposal
        members = {key: one(getattr(council, key), 1) for key in PER_MEMBER}
        return replace(
            self,
            council=council.but(traits=one(council.traits, 2), **members),
            proposal=replace(
                text,
                appeal=one(text.appeal, 0),
                loadings=one(text.loadings, 1),
                grievance=one(text.grievance, 1),
            ),
            weights=one(self.weights, 1),
            procedure=Procedure(**{key: one(each, 0) for key, each in vars(self.procedure).items()}),
            interaction=replace(
                self.interaction, heed=one(self.interaction.heed, 0), hide=one(self.interaction.hide, 0)
            ),
        )

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
