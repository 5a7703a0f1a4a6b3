"""The resolved copy of a scenario: every value filled in, members and ties too. It reads back to the same cases."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pydantic

from sim.model.council import Council
from sim.scenario import rulebook
from sim.scenario.complaints import join
from sim.scenario.forms import MEMBERS_AT_MOST, RuleSpec
from sim.scenario.numbers import limits
from sim.scenario.seat import Seating
from sim.scenario.spreads import SIZE
from sim.scenario.wording import Place


def resolved(seating: Seating, council: Council, outside: Iterable[Place] = ()) -> dict[str, Any]:
    """A document for a TOML file. A proposal's own procedure holds only what differs from [procedure].

    outside: what was set from outside; what of that could be drawn is noted as fixed
    """
    sheet, members = seating.sheet, seating.members
    document = _table(sheet)
    drivers = (*sheet.drivers.benefits, *sheet.drivers.costs)
    document["council"]["members"] = members.rows
    document["weights"] = {"size": SIZE, **sheet.weights}
    if sheet.stake.column is not None:
        document["stake"] = {"column": sheet.stake.column}
    for text, part in zip(document["proposal"], sheet.proposal, strict=True):
        text["loadings"] = {name: part.loadings.get(name, 1.0) for name in drivers}
        text["procedure"] = _table(part.procedure, given=True)
    procedure = document["procedure"]
    procedure["withdraw_above"] = min(procedure["withdraw_above"], MEMBERS_AT_MOST)  # never, in any council
    document["compare"] = {"rules": [_value(each, False) for each in rulebook.applicable(sheet, council)]}
    seated = set(council.ids)
    # a member that was set aside only to ask "what if" may have held out in fact; the copy knows but its own world
    document["observed"] = [each for each in document["observed"] if seated.issuperset(each.get("hold_outs", []))]
    if seating.ties is not None:
        document["interaction"]["ties"] = seating.ties.rows(members.ids)
    fixed = [join(place) for place in outside if limits(place) is not None]
    document["uncertainty"]["fixed"] = list(dict.fromkeys([*sheet.uncertainty.fixed, *fixed]))
    del document["sweep"], document["ablation"]  # they may name files relative to the scenario's
    return document


def _table(part: pydantic.BaseModel, given: bool = False) -> dict[str, Any]:
    """A part as a table; given: only what was given, without defaults."""
    keys = [key for key in type(part).model_fields if not given or key in part.model_fields_set]
    values = {key: getattr(part, key) for key in keys}
    return {key: _value(value, given) for key, value in values.items() if value is not None}


def _value(value: Any, given: bool) -> Any:
    if isinstance(value, RuleSpec):
        return {"name": value.name, **value.options} if value.options else value.name
    if isinstance(value, pydantic.BaseModel):
        return _table(value, given)
    if isinstance(value, list):
        return [_value(each, given) for each in value]
    return {key: _value(each, given) for key, each in value.items()} if isinstance(value, dict) else value
