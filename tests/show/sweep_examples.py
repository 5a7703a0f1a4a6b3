"""Made-up records of sweeps and sensitivity analyses, usual and hostile ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.answers.result import Source
from sim.study.cells import Axis, Sweep
from sim.study.indices import Ablation, Index, Output, Sensitivity

STATES = ["TUR", "HUN", "FRA", "DEU", "USA", "GBR", "POL", "ITA", "ESP"]
TEXTS = ("A liaison office", "Communiqué language on China", "A partnership programme")
LONG = "The Parliamentary Assembly of the Member States of the Union"  # 60 letters
Shares = Callable[[NDArray[Any], int], NDArray[Any]]


def logistic(centre: float, steep: float) -> Shares:
    """A share that falls from 1 to 0 in the first numeric coordinate, later for later proposals."""
    return lambda at, text: 1 / (1 + np.exp(np.clip((at - centre * (1 + 0.35 * text)) * steep, -50, 50)))


def axis(path: str, values: Sequence[Any], stated: Any = None) -> Axis:
    numeric = all(isinstance(each, int | float) and not isinstance(each, bool) for each in values)
    return Axis(path, tuple(values), numeric, stated)


def record(
    axes: Sequence[Axis],
    adopted: NDArray[Any],
    *,
    texts: Sequence[str] = TEXTS,
    names: Sequence[str] = (),
    engine: str = "exact",
    rule: str = "consensus",
    prior: float = 0.0,
    conditioned: float = 0.0,
    effective: float | None = None,
    design: str = "grid",
    coordinates: dict[str, NDArray[Any]] | None = None,
) -> Sweep:
    """A sweep around given shares (C, P): everything else follows from these."""
    cells, count = adopted.shape
    names = list(names) or [f"State {each.title()}" for each in STATES]
    ids = [f"M{place}" for place in range(len(names))]
    error = np.sqrt(adopted * (1 - adopted) / 10_000) * (engine != "exact")
    parts = np.stack([adopted * each for each in (0.14, 0.2, 0.02, 0.64)] + [(1 - adopted) / 2] * 2, axis=-1)
    weights = np.array([0.6 / (1 + place) for place in range(len(names))])
    alone = (1 - adopted)[..., None] * adopted.clip(0.15)[..., None] ** np.arange(len(names)) * weights
    if coordinates is None:
        every = list(product(*(each.values if each.numeric else each.labels for each in axes)))
        coordinates = {each.path: np.array([row[place] for row in every]) for place, each in enumerate(axes)}

    def band(width: float, shift: float) -> NDArray[Any]:
        reach = width * 4 * adopted * (1 - adopted)
        return np.stack([adopted - reach, adopted + shift * reach, adopted + reach], axis=-1).clip(0, 1)

    return Sweep(
        title="An office far away, 2023",
        question="Would they?",
        version="0.1.0",
        seed=2023,
        replicates=10_000,
        draws=200 if prior else 0,
        effective_draws=effective,
        design=design,
        axes=tuple(axes),
        proposals=tuple(texts),
        ids=tuple(ids),
        names=tuple(names),
        coordinates=coordinates,
        rule=np.full((cells, count), rule, dtype=object),
        engine=np.full((cells, count), engine, dtype=object),
        outcomes=parts,
        adopted_any=adopted,
        standard_error=error,
        lone_hold_out=alone.sum(axis=-1),
        lone_hold_outs=alone,
        difference=adopted - adopted[0],
        difference_error=error,
        prior=band(prior, 0.1) if prior else None,
        conditioned=band(conditioned, 0.6) if conditioned else None,
    )


def shares(coordinate: Sequence[float] | NDArray[Any], texts: int, centre: float, steep: float) -> NDArray[Any]:
    at = np.asarray(coordinate, float)
    return np.stack([logistic(centre, steep)(at, text) for text in range(texts)], axis=-1)


def one(
    values: Sequence[float] = tuple(range(25)), stated: Any = 8, texts: Sequence[str] = TEXTS, **more: Any
) -> Sweep:
    span = max(values) - min(values) or 1.0
    adopted = shares(values, len(texts), min(values) + span * 0.4, 12 / span)
    return record([axis("weights.autonomy", values, stated)], adopted, texts=texts, **more)


def two(columns: Sequence[float], lines: Sequence[float], stated: tuple[Any, Any] = (None, None), **more: Any) -> Sweep:
    places = np.array([(x / len(columns), y / len(lines)) for x in range(len(columns)) for y in range(len(lines))])
    adopted = shares(places[:, 0] + 0.6 * places[:, 1] ** 2, len(more.get("texts", TEXTS)), 0.6, 14)
    axes = [axis("weights.autonomy", columns, stated[0]), axis("procedure.isolation", lines, stated[1])]
    return record(axes, adopted, **more)


def named(values: Sequence[Any], stated: Any = None, path: str = "procedure.rule", **more: Any) -> Sweep:
    adopted = shares(np.linspace(0, 1, len(values))[::-1], len(more.get("texts", TEXTS)), 0.5, 9)
    return record([axis(path, values, stated)], adopted, **more)


RULES = ["consensus", {"name": "consensus-minus", "k": 1}, "two-thirds", "majority", ["TUR", "HUN"], []]


def names_by_number(values: Sequence[Any], sizes: Sequence[float], stated: Any = None, **more: Any) -> Sweep:
    """Names, each of which shifts where adoption turns along a number."""
    count = len(more.get("texts", TEXTS))
    pieces = [shares(sizes, count, 2 + 8 * place / len(values), 0.9) for place in range(len(values))]
    axes = [axis("procedure.rule", values), axis("weights.autonomy", sizes, stated)]
    return record(axes, np.concatenate(pieces), **more)


def grown(sizes: Sequence[int] = range(2, 32), isolation: Sequence[float] = (), **more: Any) -> Sweep:
    """A council that grows, at some strengths of isolation."""
    axes = [axis("council.first", tuple(sizes), 31)]
    if isolation:
        axes.append(axis("procedure.isolation", isolation, isolation[len(isolation) // 2]))
    rows = [
        [np.exp(-size * (0.06 - 0.05 * each) / (1 + text)) for text in range(len(TEXTS))]
        for size in sizes
        for each in isolation or [0.0]
    ]
    return record(axes, np.array(rows), **more)


def sampled(cells: int = 300, inputs: int = 5, **more: Any) -> Sweep:
    """A Latin hypercube, as it were; the first input matters most."""
    points = np.random.default_rng(5).random((cells, inputs))
    falling = shares(points @ (2.0 ** -np.arange(inputs)), len(more.get("texts", TEXTS)), 0.8, 6)
    axes = [Axis(f"parameter.number_{place}", (), True, 0.5) for place in range(inputs)]
    coordinates = {each.path: points[:, place] for place, each in enumerate(axes)}
    return record(axes, falling, design="latin-hypercube", coordinates=coordinates, **more)


INPUTS = ["traits", "weights", "loadings", "appeal", "payments", "isolation", "dilution", "stubbornness"]
PARTS = ["payments", "dilution", "opt-outs", "isolation", "correlation of shocks", "domestic politics"]


def sobol(inputs: Sequence[str] = INPUTS, scale: float = 0.6, **more: Any) -> Sensitivity:
    """Indices that fall from input to input."""
    outputs = []
    for name, turn in (("P(adopted)", 1), ("P(Türkiye blocks alone)", -1)):
        found = []
        for place, each in enumerate(list(inputs)[::turn]):
            total = scale / (1 + place)
            found.append(Index(each, total * 0.8 - 0.02, 0.03, total, 0.05))
        outputs.append(Output(name, 0.31, 0.2 if scale else 0.0, found))
    return analysis(outputs, "sobol", **more)


def morris(inputs: Sequence[str] = INPUTS, scale: float = 0.4, **more: Any) -> Sensitivity:
    found = [
        Index(each, effect=scale / (1 + place), effect_error=scale / 9, spread=scale * 0.7 / (1 + place % 3))
        for place, each in enumerate(inputs)
    ]
    return analysis([Output("P(adopted)", 0.31, 0.2 * scale, found)] * 2, "morris", **more)


def analysis(
    outputs: list[Output],
    method: str,
    *,
    ablations: Sequence[Ablation] | None = None,
    proposal: str = TEXTS[0],
    member: str = "Türkiye",
    replicates: int | None = None,
) -> Sensitivity:
    if ablations is None:
        ablations = [Ablation("as stated", 0.283, 0.0, 0.55, 0.0)]
        ablations += [
            Ablation(f"without {each}", (0.02, 0.26, 0.283, 0.9, 0.35, 0.05)[place], 0.0, 0.6 - place / 11, 0.0)
            for place, each in enumerate(PARTS)
        ]
    source = Source("An office far away, 2023", "office.toml", "0" * 64)
    return Sensitivity(
        1, "0.1.0", source, method, 1024, 18432, 2023, "exact" if replicates is None else "simulate", replicates,
        58, proposal, "consensus", "TUR", member, outputs, list(ablations),
    )  # fmt: skip
