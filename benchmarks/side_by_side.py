"""Measuring several ways of doing something in turn, so that a machine whose speed drifts drifts for all."""

from __future__ import annotations

from collections.abc import Callable
from statistics import median
from time import perf_counter

Work = Callable[[], object]


def interleaved(works: dict[str, Work], rounds: int = 7) -> dict[str, float]:
    """The median seconds of each work, all of them in turn, after one turn that is not counted."""
    found: dict[str, list[float]] = {name: [] for name in works}
    for turn in range(rounds + 1):
        for name, work in works.items():
            begun = perf_counter()
            work()
            if turn:
                found[name].append(perf_counter() - begun)
    return {name: median(times) for name, times in found.items()}


def say(what: str, ratio: float, bar: float | None = None, least: float | None = None) -> None:
    """One line: a ratio, and the bar it should stay under, or the least that it should reach."""
    bars = [f"at {word} {each:g}" for word, each in (("most", bar), ("least", least)) if each is not None]
    print(f"{ratio:8.2f}  {what}" + (f" (bar: {bars[0]})" if bars else ""))
