"""How many workers a piece of work is worth: few blocks are done here at once, many are shared out."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from time import perf_counter
from typing import TypeVar

from sim.study.workers import finished

T = TypeVar("T")
R = TypeVar("R")
PATIENCE = 3.0  # seconds of work for one: below it, to start others takes longer


def cores() -> int:
    """The processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def shared_out(
    function: Callable[[T], R],
    tasks: Iterable[T],
    share: Callable[[T], float],
    *,
    workers: int | None = None,
    cluster: str | None = None,
) -> Iterator[tuple[T, R]]:
    """Tasks with their results as they complete; without `workers`, as many processes as the work is worth.

    The first task then is timed here. share: which part of all the work a task is.
    What comes out does not depend on who does it.
    """
    rest = iter(tasks)
    if workers is None and cluster is None:
        workers = 1
        for each in rest:
            begun = perf_counter()
            found = function(each)
            left = (perf_counter() - begun) * (1.0 / max(share(each), 1e-12) - 1.0)
            yield each, found
            workers = cores() if left > PATIENCE else 1
            break
    yield from finished(function, rest, workers=workers or 1, cluster=cluster)
