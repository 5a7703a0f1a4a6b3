"""What a sweep came to: cells with their coordinates, as columns that pictures and tables read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.model.council import Floats
from sim.model.process import OUTCOMES

if TYPE_CHECKING:
    import pandas
    import xarray

BAND = ("p05", "p50", "p95")
HIDING = ("hidden", "hidden.standard_error", "lone_open_hold_out", "lone_open_hold_out.standard_error")


@dataclass(frozen=True)
class Axis:
    """One thing that a sweep varies: a path and, in a grid, its values in the order asked for.

    numeric: all values are numbers, which may stand on an axis to scale; else they are names (texts, lists)
    stated: what the scenario says itself, where that is a single value
    """

    path: str
    values: tuple[Any, ...]
    numeric: bool
    stated: Any = None

    @property
    def labels(self) -> tuple[str, ...]:
        """The values as words."""
        return tuple(map(label, self.values))


@dataclass(frozen=True)
class Sweep:
    """C cells of P proposals before N members; NaN where a member does not sit in a cell's council.

    coordinates    path -> (C,): numbers, or labels of names
    design         "grid" (then C is the product of the axes' lengths, the first axis slowest), or a sample's name
    rule, engine   (C, P) texts
    outcomes (C, P, 6); adopted_any, standard_error, lone_hold_out (C, P); lone_hold_outs (C, P, N)
    difference, difference_error   (C, P): adopted_any less that of cell 0 on the same draws, and its paired error
    prior, conditioned   (C, P, 3): 5, 50 and 95 % points of adopted_any over outer draws; None without any
                   conditioned is NaN where fewer than a hundred effective draws agree with what was observed
    hidden, lone_open_hold_out   (C, P): mean number of hidden final hold-outs, P(not adopted, exactly one open one),
                   each with its _error; None where nobody hides in any cell, NaN where exact cannot say who does
    replicates     of simulated cells; draws: outer draws; effective_draws: what conditioning left at least of them
    """

    title: str
    question: str
    version: str
    seed: int
    replicates: int
    draws: int
    effective_draws: float | None
    design: str
    axes: tuple[Axis, ...]
    proposals: tuple[str, ...]
    ids: tuple[str, ...]
    names: tuple[str, ...]
    coordinates: dict[str, NDArray[Any]]
    rule: NDArray[Any]
    engine: NDArray[Any]
    outcomes: Floats
    adopted_any: Floats
    standard_error: Floats
    lone_hold_out: Floats
    lone_hold_outs: Floats
    difference: Floats
    difference_error: Floats
    prior: Floats | None = None
    conditioned: Floats | None = None
    hidden: Floats | None = None
    hidden_error: Floats | None = None
    lone_open_hold_out: Floats | None = None
    lone_open_hold_out_error: Floats | None = None

    @property
    def shape(self) -> tuple[int, ...]:
        """The lengths of a grid's axes; of a sample, the number of its cells."""
        return tuple(len(each.values) for each in self.axes) if self.design == "grid" else (len(self.adopted_any),)

    def to_pandas(self) -> pandas.DataFrame:
        """A row a cell and proposal, indexed by cell and proposal; columns named as in cells.csv. Needs pandas."""
        import pandas

        cells, texts = self.adopted_any.shape
        columns: dict[str, Any] = {path: np.repeat(each, texts) for path, each in self.coordinates.items()}
        columns |= {name: each.reshape(-1) for name, each in self._by_proposal().items()}
        columns |= {f"lone_hold_out.{id_}": self.lone_hold_outs[..., n].reshape(-1) for n, id_ in enumerate(self.ids)}
        index = pandas.MultiIndex.from_product([range(cells), self.proposals], names=["cell", "proposal"])
        return pandas.DataFrame(columns, index=index)

    def to_xarray(self) -> xarray.Dataset:
        """A grid with an axis a path, others along `cell`; then proposal, and outcome, member or quantile. xarray."""
        import xarray

        grid = self.design == "grid"
        front = [each.path for each in self.axes] if grid else ["cell"]
        texts, shape = len(self.proposals), self.shape

        def laid(values: NDArray[Any], *more: str) -> tuple[list[str], NDArray[Any]]:
            return [*front, "proposal", *more], values.reshape(*shape, texts, *values.shape[2:])

        figures: dict[str, Any] = {name: laid(each) for name, each in self._by_proposal(bands=False).items()}
        for outcome in OUTCOMES:
            figures.pop(outcome)
        figures["outcomes"] = laid(self.outcomes, "outcome")
        figures["lone_hold_outs"] = laid(self.lone_hold_outs, "member")
        for name in ("prior", "conditioned"):
            band = getattr(self, name)
            if band is not None:
                figures[f"adopted_any.{name}"] = laid(band, "quantile")
        named = {"proposal": list(self.proposals), "outcome": list(OUTCOMES), "member": list(self.ids)}
        named |= {"quantile": list(BAND)} if self.prior is not None else {}
        if grid:
            named |= {each.path: list(each.values if each.numeric else each.labels) for each in self.axes}
            return xarray.Dataset(figures, coords=named)
        spread = {path: ("cell", each) for path, each in self.coordinates.items()}
        return xarray.Dataset(figures, coords={**named, "cell": np.arange(shape[0]), **spread})

    def _by_proposal(self, bands: bool = True) -> dict[str, NDArray[Any]]:
        """The columns that have a value for each cell and proposal, (C, P), by their names in cells.csv."""
        found: dict[str, NDArray[Any]] = {"rule": self.rule, "engine": self.engine}
        found |= {outcome: self.outcomes[..., n] for n, outcome in enumerate(OUTCOMES)}
        found |= {"adopted_any": self.adopted_any, "standard_error": self.standard_error}
        found |= {"lone_hold_out": self.lone_hold_out}
        found |= {"difference": self.difference, "difference.standard_error": self.difference_error}
        for prefix, band in (("adopted_any", self.prior), ("adopted_any.conditioned", self.conditioned)):
            if bands and band is not None:
                found |= {f"{prefix}.{name}": band[..., n] for n, name in enumerate(BAND)}
        hiding = (self.hidden, self.hidden_error, self.lone_open_hold_out, self.lone_open_hold_out_error)
        return found | {name: each for name, each in zip(HIDING, hiding, strict=True) if each is not None}


def label(value: Any) -> str:
    """A value as a word: a rule's name, the members of a list, a number."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return "+".join(map(label, value)) if value else "nobody"
    if isinstance(value, dict):
        own = [f"{key} = {label(each)}" for key, each in value.items() if key != "name"]
        name = str(value.get("name", ""))
        return f"{name} ({', '.join(own)})" if name and own else name or ", ".join(own)
    return f"{value:.15g}" if isinstance(value, float) else str(value)
