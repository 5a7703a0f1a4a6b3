"""Words for differences between probabilities: with their sign, and never without their error or the word exact."""

from __future__ import annotations

from collections.abc import Iterator

from sim.answers.result import INTERPRETED_FROM
from sim.show.layers import Band
from sim.show.words import about, listed, percent, rate, signed
from sim.study.differences import Change, Comparison, Gap, Side, Spread, TextComparison, Versus

CHANGED = 0.0005  # a smaller difference is none that three digits show
TOLD = 6  # changes that a sentence names


def difference(gap: Gap, replicates: int | None) -> str:
    """A difference with its sign; simulated, with its paired standard error."""
    away = abs(gap.difference)
    sign = "+" if gap.difference > 0 else "-"
    if replicates is None:
        return "0" if away < 1e-12 else sign + percent(away)
    if not away and not gap.standard_error:
        return "0 in all"  # replicates: they came out alike, one by one
    if not gap.standard_error:
        return sign + rate(1.0, 0.0, replicates)
    return ("" if not away else sign) + rate(away, gap.standard_error, replicates) if away else f"0 ± {_error(gap)}"


def _error(gap: Gap) -> str:
    return rate(0.5, gap.standard_error, 1).partition(" ± ")[2]


def level(share: float, replicates: int | None) -> str:
    """A probability in one of the scenarios; simulated, with its own standard error."""
    error = (max(share * (1.0 - share), 0.0) / replicates) ** 0.5 if replicates else 0.0
    return rate(share, error, replicates)


def band(spread: Spread | None) -> Band | None:
    """5, 50 and 95 % points to draw, or to say."""
    return Band(spread.p05, spread.p50, spread.p95) if spread else None


def interval(spread: Spread | None) -> str:
    """Median and 5–95 % of a difference, as +.45 (+.02 … +.82)."""
    if spread is None:
        return "–"
    least, middle, most = map(_small, (spread.p05, spread.p50, spread.p95))
    return f"{middle} throughout" if least == most else f"{middle} ({least} … {most})"


def _small(far: float) -> str:
    """A difference over draws with two digits, as more would be noise; never a false zero."""
    if 1e-12 < abs(far) < 0.005:
        return "+<.01" if far > 0 else "-<.01"
    return signed(far)


def above(spread: Spread | None) -> str:
    """How many of the draws have a difference above zero; "none" where there is no difference in any."""
    if spread is None:
        return "–"
    return "none" if spread.above == spread.below == 0.0 else about(spread.above)


def interpreted(spread: Spread | None) -> Spread | None:
    """A conditioned interval, if enough effective draws are left."""
    return spread if spread and (spread.effective_draws or 0.0) >= INTERPRETED_FROM else None


def changed(side: Side) -> str:
    """What differs in an alternative: some keys with their values, then how many more."""
    said = [_change(each) for each in side.changes[:TOLD]]
    more = len(side.changes) - len(said) + side.more_changes
    return "; ".join([*said, *([f"and {more:,} more"] if more else [])]) or "nothing"


def _change(each: Change) -> str:
    if "present" in (each.before, each.after) and None in (each.before, each.after):
        return f"{each.path} {'is only here' if each.after else 'is only in the reference'}"
    before = "" if each.before is None else f", instead of {_short(each.before)}"
    return (
        f"{each.path} = {_short(each.after)}{before}" if each.after is not None else f"{each.path} is not set{before}"
    )


def _short(value: str | None) -> str:
    if value is None:
        return "nothing"
    try:
        return f"{float(value):.4g}"
    except ValueError:
        return value if len(value) <= 60 else f"{value[:59]}…"


def most_changed(found: Comparison, label: str) -> tuple[TextComparison, Versus]:
    """The proposal whose adoption an alternative changes most."""
    pairs = [(text, each) for text in found.proposals for each in text.differences if each.label == label]
    return max(pairs, key=lambda pair: abs(pair[1].adopted_any.difference))


def sentence(found: Comparison, side: Side) -> str:
    """What an alternative changes, in plain words."""
    text, versus = most_changed(found, side.label)
    gap, many = versus.adopted_any, versus.replicates
    which = f"“{text.name}”" if len(found.proposals) == 1 else f"“{text.name}”, which it changes most,"
    levels = f"{level(gap.alternative, many)} instead of {level(gap.reference, many)}"
    if abs(gap.difference) < CHANGED:
        how = "" if many is None else f" (difference {difference(gap, many)})"
        return f"{side.label}: it hardly changes whether any text is adopted: {which} with probability {levels}{how}."
    exact = "exactly" if many is None else "paired"
    said = f"{side.label}: {which} is adopted with probability {levels}, a difference of {difference(gap, many)}"
    return f"{said} ({exact}){_who(versus)}."


def _who(versus: Versus) -> str:
    """Whose holding out changes most."""
    most = versus.members[0] if versus.members else None
    if most is None or abs(most.final_hold_out.difference) < CHANGED:
        return ""
    gap, many = most.final_hold_out, versus.replicates
    return f"; {most.name} holds out with {level(gap.alternative, many)} instead of {level(gap.reference, many)}"


def how(found: Comparison) -> str:
    """How the numbers were computed, and with which error."""
    none = f" “0 in all”: no replicate differs, so at most {rate(0.0, 0.0, found.replicates).lstrip('≤')} do (95 %)."
    gaps = [each.adopted_any for text in found.proposals for each in text.differences if each.replicates]
    alike = none if any(not gap.difference and not gap.standard_error for gap in gaps) else ""
    engines = {each.engine for text in found.proposals for each in text.differences}
    sampled = f"{found.replicates:,} replicates, seed {found.seed}"
    if engines == {"exact"}:
        return f"Exact probabilities and differences; draws are common (seed {found.seed})."
    paired = "± is one standard error, that of a difference paired replicate by replicate on common draws"
    if "exact" in engines:
        both = "where the exact engine does not give both sides, both are simulated"
        return f"Exact where no ± stands; {both}, {sampled}; {paired}.{alike}"
    return f"Monte Carlo, {sampled}; {paired}.{alike}"


def notes(found: Comparison) -> Iterator[str]:
    """What a reader has to know besides: whose seed it is, what could not be compared or conditioned."""
    others = {each.label: each.seed for each in found.alternatives if each.seed != found.seed}
    if others:
        yield f"The reference's seed is used for all; {listed(list(others))} would have another alone."
    for text in found.proposals:
        if text.lacking:
            yield f"“{text.name}” is not compared with {listed(text.lacking)}: no proposal has its name there."
    for each in found.unmatched:
        names = listed([f"“{name}”" for name in each.proposals[:TOLD]])
        yield f"Only in {each.label}: {names}."
    for versus in found.proposals[0].differences:
        for members, where in ((versus.only_here, versus.label), (versus.only_there, "the reference")):
            if members:
                few = [*members[:TOLD], *([f"{len(members) - TOLD:,} more"] if len(members) > TOLD else [])]
                yield f"Only in {where}: {listed(few)}."
    apart = [each.label for each in found.alternatives if each.conditioned is False]
    if apart:
        why = "what was observed is not observed there, or has another likelihood there"
        yield f"Not conditioned on what was observed: {listed(apart)}; {why}."
    if found.effective_draws is not None and found.effective_draws < INTERPRETED_FROM:
        few_ = f"{int(found.effective_draws):,} effective draws of {found.draws:,}"
        yield f"Only {few_} agree with what was observed; at least {INTERPRETED_FROM} are needed to interpret that."
    gaps = [each.adopted_any for text in found.proposals for each in text.differences]
    if (found.effective_draws or 0.0) >= INTERPRETED_FROM and any(
        gap.conditioned and not interpreted(gap.conditioned) for gap in gaps
    ):
        yield f"Where fewer than {INTERPRETED_FROM} effective draws are left, conditioned intervals are not shown."
    if found.observed and found.draws and found.effective_draws is None:
        yield "What was observed conditions nothing: the exact engine cannot give its likelihood."
