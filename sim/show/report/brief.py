"""All that a brief about one result needs, gathered before anything is written."""

from __future__ import annotations

from dataclasses import dataclass

from sim.answers.result import ProposalResult, Result
from sim.scenario.load import Scenario
from sim.scenario.sources import ColumnSource
from sim.study.explanation import Explained
from sim.study.indices import Ablation


@dataclass(frozen=True)
class Why:
    """Why members take their stances, or the reason why that is not told."""

    explained: Explained | None
    lacking: str | None


@dataclass(frozen=True)
class Spots:
    """The case as stated, then with one soft spot otherwise: P(adopted), and P(the member named holds out alone).

    replicates: None: exact
    """

    member: str
    rows: tuple[Ablation, ...]
    replicates: int | None


@dataclass(frozen=True)
class Column:
    """A column of the members file that is used, what it feeds, and what is said of it."""

    name: str
    feeds: str
    source: ColumnSource | None


@dataclass(frozen=True)
class Brief:
    """A result, and what its scenario adds to it.

    scenario: None where a saved record stands alone
    uncertain: what outer draws are over, in words
    command: what to type to have this page again; none where the scenario is not known
    """

    result: Result
    scenario: Scenario | None
    why: Why
    spots: Spots | None
    columns: tuple[Column, ...]
    uncertain: str
    command: str | None

    @property
    def text(self) -> ProposalResult:
        """The proposal that the question is about: the first."""
        return self.result.proposals[0]
