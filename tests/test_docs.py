"""README and docs, executed: what they show is what happens, and their tables say what the program knows.

How blocks are read: docs_pages.py. `python tests/test_docs.py [PAGE …]` brings the output and the tables on the pages
up to date.
"""

from __future__ import annotations

import re
import sys
import tempfile
from pathlib import Path

import pytest
from docs_pages import FENCE, PAGES, ROOT, blocks, fits, refreshed, shown_and_real
from docs_tables import TABLES, analyses, columns, commanded, described, functions, keys, results, retabled, rows

# Pages whose commands compute for long: run by name (-m slow), and by CI.
LONG = {
    "sweep",
    "explain",
    "report",
    "find-what-matters",
    "compare",
    "say-how-sure",
    "watch-the-room",
    "redraw-pictures",
}
MARKED = [pytest.param(each, marks=pytest.mark.slow if each.stem in LONG else []) for each in PAGES]


@pytest.mark.parametrize("page", MARKED, ids=lambda page: str(page.relative_to(ROOT)))
def test_what_a_page_shows_is_what_happens(page, tmp_path):
    for _, shown, real in shown_and_real(page.read_text(encoding="utf-8"), tmp_path):
        assert fits(shown, real), f"{page.name} shows\n{shown}\n\nand it is\n{real}"


def anchors(page):
    """The anchors that headings get on the common hosts."""
    text = FENCE.sub("", page.read_text(encoding="utf-8"))
    heads = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).strip().replace(" ", "-") for head in heads}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page):
    text = FENCE.sub("", page.read_text(encoding="utf-8"))
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if "://" in target:
            continue
        name, _, anchor = target.partition("#")
        path = (page.parent / name).resolve() if name else page
        assert path.exists(), f"{page.name}: {target}"
        if anchor and path.suffix == ".md":
            assert anchor in anchors(path), f"{page.name}: {target}"


def test_every_page_is_linked_from_the_index():
    text = (ROOT / "docs" / "index.md").read_text(encoding="utf-8")
    for page in PAGES[1:]:
        assert page.name == "index.md" or str(page.relative_to(ROOT / "docs")) in text


def test_the_readme_is_short_and_its_pictures_are_light():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert len(FENCE.sub("", text).split()) < 1500  # five minutes, output aside
    for each in (ROOT / "docs" / "pictures").iterdir():
        assert each.stat().st_size < 200_000, each.name


def test_the_table_of_keys_is_the_schema():
    said = rows("scenario-file.md")
    assert {key: cells[:3] for key, cells in said.items()} == keys()
    assert all(cells[3] for cells in said.values())  # what it means


def test_what_the_reference_says_of_defaults_outside_the_schema(tmp_path):
    from sim.scenario.load import load

    page = (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")
    shortest = next(each for each in blocks(page) if each.language == "toml")
    path = tmp_path / "five.toml"
    path.write_text(shortest.text, encoding="utf-8")
    resolved = load(str(path)).resolved
    assert resolved["weights"] == {"size": 3.0}
    assert set(resolved["proposal"][0]["loadings"].values()) == {1.0}
    assert resolved["compare"]["rules"] == ["consensus-minus", "two-thirds", "majority"]


def test_the_table_of_rules_is_the_register():
    assert rows("rules.md") == described()


def test_the_tables_of_options_are_the_parser():
    real = commanded()
    assert {key: cells[: len(real.get(key, []))] for key, cells in rows("commands.md").items()} == real


def test_the_table_of_the_result_is_the_record():
    assert list(rows("result-file.md")) == list(results())


def test_the_tables_of_sweeps_and_analyses_are_what_is_written():
    assert list(rows("sweep-file.md")) == list(columns())
    assert list(rows("sensitivity-file.md")) == list(analyses())


def test_the_table_of_functions_is_the_code():
    assert {path: cells[:1] for path, cells in rows("python.md").items()} == functions()


@pytest.mark.parametrize("name", ["a-bluffer", "a-follower", "a-member-with-memory"])
def test_a_worked_example_is_one_class_and_one_comparison_in_under_forty_lines(name):
    shown = blocks((ROOT / "docs" / "how-to" / f"{name}.md").read_text(encoding="utf-8"))
    code = "\n".join(each.text for each in shown if each.language == "python")
    assert len(code.splitlines()) < 40
    assert len(re.findall(r"^class ", code, re.MULTILINE)) == 1
    assert " ± " in next(each.text for each in shown if each.language == "text")


def test_what_the_readme_says_about_the_two_commands():
    commands = [
        each.text.strip() for each in blocks((ROOT / "README.md").read_text(encoding="utf-8")) if each.language == "sh"
    ]
    assert "pip install -e . && python run.py run scenarios/tokyo-office-2023.toml" in commands
    assert "pip install -e '.[test]' && pytest" in commands


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    for page in [Path(each).resolve() for each in sys.argv[1:]] or PAGES:
        with tempfile.TemporaryDirectory() as folder:
            old = page.read_text(encoding="utf-8")
            new = refreshed(old, Path(folder))
        if page.name in TABLES:
            new = retabled(new, TABLES[page.name]())
        if new != old:
            page.write_text(new, encoding="utf-8")
            print(page)
