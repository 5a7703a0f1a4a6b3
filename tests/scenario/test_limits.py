"""What is too large, too deep, or no file at all: refused in a line or some, under two seconds, in little memory."""

import os
import resource
from pathlib import Path
from time import process_time

import pytest

from sim.scenario.complaints import BadInput
from sim.scenario.load import Setting, load

HEAD = 'title = "Large"\nquestion = "?"\nsources = ["illustrative"]\n'
TEXT = '\n[[proposal]]\nname = "The text"\n'
SHORTEST = f'{HEAD}[council]\nmembers = [{{ id = "ANN" }}]\n{TEXT}'


def refused(path: Path, *settings: Setting) -> str:
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, process_time()
    with pytest.raises(BadInput) as caught:
        load(str(path), settings)
    assert process_time() - began < 2
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 500_000  # kB
    text = caught.value.text()
    assert text.count("\n") <= 20
    assert len(text) < 5000
    return text.replace(f"{path.parent}/", "")


def written(folder: Path, text: str, name: str = "large.toml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def with_members(folder: Path, rows: str) -> Path:
    written(folder, rows, "members.csv")
    return written(folder, f'{HEAD}[council]\nmembers = "members.csv"\n{TEXT}')


def sparse(path: Path, size: int) -> Path:
    with path.open("wb") as file:
        file.truncate(size)
    return path


def test_what_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.toml")
    (tmp_path / "loop.toml").symlink_to("loop.toml")
    (tmp_path / "folder.toml").mkdir()
    said = {
        "missing.toml": "there is no such file; expected a scenario file",
        "folder.toml": "a folder, not a file; expected ",
        "pipe.toml": "not a regular file; expected ",
        "loop.toml": "cannot be read: Too many levels of symbolic links; expected ",
        "shortest.toml/inside.toml": "cannot be read: Not a directory; expected ",
        "x" * 300 + ".toml": "cannot be read: File name too long; expected ",
        "nul\0.toml": "cannot be read: ",
    }
    written(tmp_path, SHORTEST, "shortest.toml")
    for name, words in said.items():
        assert words in refused(tmp_path / name)
    for device in ("/dev/zero", "/dev/null", "/dev/tty"):
        if Path(device).exists():
            assert refused(Path(device)).startswith(f"{Path(device).name}:1: the file: not a regular file; expected")


def test_a_file_without_an_end(tmp_path: Path) -> None:
    endless = Path("/proc/kcore")
    if endless.exists():
        assert ":1: the file: " in refused(endless)


@pytest.mark.parametrize("size", [(16 << 20) + 1, 2 << 30])
def test_a_file_of_too_many_bytes(size: int, tmp_path: Path) -> None:
    path = sparse(tmp_path / "large.toml", size)
    assert refused(path).startswith("large.toml:1: the file: more than 16 MB; expected ")
    sparse(tmp_path / "members.csv", size)
    scenario = written(tmp_path, f'{HEAD}[council]\nmembers = "members.csv"\n{TEXT}')
    assert ":5: council.members: " in refused(scenario)
    assert "members.csv': more than 16 MB; expected a CSV file" in refused(scenario)


def test_sixteen_megabytes_are_read(tmp_path: Path) -> None:
    path = written(tmp_path, SHORTEST + "#" * ((16 << 20) - len(SHORTEST)))
    assert load(str(path)).title == "Large"


def test_five_thousand_members_and_one_more(tmp_path: Path) -> None:
    rows = ["id,name,interest", *(f"M{n},Member {n},0.5" for n in range(5001))]
    inline = "".join(f'{{ id = "M{n}", interest = 0.5 }},\n' for n in range(5001))
    most = with_members(tmp_path, "\n".join(rows[:5001]))
    assert load(str(most)).questions[0].case.council.size == 5000
    written(tmp_path, "\n".join(rows), "members.csv")
    assert refused(most) == "members.csv:5002: id: too many members; expected at most 5,000"
    listed = written(tmp_path, f"{HEAD}[council]\nmembers = [\n{inline}]\n{TEXT}")
    assert refused(listed) == "large.toml:5006: council.members.5000.id: too many members; expected at most 5,000"


def test_a_members_file_full_of_errors(tmp_path: Path) -> None:
    columns = [f"c{n}" for n in range(40)]
    rows = [f"M{n},Member {n}," + ",".join(["x"] * 40) for n in range(5000)]
    text = refused(with_members(tmp_path, "\n".join([",".join(["id", "name", *columns]), *rows])))
    assert text.endswith("\nand 199980 more")


def with_ties(folder: Path, ties: str) -> Path:
    written(folder, ties, "ties.csv")
    written(folder, "\n".join(["id,name", *(f"{n},Member {n}" for n in range(5000))]), "members.csv")
    head = f'{HEAD}[interaction]\nties = "ties.csv"\n[council]\nmembers = "members.csv"\n'
    return written(folder, head + TEXT)


def test_a_file_of_ties_of_too_many_bytes(tmp_path: Path) -> None:
    path = with_ties(tmp_path, "")
    sparse(tmp_path / "ties.csv", (16 << 20) + 1)
    assert ":5: interaction.ties: 'ties.csv': more than 16 MB; expected a CSV file" in refused(path)


@pytest.mark.parametrize("row", ["x{n},y,z\n", "1,2,{n}\n", "{n},1\n"])
def test_a_file_of_ties_full_of_errors(row: str, tmp_path: Path) -> None:
    text = refused(with_ties(tmp_path, "from,to,weight\n" + "".join(row.format(n=n) for n in range(500_000))))
    assert 99_000 < int(text.rpartition("and ")[2].removesuffix(" more")) < 101_000  # it is not read to its end


@pytest.mark.parametrize("header", ["," * (1 << 23), "a," * (1 << 22), "x" * (1 << 20), "from," * (1 << 21)])
def test_a_file_of_ties_with_a_monstrous_header(header: str, tmp_path: Path) -> None:
    assert "ties.csv:1: " in refused(with_ties(tmp_path, f"{header}\n1,2,3\n"))


def test_a_long_table_of_ties(tmp_path: Path) -> None:
    rows = "".join(f"{n % 1000},{1000 + n // 1000},1\n" for n in range(100_000))
    path = with_ties(tmp_path, f"from,to,weight\n{rows}")
    assert len(load(str(path)).resolved["interaction"]["ties"]) == 100_000
    written(tmp_path, f"from,to,weight\n{rows}7,1007,2", "ties.csv")
    said = "ties.csv:100002: to: '7' listens to '1007' already, in line 7009; expected every pair once"
    assert refused(path) == said


def test_five_thousand_unknown_members_in_every_place(tmp_path: Path) -> None:
    rows = "\n".join(["id,name", *(f"Member {n:04},x" for n in range(5000))])
    wrong = [f"Membre {n:04}" for n in range(5000)]
    overrides = "".join(f'[council.override."{each}"]\nstake = 0.5\n' for each in wrong)
    grievance = ", ".join(f'"{each}" = 1.0' for each in wrong)
    path = with_members(tmp_path, rows)
    only = ", ".join(f'"{each}"' for each in wrong)
    head = f'{HEAD}[council]\nmembers = "members.csv"\nonly = [{only}]\nwithout = [{only}]\n'
    path.write_text(f"{head}{overrides}{TEXT}grievance = {{ {grievance} }}\n", encoding="utf-8")
    text = refused(path)
    assert text.endswith("\nand 19980 more")
    assert "the nearest is 'Member 0" in text


def test_long_names_and_long_values(tmp_path: Path) -> None:
    key, value = "k" * 100_000, "v" * 100_000
    text = refused(written(tmp_path, f'{SHORTEST}{key} = 1\nreasons = {{ {key} = "{value}" }}\n'))
    assert len(text) < 2000


@pytest.mark.parametrize("opening", ["[", "{a=", "[{a="])
def test_twenty_thousand_brackets(opening: str, tmp_path: Path) -> None:
    text = refused(written(tmp_path, f"{SHORTEST}appeal = {opening * 20_000}"))
    assert text.startswith("large.toml:9: column ")
    assert text.endswith(": nested too deeply; expected TOML")


def test_a_path_of_many_parts(tmp_path: Path) -> None:
    path = written(tmp_path, SHORTEST)
    deep = ".".join("a" * 5000)
    assert refused(path, Setting(deep, 1)).startswith(f"--set: {deep[:50]}")
    text = refused(written(tmp_path, f"{SHORTEST}{deep} = 1\n"))
    assert "proposal.0.a: unknown key; expected " in text


@pytest.mark.parametrize(("replicates", "accepted"), [(0, False), (1, True), (10**10, True), (10**11, False)])
def test_replicates(replicates: int, accepted: bool, tmp_path: Path) -> None:
    path = written(tmp_path, f"{SHORTEST}[run]\nreplicates = {replicates}\n")
    if accepted:
        assert load(str(path)).replicates == replicates
    else:
        assert "expected a whole number from 1 to 10,000,000,000" in refused(path)
