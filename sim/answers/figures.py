"""What an engine gives for one proposal under its stated rule, as the record's numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import sqrt
from typing import Any

from sim.answers.result import MEASURES, MemberBlame, ProposalResult
from sim.engines import counterfactual, exact
from sim.engines.simulate import Tally, simulate
from sim.model.case import Case
from sim.model.council import Floats, Integers
from sim.model.process import OUTCOMES

Progress = Callable[[str, float], None]  # what is being done, and which share of all the work is done


@dataclass(frozen=True)
class Way:
    """How a result is computed: by which engine, on how many replicates, from which seed."""

    engine: str
    replicates: int
    seed: int


@dataclass(frozen=True)
class Figures:
    """What an engine gives for the stated rule; measures: by name and member, None where it cannot give one."""

    outcomes: list[float]
    adopted_any: float
    rounds: list[float]
    supporters: float
    lone: float
    measures: dict[str, list[float] | None]


def error(probability: float, how: Way) -> float:
    """Standard error of a share of replicates; 0 for the exact engine."""
    share = min(max(probability, 0.0), 1.0)
    return 0.0 if how.engine == "exact" else sqrt(share * (1.0 - share) / how.replicates)


def summed(case: Case, progress: Progress) -> Figures:
    """By the exact engine."""
    progress("outcomes", 0.0)
    found = exact.outcomes(case)
    progress("blame", 0.2)
    blame = exact.blame(case, counterfactual=exact.applies(case, blame=True) is None)
    return Figures(
        outcomes=found.outcomes.tolist(),
        adopted_any=float(found.adopted_any),
        rounds=found.rounds.tolist(),
        supporters=float(found.supporters),
        lone=float(blame.lone),
        measures={name: None if (each := getattr(blame, name)) is None else each.tolist() for name in MEASURES},
    )


def played(case: Case, how: Way, progress: Progress) -> Figures:
    """By counting replicates."""

    def done(replicates: int) -> None:
        progress(how.engine, 0.5 * replicates / how.replicates)

    tally = play(case, how, done, blame=True)
    pivotality = counterfactual.pivotality(case, how.replicates, how.seed)
    return counted(tally, pivotality, counterfactual.shapley(case, how.replicates, how.seed))


def counted(tally: Tally, pivotality: Integers | None = None, shapley: Integers | None = None) -> Figures:
    """Shares of the replicates; the last two are counts that need others to be played again."""
    many = tally.replicates

    def shares(counts: Iterable[int]) -> list[float]:
        return [int(each) / many for each in counts]

    counts = {name: getattr(tally, name) for name in MEASURES if hasattr(tally, name)}
    counts |= {"acquiesce": many - tally.support - tally.object, "pivotality": pivotality, "shapley": shapley}
    return Figures(
        outcomes=shares(tally.outcomes),
        adopted_any=tally.adopted_any / many,
        rounds=shares(tally.rounds),
        supporters=tally.supporters / many,
        lone=tally.lone / many,
        measures={name: None if counts[name] is None else shares(counts[name]) for name in MEASURES},
    )


def play(case: Case, how: Way, progress: Callable[[int], None] = lambda done: None, blame: bool = False) -> Tally:
    """Play the replicates by the engine that was chosen: arrays, or Mesa's agents."""
    if how.engine == "agents":
        from sim.engines import agents  # imports mesa

        return agents.tally(case, how.replicates, how.seed, blame=blame, progress=progress)
    return simulate(case, how.replicates, how.seed, blame=blame, progress=progress)


def told(case: Case, how: Way, found: Figures, hidden: Floats) -> ProposalResult:
    """The record of one proposal, without other rules and curves. hidden (N,): P(hidden final hold-out)."""
    return ProposalResult(
        name=case.proposal.name,
        rule=case.rule.label,
        members=case.council.size,
        outcomes=dict(zip(OUTCOMES, found.outcomes, strict=True)),
        adopted_any=found.adopted_any,
        standard_error=error(found.adopted_any, how),
        lone_hold_out=found.lone,
        rounds=found.rounds,
        supporters=found.supporters,
        blame=_members(case, found.measures, hidden),
        rules=[],
    )


def _members(case: Case, measures: dict[str, list[float] | None], hidden: Floats) -> list[MemberBlame]:
    def of(place: int) -> dict[str, Any]:
        return {name: None if values is None else values[place] for name, values in measures.items()}

    council = case.council
    return [
        MemberBlame(council.ids[i], council.names[i], hidden=float(hidden[i]), **of(i)) for i in range(council.size)
    ]
