"""The JSON Schema that `check --schema` prints: for editors, it refuses what a schema can, and accepts the rest."""

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from sim.scenario.complaints import BadInput
from sim.scenario.load import load
from sim.scenario.schema import published

jsonschema = pytest.importorskip("jsonschema")
ROOT = Path(__file__).resolve().parents[2]
CASES = ROOT / "tests" / "cases"
VALID = [*sorted((ROOT / "scenarios").glob("*.toml")), *sorted((CASES / "valid").glob("*.toml"))]


def parsed(path: Path) -> dict[str, Any] | None:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig").replace("\r\n", "\n"))
    except (ValueError, RecursionError):
        return None


def validator() -> Any:
    schema = json.loads(json.dumps(published(), allow_nan=False))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


@pytest.mark.parametrize("path", VALID, ids=lambda path: path.stem)
def test_it_accepts(path: Path) -> None:
    assert [each.message for each in validator().iter_errors(parsed(path))] == []


# What only a reader of the whole can tell: names that must be there, or differ, or be within reach; NaN and inf.
BEYOND = {
    "default-rule-too-small", "drivers", "duplicate-members", "hexadecimal-digits",
    "members-file-a-device", "members-file-a-folder",
    "members-file-missing", "members-file-name-too-long", "nobody-left", "observed", "overrides", "sweeps",
    "proposal-names", "rules-out-of-reach", "silence-1e999", "stake-twice", "unknown-members", "unprintable-name",
    "long-complaints", "ties-file-a-device", "ties-file-a-folder", "ties-file-missing", "ties-members",
}  # fmt: skip


def refusable(path: Path) -> bool:
    beyond = path.stem in BEYOND or path.stem.startswith(("csv-", "set-"))
    return parsed(path) is not None and not beyond


REFUSED = [each for each in sorted((CASES / "invalid").glob("*.toml")) if refusable(each)]


@pytest.mark.parametrize("path", REFUSED, ids=lambda path: path.stem)
def test_it_refuses(path: Path) -> None:
    assert list(validator().iter_errors(parsed(path)))


def test_most_invalid_files_are_refused_by_the_schema_or_beyond_it() -> None:
    assert len(REFUSED) > 15
    assert {each.stem for each in (CASES / "invalid").glob("*.toml")} >= BEYOND


@pytest.mark.parametrize(
    ("change", "accepted"),
    [
        ('[procedure]\nrule = "consensus-minus"', True),
        ('[procedure]\nrule = { name = "consensus-minus", k = 0 }', True),
        ('[procedure]\nrule = { name = "consensus-minus", share = 0.5 }', False),
        ('[procedure]\nrule = "super-majority"', False),
        ('[procedure]\nrule = { name = "super-majority", share = 1 }', True),
        ('[procedure]\nrule = "consensus minus"', False),
        ("[procedure]\nrule = { k = 1 }", False),
        ('[traits]\ninterest = "autonomy"', True),
        ('[traits]\ninterest = { column = "autonomy", invert = true, divide_by = 0.5 }', True),
        ('[traits]\ninterest = { column = "autonomy", divide_by = 0 }', False),
        ('[traits]\ninterest = { colunm = "autonomy" }', False),
        ("[traits]\ninterest = 1", False),
        ("[council.override.ANN]\nnever_objects = true\nautonomy = 0.5", True),
        ('[council.override.ANN]\nautonomy = "low"', False),
        ("[procedure]\nsilence_hours = inf", True),
        ("[run]\nseeds = 1", False),
        ("[interaction]\nties = []", True),
        ('[interaction]\nties = [{ from = "ANN", to = "BEN", weight = 1 }]', True),
        ('[interaction]\nties = [{ from = "ANN", to = "BEN" }]', False),
        ('[interaction]\nties = [{ from = "ANN", to = "BEN", weight = -1 }]', False),
        ('[interaction]\nties = [{ from = "ANN", to = "BEN", weight = 1, since = 1958 }]', False),
        ("[interaction]\nties = 1", False),
    ],
)
def test_it_tells_the_two_ways_of_writing_apart(change: str, accepted: bool, tmp_path: Path) -> None:
    path = tmp_path / "changed.toml"
    path.write_text((CASES / "valid" / "shortest.toml").read_text(encoding="utf-8") + change, encoding="utf-8")
    assert validator().is_valid(parsed(path)) == accepted
    if accepted:
        load(str(path))
    else:
        with pytest.raises(BadInput):
            load(str(path))
