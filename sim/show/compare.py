"""A comparison on a terminal, and as files: what differs, what that changes, and how surely."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from sim.show.differences import (
    CHANGED,
    above,
    changed,
    difference,
    how,
    interpreted,
    interval,
    level,
    most_changed,
    notes,
    sentence,
)
from sim.show.files import inert, write
from sim.show.sure import effective
from sim.show.tables import GIVEN, OVER, SHOWN, headed, plain, say, terminal
from sim.study.differences import Comparison, Gap, MemberGap, Spread, TextComparison, Versus

DETAILED = 4  # alternatives whose outcomes and members are shown
MEMBERS = 5
BAND = ("draws", "p05", "p50", "p95", "above", "below")
HEAD = ("proposal", "alternative", "measure", "member", "reference", "value", "difference", "standard_error", "engine")
COLUMNS = (*HEAD, "replicates", *BAND, *(f"conditioned.{each}" for each in (*BAND, "effective_draws")))


def print_comparison(found: Comparison, written: Sequence[Path]) -> None:
    """Print a comparison for a person."""
    console = terminal()
    console.print(Text.assemble(("Question  ", "bold"), plain(found.reference.scenario.question)))
    console.print()
    say(console, f"Compared with {found.reference.label} ({found.reference.scenario.file}):")
    for each in found.alternatives:
        what = changed(each)
        say(console, what if what.partition(",")[0] == each.label else f"{each.label}: {what}", "  ")
    console.print()
    for each in found.alternatives:
        say(console, sentence(found, each))
    console.print()
    say(console, how(found))
    for note in notes(found):
        say(console, note)
    console.print()
    for table in _tables(console, found):
        console.print(table)
        console.print()
    console.print(Text("Provisional", "bold"))
    for note in found.reference.scenario.notes or ["Weights and loadings are chosen by hand."]:
        say(console, note, "  ")
    if written:
        console.print()
        say(console, f"Written to {written[0].parent}/: {', '.join(each.name for each in written)}")


def _tables(console: Console, found: Comparison) -> Iterator[Table]:
    yield _adoption(console, found)
    if any(each.adopted_any.uncertainty for text in found.proposals for each in text.differences):
        yield _over_draws(console, found)
    for side in found.alternatives[:DETAILED]:
        text, versus = most_changed(found, side.label)
        if any(abs(gap.difference) >= CHANGED for gap in (*versus.outcomes.values(), versus.lone_hold_out)):
            yield _details(console, found, text, versus)


def _by_alternative(found: Comparison) -> Iterator[tuple[str, list[tuple[TextComparison, Versus]]]]:
    for side in found.alternatives:
        pairs = [(text, each) for text in found.proposals for each in text.differences if each.label == side.label]
        yield side.label, pairs


def _mark(found: Comparison) -> str:
    exact = {each.replicates is None for text in found.proposals for each in text.differences}
    if len(exact) > 1:
        return "exact, or ± one standard error"
    return "exact" if True in exact else "± one standard error"


def _adoption(console: Console, found: Comparison) -> Table:
    title = f"P(adopted in any form): difference from {found.reference.label} ({_mark(found)})"
    table = headed(console, title, ["", "reference", "alternative", "difference"])
    for label, pairs in _by_alternative(found):
        table.add_row(plain(label))
        for text, versus in pairs[:SHOWN]:
            table.add_row(plain(f"  {text.name}"), *_cells(versus.adopted_any, versus.replicates))
        _more(table, len(pairs) - SHOWN, "proposals")
    return table


def _cells(gap: Gap, replicates: int | None) -> list[str]:
    return [level(gap.reference, replicates), level(gap.alternative, replicates), difference(gap, replicates)]


def _over_draws(console: Console, found: Comparison) -> Table:
    """Differences draw by draw: another layer than the published values and their Monte Carlo error."""
    gaps = [each.adopted_any for text in found.proposals for each in text.differences]
    given = any(interpreted(gap.conditioned) for gap in gaps)
    title = f"The same difference: median (5–95 %) over {found.draws:,} common outer draws, and how often it is above 0"
    if any(gap.uncertainty and gap.uncertainty.draws < found.draws for gap in gaps):
        title += f"; where simulated, over {found.simulated_draws:,}"
    if given and found.effective_draws:
        title += f"; {GIVEN}, {effective(found.effective_draws)} effective draws"
    table = headed(console, title, ["", OVER, "above 0", *([GIVEN, "above 0"] if given else [])])
    for label, pairs in _by_alternative(found):
        table.add_row(plain(label))
        for text, versus in pairs[:SHOWN]:
            before, after = versus.adopted_any.uncertainty, interpreted(versus.adopted_any.conditioned)
            cells = [interval(before), above(before), *([interval(after), above(after)] if given else [])]
            table.add_row(plain(f"  {text.name}"), *cells)
    return table


def _details(console: Console, found: Comparison, text: TextComparison, versus: Versus) -> Table:
    rules = versus.rule if versus.rule == versus.reference_rule else f"{versus.reference_rule} and {versus.rule}"
    mark = "exact" if versus.replicates is None else "± one standard error, paired for differences"
    title = f"What changes with {versus.label}: {text.name}, under {rules} ({mark})"
    table = headed(console, title, ["", "reference", "alternative", "difference"])
    for name, gap in {**versus.outcomes, "exactly one member holds out": versus.lone_hold_out}.items():
        if abs(gap.difference) >= CHANGED:
            table.add_row(name, *_cells(gap, versus.replicates))
    moved = [each for each in versus.members if _moves(each)]
    for each in moved[:MEMBERS]:
        table.add_row(plain(f"{each.name} holds out"), *_cells(each.final_hold_out, versus.replicates))
        if abs(each.object.difference) >= CHANGED:
            table.add_row(plain(f"{each.name} objects as tabled"), *_cells(each.object, versus.replicates))
    _more(table, len(moved) - MEMBERS, "members")
    return table


def _moves(member: MemberGap) -> bool:
    return max(abs(member.final_hold_out.difference), abs(member.object.difference)) >= CHANGED


def _more(table: Table, rest: int, what: str) -> None:
    if rest > 0:
        table.add_row(Text(f"and {rest:,} more {what}: see comparison.csv", "dim"))


# -- files ------------------------------------------------------------------------------------------------------------


def save(found: Comparison, folder: Path, *, pictures: bool) -> list[Path]:
    """Write a comparison's files; each is complete or not there. OSError where the folder cannot be written."""
    written = [
        write(folder / "comparison.json", found.to_json() + "\n"),
        write(folder / "comparison.csv", tabled(found)),
    ]
    if pictures:
        from sim.show.plots import compare as plots  # imports matplotlib

        written += plots.draw(found, folder)
    return written


def tabled(found: Comparison) -> str:
    """CSV, a row a proposal, alternative and measure; numbers read back to the same bits, what is lacking is empty."""
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(COLUMNS)
    for text in found.proposals:
        for versus in text.differences:
            for measure, member, gap in _measures(versus):
                said = [inert(text.name), inert(versus.label), measure, inert(member) if member else ""]
                numbers = [gap.reference, gap.alternative, gap.difference, gap.standard_error]
                rows.writerow([*said, *map(repr, numbers), versus.engine, _cell(versus.replicates), *_bands(gap)])
    return out.getvalue()


def _measures(versus: Versus) -> Iterator[tuple[str, str, Gap]]:
    yield "adopted_any", "", versus.adopted_any
    yield from ((name, "", gap) for name, gap in versus.outcomes.items())
    yield "lone_hold_out", "", versus.lone_hold_out
    for each in versus.members:
        for name in ("object", "final_hold_out", "lone_hold_out"):
            yield name, each.id, getattr(each, name)


def _bands(gap: Gap) -> list[str]:
    before, after = gap.uncertainty, gap.conditioned
    return [*_of(before, BAND), *_of(after, (*BAND, "effective_draws"))]


def _of(spread: Spread | None, names: Sequence[str]) -> list[str]:
    return ["" if spread is None else _cell(getattr(spread, each)) for each in names]


def _cell(value: float | int | None) -> str:
    return "" if value is None else repr(value)
