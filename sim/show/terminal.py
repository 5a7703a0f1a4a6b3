"""The answer on a terminal: the question, some plain sentences, tables, and what is provisional."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from sim.answers.result import Chronicle, MemberBlame, ProposalResult, Result
from sim.model.case import Case
from sim.scenario.load import Scenario
from sim.show.layers import layered
from sim.show.room import print_room, sentences
from sim.show.sure import drawn, how_sure
from sim.show.tables import SHOWN, headed, plain, print_layers, say, terminal
from sim.show.words import failing, formal, headline, hold_outs, percent, rate, remedies


def print_result(result: Result, scenario: Scenario, written: Sequence[Path]) -> None:
    """Print a result for a person."""
    console = terminal()
    first = result.proposals[0]
    console.print(Text.assemble(("Question  ", "bold"), plain(result.scenario.question)))
    console.print()
    _sentences(console, result, scenario)
    console.print()
    say(console, how(result))
    console.print()
    console.print(_outcomes(console, result))
    console.print()
    console.print(_blame(console, result, first))
    if formal(first):
        say(console, formal(first))
    console.print()
    for text in result.proposals:
        room = print_room(console, text)
        if room is not None:
            console.print(room)
            console.print()
    if any(text.rules for text in result.proposals):
        console.print(_rules(console, result))
        console.print()
    print_layers(console, result)
    console.print(Text("Provisional", "bold"))
    weights = dict(
        zip(scenario.questions[0].case.council.drivers.names, scenario.questions[0].case.weights, strict=True)
    )
    say(console, f"Weights and loadings are chosen by hand: {_weights(weights)}.", "  ")
    for note in result.scenario.notes or []:
        say(console, note, "  ")
    console.print(Text("Sources", "bold"))
    for source in result.scenario.sources or []:
        say(console, source, "  ")
    if written:
        console.print()
        folder = written[0].parent
        say(console, f"Written to {folder}/: {', '.join(each.name for each in written)}")


def _sentences(console: Console, result: Result, scenario: Scenario) -> None:
    """The answer in words; with outer draws, each says of which layer it is."""
    first = result.proposals[0]
    head, rest = (
        headline(first, result.replicates),
        [failing(first), hold_outs(first), remedies(first), *sentences(first)],
    )
    if layered(result):
        say(console, f"{head.removesuffix('.')} at the published values.")
        for sentence in how_sure(result, drawn(scenario.resolved)):
            say(console, sentence)
        say(console, "At the published values:")
    else:
        say(console, head)
    for sentence in filter(None, rest):
        say(console, sentence, "  " if layered(result) else "")


def _weights(weights: dict[str, float]) -> str:
    if not weights:
        return "there are no drivers"
    by_value: dict[float, list[str]] = {}
    for name, value in weights.items():
        by_value.setdefault(float(value), []).append(name)
    if len(by_value) == 1:
        return f"all drivers weigh {next(iter(by_value)):g}"
    return "; ".join(f"{', '.join(names)} {value:g}" for value, names in by_value.items())


def how(result: Result) -> str:
    """How the numbers were computed, and with which error."""
    at = " at the published values" if layered(result) else ""
    if result.engine == "exact":
        simulated = any(row.engine != "exact" for text in result.proposals for row in text.rules)
        return f"Exact probabilities{at}" + (
            "; a number with ± is from Monte Carlo, with its standard error." if simulated else "."
        )
    return (
        f"Monte Carlo ({result.engine}), {result.replicates:,} replicates, seed {result.seed}: every probability{at}"
        f" has a standard error of {certainty(result).removeprefix('± ')}."
    )


def _outcomes(console: Console, result: Result) -> Table:
    heads = ["", "any adoption", *map(_short, result.proposals[0].outcomes)]
    table = headed(console, f"Outcomes by proposal ({_layer(result)})", heads)
    for text in result.proposals:
        shares = [percent(share) for share in text.outcomes.values()]
        table.add_row(plain(text.name), rate(text.adopted_any, text.standard_error, result.replicates), *shares)
    return table


def _short(outcome: str) -> str:
    for prefix in ("adopted-after-", "adopted-with-", "adopted-"):
        outcome = outcome.removeprefix(prefix)
    return outcome


def _blame(console: Console, result: Result, text: ProposalResult) -> Table:
    title = f"Who blocks: {text.name}, under {text.rule} ({_layer(result)})"
    columns = ["", "support", "acquiesce", "object", "first", "holds out", "alone", "pivotal", "Shapley"]
    table = headed(console, title, columns)
    for member in ranked(text.blame)[:SHOWN]:
        shares = [
            member.support,
            member.acquiesce,
            member.object,
            member.first_objector,
            member.final_hold_out,
            member.lone_hold_out,
            member.pivotality,
            member.shapley,
        ]
        table.add_row(plain(member.name), *(percent(each) for each in shares))
    rest = len(text.blame) - SHOWN
    if rest > 0:
        table.add_row(Text(f"and {rest} more: see members.csv", "dim"))
    return table


def ranked(blame: Sequence[MemberBlame]) -> list[MemberBlame]:
    """Members by how much blame is theirs."""
    return sorted(blame, key=lambda each: (-(each.shapley or 0.0), -each.final_hold_out, -each.object))


def _rules(console: Console, result: Result) -> Table:
    texts = result.proposals
    heads = ["adopted in any form"] if len(texts) == 1 else [text.name for text in texts]
    published = " (at the published values)" if layered(result) else ""
    table = headed(console, "The same texts under other rules, adopted in any form" + published, ["", *heads])
    found = [_by_rule(text, result.replicates) for text in texts]
    stated = {text.rule for text in texts}
    for rule in dict.fromkeys(rule for rules in found for rule in rules):
        mark = " (stated)" if stated == {rule} else ""
        cells = [
            rules.get(rule, "") + ("*" if not mark and text.rule == rule else "")
            for rules, text in zip(found, texts, strict=True)
        ]
        table.add_row(plain(f"{rule}{mark}"), *cells)
    if len(stated) > 1:
        table.add_row(Text("* the proposal's stated rule", "dim"))
    return table


def _by_rule(text: ProposalResult, replicates: int | None) -> dict[str, str]:
    """P(adopted in any form) by rule, the stated one first."""
    stated = {text.rule: rate(text.adopted_any, text.standard_error, replicates)}
    return stated | {row.rule: rate(row.adopted_any, row.standard_error, row.replicates) for row in text.rules}


def _layer(result: Result) -> str:
    """What a table shows: published values, where there are intervals too, and with which error."""
    return f"{certainty(result)}, at the published values" if layered(result) else certainty(result)


def certainty(result: Result) -> str:
    """What a table says of its own error: exact, or the largest standard error a share can have."""
    if result.replicates is None:
        return "exact"
    return f"± at most {0.5 / result.replicates**0.5:.3f}".replace("0.", ".")


def print_chronicle(chronicle: Chronicle, case: Case) -> None:
    """Print one replicate for a person: who supports, who is silent, who objects, round by round."""
    console = terminal()
    names = dict(zip(case.council.ids, case.council.names, strict=True))
    console.print(
        plain(f"{chronicle.proposal}: replicate {chronicle.replicate}, seed {chronicle.seed}, under {case.rule.label}")
    )
    for t, stances in enumerate(chronicle.stances):
        objectors = [names[m] for m, stance in zip(chronicle.members, stances, strict=True) if stance == "object"]
        counts = f"{stances.count('support')} support, {stances.count('acquiesce')} acquiesce, {len(objectors)} object"
        months = t * case.procedure.months_per_round
        said = ": " + ", ".join(objectors[:12]) + (" and others" if len(objectors) > 12 else "") if objectors else ""
        ambition = float(case.ambition[t])
        weakened = f" (ambition {ambition:.2f})" if ambition < 1 else ""
        console.print(plain(f"  round {t}, month {months:g}{weakened}: {counts}{said}{_hidden(chronicle, names, t)}"))
    won = f"; won over: {', '.join(names[m] for m in chronicle.won_over)}" if chronicle.won_over else ""
    held = f"; holding out: {', '.join(names[m] for m in chronicle.hold_outs[:12])}" if chronicle.hold_outs else ""
    console.print(plain(f"  {chronicle.outcome} in round {chronicle.round}{_because(chronicle, case)}{won}{held}"))


def _hidden(chronicle: Chronicle, names: dict[str, str], t: int) -> str:
    """Who objects in a round without saying so."""
    hidden = chronicle.hidden[t] if chronicle.hidden else []
    return f"; hidden: {', '.join(names[each] for each in hidden[:12])}" if hidden else ""


def _because(chronicle: Chronicle, case: Case) -> str:
    """Who withdrew a text: the chair, the dilution, or its sponsors. The model, section 4."""
    if chronicle.outcome != "withdrawn":
        return ""
    patience = case.procedure.withdraw_above
    hidden = len(chronicle.hidden[-1]) if chronicle.hidden else 0
    if chronicle.stances[-1].count("object") - hidden > patience:
        return f" (by the chair: more than {patience} object)"
    if not case.lasts[chronicle.round + 1]:
        return " (diluted below its floor)"
    return " (its sponsors gave up)"
