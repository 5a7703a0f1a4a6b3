"""A store's cells, read one by one with all that is needed to read them."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import sqrt
from sys import intern
from typing import Any

from sim.model.process import ADOPTIONS, OUTCOMES
from sim.study.cells import Axis
from sim.study.design import Span, design, spelt
from sim.study.store import Damaged, Store


class Sheet:
    """A store's cells with all that is needed to read them; nothing is kept of what is read.

    Raises Damaged where the store does not hold a sweep.
    """

    def __init__(self, store: Store) -> None:
        self.store, told = store, store.identity
        try:
            scenario, designed = tomllib.loads(told["scenario"]), json.loads(told["design"])
            members = json.loads(told["members"])
            stated, self._arrays = json.loads(told["stated"]), set(json.loads(told["arrays"]))
            self.seed, self.replicates = int(told["seed"]), int(told["replicates"])
            self.draws, self.version = int(told["outer draws"]), told["program"].split()[-1]
        except (KeyError, ValueError) as error:
            raise Damaged(f"{store.path}: holds no sweep of this version ({error})") from None
        spans = [
            Span(path, tuple(values), low, high, whole=path not in self._arrays)
            for path, values, low, high in designed["vary"]
        ]
        kind = designed["kind"]
        self.design = design(spans, None if kind == "grid" else kind, designed["points"], self.seed)
        if self.design.digest != told.get("sample", ""):
            raise Damaged(f"{store.path}: another version of a library drew its sample; it cannot be read")
        self.axes = tuple(
            Axis(each.path, each.values, each.to_scale, here) for each, here in zip(spans, stated, strict=True)
        )
        self.ids, self.names = tuple(members["ids"]), tuple(members["names"])
        self._councils = members["councils"]
        self.conditioned = bool(self.draws and scenario.get("observed"))
        self.hides = "hidden" in told
        self.proposals = tuple(each["name"] for each in scenario["proposal"])
        self.title, self.question = scenario["title"], scenario["question"]

    def seated(self, values: Sequence[Any]) -> list[int]:
        """The places among `ids` of who sits in a cell's council."""
        pairs = zip(self.axes, values, strict=True)
        key = [spelt(value) for axis, value in pairs if axis.path not in self._arrays]
        found: list[int] = self._councils[spelt(key)]
        return found

    def cells(self) -> Iterator[tuple[int, tuple[Any, ...], list[Cell]]]:
        """Cell by cell: its number, the values of its paths, and what came out for each proposal."""
        first: list[Cell] = []
        for number, content in self.store.rows():
            found = [Cell.read(each, self.replicates) for each in json.loads(content)]
            first = first or found
            for mine, theirs in zip(found, first, strict=True):
                mine.against(theirs, self.replicates)
            yield number, self.design.values(number), found


@dataclass
class Cell:
    """One proposal in one cell. lones: by those seated; difference: to the first cell, with its paired error.

    hiding: the numbers of `HIDING`; None where members hide and the engine cannot say who
    """

    rule: str
    engine: str
    outcomes: list[float]
    adopted: float
    error: float
    lone: float
    lones: list[float]
    pairs: tuple[int, int] | None
    prior: list[float] | None
    conditioned: list[float] | None
    effective: float | None
    hiding: tuple[float, ...] | None
    difference: float = 0.0
    difference_error: float = 0.0

    @classmethod
    def read(cls, found: dict[str, Any], replicates: int) -> Cell:
        """From a cell's content."""
        exact = found["engine"] == "exact"
        shares = found["probabilities"] if exact else [each / replicates for each in found["counts"]]
        outcomes = shares[: len(OUTCOMES)]
        adopted = sum(outcomes[:ADOPTIONS]) if exact else sum(found["counts"][:ADOPTIONS]) / replicates
        return cls(
            rule=intern(found["rule"]),  # few words, which many cells share
            engine=intern(found["engine"]),
            outcomes=outcomes,
            adopted=adopted,
            error=0.0 if exact else sqrt(adopted * (1.0 - adopted) / replicates),
            lone=shares[len(OUTCOMES)],
            lones=shares[len(OUTCOMES) + 1 :],
            pairs=(found["gained"], found["lost"]) if "gained" in found else None,
            prior=found.get("prior"),
            conditioned=found.get("conditioned"),
            effective=found.get("effective_draws"),
            hiding=_hiding(found, shares[len(OUTCOMES)], replicates),
        )

    def against(self, first: Cell, replicates: int) -> None:
        """The difference to the first cell: on the same draws where both are simulated, and then far more precise."""
        if self.pairs is None:
            self.difference = self.adopted - first.adopted
            self.difference_error = sqrt(self.error**2 + first.error**2) if self is not first else 0.0
            return
        gained, lost = self.pairs
        self.difference = (gained - lost) / replicates
        self.difference_error = sqrt(max((gained + lost) / replicates - self.difference**2, 0.0) / replicates)


def _hiding(found: dict[str, Any], lone: float, replicates: int) -> tuple[float, ...] | None:
    """The numbers of `HIDING` from a cell's content; where nobody hides, nobody is hidden and who is alone is seen."""
    if "hidden" not in found:
        return 0.0, 0.0, lone, 0.0 if found["engine"] == "exact" else sqrt(lone * (1.0 - lone) / replicates)
    if found["hidden"] is None:
        return None
    mean, squares, seen = (each / replicates for each in found["hidden"])
    return mean, sqrt(max(squares - mean**2, 0.0) / replicates), seen, sqrt(seen * (1.0 - seen) / replicates)
