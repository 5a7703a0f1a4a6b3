"""The pictures and the words of an explanation: for the usual and the hostile all draw, and nothing overlaps."""

from __future__ import annotations

import xml.etree.ElementTree as Xml
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
from picture_examples import HOSTILE

from sim.scenario.load import Setting, load
from sim.show import explain as told
from sim.show.plots import explain as plots
from sim.show.plots import lettering, style
from sim.show.plots.explain.supply import LOOKS, REST
from sim.show.plots.explain.waterfall import ADDS, TAKES, WHOLE
from sim.show.plots.style import Look
from sim.study.explain import explained
from sim.study.explanation import Explained

FEW = [Setting("run.replicates", 500)]


@cache
def office() -> Explained:
    return explained(load("tokyo-office-2023"))


@cache
def uncorrected() -> Explained:
    return explained(load("tokyo-raw-autonomy"))


@cache
def security() -> Explained:
    return explained(load("security-council", FEW))


@cache
def shortest() -> Explained:
    return explained(load(str(Path(__file__).parents[1] / "cases" / "valid" / "shortest.toml")))


def hostile() -> Explained:
    found = uncorrected()
    members = [
        replace(
            each,
            id=HOSTILE[n],
            name=HOSTILE[n + 2],
            drivers=[replace(part, driver=HOSTILE[k]) for k, part in enumerate(each.drivers)],
        )
        for n, each in enumerate([*found.explained, *found.explained])
    ]
    assert found.supply
    sellers = [replace(each, id=HOSTILE[n + 4], name=HOSTILE[n + 7]) for n, each in enumerate(found.supply.sellers)]
    title = replace(found.scenario, title=HOSTILE[8], question=HOSTILE[0])
    supply = replace(found.supply, sellers=sellers)
    return replace(found, explained=members, proposal=HOSTILE[8], rule=HOSTILE[4], supply=supply, scenario=title)


def crowded() -> Explained:
    """A member with sixty drivers, of which one is enormous."""
    (france,) = office().explained
    parts = [replace(france.drivers[n % 7], driver=f"a driver of a long name {n}") for n in range(60)]
    parts[3] = replace(parts[3], part=-1e9, weight=1e9)
    value = france.appeal + sum(each.part for each in parts)
    return replace(office(), explained=[replace(france, drivers=parts, value=value, grievance=-0.5)])


def bare() -> Explained:
    """No drivers, nobody to be won over."""
    (france,) = office().explained
    return replace(office(), explained=[replace(france, drivers=[], value=france.appeal)], supply=None)


def nobody_cares() -> Explained:
    """A stake so small that the cost of objecting is never outweighed."""
    (france,) = office().explained
    return replace(office(), explained=[replace(france, stake=1e-9, never_objects=True)])


CASES: dict[str, Callable[[], Explained]] = {
    "office": office,
    "uncorrected": uncorrected,
    "security": security,
    "shortest": shortest,
    "hostile": hostile,
    "crowded": crowded,
    "bare": bare,
    "nobody cares": nobody_cares,
}


@pytest.mark.parametrize(
    "case", [pytest.param(each, marks=[] if each == "hostile" else pytest.mark.slow) for each in CASES]
)
def test_every_picture_draws_without_a_warning(case: str, tmp_path: Path, recwarn: pytest.WarningsRecorder) -> None:
    found = CASES[case]()
    written = plots.draw(found, tmp_path, formats=["png", "svg"], dpi=60)
    assert [each.stem for each in written[::2]] == plots.drawable(found)
    for each in written[1::2]:
        assert Xml.fromstring(each.read_text(encoding="utf-8")) is not None
    assert not recwarn.list


@pytest.mark.parametrize("case", CASES)
def test_no_text_is_cut_off_or_lies_on_another(case: str) -> None:
    found = CASES[case]()
    for name in plots.drawable(found):
        with mpl.style.context({**style.STYLE, "font.family": list(lettering.families())}, after_reset=True):
            sheet = plots.PICTURES[name].draw(found)
            sheet.figure.draw_without_rendering()
            boxes = [
                (text.get_text(), text.get_window_extent())
                for text in sheet.figure.findobj(mpl.text.Text)
                if text.get_visible() and text.get_text().strip()
            ]
        paper = sheet.figure.bbox
        for place, (text, box) in enumerate(boxes):
            assert 0 <= box.x0 <= box.x1 <= paper.x1, (name, text)
            assert 0 <= box.y0 <= box.y1 <= paper.y1, (name, text)
            for other, further in boxes[place + 1 :]:
                wide = min(box.x1, further.x1) - max(box.x0, further.x0)
                high = min(box.y1, further.y1) - max(box.y0, further.y0)
                assert wide <= 1 or high <= 2.5, (name, text, other)


def test_two_draws_give_the_same_bytes(tmp_path: Path) -> None:
    one, two = (plots.draw(office(), tmp_path / each, dpi=60) for each in ("a", "b"))
    assert [each.read_bytes() for each in one] == [each.read_bytes() for each in two]


@pytest.mark.parametrize("looks", [(ADDS, TAKES, WHOLE), (*LOOKS, REST)])
def test_areas_are_told_apart_in_grey(looks: tuple[Look, ...]) -> None:
    """By brightness, or by being hatched."""

    def grey(look: Look) -> float:
        return float(np.dot(mpl.colors.to_rgb(look.face), (0.299, 0.587, 0.114)))

    for place, one in enumerate(looks):
        for other in looks[place + 1 :]:
            assert abs(grey(one) - grey(other)) > 0.08 or one.hatch != other.hatch


def test_what_the_pictures_say() -> None:
    with mpl.style.context({**style.STYLE, "font.family": list(lettering.families())}, after_reset=True):
        titles = {name: plots.PICTURES[name].draw(office()).words.title for name in plots.PICTURES}
        never = plots.PICTURES["supply"].draw(uncorrected()).words.title
    assert "worth -4.66 utils to France: autonomy and venue speak against it most" in titles["waterfall"].replace(
        "\xa0", " "
    )
    assert titles["supply"].startswith("A side payment worth 2.59 utils makes")
    assert never.startswith("No side payment to one member makes")


@pytest.mark.parametrize("case", CASES)
def test_the_terminal(case: str, capsys: pytest.CaptureFixture[str]) -> None:
    told.print_explained(CASES[case](), [Path("somewhere") / "explanation.json"])
    out = capsys.readouterr().out
    assert all(line.isprintable() for line in out.splitlines())
    if case != "hostile":
        assert max(map(len, out.splitlines())) <= 100
    assert "The price of consent" in out


def test_what_the_terminal_says(capsys: pytest.CaptureFixture[str]) -> None:
    def said(found: Explained) -> str:
        told.print_explained(found, [])
        return " ".join(capsys.readouterr().out.split())

    usual = said(office())
    assert "were the text worth 1.09 utils more to France alone, it would be as likely adopted as not (.500)" in usual
    assert "a side payment to one member 2.59 utils 0.500 utils .500" in usual
    assert "hypothetical" in usual
    never = said(uncorrected())
    assert "No concession to Germany alone gets there" in never
    assert "not reached" in never
    assert "No package of these" in never
    already = said(security())
    assert "Prices are simulated on 500 replicates" in already
    assert "It never objects" in said(nobody_cares())
    assert "nobody to be won over" in said(bare())
