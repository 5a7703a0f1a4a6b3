"""The same replicate as agents: one Mesa agent a member, to look into and to build on (the model, sections 6 and 7).

    from sim.engines.agents import Council
    council = Council(case, replicate=3, seed=2023)
    council.play().outcome

In a round every member observes, decides and speaks; then the chair concludes, with the functions that the batch uses
too. So replicate r as agents is bit for bit replicate r of `simulate`. New behaviour is a subclass of Member with one
method replaced, handed to Council(case, member=MyMember).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from sim.engines.conduct import MemberError, Shared, Turns
from sim.engines.member import Member, mesa
from sim.engines.simulate import Tally, counted
from sim.engines.texts import Decision, Text
from sim.model.case import Case
from sim.model.council import Booleans
from sim.model.process import ADOPTIONS, OFFERS, OUTCOMES, UNDECIDED, Round, decide, revise

__all__ = ["Behaviour", "Council", "Decision", "Member", "MemberError", "named", "tally"]

ALONE = np.zeros(1, np.int64)  # one replicate


Behaviour = type[Member] | Mapping[str, type[Member]]  # of all members, or by id: then the others are plain


class Council(mesa.Model):  # type: ignore[misc, unused-ignore]
    """A council in one replicate: step() plays a round, play() all that are left. Given several texts, one by one.

    case, replicate     the question at hand, and which of its possible worlds this is
    members             in council order; every replicate begins with new ones
    round               the round last played, −1 before the first; Mesa's own counter starts at 1
    supporters          how many members support the text as tabled
    objectors, spoke    how many object in this round, and the members that do so openly, in the order of speaking
    outcome             one of OUTCOMES; None as long as nothing is settled
    won                 ids of the members won over by a payment or an opt-out, where that carried the text
    rounds              what happened so far, as `simulate.trace` tells it
    decided             what became of the texts that are settled
    running             is there a round left to play?
    datacollector       the council's course by round, and everybody's stance; None with collect=False

    Mesa's random numbers only shuffle who is asked first, which decides nothing: everybody hears the same past. They
    begin anew in each replicate, unless rng is given, which then is Mesa's.
    """

    def __init__(
        self,
        case: Case | Sequence[Case],
        replicate: int = 0,
        seed: int = 0,
        member: Behaviour = Member,
        rng: Any = None,
        collect: bool = True,
    ) -> None:
        cases = [case] if isinstance(case, Case) else list(case)
        _check(cases, member)
        if not isinstance(seed, int):
            raise ValueError(f"the seed of the draws is a whole number, not {seed!r}")
        super().__init__(rng=seed if rng is None else rng)
        self.turns = Turns()
        self.seed, self._collect, self._given_rng = seed, collect, rng is not None
        self._texts = [Text(each, seed) for each in cases]
        ids = cases[0].council.ids
        self._kinds = [member.get(each, Member) if isinstance(member, Mapping) else member for each in ids]
        self._plain, self._shared = all(each is Member for each in self._kinds), Shared(self._kinds, Member)
        self.convene(replicate)

    def convene(self, replicate: int) -> Council:
        """Begin anew, in another replicate, with members that remember nothing. Mesa's own step counter goes on."""
        if replicate < 0:
            raise ValueError(f"replicates count from 0, so there is no replicate {replicate}")
        if not self._given_rng:
            self.random.seed(f"{self.seed} {replicate}")
            self.rng = np.random.default_rng((self.seed, replicate))
        self.replicate, self.running, self.case, self.round = replicate, True, self._texts[0].case, -1
        self.decided: tuple[Decision, ...] = ()
        self.datacollector = _collector() if self._collect else None
        for each in list(self.agents):
            each.remove()
        self.members: tuple[Member, ...] = ()
        self.members = tuple(self._seat(kind, seat) for seat, kind in enumerate(self._kinds))
        self._table(self._texts[0])
        return self

    def _seat(self, kind: type[Member], seat: int) -> Member:
        member = kind.__new__(kind)
        with self.turns.of(member, "__init__"):
            member.__init__(self, seat)  # type: ignore[misc]
        member.unique_id = seat + 1  # the same in every replicate
        return member

    def _table(self, text: Text) -> None:
        """A text is tabled: every member takes in what it is worth, and who supports it is counted."""
        text.draw(self.replicate)
        self.text, self.case, self.round = text, text.case, -1
        self.objectors, self.spoke, self.rounds = 0, tuple[Member, ...](), tuple[Round, ...]()
        self.outcome: str | None = None
        self.won: tuple[str, ...] = ()
        for member in self.members:
            self._ask("receive", [member])
        self.supporters = sum(self._ask("supports", self.members).values())

    def step(self) -> None:
        """Play one round; the next text is tabled with it where one is settled. Nothing happens after the last."""
        if not self.running:
            return
        if self.outcome is not None:
            self._table(self._texts[len(self.decided)])
        self.round += 1
        order = list(self.members)
        self.random.shuffle(order)
        for seat, seen in self._ask("observe", order).items():
            self.members[seat].__dict__["seen"] = min(max(seen, 0.0), 1.0)
        self._weigh(self._ask("cost", order))
        self._conclude(*self._hear(self._ask("decide", order)))
        if self.datacollector is not None:
            self.datacollector.collect(self)

    def play(self) -> Council:
        """Play the rounds that are left."""
        while self.running:
            self.step()
        return self

    def _ask(self, question: str, members: Iterable[Member], *given: Any) -> dict[int, Any]:
        """Everybody's answer, by seat; nobody hears another's before all have given theirs."""
        if self._plain:
            return {each.seat: getattr(each, question)(*given) for each in members}
        return {self.members.index(each): self.turns.ask(each, question, *given) for each in members}

    def _weigh(self, costs: Mapping[int, float]) -> None:
        """From what it costs each member to object, (N,), its thresholds in this round."""
        terms, p = self.text.terms(self.round), self.case.procedure
        cost = np.array([costs[seat] for seat in range(len(self.members))], float)
        objects = terms.object(cost).tolist()
        at_most = {"payment": p.payment_members, "opt_out": p.opt_out_members}
        refuses = {each: getattr(terms, f"refuse_{each}")(cost).tolist() for each in OFFERS if at_most[each]}
        for seat, member in enumerate(self.members):
            mine = {offer: below[seat] for offer, below in refuses.items()}
            member.__dict__.update(objects_below=objects[seat], refuses_below=mine)

    def _hear(self, stances: Mapping[int, str]) -> tuple[Booleans, Booleans, Booleans]:
        """Who supports, who objects, who of these says so, (1, N): those who noticed in time, in order of noticing."""
        seats, council = range(len(self.members)), self.case.council
        supports = np.array([[stances[seat] == "support" for seat in seats]])
        wishes = np.array([[stances[seat] == "object" for seat in seats]]) & ~council.never_objects
        objects = wishes
        if self.round == 0:
            self._tabled, objects = (supports, wishes), wishes & (self.text.noticed < self.text.notice)
        open_ = np.zeros_like(objects)
        self.spoke = ()
        spoke: tuple[Member, ...] = ()
        for seat in sorted(np.flatnonzero(objects).tolist(), key=lambda seat: (self.text.looks_up[seat], seat)):
            if self._ask("speak", [self.members[seat]], spoke)[seat]:
                spoke += (self.members[seat],)
                open_[0, seat] = True
        self.spoke = spoke
        heard = zip(self.members, supports[0].tolist(), objects[0].tolist(), open_[0].tolist(), strict=True)
        for member, supporting, objecting, openly in heard:
            stance = "support" if supporting else "object" if objecting else "acquiesce"
            member.__dict__.update(stance=stance, hidden=objecting and not openly, stances=(*member.stances, stance))
        return supports, objects, open_

    def _conclude(self, supports: Booleans, objects: Booleans, open_: Booleans) -> None:
        """The chair: does the text pass, as it stands or with somebody won over? If not, what becomes of it?"""
        case, t = self.case, self.round
        settled, won = decide(case, t, self._refuse, supports, objects, traced=True)
        settled = revise(case, t, settled, open_, self.text.agenda)
        self.rounds += (Round(t, ALONE, objects, settled, open_, won),)
        self.objectors = int(objects.sum())
        self.won = () if won is None else self._names(won)
        if settled[0] != UNDECIDED:
            self.outcome = OUTCOMES[settled[0]]
            ended = (case.proposal.name, self.outcome, t, self.hold_outs, self.won, self.rounds)
            self.decided += (Decision(*ended, *self._tabled, self.text.noticed),)
            self.running = len(self.decided) < len(self._texts)
            for member in self.members:
                member.__dict__["past"] = (*member.past, member.stances)
            self._shared.check()

    def _refuse(self, offer: str, among: Booleans) -> Booleans:
        """Who of those asked refuses an offer, (1, N)."""
        refuses = np.zeros_like(among)
        for seat in np.flatnonzero(among).tolist():
            refuses[0, seat] = not self._ask("accepts", [self.members[seat]], offer)[seat]
        return refuses

    @property
    def ambition(self) -> float:
        """What dilution has left of the text in this round, 1 as tabled."""
        return float(self.case.ambition[max(self.round, 0)])

    @property
    def hold_outs(self) -> tuple[str, ...]:
        """Ids of the final hold-outs: who objected in the last round to a text that was not adopted, hidden or not."""
        return self._names(self.rounds[-1].objects) if self.outcome in OUTCOMES[ADOPTIONS:] else ()

    def _names(self, members: Booleans) -> tuple[str, ...]:
        return tuple(self.case.council.ids[seat] for seat in np.flatnonzero(members[0]))

    def __setattr__(self, name: str, given: Any) -> None:
        turns = vars(self).get("turns")
        if turns is not None and turns.acting is not None and name != "agent_id_counter":  # Mesa's, for a new agent
            turns.refuse(f"{name} of the council", self)
        super().__setattr__(name, given)

    def deregister_agent(self, agent: Any) -> None:
        """Mesa's; a member does not send another away."""
        self.turns.refuse(f"who sits in the council: {agent.id} leaves", self)
        super().deregister_agent(agent)


def named(member: Behaviour) -> str:
    """What members of a kind are called: the class, or the classes by id."""
    if isinstance(member, Mapping):
        return ", ".join(f"{kind.__qualname__} ({each})" for each, kind in member.items()) or Member.__qualname__
    return member.__qualname__


def _collector() -> Any:
    return mesa.DataCollector(
        model_reporters={
            "text": lambda council: council.case.proposal.name,
            **{each: each for each in ("round", "supporters", "objectors")},
            "spoke": lambda council: len(council.spoke),
            **{each: each for each in ("ambition", "outcome")},
        },
        agent_reporters={each: each for each in ("id", "stance", "hidden")},
    )


def _check(cases: Sequence[Case], member: Behaviour) -> None:
    if not cases:
        raise ValueError("there is no text to decide")
    ids = cases[0].council.ids
    for each in cases:
        if each.shape:
            raise ValueError(f"agents play one case at a time, and this is a block of shape {each.shape}")
        if each.council.ids != ids:
            raise ValueError("one council decides all texts, and these have different members")
    kinds = dict(member) if isinstance(member, Mapping) else {ids[0]: member}
    for who, kind in kinds.items():
        if who not in ids:
            raise ValueError(f"{who!r} is no member of this council")
        if not (isinstance(kind, type) and issubclass(kind, Member)):
            raise ValueError(f"{kind!r} is no subclass of Member")


def tally(
    case: Case,
    replicates: int,
    seed: int,
    *,
    start: int = 0,
    blame: bool = True,
    member: Behaviour = Member,
    progress: Callable[[int], None] = lambda done: None,
) -> Tally:
    """Play the replicates start … start + replicates − 1 of a case as agents, and count what `simulate` counts.

    progress is called with the number of replicates done after each. Raises MemberError.
    """
    council = Council(case, start, seed, member, collect=False)
    total: Tally | None = None
    for done in range(replicates):
        [found] = council.convene(start + done).play().decided
        now = counted(case, found.supports, found.wishes, found.notice, found.rounds, blame)
        total = now if total is None else total + now
        progress(done + 1)
    if total is None:
        raise ValueError("there are no replicates to play")
    return total
