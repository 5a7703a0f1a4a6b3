"""Reading a file that may be anything: a scenario, a device, a gigabyte."""

from __future__ import annotations

import stat
from pathlib import Path

from sim.scenario.complaints import BadInput

BYTES_AT_MOST = 16 << 20

SHIPPED = (Path(__file__).parents[2] / "scenarios", Path(__file__).parents[1] / "scenarios")


def locate(name: str) -> Path:
    """The file that a name stands for: a path, or the name of a scenario that ships with the program."""
    path = Path(name)
    bare = "/" not in name and "\\" not in name and "\0" not in name
    try:
        if bare and not path.exists():
            for folder in SHIPPED:
                for each in (folder / name, folder / f"{name}.toml"):
                    if each.is_file():
                        return each
    except OSError:
        pass
    return path


def shipped() -> list[str]:
    """The names of the scenarios that ship with the program."""
    return sorted({each.stem for folder in SHIPPED if folder.is_dir() for each in folder.glob("*.toml")})


def read(path: Path, shown: str) -> str:
    """The text of a regular UTF-8 file of up to 16 MB; a BOM is dropped. BadInput says what it is instead."""
    try:
        about = path.stat()
        if stat.S_ISDIR(about.st_mode):
            raise BadInput([f"{shown}:1: a folder; expected a file"])
        if not stat.S_ISREG(about.st_mode):
            raise BadInput([f"{shown}:1: not a regular file; expected a file on disk"])
        if about.st_size > BYTES_AT_MOST:
            raise BadInput([f"{shown}:1: {about.st_size:,} bytes; expected at most {BYTES_AT_MOST:,}"])
        raw = path.read_bytes()
    except FileNotFoundError:
        raise BadInput([f"{shown}:1: there is no such file; expected a scenario, or a shipped one by name: {', '.join(shipped())}"]) from None
    except (OSError, ValueError) as error:
        raise BadInput([f"{shown}:1: cannot be read ({getattr(error, 'strerror', None) or error}); expected a file on disk"]) from None
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise BadInput([f"{shown}:1: UTF-16; expected UTF-8"])
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        byte = raw[error.start]
        raise BadInput([f"{shown}:{line}: the byte 0x{byte:02x} is not UTF-8 (Latin-1, perhaps); expected UTF-8"]) from None
