"""Prices of consent in plain sentences, for readers who have never heard of logits."""

from __future__ import annotations

from collections.abc import Iterator

from sim.show.words import amount, listed, percent, rate
from sim.study.explanation import Explained, ExplainedMember
from sim.study.packages import Package
from sim.study.prices import ALREADY, NEVER, Price

EVEN = "as likely adopted as not"
NOTHING = 0.0005  # a probability that less than this does not move


def utils(number: float) -> str:
    """A value with its sign, two digits; the number that large ones are."""
    return f"{number:+.2f}".replace("-0.00", "+0.00") if abs(number) < 1e5 else f"{number:+.3g}"


def of(instrument: str, value: float) -> str:
    """A value of an instrument, in its unit."""
    if instrument in ("payment", "concession"):
        return f"{amount(value)} utils" if value else "0 utils"
    return f"{amount(100 * value)} %" if value else "0 %"


def offered(price: Price) -> str:
    """An instrument, and to how many."""
    many = price.members or 0
    whom = "one member" if many == 1 else f"up to {many} members"
    return {
        "payment": f"a side payment to {whom}",
        "dilution": "weakening the text each round",
        "opt-out": f"an opt-out for {whom}: share of costs spared",
        "concession": "a concession to it alone",
    }[price.instrument]


def cell(price: Price) -> str:
    """A price in a table: the number, or why there is none."""
    if price.status == ALREADY:
        return "none needed"
    return "not reached" if price.value is None else of(price.instrument, price.value)


def chance(found: Explained, price: Price) -> str:
    """The probability at a price, or the most that is reached."""
    most = "at most " if price.status == NEVER else ""
    return most + rate(price.probability, price.standard_error, found.price_replicates)


def concession(found: Explained, member: ExplainedMember) -> str:
    """What this member alone must be given, in a sentence."""
    price = next((each for each in member.prices if each.instrument == "concession"), None)
    if price is None:
        return ""
    p = rate(price.probability, price.standard_error, found.price_replicates)
    if price.status == ALREADY:
        return f"Nothing need be given to {member.name} alone: the text is adopted with probability {p} as it is."
    if price.value is None:
        if abs(price.probability - found.adopted_any) < NOTHING:
            return f"Nothing given to {member.name} alone changes whether the text is adopted: it hangs on others."
        return (
            f"No concession to {member.name} alone gets there: were it wholly content, the text would still be adopted"
            f" with probability {p} only, as others would hold out."
        )
    worth = of("concession", price.value)
    return (
        f"Beside what is on offer as it is: were the text worth {worth} more to {member.name} alone, it would"
        f" be {EVEN} ({p})."
    )


def own(found: Explained, member: ExplainedMember) -> Iterator[str]:
    """At which price by each instrument it is as likely a final hold-out as not, in sentences."""
    mine = [each for each in member.prices if each.of == "holds out"]
    gets = [f"{of(each.instrument, each.value)} {_by(each)}" for each in mine if each.value is not None]
    lacks = [f"{_by(each)} ({percent(1 - each.probability)} at best)" for each in mine if each.value is None]
    if gets:
        yield f"{member.name} itself holds out no more often than every second time from {_either(gets)} on."
    if lacks:
        yield f"It still holds out more often than not whatever is offered by {_either(lacks)}."


def _by(price: Price) -> str:
    """An instrument as it follows on a value of it; as it stands alone, where there is none."""
    names = {"payment": "side payment", "dilution": "dilution", "opt-out": "opt-out"}
    if price.value is None:
        return names[price.instrument]
    many = price.members or 0
    to = f" for {many}" if many > 1 else ""
    return {
        "payment": f"of side payment{to}",
        "dilution": "of dilution a round",
        "opt-out": f"of relief by opt-out{to}",
    }[price.instrument]


def _either(items: list[str]) -> str:
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} or {items[-1]}"


def package(each: Package) -> str:
    """A package of instruments in words."""
    parts = [f"a side payment of {of('payment', each.payment)}"] if each.payment else []
    parts += [f"an opt-out that spares {of('opt-out', each.relief)} of the costs"] if each.relief else []
    parts += [f"a text weakened by {of('dilution', each.dilution)} a round"] if each.dilution else []
    return listed(parts) if parts else "nothing"


def cheapest(found: Explained) -> str:
    """Which package costs least, and what that means, in a sentence or two."""
    if found.frontier is None:
        return ""
    best = found.frontier.packages[found.frontier.cheapest]
    whole = "" if found.frontier.divisible else " (the text stays as it is)"
    return (
        f"Cheapest{whole}: {package(best)}, at an expected cost of {amount(best.cost)} utils to one average supporter"
        f" who pays for everything; to such a supporter the text is worth {amount(found.frontier.worth)}."
    )


def supplied(found: Explained) -> Iterator[str]:
    """Who would be won over by a payment, in sentences."""
    curve = found.supply
    if curve is None:
        yield "Nobody would hold out in the last round, so there is nobody to be won over."
        return
    if curve.wanting < NOTHING:
        yield "Hardly anybody would hold out in the last round: there is next to nobody to be won over."
        return
    yield (
        f"In the last round {amount(curve.wanting)} members on average would be in the way of the text; a payment of"
        f" {of('payment', curve.payments[-1])} to each would win over 99 % of them."
    )
    halves = [f"{each.name} ({amount(each.half)})" for each in curve.sellers if each.half and each.wanting >= NOTHING]
    if halves:
        yield f"Where they are in the way, half of the time this payment is enough: {listed(halves)} utils."
