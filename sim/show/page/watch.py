"""*Watch*: one replicate through the council of agents, round by round."""

from __future__ import annotations

from typing import Any

from nicegui import ui

from sim.model.process import OUTCOMES
from sim.scenario.complaints import plain
from sim.show.page import chronicle, told
from sim.show.page.desk import Desk, Opened
from sim.show.page.frame import Head, aside, foot
from sim.show.page.replay import LAST, MEMBERS, Replay, Wanted, search
from sim.show.page.widgets import Button, Choice, Number, Tag, Tiles, panel

PACE = 1.2  # seconds a round, when it plays by itself
LEGEND = ("support", "acquiesce", "object", "hidden")


class Watch:
    """One visitor's council; it shares nothing with another's."""

    def __init__(self, desk: Desk, opened: Opened) -> None:
        self.opened, self.state = opened, opened.state
        self.replay = Replay(opened.case, self.state.replicate, opened.scenario.seed)
        self._searching = False
        self._client = ui.context.client
        self._timer = ui.timer(PACE, self._on, active=False)
        self._build()
        self._client.on_delete(self._leave)
        self._show()

    def _build(self) -> None:
        opened, case = self.opened, self.opened.case
        self.head = Head(opened.scenario, "/watch", self.state)
        with Tag("div", classes="view watch") as self.main:
            with Tag("section", classes="answer", id="answer", tabindex="-1"):
                Tag("h1", f"One possible world: {plain(case.proposal.name)}")
                Tag(
                    "p",
                    f"Under {plain(case.rule.label)}, as the sliders stand; one draw of what nobody knows beforehand.",
                )
                with Tag("div", aria_live="polite"):
                    self.said = Tag("p", classes="said")
                self.wrong = Tag("div", classes="alert", role="alert")
            with Tag("section", classes="controls panel", aria_label="Controls"):
                self._controls()
            with Tag("section", classes="results", aria_label="The replicate"):
                with panel("Who stands where"):
                    self.tiles = Tiles()
                    self.tiles.show(legend=list(LEGEND))
                with panel("This round"):
                    self.facts = Tag("dl", classes="facts")
                with panel("Chronicle", "whole"):
                    self.chronicle = Tag("ol", classes="chronicle", aria_label="Chronicle")
        foot(opened.scenario)

    def _controls(self) -> None:
        with Tag("div", classes="row", role="group", aria_label="Rounds"):
            self.reset = Button("Reset", lambda: self._to(-1))
            self.back = Button("Back", lambda: self._to(self._frame().round - 1))
            self.step = Button("Step", lambda: self._to(self._frame().round + 1), "main")
            self.play = Button("Play", self._play)
        with Tag("div", classes="row search"):
            self.number = Number()
            self.number.show(name="replicate", label="Replicate", low=0, high=LAST, value=self.replay.replicate)
            self.number.hear("put", self._begin)
            council = self.opened.case.council
            self.who, self.what = Choice(), Choice()
            names = [{"value": "", "label": "the council"}]
            names += [{"value": i, "label": plain(n)} for i, n in zip(council.ids, council.names, strict=True)]
            self._wanted = {"who": council.ids[self.opened.member], "what": MEMBERS[0]}
            self.who.show(name="who", label="Show me one in which", value=self._wanted["who"], options=names)
            self.who.hear("put", self._whom)
            self.what.hear("put", lambda word: self._wanted.update(what=str(word)))
            self.find = Button("Find the next", self._find)
        self._what()

    # -- what a visitor does ------------------------------------------------------------------------------------------

    def _frame(self) -> Any:
        return self.replay.at(self.state.round)

    def _to(self, number: int) -> None:
        self._timer.deactivate()
        self._look(number)

    def _look(self, number: int) -> None:
        self.state = self.state.but(round=self.replay.at(max(number, -1)).round)
        self._show()
        self.head.moved(self.state)

    def _play(self) -> None:
        if self._timer.active:
            self._timer.deactivate()
        else:
            if self._frame().outcome is not None:
                self._look(-1)
            self._timer.activate()
        self._show()

    def _on(self) -> None:
        if self._frame().outcome is None:
            self._look(self._frame().round + 1)
        if self._frame().outcome is not None:
            self._timer.deactivate()
            self._show()

    def _begin(self, replicate: Any) -> None:
        if not isinstance(replicate, int | float) or not 0 <= replicate <= LAST:
            self.number.run_method("restore")
            self._tell(f"There is no such replicate; expected a whole number from 0 to {LAST:,}.")
            return
        self._timer.deactivate()
        self._tell("")
        self.replay.begin(int(replicate))
        self.state = self.state.but(replicate=int(replicate), round=-1)
        self._show()
        self.head.moved(self.state)

    def _whom(self, member: Any) -> None:
        self._wanted.update(who=str(member), what=MEMBERS[0] if member else OUTCOMES[0])
        self._what()

    def _what(self) -> None:
        known = MEMBERS if self._wanted["who"] else OUTCOMES
        options = [{"value": each, "label": each} for each in known]
        label = "does this" if self._wanted["who"] else "decides this"
        self.what.show(name="what", label=label, value=self._wanted["what"], options=options)

    async def _find(self) -> None:
        if self._searching:
            return
        ids, case = self.opened.case.council.ids, self.opened.case
        who, what = self._wanted["who"], self._wanted["what"]
        if (who and who not in ids) or what not in (MEMBERS if who else OUTCOMES):
            return
        wanted, seed = Wanted(what, ids.index(who) if who else None), self.opened.scenario.seed
        self._searching = True
        self.find.show(disabled=True)
        try:
            start = self.replay.replicate + 1
            found = await aside(lambda: search(case, seed, wanted, start, lambda: self._searching))
        finally:
            self._searching = False
        if self._client.is_deleted:
            return
        self.find.show(disabled=False)
        if found is None:
            name = plain(case.council.names[ids.index(who)]) if who else "the council"
            self._tell(f"In none of the next 100,000 replicates: {name}, {what}.")
            return
        self._begin(found)

    def _leave(self) -> None:
        self._searching = False
        self._timer.deactivate()

    def _tell(self, line: str) -> None:
        self.wrong.clear()
        if line:
            with self.wrong:
                Tag("p", line)

    # -- what is shown ------------------------------------------------------------------------------------------------

    def _show(self) -> None:
        case, frame = self.opened.case, self._frame()
        self.said.say(chronicle.headline(case, self.replay, frame))
        self.tiles.show(**told.frame_tiles(case, frame))
        self.facts.clear()
        with self.facts:
            for name, fact in chronicle.facts(case, frame):
                Tag("dt", name)
                Tag("dd", fact)
        self.chronicle.clear()
        with self.chronicle:
            for number in range(-1, frame.round + 1):
                for line in chronicle.lines(case, self.replay.at(number)):
                    Tag("li", line)
        self.number.show(value=self.replay.replicate)
        self.reset.show(disabled=frame.round < 0)
        self.back.show(disabled=frame.round < 0)
        self.step.show(disabled=frame.outcome is not None)
        self.play.say("Pause" if self._timer.active else "Play")
        self.main.show(**{"data-drawn": f"{self.replay.replicate}:{frame.round}"})
