"""How sure: sentences about outer draws, and about what conditioning on what was observed left of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.answers.result import INTERPRETED_FROM, Observation, ProposalResult, Result
from sim.show.layers import Band, adoption, interpreted, layered
from sim.show.words import about, listed

TOLD = 3  # observations and hold-outs that a sentence names
NEEDED = f"at least {INTERPRETED_FROM} are needed"


def how_sure(result: Result, drawn: str) -> list[str]:
    """What the outer draws say of the first proposal, before and after conditioning; nothing without draws."""
    if not layered(result):
        return []
    text = result.proposals[0]
    before = adoption(result, text).prior
    lies = f" the probability of adoption {_lies(before)}." if before else " nothing was computed for this text."
    first = f"How sure: over {result.draws:,} outer draws of {drawn}{lies}"
    return [first, *([given(result, text)] if result.observed else [])]


def given(result: Result, text: ProposalResult) -> str:
    """What is said of a text given what was observed, or why nothing can be."""
    said = observed(result)
    if result.effective_draws is None:
        return (
            f"What was observed ({said}) conditions nothing: its likelihood cannot be had, as the exact engine does"
            " not apply."
        )
    if not interpreted(result):
        few = too_few(result.effective_draws, result.draws)
        return (
            f"{few} agree with what was observed ({said}); {NEEDED}, so the conditioned intervals are not interpreted."
        )
    after = adoption(result, text).conditioned
    lies = f": the probability of adoption {_lies(after)}. {_kind(text)}" if after else "."
    left = f"{effective(result.effective_draws)} effective draws of {result.draws:,}"
    return f"Given what was observed ({said}), {left}{lies}"


def too_few(left: float, draws: int) -> str:
    """So few draws, to begin a sentence."""
    number = effective(left)
    if number == "0":
        return f"No draws of {draws:,}"
    return f"Only {number} effective draw{'' if number == '1' else 's'} of {draws:,}"


def effective(left: float) -> str:
    """Effective draws, rounded down: 99.9 are not yet 100."""
    return f"{int(left + 1e-9):,}"


def _kind(text: ProposalResult) -> str:
    if text.fitted:
        return (
            "As this text was observed itself, that is fitted under the stated rule, not predicted; what is said of"
            " other rules is predicted."
        )
    return "As this text was not observed itself, that is predicted."


def kind(text: ProposalResult) -> str:
    """Whether what is said of a text under its stated rule is fitted or predicted."""
    return "fitted" if text.fitted else "predicted"


def _lies(band: Band) -> str:
    least, middle, most = about(band.low), about(band.middle), about(band.high)
    if least == most:
        return f"is {middle} throughout (5–95 %)"
    return f"lies between {least} and {most} (5–95 %), median {middle}"


def observed(result: Result) -> str:
    """What is known to have happened, in words."""
    known = result.observed or []
    names = {each.id: each.name for text in result.proposals for each in text.blame}
    said = [_happened(each, names) for each in known[:TOLD]]
    more = len(known) - TOLD
    return "; ".join([*said, f"and {more} more"] if more > 0 else said)


def _happened(seen: Observation, names: Mapping[str, str]) -> str:
    what = f"“{seen.proposal}” {'adopted' if seen.adopted else 'not adopted'}"
    if seen.adopted or seen.hold_outs is None:
        return what
    held = [names.get(each, each) for each in seen.hold_outs]
    if len(held) < 2:
        return f"{what}, {held[0]} the only hold-out" if held else f"{what}, with no hold-out"
    few = held if len(held) <= TOLD else [*held[: TOLD - 1], f"{len(held) - TOLD + 1} others"]
    return f"{what}, {listed(few)} the hold-outs"


def drawn(resolved: Mapping[str, Any]) -> str:
    """What outer draws were over, from a resolved scenario: traits, weights, loadings and parameters."""
    asked = resolved.get("uncertainty", {})
    rows = resolved.get("council", {}).get("members", [])
    spreads = any(str(key).endswith("_sd") for row in rows for key in row)
    kinds = {
        "traits": asked.get("traits") and spreads,
        "weights": asked.get("size") or asked.get("weights"),
        "loadings": asked.get("loadings"),
        "parameters": asked.get("parameters"),
    }
    return listed([name for name, given in kinds.items() if given] or ["what is uncertain"])
