"""What a visitor has changed and looks at, and its address: a link holds all of it, and is checked like a file."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote, urlencode

from sim.scenario import paths
from sim.scenario.complaints import BadInput, nearest, shown
from sim.scenario.load import Setting

LETTERS_AT_MOST = 30_000  # of an address
CHANGES_AT_MOST = 300
PLAIN = re.compile(r"[A-Za-z0-9_-]+")
KEYS = ("set", "proposal", "member", "curve", "replicate", "round")
FILES = {"council": ("without", "only", "order", "first", "override"), "interaction": ("heed", "hide")}


@dataclass(frozen=True)
class State:
    """changes: path -> value, in the order in which they were made; what is looked at: a text's place, a member's id.

    curve: the path moved last; replicate, round: what *Watch* shows, round -1 before the first
    """

    changes: tuple[tuple[str, Any], ...] = ()
    proposal: int = 0
    member: str | None = None
    curve: str | None = None
    replicate: int = 0
    round: int = -1

    def put(self, key: str, value: Any) -> State:
        """With one path set to a value; it counts as the one moved last."""
        kept = [(each, old) for each, old in self.changes if each != key]
        return replace(self, changes=(*kept, (key, value)))

    def drop(self, key: str) -> State:
        """With one path as the file has it."""
        return replace(self, changes=tuple(each for each in self.changes if each[0] != key))

    def but(self, **changes: Any) -> State:
        """With other things looked at."""
        return replace(self, **changes)

    def settings(self) -> list[Setting]:
        """The changes, as the loader takes them; complaints about them begin with the path."""
        return [Setting(key, value, f"link: {key}") for key, value in self.changes]

    def query(self) -> str:
        """The part of an address behind the question mark; empty if nothing was changed or chosen."""
        pairs = [("set", f"{key}={spelt(value)}") for key, value in self.changes]
        default = State()
        for key in KEYS[1:]:
            value = getattr(self, key)
            if value != getattr(default, key):
                pairs.append((key, str(value)))
        return urlencode(pairs, quote_via=quote, safe="=.,:{}[]'")


@dataclass
class Wrong:
    """All that is wrong with a link."""

    complaints: list[str] = field(default_factory=list)

    def note(self, key: str, message: str) -> None:
        """Note one thing."""
        self.complaints.append(f"link: {key}: {message}")


def read(pairs: Iterable[tuple[str, str]]) -> State:
    """The state that the pairs of an address hold. BadInput with all that is wrong with them."""
    wrong, state, length = Wrong(), State(), 0
    for key, text in pairs:
        length += len(key) + len(text)
        if length > LETTERS_AT_MOST:
            wrong.note("the address", f"too long; expected at most {LETTERS_AT_MOST:,} letters")
            break
        if key == "set":
            state = _set(state, text, wrong)
        elif key in ("proposal", "replicate", "round"):
            state = _counted(state, key, text, wrong)
        elif key == "member":
            state = state.but(member=text)
        elif key == "curve":
            state = _drawn(state, text, wrong)
        else:
            wrong.note(shown(key), f"no such part of an address{nearest(key, KEYS)}")
    if len(state.changes) > CHANGES_AT_MOST:
        wrong.note("set", f"{len(state.changes):,} changes; expected at most {CHANGES_AT_MOST}")
    if wrong.complaints:
        raise BadInput(wrong.complaints)
    return state


def _set(state: State, text: str, wrong: Wrong) -> State:
    try:
        key, value = paths.assignment(text)
        parts = paths.parse(key)
    except paths.PathError as error:
        wrong.note("set", f"{shown(text)}: {error}")
        return state
    if parts[0] in FILES and (len(parts) < 2 or parts[1] not in FILES[parts[0]]):
        wrong.note(joined(parts), "a link can name no files; expected the page to be started with another scenario")
        return state
    return state.put(joined(parts), value)


def _counted(state: State, key: str, text: str, wrong: Wrong) -> State:
    most = 10**10 - 1 if key == "replicate" else 999
    if text.isascii() and text.isdecimal() and len(text) <= 10 and int(text) <= most:
        return state.but(**{key: int(text)})
    wrong.note(key, f"{shown(text)}; expected a whole number from 0 to {most:,}")
    return state


def _drawn(state: State, text: str, wrong: Wrong) -> State:
    try:
        return state.but(curve=joined(paths.parse(text)))
    except paths.PathError as error:
        wrong.note("curve", f"{shown(text)} {error}")
        return state


def joined(parts: Sequence[str]) -> str:
    """A path from its parts, each quoted where it must be."""
    return ".".join(each if PLAIN.fullmatch(each) else _quoted(each) for each in parts)


def spelt(value: Any) -> str:
    """A value as it is typed behind KEY=, so that it reads back to the same: TOML, or a bare text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value if value and PLAIN.fullmatch(value) and paths.value(value) == value else _quoted(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{joined([key])} = {spelt_inside(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(spelt_inside, value)) + "]"
    return str(value) if isinstance(value, float | int) else _quoted(str(value))


def spelt_inside(value: Any) -> str:
    """The same inside a table or a list, where texts are quoted."""
    return _quoted(value) if isinstance(value, str) else spelt(value)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
