"""Why does a member take its stance, and what would win it over? Values taken apart, and prices by root finding."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

import sim
from sim.answers.answer import DoesNotApply, source
from sim.answers.figures import Figures, Progress, Way, error, played, summed
from sim.answers.room import watched
from sim.engines import exact
from sim.model.case import Case
from sim.model.council import Floats
from sim.scenario.load import Scenario
from sim.study.explanation import FORMAT, Blame, Explained, ExplainedMember
from sim.study.member import Anatomy
from sim.study.packages import Frontier, frontier
from sim.study.prices import HALF, Instrument, Odds, Price, concession, dilution, opt_out, payment, priced, wider
from sim.study.supply import POINTS, Supply, supply
from sim.study.typed import command, joined

MOST, COVERED, SEEN = 5, 0.9, 0.005  # likely hold-outs: at most so many, with so much of the blame, each with this much
REPLICATES, PLAYED = 10_000, 2_000_000  # of a simulated price, which takes dozens of samples; times members
SIZE_AT_MOST = 150  # members, beyond which roots on the exact engine would take minutes

__all__ = ["Explained", "explained"]


def explained(
    scenario: Scenario,
    member: str | None = None,
    proposal: int = 0,
    *,
    progress: Progress = lambda what, share: None,
) -> Explained:
    """Explain one member by its id, or the likely hold-outs, on one proposal.

    Raises ValueError for a member that does not sit here, DoesNotApply where `exact` is asked for in vain.
    """
    case = scenario.questions[proposal].case
    asked = None if member is None else case.council.index(member)
    how = _way(scenario, case)
    progress("blame", 0.0)
    found = summed(case, lambda *done: None) if how.engine == "exact" else played(case, how, lambda *done: None)
    held = np.array(found.measures["final_hold_out"], float)
    places = likely(held, found.measures["object"] or []) if asked is None else [asked]
    priced_by, unpriced = _pricing(scenario, case, how)
    tender = Tender(scenario, proposal, Odds(priced_by), found.adopted_any, held)
    members = list(_members(scenario, proposal, places, found, how, tender, progress))
    progress("prices for all", 0.6)
    prices = list(tender.prices())
    progress("packages", 0.75)
    packages = tender.frontier()
    progress("supply", 0.9)
    return Explained(
        format=FORMAT,
        version=sim.__version__,
        scenario=source(scenario),
        proposal=case.proposal.name,
        place=proposal,
        rule=case.rule.label,
        members=case.council.size,
        engine=how.engine,
        seed=how.seed,
        replicates=None if how.engine == "exact" else how.replicates,
        price_engine=priced_by.engine,
        price_replicates=None if priced_by.engine == "exact" else priced_by.replicates,
        adopted_any=found.adopted_any,
        standard_error=error(found.adopted_any, how),
        supporters=found.supporters,
        rounds=int(case.lasts.sum()),
        ambition=[float(each) for each in case.ambition[case.lasts]],
        asked=member,
        covered=float(held[places].sum() / held.sum()) if held.sum() > 0 else 0.0,
        explained=members,
        prices=prices,
        unpriced=unpriced,
        frontier=packages,
        supply=tender.supply(len(places) if asked is None else MOST),
        notes=list(tender.notes()),
    )


def likely(held: Floats, wishes: Sequence[float]) -> list[int]:
    """The likely hold-outs: those most likely to hold out, until they cover most of the blame.

    held (N,): P(final hold-out); where nobody is one, who most likely objects
    """
    order = [int(each) for each in np.lexsort((-np.asarray(wishes), -held))]
    found = order[:1]
    for place in order[1:MOST]:
        if held[found].sum() >= COVERED * held.sum() or held[place] < SEEN:
            break
        found.append(place)
    return found


# -- engines ----------------------------------------------------------------------------------------------------------


def _way(scenario: Scenario, case: Case) -> Way:
    """The engine for one proposal; agents come to the same as `simulate`, bit for bit."""
    if scenario.engine in ("auto", "exact"):
        reason = exact.applies(case, True, scenario.engine == "auto")
        if reason is None:
            return Way("exact", scenario.replicates, scenario.seed)
        if scenario.engine == "exact":
            what = f"the exact engine does not apply to {case.proposal.name!r}: {reason}; --engine simulate does"
            raise DoesNotApply(what)
    return Way("simulate", scenario.replicates, scenario.seed)


def _pricing(scenario: Scenario, case: Case, how: Way) -> tuple[Way, list[str]]:
    """The engine for prices, and what is to be said of it."""
    procedure, size = case.procedure, case.council.size
    offered = case.but(
        payment_members=max(1, procedure.payment_members), opt_out_members=max(1, procedure.opt_out_members)
    )
    reason = f"{size:,} members would take too long" if size > SIZE_AT_MOST else exact.applies(offered, True, False)
    if scenario.engine in ("auto", "exact") and reason is None:
        return Way("exact", how.replicates, how.seed), []
    replicates = min(how.replicates, REPLICATES, max(1000, PLAYED // size))
    why = f"the exact engine does not apply, as {reason}" if reason else "the exact engine was not asked for"
    said = f"Prices are simulated on {replicates:,} replicates, all on the same draws: {why}."
    return Way("simulate", replicates, how.seed), [said]


# -- members ----------------------------------------------------------------------------------------------------------


def _members(
    scenario: Scenario,
    proposal: int,
    places: Sequence[int],
    found: Figures,
    how: Way,
    tender: Tender,
    progress: Progress,
) -> Iterator[ExplainedMember]:
    anatomy = Anatomy.of(scenario, proposal)
    case, council = anatomy.case, anatomy.case.council
    stances = _stances(case, found)
    seen = watched(case, how.replicates, how.seed)
    for done, place in enumerate(places):
        name = council.names[place]
        progress(f"prices for {name}", 0.1 + 0.5 * done / len(places))
        measures = {each: _at(found, each, place) for each in ("first_objector", "pivotality", "shapley")}
        yield ExplainedMember(
            id=council.ids[place],
            name=name,
            appeal=anatomy.appeal(),
            grievance=anatomy.grievance(place),
            drivers=anatomy.drivers(place),
            value=float(anatomy.value[place]),
            stake=float(council.stake[place]),
            independence=float(council.independence[place]),
            never_objects=bool(council.never_objects[place]),
            cost=anatomy.cost(place),
            stances=anatomy.stances(place, stances),
            blame=Blame(
                final_hold_out=_at(found, "final_hold_out", place) or 0.0,
                lone_hold_out=_at(found, "lone_hold_out", place) or 0.0,
                hidden=float(seen.hidden[place]) if seen else 0.0,
                **measures,
            ),
            prices=list(tender.for_member(place)),
        )


def _at(found: Figures, measure: str, place: int) -> float | None:
    values = found.measures[measure]
    return None if values is None else values[place]


def _stances(case: Case, found: Figures) -> tuple[Floats, Floats, Floats]:
    """P(each stance) as tabled, exactly under any rule; of very large councils as the engine has it."""
    if case.council.size <= SIZE_AT_MOST:
        return exact.as_tabled(case.but(rounds=1, payment_members=0, opt_out_members=0))
    support, acquiesce, wishes = (np.array(found.measures[each]) for each in ("support", "acquiesce", "object"))
    return support, acquiesce, wishes


# -- prices -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Tender:
    """What could be offered on one proposal. held (N,): P(final hold-out); adopted: P(adopted in any form), stated."""

    scenario: Scenario
    proposal: int
    odds: Odds
    adopted: float
    held: Floats

    @property
    def case(self) -> Case:
        """The proposal's."""
        return self.scenario.questions[self.proposal].case

    def path(self, key: str) -> str:
        """A key of the procedure as it must be typed: the proposal's own, where that goes before the common one."""
        return joined("proposal", str(self.proposal), "procedure", *key.split(".")) if self._own(key) else _common(key)

    def _own(self, key: str) -> bool:
        part: Any = self.scenario.seating.sheet.proposal[self.proposal].procedure
        for step in key.split("."):
            if step not in part.model_fields_set:
                return False
            part = getattr(part, step)
        return True

    def again(self, settings: dict[str, Any]) -> str:
        """The command that sets this and reproduces a price."""
        if self.odds.exactly:
            return command(self.scenario, list(settings.items()))
        how = self.odds.how
        return command(self.scenario, list(settings.items()), engine="simulate", replicates=how.replicates)

    def prices(self) -> Iterator[Price]:
        """For everybody alike: each instrument; then those that must be offered to more members than stated."""
        tools = [payment(self.case, self.path), dilution(self.case, self.path), opt_out(self.case, self.path)]
        found = [priced(each, self.odds, self.again) for each in tools]
        yield from found
        for build, price in zip((payment, opt_out), found[::2], strict=True):
            more = wider(build, self.case, self.path, self.odds, self.again) if price.status == "never" else None
            if more is not None:
                yield more

    def for_member(self, place: int) -> Iterator[Price]:
        """The concession to one member; then each instrument at which it is as likely a final hold-out as not."""
        key = joined("proposal", str(self.proposal), "grievance", self.case.council.ids[place])
        yield priced(concession(self.case, place, key), self.odds, self.again)
        if self.held[place] > HALF:
            tools: list[Instrument] = [
                payment(self.case, self.path),
                dilution(self.case, self.path),
                opt_out(self.case, self.path),
            ]
            yield from (priced(each, self.odds, self.again, place) for each in tools)

    @property
    def divisible(self) -> bool:
        """May the text be diluted? Not where its own part of the scenario says by how much."""
        return not self._own("dilution.step")

    def frontier(self) -> Frontier | None:
        """Packages that reach one half, where one is needed and the exact engine can find it."""
        if not self.odds.exactly or self.adopted >= HALF:
            return None
        return frontier(self.case, self.path, self.odds, self.held, self.divisible, self.again)

    def supply(self, shown: int) -> Supply | None:
        """Hold-outs by price."""
        tool = payment(self.case, self.path)
        points = POINTS if self.odds.exactly else POINTS // 4
        return supply(self.case, lambda b: self.odds.adopted(tool.apply(b)), tool.members or 1, max(shown, 3), points)

    def notes(self) -> Iterator[str]:
        """What must be known to read the prices."""
        case = self.case
        if not self.divisible:
            step = float(case.procedure.dilution_step)
            yield (
                f"The scenario itself fixes this text's dilution, at {step:g} a round, so a price in dilution is"
                " hypothetical, and packages leave it as it is."
            )
        if case.procedure.opt_out_first_round >= int(case.lasts.sum()):
            first = case.procedure.opt_out_first_round
            yield f"An opt-out is on offer from round {first} only, counted from 0, which is after the last one."
        if case.interaction.heeds:
            yield "The supply of hold-outs is as if members did not heed each other: that takes the rounds played."


def _common(key: str) -> str:
    return f"procedure.{key}"
