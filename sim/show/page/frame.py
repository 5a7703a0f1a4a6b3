"""What all views share: the head with its links, the notes at the foot, work done aside, and what is wrong."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TypeVar

from nicegui import ui

from sim.scenario.complaints import BadInput, plain
from sim.scenario.load import Scenario
from sim.show.page.state import State
from sim.show.page.widgets import Tag

Result = TypeVar("Result")
PROVISIONAL = "Weights and loadings are chosen by hand: trust who blocks and how rules compare more than one number."
VIEWS = {"/": "Explore", "/watch": "Watch", "/sources": "Sources"}


async def aside(work: Callable[[], Result]) -> Result:
    """Do the work in a thread of its own, so that the server goes on answering, and can be stopped at any time."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[Result] = loop.create_future()

    def settle(result: Result | None, error: BaseException | None) -> None:
        if done.cancelled():
            return
        if error is not None:
            done.set_exception(error)
        else:
            done.set_result(result)  # type: ignore[arg-type]

    def run() -> None:
        result, error = None, None
        try:
            result = work()
        except BaseException as wrong:
            error = wrong
        with suppress(RuntimeError):  # the server has stopped in the meantime
            loop.call_soon_threadsafe(settle, result, error)

    threading.Thread(target=run, daemon=True).start()
    return await done


class Head:
    """The head of a page; its links lead to the other views of the same state."""

    def __init__(self, scenario: Scenario, here: str, state: State) -> None:
        Tag("a", "Skip to the answer", classes="skip", href="#answer")
        with Tag("header", classes="top"):
            Tag("span", "Unanimity", classes="brand")
            Tag("span", plain(scenario.title), classes="title")
            with Tag("nav", aria_label="Views"):
                current = {each: {"aria_current": "page"} if each == here else {} for each in VIEWS}
                self._links = {each: Tag("a", name, **current[each]) for each, name in VIEWS.items()}
        self._here = here
        self.lead(state)

    def lead(self, state: State) -> None:
        """Let the links hold a state."""
        for view, link in self._links.items():
            link.show(href=address(view, state))

    def moved(self, state: State) -> None:
        """Let the address and the links hold a state."""
        self.lead(state)
        ui.navigate.history.replace(address(self._here, state))


def address(view: str, state: State) -> str:
    """The address of a view of a state."""
    query = state.query()
    return f"{view}?{query}" if query else view


def foot(scenario: Scenario) -> None:
    """What is provisional, and where the scenario comes from."""
    with Tag("footer"):
        Tag("h2", "Provisional")
        with Tag("ul"):
            Tag("li", PROVISIONAL)
            for note in scenario.notes:
                Tag("li", plain(note))
        Tag("h2", "Sources")
        with Tag("ul"):
            for source in scenario.sources:
                Tag("li", plain(source))


@contextmanager
def alert() -> Iterator[None]:
    """A box for what is wrong."""
    with Tag("div", classes="alert", role="alert"):
        yield


def refused(wrong: BadInput, view: str) -> None:
    """A page that says what is wrong with its address."""
    with Tag("div", classes="view"), Tag("div", id="answer"):
        Tag("h1", "This link does not fit the scenario")
        with alert():
            for line in wrong.text().splitlines():
                Tag("p", plain(line))
        Tag("p", "Nothing was computed.")
        Tag("a", "Open the scenario as its file has it", href=view)
