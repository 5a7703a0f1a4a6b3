"""Every number about a member: its column, sd, formula, year and source, as rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.scenario.complaints import plain
from sim.scenario.sources import ColumnSource, members_path, sources
from sim.show.page.desk import Opened

HEADS = ("number", "value", "sd", "measures and formula", "years", "sources")
COUNTED = ("population", "votes")
Row = dict[str, Any]


def columns(opened: Opened) -> Mapping[str, ColumnSource]:
    """What stands beside the members file about its columns; nothing where the members stand in the scenario."""
    return sources(members_path(opened.scenario))


def rows(opened: Opened, known: Mapping[str, ColumnSource]) -> list[Row]:
    """The numbers of the member looked at, as its file has them."""
    member = _member(opened)
    found = []
    for column, value in member.items():
        if column in ("id", "name") or column.endswith("_sd"):
            continue
        about = known.get(column) or ColumnSource(column)
        sd = member.get(f"{column}_sd")
        feeds = _feeds(opened, column)
        lines = [f"feeds {feeds}"] if feeds else []
        more = [f"{word}: {plain(said)}" for word, said in (("Missing", about.missing), ("Weak", about.weak)) if said]
        measures = [about.measures, f"Formula: {about.formula}" if about.formula else None]
        cells = [
            _said(value),
            "–" if sd is None else f"{sd:.3f}",
            plain(" ".join(each for each in measures if each) or "not said"),
            plain(about.years or "not said"),
            plain("; ".join(about.sources) or "not said"),
        ]
        found.append({"id": column, "head": plain(column), "lines": lines, "cells": cells, "more": more})
    return sorted(found, key=lambda row: not row["lines"])  # what the scenario uses comes first


def _member(opened: Opened) -> dict[str, Any]:
    wanted = opened.state.member or opened.case.council.ids[opened.member]
    members = opened.scenario.resolved["council"]["members"]
    return next(dict(each) for each in members if each["id"] == wanted)


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,}" if isinstance(value, int) else f"{value:.3f}" if isinstance(value, float) else plain(str(value))


def _feeds(opened: Opened, column: str) -> str:
    """Which drivers a column feeds, and how it is mapped."""
    sheet = opened.scenario.seating.sheet
    found = []
    for name in (*opened.case.council.drivers.names, "independence"):
        spec = sheet.traits.get(name)
        if spec is None:
            found += [name] if name == column else []
        elif spec.column == column:
            how = " as 1 − x" if spec.invert else ""
            how += f" divided by {spec.divide_by:g}" if spec.divide_by != 1.0 else ""
            found.append(f"{name}{how}")
    return plain(", ".join(found))


def finals(opened: Opened) -> list[Row]:
    """What the model makes of them: the member's drivers, stake and independence, as they stand."""
    council, n = opened.case.council, opened.member
    changed = {key for key, _ in opened.state.changes}
    over = opened.scenario.seating.sheet.council.override.get(council.ids[n], {})
    drivers = zip(council.drivers.names, council.traits[:, n].tolist(), strict=True)
    found = [*drivers, ("stake", float(council.stake[n])), ("independence", float(council.independence[n]))]
    rows_ = []
    for name, value in found:
        by = "set in the file, whatever its column says" if name in over else "from its column"
        if any(key.endswith(f".{name}") and key.startswith("members.") for key in changed):
            by = "set on this page, or by the link" if name in over else by
        rows_.append({"id": name, "head": plain(name), "bar": value, "cells": [f"{value:.3f}", by], "look": "other"})
    return rows_
