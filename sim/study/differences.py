"""What a comparison came to: what differs between scenarios, and what that changes, on common draws."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from sim.answers.reading import ResultError, built
from sim.answers.result import Observation, Program, Source

FORMAT = 1


@dataclass(frozen=True)
class Change:
    """One key that differs, by its path; values as TOML, null: it is not there."""

    path: str
    before: str | None
    after: str | None


@dataclass(frozen=True)
class Side:
    """One of the scenarios: its name here, where it came from, and how it differs from the reference.

    more_changes: how many further keys differ; seed: its own, which only the reference's replaces
    conditioned: what was observed of the reference was observed of it too, and is as likely in each draw; null: nothing
    was observed, or nothing drawn
    """

    label: str
    scenario: Source
    changes: list[Change]
    more_changes: int
    seed: int
    conditioned: bool | None = None


@dataclass(frozen=True)
class Spread:
    """A difference over common outer draws: 5, 50 and 95 % points, P(above 0), P(below 0).

    draws: how many; effective_draws: after conditioning on what was observed, null without
    """

    draws: int
    effective_draws: float | None
    p05: float
    p50: float
    p95: float
    above: float
    below: float


@dataclass(frozen=True)
class Gap:
    """A probability in the reference and in the alternative, and the second less the first.

    standard_error: of the difference, paired replicate by replicate; 0 if exact
    """

    reference: float
    alternative: float
    difference: float
    standard_error: float
    uncertainty: Spread | None = None
    conditioned: Spread | None = None


@dataclass(frozen=True)
class MemberGap:
    """One member that sits in both councils: P(wishes to object as tabled), P(final hold-out), P(the only one)."""

    id: str
    name: str
    object: Gap
    final_hold_out: Gap
    lone_hold_out: Gap


@dataclass(frozen=True)
class Versus:
    """One proposal in one alternative, against the reference. replicates: null if exact.

    rule, reference_rule: labels; only_here, only_there: ids of members in the alternative's council alone, and in the
    reference's alone; members: those of both, the largest differences first
    """

    label: str
    rule: str
    reference_rule: str
    engine: str
    replicates: int | None
    adopted_any: Gap
    outcomes: dict[str, Gap]
    lone_hold_out: Gap
    members: list[MemberGap]
    only_here: list[str]
    only_there: list[str]


@dataclass(frozen=True)
class TextComparison:
    """A proposal of the reference in all alternatives; lacking: labels of those that have none of its name."""

    name: str
    differences: list[Versus]
    lacking: list[str]


@dataclass(frozen=True)
class Unmatched:
    """Proposals of an alternative that the reference has not."""

    label: str
    proposals: list[str]


@dataclass(frozen=True)
class Comparison:
    """Scenarios on common draws: the seed is the reference's for all. Each difference is alternative less reference.

    replicates: of what is simulated; draws: common outer draws, 0 for none; simulated_draws: of those, for how many
    simulated differences are computed; effective_draws: what conditioning on `observed` leaves of the draws
    """

    format: int
    program: Program
    seed: int
    replicates: int
    draws: int
    simulated_draws: int
    effective_draws: float | None
    observed: list[Observation] | None
    reference: Side
    alternatives: list[Side]
    proposals: list[TextComparison]
    unmatched: list[Unmatched]

    def to_json(self) -> str:
        """The record as JSON; numbers read back to the same bits."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1, allow_nan=False)

    @classmethod
    def from_json(cls, text: str) -> Comparison:
        """A saved record. ResultError says what does not fit; keys that are new are passed over."""
        try:
            found = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise ResultError(f"no saved comparison: {error}") from None
        if not isinstance(found, dict) or found.get("format") != FORMAT or "alternatives" not in found:
            raise ResultError(f"no saved comparison: expected a record with format = {FORMAT}")
        record: Comparison = built(cls, found, "comparison")
        if not any(text.differences for text in record.proposals):
            raise ResultError("comparison.proposals: nothing is compared; expected at least one difference")
        return record
