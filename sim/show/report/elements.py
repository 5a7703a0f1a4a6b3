"""Elements of HTML and SVG as text. Every text and every attribute passes through here, and is escaped here."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from typing import TypeAlias

from sim.scenario.complaints import plain

VOID = {"meta", "br", "path", "rect", "line", "circle"}  # of HTML; those of SVG are closed at once
HTML_VOID = {"meta", "br"}
LEFTWARD = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]+")
HELD = re.compile(r"(?<=\d) (?=[%±])|(?<=±) ")  # spaces at which a number must not break,
RANGE = re.compile(r"(?<=\d)–(?=\d)")  # and a dash
RIGHTWARD = "&#8206;"  # an invisible letter of a script that runs to the right


@dataclass(frozen=True)
class Markup:
    """Text that is HTML already: only what this module has made, and what the package's own files hold."""

    text: str


Child: TypeAlias = "str | Markup | Iterable[Child] | None"


def tag(name: str, /, *children: Child, **attributes: str | float | None) -> Markup:
    """An element. class_ is written class, view_box viewBox, others with - for _; None is left out."""
    given = "".join(f' {_named(key)}="{_safe(str(value))}"' for key, value in attributes.items() if value is not None)
    if name in VOID:
        return Markup(f"<{name}{given}>" if name in HTML_VOID else f"<{name}{given}/>")
    return Markup(f"<{name}{given}>{''.join(map(_written, children))}</{name}>")


def joined(*children: Child) -> Markup:
    """Children one after another, without an element around them."""
    return Markup("".join(map(_written, children)))


def _named(key: str) -> str:
    capitals = {"view_box": "viewBox", "preserve_aspect_ratio": "preserveAspectRatio", "pattern_units": "patternUnits"}
    return capitals.get(key) or key.rstrip("_").replace("_", "-")


def _written(child: Child) -> str:
    if child is None:
        return ""
    if isinstance(child, Markup):
        return child.text
    if isinstance(child, str):
        return _held(LEFTWARD.sub(lambda found: f"{found[0]}{RIGHTWARD}", _safe(child)))
    return "".join(map(_written, child))


def _held(text: str) -> str:
    """Numbers and ranges do not break."""
    return RANGE.sub("–&#8288;", HELD.sub("&#160;", text))


def _safe(text: str) -> str:
    """On one line, control and bidirectional characters spelt out, and nothing that is read as markup."""
    return escape(plain(re.sub(r"\s+", " ", text)))
