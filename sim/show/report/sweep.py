"""A brief about a saved sweep: its question, what varied, its pictures, its digest and the command."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from sim.show.plots import sweeps
from sim.show.report import charts
from sim.show.report.clip import QUESTION, TEXT, clipped
from sim.show.report.elements import Child, Markup, tag
from sim.show.report.foot import facts
from sim.show.report.frame import command, document, opening, section, sentences, table
from sim.show.report.pictures import inlined
from sim.show.report.reproduce import swept
from sim.show.report.saved import Swept
from sim.show.words import rate
from sim.study.cells import Axis, Sweep, label

VARIED, TEXTS, PICTURES, AXES = 8, 6, 2, 3


def page(found: Swept, resolved: Path) -> str:
    """The whole page as text; resolved: where the sweep's scenario is written for the command to read."""
    sweep = found.sweep
    about = f"A sweep of {len(sweep.adopted_any):,} cells. {_how(sweep)}"
    return document(
        sweep.title[:200],
        charts.hatches(),
        opening(clipped(sweep.title, TEXT), clipped(sweep.question, QUESTION), tag("p", about, class_="about")),
        tag("section", tag("h2", "The answer"), tag("div", _answers(sweep), class_="answer")),
        section("What varied", _varied(sweep)),
        section("Its pictures", *_pictures(sweep)),
        _again(found, resolved),
    )


def _answers(sweep: Sweep) -> Iterator[Markup]:
    """Where each text is likeliest adopted, and where least."""
    for n, name in enumerate(sweep.proposals[:TEXTS]):
        yield tag("p", f"“{clipped(name, TEXT)}” is adopted, in any form, {_range(sweep, n)}.")


def _range(sweep: Sweep, n: int) -> str:
    adopted = sweep.adopted_any[:, n]
    low, high = int(np.argmin(adopted)), int(np.argmax(adopted))
    if adopted[low] == adopted[high]:
        return f"with probability {_at(sweep, low, n)} everywhere"
    least, most = (f"{_at(sweep, cell, n)} at {_where(sweep, cell)}" for cell in (low, high))
    return f"with probabilities from {least} to {most}"


def _at(sweep: Sweep, cell: int, n: int) -> str:
    exact = bool(sweep.engine[cell, n] == "exact")
    chance = rate(
        float(sweep.adopted_any[cell, n]),
        float(sweep.standard_error[cell, n]),
        None if exact else sweep.replicates,
    )
    return f"{chance} (exact)" if exact else chance


def _where(sweep: Sweep, cell: int) -> str:
    """The cell's values, where they are few."""
    told = [f"{path} = {label(each[cell])}" for path, each in list(sweep.coordinates.items())[:AXES]]
    return clipped(", ".join(told), 160) + (" …" if len(sweep.coordinates) > AXES else "")


def _how(sweep: Sweep) -> str:
    """By which engine, and how sure."""
    simulated, exact = (sweep.engine != "exact").any(), (sweep.engine == "exact").any()
    told = ["exact probabilities"] if exact else []
    told += [f"Monte Carlo, {sweep.replicates:,} replicates, ± one standard error"] if simulated else []
    draws = f"{sweep.draws:,} outer draws in each cell" if sweep.draws else "at the published values"
    said = "; ".join([*told, draws])
    return f"{said[:1].upper()}{said[1:]}. The weights are provisional."


def _varied(sweep: Sweep) -> Markup:
    rows = [_axis(each) for each in sweep.axes[:VARIED]]
    rest = len(sweep.axes) - VARIED
    more = f"; {rest} more are in cells.csv" if rest > 0 else ""
    return table(
        f"Paths into the scenario, and their values{more}", ("path", "values", "in the scenario"), rows, class_="left"
    )


def _axis(axis: Axis) -> list[Child]:
    labels = axis.labels
    shown = ", ".join(labels) if len(labels) <= 8 else f"{labels[0]}, {labels[1]} … {labels[-1]}"
    stated = "–" if axis.stated is None else label(axis.stated)
    return [clipped(axis.path, TEXT), clipped(f"{len(labels):,}: {shown}", 160), clipped(stated, TEXT)]


def _pictures(sweep: Sweep) -> list[Markup]:
    names = sweeps.drawable(sweep)[:PICTURES]
    if not names:
        return [tag("p", "No picture fits what varies here; the cells are in cells.csv.")]
    return list(inlined(lambda folder: sweeps.draw(sweep, folder, ["svg"], names)))


def _again(found: Swept, resolved: Path) -> Markup:
    """The command, and what it was run on."""
    sweep = found.sweep
    first = f"The same cells, with the same digest; {shlex.quote(str(resolved))} is this sweep’s scenario:"
    told = {
        "Program": f"unanimity {sweep.version}",
        "Digest of the cells": found.digest,
        "sha256 of the scenario": found.sha256,
        "Seed": str(sweep.seed),
        "Outer draws": f"{sweep.draws:,}" if sweep.draws else "none",
    }
    typed = command(swept(str(resolved), found.asked, sweep.draws))
    return section("How to have it again", sentences(first, class_="small"), typed, facts(told))
