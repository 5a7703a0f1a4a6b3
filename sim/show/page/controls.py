"""The controls of *Explore*: menus, sliders and the list of members."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from sim.model.rules import REGISTERED, RuleError, options, rule
from sim.scenario import paths
from sim.scenario.complaints import plain
from sim.scenario.forms import REQUIRED, RuleSpec
from sim.show.page.changes import Change
from sim.show.page.desk import Opened
from sim.show.page.dials import Dial
from sim.show.page.state import spelt
from sim.show.page.widgets import Choice, Part, Roster, Slider, Tag, fold

if TYPE_CHECKING:
    from sim.show.page.explore import Explore

ROSTER_AT_MOST = 300
GROUPS = {
    "member": "One member",
    "procedure": "Instruments of the procedure",
    "weights": "Weights, utils (provisional)",
    "text": "The text",
}


class Controls:
    """What a visitor can move."""

    def __init__(self, view: Explore) -> None:
        self.view = view
        self.text, self.rule = Choice(), Choice()
        self.text.hear("put", lambda word: view.look(proposal=int(word)))
        self.rule.hear("put", lambda word: view.put(self._rule_key(), paths.value(str(word))))
        self._places: dict[str, Part] = {}
        self._sliders: dict[str, list[Slider]] = {}
        self._shown: dict[str, list[Dial]] = {}
        for group, title in GROUPS.items():
            with fold(title, open_=group == "member"):
                if group == "member":
                    self.member = Choice()
                    self.member.hear("put", lambda word: view.look(member=str(word)))
                self._places[group] = Tag("div")
                self._sliders[group] = []
        with fold("Who sits in the council"):
            self.roster = Roster()
            self.roster.on("put", lambda event: self._seat(*event.args))
        self.roster.show(label="Members without a mark are left out", members=[])

    def _rule_key(self) -> str:
        sheet = self.view.opened.scenario.seating.sheet
        own = "rule" in sheet.proposal[self.view.opened.place].procedure.model_fields_set
        return f"proposal.{self.view.opened.place}.procedure.rule" if own else "procedure.rule"

    def _seat(self, member: str, present: bool) -> None:
        without = list(dict(self.view.state.changes).get("council.without", self._left_out()))
        without = [each for each in without if each != member] + ([] if present else [member])
        file = self.view.desk.opened(self.view.state.drop("council.without")).scenario.seating.sheet.council.without
        state = self.view.state
        same = sorted(without) == sorted(file)
        self.view.move(state.drop("council.without") if same else state.put("council.without", without))

    def _left_out(self) -> list[str]:
        return list(self.view.opened.scenario.seating.sheet.council.without)

    def restore(self) -> None:
        """Put the controls back to where they stood: what was asked for was refused."""
        for group, sliders in self._sliders.items():
            for slider in sliders[: len(self._shown.get(group, []))]:
                slider.run_method("restore")
        for each in (self.text, self.rule, self.member, self.roster):
            each.run_method("restore")

    # -- what they say ------------------------------------------------------------------------------------------------

    def show(self, opened: Opened, found: tuple[Dial, ...], changed: tuple[Change, ...]) -> None:
        """Let all controls say what holds."""
        texts = opened.scenario.questions
        self.text.show(
            name="text",
            label="Text",
            value=str(opened.place),
            options=[{"value": str(n), "label": plain(each.case.proposal.name)} for n, each in enumerate(texts)],
        )
        self.rule.show(name="rule", label="Rule", value=_spec(opened), options=rules(opened))
        council = opened.case.council
        self.member.show(
            name="member",
            label="Member",
            value=opened.state.member or council.ids[opened.member],
            options=[{"value": i, "label": plain(n)} for i, n in zip(council.ids, council.names, strict=True)],
        )
        before = {each.key: each.before for each in changed if not each.by}
        for group in GROUPS:
            self._dials(group, [each for each in found if each.group == group], before)
        members = opened.scenario.seating.members
        if len(members.ids) <= ROSTER_AT_MOST:
            present, without = set(opened.scenario.seating.ids), set(opened.scenario.seating.sheet.council.without)
            rows = [each for each in zip(members.ids, members.names, strict=True) if each[0] in present | without]
            self.roster.show(members=[{"id": i, "name": plain(n), "present": i in present} for i, n in rows])

    def _dials(self, group: str, found: list[Dial], before: dict[str, str]) -> None:
        sliders = self._sliders[group]
        while len(sliders) < len(found):
            with self._places[group]:
                place, slider = len(sliders), Slider()
            slider.hear("put", partial(self._slid, group, place))
            slider.hear("undo", partial(self._undo, group, place))
            sliders.append(slider)
        self._shown[group] = found
        for place, slider in enumerate(sliders):
            slider.set_visibility(place < len(found))
            if place < len(found):
                each = found[place]
                slider.show(
                    name=f"dial-{group}-{place}",
                    label=plain(each.label),
                    at=each.at,
                    said=each.words(each.at),
                    low=each.low,
                    high=each.high,
                    step=each.step,
                    was=before.get(each.key),
                    top=None if each.top is None else each.top[1],
                )

    def _slid(self, group: str, place: int, at: Any) -> None:
        if place < len(self._shown[group]) and isinstance(at, int | float):
            each = self._shown[group][place]
            self.view.slide(each, min(max(float(at), each.low), each.high))

    def _undo(self, group: str, place: int, _: Any) -> None:
        if place < len(self._shown[group]):
            self.view.move(self.view.state.drop(self._shown[group][place].key))


# -- rules ------------------------------------------------------------------------------------------------------------


def _spec(opened: Opened) -> str:
    sheet = opened.scenario.seating.sheet
    own = sheet.proposal[opened.place].procedure
    return spec(own.rule if "rule" in own.model_fields_set else sheet.procedure.rule)


def spec(given: RuleSpec) -> str:
    """A rule as it is typed."""
    return spelt({"name": given.name, **given.options} if given.options else given.name)


def rules(opened: Opened) -> list[dict[str, str]]:
    """The menu of rules: those that apply to this council, and those that the scenario names."""
    council, sheet = opened.case.council, opened.scenario.seating.sheet
    found = [RuleSpec(name=name) for name in REGISTERED if REQUIRED not in options(name).values()]
    found += [RuleSpec(name="consensus-minus", k=k) for k in (2, 3)]  # type: ignore[call-arg]
    found += [RuleSpec(name="super-majority", share=share) for share in (0.6, 0.75, 0.9)]  # type: ignore[call-arg]
    found += sheet.compare.rules or []
    found += [sheet.procedure.rule, sheet.proposal[opened.place].procedure.rule]
    menu: dict[str, str] = {}
    for each in found:
        try:
            label = rule(council, each.name, **each.options).label
        except RuleError:
            continue
        if each.name == "security-council" and not council.veto.any():
            continue
        menu.setdefault(spec(each), label)
    stated = _spec(opened)
    menu.setdefault(stated, opened.case.rule.label)
    return [{"value": value, "label": plain(label)} for value, label in menu.items()]
