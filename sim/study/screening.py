"""Indices of sensitivity by SALib, for any function of uniform numbers (Saltelli et al. 2010; Morris 1991)."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from SALib.analyze import morris as morris_indices
from SALib.analyze import sobol as sobol_indices
from SALib.sample import morris as morris_sample
from SALib.sample import sobol as sobol_sample

from sim.model.council import Floats
from sim.study.indices import Index, Output

LEVELS = 4
REACH = (0.05, 0.95)  # the range that Morris steps through: its levels include both ends
RESAMPLES = 200


def screened(
    groups: Sequence[str],
    method: str,
    points: int,
    seed: int,
    evaluate: Callable[[Floats], Floats],
    names: Sequence[str],
) -> tuple[list[Output], int]:
    """Indices of each output by group of inputs, and how many runs they took.

    groups: the group of each input, K of them; evaluate: uniform numbers (runs, K) → outputs (runs, len(names))
    points: base points of Sobol's design, a power of 2 at best; trajectories of Morris's
    """
    many, seed = len(groups), seed % 2**32 or 2**32 - 1  # of 0 SALib makes a new one each time
    problem: dict[str, Any] = {"num_vars": many, "names": [f"x{n}" for n in range(many)], "groups": list(groups)}
    problem["bounds"] = [list(REACH if method == "morris" else (0.0, 1.0))] * many
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about points that are no power of 2, and names of groups
        if method == "morris":
            sample = np.asarray(morris_sample.sample(problem, points, LEVELS, seed=seed))
        else:
            sample = np.asarray(sobol_sample.sample(problem, points, calc_second_order=False, seed=seed))
        found = evaluate(sample)
        outputs = [
            _output(problem, method, sample, each, name, seed) for each, name in zip(found.T, names, strict=True)
        ]
    return outputs, len(sample)


def _output(problem: dict[str, Any], method: str, sample: Floats, values: Floats, name: str, seed: int) -> Output:
    known = list(dict.fromkeys(problem["groups"]))
    deviation = float(values.std())
    if method == "morris":
        indices = _effects(problem, sample, values, known, seed)
    elif deviation <= 1e-12:  # nothing varies, so nothing is explained
        indices = [Index(each, first=0.0, first_error=0.0, total=0.0, total_error=0.0) for each in known]
    else:
        options = {"calc_second_order": False, "num_resamples": RESAMPLES, "seed": seed}
        found = sobol_indices.analyze(problem, np.ascontiguousarray(values), **options)
        columns = [np.nan_to_num(found[key]).tolist() for key in ("S1", "S1_conf", "ST", "ST_conf")]
        indices = [Index(each, *row) for each, *row in zip(known, *columns, strict=True)]
    return Output(name, float(values.mean()), deviation, indices)


def _effects(problem: dict[str, Any], sample: Floats, values: Floats, known: list[str], seed: int) -> list[Index]:
    """Of single inputs also the effects' spread; of groups, which have no sign, none."""
    options = {"num_resamples": RESAMPLES, "num_levels": LEVELS, "seed": seed}
    found = morris_indices.analyze(problem, sample, np.ascontiguousarray(values), **options)
    size, error = (np.ma.filled(np.ma.asarray(found[key]), 0.0).tolist() for key in ("mu_star", "mu_star_conf"))
    spread = np.ma.filled(np.ma.asarray(found["sigma"]), np.nan).tolist()
    return [
        Index(each, effect=m, effect_error=e, spread=None if s != s else s)
        for each, m, e, s in zip(known, size, error, spread, strict=True)
    ]
