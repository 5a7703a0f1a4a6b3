"""What an analysis of sensitivity came to: indices by input, and what happens without each part of the model."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from sim.answers.reading import ResultError, built
from sim.answers.result import Source

FORMAT = 1


@dataclass(frozen=True)
class Index:
    """One input. Each error is half the width of a 95 % interval by bootstrap.

    Sobol: first order and total. Morris: mean of the effects' size (mu*), its error, and their standard deviation.
    """

    input: str
    first: float | None = None
    first_error: float | None = None
    total: float | None = None
    total_error: float | None = None
    effect: float | None = None
    effect_error: float | None = None
    spread: float | None = None


@dataclass(frozen=True)
class Output:
    """One probability whose variance is explained: its mean and standard deviation over the inputs' ranges."""

    name: str
    mean: float
    deviation: float
    indices: list[Index]


@dataclass(frozen=True)
class Ablation:
    """The case with one part of the model switched off, or as stated; probabilities with their standard errors."""

    name: str
    adopted_any: float
    adopted_error: float
    alone: float
    alone_error: float


@dataclass(frozen=True)
class Sensitivity:
    """Indices of one proposal: of P(adopted) and of P(the member blocks alone).

    inputs: how many single inputs stand behind the groups that have an index; runs: cases computed
    """

    format: int
    version: str
    scenario: Source
    method: str
    points: int
    runs: int
    seed: int
    engine: str
    replicates: int | None
    inputs: int
    proposal: str
    rule: str
    member: str
    member_name: str
    outputs: list[Output]
    ablations: list[Ablation]

    def to_json(self) -> str:
        """The record as JSON; numbers read back to the same bits."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1, allow_nan=False)

    @classmethod
    def from_json(cls, text: str) -> Sensitivity:
        """A saved record. ResultError says what does not fit."""
        try:
            found = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise ResultError(f"no saved analysis: {error}") from None
        if not isinstance(found, dict) or found.get("format") != FORMAT or "outputs" not in found:
            raise ResultError(f"no saved analysis of sensitivity: expected a record with format = {FORMAT}")
        record: Sensitivity = built(cls, found, "sensitivity")
        return record
