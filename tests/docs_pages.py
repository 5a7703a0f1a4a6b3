"""README and docs, executed: what they show is what happens, and their tables say what the program knows.

On each page, from top to bottom, in an empty folder of its own:

    ```toml file=NAME      is saved under that name; a whole scenario is loaded, a part is checked against the schema,
                           unless sound=no
    ```csv file=NAME       is saved
    ```python              runs, all blocks of a page in one namespace; a ```text block right after it is its output
    ```console             lines that begin with $ run, and the output that follows must be theirs; exit=2 expects that
                           status; a line with only … stands for any lines
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
COMMANDS = {"unanimity": ["-m", "sim"], "python run.py": [str(ROOT / "run.py")], "python -m sim": ["-m", "sim"]}
FENCE = re.compile(r"^```(\w+)([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ANY = "…"
RAN: dict[str, str] = {}  # commands on files of the repository print the same on every page


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
