"""An explanation on the terminal: what a text is worth to a member, what objecting costs it, what would win it over."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from sim.show.prices import cell, chance, cheapest, concession, of, offered, own, package, supplied, utils
from sim.show.tables import SHOWN, headed, plain, say, terminal
from sim.show.words import amount, listed, percent, rate
from sim.study.explanation import DriverPart, Explained, ExplainedMember
from sim.study.prices import HALF

UTIL = (
    "Values are in utils. Nobody knows all that moves a government, so a value is only where the odds stand: at 0 it"
    " supports the text every second time, at +1 in 73 % of cases, at +3 in 95 %, at -3 in 5 %."
)
WIDE = 96  # of a command that is to be copied


def print_explained(found: Explained, written: Sequence[Path]) -> None:
    """Print an explanation for a person."""
    console = terminal()
    console.print(Text.assemble(("Question  ", "bold"), plain(found.scenario.question)))
    console.print()
    for sentence in (answer(found), whom(found), UTIL):
        say(console, sentence)
    for member in found.explained:
        console.print()
        _member(console, found, member)
    console.print()
    _prices(console, found)
    _sources(console, found)
    if written:
        console.print()
        say(console, f"Written to {written[0].parent}/: {', '.join(each.name for each in written)}")


def answer(found: Explained) -> str:
    """How likely the text is adopted."""
    p = rate(found.adopted_any, found.standard_error, found.replicates)
    return f"Under {found.rule} “{found.proposal}” is adopted, in any form, with probability {p}{engine(found)}."


def engine(found: Explained) -> str:
    """How that was computed."""
    return " (exact)" if found.replicates is None else f" (Monte Carlo, {found.replicates:,} replicates)"


def whom(found: Explained) -> str:
    """Who is explained, and why."""
    names = listed([each.name for each in found.explained])
    if found.asked is not None:
        return f"Explained here: {names}."
    if max(each.blame.final_hold_out for each in found.explained) < NOBODY:
        return f"Nobody is a likely hold-out; nearest to it is {names}."
    one = len(found.explained) == 1
    return f"The likely hold-out{'' if one else 's'}: {names}, with {100 * found.covered:.0f} % of all final hold-outs."


NOBODY = 0.005


def _member(console: Console, found: Explained, member: ExplainedMember) -> None:
    stance, blame = member.stances, member.blame
    console.print(Text(plain(member.name).plain, "bold"))
    say(
        console,
        f"It objects with probability {percent(stance.object)}, acquiesces with {percent(stance.acquiesce)} and"
        f" supports with {percent(stance.support)}, as the text is tabled. It holds out to the end in"
        f" {percent(blame.final_hold_out)}, alone in {percent(blame.lone_hold_out)}{_pivotal(member)}.",
    )
    console.print()
    console.print(_drivers(console, member))
    console.print()
    for sentence in (*objecting(found, member), concession(found, member), *own(found, member)):
        if sentence:
            say(console, sentence)


def _pivotal(member: ExplainedMember) -> str:
    pivotality = member.blame.pivotality
    return "" if pivotality is None else f"; did it never object, adoption would be {percent(pivotality)} likelier"


def _drivers(console: Console, member: ExplainedMember) -> Table:
    title = f"What the text is worth to {member.name}, utils: sign × weight × loading × trait (± its sd)"
    table = headed(console, title, ["", "adds", "", "weight", "loading", "trait", "from the column"])
    table.columns[-1].justify = "left"
    table.columns[-1].no_wrap = False
    table.add_row("appeal, the same for all", utils(member.appeal), "", "", "", "", "")
    for part in sorted(member.drivers, key=lambda each: -abs(each.part))[:MOST]:
        sign = "benefit" if part.benefit else "cost"
        spread = "" if part.part_sd is None else f" ± {part.part_sd:.2f}"
        table.add_row(
            plain(f"{part.driver}, a {sign}"),
            utils(part.part),
            spread,
            f"{part.weight:g}",
            f"{part.loading:g}",
            f"{part.trait:.2f}",
            plain(_column(part)),
        )
    rest = sorted(member.drivers, key=lambda each: -abs(each.part))[MOST:]
    if rest:
        table.add_row(f"and {len(rest)} more drivers", utils(sum(each.part for each in rest)), "", "", "", "", "")
    if member.grievance:
        table.add_row("grievance, its own", utils(member.grievance), "", "", "", "", "")
    table.add_row(Text("value", "bold"), Text(utils(member.value), "bold"), "", "", "", "", "")
    return table


MOST = 20  # drivers


def _column(part: DriverPart) -> str:
    if part.overridden:
        return "set by hand"
    if part.column is None:
        return "no such column: 0"
    column = f"1 - {part.column}" if part.inverted else part.column
    return column if part.divided_by == 1.0 else f"{column} / {part.divided_by:g}"


def objecting(found: Explained, member: ExplainedMember) -> list[str]:
    """What objecting costs the member, and what of its value is at stake, in sentences."""
    cost, last = member.cost, len(member.cost.total) - 1
    first = (
        f"Objecting costs it {amount(cost.total[0])} utils: {amount(cost.fixed)} for breaking silence and"
        f" {amount(cost.isolation)} for standing against the {100 * cost.share:.0f} % of the others that support the"
        " text on average"
    )
    later = f"; {amount(cost.total[last])} by round {last}, as holding out tires" if cost.fatigue[last] > 0 else ""
    stake = f"Of what the text is worth to it, {100 * member.stake:.0f} % counts: so much does it care."
    if member.never_objects:
        return [f"{first}{later}.", f"{stake} It never objects: where it would, it acquiesces."]
    below = utils(-cost.total[0] / member.stake)
    return [f"{first}{later}.", f"{stake} So it objects where the text is worth less than {below} to it, all told."]


def _prices(console: Console, found: Explained) -> None:
    title = f"The price of consent: what would make the text as likely adopted as not ({_certainty(found)})"
    table = headed(console, title, ["each alone, all else as stated", "price", "as stated", "P(adopted)"])
    for price in found.prices:
        table.add_row(plain(offered(price)), cell(price), of(price.instrument, price.stated), chance(found, price))
    table.columns[0].max_width = 50
    console.print(table)
    for sentence in (*found.unpriced, *found.notes):
        say(console, sentence)
    for price in found.prices:
        if price.command is not None and price.value:
            copied(console, price.command)
    console.print()
    _packages(console, found)
    for sentence in supplied(found):
        say(console, sentence)


def _certainty(found: Explained) -> str:
    return "exact" if found.price_replicates is None else f"Monte Carlo, {found.price_replicates:,} replicates"


def _packages(console: Console, found: Explained) -> None:
    frontier = found.frontier
    if frontier is None:
        if found.price_engine == "exact" and found.adopted_any < HALF:
            say(console, "No package of these, offered to as many as stated, gets there either.")
        return
    table = headed(console, "Packages that do the same", ["", "expected cost", "P(adopted)"])
    table.columns[0].max_width = 64
    ranked = sorted(frontier.packages, key=lambda each: each.cost)
    for each in ranked[:SHOWN]:
        table.add_row(plain(package(each)), f"{amount(each.cost)} utils", percent(each.adopted))
    console.print(table)
    say(console, cheapest(found))
    copied(console, frontier.packages[frontier.cheapest].command)
    console.print()


def copied(console: Console, command: str) -> None:
    """A command to be copied, in lines that a shell joins."""
    lines = [""]
    for part in re.split(r"(?= --)", command):
        if lines[-1] and len(lines[-1]) + len(part) > WIDE:
            lines.append("   ")
        lines[-1] += part
    for number, line in enumerate(lines):
        tail = " \\" if number < len(lines) - 1 else ""
        console.print(Text(f"  {plain(line).plain}{tail}"), soft_wrap=True)


def _sources(console: Console, found: Explained) -> None:
    """Where the traits' numbers come from, once a column."""
    parts = {part.column: part for each in found.explained for part in each.drivers if part.origin and part.part}
    shown = [part for part in parts.values() if part.origin and (part.origin.sources or part.origin.years)]
    if not shown:
        return
    console.print()
    console.print(Text("Where the traits come from", "bold"))
    for part in shown[:MOST]:
        origin = part.origin
        if origin is not None:
            measures = (origin.measures or "").removeprefix("Measures ").split(". ")[0].rstrip(".")
            numbers = ", ".join(each.partition(":")[0] for each in origin.sources)
            said = f"{part.column}: {measures}" + (f" [{numbers}]" if numbers else "")
            say(console, said, "  ")
    say(console, "Formulas, years, weaknesses and the sources in full: explanation.json, and SOURCES.md.", "  ")
