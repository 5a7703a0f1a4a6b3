"""The rules that a scenario names: known, with options that fit, and within reach of its council."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from sim.model.council import Council
from sim.model.rules import REGISTERED, Rule, RuleError, options, rule
from sim.scenario.complaints import shown
from sim.scenario.forms import REQUIRED, RuleSpec
from sim.scenario.reading import Reading
from sim.scenario.schema import ScenarioFile
from sim.scenario.wording import Place

DEFAULT_COMPARED = ("consensus-minus", "two-thirds", "majority", "double-majority")


def specs(sheet: ScenarioFile) -> Iterator[tuple[RuleSpec, Place]]:
    """All rules that a scenario names, and where."""
    yield sheet.procedure.rule, ("procedure", "rule")
    for place in range(len(sheet.proposal)):
        yield _stated(sheet, place)
    for place, spec in enumerate(sheet.compare.rules or []):
        yield spec, ("compare", "rules", place)


def _stated(sheet: ScenarioFile, place: int) -> tuple[RuleSpec, Place]:
    own = sheet.proposal[place].procedure
    if "rule" in own.model_fields_set:
        return own.rule, ("proposal", place, "procedure", "rule")
    return sheet.procedure.rule, ("procedure", "rule")


def weighed(sheet: ScenarioFile) -> frozenset[str]:
    """The columns that the rules weigh members by."""
    columns = (spec.options.get("column") for spec, _ in specs(sheet))
    return frozenset(each for each in columns if isinstance(each, str))


class Rulebook:
    """The rules that a scenario names; what is wrong with them, whoever sits in the council, is noted at once."""

    def __init__(self, reading: Reading, sheet: ScenarioFile) -> None:
        self.reading, self.sheet = reading, sheet
        self.wrong: set[Place] = set()
        self.rules: dict[Place, Rule] = {}
        for place, spec in {place: spec for spec, place in specs(sheet)}.items():
            before = len(reading.complaints)
            self._check(spec, place)
            if len(reading.complaints) > before:
                self.wrong.add(place)

    def seated(self, council: Council) -> None:
        """Build the rules for a council. What is out of its reach is noted."""
        named = {place: spec for spec, place in specs(self.sheet)}
        named |= {("compare", "rules", n): spec for n, spec in enumerate(applicable(self.sheet, council))}
        built = {place: self._built(council, spec, place) for place, spec in named.items()}
        self.rules = {place: each for place, each in built.items() if each}
        distinct: dict[str, list[Rule]] = {}
        for each in self.rules.values():
            alike = distinct.setdefault(each.label, [])
            alike += [] if any(_same(each, other) for other in alike) else [each]
        for place, each in self.rules.items():
            if len(distinct[each.label]) > 1 and named[place].options:  # a label of its own, beside the defaults
                said = ", ".join(f"{key} = {value}" for key, value in named[place].options.items())
                self.rules[place] = replace(each, label=f"{each.label} ({said})")

    def stated(self, place: int) -> Rule:
        """The rule of a proposal."""
        return self.rules[_stated(self.sheet, place)[1]]

    def compared(self, own: Rule) -> tuple[Rule, ...]:
        """The rules beside the stated one."""
        found = [own]
        for each in (other for place, other in self.rules.items() if place[0] == "compare"):
            found += [] if any(_same(each, other) for other in found) else [each]
        return tuple(found[1:])

    def _check(self, spec: RuleSpec, place: Place) -> None:
        if spec.name not in REGISTERED:
            self.reading.unknown(place, f"{shown(spec.name)} is no rule", spec.name, REGISTERED)
            return
        known = options(spec.name)
        for option, given in spec.options.items():
            if option not in known:
                what = f"the rule {spec.name} has no such option"
                self.reading.unknown((*place, option), what, option, known)
            elif not isinstance(given, bool | int | float | str) or _huge(given):
                self.reading.wrong((*place, option), f"{shown(given)}; expected a number or a text that fits the rule")
        for option, default in known.items():
            if default is REQUIRED and option not in spec.options:
                example = f"{{ name = {spec.name!r}, {option} = … }}"
                self.reading.wrong(place, f"the rule {spec.name} lacks its option {option!r}; expected {example}")

    def _built(self, council: Council, spec: RuleSpec, place: Place) -> Rule | None:
        if place in self.wrong:
            return None
        column = spec.options.get("column")
        if isinstance(column, str) and column not in council.weights:
            what = f"{shown(column)} is no column of counts"
            self.reading.unknown((*place, "column"), what, column, council.weights)
            return None
        try:
            return rule(council, spec.name, **spec.options)
        except RuleError as error:
            at = (*place, error.option) if error.option in spec.options else place
            members = f"{council.size} member{'s' * (council.size > 1)}"
            self.reading.wrong(at, f"{error}; expected what fits {members}")
            return None


def applicable(sheet: ScenarioFile, council: Council) -> list[RuleSpec]:
    """The rules to compare with; of the default ones, those that apply to the council."""
    if sheet.compare.rules is not None:
        return sheet.compare.rules
    return [RuleSpec(name=name) for name in DEFAULT_COMPARED if _applies(council, name)]


def _applies(council: Council, name: str) -> bool:
    try:
        rule(council, name)
    except RuleError:
        return False
    return True


def _same(one: Rule, other: Rule) -> bool:
    """Are two rules of the same name the same, whether by default or by options spelt out?"""
    if one.label.partition(" (")[0] != other.label.partition(" (")[0] or one.blocking != other.blocking:
        return False
    pairs = list(zip(one.criteria, other.criteria, strict=True))
    same = all((a.quota, a.acquiescence) == (b.quota, b.acquiescence) for a, b in pairs)
    return same and all((a.weights == b.weights).all() for a, b in pairs)


def _huge(given: Any) -> bool:
    return isinstance(given, int) and abs(given) >= 1 << 63
