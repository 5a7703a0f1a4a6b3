"""What a result says over outer draws, kept apart from its published values: before and after conditioning.

A saved record's trees may lack anything, so that whatever is not there, or is no number, is None here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import isfinite
from typing import Any

from sim.answers.result import INTERPRETED_FROM, Moved, ProposalResult, Result


@dataclass(frozen=True)
class Band:
    """An interval over outer draws: 5 %, median, 95 %."""

    low: float
    middle: float
    high: float


@dataclass(frozen=True)
class Pair:
    """A number's band before conditioning and after it; None: not computed, or not to be interpreted."""

    prior: Band | None
    conditioned: Band | None


def band(tree: Any, *path: str) -> Band | None:
    """The band at a place in a tree of {p05, p50, p95}."""
    for key in path:
        tree = tree.get(key) if isinstance(tree, dict) else None
    values = [tree.get(key) for key in ("p05", "p50", "p95")] if isinstance(tree, dict) else []
    numbers = [float(each) for each in values if isinstance(each, int | float) and isfinite(each)]
    return Band(*numbers) if len(numbers) == 3 and numbers == sorted(numbers) else None


def layered(result: Result) -> bool:
    """Were there outer draws? Without any, all is shown as if there were no such thing."""
    return result.draws > 0 and any(band(text.uncertainty, "adopted_any") for text in result.proposals)


def interpreted(result: Result) -> bool:
    """Was anything observed, and do enough draws agree with it?

    That goes by all draws; of the compared rules, computed for fewer, their own effective number is told beside it.
    """
    return bool(result.observed) and (result.effective_draws or 0.0) >= INTERPRETED_FROM


def adoption(result: Result, text: ProposalResult) -> Pair:
    """P(adopted in any form) under the stated rule."""
    after = band(text.conditioned, "adopted_any") if interpreted(result) else None
    return Pair(band(text.uncertainty, "adopted_any"), after)


def by_rule(result: Result, text: ProposalResult) -> dict[str, Pair]:
    """P(adopted in any form) under each compared rule."""
    before = _listed(text.uncertainty, "rules", "rule", "adopted_any")
    after = _listed(text.conditioned, "rules", "rule", "adopted_any") if interpreted(result) else {}
    return {row.rule: Pair(before.get(row.rule), after.get(row.rule)) for row in text.rules}


def by_member(result: Result, text: ProposalResult, measure: str) -> dict[str, Pair]:
    """A measure of blame, by the members' ids."""
    before = _listed(text.uncertainty, "blame", "id", measure)
    after = _listed(text.conditioned, "blame", "id", measure) if interpreted(result) else {}
    return {each.id: Pair(before.get(each.id), after.get(each.id)) for each in text.blame}


def _listed(tree: Any, name: str, key: str, measure: str) -> dict[str, Band]:
    """Bands by name, from a list of rows that name themselves or from a table of them."""
    rows = tree.get(name) if isinstance(tree, dict) else None
    if isinstance(rows, list):
        rows = {str(row.get(key)): row for row in rows if isinstance(row, dict)}
    found = {str(each): band(row, measure) or band(row) for each, row in rows.items()} if isinstance(rows, dict) else {}
    return {each: value for each, value in found.items() if value}


def weight(result: Result, moved: Moved) -> Pair:
    """An uncertain weight or parameter."""
    return Pair(band(moved.prior), band(moved.conditioned) if interpreted(result) else None)


def shift(pair: Pair) -> float | None:
    """How far conditioning moved the median, in widths of the interval before it."""
    if pair.prior is None or pair.conditioned is None or pair.prior.high <= pair.prior.low:
        return None
    return (pair.conditioned.middle - pair.prior.middle) / (pair.prior.high - pair.prior.low)


def most_moved(result: Result, moved: Iterable[Moved]) -> list[Moved]:
    """Those that moved most first; where nothing moved, in their own order."""
    return sorted(moved, key=lambda each: -abs(shift(weight(result, each)) or 0.0))
