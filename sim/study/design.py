"""Which cells a sweep has: values of paths, as a grid over all of them or as a sample of the ranges."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from hashlib import blake2b
from math import isfinite, prod
from typing import Any

import numpy as np

from sim.model.council import Floats
from sim.scenario.complaints import shown
from sim.scenario.paths import value
from sim.study.cells import label

SAMPLES = ("sobol", "latin", "halton", "morris")
CELLS_AT_MOST = 10_000_000
NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,2})?"
RANGE = re.compile(rf"\s*({NUMBER})\s*:\s*({NUMBER})\s*(?::\s*(\d{{1,8}})\s*)?")


class DesignError(ValueError):
    """What is wrong with the values of a path, or with a sample; the message says what was expected."""


@dataclass(frozen=True)
class Span:
    """The values of one path: those of a list or a range in order.

    low, high: where it was a range; counted: with how many values; whole: a sample takes whole numbers of it only
    """

    path: str
    values: tuple[Any, ...]
    low: float | None = None
    high: float | None = None
    counted: bool = True
    whole: bool = False

    @property
    def numeric(self) -> bool:
        """Are they numbers?"""
        return all(isinstance(each, int | float) and not isinstance(each, bool) for each in self.values)

    @property
    def to_scale(self) -> bool:
        """May they stand on an axis to scale?"""
        return self.numeric and all(isfinite(each) for each in self.values)


def span(path: str, given: Any) -> Span:
    """The values of a path as written: start:end:count, a,b,c, a list, or a single value. DesignError."""
    if isinstance(given, list):
        return _listed(path, given)
    if not isinstance(given, str):
        return _listed(path, [given])
    match = RANGE.fullmatch(given)
    return _ranged(path, match, given) if match else _listed(path, [value(each) for each in split(given)])


def _listed(path: str, values: list[Any]) -> Span:
    if not values or "" in values:
        what = "an empty value" if values else "no values"
        raise DesignError(f"{what}; expected start:end:count or values between commas, as in 0:1:21 or a,b,c")
    labels: set[str] = set()
    for each in values:
        if isinstance(each, float) and each != each:
            raise DesignError("nan is no number; expected numbers or names")
        if label(each) in labels:
            raise DesignError(f"{shown(each)} stands twice; expected different values")
        labels.add(label(each))
    return Span(path, tuple(values))


def _ranged(path: str, match: re.Match[str], given: str) -> Span:
    start, end = Fraction(match[1]), Fraction(match[2])
    count = int(match[3]) if match[3] else 2
    if count > CELLS_AT_MOST:
        raise DesignError(f"{count:,} values; expected at most {CELLS_AT_MOST:,}")
    if count < 1 or (count == 1 and start != end) or (count > 1 and start == end):
        raise DesignError(f"{shown(given)}; expected start:end:count with two ends that differ, as in 0:1:21")
    steps = [start + (end - start) * k / max(count - 1, 1) for k in range(count)]
    whole = all(each.denominator == 1 for each in steps) and "." not in match[1] + match[2]
    values = tuple(int(each) if whole else float(each) for each in steps)
    low, high = sorted((float(start), float(end)))
    return Span(path, values, low, high, counted=match[3] is not None)


def split(text: str) -> list[str]:
    """A text split at its commas outside brackets and quotes."""
    parts, depth, quote, escaped = [""], 0, "", False
    for each in text:
        if quote:
            quote = quote if each != quote or escaped else ""
            escaped = each == "\\" and quote == '"' and not escaped
        elif each in "\"'":
            quote = each
        depth += (each in "[{(") - (each in ")}]") if not quote else 0
        if each == "," and not quote and depth == 0:
            parts.append("")
        else:
            parts[-1] += each
    return [each.strip() for each in parts]


@dataclass(frozen=True)
class Design:
    """Cells by number. In a grid the last path moves fastest; choices of a sample are (cells, paths) uniforms."""

    spans: tuple[Span, ...]
    kind: str = "grid"
    sample: Floats | None = None

    @property
    def cells(self) -> int:
        """How many cells there are."""
        return prod(len(each.values) for each in self.spans) if self.sample is None else len(self.sample)

    @property
    def digest(self) -> str:
        """Over the uniforms of a sample, which another version of a library may draw otherwise; a grid has none."""
        return "" if self.sample is None else blake2b(self.sample.tobytes(), digest_size=16).hexdigest()

    def values(self, cell: int) -> tuple[Any, ...]:
        """The values of a cell, one a path."""
        if self.sample is None:
            places = np.unravel_index(cell, [len(each.values) for each in self.spans])
            return tuple(each.values[place] for each, place in zip(self.spans, places, strict=True))
        return tuple(_at(each, u) for each, u in zip(self.spans, self.sample[cell].tolist(), strict=True))

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        return (self.values(cell) for cell in range(self.cells))


def _at(span: Span, u: float) -> Any:
    """The value that a uniform number stands for: within a range, or one of a list."""
    if span.low is None or span.high is None:
        return span.values[min(int(u * len(span.values)), len(span.values) - 1)]
    if span.whole:
        return int(min(np.floor(span.low + u * (span.high - span.low + 1.0)), span.high))
    return span.low + u * (span.high - span.low)


def design(spans: Sequence[Span], sample: str | None, points: int | None, seed: int) -> Design:
    """A grid over all values, or a sample of the ranges with so many points. DesignError."""
    if sample is None:
        found = Design(tuple(spans))
        if points is not None:
            raise DesignError(f"points without a sample; expected one of: {', '.join(SAMPLES)}")
        if not all(each.counted for each in spans):
            raise DesignError("a range without a count; expected start:end:count, as in 0:1:21")
        if found.cells > CELLS_AT_MOST:
            raise DesignError(f"{found.cells:,} cells; expected at most {CELLS_AT_MOST:,}")
        return found
    if not points or points > CELLS_AT_MOST:
        raise DesignError(f"{'no' if not points else f'{points:,}'} points; expected 1 to {CELLS_AT_MOST:,}")
    return Design(tuple(spans), sample, _sampled(sample, len(spans), points, seed))


def _sampled(sample: str, paths: int, points: int, seed: int) -> Floats:
    """Uniform numbers, (cells, paths), by scipy's designs or SALib's."""
    if sample == "morris":
        from SALib.sample import morris

        problem = {"num_vars": paths, "names": [str(n) for n in range(paths)], "bounds": [[0.0, 1.0]] * paths}
        found: Floats = morris.sample(problem, max(1, points // (paths + 1)), seed=seed % 2**32)
        return found
    import warnings

    from scipy.stats import qmc

    kinds = {"sobol": qmc.Sobol, "latin": qmc.LatinHypercube, "halton": qmc.Halton}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # that a number of points which is no power of 2 is less balanced
        return np.asarray(kinds[sample](paths, rng=np.random.default_rng(seed)).random(points))


def spelt(value: Any) -> str:
    """A value as one text, the same for the same value."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)
