"""SOURCES.md beside a members file: what ships is taken apart, and what anybody may have written does no harm."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.scenario.load import load
from sim.scenario.sources import NAME, ColumnSource, members_path, parsed, sources

MEMBERS = Path(__file__).parents[2] / "scenarios" / "members" / "nato-2023.csv"
TEXT = """# Where it comes from

## The columns

### Coal and steel, `wine`
Measures *what is made*, in **tons**.

* Formula: tons / people.
  As published [see below](#there).
* Year: 1957.
* Sources: A1; A2, B3c.
* Weak: old.

### both
Measures two things.

* Formula: wine × steel
* Years, sources and weaknesses: those of both.

## There

| id | source | terms |
|---|---|---|
| A1, A2 | Yearbook **1958** | free |
"""


def test_what_ships_says_all_of_every_trait() -> None:
    found = sources(MEMBERS)
    for column in MEMBERS.read_text(encoding="utf-8").splitlines()[0].split(",")[2:]:
        if not column.endswith("_sd") and column != "population":
            told = found[column]
            assert told.measures
            assert told.measures.startswith("Measures ")
            assert told.formula
            assert told.years
            assert told.sources
            assert told.weak
            assert all(each.partition(": ")[2] for each in told.sources), column  # each number is expanded
    assert found["population"].sources[0].startswith("S8: World Bank")
    assert found["strategic_autonomy"].missing


def test_columns_made_of_others_have_their_sources() -> None:
    found = sources(MEMBERS)
    both = {*found["strategic_autonomy"].sources, *found["us_dependence"].sources}
    assert both == set(found["effective_autonomy"].sources)
    assert {*found["capability"].sources} < {*found["eu_venue"].sources}


def test_another_text_is_taken_apart_too() -> None:
    found = parsed(TEXT)
    steel = found["steel"]
    assert found["Coal"].sources == steel.sources == ("A1: Yearbook 1958", "A2: Yearbook 1958", "B3c")
    assert steel.measures == "Measures *what is made*, in tons."
    assert steel.formula == "tons / people. As published see below."
    assert (steel.years, steel.weak, steel.missing) == ("1957.", "old.", None)
    assert found["both"].sources == steel.sources
    assert found["both"].weak == "those of both."


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe\x00", b"nothing here", b"## \n### x\n", b"a\x00b", b"* Formula: 1\n"]
)
def test_anything_else_gives_what_it_can(content: bytes, tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(content)
    assert set(sources(tmp_path / "members.csv")) <= {"x"}


def test_no_file_a_folder_or_members_in_place_give_nothing(tmp_path: Path) -> None:
    assert sources(tmp_path / "members.csv") == {}
    (tmp_path / NAME).mkdir()
    assert sources(tmp_path / "members.csv") == {}
    assert members_path(load("security-council")) is None
    assert sources(None) == {}
    where = members_path(load("tokyo-office-2023"))
    assert where is not None
    assert where.samefile(MEMBERS)


@given(st.text(alphabet="#*|-: \nS12[](),`those of", max_size=300))
def test_no_text_raises(text: str) -> None:
    assert all(isinstance(each, ColumnSource) for each in parsed(text).values())


def test_long_lines_and_rings_end() -> None:
    assert parsed("### a\n* Sources: those of b\n### b\n* Sources: those of a, S1\n| S1 | it | |")["a"].sources == (
        "S1: it",
    )
    parsed("### " + " " * 100_000 + "x\n" + "[" * 100_000 + "\n* A" + "a" * 100_000)
