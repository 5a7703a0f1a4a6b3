"""*Sources*: every number about a member, with where it comes from and how sure it is."""

from __future__ import annotations

from nicegui import ui

from sim.scenario.complaints import plain
from sim.show.page import origins
from sim.show.page.desk import Desk, Opened
from sim.show.page.frame import Head, address, foot
from sim.show.page.widgets import Bars, Choice, Ledger, Tag, panel


class Sources:
    """One visitor's view of a member's numbers."""

    def __init__(self, desk: Desk, opened: Opened) -> None:
        self.head = Head(opened.scenario, "/sources", opened.state)
        known = origins.columns(opened)
        members = opened.scenario.seating.members
        wanted = opened.state.member or opened.case.council.ids[opened.member]
        name = plain(members.names[members.ids.index(wanted)])
        with Tag("div", classes="view sources"):
            with Tag("section", classes="answer", id="answer", tabindex="-1"):
                Tag("h1", f"Where the numbers about {name} come from")
                Tag("p", "Traits are uncertain, each by its sd: a smaller difference between two members means little.")
                menu = Choice()
                options = [{"value": i, "label": plain(n)} for i, n in zip(members.ids, members.names, strict=True)]
                menu.show(name="member", label="Member", value=wanted, options=options)
                menu.hear("put", lambda who: ui.navigate.to(address("/sources", opened.state.but(member=str(who)))))
            with panel("Numbers in the members file"):
                if not known:
                    Tag(
                        "p",
                        "Beside the members nothing is said of their columns; the scenario's own sources stand below.",
                    )
                ledger = Ledger()
                ledger.show(
                    caption=f"{name}: every column; first those that this scenario uses",
                    heads=list(origins.HEADS),
                    rows=origins.rows(opened, known),
                )
            if wanted in opened.case.council.ids:
                with panel("What the model makes of them"):
                    bars = Bars()
                    bars.show(
                        caption=f"{name}: drivers, stake and independence as they stand",
                        first="trait",
                        heads=["value", "where from"],
                        rows=origins.finals(opened),
                    )
        foot(opened.scenario)
