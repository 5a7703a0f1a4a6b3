"""What a run prints: rules where proposals have rules of their own, and what outer draws add."""

import subprocess
import sys
from pathlib import Path

import outer_examples
import picture_examples
import pytest

from sim.answers.result import Result
from sim.scenario.load import load
from sim.show import sure, words
from sim.show.layers import Band
from sim.show.terminal import print_result

ROOT = Path(__file__).parents[2]
TEXT = """
title = "Two texts"
question = "Which?"
sources = ["illustrative"]
[council]
members = [{ id = "A", interest = 0.9 }, { id = "B", autonomy = 0.4 }, { id = "C", interest = 0.2 }]
[[proposal]]
name = "P"
[[proposal]]
name = "Q"
procedure = { rule = "majority" }
[compare]
rules = ["two-thirds", "consensus"]
"""


def test_every_rule_has_a_row_and_every_number_its_own(tmp_path):
    (tmp_path / "two.toml").write_text(TEXT)
    call = [sys.executable, str(ROOT / "run.py"), "two.toml"]
    text = subprocess.run(call, cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    lines = [line.split() for line in text.split("The same texts")[1].splitlines()]
    table = {line[0]: line[1:] for line in lines if line and line[0] in ("consensus", "majority", "two-thirds")}
    assert set(table) == {"consensus", "majority", "two-thirds"}
    assert table["consensus"][0].endswith("*")
    assert table["majority"] == [table["two-thirds"][1] + "*"]  # two of three, both; P is not compared with majority


def test_rule_goes_first_and_its_options_by_set_after_it(tmp_path):
    (tmp_path / "two.toml").write_text(TEXT)
    call = [
        sys.executable,
        str(ROOT / "run.py"),
        "two.toml",
        "--rule",
        "consensus-minus",
        "--set",
        "procedure.rule.k=2",
    ]
    text = subprocess.run([*call, "--json"], cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    assert text.count('"rule": "consensus-minus-2"') == 2


CASES = picture_examples.CASES | outer_examples.CASES
OFFICE = "tokyo-office-2023"


def printed(result: Result, capsys: pytest.CaptureFixture[str]) -> str:
    print_result(result, load(OFFICE), [])
    return capsys.readouterr().out


def running(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("case", CASES)
def test_no_line_is_wider_than_a_hundred_columns(case, capsys):
    assert max(map(len, printed(CASES[case](), capsys).splitlines())) <= 100


def test_without_outer_draws_nothing_is_said_of_them(capsys):
    said = printed(CASES["usual"](), capsys)
    assert not any(word in said for word in ("outer", "published", "How sure", "5–95", "predicted"))


def test_published_values_and_outer_draws_stay_apart(capsys):
    said = running(printed(CASES["outer, nothing observed"](), capsys))
    assert "with probability .280 at the published values. How sure: over 1,000 outer draws of" in said
    assert "the probability of adoption lies between .04 and .84 (5–95 %), median .32." in said
    assert "Outcomes by proposal (exact, at the published values)" in said
    assert "P(adopted in any form) under other rules: published; median (5–95 %) over 400 outer draws" in said
    assert not any(word in said for word in ("observed", "predicted", "Which weights moved"))


def test_what_was_observed_is_fitted_and_the_rest_predicted(capsys):
    text = printed(CASES["outer"](), capsys)
    said = running(text)
    seen = "“A liaison office” not adopted, State Fra the only hold-out; “Communiqué language on China” adopted"
    assert f"Given what was observed ({seen}), 321 effective draws of 1,000: the probability of adoption" in said
    assert "that is fitted under the stated rule, not predicted" in said
    marks = [line.split()[-1] for line in text.split("P(adopted in any form): published")[1].splitlines()[3:6]]
    assert marks == ["fitted", "fitted", "predicted"]
    assert "given the observed, over 112 effective draws (all predicted)" in said
    assert "weights.venue 8.00 8.00 (4.22 … 15.2) 11.9 (6.29 … 22.6) +.36" in said


@pytest.mark.parametrize(
    ("case", "why"),
    [
        ("outer, few", "Only 37 effective draws of 1,000 agree with what was observed"),
        ("outer, none", "No draws of 1,000 agree with what was observed"),
        ("outer, no likelihood", "its likelihood cannot be had, as the exact engine does not apply"),
    ],
)
def test_conditioned_numbers_that_cannot_be_interpreted_are_not_shown(case, why, capsys):
    said = running(printed(CASES[case](), capsys))
    assert why in said
    assert not any(word in said for word in ("(fitted)", "predicted", "given the observed", "Which weights moved"))


def test_other_rules_have_effective_draws_of_their_own(capsys):
    said = running(printed(CASES["outer, few for the rules"](), capsys))
    assert "under other rules: published; median (5–95 %) over 400 outer draws" in said
    assert "given the observed, over 99 effective draws (all predicted)" in said


def test_what_was_drawn_is_what_was_asked_for():
    asked = {"traits": True, "size": 0.0, "weights": 0.4, "loadings": 0.0, "parameters": {}}
    members = [{"id": "A", "autonomy": 0.4}]
    assert sure.drawn({"uncertainty": asked, "council": {"members": members}}) == "weights"
    members = [{"id": "A", "autonomy": 0.4, "autonomy_sd": 0.1}]
    assert sure.drawn({"uncertainty": asked, "council": {"members": members}}) == "traits and weights"
    assert sure.drawn({}) == "what is uncertain"


def test_intervals_never_say_that_something_is_certain():
    assert words.interval(Band(0.0, 0.5, 1.0)) == ".50 (<.01 … >.99)"
    assert words.interval(Band(0.9999, 1.0, 1.0)) == ">.99 throughout"
    assert words.interval(None) == "–"
    assert words.amounts(Band(0.5, 8.0, 123.4)) == "8.00 (0.500 … 123)"
    assert [words.signed(each) for each in (0.45, -0.004, -1.234, None)] == ["+.45", "0", "-1.23", "–"]
