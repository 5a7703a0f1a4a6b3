"""What a scenario file may hold. Defaults are the contract's; what needs the council is checked in `load`."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

LARGEST = 1e9  # utils, hours: beyond it nothing but the sign would matter

Unit = Annotated[float, Field(ge=0, le=1)]
Utils = Annotated[float, Field(ge=-LARGEST, le=LARGEST)]
Amount = Annotated[float, Field(ge=0, le=LARGEST)]
Count = Annotated[int, Field(ge=0, le=1_000_000)]
Name = Annotated[str, Field(min_length=1, max_length=200)]
Text = Annotated[str, Field(min_length=1, max_length=2000)]


class Part(BaseModel):
    """A table of the file: unknown keys are errors, numbers are not texts, and NaN is no number."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False, frozen=True)


def _named(key: str) -> BeforeValidator:
    """A bare text stands for the table with just that key."""
    return BeforeValidator(lambda value: {key: value} if isinstance(value, str) else value)


class RuleSpec(BaseModel):
    """A rule by name, with its options."""

    model_config = ConfigDict(extra="allow", strict=True, frozen=True)

    name: Name

    @property
    def options(self) -> dict[str, Any]:
        return dict(self.model_extra or {})


_RULE = {
    "anyOf": [
        {"type": "string"},
        {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}},
    ],
    "description": "a rule by name, or a table with its name and options",
}
Rule = Annotated[RuleSpec, _named("name"), WithJsonSchema(_RULE)]


class ColumnSpec(Part):
    """Which column of the members feeds a driver, and how."""

    column: Name
    invert: bool = False
    divide_by: Annotated[float, Field(gt=0, le=LARGEST)] = 1.0


_COLUMN = {
    "anyOf": [
        {"type": "string"},
        {
            "type": "object",
            "required": ["column"],
            "additionalProperties": False,
            "properties": {
                "column": {"type": "string"},
                "invert": {"type": "boolean"},
                "divide_by": {"type": "number", "exclusiveMinimum": 0},
            },
        },
    ],
    "description": "a column of the members file, or a table with column, invert and divide_by",
}
Column = Annotated[ColumnSpec, _named("column"), WithJsonSchema(_COLUMN)]


class DriversPart(Part):
    benefits: list[Name] = ["solidarity", "threat", "interest"]
    costs: list[Name] = ["autonomy", "exposure", "burden", "venue"]


_MEMBERS = {
    "anyOf": [
        {"type": "string"},
        {"type": "array", "items": {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}}}},
    ],
    "description": "a CSV file, relative to this one, or a list of members",
}


class CouncilPart(Part):
    members: Annotated[Any, WithJsonSchema(_MEMBERS)]
    only: list[str] = []
    without: list[str] = []
    override: dict[str, dict[str, Any]] = {}


class StakePart(Part):
    base: Annotated[float, Field(ge=-LARGEST, le=LARGEST)] = 1.0
    slope: Annotated[float, Field(ge=-LARGEST, le=LARGEST)] = 0.0
    trait: Name | None = None
    column: Name | None = None


class DilutionPart(Part):
    step: Unit = 0.0
    first_round: Annotated[int, Field(ge=1, le=1_000_000)] = 1
    floor: Annotated[float, Field(gt=0, le=1)] = 0.5


class PaymentPart(Part):
    value: Amount = 0.0
    members: Count = 0


class OptOutPart(Part):
    relief: Unit = 0.0
    members: Count = 0
    first_round: Count = 0


class ProcedurePart(Part):
    rule: Rule = RuleSpec(name="consensus")
    rounds: Annotated[int, Field(ge=1, le=60)] = 1
    months_per_round: Annotated[float, Field(gt=0, le=LARGEST)] = 1.0
    objection_cost: Amount = 0.5
    isolation: Amount = 2.0
    isolation_curvature: Annotated[float, Field(ge=0, le=1000)] = 1.0
    fatigue: Amount = 0.0
    withdrawal_hazard: Annotated[float, Field(ge=0, lt=1)] = 0.0
    withdraw_above: Annotated[int, Field(ge=1, le=1 << 40)] = 1 << 40
    silence_hours: Annotated[float, Field(ge=0, allow_inf_nan=True)] = float("inf")
    attention: Annotated[float, Field(gt=0, le=LARGEST)] = 0.1
    dilution: DilutionPart = DilutionPart()
    payment: PaymentPart = PaymentPart()
    opt_out: OptOutPart = OptOutPart()


class ProposalPart(Part):
    name: Name
    appeal: Utils = 0.0
    loadings: dict[str, Unit] = {}
    reasons: dict[str, Text] = {}
    grievance: dict[str, Utils] = {}
    procedure: ProcedurePart = ProcedurePart()


class InteractionPart(Part):
    heed: Unit = 0.0
    hide: Unit = 0.0
    ties: str | None = None


class ComparePart(Part):
    rules: list[Rule] | None = None


class Spread(Part):
    sd: Annotated[float, Field(ge=0, le=LARGEST)] | None = None
    log_sd: Annotated[float, Field(ge=0, le=100)] | None = None


class UncertaintyPart(Part):
    draws: Annotated[int, Field(ge=0, le=10_000_000)] = 0
    traits: bool = True
    size: Annotated[float, Field(ge=0, le=100)] = 0.0
    weights: Annotated[float, Field(ge=0, le=100)] = 0.0
    loadings: Unit = 0.0
    parameters: dict[str, Spread] = {}


class ObservedPart(Part):
    proposal: Name
    adopted: bool
    hold_outs: list[str] | None = None


class RunPart(Part):
    engine: Literal["auto", "exact", "simulate", "agents"] = "auto"
    replicates: Annotated[int, Field(ge=1, le=10**10)] = 10_000
    seed: Annotated[int, Field(ge=0, le=2**63 - 1)] = 0


class ScenarioFile(Part):
    """A scenario file: one council, one question."""

    title: Text
    question: Text
    sources: Annotated[list[Text], Field(min_length=1)]
    notes: list[Text] = []
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
    observed: list[ObservedPart] = []
    sweep: dict[str, dict[str, Any]] = {}
    run: RunPart = RunPart()
