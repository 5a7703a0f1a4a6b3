"""The real command in a process that is held back or kept short: python launched.py --memory 20 -- sweep FILE …

The limits begin when all is imported, so that they meet the sweep and not the start of the interpreter.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from importlib import import_module
from pathlib import Path

from sim.cli import main

NEEDED = ("commands.sweep", "scenario.complaints", "show.progress", "show.sweeps", "study.templates", "study.sweep")


def of_memory(name: str) -> int:
    """A number of bytes that the system keeps of this process: VmSize, VmHWM."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(each.split()[1]) * 1024 for each in lines if each.startswith(f"{name}:"))


def limit(given: argparse.Namespace) -> None:
    """Keep this process and its workers short of what a file may hold, or of memory."""
    import resource

    if given.file_size is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (given.file_size, given.file_size))
    if given.memory is not None:
        most = of_memory("VmSize") + given.memory * 2**20
        resource.setrlimit(resource.RLIMIT_AS, (most, most))


def launch() -> int:
    """Run the command; its exit status."""
    words = argparse.ArgumentParser()
    words.add_argument("--go", type=Path, help="begin when this file exists; another, by process, says that it waits")
    words.add_argument("--file-size", type=int, help="bytes that a file may have")
    words.add_argument("--memory", type=int, help="MiB that may be taken beyond what is imported")
    words.add_argument("--peak", type=Path, help="write here how many bytes were in memory at most")
    words.add_argument("command", nargs="+")
    given = words.parse_args()
    for each in NEEDED:
        import_module(f"sim.{each}")
    if given.go:
        given.go.with_suffix(f".{os.getpid()}").touch()
        while not given.go.exists():
            time.sleep(0.001)
    limit(given)
    status = main(given.command)
    if given.peak:  # not getrusage, which would count what the process that began this one has
        given.peak.write_text(str(of_memory("VmHWM")))
    return status


if __name__ == "__main__":
    sys.exit(launch())
