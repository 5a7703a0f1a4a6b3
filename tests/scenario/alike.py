"""Are two scenarios the same questions, to the bit?"""

from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np

from sim.scenario.load import Scenario


def differences(one: Any, other: Any, where: str = "") -> list[str]:
    """Where two values differ: arrays in type, shape or any bit, everything else by equality."""
    if is_dataclass(one) and type(one) is type(other):
        pairs = {each.name: (getattr(one, each.name), getattr(other, each.name)) for each in fields(one)}
    elif isinstance(one, dict) and isinstance(other, dict) and list(one) == list(other):
        pairs = {key: (one[key], other[key]) for key in one}
    elif isinstance(one, tuple) and isinstance(other, tuple) and len(one) == len(other):
        pairs = {str(n): pair for n, pair in enumerate(zip(one, other, strict=True))}
    elif isinstance(one, np.ndarray) and isinstance(other, np.ndarray):
        same = (one.dtype, one.shape, one.tobytes()) == (other.dtype, other.shape, other.tobytes())
        return [] if same else [f"{where}: {one} is not {other}"]
    else:
        return [] if type(one) is type(other) and one == other else [f"{where}: {one!r} is not {other!r}"]
    return [each for name, pair in pairs.items() for each in differences(*pair, f"{where}.{name}")]


def unlike(one: Scenario, other: Scenario) -> list[str]:
    """What a run of one would do otherwise than a run of the other; the files they came from aside."""
    aside = (
        "file",
        "sha256",
        "seating",
        "sweeps",
        "ablations",
        "settings",
        "actual",
    )  # how they are written, and where
    kept = [each.name for each in fields(Scenario) if each.name not in aside]
    found = [each for name in kept for each in differences(getattr(one, name), getattr(other, name), name)]
    actual = [each and (each.observed, each.spreads, each.seating.questions()) for each in (one.actual, other.actual)]
    return found + differences(*actual, "actual")
