"""The terminal's table of rules, where proposals have rules of their own."""

import subprocess
import sys
from pathlib import Path

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
