"""A small sweep, slow on purpose, for tests to kill: its cells depend on their number alone.

python slow_sweep.py FILE --cells 200 --block 7 --workers 2 --milliseconds 4 prints the digest when all is done.
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
BUSY, MACHINE = 5, 4  # exit statuses

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


def sweep(given: argparse.Namespace) -> str:
    """Compute what is missing; the digest. A line of the journal says which cells are committed."""
    with Store.open(given.file, IDENTITY, given.cells) as store, given.file.with_name("journal").open("a") as journal:
        tasks = blocks(store.missing(), given.block, given.milliseconds / 1000)
        for _, rows in finished(computed, tasks, workers=given.workers, cluster=given.cluster):
            store.add(rows)
            journal.write(f"{' '.join(str(cell) for cell, _ in rows)}\n")
            journal.flush()
        assert store.missing() == []
        while given.hold and not given.hold.exists():
            time.sleep(0.01)
        return store.digest()


def limit(octets: int) -> None:
    """No file of this process may become larger: as good as a full disk."""
    import resource
    import signal

    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (octets, octets))


def main() -> int:
    """The command; 5 where another has the sweep, 4 where the machine fails, and then what an exception says."""
    words = argparse.ArgumentParser()
    words.add_argument("file", type=Path)
    for name, value in {"cells": 200, "block": 7, "workers": 1, "milliseconds": 4}.items():
        words.add_argument(f"--{name}", type=int, default=value)
    words.add_argument("--limit", type=int, help="octets that a file may have")
    words.add_argument("--cluster")
    words.add_argument("--go", type=Path, help="begin when this file exists")
    words.add_argument("--hold", type=Path, help="do not end before this file exists")
    given = words.parse_args()
    if given.limit is not None:
        limit(given.limit)
    while given.go and not given.go.exists():
        pass
    try:
        print(sweep(given))
    except Busy as busy:
        print(json.dumps([busy.pid, busy.host, busy.since, str(busy)]))
        return BUSY
    except OSError as error:
        print(json.dumps([error.errno, error.strerror, error.filename]))
        return MACHINE
    return 0


if __name__ == "__main__":
    sys.exit(main())
