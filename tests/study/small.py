"""A small council with everything uncertain, as a scenario file: exact in a moment, so that laws can be tried on it."""

from pathlib import Path

TEXT = """
title    = "A small council"
question = "Would they agree?"
sources  = ["illustrative"]

[drivers]
benefits = ["gain"]
costs    = ["loss"]

[council]
members = [
  { id = "A", gain = 0.9, gain_sd = 0.1, loss = 0.1, loss_sd = 0.1 },
  { id = "B", gain = 0.7, gain_sd = 0.2, loss = 0.3, loss_sd = 0.1 },
  { id = "C", gain = 0.5, gain_sd = 0.1, loss = 0.4, loss_sd = 0.2 },
  { id = "D", gain = 0.4, gain_sd = 0.2, loss = 0.8, loss_sd = 0.1 },
]

[traits]
independence = "loss"

[weights]
size = 3.0
loss = 4.0

[stake]
base  = 0.4
slope = 0.5
trait = "gain"

[[proposal]]
name   = "First"
appeal = 0.5

[[proposal]]
name      = "Second"
loadings  = { loss = 0.5 }
procedure = { rounds = 2, payment = { value = 0.4, members = 1 }, fatigue = 0.2 }

[compare]
rules = ["majority"]

[uncertainty]
draws    = 40
size     = 0.3
weights  = 0.4
loadings = 0.1

[uncertainty.parameters]
"procedure.isolation" = { log_sd = 0.4 }
"proposal.appeal"     = { sd = 0.5 }
"stake.slope"         = { sd = 0.1 }

[[observed]]
proposal  = "First"
adopted   = false
hold_outs = ["D"]

[run]
seed       = 5
replicates = 500
"""


def written(folder: Path, *changes: tuple[str, str]) -> str:
    """The path of the file, with some of its text replaced."""
    text = TEXT
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    path = folder / "small.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)
