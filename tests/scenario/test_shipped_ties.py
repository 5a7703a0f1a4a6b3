"""The ties that ship are what SOURCES.md says they are: how many of the circles two members share."""

import csv
import re
from itertools import permutations
from pathlib import Path

import numpy as np

from sim.scenario.load import load

MEMBERS = Path(__file__).parents[2] / "scenarios" / "members"


def circles():
    section = (MEMBERS / "SOURCES.md").read_text(encoding="utf-8").split("## Who listens to whom", 1)[1]
    rows = re.findall(r"^\| (.+?) \| ((?:[A-Z]{3} ?)+) \|$", section, re.MULTILINE)
    return {name: ids.split() for name, ids in rows}


def test_the_ties_count_the_circles_that_two_members_share():
    with (MEMBERS / "ties-nato-2023.csv").open(encoding="utf-8") as file:
        shipped = {(row["from"], row["to"]): int(row["weight"]) for row in csv.DictReader(file)}
    with (MEMBERS / "nato-2023.csv").open(encoding="utf-8") as file:
        ids = [row["id"] for row in csv.DictReader(file)]
    found = circles()
    assert len(found) == 12
    assert {each for circle in found.values() for each in circle} == set(ids) - {"TUR"}
    shared = {(a, b): sum(a in each and b in each for each in found.values()) for a, b in permutations(ids, 2)}
    assert shipped == {pair: many for pair, many in shared.items() if many}


def test_the_room_is_the_office_with_members_that_watch():
    room, office = load("tokyo-room-2023").questions[0].case, load("tokyo-office-2023").questions[0].case
    assert (room.interaction.heed, room.interaction.hide) == (0.5, 0.5)
    assert np.count_nonzero(room.interaction.ties) == 564
    plain = room.but(interaction=office.interaction)
    assert repr(plain) == repr(office)
