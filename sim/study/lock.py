"""One process at a time writes a sweep: the lock, and who holds it.

The lock itself is the system's and ends with its holder, however that ends; a small file beside it only says who it
is, and may be out of date.
"""

from __future__ import annotations

import json
import os
import socket
from datetime import datetime
from pathlib import Path
from time import monotonic, sleep

from filelock import FileLock, Timeout

PATIENCE = 1.0  # seconds in which who has just taken the lock will have said so
AGAIN = 0.02  # seconds


class Busy(Exception):
    """Another process has the sweep open. pid, host and since (local time) are None where it has not said so."""

    def __init__(self, path: Path, pid: int | None = None, host: str | None = None, since: str | None = None) -> None:
        self.path, self.pid, self.host, self.since = path, pid, host, since
        who = "another process" if pid is None else f"process {pid} on {host} since {since}"
        super().__init__(f"{path}: in use by {who}; wait for it, or end it")


class Lock:
    """The right to write the sweep at a path; not passed on to child processes that are spawned."""

    def __init__(self, path: Path) -> None:
        self._path, self._owner = path, path.with_suffix(".owner")
        self._lock = FileLock(path.with_suffix(".lock"))

    def take(self) -> None:
        """Take it at once or raise Busy, at the latest after PATIENCE. OSError where the folder cannot be written.

        An owner's file whose process is gone may be that of a killed holder, which the new one is about to replace.
        """
        until = monotonic() + PATIENCE
        while not self._taken():
            holder = self.busy()
            if (holder.pid is not None and _lives(holder)) or monotonic() > until:
                raise holder
            sleep(AGAIN)
        try:
            self._say()
        except BaseException:
            self.release()
            raise

    def release(self) -> None:
        """Let others have it."""
        try:
            self._owner.unlink(missing_ok=True)
        except OSError:
            pass  # it names a process that will be gone, which is not believed
        finally:
            self._lock.release()

    def busy(self) -> Busy:
        """The refusal that names the holder, as far as one can be read."""
        try:
            said = json.loads(self._owner.read_text(encoding="utf-8"))
            return Busy(self._path, int(said["pid"]), str(said["host"]), str(said["since"]))
        except (OSError, ValueError, KeyError, TypeError):
            return Busy(self._path)

    def _taken(self) -> bool:
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            return False
        return True

    def _say(self) -> None:
        since = datetime.now().astimezone().isoformat(" ", "seconds")
        owner = {"pid": os.getpid(), "host": socket.gethostname(), "since": since}
        try:
            self._owner.write_text(json.dumps(owner) + "\n", encoding="utf-8")
        except OSError as error:
            raise OSError(error.errno, error.strerror, str(self._owner)) from None


def _lives(holder: Busy) -> bool:
    """Whether a holder's process exists; of another host's, nothing is known but that the lock is held."""
    if holder.pid is None or holder.host != socket.gethostname() or os.name == "nt":
        return True
    try:
        os.kill(holder.pid, 0)
    except PermissionError:
        return True
    except (ProcessLookupError, OverflowError):
        return False
    return True
