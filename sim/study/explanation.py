"""The record of an explanation: why members take their stances, and what would win them over. It saves and loads."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field

from sim.answers.reading import ResultError, built
from sim.answers.result import Source
from sim.study.packages import Frontier
from sim.study.prices import Price
from sim.study.supply import Supply

FORMAT = 1


@dataclass(frozen=True)
class Origin:
    """Where a trait's numbers come from: what SOURCES.md beside the members file says of its column.

    missing: which members lack an item; weak: what not to trust; null or empty: nothing is said
    """

    measures: str | None
    formula: str | None
    years: str | None
    sources: list[str]
    missing: str | None
    weak: str | None


@dataclass(frozen=True)
class DriverPart:
    """What one driver adds to a member's value: sign · weight · trait · loading, utils.

    trait       final, in [0, 1]; trait_sd: its spread, after mapping; null: none is given, or it is overridden
    part        utils; part_sd: its spread from the trait's alone
    column      of the members file; null: no such column, so that the trait is 0; inverted: 1 minus it, before
                it is divided by `divided_by`
    overridden  the scenario or an option sets the trait itself
    reason      why the loading is what it is
    """

    driver: str
    benefit: bool
    weight: float
    loading: float
    trait: float
    trait_sd: float | None
    part: float
    part_sd: float | None
    column: str | None
    inverted: bool
    divided_by: float
    overridden: bool
    reason: str | None
    origin: Origin | None


@dataclass(frozen=True)
class ObjectionCost:
    """What it costs a member to object, utils, where as many of the others support the text as do on average.

    fixed + isolation + fatigue[t] = total[t] in round t; share: of the others, in support
    """

    share: float
    fixed: float
    isolation: float
    fatigue: list[float]
    total: list[float]


@dataclass(frozen=True)
class Stances:
    """As tabled, before a deadline thins objections; exact. Thresholds on what nobody knows of the member, utils.

    supports_from: it supports if that is at least this; objects_below: it objects if that is less, by round
    """

    support: float
    acquiesce: float
    object: float
    supports_from: float
    objects_below: list[float]


@dataclass(frozen=True)
class Blame:
    """The measures of blame, as in a result; null: the engine cannot give it."""

    first_objector: float | None
    final_hold_out: float
    lone_hold_out: float
    hidden: float
    pivotality: float | None
    shapley: float | None


@dataclass(frozen=True)
class ExplainedMember:
    """One member: appeal + grievance + the drivers' parts = value, utils.

    cost: of objecting; prices: concession to it alone, and the instruments at which it is as likely a final hold-out as
    not; empty where they cannot be computed
    """

    id: str
    name: str
    appeal: float
    grievance: float
    drivers: list[DriverPart]
    value: float
    stake: float
    independence: float
    never_objects: bool
    cost: ObjectionCost
    stances: Stances
    blame: Blame
    prices: list[Price]


@dataclass(frozen=True)
class Explained:
    """Why members take their stances on one proposal, and at what price the text would be as likely adopted as not.

    engine      of the blame and the prices; replicates: null if exact; price_replicates: likewise, of prices
    asked       the member asked for; null: the likely hold-outs; covered: their share of all final hold-outs
    rounds      that are played; ambition: of the text, by round
    prices      payment, dilution, opt-out; then those that reach one half only if offered to more members
    unpriced    why there are no prices, or none of some kind
    frontier    packages of instruments that reach one half; null: none does, none is needed, or not exact
    supply      hold-outs by price; null: nobody would hold out
    """

    format: int
    version: str
    scenario: Source
    proposal: str
    place: int
    rule: str
    members: int
    engine: str
    seed: int
    replicates: int | None
    price_engine: str
    price_replicates: int | None
    adopted_any: float
    standard_error: float
    supporters: float
    rounds: int
    ambition: list[float]
    asked: str | None
    covered: float
    explained: list[ExplainedMember]
    prices: list[Price]
    unpriced: list[str]
    frontier: Frontier | None
    supply: Supply | None
    notes: list[str] = field(default_factory=list)

    def to_json(self) -> str:
        """The record as JSON; numbers read back to the same bits."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1, allow_nan=False)

    @classmethod
    def from_json(cls, text: str) -> Explained:
        """A saved record. ResultError says what does not fit."""
        try:
            found = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise ResultError(f"no saved explanation: {error}") from None
        if not isinstance(found, dict) or found.get("format") != FORMAT or "explained" not in found:
            raise ResultError(f"no saved explanation: expected a record with format = {FORMAT}")
        record: Explained = built(cls, found, "explanation")
        return record
