"""What the tables of docs/reference must say, read from the code."""

from __future__ import annotations

import argparse
import importlib
import inspect
import re
import tempfile
import typing
from dataclasses import fields, is_dataclass
from pathlib import Path

from docs_pages import FENCE, ROOT
from pydantic import BaseModel


def rows(page):
    """Rows of a page's tables that begin with a word in code: that word -> the other cells."""
    text = FENCE.sub("", (ROOT / "docs" / "reference" / page).read_text(encoding="utf-8"))
    lines = [re.split(r"(?<!\\)\|", line)[1:-1] for line in text.splitlines() if line.startswith("| `")]
    cells = [[cell.strip().replace("\\|", "|") for cell in line] for line in lines]
    found = {first.strip("`"): rest for first, *rest in cells}
    assert len(found) == len(cells), f"{page}: a key stands twice"
    return found


def parts(model, prefix=""):
    """Every key of a scenario file, with its field; a proposal's procedure is the procedure's."""
    for name, field in model.model_fields.items():
        key = f"{prefix}{name}"
        inner = [each for each in (field.annotation, *typing.get_args(field.annotation)) if isinstance(each, type)]
        nested = next((each for each in inner if issubclass(each, BaseModel)), None)
        named = nested is None or nested.__name__ in SPECIAL or typing.get_origin(field.annotation) is dict
        if named or key == "proposal.procedure":
            yield key, field
        else:
            yield from parts(nested, f"{key}.")


KINDS = {float: "number", int: "whole number", str: "text", bool: "true or false", typing.Any: "text or list"}
SPECIAL = {"RuleSpec": "rule", "ColumnSpec": "column"}


def kind(annotation, metadata):
    """A key's type and range, in words."""
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Annotated:
        return kind(arguments[0], [*metadata, *arguments[1:]])
    if origin is typing.Literal:
        return "text", ", ".join(arguments)
    if type(None) in arguments:
        return kind(next(each for each in arguments if each is not type(None)), metadata)
    if origin is list:
        inner, limits = kind(arguments[0], [])
        return f"list of {inner}s", limits
    if origin is dict:
        inner, limits = kind(arguments[1], [])
        return f"table of {inner.split(' of ')[0]}s", limits
    return SPECIAL.get(annotation.__name__) or KINDS.get(annotation, "table"), limits_of(metadata)


def limits_of(metadata):
    found = {}
    for each in metadata:
        for inner in getattr(each, "metadata", [each]):
            for name in ("ge", "gt", "le", "lt"):
                if hasattr(inner, name):
                    found[name] = number(getattr(inner, name))
    low = found.get("ge") or (f"above {found['gt']}," if "gt" in found else "")
    high = found.get("le") or (f"below {found['lt']}" if "lt" in found else "")
    return f"{low} to {high}" if low and high else f"from {low}" if low else ""


def number(value):
    large = {10.0**9: "10^9", -(10.0**9): "−10^9", 1_000_000: "10^6", 10**7: "10^7", 10**10: "10^10", 1 << 40: "2^40"}
    return (
        "2^63 − 1" if value == 2**63 - 1 else large.get(value, f"{value:g}" if isinstance(value, int | float) else "")
    )


def default(field):
    from sim.model.case import NEVER

    value = field.get_default(call_default_factory=True)
    if field.is_required():
        return "required"
    if value is None or value in ([], {}) or isinstance(value, BaseModel):
        return getattr(value, "name", "none")
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return ", ".join(value)
    return "never" if value == NEVER else f"{value:g}" if isinstance(value, float) else str(value)


def keys():
    from sim.scenario.schema import ScenarioFile

    return {key: [*kind(field.annotation, field.metadata), default(field)] for key, field in parts(ScenarioFile)}


def described():
    from sim.model.rules import REGISTERED, options

    found = {}
    for name, builder in REGISTERED.items():
        first, _, rest = inspect.getdoc(builder).partition("\n\n")
        names, _, source = " ".join(rest.split()).removeprefix("Names: ").partition(" Source: ")
        taken = [
            key if value is inspect.Parameter.empty else f"{key} = {value!r}" for key, value in options(name).items()
        ]
        taken = ", ".join(taken).replace("True", "true").replace("False", "false").replace("'", '"')
        found[name] = [f"`{taken}`" if taken else "", first, names.rstrip("."), source.rstrip(".")]
    return found


def commanded():
    from sim.cli import parser

    (commands,) = [each for each in parser()._actions if isinstance(each, argparse._SubParsersAction)]
    found = {}
    for name, command in commands.choices.items():
        for action in command._actions:
            words = [*action.option_strings[-1:], *filter(None, [action.metavar])]
            if "--help" not in words:
                found[" ".join([name, *words])] = [action.help] if action.help else []
    return found


def recorded(record, prefix=""):
    for each in fields(record):
        hint = typing.get_type_hints(record)[each.name]
        inner = [kind for kind in (hint, *typing.get_args(hint)) if is_dataclass(kind)]
        yield f"{prefix}{each.name}"
        if inner:
            yield from recorded(inner[0], f"{prefix}{each.name}.")


def results():
    from sim.answers.result import Result

    return {key: [] for key in recorded(Result)}


def analyses():
    from sim.study.indices import Sensitivity

    return {key: [] for key in recorded(Sensitivity)}


def columns():
    """The columns of cells.csv, of a sweep with everything: PATH and ID stand for each path and member."""
    from sim.scenario.load import Setting
    from sim.study.planning import Asked, planned
    from sim.study.sheet import Sheet
    from sim.study.store import Store
    from sim.study.table import heads

    hiding = [Setting("interaction.hide", 0.5, "--set")]
    plan = planned("tokyo-office-2023", hiding, Asked("", {"weights.size": "7:8:2"}, {"weights.size": "--vary"}))
    with (
        tempfile.TemporaryDirectory() as folder,
        Store.open(Path(folder) / "sweep.sqlite", plan.identity, 2) as store,
    ):
        head = heads(Sheet(store))
    names = {"weights.size": "PATH"} | {f"lone_hold_out.{each}": "lone_hold_out.ID" for each in plan.ids}
    return {names.get(each, each): [] for each in head}


def public(path):
    """An object by its dotted name."""
    names = path.split(".")
    for cut in range(len(names) - 1, 0, -1):
        try:
            found = importlib.import_module(".".join(names[:cut]))
        except ModuleNotFoundError:
            continue
        for name in names[cut:]:
            found = getattr(found, name)
        return found
    raise AssertionError(f"there is no {path}")


def signature(path):
    found = public(path)
    if not callable(found) or is_dataclass(found) or (isinstance(found, type) and issubclass(found, Exception)):
        return ""
    words = []
    for each in inspect.signature(found).parameters.values():
        if each.kind is each.KEYWORD_ONLY and "*" not in words:
            words.append("*")
        plain = isinstance(each.default, int | float | str | tuple | type(None))
        star = {each.VAR_POSITIONAL: "*", each.VAR_KEYWORD: "**"}.get(each.kind, "")
        given = "" if each.default is each.empty else f"={each.default!r}" if plain else "=…"
        words.append(f"{star}{each.name}{given}")
    return f"`({', '.join(each for each in words if each != 'self')})`"


def functions():
    return {path: [signature(path)] for path in rows("python.md")}


TABLES = {
    "scenario-file.md": keys,
    "rules.md": described,
    "commands.md": commanded,
    "result-file.md": results,
    "python.md": functions,
    "sweep-file.md": columns,
    "sensitivity-file.md": analyses,
}


def retabled(text, real):
    """A page with the cells of its tables that the code knows; keys that come or go are named, and left to you."""
    for line in text.splitlines():
        key = line[3 : line.find("`", 3)] if line.startswith("| `") else None
        if key is not None and real.get(key):
            told = [cell.replace("|", "\\|") for cell in real[key]]
            rest = re.split(r"(?<!\\)\|", line)[2 + len(told) : -1]
            text = text.replace(line, "| " + " | ".join([f"`{key}`", *told, *(cell.strip() for cell in rest)]) + " |")
        elif key is not None and key not in real:
            print(f"to be taken out: {key}")
    for key in real:
        if f"\n| `{key}` |" not in text:
            print(f"to be described: {key}")
    return text
