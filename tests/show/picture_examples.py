"""Made-up results for pictures: the usual, the large, the hostile, and with outer draws."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from sim.answers.result import (
    FORMAT,
    Chronicle,
    MemberBlame,
    Program,
    ProposalResult,
    Result,
    RuleRow,
    SizeCurve,
    Source,
)
from sim.show.plots import tiles

STATES = [line[:3] for line in Path(tiles.__file__).with_name("tiles.csv").read_text().splitlines()[1:32]]
RULES = ("consensus-minus-1", "two-thirds", "majority", "double-majority")
SIZES = [each / 2 for each in range(25)]
HOSTILE = ["$x^2$ {} ${ & <script>alert(1)</script>", r"\frac{a}{b} ${", "مجلس الدول الأعضاء", "東京連絡事務所"]
HOSTILE += ["a\nb\tc\x00d\x1b[31m", "\u202eevil\u202c", "\ud800 lone", "👩‍👩‍👧 family", "x" * 200, "-- ]]> --", ""]


def member(place: int, id_: str, name: str, weight: float, given: bool = True) -> MemberBlame:
    """The first member objects most, the others less and less."""
    objects = weight if place == 0 else weight * 0.05 / place
    support = (1 - objects) * (0.8 if place % 3 else 0.3)
    measures = (objects * 0.95, objects * 0.75, objects * 0.7, 0.0)
    formal = (objects * 0.71, objects * 0.72) if given else (None, None)
    return MemberBlame(id_, name, support, 1 - support - objects, objects, *measures, *formal)


def chronicle(name: str, ids: Sequence[str], rounds: int, objecting: int) -> Chronicle:
    first = ["object" if i < objecting else ("support", "acquiesce")[i % 2] for i in range(len(ids))]
    last = ["acquiesce" if i == 1 and objecting > 1 else each for i, each in enumerate(first)]
    stances = [first] * (rounds - 1) + [last]
    held = [id_ for id_, stance in zip(ids, last, strict=True) if stance == "object"]
    outcome = "blocked" if held else "adopted-with-opt-out"
    return Chronicle(name, 7, outcome, rounds - 1, 0.76, stances, held, [] if held else list(ids[:1]), 2023, list(ids))


def curve(rules: Sequence[str], error: float) -> SizeCurve:
    adopted = {rule: [1 / (1 + math.exp(s - 7 - place)) for s in SIZES] for place, rule in enumerate(rules)}
    return SizeCurve(
        SIZES,
        8.0,
        adopted,
        {rule: [error * (place == len(rules) - 1)] * len(SIZES) for place, rule in enumerate(rules)},
    )


def proposal(
    name: str,
    ids: Sequence[str],
    names: Sequence[str],
    *,
    adopted: float = 0.28,
    rules: Sequence[str] = RULES,
    rounds: int = 4,
    objecting: int = 1,
    replicates: int | None = None,
) -> ProposalResult:
    kinds = ("adopted", "adopted-after-payment", "adopted-diluted", "adopted-with-opt-out", "blocked", "withdrawn")
    parts = [adopted * each for each in (0.14, 0.2, 0.02, 0.64)] + [(1 - adopted) * each for each in (0.55, 0.45)]
    error = math.sqrt(adopted * (1 - adopted) / replicates) if replicates else 0.0
    chances = (0.99, 0.69, 1.0, 0.977)
    rows = []
    for i, rule in enumerate(rules):
        how = (0.0015, "simulate", 10_000) if replicates or i == 3 else (0.0, "exact", None)
        rows.append(RuleRow(rule, chances[i % 4], *how))
    pairs = enumerate(zip(ids, names, strict=True))
    return ProposalResult(
        name=name,
        rule="consensus",
        members=len(ids),
        outcomes=dict(zip(kinds, parts, strict=True)),
        adopted_any=adopted,
        standard_error=error,
        lone_hold_out=(1 - adopted) * 0.9,
        rounds=[adopted] + [0.0] * (rounds - 1),
        supporters=len(ids) * 0.6,
        blame=[member(i, id_, title, 1 - adopted, replicates is None) for i, (id_, title) in pairs],
        rules=rows,
        size_curve=curve(["consensus", *rules], 0.0 if replicates is None and not rules else 0.004),
        chronicle=chronicle(name, ids, rounds, min(objecting, len(ids))),
    )


def record(
    texts: list[ProposalResult], replicates: int | None = None, title: str = "An office far away, 2023"
) -> Result:
    source = Source(title, "office.toml", "0" * 64, "Would they?", ["illustrative"], [])
    engine = "exact" if replicates is None else "simulate"
    return Result(FORMAT, Program("unanimity", "0.1.0"), source, engine, 2023, replicates, 0, None, texts)


def usual() -> Result:
    names = [f"State {each.title()}" for each in STATES]
    kinds = {"A liaison office": 0.28, "Communiqué language on China": 0.9994, "A partnership programme": 0.99996}
    return record([proposal(name, STATES, names, adopted=share) for name, share in kinds.items()])


def numbered(count: int) -> list[str]:
    return [f"M{i}" for i in range(count)]


def hostile_names() -> Result:
    ids = [f"{each[:20] or 'none'}{i}" for i, each in enumerate(HOSTILE * 4)][:40]
    names = [f"{each} {'of the long and winding name of an institution ' * 2}" for each in HOSTILE * 4][:40]
    texts = [
        proposal(each or " ", ids, names, objecting=12, rules=[*RULES, *HOSTILE[:4], "y" * 80]) for each in HOSTILE[:3]
    ]
    return record(texts, title=" ".join(HOSTILE))


def sure(adopted: float) -> Result:
    sampled = proposal("A sure thing", numbered(9), numbered(9), adopted=adopted, replicates=1000, objecting=0)
    rows = [replace(row, adopted_any=adopted, standard_error=0.0, replicates=1000) for row in sampled.rules]
    flat = {rule: [adopted] * len(SIZES) for rule in ("consensus", *RULES)}
    still = SizeCurve(SIZES, 14.0, flat, {rule: [0.0] * len(SIZES) for rule in flat})
    return record([replace(sampled, rules=rows, size_curve=still)], replicates=1000)


def crowd() -> Result:
    ids = numbered(5000)
    return record([proposal("A large assembly", ids, ids, objecting=300, replicates=1000)], replicates=1000)


CASES = {
    "usual": usual,
    "one": lambda: record([proposal("Alone", ["A"], ["The only one"], rounds=1, objecting=0, rules=())]),
    "names": hostile_names,
    "crowd": crowd,
    "never": lambda: sure(0.0),
    "always": lambda: sure(1.0),
    "sampled": lambda: record(
        [proposal("A sampled text", numbered(15), numbered(15), replicates=10_000, objecting=3)], 10_000
    ),
    "many": lambda: record(
        [
            proposal(f"Proposal number {i}", numbered(40), numbered(40), adopted=i / 12, rounds=24, objecting=9)
            for i in range(12)
        ]
    ),
}
