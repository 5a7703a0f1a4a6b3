"""What is compared: scenarios under their names, and the texts that they share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sim.answers.answer import DoesNotApply
from sim.engines import exact
from sim.model.case import Case
from sim.scenario.load import Scenario, Setting, widest


class NothingInCommon(Exception):
    """A scenario that has no proposal of the reference's."""

    def __init__(self, candidate: Candidate) -> None:
        self.candidate = candidate
        super().__init__(f"{candidate.label} has no proposal of the reference's")


@dataclass(frozen=True)
class Candidate:
    """A scenario to compare, and what it is called.

    settings: what makes it of the reference, if only settings do; None: it is a scenario of its own
    """

    label: str
    scenario: Scenario
    settings: tuple[Setting, ...] | None = None


@dataclass(frozen=True)
class Text:
    """One proposal in the reference and in the candidates that have it: its places there, and who can be exact."""

    name: str
    place: int
    there: dict[int, int]
    exact: dict[int, bool]


def texts(candidates: Sequence[Candidate], only: int | None) -> Iterator[Text]:
    """The proposals that are compared. Raises NothingInCommon where a candidate has none of them."""
    names = [[each.case.proposal.name for each in candidate.scenario.questions] for candidate in candidates]
    chosen = names[0] if only is None else [names[0][only]]
    for number, candidate in enumerate(candidates):
        if not set(chosen) & set(names[number]):
            raise NothingInCommon(candidate)
    for name in chosen:
        there = {n: each.index(name) for n, each in enumerate(names) if n and name in each}
        place = names[0].index(name)
        sides = {0: place, **there}
        exact_ = {n: _exact(candidates[n], at) for n, at in sides.items()}
        yield Text(name, place, there, {n: exact_[0] and exact_[n] for n in there})


def _exact(candidate: Candidate, place: int) -> bool:
    """May this text be computed exactly, as its scenario wants it? Raises DoesNotApply."""
    scenario, asked = candidate.scenario, candidate.scenario.engine
    case = widest(scenario.seating, scenario.spreads, scenario.draws)[place].case  # in all draws, not only as published
    if asked not in ("auto", "exact"):
        return False
    reason = exact.applies(case, blame=True, counterfactual=False)
    if asked == "exact" and reason:
        name = f"{case.proposal.name!r} in {candidate.label!r}"
        raise DoesNotApply(f"the exact engine does not apply to {name}: {reason}; --engine simulate does")
    return reason is None


def case_of(candidates: Sequence[Candidate], number: int, place: int) -> Case:
    """A candidate's text by its place there, at the published values."""
    return candidates[number].scenario.questions[place].case
