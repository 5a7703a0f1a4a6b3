"""A replicate in words: what stands after each round, what the chair offered, how it ended."""

from __future__ import annotations

from collections.abc import Iterable

from sim.model.case import Case
from sim.model.process import ADOPTIONS, OUTCOMES
from sim.scenario.complaints import plain
from sim.show.page.replay import Frame, Replay
from sim.show.words import listed

NAMED = 12  # members in a sentence


def headline(case: Case, replay: Replay, frame: Frame) -> str:
    """Where this replicate stands."""
    if frame.outcome is not None:
        return f"Replicate {replay.replicate:,}: {frame.outcome} in round {frame.round}{_ending(case, frame)}"
    if frame.round < 0:
        return f"Replicate {replay.replicate:,}: the text is tabled, and nobody has spoken yet."
    return f"Replicate {replay.replicate:,}, round {frame.round} of at most {case.procedure.rounds - 1}: not settled."


def _ending(case: Case, frame: Frame) -> str:
    won = f"; won over: {_named(case, frame.won)}" if frame.won else ""
    held = f"; holding out: {_named(case, frame.hold_outs)}" if frame.hold_outs else ""
    return f"{_because(case, frame)}{won}{held}."


def _because(case: Case, frame: Frame) -> str:
    """Who withdrew a text: the chair, the dilution, or its sponsors. The model, section 4."""
    if frame.outcome != "withdrawn":
        return ""
    if len(frame.spoke) > case.procedure.withdraw_above:
        return f" (by the chair: more than {case.procedure.withdraw_above} object)"
    return " (its sponsors gave up)" if case.lasts[frame.round + 1] else " (diluted below its floor)"


def facts(case: Case, frame: Frame) -> list[tuple[str, str]]:
    """What stands after this round, item by item."""
    if frame.round < 0:
        return [
            ("round", "none yet"),
            ("ambition of the text", f"{frame.ambition:.2f}"),
            ("the chair may", offers(case, 0)),
        ]
    found = [("round", f"{frame.round} (month {frame.round * case.procedure.months_per_round:g})")]
    found.append(("ambition of the text", f"{frame.ambition:.2f}"))
    found += [(each, f"{frame.stances.count(each):,}") for each in ("support", "acquiesce", "object")]
    found.append(("spoke, in this order", _named(case, frame.spoke) or "nobody"))
    hidden = [each for each, hides in zip(case.council.ids, frame.hidden, strict=True) if hides]
    found.append(("hid behind another", _named(case, hidden) or "nobody"))
    found.append(("the chair could offer", offers(case, frame.round)))
    found.append(("taken", _taken(case, frame)))
    found.append(("outcome", frame.outcome or "not settled: another round"))
    return found


def offers(case: Case, round_: int) -> str:
    """What the chair may offer in a round."""
    p = case.procedure
    found = []
    if p.payment_members:
        found.append(f"a payment of {float(p.payment_value):g} utils to at most {p.payment_members:,}")
    if p.opt_out_members and round_ >= p.opt_out_first_round:
        found.append(
            f"an opt-out that spares {float(p.opt_out_relief):.0%} of the costs, to at most {p.opt_out_members:,}"
        )
    return listed(found) if found else "nothing"


def _taken(case: Case, frame: Frame) -> str:
    if frame.won:
        return f"by {_named(case, frame.won)}"
    if frame.outcome in OUTCOMES[:ADOPTIONS]:
        return "not needed"
    return "not enough to carry the text"


def lines(case: Case, frame: Frame) -> list[str]:
    """A round in the chronicle; the last one says how it ended."""
    if frame.round < 0:
        return [f"The text is tabled before {case.council.size:,} members, under {plain(case.rule.label)}."]
    objecting = [each for each, stance in zip(case.council.ids, frame.stances, strict=True) if stance == "object"]
    counts = ", ".join(f"{frame.stances.count(each)} {each}" for each in ("support", "acquiesce", "object"))
    hidden = [each for each, hides in zip(case.council.ids, frame.hidden, strict=True) if hides]
    weakened = f" (ambition {frame.ambition:.2f})" if frame.ambition < 1 else ""
    said = f"Round {frame.round}{weakened}: {counts}{': ' + _named(case, objecting) if objecting else ''}"
    found = [f"{said}{'; hidden: ' + _named(case, hidden) if hidden else ''}."]
    if frame.outcome is not None:
        found.append(f"{frame.outcome} in round {frame.round}{_ending(case, frame)}")
    return found


def _named(case: Case, members: Iterable[str]) -> str:
    council = case.council
    names = [plain(council.names[council.ids.index(each)]) for each in members]
    if not names:
        return ""
    return listed(names) if len(names) <= NAMED else f"{', '.join(names[:NAMED])} and {len(names) - NAMED:,} more"
