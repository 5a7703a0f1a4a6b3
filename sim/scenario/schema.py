"""What a scenario file may hold. Defaults are the contract's; what needs the council is checked in `seat`."""

from __future__ import annotations

import inspect
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from sim.model.case import NEVER
from sim.model.rules import REGISTERED, options

LARGEST = 1e9  # utils, hours: beyond it nothing but the sign would matter
MEMBERS_AT_MOST = 5000
REQUIRED: Any = inspect.Parameter.empty


def _printable(text: str) -> str:
    if not text.isprintable() or not text.strip():
        raise PydanticCustomError("unprintable", "not printable")
    return text


def _named(key: str) -> BeforeValidator:
    """A bare text stands for the table with just that key."""
    return BeforeValidator(lambda value: {key: value} if isinstance(value, str) else value)


Unit = Annotated[float, Field(ge=0, le=1)]
Spread = Annotated[float, Field(ge=0, le=100)]
Utils = Annotated[float, Field(ge=-LARGEST, le=LARGEST)]
Amount = Annotated[float, Field(ge=0, le=LARGEST)]
Positive = Annotated[float, Field(gt=0, le=LARGEST)]
Count = Annotated[int, Field(ge=0, le=1_000_000)]
Round = Annotated[int, Field(ge=1, le=1_000_000)]
Name = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_printable)]
Text = Annotated[str, Field(min_length=1, max_length=2000)]
Texts = Annotated[list[Text], Field(max_length=1000)]
Ids = Annotated[list[str], Field(max_length=MEMBERS_AT_MOST)]


class Part(BaseModel):
    """A table of the file: unknown keys are errors, numbers are not texts, and NaN is no number."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False, frozen=True)


# -- what may be written in two ways ----------------------------------------------------------------------------------


def _either(description: str, *forms: dict[str, Any]) -> WithJsonSchema:
    return WithJsonSchema({"anyOf": list(forms), "description": description})


def _table(required: list[str], **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": required, "additionalProperties": False, "properties": properties}


TYPES = {"int": "integer", "float": "number", "str": "string", "bool": "boolean"}


def _rule_table(name: str) -> dict[str, Any]:
    parameters = list(inspect.signature(REGISTERED[name]).parameters.values())[1:]
    known: dict[str, Any] = {each.name: {"type": TYPES[each.annotation]} for each in parameters}
    required = [option for option, default in options(name).items() if default is REQUIRED]
    return _table(["name", *required], name={"const": name}, **known)


class RuleSpec(BaseModel):
    """A rule by name, with its options."""

    model_config = ConfigDict(extra="allow", strict=True, frozen=True)

    name: Name

    @property
    def options(self) -> dict[str, Any]:
        return dict(self.model_extra or {})


class ColumnSpec(Part):
    """Which column of the members feeds a driver, and how."""

    column: Name
    invert: bool = False
    divide_by: Positive = 1.0


Rule = Annotated[
    RuleSpec,
    _named("name"),
    _either(
        "a rule by name, or a table with its name and options",
        {"enum": [name for name in REGISTERED if REQUIRED not in options(name).values()]},
        *map(_rule_table, REGISTERED),
    ),
]
Column = Annotated[
    ColumnSpec,
    _named("column"),
    _either(
        "a column of the members, or a table with column, invert and divide_by",
        {"type": "string", "minLength": 1},
        _table(
            ["column"],
            column={"type": "string", "minLength": 1},
            invert={"type": "boolean"},
            divide_by={"type": "number", "exclusiveMinimum": 0, "maximum": LARGEST},
        ),
    ),
]
_ID = {"type": "string", "minLength": 1, "maxLength": 200}
_SHARE = {"type": ["number", "boolean"], "minimum": 0, "maximum": 1}
_COUNT = {"type": "integer", "minimum": 0, "maximum": 10**12}
_ATTENTION = {"type": "number", "exclusiveMinimum": 0, "maximum": LARGEST}
_MEMBER = {
    "type": "object",
    "required": ["id"],
    "properties": {"id": _ID, "name": _ID, "attention": _ATTENTION},
    "additionalProperties": {"anyOf": [_SHARE, _COUNT]},
}
_OVERRIDE = {"type": "object", "properties": {"attention": _ATTENTION}, "additionalProperties": _SHARE}
Members = Annotated[
    Any,
    _either(
        "a CSV file, relative to this one, or a list of members",
        {"type": "string", "minLength": 1},
        {"type": "array", "minItems": 1, "maxItems": MEMBERS_AT_MOST, "items": _MEMBER},
    ),
]
Override = Annotated[dict[str, Any], WithJsonSchema(_OVERRIDE)]


# -- the tables -------------------------------------------------------------------------------------------------------


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
    """Members that watch the room."""

    heed: Unit = 0.0
    hide: Unit = 0.0
    ties: Name | None = None


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


Vary = Annotated[
    dict[str, Any],
    WithJsonSchema({"type": "object", "additionalProperties": {"type": ["string", "array", "number", "boolean"]}}),
]


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
