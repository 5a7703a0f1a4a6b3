"""Words that the pictures of sweeps share: how computed, of what, with what error."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.model.council import Floats
from sim.show.plots.lettering import shortened, unbroken
from sim.show.plots.sweeps.reading import conditioned, varying
from sim.show.words import percent, rate
from sim.study.cells import Axis, Sweep

ADOPTED = "P(adopted in any form)"
CALLED = {"council.first": "number of members"}


def called(axis: Axis) -> str:
    """An axis in words: its path, as it stands in the scenario."""
    return CALLED.get(axis.path, axis.path)


def quoted(name: str, characters: int = 60) -> str:
    """A proposal's name, as it stands in a sentence."""
    return unbroken(f"“{shortened(name, characters)}”")


def source(sweep: Sweep, how: str = "") -> str:
    """The line at the foot: which scenario and sweep, how computed and how surely, by which version."""
    title = shortened(sweep.title, 110)
    layer = "published values: " if sweep.prior is not None else ""
    return f"Source: {title}; {layer}{how or engine(sweep)}; weights\u00a0provisional; unanimity\u00a0{sweep.version}"


def engine(sweep: Sweep, drawn: bool = True) -> str:
    """How the numbers were computed; drawn: how sure they are is drawn too, else it is said here."""
    sampled = (sweep.engine != "exact").any(axis=1)
    draws = f"; 5–95\u00a0% of {sweep.draws:,} outer draws" if sweep.prior is not None and drawn else ""
    if not sampled.any():
        return f"exact probabilities{draws}"
    error = (
        "±\u00a0two standard errors" if sweep.prior is None and drawn else f"standard errors up to {_largest(sweep)}"
    )
    how = f"Monte Carlo, {sweep.replicates:,}\u00a0replicates, seed\u00a0{sweep.seed}, {error}{draws}"
    if sampled.all() and (sweep.engine != "exact").all():
        return how
    return f"exact probabilities; in {int(sampled.sum()):,} of {len(sampled):,} cells {how}"


def _largest(sweep: Sweep) -> str:
    return percent(float(np.fmax.reduce(sweep.standard_error, axis=None, initial=0.0)))


def banded(sweep: Sweep, what: str = "") -> str:
    """What bars (`what`) or bands show, as a sentence; nothing if all is exact, or if a legend says it."""
    if sweep.prior is not None:
        return f" {what}: 5–95\u00a0% of {sweep.draws:,} outer draws." if what else ""
    what = what or "Bands"
    return f" {what}: ±\u00a02 standard errors." if (sweep.engine != "exact").any() else ""


def after(sweep: Sweep, how: str = "") -> str:
    """What shows the outer draws after conditioning, or why nothing does; nothing without observations."""
    if sweep.conditioned is None:
        return ""
    left = sweep.effective_draws or 0.0
    if conditioned(sweep, np.arange(1), 0) is None:
        return f" Conditioning left too few effective draws to be read ({left:,.0f})."
    return f" {how}: after conditioning ({left:,.0f} effective draws)." if how else ""


def chance(sweep: Sweep, cell: int, text: int) -> str:
    """P(adopted) in a cell, with its standard error if simulated."""
    share, error = float(sweep.adopted_any[cell, text]), float(sweep.standard_error[cell, text])
    if not np.isfinite(share):
        return "–"
    simulated = sweep.engine[cell, text] != "exact" and sweep.replicates > 0
    sure = share in (0.0, 1.0) or error > 0
    return (rate(share, error, sweep.replicates) if simulated and sure else percent(share)).replace(" ", "\xa0")


def by_rule(sweep: Sweep, text: int) -> str:
    """By which rule, with a space before it, where the cells share one."""
    rules = set(map(str, sweep.rule[:, text].tolist()))
    return f" {unbroken(f'under {shortened(rules.pop(), 30)}')}" if len(rules) == 1 else ""


def span(values: Floats) -> str:
    """From the least to the most of some probabilities."""
    known = values[np.isfinite(values)]
    if not len(known):
        return "not computed"
    least, most = percent(float(known.min())), percent(float(known.max()))
    return least if least == most else f"{least} to {most}"


def unshown(sweep: Sweep, shown: Sequence[int], flat: bool = True) -> str:
    """What of the proposals is left out, as a sentence; flat: those that hardly vary are."""
    left = [place for place in range(len(sweep.proposals)) if place not in shown]
    moving = varying(sweep)
    still = [place for place in left if place not in moving]
    more = [place for place in left if place in moving]
    said = ""
    if still and flat:
        said += f" Left out: {_proposals(len(still))} that {'varies' if len(still) == 1 else 'vary'} by less than .001."
    elif still:
        more = left
    return said + (f" Not shown: {_proposals(len(more), bool(said))}." if more else "")


def _proposals(number: int, more: bool = False) -> str:
    other = "more " if more else ""
    return f"{number:,} {other}proposal{'s' if number != 1 else ''}"
