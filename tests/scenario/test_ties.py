"""Who listens to whom: a file and a list say the same, in any order of columns, and only among those who are seated."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tomli_w
from alike import differences
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.scenario.complaints import BadInput
from sim.scenario.load import Scenario, Setting, load
from sim.scenario.numbers import Numbers, limits

IDS = ("ANN", "BEN", "CLEO", "DORA")
DOCUMENT: dict[str, Any] = {
    "title": "A council that listens",
    "question": "?",
    "sources": ["illustrative"],
    "council": {"members": [{"id": each, "interest": (3 - n) / 4} for n, each in enumerate(IDS)]},
    "proposal": [{"name": "One"}, {"name": "Two", "procedure": {"rounds": 3}}],
}
PAIRS = {("ANN", "BEN"): 1.0, ("BEN", "ANN"): 0.5, ("CLEO", "DORA"): 2.0, ("DORA", "ANN"): 0.25}
FULL = [[0, 1, 0, 0], [0.5, 0, 0, 0], [0, 0, 0, 2], [0.25, 0, 0, 0]]


def tables(pairs: dict[tuple[str, str], float]) -> list[dict[str, Any]]:
    return [{"from": one, "to": other, "weight": weight} for (one, other), weight in pairs.items()]


def written(folder: Path, interaction: dict[str, Any], more: dict[str, Any] | None = None) -> str:
    path = folder / "council.toml"
    path.write_text(tomli_w.dumps({**DOCUMENT, "interaction": interaction, **(more or {})}), encoding="utf-8")
    return str(path)


def matrix(scenario: Scenario) -> Any:
    """The ties, the same for all proposals."""
    first, *others = (each.case.interaction.ties for each in scenario.questions)
    assert all(each is first or np.array_equal(each, first) for each in others)
    return None if first is None else first.tolist()


def refused(path: str, *settings: Setting) -> list[str]:
    with pytest.raises(BadInput) as caught:
        load(path, settings)
    return caught.value.complaints


def test_rows_listen_and_columns_are_heard(tmp_path: Path) -> None:
    scenario = load(written(tmp_path, {"heed": 0.5, "hide": 0.25, "ties": tables(PAIRS)}))
    assert matrix(scenario) == FULL
    assert {(each.case.interaction.heed, each.case.interaction.hide) for each in scenario.questions} == {(0.5, 0.25)}


def test_without_a_table_everybody_listens_to_everybody(tmp_path: Path) -> None:
    assert matrix(load(written(tmp_path, {"heed": 0.5}))) is None
    assert matrix(load(written(tmp_path, {"heed": 0.5, "ties": []}))) == np.zeros((4, 4)).tolist()


@pytest.mark.parametrize(
    ("council", "kept"),
    [
        ({"only": ["DORA", "ANN"]}, (0, 3)),
        ({"without": ["BEN"]}, (0, 2, 3)),
        ({"order": "interest", "first": 3}, (1, 2, 3)),
        ({"first": 1}, (0,)),
    ],
)
def test_only_those_who_are_seated_are_heard(council: dict[str, Any], kept: tuple[int, ...], tmp_path: Path) -> None:
    more = {"council": {**DOCUMENT["council"], **council}}
    scenario = load(written(tmp_path, {"ties": tables(PAIRS)}, more))
    assert scenario.questions[0].case.council.ids == tuple(IDS[i] for i in kept)
    assert matrix(scenario) == np.array(FULL)[np.ix_(kept, kept)].tolist()
    assert scenario.resolved["interaction"]["ties"] == tables(PAIRS)


names = st.sampled_from(IDS)
some_ties = st.dictionaries(
    st.tuples(names, names).filter(lambda pair: pair[0] != pair[1]), st.floats(0, 1e9) | st.just(5e-324)
)


@settings(max_examples=60)
@given(pairs=some_ties, order=st.permutations(("from", "to", "weight")), mark=st.booleans(), end=st.booleans())
def test_a_file_says_what_a_list_says(
    pairs: dict[tuple[str, str], float],
    order: list[str],
    mark: bool,
    end: bool,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("ties")
    listed = load(written(folder, {"ties": tables(pairs)}))
    rows = [order, *([str(row[key]) for key in order] for row in tables(pairs))]
    text = ("\r\n" if end else "\n").join(map(",".join, rows))
    (folder / "ties.csv").write_bytes(text.encode("utf-8-sig" if mark else "utf-8"))
    filed = load(written(folder, {"ties": "ties.csv"}))
    assert differences(listed.questions, filed.questions) == []
    assert listed.resolved == filed.resolved
    expected = np.zeros((4, 4))
    for (one, other), weight in pairs.items():
        expected[IDS.index(one), IDS.index(other)] = weight
    assert np.array_equal(listed.questions[0].case.interaction.ties, expected)


def test_ids_are_the_same_in_other_spellings_of_their_accents(tmp_path: Path) -> None:
    more = {"council": {"members": [{"id": "\u00c9VE"}, {"id": "ANN"}]}}
    ties = tables({("E\u0301VE", " ANN "): 1.0})
    assert matrix(load(written(tmp_path, {"ties": ties}, more))) == [[0, 1], [0, 0]]


# -- set from outside -------------------------------------------------------------------------------------------------


def test_another_file_is_relative_to_the_scenario(tmp_path: Path) -> None:
    path = written(tmp_path, {"ties": tables(PAIRS)})
    (tmp_path / "other.csv").write_text("from,to,weight\nDORA,CLEO,3\n", encoding="utf-8")
    found = matrix(load(path, [Setting("interaction.ties", "other.csv")]))
    assert found[3] == [0, 0, 3, 0]
    assert np.sum(found) == 3
    assert matrix(load(path, [Setting("interaction.ties.0.weight", 7)]))[0] == [0, 7, 0, 0]
    (said,) = refused(path, Setting("interaction.ties", "another.csv"))
    assert said.startswith("--set: interaction.ties: 'another.csv': there is no such file; expected ")


def test_a_file_that_is_changed_is_read_anew(tmp_path: Path) -> None:
    path = written(tmp_path, {"ties": "ties.csv"})
    for weight in (1.0, 2.0):
        (tmp_path / "ties.csv").write_text(f"from,to,weight\nANN,BEN,{weight}\n", encoding="utf-8")
        assert matrix(load(path))[0] == [0, weight, 0, 0]


def test_other_members_need_other_ties(tmp_path: Path) -> None:
    path = written(tmp_path, {"ties": tables({("ANN", "BEN"): 1.0})})
    (tmp_path / "other.csv").write_text("id,name,interest\nEMIL,Emil,0.5\nBEN,Ben,0.5\n", encoding="utf-8")
    members = Setting("council.members", "other.csv")
    (said,) = refused(path, members)
    assert "interaction.ties.0.from: 'ANN' is no member of this council; expected one of: BEN, EMIL" in said
    ties = Setting("interaction.ties", [{"from": "EMIL", "to": "BEN", "weight": 1}])
    assert matrix(load(path, [members, ties])) == [[0, 1], [0, 0]]


def test_ties_of_other_members_are_not_believed_of_the_world_in_which_something_was_observed(tmp_path: Path) -> None:
    more = {"observed": [{"proposal": "One", "adopted": True}], "uncertainty": {"draws": 3}}
    path = written(tmp_path, {"heed": 0.5, "ties": tables(PAIRS)}, more)
    (tmp_path / "other.csv").write_text("id,name,interest\nEMIL,Emil,0.5\nBEN,Ben,0.5\n", encoding="utf-8")
    ties = Setting("interaction.ties", [{"from": "EMIL", "to": "BEN", "weight": 1}])
    other = [Setting("council.members", "other.csv"), ties, Setting("interaction.heed", 0.125)]
    actual = load(path, other).actual
    assert actual is not None
    assert actual.altered
    room = actual.seating.questions()[0].case.interaction
    assert (room.heed, room.ties is not None and room.ties.tolist()) == (0.125, FULL)


# -- many at once -----------------------------------------------------------------------------------------------------


def test_heed_and_hide_may_be_many_at_once(tmp_path: Path) -> None:
    for key in ("heed", "hide"):
        assert limits(("interaction", key)) == (0.0, 1.0)
    assert limits(("interaction", "ties")) is None
    assert limits(("interaction", "ties", 0, "weight")) is None
    scenario = load(written(tmp_path, {"ties": tables(PAIRS)}))
    heed, hide = np.array([[0.0], [0.5]]), np.array([0.0, 0.25, 1.0])
    for each in scenario.seating.questions(Numbers({("interaction", "heed"): heed, ("interaction", "hide"): hide})):
        assert each.case.shape == (2, 3)
        one = each.case.at((1, 2)).interaction
        assert (one.heed, one.hide, one.ties.tolist() if one.ties is not None else None) == (0.5, 1.0, FULL)


def test_heed_is_uncertain_unless_it_is_set(tmp_path: Path) -> None:
    more = {"uncertainty": {"draws": 5, "parameters": {"interaction.heed": {"sd": 0.2}}}}
    path = written(tmp_path, {"heed": 0.5}, more)
    (spread,) = load(path).spreads.numbers
    assert (spread.targets, spread.deviation) == (((("interaction", "heed"), 0.5),), 0.2)
    fixed = load(path, [Setting("interaction.heed", 0.75)])
    assert fixed.spreads.numbers == ()
    assert fixed.resolved["uncertainty"]["fixed"] == ["interaction.heed"]


@pytest.mark.parametrize("key", ["interaction.ties", "interaction.ties.0.weight", "interaction.heeds", "interaction"])
def test_what_cannot_be_drawn(key: str, tmp_path: Path) -> None:
    more = {"uncertainty": {"draws": 5, "parameters": {key: {"sd": 0.2}}}}
    (said,) = refused(written(tmp_path, {"ties": tables(PAIRS)}, more))
    assert ": leads to no number that can be drawn; expected a path like " in said


def test_everything_wrong_is_said_at_once(tmp_path: Path) -> None:
    (tmp_path / "ties.csv").write_text("from,to,weight\nANN,BENN,1\nANN,BEN,-1\n", encoding="utf-8")
    more = {"council": {**DOCUMENT["council"], "only": ["ANNE"]}}
    said = refused(written(tmp_path, {"heed": 2, "ties": "ties.csv"}, more))
    keys = ("council.only.0: 'ANNE'", "interaction.heed: 2 is", ":2: to: 'BENN'", ":3: weight: '-1'")
    assert len(said) == len(keys)
    assert all(any(key in each for each in said) for key in keys)
