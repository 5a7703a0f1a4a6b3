"""Sentences that only a brief needs, for readers who have never heard of logits."""

from __future__ import annotations

from sim.answers.result import ProposalResult, Result, SizeCurve
from sim.show.layers import adoption, interpreted, layered
from sim.show.sure import how_sure, kind
from sim.show.words import about, headline, percent, rate
from sim.study.explanation import ExplainedMember

PLAIN = {
    "adopted": "adopted as tabled",
    "adopted-after-payment": "adopted after a side payment",
    "adopted-diluted": "adopted, but weaker",
    "adopted-with-opt-out": "adopted with an opt-out",
    "blocked": "blocked to the end",
    "withdrawn": "withdrawn",
}
WORDS = (
    "A member supports a text, acquiesces (it is unhappy and keeps silent, which counts as consent unless the rule"
    " says otherwise), or objects. A hold-out still objects when the text fails. Adopted in any form: as tabled,"
    " weaker, with an opt-out, or after a side payment."
)
UTIL = (
    "Values are in utils. Nobody knows all that moves a government, so a value only says where the odds stand: at 0 it"
    " supports the text every second time, at +1 in 73 % of cases, at +3 in 95 %, at −3 in 5 %."
)


def certainty(result: Result) -> str:
    """How sure the numbers of a table are, as its caption says."""
    if result.replicates is None:
        return "exact"
    return f"Monte Carlo, {result.replicates:,} replicates: ± at most {_bare(0.5 / result.replicates**0.5)}"


def _bare(share: float) -> str:
    return f"{share:.3f}".removeprefix("0")


def answer(result: Result) -> str:
    """Would the council adopt the text? One sentence."""
    text = result.proposals[0]
    how = "exact" if result.replicates is None else f"one standard error, {result.replicates:,} replicates"
    return f"{headline(text, result.replicates).removesuffix('.')} ({how}; {often(text.adopted_any)})."


def often(share: float) -> str:
    """A probability as a count of a hundred."""
    number = round(100 * share)
    if number in (0, 100):
        return "less than once in 100" if number == 0 else "more than 99 times in 100"
    return f"about {number} in 100"


def uncertainty(result: Result, drawn: str) -> str:
    """How sure is that? One sentence: over outer draws, else by the size of the weights."""
    text = result.proposals[0]
    if layered(result):
        first = how_sure(result, drawn)[0].removesuffix(".")
        after = adoption(result, text).conditioned
        if not after or not interpreted(result):
            return f"{first}."
        lies = f"between {about(after.low)} and {about(after.high)}, median {about(after.middle)} ({kind(text)})"
        return f"{first}; given what is known to have happened, {lies}."
    said = _by_weights(text, text.size_curve)
    if said:
        return f"How sure: the weights are provisional, and the answer moves with them: {said}."
    return "How sure: the weights are provisional, and how far the answer moves with them was not computed."


def _by_weights(text: ProposalResult, curve: SizeCurve | None) -> str:
    """What smaller and larger weights would make of it, from the curve."""
    points = curve.adopted_any.get(text.rule) if curve else None
    if curve is None or not points or len(points) != len(curve.sizes) or len(points) < 2:
        return ""
    found = []
    for share in (0.75, 1.25):
        near = min(range(len(points)), key=lambda place: abs(curve.sizes[place] - share * curve.stated))
        error = curve.standard_error.get(text.rule, [0.0] * len(points))[near]
        size, p = curve.sizes[near], rate(points[near], error, curve.replicates if error else None)
        found.append(f"at size {size:g} it would be {p}")
    exact = "" if any(curve.standard_error.get(text.rule, [])) else " (exact)"
    return f"they are {curve.stated:g} here; {found[0]}, {found[1]}{exact}"


def stances(member: ExplainedMember, replicates: int | None) -> str:
    """What a member most likely does; replicates: of the measures of blame, None: exact."""
    stance, blame = member.stances, member.blame
    held, alone, pivotal = (share(each, replicates) for each in _blamed(member))
    more = "" if blame.pivotality is None else f"; did it never object, adoption would be {pivotal} likelier"
    return (
        f"When the text is tabled it objects with probability {percent(stance.object)}, keeps silent with"
        f" {percent(stance.acquiesce)} and supports with {percent(stance.support)} (exact). It holds out to the end in"
        f" {held}, alone in {alone}{more}{' (exact)' if replicates is None else ''}."
    )


def _blamed(member: ExplainedMember) -> tuple[float, float, float]:
    blame = member.blame
    return blame.final_hold_out, blame.lone_hold_out, blame.pivotality or 0.0


def share(p: float, replicates: int | None) -> str:
    """A share of replicates with its standard error, or an exact probability."""
    p = min(max(p, 0.0), 1.0)
    return rate(p, (p * (1.0 - p) / replicates) ** 0.5 if replicates else 0.0, replicates)


def sure(result: Result) -> str:
    """What is to be said behind sentences with several probabilities."""
    if result.replicates is None:
        return "All of this is exact, given the weights."
    error = _bare(0.5 / result.replicates**0.5)
    return f"Each of these numbers has a standard error of at most {error} ({result.replicates:,} replicates)."
