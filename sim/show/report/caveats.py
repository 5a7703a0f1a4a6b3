"""What the answer hangs on: named soft spots, the size of the weights, and members that watch the room."""

from __future__ import annotations

from sim.answers.result import SizeCurve
from sim.show.report import charts
from sim.show.report.brief import Brief, Spots
from sim.show.report.clip import NOTE, few
from sim.show.report.elements import Child, Markup, tag
from sim.show.report.frame import bullets, columns, named, section, sentences, table
from sim.show.room import sentences as room
from sim.show.words import listed, rate
from sim.study.indices import Ablation

SOFT = "soft spot"
NOTES, RULES = 6, 7
NAMES = {
    "as stated": "as stated",
    "equal stakes": "all care alike (the mean)",
    "no isolation": "standing alone is free",
    "no heed": "nobody heeds another",
    "no hiding": "nobody hides",
}


def caveats(brief: Brief) -> Markup | None:
    """How the picture changes under the named soft spots."""
    notes = [each for each in brief.result.scenario.notes or [] if each.lower().startswith(SOFT)]
    said = bullets(few([_bare(each) for each in notes], NOTES, NOTE, "the scenario file"), class_="small")
    left = _spots(brief.spots) if brief.spots else None
    curve = brief.text.size_curve
    right = _curve(curve, brief.text.rule) if curve and brief.text.rule in curve.adopted_any else None
    if not (said or left or right):
        return None
    parts = [each for each in (left, right, said) if each]
    return section("What the answer hangs on", columns(*parts, class_=f"beside{len(parts)}"))


def _bare(note: str) -> str:
    """A note without its first words, which the heading says."""
    rest = note[len(SOFT) :].lstrip(" ,:")
    return rest[:1].upper() + rest[1:]


def _spots(spots: Spots) -> Markup:
    how = "exact" if spots.replicates is None else f"Monte Carlo, {spots.replicates:,} replicates, one standard error"
    caption = f"One thing otherwise, all else as stated ({how}; weights provisional)"
    heads = ("", "", "adopted", f"{spots.member} alone")
    return table(caption, heads, [_row(each, spots) for each in spots.rows], class_="chances spots")


def _row(spot: Ablation, spots: Spots) -> list[Child]:
    stated = spot is spots.rows[0]
    picture = charts.chance(spot.adopted_any, stated=stated, error=spot.adopted_error)
    adopted = rate(spot.adopted_any, spot.adopted_error, spots.replicates)
    alone = rate(spot.alone, spot.alone_error, spots.replicates)
    return [NAMES.get(spot.name, spot.name), picture, adopted, alone]


def _curve(curve: SizeCurve, stated: str) -> Markup:
    """P(adopted) against the size of the weights."""
    rules = [stated, *(each for each in curve.adopted_any if each != stated)][:RULES]
    caption = f"Adoption in any form as all weights grow together, by rule ({_how(curve)}; weights provisional)"
    picture = charts.size(curve, rules, "The probability of adoption against the size of the weights, by rule")
    keys = [tag("li", named(charts.sample(n), rule, "stated" if n == 0 else None)) for n, rule in enumerate(rules)]
    return tag("figure", tag("figcaption", caption), picture, tag("ul", keys, class_="keys"))


def _how(curve: SizeCurve) -> str:
    """Which curves are exact, and how far off the others may be."""
    worst = {rule: max(each, default=0.0) for rule, each in curve.standard_error.items() if any(each)}
    if not worst:
        return "exact"
    which = "simulated" if len(worst) == len(curve.adopted_any) else f"exact; simulated: {listed(list(worst))}"
    return f"{which}, ± at most {max(worst.values()):.3f}".replace(" 0.", " .")


def watching(brief: Brief) -> Markup | None:
    """What it changes that members watch each other; None where they do not."""
    said = list(room(brief.text))
    return section("Members that watch the room", sentences(*said)) if said else None
