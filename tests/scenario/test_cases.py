"""tests/cases, file by file: a valid one is accepted; an invalid one gets the answer that stands beside it, exactly.

A first line `# with: …` holds what is added to the command. `python tests/scenario/test_cases.py` writes the answers
as they are now.
"""

import contextlib
import io
import os
import re
import shlex
from pathlib import Path
from time import process_time

import pytest

CASES = Path(__file__).resolve().parents[1] / "cases"
VALID, INVALID = (sorted((CASES / kind).glob("*.toml")) for kind in ("valid", "invalid"))
OPTION = r"(--set: .+|--(rule|engine|replicates|seed)(\.\w+)?)"
ANSWER = re.compile(rf"([^:]+:\d+: .+|{OPTION}): .+; expected .+|and \d+ more")


def checked(path: Path) -> tuple[int, str, str]:
    """Exit status, output and errors of `check`, in the case's own folder."""
    from sim.cli import main

    first = path.read_bytes().partition(b"\n")[0].decode(errors="replace")
    more = shlex.split(first.removeprefix("# with: ")) if first.startswith("# with: ") else []
    with (
        contextlib.chdir(path.parent),
        contextlib.redirect_stdout(io.StringIO()) as said,
        contextlib.redirect_stderr(io.StringIO()) as wrong,
    ):
        status = main(["check", path.name, *more])
    return status, said.getvalue(), wrong.getvalue()


def answer(path: Path) -> Path:
    return path.with_suffix(".expected")


@pytest.mark.parametrize("path", VALID, ids=lambda path: path.stem)
def test_accepted(path: Path) -> None:
    status, said, wrong = checked(path)
    assert (status, wrong) == (0, "")
    assert said.startswith(f"{path.name}: sound: ")


@pytest.mark.parametrize("path", INVALID, ids=lambda path: path.stem)
def test_refused(path: Path) -> None:
    before, began = sorted(os.listdir(path.parent)), process_time()
    status, said, wrong = checked(path)
    assert process_time() - began < 2
    assert (status, said) == (2, "")
    assert wrong == answer(path).read_text(encoding="utf-8")
    assert sorted(os.listdir(path.parent)) == before


@pytest.mark.parametrize("path", INVALID, ids=lambda path: path.stem)
def test_an_answer_says_where_what_is_wrong_and_what_was_expected(path: Path) -> None:
    text = answer(path).read_text(encoding="utf-8")
    lines = text.splitlines()
    assert text.endswith("\n")
    assert 1 <= len(lines) <= 21
    assert len(text) < 5000
    for line in lines:
        assert ANSWER.fullmatch(line), line
        assert line.isprintable()


def test_no_answer_is_left_over() -> None:
    assert {each.stem for each in (CASES / "invalid").glob("*.expected")} == {each.stem for each in INVALID}


if __name__ == "__main__":
    for each in INVALID:
        answer(each).write_text(checked(each)[2], encoding="utf-8")
