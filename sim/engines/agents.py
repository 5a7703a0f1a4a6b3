"""The same replicate as agents: one Mesa agent a member, to look into and to build on (the model, section 6).

    from sim.engines.agents import Council
    council = Council(case, replicate=3, seed=2023)
    council.play().outcome

A round: the members observe, decide and speak, and the chair concludes with the functions that the batch uses too.
So replicate r as agents is bit for bit replicate r of `simulate`.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

try:
    import mesa  # type: ignore[import-untyped, unused-ignore]
except ImportError as error:  # Mesa 3.5.1 imports networkx without asking for it
    raise ImportError(f"agents need Mesa 3 ({error}): pip install 'mesa>=3.3,<4' networkx") from error

from sim.engines import simulate
from sim.engines.simulate import Chance, Tally
from sim.model.case import Case
from sim.model.council import Booleans
from sim.model.process import ADOPTIONS, OUTCOMES, UNDECIDED, Draws, Room, Round, decide, revise
from sim.model.stances import Table, table, value

ALONE = np.zeros(1, np.int64)  # one replicate, and one row of the table: the first
ROWS = 64  # rows of the table that a council keeps


class Member(mesa.Agent):  # type: ignore[misc, unused-ignore]
    """One member of the council: it observes, decides and speaks, once each a round.

    seat, id, name      its place in council order, and what it is called
    traits              driver -> [0, 1]
    stake, independence, attention, value     the model's σ, a, μ and v
    taste, notice       its two draws in this replicate, u and n: how it likes the text, when it looks up
    supports_from, objects_below, notices_below     its thresholds in the table of stances
    stance              "support", "acquiesce" or "object"; None before the first round
    """

    model: Council
    stance: str | None

    def __init__(self, model: Council, seat: int) -> None:
        super().__init__(model)
        council, blank = model.case.council, model.blank
        self.seat, self.id, self.name = seat, council.ids[seat], council.names[seat]
        self.traits = dict(zip(council.drivers.names, council.traits[:, seat].tolist(), strict=True))
        self.stake, self.independence = float(council.stake[seat]), float(council.independence[seat])
        self.attention, self.value = float(council.attention[seat]), float(model.values[seat])
        self.supports_from, self.notices_below = float(blank.not_support[seat]), float(blank.notice[seat])

    def receive(self, draws: Draws) -> None:
        """Receive the text as tabled, with what chance gives it in a new replicate."""
        assert draws.notice is not None  # a council always draws it
        self.taste, self.notice = float(draws.taste[0, self.seat]), float(draws.notice[0, self.seat])
        self.objects_below, self.stance = 0.0, None

    @property
    def supports(self) -> bool:
        """Is the text as tabled worth at least as much to it as the status quo?"""
        return self.taste >= self.supports_from

    def observe(self) -> None:
        """Take in how many support the text, and so what it costs in this round to stand against them."""
        council = self.model
        self.objects_below = float(council.row(council.supporters).object[0, council.round, self.seat])

    def decide(self) -> None:
        """Support the text, or object if that is worth its cost (and, at first, if noticed in time), or acquiesce."""
        in_time = self.model.round > 0 or self.notice < self.notices_below
        if self.supports:
            self.stance = "support"
        elif self.taste < self.objects_below and in_time:
            self.stance = "object"
        else:
            self.stance = "acquiesce"

    def speak(self) -> None:
        """Say its stance to the chair."""
        self.model.hear(self)


class Council(mesa.Model):  # type: ignore[misc, unused-ignore]
    """A council before one text, in one replicate: step() plays a round, play() all that are left.

    case, replicate     the question, and which of its possible worlds this is
    round               the round last played, −1 before the first; Mesa's own counter starts at 1
    supporters          how many members support the text as tabled
    objectors           how many object in this round
    outcome             one of OUTCOMES; None as long as nothing is settled, and then `running` is true
    won                 ids of the members won over by a payment or an opt-out, where that carried the text
    rounds              what happened so far, as `simulate.trace` tells it
    datacollector       the council's course by round, and everybody's stance (a frame's step t + 1 is round t)

    Mesa's random numbers only shuffle who is asked first, which decides nothing: everybody hears the same past.
    Members' numbers are there to be read; to ask "what if", change the case: every council draws the same for it.
    """

    def __init__(self, case: Case, replicate: int = 0, seed: int = 0) -> None:
        if case.shape:
            raise ValueError(f"agents play one case at a time, and this is a block of shape {case.shape}")
        super().__init__(rng=seed)
        self.case, self.values = case, value(case)
        self.blank = table(case, np.zeros(0, np.int64))  # what does not depend on the number of supporters
        self._chance = Chance(case, seed)
        self._rows: dict[int, Table] = {}
        for seat in range(case.council.size):
            Member(self, seat)
        self.convene(replicate)

    def convene(self, replicate: int) -> Council:
        """Begin anew, in another replicate; the members stay and draw again. Mesa's own step counter goes on."""
        if replicate < 0:
            raise ValueError(f"replicates count from 0, so there is no replicate {replicate}")
        self.draws = self._chance.draws(replicate, 1, notice=True)
        self.agents.do("receive", self.draws)
        self.replicate, self.round, self.running = replicate, -1, True
        self.supporters, self.objectors = sum(self.agents.get("supports")), 0
        self.outcome: str | None = None
        self.won: tuple[str, ...] = ()
        self.rounds: list[Round] = []
        self.datacollector = mesa.DataCollector(
            model_reporters={each: each for each in ("round", "supporters", "objectors", "ambition", "outcome")},
            agent_reporters={each: each for each in ("id", "stance")},
        )
        return self

    def step(self) -> None:
        """Play one round; nothing happens once the outcome is settled."""
        if not self.running:
            return
        self.round += 1
        self._heard = np.zeros((2, 1, self.case.council.size), np.bool_)
        self.agents.do("observe")
        self.agents.shuffle_do("decide")
        self.agents.shuffle_do("speak")
        self._conclude(*self._heard)
        self.datacollector.collect(self)

    def play(self) -> Council:
        """Play the rounds that are left."""
        while self.running:
            self.step()
        return self

    def hear(self, member: Member) -> None:
        """The chair notes what a member says."""
        self._heard[:, 0, member.seat] = member.stance == "support", member.stance == "object"

    def _conclude(self, supports: Booleans, objects: Booleans) -> None:
        """The chair: does the text pass, as it stands or with somebody won over? If not, what becomes of it?"""
        case, t, draws = self.case, self.round, self.draws
        stances = self.row(self.supporters)
        settled, won = decide(case, stances, t, Room.of(stances, draws.taste), supports, objects, traced=True)
        settled = revise(case, t, settled, objects, draws.agenda)
        self.rounds.append(Round(t, ALONE, objects, settled, won))
        self.objectors = int(objects.sum())
        self.won = () if won is None else self._names(won)
        if settled[0] != UNDECIDED:
            self.outcome, self.running = OUTCOMES[settled[0]], False

    @property
    def ambition(self) -> float:
        """What dilution has left of the text in this round, 1 as tabled."""
        return float(self.case.ambition[max(self.round, 0)])

    @property
    def hold_outs(self) -> tuple[str, ...]:
        """Ids of the final hold-outs: who objected in the last round to a text that was not adopted."""
        return self._names(self.rounds[-1].objects) if self.outcome in OUTCOMES[ADOPTIONS:] else ()

    def row(self, supporters: int) -> Table:
        """The table's row for this number of supporters, built when it is first asked for."""
        if supporters not in self._rows:
            if len(self._rows) == ROWS:
                self._rows.clear()
            self._rows[supporters] = table(self.case, np.array([supporters]))
        return self._rows[supporters]

    def _names(self, members: Booleans) -> tuple[str, ...]:
        return tuple(self.case.council.ids[seat] for seat in np.flatnonzero(members[0]))


def tally(
    case: Case,
    replicates: int,
    seed: int,
    *,
    start: int = 0,
    blame: bool = True,
    progress: Callable[[int], None] = lambda done: None,
) -> Tally:
    """Play the replicates start … start + replicates − 1 of a case as agents, and count what `simulate` counts.

    progress is called with the number of replicates done after each.
    """
    council = Council(case, start, seed)
    total: Tally | None = None
    for done in range(replicates):
        council.convene(start + done).play()
        counted = simulate.tally(case, council.row(council.supporters), council.draws, blame, council.rounds)
        total = counted if total is None else total + counted
        progress(done + 1)
    if total is None:
        raise ValueError("there are no replicates to play")
    return total
