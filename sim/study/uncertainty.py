"""Outer draws and observation (the model, section 8): what is uncertain is drawn, and weighed by what was seen.

Draw d takes position d of its streams, so draws are the same in any block and on any number of workers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from scipy.special import ndtri

from sim.engines import exact
from sim.model.council import Floats
from sim.model.draws import Streams
from sim.scenario.load import Actual, widest
from sim.scenario.numbers import Numbers, limits
from sim.scenario.spreads import ColumnSpread, NumberSpread, Spreads
from sim.scenario.wording import Place

POINTS = {"p05": 0.05, "p50": 0.5, "p95": 0.95}
LEAST = 2.0**-54  # uniform numbers of 0 or 1 would be infinitely far out


def numbers(spreads: Spreads, ids: Sequence[str], seed: int, start: int, count: int) -> Numbers:
    """The outer draws start … start + count − 1; all arrays have the draws in front. ids: all members."""

    def uniforms(purpose: str, names: list[tuple[str, ...]]) -> Floats:
        return Streams(seed, purpose, names).uniforms(start, count)

    columns = [uniforms("trait", [(each.column, member) for member in ids]) for each in spreads.columns]
    singles = [uniforms(each.purpose, [each.names])[:, 0] for each in spreads.numbers]
    return placed(spreads, columns, singles)


def placed(spreads: Spreads, columns: Sequence[Floats], singles: Sequence[Floats]) -> Numbers:
    """What uniform numbers stand for: a (…, N) array for each column, and one (…) for each number, in their order."""
    places: dict[Place, Floats] = {}
    factors: dict[str, Floats] = {}
    for spread, u in zip(spreads.numbers, singles, strict=True):
        for place, centre in spread.targets:
            if place[0] == "factor":
                factors[str(place[1])] = _drawn(spread, centre, u)
            else:
                places[place] = np.clip(_drawn(spread, centre, u), *limits(place) or (-np.inf, np.inf))
    drawn = {each.column: _column(each, u) for each, u in zip(spreads.columns, columns, strict=True)}
    return Numbers(places, drawn, factors)


def _normal(u: Floats) -> Floats:
    return np.asarray(ndtri(np.clip(u, LEAST, 1.0 - 2.0**-53)))


def _column(spread: ColumnSpread, u: Floats) -> Floats:
    """Cut to [0, 1] before it is mapped: values outside become 0 or 1, and the median stays the published value."""
    return np.asarray(np.clip(spread.centre + spread.deviation * _normal(u), 0.0, 1.0))


def _drawn(spread: NumberSpread, centre: float, u: Floats) -> Floats:
    away = spread.deviation * _normal(u)
    return np.asarray(centre * np.exp(away) if spread.log else centre + away)


# -- observation ------------------------------------------------------------------------------------------------------


def likely(actual: Actual, more: Mapping[Place, float] | None = None) -> bool:
    """Can the exact engine give the likelihood of all that was observed, in every outer draw?

    more: what is believed of the actual world and varies, as in `widest`
    """
    questions = widest(actual.seating, actual.spreads, draws=1, more=more)
    return all(exact.applies(questions[each.proposal].case) is None for each in actual.observed)


def likelihood(actual: Actual, seed: int, start: int, count: int, fixed: Numbers | None = None) -> Floats:
    """P(exactly what was observed) in each of the outer draws, (count,): the product over the observations.

    fixed: single numbers that are believed instead of those of the file, or drawn
    """
    drawn = numbers(actual.spreads, actual.seating.members.ids, seed, start, count)
    questions = actual.seating.questions(fixed.over(drawn) if fixed else drawn)
    found = np.ones(count)
    for each in actual.observed:
        found *= exact.likelihood(questions[each.proposal].case, each.adopted, each.hold_outs)
    return found


def effective(weights: Floats) -> float:
    """The effective number of draws, (Σω)² / Σω²; 0 where all weights are 0."""
    largest = float(weights.max(initial=0.0))
    if largest <= 0.0:
        return 0.0
    scaled = weights / largest  # tiny likelihoods must not vanish when squared
    return float(scaled.sum() ** 2 / np.square(scaled).sum())


def band(values: Floats, weights: Floats | None = None) -> Floats:
    """The 5, 50 and 95 % points over the first axis, (3, …), as the smallest value that reaches so much weight."""
    scaled = None if weights is None else weights / weights.max()
    found: Floats = np.quantile(values, list(POINTS.values()), axis=0, weights=scaled, method="inverted_cdf")
    return found


def points(values: Floats, weights: Floats | None = None) -> dict[str, float]:
    """The same of a single number, by name."""
    return dict(zip(POINTS, band(values, weights).tolist(), strict=True))


def tree(measures: Any, summary: Callable[[Floats], Any]) -> Any:
    """A tree of arrays with draws in front, a summary in each number's place; texts stay. (K, M) is a list of M."""
    if isinstance(measures, dict):
        return {key: tree(each, summary) for key, each in measures.items()}
    if isinstance(measures, list):
        return [tree(each, summary) for each in measures]
    return summary(measures) if isinstance(measures, np.ndarray) else measures
