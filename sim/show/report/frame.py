"""The frame of a page: its head, its sections, its tables. One file, with its style in it and nothing outside."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from importlib.resources import files

import sim
from sim.show.plots.style import BLUE, FAINT, INK, PAPER, SOFT, VERMILION
from sim.show.report.elements import Child, Markup, joined, tag

COLOURS = {"ink": INK, "soft": SOFT, "faint": FAINT, "paper": PAPER, "blue": BLUE, "warm": VERMILION}


def document(title: str, *body: Child) -> str:
    """A whole page."""
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="generator", content=f"unanimity {sim.__version__}"),
        tag("title", title),
        Markup(f"<style>{_style()}</style>"),
    )
    page = tag("html", head, tag("body", tag("main", *body)), lang="en", dir="ltr")
    return f"<!DOCTYPE html>\n{page.text}\n"


def _style() -> str:
    """The package's own style, with the pictures' colours."""
    named = "".join(f"--{name}:{colour};" for name, colour in COLOURS.items())
    own = files("sim.show.report").joinpath("report.css").read_text(encoding="utf-8")
    return f":root{{{named}}}\n{own}"


def opening(kicker: str, question: str, *more: Child) -> Markup:
    """What a page begins with: which case, and its question."""
    return tag("header", tag("p", kicker, class_="kicker"), tag("h1", question), *more)


def section(heading: str, *children: Child, class_: str | None = None) -> Markup:
    """A part of the page under its heading."""
    return tag("section", tag("h2", heading), *children, class_=class_)


def columns(*children: Child, class_: str = "two") -> Markup:
    """Parts side by side, where there is room."""
    return tag("div", [tag("div", each) for each in children if each is not None], class_=class_)


def sentences(*texts: str | None, class_: str | None = None) -> Markup | None:
    """One paragraph; None where nothing is said."""
    said = [each for each in texts if each]
    return tag("p", " ".join(said), class_=class_) if said else None


def bullets(items: Iterable[Child], class_: str | None = None) -> Markup | None:
    """A list; None where there are no items."""
    found = [tag("li", each) for each in items]
    return tag("ul", found, class_=class_) if found else None


def table(caption: str, heads: Sequence[Child], rows: Iterable[Sequence[Child]], class_: str | None = None) -> Markup:
    """A table with its caption; the first cell of a row is its head, and pictures may stand in any other."""
    top = tag("tr", [tag("th", each, scope="col") if each else tag("td") for each in heads])
    body = [tag("tr", tag("th", row[0], scope="row"), map(_cell, row[1:], heads[1:])) for row in rows]
    return tag("table", tag("caption", caption), tag("thead", top), tag("tbody", body), class_=class_)


def _cell(child: Child, head: Child) -> Markup:
    """A number does not break, a picture takes what room there is; narrow screens show the head beside the cell."""
    picture = isinstance(child, Markup) and child.text.startswith("<svg")
    prose = isinstance(child, str) and len(child) > 24
    named = head if isinstance(head, str) and head else None
    return tag("td", child, class_="picture" if picture else "prose" if prose else None, data_head=named)


def command(words: str) -> Markup:
    """A command to be copied."""
    return tag("pre", tag("code", words))


def named(child: Child, words: str, small: str | None = None) -> Markup:
    """A picture, the word for it, and something smaller."""
    return joined(child, " ", words, tag("small", f" {small}") if small else None)
