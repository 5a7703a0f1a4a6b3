"""Who blocks and why: each likely hold-out's value, driver by driver; and what would win it over, at what price."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sim.show.explain import objecting
from sim.show.prices import cell, chance, cheapest, concession, of, offered, own, utils
from sim.show.report import charts
from sim.show.report.brief import Brief
from sim.show.report.clip import NOTE, clipped
from sim.show.report.elements import Child, Markup, joined, tag
from sim.show.report.frame import bullets, columns, section, sentences, table
from sim.show.report.said import UTIL, stances, sure
from sim.show.words import hold_outs
from sim.study.explanation import DriverPart, Explained, ExplainedMember
from sim.study.prices import HALF

MEMBERS, DRIVERS, REASONS = 4, 12, 2  # taken apart side by side; in a table; told in words
PAIR = 2  # members of whom more is told in words


def who(brief: Brief) -> Markup:
    """Who most likely holds out, and what the text is worth to them."""
    found = brief.why.explained
    first = sentences(hold_outs(brief.text), sure(brief.result))
    if found is None:
        return section("Who blocks, and why", first, sentences(brief.why.lacking))
    shown = found.explained[:MEMBERS]
    left, right = _taken_apart(found, shown), joined(list(_told(found, shown)))
    body = columns(left, right) if len(shown) <= PAIR else joined(left, tag("div", right, class_="flow"))
    return section("Who blocks, and why", first, body, sentences(UTIL, class_="note"))


def _taken_apart(found: Explained, members: Sequence[ExplainedMember]) -> Markup:
    """What the text is worth to each: a row a driver, a bar a member."""
    rows = list(_rows(members))
    low, high = charts.spans(
        part + sign * (spread or 0.0) for _, row in rows for part, spread in row for sign in (-1, 1)
    )
    heads = ["", *(each.name for each in members)]
    cells = [_cells(name, parts, low, high) for name, parts in rows]
    names = "the likely hold-outs" if len(members) > 1 else members[0].name
    caption = (
        f"What the text is worth to {names}, in utils: what speaks for it to the right, against it to the left (exact,"
        " given the provisional weights; thin lines: one standard deviation of the trait)"
    )
    return table(caption, heads, cells, class_="drivers many" if len(members) > PAIR else "drivers")


Part = tuple[float, float | None]


def _rows(members: Sequence[ExplainedMember]) -> Iterator[tuple[str, list[Part]]]:
    """Names of rows, and for each member what it adds and its sd; the last is the sum."""
    yield "worth to all alike", [(each.appeal, None) for each in members]
    weight = [max(abs(each.drivers[n].part) for each in members) for n in range(len(members[0].drivers))]
    order = sorted((n for n, most in enumerate(weight) if most > 0.0), key=lambda n: -weight[n])
    for n in order[:DRIVERS]:
        yield members[0].drivers[n].driver, [(each.drivers[n].part, each.drivers[n].part_sd) for each in members]
    if order[DRIVERS:]:
        rest = order[DRIVERS:]
        yield f"{len(rest)} more", [(sum(each.drivers[n].part for n in rest), None) for each in members]
    if any(each.grievance for each in members):
        yield "its own grievance", [(each.grievance, None) for each in members]
    yield "all together", [(each.value, None) for each in members]


def _cells(name: str, parts: Sequence[Part], low: float, high: float) -> list[Child]:
    found: list[Child] = [clipped(name, 40)]
    for value, spread in parts:
        number = tag("span", utils(value).replace("-", "−"))
        found.append(tag("div", charts.amounts(value, spread, low, high), number, class_="both"))
    return found


def _told(found: Explained, members: Sequence[ExplainedMember]) -> Iterator[Markup | None]:
    """The same members in words; of the first two more."""
    for member in members:
        yield tag("h3", member.name)
        more = objecting(found, member) if len(members) <= PAIR else []
        yield sentences(stances(member, found.replicates), *more)
        if len(members) == 1:
            yield _reasons(member)


def _reasons(member: ExplainedMember) -> Markup | None:
    """Why its weightiest drivers bear on this text, in the scenario's own words."""
    parts = sorted(member.drivers, key=lambda each: -abs(each.part))[:REASONS]
    return bullets([_reason(each) for each in parts if each.reason], class_="reasons")


def _reason(part: DriverPart) -> Markup:
    side = "for" if part.part >= 0 else "against"
    head = tag("strong", f"{part.driver}, {side} the text.")
    return joined(head, f" {clipped(part.reason or '', NOTE)}")


# -- prices -----------------------------------------------------------------------------------------------------------


def price(brief: Brief) -> Markup | None:
    """What would make the text as likely adopted as not."""
    found = brief.why.explained
    heading = "What would win them over, and at what price"
    if found is None:
        return None
    left = _prices(found) if found.prices else None
    members = found.explained[:MEMBERS]
    said = [sentences(concession(found, each), *own(found, each)) for each in members[:PAIR]]
    right = joined(said, sentences(_package(found)))
    return section(heading, columns(left, right) if left else right, _remarks(found))


def _prices(found: Explained) -> Markup:
    how = "exact" if found.price_replicates is None else f"Monte Carlo, {found.price_replicates:,} replicates"
    caption = f"How much of each, alone, makes adoption as likely as failure ({how}; weights provisional)"
    rows = [[offered(each), cell(each), of(each.instrument, each.stated), chance(found, each)] for each in found.prices]
    return table(caption, ("", "price", "now", "adopted then"), rows)


def _package(found: Explained) -> str:
    """The cheapest package, or that there is none."""
    if found.frontier is not None:
        return f"{cheapest(found)} (The package and its price: exact.)"
    if found.price_replicates is None and found.adopted_any < HALF:
        return "No package of these, offered to as many as the scenario has it, gets there either (exact)."
    return ""


def _remarks(found: Explained) -> Markup | None:
    """What must be known to read the prices; not what only concerns a curve that is not drawn here."""
    kept = [each for each in found.notes if not each.startswith("The supply of hold-outs")]
    return sentences(*found.unpriced, *kept, class_="note")
