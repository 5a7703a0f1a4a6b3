"""Made-up comparisons for pictures and tables: the usual, the hostile, the many."""

from __future__ import annotations

from picture_examples import HOSTILE

from sim.answers.result import Observation, Program, Source
from sim.model.process import OUTCOMES
from sim.study.differences import (
    FORMAT,
    Change,
    Comparison,
    Gap,
    MemberGap,
    Side,
    Spread,
    TextComparison,
    Unmatched,
    Versus,
)


def spread(middle: float, effective: float | None = None) -> Spread:
    return Spread(1000, effective, max(middle - 0.3, -1.0), middle, min(middle + 0.4, 1.0), 0.9, 0.1)


def gap(before: float, after: float, error: float = 0.0, left: float | None = None) -> Gap:
    bands = (spread(after - before), spread(after - before, left)) if left is not None else (None, None)
    return Gap(before, after, after - before, error, *bands)


def versus(
    label: str, after: float, *, names: tuple[str, ...], many: int | None = None, left: float | None = None
) -> Versus:
    error = 0.0045 if many else 0.0
    whole = gap(0.28, after, error, left)
    members = [MemberGap(f"M{n}", name, *[gap(0.7 / (n + 1), 0.2, error)] * 3) for n, name in enumerate(names)]
    outcomes = {name: gap(0.28 / 6, after / 6, error) for name in OUTCOMES}
    engine = "simulate" if many else "exact"
    return Versus(label, "majority", "consensus", engine, many, whole, outcomes, whole, members, ["NEW"], ["OLD"])


def comparison(
    labels: tuple[str, ...],
    texts: tuple[str, ...] = ("A liaison office", "A partnership programme"),
    *,
    names: tuple[str, ...] = ("France", "Germany"),
    many: int | None = None,
    left: float | None = None,
    observed: bool = True,
) -> Comparison:
    source = Source(texts[0], "office.toml", "0" * 64, f"Would they? {names[0]}", ["illustrative"], ["Provisional."])
    changes = [Change("procedure.rule", "consensus", label) for label in labels[:9]]
    sides = [Side(label, source, changes, 3, 7, left is not None) for label in labels]
    shares = [0.05 + 0.95 * n / max(len(labels) - 1, 1) for n in range(len(labels))]
    pairs = list(zip(labels, shares, strict=True))
    found = [[versus(each, share, names=names, many=many, left=left) for each, share in pairs] for _ in texts]
    proposals = [TextComparison(text, each, []) for text, each in zip(texts, found, strict=True)]
    proposals.append(TextComparison("Only there", [], list(labels)))
    seen = [Observation(texts[0], False, ["M0"])] if observed else None
    program, reference = Program("unanimity", "0.1.0"), Side("as written", source, [], 0, 2023)
    draws = 0 if left is None else 1000
    only = [Unmatched(labels[0], list(texts))]
    return Comparison(FORMAT, program, 2023, 10_000, draws, draws // 5, left, seen, reference, sides, proposals, only)


LABELS = ("members.FRA.autonomy = 0.4", "procedure.rule = majority", "council.without = ['FRA']")
CASES = {
    "exact": lambda: comparison(LABELS),
    "one": lambda: comparison(LABELS[:1], ("A text",)),
    "simulated": lambda: comparison(LABELS, many=10_000),
    "draws": lambda: comparison(LABELS, left=349.0),
    "draws, simulated": lambda: comparison(LABELS, many=10_000, left=349.0),
    "few draws": lambda: comparison(LABELS, left=12.0),
    "names": lambda: comparison(
        tuple(f"{each} ({n})" for n, each in enumerate(HOSTILE)), tuple(HOSTILE[:4]), names=tuple(HOSTILE), left=200.0
    ),
    "many": lambda: comparison(
        tuple(f"procedure.rounds = {n}" for n in range(50)), tuple(f"Text {n}" for n in range(9)), left=200.0
    ),
}
