"""Records read back from plain JSON: every field checked against its type."""

from __future__ import annotations

import types
import typing
from collections.abc import Iterator
from dataclasses import MISSING, fields, is_dataclass
from typing import Any


class ResultError(ValueError):
    """A text that is no saved result; the message says where and why."""


def built(kind: Any, given: Any, place: str) -> Any:
    """A value of a field's type, made from plain JSON."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if kind is Any:
        return given
    if origin in (types.UnionType, typing.Union):
        if given is None and type(None) in arguments:
            return None
        return built(next(each for each in arguments if each is not type(None)), given, place)
    if is_dataclass(kind):
        return _record(kind, given, place)
    if origin is list and isinstance(given, list):
        return [built(arguments[0], each, f"{place}.{i}") for i, each in enumerate(given)]
    if origin is dict and isinstance(given, dict):
        return {str(key): built(arguments[1], each, f"{place}.{key}") for key, each in given.items()}
    if kind is float and isinstance(given, int | float) and not isinstance(given, bool) and abs(given) < 1e300:
        return float(given)
    if isinstance(kind, type) and isinstance(given, kind) and not (kind is int and isinstance(given, bool)):
        return given
    raise ResultError(f"{place}: {type(given).__name__}; expected {getattr(kind, '__name__', kind)}")


def _record(kind: Any, given: Any, place: str) -> Any:
    if not isinstance(given, dict):
        raise ResultError(f"{place}: {type(given).__name__}; expected a table")
    types_ = typing.get_type_hints(kind)
    return kind(**dict(_fields(kind, types_, given, place)))


def _fields(kind: Any, hints: dict[str, Any], given: dict[str, Any], place: str) -> Iterator[tuple[str, Any]]:
    for each in fields(kind):
        if each.name in given:
            yield each.name, built(hints[each.name], given[each.name], f"{place}.{each.name}")
        elif each.default is MISSING and each.default_factory is MISSING:
            raise ResultError(f"{place}.{each.name}: missing")
