"""Which sliders there are: the traits of a member, the procedure's instruments, the weights, the text itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import inf, isinf
from typing import Any

import numpy as np

from sim.model.case import NEVER
from sim.scenario.schema import ProcedurePart
from sim.scenario.spreads import merged
from sim.show.page.desk import Opened
from sim.show.page.state import joined

HOURS = 168  # a week; beyond it, no deadline


@dataclass(frozen=True)
class Dial:
    """One slider. at: where it stands; top: (value, words) for what its far end stands for instead of a number."""

    group: str
    key: str
    label: str
    at: float
    low: float
    high: float
    step: float
    top: tuple[Any, str] | None = None

    @property
    def whole(self) -> bool:
        """Does it count?"""
        return self.step == 1.0

    def value(self, position: float) -> Any:
        """What a position sets."""
        if self.top is not None and position >= self.high:
            return self.top[0]
        return round(position) if self.whole else round(float(position), 6)

    def words(self, position: float) -> str:
        """What a position says."""
        if self.top is not None and position >= self.high:
            return self.top[1]
        return f"{round(position):,}" if self.whole else f"{position:.3f}".rstrip("0").rstrip(".")

    def positions(self, most: int) -> tuple[float, ...]:
        """Positions along it, both ends among them; whole numbers if it counts."""
        if not self.whole:
            return tuple(round(float(each), 6) for each in np.linspace(self.low, self.high, most))
        every = -(-(self.high - self.low) // (most - 1)) or 1
        found = [*np.arange(self.low, self.high, every), self.high]
        return tuple(float(each) for each in found)


@dataclass(frozen=True)
class Instrument:
    """A number of the procedure: its range on the slider, unless the file goes beyond it."""

    path: str
    label: str
    low: float
    high: float
    step: float


INSTRUMENTS = (
    Instrument("rounds", "rounds until the deadline", 1, 12, 1.0),
    Instrument("objection_cost", "cost of breaking silence, utils", 0, 5, 0.05),
    Instrument("isolation", "cost of standing alone, utils", 0, 10, 0.1),
    Instrument("isolation_curvature", "how that cost grows with the others' support", 0, 4, 0.1),
    Instrument("fatigue", "cost of holding out, utils a round", 0, 2, 0.05),
    Instrument("withdrawal_hazard", "chance that the sponsors give up, a round", 0, 0.95, 0.01),
    Instrument("withdraw_above", "the chair withdraws above so many objectors", 1, 0, 1.0),
    Instrument("silence_hours", "silence deadline, hours", 1, HOURS + 1, 1.0),
    Instrument("dilution.step", "dilution: the text weakens a round by", 0, 0.5, 0.01),
    Instrument("dilution.first_round", "dilution: from round", 1, 12, 1.0),
    Instrument("dilution.floor", "dilution: withdrawn below", 0.05, 1, 0.05),
    Instrument("payment.value", "side payment, utils", 0, 5, 0.05),
    Instrument("payment.members", "side payment: to at most so many", 0, 6, 1.0),
    Instrument("opt_out.relief", "opt-out: share of the costs spared", 0, 1, 0.01),
    Instrument("opt_out.members", "opt-out: to at most so many", 0, 6, 1.0),
    Instrument("opt_out.first_round", "opt-out: from round", 0, 12, 1.0),
)


def dials(opened: Opened) -> tuple[Dial, ...]:
    """All sliders, group by group."""
    return (*_member(opened), *_procedure(opened), *_room(opened), *_weights(opened), *_text(opened))


def dial(opened: Opened, key: str | None) -> Dial | None:
    """The slider of a path; of a member that is not looked at, too."""
    found = {each.key: each for each in dials(opened)}
    if key in found or key is None:
        return found.get(key or "")
    ids = opened.case.council.ids
    other = next((n for n, each in enumerate(ids) if key.startswith(joined(["members", each]) + ".")), None)
    return None if other is None else {each.key: each for each in _member(opened, other)}.get(key)


def first(opened: Opened) -> Dial:
    """The slider whose curve is shown while none was moved: the first cost, else the first of all."""
    found = dials(opened)
    return next((each for each in found if each.label.endswith("(cost)")), found[0])


def _member(opened: Opened, place: int | None = None) -> Iterator[Dial]:
    council = opened.case.council
    n = opened.member if place is None else place
    if place is None and opened.state.member not in (None, council.ids[n]):
        return  # who is looked at is left out
    of = council.names[n]
    for row, name in enumerate(council.drivers.names):
        kind = "benefit" if row < len(council.drivers.benefits) else "cost"
        key = joined(["members", council.ids[n], name])
        yield Dial("member", key, f"{of}: {name} ({kind})", float(council.traits[row, n]), 0.0, 1.0, 0.01)
    stake = joined(["members", council.ids[n], "stake"])
    yield Dial("member", stake, f"{of}: stake", float(council.stake[n]), 0.01, 1.0, 0.01)
    alone = joined(["members", council.ids[n], "independence"])
    yield Dial("member", alone, f"{of}: independence", float(council.independence[n]), 0.0, 1.0, 0.01)


def _procedure(opened: Opened) -> Iterator[Dial]:
    sheet = opened.scenario.seating.sheet
    text = sheet.proposal[opened.place]
    part, size = merged(sheet.procedure, text.procedure), opened.case.council.size
    for each in INSTRUMENTS:
        own = _own(text.procedure, each.path)
        key = f"proposal.{opened.place}.procedure.{each.path}" if own else f"procedure.{each.path}"
        value: Any = part
        for step in each.path.split("."):
            value = getattr(value, step)
        yield _instrument(each, key, float(value), size)


def _own(part: ProcedurePart, path: str) -> bool:
    """Has the text a number of its own at this path?"""
    here: Any = part
    for step in path.split("."):
        if step not in here.model_fields_set:
            return False
        here = getattr(here, step)
    return True


def _instrument(each: Instrument, key: str, value: float, size: int) -> Dial:
    if each.path == "withdraw_above":
        never = min(value, NEVER) >= size
        high = float(max(size, 2))
        return Dial("procedure", key, each.label, high if never else value, 1.0, high, 1.0, (max(size, 2), "never"))
    if each.path == "silence_hours":
        high = each.high if isinf(value) else max(each.high, np.ceil(value) + 1.0)
        top = (inf, "none: all notice in time")
        return Dial("procedure", key, each.label, high if isinf(value) else value, 1.0, high, 1.0, top)
    return Dial("procedure", key, each.label, value, min(each.low, value), max(each.high, value), each.step)


def _room(opened: Opened) -> Iterator[Dial]:
    room = opened.scenario.seating.sheet.interaction
    yield Dial("procedure", "interaction.heed", "members heed who spoke last round", room.heed, 0.0, 1.0, 0.05)
    yield Dial("procedure", "interaction.hide", "objectors hide behind another", room.hide, 0.0, 1.0, 0.05)


def _weights(opened: Opened) -> Iterator[Dial]:
    question = opened.scenario.questions[opened.place]
    names = opened.case.council.drivers.names
    if any(question.sized):
        yield Dial("weights", "weights.size", "all weights without one of their own", *_scale(question.size))
    for name, weight in zip(names, opened.case.weights.tolist(), strict=True):
        yield Dial("weights", joined(["weights", name]), name, *_scale(weight))


def _scale(value: float) -> tuple[float, float, float, float]:
    return value, 0.0, max(16.0, value), 0.25


def _text(opened: Opened) -> Iterator[Dial]:
    text = opened.case.proposal
    root = ["proposal", str(opened.place)]
    appeal = float(text.appeal)
    label = "appeal to all members, utils"
    yield Dial("text", joined([*root, "appeal"]), label, appeal, min(-10.0, appeal), max(10.0, appeal), 0.1)
    for name, loading in zip(opened.case.council.drivers.names, text.loadings.tolist(), strict=True):
        key = joined([*root, "loadings", name])
        yield Dial("text", key, f"how strongly it touches {name}", loading, 0.0, 1.0, 0.05)
