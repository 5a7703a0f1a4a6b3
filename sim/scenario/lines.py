"""Where in a TOML text each key stands.

tomllib says what a text means but not where, and a complaint about a value is only of use with its line.
So, once tomllib has accepted a text, `index` walks its tokens a second time and notes the places.
"""

import re
import sys
import tomllib
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from itertools import count
from typing import NamedTuple

Path = tuple[str | int, ...]
"""Keys and array indices from the top: `("council", "members", 2, "autonomy")`."""

DEEPEST = 100
"""Paths go no deeper; what lies deeper is folded into the path above it.
Otherwise a header of a thousand parts would cost a thousand again for every key below it."""


class Position(NamedTuple):
    """A place in a text; both numbers count characters from 1."""

    line: int
    column: int


# Strings may lack their end, so that a token always matches where it begins and the scan never backtracks.
_TOKEN = re.compile(
    r"""\#[^\n]*                               # comment
    | \"{3} (?: [^"\\]+ | \\.? | " )*? (?: "{3,5} | \Z )
    | '{3} .*? (?: '{3,5} | \Z )
    | " (?: [^"\\\n]+ | \\[^\n] )* "?
    | ' [^'\n]* '?
    | [\w+:-]+                                 # bare key, or (part of) a number, date or boolean
    | [][{}=,\n]
    """,
    re.VERBOSE | re.DOTALL,
)


def index(text: str) -> dict[Path, Position]:
    """Map every path of a valid TOML text to where it is written.

    Keys and tables stand at (the last part of) their key, `[x]` before any mere mention of x as in `[x.y]`;
    items of arrays stand where their value begins, items of arrays of tables at their `[[`.
    """
    known = _Known()
    inside: list[tuple[Path, Iterator[int] | None]] = [((), None)]  # what is open; arrays number their items
    key: list[tuple[str, int]] = []
    brackets: list[int] = []
    path: Path = ()
    awaited = "key"
    for token, at in _tokens(text):
        base, numbers = inside[-1]
        if token == "\n":
            if len(inside) == 1:
                awaited = "key"
        elif token == ",":
            awaited = "value" if numbers else "key"
        elif token in ("]", "}") and len(inside) > 1:
            inside.pop()
            awaited = "end"
        elif awaited == "value":
            if numbers:
                path = known.item(base, next(numbers), at)
            if token in ("[", "{"):
                inside.append((path, count() if token == "[" else None))
            awaited = {"[": "value", "{": "key"}.get(token, "end")
        elif awaited == "key":
            if token == "[":
                brackets.append(at)
            elif token == "=":
                path, key, awaited = known.key(base, key), [], "value"
            elif token != "]":
                key.append((_decode(token), at))
            elif key:  # at the first ] of a header; a second one says nothing new
                inside[0] = (known.header(key, brackets), None)
                key, brackets = [], []
    locate = _locator(text)
    return {path: locate(at) for path, at in known.offsets.items()}


def find(positions: Mapping[Path, Position], path: Path) -> Position:
    """The position of `path`, or of the nearest path around it: a missing key points to its table."""
    around = (positions[path[:end]] for end in range(len(path), 0, -1) if path[:end] in positions)
    return next(around, Position(1, 1))


def syntax_position(text: str, error: Exception) -> Position:
    """Where tomllib gave up on a text, told from what it raised; (1, 1) if that cannot be told."""
    if isinstance(error, tomllib.TOMLDecodeError):
        if hasattr(error, "lineno") and hasattr(error, "colno"):  # from Python 3.14
            return Position(error.lineno, error.colno)
        if told := re.search(r"\(at line (\d+), column (\d+)\)\Z", str(error)):
            return Position(int(told[1]), int(told[2]))
        offset = len(text) if str(error).endswith("(at end of document)") else 0
    elif isinstance(error, RecursionError):
        offset = _first_too_deep(text)
    elif isinstance(error, ValueError):
        offset = _first_too_long(text)
    else:
        offset = 0
    return _locator(text)(offset)


class _Known:
    """The paths met so far, and how many items each array of tables has."""

    def __init__(self) -> None:
        self.offsets: dict[Path, int] = {}
        self.items: dict[Path, int] = {}

    def key(self, base: Path, key: list[tuple[str, int]]) -> Path:
        path = base
        for part, at in key:
            path = _deeper(self.newest(path), part)
            self.offsets.setdefault(path, at)
        return path

    def header(self, key: list[tuple[str, int]], brackets: list[int]) -> Path:
        path = self.key((), key)
        if len(brackets) == 1:
            self.offsets[path] = key[-1][1]
            return path
        self.items[path] = self.items.get(path, 0) + 1
        return self.item(path, self.items[path] - 1, brackets[0])

    def item(self, base: Path, number: int, at: int) -> Path:
        path = _deeper(base, number)
        self.offsets.setdefault(path, at)
        return path

    def newest(self, path: Path) -> Path:
        """Below an array of tables a key belongs to the item that was begun last."""
        return _deeper(path, self.items[path] - 1) if path in self.items else path


def _deeper(path: Path, part: str | int) -> Path:
    return (*path, part) if len(path) < DEEPEST else path


def _tokens(text: str) -> Iterator[tuple[str, int]]:
    """Strings, words, marks and line ends, with their offsets; space, dots and comments say nothing here."""
    return ((match[0], match.start()) for match in _TOKEN.finditer(text) if match[0][0] != "#")


def _decode(spelling: str) -> str:
    """The key that is spelled so; a quoted key is spelled as a string, which tomllib reads best itself."""
    return str(tomllib.loads(f"key = {spelling}")["key"]) if spelling[0] in "\"'" else spelling


def _locator(text: str) -> Callable[[int], Position]:
    """From offsets to positions."""
    starts = [0, *(match.end() for match in re.finditer("\n", text))]

    def locate(offset: int) -> Position:
        line = bisect_right(starts, offset)
        return Position(line, offset - starts[line - 1] + 1)

    return locate


def _first_too_deep(text: str) -> int:
    """Offset of the first bracket inside `DEEPEST` others, 0 if there is none."""
    depth = 0
    for token, at in _tokens(text):
        depth += (token in ("[", "{")) - (token in ("]", "}"))
        if depth > DEEPEST:
            return at
    return 0


def _first_too_long(text: str) -> int:
    """Offset of the first number with more digits than Python is willing to turn into an integer, or 0."""
    limit = sys.get_int_max_str_digits()
    numbers = ((token.lstrip("+-").replace("_", ""), at) for token, at in _tokens(text) if len(token) > limit)
    return next((at for digits, at in numbers if len(digits) > limit and digits.isdecimal()), 0)
