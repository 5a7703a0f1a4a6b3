"""How probable it is that the text fails, and that exactly these members hold out at the end (the model, section 8).

Who objects in the last round is given, so every member has only those letters that say so, and the hold-outs come
first: after them hardly a state is left to be carried.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from math import prod

import numpy as np

from sim.engines.counting import FAIL, Automaton
from sim.engines.letters import Structure
from sim.engines.odds import Flat, flat, labels, probabilities, sums
from sim.engines.steps import Moves, lengths, moves, plan
from sim.engines.summing import CACHED, Steps, added_up, started
from sim.engines.views import View, endings
from sim.model.case import Case
from sim.model.council import Booleans, Floats
from sim.model.stances import Table


@dataclass(frozen=True)
class Stage:
    """The hold-outs, or those after them: the sets of their letters, the states to be carried, and the moves."""

    sets: tuple[tuple[int, ...], ...]
    states: tuple[int, ...]
    moves: Moves


@lru_cache(maxsize=256)
def stages(structure: Structure, many: int) -> tuple[Stage, Stage]:
    """First so many members that object in the last round looked at, then those that do not."""
    machine = plan(structure).machine
    first, second = _only(machine, True), _only(machine, False)
    come = {0}
    for _ in range(many):
        come = {edge.b for edge in first.edges if edge.a in come}
    failing = {state for state, label in enumerate(machine.labels) if FAIL in label}
    steps = [(edge.a, edge.b) for edge in second.edges]
    go = set(_closure(come, steps)) & set(_closure(failing, [(b, a) for a, b in steps]))
    return _stage(first, _closure({0}, [(edge.a, edge.b) for edge in first.edges])), _stage(second, sorted(go))


def _closure(states: Collection[int], edges: Iterable[tuple[int, int]]) -> tuple[int, ...]:
    """These states and all that edges lead to."""
    found, waiting = set(states), list(states)
    leading: dict[int, list[int]] = {}
    for a, b in edges:
        leading.setdefault(a, []).append(b)
    while waiting:
        new = set(leading.get(waiting.pop(), ())) - found
        found |= new
        waiting.extend(new)
    return tuple(sorted(found))


def _only(machine: Automaton, objects: bool) -> Automaton:
    """Those letters only by which the member objects in the last round, or those by which it does not."""
    kept = ((e, tuple(k for k in e.letters if machine.letters[k].deeds[-1].objects == objects)) for e in machine.edges)
    return replace(machine, edges=tuple(replace(edge, letters=letters) for edge, letters in kept if letters))


def _stage(machine: Automaton, states: Sequence[int]) -> Stage:
    place = {state: k for k, state in enumerate(states)}
    among = [(place[e.a], place[e.b], e) for e in machine.edges if {e.a, e.b} <= place.keys()]
    return Stage(machine.sets, tuple(states), moves(machine, among))


def holding_out(case: Case, stances: Table, hold_outs: Sequence[int]) -> Floats:
    """P(not adopted, and these members are the final hold-outs, no others), (C,)."""
    who = sorted(set(hold_outs))
    if not set(who) <= set(range(case.council.size)):
        raise ValueError(f"{hold_outs} are not all places of members")
    laid = flat(case, stances, [*who, *(n for n in range(case.council.size) if n not in who)])
    found = np.zeros(laid.cases)
    for whole in endings(case, objectors=len(who)):
        read = labels(whole, case) == FAIL
        for view in _pieces(whole, stages(whole.structure, len(who))):
            np.add.at(found, view.cases, _failing(view, laid, len(who), read) * view.weight)
    return found


def _pieces(view: View, both: tuple[Stage, Stage]) -> Iterator[View]:
    """The block in parts that stay in the cache; none if nothing can be read so."""
    states = max(len(stage.states) for stage in both)
    step = max(1, min(128, CACHED // (states * prod(view.plan.counts) * max(lengths(view.places)))))
    for first in range(0, len(view.cases) if both[1].states else 0, step):
        yield view.part(slice(first, first + step))


def _failing(view: View, laid: Flat, many: int, read: Booleans) -> Floats:
    """P(fails as it is read), where the first so many members object in the last round and no others, (B,)."""
    both, places, counts = stages(view.structure, many), view.places, view.plan.counts
    each_letter, support = probabilities(view, laid), 1.0 - laid.not_support[:, view.cases]
    support[:many] = 0.0
    first, second = (Steps(stage.moves, places, sums(view, stage.sets, each_letter), support) for stage in both)
    now = started((len(both[0].states), *counts), places, len(view.cases))
    for n in range(many):
        now = first.forward(now, n)
    before = {state: now[k] for k, state in enumerate(both[0].states)}
    now = np.stack([before.get(state, np.zeros_like(now[0])) for state in both[1].states])
    for n in range(many, laid.size):
        now = second.forward(now, n)
    counted = read[list(both[1].states)]
    return added_up(now[..., places.last, :] * counted.reshape(len(counted), *(1 for _ in counts), -1, 1), 0)
