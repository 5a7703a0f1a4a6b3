"""What other rules would do; and all of it before and after conditioning on what is known to have happened."""

from __future__ import annotations

from collections.abc import Sequence

from sim.answers.result import MemberBlame, ProposalResult, Result
from sim.show.layers import Pair, adoption, by_member, by_rule, interpreted, layered
from sim.show.report import charts
from sim.show.report.brief import Brief
from sim.show.report.elements import Child, Markup
from sim.show.report.frame import section, sentences, table
from sim.show.report.said import certainty, share
from sim.show.sure import effective, given, kind
from sim.show.words import interval, rate, remedies

RULES, TEXTS, MEMBERS = 8, 5, 3  # rows of each kind
LEAST = 0.05  # of a hold-out's chance, published or by its upper bound, to have a row
LINES = "dots are published values, thin lines 5–95 % and the median over the outer draws"
GIVEN = ", thick lines the same given what was observed"


def rules(brief: Brief) -> Markup | None:
    """The same text under other rules, on one line from 0 to 1."""
    result, text = brief.result, brief.text
    if not text.rules:
        return None
    pairs = by_rule(result, text)
    rows: list[Sequence[Child]] = [_stated(result, text)]
    rows += [
        _row(row.rule, row.adopted_any, row.standard_error, row.replicates, pairs[row.rule], result)
        for row in text.rules[:RULES]
    ]
    rest = len(text.rules) - RULES
    more = f" {rest} more rules are in the record." if rest > 0 else ""
    which = f"P(“{text.name}” adopted in any form) by rule"
    caption = f"{which} ({_how(result, text)}; weights provisional){_marks(result)}"
    compared = table(caption, _heads(result), rows, class_=_width(result))
    return section("What other rules would do", sentences(remedies(text) + more), compared, class_="whole")


def _how(result: Result, text: ProposalResult) -> str:
    """Which of a table's numbers are exact."""
    simulated = result.replicates is None and any(row.engine != "exact" for row in text.rules)
    return f"{certainty(result)}{', but for numbers with ±, one standard error' if simulated else ''}"


def _marks(result: Result) -> str:
    if not layered(result):
        return ". From 0 on the left to 1 on the right; the square is the stated rule."
    return f". From 0 to 1: {LINES}{GIVEN if interpreted(result) else ''}."


def _stated(result: Result, text: ProposalResult) -> list[Child]:
    pair = adoption(result, text)
    name = f"{text.rule} (stated)"
    return _row(name, text.adopted_any, text.standard_error, result.replicates, pair, result, stated=True)


def _row(
    name: str, p: float, error: float, replicates: int | None, pair: Pair, result: Result, stated: bool = False
) -> list[Child]:
    """A name, a picture, the published number, and the intervals where there are any."""
    picture = charts.chance(p, pair.prior, pair.conditioned, stated, error)
    return [name, picture, rate(p, error, replicates), *_intervals(pair, result)]


def _intervals(pair: Pair, result: Result) -> list[str]:
    if not layered(result):
        return []
    return [interval(pair.prior), *([interval(pair.conditioned)] if interpreted(result) else [])]


def _width(result: Result) -> str:
    return "chances banded" if layered(result) else "chances"


def _heads(result: Result) -> list[str]:
    if not layered(result):
        return ["", "", "probability"]
    return ["", "", "published", "over draws", *(["given the observed"] if interpreted(result) else [])]


# -- before and after -------------------------------------------------------------------------------------------------


def before_and_after(brief: Brief) -> Markup | None:
    """What the outer draws say, and what is left of them given what was observed; None without draws."""
    result = brief.result
    if not layered(result):
        return None
    said = [given(result, brief.text)] if result.observed else ["Nothing was observed, so nothing is conditioned."]
    above = 1 if brief.text.rules else 0  # the first text's row stands among the rules
    rows = [_text(result, text) for text in result.proposals[above:TEXTS]]
    rows += [_hold_out(brief, each) for each in _likely(brief)]
    left = f", {effective(result.effective_draws or 0.0)} effective once conditioned" if interpreted(result) else ""
    marks = "marks as above" if above else f"{LINES}{GIVEN if interpreted(result) else ''}"
    caption = f"Over {result.draws:,} outer draws{left}; {marks}. Published values: {certainty(result)}."
    heads = [*_heads(result), *([""] if interpreted(result) else [])]
    layers = table(caption, heads, rows, class_=_width(result))
    return section("Before and after what was observed", sentences(*said), layers)


def _text(result: Result, text: ProposalResult) -> list[Child]:
    pair = adoption(result, text)
    row = _row(text.name, text.adopted_any, text.standard_error, result.replicates, pair, result)
    return [*row, *([kind(text)] if interpreted(result) else [])]


def _likely(brief: Brief) -> list[MemberBlame]:
    """Who holds out in any of the layers, the likeliest first."""
    bands = by_member(brief.result, brief.text, "final_hold_out")

    def top(member: MemberBlame) -> float:
        pair = bands[member.id]
        return max([member.final_hold_out, *(each.middle for each in (pair.prior, pair.conditioned) if each)])

    return [each for each in sorted(brief.text.blame, key=top, reverse=True) if top(each) >= LEAST][:MEMBERS]


def _hold_out(brief: Brief, member: MemberBlame) -> list[Child]:
    result = brief.result
    pair = by_member(result, brief.text, "final_hold_out")[member.id]
    p, replicates = member.final_hold_out, result.replicates
    error = (p * (1 - p) / replicates) ** 0.5 if replicates else 0.0
    found: list[Child] = [f"{member.name} holds out", charts.chance(p, pair.prior, pair.conditioned, False, error)]
    kinds = [kind(brief.text)] if interpreted(result) else []
    return [*found, share(p, replicates), *_intervals(pair, result), *kinds]
