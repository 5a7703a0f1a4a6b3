"""Which uncertain inputs matter: indices over all of them, and the case with each part of the model switched off."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

import sim
from sim.answers.answer import DoesNotApply, source, way
from sim.answers.figures import Way
from sim.engines import exact
from sim.engines.simulate import together
from sim.model.case import Case
from sim.model.council import Floats
from sim.model.stances import table
from sim.scenario.load import Scenario, load
from sim.scenario.seat import Seating
from sim.scenario.spreads import Spreads
from sim.study.indices import FORMAT, Ablation, Sensitivity
from sim.study.screening import screened
from sim.study.sharing import shared_out
from sim.study.uncertainty import placed

POINTS = {"sobol": 256, "morris": 40}
BLOCK = 128  # runs side by side
Progress = Callable[[str, float], None]


class NothingUncertain(Exception):
    """A scenario without any input that has a range."""


@dataclass(frozen=True)
class Block:
    """Some runs: uniform numbers (runs, inputs), and what they mean."""

    number: int
    share: float
    uniforms: Floats
    seating: Seating
    spreads: Spreads
    proposal: int
    member: int
    way: Way


def analyse(
    scenario: Scenario,
    *,
    method: str = "sobol",
    points: int | None = None,
    proposal: int = 0,
    member: str | None = None,
    workers: int | None = 1,
    cluster: str | None = None,
    progress: Progress = lambda what, share: None,
) -> Sensitivity:
    """Indices of P(adopted) and of P(the member blocks alone), and ablations; member: None for the likeliest.

    A column of traits is one input, with all members drawn at once. workers: processes; None: as many as the work is
    worth, for programs that spawned processes may import again. Raises NothingUncertain, DoesNotApply.
    """
    switched = _switched(scenario, proposal)
    how = _way(scenario, switched)
    case = scenario.questions[proposal].case
    place = case.council.index(member) if member is not None else _likeliest(case, how)
    spreads = _about(scenario.spreads, proposal)
    groups = [*(f"traits.{each.column}" for each in spreads.columns for _ in each.centre)]
    groups += [each.label for each in spreads.numbers]
    if not groups:
        raise NothingUncertain
    points = points or POINTS[method]
    name = case.council.names[place]

    def evaluate(uniforms: Floats) -> Floats:
        return _evaluated(uniforms, scenario, spreads, proposal, place, how, workers, cluster, progress)

    outputs, runs = screened(groups, method, points, scenario.seed, evaluate, ["P(adopted)", f"P({name} blocks alone)"])
    return Sensitivity(
        format=FORMAT,
        version=sim.__version__,
        scenario=source(scenario),
        method=method,
        points=points,
        runs=runs,
        seed=how.seed,
        engine=how.engine,
        replicates=None if how.engine == "exact" else how.replicates,
        inputs=len(groups),
        proposal=case.proposal.name,
        rule=case.rule.label,
        member=case.council.ids[place],
        member_name=name,
        outputs=outputs,
        ablations=list(ablations(case, switched, place, how)),
    )


def _switched(scenario: Scenario, proposal: int) -> dict[str, Case]:
    """The scenario's own ablations, by name."""
    settings = {name: [*scenario.settings, *each] for name, each in scenario.ablations.items()}
    return {name: load(scenario.file, each).questions[proposal].case for name, each in settings.items()}


def _way(scenario: Scenario, switched: Mapping[str, Case]) -> Way:
    """One engine for all runs, in which what is uncertain is drawn, and for all ablations. Raises DoesNotApply."""
    how = way(replace(scenario, draws=max(scenario.draws, 1)))
    reasons = {name: exact.applies(case, True, False) for name, case in switched.items() if how.engine == "exact"}
    reason = next(((name, why) for name, why in reasons.items() if why), None)
    if reason is None:
        return how
    if scenario.engine == "exact":
        what = f"the exact engine does not apply to the ablation {reason[0]!r}: {reason[1]}"
        raise DoesNotApply(f"{what}; --engine simulate does")
    return replace(how, engine="simulate")


def _likeliest(case: Case, how: Way) -> int:
    """Who most likely blocks alone."""
    return int(np.argmax(_alone(case, how)))


def _alone(case: Case, how: Way) -> Floats:
    if how.engine == "exact":
        return exact.lone_hold_outs(case)
    return together([case], how.replicates, how.seed, blame=True)[0].tally.lone_hold_out / how.replicates


def _about(spreads: Spreads, proposal: int) -> Spreads:
    """What is uncertain about one proposal: not the loadings of the others."""

    def theirs(place: tuple[str | int, ...]) -> bool:
        return place[0] == "proposal" and place[1] != proposal

    kept = [each for each in spreads.numbers if not all(theirs(place) for place, _ in each.targets)]
    return replace(spreads, numbers=tuple(kept))


# -- indices ----------------------------------------------------------------------------------------------------------


def _evaluated(
    uniforms: Floats,
    scenario: Scenario,
    spreads: Spreads,
    proposal: int,
    member: int,
    how: Way,
    workers: int | None,
    cluster: str | None,
    progress: Progress,
) -> Floats:
    """P(adopted) and P(the member blocks alone) of each run, (runs, 2)."""
    starts = range(0, len(uniforms), BLOCK)
    tasks = (
        Block(
            n,
            len(uniforms[start : start + BLOCK]) / len(uniforms),
            uniforms[start : start + BLOCK],
            scenario.seating,
            spreads,
            proposal,
            member,
            how,
        )
        for n, start in enumerate(starts)
    )
    found: dict[int, Floats] = {}
    for block, each in shared_out(compute, tasks, lambda block: block.share, workers=workers, cluster=cluster):
        found[block.number] = each
        progress("sensitivity", len(found) / len(starts))
    return np.concatenate([found[n] for n in sorted(found)])


def compute(block: Block) -> Floats:
    """P(adopted) and P(the member blocks alone), (runs, 2)."""
    columns, at = [], 0
    for each in block.spreads.columns:
        columns.append(block.uniforms[:, at : at + len(each.centre)])
        at += len(each.centre)
    drawn = placed(block.spreads, columns, list(block.uniforms[:, at:].T))
    case = block.seating.questions(drawn)[block.proposal].case.block((len(block.uniforms),))
    return np.stack(figures(case, block.member, block.way)[::2], axis=-1)


def figures(case: Case, member: int, how: Way) -> tuple[Floats, Floats, Floats, Floats]:
    """P(adopted) and P(the member blocks alone) of each case of a block, each with its standard error."""
    if how.engine == "exact":
        stances = table(case)
        adopted, alone = exact.outcomes(case, stances).adopted_any, exact.lone_hold_outs(case, stances)[..., member]
        return adopted, np.zeros_like(adopted), alone, np.zeros_like(alone)
    cases = [case.at(each) for each in np.ndindex(*case.shape)]
    tallies = [each.tally for each in together(cases, how.replicates, how.seed, blame=True)]
    adopted = np.array([each.adopted_any for each in tallies]) / how.replicates
    alone = np.array([each.lone_hold_out[member] for each in tallies]) / how.replicates
    return adopted, _error(adopted, how), alone, _error(alone, how)


def _error(share: Floats, how: Way) -> Floats:
    return np.sqrt(share * (1.0 - share) / how.replicates)


# -- ablations --------------------------------------------------------------------------------------------------------


def ablations(case: Case, switched: Mapping[str, Case], member: int, how: Way) -> Iterator[Ablation]:
    """The case as stated, then with each part switched off in turn; all by the same engine, on the same draws."""
    id_ = case.council.ids[member]
    for name, other in _without(case):
        yield _ablated(name, other, member, how)
    for name, other in switched.items():
        if id_ in other.council.ids:
            yield _ablated(name, other, other.council.index(id_), how)


def _ablated(name: str, case: Case, member: int, how: Way) -> Ablation:
    return Ablation(name, *(float(each[0]) for each in figures(case.block((1,)), member, how)))


def _without(case: Case) -> Iterator[tuple[str, Case]]:
    yield "as stated", case
    for n, driver in enumerate(case.council.drivers.names):
        if not case.council.traits[n].any():
            continue  # no member has any of it
        weights = np.array(case.weights)
        weights[n] = 0.0
        yield f"without {driver}", case.but(weights=weights)
    stake = np.full(case.council.size, float(np.mean(case.council.stake)))
    yield "equal stakes", case.but(council=case.council.but(stake=stake))
    yield "no isolation", case.but(isolation=0.0)
    if case.interaction.heeds:
        yield "no heed", case.but(heed=0.0)
    if case.interaction.hides:
        yield "no hiding", case.but(hide=0.0)
    if case.procedure.payment_members:
        yield "no side payment", case.but(payment_members=0)
    if case.procedure.opt_out_members:
        yield "no opt-out", case.but(opt_out_members=0)
