"""The last parts of a brief: where the members' numbers come from, what is provisional, how to have it all again."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sim.answers.result import Result
from sim.scenario.sources import ColumnSource
from sim.show.layers import layered
from sim.show.report.brief import Brief, Column
from sim.show.report.caveats import SOFT
from sim.show.report.clip import NOTE, clipped, few
from sim.show.report.elements import Markup, joined, tag
from sim.show.report.frame import bullets, columns, commands, section, sentences, table

COLUMNS, SOURCES, NOTES, CITED = 10, 5, 6, 3
BESIDE = "members/SOURCES.md"


def origins(brief: Brief) -> Markup | None:
    """The sources of the members' numbers, a row a column; and those of the scenario."""
    told = [each for each in brief.columns if each.source]
    named = few(brief.result.scenario.sources or [], SOURCES, 240, "the scenario file")
    where = sentences(_untold(brief), class_="note")
    if not told and not named:
        return None
    measured = _columns(told) if told else None
    heading = "Where the members’ numbers come from"
    return section(heading, measured, where, tag("h3", "Sources of the scenario"), bullets(named, class_="small"))


def _untold(brief: Brief) -> str:
    if any(each.source for each in brief.columns):
        return "Formulas, sources in full and known weaknesses of each column: SOURCES.md beside the members file."
    if "illustrative" in (brief.result.scenario.sources or []):
        return "Illustrative: the members’ numbers were made up for this scenario, and stand in its file."
    return "Of single columns nothing is said beside the members."


def _columns(told: Sequence[Column]) -> Markup:
    rows = [[each.feeds, *_cells(each.source)] for each in told[:COLUMNS] if each.source]
    rest = len(told) - COLUMNS
    more = f"; {rest} more in SOURCES.md" if rest > 0 else ""
    caption = f"What feeds each driver: a number from 0 to 1 for each member, with a spread of its own{more}"
    return table(caption, ("driver", "measures", "years", "sources"), rows, class_="origins")


def _cells(source: ColumnSource) -> list[str]:
    """What it measures, when, and whose it is, in a few words."""
    measures = (source.measures or "not said").removeprefix("Measures ").split(". ")[0].rstrip(".")
    years = _years(source.years or "")
    names = list(dict.fromkeys(filter(None, map(_short, source.sources))))
    shown = names[:CITED] + ([f"{len(names) - CITED} more"] if len(names) > CITED else [])
    return [clipped(measures, 110), years, "; ".join(shown) or "not said"]


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
    name = re.split(r"[:;(]| \d{4}", source.partition(": ")[2] or source)[0].strip()
    return "" if name.startswith(("the same", "general knowledge")) else clipped(name, 44)


# -- what is provisional, and how to have it again --------------------------------------------------------------------


def provisional(brief: Brief) -> Markup:
    """What must not be read out of these numbers: the notes that name no soft spot."""
    notes = [each for each in brief.result.scenario.notes or [] if not each.lower().startswith(SOFT)]
    first = "The weights are provisional, and so is every probability here."
    said = bullets(few(notes, NOTES, NOTE, "the scenario file"), class_="small")
    return section("To be read with care", sentences(None if any("weights" in each for each in notes) else first), said)


def again(brief: Brief) -> Markup:
    """The commands, and what they were run on."""
    result = brief.result
    first = "The same numbers, and the same page:" if brief.commands else _lost(result)
    return section("How to have it again", sentences(first), commands(brief.commands), _made(result))


def _lost(result: Result) -> str:
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


def closing(brief: Brief) -> Markup:
    """All of it, one after another."""
    return joined(origins(brief), columns(provisional(brief), again(brief), class_="two last"))
