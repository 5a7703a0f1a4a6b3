"""The command line: its words, and what is wrong with them. Nothing heavy is imported, so --help answers at once."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable
from typing import Any, NoReturn, TypeAlias

from sim import __version__

BAD_INPUT = 2
COMMANDS = ("run", "sweep", "sensitivity", "trace", "explain", "compare", "check", "plot", "report", "page")


Commands: TypeAlias = "argparse._SubParsersAction[Parser]"


class Parser(argparse.ArgumentParser):
    """One line that says what is wrong, without the usage around it; options are never shortened."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **{"allow_abbrev": False, **options})

    def error(self, message: str) -> NoReturn:
        from sim.scenario.complaints import plain

        print(plain(f"{self.prog}: {message}; see {self.prog} --help"), file=sys.stderr)
        sys.exit(BAD_INPUT)

    def sound(self, words: Iterable[str]) -> None:
        """Refuse an option that is not known, and name the nearest."""
        for word in words:
            option = word.partition("=")[0]
            if option == "--":
                return
            if option.startswith("--") and option not in self._option_string_actions:
                from sim.scenario.complaints import nearest, shown

                self.error(f"{shown(option)} is no option{nearest(option, self._option_string_actions)}")


def parser() -> Parser:
    """The command line, as the contract has it."""
    top = Parser(
        prog="unanimity",
        description="Simulate decisions by consensus: who blocks, how likely, and what other rules would have done.",
        epilog="A scenario is a file, or one that ships: tokyo-office-2023, tokyo-raw-autonomy, tokyo-room-2023, "
        "security-council.",
    )
    top.add_argument("--version", action="version", version=f"unanimity {__version__}")
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True, parser_class=Parser)

    for add in (_run, _sweep, _sensitivity, _trace, _explain, _compare, _check, _plot, _report, _page):
        add(commands)
    return top


def _run(commands: Commands) -> None:
    run = commands.add_parser("run", help="outcome probabilities, who blocks, what other rules would have done")
    run.add_argument("scenario", metavar="SCENARIO")
    _common(run)
    _printing(run)
    run.add_argument("--out", metavar="DIR", help="where results go (default: results/NAME)")


def _sweep(commands: Commands) -> None:
    sweep = commands.add_parser("sweep", help="a grid or a sample of cells over any paths, resumable")
    sweep.add_argument("scenario", metavar="SCENARIO")
    example = "a path and its values: start:end:count, or a,b,c; may be given again"
    sweep.add_argument("--vary", metavar="KEY=VALUES", action="append", default=[], help=example)
    sweep.add_argument("--name", metavar="NAME", help="a sweep that stands in the scenario")
    sweep.add_argument("--sample", metavar="S", help="instead of a grid: sobol, latin, halton or morris")
    sweep.add_argument("--points", metavar="N", help="how many cells of a sample")
    sweep.add_argument("--parquet", action="store_true", help="also write cells.parquet")
    sweep.add_argument("--picture", metavar="NAME", action="append", help="only this one; may be given again")
    sweep.add_argument("--block", metavar="N", help="cells a block (default: as many as fit)")
    _working(sweep)
    _common(sweep)
    _printing(sweep)
    sweep.add_argument("--out", metavar="DIR", help="where cells go (default: results/NAME/SWEEP)")


def _sensitivity(commands: Commands) -> None:
    sensitivity = commands.add_parser("sensitivity", help="which uncertain inputs matter: indices, and ablations")
    sensitivity.add_argument("scenario", metavar="SCENARIO")
    sensitivity.add_argument("--method", metavar="M", default="sobol", help="sobol or morris (default: sobol)")
    sensitivity.add_argument("--points", metavar="N", help="base points of Sobol, trajectories of Morris")
    sensitivity.add_argument("--proposal", metavar="P", default="0", help="its name or its place, from 0 (default: 0)")
    sensitivity.add_argument("--member", metavar="ID", help="who is looked at (default: who most likely blocks alone)")
    _working(sensitivity)
    _common(sensitivity)
    _printing(sensitivity)
    sensitivity.add_argument("--out", metavar="DIR", help="where results go (default: results/NAME/sensitivity)")


def _trace(commands: Commands) -> None:
    trace = commands.add_parser("trace", help="one replicate as a chronicle, round by round")
    trace.add_argument("scenario", metavar="SCENARIO")
    trace.add_argument("--proposal", metavar="P", default="0", help="its name or its place, from 0 (default: 0)")
    trace.add_argument("--replicate", metavar="R", default="0", help="which replicate, from 0 (default: 0)")
    _common(trace)
    _printing(trace)
    trace.add_argument("--out", metavar="DIR", help="also save it there, as trace.json")


def _explain(commands: Commands) -> None:
    explain = commands.add_parser("explain", help="why members take their stances, and what would win them over")
    explain.add_argument("scenario", metavar="SCENARIO")
    whose = "a member's id or name (default: the likely hold-outs)"
    explain.add_argument("member", metavar="MEMBER", nargs="?", help=whose)
    explain.add_argument("--proposal", metavar="P", default="0", help="its name or its place, from 0 (default: 0)")
    _common(explain)
    _printing(explain)
    explain.add_argument("--out", metavar="DIR", help="where results go (default: results/NAME/explain)")


def _compare(commands: Commands) -> None:
    compare = commands.add_parser("compare", help="scenarios, or one under several settings, on common draws")
    compare.add_argument("scenario", metavar="SCENARIO", nargs="+")
    several = "an alternative of several settings: LABEL: KEY=VALUE, KEY=VALUE; may be given again"
    compare.add_argument("--case", metavar="SETTINGS", action="append", default=[], dest="cases", help=several)
    compare.add_argument("--proposal", metavar="P", help="only this one: its name or its place, from 0")
    compare.add_argument("--workers", metavar="N", help="processes (default: as many as the work is worth)")
    _common(compare)
    _printing(compare)
    compare.add_argument("--out", metavar="DIR", help="where results go (default: results/NAME/compare)")


def _check(commands: Commands) -> None:
    check = commands.add_parser("check", help="validate scenario files, compute nothing")
    check.add_argument("scenario", metavar="SCENARIO", nargs="*")
    check.add_argument("--schema", action="store_true", help="print the JSON Schema of scenario files, for editors")
    _common(check)
    check.add_argument("--json", action="store_true", help="what is sound, as JSON")
    check.add_argument("--quiet", action="store_true", help="say nothing but what is wrong")
    check.add_argument("--out", metavar="DIR", help="taken, as elsewhere; nothing is written")


def _plot(commands: Commands) -> None:
    plot = commands.add_parser("plot", help="the pictures of a saved result again, in another format or size")
    plot.add_argument("result", metavar="RESULT", help="what run, sweep, sensitivity or compare left: folder or file")
    plot.add_argument("--out", metavar="DIR", help="where pictures go (default: beside the result)")
    plot.add_argument("--format", metavar="F", default="png,svg", help="png, svg, pdf, or several (default: png,svg)")
    plot.add_argument("--size", metavar="WxH", help="inches, as in 8x5")
    plot.add_argument("--picture", metavar="NAME", action="append", help="only this one; may be given again")
    plot.add_argument("--json", action="store_true", help="the paths of the pictures, as JSON")
    plot.add_argument("--quiet", action="store_true", help="do not name the pictures")


def _report(commands: Commands) -> None:
    report = commands.add_parser("report", help="a self-contained page to print, of a scenario or of what was saved")
    report.add_argument("scenario", metavar="SCENARIO", help="also what run or sweep left: folder or file")
    _common(report)
    report.add_argument("--json", action="store_true", help="the page's path and size, as JSON")
    report.add_argument("--quiet", action="store_true", help="do not name the page")
    report.add_argument("--out", metavar="DIR", help="where it goes (default: results/NAME, or beside the result)")


def _page(commands: Commands) -> None:
    page = commands.add_parser("page", help="an interactive page on this machine")
    page.add_argument("scenario", metavar="SCENARIO")
    page.add_argument("--port", metavar="N", help="where it listens (default: 8080; 0: any that is free)")
    page.add_argument("--host", metavar="ADDRESS", default="127.0.0.1", help="for whom (default: this machine alone)")
    page.add_argument("--open", action="store_true", help="also open it in a browser")
    _common(page)
    page.add_argument("--quiet", action="store_true", help="do not print the address")


def _common(command: argparse.ArgumentParser) -> None:
    command.add_argument("--rule", metavar="RULE", help='another rule: majority, or {name="consensus-minus", k=2}')
    example = "as in members.FRA.autonomy=0.4"
    command.add_argument("--set", metavar="KEY=VALUE", action="append", default=[], dest="settings", help=example)
    command.add_argument("--engine", metavar="E", help="auto, exact, simulate or agents")
    command.add_argument("--replicates", metavar="N", help="how many, for simulate and agents")
    command.add_argument("--seed", metavar="S", help="of all random numbers")


def _working(command: argparse.ArgumentParser) -> None:
    command.add_argument("--workers", metavar="N", help="processes (default: as many as the work is worth)")
    command.add_argument("--cluster", metavar="ADDRESS", help="a running Dask scheduler, as in tcp://host:8786")


def _printing(command: argparse.ArgumentParser) -> None:
    command.add_argument("--json", action="store_true", help="the result, alone, on standard output")
    command.add_argument("--quiet", action="store_true", help="print nothing")


def understood(words: list[str]) -> argparse.Namespace:
    """The command line, taken apart. A first word that is no command is a scenario to run."""
    top = parser()
    if not words:
        words.append("--help")
    first = words[0]
    if first not in (*COMMANDS, "-h", "--help", "--version"):
        if not first.startswith("-"):
            _scenario_or_command(top, first)
        words.insert(0, "run")
    if words[0] in COMMANDS:
        commands = next(each for each in top._actions if isinstance(each, argparse._SubParsersAction))
        commands.choices[words[0]].sound(words[1:])
    return top.parse_args(words)


def _scenario_or_command(top: Parser, word: str) -> None:
    """Refuse a bare word that is neither, and name the nearest of both."""
    from sim.scenario.files import bare, locate, shipped

    if bare(word) and "." not in word and not os.path.lexists(locate(word)):
        from sim.scenario.complaints import nearest, shown

        top.error(f"{shown(word)} is no command and no scenario{nearest(word, (*COMMANDS, *shipped()))}")
