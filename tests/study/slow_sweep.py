"""A small sweep, slow on purpose, for tests to kill: its cells depend on their number alone.

python slow_sweep.py FILE --cells 200 --block 7 --workers 2 --milliseconds 4; prints the digest when all is done.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path

from sim.study.store import Busy, Store
from sim.study.workers import finished

IDENTITY = {"version": "1.0", "scenario": 'title = "slow"\nseed = 1\n', "seed": "1"}
BUSY = 5  # exit status

Block = tuple[tuple[int, ...], float]  # cells, and seconds that each takes


def content(cell: int) -> str:
    """A cell's content: canonical JSON, of another length for each."""
    found = blake2b(str(cell).encode()).digest()
    return json.dumps({"cell": cell, "numbers": [each / 256 for each in found[: 8 + cell % 40]]})


def computed(block: Block) -> list[tuple[int, str]]:
    """The rows of a block."""
    rows = []
    for cell in block[0]:
        time.sleep(block[1])
        rows.append((cell, content(cell)))
    return rows


def blocks(cells: list[int], size: int, seconds: float) -> Iterator[Block]:
    """The cells that are missing, some at a time."""
    for start in range(0, len(cells), size):
        yield tuple(cells[start : start + size]), seconds


def sweep(path: Path, cells: int, block: int, workers: int, seconds: float, cluster: str | None = None) -> str:
    """Compute what is missing; the digest."""
    with Store.open(path, IDENTITY, cells) as store:
        for _, rows in finished(computed, blocks(store.missing(), block, seconds), workers=workers, cluster=cluster):
            store.add(rows)
        assert store.missing() == []
        return store.digest()


def main() -> int:
    """The command."""
    words = argparse.ArgumentParser()
    words.add_argument("file", type=Path)
    for name, value in {"cells": 200, "block": 7, "workers": 1, "milliseconds": 4}.items():
        words.add_argument(f"--{name}", type=int, default=value)
    words.add_argument("--cluster")
    given = words.parse_args()
    try:
        seconds = given.milliseconds / 1000
        print(sweep(given.file, given.cells, given.block, given.workers, seconds, given.cluster))
    except Busy as busy:
        print(json.dumps([busy.pid, busy.host, str(busy)]))
        return BUSY
    except OSError as error:
        print(json.dumps([error.errno, error.strerror, error.filename, type(error).__name__]))
        return 4
    return 0


if __name__ == "__main__":
    sys.exit(main())
