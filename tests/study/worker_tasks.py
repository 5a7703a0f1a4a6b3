"""Functions for workers to run: good ones, and ones that end their process."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path


def double(number: int) -> int:
    return 2 * number


def forever_but_for_zero(number: int) -> int:
    if number:
        time.sleep(600)
    return number


def fill_memory(number: int) -> int:
    """Ask for more than this process may have."""
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (2**30, 2**30))
    return len(bytearray(2**31)) + number


def refuse(number: int) -> int:
    if number == 3:
        raise LookupError("three")
    return number


def lack(number: int) -> int:
    if number == 3:
        raise MemoryError
    return number


def die_at_three(number: int) -> int:
    if number == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return 2 * number


def die_once(given: tuple[int, str]) -> int:
    """Die at three, but only the first time."""
    number, mark = given
    if number == 3 and not Path(mark).exists():
        Path(mark).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return 2 * number


def interrupt_self(number: int) -> int:
    """What a terminal's Ctrl-C sends to all processes of a group."""
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(0.01)
    return 2 * number
