"""Packages of instruments that make a text as likely adopted as not, and which of them is cheapest.

For some steps of dilution and some reliefs of an opt-out, the least side payment that brings P(adopted) to one half:
together they are the frontier of consent. To compare its points, each is put into the books of one average supporter
that pays for everything:

    payment    b, if one is accepted
    opt-out    what it spares the one who takes it, ω σ C, and others must carry: the mean over the likely hold-outs
    dilution   what the text loses: (1 − A_t) V, where V is what the text is worth to a supporter,
               Σ σ_i ln(1 + e^v_i) / Σ P(i supports), the mean of W over those with W ≥ 0

each as often as it happens. This is a convention. It says what a package costs, not who would pay.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import inf
from typing import Any

import numpy as np

from sim.engines import exact
from sim.model.case import Case
from sim.model.council import Floats
from sim.model.process import AFTER_PAYMENT, WITH_OPT_OUT
from sim.model.stances import logistic, relief, value
from sim.study.prices import HALF, NEVER, REACHED, Odds, Path, dilution, falls, least, opt_out, payment

PARTS = (0.0, 0.25, 0.5, 0.75, 1.0)  # of the relief that needs no payment
SLACK = 1e-9  # in probability: a relief just short of one half needs no payment either

Command = Callable[[dict[str, Any]], str]


@dataclass(frozen=True)
class Package:
    """One point of the frontier. payment: the least that does with this step and relief, utils; 0: none is needed.

    adopted: P(adopted in any form); cost: expected, in utils of an average supporter
    settings: path -> value, what to set; command: that sets it
    """

    dilution: float
    relief: float
    payment: float
    adopted: float
    cost: float
    settings: dict[str, float]
    command: str


@dataclass(frozen=True)
class Frontier:
    """Packages that reach one half; cheapest: the place of the one that costs least.

    unreached: steps of dilution with which neither a payment nor an opt-out gets there
    worth: V, what the text is worth to an average supporter, utils; spared: σ C, mean over the likely hold-outs, utils
    divisible: false: the text's own part of the scenario fixes the dilution, which is left as it is
    """

    packages: list[Package]
    cheapest: int
    unreached: list[float]
    worth: float
    spared: float
    divisible: bool


def worth(case: Case) -> float:
    """V: what the text is worth to a member that supports it, utils: ΣE(σ (v + ε)⁺) over ΣP(support)."""
    v = value(case)
    gains = case.council.stake * np.logaddexp(0.0, v)
    return float(np.sum(gains)) / max(float(np.sum(logistic(v))), 1e-300)


def spared(case: Case, held: Floats) -> float:
    """σ C: what an opt-out with full relief spares its taker, utils, weighted by who holds out. held (N,)."""
    gains = np.broadcast_to(case.council.stake * relief(case), held.shape)
    total = float(held.sum())
    return float((gains * held).sum()) / total if total > 0.0 else float(gains.mean())


def frontier(case: Case, path: Path, odds: Odds, held: Floats, divisible: bool, command: Command) -> Frontier | None:
    """The frontier by the exact engine; None where no package reaches one half. held (N,): P(final hold-out)."""
    own = float(case.procedure.dilution_step)
    steps = sorted({0.0, own, *(each for each in falls(case) if each <= 1.0)}) if divisible else [own]
    books = worth(case), spared(case, held)
    rows = [list(_row(case, path, odds, step, books, command)) for step in steps]
    found = [each for row in rows for each in row]
    if not found:
        return None
    cheapest = min(range(len(found)), key=lambda place: (found[place].cost, place))
    return Frontier(
        found, cheapest, [step for step, row in zip(steps, rows, strict=True) if not row], *books, divisible
    )


def _row(
    case: Case, path: Path, odds: Odds, step: float, books: tuple[float, float], command: Command
) -> Iterator[Package]:
    """Packages with one step of dilution: from payment alone to relief alone, each relief only if it saves payment."""
    unpaid = payment(case, path).apply(0.0).but(dilution_step=step)
    alone = least(lambda x: odds.adopted(opt_out(unpaid, path).apply(x)), opt_out(case, path).points, True, True)
    top = 1.0 if alone.status == NEVER else alone.at
    before = inf
    for share in sorted({top * part for part in PARTS}):
        package = _package(case, path, odds, step, share, books, command)
        if package is not None and package.payment < before - 1e-9:
            before = package.payment
            yield package


def _package(
    case: Case, path: Path, odds: Odds, step: float, share: float, books: tuple[float, float], command: Command
) -> Package | None:
    """The least payment with this step and relief; None where no payment does."""
    weaker, exempt = dilution(case, path), opt_out(case, path)
    base = case.but(dilution_step=step)
    base = exempt.apply(share).but(dilution_step=step) if share > 0.0 else base.but(opt_out_relief=0.0)
    paid = payment(base, path)
    at = least(lambda b: odds.adopted(paid.apply(b)), paid.points, True, True)
    if at.status == NEVER:
        return None
    b = at.at if at.status == REACHED and odds.adopted(paid.apply(0.0)) < HALF - SLACK else 0.0
    settings = {} if step == weaker.stated else weaker.settings(step)
    settings |= exempt.settings(share) if share > 0.0 else {path("opt_out.relief"): 0.0} if exempt.stated else {}
    settings |= paid.settings(b)
    cost = _cost(paid.apply(b), share, b, paid.members or 1, books)
    return Package(step, share, b, odds.adopted(paid.apply(b)), cost, settings, command(settings))


def _cost(case: Case, share: float, b: float, many: int, books: tuple[float, float]) -> float:
    """Expected cost in the books of one supporter; of several payments or opt-outs, as if all had been made."""
    text, eased = books
    found = exact.outcomes(case)
    weaker = float(((1.0 - case.ambition) * found.rounds).sum())
    exempt = max(1, case.procedure.opt_out_members) * share * eased * float(found.outcomes[WITH_OPT_OUT])
    return b * many * float(found.outcomes[AFTER_PAYMENT]) + exempt + text * weaker
