"""Reports of what was saved: the numbers of the record, and no others."""

import json
import shlex
import shutil

import pytest
from report_pages import FEW, HOSTILE, command, parsed, reported, said, words

from sim.cli import main

SECURITY = ("security-council", *FEW)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("saved") / "run"
    assert main(["run", *SECURITY, "--out", str(folder), "--quiet"]) == 0
    return folder


@pytest.fixture(scope="module")
def sweep(tmp_path_factory):
    folder = tmp_path_factory.mktemp("saved") / "sweep"
    vary = [
        "--vary",
        "weights.size=2:10:3",
        "--vary",
        "procedure.rule=consensus,majority",
        "--set",
        "uncertainty.draws=0",
    ]
    assert main(["sweep", "tokyo-office-2023", *vary, "--out", str(folder), "--json"]) == 0
    return folder


def test_a_saved_result_says_what_its_record_says(run, tmp_path):
    page = reported(run, out=tmp_path)
    record = json.loads((run / "result.json").read_text(encoding="utf-8"))
    record["proposals"][0]["adopted_any"] = 0.123
    other = tmp_path / "other"
    shutil.copytree(run, other)
    (other / "result.json").write_text(json.dumps(record), encoding="utf-8")
    assert "with probability .123" in words(parsed(reported(other / "result.json", out=other)))
    assert "with probability .123" not in page


def test_a_saved_result_is_written_beside_itself_and_its_command_gives_its_number(run):
    assert main(["report", str(run), "--quiet"]) == 0
    page = (run / "report.html").read_text(encoding="utf-8")
    typed = shlex.split(command(page))
    assert typed == ["unanimity", "report", str(run / "scenario.toml")]
    saved = json.loads((run / "result.json").read_text(encoding="utf-8"))["proposals"][0]
    again = json.loads(said("run", *typed[2:], "--json"))["proposals"][0]
    assert again["outcomes"] == saved["outcomes"]


def test_a_result_alone_says_what_it_lacks(run, tmp_path):
    shutil.copy(run / "result.json", tmp_path / "result.json")
    text = words(parsed(reported(tmp_path, out=tmp_path)))
    assert "members are not taken apart" in text
    assert "no command can be given" in text


def test_another_scenario_beside_a_result_is_not_taken_for_its_own(run, tmp_path):
    shutil.copy(run / "result.json", tmp_path / "result.json")
    shutil.copy(HOSTILE, tmp_path / "scenario.toml")
    assert "no command can be given" in words(parsed(reported(tmp_path, out=tmp_path)))


def test_a_sweep_says_what_varied_and_its_command_gives_its_digest(sweep, tmp_path):
    page = reported(sweep, out=tmp_path)
    text = words(parsed(page))
    told = json.loads(said("sweep", *shlex.split(command(page))[2:], "--out", tmp_path / "again", "--json"))
    assert told["digest"] in text
    for each in ("weights.size", "procedure.rule", "consensus, majority", "The weights are provisional"):
        assert each in text
    assert "<style" not in page.split("</head>")[1]  # a picture's style would hold for the whole page
    assert "xlink" not in page


def test_two_pictures_keep_their_ids_apart(tmp_path):
    words_ = ["tokyo-office-2023", "--vary", "weights.size=6:8:3", "--set", "uncertainty.draws=0"]
    assert main(["sweep", *words_, "--out", str(tmp_path), "--json"]) == 0
    page = reported(tmp_path, out=tmp_path)
    ids = [each.get("id") for each in parsed(page).iter() if each.get("id")]
    assert page.count('class="sheet"') == 2
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(
    ("what", "said_"),
    [
        ("nowhere/result.json", "no such file"),
        ("nowhere.toml", "no such file"),
        ("empty", "holds no saved result"),
        ("compared", "holds comparison.json"),
        ("broken.json", "no saved result"),
        ("hollow.json", "no saved result"),
        ("broken.sqlite", "the file"),
        ("a\0b", "cannot be read"),
    ],
)
def test_what_is_missing_or_something_else(what, said_, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    (tmp_path / "compared").mkdir()
    (tmp_path / "compared" / "comparison.json").write_text("{}", encoding="utf-8")
    (tmp_path / "broken.json").write_text("{", encoding="utf-8")
    (tmp_path / "hollow.json").write_text('{"format": 2}', encoding="utf-8")
    (tmp_path / "broken.sqlite").write_bytes(b"x" * 5000)
    assert main(["report", what]) == 2
    error = capsys.readouterr().err
    assert said_ in error
    assert "expected" in error
    assert "Traceback" not in error


def test_settings_beside_a_saved_result_are_refused(run, capsys):
    assert main(["report", str(run), "--set", "weights.size=3", "--seed", "2"]) == 2
    error = capsys.readouterr().err
    assert "--set: weights.size: beside a saved result" in error
    assert "--seed: beside a saved result" in error
