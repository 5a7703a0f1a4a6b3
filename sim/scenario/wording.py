"""Pydantic's findings in the project's words: what is wrong, what was expected."""

from __future__ import annotations

import typing
from collections.abc import Iterator
from typing import Any

import pydantic

from sim.scenario.complaints import nearest, shown

KINDS = {
    "string_type": "text in quotes",
    "float_type": "a number",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "bool_type": "true or false",
    "list_type": "a list in brackets",
    "dict_type": "a table",
    "model_type": "a table",
    "model_attributes_type": "a table",
    "finite_number": "a finite number",
}
BOUNDS = {
    "greater_than_equal": ("ge", "at least"),
    "greater_than": ("gt", "more than"),
    "less_than_equal": ("le", "at most"),
    "less_than": ("lt", "less than"),
}


def reworded(error: pydantic.ValidationError, model: type[pydantic.BaseModel]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """(place, message) for each finding."""
    for each in error.errors(include_url=False):
        place = tuple(each["loc"])
        yield place, _message(each, place, model)


def _message(each: Any, place: tuple[str | int, ...], model: type[pydantic.BaseModel]) -> str:
    kind, given, context = each["type"], each["input"], each.get("ctx", {})
    if kind == "missing":
        return f"missing; expected {_about(model, place)}"
    if kind == "extra_forbidden":
        return f"unknown key{nearest(str(place[-1]), _keys(model, place[:-1]))}"
    if kind in BOUNDS:
        key, words = BOUNDS[kind]
        return f"{shown(given)} is out of range; expected {words} {context[key]:g}"
    if kind in KINDS:
        return f"{shown(given)}; expected {KINDS[kind]}"
    if kind in ("string_too_short", "too_short"):
        return f"{'empty' if not given else shown(given)}; expected at least {context['min_length']}"
    if kind in ("string_too_long", "too_long"):
        return f"{len(given)} long; expected at most {context['max_length']}"
    if kind == "literal_error":
        return f"{shown(given)}{nearest(str(given), str(context['expected']).replace(' or ', ', ').replace(chr(39), '').split(', '))}"
    return f"{shown(given)}; expected {_about(model, place)} ({each['msg']})"


def _about(model: type[pydantic.BaseModel], place: tuple[str | int, ...]) -> str:
    owner = _owner(model, place[:-1])
    field = owner.model_fields.get(str(place[-1])) if owner else None
    annotation = field.annotation if field else None
    if annotation is str:
        return "text in quotes"
    if typing.get_origin(annotation) is list:
        return "a list"
    return "a value" if field is None or _model(annotation) is None else "a table"


def _model(annotation: Any) -> type[pydantic.BaseModel] | None:
    """The part a field holds, alone, in a list or in a table of them."""
    if isinstance(annotation, type) and issubclass(annotation, pydantic.BaseModel):
        return annotation
    for inner in typing.get_args(annotation):
        found = _model(inner)
        if found:
            return found
    return None


def _owner(model: type[pydantic.BaseModel], place: tuple[str | int, ...]) -> type[pydantic.BaseModel] | None:
    here: type[pydantic.BaseModel] | None = model
    for step in place:
        if here is None:
            return None
        field = here.model_fields.get(str(step))
        if field is not None:
            here = _model(field.annotation)
    return here


def _keys(model: type[pydantic.BaseModel], place: tuple[str | int, ...]) -> list[str]:
    owner = _owner(model, place)
    return list(owner.model_fields) if owner else []
