"""Words that both pictures share."""

from __future__ import annotations

from sim.show.plots.lettering import legible, shortened, unbroken
from sim.study.explanation import Explained


def source(record: Explained, how: str) -> str:
    """The line at the foot: which scenario, how computed, by which version."""
    title = shortened(record.scenario.title, 120)
    return f"Source: {title}; published values; {how}; weights provisional; unanimity {record.version}"


def sample(replicates: int | None, seed: int) -> str:
    """How probabilities were computed."""
    return "exact probabilities" if replicates is None else f"Monte Carlo, {replicates:,} replicates, seed {seed}"


def text(record: Explained) -> str:
    """The proposal and its rule, as they stand in a sentence."""
    return f"{unbroken(f'“{shortened(record.proposal)}”')} {unbroken(f'under {shortened(record.rule, 30)}')}"


def called(id_: str, name: str) -> str:
    """A member's name, or its id where no font has the name's letters."""
    return legible(name, id_)


def named(id_: str, name: str) -> str:
    """The same, as it stands in a sentence."""
    return unbroken(shortened(called(id_, name), 40))
