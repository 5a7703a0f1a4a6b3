"""A brief about one result, from the question to the command that gives it again."""

from __future__ import annotations

from sim.show.report import charts
from sim.show.report.answer import answered, question
from sim.show.report.brief import Brief
from sim.show.report.caveats import caveats, watching
from sim.show.report.foot import again, origins, provisional
from sim.show.report.frame import document
from sim.show.report.holdouts import price, who
from sim.show.report.rules import before_and_after, rules


def page(brief: Brief) -> str:
    """The whole page as text."""
    return document(
        brief.result.scenario.title[:200],
        charts.hatches(),
        question(brief),
        answered(brief),
        who(brief),
        price(brief),
        provisional(brief),
        rules(brief),
        before_and_after(brief),
        caveats(brief),
        watching(brief),
        origins(brief),
        again(brief),
    )
