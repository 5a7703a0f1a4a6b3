"""What a scenario file may hold. Defaults are the contract's; what needs the council is checked in `seat`."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from sim.model.case import NEVER
from sim.scenario.forms import (
    MEMBERS_AT_MOST,
    Amount,
    Column,
    Count,
    Ids,
    Members,
    Name,
    Override,
    Part,
    Positive,
    Round,
    Rule,
    RuleSpec,
    Spread,
    Text,
    Texts,
    Ties,
    Unit,
    Utils,
    Vary,
)


class DriversPart(Part):
    """What moves members for a text, and against it."""

    benefits: Annotated[list[Name], Field(max_length=1000)] = ["solidarity", "threat", "interest"]
    costs: Annotated[list[Name], Field(max_length=1000)] = ["autonomy", "exposure", "burden", "venue"]


class CouncilPart(Part):
    """Who decides: those in `only`, less those in `without`, and of these the `first` so many by the column `order`."""

    members: Members
    only: Ids = []
    without: Ids = []
    order: Name | None = None
    first: Annotated[int, Field(ge=1, le=MEMBERS_AT_MOST)] | None = None
    override: dict[str, Override] = {}


class StakePart(Part):
    """How much the text matters to a member."""

    base: Utils = 1.0
    slope: Utils = 0.0
    trait: Name | None = None
    column: Name | None = None


class DilutionPart(Part):
    """The chair weakens the text."""

    step: Unit = 0.0
    first_round: Round = 1
    floor: Annotated[float, Field(gt=0, le=1)] = 0.5


class PaymentPart(Part):
    """Side payments."""

    value: Amount = 0.0
    members: Count = 0


class OptOutPart(Part):
    """Members may stay out of what the text costs."""

    relief: Unit = 0.0
    members: Count = 0
    first_round: Count = 0


class ProcedurePart(Part):
    """How it is decided."""

    rule: Rule = RuleSpec(name="consensus")
    rounds: Annotated[int, Field(ge=1, le=60)] = 1
    months_per_round: Positive = 1.0
    objection_cost: Amount = 0.5
    isolation: Amount = 2.0
    isolation_curvature: Annotated[float, Field(ge=0, le=1000)] = 1.0
    fatigue: Amount = 0.0
    withdrawal_hazard: Annotated[float, Field(ge=0, lt=1)] = 0.0
    withdraw_above: Annotated[int, Field(ge=1, le=NEVER)] = NEVER
    silence_hours: Annotated[float, Field(ge=0, allow_inf_nan=True)] = float("inf")
    attention: Positive = 0.1
    dilution: DilutionPart = DilutionPart()
    payment: PaymentPart = PaymentPart()
    opt_out: OptOutPart = OptOutPart()


class ProposalPart(Part):
    """What is decided."""

    name: Name
    appeal: Utils = 0.0
    loadings: dict[str, Unit] = {}
    reasons: dict[str, Text] = {}
    grievance: dict[str, Utils] = {}
    procedure: ProcedurePart = ProcedurePart()


class InteractionPart(Part):
    """Members that watch the room: how much they heed each other, how readily they hide, who listens to whom."""

    heed: Unit = 0.0
    hide: Unit = 0.0
    ties: Ties | None = None


class ComparePart(Part):
    """Rules beside the stated one."""

    rules: Annotated[list[Rule], Field(max_length=100)] | None = None


class SpreadPart(Part):
    """How uncertain a parameter is."""

    sd: Amount | None = None
    log_sd: Spread | None = None


class UncertaintyPart(Part):
    """Outer draws."""

    draws: Annotated[int, Field(ge=0, le=10_000_000)] = 0
    traits: bool = True
    size: Spread = 0.0
    weights: Spread = 0.0
    loadings: Unit = 0.0
    parameters: dict[str, SpreadPart] = {}
    fixed: Annotated[list[Name], Field(max_length=100_000)] = []


class ObservedPart(Part):
    """What happened."""

    proposal: Name
    adopted: bool
    hold_outs: Ids | None = None


class SweepPart(Part):
    """Cells: a grid over all values of all paths, or a sample; `set` holds what is the same in all of them."""

    vary: Vary
    sample: Literal["sobol", "latin", "halton", "morris"] | None = None
    points: Annotated[int, Field(ge=1, le=10_000_000)] | None = None
    set: dict[str, Any] = {}


class AblationPart(Part):
    """A part of the model left out or replaced, for the table of ablations."""

    set: dict[str, Any]


class RunPart(Part):
    """How it is computed."""

    engine: Literal["auto", "exact", "simulate", "agents"] = "auto"
    replicates: Annotated[int, Field(ge=1, le=10**10)] = 10_000
    seed: Annotated[int, Field(ge=0, le=2**63 - 1)] = 0


class ScenarioFile(Part):
    """A scenario file: one council, one question."""

    title: Text
    question: Text
    sources: Annotated[list[Text], Field(min_length=1, max_length=1000)]
    notes: Texts = []
    drivers: DriversPart = DriversPart()
    council: CouncilPart
    traits: dict[str, Column] = {}
    weights: dict[str, Amount] = {}
    stake: StakePart = StakePart()
    proposal: Annotated[list[ProposalPart], Field(min_length=1, max_length=1000)]
    procedure: ProcedurePart = ProcedurePart()
    interaction: InteractionPart = InteractionPart()
    compare: ComparePart = ComparePart()
    uncertainty: UncertaintyPart = UncertaintyPart()
    observed: Annotated[list[ObservedPart], Field(max_length=1000)] = []
    sweep: dict[str, SweepPart] = {}
    ablation: dict[str, AblationPart] = {}
    run: RunPart = RunPart()


def published() -> dict[str, Any]:
    """The JSON Schema of scenario files, for editors; without defaults that JSON cannot hold."""

    def sound(part: Any) -> Any:
        if isinstance(part, dict):
            return {key: sound(each) for key, each in part.items() if each != float("inf")}
        return [sound(each) for each in part] if isinstance(part, list) else part

    found: dict[str, Any] = sound(ScenarioFile.model_json_schema())
    return found
