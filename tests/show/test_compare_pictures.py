"""What a comparison shows: words, tables, CSV and the picture, for the usual and for the hostile."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path

import matplotlib as mpl
import pytest
from compare_examples import CASES, LABELS, comparison, gap
from test_sweep_plots import drawn, in_order

from sim.show import compare
from sim.show import differences as words
from sim.show.plots import compare as plots
from sim.show.plots import differences, style
from sim.study.differences import Change, Comparison, Spread


def printed(found: Comparison, capsys: pytest.CaptureFixture[str]) -> str:
    compare.print_comparison(found, [Path("results/x/comparison.json")])
    return capsys.readouterr().out


@pytest.mark.parametrize("case", CASES)
def test_no_line_is_wider_than_a_hundred_columns_or_runs_wild(case: str, capsys: pytest.CaptureFixture[str]) -> None:
    text = printed(CASES[case](), capsys)
    assert max(map(len, text.splitlines())) <= 100
    assert all(each == "\n" or each.isprintable() for each in text)


def test_every_rate_has_its_error_or_the_word_exact(capsys: pytest.CaptureFixture[str]) -> None:
    exactly = " ".join(printed(CASES["exact"](), capsys).split())
    assert "difference from as written (exact)" in exactly
    assert "±" not in exactly.replace("± is", "")
    sampled = " ".join(printed(CASES["simulated"](), capsys).split())
    assert "difference from as written (± one standard error)" in sampled
    assert "adopted with probability >.999 instead of .280 ± .004" not in sampled
    assert "a difference of +.720 ± .004 (paired)" in sampled or "+.720 ± .005 (paired)" in sampled


def test_layers_stay_apart_and_few_draws_are_not_interpreted(capsys: pytest.CaptureFixture[str]) -> None:
    said = " ".join(printed(CASES["draws"](), capsys).split())
    assert "over 1,000 common outer draws, and how often it is above 0; given the observed, 349 effective draws" in said
    few = " ".join(printed(CASES["few draws"](), capsys).split())
    assert "given the observed" not in few
    assert "Only 12 effective draws of 1,000 agree with what was observed; at least 100 are needed" in few
    assert "outer draws" not in printed(CASES["exact"](), capsys)


def test_what_is_not_compared_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    said = " ".join(printed(CASES["one"](), capsys).split())
    assert "“Only there” is not compared with members.FRA.autonomy = 0.4: no proposal has its name there." in said
    assert "Only in members.FRA.autonomy = 0.4: “A text”." in said
    assert "Only in the reference: OLD." in said
    assert "The reference's seed is used for all" in said
    assert "Not conditioned" in said


@pytest.mark.parametrize(
    ("before", "after", "error", "many", "said"),
    [
        (0.2, 0.5, 0.0, None, "+.300"),
        (0.5, 0.2, 0.0, None, "-.300"),
        (0.5, 0.5, 0.0, None, "0"),
        (0.5, 0.50001, 0.0, None, "+<.001"),
        (0.5, 0.49999, 0.0, None, "-<.001"),
        (0.0, 1.0, 0.0, None, "+>.999"),
        (0.2, 0.5, 0.01, 1000, "+.300 ± .010"),
        (0.5, 0.5, 0.01, 1000, "0 ± .010"),
        (0.5, 0.5, 0.0, 1000, "0 in all"),
        (1.0, 0.0, 0.0, 1000, "-≥.997"),
    ],
)
def test_differences_in_words(before: float, after: float, error: float, many: int | None, said: str) -> None:
    assert words.difference(gap(before, after, error), many) == said


def test_intervals_of_differences_never_claim_to_be_nothing() -> None:
    band = Spread(1000, None, -0.3, 0.001, 0.4, 0.996, 0.004)
    assert words.interval(band) == "+<.01 (-.30 … +.40)"
    assert words.above(band) == ">.99"
    assert words.interval(replace(band, p05=0.0, p50=0.0, p95=0.0)) == "0 throughout"
    assert words.above(replace(band, above=0.0, below=0.0)) == "none"


def test_changes_in_words() -> None:
    side = comparison(LABELS).alternatives[0]
    changes = [Change("members.FRA", "present", None), Change("a.b", None, "x"), Change("c", "0.9936908", "0.4")]
    changes += [Change(f"k{n}", "1", None) for n in range(9)]
    said = words.changed(replace(side, changes=changes, more_changes=5))
    assert said.startswith(
        "members.FRA is only in the reference; a.b = x; c = 0.4, instead of 0.9937; k0 is not set, instead of 1"
    )
    assert said.endswith("and 11 more")
    assert words.changed(replace(side, changes=[], more_changes=0)) == "nothing"


@pytest.mark.parametrize("case", CASES)
def test_the_table_reads_back_to_the_same_bits_and_no_cell_is_a_formula(case: str) -> None:
    found = CASES[case]()
    rows = list(csv.DictReader(io.StringIO(compare.tabled(found))))
    per = 8 + 3 * len(found.proposals[0].differences[0].members)
    assert len(rows) == sum(len(text.differences) for text in found.proposals) * per
    assert float(rows[0]["difference"]) == found.proposals[0].differences[0].adopted_any.difference
    for row in rows:
        assert not any(row[name][:1] in ("=", "+", "@", "\t") for name in ("proposal", "alternative", "member"))
    evil = comparison(("=cmd()",), ("@SUM(1)",))
    assert "'=cmd()" in compare.tabled(evil)
    assert "'@SUM(1)" in compare.tabled(evil)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("size", [None, (4, 9), (16, 7)])
def test_no_text_is_cut_off_or_lies_on_another(
    case: str, size: tuple[float, float] | None, recwarn: pytest.WarningsRecorder
) -> None:
    found = CASES[case]()
    for name, sheet in drawn(plots.PICTURES, found, size):
        in_order(name, sheet)
        paper = sheet.figure.bbox
        for axes in sheet.figure.axes:
            for each in [*axes.patches, *axes.lines]:
                box = each.get_window_extent()
                assert -1 <= box.x0 <= box.x1 <= paper.x1 + 1
                assert -1 <= box.y0 <= box.y1 <= paper.y1 + 1
    assert not [str(each.message) for each in recwarn]


def test_the_picture_is_the_record() -> None:
    found = CASES["draws, simulated"]()
    ((_, sheet),) = drawn(plots.PICTURES, found)
    panels = [each for each in sheet.figure.axes if each.get_xlim()[0] < -0.5]
    assert len(panels) == 2
    for axes, text in zip(panels, found.proposals, strict=False):
        dots = [line.get_xdata()[0] for line in axes.lines if line.get_marker() == "o"]
        assert dots == [each.adopted_any.difference for each in text.differences]
        thick = [
            line
            for line in axes.lines
            if line.get_linewidth() == style.CONDITIONED.width and len(line.get_xdata()) == 2
        ]
        ends = [each.adopted_any.conditioned for each in text.differences]
        assert [tuple(line.get_xdata()) for line in thick] == [(each.p05, each.p95) for each in ends if each]
        assert len(axes.containers) == len(text.differences)  # error bars, as all is simulated
    texts = [each.get_text() for each in sheet.figure.findobj(mpl.text.Text)]
    assert "alternative, simulated; difference ± one standard error" in texts
    assert "the same, given what was observed" in texts
    assert sheet.words.title.startswith("With council.without")


def test_files_are_the_same_each_time(tmp_path: Path) -> None:
    one, two = (plots.draw(CASES["names"](), tmp_path / each, ["svg", "png"], dpi=60) for each in ("a", "b"))
    assert [each.name for each in one] == ["differences.svg", "differences.png"]
    assert [each.read_bytes() for each in one] == [each.read_bytes() for each in two]
    assert "<script>alert" not in one[0].read_text(encoding="utf-8")


def test_nothing_compared_is_not_drawn() -> None:
    found = comparison(LABELS)
    bare = replace(found, proposals=found.proposals[-1:])
    assert plots.drawable(bare) == []
    with pytest.raises(ValueError, match="holds no"):
        differences.draw(bare)


def test_where_there_is_no_room_for_all_the_largest_are_shown() -> None:
    ((_, sheet),) = drawn(plots.PICTURES, CASES["many"]())
    texts = [each.get_text() for each in sheet.figure.findobj(mpl.text.Text)]
    assert sum(each.startswith("procedure.rounds = ") for each in texts) == differences.MOST
    assert "procedure.rounds = 49" in texts  # which the title names
    assert "26 more alternatives are not shown." in sheet.words.subtitle
