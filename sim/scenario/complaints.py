"""What is wrong with an input, and how it is said: FILE:LINE: KEY: what is wrong, what was expected."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

AT_MOST, CHARACTERS = 20, 5000


class BadInput(Exception):
    """All that is wrong with an input, a line each."""

    def __init__(self, complaints: Iterable[str]) -> None:
        self.complaints = [plain(each) for each in complaints]
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
        rest = len(self.complaints) - len(lines)
        return "\n".join([*lines, f"and {rest} more"] if rest else lines)


def plain(text: str) -> str:
    """Without control characters or line breaks, so that no input can write on the terminal as it likes."""
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in text)


def shown(value: Any) -> str:
    """A value as it may be repeated in a complaint: short, on one line."""
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 10**30:
        return f"a whole number of {len(hex(value)) * 30103 // 25000} digits or so"
    text = repr(value) if isinstance(value, str | float | int | bool) else f"a {_kind(value)}"
    text = {"True": "true", "False": "false"}.get(text, text)
    return text if len(text) <= 60 else f"{text[:56]} …{text[0] if isinstance(value, str) else ''}"


def _kind(value: Any) -> str:
    return {dict: "table", list: "list"}.get(type(value), type(value).__name__)


def nearest(word: str, known: Iterable[str]) -> str:
    """ "; the nearest known is …", or all that are known where nothing is near and they are few."""
    known = sorted(set(known))
    lower = {each.casefold(): each for each in known}
    close = get_close_matches(word.casefold()[:200], list(lower), n=1, cutoff=0.5)
    if close:
        return f"; the nearest known is {lower[close[0]]!r}"
    if not known:
        return "; there are none"
    few = ", ".join(known[:12])
    return f"; expected one of: {few}" + (f" and {len(known) - 12} more" if len(known) > 12 else "")


def join(path: Iterable[str | int]) -> str:
    """A path as it is typed: procedure.payment.value."""
    return ".".join(str(each) for each in path)
