"""The computed cells of a sweep: what was committed is neither lost, computed again, nor taken for another."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, suppress
from errno import ENOENT
from hashlib import blake2b
from pathlib import Path
from types import TracebackType
from typing import Self

from sim.study.lock import Busy, Lock
from sim.study.mending import prepare
from sim.study.sweepfile import (
    INSERT,
    Damaged,
    Different,
    Sweep,
    check,
    described,
    digest,
    fold,
    readable,
    said,
    sound,
    transaction,
    writable,
)

__all__ = ["Busy", "Damaged", "Different", "Store"]

ALL = "SELECT cell, content, digest FROM cells ORDER BY cell"


class Store:
    """The cells of one sweep; from `open` to be added to, by one process at a time, from `read` only to be read.

    identity: which sweep it is, as given when it was made; cells: how many it has, computed or not.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection, sweep: Sweep, lock: Lock | None) -> None:
        self.path, self.cells, self.identity = path, sweep.cells, dict(sweep.identity)
        self._key, self._lock = sweep.key, lock
        self._open_connection: sqlite3.Connection | None = connection

    @classmethod
    def open(cls, path: Path, identity: Mapping[str, str], cells: int) -> Store:
        """Create a sweep's file or resume it; a damaged one is set aside, and what is sound in it is kept.

        Raises Busy where another process has it open, Different where it holds another sweep (it is not touched),
        OSError with the path where the machine does not let it be written.
        """
        lock, sweep = Lock(path), Sweep(dict(identity), cells)
        lock.take()
        try:
            prepare(path, sweep)
            with said(path):
                return cls(path, writable(path), sweep, lock)
        except BaseException:
            lock.release()
            raise

    @classmethod
    def read(cls, path: Path) -> Store:
        """A sweep's file as it is. Raises Damaged if anything in it does not check, Busy, OSError."""
        if not path.exists():
            raise FileNotFoundError(ENOENT, os.strerror(ENOENT), str(path))
        with said(path):
            connection = readable(path)
            try:
                store = cls(path, connection, described(connection, path), None)
                check(connection, path)
                store.missing()
            except BaseException:
                connection.close()
                raise
        return store

    def missing(self) -> list[int]:
        """The cells to compute, ascending: not there, or damaged and so deleted. Damaged where only read."""
        there, damaged = bytearray(self.cells), []
        with said(self.path):
            for cell, content, kept in self._connection.execute(ALL):
                if sound(self._key, cell, content, kept) and 0 <= cell < self.cells:
                    there[cell] = 1
                else:
                    damaged.append(cell)
            if damaged:
                if self._lock is None:
                    raise self._wrong(damaged[0])
                with transaction(self._connection):
                    self._connection.executemany("DELETE FROM cells WHERE cell = ?", ((each,) for each in damaged))
        return [cell for cell in range(self.cells) if not there[cell]]

    def add(self, rows: Iterable[tuple[int, str]]) -> None:
        """Commit rows (cell, content), all or none; on return they outlive a failure of power.

        Raises ValueError for a cell that is there already or is none of the sweep's, OSError with the path.
        """
        new = [(cell, content, digest(self._key, cell, content.encode())) for cell, content in rows]
        for cell, _, _ in new:
            if not 0 <= cell < self.cells:
                raise ValueError(f"cell {cell} is none of {self.cells}")
        with said(self.path):
            try:
                with transaction(self._connection):
                    self._connection.executemany(INSERT, new)
            except sqlite3.IntegrityError:
                raise ValueError("a cell is added that is there already") from None

    def rows(self) -> Iterator[tuple[int, str]]:
        """All rows (cell, content) in order of cell, one at a time. Damaged at the first that does not check."""
        with said(self.path):
            for cell, content, kept in self._connection.execute(ALL):
                if not sound(self._key, cell, content, kept):
                    raise self._wrong(cell)
                yield cell, content.decode()

    def digest(self) -> str:
        """Over the cells' numbers and contents in order, 64 hexadecimal digits: the same wherever, however made."""
        found = blake2b(digest_size=32)
        for cell, content in self.rows():
            text = content.encode()
            found.update(cell.to_bytes(8, "big") + len(text).to_bytes(8, "big") + text)
        return found.hexdigest()

    def close(self) -> None:
        """Fold the log into the file, so that one file remains, and let others in. OSError where that fails."""
        connection, self._open_connection = self._open_connection, None
        if connection is None:
            return
        try:
            with said(self.path), closing(connection):
                if self._lock is not None:
                    fold(connection)
        finally:
            if self._lock is not None:
                self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        with suppress(*((OSError,) if kind else ())):  # the first error is told; what is committed is safe in the log
            self.close()

    @property
    def _connection(self) -> sqlite3.Connection:
        if self._open_connection is None:
            raise ValueError("the store is closed")
        return self._open_connection

    def _wrong(self, cell: int) -> Damaged:
        return Damaged(f"{self.path}: cell {cell} does not check; a sweep that goes on computes it again")
