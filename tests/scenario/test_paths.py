"""Paths and values as typed, and where they lead."""

import contextlib
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sim.scenario.complaints import TooLarge
from sim.scenario.load import Setting, load
from sim.scenario.paths import PathError, assignment, parse, places, put, value


@pytest.mark.parametrize(
    ("key", "parts"),
    [
        ("procedure.payment.value", ("procedure", "payment", "value")),
        ("proposal.0.appeal", ("proposal", "0", "appeal")),
        (" members . FRA . autonomy ", ("members", "FRA", "autonomy")),
        ('members."A.B".autonomy', ("members", "A.B", "autonomy")),
        ("members.'A\"B'.autonomy", ("members", 'A"B', "autonomy")),
        ('members."A=\\u00e9".autonomy', ("members", "A=é", "autonomy")),
        ("members.Österreich.autonomy", ("members", "Österreich", "autonomy")),
        ("members.Côte d'Ivoire.autonomy", ("members", "Côte d'Ivoire", "autonomy")),
        ("a", ("a",)),
    ],
)
def test_a_path_has_parts(key: str, parts: tuple[str, ...]) -> None:
    assert parse(key) == parts
    assert assignment(f"{key}=1") == (key.strip(), 1)


@pytest.mark.parametrize("key", ["", ".", "a.", ".a", "a..b", " ", '"a', 'a."b', '"a"b', "'a'.", '"\\x"', "a=b", '""x'])
def test_what_is_no_path(key: str) -> None:
    with pytest.raises(PathError, match="; expected "):
        parse(key)


@pytest.mark.parametrize("text", ["", "=", "=1", "a", " =1", "a..b=1", '"a=1'])
def test_what_is_no_assignment(text: str) -> None:
    with pytest.raises(PathError, match="; expected "):
        assignment(text)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1", 1),
        ("0x10", 16),
        ("1e3", 1000.0),
        ("true", True),
        ("majority", "majority"),
        ('"1"', "1"),
        ('{ name = "consensus-minus", k = 2 }', {"name": "consensus-minus", "k": 2}),
        ("[0, 1]", [0, 1]),
        ("[0, 1", "[0, 1"),
        ("", ""),
        ("1\nother = 2", "1\nother = 2"),
        ("1\n[table]", "1\n[table]"),
        ("[" * 5000, "[" * 5000),
        ("9" * 5000, "9" * 5000),
        ("E\u0301", "É"),
        ("a = b", "a = b"),
    ],
)
def test_a_value_is_toml_or_a_text(text: str, found: Any) -> None:
    assert value(text) == found
    assert assignment(f"key={text}") == ("key", found)


def test_inf_is_a_number_and_1e999_is_not() -> None:
    assert value("inf") == float("inf")
    assert isinstance(value("-1e999"), TooLarge)


@given(st.text(max_size=30))
@example('"\\ud800"')
def test_any_text_is_taken_apart_or_refused(text: str) -> None:
    for take_apart in (parse, assignment, value):
        with contextlib.suppress(PathError):
            take_apart(text)


@given(st.lists(st.text(min_size=1, max_size=5), min_size=1, max_size=4))
def test_quoted_parts_hold_anything(parts: list[str]) -> None:
    key = ".".join('"' + "".join(f"\\U{ord(char):08x}" for char in part) + '"' for part in parts)
    assert parse(key) == tuple(parts)


DOCUMENT: dict[str, Any] = {"proposal": [{"name": "One"}, {"name": "Two", "appeal": 1.0}, {"name": "appeal"}]}


@pytest.mark.parametrize(
    ("key", "paths"),
    [
        ("members.FRA.autonomy", [("council", "override", "FRA", "autonomy")]),
        ("proposal.1.appeal", [("proposal", 1, "appeal")]),
        ("proposal.Two.appeal", [("proposal", 1, "appeal")]),
        ("proposal.appeal", [("proposal", n, "appeal") for n in range(3)]),
        ("proposal.loadings.venue", [("proposal", n, "loadings", "venue") for n in range(3)]),
        ("proposal.2", [("proposal", 2)]),
        ("weights.venue", [("weights", "venue")]),
    ],
)
def test_where_a_path_leads(key: str, paths: list[Any]) -> None:
    assert list(places(DOCUMENT, key)) == paths


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("proposal.3.appeal", "expected a place from 0 to 2"),
        ("proposal.-1.appeal", "expected a place from 0 to 2"),
        ("proposal.Tow.appeal", "the nearest is 'Two'"),
        ("proposal.loading.venue", "the nearest is 'loadings'"),
        ("proposal", "expected proposal.PLACE.KEY"),
        ("members.FRA", "expected members.ID.COLUMN"),
        ("members.FRA.autonomy.x", "expected members.ID.COLUMN"),
    ],
)
def test_where_no_path_leads(key: str, words: str) -> None:
    with pytest.raises(PathError, match=words):
        list(places(DOCUMENT, key))


def test_a_value_is_put_where_the_path_leads() -> None:
    document: dict[str, Any] = {"procedure": {"rule": "consensus-minus"}, "list": [{"a": 1}], "traits": {"x": "column"}}
    assert put(document, ("procedure", "rule", "k"), 2) == ("procedure", "rule", "k")
    assert put(document, ("list", "0", "a"), 2) == ("list", 0, "a")
    put(document, ("traits", "x", "divide_by"), 0.5)
    put(document, ("new", "table", "key"), True)
    assert document == {
        "procedure": {"rule": {"name": "consensus-minus", "k": 2}},
        "list": [{"a": 2}],
        "traits": {"x": {"column": "column", "divide_by": 0.5}},
        "new": {"table": {"key": True}},
    }


@pytest.mark.parametrize(
    "path", [("a", "b"), ("list", "1"), ("list", "-1"), ("list", "x", "y"), ("list", "0", "a", "b")]
)
def test_a_value_is_put_nowhere_else(path: tuple[str, ...]) -> None:
    document: dict[str, Any] = {"a": 1, "list": [{"a": "text"}]}
    with pytest.raises(PathError, match="; expected "):
        put(document, path, 2)
    assert document == {"a": 1, "list": [{"a": "text"}]}


def test_every_proposal_and_one(tmp_path: Any) -> None:
    def appeals(*words: str) -> list[float]:
        found = load("tokyo-office-2023", [Setting(*assignment(each)) for each in words])
        return [float(each.case.proposal.appeal) for each in found.questions]

    assert appeals("proposal.appeal=1.5") == [1.5] * 3
    assert appeals("proposal.appeal=1.5", "proposal.2.appeal=2") == [1.5, 1.5, 2.0]
    assert appeals("proposal.Japan partnership programme.appeal=2") == [3.0, 3.0, 2.0]


def test_the_rule_of_every_proposal(tmp_path: Any) -> None:
    own = Setting(*assignment("proposal.1.procedure.rule=unanimity"))
    labels = [each.case.rule.label for each in load("tokyo-office-2023", [own]).questions]
    assert labels == ["consensus", "unanimity", "consensus"]
    everywhere = Setting("procedure.rule", {"name": "consensus-minus", "k": 2}, "--rule")
    labels = [each.case.rule.label for each in load("tokyo-office-2023", [own, everywhere]).questions]
    assert labels == ["consensus-minus-2"] * 3
