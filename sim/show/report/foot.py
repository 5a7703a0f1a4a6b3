"""The last parts of a brief: where the members' numbers come from, what is provisional, how to have it all again."""

from __future__ import annotations

import re

from sim.answers.result import Result
from sim.scenario.sources import ColumnSource
from sim.show.layers import layered
from sim.show.report.brief import Brief, Column
from sim.show.report.caveats import SOFT
from sim.show.report.clip import NOTE, clipped, few
from sim.show.report.elements import Markup, joined, tag
from sim.show.report.frame import bullets, command, section, sentences

COLUMNS, SOURCES, NOTES, CITED = 10, 5, 6, 2


def origins(brief: Brief) -> Markup | None:
    """Where the members' numbers come from, column by column, and what the scenario rests on."""
    known = [each for each in brief.columns if each.source]
    told, rest = known[:COLUMNS], len(known) - COLUMNS
    first = "Each driver is fed by a number from 0 to 1 for each member." if told else ""
    more = f" Of {rest} more: see there." if rest > 0 else ""
    said = sentences(first, _beside(brief) + more, class_="note")
    items = bullets([_column(each, each.source) for each in told if each.source], class_="flow small")
    named = bullets(few(brief.result.scenario.sources or [], SOURCES, 240, "the scenario file"), class_="small")
    own = joined(tag("h3", "The scenario’s own sources"), named) if named else None
    return section("Where the numbers come from", said, items, own) if said or own else None


def _beside(brief: Brief) -> str:
    if any(each.source for each in brief.columns):
        return "Formulas, sources in full and known weaknesses: SOURCES.md, beside the members file."
    if "illustrative" in (brief.result.scenario.sources or []):
        return "Illustrative: the members’ numbers were made up for this scenario, and stand in its file."
    return "Of single columns nothing is said beside the members." if brief.columns else ""


def _column(column: Column, source: ColumnSource) -> Markup:
    """What it measures, when, and whose it is, in a few words."""
    measures = (source.measures or "what is not said").removeprefix("Measures ").split(". ")[0].rstrip(".")
    names = list(dict.fromkeys(filter(None, map(_short, source.sources))))
    shown = names[:CITED] + ([f"{len(names) - CITED} more"] if len(names) > CITED else [])
    said = f" {clipped(measures, 110)} ({_years(source.years or '')}). {'; '.join(shown) or 'No source is named'}."
    return joined(tag("strong", f"{column.feeds}:"), said)


def _years(text: str) -> str:
    """First and last of the years that are named; else what is said."""
    found = [int(each) for each in re.findall(r"\b(?:19|20)\d\d", text)]
    ends = [int(each[:2] + last) for each, last in re.findall(r"\b((?:19|20)\d\d)–(\d\d)\b", text)]
    found += ends
    if not found:
        return "those of its parts" if "those of" in text else clipped(text or "not said", 40)
    return f"{min(found)}–{max(found)}" if min(found) != max(found) else str(found[0])


def _short(source: str) -> str:
    """Whose it is, without its number, its edition and its tables; nothing for what needs no source."""
    name = re.split(r"[:;(]|, [a-z]| \d{4}", source.partition(": ")[2] or source)[0].strip()
    return "" if name.startswith(("the same", "general knowledge")) else clipped(name, 44)


# -- what is provisional, and how to have it again --------------------------------------------------------------------


def provisional(brief: Brief) -> Markup:
    """What must not be read out of these numbers: the notes that name no soft spot."""
    notes = [each for each in brief.result.scenario.notes or [] if not each.lower().startswith(SOFT)]
    first = "The weights are provisional, and so is every probability here."
    said = bullets(few(notes, NOTES, NOTE, "the scenario file"), class_="flow small")
    return section(
        "To be read with care",
        sentences(None if any("weights" in each for each in notes) else first, class_="small"),
        said,
        class_="whole",
    )


def again(brief: Brief) -> Markup:
    """The commands, and what they were run on."""
    result = brief.result
    first = "This page; with run in place of report, its numbers alone:" if brief.command else _lost(result)
    typed = command(brief.command) if brief.command else None
    return section("How to have it again", sentences(first, class_="small"), typed, _made(result))


def _lost(result: Result) -> str:
    if result.behaviour:
        return "A program of its own made this result, so that no command can be given for it."
    return "The scenario as it was run is not beside this result, so that no command can be given for it."


def _made(result: Result) -> Markup:
    told = {
        "Program": f"{result.program.name} {result.program.version}",
        "Scenario": clipped(result.scenario.file, NOTE),
        "sha256": result.scenario.sha256,
        "Engine": "exact" if result.replicates is None else f"{result.engine}, {result.replicates:,} replicates",
        "Seed": str(result.seed),
        "Outer draws": f"{result.draws:,}" if layered(result) else "none",
    }
    return facts(told)


def facts(told: dict[str, str]) -> Markup:
    """Names and values, one after another."""
    return tag("dl", [tag("div", tag("dt", name), tag("dd", value)) for name, value in told.items()])
