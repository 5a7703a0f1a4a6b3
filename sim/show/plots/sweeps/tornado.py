"""What each part of the model does: adoption, and the member's blocking alone, without that part."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes

from sim.show.plots.captions import probability_axis
from sim.show.plots.lettering import inches, legible, shortened, unbroken, wrapped
from sim.show.plots.sheet import Sheet, Size, Words
from sim.show.plots.style import INK, PAPER, SMALL, Look
from sim.show.plots.sweeps import panels, rows
from sim.show.plots.sweeps.lines import Room
from sim.show.plots.sweeps.wording import quoted
from sim.show.words import percent, rate
from sim.study.indices import Ablation, Sensitivity

MOST = 30  # parts
KEYS, HEAD, ROW, FOOT = 0.3, 0.4, 0.28, 0.46  # inches
RISES, FALLS = Look("#2F86BE"), Look("#A33B06", PAPER, "////")
CHANGE = 0.0005  # a smaller one is none
Value = tuple[float, float]  # a probability and its standard error


def drawable(record: Sensitivity) -> bool:
    """Is there something beside the case as stated?"""
    return len(record.ablations) > 1


def stated(record: Sensitivity) -> Ablation:
    """The case with all its parts: the one called so, else the first."""
    return next((each for each in record.ablations if "stated" in each.name.casefold()), record.ablations[0])


def draw(record: Sensitivity, size: Size | None = None) -> Sheet:
    """Bars from the stated probability to that without a part, the largest change above."""
    own = stated(record)
    parts = sorted(
        (each for each in record.ablations if each is not own),
        key=lambda each: (-abs(each.adopted_any - own.adopted_any), -abs(each.alone - own.alone)),
    )
    shown = parts[:MOST]
    left = rows.width([each.name for each in shown])
    sheet = Sheet(_words(record, own, parts), KEYS + HEAD + ROW * max(len(shown), 2) + FOOT, size)
    sheet.keys(0.1, [(RISES, "more than as stated"), (FALLS, "less than as stated")])
    tiling = panels.Tiling(2, 2, left, KEYS, HEAD, FOOT)
    member = legible(record.member_name, record.member)
    titles = (f"adopted in any form: {percent(own.adopted_any)}", f"{member} blocks alone: {percent(own.alone)}")
    adopted = [(each.adopted_any, each.adopted_error) for each in shown]
    alone = [(each.alone, each.alone_error) for each in shown]
    for number, (start, values) in enumerate(((own.adopted_any, adopted), (own.alone, alone))):
        room = tiling.room(sheet, number)
        lines = wrapped(titles[number], room.wide, SMALL, bold=True)
        for place, line in enumerate(lines):
            sheet.write(room.left, room.top - 0.1 - 0.135 * (len(lines) - 1 - place), line, size=SMALL, bold=True)
        _panel(sheet.axes(room.left, room.top, room.wide, room.high), room, start, values)
    rows.write(sheet, tiling.room(sheet, 0), [each.name for each in shown])
    return sheet


def _panel(axes: Axes, room: Room, start: float, values: list[Value]) -> None:
    axes.set(xlim=(0, 1), ylim=(len(values) - 0.5, -0.5), yticks=[], xlabel="probability without the part")
    probability_axis(axes.xaxis)
    axes.grid(axis="x")
    axes.spines["left"].set_visible(False)
    for place, (value, error) in enumerate(values):
        look = RISES if value >= start else FALLS
        style: dict[str, Any] = {"facecolor": look.face, "edgecolor": PAPER, "hatch": look.hatch, "linewidth": 0}
        axes.barh(place, value - start, 0.62, left=start, zorder=2, **style)
        if error > 0:
            low, high = max(value - 2 * error, 0.0), min(value + 2 * error, 1.0)
            axes.plot((low, high), (place, place), color=INK, linewidth=1.0, zorder=3)
        axes.plot(value, place, "|", color=INK, markersize=7, markeredgewidth=1.4, zorder=4, clip_on=False)
        _number(axes, room, place, start, (value, error))
    axes.axvline(start, color=INK, linewidth=1.0, zorder=5, clip_on=False)


def _number(axes: Axes, room: Room, place: int, start: float, value: Value) -> None:
    """The probability beyond the bar's end; where there is no room, on the bar if it is long enough, or before it."""
    words, reach = percent(value[0]), 2 * value[1]
    need = (inches(words, SMALL) + 0.12) / room.wide
    right = value[0] >= start
    if (value[0] + reach + need > 1) if right else (value[0] - reach - need < 0):
        inside = abs(value[0] - start) - reach > need
        at, right = (value[0] - reach if right else value[0] + reach) if inside else start, not right
    else:
        at = min(value[0] + reach, 1.0) if right else max(value[0] - reach, 0.0)
    shift, align = (5, "left") if right else (-5, "right")
    style: dict[str, Any] = {"fontsize": SMALL, "ha": align, "va": "center_baseline", "zorder": 6}
    ground = {"facecolor": PAPER, "edgecolor": "none", "pad": 0.4, "alpha": 0.9}
    axes.annotate(words, (at, place), (shift, 0), textcoords="offset points", bbox=ground, **style)


def _said(record: Sensitivity, case: Ablation) -> str:
    """P(adopted) with its standard error."""
    share, error = case.adopted_any, case.adopted_error
    sampled = record.replicates if error > 0 or share in (0.0, 1.0) else None
    return rate(share, error, sampled).replace(" ", "\u00a0")


def _words(record: Sensitivity, own: Ablation, parts: list[Ablation]) -> Words:
    name, first = quoted(record.proposal, 50), parts[0]
    part, now = unbroken(shortened(first.name, 50), 50), _said(record, own)
    rule = unbroken(f"under {shortened(record.rule, 30)}")
    change = first.adopted_any - own.adopted_any
    if abs(change) < CHANGE:
        title = f"No part of the model, taken alone, changes whether {name} is adopted {rule}: {now} in each case"
    else:
        end = _said(record, first)
        without = part.removeprefix("without").lstrip("\xa0 ")
        if part != without:
            title = f"Of the model's parts, {name} {rule} hangs most on {without}: {now} as stated, {end} without it"
        else:
            title = f"Of all changes, “{part}” does most to {name} {rule}: from {now} as stated to {end}"
    rest = f" The first {MOST} of {len(parts)} parts." if len(parts) > MOST else ""
    errors = any(each.adopted_error > 0 or each.alone_error > 0 for each in record.ablations)
    sure = " Thin lines: ± 2 standard errors." if errors else ""
    subtitle = "Each bar goes from the probability as stated to that with one part of the model switched off."
    return Words(title, f"{subtitle}{sure}{rest}", rows.source(record, "one part switched off at a time"))
