"""The file behind a store: how it is made, opened and checked, and what its errors mean.

A digest goes with every row, keyed by the sweep that it belongs to; another goes with the sweep's own description.
The file is in the mode of a write-ahead log from the moment that it is there, and only the holder of the lock beside
it writes; so killing the program costs the block that was not yet committed, and nothing else.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from errno import EACCES, EFBIG, EIO, ENOSPC, EROFS
from hashlib import blake2b
from pathlib import Path

from sim.study.lock import Lock

FORMAT = 1
PAGE = 4096  # bytes
MAGIC = b"SQLite format 3\x00"
TABLES = (
    b"CREATE TABLE meta (content TEXT NOT NULL, digest BLOB NOT NULL)",
    b"CREATE TABLE cells (cell INTEGER PRIMARY KEY, content TEXT NOT NULL, digest BLOB NOT NULL)",
)
INSERT = "INSERT INTO cells VALUES (?, ?, ?)"
MACHINE = {  # what is not the file's fault
    sqlite3.SQLITE_FULL: ENOSPC,
    sqlite3.SQLITE_IOERR: EIO,
    sqlite3.SQLITE_READONLY: EROFS,
    sqlite3.SQLITE_PERM: EACCES,
    sqlite3.SQLITE_CANTOPEN: EACCES,
    sqlite3.SQLITE_NOLFS: EFBIG,
}
WAITING = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


class Different(Exception):
    """A file holds another sweep than the one asked for; the text says what differs."""


class Damaged(Exception):
    """Something in a file does not check."""


@dataclass(frozen=True)
class Sweep:
    """Which sweep a file holds."""

    identity: Mapping[str, str]
    cells: int

    @property
    def content(self) -> str:
        """As it is stored; the same for the same sweep, in whatever order the keys were given."""
        return json.dumps({"format": FORMAT, "cells": self.cells, "identity": dict(self.identity)}, sort_keys=True)

    @property
    def key(self) -> bytes:
        """What the digests of its rows are keyed by, so that no row passes for one of another sweep."""
        return blake2b(self.content.encode()).digest()


def digest(key: bytes, cell: int, content: bytes) -> bytes:
    """Over one row, 16 bytes; key: its sweep's."""
    return blake2b(cell.to_bytes(8, "big", signed=True) + content, digest_size=16, key=key).digest()


def sound(key: bytes, cell: int, content: object, kept: object) -> bool:
    """Whether a row is what was stored; what is damaged may be of any type."""
    return isinstance(content, bytes) and kept == digest(key, cell, content)


@contextmanager
def said(path: Path) -> Iterator[None]:
    """SQLite's errors as Busy, as OSError with the path, or else as Damaged: its statements are always the same."""
    try:
        yield
    except UnicodeDecodeError:  # of a message that repeats what is damaged
        raise Damaged(f"{path}: its tables are not those of a sweep") from None
    except sqlite3.DatabaseError as error:
        code = getattr(error, "sqlite_errorcode", None)
        if code is None:  # a mistake in this program
            raise
        if code & 0xFF in WAITING:
            raise Lock(path).busy() from None
        if code & 0xFF in MACHINE and code != sqlite3.SQLITE_IOERR_SHORT_READ:
            raise OSError(_number(path, MACHINE[code & 0xFF]), str(error), str(path)) from None
        raise Damaged(f"{path}: {error}") from None


def _number(path: Path, number: int) -> int:
    """The errno that the system itself gives, where it can be had again; SQLite keeps it to itself."""
    if number in (EACCES, EROFS, EIO):
        try:
            os.close(os.open(path, os.O_RDWR))
        except OSError as error:
            return error.errno or number
    return number


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Commit what is written inside, or nothing of it."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        with suppress(sqlite3.Error):  # it may have been rolled back already
            connection.execute("ROLLBACK")
        raise


def beside(path: Path, suffix: str) -> Path:
    """One of the files that SQLite keeps beside its own."""
    return path.with_name(path.name + suffix)


def _connected(path: Path, how: str) -> sqlite3.Connection:
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?{how}", uri=True, isolation_level=None, timeout=1.0)
    connection.text_factory = bytes  # what is damaged may be no text
    return connection


def readable(path: Path) -> sqlite3.Connection:
    """A connection that changes nothing. Without a log nobody writes, and no file need be made beside it."""
    return _connected(path, "mode=ro" if beside(path, "-wal").exists() else "mode=ro&immutable=1")


def writable(path: Path) -> sqlite3.Connection:
    """A connection that others wait for. Raises sqlite3.Error."""
    beside(path, "-shm").unlink(missing_ok=True)  # left by a reader; below, no memory is shared
    connection = _connected(path, "mode=rw")
    try:
        connection.execute("PRAGMA locking_mode=EXCLUSIVE")  # works on the file systems of networks, too
        connection.execute("PRAGMA synchronous=FULL")  # a block takes seconds to compute, and milliseconds to sync
        with transaction(connection):
            pass
    except BaseException:
        connection.close()
        raise
    return connection


def described(connection: sqlite3.Connection, path: Path) -> Sweep:
    """Which sweep a file holds. Raises Damaged, sqlite3.Error."""
    with path.open("rb") as file:
        start = file.read(20)
    if start[:16] != MAGIC or start[18:] != b"\x02\x02":  # the versions that stand for a write-ahead log
        raise Damaged(f"{path}: {'empty' if not start else 'not the database of a sweep'}")
    if connection.execute("SELECT sql FROM sqlite_master ORDER BY rowid").fetchall() != [(each,) for each in TABLES]:
        raise Damaged(f"{path}: its tables are not those of a sweep")
    rows = connection.execute("SELECT content, digest FROM meta").fetchall()
    if len(rows) != 1 or not isinstance(rows[0][0], bytes) or rows[0][1] != blake2b(rows[0][0]).digest():
        raise Damaged(f"{path}: the sweep's description does not check")
    found = json.loads(rows[0][0])
    if found["format"] != FORMAT:
        raise Different(f"{path}: made by another version of this program; use that one, or another folder")
    return Sweep(found["identity"], found["cells"])


def fold(connection: sqlite3.Connection) -> None:
    """Write the log into the file and empty it; closing does so too, but is silent where it fails."""
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def check(connection: sqlite3.Connection, path: Path) -> None:
    """Raises Damaged or sqlite3.Error where the file's structure is broken."""
    ((verdict,),) = connection.execute("PRAGMA quick_check(1)").fetchall()
    if verdict != b"ok":
        raise Damaged(f"{path}: {verdict.decode(errors='replace')}")


def build(path: Path, sweep: Sweep) -> None:
    """Make a sweep's file without any rows, where no file is. Raises OSError."""
    with said(path), closing(_connected(path, "mode=rwc")) as connection:
        connection.execute(f"PRAGMA page_size={PAGE}")
        connection.execute("PRAGMA journal_mode=OFF")  # what is not built to the end is thrown away
        with transaction(connection):
            for each in TABLES:
                connection.execute(each.decode())
            content = sweep.content
            connection.execute("INSERT INTO meta VALUES (?, ?)", (content, blake2b(content.encode()).digest()))
        connection.execute("PRAGMA journal_mode=WAL")
