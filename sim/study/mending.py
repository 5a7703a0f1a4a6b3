"""A sweep's file before it is written to: refused if it is another's, made anew from what is sound if it is damaged."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from errno import EINVAL
from itertools import count, takewhile, zip_longest
from pathlib import Path

from sim.scenario.complaints import shown
from sim.study.sweepfile import (
    INSERT,
    PAGE,
    Damaged,
    Different,
    Sweep,
    beside,
    build,
    check,
    described,
    fold,
    readable,
    said,
    sound,
    transaction,
    writable,
)

OWN = ("", "-wal", "-shm", "-journal")  # what SQLite may have beside a file


def prepare(path: Path, sweep: Sweep) -> None:
    """Leave at the path a file of this sweep that is sound but, perhaps, for single rows. For the lock's holder.

    Raises Different, having touched nothing, and OSError.
    """
    if path.exists() and not path.is_file():
        raise OSError(EINVAL, "not a file", str(path))
    part = beside(path, ".part")
    _remove(part)
    try:
        if not path.exists():
            _set_aside(path)  # a log without its file would be taken for the new one's
            build(part, sweep)
            os.replace(part, path)
            return
        try:
            _verify(path, sweep)
        except Damaged:
            build(part, sweep)
            _salvage(path, part, sweep)
            _set_aside(path)
            os.replace(part, path)
    finally:
        _remove(part)


def _verify(path: Path, sweep: Sweep) -> None:
    logged = beside(path, "-wal").exists()
    try:
        with said(path), closing(readable(path)) as connection:
            found = described(connection, path)
            if found != sweep:
                raise Different(f"{path} holds another sweep: {'; '.join(differences(found, sweep))}")
            check(connection, path)
    finally:
        if logged:
            beside(path, "-shm").unlink(missing_ok=True)  # SQLite leaves it after only reading


def _remove(path: Path) -> None:
    for suffix in OWN:
        beside(path, suffix).unlink(missing_ok=True)


def _set_aside(path: Path) -> None:
    """Keep a damaged file, and its log, under a name that is free; the file itself stays, to be replaced at once."""
    names = (beside(path, f".damaged{'' if n == 1 else n}") for n in count(1))
    aside = next(each for each in names if not any(beside(each, suffix).exists() for suffix in OWN))
    for suffix in OWN[:2]:
        old, new = beside(path, suffix), beside(aside, suffix)
        if old.exists():
            try:
                os.link(old, new)
            except OSError:  # not every file system has links
                shutil.copyfile(old, new)
    for suffix in OWN[1:]:
        beside(path, suffix).unlink(missing_ok=True)


def _salvage(path: Path, part: Path, sweep: Sweep) -> None:
    """Copy into the new file all rows of this sweep that check. Raises OSError."""
    copy = beside(part, ".copy")
    with said(part), closing(writable(part)) as connection:
        _fill(connection, path, sweep)
        if not connection.total_changes:  # perhaps the first page is lost, which is the same in all but for counters
            try:
                _with_first_page(path, part, copy)
                _fill(connection, copy, sweep)
            finally:
                _remove(copy)
        fold(connection)


def _fill(connection: sqlite3.Connection, path: Path, sweep: Sweep) -> None:
    with transaction(connection):
        connection.executemany(INSERT, _sound_rows(path, sweep))


def _with_first_page(path: Path, fresh: Path, copy: Path) -> None:
    """A copy whose first page is that of a new file, but for the number of pages."""
    shutil.copyfile(path, copy)
    pages = copy.stat().st_size // PAGE
    with fresh.open("rb") as good, copy.open("r+b") as bad:
        first = good.read(PAGE)
        bad.write(first[:28] + pages.to_bytes(4, "big") + first[32:])


def _sound_rows(path: Path, sweep: Sweep) -> Iterator[tuple[int, str, bytes]]:
    """The rows that can be read and check, each looked up by itself, so that a broken page costs its own rows only."""
    key = sweep.key
    with closing(readable(path)) as connection:
        for cell in range(-1, sweep.cells):
            try:
                if cell < 0:
                    connection.execute("PRAGMA writable_schema=ON")  # reads on where the size or the schema is wrong
                    continue
                rows = connection.execute("SELECT content, digest FROM cells WHERE cell = ?", (cell,)).fetchall()
            except (sqlite3.DatabaseError, UnicodeDecodeError):
                continue
            for content, kept in rows[:1]:
                if sound(key, cell, content, kept):
                    yield cell, content.decode(), kept


def differences(there: Sweep, here: Sweep) -> Iterator[str]:
    """What differs, key by key; of a text of many lines, the first that does."""
    if there.cells != here.cells:
        yield f"{there.cells} cells there, {here.cells} here"
    for key in {**here.identity, **there.identity}:
        old, new = there.identity.get(key), here.identity.get(key)
        if old is None or new is None:
            yield f"{key}: {_excerpt(old)} there, {_excerpt(new)} here"
        elif old != new:
            yield _apart(key, old, new)


def _apart(key: str, old: str, new: str) -> str:
    pairs = zip_longest(old.split("\n"), new.split("\n"))
    number, (was, now) = next((n, pair) for n, pair in enumerate(pairs, 1) if pair[0] != pair[1])
    place = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(was or "", now or "", strict=False)))
    line = f", line {number}" if "\n" in old + new else ""
    return f"{key}{line}: {_excerpt(was, place)} there, {_excerpt(now, place)} here"


def _excerpt(text: str | None, place: int = 0) -> str:
    if text is None:
        return "nothing"
    start = max(0, place - 20) if len(text) > 56 else 0
    return ("… " if start else "") + shown(text[start : start + 56])
