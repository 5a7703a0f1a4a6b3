"""Where the members' numbers come from, as SOURCES.md next to a members file tells it.

It is free text for people. What is written in the way of the file that ships is taken apart; of anything else there is
what can be had, or nothing. A heading names a column, a list under it says its formula, years, sources and weaknesses,
and a table says what each source's number stands for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sim.scenario import files
from sim.scenario.complaints import BadInput

if TYPE_CHECKING:
    from sim.scenario.load import Scenario

NAME = "SOURCES.md"
HEADING = re.compile(r"#{2,6}\s+(.*?)\s*#*$")
ITEM = re.compile(r"[*+-]\s+([A-Z][A-Za-z, ]{2,60}):\s*(.*)$")
NUMBER = re.compile(r"\b[A-Z]{1,3}\d{1,4}[a-z]?\b")
NUMBERS = re.compile(rf"{NUMBER.pattern}(?:\s*,\s*{NUMBER.pattern})*")
BORROWED = "those of"  # a column made of others has their sources
WORD = re.compile(r"[\w.-]+")
YEAR = re.compile(r"\b(?:19|20)\d\d(?:–\d\d(?:\d\d)?)?\b")
BYTES_AT_MOST, LINE_AT_MOST = 1 << 20, 10_000  # of a text that anybody may have written


@dataclass(frozen=True)
class ColumnSource:
    """What is said of one column of the members file; None, or no sources: nothing is said.

    sources: each with what its number stands for; missing: which members lack an item; weak: what not to trust
    """

    column: str
    measures: str | None = None
    formula: str | None = None
    years: str | None = None
    sources: tuple[str, ...] = ()
    missing: str | None = None
    weak: str | None = None


def members_path(scenario: Scenario) -> Path | None:
    """The members file of a scenario; None where its members are written in place."""
    named = scenario.seating.sheet.council.members
    return files.locate(scenario.file).parent / named if isinstance(named, str) else None


def sources(members: Path | None) -> dict[str, ColumnSource]:
    """What SOURCES.md beside a members file says, by column; empty where there is none that can be read."""
    if members is None:
        return {}
    try:
        text = files.decoded(files.contents(members.parent / NAME, BYTES_AT_MOST), NAME)
    except (files.Unreadable, BadInput, OSError, ValueError):
        return {}
    return parsed(text)


def parsed(text: str) -> dict[str, ColumnSource]:
    """What the text of a SOURCES.md says, by column."""
    lines = [line[:LINE_AT_MOST] for line in text.splitlines()]
    sections = dict(_sections(lines))
    known = _numbered(lines)
    items = {column: _items(lines) for column, lines in sections.items()}
    return {column: _told(column, items, known) for column in items}


def _sections(text: list[str]) -> Iterator[tuple[str, list[str]]]:
    """Each heading's words, as the names of columns, with the lines up to the next heading."""
    names: list[str] = []
    lines: list[str] = []
    for line in [*text, "## "]:
        head = HEADING.match(line)
        if head is None and line != "## ":
            lines.append(line)
            continue
        yield from ((name, lines) for name in names)
        words = re.split(r"\s*,\s*|\s+and\s+", head[1].replace("`", "")) if head else []
        names, lines = [each for each in words if each], []


def _items(lines: list[str]) -> dict[str, str]:
    """What a section says: its first paragraph under "", the items of its list under their first word, lower case."""
    found: dict[str, str] = {}
    keys: list[str] = [""]
    for line in lines:
        item = ITEM.match(line)
        if item:
            keys = [each.strip().lower() for each in re.split(r",| and ", item[1]) if each.strip()]
            found |= dict.fromkeys(keys, item[2].strip())
        elif not line.strip():
            keys = keys if "" not in keys or "" not in found else ["more"]
        else:
            for key in keys:
                found[key] = f"{found.get(key, '')} {line.strip()}".strip()
    return {key: _unmarked(each) for key, each in found.items() if each}


def _unmarked(text: str) -> str:
    """Without the marks of Markdown for bold, code and links."""
    return re.sub(r"\[([^\]\[]*)\]\([^)\s]*\)", r"\1", text.replace("**", "").replace("`", ""))


def _numbered(lines: list[str]) -> dict[str, str]:
    """What each number stands for: rows of tables that begin with a number, or with several."""
    found: dict[str, str] = {}
    for line in lines:
        cells = [each.strip() for each in line.strip().strip("|").split("|")] if line.lstrip().startswith("|") else []
        if len(cells) >= 2 and NUMBERS.fullmatch(cells[0]):
            found |= {each: _unmarked(cells[1]) for each in NUMBER.findall(cells[0]) if each not in found}
    return found


def _told(column: str, items: dict[str, dict[str, str]], known: dict[str, str]) -> ColumnSource:
    mine = items[column]

    def of(*keys: str) -> str | None:
        return next((mine[key] for key in keys if key in mine), None)

    return ColumnSource(
        column,
        measures=of("measures", ""),
        formula=of("formula"),
        years=of("years", "year") or ", ".join(dict.fromkeys(YEAR.findall(" ".join(mine.values())))) or None,
        sources=tuple(f"{each}: {known[each]}" if each in known else each for each in _numbers(column, items, known)),
        missing=of("missing"),
        weak=of("weak", "weaknesses", "weakness"),
    )


def _numbers(column: str, items: dict[str, dict[str, str]], known: dict[str, str]) -> list[str]:
    """The numbers of a column's sources, and of the columns it is made of, where it refers to those."""
    found: list[str] = []
    waiting, seen = [column], {column}
    while waiting:
        mine = items[waiting.pop(0)]
        listed = next((mine[key] for key in ("sources", "source") if key in mine), None)
        said = " ".join(mine.values()) if listed is None else listed
        found += [each for each in NUMBER.findall(said) if each in known or listed is not None]
        if BORROWED in said:
            named = WORD.findall(f"{said} {mine.get('formula', '')}")
            for each in dict.fromkeys(named):
                if each in items and each not in seen:
                    seen.add(each)
                    waiting.append(each)
    return list(dict.fromkeys(found))
