"""Every field of the schema, in every way it can be wrong: refused, on its line, and told what was expected."""

import re
import types
import typing
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pydantic
import pytest
import tomli_w

from sim.scenario.complaints import BadInput
from sim.scenario.forms import ColumnSpec, RuleSpec
from sim.scenario.load import load
from sim.scenario.schema import ScenarioFile

# Every key that a file can have, so that each can be spoilt in turn.
PROCEDURE: dict[str, Any] = {
    "rule": {"name": "consensus-minus", "k": 1},
    "rounds": 4,
    "months_per_round": 1.0,
    "objection_cost": 0.8,
    "isolation": 3.0,
    "isolation_curvature": 1.0,
    "fatigue": 0.25,
    "withdrawal_hazard": 0.15,
    "withdraw_above": 2,
    "silence_hours": 48.0,
    "attention": 0.1,
    "dilution": {"step": 0.12, "first_round": 1, "floor": 0.6},
    "payment": {"value": 0.5, "members": 1},
    "opt_out": {"relief": 0.1, "members": 1, "first_round": 2},
}
FULL: dict[str, Any] = {
    "title": "Every key",
    "question": "Would they agree?",
    "sources": ["illustrative"],
    "notes": ["A caveat."],
    "drivers": {"benefits": ["interest"], "costs": ["autonomy", "burden"]},
    "council": {
        "members": [{"id": each, "interest": 0.9, "autonomy": 0.1} for each in ("ANN", "BEN", "CLEO")],
        "only": ["ANN", "BEN"],
        "without": ["CLEO"],
        "order": "interest",
        "first": 2,
        "override": {"ANN": {"autonomy": 0.5}},
    },
    "traits": {"burden": {"column": "interest", "invert": True, "divide_by": 0.9}},
    "weights": {"size": 8.0},
    "stake": {"base": 0.15, "slope": 0.85, "trait": "interest"},
    "proposal": [
        {
            "name": "The text",
            "appeal": 0.5,
            "loadings": {"interest": 0.5},
            "reasons": {"interest": "It matters."},
            "grievance": {"BEN": -0.5},
            "procedure": PROCEDURE,
        }
    ],
    "procedure": PROCEDURE,
    "interaction": {"heed": 0.5, "hide": 0.25, "ties": [{"from": "ANN", "to": "BEN", "weight": 1.0}]},
    "compare": {"rules": ["majority", {"name": "two-thirds"}]},
    "uncertainty": {
        "draws": 0,
        "traits": True,
        "size": 0.3,
        "weights": 0.4,
        "loadings": 0.12,
        "parameters": {"procedure.isolation": {"sd": 0.1}, "stake.slope": {"log_sd": 0.4}},
        "fixed": ["weights.size"],
    },
    "observed": [{"proposal": "The text", "adopted": False, "hold_outs": ["BEN"]}],
    "sweep": {"one": {"vary": {}, "sample": "sobol", "points": 8, "set": {}}},
    "ablation": {"idle": {"set": {}}},
    "run": {"engine": "auto", "replicates": 10, "seed": 1},
}
ELSEWHERE = {"stake.column": '"interest"'}  # shuts out the keys beside it, so it is not in the file above
OPEN = {"sweep", "sweep.one", "sweep.one.vary", "sweep.one.set", "ablation", "ablation.idle", "ablation.idle.set"}
OPEN |= {"council.override.ANN", "council.members"}  # what is inside is not the schema's

Place = tuple[str | int, ...]


@dataclass(frozen=True)
class Field:
    """A key that the schema knows: where it stands in the file above, its type, its bounds."""

    place: Place
    kind: Any
    bounds: dict[str, Any]
    required: bool

    @property
    def key(self) -> str:
        return ".".join(map(str, self.place))


def unwrapped(kind: Any, held: list[Any]) -> tuple[Any, list[Any]]:
    while typing.get_origin(kind) in (typing.Annotated, typing.Union, types.UnionType):
        held = [*held, *getattr(kind, "__metadata__", ())]
        kind = typing.get_args(kind)[0]
    flat = [inner for each in held for inner in (each, *getattr(each, "metadata", ()))]
    return kind, flat


def fields(
    kind: Any, document: Any, place: Place = (), held: tuple[Any, ...] = (), required: bool = False
) -> Iterator[Field]:
    """The fields at and below a place, as far as the document goes."""
    kind, flat = unwrapped(kind, list(held))
    names = ("ge", "gt", "le", "lt", "min_length", "max_length", "allow_inf_nan")
    bounds = {name: getattr(each, name) for name in names for each in flat if getattr(each, name, None) is not None}
    if place:
        yield Field(place, kind, bounds, required)
    if isinstance(kind, type) and issubclass(kind, pydantic.BaseModel) and isinstance(document, dict):
        for name, field in kind.model_fields.items():
            if name in document:
                inner = (*place, name)
                yield from fields(field.annotation, document[name], inner, tuple(field.metadata), field.is_required())
            else:
                shut_out = ".".join((*place, name)) in ELSEWHERE or name in ("sd", "log_sd")
                assert shut_out, f"{name} is not in the file above"
    elif typing.get_origin(kind) is list:
        for number, item in enumerate(document):
            yield from fields(typing.get_args(kind)[0], item, (*place, number))
    elif typing.get_origin(kind) is dict:
        for key, item in document.items():
            yield from fields(typing.get_args(kind)[1], item, (*place, key))


FIELDS = list(fields(ScenarioFile, FULL))
INDEXED = {each.key: each for each in FIELDS}
SENTINEL = "@@"


def with_at(part: Any, place: Place, value: Any) -> Any:
    """A document with another value at a place."""
    if not place:
        return value
    step, rest = place[0], place[1:]
    if isinstance(part, list):
        return [with_at(each, rest, value) if n == step else each for n, each in enumerate(part)]
    return {**part, step: with_at(part.get(step), rest, value)}


def without(part: Any, place: Place) -> Any:
    """A document without what is at a place."""
    step, rest = place[0], place[1:]
    if isinstance(part, list):
        return [without(each, rest) if n == step else each for n, each in enumerate(part)]
    return {key: without(each, rest) if key == step else each for key, each in part.items() if rest or key != step}


def renamed(part: Any, place: Place, name: str) -> Any:
    """A document with another name for the last key of a place."""
    step, rest = place[0], place[1:]
    if isinstance(part, list):
        return [renamed(each, rest, name) if n == step else each for n, each in enumerate(part)]
    if not rest:
        return {name if key == step else key: each for key, each in part.items()}
    return {key: renamed(each, rest, name) if key == step else each for key, each in part.items()}


def spoilt(place: Place, spelling: str) -> tuple[str, int]:
    """The file with a value spelt so at a place; and its line."""
    text = tomli_w.dumps(with_at(FULL, place, SENTINEL))
    line = text[: text.index(f'"{SENTINEL}"')].count("\n") + 1
    return text.replace(f'"{SENTINEL}"', spelling), line


def refusal(folder: Path, text: str) -> list[str]:
    path = folder / "spoilt.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadInput) as caught:
        load(str(path))
    assert caught.value.text().count("\n") <= 20
    assert len(caught.value.text()) < 5000
    return [each.removeprefix(f"{folder}/") for each in caught.value.complaints]


def about(complaints: list[str], line: int, key: str) -> str:
    """The complaint about a key or what is inside it; it must be there, and on the line."""
    pattern = re.compile(rf"spoilt\.toml:{line}: {re.escape(key)}(\.[^:]*)?: .+; expected .+")
    found = [each for each in complaints if pattern.fullmatch(each)]
    assert found, complaints
    return found[0]


LONG, HUGE = "9" * 400, "0x" + "f" * 5000
WRONG = {
    str: ["1", "true", "['a']", "{ a = 1 }", "1979-05-27"],
    float: ['"1"', "true", "[1.0]", "{ a = 1 }", "07:32:00"],
    int: ['"1"', "true", "1.0", "[1]", "{ a = 1 }", "1979-05-27T07:32:00Z"],
    bool: ["1", "0.0", '"true"', "[true]", "{ a = 1 }"],
    list: ["1", '"a"', "true", "{ a = 1 }"],
    dict: ["1", "true", "[1]", "1.5"],
}


def values(field: Field) -> Iterator[str]:
    """Spellings of values that a field must refuse."""
    kind, bounds = field.kind, field.bounds
    origin = typing.get_origin(kind) or kind
    if origin is Literal:
        yield from ('""', '"exat"', "1", "true", "['auto']")
        return
    if isinstance(origin, type) and issubclass(origin, pydantic.BaseModel):
        yield from WRONG[dict]
        if origin not in (RuleSpec, ColumnSpec):
            yield '"a"'
        return
    if field.place[:2] == ("council", "override"):
        yield from WRONG[float]
        yield from ("nan", "inf", "1e999", "1.000001", "-1e-9", LONG, HUGE)
        return
    if origin is Any:
        yield from ("1", "true", "{ a = 1 }", '""', "[1]")
        if field.required:
            yield "[]"  # nobody decides; but that nobody listens to anybody may be
        return
    yield from WRONG[origin]
    if origin in (int, float):
        low, high = bounds.get("ge", bounds.get("gt")), bounds.get("le", bounds.get("lt"))
        less = {"gt" in bounds: 0}.get(True, 1 if origin is int else 1e-6 * max(abs(low or 0), 1))
        more = {"lt" in bounds: 0}.get(True, 1 if origin is int else 1e-6 * max(abs(high or 0), 1))
        yield repr(low - less)
        if high is not None:
            yield repr(high + more)
            yield from (LONG, HUGE)
        yield from ("nan", "-nan", "1e999", "-1e999", "-inf", f"-{LONG}")
        if not bounds.get("allow_inf_nan"):
            yield "inf"
    if origin is str and "max_length" in bounds:
        yield from ('""', f'"{"x" * (bounds["max_length"] + 1)}"')
    if origin is list and "min_length" in bounds:
        yield "[]"


def test_the_file_is_valid_before_it_is_spoilt(tmp_path: Path) -> None:
    path = tmp_path / "full.toml"
    path.write_text(tomli_w.dumps(FULL), encoding="utf-8")
    assert load(str(path)).questions[0].case.council.ids == ("ANN", "BEN")
    assert len(FIELDS) > 90


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.key)
def test_a_value_of_the_wrong_kind_or_out_of_range(field: Field, tmp_path: Path) -> None:
    for spelling in values(field):
        text, line = spoilt(field.place, spelling)
        about(refusal(tmp_path, text), line, field.key)


@pytest.mark.parametrize("key", ELSEWHERE)
def test_a_field_that_shuts_out_others(key: str, tmp_path: Path) -> None:
    place = tuple(key.split("."))
    text, _ = spoilt(place, ELSEWHERE[key])
    assert "expected one or the other" in about(
        refusal(tmp_path, text), text[: text.index("[stake]")].count("\n") + 1, "stake"
    )
    for spelling in WRONG[str]:
        text, line = spoilt(place, spelling)
        about(refusal(tmp_path, text), line, key)


REQUIRED = [each for each in FIELDS if each.required and not isinstance(each.place[-1], int)]


@pytest.mark.parametrize("field", REQUIRED, ids=lambda field: field.key)
def test_a_field_that_is_missing(field: Field, tmp_path: Path) -> None:
    text = tomli_w.dumps(without(FULL, field.place))
    complaint = refusal(tmp_path, text)
    assert any(f": {field.key}: missing; expected " in each for each in complaint), complaint
    header = ".".join(each for each in field.place[:-1] if isinstance(each, str))
    lines = [each.strip("[]") for each in text.split("\n")]
    inline = field.place[0] == "compare"
    line = spoilt(field.place[:-1], "1")[1] if inline else lines.index(header) + 1 if header else 1
    about(complaint, line, field.key)


NAMED = [each for each in FIELDS if isinstance(each.place[-1], str) and each.key not in OPEN]


def slips(word: str) -> Iterator[str]:
    """As typed in haste: a letter twice, one left out, two changed over, another case."""
    yield word[:2] + word[1:]
    if len(word) > 3:
        yield word[:2] + word[3:]
        yield word[0] + word[2] + word[1] + word[3:]
    yield word.capitalize()


@pytest.mark.parametrize("field", NAMED, ids=lambda field: field.key)
def test_a_field_that_is_misspelt(field: Field, tmp_path: Path) -> None:
    word = str(field.place[-1])
    free = field.place[:2] == ("uncertainty", "parameters")  # paths, which are read in a later version
    for slip in slips(word):
        if slip == word or (free and len(field.place) == 3):
            continue
        text = tomli_w.dumps(renamed(FULL, field.place, slip))
        complaints = refusal(tmp_path, text)
        own = [each for each in complaints if f": {'.'.join(map(str, (*field.place[:-1], slip)))}: " in each]
        assert own, complaints
        assert f"the nearest is {word!r}" in own[0]
        line = int(own[0].split(":")[1])
        assert slip in text.split("\n")[line - 1]
