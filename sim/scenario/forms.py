"""What single values of a scenario file may be: ranges, names, and what may be written in two ways."""

from __future__ import annotations

import inspect
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

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
_TIE = _table(
    ["from", "to", "weight"], **{"from": _ID, "to": _ID, "weight": {"type": "number", "minimum": 0, "maximum": LARGEST}}
)
Ties = Annotated[
    Any,
    _either(
        "who listens to whom: a CSV file, relative to this one, or a list of ties",
        {"type": "string", "minLength": 1},
        {"type": "array", "items": _TIE},
    ),
]
Override = Annotated[dict[str, Any], WithJsonSchema(_OVERRIDE)]
Vary = Annotated[
    dict[str, Any],
    WithJsonSchema({"type": "object", "additionalProperties": {"type": ["string", "array", "number", "boolean"]}}),
]
