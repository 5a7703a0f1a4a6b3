"""The command line from end to end: a command is run, and whatever goes wrong becomes a line and an exit status."""

from __future__ import annotations

import argparse
import os
import shlex
import sys
from collections.abc import Sequence
from errno import ENOMEM
from importlib import import_module
from pathlib import Path

from sim.commandline import parser, understood
from sim.commands.words import BAD_INPUT, DONE, INTERRUPTED, MACHINE

__all__ = ["main", "parser"]

EXTRAS = {"pandas": "'.[tables]'", "pyarrow": "'.[tables]'", "xarray": "'.[tables]'", "distributed": "'.[cluster]'"}
EXTRAS |= {"nicegui": "'.[page]'"}
EXPECTED = "; expected a place that can be written, with room left"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit status. Never a traceback for what a user or a machine can cause."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        status = _act(understood(words))
        sys.stdout.flush()
        return status
    except KeyboardInterrupt:
        newline = "\n" if sys.stderr.isatty() else ""  # after the ^C that a terminal shows
        how = "to resume" if words[0] == "sweep" else "to start again"
        print(f"{newline}interrupted; {how}: {_command()} {shlex.join(words)}", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        _settle()
        return DONE
    except OSError as error:
        _settle()
        where = f"{error.filename}: " if error.filename else ""
        tail = "" if isinstance(error, ConnectionError) or error.errno == ENOMEM else EXPECTED
        return _failed(f"{where}{error.strerror or error}{tail}")
    except MemoryError:
        return _failed("memory ran out; fewer replicates or members at a time need less")
    except ModuleNotFoundError as error:
        what = EXTRAS.get((error.name or "").partition(".")[0], ".")
        return _failed(f"{error.name} is not installed here; run: pip install -e {what}")


def _command() -> str:
    """How the program was started, to be typed again."""
    script = Path(sys.argv[0])
    by_name = {"run.py": f"python {shlex.quote(str(script))}", "__main__.py": "python -m sim"}
    return by_name.get(script.name, "unanimity")


def _failed(message: str) -> int:
    from sim.scenario.complaints import plain

    print(plain(f"unanimity: {message}"), file=sys.stderr)
    return MACHINE


def _settle() -> None:
    """Forget what cannot be printed, so that the interpreter does not try again when it ends."""
    try:
        sys.stdout.flush()
    except OSError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def _act(given: argparse.Namespace) -> int:
    from sim.scenario.complaints import BadInput

    try:
        command = import_module(f"sim.commands.{given.command}")
        status: int = getattr(command, given.command)(given)
        return status
    except BadInput as wrong:
        print(wrong.text(), file=sys.stderr)
        return BAD_INPUT
