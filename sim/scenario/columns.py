"""Columns of the members mapped to drivers, then overridden: the final values of all members, present or not.

Every number may carry cells or draws in front; members stand on the last axis.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from sim.model.council import Council, Drivers, Floats
from sim.scenario.complaints import shown
from sim.scenario.forms import ColumnSpec
from sim.scenario.members import EXPECTED, Members, cell
from sim.scenario.reading import Reading
from sim.scenario.schema import ScenarioFile

LEAST_STAKE = 1e-9  # a stake clipped from below stays above 0
KINDS = {"stake": "stake", "attention": "attention", "independence": "independence", "never_objects": "flag"}


class Columns:
    """The members' columns as the scenario reads them; what is unknown is 0, and noted by `check`."""

    def __init__(self, sheet: ScenarioFile, drivers: Drivers, members: Members) -> None:
        self.sheet, self.drivers, self.members = sheet, drivers, members
        self.size = len(members.ids)
        self.overridden: dict[str, dict[int, Any]] = {}
        for key, place, number in self._overrides():
            self.overridden.setdefault(key, {})[place] = number

    def everybody(self) -> Council:
        """The whole council; attention as a share of the procedure's is left to `attention`."""
        traits = stacked([self._trait(name) for name in self.drivers.names], -2)
        return Council(
            ids=self.members.ids,
            names=self.members.names,
            drivers=self.drivers,
            traits=traits if self.drivers.names else np.zeros((0, self.size)),
            stake=self._stake(traits),
            independence=self._independence(traits),
            attention=np.ones(self.size),
            never_objects=self._final("never_objects", self.members.flags["never_objects"].astype(float)) > 0,
            veto=self.members.flags["veto"],
            weights=self.members.weights,
        )

    def attention(self, default: Floats | float) -> Floats:
        """(…, N) per hour; a procedure's default, unless a member has its own."""
        own = self.members.own["attention"]
        return self._final("attention", np.where(np.isnan(own), np.asarray(default)[..., None], own))

    def _overrides(self) -> Iterator[tuple[str, int, Any]]:
        kinds = overridable(self.drivers)
        places = {member: place for place, member in enumerate(self.members.ids)}
        for member, values in self.sheet.council.override.items():
            for key, given in values.items():
                if member in places and key in kinds:
                    number = given if isinstance(given, np.ndarray) else cell(kinds[key], given)
                    if number is not None:
                        yield key, places[member], number

    def _final(self, key: str, values: Floats) -> Floats:
        overridden = self.overridden.get(key, {})
        front = np.broadcast_shapes(values.shape[:-1], *map(np.shape, overridden.values()))
        final = np.array(np.broadcast_to(values, (*front, self.size)), float)
        for place, number in overridden.items():
            final[..., place] = number
        return final

    def known(self) -> dict[str, Floats]:
        """The columns that can feed a driver, NaN where a member written in place lacks it."""
        own = {each: self.members.own[each] for each in ("stake", "independence")}
        return self.members.traits | {each: values for each, values in own.items() if not np.isnan(values).all()}

    def _column(self, spec: ColumnSpec) -> Floats:
        return _mapped(self.known().get(spec.column, np.zeros(self.size)), spec)

    def _trait(self, driver: str) -> Floats:
        spec, same = self.sheet.traits.get(driver), self.members.traits.get(driver, np.zeros(self.size))
        return self._final(driver, np.nan_to_num(self._column(spec) if spec else same, nan=0.0))

    def _driver(self, name: str, traits: Floats) -> Floats | None:
        return traits[..., self.drivers.names.index(name), :] if name in self.drivers.names else None

    def _stake(self, traits: Floats) -> Floats:
        stake = self.sheet.stake
        base, slope = np.asarray(stake.base)[..., None], np.asarray(stake.slope)[..., None]
        if stake.column is not None:
            values = self._column(ColumnSpec(column=stake.column))
        elif stake.trait is None:
            values = base * np.ones(self.size)
        else:
            trait = self._driver(stake.trait, traits)
            trait = self.members.traits.get(stake.trait, np.zeros(self.size)) if trait is None else trait
            values = base + slope * np.nan_to_num(trait, nan=0.0)
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
            values = self._column(spec) if driver is None else _mapped(driver, spec)
        return self._final("independence", np.where(np.isnan(own), np.nan_to_num(values, nan=0.0), own))


def stacked(values: Sequence[Floats | float], axis: int) -> Floats:
    """Values of any fronts side by side on a new axis; an empty list is an empty axis."""
    return np.stack(np.broadcast_arrays(*values), axis) if values else np.zeros(0)


def overridable(drivers: Drivers) -> dict[str, str]:
    """What can be overridden, and of which kind its values are."""
    return KINDS | dict.fromkeys(drivers.names, "trait")


def check(reading: Reading, columns: Columns) -> None:
    """Note columns and members that are not known, and values that fit no column."""
    sheet, drivers, members = columns.sheet, columns.drivers, columns.members
    _check_overrides(reading, columns)
    for name, spec in sheet.traits.items():
        if name in drivers.names or (name == "independence" and spec.column not in drivers.names):
            _check_column(reading, columns, spec.column, "traits", name)
    stake = sheet.stake
    if stake.column is not None:
        if {"base", "slope", "trait"} & stake.model_fields_set:
            reading.wrong(("stake",), "a column beside base, slope or trait; expected one or the other")
        _check_column(reading, columns, stake.column, "stake", "column")
    elif stake.trait is None:
        if stake.slope != 0.0:
            reading.wrong(("stake", "slope"), "a slope without a trait; expected trait = a driver's name")
    elif stake.trait not in (*drivers.names, *members.traits):
        what = f"{shown(stake.trait)} is no driver and no column"
        reading.unknown(("stake", "trait"), what, stake.trait, (*drivers.names, *members.traits))


def _check_overrides(reading: Reading, columns: Columns) -> None:
    kinds = overridable(columns.drivers)
    for member, values in columns.sheet.council.override.items():
        above = ("council", "override", member)
        if member not in columns.members.ids:
            reading.unknown(above, "no member of this council", member, columns.members.ids)
            continue
        for key, given in values.items():
            if key not in kinds:
                reading.unknown((*above, key), "cannot be overridden", key, kinds)
            elif cell(kinds[key], given) is None:
                reading.wrong((*above, key), f"{shown(given)}; expected {EXPECTED[kinds[key]]}")


def _check_column(reading: Reading, columns: Columns, column: str, *place: str) -> None:
    known = columns.known()
    if column not in known:
        counts = column in columns.members.weights
        what = "a column of counts, not of traits" if counts else "no column of the members"
        reading.unknown(place, f"{shown(column)} is {what}", column, known)


def _mapped(values: Floats, spec: ColumnSpec) -> Floats:
    divisor = np.asarray(spec.divide_by)[..., None]
    with np.errstate(over="ignore"):  # a tiny divisor: everything is above 1, and cut
        return np.asarray(np.minimum((1.0 - values if spec.invert else values) / divisor, 1.0))
