"""A progress bar with the time left, on anything over two seconds, and only where somebody watches."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

PATIENCE = 2.0  # seconds


@contextmanager
def bar(shown: bool) -> Iterator[Callable[[str, float], None]]:
    """A function of (what is being done, share of all done); it draws only on a terminal."""
    if not shown or not (sys.stdout.isatty() and sys.stderr.isatty()):
        yield lambda what, share: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), TimeRemainingColumn())
    display = Progress(*columns, console=Console(stderr=True), transient=True)
    task = display.add_task("", total=1.0)
    begun, running = monotonic(), False

    def note(what: str, share: float) -> None:
        nonlocal running
        passed = monotonic() - begun
        if not running and passed > 0.2 and passed / max(share, 1e-9) > PATIENCE:
            display.start()
            running = True
        display.update(task, description=what[:60], completed=share)

    try:
        yield note
    finally:
        if running:
            display.stop()


@contextmanager
def cells(shown: bool) -> Iterator[Callable[[int, int], None]]:
    """A function of (cells done, cells in all): how many a second, and the time left; only on a terminal."""
    if not shown or not (sys.stdout.isatty() and sys.stderr.isatty()):
        yield lambda done, total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    rate = TextColumn("{task.fields[rate]}")
    columns = (TextColumn("cells"), BarColumn(), MofNCompleteColumn(), rate, TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as display:
        task = display.add_task("", total=None, rate="")
        begun, found = monotonic(), -1

        def note(done: int, total: int) -> None:
            nonlocal found
            found = done if found < 0 else found  # what an earlier run left is not of this one's speed
            speed = (done - found) / max(monotonic() - begun, 1e-6)
            display.update(task, completed=done, total=total, rate=f"{speed:,.0f} a second" if done > found else "")

        yield note
