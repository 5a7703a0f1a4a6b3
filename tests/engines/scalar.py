"""One replicate in plain loops, from docs/model.md, sections 2 to 4 and 7 alone: no table, no arrays, nothing of the
program's model but the question itself (members, text, rule and procedure as data).

Each member's W and K are computed directly, from its taste epsilon = logit(u).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from sim.model.case import Case


@dataclass(frozen=True)
class Story:
    """What happened: the outcome, the last round played, everybody's stance in each round, who was won over and how
    it ended. Members are numbers in council order."""

    outcome: str
    last: int
    stances: list[list[str]]
    hold_outs: list[int]
    first_objector: int | None
    won: list[int]
    hidden: list[list[int]]


def logit(u: float) -> float:
    if u == 0.0:
        return -math.inf
    return math.log(u) - math.log1p(-u)


def power(base: float, exponent: float) -> float:
    return 1.0 if exponent == 0 else base**exponent


class Member:
    """One member before this text, with its taste and the time at which it looks up."""

    def __init__(self, case: Case, i: int, taste: float, notice: float) -> None:
        council, text, p = case.council, case.proposal, case.procedure
        benefits = len(council.drivers.benefits)
        value, spared = float(text.appeal), 0.0
        for k in range(len(council.drivers.names)):
            part = float(case.weights[k]) * float(council.traits[k][i]) * float(text.loadings[k])
            value += part if k < benefits else -part
            spared += 0.0 if k < benefits else part
        grievance = text.grievance if isinstance(text.grievance, float | int) else text.grievance[i]
        self.stake = float(council.stake[i])
        self.utility = value + float(grievance) + logit(taste)
        self.spared = float(p.opt_out_relief) * spared
        self.company = 1.0 - float(council.independence[i])
        self.docile = bool(council.never_objects[i])
        self.looks_up = -math.log1p(-notice) / float(council.attention[i])

    def gain(self, ambition: float) -> float:
        """W."""
        return ambition * self.stake * self.utility

    def supports(self) -> bool:
        return self.utility >= 0.0

    def cost(self, case: Case, t: int, support: float) -> float:
        """K, where `support` is the share of the others that supported the text as tabled."""
        p = case.procedure
        alone = float(p.isolation) * self.company * power(support, float(p.isolation_curvature))
        return float(p.objection_cost) + alone + float(p.fatigue) * t


def heard(case: Case, i: int, support: float, open_before: list[int]) -> float:
    """(1 - lambda) S + lambda E, where E is the share of those i listens to that did not openly object before."""
    interaction, size = case.interaction, case.council.size
    listens = [1.0 if interaction.ties is None else float(interaction.ties[i][j]) for j in range(size)]
    others = [j for j in range(size) if j != i]
    total = sum(listens[j] for j in others)
    silent = sum(listens[j] for j in others if j not in open_before) / total if total > 0 else support
    return (1.0 - float(interaction.heed)) * support + float(interaction.heed) * silent


def open_objectors(case: Case, members: list[Member], objectors: list[int], secret: list[float]) -> list[int]:
    """Those who speak: the first to look up, and of the others who would not hide."""
    speaking = sorted(objectors, key=lambda i: (members[i].looks_up, i))
    return [i for i in speaking if i == speaking[0] or not secret[i] < float(case.interaction.hide)]


def in_favour(acquiescence: bool, stance: str) -> bool:
    return stance == "support" or (stance == "acquiesce" and acquiescence)


def carried(case: Case, stances: list[str]) -> bool:
    """Does the text pass with these stances?"""
    rule = case.rule
    met = True
    for criterion in rule.criteria:
        favourable = 0
        for weight, stance in zip(criterion.weights, stances, strict=True):
            if in_favour(criterion.acquiescence, stance):
                favourable += int(weight)
        met = met and favourable >= criterion.quota
    if rule.blocking and len(missing(case, stances)) < rule.blocking:
        met = True
    for veto, stance in zip(rule.veto, stances, strict=True):
        if veto and stance == "object":
            met = False
    return met


def missing(case: Case, stances: list[str]) -> list[int]:
    criteria = case.rule.criteria
    return [i for i, stance in enumerate(stances) if not all(in_favour(c.acquiescence, stance) for c in criteria)]


def win_over(case: Case, stances: list[str], accepting: list[int], at_most: int) -> list[int] | None:
    """Who must be added, one by one, until the text passes; None if it does not with so many."""
    weights = case.rule.criteria[-1].weights

    def place(i: int) -> tuple[bool, int, int]:
        vetoes = bool(case.rule.veto[i]) and stances[i] == "object"
        return (not vetoes, -int(weights[i]), i)

    now, added = list(stances), []
    for i in sorted(accepting, key=place)[:at_most]:
        now[i] = "support"
        added.append(i)
        if carried(case, now):
            return added
    return None


def tell(
    case: Case, taste: list[float], notice: list[float], agenda: float, secret: list[float] | None = None
) -> Story:
    """The process for one replicate."""
    p, size = case.procedure, case.council.size
    members = [Member(case, i, taste[i], notice[i]) for i in range(size)]
    supporters = sum(member.supports() for member in members)
    needs_support = any(not criterion.acquiescence for criterion in case.rule.criteria)
    told: list[list[str]] = []
    hidden: list[list[int]] = []
    open_before: list[int] = []
    first = None
    won: list[int] = []
    outcome = "blocked"
    for t in range(p.rounds):
        ambition = 1.0 - float(p.dilution_step) * max(t - p.dilution_first_round + 1, 0)
        if ambition < float(p.dilution_floor) - 1e-12:
            outcome = "withdrawn"
            break
        stances, costs = [], []
        for member in members:
            others = supporters - member.supports()
            support = others / (size - 1) if size > 1 else 0.0
            if t > 0:
                support = heard(case, members.index(member), support, open_before)
            cost = member.cost(case, t, support)
            costs.append(cost)
            if member.supports():
                stances.append("support")
            elif (
                member.gain(ambition) >= -cost
                or member.docile
                or (t == 0 and not member.looks_up < float(p.silence_hours))
            ):
                stances.append("acquiesce")
            else:
                stances.append("object")
        told.append(stances)
        objectors = [i for i in range(size) if stances[i] == "object"]
        open_before = open_objectors(case, members, objectors, secret or [1.0] * size)
        hidden.append([i for i in objectors if i not in open_before])
        if t == 0 and objectors:
            first = min(objectors, key=lambda i: members[i].looks_up)
        if carried(case, stances):
            outcome = "adopted-diluted" if ambition < 1.0 - 1e-12 else "adopted"
            break

        def accepting(offer: list[float]) -> list[int]:
            least = [0.0 if needs_support else -cost for cost in costs]  # noqa: B023
            return [i for i in missing(case, stances) if members[i].gain(ambition) + offer[i] >= least[i]]  # noqa: B023

        paid = win_over(case, stances, accepting([float(p.payment_value)] * size), p.payment_members)
        if paid is not None:
            outcome, won = "adopted-after-payment", paid
            break
        if t >= p.opt_out_first_round:
            spared = [ambition * member.stake * member.spared for member in members]
            let_off = win_over(case, stances, accepting(spared), p.opt_out_members)
            if let_off is not None:
                outcome, won = "adopted-with-opt-out", let_off
                break
        given_up = agenda < 1.0 - (1.0 - float(p.withdrawal_hazard)) ** (t + 1)
        if t < p.rounds - 1 and (len(open_before) > p.withdraw_above or given_up):
            outcome = "withdrawn"
            break
    failed = outcome in ("blocked", "withdrawn")
    hold_outs = [i for i in range(size) if told[-1][i] == "object"] if failed else []
    return Story(outcome, len(told) - 1, told, hold_outs, first, won, hidden)
