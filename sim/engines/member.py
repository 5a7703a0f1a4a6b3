"""One member as an agent: it observes, decides and speaks; a subclass replaces a method (the model, section 7)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from math import pow
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

try:
    import mesa  # type: ignore[import-untyped, unused-ignore]
except ImportError as error:  # Mesa 3.5.1 imports networkx without asking for it
    raise ImportError(f"agents need Mesa 3 ({error}): pip install 'mesa>=3.3,<4' networkx") from error

from sim.model.council import Floats
from sim.model.draws import Streams

if TYPE_CHECKING:
    from sim.engines.agents import Council

__all__ = ["Member", "mesa"]

KEPT = ("stance", "hidden", "stances", "past", "seen")  # what only the council writes down


class Member(mesa.Agent):  # type: ignore[misc, unused-ignore]
    """One member of the council: it observes, decides and speaks, once each a round. Replace a method, and it differs.

    seat, id, name      its place in council order, and what it is called
    traits              driver -> [0, 1]
    stake, independence, attention, value     the model's σ, a, μ and v, for the text at hand
    taste, notice, secret     its draws u, n and z: how it likes the text, when it looks up, whether it likes to hide
    looks_up            hours after which it looks up, τ/μ: who objects speaks in this order
    supports_from, objects_below, refuses_below     its thresholds in the table of stances, this round
    seen                what it observed in this round
    stance, hidden      "support", "acquiesce" or "object" in the round just played, and whether it hid; at first None
    stances, past       its stances on this text so far, and on each text before it in this replicate
    """

    model: Council
    traits: Mapping[str, float]
    stake: float
    independence: float
    attention: float
    value: float
    taste: float
    notice: float
    secret: float
    looks_up: float
    supports_from: float
    objects_below: float
    refuses_below: dict[str, float]
    seen: float
    stance: str | None
    hidden: bool
    stances: tuple[str, ...]
    past: tuple[tuple[str, ...], ...]

    def __init__(self, model: Council, seat: int) -> None:
        super().__init__(model)
        council = model.case.council
        self.seat, self.id, self.name = seat, council.ids[seat], council.names[seat]
        self.traits = MappingProxyType(dict(zip(council.drivers.names, council.traits[:, seat].tolist(), strict=True)))
        self.__dict__["past"] = ()

    def receive(self) -> None:
        """Receive the text as tabled, with what chance gives it in this replicate."""
        self.model.turns.refuse(f"what {self.id} knows of the text", self)
        text, seat = self.model.text, self.seat
        council = text.case.council
        taste, notice, secret = text.drawn
        self.__dict__.update(
            stake=float(council.stake[seat]),
            independence=float(council.independence[seat]),
            attention=float(council.attention[seat]),
            value=float(text.values[seat]),
            taste=taste[seat],
            notice=notice[seat],
            secret=secret[seat],
            looks_up=text.looks_up[seat],
            supports_from=float(text.not_support[seat]),
            objects_below=0.0,
            refuses_below={},
            stance=None,
            hidden=False,
            stances=(),
        )

    def supports(self) -> bool:
        """Is the text as tabled worth at least as much to it as the status quo?"""
        return self.taste >= self.supports_from

    def observe(self) -> float:
        """How united the others seem: the share that supports the text, mixed by heed with who spoke last round."""
        council, interaction = self.model, self.model.case.interaction
        support = (council.supporters - self.supports()) / max(len(council.members) - 1, 1)
        if council.round == 0:
            return float(support)
        if interaction.ties is None:
            total, objecting = len(council.members) - 1, sum(each is not self for each in council.spoke)
        else:
            whole, totals = interaction.attention
            total, objecting = totals[self.seat], sum(whole[self.seat, each.seat] for each in council.spoke)
        silent = 1.0 - objecting / total if total > 0 else support
        return float(support + interaction.heed * (silent - support))

    def cost(self) -> float:
        """K: what it costs to object in this round, against others as united as they seem; utils."""
        p = self.model.case.procedure
        alone = float(p.isolation) * (1.0 - self.independence)
        against = pow(self.seen, float(p.isolation_curvature))
        return float(p.objection_cost) + alone * against + float(p.fatigue) * self.model.round

    def decide(self) -> str:
        """Support the text, or object if that is worth its cost, or acquiesce."""
        if self.supports():
            return "support"
        return "object" if self.taste < self.objects_below else "acquiesce"

    def speak(self, before: tuple[Member, ...]) -> bool:
        """It objects: does it say so openly, after those who have spoken before it?"""
        return not before or self.secret >= float(self.model.case.interaction.hide)

    def accepts(self, offer: str) -> bool:
        """Would a "payment", or an "opt_out", win it over in this round?"""
        return self.taste >= self.refuses_below[offer]

    @cached_property
    def ties(self) -> Floats:
        """How much it listens to each member, (N,), in council order."""
        size, given = len(self.model.members), self.model.case.interaction.ties
        return np.array(np.arange(size) != self.seat, float) if given is None else given[self.seat]

    def chance(self, name: str) -> float:
        """A uniform number of its own for this text and replicate, by name: the same in any order, on any machine."""
        streams = Streams(self.model.seed, "own", [(self.model.case.proposal.name, self.id, name)])
        return float(streams.uniforms(self.model.replicate, 1)[0, 0])

    def __setattr__(self, name: str, given: Any) -> None:
        self._changing(name)
        super().__setattr__(name, given)

    def __delattr__(self, name: str) -> None:
        self._changing(name)
        super().__delattr__(name)

    def _changing(self, name: str) -> None:
        """MemberError if another member changes it, or it what the council keeps of it."""
        model = vars(self).get("model")
        if model is not None and model.turns.acting is not None:
            if name in KEPT:
                model.turns.refuse(name, None, "the council writes that down, from what members answer")
            model.turns.refuse(f"{name} of {vars(self).get('id')}", self)
