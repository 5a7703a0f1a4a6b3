"""The pictures: all of them draw, for the usual and for the hostile, and always the same."""

from __future__ import annotations

import math
import xml.etree.ElementTree as Xml
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import matplotlib as mpl
import pytest

from sim.answers.result import (
    FORMAT,
    Chronicle,
    MemberBlame,
    Program,
    ProposalResult,
    Result,
    RuleRow,
    SizeCurve,
    Source,
)
from sim.show import plots
from sim.show.plots import captions, lettering, spacing, tiles

STATES = [line[:3] for line in Path(tiles.__file__).with_name("tiles.csv").read_text().splitlines()[1:32]]
RULES = ("consensus-minus-1", "two-thirds", "majority", "double-majority")
SIZES = [each / 2 for each in range(25)]
HOSTILE = ["$x^2$ {} ${ & <script>alert(1)</script>", r"\frac{a}{b} ${", "مجلس الدول الأعضاء", "東京連絡事務所"]
HOSTILE += ["a\nb\tc\x00d\x1b[31m", "\u202eevil\u202c", "\ud800 lone", "👩‍👩‍👧 family", "x" * 200, "-- ]]> --", ""]


def member(place: int, id_: str, name: str, weight: float, given: bool = True) -> MemberBlame:
    """The first member objects most, the others less and less."""
    objects = weight if place == 0 else weight * 0.05 / place
    support = (1 - objects) * (0.8 if place % 3 else 0.3)
    measures = (objects * 0.95, objects * 0.75, objects * 0.7, 0.0)
    formal = (objects * 0.71, objects * 0.72) if given else (None, None)
    return MemberBlame(id_, name, support, 1 - support - objects, objects, *measures, *formal)


def chronicle(name: str, ids: Sequence[str], rounds: int, objecting: int) -> Chronicle:
    first = ["object" if i < objecting else ("support", "acquiesce")[i % 2] for i in range(len(ids))]
    last = ["acquiesce" if i == 1 and objecting > 1 else each for i, each in enumerate(first)]
    stances = [first] * (rounds - 1) + [last]
    held = [id_ for id_, stance in zip(ids, last, strict=True) if stance == "object"]
    outcome = "blocked" if held else "adopted-with-opt-out"
    return Chronicle(name, 7, outcome, rounds - 1, 0.76, stances, held, [] if held else list(ids[:1]), 2023, list(ids))


def curve(rules: Sequence[str], error: float) -> SizeCurve:
    adopted = {rule: [1 / (1 + math.exp(s - 7 - place)) for s in SIZES] for place, rule in enumerate(rules)}
    return SizeCurve(
        SIZES,
        8.0,
        adopted,
        {rule: [error * (place == len(rules) - 1)] * len(SIZES) for place, rule in enumerate(rules)},
    )


def proposal(
    name: str,
    ids: Sequence[str],
    names: Sequence[str],
    *,
    adopted: float = 0.28,
    rules: Sequence[str] = RULES,
    rounds: int = 4,
    objecting: int = 1,
    replicates: int | None = None,
) -> ProposalResult:
    kinds = ("adopted", "adopted-after-payment", "adopted-diluted", "adopted-with-opt-out", "blocked", "withdrawn")
    parts = [adopted * each for each in (0.14, 0.2, 0.02, 0.64)] + [(1 - adopted) * each for each in (0.55, 0.45)]
    error = math.sqrt(adopted * (1 - adopted) / replicates) if replicates else 0.0
    chances = (0.99, 0.69, 1.0, 0.977)
    rows = []
    for i, rule in enumerate(rules):
        how = (0.0015, "simulate", 10_000) if replicates or i == 3 else (0.0, "exact", None)
        rows.append(RuleRow(rule, chances[i % 4], *how))
    pairs = enumerate(zip(ids, names, strict=True))
    return ProposalResult(
        name=name,
        rule="consensus",
        members=len(ids),
        outcomes=dict(zip(kinds, parts, strict=True)),
        adopted_any=adopted,
        standard_error=error,
        lone_hold_out=(1 - adopted) * 0.9,
        rounds=[adopted] + [0.0] * (rounds - 1),
        supporters=len(ids) * 0.6,
        blame=[member(i, id_, title, 1 - adopted, replicates is None) for i, (id_, title) in pairs],
        rules=rows,
        size_curve=curve(["consensus", *rules], 0.0 if replicates is None and not rules else 0.004),
        chronicle=chronicle(name, ids, rounds, min(objecting, len(ids))),
    )


def record(
    texts: list[ProposalResult], replicates: int | None = None, title: str = "An office far away, 2023"
) -> Result:
    source = Source(title, "office.toml", "0" * 64, "Would they?", ["illustrative"], [])
    engine = "exact" if replicates is None else "simulate"
    return Result(FORMAT, Program("unanimity", "0.1.0"), source, engine, 2023, replicates, 0, None, texts)


def usual() -> Result:
    names = [f"State {each.title()}" for each in STATES]
    kinds = {"A liaison office": 0.28, "Communiqué language on China": 0.9994, "A partnership programme": 0.99996}
    return record([proposal(name, STATES, names, adopted=share) for name, share in kinds.items()])


def numbered(count: int) -> list[str]:
    return [f"M{i}" for i in range(count)]


def hostile_names() -> Result:
    ids = [f"{each[:20] or 'none'}{i}" for i, each in enumerate(HOSTILE * 4)][:40]
    names = [f"{each} {'of the long and winding name of an institution ' * 2}" for each in HOSTILE * 4][:40]
    texts = [
        proposal(each or " ", ids, names, objecting=12, rules=[*RULES, *HOSTILE[:4], "y" * 80]) for each in HOSTILE[:3]
    ]
    return record(texts, title=" ".join(HOSTILE))


def sure(adopted: float) -> Result:
    sampled = proposal("A sure thing", numbered(9), numbered(9), adopted=adopted, replicates=1000, objecting=0)
    rows = [replace(row, adopted_any=adopted, standard_error=0.0, replicates=1000) for row in sampled.rules]
    flat = {rule: [adopted] * len(SIZES) for rule in ("consensus", *RULES)}
    still = SizeCurve(SIZES, 14.0, flat, {rule: [0.0] * len(SIZES) for rule in flat})
    return record([replace(sampled, rules=rows, size_curve=still)], replicates=1000)


def crowd() -> Result:
    ids = numbered(5000)
    return record([proposal("A large assembly", ids, ids, objecting=300, replicates=1000)], replicates=1000)


CASES = {
    "usual": usual,
    "one": lambda: record([proposal("Alone", ["A"], ["The only one"], rounds=1, objecting=0, rules=())]),
    "names": hostile_names,
    "crowd": crowd,
    "never": lambda: sure(0.0),
    "always": lambda: sure(1.0),
    "sampled": lambda: record(
        [proposal("A sampled text", numbered(15), numbered(15), replicates=10_000, objecting=3)], 10_000
    ),
    "many": lambda: record(
        [
            proposal(f"Proposal number {i}", numbered(40), numbered(40), adopted=i / 12, rounds=24, objecting=9)
            for i in range(12)
        ]
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_every_picture_draws_without_a_warning(case: str, tmp_path: Path, recwarn: pytest.WarningsRecorder) -> None:
    result = CASES[case]()
    steps: list[tuple[int, int]] = []
    written = plots.draw(result, tmp_path, formats=["png"], dpi=60, progress=lambda *step: steps.append(step))
    assert [each.name for each in written] == [f"{name}.png" for name in plots.PICTURES]
    assert all(each.read_bytes().startswith(b"\x89PNG") and each.stat().st_size > 3_000 for each in written)
    assert steps[-1] == (6, 6)
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


def test_a_folder_that_cannot_be_written_is_an_oserror(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("here")
    with pytest.raises(OSError, match="file"):
        plots.draw(usual(), tmp_path / "file", ["svg"], names=["blame"])
    (tmp_path / "blame.svg").mkdir()
    with pytest.raises(OSError, match=r"blame\.svg"):
        plots.draw(usual(), tmp_path, ["svg"], names=["blame"])
    assert sorted(each.name for each in tmp_path.iterdir()) == ["blame.svg", "file"]


@pytest.mark.parametrize("case", ["usual", "names", "never"])
def test_no_text_is_cut_off_or_lies_on_another(case: str) -> None:
    """Every text lies on the sheet, and no two texts overlap."""
    result = CASES[case]()
    for name, picture in plots.PICTURES.items():
        with mpl.style.context({**plots.STYLE, "font.family": list(lettering.families())}, after_reset=True):
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
