"""A state's figures as rows and words for the page: whatever draws them takes them as text, never as markup."""

from __future__ import annotations

from typing import Any

from sim.answers.figures import Way
from sim.answers.result import MemberBlame, ProposalResult
from sim.model.case import Case
from sim.scenario.complaints import plain
from sim.show.page.figures import Curve
from sim.show.page.places import laid
from sim.show.page.replay import Frame
from sim.show.words import failing, headline, hold_outs, listed, percent, rate, remedies

Row = dict[str, Any]
ROWS = 15  # members in the table of blame
TILES_AT_MOST = 400
STANCES = ("support", "acquiesce", "object")


def sentences(text: ProposalResult, how: Way) -> list[str]:
    """The answer, and what goes with it."""
    found = [headline(text, replicates(how)), failing(text), hold_outs(text), remedies(text)]
    return [plain(each) for each in found if each]


def replicates(how: Way) -> int | None:
    """How many replicates it rests on; None: exact."""
    return None if how.engine == "exact" else how.replicates


def summed(text: ProposalResult) -> str:
    """The answer in a line, for small screens."""
    blocked, withdrawn = text.outcomes["blocked"], text.outcomes["withdrawn"]
    return f"adopted {percent(text.adopted_any)} · blocked {percent(blocked)} · withdrawn {percent(withdrawn)}"


def how_computed(text: ProposalResult, how: Way) -> str:
    """Exact, or with which error."""
    if how.engine != "exact":
        bound = f"at most {0.5 / how.replicates**0.5:.3f}"
        return f"Monte Carlo, {how.replicates:,} replicates, seed {how.seed}: standard errors are {bound}."
    simulated = any(each.engine != "exact" for each in text.rules)
    return "Exact probabilities" + (
        "; a number with ± is from Monte Carlo, with its standard error." if simulated else "."
    )


def outcomes(text: ProposalResult, how: Way) -> list[Row]:
    """A row for adoption in any form, and one for each outcome."""
    chance = rate(text.adopted_any, text.standard_error, replicates(how))
    rows: list[Row] = [
        {"id": "any", "head": "adopted in any form", "bar": text.adopted_any, "cells": [chance], "strong": True}
    ]
    for name, share in text.outcomes.items():
        rows.append({"id": name, "head": name, "bar": share, "cells": [percent(share)], "look": name})
    return rows


def rules(text: ProposalResult, how: Way) -> list[Row]:
    """The stated rule, and what the others would have done."""
    chance = rate(text.adopted_any, text.standard_error, replicates(how))
    rows: list[Row] = [
        {"id": "", "head": f"{plain(text.rule)} (stated)", "bar": text.adopted_any, "cells": [chance], "strong": True}
    ]
    for each in text.rules:
        said = rate(each.adopted_any, each.standard_error, each.replicates)
        rows.append(
            {"id": each.rule, "head": plain(each.rule), "bar": each.adopted_any, "cells": [said], "look": "other"}
        )
    return rows


BLAME = ("objects", "first", "holds out", "alone", "pivotal", "Shapley")


def blame(text: ProposalResult) -> list[Row]:
    """The members that most likely hold out, most likely first."""
    leading = sorted(text.blame, key=lambda each: (-each.final_hold_out, -each.object))
    rows = []
    for each in leading[:ROWS]:
        shares = [
            each.object,
            each.first_objector,
            each.final_hold_out,
            each.lone_hold_out,
            each.pivotality,
            each.shapley,
        ]
        rows.append(
            {
                "id": each.id,
                "head": plain(each.name),
                "bar": each.final_hold_out,
                "cells": [percent(p) for p in shares],
                "look": "object",
            }
        )
    return rows


def likeliest(member: MemberBlame) -> str:
    """The stance that a member most likely takes; of equal ones, the friendlier."""
    return max(STANCES, key=lambda stance: float(getattr(member, stance)))


def tiles(text: ProposalResult) -> dict[str, Any]:
    """The map of likeliest stances as tabled."""
    stances = [likeliest(each) for each in text.blame]
    extra = [percent(each.object) if each.object >= 0.005 else "" for each in text.blame]
    titles = []
    for each in text.blame:
        said = [f"{stance} {percent(getattr(each, stance))}" for stance in STANCES]
        titles.append(f"{each.name}: {', '.join(said)}")
    found = _map([each.id for each in text.blame], stances, extra, titles)
    objecting = [plain(each.name) for each, stance in zip(text.blame, stances, strict=True) if stance == "object"]
    return found | {"label": f"Likeliest stances as tabled: {_counts(stances, objecting)}"}


def frame_tiles(case: Case, frame: Frame) -> dict[str, Any]:
    """The map of one round."""
    council = case.council
    stances = [each or "silent" for each in frame.stances]
    looks = ["hidden" if hidden else stance for stance, hidden in zip(stances, frame.hidden, strict=True)]
    order = {member: n + 1 for n, member in enumerate(frame.spoke)}
    extra = ["won" if each in frame.won else f"{order[each]}." if each in order else "" for each in council.ids]
    titles = [f"{name}: {look}" for name, look in zip(council.names, looks, strict=True)]
    found = _map(council.ids, looks, extra, titles)
    if frame.round < 0:
        return found | {"label": "The text is tabled; nobody has spoken."}
    objecting = [plain(name) for name, stance in zip(council.names, stances, strict=True) if stance == "object"]
    return found | {"label": f"Round {frame.round}: {_counts(stances, objecting)}"}


def _counts(stances: list[str], objecting: list[str]) -> str:
    said = ", ".join(f"{stances.count(each):,} {each}" for each in STANCES)
    return f"{said}{': ' + listed(objecting[:12]) if objecting else ''}."


def _map(ids: Any, looks: list[str], extra: list[str], titles: list[str]) -> dict[str, Any]:
    plan = laid(tuple(ids))
    if len(plan.places) > TILES_AT_MOST:
        return {"rows": 0, "columns": 0, "tiles": []}
    found = [
        {"id": plain(each), "row": row + 1, "column": column + 1, "look": look, "extra": more, "title": plain(title)}
        for each, (row, column), look, more, title in zip(ids, plan.places, looks, extra, titles, strict=True)
    ]
    return {"rows": plan.rows, "columns": plan.columns, "tiles": found}


def curve_label(curve: Curve, text: ProposalResult) -> str:
    """The curve in words, for those who do not see it."""
    low, high = min(curve.adopted), max(curve.adopted)
    return (
        f"P(adopted) along {plain(curve.label)}: {percent(curve.adopted[0])} at {curve.at[0]:g},"
        f" {percent(curve.adopted[-1])} at {curve.at[-1]:g}, from {percent(low)} to {percent(high)};"
        f" today {curve.today:.3g}, with {percent(text.adopted_any)}."
    )


def points(curve: Curve) -> list[Row]:
    """The curve as a table."""
    rows: list[Row] = []
    for at, adopted, error in zip(curve.at, curve.adopted, curve.errors, strict=True):
        said = f"{percent(adopted)} ± {error:.3f}".replace("± 0.", "± .") if error else percent(adopted)
        rows.append({"id": repr(at), "head": f"{at:g}", "bar": adopted, "cells": [said], "look": "other"})
    return rows
