"""The first parts of a brief: the question, the answer in two sentences, and what becomes of each text."""

from __future__ import annotations

from sim.answers.result import ProposalResult, Result
from sim.show.layers import layered
from sim.show.plots.style import STANCES
from sim.show.plots.tiles import likeliest
from sim.show.report import charts
from sim.show.report.brief import Brief
from sim.show.report.clip import QUESTION, TEXT, clipped
from sim.show.report.elements import Markup, joined, tag
from sim.show.report.frame import columns, named, opening, sentences, table
from sim.show.report.said import PLAIN, WORDS, answer, certainty, uncertainty
from sim.show.words import percent, rate

TEXTS = 6  # proposals in the table


def question(brief: Brief) -> Markup:
    """What is asked, of whom, about what."""
    source, text = brief.result.scenario, brief.text
    asked = clipped(source.question or source.title, QUESTION)
    about = f"The text: “{text.name}”. The rule: {text.rule}. Who decides: {_members(text)}."
    return opening(clipped(source.title, TEXT), asked, tag("p", about, class_="about"))


def _members(text: ProposalResult) -> str:
    return f"{text.members:,} members" if text.members != 1 else "one member"


def answered(brief: Brief) -> Markup:
    """The answer, a bar of what may become of the text, and a map of its members."""
    said = [answer(brief.result), uncertainty(brief.result, brief.uncertain)]
    map_ = _map(brief)
    left = joined(tag("div", [tag("p", each) for each in said], class_="answer"), _bar(brief), _texts(brief.result))
    body = columns(left, map_, class_="two answered") if map_ else left
    return tag("section", tag("h2", "The answer"), body, sentences(WORDS, class_="note"))


def _bar(brief: Brief) -> Markup:
    """What becomes of the text, as a bar and a list that names its parts."""
    shares = {name: share for name, share in brief.text.outcomes.items() if share > 0.0}
    said = ", ".join(f"{PLAIN.get(name, name)} {percent(share)}" for name, share in shares.items())
    parts = [
        tag("li", named(charts.key(name), PLAIN.get(name, name), percent(share))) for name, share in shares.items()
    ]
    caption = f"What becomes of it ({certainty(brief.result)}; weights provisional)"
    bar = charts.outcomes(shares, f"What becomes of the text: {said}")
    return tag("figure", tag("figcaption", caption), bar, tag("ul", parts, class_="keys"))


def _texts(result: Result) -> Markup | None:
    """The other texts of the scenario beside the first; over outer draws they come later, with their intervals."""
    texts = result.proposals[:TEXTS]
    if len(texts) < 2 or layered(result):
        return None
    rest = len(result.proposals) - len(texts)
    more = f"; {rest} more are not shown" if rest else ""
    rows = [_row(text, result) for text in texts]
    heads = ("", "adopted in any form", "blocked", "withdrawn")
    return table(f"Every text of this scenario ({certainty(result)}{more})", heads, rows)


def _row(text: ProposalResult, result: Result) -> list[str]:
    adopted = rate(text.adopted_any, text.standard_error, result.replicates)
    rule = "" if text.rule == result.proposals[0].rule else f" ({text.rule})"
    return [f"{text.name}{rule}", adopted, percent(text.outcomes["blocked"]), percent(text.outcomes["withdrawn"])]


def _map(brief: Brief) -> Markup | None:
    """Who is likeliest to do what when the text is tabled."""
    counts = dict.fromkeys(STANCES, 0)
    for member in brief.text.blame:
        counts[likeliest(member)] += 1
    said = ", ".join(f"{stance} {number}" for stance, number in counts.items())
    picture = charts.tiles(brief.text.blame, f"Members by their likeliest stance: {said}")
    if picture is None:
        return None
    keys = [tag("li", named(charts.patch(stance), stance, str(number))) for stance, number in counts.items()]
    caption = "What each member is likeliest to do when the text is tabled"
    return tag("figure", tag("figcaption", caption), picture, tag("ul", keys, class_="keys"), class_="map")
