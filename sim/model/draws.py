"""The only random numbers: one counter-based Philox stream per (seed, purpose, names).

A stream's key is a stable hash of its names, never of its place in a list. So the draws of a replicate are the same
alone, in any chunk and on any worker, and a member, a rule, a round or a proposal that is added shifts nobody else's
draws: every comparison is made on common random numbers (the model, section 6).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def key(seed: int, purpose: str, *names: str) -> int:
    """The 128-bit key of a stream. The names are joined as JSON, so that no two lists of names share a text."""
    text = json.dumps([seed, purpose, *names], ensure_ascii=True, separators=(",", ":"))
    return int.from_bytes(blake2b(text.encode(), digest_size=16).digest(), "little")


class Streams:
    """Uniform numbers of several streams of one purpose, position r of each being u = (x_r >> 11) / 2^53.

    Reading on from where the last call ended costs nothing; any other start is reached by Philox's jump ahead.
    """

    def __init__(self, seed: int, purpose: str, names: Sequence[tuple[str, ...]]) -> None:
        self._keys = [key(seed, purpose, *each) for each in names]
        self._generators: list[np.random.Generator] = []
        self._position = -1

    def _seek(self, start: int) -> None:
        self._generators = []
        for each in self._keys:
            bits = np.random.Philox(key=each)
            bits.advance(start // 4)  # a Philox block is four outputs
            bits.random_raw(start % 4, output=False)
            self._generators.append(np.random.Generator(bits))

    def uniforms(self, start: int, count: int) -> Floats:
        """Positions start … start + count − 1 of every stream, shape (count, streams), C order."""
        if start != self._position:
            self._seek(start)
        rows = np.empty((len(self._generators), count))
        for row, generator in zip(rows, self._generators, strict=True):
            generator.random(out=row)
        self._position = start + count
        return np.ascontiguousarray(rows.T)
