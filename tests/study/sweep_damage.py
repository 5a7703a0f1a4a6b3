"""A sweep's files, damaged in every way that a disk or a careless hand damages them."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path
from random import Random

from slow_sweep import IDENTITY, content

from sim.study.store import Damaged, Store

CELLS = 200
FILE, LOG = "sweep.sqlite", "sweep.sqlite-wal"


def filled(folder: Path) -> Path:
    """A finished sweep."""
    with Store.open(folder / FILE, IDENTITY, CELLS) as store:
        for start in range(0, CELLS, 10):
            store.add((cell, content(cell)) for cell in range(start, start + 10))
    return folder


def killed(folder: Path, behind: Path) -> Path:
    """A sweep whose program was killed: half of it in the file, half still in the log.

    behind: a folder for the same one killed while the log was written into the file, but not yet emptied
    """
    with Store.open(folder / FILE, IDENTITY, CELLS) as store:
        store.add((cell, content(cell)) for cell in range(CELLS // 2))
        store._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        for start in range(CELLS // 2, CELLS, 10):
            store.add((cell, content(cell)) for cell in range(start, start + 10))
        kept = {name: (folder / name).read_bytes() for name in (FILE, LOG)}
    whole = (folder / FILE).read_bytes()
    for home, file in ((folder, kept[FILE]), (behind, whole)):
        (home / FILE).write_bytes(file)
        (home / LOG).write_bytes(kept[LOG])
    return folder


def damage(folder: Path, random: Random) -> str:
    """Damage one of the files; how."""
    path = random.choice([each for each in (folder / FILE, folder / LOG) if each.exists()])
    octets = bytearray(path.read_bytes())
    how = random.choice(["flip", "flip", "flip", "first page", "page", "cut", "more", "none"])
    place = random.randrange(100 if random.random() < 0.3 else 4096) if how == "first page" else None
    if how in ("flip", "first page"):
        octets[random.randrange(len(octets)) if place is None else place] ^= 1 << random.randrange(8)
    elif how == "page":
        start = random.randrange(len(octets)) // 4096 * 4096
        octets[start : start + 4096] = random.choice([bytes(4096), random.randbytes(4096)])
    elif how == "cut":
        del octets[random.randrange(len(octets)) :]
    elif how == "more":
        octets += random.randbytes(random.randrange(1, 9000))
    path.write_bytes(octets)
    if how == "none":
        path.unlink()
    return f"{path.name}: {how}"


def survived(whole: Path, home: Path, random: Random) -> str:
    """Damage a copy of a sweep's files, and go on with it; what was noticed.

    No cell is read that is not the one stored, and afterwards the sweep is as if nothing had happened.
    """
    shutil.rmtree(home, ignore_errors=True)
    shutil.copytree(whole, home)
    how = damage(home, random)
    noticed = read(home / FILE)
    with Store.open(home / FILE, IDENTITY, CELLS) as store:
        missing = store.missing()
        rows = dict(store.rows())
        assert rows == {cell: content(cell) for cell in range(CELLS) if cell not in set(missing)}, how
        assert not missing or noticed, how
        store.add((cell, content(cell)) for cell in missing)
    with Store.read(home / FILE) as store:
        assert dict(store.rows()) == {cell: content(cell) for cell in range(CELLS)}, how
        assert store.identity == IDENTITY
    aside = home / f"{FILE}.damaged"
    return "set aside" if aside.exists() else "computed again" if missing else "noticed" if noticed else "harmless"


def read(path: Path) -> bool:
    """Whether a reader notices that the file is not a whole sweep; what it reads is right in any case."""
    try:
        with Store.read(path) as store:
            rows = dict(store.rows())
            assert store.identity == IDENTITY
            assert rows == {cell: content(cell) for cell in rows}
            assert store.missing() == [cell for cell in range(CELLS) if cell not in rows]
            return bool(store.missing())
    except (Damaged, FileNotFoundError):
        return True


def with_byte(path: Path, table: str, column: str) -> None:
    """Change the first character of a value, as a flipped bit would; the file's structure stays sound."""
    connection = sqlite3.connect(path)
    with connection:
        connection.execute(f"UPDATE {table} SET {column} = '#' || substr({column}, 2) WHERE rowid = 1")
    connection.close()
