"""The report: what it says, that it is sound HTML with nothing outside, that its command gives it again."""

import json
import re
import shlex
from importlib.resources import files
from itertools import pairwise
from pathlib import Path

import pytest
from report_pages import CASES, FEW, SVG, XHTML, command, parsed, reported, said, words

from sim.cli import main
from sim.show.report.elements import tag

OUTSIDE = re.compile(
    r"""(?:src|href|srcset|action|data|poster)\s*=\s*["']?(?!#)|url\((?!#)|@import|<link|<base""", re.I
)
HEADINGS = {f"{XHTML}h{n}": n for n in range(1, 7)}
ORDER = [
    "The answer",
    "Who blocks, and why",
    "What would win them over, and at what price",
    "What other rules would do",
    "Before and after what was observed",
    "What the answer hangs on",
    "Members that watch the room",
    "Where the numbers come from",
    "How to have it again",
]


@pytest.fixture(params=CASES)
def page(request, made):
    """Each shipped scenario's page, and one with outer draws."""
    return made(request.param).read_text(encoding="utf-8")


def test_it_is_valid_html_and_its_ids_are_its_own(page):
    tree = parsed(page)
    ids = [each.get("id") for each in tree.iter() if each.get("id")]
    assert len(ids) == len(set(ids))
    used = set(re.findall(r"url\(#([^)]+)\)", page)) | set(re.findall(r'href="#([^"]+)"', page))
    assert used <= set(ids)


def test_nothing_is_outside_and_nothing_runs(page):
    assert not OUTSIDE.search(re.sub(r"data-head", "", page))
    assert "<script" not in page
    assert not re.search(r"\son\w+\s*=", page)
    assert len(page.encode()) < 1_000_000


def test_headings_go_down_one_at_a_time_and_parts_stand_in_order(page):
    tree = parsed(page)
    levels = [HEADINGS[each.tag] for each in tree.iter() if each.tag in HEADINGS]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(b <= a + 1 for a, b in pairwise(levels))
    heads = [words(each) for each in tree.iter(f"{XHTML}h2")]
    known = [each for each in heads if each in ORDER]
    assert known == [each for each in ORDER if each in heads]
    assert {"The answer", "Who blocks, and why", "How to have it again"} <= set(heads)


def test_tables_have_captions_and_pictures_have_words(page):
    tree = parsed(page)
    for table in tree.iter(f"{XHTML}table"):
        assert words(table.find(f"{XHTML}caption"))
        for head in table.iter(f"{XHTML}th"):
            assert head.get("scope") in ("row", "col")
    for picture in tree.iter(f"{SVG}svg"):
        assert picture.get("aria-hidden") == "true" or (picture.get("role") == "img" and picture.get("aria-label"))


def test_every_table_of_rates_says_how_sure_it_is(page):
    for caption in parsed(page).iter(f"{XHTML}caption"):
        text = words(caption)
        if "(" in text or "Published" in text:
            assert re.search(r"exact|±|standard error|replicates", text), text
    assert "provisional" in page


def test_the_command_gives_the_same_page_and_run_the_same_number(page, tmp_path):
    typed = shlex.split(command(page))
    assert typed[:2] == ["unanimity", "report"]
    if "uncertainty.draws=300" in typed:
        pytest.skip("the same, in longer time")
    assert reported(*typed[2:], out=tmp_path) == page
    adopted = json.loads(said("run", *typed[2:], "--json"))["proposals"][0]["adopted_any"]
    shown = re.search(r"with probability (\.\d+)", words(parsed(page).find(f".//{XHTML}div[@class='answer']")))[1]
    assert float(shown) == pytest.approx(adopted, abs=0.0006)


def test_what_the_office_says(made):
    text = words(parsed(made("tokyo-office-2023").read_text(encoding="utf-8")))
    for each in (
        "Would the 31 members agree to open an office in Tokyo?",
        "with probability .278 (exact; about 28 in 100)",
        "autonomy −7.95",  # of France
        "a side payment to one member 2.59 utils",
        "raw autonomy",
        "The stakes: if all members cared the same",
        "SIPRI Arms Transfers Database",
        "unanimity report tokyo-office-2023 --set uncertainty.draws=0",
    ):
        assert each in text, each


@pytest.mark.slow
def test_before_and_after_keeps_fitted_from_predicted(made):
    text = words(parsed(made("with-draws").read_text(encoding="utf-8")))
    assert "Before and after what was observed" in text
    assert "fitted under the stated rule, not predicted" in text or "are not interpreted" in text
    assert "over draws" in text


def test_settings_stand_in_the_command_quoted_for_a_shell(tmp_path):
    options = ["--set", "members.FRA.autonomy=0.4", "--rule", '{name="consensus-minus", k=2}', *FEW]
    options += ["--engine", "simulate", "--seed", "7", "--set", "uncertainty.draws=0"]
    page = reported("tokyo-office-2023", *options, out=tmp_path / "one")
    typed = shlex.split(command(page))
    assert "members.FRA.autonomy=0.4" in typed
    assert reported(*typed[2:], out=tmp_path / "two") == page
    assert "consensus-minus-2" in page


@pytest.mark.parametrize("name", ["shortest", "one-member", "no-drivers", "nothing-asked", "veto", "watching"])
def test_odd_scenarios_have_a_page(name, tmp_path):
    path = Path(__file__).resolve().parents[1] / "cases" / "valid" / f"{name}.toml"
    parsed(reported(path, "--replicates", "100", "--set", "uncertainty.draws=0", out=tmp_path))


def test_the_style_comes_with_the_package():
    assert "@page" in files("sim.show.report").joinpath("report.css").read_text(encoding="utf-8")


def test_json_names_the_page_and_its_size(tmp_path):
    told = json.loads(said("report", "security-council", *FEW, "--out", tmp_path, "--json"))
    assert told == {"report": str(tmp_path / "report.html"), "bytes": (tmp_path / "report.html").stat().st_size}
    assert said("report", "security-council", *FEW, "--out", tmp_path).strip() == told["report"]
    assert said("report", "security-council", *FEW, "--out", tmp_path, "--quiet") == ""


def test_a_folder_that_cannot_be_written(tmp_path, capsys):
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert main(["report", "security-council", *FEW, "--out", str(tmp_path / "file" / "x")]) == 4
    (tmp_path / "report.html").mkdir()
    assert main(["report", "security-council", *FEW, "--out", str(tmp_path)]) == 4
    assert "Traceback" not in capsys.readouterr().err


def test_an_engine_that_does_not_apply(tmp_path):
    assert main(["report", "security-council", "--engine", "exact", "--out", str(tmp_path)]) == 3


def test_an_element_escapes_all_that_it_is_given():
    assert tag("p", "<b>&\"'", title='"><x').text == '<p title="&quot;&gt;&lt;x">&lt;b&gt;&amp;&quot;&#x27;</p>'
    assert tag("p", "a\u202eb\x07\nc").text == "<p>a\\u202eb\\x07 c</p>"
    assert tag("p", ["5–95 %", None, tag("br")]).text == "<p>5–&#8288;95&#160;%<br></p>"
