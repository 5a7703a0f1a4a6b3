"""*Explore*: move a slider, and see what the council would do."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from nicegui import background_tasks, ui

from sim.answers.result import ProposalResult
from sim.scenario.complaints import BadInput, plain
from sim.show.page import charts, figures, told
from sim.show.page.changes import Change, changes, saved, unchanged
from sim.show.page.controls import Controls
from sim.show.page.desk import Desk, Opened
from sim.show.page.dials import Dial, dial, dials, first
from sim.show.page.figures import Curve
from sim.show.page.frame import Head, aside, foot
from sim.show.page.state import State
from sim.show.page.widgets import Bars, Button, Changes, Tag, Tiles, download, fold, panel

REST = 0.25  # seconds without a change, after which the measures that take longest follow
KEPT = 32  # curves of a visit


@dataclass(frozen=True)
class Picture:
    """All that is shown of a state."""

    opened: Opened
    dials: tuple[Dial, ...]
    text: ProposalResult
    curve: Curve | None
    changes: tuple[Change, ...]


class Explore:
    """One visitor's view; it shares nothing with another's."""

    def __init__(self, desk: Desk, opened: Opened) -> None:
        self.desk, self.state, self.opened = desk, opened.state, opened
        self._client, self._file = ui.context.client, unchanged(desk)
        self._curves: dict[tuple[str, str], Curve] = {}
        self._busy = False
        self._drawn = 0
        self._build(opened)
        self._show(self._picture(self.state))
        background_tasks.create(self._rest(self.state), name="rest", context=self._client)

    # -- what it consists of ------------------------------------------------------------------------------------------

    def _build(self, opened: Opened) -> None:
        self.head = Head(opened.scenario, "/", self.state)
        with Tag("div", classes="view explore") as self.main:
            with Tag("section", classes="answer", id="answer", tabindex="-1"):
                Tag("h1", plain(opened.scenario.question))
                with Tag("div", aria_live="polite"):
                    self.said = [Tag("p", classes="said") for _ in range(4)]
                self.how = Tag("p", classes="how")
                self.wrong = Tag("div", classes="alert", role="alert")
            with Tag("section", classes="controls", aria_label="Controls"):
                self.controls = Controls(self)
            with Tag("section", classes="results", aria_label="Results"):
                self._results()
        foot(opened.scenario)
        self.sum = Tag("div", classes="sum", aria_hidden="true")

    def _results(self) -> None:
        with panel("Outcomes"):
            self.outcomes = Bars()
            self.outcomes.show(caption="Probability of each outcome", first="outcome", heads=["probability"])
        with panel("Other rules"):
            self.rules = Bars()
            self.rules.show(caption="Adopted in any form, by rule", first="rule", heads=["probability"])
        with panel("Who stands where"):
            self.tiles = Tiles()
            self.tiles.show(legend=list(told.STANCES))
        with panel("Along the slider moved last"):
            self.curve = ui.echart({}, renderer="svg").classes("curve").props('role="img"')
            self.points = Tag("p", classes="soft")
            with fold("The curve in numbers", classes="more"):
                self.numbers = Bars()
                self.numbers.show(caption="P(adopted) along the slider", first="value", heads=["P(adopted)"])
        with panel("Who blocks", "whole"):
            self.blame = Bars()
            self.blame.show(first="member", heads=list(told.BLAME), choosable=True)
            self.blame.hear("choose", lambda member: self.look(member=str(member)))
        with panel("What was changed", "whole"):
            self.changed = Changes()
            self.changed.hear("undo", lambda key: self.move(self.state.drop(str(key))))
            with Tag("div", classes="row"):
                Button("Save as a scenario file", self._save, "main")
                Button("Reset", lambda: self.move(State()))

    # -- what a visitor does ------------------------------------------------------------------------------------------

    def put(self, key: str, value: Any) -> None:
        """Set a path."""
        self.move(self.state.put(key, value))

    def slide(self, each: Dial, position: float) -> None:
        """A slider was moved."""
        self.move(self.state.put(each.key, each.value(position)).but(curve=each.key))

    def look(self, **what: Any) -> None:
        """Look at another member or text."""
        self.move(self.state.but(**what))

    def move(self, state: State) -> None:
        """Come to another state; only the newest is drawn."""
        self.state = state
        if not self._busy:
            self._busy = True
            background_tasks.create(self._draw(), name="draw", context=self._client)

    async def _draw(self) -> None:
        try:
            drawn = None
            while drawn != self.state:
                drawn = self.state
                try:
                    picture = await aside(lambda state=drawn: self._picture(state))  # type: ignore[misc]
                except BadInput as wrong:
                    if drawn == self.state:
                        self._refuse(wrong)
                        drawn = self.state
                    continue
                if not self._client.is_deleted:
                    self._tell([])
                    self._show(picture)
                    self.head.moved(drawn)
        finally:
            self._busy = False
        await self._rest(drawn)

    async def _rest(self, drawn: State) -> None:
        """Once nothing moves, what takes longest."""
        await asyncio.sleep(REST)
        if drawn != self.state or self._busy or self._client.is_deleted:
            return
        opened, text = self.opened, self.text
        full = await aside(lambda: figures.blamed(opened, text))
        if self.text is text and not self._client.is_deleted:
            self._blame(full)

    def _refuse(self, wrong: BadInput) -> None:
        """Go back to what was shown, and say why."""
        self.state = self.opened.state
        self.controls.restore()
        self._tell(wrong.text().splitlines())

    def _tell(self, lines: list[str]) -> None:
        self.wrong.clear()
        with self.wrong:
            for line in lines:
                Tag("p", plain(line))

    def _save(self) -> None:
        download(saved(self.desk, self.opened), f"{self.desk.stem}-changed.toml")

    # -- what is shown ------------------------------------------------------------------------------------------------

    def _picture(self, state: State) -> Picture:
        opened = self.desk.opened(state)
        text = figures.answered(opened)
        moved = dial(opened, state.curve) or first(opened)
        return Picture(opened, dials(opened), text, self._along(opened, moved), changes(self.desk, opened, self._file))

    def _along(self, opened: Opened, moved: Dial) -> Curve:
        """The curve along a slider does not depend on where it stands, so that it need not be drawn anew."""
        rest = (moved.key, opened.state.drop(moved.key).but(curve=None, member=None).query())
        found = self._curves.get(rest)
        if found is None or (found.at[0], found.at[-1]) != (moved.low, moved.high):
            while len(self._curves) >= KEPT:
                del self._curves[next(iter(self._curves))]
            found = self._curves[rest] = figures.curve(self.desk, opened, moved)
        return figures.standing(found, moved)

    def _show(self, picture: Picture) -> None:
        opened, text = picture.opened, picture.text
        self.opened, self.text = opened, text
        sentences = told.sentences(text, opened.how)
        for place, tag in enumerate(self.said):
            tag.say(sentences[place] if place < len(sentences) else "")
        self.how.say(f"{told.how_computed(text, opened.how)} Weights are provisional.")
        self.sum.say(told.summed(text))
        self.outcomes.show(rows=told.outcomes(text, opened.how))
        self.rules.show(rows=told.rules(text, opened.how))
        self.tiles.show(**told.tiles(text))
        self._blame(text)
        if picture.curve is not None:
            self._curve(picture.curve, text)
        self.changed.show(
            rows=[
                {"key": c.key, "shown": plain(c.key), "before": c.before, "now": c.now, "by": c.by}
                for c in picture.changes
            ]
        )
        self.controls.show(opened, picture.dials, picture.changes)
        self._drawn += 1
        self.main.show(**{"data-drawn": str(self._drawn)})

    def _blame(self, text: ProposalResult) -> None:
        chosen = text.blame[self.opened.member].id
        caption = f"{plain(text.name)}, under {plain(text.rule)}: the bar is “holds out”"
        self.blame.show(rows=told.blame(text), caption=caption, chosen=chosen)

    def _curve(self, found: Curve, text: ProposalResult) -> None:
        label = told.curve_label(found, text)
        self.curve.options.clear()
        self.curve.options.update(charts.curve(found, text))
        self.curve.props["aria-label"] = label
        self.curve.update()
        self.points.say(label)
        self.numbers.show(rows=told.points(found))
