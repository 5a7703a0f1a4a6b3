"""The pictures of sweeps and of sensitivity: for the usual and the hostile all that fit draw, and nothing overlaps."""

from __future__ import annotations

import xml.etree.ElementTree as Xml
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pytest
import sweep_examples as examples
from sweep_examples import LONG, PARTS, RULES, TEXTS, grown, morris, named, names_by_number, one, sampled, sobol, two

from sim.show import plots
from sim.show.plots import lettering, style, sweeps
from sim.show.plots.sheet import Sheet
from sim.show.plots.sweeps import reading, scale, sensitivity, wording
from sim.study.cells import Sweep
from sim.study.indices import Ablation, Index, Sensitivity

HOSTILE = [
    "$x^2$ {} ${ & <script>alert(1)</script>",
    "مجلس الدول الأعضاء",
    "東京連絡事務所",
    "a\nb\x00\x1b[31m",
    "\ud800",
]
HOSTILE += ["x" * 200, LONG, ""]
UNSURE: dict[str, Any] = {"prior": 0.2, "conditioned": 0.1, "effective": 150.0}


def flat(sweep: Sweep, share: float, engine: str = "simulate") -> Sweep:
    """The same sweep with one share everywhere."""
    adopted = np.full_like(sweep.adopted_any, share)
    same = examples.record(sweep.axes, adopted, texts=sweep.proposals, names=sweep.names, engine=engine)
    return replace(same, coordinates=sweep.coordinates, design=sweep.design)


def holed(sweep: Sweep, every: int = 2) -> Sweep:
    """The same sweep with cells that were not computed, or all of them."""
    adopted, alone = sweep.adopted_any.copy(), sweep.lone_hold_outs.copy()
    adopted[::every], alone[::every] = np.nan, np.nan
    return replace(sweep, adopted_any=adopted, lone_hold_outs=alone)


def crowd(**more: Any) -> Sweep:
    """200 members with long names, 40 proposals with names as long."""
    names = [f"{LONG[:56]} {place:03}" for place in range(200)]
    return one(names=names, texts=[f"{LONG[:57]} {place:02}" for place in range(40)], **more)


def named_ill(sweep: Sweep) -> Sweep:
    """The same sweep with hostile names everywhere."""
    texts = tuple((HOSTILE * 5)[place] for place in range(len(sweep.proposals)))
    names = tuple((HOSTILE * 5)[place] for place in range(len(sweep.names)))
    paths = {each.path: f"proposal.{HOSTILE[place]}.loadings.{LONG}" for place, each in enumerate(sweep.axes)}
    axes = tuple(replace(each, path=paths[each.path]) for each in sweep.axes)
    coordinates = {paths[path]: each for path, each in sweep.coordinates.items()}
    title = " ".join(HOSTILE)
    return replace(sweep, proposals=texts, names=names, axes=axes, coordinates=coordinates, title=title)


CASES: dict[str, Callable[[], Sweep]] = {
    "one": one,
    "one, unsure": lambda: one(texts=TEXTS[:1], **UNSURE),
    "three, unsure": lambda: one(**UNSURE),
    "never": lambda: flat(one(), 0.0),
    "always": lambda: flat(one(), 1.0, "exact"),
    "half": lambda: flat(one(), 0.5),
    "one cell": lambda: one([8], 8),
    "holes": lambda: holed(one()),
    "nothing": lambda: holed(one(**UNSURE), 1),
    "crowd": lambda: crowd(engine="simulate"),
    "crowd, unsure": lambda: crowd(**UNSURE),
    "huge": lambda: one([1e9, 2e9, 5e9], 3e9),
    "tiny": lambda: one([1e-9, 2e-9, 3e-9, 1e-8], 2e-9),
    "close": lambda: one([1e9, 1e9 + 0.25, 1e9 + 0.5], 1e9),
    "powers": lambda: one([10.0**power for power in range(-3, 5)], 1.0),
    "falling, below 0": lambda: one([2, 0, -1.5, -1e6], "eight"),
    "ill": lambda: named_ill(one(engine="agents")),
    "fine map": lambda: two(np.linspace(0, 12, 101).tolist(), np.linspace(0, 1, 101).tolist(), (8, 0.5)),
    "coarse map": lambda: two([1, 2], [0.1, 0.2], (1, 0.4)),
    "narrow map": lambda: two([1, 2, 5], np.linspace(0, 1, 50).tolist(), (2, 0.5), texts=TEXTS[:1]),
    "holed map": lambda: holed(two([1, 10, 100, 1000], list(range(9)), (10, 2)), 3),
    "flat map": lambda: flat(two([1, 2], [0.1, 0.2]), 1.0),
    "huge map": lambda: named_ill(two([1e9, 2e9], [-1e-9, 1e-9, 2e-9], (1e9, 1e-9))),
    "names": lambda: named(RULES, "majority"),
    "names, unsure": lambda: named(RULES, RULES[1], **UNSURE),
    "60 names": lambda: named([f"{LONG[:57]} {place:02}" for place in range(60)], engine="simulate"),
    "200 left out": lambda: holed(named([[LONG, each] for each in map(str, range(200))], texts=LONG.split()), 7),
    "names never": lambda: flat(named(RULES), 0.0),
    "no names": lambda: holed(named(RULES), 1),
    "names by number": lambda: names_by_number(RULES, list(range(13)), 8),
    "long names by number": lambda: names_by_number([*HOSTILE, *[LONG] * 5], [1e9, 2e9], 1e9, engine="simulate"),
    "names by number, unsure": lambda: names_by_number(RULES[:3], [0, 1, 2, 5, 9], 5, **UNSURE),
    "growth": grown,
    "growth by isolation": lambda: grown(isolation=(0, 0.25, 0.5, 0.75, 1), engine="simulate"),
    "growth, unsure": lambda: grown(isolation=(0, 1), **UNSURE),
    "growth never": lambda: flat(grown(sizes=(2, 3)), 0.0),
    "sample": lambda: sampled(300, 9),
    "small sample": lambda: holed(sampled(5, 12)),
    "flat sample": lambda: named_ill(flat(sampled(10, 2), 1.0)),
    "sample of one": lambda: sampled(1, 1, texts=TEXTS[:1]),
}


def three(numeric: int) -> Sweep:
    """A grid of three axes, so many of them of numbers."""
    numbers = [(1, 2, 3), (0.1, 0.5), (10, 20, 30, 40)]
    values = [each if place < numeric else [f"n{v}" for v in each] for place, each in enumerate(numbers)]
    adopted = examples.shares(np.arange(24) / 24, 3, 0.4, 9)
    return examples.record([examples.axis(f"path.{place}", each) for place, each in enumerate(values)], adopted)


CASES |= {f"three axes, {count} of numbers": lambda count=count: three(count) for count in range(4)}

SAME = [Ablation(each, 0.3, 0.0, 0.2, 0.0) for each in ("as stated", *PARTS)]
EXTREME = [Ablation("as stated", 0.5, 0.005, 0.0, 0.0)]
EXTREME += [Ablation(each, place % 3 / 2, 0.01, place % 2, 0.01) for place, each in enumerate(HOSTILE * 5)]
ANALYSES: dict[str, Callable[[], Sensitivity]] = {
    "sobol": sobol,
    "sobol, none": lambda: sobol(scale=0.0, ablations=SAME),
    "sobol, one": lambda: sobol(["the only input"], scale=1.0, ablations=SAME[:2]),
    "sobol, many": lambda: sobol(
        [f"{LONG[:57]} {place:02}" for place in range(40)], ablations=EXTREME, replicates=1000
    ),
    "sobol, ill": lambda: sobol(HOSTILE, scale=40.0, proposal=HOSTILE[1], member=HOSTILE[2], ablations=EXTREME),
    "morris": morris,
    "morris, none": lambda: morris(scale=0.0),
    "morris, ill": lambda: morris(HOSTILE, scale=1e9, proposal=LONG, member=LONG),
    "empty": lambda: replace(sobol(), outputs=[replace(sobol().outputs[0], indices=[Index("a"), Index("b", 0.1)])]),
}


def drawn(
    pictures: dict[str, Any], record: Any, size: tuple[float, float] | None = None
) -> Iterator[tuple[str, Sheet]]:
    for name, picture in pictures.items():
        if picture.drawable(record):
            with mpl.style.context({**style.STYLE, "font.family": list(lettering.families())}, after_reset=True):
                sheet = picture.draw(record, size)
                sheet.figure.draw_without_rendering()
                yield name, sheet


def in_order(name: str, sheet: Sheet) -> None:
    """Every text lies on the sheet, and no two texts overlap."""
    texts = [each for each in sheet.figure.findobj(mpl.text.Text) if each.get_visible() and each.get_text().strip()]
    boxes = [(text.get_text(), text.get_window_extent()) for text in texts]
    paper = sheet.figure.bbox
    assert len(boxes) > 4, name
    for place, (text, box) in enumerate(boxes):
        assert -0.01 <= box.x0 <= box.x1 <= paper.x1 + 0.01, (name, text)
        assert -0.01 <= box.y0 <= box.y1 <= paper.y1 + 0.01, (name, text)
        for other, further in boxes[place + 1 :]:
            wide = min(box.x1, further.x1) - max(box.x0, further.x0)
            high = min(box.y1, further.y1) - max(box.y0, further.y0)
            assert wide <= 1 or high <= 2.5, (name, text, other)


@pytest.mark.parametrize("case", CASES)
def test_no_text_of_a_sweep_is_cut_off_or_lies_on_another(case: str, recwarn: pytest.WarningsRecorder) -> None:
    sweep = CASES[case]()
    found = {name for name, sheet in drawn(sweeps.PICTURES, sweep) if in_order(name, sheet) is None}
    assert found == set(sweeps.possible(sweep))
    chosen = sweeps.drawable(sweep)
    assert 1 <= len(chosen) <= 2
    assert found >= set(chosen)
    assert not [str(each.message) for each in recwarn]


@pytest.mark.parametrize("case", ANALYSES)
def test_no_text_of_an_analysis_is_cut_off_or_lies_on_another(case: str, recwarn: pytest.WarningsRecorder) -> None:
    record = ANALYSES[case]()
    found = [name for name, sheet in drawn(sensitivity.PICTURES, record) if in_order(name, sheet) is None]
    assert found == sensitivity.drawable(record) == ["indices", "tornado"]
    assert not [str(each.message) for each in recwarn]


def test_sheets_of_another_shape_are_in_order_too() -> None:
    for case, size in {"one": (16, 9), "coarse map": (4, 9), "names": (16, 9), "names by number": (4, 9)}.items():
        fits = {name: sweeps.PICTURES[name] for name in sweeps.drawable(CASES[case]())}
        for name, sheet in drawn(fits, CASES[case](), size):
            in_order(name, sheet)


@pytest.mark.parametrize(
    ("case", "chosen"),
    [
        ("one", ["curve", "alone"]),
        ("fine map", ["heat"]),
        ("names", ["names"]),
        ("names by number", ["multiples"]),
        ("growth", ["enlargement", "alone"]),
        ("growth by isolation", ["enlargement"]),
        ("sample", ["scatter"]),
        ("three axes, 0 of numbers", ["names"]),
        ("three axes, 1 of numbers", ["multiples"]),
        ("three axes, 3 of numbers", ["heat"]),
    ],
)
def test_the_picture_that_fits_is_chosen(case: str, chosen: list[str]) -> None:
    assert sweeps.drawable(CASES[case]()) == chosen


def test_files_are_complete_and_carry_the_title(tmp_path: Path) -> None:
    steps: list[tuple[int, int]] = []
    kinds = ["png", "svg", "pdf"]
    written = sweeps.draw(one(), tmp_path, kinds, dpi=60, progress=lambda *step: steps.append(step))
    assert [each.name for each in written] == [f"{name}.{kind}" for name in ("curve", "alone") for kind in kinds]
    assert steps[-1] == (6, 6)
    assert sorted(each.name for each in tmp_path.iterdir()) == sorted(each.name for each in written)
    tree = Xml.fromstring(written[1].read_text(encoding="utf-8"))
    title = str(tree.findtext("{http://www.w3.org/2000/svg}title"))
    assert "fails more often than not" in title
    assert written[0].read_bytes().startswith(b"\x89PNG")
    assert written[2].read_bytes().startswith(b"%PDF")
    with pytest.raises(KeyError):
        sweeps.draw(one(), tmp_path, names=["pie"])
    assert sweeps.draw(one(), tmp_path, names=["heat"]) == []
    assert [each.name for each in sensitivity.draw(sobol(), tmp_path, ["png"], ["tornado"], dpi=60)] == ["tornado.png"]


def test_two_draws_give_the_same_bytes_also_at_once(tmp_path: Path) -> None:
    def every(folder: Path) -> Iterator[Sequence[Path]]:
        yield sweeps.draw(one(texts=TEXTS[:1], **UNSURE), folder, plots.FORMATS, ["curve"], dpi=40)
        yield sweeps.draw(two([1, 2, 5], list(range(12)), (2, 3)), folder, ["png", "svg"], dpi=40)
        yield sensitivity.draw(sobol(), folder, ["svg"], ["indices"])

    with ThreadPoolExecutor(2) as pool:
        one_, other = pool.map(lambda name: [*every(tmp_path / name)], "ab")
    for first, second in zip(one_, other, strict=True):
        assert [each.read_bytes() for each in first] == [each.read_bytes() for each in second]


def test_titles_say_what_was_found() -> None:
    found = {case: next(drawn(sweeps.PICTURES, CASES[case]()))[1].words for case in ("one", "never", "half", "names")}
    assert found["one"].title.endswith("under\xa0consensus once weights.autonomy is above about 9.6")
    assert "whatever weights.autonomy: it is adopted with probability .000" in found["never"].title
    assert "±\xa0two standard errors" in found["never"].source
    assert "passes more often than not" in found["half"].title
    assert found["names"].title.endswith("least under\xa0consensus (.011)")
    assert "Diamond: as in the scenario" in found["names"].subtitle
    assert "exact probabilities" in found["names"].source


def test_error_is_always_said() -> None:
    assert "5–95\xa0% of 200 outer draws" in wording.source(one(**UNSURE))
    mixed = one(engine="simulate")
    mixed.engine[:5] = "exact"
    assert (
        "in 20 of 25 cells Monte Carlo, 10,000\xa0replicates, seed\xa02023, ±\xa0two standard errors"
        in wording.engine(mixed)
    )
    low, high = reading.interval(flat(one(), 0.0), np.arange(3), 0) or (np.ones(3), np.ones(3))
    assert low.max() == 0
    assert high == pytest.approx([0.0003] * 3)
    assert reading.interval(one(), np.arange(3), 0) is None
    assert "standard errors up to .005" in wording.engine(one(engine="simulate"), drawn=False)


def test_crossings_lie_on_the_lines() -> None:
    x, y = np.array([0.0, 1, 2, 3]), np.array([1.0, 0.25, np.nan, 0.75])
    assert reading.crossings(x, y) == [(pytest.approx(2 / 3), False), (pytest.approx(2.0), True)]
    assert reading.crossings(x, np.full(4, 0.5)) == []


def test_a_slice_keeps_the_cells_of_its_values() -> None:
    sweep = names_by_number(["b", "a"], [3, 1, 2])
    first, second = reading.slices(sweep, [sweep.axes[1]])
    assert (first.title, first.cells.tolist()) == ("b", [1, 2, 0])
    assert (second.title, second.cells.tolist()) == ("a", [4, 5, 3])


@pytest.mark.parametrize(
    ("values", "labels"),
    [
        ([0, 0.5, 1], ["0", "0.5", "1"]),
        (list(range(2, 32)), ["5", "10", "15", "20", "25", "30"]),
        ([1e9, 2e9, 5e9], ["1e9", "2e9", "5e9"]),
        ([1, 10, 100, 1000], ["1", "10", "100", "1,000"]),
        ([7], ["7"]),
    ],
)
def test_ticks_are_told_apart(values: list[float], labels: list[str]) -> None:
    measure = scale.scale(values)
    assert [label for _, label in measure.ticks(3.0)] == labels
    assert measure.log == (values[-1] == 1000)
