"""Pydantic's findings in the project's words: what is wrong; expected what."""

from __future__ import annotations

import types
import typing
from collections.abc import Iterator
from typing import Any

import pydantic

from sim.scenario.complaints import near, nearest, shown
from sim.scenario.forms import ColumnSpec, RuleSpec

Place = tuple[str | int, ...]
OUT_OF_RANGE = {"greater_than_equal", "greater_than", "less_than_equal", "less_than"}


def reworded(error: pydantic.ValidationError, model: type[pydantic.BaseModel]) -> Iterator[tuple[Place, str]]:
    """(place, message) for each finding."""
    for each in error.errors(include_url=False):
        place = tuple(each["loc"])
        yield place, _message(each["type"], each["input"], place, model)
        if each["type"] == "missing" and field_at(model, place[:-1])[0] is RuleSpec:
            slip = near("name", each["input"], 0.6)  # among the rule's options, which are checked later
            if slip:
                yield (*place[:-1], slip), f"unknown key{nearest(slip, ['name'])}"


def _message(kind: str, given: Any, place: Place, model: type[pydantic.BaseModel]) -> str:
    annotation, bounds = field_at(model, place)
    if kind == "extra_forbidden":
        owner, _ = field_at(model, place[:-1])
        return f"unknown key{nearest(str(place[-1]), owner.model_fields)}"
    if kind == "literal_error":
        return f"{shown(given)}{nearest(str(given), typing.get_args(annotation))}"
    expected = _expected(annotation, bounds, place)
    if kind == "missing":
        return f"missing; expected {expected}"
    if kind in OUT_OF_RANGE:
        return f"{shown(given)} is out of range; expected {expected}"
    if kind == "unprintable":
        return f"{shown(given)}; expected {expected}, all printable"
    return f"{'empty' if given in ('', []) else shown(given)}; expected {expected}"


def field_at(model: Any, place: Place) -> tuple[Any, list[Any]]:
    """The type of the field at a place, and the bounds that were set for it."""
    here: Any = model
    bounds: list[Any] = []
    for step in place:
        if isinstance(here, type) and issubclass(here, pydantic.BaseModel):
            field = here.model_fields.get(str(step))
            here, bounds = (field.annotation, list(field.metadata)) if field else (Any, [])
        else:
            here, bounds = (typing.get_args(here) or (Any,))[-1], []
        while typing.get_origin(here) in (typing.Annotated, typing.Union, types.UnionType):
            if typing.get_origin(here) is typing.Annotated:
                bounds = [*bounds, *here.__metadata__]
            here = typing.get_args(here)[0]
    return here, bounds


def _expected(annotation: Any, bounds: list[Any], place: Place) -> str:
    names = ("ge", "gt", "le", "lt", "min_length", "max_length", "allow_inf_nan")
    held = [*bounds, *(inner for each in bounds for inner in getattr(each, "metadata", ()))]
    limits = {name: getattr(each, name) for name in names for each in held if getattr(each, name, None) is not None}
    if annotation in (int, float):
        also = ", or inf" if limits.get("allow_inf_nan") else ""
        return f"a {'whole ' if annotation is int else ''}number{_range(limits)}{also}"
    if annotation is str:
        return f"text in quotes, 1 to {limits['max_length']:,} characters" if limits else "text in quotes"
    if place in (("proposal",), ("observed",)):
        return f"[[{place[0]}]] in double brackets"
    if typing.get_origin(annotation) is list:
        least = ", at least one entry" if limits.get("min_length") else ""
        return f"a list in brackets{least}" + (f", at most {limits['max_length']:,}" if limits else "")
    alone = {
        bool: "true or false",
        RuleSpec: "a rule's name, or a table with it",
        ColumnSpec: "a column's name, or a table with it",
        Any: "a CSV file's name, or a list of members",
    }
    return alone.get(annotation, "a table")


def _range(limits: dict[str, Any]) -> str:
    low = f"from {limits['ge']:,.10g}" if "ge" in limits else f"above {limits['gt']:,.10g}" if "gt" in limits else ""
    if "le" in limits:
        high = f"{limits['le']:,}" if isinstance(limits["le"], int) else f"{limits['le']:,.10g}"
        return f" {low} to {high}" if low.startswith("from") else f" {low} and up to {high}"
    if "lt" in limits:
        return f" {low} to below {limits['lt']:,.10g}"
    return f" {low}" if low else ""
