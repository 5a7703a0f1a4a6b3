"""Who listens to whom: ties between members, from a CSV file or from the scenario itself, every cell checked."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from sim.model.council import Floats, Integers
from sim.scenario.complaints import AT_MOST, near, nearest, shown
from sim.scenario.forms import LARGEST
from sim.scenario.reading import Reading
from sim.scenario.rows import ENOUGH, Complain, Row, from_csv, of_table, spelt

EXPECTED = {"from": "a member's id", "to": "a member's id", "weight": "a number from 0 to 10^9"}
COLUMNS = tuple(EXPECTED)
PLACE = ("interaction", "ties")


@dataclass(frozen=True)
class Ties:
    """Pairs of members and how much the first listens to the second; other pairs are 0. All arrays are (pairs,).

    listeners, heard: places of members in the order of the members table, seated or not; weights: from 0
    """

    listeners: Integers
    heard: Integers
    weights: Floats

    def seated(self, kept: Sequence[int]) -> Floats:
        """(N, N) among those who are present, in their order: row listens to column."""
        last = max(*kept, self.listeners.max(initial=0), self.heard.max(initial=0))
        order = np.full(last + 1, -1)
        order[list(kept)] = np.arange(len(kept))
        rows, columns = order[self.listeners], order[self.heard]
        both = (rows >= 0) & (columns >= 0)
        found = np.zeros((len(kept), len(kept)))
        found[rows[both], columns[both]] = self.weights[both]
        return found

    def rows(self, ids: Sequence[str]) -> list[dict[str, Any]]:
        """The ties as tables, as they were given, for the resolved copy."""
        triples = zip(self.listeners.tolist(), self.heard.tolist(), self.weights.tolist(), strict=True)
        return [{"from": ids[listener], "to": ids[heard], "weight": weight} for listener, heard, weight in triples]


def read(reading: Reading, given: Any, ids: tuple[str, ...]) -> Ties | None:
    """The ties between a council's members, seated or not. None where there are none, or they cannot be read.

    What is wrong is noted.
    """
    if isinstance(given, list):
        wrong: list[str] = []
        ties = _ties(_listed(given, reading.where, wrong.append), ids, "at interaction.ties.{}", wrong)
        reading.complaints += wrong
        return ties
    if given is not None and (not isinstance(given, str) or not given):
        reading.wrong(PLACE, f"{shown(given)}; expected a CSV file's name, or a list of ties")
    found = reading.beside(PLACE, given) if isinstance(given, str) and given else None
    if found is None:
        return None
    ties, complaints = _from_csv(*found, ids)
    reading.complaints += complaints
    return ties


@lru_cache(maxsize=16)
def _from_csv(text: str, path: str, ids: tuple[str, ...]) -> tuple[Ties, tuple[str, ...]]:
    """The ties of a file, and what is wrong with them: a sweep reads the same file for many of its cells."""
    wrong: list[str] = []
    rows = from_csv(text, path, "with the columns from, to and weight", _sound, wrong.append)
    return _ties(rows, ids, "in line {}", wrong), tuple(wrong)


def _listed(given: list[Any], where: Callable[[tuple[str | int, ...]], str], complain: Complain) -> Iterator[Row]:
    for place, tie in enumerate(given):
        path = (*PLACE, place)
        if not isinstance(tie, dict):
            complain(f"{where(path)}: {shown(tie)} is no tie; expected a table with from, to and weight")
            continue
        row = of_table(tie, where, path, place)
        _named(list(tie), "key", row.where, complain)
        yield row


def _sound(columns: list[str], path: str, complain: Complain) -> bool:
    """Are these the columns of a file of ties, in any order?"""

    def where(column: str) -> str:
        return f"{path}:1: {column if column in COLUMNS else f'the header: {shown(column)}'}"

    for each in COLUMNS:
        if columns.count(each) > 1:
            complain(f"{where(each)}: the column stands twice; expected each once")
    return _named(columns, "column", where, complain) and len(columns) == len(COLUMNS)


def _named(given: Sequence[str], kind: str, where: Callable[[str], str], complain: Complain) -> bool:
    """Are all names there, and no others? One that is misspelt is not missing as well."""
    unknown = [each for each in dict.fromkeys(given) if each not in COLUMNS][:AT_MOST]
    missing = set(COLUMNS) - set(given) - {near(each, COLUMNS, 0.5) for each in unknown}
    for each in unknown:
        complain(f"{where(each)}: unknown {kind}{nearest(each, COLUMNS)}")
    for each in COLUMNS:
        if each in missing:
            complain(f"{where(each)}: missing; expected {'a column with ' * (kind == 'column')}{EXPECTED[each]}")
    return not unknown and not missing


def _ties(rows: Iterable[Row], ids: Sequence[str], stood: str, wrong: list[str]) -> Ties:
    """Ties from rows, whatever is wrong left out; stood: how to say where a pair stood before."""
    places = {each: place for place, each in enumerate(ids) if each}
    pairs: dict[tuple[int, int], int] = {}
    weights: list[float] = []
    for row in rows:
        if len(wrong) > ENOUGH:
            break
        pair, weight = _pair(row, places, wrong), _weight(row, wrong)
        if pair in pairs:
            first = stood.format(pairs[pair])
            wrong.append(f"{row.where('to')}: {_told(row)} already, {first}; expected every pair once")
        elif pair is not None:
            pairs[pair] = row.number
            weights.append(weight)
    ends = np.array(list(pairs), int).reshape(-1, 2)
    return Ties(ends[:, 0].copy(), ends[:, 1].copy(), np.array(weights, float))


def _pair(row: Row, places: dict[str, int], wrong: list[str]) -> tuple[int, int] | None:
    """The places of who listens and who is heard; None where a row does not say, which is noted."""
    listener, heard = _member(row, "from", places, wrong), _member(row, "to", places, wrong)
    if listener is None or heard is None:
        return None
    if listener == heard:
        wrong.append(f"{row.where('to')}: {_told(row, 'itself')}; expected two different members")
        return None
    return listener, heard


def _told(row: Row, heard: str | None = None) -> str:
    return f"{shown(row.cells['from'].strip())} listens to {heard or shown(row.cells['to'].strip())}"


def _member(row: Row, column: str, places: dict[str, int], wrong: list[str]) -> int | None:
    """The place of the member that a cell names; None where it names none, which is noted."""
    if column not in row.cells:
        return None
    given = row.cells[column]
    if not isinstance(given, str) or not given.strip():
        said = "nothing" if isinstance(given, str) else shown(given)
        wrong.append(f"{row.where(column)}: {said}; expected {EXPECTED[column]}")
        return None
    name = unicodedata.normalize("NFC", given.strip())
    if name not in places:
        close = nearest(name, places) if len(wrong) < AT_MOST else ""  # more are not printed, and finding takes time
        wrong.append(f"{row.where(column)}: {shown(name)} is no member of this council{close}")
    return places.get(name)


def _weight(row: Row, wrong: list[str]) -> float:
    given = row.cells.get("weight", 0)
    number = spelt(given) if row.spelt else given
    if isinstance(number, int | float) and not isinstance(number, bool) and 0 <= number <= LARGEST:
        return float(number) + 0.0  # without the sign of -0
    said = "nothing" if isinstance(given, str) and not given.strip() else shown(given)
    wrong.append(f"{row.where('weight')}: {said}; expected {EXPECTED['weight']}")
    return 0.0
