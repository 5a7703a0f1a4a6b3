"""The commands, in a process of their own or in this one."""

import subprocess
import sys
from pathlib import Path
from typing import Any

from sim.cli import main

ROOT = Path(__file__).resolve().parents[1]
RUN = [sys.executable, str(ROOT / "run.py")]
SHORTEST = ROOT / "tests" / "cases" / "valid" / "shortest.toml"
FEW = ["--engine", "simulate", "--replicates", "50"]


def command(*words: str, folder: Path, **options: Any) -> subprocess.CompletedProcess[str]:
    """A command in a process of its own."""
    options = {"capture_output": True, "timeout": 120, "text": True, "encoding": "utf-8"} | options
    return subprocess.run([*RUN, *words], cwd=folder, **options)


def refused(*words: str) -> int:
    """The exit status, also where the command line itself is refused."""
    try:
        return main(words)
    except SystemExit as end:
        return int(end.code or 0)
