"""README and docs, executed: what they show is what happens, and their tables say what the program knows.

On each page, from top to bottom, in an empty folder of its own:

    ```toml file=NAME      is saved under that name; a whole scenario is loaded, a part is checked against the schema,
                           unless sound=no
    ```csv file=NAME       is saved
    ```python              runs, all blocks of a page in one namespace; a ```text block right after it is its output
    ```console             lines that begin with $ run, and the output that follows must be theirs; exit=2 expects that
                           status; a line with only … stands for any lines

`python tests/test_docs.py` writes the output as it is now into the pages.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import inspect
import io
import os
import re
import shlex
import subprocess
import sys
import tempfile
import tomllib
import typing
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path

import pytest
from pydantic import BaseModel

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
COMMANDS = {"unanimity": ["-m", "sim"], "python run.py": [str(ROOT / "run.py")], "python -m sim": ["-m", "sim"]}
FENCE = re.compile(r"^```(\w+)([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ANY = "…"
RAN: dict[str, str] = {}  # commands on files of the repository print the same on every page


# -- blocks -----------------------------------------------------------------------------------------------------------


@dataclass
class Block:
    """A fenced block: its language, its options (file=…, exit=…), its text, and where the text stands in the page."""

    language: str
    options: dict[str, str]
    text: str
    span: tuple[int, int]


def blocks(page):
    found = []
    for match in FENCE.finditer(page):
        options = dict(each.split("=", 1) for each in match[2].split())
        found.append(Block(match[1], options, match[3], match.span(3)))
    return found


class Reader:
    """A reader who does what a page says, in an empty folder."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.names = folder, {"__name__": "page"}
        for each in ("scenarios", "run.py"):
            (folder / each).symlink_to(ROOT / each)

    def save(self, block):
        path = self.folder / block.options.get("file", "part.toml")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block.text, encoding="utf-8")
        return path

    def toml(self, block):
        from sim.scenario.load import load
        from sim.scenario.schema import ScenarioFile

        document = tomllib.loads(block.text)
        if "title" in document and "proposal" in document:
            load(str(self.save(block)))
            return
        bare = {
            "title": "t",
            "question": "q",
            "sources": ["s"],
            "council": {"members": "m"},
            "proposal": [{"name": "n"}],
        }
        if "council" in document:
            document["council"] = bare["council"] | document["council"]
        ScenarioFile.model_validate(bare | document)

    def python(self, block):
        from sim.model import rules

        known, here, said = dict(rules.REGISTERED), Path.cwd(), io.StringIO()
        rules.REGISTERED.update(self.names.get("__rules__", {}))
        os.chdir(self.folder)
        try:
            with contextlib.redirect_stdout(said):
                exec(compile(block.text, "page", "exec"), self.names)
            self.names["__rules__"] = dict(rules.REGISTERED)
        finally:
            os.chdir(here)
            rules.REGISTERED.clear()
            rules.REGISTERED.update(known)
        return said.getvalue()

    def console(self, line, status):
        if line in RAN:
            return RAN[line]
        name = next((each for each in COMMANDS if line.startswith(f"{each} ")), None)
        assert name, f"not a command of this program: {line}"
        clean = {
            key: value for key, value in os.environ.items() if key not in ("COLUMNS", "FORCE_COLOR", "TTY_COMPATIBLE")
        }
        path = os.pathsep.join(filter(None, [str(ROOT), clean.get("PYTHONPATH", "")]))
        ran = subprocess.run(
            [sys.executable, *COMMANDS[name], *shlex.split(line.removeprefix(name))],
            cwd=self.folder,
            env=clean | {"PYTHONPATH": path, "PYTHONIOENCODING": "utf-8"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            check=False,
        )
        assert ran.returncode == status, f"{line}: status {ran.returncode}\n{ran.stdout}"
        if " scenarios/" in line:
            RAN[line] = ran.stdout
        return ran.stdout


def asked(text):
    """The commands of a console block, each with the output that is shown below it (empty: none is shown)."""
    found = []
    for line in text.replace("\\\n", "").splitlines():
        if line.startswith("$ "):
            found.append((line[2:], []))
        else:
            found[-1][1].append(line)
    return [(command, "\n".join(lines).rstrip()) for command, lines in found]


def tidy(text):
    return [line.rstrip() for line in text.rstrip().splitlines()]


def fits(shown, real):
    """Does the real output fit what is shown, where a line … stands for any lines?"""
    pattern = "".join(r"(?:.*\n)*" if line.strip() == ANY else re.escape(line) + r"\n" for line in tidy(shown))
    return re.fullmatch(pattern, "".join(f"{line}\n" for line in tidy(real))) is not None


def shown_and_real(page, folder):
    """What a page shows of each output, and what it really is."""
    reader, printed = Reader(folder), None
    for block in blocks(page):
        if block.language == "text" and printed is not None:
            yield block, block.text, printed
        printed = None
        if block.language == "csv" or (block.language == "toml" and "file" in block.options):
            reader.save(block)
        if block.language == "toml" and block.options.get("sound") != "no":
            reader.toml(block)
        elif block.language == "python":
            printed = reader.python(block)
        elif block.language == "console":
            for command, output in asked(block.text):
                real = reader.console(command, int(block.options.get("exit", 0)))
                if output:
                    yield block, output, real


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_what_a_page_shows_is_what_happens(page, tmp_path):
    for _, shown, real in shown_and_real(page.read_text(encoding="utf-8"), tmp_path):
        assert fits(shown, real), f"{page.name} shows\n{shown}\n\nand it is\n{real}"


# -- links ------------------------------------------------------------------------------------------------------------


def anchors(page):
    """The anchors that headings get on the common hosts."""
    text = FENCE.sub("", page.read_text(encoding="utf-8"))
    heads = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).strip().replace(" ", "-") for head in heads}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page):
    text = FENCE.sub("", page.read_text(encoding="utf-8"))
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if "://" in target:
            continue
        name, _, anchor = target.partition("#")
        path = (page.parent / name).resolve() if name else page
        assert path.exists(), f"{page.name}: {target}"
        if anchor and path.suffix == ".md":
            assert anchor in anchors(path), f"{page.name}: {target}"


def test_every_page_is_linked_from_the_index():
    text = (ROOT / "docs" / "index.md").read_text(encoding="utf-8")
    for page in PAGES[1:]:
        assert page.name == "index.md" or str(page.relative_to(ROOT / "docs")) in text


def test_the_readme_is_short_and_its_pictures_are_light():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert len(FENCE.sub("", text).split()) < 1500  # five minutes, output aside
    for each in (ROOT / "docs" / "pictures").iterdir():
        assert each.stat().st_size < 200_000, each.name


# -- tables -----------------------------------------------------------------------------------------------------------


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
        named = nested is None or nested.__name__ in ("RuleSpec", "ColumnSpec", "Spread")
        if named or key == "proposal.procedure":
            yield key, field
        else:
            yield from parts(nested, f"{key}.")


KINDS = {float: "number", int: "whole number", str: "text", bool: "true or false", typing.Any: "text or list"}
SPECIAL = {"RuleSpec": "rule", "ColumnSpec": "column", "Spread": "table", "ProcedurePart": "table"}


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
    return SPECIAL.get(annotation.__name__) or KINDS[annotation], limits_of(metadata)


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


def test_the_table_of_keys_is_the_schema():
    said = rows("scenario-file.md")
    assert {key: cells[:3] for key, cells in said.items()} == keys()
    assert all(cells[3] for cells in said.values())


def test_what_the_reference_says_of_defaults_outside_the_schema(tmp_path):
    from sim.scenario.load import load

    page = (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")
    shortest = next(each for each in blocks(page) if each.language == "toml")
    path = tmp_path / "five.toml"
    path.write_text(shortest.text, encoding="utf-8")
    resolved = load(str(path)).resolved
    assert resolved["weights"] == {"size": 3.0}
    assert set(resolved["proposal"][0]["loadings"].values()) == {1.0}
    assert resolved["compare"]["rules"] == ["consensus-minus", "two-thirds", "majority"]


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


def test_the_table_of_rules_is_the_register():
    assert rows("rules.md") == described()


def commanded():
    from sim.cli import parser

    (commands,) = [each for each in parser()._actions if isinstance(each, argparse._SubParsersAction)]
    found = {}
    for name, command in commands.choices.items():
        for action in command._actions:
            words = " ".join(filter(None, [action.option_strings[-1] if action.option_strings else "", action.metavar]))
            if "--help" not in action.option_strings:
                found[f"{name} {words}"] = [action.help] if action.help else None
    return found


def test_the_tables_of_options_are_the_parser():
    said, real = rows("commands.md"), commanded()
    assert list(said) == list(real)
    assert {key: cells for key, cells in said.items() if real[key]} == {
        key: cells for key, cells in real.items() if cells
    }


def recorded(record, prefix=""):
    for each in fields(record):
        hint = typing.get_type_hints(record)[each.name]
        inner = [kind for kind in (hint, *typing.get_args(hint)) if is_dataclass(kind)]
        yield f"{prefix}{each.name}"
        if inner:
            yield from recorded(inner[0], f"{prefix}{each.name}.")


def test_the_table_of_the_result_is_the_record():
    from sim.answers.result import Result

    assert list(rows("result-file.md")) == list(recorded(Result))


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


def test_the_table_of_functions_is_the_code():
    for path, cells in rows("python.md").items():
        assert cells[0] == signature(path), path


def test_what_the_readme_says_about_the_two_commands():
    commands = [
        each.text.strip() for each in blocks((ROOT / "README.md").read_text(encoding="utf-8")) if each.language == "sh"
    ]
    assert "pip install -e . && python run.py run scenarios/tokyo-office-2023.toml" in commands
    assert "pip install -e '.[test]' && pytest" in commands


# -- bringing pages up to date ----------------------------------------------------------------------------------------


def refreshed(text, folder):
    """A page with its outputs as they are now; what is left out with … stays as it is and must fit."""
    for block, shown, real in reversed(list(shown_and_real(text, folder))):
        if fits(shown, real):
            continue
        assert ANY not in shown.splitlines(), f"shortened, and no longer true:\n{shown}\n\n{real}"
        old, new = shown.rstrip(), "\n".join(tidy(real))
        start, end = block.span
        place = text.rindex(old, start, end)
        text = text[:place] + new + text[place + len(old) :]
        block.span = start, end + len(new) - len(old)
    return text


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    for page in [Path(each).resolve() for each in sys.argv[1:]] or PAGES:
        with tempfile.TemporaryDirectory() as folder:
            old = page.read_text(encoding="utf-8")
            new = refreshed(old, Path(folder))
        if new != old:
            page.write_text(new, encoding="utf-8")
            print(page)
