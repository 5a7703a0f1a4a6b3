"""Reading a file that may be anything: a scenario, a device, a gigabyte."""

from __future__ import annotations

import stat
import unicodedata
from pathlib import Path

from sim.scenario.complaints import BadInput, near, shown

BYTES_AT_MOST = 16 << 20

SHIPPED = (Path(__file__).parents[2] / "scenarios", Path(__file__).parents[1] / "scenarios")


class Unreadable(Exception):
    """Why a file cannot be read at all."""


def bare(name: str) -> bool:
    """Is it a name without a folder, as those of shipped scenarios are?"""
    return bool(name) and not set(name) & set("/\\\0")


def locate(name: str) -> Path:
    """The file that a name stands for: a path, or the name of a scenario that ships with the program."""
    path = Path(name)
    try:
        if bare(name) and not path.is_file():
            for folder in SHIPPED:
                for each in (folder / name, folder / f"{name}.toml"):
                    if each.is_file():
                        return each
    except OSError:
        pass  # a name that no file can have
    return path


def shipped() -> list[str]:
    """The names of the scenarios that ship with the program."""
    return sorted({each.stem for folder in SHIPPED if folder.is_dir() for each in folder.glob("*.toml")})


def contents(path: Path, at_most: int = BYTES_AT_MOST) -> bytes:
    """The bytes of a regular file. Unreadable says what it is instead."""
    try:
        about = path.stat()
        if stat.S_ISDIR(about.st_mode):
            raise Unreadable("a folder, not a file")
        if not stat.S_ISREG(about.st_mode):
            raise Unreadable("not a regular file")
        with path.open("rb") as file:
            raw = file.read(at_most + 1 if about.st_size <= at_most else 0)
    except FileNotFoundError:
        raise Unreadable("there is no such file") from None
    except (OSError, ValueError) as error:
        raise Unreadable(f"cannot be read: {getattr(error, 'strerror', None) or error}") from None
    if max(len(raw), about.st_size) > at_most:
        raise Unreadable(f"more than {at_most >> 20} MB")
    return raw


def decoded(raw: bytes, name: str) -> str:
    """The text of a UTF-8 file, its accents composed; a BOM is dropped. BadInput says what it is instead."""
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise BadInput([f"{name}:1: the file: UTF-16; expected UTF-8"])
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line, byte = raw.count(b"\n", 0, error.start) + 1, raw[error.start]
        what = f"the byte 0x{byte:02x} is not UTF-8 (Latin-1, perhaps)"
        raise BadInput([f"{name}:{line}: the file: {what}; expected UTF-8"]) from None
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise BadInput([f"{name}:{line}: the file: a NUL byte; expected UTF-8 text"])
    return unicodedata.normalize("NFC", text)


def scenario(path: Path, name: str) -> bytes:
    """The bytes of a scenario file. BadInput where there are none."""
    try:
        return contents(path)
    except Unreadable as reason:
        close = near(name, shipped(), 0.6) if bare(name) else None
        also = f", the nearest is {shown(close)}" if close else f": {', '.join(shipped())}"
        expected = f"a scenario file of up to 16 MB, or the name of one that ships{also}"
        raise BadInput([f"{name}:1: the file: {reason}; expected {expected}"]) from None


def result(path: Path) -> str:
    """The text of a saved result. BadInput where there is none."""
    try:
        return decoded(contents(path, at_most=1 << 30), str(path))
    except Unreadable as reason:
        expected = "the result.json of a run, or the folder it lies in"
        raise BadInput([f"{path}:1: the file: {reason}; expected {expected}"]) from None
