"""One record of what came out, which saves and loads: the contract's result.json."""

from __future__ import annotations

import json
import types
import typing
from collections.abc import Iterator
from dataclasses import MISSING, asdict, dataclass, fields, is_dataclass
from typing import Any

FORMAT = 1
INTERPRETED_FROM = 100  # effective draws: under it, what conditioning says is not interpreted


class ResultError(ValueError):
    """A text that is no saved result; the message says where and why."""


@dataclass(frozen=True)
class Program:
    """Which program made a result."""

    name: str
    version: str


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
    """One replicate, round by round. The model, section 4."""

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


@dataclass(frozen=True)
class Result:
    """What a scenario came to. replicates is null for the exact engine, which has no sampling error.

    draws: outer draws; effective_draws: (sum w)^2 / sum w^2 after conditioning on `observed`; rule_draws and
    rule_effective_draws: likewise for the compared rules, which are computed for fewer draws
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


def built(kind: Any, given: Any, place: str) -> Any:
    """A value of a field's type, made from plain JSON."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if kind is Any:
        return given
    if origin in (types.UnionType, typing.Union):
        if given is None and type(None) in arguments:
            return None
        return built(next(each for each in arguments if each is not type(None)), given, place)
    if is_dataclass(kind):
        return _record(kind, given, place)
    if origin is list and isinstance(given, list):
        return [built(arguments[0], each, f"{place}.{i}") for i, each in enumerate(given)]
    if origin is dict and isinstance(given, dict):
        return {str(key): built(arguments[1], each, f"{place}.{key}") for key, each in given.items()}
    if kind is float and isinstance(given, int | float) and not isinstance(given, bool) and abs(given) < 1e300:
        return float(given)
    if isinstance(kind, type) and isinstance(given, kind) and not (kind is int and isinstance(given, bool)):
        return given
    raise ResultError(f"{place}: {type(given).__name__}; expected {getattr(kind, '__name__', kind)}")


def _record(kind: Any, given: Any, place: str) -> Any:
    if not isinstance(given, dict):
        raise ResultError(f"{place}: {type(given).__name__}; expected a table")
    types_ = typing.get_type_hints(kind)
    return kind(**dict(_fields(kind, types_, given, place)))


def _fields(kind: Any, hints: dict[str, Any], given: dict[str, Any], place: str) -> Iterator[tuple[str, Any]]:
    for each in fields(kind):
        if each.name in given:
            yield each.name, built(hints[each.name], given[each.name], f"{place}.{each.name}")
        elif each.default is MISSING:
            raise ResultError(f"{place}.{each.name}: missing")
