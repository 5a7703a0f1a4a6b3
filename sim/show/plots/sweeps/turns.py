"""What a curve says in a sentence: where adoption turns, and where the scenario stands."""

from __future__ import annotations

from sim.show.plots.lettering import shortened, unbroken
from sim.show.plots.sweeps.lines import Line
from sim.show.plots.sweeps.reading import crossings, stated
from sim.show.plots.sweeps.scale import Scale, exactly
from sim.show.plots.sweeps.wording import by_rule, called, quoted, span
from sim.study.cells import Axis, Sweep


def title(sweep: Sweep, axis: Axis, measure: Scale, line: Line, text: int) -> str:
    """Where a proposal's adoption turns as one number grows."""
    what = unbroken(shortened(called(axis), 60))
    at = [(measure.said(place), rises) for place, rises in crossings(line.x, line.y)]
    name, rule = quoted(sweep.proposals[text]), by_rule(sweep, text)
    often = f"more often than not{rule}"
    if not at:
        return _never(line, name, often, what)
    first, rises = at[0]
    if len(at) == 1:
        return f"{name} {'passes' if rises else 'fails'} {often} once {what} is above about {first}"
    if len(at) == 2:
        does = "passes" if rises else "fails"
        return f"{name} {does} {often} only while {what} is between about {first} and {at[1][0]}"
    return f"The fate of {name}{rule} turns {len(at)} times as {what} grows"


def _never(line: Line, name: str, often: str, what: str) -> str:
    known = line.y[line.y == line.y]
    if not len(known):
        return f"{name} was not computed along {what}"
    does = "passes" if known[0] >= 0.5 else "fails"
    share = span(known)
    return f"{name} {does} {often}, whatever {what}: it is adopted with probability {share}"


def marked(sweep: Sweep, axis: Axis, measure: Scale, labelled: bool = False) -> str:
    """What the dotted line is, as a sentence, unless it has a label."""
    own = stated(sweep, axis)
    if own is None or (labelled and measure.holds(own)):
        return ""
    value = f"the scenario's own value, {exactly(own)}"
    return f" Dotted: {value}." if measure.holds(own) else f" {value[0].upper()}{value[1:]}, lies outside."
