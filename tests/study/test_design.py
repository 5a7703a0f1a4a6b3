"""Which cells a sweep has: values as written, grids, samples."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.study.design import SAMPLES, DesignError, design, span, split


@pytest.mark.parametrize(
    ("given", "values"),
    [
        ("0:1:5", (0.0, 0.25, 0.5, 0.75, 1.0)),
        ("1:4:4", (1, 2, 3, 4)),
        ("1.0:4:4", (1.0, 2.0, 3.0, 4.0)),
        ("4:1:4", (4, 3, 2, 1)),
        ("-1e-3:1e-3:3", (-0.001, 0.0, 0.001)),
        ("0:1:21", tuple(n / 20 for n in range(21))),
        ("consensus, majority", ("consensus", "majority")),
        ('{ name = "consensus-minus", k = 2 },majority', ({"name": "consensus-minus", "k": 2}, "majority")),
        ('[],["FRA"],["FRA", "DEU"]', ([], ["FRA"], ["FRA", "DEU"])),
        ("0.5", (0.5,)),
        ("10:20:30", tuple(10 + 10 * n / 29 for n in range(30))),
        ([0.0, 3.0], (0.0, 3.0)),
        (2, (2,)),
        (True, (True,)),
        ("a:b:c", ("a:b:c",)),
    ],
)
def test_values_as_written(given, values):
    found = span("a.path", given).values
    assert found == pytest.approx(values) if all(isinstance(each, float) for each in values) else found == values
    assert [type(each) for each in found] == [type(each) for each in values]


def test_a_range_ends_where_it_says_and_every_value_is_the_nearest_number():
    found = span("x", "0:1:101").values
    assert found == tuple(n / 100 for n in range(101))  # as a person would type them, not as they are added up


@pytest.mark.parametrize("given", ["", ",", "0:1:0", "0:0:3", "0:1:99999999", "a,b,a", [], [1, 1], "1:1:2"])
def test_values_that_are_none(given):
    with pytest.raises(DesignError, match="expected"):
        span("x", given)


@given(parts=st.lists(st.sampled_from(["a", '"b,c"', "[1, 2]", '{ k = "]," }', "'x,y'"]), min_size=1, max_size=5))
def test_commas_split_only_outside_brackets_and_quotes(parts):
    assert split(",".join(parts)) == parts


def test_a_grid_moves_its_last_path_fastest():
    found = design([span("a", "0:1:3"), span("b", "x,y"), span("c", "1:2:2")], None, None, 0)
    assert list(found) == list(product((0.0, 0.5, 1.0), ("x", "y"), (1, 2)))
    assert found.cells == 12


@pytest.mark.parametrize("sample", SAMPLES)
def test_a_sample_stays_in_its_ranges_and_is_the_same_again(sample):
    spans = [span("a", "-2:3"), span("b", "x,y,z"), replace(span("c", "1:4:4"), whole=True)]
    one, again, other = (design(spans, sample, 64, seed) for seed in (7, 7, 8))
    assert list(one) == list(again) != list(other)
    assert one.cells == (64 if sample != "morris" else 64 // 4 * 4)
    for a, b, c in one:
        assert -2.0 <= a <= 3.0
        assert b in ("x", "y", "z")
        assert c in (1, 2, 3, 4)
    assert {b for _, b, _ in one} == {"x", "y", "z"}
    assert min(a for a, _, _ in one) < -1.5
    assert max(a for a, _, _ in one) > 2.5


@pytest.mark.parametrize("sample", ["sobol", "latin", "halton"])
def test_a_sample_fills_its_range_evenly(sample):
    found = np.sort([each[0] for each in design([span("a", "0:1"), span("b", "0:1")], sample, 128, 1)])
    assert np.abs(found - (np.arange(128) + 0.5) / 128).max() < 0.05


def test_a_sample_needs_points_and_a_grid_counts():
    with pytest.raises(DesignError, match="no points"):
        design([span("a", "0:1")], "sobol", None, 0)
    with pytest.raises(DesignError, match="points without a sample"):
        design([span("a", "0:1:3")], None, 8, 0)
    with pytest.raises(DesignError, match="a range without a count"):
        design([span("a", "0:1")], None, None, 0)
