"""Who would be won over by a side payment, and how likely the text is adopted, by what the payment is worth."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.ticker import MaxNLocator

from sim.show.plots.captions import probability_axis
from sim.show.plots.explain.wording import called, named, sample, source, text
from sim.show.plots.lettering import shortened
from sim.show.plots.sheet import Sheet, Size, Words
from sim.show.plots.style import INK, NOTE, PAPER, SMALL, SOFT, VERMILION, Look
from sim.show.words import amount, percent
from sim.study.explanation import Explained
from sim.study.prices import Price
from sim.study.supply import Supply

MOST = 4  # members with an area of their own
KEYS, SELLERS, BETWEEN, ADOPTED, FOOT, LEFT, RIGHT = 0.42, 1.75, 0.42, 1.15, 0.42, 0.62, 0.2  # inches
LOOKS = (
    Look(VERMILION, PAPER, "////"),
    Look("#DB9A1F"),
    Look("#2F86BE", PAPER, "...."),
    Look("#CBE4F4"),
)
REST = Look("#D9D9D9", INK, "\\\\\\\\")
NOTHING = 1e-6  # members: a curve of less is not drawn


def drawable(record: Explained) -> bool:
    """Would anybody hold out?"""
    curve = record.supply
    return curve is not None and curve.wanting > NOTHING and len(curve.payments) > 1


def draw(record: Explained, size: Size | None = None) -> Sheet:
    """Above, members won over, as areas; below, P(adopted)."""
    curve = record.supply
    if curve is None:
        raise ValueError("this explanation holds no supply of hold-outs")
    sheet = Sheet(_words(record, curve), KEYS + SELLERS + BETWEEN + ADOPTED + FOOT, size)
    sheet.keys(0.1, [(look, name) for look, name, _ in _areas(curve)])
    extra = sheet.height - (KEYS + SELLERS + BETWEEN + ADOPTED + FOOT)
    wide = sheet.width - LEFT - RIGHT
    above = SELLERS + extra * SELLERS / (SELLERS + ADOPTED)
    below = ADOPTED + extra * ADOPTED / (SELLERS + ADOPTED)
    _won(sheet.axes(LEFT, KEYS, wide, above), curve)
    _adopted(sheet.axes(LEFT, KEYS + above + BETWEEN, wide, below), record, curve)
    return sheet


def _areas(curve: Supply) -> list[tuple[Look, str, np.ndarray]]:
    """Members with the most to be won over, and all others together."""
    shown = [each for each in curve.sellers[:MOST] if each.wanting >= 0.01 * curve.wanting] or curve.sellers[:1]
    found = [
        (look, shortened(called(each.id, each.name), 26), np.array(each.won))
        for look, each in zip(LOOKS, shown, strict=False)
    ]
    rest = np.maximum(np.array(curve.won) - np.sum([won for _, _, won in found], axis=0), 0.0)
    return [*found, (REST, "all others", rest)] if rest.max() > 0.001 * curve.wanting else found


def _won(axes: Axes, curve: Supply) -> None:
    payments = np.array(curve.payments)
    base = np.zeros_like(payments)
    for look, _, won in _areas(curve):
        style: dict[str, Any] = {"facecolor": look.face, "edgecolor": PAPER, "hatch": look.hatch, "linewidth": 0.6}
        axes.fill_between(payments, base, base + won, **style)
        base = base + won
    axes.axhline(curve.wanting, color=INK, linewidth=0.8, dashes=(3, 2))
    axes.set(xlim=(0, payments[-1]), ylim=(0, curve.wanting * 1.2))
    _ticks(axes.xaxis, payments[-1], 8)
    axes.text(
        payments[-1] * 0.015,
        curve.wanting * 1.03,
        f"in the way of the text in the last round: {amount(curve.wanting)} on average",
        fontsize=NOTE,
        color=SOFT,
        va="bottom",
    )
    _ticks(axes.yaxis, curve.wanting * 1.2, 5)
    axes.set_ylabel("members won over", fontsize=SMALL)
    axes.tick_params(labelbottom=False)


def _adopted(axes: Axes, record: Explained, curve: Supply) -> None:
    axes.plot(curve.payments, curve.adopted, color=INK, linewidth=1.6)
    axes.set(xlim=(0, curve.payments[-1]), ylim=(0, 1.02))
    axes.grid(axis="y")
    axes.axhline(0.5, color=SOFT, linewidth=0.8, dashes=(3, 2))
    price = _price(record)
    if price is not None and price.value is not None and 0.0 < price.value <= curve.payments[-1]:
        axes.plot(price.value, price.probability, "D", color=INK, markersize=5, zorder=4)
        right = price.value < 0.72 * curve.payments[-1]
        axes.annotate(
            f"one half at {amount(price.value)} utils",
            (price.value, price.probability),
            (7 if right else -7, -9 if right else 9),
            textcoords="offset points",
            fontsize=SMALL,
            ha="left" if right else "right",
            va="center",
            bbox={"facecolor": PAPER, "edgecolor": "none", "pad": 0.8},
        )
    probability_axis(axes.yaxis, coarse=True)
    _ticks(axes.xaxis, curve.payments[-1], 8)
    axes.set_ylabel("P(adopted)", fontsize=SMALL)
    axes.set_xlabel(f"value of the side payment, utils (below: offered to {_whom(curve)})")


def _whom(curve: Supply) -> str:
    return "one member" if curve.members == 1 else f"up to {curve.members} members"


def _ticks(axis: Axis, most: float, many: int) -> None:
    """Round numbers from 0 to the end of an axis."""
    ticks = [float(each) for each in MaxNLocator(many, min_n_ticks=2).tick_values(0.0, most) if 0.0 <= each <= most]
    axis.set_ticks(ticks, labels=[f"{each:g}" for each in ticks])


def _price(record: Explained) -> Price | None:
    """The payment that makes the text as likely adopted as not, offered to as many as stated."""
    return next((each for each in record.prices if each.instrument == "payment"), None)


def _words(record: Explained, curve: Supply) -> Words:
    price = _price(record)
    first = curve.sellers[0]
    what = text(record)
    if price is None or price.status == "already":
        title = f"{what} is more likely adopted than not without any side payment"
    elif price.value is None:
        most = percent(price.probability)
        title = f"No side payment to {_whom(curve)} makes {what} as likely adopted as not: at most {most}"
    else:
        title = f"A side payment worth {amount(price.value)} utils makes {what} as likely adopted as not"
    half = ""
    if first.half:
        who = named(first.id, first.name)
        half = f"; it takes {amount(first.half)} to win {who} over in half of the cases in which it is in the way"
    counted = "" if curve.counted else " At the mean number of supporters."
    subtitle = (
        "Above: of the members that would be in the way of the text in the last round, how many a payment of this value"
        f" wins over, if each were offered it{half}.{counted}"
    )
    return Words(title, subtitle, source(record, sample(record.price_replicates, record.seed)))
