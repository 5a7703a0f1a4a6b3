"""The pictures of members that watch the room: they show what the record says, and nothing overlaps or is cut off."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
import room_examples
from matplotlib.patches import FancyArrowPatch, Polygon, Rectangle
from picture_examples import STATES, usual
from room_examples import CASES, but, council, heed_curve, watched
from test_sweep_plots import drawn, in_order

from sim.answers.result import Cascade, Chronicle, GaveIn, Result
from sim.show import plots
from sim.show.plots import cascade, chronicle, heed, network, ring, ties
from sim.show.plots.sheet import Sheet
from sim.show.plots.style import HIDDEN, STANCES

PICTURES = {"heed": heed, "network": network, "cascade": cascade, "chronicle": chronicle}


def only(name: str, result: Result) -> Sheet:
    (found,) = drawn({name: PICTURES[name]}, result)
    return found[1]


def said(sheet: Sheet) -> str:
    texts = [each.get_text() for each in sheet.figure.findobj(mpl.text.Text) if each.get_visible()]
    return " ".join(" ".join([sheet.words.title, sheet.words.subtitle, sheet.words.source, *texts]).split())


def told(*rounds: str, hidden: tuple[str, ...] = (), **ends: list[str]) -> Chronicle:
    """A chronicle of members A, B, …: a letter of the stance for each, round by round; `hidden` likewise names ids."""
    known = {"s": "support", "a": "acquiesce", "o": "object"}
    ids = [chr(65 + place) for place in range(len(rounds[0]))]
    stances = [[known[each] for each in now] for now in rounds]
    held, won = ends.get("hold_outs", []), ends.get("won_over", [])
    return Chronicle(
        "A text", 3, "blocked", len(rounds) - 1, 1.0, stances, held, won, 1, ids, [list(x) for x in hidden]
    )


def with_cascade(found: Cascade) -> Result:
    return but(watched(council(len(found.chronicle.members))), cascade=found)


SHAPED = {"room, names"}  # drawn on narrow and wide sheets also in the normal run
LARGE = {"room, crowd", "room, sixty"}
SHEETS = [
    pytest.param(case, size, marks=[pytest.mark.slow] if case in LARGE or (size and case not in SHAPED) else [])
    for case in CASES
    for size in (None, (4, 9), (16, 7))
]


@pytest.mark.parametrize(("case", "size"), SHEETS)
def test_no_text_is_cut_off_or_lies_on_another(
    case: str, size: tuple[float, float] | None, recwarn: pytest.WarningsRecorder
) -> None:
    result = CASES[case]()
    found = {name for name, sheet in drawn(PICTURES, result, size) if in_order(name, sheet) is None}
    assert found == set(PICTURES) & set(plots.drawable(result))
    assert {"heed", "cascade"} <= found
    assert not [str(each.message) for each in recwarn]


@pytest.mark.parametrize("case", ["room", "room, names"])
def test_nothing_drawn_leaves_the_sheet(case: str) -> None:
    for name, sheet in drawn(PICTURES, CASES[case]()):
        paper = sheet.figure.bbox
        for axes in sheet.figure.axes:
            for each in [*axes.patches, *axes.lines]:
                box = each.get_window_extent()
                assert -1 <= box.x0 <= box.x1 <= paper.x1 + 1, (name, each)
                assert -1 <= box.y0 <= box.y1 <= paper.y1 + 1, (name, each)


@pytest.mark.parametrize("case", ["room, names"])
def test_files_are_the_same_each_time(case: str, tmp_path: Path) -> None:
    result, names = CASES[case](), ["heed", "network", "cascade"]
    one, two = (plots.draw(result, tmp_path / each, ["svg"], names=names) for each in ("a", "b"))
    assert [each.name for each in one] == ["heed.svg", "network.svg", "cascade.svg"]
    assert [each.read_bytes() for each in one] == [each.read_bytes() for each in two]


def test_not_drawable_where_numbers_are_missing() -> None:
    whole, new = watched(usual()), {"heed", "network", "cascade"}
    assert new <= set(plots.drawable(whole))
    assert new.isdisjoint(plots.drawable(usual()))
    for lacking, gone in (("ties", {"network"}), ("heed_curve", {"heed"}), ("cascade", {"network", "cascade"})):
        assert new - set(plots.drawable(but(whole, **{lacking: None}))) == gone
    assert not network.drawable(watched(council(61)))
    assert network.drawable(watched(council(60)))
    for wrong in ([[0, 99, 1.0]], [[0, -1, 1.0]], [[0, 1]], [[0, 1, -1.0]]):
        assert not network.drawable(but(whole, ties=wrong))
    assert not heed.drawable(but(whole, heed_curve=heed_curve(heed=[0.5])))
    ragged = heed_curve()
    ragged.adopted_any[1][2].pop()
    assert not heed.drawable(but(whole, heed_curve=ragged))
    silent = Cascade(told("sa", "sa"), [], 1)
    assert not cascade.drawable(with_cascade(silent))
    for name, picture in PICTURES.items():
        with pytest.raises(ValueError, match="holds no"):
            picture.draw(replace(usual(), proposals=[replace(usual().proposals[0], chronicle=None)]))
        assert name in plots.PICTURES


# -- heed -------------------------------------------------------------------------------------------------------------


def test_curves_of_heed_are_the_record() -> None:
    curve = heed_curve()
    sheet = only("heed", but(watched(usual()), heed_curve=curve))
    (axes,) = sheet.figure.axes
    lines = [each for each in axes.lines if len(each.get_xdata()) == len(curve.heed)]
    assert len(lines) == 6
    for number, line in enumerate(lines):
        row, place = divmod(number, 3)
        assert list(line.get_xdata()) == curve.heed
        assert list(line.get_ydata()) == curve.adopted_any[row][place]
        assert line.is_dashed() == bool(row)
    assert len({line.get_color() for line in lines}) == len({line.get_marker() for line in lines}) == 3
    for number, band in enumerate(axes.collections):
        row, place = divmod(number, 3)
        at = band.get_paths()[0].vertices
        assert at[:, 1].min() == pytest.approx(min(curve.adopted_any[row][place]) - 0.008)
        assert at[:, 1].max() == pytest.approx(max(curve.adopted_any[row][place]) + 0.008)
    words = said(sheet)
    assert all(each in words for each in ("isolation 1.5", "isolation 6, hide 0.5", "in the scenario: 0.5"))
    assert "± two standard errors" in words
    assert "10,000 replicates" in words


@pytest.mark.parametrize(
    ("curve", "words"),
    [
        (heed_curve(0.1), "helps “A liaison office” under consensus: from heed 0 to 1"),
        (heed_curve(-0.1), "hurts “A liaison office” under consensus"),
        (heed_curve(0.001), "hardly matters to “A liaison office”"),
        (heed_curve(0.1), "P(adopted) goes from .350 ± .004 to .450 ± .004"),
        (heed_curve(hiding=0.0), "hide 0.5; it changes nothing, so these curves lie on the others"),
        (heed_curve(hiding=0.0032), "it moves no point by more than .004"),
        (heed_curve(stated=1.5), "The scenario's own heed, 1.5, lies outside"),
    ],
)
def test_words_on_heed(curve: object, words: str) -> None:
    sheet = only("heed", but(watched(usual()), heed_curve=curve))
    assert words in said(sheet).replace("\xa0", " ")


def test_curves_that_coincide_are_told_apart_by_their_marks() -> None:
    sheet = only("heed", but(watched(usual()), heed_curve=heed_curve(hiding=0.0)))
    lines = [each for each in sheet.figure.axes[0].lines if len(each.get_xdata()) == 11]
    for without, hiding in zip(lines[:3], lines[3:], strict=True):
        assert without.get_markevery() == (0, 2)
        assert hiding.get_markevery() == (1, 2)
        assert without.get_markerfacecolor() != hiding.get_markerfacecolor()


# -- the cascade ------------------------------------------------------------------------------------------------------

STORY = told("oooosa", "aooosa", "aaoosa", "aaoosa", hidden=("D", "D", "D", "D"), hold_outs=["C", "D"])
GAVE_IN = [GaveIn("A", 1, []), GaveIn("B", 2, ["A"])]


def test_the_cascade_is_the_record() -> None:
    sheet = only("cascade", with_cascade(Cascade(STORY, GAVE_IN, 2000)))
    (axes,) = sheet.figure.axes
    bars = [each for each in axes.patches if isinstance(each, Rectangle)]
    assert [(bar.get_x(), bar.get_width(), round(bar.get_y())) for bar in bars] == [
        (0, 1, 0),
        (0, 2, 1),
        (0, 4, 2),
        (0, 4, 3),
    ]
    assert [bar.get_facecolor()[:3] for bar in bars] == [
        mpl.colors.to_rgb(look.face) for look in (*[STANCES["object"]] * 3, HIDDEN)
    ]
    assert [bool(bar.get_hatch()) for bar in bars] == [False, False, False, True]
    rings = [
        (float(each.get_xdata()[0]), float(each.get_ydata()[0])) for each in axes.lines if each.get_marker() == "o"
    ]
    assert rings == [(1, 0.5), (2, 1.5)]
    (arrow,) = (each for each in axes.patches if isinstance(each, FancyArrowPatch))
    assert arrow._posA_posB == [(1, 0.5), (2, 1.5)]  # from whom it heard to who gave in
    words = said(sheet)
    assert "B gives in after A; “A text” is blocked in round 3, C and D holding out" in words.replace("\xa0", " ")
    assert "the first of 2,000 looked at" in words
    for end in ("gave in, round 1", "gave in, round 2", "holds out", "hidden at the end", "objects, hidden"):
        assert end in words


def test_a_bar_for_each_run_of_rounds() -> None:
    """Who objects again has two bars and two rings; who comes out of hiding a bar of each kind."""
    story = told("oo", "ao", "oo", "ao", hidden=("B", "B", ""), hold_outs=["B"])
    found = Cascade(story, [GaveIn("A", 1, []), GaveIn("A", 3, [])], 5)
    (axes,) = only("cascade", with_cascade(found)).figure.axes
    bars = [each for each in axes.patches if isinstance(each, Rectangle)]
    assert [(bar.get_x(), bar.get_width(), bool(bar.get_hatch())) for bar in bars] == [
        (0, 1, False),
        (2, 1, False),
        (0, 2, True),
        (2, 2, False),
    ]
    assert [each.get_xdata()[0] for each in axes.lines if each.get_marker() == "o"] == [1, 3]


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (Cascade(told("os", "os", hold_outs=["A"]), [], 1000), "nobody gives in, and in none of 1,000 looked at does"),
        (Cascade(told("oo", "ao", hold_outs=["B"]), [GaveIn("A", 1, [])], 9), "A gives in, but not after another"),
        (Cascade(told("oo", "ao", won_over=["B"]), [GaveIn("A", 1, [])], 9), "won over"),
        (Cascade(told("oo", "oo"), [], 9), "objects to the end"),
    ],
)
def test_words_on_a_cascade(found: Cascade, words: str) -> None:
    assert words in said(only("cascade", with_cascade(found)))


def test_a_cascade_too_long_says_how_many_are_left_out_and_keeps_the_arrows() -> None:
    result = CASES["room, sixty"]()
    sheet = only("cascade", result)
    assert "40 of 45 that object have a row" in said(sheet)
    room = result.proposals[0].room
    assert room is not None
    assert room.cascade is not None
    arrows = [each for each in sheet.figure.axes[0].patches if isinstance(each, FancyArrowPatch)]
    assert 30 < len(arrows) <= sum(len(each.after) for each in room.cascade.gave_in)


# -- the network ------------------------------------------------------------------------------------------------------


def test_ties_are_broad_at_who_listens_and_point_at_whom_it_hears() -> None:
    story = told("oos", "oos", hidden=("B", "B"), hold_outs=["A", "B"])
    result = but(with_cascade(Cascade(story, [], 1)), ties=[[2, 0, 3.0], [2, 1, 1.0], [1, 0, 1.0]])
    sheet = only("network", result)
    axes = sheet.figure.axes[-1]
    wedges = [each.get_xy()[:-1] for each in axes.patches if isinstance(each, Polygon)]
    dots = [line for line in axes.lines if line.get_marker() != "None"]
    places = np.array([[float(line.get_xdata()[0]), float(line.get_ydata()[0])] for line in dots])
    steps, ends = ties.STEPS, set()
    for shape in wedges:
        broad, point = (shape[0] + shape[-1]) / 2, (shape[steps - 1] + shape[steps]) / 2
        assert np.hypot(*(shape[0] - shape[-1])) > 4 * np.hypot(*(shape[steps - 1] - shape[steps]))
        listener, heard = (int(np.hypot(*(places - end).T).argmin()) for end in (broad, point))
        assert np.hypot(*(places[listener] - broad)) < 0.1
        assert np.hypot(*(places[heard] - point)) < 0.1
        ends.add((listener, heard))
    assert ends == {(2, 0), (2, 1), (1, 0)}
    breadth = [float(np.hypot(*(shape[0] - shape[-1]))) for shape in wedges]
    assert breadth == pytest.approx([ties.BASE * (share**0.5) for share in (0.25, 0.75, 1.0)])
    assert [line.get_marker() for line in dots] == ["D", "D", "o"]
    assert dots[0].get_markerfacecolor() != dots[1].get_markerfacecolor()
    words = said(sheet)
    assert "A is heard most" in words
    assert "objects openly: 1" in words
    assert "objects, hidden: 1" in words
    assert "The 3 ties are all drawn" in words


def test_the_strongest_ties_of_each_member_are_drawn() -> None:
    even = ties.attention(
        [[0, j, 1.0] for j in range(1, 20)] + [[1, j, 5.0 if j == 4 else 1.0] for j in range(2, 20)], 20
    )
    assert [(tie.listener, tie.heard) for tie in ties.strongest(even)] == [(1, 4)]
    found = ties.attention([[0, 1, 4.0], [0, 2, 2.0], [0, 3, 1.0], [0, 4, 1.0], [0, 0, 9.0]], 5)
    assert [(tie.heard, tie.share) for tie in ties.strongest(found)] == [(2, 0.25), (1, 0.5)]
    words = said(only("network", CASES["room, alike"]()))
    assert "Of 930 ties, each member's strongest are drawn, 0; 31 members with many equal ones have none" in words
    assert "All members are heard alike" in words
    assert "Nobody listens to anybody" in said(only("network", CASES["room, nobody"]()))
    star = only("network", CASES["room, star"]())
    assert "The 39 ties are all drawn" in said(star)


def test_who_listen_to_each_other_stand_side_by_side() -> None:
    groups = np.kron(np.eye(4), np.ones((5, 5)))
    mixed = np.random.default_rng(3).permutation(20)
    found = ring.order(groups[np.ix_(mixed, mixed)])
    assert sorted(found) == list(range(20))
    kinds = [int(mixed[each]) // 5 for each in found]
    assert sum(here != there for here, there in zip(kinds, kinds[1:] + kinds[:1], strict=True)) == 4
    assert ring.order(np.zeros((0, 0))) == []
    assert sorted(ring.order(np.zeros((6, 6)))) == list(range(6))


# -- the chronicle ----------------------------------------------------------------------------------------------------


def test_the_chronicle_marks_hidden_objections_only_where_there_are_any() -> None:
    result = with_cascade(Cascade(STORY, GAVE_IN, 1))

    def shown(story: Chronicle) -> Sheet:
        first = replace(result.proposals[0], chronicle=story)
        return only("chronicle", replace(result, proposals=[first]))

    with_hidden, without = shown(STORY), shown(replace(STORY, hidden=[]))
    assert "× marks an open objection, ○ a hidden one." in with_hidden.words.subtitle
    assert "× marks an objection." in without.words.subtitle
    texts = [[each.get_text() for each in sheet.figure.axes[-1].texts] for sheet in (with_hidden, without)]
    assert [sorted(each) for each in texts] == [["×"] * 7 + ["○"] * 4, ["×"] * 11]
    assert said(shown(replace(STORY, hidden=[[], [], [], []]))) == said(without)


def test_examples_hold_what_they_promise() -> None:
    room = room_examples.watched(usual()).proposals[0].room
    assert room is not None
    assert room.cascade is not None
    assert [each.id for each in room.cascade.gave_in if each.after] == [STATES[2], STATES[3]]
