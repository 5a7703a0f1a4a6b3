"""Indices and ablations on a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from sim.scenario.complaints import plain
from sim.show.words import percent, rate
from sim.study.indices import Index, Output, Sensitivity

SHOWN = 12  # inputs of each table


def print_sensitivity(found: Sensitivity, written: Sequence[Path]) -> None:
    """Print what an analysis of sensitivity came to, for a person."""
    console = Console(highlight=False, markup=False, width=100)
    console.print(plain(f"Question  {found.scenario.question}"))
    console.print(plain(f"{found.proposal}, under {found.rule}; who is looked at: {found.member_name}"))
    console.print(_how(found))
    for output in found.outputs:
        console.print()
        console.print(plain(f"{output.name}: mean {output.mean:.3f}, standard deviation {output.deviation:.3f}"))
        console.print(_indices(output))
    console.print()
    console.print(
        plain(f"One part of the model off at a time ({'exact' if found.replicates is None else 'Monte Carlo'})")
    )
    console.print(_ablations(found))
    if written:
        console.print()
        console.print(plain(f"Written to {written[0].parent}/: {', '.join(each.name for each in written)}"))


def _how(found: Sensitivity) -> str:
    names = {"sobol": "Sobol's indices", "morris": "Morris's effects"}
    engine = "exact" if found.replicates is None else f"Monte Carlo, {found.replicates:,} replicates"
    return (
        f"{names[found.method]} of {found.inputs:,} uncertain inputs in {len(found.outputs[0].indices)} groups: "
        f"{found.points:,} points, {found.runs:,} runs ({engine}), seed {found.seed}; ± is half a 95 % interval. "
        "Weights are provisional."
    )


def _indices(output: Output) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    ranked = sorted(output.indices, key=_size, reverse=True)
    sobol = ranked[0].total is not None
    for n, head in enumerate(["", "first order", "total"] if sobol else ["", "mean effect", "spread"]):
        table.add_column(head, justify="right" if n else "left", no_wrap=True)
    for each in ranked[:SHOWN]:
        if sobol:
            cells = [_with_error(each.first, each.first_error), _with_error(each.total, each.total_error)]
        else:
            cells = [_with_error(each.effect, each.effect_error), "–" if each.spread is None else f"{each.spread:.3f}"]
        table.add_row(plain(each.input), *cells)
    if len(ranked) > SHOWN:
        table.add_row(f"and {len(ranked) - SHOWN} more: see sensitivity.json")
    return table


def _size(index: Index) -> float:
    return index.total if index.total is not None else index.effect or 0.0


def _with_error(value: float | None, error: float | None) -> str:
    return "–" if value is None else f"{value:.3f} ± {error or 0.0:.3f}"


def _ablations(found: Sensitivity) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    heads = ["", "P(adopted)", "change", f"P({found.member_name} blocks alone)", "change"]
    for n, head in enumerate(heads):
        table.add_column(plain(head), justify="right" if n else "left", no_wrap=True)
    stated = found.ablations[0]
    for each in found.ablations:
        changes = [each.adopted_any - stated.adopted_any, each.alone - stated.alone]
        said = ["" if each is stated else f"{round(change, 3) + 0.0:+.3f}" for change in changes]
        table.add_row(
            plain(each.name),
            _rate(found, each.adopted_any, each.adopted_error),
            said[0],
            _rate(found, each.alone, each.alone_error),
            said[1],
        )
    return table


def _rate(found: Sensitivity, share: float, error: float) -> str:
    return percent(share) if found.replicates is None else rate(share, error, found.replicates)
