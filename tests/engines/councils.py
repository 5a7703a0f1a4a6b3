"""Random councils and cases: 1 to 40 members, drivers of their own, every registered rule, each instrument on or off.

What shapes a case (members, rule, rounds, instruments) is drawn by hypothesis, so that a failure shrinks to a small
council with few instruments; the numbers come from a generator with a drawn seed.
"""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
from hypothesis import strategies as st

from sim.model.case import Case, Procedure, Proposal
from sim.model.council import Council, Drivers
from sim.model.interaction import Interaction
from sim.model.rules import REGISTERED, Criterion, Rule, options, rule

INSTRUMENTS = ("silence", "dilution", "payment", "opt-out", "hazard", "patience", "never-objects", "grievance")
EQUAL = ("consensus", "consensus-minus", "unanimity", "majority", "two-thirds", "super-majority")
MIXED = "two kinds of yes"
UNEQUAL = (*(name for name in REGISTERED if name not in EQUAL), MIXED)
SIZES = st.one_of(st.integers(1, 5), st.integers(1, 40))


def council_of(size: int, **columns: Any) -> Council:
    """A plain council with one benefit and one cost, to be changed by column."""
    plain: dict[str, Any] = {
        "ids": tuple(f"M{i}" for i in range(size)),
        "names": tuple(f"Member {i}" for i in range(size)),
        "drivers": Drivers(("gain",), ("loss",)),
        "traits": np.zeros((2, size)),
        "stake": np.ones(size),
        "independence": np.zeros(size),
        "attention": np.full(size, 0.1),
        "never_objects": np.zeros(size, np.bool_),
        "veto": np.zeros(size, np.bool_),
        "weights": {"population": np.arange(size, 0, -1)},
    }
    return Council(**(plain | columns))


def plain_case(size: int = 1, value: Any = 0.0, rule_name: str = "consensus", **procedure: Any) -> Case:
    """Members whose value is given, one or one each; nothing costs or is offered, unless it is said."""
    council = council_of(size)
    free = {"objection_cost": 0.0, "isolation": 0.0} | procedure
    given = {key: free.pop(key) for key in list(free) if key not in Procedure.__dataclass_fields__}
    text = Proposal("text", 0.0, np.zeros(2), np.broadcast_to(np.asarray(value, float), (size,)))
    return Case(council, text, np.zeros(2), rule(council, rule_name, **given), Procedure(**free))


def some_option(rng: np.random.Generator, council: Council, option: str, chosen: dict[str, Any]) -> Any:
    """A value that fits a rule's option of that name; KeyError for a name that no rule had when this was written."""
    size, share = council.size, round(float(rng.uniform(0.05, 1.0)), int(rng.integers(2, 4)))
    total = int(council.weights[chosen.get("column", "votes")].sum())
    fitting = {
        "k": int(rng.integers(0, min(size, 4))),
        "share": share,
        "members": share,
        "column": str(rng.choice(sorted(council.weights))),
        "quota": int(rng.integers(1, total + 1)),
        "blocking": int(rng.integers(0, 6)),
        "acquiescence": bool(rng.integers(2)),
        "votes": int(rng.integers(1, size + 1)),
    }
    return fitting[option]


def a_rule(rng: np.random.Generator, council: Council, name: str) -> Rule:
    """A rule of that name with options at random; "two kinds of yes" mixes criteria as no registered rule does."""
    if name == MIXED:
        heads = Criterion(np.ones(council.size, np.int64), int(rng.integers(1, council.size + 1)), True)
        votes = council.weights["votes"]
        return Rule(name, (heads, Criterion(votes, int(rng.integers(1, votes.sum() + 1)), False)), council.veto)
    given: dict[str, Any] = {}
    for option, default in options(name).items():
        try:
            given[option] = some_option(rng, council, option, given)
        except KeyError:
            if default is inspect.Parameter.empty:
                raise
    return rule(council, name, **given)


def a_council(rng: np.random.Generator, size: int, never_objects: bool) -> Council:
    """Traits partly in quarters, some members wholly independent or not at all, vetoes, columns with ties and zeros."""
    benefits, costs = int(rng.integers(0, 4)), int(rng.integers(1, 4))
    drivers = Drivers(tuple(f"benefit {k}" for k in range(benefits)), tuple(f"cost {k}" for k in range(costs)))
    traits = rng.uniform(size=(benefits + costs, size))
    population = rng.integers(0, 2000, size)
    population[rng.integers(size)] = 2000
    return Council(
        ids=tuple(f"M{i}" for i in range(size)),
        names=tuple(f"Member {i}" for i in range(size)),
        drivers=drivers,
        traits=np.where(rng.uniform(size=traits.shape) < 0.3, np.round(4 * traits) / 4, traits),
        stake=rng.uniform(0.05, 1.0, size),
        independence=np.clip(rng.uniform(-0.2, 1.2, size), 0.0, 1.0),
        attention=0.1 * np.exp(rng.normal(0.0, 1.0, size) * rng.integers(2)),
        never_objects=(rng.uniform(size=size) < 0.15) & never_objects,
        veto=rng.uniform(size=size) < 0.25,
        weights={"population": population, "votes": rng.integers(1, 5, size)},
    )


def a_procedure(rng: np.random.Generator, size: int, rounds: int, instruments: set[str]) -> Procedure:
    """The instruments named are on, the others off; the numbers of one do not depend on the others."""
    switched = {
        "silence": {"silence_hours": round(float(rng.uniform(0.0, 40.0)))},
        "dilution": {
            "dilution_step": float(rng.choice([0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 1.0])),
            "dilution_first_round": int(rng.choice([1, 1, 2, 3])),
            "dilution_floor": float(rng.choice([0.05, 0.1, 0.25, 0.4, 0.5, 0.7, 1.0])),
        },
        "payment": {"payment_value": float(rng.uniform(0.0, 2.5)), "payment_members": int(rng.integers(0, 4))},
        "opt-out": {
            "opt_out_relief": float(rng.uniform(0.0, 1.0)),
            "opt_out_members": int(rng.integers(0, 4)),
            "opt_out_first_round": int(rng.integers(0, rounds + 1)),
        },
        "hazard": {"withdrawal_hazard": float(rng.uniform(0.0, 0.5))},
        "patience": {"withdraw_above": int(rng.integers(1, size + 2))},
    }
    chosen: dict[str, Any] = {}
    for name, keys in switched.items():
        chosen |= keys if name in instruments else {}
    return Procedure(
        rounds=rounds,
        objection_cost=float(rng.choice([0.0, 0.3, 1.0])),
        isolation=float(rng.uniform(0.0, 4.0)),
        isolation_curvature=float(rng.choice([0.0, 0.5, 1.0, 2.0])),
        fatigue=float(rng.choice([0.0, 0.2, 0.8])),
        **chosen,
    )


def an_appeal(rng: np.random.Generator, council: Council, value: np.ndarray, procedure: Procedure) -> float:
    """An appeal that leaves it open whether most support the text, or whether the last hold-out objects."""
    if rng.integers(2):
        return float(rng.uniform(-1.0, 2.0) - value.mean())
    cost = procedure.objection_cost + procedure.isolation * (1.0 - council.independence) / 2.0
    return float(rng.normal(0.0, 1.0) - np.sort(value + cost / council.stake)[min(1, council.size - 1)])


def a_case(seed: int, size: int, rule_name: str, rounds: int, instruments: set[str]) -> Case:
    """A case whose text is neither sure to pass nor sure to fail, as far as that can be arranged."""
    rng = np.random.default_rng(seed)
    council = a_council(rng, size, "never-objects" in instruments)
    many = len(council.drivers.names)
    weights, loadings = rng.uniform(0.0, 3.0, many), np.round(4 * rng.uniform(size=many)) / 4
    grievance = np.where(rng.uniform(size=size) < 0.3, rng.normal(0.0, 2.0, size), 0.0)
    procedure = a_procedure(rng, size, rounds, instruments)
    value = (council.drivers.signs * weights * loadings) @ council.traits
    text = Proposal(
        name=f"Text {seed % 7}",
        appeal=an_appeal(rng, council, value, procedure),
        loadings=loadings,
        grievance=grievance if "grievance" in instruments else 0.0,
    )
    return Case(council, text, weights, a_rule(rng, council, rule_name), procedure)


@st.composite
def cases(
    draw: st.DrawFn,
    sizes: st.SearchStrategy[int] = SIZES,
    rules: tuple[str, ...] = EQUAL + UNEQUAL,
    rounds: st.SearchStrategy[int] = st.integers(1, 6),  # noqa: B008
    instruments: tuple[str, ...] = INSTRUMENTS,
    always: tuple[str, ...] = (),
) -> Case:
    """Any case of these sizes, rules, rounds and instruments, some of which are always on."""
    return a_case(
        draw(st.integers(0, 2**32 - 1)),
        draw(sizes),
        draw(st.sampled_from(rules)),
        draw(rounds),
        {*always, *(each for each in instruments if draw(st.booleans()))},
    )


def watching(case: Case, seed: int) -> Case:
    """The same case with members that watch the room: heed, hide and ties at random, among them extreme ones."""
    rng, size = np.random.default_rng(seed), case.council.size
    heed, hide = (float(rng.choice([0.0, 1.0, rng.uniform(), rng.uniform()])) for _ in range(2))
    kind = int(rng.integers(4))
    ties = rng.uniform(size=(size, size)) * (rng.uniform(size=(size, size)) < rng.choice([0.1, 0.5, 1.0]))
    if kind == 1:
        ties = rng.integers(0, 3, (size, size)).astype(float)
    if kind == 2:
        ties = ties * 10.0 ** rng.integers(-6, 7, (size, 1))
        ties[rng.uniform(size=size) < 0.3] = 0.0
    np.fill_diagonal(ties, 0.0)
    return case.but(interaction=Interaction(heed, hide, None if kind == 3 else ties))


@st.composite
def watching_cases(draw: st.DrawFn, **given: Any) -> Case:
    """Any case whose members watch the room."""
    return watching(draw(cases(**given)), draw(st.integers(0, 2**32 - 1)))
