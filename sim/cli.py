"""Commands: words and calls, nothing else. What a command needs is imported when it runs, so --help answers at once."""

from __future__ import annotations

import argparse
import os
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sim.commandline import BAD_INPUT, parser, understood

if TYPE_CHECKING:
    from sim.scenario.load import Scenario

__all__ = ["main", "parser"]

DONE, NOT_APPLICABLE, MACHINE, INTERRUPTED = 0, 3, 4, 130


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
        print(f"{newline}interrupted; to start again: {_command()} {shlex.join(words)}", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        _settle()
        return DONE
    except OSError as error:
        _settle()
        where = f"{error.filename}: " if error.filename else ""
        return _failed(f"{where}{error.strerror or error}; expected a place that can be written, with room left")
    except MemoryError:
        return _failed("memory ran out; fewer replicates or members at a time need less")
    except ModuleNotFoundError as error:
        return _failed(f"{error.name} is not installed here; run: pip install -e .")


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
        act = {"run": run, "trace": trace, "check": check, "plot": plot}[given.command]
        return act(given)
    except BadInput as wrong:
        print(wrong.text(), file=sys.stderr)
        return BAD_INPUT


def _loaded(given: argparse.Namespace, name: str) -> Scenario:
    from sim.scenario.complaints import shown
    from sim.scenario.load import Setting, load
    from sim.scenario.paths import PathError, assignment, value

    settings = [] if given.rule is None else [Setting("procedure.rule", value(given.rule), "--rule")]
    wrong = []
    for each in given.settings:
        try:
            settings.append(Setting(*assignment(each)))
        except PathError as error:
            wrong.append(f"--set: {shown(each)}: {error}")
    for key in ("engine", "replicates", "seed"):
        word = getattr(given, key)
        if word is not None:
            settings.append(Setting(f"run.{key}", value(word), f"--{key}"))
    return load(name, settings, wrong)


def run(given: argparse.Namespace) -> int:
    """Compute a scenario, print the answer, draw and save it."""
    scenario = _loaded(given, given.scenario)
    from sim.answers.answer import DoesNotApply, answer, way
    from sim.show.progress import bar

    try:
        way(scenario)
    except DoesNotApply as reason:
        print(f"unanimity: {reason}", file=sys.stderr)
        return NOT_APPLICABLE
    folder = Path(given.out) if given.out else None if given.json else Path("results", Path(scenario.file).stem)
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)  # before computing: a folder that cannot be written is said at once
    shown = not given.quiet and not given.json
    with bar(shown) as progress:
        result = answer(scenario, pictures=not given.json, progress=progress)
    written = []
    if folder is not None:
        from sim.show.files import save

        with bar(shown) as progress:
            written = save(scenario, result, folder, pictures=not given.json, progress=progress)
    if given.json:
        _print_json(result.to_json())
    elif not given.quiet:
        from sim.show.terminal import print_result

        print_result(result, scenario, written)
    return DONE


def _json(value: object) -> str:
    import json

    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _print_json(text: str) -> None:
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
    print(text)


def trace(given: argparse.Namespace) -> int:
    """Print one replicate round by round."""
    scenario = _loaded(given, given.scenario)
    from sim.scenario.complaints import BadInput, nearest, shown

    names = [each.case.proposal.name for each in scenario.questions]
    word = given.proposal
    if word in names:
        place = names.index(word)
    elif word.isdecimal() and len(word) < 6 and int(word) < len(names):
        place = int(word)
    else:
        what = f"{shown(word)} is neither a proposal's name nor a place from 0 to {len(names) - 1}"
        raise BadInput([f"--proposal: {what}{nearest(word, names)}"])
    word = given.replicate
    if not word.isdecimal() or len(word) > 11 or int(word) >= 10**10:
        raise BadInput([f"--replicate: {shown(word)}; expected a whole number from 0 to 10^10 - 1"])
    from dataclasses import asdict

    from sim.answers.answer import trace as traced

    chronicle = traced(scenario.questions[place].case, int(word), scenario.seed)
    text = _json(asdict(chronicle))
    if given.out:
        from sim.show.files import write

        Path(given.out).mkdir(parents=True, exist_ok=True)
        write(Path(given.out) / "trace.json", text + "\n")
    if given.json:
        _print_json(text)
    elif not given.quiet:
        from sim.show.terminal import print_chronicle

        print_chronicle(chronicle, scenario.questions[place].case)
    return DONE


def check(given: argparse.Namespace) -> int:
    """Validate scenarios; with --schema print their JSON Schema."""
    from sim.scenario.complaints import BadInput, plain

    if given.schema:
        import json

        from sim.scenario.schema import published

        _print_json(json.dumps(published(), indent=1, ensure_ascii=False, allow_nan=False))
        return DONE
    if not given.scenario:
        raise BadInput(["check: expected a scenario, or --schema"])
    status, sound = DONE, []
    for name in given.scenario:
        try:
            scenario = _loaded(given, name)
        except BadInput as wrong:
            print(wrong.text(), file=sys.stderr)
            status = BAD_INPUT
            continue
        size, many = scenario.questions[0].case.council.size, len(scenario.questions)
        labels = list(dict.fromkeys(each.case.rule.label for each in scenario.questions))
        sound.append({"file": name, "members": size, "proposals": many, "rules": labels})
        if not given.quiet and not given.json:
            members, proposals = f"{size} member{'s' * (size > 1)}", f"{many} proposal{'s' * (many > 1)}"
            print(plain(f"{name}: sound: {members}, {proposals}, {', '.join(labels)}"))
    if given.json:
        _print_json(_json(sound))
    return status


def plot(given: argparse.Namespace) -> int:
    """Draw the pictures of a saved result again."""
    from sim.answers.result import Result, ResultError
    from sim.scenario import files
    from sim.scenario.complaints import BadInput, nearest, shown
    from sim.show import plots

    path = Path(given.result)
    path = path / "result.json" if path.is_dir() else path
    try:
        result = Result.from_json(files.result(path))
    except (ResultError, OverflowError) as error:
        raise BadInput([f"{path}:1: the file: {error}"]) from None
    formats = [each.strip().lower() for each in given.format.split(",")]
    asked = {"--format": (formats, plots.FORMATS), "--picture": (given.picture or [], list(plots.PICTURES))}
    wrong = [
        f"{option}: {shown(word)} is not known{nearest(word, known)}"
        for option, (words, known) in asked.items()
        for word in words
        if word not in known
    ]
    size = _size(given.size, wrong)
    if wrong:
        raise BadInput(wrong)
    folder = Path(given.out) if given.out else path.parent
    folder.mkdir(parents=True, exist_ok=True)
    lacking = [each for each in given.picture or plots.PICTURES if each not in plots.drawable(result)]
    if lacking and given.picture:
        what = "the result has no numbers for it; expected one saved by run without --json"
        raise BadInput([f"--picture: {each}: {what}" for each in lacking])
    drawn = [str(each) for each in plots.draw(result, folder, formats, given.picture, size)]
    if given.json:
        _print_json(_json(drawn))
    elif not given.quiet:
        print("\n".join(drawn))
        if lacking:
            print(f"not drawn, as the result has no numbers for them: {', '.join(lacking)}", file=sys.stderr)
    return DONE


def _size(word: str | None, wrong: list[str]) -> tuple[float, float] | None:
    if word is None:
        return None
    from sim.scenario.complaints import shown

    try:
        width, height = (float(each) for each in word.lower().split("x"))
    except ValueError:
        width = height = 0.0
    if 1 <= width <= 100 and 1 <= height <= 100:
        return width, height
    wrong.append(f"--size: {shown(word)}; expected inches from 1 to 100, as in 8x5")
    return None
