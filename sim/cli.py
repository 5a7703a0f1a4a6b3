"""Commands: words and calls, nothing else. What a command needs is imported when it runs, so --help answers at once."""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, NoReturn

from sim import __version__

if TYPE_CHECKING:
    from sim.scenario.load import Scenario

DONE, BAD_INPUT, NOT_APPLICABLE, MACHINE, INTERRUPTED = 0, 2, 3, 4, 130
COMMANDS = ("run", "trace", "check", "plot")
LATER = ("sweep", "sensitivity", "explain", "compare", "report", "page")


class Parser(argparse.ArgumentParser):
    """One line that says what is wrong, without the usage around it."""

    def error(self, message: str) -> NoReturn:
        print(f"{self.prog}: {message}; see {self.prog} --help", file=sys.stderr)
        sys.exit(BAD_INPUT)


def parser() -> Parser:
    """The command line, as the contract has it."""
    top = Parser(
        prog="unanimity",
        description="Simulate decisions by consensus: who blocks, how likely, and what other rules would have done.",
        epilog="A scenario is a file, or one that ships by name: tokyo-office-2023, tokyo-raw-autonomy, security-council.",
    )
    top.add_argument("--version", action="version", version=f"unanimity {__version__}")
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True, parser_class=Parser)

    run = commands.add_parser("run", help="outcome probabilities, who blocks, what other rules would have done")
    run.add_argument("scenario", metavar="SCENARIO")
    _common(run)
    run.add_argument("--out", metavar="DIR", help="where results go (default: results/NAME)")

    trace = commands.add_parser("trace", help="one replicate as a chronicle, round by round")
    trace.add_argument("scenario", metavar="SCENARIO")
    trace.add_argument("--proposal", metavar="P", default="0", help="its name or its place, from 0 (default: 0)")
    trace.add_argument("--replicate", metavar="R", default="0", help="which replicate, from 0 (default: 0)")
    _common(trace)

    check = commands.add_parser("check", help="validate scenario files, compute nothing")
    check.add_argument("scenario", metavar="SCENARIO", nargs="*")
    check.add_argument("--schema", action="store_true", help="print the JSON Schema of scenario files, for editors")
    check.add_argument("--set", metavar="KEY=VALUE", action="append", default=[], dest="settings")
    check.add_argument("--rule", metavar="RULE")
    check.add_argument("--quiet", action="store_true", help="say nothing but what is wrong")

    plot = commands.add_parser("plot", help="the pictures of a saved result again, in another format or size")
    plot.add_argument("result", metavar="RESULT", help="a result.json, or the folder it lies in")
    plot.add_argument("--out", metavar="DIR", help="where pictures go (default: beside the result)")
    plot.add_argument("--format", metavar="F", default="png,svg", help="png, svg, pdf, or several: png,svg (the default)")
    plot.add_argument("--size", metavar="WxH", help="inches, as in 8x5")
    plot.add_argument("--picture", metavar="NAME", action="append", help="only this one; may be given again")
    plot.add_argument("--quiet", action="store_true", help="do not name the pictures")
    return top


def _common(command: argparse.ArgumentParser) -> None:
    command.add_argument("--rule", metavar="RULE", help='another rule: majority, or {name="consensus-minus", k=2}')
    command.add_argument(
        "--set", metavar="KEY=VALUE", action="append", default=[], dest="settings", help="as in members.FRA.autonomy=0.4"
    )
    command.add_argument("--engine", metavar="E", help="auto, exact, simulate or agents")
    command.add_argument("--replicates", metavar="N", help="how many, for simulate and agents")
    command.add_argument("--seed", metavar="S", help="of all random numbers")
    command.add_argument("--json", action="store_true", help="the result, alone, on standard output")
    command.add_argument("--quiet", action="store_true", help="print nothing")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit status. Never a traceback for what a user or a machine can cause."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if words and words[0] in LATER:
        print(f"unanimity: {words[0]}: not yet: this version has run, trace, check and plot", file=sys.stderr)
        return BAD_INPUT
    if words and not words[0].startswith("-") and words[0] not in COMMANDS:
        words.insert(0, "run")
    if not words:
        words = ["--help"]
    given = parser().parse_args(words)
    try:
        status = _act(given)
        sys.stdout.flush()
        return status
    except KeyboardInterrupt:
        print(f"\ninterrupted; to start again: unanimity {shlex.join(words)}", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()
        return DONE
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        print(f"unanimity: {where}{error.strerror or error}; expected a folder that can be written", file=sys.stderr)
        return MACHINE
    except MemoryError:
        print("unanimity: memory ran out; fewer replicates or members at a time need less", file=sys.stderr)
        return MACHINE
    except ModuleNotFoundError as error:
        print(f"unanimity: {error.name} is not installed here; run: pip install -e .", file=sys.stderr)
        return MACHINE


def _act(given: argparse.Namespace) -> int:
    from sim.scenario.complaints import BadInput

    try:
        act = {"run": run, "trace": trace, "check": check, "plot": plot}[given.command]
        return act(given)
    except BadInput as wrong:
        print(wrong.text(), file=sys.stderr)
        return BAD_INPUT


def _loaded(given: argparse.Namespace, name: str) -> Scenario:
    from sim.scenario.load import Setting, load
    from sim.scenario.paths import assignment, value

    settings = [Setting(*assignment(each)) for each in given.settings]
    if given.rule is not None:
        settings.append(Setting("procedure.rule", value(given.rule), "--rule"))
    for key in ("engine", "replicates", "seed"):
        word = getattr(given, key, None)
        if word is not None:
            settings.append(Setting(f"run.{key}", value(word), f"--{key}"))
    return load(name, settings)


def run(given: argparse.Namespace) -> int:
    """Compute a scenario, print the answer, draw and save it."""
    from pathlib import Path

    from sim.answers.answer import DoesNotApply, answer

    scenario = _loaded(given, given.scenario)
    folder = Path(given.out) if given.out else None if given.json else Path("results", Path(scenario.file).stem)
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)  # before computing: a folder that cannot be written is said at once
    from sim.show.progress import bar

    try:
        with bar(shown=not given.quiet and not given.json) as progress:
            result = answer(scenario, pictures=not given.json, progress=progress)
    except DoesNotApply as reason:
        print(f"unanimity: {reason}", file=sys.stderr)
        return NOT_APPLICABLE
    written = []
    if folder is not None:
        from sim.show.files import save

        with bar(shown=not given.quiet and not given.json) as progress:
            written = save(scenario, result, folder, pictures=not given.json, progress=progress)
    if given.json:
        print(result.to_json())
    elif not given.quiet:
        from sim.show.terminal import print_result

        print_result(result, scenario, written)
    return DONE


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
        raise BadInput([f"--proposal: {shown(word)} is neither a proposal's name nor a place from 0 to {len(names) - 1}{nearest(word, names)}"])
    word = given.replicate
    if not word.isdecimal() or len(word) > 11 or int(word) > 10**10:
        raise BadInput([f"--replicate: {shown(word)}; expected a whole number from 0 to 10^10"])
    from sim.answers.answer import trace as traced

    chronicle = traced(scenario.questions[place].case, int(word), scenario.seed)
    if given.json:
        import json
        from dataclasses import asdict

        print(json.dumps(asdict(chronicle), ensure_ascii=False))
    elif not given.quiet:
        from sim.show.terminal import print_chronicle

        print_chronicle(chronicle, scenario.questions[place].case)
    return DONE


def check(given: argparse.Namespace) -> int:
    """Validate scenarios; with --schema print their JSON Schema."""
    from sim.scenario.complaints import BadInput

    if given.schema:
        import json

        from sim.scenario.schema import ScenarioFile

        print(json.dumps(ScenarioFile.model_json_schema(), indent=1, ensure_ascii=False))
        return DONE
    if not given.scenario:
        raise BadInput(["check: expected a scenario, or --schema"])
    status = DONE
    for name in given.scenario:
        try:
            scenario = _loaded(given, name)
        except BadInput as wrong:
            print(wrong.text(), file=sys.stderr)
            status = BAD_INPUT
            continue
        if not given.quiet:
            first = scenario.questions[0].case
            many = len(scenario.questions)
            print(f"{name}: sound: {first.council.size} members, {many} proposal{'s' * (many > 1)}, {first.rule.label}")
    return status


def plot(given: argparse.Namespace) -> int:
    """Draw the pictures of a saved result again."""
    from pathlib import Path

    from sim.answers.result import Result, ResultError
    from sim.scenario.complaints import BadInput, nearest, shown
    from sim.scenario.files import read
    from sim.show import plots

    path = Path(given.result)
    path = path / "result.json" if path.is_dir() else path
    try:
        result = Result.from_json(read(path, str(path)))
    except ResultError as error:
        raise BadInput([f"{path}:1: {error}"]) from None
    formats = [each.strip().lower() for each in given.format.split(",")]
    unknown = [each for each in formats if each not in ("png", "svg", "pdf")]
    if unknown:
        raise BadInput([f"--format: {shown(unknown[0])}{nearest(unknown[0], ('png', 'svg', 'pdf'))}"])
    for each in given.picture or []:
        if each not in plots.PICTURES:
            raise BadInput([f"--picture: {shown(each)}{nearest(each, plots.PICTURES)}"])
    folder = Path(given.out) if given.out else path.parent
    folder.mkdir(parents=True, exist_ok=True)
    for each in plots.draw(result, folder, formats, given.picture, _size(given.size)):
        if not given.quiet:
            print(each)
    return DONE


def _size(word: str | None) -> tuple[float, float] | None:
    if word is None:
        return None
    from sim.scenario.complaints import BadInput, shown

    try:
        width, height = (float(each) for each in word.lower().split("x"))
    except ValueError:
        width = height = 0.0
    if not (1 <= width <= 100 and 1 <= height <= 100):
        raise BadInput([f"--size: {shown(word)}; expected inches from 1 to 100, as in 8x5"])
    return width, height
