"""Made-up results with outer draws and conditioning, the usual and the hostile."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import picture_examples as plain

from sim.answers.result import Moved, Observation, ProposalResult, Result

DRIVERS = ("solidarity", "threat", "interest", "autonomy", "exposure", "burden", "venue")


def band(share: float, spread: float, away: float = 0.0) -> dict[str, float]:
    """An interval around a share, on the scale of logits."""
    centre = math.log(max(share, 1e-9) / max(1 - share, 1e-9)) + away
    return {name: 1 / (1 + math.exp(-centre - z * spread)) for name, z in (("p05", -1.6), ("p50", 0.0), ("p95", 1.6))}


def tree(text: ProposalResult, spread: float, away: float) -> dict[str, Any]:
    measures = ("support", "acquiesce", "object", "final_hold_out", "lone_hold_out")
    return {
        "adopted_any": band(text.adopted_any, spread, away),
        "outcomes": {name: band(share, spread) for name, share in text.outcomes.items()},
        "lone_hold_out": band(text.lone_hold_out, spread, -away),
        "rounds": [band(share, spread) for share in text.rounds],
        "supporters": {"p05": 1.0, "p50": 2.0, "p95": 3.0},
        "blame": [
            {"id": each.id, "name": each.name, **{name: band(getattr(each, name), spread, -away) for name in measures}}
            for each in text.blame
        ],
        "rules": [{"rule": row.rule, "adopted_any": band(row.adopted_any, spread, away / 4)} for row in text.rules],
    }


def moved(name: str, published: float, spread: float, away: float) -> Moved:
    def lognormal(centre: float) -> tuple[dict[str, float], list[float]]:
        points = {
            "p05": math.exp(centre - 1.6 * spread),
            "p50": math.exp(centre),
            "p95": math.exp(centre + 1.6 * spread),
        }
        return points, [math.exp(-((math.log(x) - centre) ** 2) / 2 / spread**2) / x for x in grid]

    middle = math.log(published)
    grid = [math.exp(middle + spread * (each / 10 - 3)) for each in range(61)]
    (prior, before), (after, density) = lognormal(middle), lognormal(middle + away)
    return Moved(name, published, prior, after, grid, before, density)


def outer(
    result: Result, effective: float | None = 321.5, rules: float | None = 112.2, *, observed: bool = True
) -> Result:
    """A result with 1,000 outer draws, of which observation left so many."""
    conditioned = observed and effective is not None
    texts = [
        replace(
            text,
            uncertainty=tree(text, 1.5, 0.2),
            conditioned=tree(text, 1.0, -1.5) if conditioned else None,
            fitted=observed and place < 2,
        )
        for place, text in enumerate(result.proposals)
    ]
    first = texts[0]
    held = [each.id for each in first.blame if each.name.startswith("State Fra")] or [first.blame[0].id]
    seen = [Observation(first.name, False, held)] + [Observation(each.name, True) for each in texts[1:2]]
    weights = [moved(f"weights.{name}", 8.0, 0.4, 0.1 * place - 0.2) for place, name in enumerate(DRIVERS)]
    bare = [replace(each, conditioned=None, conditioned_density=None) for each in weights]
    return replace(
        result,
        proposals=texts,
        draws=1000,
        effective_draws=effective if observed else None,
        rule_draws=400,
        rule_effective_draws=rules if conditioned else None,
        observed=seen if observed else None,
        moved=weights if conditioned else bare,
    )


def hostile() -> Result:
    """Names that go wrong, more weights than there is room for, and densities of every wrong shape."""
    found = outer(plain.hostile_names())
    names = [f"proposal.{each}.appeal" for each in plain.HOSTILE]
    sound = [moved(name, 10.0 ** (place - 5), 0.5, 0.1 * place) for place, name in enumerate(names)]
    flat = {"p05": 2.0, "p50": 2.0, "p95": 2.0}
    wrong = [
        Moved("one point", 2.0, flat, flat, [2.0], [1.0], [1.0]),
        Moved("no spread", 2.0, flat, flat, [1.0, 2.0, 3.0], [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]),
        Moved("other lengths", 2.0, flat, flat, [1.0, 2.0, 3.0], [1.0, 1.0, 1.0], [1.0]),
        Moved("far away", -1e12, flat, None, [1.0, 2.0, 3.0], [1.0, 2.0, 1.0], None),
        Moved("nothing", 0.0, {}, None, [], [], None),
    ]
    return replace(found, moved=[*sound, *wrong, *sound])


def broken() -> Result:
    """A saved record that somebody edited: trees with nonsense in the places of numbers."""
    found = outer(plain.usual())
    first, second, third = found.proposals
    nonsense = {"blame": [3, {"id": None}], "rules": {"two-thirds": "often"}, "outcomes": 7}
    upside = {"adopted_any": {"p05": 0.9, "p50": 0.1, "p95": True}, **nonsense}
    fair = {"adopted_any": band(0.3, 1.0), **nonsense}
    texts = [replace(first, uncertainty=fair, conditioned=upside), replace(second, uncertainty=upside), third]
    return replace(found, proposals=texts)


CASES = {
    "outer": lambda: outer(plain.usual()),
    "outer, nothing observed": lambda: outer(plain.usual(), observed=False),
    "outer, few": lambda: outer(plain.usual(), 37.9, 20.0),
    "outer, few for the rules": lambda: outer(plain.usual(), 100.0, 99.9),
    "outer, none": lambda: outer(plain.usual(), 0.0, 0.0),
    "outer, no likelihood": lambda: outer(plain.usual(), None, None),
    "outer, names": hostile,
    "outer, broken": broken,
    "outer, sampled": lambda: outer(plain.CASES["sampled"]()),
    "outer, one": lambda: outer(plain.CASES["one"]()),
    "outer, never": lambda: outer(plain.sure(0.0)),
    "outer, many": lambda: outer(plain.CASES["many"]()),
}
