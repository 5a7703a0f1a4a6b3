"""A sheet as bytes of a format, and as a file that is complete or not there."""

from __future__ import annotations

import io
import os
import re
from math import sqrt
from pathlib import Path
from typing import Any

from sim.show.plots.lettering import printable
from sim.show.plots.sheet import Sheet

HEADER = re.compile(rb'(<svg [^>]*?)(height|width)="([0-9.]+)pt"([^>]*?)(height|width)="([0-9.]+)pt"')
LARGEST = 1e8  # pixels of a picture


def encoded(sheet: Sheet, kind: str, dpi: int) -> bytes:
    """A picture's bytes: the same for the same sheet, at any time and place."""
    out = io.BytesIO()
    title = printable(sheet.words.title)
    settings: dict[str, Any] = {"format": kind, "facecolor": "white"}
    if kind == "png":
        dense = min(dpi * sheet.scale, sqrt(LARGEST / (sheet.paper[0] * sheet.paper[1])))
        printed = dense / sheet.scale
        settings |= {"dpi": dense, "metadata": {"Software": None}, "pil_kwargs": {"dpi": (printed, printed)}}
    elif kind == "svg":
        about = printable(f"{sheet.words.subtitle} {sheet.words.source}")
        settings["metadata"] = {"Title": title, "Description": about, "Date": None, "Creator": "unanimity"}
    else:
        settings["metadata"] = {"Title": title, "Creator": "unanimity", "CreationDate": None}
    sheet.figure.savefig(out, **settings)
    return _sized(out.getvalue(), sheet.scale) if kind == "svg" else out.getvalue()


def _sized(svg: bytes, scale: float) -> bytes:
    """An SVG that is to be shown larger or smaller than it was laid out."""

    def wider(found: re.Match[bytes]) -> bytes:
        head, first, one, between, second, other = found.groups()
        one, other = (f"{float(each) * scale:.6g}".encode() for each in (one, other))
        return head + first + b'="' + one + b'pt"' + between + second + b'="' + other + b'pt"'

    return svg if scale == 1.0 else HEADER.sub(wider, svg, count=1)


def write(content: bytes, path: Path) -> Path:
    """Write a file as a whole. OSError with its path where it cannot be written."""
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_bytes(content)
        os.replace(part, path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise OSError(error.errno, error.strerror, str(path)) from None
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return path
