"""Plain sentences about a result, for readers who have never heard of logits. They hold for any council."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, log10

from sim.answers.result import MemberBlame, ProposalResult
from sim.show.layers import Band

LIKELY = ((0.95, "Almost certainly"), (0.7, "Probably"), (0.55, "More likely than not"), (0.45, "It is about even:"))
UNLIKELY = ((0.3, "More likely not"), (0.05, "Probably not"), (0.0, "Almost certainly not"))


def percent(share: float | None) -> str:
    """A probability with three digits; "–" where the engine cannot give it; never a false certainty."""
    if share is None:
        return "–"
    if 0 < share < 0.0005:
        return "<.001"
    if share >= 0.9995:
        return ">.999"
    text = f"{share:.3f}"
    return text[1:] if text.startswith("0") else text.replace("-0.", "-.")


def rate(share: float, error: float, replicates: int | None) -> str:
    """A probability with its standard error; replicates None: exact. None of them or all: the 95 % bound, 3 / R."""
    if replicates is None:
        return percent(share)
    if share in (0.0, 1.0):
        bound = min(3.0 / replicates, 1.0)
        digits = max(3, ceil(-log10(bound)))
        return f"≤{_fraction(bound, digits)}" if share == 0.0 else f"≥{_fraction(1.0 - bound, digits)}"
    digits = max(3, ceil(-log10(error)))
    number = percent(share) if digits == 3 else _fraction(share, digits)
    return f"{number} ± {_fraction(error, digits)}"


def _fraction(share: float, digits: int) -> str:
    return f"{share:.{digits}f}".removeprefix("0")


def about(share: float) -> str:
    """A probability over outer draws with two digits, as more would be noise; never a false certainty."""
    if share < 0.005:
        return "<.01"
    return ">.99" if share >= 0.995 else f"{share:.2f}".removeprefix("0")


def interval(band: Band | None) -> str:
    """Median and 5–95 % of a probability, as .31 (.02 … .91)."""
    if band is None:
        return "–"
    least, middle, most = about(band.low), about(band.middle), about(band.high)
    return f"{middle} throughout" if least == most else f"{middle} ({least} … {most})"


def amount(number: float) -> str:
    """A number that is no probability, with three digits."""
    return f"{number:#.3g}".removesuffix(".")


def amounts(band: Band | None) -> str:
    """Median and 5–95 % of a number that is no probability."""
    return f"{amount(band.middle)} ({amount(band.low)} … {amount(band.high)})" if band else "–"


def signed(far: float | None) -> str:
    """A shift with its sign, as +.45."""
    if far is None:
        return "–"
    return "0" if abs(far) < 0.005 else f"{far:+.2f}".replace("0.", ".", 1) if abs(far) < 1 else f"{far:+.2f}"


def headline(text: ProposalResult, replicates: int | None) -> str:
    """Would the council adopt the text?"""
    p = text.adopted_any
    said = next((words for least, words in (*LIKELY, *UNLIKELY) if p >= least), "Almost certainly not")
    comma = "" if said.endswith(":") else ":"
    who = f"the {text.members} members adopt" if text.members > 1 else "the one member adopts"
    chance = rate(p, text.standard_error, replicates)
    return f"{said}{comma} under {text.rule} {who} “{text.name}”, in any form, with probability {chance}."


def failing(text: ProposalResult) -> str:
    """How does it fail?"""
    blocked, withdrawn = text.outcomes["blocked"], text.outcomes["withdrawn"]
    if blocked + withdrawn < 0.01:
        return ""
    return (
        f"It is blocked with probability {percent(blocked)} and withdrawn with {percent(withdrawn)};"
        f" in {percent(text.lone_hold_out)} it fails with exactly one member holding out."
    )


def hold_outs(text: ProposalResult) -> str:
    """Who most likely blocks?"""
    leading = sorted(text.blame, key=_blamed, reverse=True)
    first = leading[0]
    if first.final_hold_out < 0.005:
        return "No member is a likely hold-out."
    alone = f", alone in {percent(first.lone_hold_out)}" if len(text.blame) > 1 else ""
    sentence = (
        f"The likeliest hold-out is {first.name}: it objects with probability {percent(first.object)}"
        f" and holds out to the end in {percent(first.final_hold_out)}{alone}"
    )
    others = [each for each in leading[1:4] if each.final_hold_out >= 0.01]
    if not leading[1:]:
        return f"{sentence}."
    if not others:
        most = max((each.final_hold_out for each in leading[1:]), default=0.0)
        return f"{sentence}; nobody else holds out with more than {percent(most)}."
    return f"{sentence}; then {listed([f'{each.name} ({percent(each.final_hold_out)})' for each in others])}."


def _blamed(member: MemberBlame) -> float:
    return member.final_hold_out


def remedies(text: ProposalResult) -> str:
    """Which other rules would carry the text, and which not?"""
    said = [(row, f"{row.rule} ({rate(row.adopted_any, row.standard_error, row.replicates)})") for row in text.rules]
    carry = [each for row, each in said if row.adopted_any >= 0.5]
    fail = [each for row, each in said if row.adopted_any < 0.5]
    sentences = []
    if carry:
        sentences.append(f"More likely adopted than not under {listed(carry)}.")
    if fail:
        sentences.append(f"More likely to fail under {listed(fail)}.")
    return " ".join(sentences)


def formal(text: ProposalResult) -> str:
    """What formal power says, for contrast: by the rule alone."""
    power = text.formal_power
    if power is None or text.members < 2:
        return ""
    least, most = min(power.shapley_shubik), max(power.shapley_shubik)
    if most - least < 1e-12:
        return (
            f"Formal power, for contrast: by the rule alone every member has the Shapley-Shubik index {percent(most)}"
            " (exact), so that it cannot say who blocks."
        )
    strongest = [each.name for each, index in zip(text.blame, power.shapley_shubik, strict=True) if index == most]
    return (
        f"Formal power, for contrast: by the rule alone the Shapley-Shubik index goes from {percent(least)} to"
        f" {percent(most)} (exact), the most for {listed(strongest[:5])}."
    )


def listed(items: Sequence[str]) -> str:
    """Items in a sentence: "A, B and C"."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"
