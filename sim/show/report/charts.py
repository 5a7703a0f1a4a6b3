"""Small pictures as inline SVG. Words and numbers stand beside them as HTML, so that long names cannot spoil them.

Rows of a table hold a strip each, stretched to the cell: dots are strokes that do not scale, and so stay round. All is
told apart without colour, by place, sign, shape and darkness.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from sim.answers.result import MemberBlame, SizeCurve
from sim.show.layers import Band
from sim.show.plots.style import AMBER, BLUE, FAINT, INK, OTHERS, OUTCOMES, PAPER, SOFT, STANCES, STATED, VERMILION
from sim.show.plots.tiles import likeliest, plan
from sim.show.report.elements import Markup, joined, tag

BENEFIT, COST = "#6FAFDC", VERMILION
HATCHED = {"blocked": (VERMILION, PAPER, "M0 6 L6 0"), "withdrawn": (AMBER, INK, "M0 0 L6 6")}
TILES_AT_MOST = 64  # members


def _strip(name: str, *marks: Markup | Iterable[Markup] | None) -> Markup:
    options = {"view_box": "0 0 100 10", "preserve_aspect_ratio": "none", "class_": f"strip {name}"}
    return tag("svg", *marks, **options, aria_hidden="true", focusable="false")


def _line(x: float, y: float, to_x: float, to_y: float, colour: str, width: float, **more: str) -> Markup:
    """A stroke in strips: its width is in pixels, however the strip is stretched."""
    d = f"M{x:.2f} {y:.2f} L{to_x:.2f} {to_y:.2f}"
    return tag("path", d=d, stroke=colour, stroke_width=width, fill="none", vector_effect="non-scaling-stroke", **more)


def amounts(value: float, spread: float | None, low: float, high: float) -> Markup:
    """A bar from 0 to a value, on an axis from low to high; spread: one sd either side of its end."""

    def at(number: float) -> float:
        return 100.0 * (number - low) / ((high - low) or 1.0)

    left, right = sorted((at(0.0), at(value)))
    bar = tag("rect", x=f"{left:.2f}", y="1.2", width=f"{right - left:.2f}", height="7.6", fill=_side(value))
    error = _line(at(value - spread), 5, at(value + spread), 5, INK, 1.2) if spread else None
    return _strip("amounts", bar, error, _line(at(0.0), 0, at(0.0), 10, INK, 1))


def _side(value: float) -> str:
    return BENEFIT if value >= 0 else COST


def chance(
    share: float, prior: Band | None = None, after: Band | None = None, stated: bool = False, error: float = 0.0
) -> Markup:
    """A probability as a dot on a line from 0 to 1, a square where it is the stated rule's; intervals as lines."""
    grid = [_line(x, 0, x, 10, FAINT, 1) for x in (0, 25, 75, 100)] + [_line(50, 0, 50, 10, SOFT, 1)]
    lines = [_interval(prior, 6.2, SOFT, 1.2)] if prior else []
    lines += [_interval(after, 8.6, BLUE, 2.6)] if after else []
    x, y = 100 * share, 2.6 if prior else 5
    reach = [_line(100 * max(share - error, 0), y, 100 * min(share + error, 1), y, INK, 1.4)] if error else []
    shape = "square" if stated else "round"
    dot = _line(x, y, x + 0.05, y, INK if stated else BLUE, 8, stroke_linecap=shape)
    return _strip("chance banded" if prior else "chance", grid, lines, reach, dot)


def _interval(band: Band, y: float, colour: str, width: float) -> Markup:
    """A line from 5 to 95 %, and a tick at the median."""
    line = _line(100 * band.low, y, 100 * band.high, y, colour, width)
    return joined(line, _tick(band, y, colour, width))


def _tick(band: Band, y: float, colour: str, width: float) -> Markup:
    x = 100 * band.middle
    return _line(x, y - 1.5, x, y + 1.5, colour, max(width, 1.8))


def outcomes(shares: Mapping[str, float], said: str) -> Markup:
    """What becomes of a text, as one bar; said: the same in words."""
    left, parts = 0.0, []
    for name, share in shares.items():
        wide, look = 600 * share, OUTCOMES.get(name)
        fill = f"url(#hatch-{name})" if name in HATCHED else look.face if look else SOFT
        parts.append(tag("rect", x=f"{left:.2f}", y="0", width=f"{wide:.2f}", height="30", fill=fill, stroke=PAPER))
        left += wide
    return tag("svg", tag("title", said), *parts, view_box="0 0 600 30", class_="outcomes", role="img", aria_label=said)


def key(outcome: str) -> Markup:
    """A square that stands for an outcome."""
    look = OUTCOMES.get(outcome)
    fill = f"url(#hatch-{outcome})" if outcome in HATCHED else look.face if look else SOFT
    square = tag("rect", width="12", height="12", fill=fill)
    return tag("svg", square, view_box="0 0 12 12", class_="key", aria_hidden="true")


def hatches() -> Markup:
    """The patterns that other pictures of the page are filled with."""
    found = []
    for name, (face, ink, d) in HATCHED.items():
        ground = tag("rect", width="6", height="6", fill=face)
        lines = tag("path", d=d, stroke=ink, stroke_width="0.9")
        pattern = {"width": "6", "height": "6", "pattern_units": "userSpaceOnUse", "id": f"hatch-{name}"}
        found.append(tag("pattern", ground, lines, **pattern))
    return tag("svg", tag("defs", found), width="0", height="0", class_="apart", aria_hidden="true")


def tiles(blame: Sequence[MemberBlame], said: str) -> Markup | None:
    """A map of the members, or a grid, by the stance that each most likely takes; None: there are too many."""
    if not 1 < len(blame) <= TILES_AT_MOST:
        return None
    laid = plan([each.id for each in blame])
    cells = []
    for member, (row, column) in zip(blame, laid.places, strict=True):
        look, x, y = STANCES[likeliest(member)], 10 * column, 10 * row
        cells.append(tag("rect", x=x + 0.35, y=y + 0.35, width="9.3", height="9.3", fill=look.face, rx="0.8"))
        name = member.id if len(member.id) <= 4 else f"{member.id[:3]}…"
        cells.append(tag("text", name, x=x + 5, y=y + 6.2, fill=look.ink, class_="tile"))
    box = f"0 0 {10 * laid.columns} {10 * laid.rows}"
    return tag("svg", tag("title", said), *cells, view_box=box, class_="tiles", role="img", aria_label=said)


def patch(stance: str) -> Markup:
    """A square that stands for a stance."""
    square = tag("rect", width="12", height="12", fill=STANCES[stance].face)
    return tag("svg", square, view_box="0 0 12 12", class_="key", aria_hidden="true")


# -- curves -----------------------------------------------------------------------------------------------------------

WIDE, HIGH, LEFT, TOP, FOOT = 240.0, 142.0, 20.0, 16.0, 32.0
Scale = Callable[[float], float]


def size(curve: SizeCurve, rules: Sequence[str], said: str) -> Markup:
    """P(adopted) against the size of the weights: a line a rule, the first drawn strongest."""
    first, last = min(curve.sizes), max(curve.sizes)
    span = (last - first) or 1.0

    def x(number: float) -> float:
        return LEFT + (WIDE - LEFT - 8) * (number - first) / span

    def y(share: float) -> float:
        return TOP + (HIGH - TOP - FOOT) * (1 - share)

    lines = [
        _curve([(x(a), y(b)) for a, b in zip(curve.sizes, curve.adopted_any[rule], strict=True)], number)
        for number, rule in reversed(list(enumerate(rules)))
    ]
    return tag(
        "svg",
        tag("title", said),
        _frame(x, y, curve, first, last),
        lines,
        view_box=f"0 0 {WIDE:g} {HIGH:g}",
        class_="curve",
        role="img",
        aria_label=said,
    )


def _frame(x: Scale, y: Scale, curve: SizeCurve, first: float, last: float) -> list[Markup]:
    found = []
    for share, label in ((0.0, "0"), (0.5, ".5"), (1.0, "1")):
        found.append(_plain(x(first), y(share), x(last), y(share), FAINT if share != 0.5 else SOFT))
        found.append(tag("text", label, x=LEFT - 5, y=f"{y(share) + 3.5:.1f}", class_="end"))
    steps = [first + (last - first) * n / 4 for n in range(5)]
    found += [tag("text", f"{each:g}", x=f"{x(each):.1f}", y=HIGH - FOOT + 14, class_="middle") for each in steps]
    found.append(
        tag("text", "size of the weights (utils)", x=f"{x((first + last) / 2):.1f}", y=HIGH - 4, class_="middle")
    )
    if first <= curve.stated <= last:
        at = x(curve.stated)
        found.append(_plain(at, TOP, at, HIGH - FOOT, INK, "3 2"))
        where = "end" if at > WIDE * 0.7 else "start" if at < WIDE * 0.3 else "middle"
        found.append(tag("text", f"here: {curve.stated:g}", x=f"{at:.1f}", y=TOP - 5, class_=where))
    return found


def _plain(x: float, y: float, to_x: float, to_y: float, colour: str, dashes: str | None = None) -> Markup:
    d = f"M{x:.1f} {y:.1f} L{to_x:.1f} {to_y:.1f}"
    return tag("path", d=d, stroke=colour, stroke_width="0.9", stroke_dasharray=dashes, fill="none")


def _curve(points: Sequence[tuple[float, float]], number: int) -> Markup:
    stroke = STATED if number == 0 else OTHERS[(number - 1) % len(OTHERS)]
    d = "M" + " L".join(f"{a:.1f} {b:.1f}" for a, b in points)
    dashes = " ".join(f"{1.6 * each:g}" for each in stroke.dashes) or None
    width = 2.6 if number == 0 else 1.6
    return tag("path", d=d, stroke=stroke.colour, stroke_width=width, stroke_dasharray=dashes, fill="none")


def sample(number: int) -> Markup:
    """A piece of a curve, for the list that names it."""
    return tag("svg", _curve([(0, 5), (34, 5)], number), view_box="0 0 34 10", class_="sample", aria_hidden="true")


def spans(values: Iterable[float]) -> tuple[float, float]:
    """An axis that has room for all of these and for 0."""
    found = [0.0, *values]
    return min(found), max(found)
