"""The scenario on the desk: what the server was started with, opened under what a visitor has changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sim.answers.answer import DoesNotApply, way
from sim.answers.figures import Way
from sim.model.case import Case
from sim.scenario.complaints import BadInput, nearest, shown
from sim.scenario.files import locate
from sim.scenario.load import Scenario, Setting, load
from sim.show.page.state import State

BY = "the page"
LARGE = 64  # members, beyond which the exact engine is too slow to follow a slider;
AWAKE = 12  # and likewise under a silence deadline
DRAWS, LEAST = 310_000, 2_000  # members times replicates, at most, but always so many replicates


@dataclass(frozen=True)
class Opened:
    """A scenario under a visitor's changes, and what is looked at.

    place: of the text; member: of the member looked at, in council order; how: by which engine it is computed
    limits: what the page set so that it can follow a slider
    """

    scenario: Scenario
    state: State
    place: int
    member: int
    how: Way
    limits: tuple[Setting, ...]

    @property
    def case(self) -> Case:
        """The question looked at."""
        return self.scenario.questions[self.place].case


@dataclass(frozen=True)
class Desk:
    """name, settings: what the command line gave."""

    name: str
    settings: tuple[Setting, ...] = ()

    @property
    def stem(self) -> str:
        """What results of this scenario are called."""
        return Path(self.name).stem

    @property
    def path(self) -> Path:
        """Where the scenario stands."""
        return locate(self.name)

    def opened(self, state: State) -> Opened:
        """The scenario under these changes. BadInput with all that is wrong with them."""
        scenario = self._load(state)
        limits = _limits(scenario)
        if limits:
            scenario = self._load(state, limits)
        wrong: list[str] = []
        texts, council = len(scenario.questions), scenario.questions[0].case.council
        if state.proposal >= texts:
            wrong.append(f"link: proposal: there is no text {state.proposal}; expected a place from 0 to {texts - 1}")
        member = 0
        if state.member is None:
            member = _first(scenario)
        elif state.member in council.ids:
            member = council.ids.index(state.member)
        elif state.member not in scenario.seating.members.ids:
            what = f"{shown(state.member)} is no member of this council"
            wrong.append(f"link: member: {what}{nearest(state.member, council.ids)}")
        if wrong:
            raise BadInput(wrong)
        try:
            how = way(scenario)
        except DoesNotApply as reason:
            raise BadInput([str(reason)]) from None
        return Opened(scenario, state, state.proposal, member, how, limits)

    def _load(self, state: State, limits: Sequence[Setting] = ()) -> Scenario:
        return load(self.name, [*self.settings, *state.settings(), *limits])


def _first(scenario: Scenario) -> int:
    """Whom to look at first: the observed hold-out, else the first member."""
    council = scenario.questions[0].case.council
    for each in scenario.seating.sheet.observed:
        for member in each.hold_outs or []:
            if member in council.ids:
                return council.ids.index(member)
    return 0


def _limits(scenario: Scenario) -> tuple[Setting, ...]:
    """What must be set for the page to follow a slider: fewer replicates, arrays instead of agents."""
    size = scenario.questions[0].case.council.size
    large = size > LARGE
    sleepy = size > AWAKE and any(np.isfinite(each.case.procedure.silence_hours) for each in scenario.questions)
    most = max(LEAST, DRAWS // size)
    found = []
    if scenario.replicates > most:
        found.append(Setting("run.replicates", most, BY))
    if scenario.engine == "agents" or ((large or sleepy) and scenario.engine == "auto"):
        found.append(Setting("run.engine", "simulate", BY))
    return tuple(found)
