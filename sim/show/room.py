"""What members that watch the room come to, in words and in a table."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console
from rich.table import Table
from rich.text import Text

from sim.answers.result import Difference, OpenMember, ProposalResult
from sim.show.tables import SHOWN, headed, plain
from sim.show.words import rate


def sentences(text: ProposalResult) -> Iterator[str]:
    """What it changes that members heed each other or hide, and how often who seemed alone was alone."""
    if text.room is not None:
        shares = {"heed": text.room.heed, "hide": text.room.hide}
        watching = ", ".join(f"{name} {share:g}" for name, share in shares.items() if share)
        changes = "; ".join(changed(each) for each in text.differences or [])
        yield f"Members watch the room ({watching}), which is always simulated. On the same draws: {changes}."
        yield from filter(None, [_alone(text)])
    else:
        yield from (f"On the same draws as plain members: {changed(each)}." for each in text.differences or [])


def changed(each: Difference) -> str:
    """What something makes of P(adopted), with its paired error."""
    if each.difference == 0.0 and each.standard_error == 0.0:
        return f"{each.made_by}: the same adoptions in all {each.replicates:,} replicates"
    how = "likelier" if each.difference > 0 else "less likely"
    by = rate(abs(each.difference), each.standard_error, each.replicates)
    without = rate(each.without, _error(each.without, each.replicates), each.replicates)
    return f"{each.made_by}: adoption is {by} {how} than the {without} without"


def _alone(text: ProposalResult) -> str | None:
    """“France objected alone” is not “France was alone”."""
    room = text.room
    most = max(room.members, key=lambda each: each.lone_open_hold_out, default=None) if room else None
    if room is None or most is None or most.alone is None or not room.hide:
        return None
    name = next(each.name for each in text.blame if each.id == most.id)
    seen = rate(most.lone_open_hold_out, _error(most.lone_open_hold_out, room.replicates), room.replicates)
    alone = truly(room.replicates, most)
    return f"{name} is seen to hold out alone with probability {seen}; of these it is alone in truth in {alone}."


def truly(replicates: int, member: OpenMember) -> str:
    """How often who seemed to be the only hold-out was it."""
    if member.alone is None or member.alone_standard_error is None:
        return "–"
    return rate(member.alone, member.alone_standard_error, max(round(member.lone_open_hold_out * replicates), 1))


def _error(share: float, replicates: int) -> float:
    return float((share * (1.0 - share) / replicates) ** 0.5)


def print_room(console: Console, text: ProposalResult) -> Table | None:
    """Who is seen to hold out, who is the only one seen, and who hides; None where nobody does."""
    room = text.room
    if room is None or not room.hidden:
        return None
    title = (
        f"Who is seen to hold out: {text.name}, under {text.rule} ({room.replicates:,} replicates); "
        f"hidden at the end: {rate_of_mean(room.hidden, room.hidden_standard_error)} members on average"
    )
    table = headed(console, title, ["", "seen", "the only one seen", "of these truly alone", "hidden"])
    blame = {each.id: each for each in text.blame}
    order = sorted(room.members, key=lambda each: (-each.open_hold_out, -blame[each.id].hidden))
    shown = [each for each in order if each.open_hold_out or blame[each.id].hidden]
    for member in shown[:SHOWN]:
        shares = [member.open_hold_out, member.lone_open_hold_out, blame[member.id].hidden]
        seen, only, hidden = (rate(each, _error(each, room.replicates), room.replicates) for each in shares)
        table.add_row(plain(blame[member.id].name), seen, only, truly(room.replicates, member), hidden)
    if len(shown) > SHOWN:
        table.add_row(Text(f"and {len(shown) - SHOWN} more: see result.json", "dim"))
    return table


def rate_of_mean(mean: float, error: float) -> str:
    """A mean number of members with its standard error."""
    return f"{mean:.4f} ± {error:.4f}".replace("0.", ".")
