"""Names and texts cut to what a page can hold: a brief stays a brief, whatever a scenario is called."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sim.answers.result import ProposalResult, Result
from sim.study.explanation import Explained

NAME, TEXT, QUESTION, NOTE = 48, 90, 300, 330  # characters of a member's name, a proposal's, a question, a note


def clipped(text: str, characters: int) -> str:
    """A text of at most so many characters; what is left out is marked."""
    text = " ".join(text.split())
    return text if len(text) <= characters else f"{text[: characters - 1].rstrip()}…"


def few(items: Sequence[str], most: int, characters: int, where: str) -> list[str]:
    """At most so many texts, each cut, and a last one that says how many more stand where."""
    shown = [clipped(each, characters) for each in items[:most]]
    rest = len(items) - most
    return [*shown, f"and {rest:,} more: see {where}"] if rest > 0 else shown


def result(found: Result) -> Result:
    """A record whose names are short."""
    seen = found.observed and [replace(each, proposal=clipped(each.proposal, TEXT)) for each in found.observed]
    return replace(found, proposals=[_proposal(each) for each in found.proposals], observed=seen)


def _proposal(text: ProposalResult) -> ProposalResult:
    blame = [replace(each, name=clipped(each.name, NAME)) for each in text.blame]
    rules = [replace(each, rule=clipped(each.rule, TEXT)) for each in text.rules]
    return replace(text, name=clipped(text.name, TEXT), rule=clipped(text.rule, TEXT), blame=blame, rules=rules)


def explained(found: Explained) -> Explained:
    """The same of an explanation."""
    members = [replace(each, name=clipped(each.name, NAME)) for each in found.explained]
    return replace(found, proposal=clipped(found.proposal, TEXT), explained=members)
