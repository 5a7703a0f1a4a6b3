"""Words that pictures share: the source line, lists of names, probabilities on an axis."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axis import Axis

from sim.answers.result import MemberBlame, ProposalResult, Result
from sim.show.layers import layered
from sim.show.plots.lettering import legible, shortened, unbroken

TICKS = {0.0: "0", 0.25: ".25", 0.5: ".5", 0.75: ".75", 1.0: "1"}


def source(result: Result, how: str | None = None, layer: str = "published values: ") -> str:
    """The line at the foot: which scenario, how computed and how surely, by which version.

    layer: which of the two is shown, said where there are outer draws.
    """
    which = layer if layered(result) else ""
    return (
        f"Source: {shortened(result.scenario.title, 120)}; {which}{how or engine(result)}; weights provisional;"
        f" {result.program.name} {result.program.version}"
    )


def engine(result: Result, compared: Sequence[ProposalResult] = (), replicates: int | None = None) -> str:
    """How numbers were computed; compared: proposals whose compared rules are shown, simulated or not.

    replicates: of these numbers, where a picture has a sample of its own.
    """
    if result.replicates is not None:
        return f"{_sample(replicates or result.replicates, result.seed)}, ± one standard error"
    if not simulated(compared):
        return "exact probabilities"
    replicates = replicates or next((row.replicates for text in compared for row in text.rules if row.replicates), None)
    rules = listed(list(dict.fromkeys(row.rule for text in compared for row in text.rules if row.engine != "exact")))
    return f"exact probabilities; {rules}: {_sample(replicates, result.seed)}, ± one standard error"


def _sample(replicates: int | None, seed: int) -> str:
    return f"Monte Carlo, {replicates:,} replicates, seed {seed}" if replicates else f"Monte Carlo, seed {seed}"


def simulated(texts: Sequence[ProposalResult]) -> bool:
    """Was any of the compared rules simulated?"""
    return any(row.engine != "exact" for text in texts for row in text.rules)


def over(result: Result, rules: bool = False) -> str:
    """The sample that intervals rest on; compared rules may have fewer draws."""
    fewer = rules and result.rule_draws is not None and result.rule_draws != result.draws
    other = f" (other rules: {result.rule_draws:,})" if fewer else ""
    return f"{result.draws:,} outer draws{other}"


def whiskers(result: Result, marks: str, what: str = "", rules: bool = False) -> str:
    """A sentence that tells the two layers of a picture apart."""
    before = ", before conditioning" if result.observed else ""
    lines = f"{what}5–95 % over {over(result, rules)}{before}, tick at the median"
    return f" {marks} show published values; thin lines under them: {lines}."


def titled(text: ProposalResult) -> str:
    """A proposal's name, as it stands in a sentence."""
    return unbroken(f"“{shortened(text.name)}”")


def under(rule: str) -> str:
    """By which rule."""
    return unbroken(f"under {shortened(rule, 30)}")


def called(member: MemberBlame) -> str:
    """A member's name, or its id where no font has the name's letters."""
    return legible(member.name, member.id)


def listed(names: Sequence[str], most: int = 3) -> str:
    """Names in a sentence: "A, B and C", or "A, B and 7 others"."""
    names = [unbroken(shortened(each, 30)) for each in names]
    if len(names) > most:
        names = [*names[: most - 1], f"{len(names) - most + 1:,} others"]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def members(number: int) -> str:
    """So many members, in words."""
    return f"{number:,} members" if number != 1 else "1 member"


def plain(outcome: str) -> str:
    """An outcome in words."""
    return outcome.replace("-", " ").replace("opt out", "opt-out")


def probability_axis(axis: Axis, coarse: bool = False) -> None:
    """Ticks for a probability as numbers are written elsewhere."""
    ticks = {at: label for at, label in TICKS.items() if not coarse or at in (0.0, 0.5, 1.0)}
    axis.set_ticks(list(ticks), labels=list(ticks.values()))
