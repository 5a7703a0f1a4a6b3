"""Text that fits: what can be printed of a name, how wide it is, where it breaks."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

from matplotlib.font_manager import FontProperties, findfont, fontManager, get_font
from matplotlib.textpath import TextToPath

from sim.show.plots.style import BODY

ALWAYS = "DejaVu Sans"  # comes with matplotlib
FURTHER = (  # for scripts that it lacks, where one of these is installed
    "Noto Sans CJK JP",
    "Noto Sans CJK SC",
    "Noto Sans JP",
    "Hiragino Sans",
    "Yu Gothic",
    "Microsoft YaHei",
    "PingFang SC",
    "Malgun Gothic",
    "WenQuanYi Zen Hei",
    "Noto Sans",
    "Noto Sans Devanagari",
    "Nirmala UI",
    "Arial Unicode MS",
)
MISSING = "□"
SPACE = re.compile(r"[^\S\xa0]+")  # but not the space that holds words together
RIGHTWARD = "\u200e"  # an invisible letter of a script that runs to the right


@cache
def families() -> tuple[str, ...]:
    """The fonts that text is set in, each for what those before it lack."""
    installed = {each.name for each in fontManager.ttflist}
    return (ALWAYS, *(each for each in FURTHER if each in installed))


@cache
def _known() -> frozenset[int]:
    """The characters that come with matplotlib in both weights."""
    plain, bold = (get_font(findfont(_font(1.0, heavy))).get_charmap() for heavy in (False, True))
    return frozenset(plain) & frozenset(bold)


@cache
def _further() -> frozenset[int]:
    fonts = [get_font(findfont(FontProperties(family=each))) for each in families()[1:]]
    return frozenset(code for font in fonts for code in font.get_charmap())


@cache
def _font(size: float, bold: bool) -> FontProperties:
    return FontProperties(family=list(families()), size=size, weight="bold" if bold else "normal")


@lru_cache(100_000)
def printable(text: str) -> str:
    """A text as it can be set: one line, and a box for what no font at hand has."""
    if text.isascii() and text.isprintable():
        return text
    text = "".join(map(_settable, SPACE.sub(" ", unicodedata.normalize("NFC", text)).strip()))
    leftward = any(unicodedata.bidirectional(each) in ("R", "AL") for each in text)
    return f"{RIGHTWARD}{text}" if leftward else text  # else the line around such a name would run backwards too


def _settable(character: str) -> str:
    if unicodedata.category(character) in ("Cc", "Cf"):  # control, and what turns the direction of writing
        return ""
    code = ord(character)
    return character if code in _known() or code in _further() else MISSING


def legible(name: str, other: str) -> str:
    """A name; the other one if no font at hand has the letters of the first."""
    if MISSING in printable(name) and MISSING not in printable(other):
        return printable(other)
    return printable(name)


@lru_cache(100_000)
def inches(text: str, size: float = BODY, bold: bool = False) -> float:
    """How wide a text is in print, in inches."""
    return float(TextToPath().get_text_width_height_descent(printable(text), _font(size, bold), ismath=False)[0]) / 72


def widest(texts: list[str], size: float = BODY, bold: bool = False) -> float:
    """How wide the widest text is, in inches."""
    return max((inches(each, size, bold) for each in texts), default=0.0)


@lru_cache(100_000)
def fitted(text: str, width: float, size: float = BODY, bold: bool = False) -> str:
    """A text cut to a width in inches, with an ellipsis where something is left out."""
    text = printable(text)
    width += 1e-6
    if inches(text, size, bold) <= width:
        return text
    least, most = 0, len(text)
    while least < most:
        middle = (least + most + 1) // 2
        fits = inches(f"{text[:middle].rstrip()}…", size, bold) <= width
        least, most = (middle, most) if fits else (least, middle - 1)
    return f"{text[:least].rstrip()}…" if least else ""


def wrapped(text: str, width: float, size: float = BODY, bold: bool = False, lines: int = 2) -> list[str]:
    """A text in at most so many lines of a width in inches; a word that is wider is cut where the line ends."""
    words = printable(text).split(" ")
    found: list[str] = []
    while words and len(found) < lines - 1:
        taken = next((n for n in range(len(words), 0, -1) if inches(" ".join(words[:n]), size, bold) <= width), 0)
        if taken:
            found.append(" ".join(words[:taken]))
            words = words[taken:]
        else:
            head = fitted(words[0], width, size, bold).removesuffix("…")
            head = head or words[0][:1]
            found.append(head)
            words[0] = words[0][len(head) :]
    return [*found, fitted(" ".join(words), width, size, bold)] if words else found


def balanced(text: str, width: float, size: float = BODY, bold: bool = False, lines: int = 3) -> list[str]:
    """A text wrapped so that its lines are about as long, and no word stands alone on the last."""
    found = wrapped(text, width, size, bold, lines)
    if len(found) < 2 or found[-1].endswith("…"):
        return found
    for share in range(50, 100, 2):
        closer = wrapped(text, width * share / 100, size, bold, len(found))
        if " ".join(closer) == " ".join(found):
            return closer
    return found


def unbroken(text: str, characters: int = 30) -> str:
    """A short text that no line break may part."""
    return text.replace(" ", "\xa0") if len(text) <= characters else text


def shortened(name: str, characters: int = 60) -> str:
    """A name for a sentence: cut if it would push the finding out of sight."""
    name = printable(name)
    return name if len(name) <= characters else f"{name[: characters - 1].rstrip()}…"
