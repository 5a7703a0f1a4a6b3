"""Two thousand files made from valid ones by mishap: each accepted or refused with a message, and nothing else."""

import contextlib
import io
import os
import random
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import tomli_w
from alike import unlike

from sim.scenario.complaints import BadInput
from sim.scenario.load import load

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = [ROOT / "scenarios" / f"{name}.toml" for name in ("tokyo-office-2023", "security-council")]
SOUND = [*SHIPPED, *sorted((ROOT / "tests" / "cases" / "valid").glob("*.toml"))]
MEMBERS = {each.name: each.read_bytes() for each in ROOT.glob("tests/cases/valid/members/*.csv")}
MEMBERS |= {"nato-2023.csv": (ROOT / "scenarios" / "members" / "nato-2023.csv").read_bytes()}
NASTY = [
    "nan", "-inf", "1e999", "9" * 400, "9" * 5000, "0x" + "f" * 5000, "-1", "0", "1", "2", "0.0", "-0.0", "1e-320",
    "true", '""', '"x"', "'''", '"""', "[]", "{}", "[[]]", "{a.b=1}", "[" * 300, "1979-05-27", "07:32:00", "1_0",
    "0b1", "=", ".", ",", "#", "\\", "\r", "\0", "\x1b[2J", "\u202e", "\ufeff", "é", "e\u0301", "\U0001f600",
    "\n", "]]", "[[", "}", '"',
    "name", "members", "council", "proposal", "procedure", "rule", "consensus", "consensus-minus", "weighted", "k",
    "column", "id", "stake", "interest", "override", "__proto__", "None",
]  # fmt: skip
TOKEN = re.compile(r'"[^"\n]*"|[\w.-]+|[^\w\s]')
WORTH: list[Any] = [
    None, -1, 0, 1, 2, 10**12, 10**30, -(2**63), 0.0, 0.5, 1.5, -1e300, 1e-320, float("nan"), float("inf"), True,
    "", "x", "majority", "id", [], {}, [[]], [{}], {"a": 1}, {"name": "weighted"}, {"column": "interest"}, [1, "x"],
    ["x"] * 3, "\x07",
]  # fmt: skip


def bytes_changed(raw: bytes, chance: random.Random) -> bytes:
    changed = bytearray(raw)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(changed) or 1)
        match chance.randrange(4):
            case 0 if changed:
                changed[at] ^= 1 << chance.randrange(8)
            case 1:
                del changed[at : at + chance.choice((1, 1, 9, 200))]
            case 2:
                changed[at:at] = chance.randbytes(chance.randint(1, 4))
            case _:
                changed[at:at] = changed[at : at + 50]
    return bytes(changed)


def lines_changed(raw: bytes, chance: random.Random) -> bytes:
    lines = raw.split(b"\n")
    for _ in range(chance.randint(1, 3)):
        one, other = chance.randrange(len(lines)), chance.randrange(len(lines))
        match chance.randrange(4):
            case 0 if len(lines) > 1:
                del lines[one]
            case 1:
                lines.insert(other, lines[one])
            case 2:
                lines[one], lines[other] = lines[other], lines[one]
            case _:
                lines[one] += chance.choice((b"\r", b" ", b",", b"\t#", b"]", lines[other]))
        lines = lines or [b""]
    return b"\n".join(lines)


def tokens_changed(raw: bytes, chance: random.Random) -> bytes:
    text = raw.decode("utf-8-sig")
    for _ in range(chance.randint(1, 2)):
        found = list(TOKEN.finditer(text)) or list(TOKEN.finditer("x"))
        token = chance.choice(found)
        new = chance.choice(
            [chance.choice(NASTY), chance.choice(found)[0], token[0][:-1], token[0] * 2, token[0].upper()]
        )
        text = text[: token.start()] + new + text[token.end() :]
    return text.encode(errors="surrogatepass")


def values_changed(raw: bytes, chance: random.Random) -> bytes:
    document = tomllib.loads(raw.decode("utf-8-sig").replace("\r\n", "\n"))
    for _ in range(chance.randint(1, 2)):
        holder, key = chance.choice(list(places(document)))
        if isinstance(holder, dict) and chance.random() < 0.2:
            holder[chance.choice(NASTY[-20:])] = holder.pop(key)
        elif chance.random() < 0.15:
            del holder[key]
        else:
            holder[key] = deepcopy(chance.choice(WORTH))
    return tomli_w.dumps(without_none(document)).encode()


def places(part: Any) -> Any:
    for key, each in list(part.items() if isinstance(part, dict) else enumerate(part)):
        yield part, key
        if isinstance(each, dict | list):
            yield from places(each)


def without_none(part: Any) -> Any:
    if isinstance(part, dict):
        return {key: without_none(each) for key, each in part.items() if each is not None}
    return [without_none(each) for each in part if each is not None] if isinstance(part, list) else part


CHANGES: list[Callable[[bytes, random.Random], bytes]] = [bytes_changed, lines_changed, tokens_changed, values_changed]


def mutant(number: int, folder: Path) -> Path:
    """Mutant number …: a scenario changed, or a file that it names."""
    chance = random.Random(number)
    path = chance.choice(SOUND)
    raw = path.read_bytes()
    named = re.search(rb'(?:members|ties) = "members/([\w-]+\.csv)"', raw)
    change = CHANGES[number % len(CHANGES)]
    if named and chance.random() < 0.4 and change is not values_changed:
        name = named[1].decode()
        (folder / "members" / f"{number}.csv").write_bytes(change(MEMBERS[name], chance))
        raw = raw.replace(named[1], f"{number}.csv".encode())
    else:
        raw = change(raw, chance)
    found = folder / f"mutant-{number}.toml"
    found.write_bytes(raw)
    return found


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("mutants")
    (folder / "members").mkdir()
    for name, raw in MEMBERS.items():
        (folder / "members" / name).write_bytes(raw)
    return folder


BATCH = 250


@pytest.mark.parametrize("start", range(0, 2000, BATCH))
def test_accepted_or_refused(start: int, folder: Path) -> None:
    accepted = 0
    for number in range(start, start + BATCH):
        path = mutant(number, folder)
        try:
            scenario = load(str(path))
        except BadInput as wrong:
            text = wrong.text()
            assert 0 < len(text) < 5000, number
            assert text.count("\n") <= 20, number
            assert all(line.isprintable() for line in text.split("\n")), number
            path.unlink()
            continue
        except Exception as error:
            raise AssertionError(f"mutant {number}") from error
        accepted += 1
        again = folder / f"again-{number}.toml"
        again.write_text(tomli_w.dumps(scenario.resolved), encoding="utf-8")
        assert unlike(scenario, load(str(again))) == [], number
    assert BATCH // 20 < accepted < BATCH // 2  # neither all harmless nor all broken


def outcome(paths: list[Path], folder: Path) -> tuple[int, str, str]:
    from sim.cli import main

    out, wrong = io.StringIO(), io.StringIO()
    with contextlib.chdir(folder), contextlib.redirect_stdout(out), contextlib.redirect_stderr(wrong):
        status = main(["check", *(each.name for each in paths)])
    return status, out.getvalue(), wrong.getvalue()


def test_fifty_through_the_command(folder: Path) -> None:
    paths = [mutant(number, folder) for number in range(50)]
    before = sorted(os.listdir(folder))
    command = [sys.executable, str(ROOT / "run.py"), "check", *(each.name for each in paths)]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, encoding="utf-8", timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == outcome(paths, folder)
    assert "Traceback" not in done.stderr
    assert sorted(os.listdir(folder)) == before


@pytest.mark.slow
def test_fifty_runs_one_by_one(folder: Path, tmp_path: Path) -> None:
    """The real thing, each in a process of its own: what is refused writes nothing, what is accepted is computed."""
    for number in range(50):
        path = mutant(number, folder)
        more = ["--engine", "simulate", "--replicates", "20", "--out", str(tmp_path / str(number)), "--json"]
        command = [sys.executable, str(ROOT / "run.py"), "run", str(path), *more]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, encoding="utf-8", timeout=60)
        assert done.returncode in (0, 2), (number, done.stderr)
        assert "Traceback" not in done.stderr
        assert (tmp_path / str(number)).exists() == (done.returncode == 0)
