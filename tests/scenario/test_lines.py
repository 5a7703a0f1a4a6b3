"""Where keys stand: worked examples, and random documents judged by tomllib and by another grammar."""

import re
import tomllib
from functools import cache
from time import perf_counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.scenario.lines import DEEPEST, Path, Position, find, index, syntax_position

# ---------------------------------------------------------------- random documents
# A document is first a tree: tables as dicts, arrays as lists, scalars as the text that spells them.

NAMES = ["a", "b", "c", "d-1", "1", "true", "", "x.y", "é", "s p", "[t]", "#", "'", '"', "\\", "=", "\t"]
PLAIN = ["a", " ", "#", "[", "]", "{", "}", ",", "=", ".", "é", "😀"]
ESCAPED = ['\\"', "\\\\", "\\n", "\\u0041", "\\U0001F600"]
INSIDE = {
    '"': [*PLAIN, *ESCAPED, "'"],
    "'": [*PLAIN, '"', "\\"],
    '"""': [*PLAIN, *ESCAPED, "'''", '"', '""', "\n", "\\\n  "],
    "'''": [*PLAIN, '"""', "\\", "'", "''", "\n"],
}
OTHERS = ["0", "+1", "-2_000", "0xDEAD_beef", "0o17", "0b1", "1.5", "-0.1e-3", "6E+2", "inf", "-nan", "true"]
TIMES = [
    "07:32:00.5",
    "1979-05-27",
    "1979-05-27 07:32:00",
    "1979-05-27T07:32:00Z",
    "1979-05-27t07:32:00+07:00",
]


def is_string(spelling: str) -> bool:
    """Nothing but one string: random quotes inside may have ended it early."""
    try:
        return bool(tomllib.loads(f"k = [[{spelling}], 1]")["k"][1:] == [1])
    except tomllib.TOMLDecodeError:
        return False


def a_string(quote: str) -> st.SearchStrategy[str]:
    inside = st.lists(st.sampled_from(INSIDE[quote]), max_size=6).map("".join)
    return inside.map(lambda text: quote + text + quote).filter(is_string)


scalars = st.sampled_from(OTHERS + TIMES) | st.sampled_from(list(INSIDE)).flatmap(a_string)
values: st.SearchStrategy[Any] = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(NAMES), inner, max_size=4)
        | st.lists(st.dictionaries(st.sampled_from(NAMES), inner, max_size=3), min_size=1, max_size=3)
    ),
    max_leaves=12,
)
one_of = cache(st.sampled_from)
COIN = st.booleans()
trees = st.dictionaries(st.sampled_from(NAMES), values, max_size=5)


def is_tables(tree: Any) -> bool:
    return isinstance(tree, list) and tree != [] and all(isinstance(item, dict) for item in tree)


class Writer:
    """Writes a tree as TOML, choosing at random among the forms TOML has for the same thing."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw

    def any(self, *forms: str) -> str:
        return str(self.draw(one_of(forms)))

    def coin(self) -> bool:
        return self.draw(COIN)

    def key(self, name: str) -> str:
        escaped = name.replace("\\", "\\\\").replace('"', '\\"')
        forms = [f'"{escaped}"', '"' + "".join(f"\\u{ord(char):04x}" for char in name) + '"']
        if "'" not in name:
            forms.append(f"'{name}'")
        if re.fullmatch(r"[A-Za-z0-9_-]+", name):
            forms += [name] * 3
        return self.any(*forms)

    def dotted(self, names: list[str]) -> str:
        return self.any(".", ".", " . ", "\t.").join(map(self.key, names))

    def value(self, tree: Any) -> str:
        if isinstance(tree, dict):
            space = self.any("", " ", "  ")
            return "{" + space + self.any(", ", ",", " , ").join(self.pairs(tree)) + space + "}"
        if isinstance(tree, list):
            space = self.any("", " ", "\n  ", " # ] } , \" '''\n")
            items = (space + "," + space).join(map(self.value, tree))
            return "[" + space + items + (self.any("", ",") if tree else "") + space + "]"
        return str(tree)

    def pairs(self, tree: dict[str, Any]) -> list[str]:
        """The lines of a table that has no header for anything inside it, in any order."""
        leaves = self.leaves(tree)
        pairs = [self.dotted(names) + self.any(" = ", "=") + self.value(leaf) for names, leaf in leaves]
        return self.draw(st.permutations(pairs))

    def leaves(self, tree: dict[str, Any]) -> list[tuple[list[str], Any]]:
        """What is in a table, some of the tables inside it dissolved into dotted keys."""
        found = []
        for name, inner in tree.items():
            if isinstance(inner, dict) and inner and self.coin():
                found += [([name, *names], leaf) for names, leaf in self.leaves(inner)]
            else:
                found.append(([name], inner))
        return found

    def sections(self, tree: dict[str, Any], names: list[str], marks: str = "[%]") -> list[str]:
        """The table's own lines under its header, and a section for each table inside that gets a header."""
        below, here = [], {}
        for name, inner in tree.items():
            path = [*names, name]
            if isinstance(inner, dict) and self.coin():
                below.append(self.sections(inner, path))
            elif is_tables(inner) and self.coin():
                below.append([line for item in inner for line in self.sections(item, path, "[[%]]")])
            else:
                here[name] = inner
        own = self.pairs(here)
        rest = [line for lines in self.draw(st.permutations(below)) for line in lines]
        if names and (own or not below or marks == "[[%]]" or self.coin()):
            space = self.any("", " ")
            own.insert(0, marks.replace("%", space + self.dotted(names) + space))
        # A table may be opened after the tables inside it; the top has no header and must come first.
        return rest + own if names and marks == "[%]" and self.coin() else own + rest

    def document(self, tree: dict[str, Any]) -> str:
        lines = []
        for line in self.sections(tree, []):
            before, after = self.any("", " ", "# [no] = 1\n"), self.any("", " ", " # x = [")
            lines.append(before + line + after)
        text = self.any("\n", "\n", "\n\n").join(lines) + self.any("", "\n")
        return text.replace("\n", self.any("\n", "\r\n"))


@st.composite
def documents(draw: st.DrawFn) -> str:
    return Writer(draw).document(draw(trees))


# ---------------------------------------------------------------- judges


def paths(value: Any, path: Path = ()) -> list[Path]:
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path] * (path != ()) + [deep for part, inner in inside for deep in paths(inner, (*path, part))]


def follow(value: Any, path: Path) -> Any:
    for part in path:
        value = value[part]
    return value


def offset_of(text: str, position: Position) -> int:
    lines = text.split("\n")
    return sum(len(line) + 1 for line in lines[: position.line - 1]) + position.column - 1


KEY = re.compile(r"""[A-Za-z0-9_-]+ | "(?:[^"\\]|\\.)*" | '[^']*'""", re.VERBOSE)


def spelled_at(text: str, at: int) -> str:
    match = KEY.match(text, at)
    assert match, text[at:]
    return match[0]


def decoded(spelling: str) -> str:
    return next(iter(tomllib.loads(spelling + " = 1")))


# ---------------------------------------------------------------- laws


def still_stands(text: str, path: Path, at: int) -> None:
    """The strictest reading of "it stands here": change it here, and tomllib sees the change at that path."""

    def changed(after: int, put: str, taken: int = 0) -> Any:
        return tomllib.loads(text[:after] + put + text[after + taken :])

    line_end = (text + "\n").index("\n", at)
    in_header = text[text.rfind("\n", 0, at) + 1 : at].strip(" ").startswith("[")
    if isinstance(path[-1], str):
        spelling = spelled_at(text, at)
        assert decoded(spelling) == path[-1]
        try:
            assert "new" in follow(changed(at, "new", len(spelling)), path[:-1])
        except tomllib.TOMLDecodeError:
            assert in_header  # on which later headers may lean
        return
    try:
        assert follow(changed(at, "'new', "), path) == "new"
    except tomllib.TOMLDecodeError:
        assert text.startswith("[[", at)  # a header then, with room for a key below it
        assert "new" in follow(changed(line_end, "\nnew = 1"), path)


@settings(max_examples=100, deadline=None)
@given(documents())
def test_every_path_of_a_document_stands_where_the_index_says(text: str) -> None:
    positions = index(text)
    assert set(positions) == set(paths(tomllib.loads(text)))
    for path, position in positions.items():
        still_stands(text, path, offset_of(text, position))


@settings(max_examples=80, deadline=None)
@given(documents())
def test_another_grammar_sees_keys_and_items_at_the_same_places(text: str) -> None:
    grammar = pytest.importorskip("tree_sitter_toml")
    sitter = pytest.importorskip("tree_sitter")
    parser = sitter.Parser(sitter.Language(grammar.language()))
    nodes = [parser.parse(text.encode()).root_node]
    assert not nodes[0].has_error
    keys, items = set(), []
    for node in nodes:  # grows while it is read
        nodes += node.children
        start = len(text.encode()[: node.start_byte].decode())
        in_array = node.parent and node.parent.type == "array" and node.is_named and node.type != "comment"
        if node.type in ("bare_key", "quoted_key"):
            keys.add((start, decoded(node.text.decode())))
        elif in_array or node.type == "table_array_element":
            items.append(start)
    places = [(path[-1], offset_of(text, position)) for path, position in index(text).items()]
    assert {(at, part) for part, at in places if isinstance(part, str)} <= keys
    assert sorted(at for part, at in places if isinstance(part, int)) == sorted(items)


# ---------------------------------------------------------------- worked examples

EXAMPLE = """\
# [not.a.table]
title = "Opt-out"

[council.rule]  # council is only mentioned here
quota."of \\"members\\"" = 0.55

[council]
members = [
  { name = "A", weight = 1 },  # ] and } in a comment
  { name = 'B', ties . A = 0.5 },
]
since = [1979-05-27 07:32:00, 1.5, \"\"\"
[x] = \\\"\"\" 1\"\"\"\"\"]

[[proposal]]
loadings.autonomy = -1
[[proposal]]
[proposal.loadings]
'autonomy' = +1
[[proposal.text]]
[[proposal.text]]
"\\u0061b" = [[], [[true]]]
"""


PLACES: dict[Path, tuple[int, int]] = {
    ("title",): (2, 1),
    ("council",): (7, 2),
    ("council", "rule"): (4, 10),
    ("council", "rule", "quota"): (5, 1),
    ("council", "rule", "quota", 'of "members"'): (5, 7),
    ("council", "members"): (8, 1),
    ("council", "members", 0): (9, 3),
    ("council", "members", 0, "name"): (9, 5),
    ("council", "members", 0, "weight"): (9, 17),
    ("council", "members", 1): (10, 3),
    ("council", "members", 1, "name"): (10, 5),
    ("council", "members", 1, "ties"): (10, 17),
    ("council", "members", 1, "ties", "A"): (10, 24),
    ("council", "since"): (12, 1),
    ("council", "since", 0): (12, 10),
    ("council", "since", 1): (12, 31),
    ("council", "since", 2): (12, 36),
    ("proposal",): (15, 3),
    ("proposal", 0): (15, 1),
    ("proposal", 0, "loadings"): (16, 1),
    ("proposal", 0, "loadings", "autonomy"): (16, 10),
    ("proposal", 1): (17, 1),
    ("proposal", 1, "loadings"): (18, 11),
    ("proposal", 1, "loadings", "autonomy"): (19, 1),
    ("proposal", 1, "text"): (20, 12),
    ("proposal", 1, "text", 0): (20, 1),
    ("proposal", 1, "text", 1): (21, 1),
    ("proposal", 1, "text", 1, "ab"): (22, 1),
    ("proposal", 1, "text", 1, "ab", 0): (22, 14),
    ("proposal", 1, "text", 1, "ab", 1): (22, 18),
    ("proposal", 1, "text", 1, "ab", 1, 0): (22, 19),
    ("proposal", 1, "text", 1, "ab", 1, 0, 0): (22, 20),
}


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_the_example(line_end: str) -> None:
    text = EXAMPLE.replace("\n", line_end)
    assert set(PLACES) == set(paths(tomllib.loads(text)))
    assert index(text) == PLACES


def test_a_missing_key_points_to_what_it_is_missing_from() -> None:
    positions = index(EXAMPLE)
    assert find(positions, ("council", "members", 0, "weight")) == (9, 17)
    assert find(positions, ("council", "members", 0, "autonomy")) == (9, 3)
    assert find(positions, ("council", "rule", "veto", "members", 3)) == (4, 10)
    assert find(positions, ("procedure", "rounds")) == (1, 1)
    assert find({}, ()) == (1, 1)


def test_a_table_begun_by_dotted_keys_stands_at_the_first_of_them() -> None:
    positions = index("a.b = 1\na.c = 2\n[a.d]\n")
    assert positions == {("a",): (1, 1), ("a", "b"): (1, 3), ("a", "c"): (2, 3), ("a", "d"): (3, 4)}


def test_nothing_stands_in_an_empty_text() -> None:
    assert index("") == index("\n# only this\n") == {}


def test_deep_arrays() -> None:
    text = "a = " + "[" * 90 + "]" * 90
    assert set(index(text)) == set(paths(tomllib.loads(text)))
    assert index(text)[("a", *[0] * 89)] == (1, 4 + 90)


def test_deeper_than_any_recursion_and_than_any_path() -> None:
    positions = index("a = " + "[" * 5000 + "]" * 5000)
    assert len(positions) == DEEPEST
    assert find(positions, ("a", *[0] * 4999)) == (1, 4 + DEEPEST)


@pytest.mark.parametrize(
    "text",
    [
        "a = [" + "1, # one\n" * 20_000 + "]",
        "[[a]]\nb.c = 1\n" * 10_000,
        "[" + ".".join("a" * 1000) + "]\n" + "".join(f"k{i} = 1\n" for i in range(10_000)),
        'a = """' + '\\"""' * 100_000 + '"""',
        'a = """' + '\\"""' * 100_000,
        "a = '\n" * 20_000,
    ],
    ids=["items", "tables", "long header", "escapes", "no end", "no ends"],
)
def test_time_is_linear(text: str) -> None:
    start = perf_counter()
    index(text)
    assert perf_counter() - start < 2  # tenths of a second, but minutes if it were quadratic


# ---------------------------------------------------------------- texts that tomllib refuses


def refused(text: str) -> Position:
    with pytest.raises((ValueError, RecursionError)) as caught:
        tomllib.loads(text)
    return syntax_position(text, caught.value)


DIGITS = "9" * 5000


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("a = 1\nb = \n", (2, 5)),
        ("a = 1\r\n  b = x\r\n", (2, 7)),
        ("a = 1\nb = [", (2, 6)),
        ("a = 1\r\nb = [\r\n", (3, 1)),
        ('["(at line 9, column 9)"]\n["(at line 9, column 9)"]\n', (2, 25)),
        ('a = "[[[[" # [[[[\n[b]\nc = ' + "[" * 3000, (3, 4 + DEEPEST + 1)),
        ("c = " + "[{a=" * 3000, (1, 4 + 2 * DEEPEST + 1)),
        (f"# {DIGITS}\na = '{DIGITS}'\nb = 0x{DIGITS}\nc = [1, -{DIGITS}]", (4, 9)),
        ("a = " + "9_" * 3000 + "9\nb = " + "9_" * 5000 + "9", (2, 5)),
    ],
)
def test_where_tomllib_gave_up(text: str, position: tuple[int, int]) -> None:
    assert refused(text) == position


FREE_FORM = pytest.mark.filterwarnings("ignore:Free-form arguments:DeprecationWarning")  # from Python 3.14


@FREE_FORM
def test_the_errors_own_numbers_come_first() -> None:
    error = tomllib.TOMLDecodeError("Invalid value (at line 1, column 1)")
    error.lineno, error.colno = 7, 3  # type: ignore[attr-defined]
    assert syntax_position("", error) == (7, 3)


@FREE_FORM
@pytest.mark.parametrize("sort", [OSError, ValueError, RecursionError, tomllib.TOMLDecodeError])
def test_what_cannot_be_told_is_the_beginning(sort: type[Exception]) -> None:
    assert syntax_position("a = 1\nb = [1]\n", sort("no place named")) == (1, 1)
