"""The pictures: all of them draw, for the usual and for the hostile, and always the same."""

from __future__ import annotations

import xml.etree.ElementTree as Xml
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import matplotlib as mpl
import outer_examples
import picture_examples
import pytest
from picture_examples import STATES, numbered, proposal, record, usual

from sim.answers.result import Result, SizeCurve
from sim.show import plots
from sim.show.plots import captions, lettering, spacing, style, tiles

CASES = picture_examples.CASES | outer_examples.CASES
CHECKED = [case for case in CASES if case in ("usual", "names", "never") or case.startswith("outer")]
DRAWN = {"usual", "names", "one", "outer, names", "outer, none"}  # in the normal run: most are checked below anyway


@pytest.mark.parametrize(
    "case", [pytest.param(each, marks=[] if each in DRAWN else pytest.mark.slow) for each in CASES]
)
def test_every_picture_draws_without_a_warning(case: str, tmp_path: Path, recwarn: pytest.WarningsRecorder) -> None:
    result = CASES[case]()
    steps: list[tuple[int, int]] = []
    written = plots.draw(result, tmp_path, formats=["png"], dpi=60, progress=lambda *step: steps.append(step))
    assert [each.name for each in written] == [f"{name}.png" for name in plots.drawable(result)]
    assert all(each.read_bytes().startswith(b"\x89PNG") and each.stat().st_size > 3_000 for each in written)
    assert steps[-1] == (len(written), len(written))
    assert sorted(each.name for each in tmp_path.iterdir()) == sorted(
        each.name for each in written
    )  # no parts are left
    assert not recwarn.list


@pytest.mark.parametrize(("case", "names"), [("usual", None), ("names", ["blame", "tiles"])])
def test_svg_is_xml_that_carries_the_title(case: str, names: list[str] | None, tmp_path: Path) -> None:
    result = CASES[case]()
    for path in plots.draw(result, tmp_path, formats=["svg"], names=names):
        tree = Xml.fromstring(path.read_text(encoding="utf-8"))
        title = tree.findtext("{http://www.w3.org/2000/svg}title")
        assert title == lettering.printable(plots.PICTURES[path.stem](result, None).words.title)
        assert "\n" not in title
        assert len(title) > 20


def test_two_draws_give_the_same_bytes_also_at_once_and_under_another_style(tmp_path: Path) -> None:
    result, some = usual(), ["outcomes", "size", "blame"]
    with mpl.rc_context({"font.size": 20, "axes.facecolor": "red", "svg.hashsalt": "other"}):
        before = dict(mpl.rcParams)
        with ThreadPoolExecutor(2) as pool:
            folders = [tmp_path / name for name in ("a", "b")]
            one, two = pool.map(lambda folder: plots.draw(result, folder, names=some, dpi=60), folders)
        assert dict(mpl.rcParams) == before
    assert [each.read_bytes() for each in one] == [each.read_bytes() for each in two]
    alone = plots.draw(result, tmp_path / "c", ["pdf", "svg"], names=["blame"])
    again = plots.draw(result, tmp_path / "d", ["pdf"], names=["blame"])
    assert alone[0].read_bytes() == again[0].read_bytes()
    assert alone[1].read_bytes() == (tmp_path / "a" / "blame.svg").read_bytes()


def test_size_scales_the_sheet(tmp_path: Path) -> None:
    (png, svg) = plots.draw(usual(), tmp_path, names=["blame"], size=(4, 9), dpi=100)
    assert png.read_bytes()[16:24] == (400).to_bytes(4, "big") + (900).to_bytes(4, "big")
    tree = Xml.fromstring(svg.read_text(encoding="utf-8"))
    assert (tree.attrib["width"], tree.attrib["height"]) == ("288pt", "648pt")


def test_pictures_without_numbers_are_passed_over_and_unknown_ones_refused(tmp_path: Path) -> None:
    result = usual()
    bare = replace(result, proposals=[replace(each, size_curve=None, chronicle=None) for each in result.proposals])
    assert plots.drawable(bare) == ["outcomes", "rules", "blame", "tiles"]
    assert plots.draw(bare, tmp_path, names=["size"]) == []
    with pytest.raises(KeyError):
        plots.draw(bare, tmp_path, names=["pie"])


@pytest.mark.parametrize(
    ("case", "more"),
    [
        ("usual", []),
        ("outer", ["conditioning", "weights"]),
        ("outer, nothing observed", ["weights"]),
        ("outer, few", ["weights"]),
        ("outer, few for the rules", ["conditioning", "weights"]),
        ("outer, none", ["weights"]),
        ("outer, no likelihood", ["weights"]),
    ],
)
def test_conditioned_pictures_only_where_they_may_be_interpreted(case: str, more: list[str]) -> None:
    usually = ["outcomes", "rules", "size", "blame", "tiles", "chronicle"]
    assert plots.drawable(CASES[case]()) == usually + more


def drawn(result: Result, name: str) -> str:
    """All that a picture says."""
    with mpl.style.context({**style.STYLE, "font.family": list(lettering.families())}, after_reset=True):
        sheet = plots.PICTURES[name](result, None)
        texts = [text.get_text() for text in sheet.figure.findobj(mpl.text.Text) if text.get_visible()]
    return " ".join(" ".join([sheet.words.title, sheet.words.subtitle, sheet.words.source, *texts]).split())


@pytest.mark.parametrize("name", ["outcomes", "rules", "blame", "size", "tiles", "chronicle"])
def test_without_outer_draws_a_picture_says_nothing_of_them(name: str) -> None:
    assert not any(word in drawn(usual(), name) for word in ("outer", "published", "median", "5–95"))
    assert "published" in drawn(CASES["outer"](), name)


@pytest.mark.parametrize("name", ["outcomes", "rules", "blame"])
def test_intervals_are_explained_and_told_apart_from_published_values(name: str) -> None:
    assert "5–95 % over 1,000 outer draws" in drawn(CASES["outer"](), name)
    assert "show published values; thin lines under them" in drawn(CASES["outer"](), name)
    assert "before conditioning" not in drawn(CASES["outer, nothing observed"](), name)


def test_what_is_conditioned_says_fitted_or_predicted() -> None:
    said = drawn(CASES["outer"](), "conditioning")
    assert said.count(" fitted") == 2  # two of three texts were observed
    assert "under consensus with .02 to .30 (fitted)" in said
    assert "321 effective (other rules: 112)" in said
    few = drawn(CASES["outer, few for the rules"](), "conditioning")
    assert "(other rules: 99)" in few  # their own number stands beside, and it is the number of all draws that decides


def test_weights_say_what_moved_or_why_nothing_is_shown() -> None:
    assert "moves weights.venue most: its median goes from 8.00 to 11.9" in drawn(CASES["outer"](), "weights")
    few = drawn(CASES["outer, few"](), "weights")
    assert "Only 37 effective draws of 1,000 agree" in few
    assert "→" not in few
    assert "No draws of 1,000 agree" in drawn(CASES["outer, none"](), "weights")


def test_a_folder_that_cannot_be_written_is_an_oserror(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("here")
    with pytest.raises(OSError, match="file"):
        plots.draw(usual(), tmp_path / "file", ["svg"], names=["blame"])
    (tmp_path / "blame.svg").mkdir()
    with pytest.raises(OSError, match=r"blame\.svg"):
        plots.draw(usual(), tmp_path, ["svg"], names=["blame"])
    assert sorted(each.name for each in tmp_path.iterdir()) == ["blame.svg", "file"]


SELDOM = {
    "outer, one",
    "outer, never",
    "outer, few for the rules",
    "outer, no likelihood",
    "outer, broken",
    "outer, few",
}


@pytest.mark.parametrize("case", [pytest.param(x, marks=pytest.mark.slow if x in SELDOM else []) for x in CHECKED])
def test_no_text_is_cut_off_or_lies_on_another(case: str) -> None:
    """Every text lies on the sheet, and no two texts overlap."""
    result = CASES[case]()
    for name in plots.drawable(result):
        picture = plots.PICTURES[name]
        with mpl.style.context({**style.STYLE, "font.family": list(lettering.families())}, after_reset=True):
            sheet = picture(result, None)
            sheet.figure.draw_without_rendering()
            boxes = [
                (text.get_text(), text.get_window_extent())
                for text in sheet.figure.findobj(mpl.text.Text)
                if text.get_visible() and text.get_text().strip()
            ]
        paper = sheet.figure.bbox
        for place, (text, box) in enumerate(boxes):
            assert box.x0 >= 0, (name, text)
            assert box.x1 <= paper.x1, (name, text)
            assert box.y0 >= 0, (name, text)
            assert box.y1 <= paper.y1, (name, text)
            for other, further in boxes[place + 1 :]:
                wide = min(box.x1, further.x1) - max(box.x0, further.x0)
                high = min(box.y1, further.y1) - max(box.y0, further.y0)
                assert wide <= 1 or high <= 2.5, (name, text, other)


def test_a_map_for_states_and_a_grid_for_others() -> None:
    assert tiles.plan(STATES).map
    grid = tiles.plan(numbered(15))
    assert (grid.map, grid.rows, grid.columns) == (False, 3, 5)
    assert tiles.plan(["FRA"]).places == [(0, 0)]


@pytest.mark.parametrize(
    ("adopted", "said"),
    [
        ([0.9, 0.1], "fails more often than not under\xa0consensus once the weights are larger than about 6.0"),
        (
            [0.1, 0.9, 0.1],
            "passes more often than not under\xa0consensus only while the weights are between about 3.0 and 9.0",
        ),
        ([0.9, 0.8], "passes more often than not under\xa0consensus, whatever the size of the weights"),
        ([0.1, 0.9, 0.1, 0.9], "turns 3 times"),
    ],
)
def test_the_title_says_where_the_curve_turns(adopted: list[float], said: str) -> None:
    sizes = [12 * i / (len(adopted) - 1) for i in range(len(adopted))]
    curve = SizeCurve(sizes, 8.0, {"consensus": adopted}, {"consensus": [0.0] * len(adopted)})
    text = replace(proposal("A text", ["A"], ["A"], rules=()), size_curve=curve)
    assert said in plots.PICTURES["size"](record([text]), None).words.title


def test_words_fit() -> None:
    assert lettering.printable("a\n b\x00\u202e") == "a b"
    assert lettering.printable("مجلس") == "\u200eمجلس"
    assert lettering.fitted("liaison office", 0.5).endswith("…")
    assert lettering.inches(lettering.fitted("liaison office", 0.5)) <= 0.5
    lines = lettering.wrapped("x" * 300 + " and more", 2.0, lines=3)
    assert len(lines) == 3
    assert all(lettering.inches(each) <= 2.0 + 1e-6 for each in lines)
    assert lettering.legible("東京", "TYO") in ("東京", "TYO")
    assert captions.listed(["A", "B", "C", "D"]) == "A, B and 2 others"


def test_labels_spread() -> None:
    assert spacing.spread([0.5, 0.5], 0.2, 0, 1) == pytest.approx([0.4, 0.6])
    assert spacing.spread([0.9, 0.1, 0.95, 1.0], 0.1, 0, 1) == pytest.approx([0.8, 0.1, 0.9, 1.0])
    assert spacing.spread([], 0.1, 0, 1) == []
