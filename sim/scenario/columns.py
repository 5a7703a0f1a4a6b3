"""Columns of the members mapped to drivers, then overridden: the final values of all members, present or not."""

from __future__ import annotations

import numpy as np

from sim.model.council import Council, Drivers, Floats
from sim.scenario.complaints import shown
from sim.scenario.members import EXPECTED, Members, cell
from sim.scenario.reading import Reading
from sim.scenario.schema import ColumnSpec, ScenarioFile

LEAST_STAKE = 1e-9  # a stake clipped from below stays above 0
KINDS = {"stake": "stake", "attention": "attention", "independence": "independence", "never_objects": "flag"}


class Columns:
    """The members' columns as the scenario reads them."""

    def __init__(self, reading: Reading, sheet: ScenarioFile, drivers: Drivers, members: Members) -> None:
        self.reading, self.sheet, self.drivers, self.members = reading, sheet, drivers, members
        self.size = len(members.ids)
        self.overridden: dict[str, dict[int, float]] = {}
        self._overrides()

    def everybody(self) -> Council:
        """The whole council; attention as a share of the procedure's is left to `attention`."""
        traits = np.array([self._trait(name) for name in self.drivers.names]).reshape(-1, self.size)
        return Council(
            ids=self.members.ids,
            names=self.members.names,
            drivers=self.drivers,
            traits=traits,
            stake=self._stake(traits),
            independence=self._independence(traits),
            attention=np.ones(self.size),
            never_objects=self._final("never_objects", self.members.flags["never_objects"].astype(float)) > 0,
            veto=self.members.flags["veto"],
            weights=self.members.weights,
        )

    def attention(self, default: float) -> Floats:
        """(N,) per hour; a procedure's default, unless a member has its own."""
        own = self.members.own["attention"]
        return self._final("attention", np.where(np.isnan(own), default, own))

    def _overrides(self) -> None:
        kinds = KINDS | dict.fromkeys(self.drivers.names, "trait")
        places = {member: place for place, member in enumerate(self.members.ids)}
        for member, values in self.sheet.council.override.items():
            above = ("council", "override", member)
            if member not in places:
                self.reading.unknown(above, "no member of this council", member, places)
                continue
            for key, given in values.items():
                if key not in kinds:
                    self.reading.unknown((*above, key), "cannot be overridden", key, kinds)
                    continue
                number = cell(kinds[key], given)
                if number is None:
                    self.reading.wrong((*above, key), f"{shown(given)}; expected {EXPECTED[kinds[key]]}")
                else:
                    self.overridden.setdefault(key, {})[places[member]] = number

    def _final(self, key: str, values: Floats) -> Floats:
        final = np.array(values, float)
        for place, number in self.overridden.get(key, {}).items():
            final[place] = number
        return final

    def _column(self, spec: ColumnSpec, *place: str) -> Floats:
        """A column mapped and divided, NaN where a member written in place lacks it."""
        own = {each: self.members.own[each] for each in ("stake", "independence")}
        known = self.members.traits | {each: values for each, values in own.items() if not np.isnan(values).all()}
        if spec.column not in known:
            counts = spec.column in self.members.weights
            what = "a column of counts, not of traits" if counts else "no column of the members"
            self.reading.unknown(place, f"{shown(spec.column)} is {what}", spec.column, known)
            return np.zeros(self.size)
        return _mapped(known[spec.column], spec)

    def _trait(self, driver: str) -> Floats:
        spec, same = self.sheet.traits.get(driver), self.members.traits.get(driver, np.zeros(self.size))
        return self._final(driver, np.nan_to_num(self._column(spec, "traits", driver) if spec else same, nan=0.0))

    def _driver(self, name: str, traits: Floats) -> Floats | None:
        return traits[self.drivers.names.index(name)] if name in self.drivers.names else None

    def _stake(self, traits: Floats) -> Floats:
        stake = self.sheet.stake
        if stake.column is not None:
            if {"base", "slope", "trait"} & stake.model_fields_set:
                self.reading.wrong(("stake",), "a column beside base, slope or trait; expected one or the other")
            values = self._column(ColumnSpec(column=stake.column), "stake", "column")
        elif stake.trait is None:
            if stake.slope != 0.0:
                self.reading.wrong(("stake", "slope"), "a slope without a trait; expected trait = a driver's name")
            values = np.full(self.size, stake.base)
        else:
            trait = self._driver(stake.trait, traits)
            if trait is None:
                trait = self.members.traits.get(stake.trait)
            if trait is None:
                known = (*self.drivers.names, *self.members.traits)
                what = f"{shown(stake.trait)} is no driver and no column"
                self.reading.unknown(("stake", "trait"), what, stake.trait, known)
                trait = np.zeros(self.size)
            values = stake.base + stake.slope * np.nan_to_num(trait, nan=0.0)
        values = np.clip(np.nan_to_num(values, nan=1.0), LEAST_STAKE, 1.0)
        own = self.members.own["stake"]
        return self._final("stake", np.where(np.isnan(own), values, own))

    def _independence(self, traits: Floats) -> Floats:
        """What rests on a driver takes its final value; a member's own goes before both."""
        spec, own = self.sheet.traits.get("independence"), self.members.own["independence"]
        driver = self._driver(spec.column if spec else "autonomy", traits)
        if spec is None:
            values = np.zeros(self.size) if driver is None else driver
        else:
            values = self._column(spec, "traits", "independence") if driver is None else _mapped(driver, spec)
        return self._final("independence", np.where(np.isnan(own), np.nan_to_num(values, nan=0.0), own))


def _mapped(values: Floats, spec: ColumnSpec) -> Floats:
    return np.minimum((1.0 - values if spec.invert else values) / spec.divide_by, 1.0)
