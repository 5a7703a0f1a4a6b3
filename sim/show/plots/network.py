"""The network of ties: who listens to whom, drawn with the members' final stances in one replicate."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Polygon

from sim.answers.result import Chronicle, Result
from sim.model.council import Floats
from sim.show.plots import ring, ties
from sim.show.plots.captions import listed, members, source
from sim.show.plots.chronicle import ending, names, secret
from sim.show.plots.lettering import fitted, inches, shortened, widest
from sim.show.plots.sheet import Sheet, Size, Words
from sim.show.plots.style import FAINT, INK, PAPER, SMALL, SOFT, STANCES, VERMILION
from sim.show.words import percent

MOST = 60  # members
APART, LINE = 0.142, 0.2  # inches: from name to name, a line of the legend
CLEAR, REACH = 0.16, 0.34  # inches from the dots to the names, and to where they may end
KEYS = 2 * LINE + 0.08
CALLED = {
    "support": "supports",
    "acquiesce": "acquiesces",
    "object": "objects openly",
    "hidden": "objects, hidden",
}
MARKS = {"support": "o", "acquiesce": "s", "object": "D", "hidden": "D"}


def drawable(result: Result) -> bool:
    """Does the result hold ties, and a replicate to take stances from, for no more members than can be told apart?"""
    room = result.proposals[0].room
    if room is None or room.ties is None or room.cascade is None or not room.cascade.chronicle.stances:
        return False
    size = len(room.cascade.chronicle.members)
    sound = all(len(tie) == 3 and all(0 <= each < size for each in tie[:2]) and tie[2] >= 0 for tie in room.ties)
    return sound and 2 <= size <= MOST


def draw(result: Result, size: Size | None = None) -> Sheet:
    """Members on a circle; a tie is broad at who listens and ends in a point at whom it hears."""
    room = result.proposals[0].room
    if room is None or room.ties is None or room.cascade is None:
        raise ValueError("this result holds no ties")
    found = room.cascade.chronicle
    many = len(found.members)
    shares = ties.attention(room.ties, many)
    drawn = ties.strongest(shares)
    stances = final(found)
    named = [names(result)(each) for each in found.members]
    radius = min(0.9 + 0.05 * many, 2.25)
    sheet = Sheet(_words(result, found, shares, drawn, stances), KEYS + 2 * (radius + REACH), size)
    _keys(sheet, stances, drawn)
    side = min(widest(named, SMALL, bold=True) + 0.1, sheet.width * 0.22)
    radius = max(min((sheet.height - KEYS) / 2 - REACH, sheet.width / 2 - CLEAR - side), 0.6)
    middle = sheet.width / 2, KEYS + (sheet.height - KEYS) / 2
    pull = np.zeros((many, many))
    for tie in drawn:
        pull[tie.listener, tie.heard] = tie.share
    dots = np.empty((many, 2))
    dots[ring.order(pull)] = ring.places(many) * radius
    half_wide, half_high = sheet.width / 2, (sheet.height - KEYS) / 2
    axes = sheet.axes(0, KEYS, sheet.width, sheet.height - KEYS)
    axes.set(xlim=(-half_wide, half_wide), ylim=(half_high, -half_high))
    axes.set_axis_off()
    ties.draw(axes, drawn, dots, stances)
    _dots(axes, dots, stances)
    _names(sheet, axes, middle, dots, named, stances)
    return sheet


def final(found: Chronicle) -> list[str]:
    """The members' stances in the last round; "hidden" where an objection was."""
    unheard = secret(found)[-1]
    return ["hidden" if id_ in unheard else each for id_, each in zip(found.members, found.stances[-1], strict=True)]


def _style(stance: str) -> dict[str, Any]:
    """How a member's dot looks."""
    face = PAPER if stance == "hidden" else STANCES[stance].face
    objects = stance in ("object", "hidden")
    edge = VERMILION if objects else INK
    size = 8.0 if objects else 7.0
    return {"marker": MARKS[stance], "markersize": size, "markerfacecolor": face, "markeredgecolor": edge} | {
        "markeredgewidth": 1.8 if stance == "hidden" else 0.8,
        "linestyle": "none",
    }


def _dots(axes: Axes, dots: Floats, stances: list[str]) -> None:
    for (x, y), stance in zip(dots, stances, strict=True):
        axes.plot(x, y, zorder=4, clip_on=False, **_style(stance))


def _names(
    sheet: Sheet, axes: Axes, middle: tuple[float, float], dots: Floats, named: list[str], stances: list[str]
) -> None:
    radius = float(np.hypot(*dots[0]))
    at = ring.labels(dots, radius + CLEAR, APART, (sheet.height - KEYS) / 2 - APART / 2)
    for (x, y), (dot_x, dot_y), name, stance in zip(at, dots, named, stances, strict=True):
        objects = stance in ("object", "hidden")
        room = sheet.width / 2 - abs(x) - 0.04
        axes.plot((dot_x, x), (dot_y, y), color=FAINT, linewidth=0.7, zorder=0.5)
        word = fitted(name, room, SMALL, objects)
        side = 1 if x >= 0 else -1
        sheet.write(
            middle[0] + x + 0.03 * side,
            middle[1] + y,
            word,
            size=SMALL,
            bold=objects,
            align="left" if x >= 0 else "right",
        )


def _keys(sheet: Sheet, stances: list[str], drawn: list[ties.Tie]) -> None:
    """The marks that occur with how many members they stand for, and what wedges mean."""
    axes = sheet.axes(0, 0, sheet.width, 2 * LINE)
    axes.set(xlim=(0, sheet.width), ylim=(2 * LINE, 0))
    axes.set_axis_off()
    x, y = 0.06, LINE / 2
    for stance, label in CALLED.items():
        if stance in stances:
            axes.plot(x, y, clip_on=False, **_style(stance))
            text = f"{label}: {stances.count(stance)}"
            sheet.write(x + 0.14, y, text, size=SMALL)
            x += inches(text, SMALL) + 0.36
    x, y = 0.0, LINE * 1.5
    heard = [stances[tie.heard] == "object" for tie in drawn]
    for objects, label in ((False, "broad end listens, point is heard"), (True, "an open objector is heard")):
        if objects not in heard:
            continue
        _, strong = ties.colours("object" if objects else "")
        half = ties.BASE / 2
        axes.add_patch(Polygon([(x, y - half), (x, y + half), (x + 0.34, y)], facecolor=strong, linewidth=0))
        sheet.write(x + 0.42, y, label, size=SMALL)
        x += inches(label, SMALL) + 0.62
    if drawn:
        share = "all" if drawn[-1].share == 1.0 else percent(drawn[-1].share)
        sheet.write(x, y, f"broadest: {share} of what a member hears", size=SMALL, ink=SOFT)


def _words(result: Result, found: Chronicle, shares: Floats, drawn: list[ties.Tie], stances: list[str]) -> Words:
    named = names(result)
    heard = shares.sum(axis=0) / max(int((shares.sum(axis=1) > 0).sum()), 1)
    most = [named(id_) for id_, each in zip(found.members, heard, strict=True) if each >= heard.max() - 1e-9]
    if not heard.any():
        who = "Nobody listens to anybody"
    elif len(most) == len(heard):
        who = "All members are heard alike"
    else:
        who = f"{listed(most)} {'is' if len(most) == 1 else 'are'} heard most"
    held, won = [named(id_) for id_ in found.hold_outs], [named(id_) for id_ in found.won_over]
    title = f"{who}; {ending(result, found, held, won)}"
    tied, alike = int((shares > 0).sum()), sum(each.any() for each in shares) - len({tie.listener for tie in drawn})
    kept = f" The {tied:,} ties are all drawn." if tied > 1 else ""
    if len(drawn) < tied:
        kept = f" Of {tied:,} ties, each member's strongest are drawn, {len(drawn):,}"
        kept += f"; {members(alike)} with many equal ones {'have' if alike > 1 else 'has'} none." if alike else "."
    average = " Heard most: the largest share on average." if 0 < len(most) < len(heard) and heard.any() else ""
    rule = shortened(result.proposals[0].rule, 40)
    subtitle = (
        f"Stances in the last round of replicate {found.replicate}, under {rule}. The broader and darker a tie, the"
        f" larger its share in all that a member hears.{kept}{average}"
    )
    return Words(title, subtitle, source(result, f"one simulated replicate, seed {found.seed}"))
