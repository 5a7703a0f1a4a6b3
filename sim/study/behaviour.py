"""A scenario played by members of another kind: the same draws, the same record, the same workers.

    from sim.study.behaviour import played
    result = played(load("tokyo-office-2023"), MyMember)

Python only: a scenario file never names code to load.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sim.answers import room
from sim.answers.answer import formal_power, source
from sim.answers.figures import Way, counted, error, told
from sim.answers.result import FORMAT, Chronicle, Program, ProposalResult, Result, RuleRow
from sim.engines.agents import Behaviour, Council, MemberError, named
from sim.engines.meetings import meet
from sim.engines.simulate import Paired
from sim.model.case import Case
from sim.scenario.load import Scenario
from sim.study.sharing import shared_out

BLOCK = 250  # replicates that a worker is handed at a time
STATED = ""


class Carried:
    """Members' classes on their way to a worker: also those that stand in a notebook, which it cannot import."""

    def __init__(self, member: Behaviour) -> None:
        self.member = member

    def __reduce__(self) -> tuple[Any, ...]:
        import cloudpickle

        return _unpacked, (cloudpickle.dumps(self.member),)


def _unpacked(packed: bytes) -> Carried:
    return Carried(pickle.loads(packed))


@dataclass(frozen=True)
class Block:
    """Some replicates of a meeting: the texts, decided in their order, under the stated rules or all under another."""

    rule: str
    cases: tuple[Case, ...]
    member: Carried
    seed: int
    start: int
    replicates: int


def compute(block: Block) -> list[Paired]:
    """The tallies of a block, by text."""
    return meet(block.cases, block.replicates, block.seed, block.member.member, start=block.start)


def played(
    scenario: Scenario,
    member: Behaviour,
    *,
    rules: bool = True,
    workers: int | None = 1,
    cluster: str | None = None,
    progress: Callable[[str, float], None] = lambda what, share: None,
) -> Result:
    """The scenario's result with these members: a subclass of Member for all, or by id for some.

    In each replicate the same members decide the scenario's texts one after another. Under another rule they decide all
    texts under it; rules=False leaves that out. `differences` say what these members make of P(adopted), against plain
    ones on the same draws. Pivotality and Shapley blame are null: they would need every member replaced in turn.
    workers, cluster: as for a sweep; None, as many processes as the work is worth. Raises MemberError.
    """
    carried = Carried(member)
    if workers != 1 or cluster:
        _check(carried)
    meetings = _meetings(scenario, rules)
    blocks = list(_blocks(scenario, meetings, carried))
    found: dict[str, list[Paired]] = {}
    total, done = scenario.replicates * len(meetings), 0
    for block, parts in shared_out(
        compute, blocks, lambda each: each.replicates / total, workers=workers, cluster=cluster
    ):
        before = found.get(block.rule)
        found[block.rule] = [a + b for a, b in zip(before, parts, strict=True)] if before else parts
        done += block.replicates
        progress(f"agents, {named(member)}", done / total)
    how = Way("agents", scenario.replicates, scenario.seed)
    chronicles = _chronicles([each.case for each in scenario.questions], 0, scenario.seed, member)
    proposals = [_told(scenario, n, how, found, named(member)) for n in range(len(scenario.questions))]
    return Result(
        format=FORMAT,
        program=Program.this(),
        scenario=source(scenario),
        engine=how.engine,
        seed=how.seed,
        replicates=how.replicates,
        draws=0,
        effective_draws=None,
        proposals=[replace(each, chronicle=told_) for each, told_ in zip(proposals, chronicles, strict=True)],
        behaviour=named(member),
    )


def _check(carried: Carried) -> None:
    try:
        pickle.dumps(carried)
    except Exception as reason:
        what = f"{named(carried.member)} cannot be sent to other processes ({reason}); workers=1 needs none"
        raise MemberError(what) from reason


def _meetings(scenario: Scenario, rules: bool) -> dict[str, tuple[Case, ...]]:
    """The texts under their stated rules, and all that can be under each of the others, by its label."""
    questions = scenario.questions
    meetings = {STATED: tuple(each.case for each in questions)}
    for label in dict.fromkeys(rule.label for each in questions for rule in each.compared if rules):
        chosen = [{rule.label: rule for rule in each.compared}.get(label, each.case.rule) for each in questions]
        meetings[label] = tuple(each.case.but(rule=rule) for each, rule in zip(questions, chosen, strict=True))
    return meetings


def _blocks(scenario: Scenario, meetings: Mapping[str, tuple[Case, ...]], carried: Carried) -> Iterator[Block]:
    for label, cases in meetings.items():
        for start in range(0, scenario.replicates, BLOCK):
            yield Block(label, cases, carried, scenario.seed, start, min(BLOCK, scenario.replicates - start))


def _told(scenario: Scenario, n: int, how: Way, found: Mapping[str, list[Paired]], made_by: str) -> ProposalResult:
    case, mine = scenario.questions[n].case, found[STATED][n]
    compared = [rule.label for rule in scenario.questions[n].compared if rule.label in found]
    shares = {label: found[label][n].tally.adopted_any / how.replicates for label in compared}
    watches = case.interaction.heeds or case.interaction.hides
    return replace(
        told(case, how, counted(mine.tally), mine.tally.hidden / how.replicates),
        rules=[RuleRow(label, each, error(each, how), how.engine, how.replicates) for label, each in shares.items()],
        formal_power=formal_power(case.rule),
        room=room.room(case, mine.tally) if watches else None,
        differences=[room.made(made_by, mine)],
    )


def _chronicles(cases: Sequence[Case], replicate: int, seed: int, member: Behaviour) -> list[Chronicle]:
    """One replicate of the meeting, told."""
    council = Council(cases, replicate, seed, member)
    found: list[Chronicle] = []
    for ended, case in zip(council.play().decided, cases, strict=True):
        ids, stances = case.council.ids, [member.past[len(found)] for member in council.members]
        found.append(
            Chronicle(
                proposal=ended.text,
                replicate=replicate,
                outcome=ended.outcome,
                round=ended.round,
                ambition=float(case.ambition[ended.round]),
                stances=[list(each) for each in zip(*stances, strict=True)],
                hold_outs=list(ended.hold_outs),
                won_over=list(ended.won),
                seed=seed,
                members=list(ids),
                hidden=[[ids[i] for i in (each.objects & ~each.open)[0].nonzero()[0]] for each in ended.rounds],
            )
        )
    return found
