"""Tables on a terminal of at most 100 columns; here, what outer draws and conditioning say, beside published values."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from sim.answers.result import ProposalResult, Result
from sim.show.layers import Pair, adoption, by_member, by_rule, most_moved, shift, weight
from sim.show.sure import effective, kind
from sim.show.words import amount, amounts, interval, percent, rate, signed

SHOWN, MOST_MOVED = 8, 12  # members or proposals in a table; weights
OVER, GIVEN = "over draws", "given the observed"


def terminal() -> Console:
    """Where to print: as wide as the terminal, from nowhere to 110 columns; 100 where it is no terminal."""
    console = Console(highlight=False, soft_wrap=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=100)
    return console if console.width <= 110 else Console(highlight=False, width=110)


def plain(text: str) -> Text:
    """User's words, never read as markup; bidirectional and control characters are spelt out."""
    from sim.scenario import complaints

    return Text(complaints.plain(text))


def say(console: Console, text: str, indent: str = "") -> None:
    """A sentence in lines."""
    for line in textwrap.wrap(plain(text).plain, console.width, initial_indent=indent, subsequent_indent=indent):
        console.print(Text(line), no_wrap=True)


def headed(console: Console, title: str, columns: Sequence[str]) -> Table:
    """An empty table under its title."""
    say(console, title)
    found = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for place, column in enumerate(columns):
        found.add_column(plain(column), justify="left" if place == 0 else "right", no_wrap=place > 0, max_width=34)
    return found


def print_layers(console: Console, result: Result) -> None:
    """All tables of intervals that the result holds the numbers for."""
    for each in (_adoption, _rules, _members, _moved):
        found = each(console, result)
        if found is not None:
            console.print(found)
            console.print()


def _heads(pairs: Sequence[Pair]) -> list[str]:
    return ["", "published", OVER, *([GIVEN] if _conditioned(pairs) else [])]


def _conditioned(pairs: Sequence[Pair]) -> bool:
    return any(pair.conditioned for pair in pairs)


def _title(what: str, pairs: Sequence[Pair], draws: int, left: float | None) -> str:
    """A table's title says of which layer each column is."""
    after = f"; {GIVEN}, over {effective(left)} effective draws" if _conditioned(pairs) and left is not None else ""
    return f"{what}: published; median (5–95 %) over {draws:,} outer draws{after}"


def _row(pair: Pair, pairs: Sequence[Pair]) -> list[str]:
    return [interval(pair.prior), *([interval(pair.conditioned)] if _conditioned(pairs) else [])]


def _adoption(console: Console, result: Result) -> Table | None:
    texts = result.proposals
    pairs = [adoption(result, text) for text in texts]
    if not any(pair.prior for pair in pairs):
        return None
    title = _title("P(adopted in any form)", pairs, result.draws, result.effective_draws)
    found = headed(console, title, _heads(pairs))
    found.add_column("")
    for text, pair in zip(texts, pairs, strict=True):
        published = rate(text.adopted_any, text.standard_error, result.replicates)
        found.add_row(plain(text.name), published, *_row(pair, pairs), kind(text) if pair.conditioned else "")
    return found


def _rules(console: Console, result: Result) -> Table | None:
    texts = result.proposals[:SHOWN]
    rows = [by_rule(result, text) for text in texts]
    pairs = [pair for each in rows for pair in each.values()]
    if not any(pair.prior for pair in pairs):
        return None
    draws = result.rule_draws or result.draws
    left = result.effective_draws if result.rule_draws is None else result.rule_effective_draws
    title = _title("P(adopted in any form) under other rules", pairs, draws, left)
    found = headed(console, title + (" (all predicted)" if _conditioned(pairs) else ""), _heads(pairs))
    for text, each in zip(texts, rows, strict=True):
        if len(result.proposals) > 1 and each:
            found.add_row(plain(text.name))
        _add_rules(found, text, each, pairs, "  " if len(result.proposals) > 1 else "")
    return _more(found, len(result.proposals) - len(texts))


def _add_rules(found: Table, text: ProposalResult, rows: dict[str, Pair], pairs: Sequence[Pair], indent: str) -> None:
    for row in text.rules:
        published = rate(row.adopted_any, row.standard_error, row.replicates)
        found.add_row(plain(indent + row.rule), published, *_row(rows[row.rule], pairs))


def _members(console: Console, result: Result) -> Table | None:
    text = result.proposals[0]
    rows = by_member(result, text, "final_hold_out")
    if not any(pair.prior for pair in rows.values()):
        return None
    order = sorted(text.blame, key=lambda each: (-max(_tops(rows[each.id], each.final_hold_out)), -_top(rows[each.id])))
    shown = [each for each in order if max(_top(rows[each.id]), each.final_hold_out) >= 0.005][:SHOWN] or order[:1]
    pairs = [rows[each.id] for each in shown]
    title = _title(
        f"Who holds out to the end, {text.name} under {text.rule}", pairs, result.draws, result.effective_draws
    )
    found = headed(console, f"{title} ({kind(text)})" if _conditioned(pairs) else title, _heads(pairs))
    for member, pair in zip(shown, pairs, strict=True):
        found.add_row(plain(member.name), percent(member.final_hold_out), *_row(pair, pairs))
    return _more(found, len(text.blame) - len(shown))


def _tops(pair: Pair, published: float) -> list[float]:
    return [published, *(each.middle for each in (pair.prior, pair.conditioned) if each)]


def _top(pair: Pair) -> float:
    return max((each.high for each in (pair.prior, pair.conditioned) if each), default=0.0)


def _moved(console: Console, result: Result) -> Table | None:
    """Only where conditioning may be interpreted: before it, nothing has moved."""
    moved = most_moved(result, result.moved or [])
    pairs = [weight(result, each) for each in moved]
    if not _conditioned(pairs):
        return None
    title = _title("Which weights moved", pairs, result.draws, result.effective_draws)
    said = f"{title}; shift of the median, in widths of the interval before"
    found = headed(console, said, [*_heads(pairs), "shift"])
    for each, pair in list(zip(moved, pairs, strict=True))[:MOST_MOVED]:
        before, after = amounts(pair.prior), amounts(pair.conditioned)
        found.add_row(plain(each.name), amount(each.published), before, after, signed(shift(pair)))
    return _more(found, len(moved) - MOST_MOVED)


def _more(found: Table, rest: int) -> Table:
    if rest > 0:
        found.add_row(Text(f"and {rest:,} more: see result.json", "dim"))
    return found
