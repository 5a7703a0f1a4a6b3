"""The price of consent: how much of one instrument it takes until the text is as likely adopted as not.

Found by root finding on the exact engine; where that does not apply, by bisection on replicates that are all played on
the same draws. Everything else stays as stated.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import sqrt
from typing import Any

import numpy as np
from scipy.optimize import brentq

from sim.answers.figures import Way
from sim.engines import exact
from sim.engines.simulate import simulate
from sim.model.case import Case
from sim.model.council import Floats
from sim.scenario.forms import LARGEST

HALF = 0.5
PRECISE = 1e-9  # in probability: what a root may be off
STEPS = 60  # of a bisection
FINE = 8  # points looked at between two places where the curve may jump
REACHED, ALREADY, NEVER = "reached", "already", "never"


@dataclass(frozen=True)
class Price:
    """How much of an instrument brings a probability to one half, everything else as stated.

    instrument   payment (utils), dilution (share of the text a round), opt-out (share spared), concession (utils)
    member       whose probability it is, or who gets the concession; None: the council's, offered to whoever is missing
    of           "adopted": P(adopted in any form); "holds out": P(this member is not a final hold-out)
    status       reached; already: it is one half or more without any; never: no value up to `limit` reaches it
    value        the least that does; 0 if already, null if never
    stated       what the scenario has; limit: the largest value looked at
    probability  at the value; without any, if already; the most that is reached, if never
    at           where that is; standard_error: of the probability, 0 if exact
    members      how many are offered it; null: a dilution is for all
    settings     path -> value, what to set; command: that sets it, null if never
    """

    instrument: str
    member: str | None
    of: str
    status: str
    value: float | None
    stated: float
    limit: float
    probability: float
    at: float
    standard_error: float
    members: int | None
    settings: dict[str, float]
    command: str | None


Chance = Callable[[float], float]  # a probability at a value of the instrument


@dataclass(frozen=True)
class Found:
    """Where a probability first reaches one half, or the most that it reaches."""

    status: str
    at: float
    probability: float


@dataclass(frozen=True)
class Odds:
    """Probabilities of changed cases, all by one engine and on the same draws."""

    how: Way

    @property
    def exactly(self) -> bool:
        """Without sampling error?"""
        return self.how.engine == "exact"

    def adopted(self, case: Case) -> float:
        """P(adopted in any form)."""
        if self.exactly:
            return float(exact.outcomes(case).adopted_any)
        return simulate(case, self.how.replicates, self.how.seed).adopted_any / self.how.replicates

    def yields(self, case: Case, place: int) -> float:
        """P(this member is no final hold-out)."""
        if self.exactly:
            return 1.0 - float(exact.blame(case, counterfactual=False).final_hold_out[place])
        held = simulate(case, self.how.replicates, self.how.seed, blame=True).final_hold_out[place]
        return 1.0 - int(held) / self.how.replicates

    def error(self, probability: float) -> float:
        """The standard error of such a probability."""
        return 0.0 if self.exactly else sqrt(probability * (1.0 - probability) / self.how.replicates)


@dataclass(frozen=True)
class Instrument:
    """A number that may be raised from 0 to a limit.

    apply: the case with a value of it; settings: what is then set, by path; points: where it is looked at first
    rises: more of it never makes adoption less likely, where members count equally (the model, section 9)
    """

    name: str
    stated: float
    limit: float
    members: int | None
    apply: Callable[[float], Case]
    settings: Callable[[float], dict[str, float]]
    points: Sequence[float]
    rises: bool = True
    member: str | None = None


def least(chance: Chance, points: Sequence[float], exactly: bool, rises: bool) -> Found:
    """The least value at which a chance reaches one half, found between the first two of these points that part it.

    points: ascending, from nothing to the limit; between two of them the chance should not turn
    rises: it never falls, so that the limit says whether it gets there
    """
    before, p = points[0], chance(points[0])
    if p >= HALF:
        return Found(ALREADY, before, p)
    if rises and (end := chance(points[-1])) < HALF:
        return Found(NEVER, points[-1], end)
    most, where = p, before
    for point in points[1:]:
        p = chance(point)
        if p >= HALF:
            at = _root(chance, before, point, exactly)
            return Found(REACHED, at, chance(at))
        if p > most:
            most, where = p, point
        before = point
    return Found(NEVER, where, most)


def _root(chance: Chance, low: float, high: float, exactly: bool) -> float:
    """Where a chance below one half at `low` and not below it at `high` reaches it."""
    if exactly:
        root = float(brentq(lambda x: chance(x) - HALF, low, high, xtol=1e-14, rtol=1e-15, maxiter=200))
        if abs(chance(root) - HALF) <= PRECISE:
            return root
    for _ in range(STEPS if exactly else STEPS // 3):  # it jumps: the least value found at which it is not below
        middle = 0.5 * (low + high)
        low, high = (low, middle) if chance(middle) >= HALF else (middle, high)
    return high


# -- instruments ------------------------------------------------------------------------------------------------------


def rising() -> list[float]:
    """Utils from nothing to the limit, each twice the one before."""
    points = [0.0, 0.125]
    while points[-1] * 2.0 < LARGEST:
        points.append(points[-1] * 2.0)
    return [*points, LARGEST]


def shares(ends: Sequence[float]) -> list[float]:
    """Shares from 0 to 1, with these places among them, and values just past them."""
    edges = sorted({0.0, 1.0, *ends})
    found = [float(x) for low, high in pairwise(edges) for x in np.linspace(low, high, FINE, False)]
    past = [float(np.nextafter(each, 2.0)) for each in edges[1:-1]]
    return sorted({*found, *past, 1.0})


def falls(case: Case) -> list[float]:
    """Steps of dilution at which the text just does not fall below its floor, in one round less each."""
    p = case.procedure
    rounds = range(1, p.rounds - p.dilution_first_round + 1)
    return [(1.0 - float(p.dilution_floor)) / each for each in rounds]


Path = Callable[[str], str]  # a key of the procedure as it must be typed for this proposal


def payment(case: Case, path: Path, members: int | None = None) -> Instrument:
    """A side payment, to as many as stated, at least to one."""
    many = members or max(1, case.procedure.payment_members)
    return Instrument(
        "payment",
        float(case.procedure.payment_value),
        LARGEST,
        many,
        lambda x: case.but(payment_value=x, payment_members=many),
        lambda x: {path("payment.members"): many, path("payment.value"): x},
        rising(),
    )


def dilution(case: Case, path: Path) -> Instrument:
    """How much weaker the text gets each round, from the stated first round."""
    return Instrument(
        "dilution",
        float(case.procedure.dilution_step),
        1.0,
        None,
        lambda x: case.but(dilution_step=x),
        lambda x: {path("dilution.step"): x},
        shares([each for each in falls(case) if each < 1.0]),
        rises=False,
    )


def opt_out(case: Case, path: Path, members: int | None = None) -> Instrument:
    """An opt-out, to as many as stated, at least to one, from the stated first round."""
    many = members or max(1, case.procedure.opt_out_members)
    return Instrument(
        "opt-out",
        float(case.procedure.opt_out_relief),
        1.0,
        many,
        lambda x: case.but(opt_out_relief=x, opt_out_members=many),
        lambda x: {path("opt_out.members"): many, path("opt_out.relief"): x},
        [0.0, 0.25, 0.5, 0.75, 1.0],
    )


def concession(case: Case, place: int, key: str) -> Instrument:
    """What this member alone gets, so that the text is worth that much more to it; key: of its grievance."""
    grievances = np.array(np.broadcast_to(case.proposal.grievance, (case.council.size,)), float)
    own = float(grievances[place])

    def changed(x: float) -> Case:
        each: Floats = grievances.copy()
        each[place] = own + x
        return replace(case, proposal=replace(case.proposal, grievance=each))

    top = LARGEST - own
    points = [*(each for each in rising() if each < top), top]
    name = case.council.ids[place]
    return Instrument("concession", 0.0, top, 1, changed, lambda x: {key: own + x}, points, member=name)


# -- prices -----------------------------------------------------------------------------------------------------------


def priced(tool: Instrument, odds: Odds, command: Callable[[dict[str, Any]], str], holder: int | None = None) -> Price:
    """The price by one instrument; holder: the place of the member that should yield, else the text should pass."""

    def chance(x: float) -> float:
        case = tool.apply(x)
        return odds.adopted(case) if holder is None else odds.yields(case, holder)

    found = least(chance, tool.points, odds.exactly, tool.rises and odds.exactly)
    never = found.status == NEVER
    settings = {} if never else tool.settings(found.at)
    name = tool.member if holder is None else tool.apply(0.0).council.ids[holder]
    return Price(
        instrument=tool.name,
        member=name,
        of="adopted" if holder is None else "holds out",
        status=found.status,
        value=None if never else found.at,
        stated=tool.stated,
        limit=tool.limit,
        probability=found.probability,
        at=found.at,
        standard_error=odds.error(found.probability),
        members=tool.members,
        settings=settings,
        command=None if never else command(settings),
    )


WIDER = 5  # how many members more an instrument is offered to, where it moves too few


def wider(
    build: Callable[..., Instrument], case: Case, path: Path, odds: Odds, command: Callable[[dict[str, Any]], str]
) -> Price | None:
    """The price where it is offered to more members than stated: the fewest with whom it can be reached."""

    def tools() -> Iterator[Instrument]:
        stated = build(case, path).members or 1
        for many in range(stated + 1, min(stated + WIDER, case.council.size) + 1):
            yield build(case, path, many)

    for tool in tools():
        if odds.exactly and exact.applies(tool.apply(tool.limit)):
            return None
        if odds.adopted(tool.apply(tool.limit)) >= HALF:
            return priced(tool, odds, command)
    return None
