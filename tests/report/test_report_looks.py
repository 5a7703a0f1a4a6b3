"""How reports print and fit: two sheets of A4, no wider than a phone, whatever names a scenario has."""

import pytest
from report_pages import (
    CASES,
    FLAGS,
    HOSTILE,
    XHTML,
    needs_chromium,
    needs_playwright,
    parsed,
    printed,
    reported,
    words,
)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    """The page of a scenario that means ill."""
    folder = tmp_path_factory.mktemp("hostile")
    reported(HOSTILE, out=folder)
    return folder / "report.html"


def sheets(pdf):
    pypdf = pytest.importorskip("pypdf")
    return pypdf.PdfReader(pdf).pages


@needs_chromium
@pytest.mark.parametrize("name", CASES)
def test_it_prints_to_two_sheets_at_most(name, made, tmp_path):
    pages = sheets(printed(made(name), tmp_path / "page.pdf"))
    assert len(pages) <= 2
    for each in pages:
        assert float(each.mediabox.width) == pytest.approx(595, abs=2)  # A4, in points
        assert float(each.mediabox.height) == pytest.approx(842, abs=2)
    text = " ".join(each.extract_text() for each in pages)
    assert "How to have it again" in text


@needs_chromium
def test_a_sweep_prints_to_two_sheets(tmp_path):
    from sim.cli import main

    vary = ["--vary", "weights.size=2:12:5", "--set", "uncertainty.draws=0"]
    assert main(["sweep", "tokyo-office-2023", *vary, "--out", str(tmp_path), "--json"]) == 0
    reported(tmp_path, out=tmp_path)
    assert len(sheets(printed(tmp_path / "report.html", tmp_path / "page.pdf"))) <= 2


def test_hostile_texts_are_texts(hostile):
    page = hostile.read_text(encoding="utf-8")
    tree = parsed(page)
    known = {each.tag.rpartition("}")[2] for each in tree.iter() if isinstance(each.tag, str)}
    assert not known & {"script", "img", "iframe", "b", "i", "a", "object", "embed"}
    text = words(tree)
    for each in ("<script>alert(1)</script>", "\\u202eevil\\u202c", "=1+1", "\\x07", "<i>slanted</i>"):
        assert each in text, each
    assert "\u202e" not in page
    assert words(tree.find(f".//{XHTML}title")).startswith("<script>")


@needs_chromium
def test_hostile_texts_print(hostile, tmp_path):
    assert len(sheets(printed(hostile, tmp_path / "page.pdf"))) <= 3


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=list(FLAGS))
        yield found
        found.close()


@needs_playwright
@pytest.mark.parametrize("width", [320, 390, 1280])
@pytest.mark.parametrize("name", ["with-draws", "security-council", "hostile"])
def test_it_is_no_wider_than_the_screen_and_asks_for_nothing(browser, name, width, made, hostile):
    page = browser.new_page(viewport={"width": width, "height": 800})
    asked, said = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.goto((hostile if name == "hostile" else made(name)).resolve().as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert len(asked) == 1
    assert said == []
    page.close()
