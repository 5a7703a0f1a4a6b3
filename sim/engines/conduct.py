"""What members may do: answer when asked, sensibly, and change nobody but themselves. Whoever does not is named."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from math import isfinite
from typing import Any

import numpy as np

from sim.model.process import STANCES


class MemberError(RuntimeError):
    """A member's own code failed, gave an answer that is none, or changed what members share; the message names it."""


def _share(answer: Any) -> bool:
    return _number(answer) and -1e-9 <= answer <= 1.0 + 1e-9  # what was mixed may be rounded


def _number(answer: Any) -> bool:
    return isinstance(answer, int | float) and not isinstance(answer, bool) and isfinite(answer)


def _yes_or_no(answer: Any) -> bool:
    return isinstance(answer, bool)


# what a member is asked in a round: is this an answer, and what would be one?
QUESTIONS: Mapping[str, tuple[Callable[[Any], bool], str]] = {
    "receive": (lambda answer: answer is None, "nothing"),
    "supports": (_yes_or_no, "True or False"),
    "observe": (_share, "a share from 0 to 1"),
    "cost": (_number, "a finite number of utils"),
    "decide": (lambda answer: isinstance(answer, str) and answer in STANCES, ", ".join(map(repr, STANCES))),
    "speak": (_yes_or_no, "True or False"),
    "accepts": (_yes_or_no, "True or False"),
}


class Turns:
    """Whose turn it is in a council, while a member acts; nobody but that member may then be changed."""

    def __init__(self) -> None:
        self.acting: Any = None
        self._doing = ""

    @contextmanager
    def of(self, member: Any, doing: str) -> Iterator[None]:
        """While this member does that. Raises MemberError for whatever goes wrong meanwhile."""
        before = self.acting, self._doing
        self.acting, self._doing = member, doing
        try:
            yield
        except MemberError:
            raise
        except (Exception, SystemExit) as error:
            raise MemberError(f"{self.name()} raised {type(error).__name__}: {error}") from error
        finally:
            self.acting, self._doing = before

    def name(self) -> str:
        """Who acts, and what it does."""
        member, council = self.acting, getattr(self.acting, "model", None)
        does = f"{type(member).__qualname__}.{self._doing}"
        if council is None:  # it forgot super().__init__(), or what it was told there
            return does
        round_ = f"round {council.round} of " if council.round >= 0 else ""
        where = f"in {round_}replicate {council.replicate}, {council.case.proposal.name!r}"
        return f"{does} of {getattr(member, 'id', 'a member')} {where}"

    def ask(self, member: Any, question: str, *given: Any) -> Any:
        """Ask a member one of the questions. Raises MemberError where what comes back is no answer."""
        with self.of(member, question):
            answer = getattr(member, question)(*given)
            fits, expected = QUESTIONS[question]
            if hasattr(answer, "dtype") and getattr(answer, "ndim", 1) == 0:
                answer = answer.item()  # a number of numpy's is one
            if not fits(answer):
                raise MemberError(f"{self.name()} answered {_shown(answer)}; expected {expected}")
            return answer

    def refuse(self, changed: str, whose: Any, why: str = "a member may change nothing but itself") -> None:
        """MemberError if somebody else acts. whose: who may change it; None: no member may."""
        if self.acting is not None and whose is not self.acting:
            raise MemberError(f"{self.name()} changes {changed}; {why}")


class Shared:
    """What the members of a council share through their classes; it must stay as it was."""

    def __init__(self, kinds: list[type], base: type) -> None:
        own = {each for kind in kinds for each in kind.__mro__ if issubclass(each, base)}
        self._before = {kind: _attributes(kind) for kind in own}

    def check(self) -> None:
        """MemberError if a class is no longer what it was."""
        for kind, before in self._before.items():
            now = _attributes(kind)
            changed = [name for name in before | now if name not in before or name not in now]
            changed += [name for name in before if name in now and not _same(before[name], now[name])]
            if changed:
                what = f"{kind.__qualname__}.{changed[0]}"
                raise MemberError(f"{what} was changed by a member; what all members share must stay as it is")


def _attributes(kind: type) -> dict[str, Any]:
    """What a class holds, copied as far as it can be changed in place."""
    mesas = ("_abc_impl", "_datasets")
    return {name: _held(each) for name, each in vars(kind).items() if not name.startswith("__") and name not in mesas}


def _held(value: Any) -> Any:
    """A copy of a collection, with all collections in it; anything else as it is."""
    if isinstance(value, dict):
        return {key: _held(each) for key, each in value.items()}
    if isinstance(value, list | tuple | deque):
        return [_held(each) for each in value]
    if isinstance(value, set | bytearray | np.ndarray):
        return value.copy()
    return value


def _same(one: Any, other: Any) -> bool:
    if one is other:
        return True
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(_same(each, other[key]) for key, each in one.items())
    if isinstance(one, list):
        return len(one) == len(other) and all(map(_same, one, other))
    if isinstance(one, np.ndarray):
        return one.shape == other.shape and _same(one.ravel().tolist(), other.ravel().tolist())
    return isinstance(one, set | bytearray | int | float | str) and bool(one == other or one != one)


def _shown(answer: Any) -> str:
    text = repr(answer)
    return text if len(text) <= 60 else f"{text[:57]}..."
