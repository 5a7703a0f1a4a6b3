"""The page's own elements. Their templates put text in as text: whatever a scenario is called, it is never markup."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from nicegui import ui
from nicegui.element import Element

Put = Callable[[Any], Any]


class Part(Element):
    """An element whose properties are set by name; only what differs is sent."""

    def show(self, **properties: Any) -> None:
        """Set properties; where nothing differs, nothing is sent."""
        changed = {key: value for key, value in properties.items() if self._props.get(key, ...) != value}
        if changed:
            self._props.update(changed)
            self.update()

    def hear(self, event: str, act: Put) -> None:
        """Act on an event of the element, given its argument."""
        self.on(event, lambda told: act(told.args))


class Slider(Part, component="parts/dial.js"):
    """One slider."""


class Choice(Part, component="parts/choice.js"):
    """A menu."""


class Roster(Part, component="parts/roster.js"):
    """A box for each member."""


class Bars(Part, component="parts/bars.js"):
    """A table with bars."""


class Tiles(Part, component="parts/tiles.js"):
    """The tile map."""


class Changes(Part, component="parts/changes.js"):
    """What was changed."""


class Number(Part, component="parts/number.js"):
    """A whole number."""


class Ledger(Part, component="parts/ledger.js"):
    """Numbers and where they come from."""


class Tag(Part):
    """A plain HTML element with text."""

    def __init__(self, tag: str, text: str = "", *, classes: str = "", **properties: Any) -> None:
        super().__init__(tag)
        self._text = text or None
        self.classes(classes)
        for key, value in properties.items():
            self._props[key.rstrip("_").replace("_", "-")] = value

    def say(self, text: str) -> None:
        """Another text."""
        if text != (self._text or ""):
            self._text = text
            self.update()


class Button(Tag):
    """A button."""

    def __init__(self, text: str, act: Callable[[], Any], classes: str = "") -> None:
        super().__init__("button", text, classes=classes, type="button")
        self.on("click", lambda: act())


@contextmanager
def fold(title: str, *, open_: bool = False, classes: str = "") -> Iterator[None]:
    """A part that opens and closes."""
    extra: dict[str, Any] = {"open": True} if open_ else {}
    with Tag("details", classes=classes, **extra):
        Tag("summary", title)
        with Tag("div", classes="inner"):
            yield


@contextmanager
def panel(title: str, classes: str = "") -> Iterator[None]:
    """A part with a heading."""
    with Tag("section", classes=f"panel {classes}"):
        Tag("h2", title)
        yield


def download(text: str, name: str) -> None:
    """Hand a text to the browser as a file."""
    ui.download.content(text.encode("utf-8"), name, "application/toml")
