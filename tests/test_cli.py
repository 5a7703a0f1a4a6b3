"""The commands: what is typed, what is printed and written when all is well, and what when a word is wrong."""

import json
import os
import re
import resource
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from commands import FEW, ROOT, RUN, SHORTEST, command, refused

from sim.cli import main


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to be in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


# -- the command line -------------------------------------------------------------------------------------------------


def test_help_imports_nothing_heavy(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", str(ROOT / "run.py"), "--help"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    imported = {line.rpartition("|")[2].strip().partition(".")[0] for line in done.stderr.splitlines()}
    assert done.returncode == 0
    assert done.stdout.startswith("usage: unanimity")
    assert "sim" in imported
    assert not imported & {"numpy", "pydantic", "matplotlib", "mesa", "rich", "pandas", "scipy"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("chekc x.toml", "'chekc' is no command and no scenario; expected a known one, the nearest is 'check'"),
        ("tokyo-ofice-2023", "the nearest is 'tokyo-office-2023'"),
        ("run x.toml --replicate 5", "unanimity run: '--replicate' is no option; expected a known one, the nearest is"),
        ("run x.toml --engin=exact", "the nearest is '--engine'"),
        ("check x.toml --schem", "the nearest is '--schema'"),
        ("trace x.toml --proposals 1", "the nearest is '--proposal'"),
        ("plot x.json --formt png", "the nearest is '--format'"),
        ("x.toml --quite", "the nearest is '--quiet'"),
        ("--quite x.toml", "the nearest is '--quiet'"),
        ("run", "the following arguments are required: SCENARIO"),
        ("run x.toml y.toml", "unrecognized arguments: y.toml"),
        ("run x.toml --set", "argument --set: expected one argument"),
        ("run x.toml -z", "unrecognized arguments: -z"),
        ("check", "check: expected a scenario, or --schema"),
    ],
)
def test_what_is_typed_wrong_is_told_in_a_line(
    words: str, said: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert refused(*words.split()) == 2
    out, wrong = capsys.readouterr()
    assert out == ""
    assert wrong.count("\n") == 1
    assert said in wrong
    assert os.listdir(here) == []


def test_a_name_cannot_write_on_the_terminal(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for words in (
        ["\x1b[2J"],
        ["run", "\x1b]0;x\x07.toml"],
        ["run", "x", "--\u202e"],
        ["check", str(SHORTEST), "--set", "\x9b"],
    ):
        assert refused(*words) == 2
        out, wrong = capsys.readouterr()
        assert out == ""
        assert wrong.rstrip("\n").isprintable(), wrong


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            "run shortest --set procedure.round=3",
            "--set: procedure.round: unknown key; expected a known one, the nearest is",
        ),
        (
            "run shortest --rule majorty",
            "--rule: 'majorty' is no rule; expected a known one, the nearest is 'majority'",
        ),
        ("run shortest --engine exat", "--engine: 'exat'; expected a known one, the nearest is 'exact'"),
        (
            "run shortest --replicates 0",
            "--replicates: 0 is out of range; expected a whole number from 1 to 10,000,000,000",
        ),
        (
            "run shortest --replicates 100000000000",
            "--replicates: 100000000000 is out of range; expected a whole number",
        ),
        ("run shortest --seed -1", "--seed: -1 is out of range; expected a whole number from 0 to"),
        ("check shortest --seed x", "--seed: 'x'; expected a whole number from 0 to"),
        (
            "trace shortest --proposal 1",
            "--proposal: '1' is neither a proposal's name nor a place from 0 to 0; expected",
        ),
        ("trace shortest --proposal -1", "--proposal: '-1' is neither"),
        ("trace shortest --replicate -1", "--replicate: '-1'; expected a whole number from 0 to 10^10"),
        ("trace shortest --replicate 1e3", "--replicate: '1e3'; expected a whole number from 0 to 10^10"),
        ("trace shortest --replicate 99999999999", "--replicate: '99999999999'; expected a whole number"),
    ],
)
def test_what_an_option_is_set_to(words: str, said: str, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert refused(*words.replace("shortest", str(SHORTEST)).split()) == 2
    out, wrong = capsys.readouterr()
    assert (out, wrong.count("\n")) == ("", 1)
    assert wrong.startswith(said)
    assert os.listdir(here) == []


def test_what_was_set_from_outside_is_told_beside_the_rest(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = SHORTEST.read_text(encoding="utf-8") + "apeal = 1.0\n"
    (here / "wrong.toml").write_text(text, encoding="utf-8")
    assert main(["run", "wrong.toml", "--set", "nonsense", "--set", "run.sede=1", "--seed", "1.5"]) == 2
    assert capsys.readouterr().err.splitlines() == [
        "--seed: 1.5; expected a whole number from 0 to 9,223,372,036,854,775,807",
        "--set: 'nonsense': is no assignment; expected KEY=VALUE, as in procedure.payment.value=1.5",
        "--set: run.sede: unknown key; expected a known one, the nearest is 'seed'",
        "wrong.toml:14: proposal.0.apeal: unknown key; expected a known one, the nearest is 'appeal'",
    ]


# -- status 0 ---------------------------------------------------------------------------------------------------------


def test_a_shipped_scenario_by_name_from_another_folder(here: Path) -> None:
    (here / "tokyo-raw-autonomy").mkdir()  # such as a folder of results, which is not meant
    done = command("run", "tokyo-raw-autonomy", "--json", *FEW, folder=here)
    assert (done.returncode, done.stderr) == (0, "")
    found = json.loads(done.stdout)
    assert found["scenario"]["file"] == "tokyo-raw-autonomy"
    assert (found["replicates"], found["proposals"][0]["members"]) == (50, 31)
    assert os.listdir(here) == ["tokyo-raw-autonomy"]


def test_check_is_silent_or_says_that_all_is_sound(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "tokyo-office-2023", str(SHORTEST), "--seed", "3", "--rule", "majority"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "tokyo-office-2023: sound: 31 members, 3 proposals, majority",
        f"{SHORTEST}: sound: 3 members, 1 proposal, majority",
    ]
    assert main(["check", "--quiet", "tokyo-office-2023"]) == 0
    assert capsys.readouterr() == ("", "")


def test_check_goes_on_after_a_file_that_is_wrong(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "nothing.toml", str(SHORTEST)]) == 2
    out, wrong = capsys.readouterr()
    assert ": sound: " in out
    assert wrong.startswith("nothing.toml:1: the file: there is no such file; expected ")


def test_the_schema_is_json(capsys: pytest.CaptureFixture[str]) -> None:
    def refuse(name: str) -> None:
        raise AssertionError(name)

    assert main(["check", "--schema"]) == 0
    schema = json.loads(capsys.readouterr().out, parse_constant=refuse)
    assert schema["additionalProperties"] is False


@pytest.mark.parametrize("name", ["one-member", "crlf", "bom", "everything", "no-drivers", "veto", "spreadsheet"])
def test_a_run_and_the_run_of_its_resolved_copy(name: str, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = SHORTEST.with_name(f"{name}.toml")
    assert main(["run", str(path), *FEW, "--json", "--out", "one"]) == 0
    first = json.loads(capsys.readouterr().out)
    assert sorted(os.listdir("one")) == ["members.csv", "result.json", "scenario.toml"]
    assert json.loads(Path("one/result.json").read_text(encoding="utf-8")) == first
    assert main(["one/scenario.toml", "--json"]) == 0
    again = json.loads(capsys.readouterr().out)
    assert again.pop("scenario")["title"] == first.pop("scenario")["title"]
    assert again == first


def test_the_digest_is_that_of_the_file(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from hashlib import sha256

    bom = SHORTEST.with_name("bom.toml")
    assert main(["run", str(bom), *FEW, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["scenario"]["sha256"] == sha256(bom.read_bytes()).hexdigest()


def test_draws_that_are_taken_back(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = str(SHORTEST.with_name("draws-taken-back.toml"))
    assert main(["run", path, "--json", *FEW]) == 0
    assert json.loads(capsys.readouterr().out)["draws"] == 1000
    assert main(["run", path, "--json", *FEW, "--set", "uncertainty.draws=0"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["draws"], found["effective_draws"], found["proposals"][0]["uncertainty"]) == (0, None, None)


def test_names_that_a_narrow_terminal_cannot_show(here: Path) -> None:
    narrow = os.environ | {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0", "LC_ALL": "C"}
    path = str(SHORTEST.with_name("spreadsheet.toml"))
    done = command("run", path, "--json", *FEW, folder=here, env=narrow)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["proposals"][0]["blame"][2]["name"] == "Cleo, of the café"
    done = command("trace", path, folder=here, env=narrow)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_file_whose_name_is_no_text(here: Path) -> None:
    name = os.fsdecode(b"caf\xe9.toml")
    (here / name).write_bytes(SHORTEST.read_bytes())
    done = command("run", name, *FEW, "--json", "--out", "one", folder=here)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout) == json.loads((here / "one" / "result.json").read_text(encoding="utf-8"))
    done = command("check", name, "--set", os.fsdecode(b"title=caf\xe9"), folder=here)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "--set: 'title=caf\\udce9': is not UTF-8; expected KEY=VALUE in UTF-8\n"


def test_a_reader_that_goes_away_is_no_error(here: Path) -> None:
    line = f"{shlex.join(RUN)} check --schema | head -c 1"
    done = subprocess.run(["bash", "-c", f"set -o pipefail; {line}"], cwd=here, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "{", "")


@pytest.mark.slow
def test_five_thousand_members_and_a_thousand_replicates(here: Path) -> None:
    """In under a minute and four gigabytes."""
    from random import Random

    chance = Random(1)
    columns = ["solidarity", "threat", "interest", "autonomy", "exposure", "burden", "venue"]
    rows = [f"M{n},Member {n}," + ",".join(f"{chance.random():.3f}" for _ in columns) for n in range(5000)]
    (here / "members.csv").write_text("\n".join([",".join(["id", "name", *columns]), *rows]), encoding="utf-8")
    text = re.sub(
        r"members = \[.*?^\]", 'members = "members.csv"', SHORTEST.read_text(encoding="utf-8"), flags=re.S | re.M
    )
    (here / "large.toml").write_text(text, encoding="utf-8")

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))

    def spent() -> float:
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        return used.ru_utime + used.ru_stime

    began = spent()
    done = command("large.toml", "--replicates", "1000", "--engine", "simulate", folder=here, preexec_fn=limited)
    assert (done.returncode, done.stderr) == (0, "")
    assert spent() - began < 60
