"""One record of what came out, which saves and loads: the contract's result.json."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, fields
from typing import Any

import sim
from sim.answers.reading import ResultError, built

FORMAT = 1
INTERPRETED_FROM = 100  # effective draws: under it, what conditioning says is not interpreted


@dataclass(frozen=True)
class Program:
    """Which program made a result."""

    name: str
    version: str

    @classmethod
    def this(cls) -> Program:
        """This one."""
        return cls("unanimity", sim.__version__)


@dataclass(frozen=True)
class Source:
    """The scenario a result came from; sha256 of the file as read."""

    title: str
    file: str
    sha256: str
    question: str = ""
    sources: list[str] | None = None
    notes: list[str] | None = None


@dataclass(frozen=True)
class MemberBlame:
    """Stances as tabled and the measures of blame of one member; null: the engine cannot give it."""

    id: str
    name: str
    support: float
    acquiesce: float
    object: float
    first_objector: float | None
    final_hold_out: float
    lone_hold_out: float
    hidden: float
    pivotality: float | None
    shapley: float | None


# the columns of the table of blame that every engine is asked for
MEASURES = tuple(each.name for each in fields(MemberBlame) if each.name not in ("id", "name", "hidden"))


@dataclass(frozen=True)
class RuleRow:
    """What another rule would have done, on the same draws."""

    rule: str
    adopted_any: float
    standard_error: float
    engine: str
    replicates: int | None = None


@dataclass(frozen=True)
class FormalPower:
    """Power by the rule alone, for contrast: by member, in council order; act: Coleman's power to act."""

    banzhaf: list[float]
    shapley_shubik: list[float]
    prevent: list[float]
    initiate: list[float]
    act: float


@dataclass(frozen=True)
class SizeCurve:
    """P(adopted in any form) against the size of the weights, for each rule; errors are standard errors.

    replicates: of each simulated point; a curve takes fewer than a result may.
    """

    sizes: list[float]
    stated: float
    adopted_any: dict[str, list[float]]
    standard_error: dict[str, list[float]]
    replicates: int | None = None


@dataclass(frozen=True)
class Chronicle:
    """One replicate, round by round; hidden: ids of those that objected without saying so. The model, section 7."""

    proposal: str
    replicate: int
    outcome: str
    round: int
    ambition: float
    stances: list[list[str]]
    hold_outs: list[str]
    won_over: list[str]
    seed: int
    members: list[str]
    hidden: list[list[str]] = field(default_factory=list)


@dataclass(frozen=True)
class GaveIn:
    """A member that objected until the round before this one; after: those it listens to who had just fallen silent."""

    id: str
    round: int
    after: list[str]


@dataclass(frozen=True)
class Cascade:
    """The first replicate, of so many looked at, in which one member gave in after another; none: the first of all."""

    chronicle: Chronicle
    gave_in: list[GaveIn]
    searched: int


@dataclass(frozen=True)
class OpenMember:
    """What the others see of a member: P(not adopted, it holds out openly), P(… and nobody else does openly).

    alone: of the latter, how often it was alone in truth, nobody hidden behind it; null: it never was the only one
    """

    id: str
    open_hold_out: float
    lone_open_hold_out: float
    alone: float | None
    alone_standard_error: float | None


@dataclass(frozen=True)
class HeedCurve:
    """P(adopted in any form) against heed, for values of isolation, without hiding (row 0) and with it (row 1).

    adopted_any, standard_error: [hide][isolation][heed]; stated: the scenario's heed; replicates: of each point
    """

    heed: list[float]
    isolation: list[float]
    hide: list[float]
    adopted_any: list[list[list[float]]]
    standard_error: list[list[list[float]]]
    stated: float
    replicates: int


@dataclass(frozen=True)
class RoomResult:
    """Members that watch the room: what was hidden, what was seen, and who listens to whom.

    hidden: mean number of hidden final hold-outs, 0 in a replicate that adopts; lone_open_hold_out: P(not adopted,
    exactly one open final hold-out); errors are standard errors; always simulated, on so many replicates
    ties: [from, to, weight], places of members; null: everybody listens to everybody, or there are too many to draw
    """

    heed: float
    hide: float
    replicates: int
    hidden: float
    hidden_standard_error: float
    lone_open_hold_out: float
    lone_open_hold_out_standard_error: float
    members: list[OpenMember]
    ties: list[list[float]] | None = None
    heed_curve: HeedCurve | None = None
    cascade: Cascade | None = None


@dataclass(frozen=True)
class Difference:
    """What something changes: P(adopted in any form) without it, and the difference it makes, on the same draws.

    standard_error: of the difference, paired replicate by replicate
    """

    made_by: str
    without: float
    difference: float
    standard_error: float
    replicates: int


@dataclass(frozen=True)
class Observation:
    """What is known to have happened: a proposal adopted or not, and the ids of the final hold-outs, if given."""

    proposal: str
    adopted: bool
    hold_outs: list[str] | None = None


@dataclass(frozen=True)
class Moved:
    """An uncertain weight or parameter over the outer draws, before and after conditioning: {p05, p50, p95} each.

    name: its path, as weights.autonomy; published: the value in the scenario
    grid, prior_density, conditioned_density: curves to draw; the conditioned ones are null without observations
    """

    name: str
    published: float
    prior: dict[str, float]
    conditioned: dict[str, float] | None
    grid: list[float]
    prior_density: list[float]
    conditioned_density: list[float] | None


@dataclass(frozen=True)
class ProposalResult:
    """One proposal under its stated rule.

    uncertainty, conditioned: {p05, p50, p95} over the outer draws in each number's place: adopted_any, outcomes,
    lone_hold_out, rounds, supporters, blame (a list with id, name and what was computed), rules (by rule)
    fitted: this proposal was observed, so that what is said of it under the stated rule is fitted, not predicted
    room: where members heed each other or hide; differences: what that changes, or what members of another kind do
    """

    name: str
    rule: str
    members: int
    outcomes: dict[str, float]
    adopted_any: float
    standard_error: float
    lone_hold_out: float
    rounds: list[float]
    supporters: float
    blame: list[MemberBlame]
    rules: list[RuleRow]
    uncertainty: dict[str, Any] | None = None
    conditioned: dict[str, Any] | None = None
    formal_power: FormalPower | None = None
    size_curve: SizeCurve | None = None
    chronicle: Chronicle | None = None
    fitted: bool = False
    room: RoomResult | None = None
    differences: list[Difference] | None = None


@dataclass(frozen=True)
class Result:
    """What a scenario came to. replicates is null for the exact engine, which has no sampling error.

    draws: outer draws; effective_draws: (sum w)^2 / sum w^2 after conditioning on `observed`; rule_draws and
    rule_effective_draws: likewise for the compared rules, which are computed for fewer draws
    behaviour: the class of members that a program of its own replaced the plain ones by
    """

    format: int
    program: Program
    scenario: Source
    engine: str
    seed: int
    replicates: int | None
    draws: int
    effective_draws: float | None
    proposals: list[ProposalResult]
    rule_draws: int | None = None
    rule_effective_draws: float | None = None
    observed: list[Observation] | None = None
    moved: list[Moved] | None = None
    behaviour: str | None = None

    def to_json(self) -> str:
        """The record as JSON; numbers read back to the same bits."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1, allow_nan=False)

    @classmethod
    def from_json(cls, text: str) -> Result:
        """A saved record. ResultError says what does not fit; keys that are new are passed over."""
        try:
            found = json.loads(text, parse_constant=_refused)
        except (ValueError, RecursionError) as error:
            raise ResultError(f"no saved result: {error}") from None
        if not isinstance(found, dict) or found.get("format") != FORMAT:
            raise ResultError(f"no saved result: expected a record with format = {FORMAT}")
        result: Result = built(cls, found, "result")
        return result


def _refused(name: str) -> float:
    raise ValueError(f"{name} is no number")
