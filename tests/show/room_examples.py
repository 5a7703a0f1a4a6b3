"""Made-up results of members that watch the room, the usual and the hostile."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import picture_examples as plain

from sim.answers.result import Cascade, Chronicle, GaveIn, HeedCurve, OpenMember, ProposalResult, Result, RoomResult

HEEDS = [each / 10 for each in range(11)]


def heed_curve(rise: float = 0.1, hiding: float = 0.02, error: float = 0.004, **but: Any) -> HeedCurve:
    """Adoption rises with isolation, by `rise` with heed, and by `hiding` where objectors hide."""
    whole = HeedCurve(HEEDS, [1.5, 3.0, 6.0], [0.0, 0.5], [], [], 0.5, 10_000)
    whole = replace(whole, **but)
    shape = [[[(place, row, heed) for heed in whole.heed] for place, _ in enumerate(whole.isolation)] for row in (0, 1)]
    shape = shape[: len(whole.hide)]

    def share(place: int, row: int, heed: float) -> float:
        return min(max(0.25 + 0.1 * place + rise * heed + hiding * row, 0.0), 1.0)

    adopted = [[[share(*each) for each in line] for line in rows] for rows in shape]
    return replace(
        whole, adopted_any=adopted, standard_error=[[[error for _ in line] for line in rows] for rows in shape]
    )


def cascade(text: str, ids: Sequence[str], rounds: int, objecting: int, adopted: bool = False) -> Cascade:
    """Every objector but the first listens to the one after it and gives in a round later, as rounds permit.

    The last third of the objectors is hidden; a member is won over where the text is adopted.
    """
    last = [rounds if place == 0 else max(1, objecting - place) for place in range(len(ids))]
    stances, hidden = [], []
    for t in range(rounds):
        objects = [place < objecting and t < last[place] for place in range(len(ids))]
        stances.append(["object" if each else ("support", "acquiesce")[i % 2] for i, each in enumerate(objects)])
        hidden.append([ids[i] for i, each in enumerate(objects) if each and i >= objecting * 2 / 3])
    held = [id_ for id_, stance in zip(ids, stances[-1], strict=True) if stance == "object"]
    outcome = "adopted-with-opt-out" if adopted or not held else "blocked"
    won = held if outcome != "blocked" else []
    told = Chronicle(text, 7, outcome, rounds - 1, 1.0, stances, [] if won else held, won, 2023, list(ids), hidden)
    gave_in = []
    for place in range(1, objecting):
        after = [ids[place + 1]] if place + 1 < objecting and last[place] == last[place + 1] + 1 else []
        if last[place] < rounds:
            gave_in.append(GaveIn(ids[place], last[place], after))
    return Cascade(told, gave_in, 2000)


def ties(many: int, kind: str = "neighbours") -> list[list[float]] | None:
    """Everybody hears everybody, neighbours more; or other ways to listen."""
    pairs = [(i, j) for i in range(many) for j in range(many) if i != j]
    weight: dict[str, Callable[[int, int], float]] = {
        "neighbours": lambda i, j: 6.0 if abs(i - j) == 1 else 3.0 if j == 0 else 1.0,
        "alike": lambda i, j: 1.0,
        "star": lambda i, j: 1e300 if j == 0 else 0.0,
        "nobody": lambda i, j: 0.0,
        "uneven": lambda i, j: math.exp((i * 7 + j * 11) % 13 - 6.0),
    }
    return [[i, j, weight[kind](i, j)] for i, j in pairs if weight[kind](i, j) > 0]


def watching(
    text: ProposalResult, kind: str | None = "neighbours", objecting: int = 5, rounds: int = 4
) -> ProposalResult:
    ids = [each.id for each in text.blame]
    curve, found = heed_curve(), cascade(text.name, ids, rounds, min(objecting, len(ids)))
    members = [OpenMember(each, 0.1, 0.05, 0.9, 0.01) for each in ids]
    heard = None if kind is None or len(ids) > 100 else ties(len(ids), kind)
    room = RoomResult(0.5, 0.5, 20_000, 0.01, 0.001, 0.6, 0.003, members, heard, curve, found)
    return replace(text, chronicle=found.chronicle, room=room)


def watched(result: Result, **how: Any) -> Result:
    """A result whose first proposal is decided by members that watch the room."""
    first, *others = result.proposals
    return replace(result, proposals=[watching(first, **how), *others])


def but(result: Result, **changes: Any) -> Result:
    """The same with parts of the room changed."""
    first, *others = result.proposals
    assert first.room is not None
    return replace(result, proposals=[replace(first, room=replace(first.room, **changes)), *others])


def council(many: int) -> Result:
    ids = plain.numbered(many)
    return plain.record([plain.proposal("A text", ids, ids, replicates=1000)], 1000)


CASES: dict[str, Callable[[], Result]] = {
    "room": lambda: watched(plain.usual()),
    "room, names": lambda: watched(plain.hostile_names(), objecting=30, rounds=9),
    "room, crowd": lambda: watched(plain.crowd(), objecting=400, rounds=30),
    "room, one": lambda: watched(plain.CASES["one"](), objecting=1),
    "room, two": lambda: watched(council(2), objecting=2, rounds=3),
    "room, sixty": lambda: watched(council(60), kind="uneven", objecting=45, rounds=100),
    "room, alike": lambda: watched(plain.usual(), kind="alike", objecting=31, rounds=40),
    "room, star": lambda: watched(plain.hostile_names(), kind="star", objecting=40, rounds=1),
    "room, nobody": lambda: watched(plain.usual(), kind="nobody", objecting=1),
    "room, adopted": lambda: but(
        watched(plain.usual()), cascade=cascade("A text", plain.STATES, 5, 3, adopted=True), heed_curve=heed_curve(0, 0)
    ),
    "room, never": lambda: but(watched(plain.sure(0.0)), heed_curve=heed_curve(-9.0, -9.0, 0.0)),
    "room, always": lambda: but(watched(plain.sure(1.0)), heed_curve=heed_curve(9.0, 0.0, 0.0, stated=2.0)),
    "room, a curve": lambda: but(
        watched(plain.usual()), heed_curve=heed_curve(heed=[0.9, 0.3], isolation=[1e9], hide=[0.0], stated=0.3)
    ),
    "room, fine": lambda: but(
        watched(plain.usual()), heed_curve=heed_curve(0.6, heed=[each / 100 for each in range(101)], stated=1.0)
    ),
}
