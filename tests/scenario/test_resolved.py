"""The resolved copy of a scenario reads back to the same cases, and is its own resolved copy."""

import shlex
from pathlib import Path
from typing import Any

import pytest
import tomli_w
from alike import unlike
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.scenario.complaints import BadInput
from sim.scenario.load import Scenario, Setting, load
from sim.scenario.paths import assignment

ROOT = Path(__file__).resolve().parents[2]
FILES = [*sorted((ROOT / "scenarios").glob("*.toml")), *sorted((ROOT / "tests" / "cases" / "valid").glob("*.toml"))]


def read_back(scenario: Scenario, folder: Path) -> Scenario:
    path = folder / "resolved.toml"
    path.write_text(tomli_w.dumps(scenario.resolved), encoding="utf-8")
    return load(str(path))


def settings_of(path: Path) -> list[Setting]:
    first = path.read_text(encoding="utf-8-sig").partition("\n")[0]
    words = shlex.split(first.removeprefix("# with: ")) if first.startswith("# with: ") else []
    return [Setting(*assignment(each)) for each in words if each != "--set"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_reads_back_to_the_same(path: Path, tmp_path: Path) -> None:
    scenario = load(str(path), settings_of(path))
    assert unlike(scenario, read_back(scenario, tmp_path)) == []


def test_settings_are_in_the_resolved_copy(tmp_path: Path) -> None:
    words = ["members.FRA.autonomy=0.4", "procedure.rule.k=2", "proposal.appeal=2.5", "weights.venue=0", "run.seed=7"]
    changed = [Setting("procedure.rule", "consensus-minus"), *(Setting(*assignment(each)) for each in words)]
    scenario = load("tokyo-office-2023", changed)
    again = read_back(scenario, tmp_path)
    assert [each for each in unlike(scenario, again) if not each.startswith("actual")] == []  # the world as it was
    case = again.questions[2].case
    assert (case.rule.label, float(case.proposal.appeal), again.seed) == ("consensus-minus-2", 2.5, 7)
    assert case.council.traits[3, case.council.index("FRA")] == 0.4


def test_a_setting_still_bites_on_a_resolved_copy(tmp_path: Path) -> None:
    read_back(load("tokyo-office-2023"), tmp_path)
    again = load(str(tmp_path / "resolved.toml"), [Setting("procedure.isolation", 1.0), Setting("weights.size", 2.0)])
    assert {float(each.case.procedure.isolation) for each in again.questions} == {1.0}
    assert {float(w) for each in again.questions for w in each.case.weights} == {2.0}


def test_ties_stand_in_the_resolved_copy_and_the_file_is_needed_no_more(tmp_path: Path) -> None:
    cases = ROOT / "tests" / "cases" / "valid"
    scenario = load(str(cases / "ties-spreadsheet.toml"))
    assert scenario.resolved["interaction"]["ties"] == [
        {"from": "ANN", "to": "BEN", "weight": 1.0},
        {"from": "BEN", "to": "ANN", "weight": 0.5},
        {"from": "BEN", "to": "CLEO", "weight": 1e9},  # CLEO is not seated
    ]
    again = read_back(scenario, tmp_path)
    assert unlike(scenario, again) == []
    assert again.resolved == scenario.resolved
    assert load(str(cases / "ties-none.toml")).resolved["interaction"]["ties"] == []
    assert "ties" not in load(str(cases / "shortest.toml")).resolved["interaction"]


# -- random scenarios -------------------------------------------------------------------------------------------------

numbers = st.floats(0, 1) | st.sampled_from([0, 1, 0.1, 5e-324, 1 - 2**-53])
columns = ("c1", "c2", "stake", "independence", "attention")
drivers = ("b1", "b2", "k1")


def some(keys: tuple[str, ...], values: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.dictionaries(st.sampled_from(keys), values, max_size=len(keys))


positive = st.floats(1e-300, 1)
member = st.fixed_dictionaries(
    {},
    optional={
        "c1": numbers,
        "c2": numbers,
        "b1": numbers,
        "k1": numbers,
        "stake": positive,
        "independence": numbers,
        "attention": positive,
        "veto": st.booleans() | st.sampled_from([0, 1]),
        "never_objects": st.booleans(),
    },
)
rules = st.sampled_from(
    [
        "consensus",
        "unanimity",
        "majority",
        {"name": "consensus-minus", "k": 0},
        {"name": "super-majority", "share": 0.55},
        {"name": "weighted", "column": "population", "quota": 1},
        {"name": "double-majority", "members": 0.5, "acquiescence": True},
        "double-majority",
        {"name": "security-council", "votes": 1},
    ]
)
spec = st.sampled_from(columns[:2]) | st.fixed_dictionaries(
    {"column": st.sampled_from(columns[:2])}, optional={"invert": st.booleans(), "divide_by": st.floats(0.1, 2)}
)
utils = st.floats(-1e9, 1e9)
procedures = st.fixed_dictionaries(
    {},
    optional={
        "rule": rules,
        "rounds": st.integers(1, 60),
        "isolation": st.floats(0, 1e9),
        "withdraw_above": st.integers(1, 10),
        "silence_hours": st.just(float("inf")) | st.floats(0, 1e300),
        "attention": positive,
        "dilution": st.fixed_dictionaries({}, optional={"step": numbers, "first_round": st.integers(1, 9)}),
        "payment": st.fixed_dictionaries({}, optional={"value": st.floats(0, 9), "members": st.integers(0, 9)}),
    },
)
texts = st.fixed_dictionaries(
    {},
    optional={
        "appeal": utils,
        "loadings": some(drivers, numbers),
        "reasons": some(drivers, st.text(min_size=1, max_size=9)),
        "grievance": some(("A.0", "É 1"), utils),
        "procedure": procedures,
    },
)


def watching(ids: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    """How members watch the room, and whom they hear: some pairs, seated or not."""
    pairs = st.tuples(st.sampled_from(ids), st.sampled_from(ids)).filter(lambda pair: pair[0] != pair[1])
    weights = st.floats(0, 1e9) | st.integers(0, 10**9)
    ties = st.dictionaries(pairs, weights, max_size=9).map(
        lambda found: [{"from": one, "to": other, "weight": weight} for (one, other), weight in found.items()]
    )
    return st.fixed_dictionaries({}, optional={"heed": numbers, "hide": numbers, "ties": ties})


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    ids = ["A.0", "É 1", *(f"M{n}" for n in range(draw(st.integers(0, 4))))]
    shared = {"population": st.integers(1, 10**12)}
    members = [
        {"id": each, "c1": 0.5, "c2": 0.25, **draw(member), **draw(st.fixed_dictionaries(shared))} for each in ids
    ]
    found: dict[str, Any] = {
        "title": draw(st.text(min_size=1, max_size=20)),
        "question": "?",
        "sources": ["illustrative"],
        "drivers": {"benefits": ["b1", "b2"], "costs": ["k1"]},
        "council": {
            "members": members,
            "without": draw(st.lists(st.sampled_from(ids), max_size=1)),
            "override": draw(some(tuple(ids), some((*drivers, "stake"), positive))),
        },
        "traits": draw(some((*drivers, "independence"), spec)),
        "weights": draw(some(("size", *drivers), st.floats(0, 1e9))),
        "stake": draw(st.sampled_from([{}, {"base": 0.2, "slope": 0.7, "trait": "b1"}, {"column": "c1"}])),
        "proposal": [{"name": f"Text {n}", **draw(texts)} for n in range(draw(st.integers(1, 3)))],
        "procedure": draw(procedures),
    }
    if draw(st.booleans()):
        found["interaction"] = draw(watching(ids))
    if draw(st.booleans()):
        found["compare"] = {"rules": draw(st.lists(rules, max_size=4))}
    return found


@settings(max_examples=80)
@given(document=documents())
def test_a_random_scenario_reads_back_to_the_same(
    document: dict[str, Any], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("random")
    (folder / "random.toml").write_text(tomli_w.dumps(document), encoding="utf-8")
    scenario = load(str(folder / "random.toml"))
    again = read_back(scenario, folder)
    assert unlike(scenario, again) == []
    assert again.resolved == scenario.resolved


def test_an_unsound_scenario_has_none(tmp_path: Path) -> None:
    (tmp_path / "unsound.toml").write_text("title = 1", encoding="utf-8")
    with pytest.raises(BadInput):
        load(str(tmp_path / "unsound.toml"))


def test_the_copy_reads_back_where_a_hold_out_was_set_aside(tmp_path):
    without = load("tokyo-office-2023", [Setting("council.without", ["FRA"], "--set")])
    copy = tmp_path / "copy.toml"
    copy.write_text(tomli_w.dumps(without.resolved), encoding="utf-8")
    again = load(str(copy))
    assert [each.proposal for each in again.seating.sheet.observed] == [
        "Communiqué language on China",
        "Japan partnership programme",
    ]
    assert again.questions[0].case.council.ids == without.questions[0].case.council.ids
