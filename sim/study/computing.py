"""Blocks of cells: what a worker is handed, and what it hands back. The same whatever the block and the worker.

All numbers of a cell stand in its content, a JSON text: for each proposal the rule, the engine, and exact
probabilities, or integer counts of replicates.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.engines import exact
from sim.engines.simulate import Tally, simulate, together
from sim.model.case import Case
from sim.model.council import Floats
from sim.model.stances import table
from sim.scenario.load import believed
from sim.scenario.numbers import Numbers
from sim.scenario.seat import Question
from sim.scenario.spreads import merged
from sim.scenario.wording import Place
from sim.study.planning import Plan
from sim.study.templates import Template
from sim.study.uncertainty import band, effective, likelihood, numbers

NUMBERS_AT_MOST = 8_000_000  # in the table of stances of a block
CELLS, DRAWS = 512, 50  # side by side, at most
REPLICATES = {"exact": 1 << 60, "simulate": 2_000_000, "agents": 5_000}  # played in a block, of each proposal


@dataclass(frozen=True)
class Group:
    """Cells that share a template, and what varies between them as arrays: place -> (cells,)."""

    template: Template
    cells: tuple[int, ...]
    places: Mapping[Place, Floats]
    beliefs: tuple[Place, ...]


@dataclass(frozen=True)
class Block:
    """Some cells of a sweep; first: cell 0, which all are compared with; sweep: whose they are."""

    sweep: str
    groups: tuple[Group, ...]
    first: Group
    seed: int
    replicates: int
    draws: int


Row = tuple[int, str]  # a cell and its content


def blocks(plan: Plan, missing: Sequence[int], most: int | None = None) -> Iterator[Block]:
    """The missing cells in blocks of at most so many, in order."""
    few = most or _few(plan)
    first, sweep = _groups(plan, [0])[0], plan.digest()
    for start in range(0, len(missing), few):
        groups = _groups(plan, missing[start : start + few])
        yield Block(sweep, groups, first, plan.base.seed, plan.base.replicates, plan.draws)


def _few(plan: Plan) -> int:
    """How many cells a block has, so that it fits the memory and is done in seconds."""
    seatings = [each.seating for each in plan.templates.values()]
    largest = max(len(each.ids) for each in seatings)
    rounds = max(merged(s.sheet.procedure, text.procedure).rounds for s in seatings for text in s.sheet.proposal)
    room = NUMBERS_AT_MOST // ((largest + 1) ** 2 * rounds * max(1, min(plan.draws, DRAWS)))
    played = min(REPLICATES[each.engine] // plan.base.replicates for each in plan.templates.values())
    return max(1, min(CELLS, room, played) // max(1, plan.draws // DRAWS))


def _groups(plan: Plan, cells: Sequence[int]) -> tuple[Group, ...]:
    by_key: dict[tuple[str, ...], list[tuple[int, tuple[Any, ...]]]] = {}
    for cell in cells:
        values = plan.design.values(cell)
        by_key.setdefault(plan.key(values), []).append((cell, values))
    spans = list(enumerate(plan.design.spans))
    beliefs = tuple(place for path, places in plan.places.items() if believed(path) for place in places)
    return tuple(
        Group(
            plan.templates[key],
            tuple(cell for cell, _ in mine),
            {
                place: np.array([values[n] for _, values in mine], float)
                for n, each in spans
                for place in plan.places.get(each.path, ())
            },
            beliefs,
        )
        for key, mine in by_key.items()
    )


def compute(block: Block) -> list[Row]:
    """The contents of a block's cells, in their order."""
    found = [row for group in block.groups for row in _computed(block, group)]
    return sorted(found)


def _computed(block: Block, group: Group) -> Iterator[Row]:
    questions = group.template.seating.questions(Numbers(group.places))
    figures = [_figures(block, group, n, question) for n, question in enumerate(questions)]
    bands = _bands(block, group, len(questions)) if block.draws else [{}] * len(group.cells)
    for place, cell in enumerate(group.cells):
        content = [{**each[place], **bands[place].get(n, {})} for n, each in enumerate(figures)]
        yield cell, json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def _figures(block: Block, group: Group, proposal: int, question: Question) -> list[dict[str, Any]]:
    """What is known of one proposal in each cell of a group."""
    engine = group.template.engine
    case = question.case.block((len(group.cells),))
    if engine == "exact":
        found = _summed(case, _varying(group))
    elif engine == "agents":
        found = _agents(case, block)
    else:
        found = _counted(case, block, proposal)
    return [{"rule": case.rule.label, "engine": engine, **each} for each in found]


def _varying(group: Group) -> list[int] | None:
    """The members in whom alone the cells differ, if it is that: then the others are summed once for all cells."""
    if not group.places or any(place[:2] != ("council", "override") for place in group.places):
        return None
    seated = group.template.seating.ids
    return sorted({seated.index(str(place[2])) for place in group.places if place[2] in seated})


def _summed(case: Case, varying: list[int] | None) -> Iterator[dict[str, Any]]:
    stances = table(case)
    outcomes = exact.outcomes(case, stances, varying).outcomes
    alone = exact.lone_hold_outs(case, stances, varying)
    lone = np.ascontiguousarray(alone).sum(axis=-1)
    hides = np.broadcast_to(np.asarray(case.interaction.hide) > 0.0, case.shape)
    for row, hide in zip(np.concatenate([outcomes, lone[:, None], alone], axis=-1).tolist(), hides, strict=True):
        yield {"probabilities": row} | ({"hidden": None} if hide else {})  # who hides changes nothing that is summed


def _counted(case: Case, block: Block, proposal: int) -> Iterator[dict[str, Any]]:
    """Counts of replicates; gained and lost: adopted here and not in cell 0, and the other way round."""
    cases = [case.at((k,)) for k in range(case.shape[0])]
    reference = block.first.template.seating.questions(Numbers(block.first.places))[proposal].case
    paired = block.first.template.engine == "simulate"
    first = reference.block((1,)).at((0,)) if paired else cases[0]
    found = together([first, *cases], block.replicates, block.seed, blame=True)[1:]
    for mine, each in zip(cases, found, strict=True):
        yield _counts(mine, each.tally) | ({"gained": each.gained, "lost": each.lost} if paired else {})


def _agents(case: Case, block: Block) -> Iterator[dict[str, Any]]:
    from sim.engines import agents  # imports mesa

    for k in range(case.shape[0]):
        mine = case.at((k,))
        yield _counts(mine, agents.tally(mine, block.replicates, block.seed, blame=True))


def _counts(case: Case, tally: Tally) -> dict[str, Any]:
    """Counts; where members hide, also how many did, their squares, and how often exactly one open one held out."""
    counts = {"counts": [*tally.outcomes.tolist(), tally.lone, *tally.lone_hold_out.tolist()]}
    hidden = {"hidden": [int(tally.hidden.sum()), tally.hidden_squares, tally.lone_open]}
    return counts | (hidden if case.interaction.hides else {})


# -- outer draws ------------------------------------------------------------------------------------------------------


def _bands(block: Block, group: Group, proposals: int) -> list[dict[int, dict[str, Any]]]:
    """Intervals of P(adopted) over the outer draws for each cell, by proposal."""
    cells = len(group.cells)
    adopted = np.empty((proposals, cells, block.draws))
    for start in range(0, block.draws, DRAWS):
        count = min(DRAWS, block.draws - start)
        drawn = numbers(group.template.spreads, group.template.seating.members.ids, block.seed, start, count)
        places = {place: values[:, None] for place, values in group.places.items()}
        for n, question in enumerate(group.template.seating.questions(Numbers(places).over(drawn))):
            case = question.case.block((cells, count))
            adopted[n, :, start : start + count] = _adopted(case, group.template.engine, block)
    return [_cell_bands(block, group, place, adopted[:, place]) for place in range(cells)]


def _adopted(case: Case, engine: str, block: Block) -> Floats:
    """P(adopted in any form), in the case's shape."""
    if engine == "exact":
        return exact.outcomes(case).adopted_any
    found = np.empty(case.shape)
    for place in np.ndindex(*case.shape):
        found[place] = simulate(case.at(place), block.replicates, block.seed).adopted_any / block.replicates
    return found


def _cell_bands(block: Block, group: Group, place: int, adopted: Floats) -> dict[int, dict[str, Any]]:
    found: dict[int, dict[str, Any]] = {n: {"prior": band(each).tolist()} for n, each in enumerate(adopted)}
    if group.template.actual is None:
        return found
    believes = tuple((each, float(group.places[each][place])) for each in group.beliefs)
    weights = _weights(block, group.template, believes)
    size = effective(weights)
    for n, each in enumerate(adopted):
        found[n] |= {"effective_draws": size, "conditioned": band(each, weights).tolist() if size else None}
    return found


_WEIGHTS: dict[tuple[Any, ...], Floats] = {}  # what cells of a sweep share, in each process
WEIGHTS_KEPT = 16


def _weights(block: Block, template: Template, believes: tuple[tuple[Place, float], ...]) -> Floats:
    """The likelihood of what was observed in each outer draw, (draws,), in the world as it is believed to be."""
    key = (block.sweep, template.belief, believes)
    if key not in _WEIGHTS:
        while len(_WEIGHTS) >= WEIGHTS_KEPT:
            del _WEIGHTS[next(iter(_WEIGHTS))]
        assert template.actual is not None
        fixed = Numbers({place: np.asarray(value) for place, value in believes})
        starts = range(0, block.draws, DRAWS)
        parts = [
            likelihood(template.actual, block.seed, start, min(DRAWS, block.draws - start), fixed) for start in starts
        ]
        _WEIGHTS[key] = np.concatenate(parts)
    return _WEIGHTS[key]
