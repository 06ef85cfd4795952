"""Emergencies told in words that no rule has, by likeness: the question's vector is like those of other emergencies.

A multinomial logistic regression over the vectors of one encoder, with a class for each kind of rule and one for all
that is no emergency. `python -m indexer.likeness` learnt it, and wrote the file; docs/safety.md says how well.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from search.dense import Vectors

LEARNT = Path(__file__).with_name("likeness.npz")
LEAST_WORDS = 4  # fewer name something, and the rules know which names are grave


@dataclass(frozen=True, slots=True, eq=False)
class Likeness:
    """`weights` (kinds + 1, dimension) and `offsets` (kinds + 1,) of the regression, no emergency first; `least` are
    the log odds from which a question is like an emergency; `fingerprint` is that of the encoder whose vectors these
    are."""

    fingerprint: str
    kinds: tuple[str, ...]
    weights: NDArray[np.float32]
    offsets: NDArray[np.float32]
    least: float

    def log_odds(self, vectors: Vectors) -> NDArray[np.float32]:
        """Shape (n,): how much likelier each of n unit vectors is any emergency than none, as a logarithm."""
        found = vectors @ self.weights.T + self.offsets
        return np.asarray(np.logaddexp.reduce(found[:, 1:], axis=1) - found[:, 0], np.float32)

    def kind(self, text: str, vector: Vectors) -> str | None:
        """The kind of emergency that a question is most like, by its vector; None where it is like none."""
        if len(text.split()) < LEAST_WORDS or not self.log_odds(vector[None])[0] >= self.least:  # NaN is not either
            return None
        return self.kinds[int((self.weights[1:] @ vector + self.offsets[1:]).argmax())]

    def save(self, path: Path = LEARNT) -> None:
        """Writes it, the weights in half precision."""
        np.savez_compressed(
            path,
            fingerprint=self.fingerprint,
            kinds=self.kinds,
            weights=self.weights.astype(np.float16),
            offsets=self.offsets.astype(np.float32),
            least=self.least,
        )


@cache
def load(path: Path = LEARNT) -> Likeness:
    """What was learnt."""
    with np.load(path) as found:
        return Likeness(
            str(found["fingerprint"]),
            tuple(map(str, found["kinds"])),
            found["weights"].astype(np.float32),
            found["offsets"],
            float(found["least"]),
        )


def likeness_of(fingerprint: str) -> Likeness | None:
    """What was learnt of the vectors of an encoder; None of one that it was not learnt for."""
    found = load()
    return found if found.fingerprint == fingerprint else None
