"""What is wrong with an input, and how it is said: FILE:LINE: KEY: what is wrong; expected what."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches
from heapq import nlargest
from typing import Any

AT_MOST, CHARACTERS = 20, 5000  # what is printed
KEPT = 1000
LONGEST = 1000  # a single complaint; beyond it the middle is left out
COMPARED = 100  # names that a misspelt one is compared with closely


class BadInput(Exception):
    """All that is wrong with an input, a line each; of very much, the first thousand and how many more."""

    def __init__(self, complaints: Iterable[str]) -> None:
        found = list(dict.fromkeys(complaints))
        if len(found) <= AT_MOST:  # all are printed, so by line is better than as found
            found.sort(key=_in_order)
        self.complaints = [plain(_short(each, LONGEST)) for each in found[:KEPT]]
        self.more = len(found) - len(self.complaints)
        super().__init__(self.text())

    def text(self) -> str:
        """At most 20 complaints in under 5,000 characters, then how many more there are."""
        lines: list[str] = []
        left = CHARACTERS - 100
        for each in self.complaints[:AT_MOST]:
            if len(each) > left:
                break
            lines.append(each)
            left -= len(each) + 1
        rest = len(self.complaints) - len(lines) + self.more
        return "\n".join([*lines, f"and {rest} more"] if rest else lines)


def _in_order(complaint: str) -> tuple[str, int, str]:
    """By file and line; first what was set from outside."""
    told = re.match(r"(.*?):(\d+): ", complaint, re.DOTALL)
    return (told[1], int(told[2]), complaint) if told else ("", 0, complaint)


class TooLarge:
    """A number in a file that is larger than any a computer calculates with, such as 1e999."""

    def __init__(self, spelling: str) -> None:
        self.spelling = spelling


def plain(text: str) -> str:
    """Without control characters or line breaks, so that no input can write on the terminal as it likes."""
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in text)


def _short(text: str, most: int) -> str:
    half = most // 2
    return text if len(text) <= most else f"{text[: half - 3]} … {text[-half:]}"


def shown(value: Any) -> str:
    """A value as it may be repeated in a complaint: short, on one line."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int) and abs(value) >= 10**30:
        return f"a whole number of about {(value.bit_length() - 1) * 30103 // 100000 + 1} digits"
    if isinstance(value, TooLarge):
        return f"{_short(value.spelling, 60)}, too large a number"
    if not isinstance(value, str | float | int):
        return "a table" if isinstance(value, dict) else "a list" if isinstance(value, list) else "a date or time"
    text = repr(value[:60] if isinstance(value, str) else value)
    return text if len(text) <= 60 and len(str(value)) <= 60 else f"{text[:56]} …{text[0]}"


def near(word: str, known: Iterable[str], cutoff: float) -> str | None:
    """The known name that is most like a word, capitals aside; None if none is."""
    lower = {each.casefold()[:60]: each for each in known}
    word = word.casefold()[:60]
    pairs = _pairs(word)
    alike = nlargest(COMPARED, lower, key=lambda each: len(pairs & _pairs(each)))  # comparing closely takes time
    close = get_close_matches(word, alike, n=1, cutoff=cutoff)
    return lower[close[0]] if close else None


def _pairs(word: str) -> set[str]:
    return {word[n : n + 2] for n in range(len(word) - 1)}


def nearest(word: str, known: Iterable[str]) -> str:
    """ "; expected …" and the nearest known name, or all that are known where nothing is near and they are few."""
    known = sorted(set(known))
    if not known:
        return "; expected a known one, but there is none"
    if close := near(word, known, 0.5):
        return f"; expected a known one, the nearest is {shown(close)}"
    few = ", ".join(known[:12])
    return f"; expected one of: {few}" + (f" and {len(known) - 12} more" if len(known) > 12 else "")


def join(path: Iterable[str | int]) -> str:
    """A path as it is typed: procedure.payment.value."""
    return ".".join(_short(str(each), 100) for each in path)
