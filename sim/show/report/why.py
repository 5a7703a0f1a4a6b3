"""What stands in no record and is computed for the brief: explanations with prices, soft spots, sources by column."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sim.answers.answer import DoesNotApply, way
from sim.answers.figures import Way
from sim.answers.result import ProposalResult
from sim.engines import exact
from sim.model.case import Case
from sim.scenario.complaints import BadInput
from sim.scenario.load import Scenario, Setting, load
from sim.scenario.sources import members_path, sources
from sim.show.report import clip
from sim.show.report.brief import Column, Spots, Why
from sim.study.explain import explained
from sim.study.sensitivity import ablations

Progress = Callable[[str, float], None]
REPLICATES, PLAYED = 10_000, 1_000_000  # of a simulated soft spot; times members
MEMBERS_AT_MOST = 400  # beyond which prices would take minutes
PARTS = ("as stated", "equal stakes", "no isolation", "no heed", "no hiding")  # what is switched off in turn


def why(scenario: Scenario | None, progress: Progress) -> Why:
    """Why the likely hold-outs of the first proposal take their stances, and at what price they would not."""
    if scenario is None:
        return Why(None, "The scenario is not beside the saved result, so members are not taken apart here.")
    size = scenario.questions[0].case.council.size
    if size > MEMBERS_AT_MOST:
        what = f"Members of a council of {size:,} are not taken apart here, as that takes long; `explain` does it."
        return Why(None, what)
    try:
        return Why(clip.explained(explained(scenario, progress=progress)), None)
    except (DoesNotApply, ValueError) as reason:
        return Why(None, f"Members are not taken apart here: {reason}.")


def spots(scenario: Scenario | None, text: ProposalResult, original: Scenario | None = None) -> Spots | None:
    """The soft spots of the first proposal; original: the file that a resolved scenario came from, with its ablations.

    None: nothing to compute them from, or they would take long.
    """
    if scenario is None:
        return None
    case = scenario.questions[0].case
    switched = dict(_switched(scenario, original or scenario))
    how = _way(scenario, [case, *switched.values()])
    if how is None:
        return None
    leader = max(text.blame, key=lambda each: (each.final_hold_out, each.object))
    if leader.id not in case.council.ids:
        return None
    found = ablations(case, switched, case.council.index(leader.id), how)
    kept = tuple(each for each in found if each.name in PARTS or each.name in switched)
    return Spots(leader.name, kept, None if how.engine == "exact" else how.replicates)


def _switched(scenario: Scenario, original: Scenario) -> Iterator[tuple[str, Case]]:
    """The scenario's own ablations, by name; one that does not fit what was set besides is left out."""
    for name, settings in original.ablations.items():
        given: list[Setting] = [*scenario.settings, *settings]
        try:
            yield name, load(scenario.file, given).questions[0].case
        except BadInput:
            continue


def _way(scenario: Scenario, cases: list[Case]) -> Way | None:
    """One engine for all soft spots; None: it would take long."""
    size = cases[0].council.size
    if size > MEMBERS_AT_MOST:
        return None
    try:
        how = way(scenario)
    except DoesNotApply:
        return None
    if how.engine == "exact" and not any(exact.applies(each, True, False) for each in cases):
        return how
    return Way("simulate", min(how.replicates, REPLICATES, max(1000, PLAYED // size)), how.seed)


def columns(scenario: Scenario | None, original: Scenario | None = None) -> tuple[Column, ...]:
    """The columns that feed the drivers, with what is said of them beside the members file."""
    if scenario is None:
        return ()
    told = sources(members_path(original or scenario))
    sheet, members = scenario.seating.sheet, scenario.seating.members
    feeds: dict[str, list[str]] = {}
    for name in (*scenario.questions[0].case.council.drivers.names, "independence"):
        spec = sheet.traits.get(name)
        column = spec.column if spec else name
        if column in members.traits or column in members.own:
            feeds.setdefault(column, []).append(f"{name} (reversed)" if spec and spec.invert else name)
    return tuple(Column(each, ", ".join(names), told.get(each)) for each, names in feeds.items())
