"""An encoder that a reader can work out by hand: it counts the few words it knows."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from search.dense import Vectors
from search.layout import ModelCard

WORDS = ("lip", "eyelid", "twitching", "stroke", "rash", "fever", "cough", "coffee")
WORD = re.compile(r"\w+")
CARD = ModelCard(name="toy", fingerprint="70" * 32, dimension=len(WORDS) + 1, max_tokens=16)


class ToyEncoder:
    """One dimension for each of `WORDS`, which holds how often the word stands in the text; then made unit length.

    A text without any of them is the last axis. A token is a word; like a model, it reads 14 of them, two fewer than
    its limit. `seen` holds every text that it was given, in order.
    """

    def __init__(self, card: ModelCard = CARD) -> None:
        self.card = card
        self.seen: list[str] = []

    def spans(self, text: str) -> list[tuple[int, int]]:
        return [match.span() for match in WORD.finditer(text)]

    def words(self) -> list[str]:
        return list(WORDS)

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.seen += texts
        rows = [self._counts(text) for text in texts]
        vectors = np.array(rows, np.float32).reshape(len(texts), self.card.dimension)
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)

    def _counts(self, text: str) -> list[int]:
        read = [text[start:end].casefold() for start, end in self.spans(text)][: self.card.max_tokens - 2]
        counts = [read.count(word) for word in WORDS]
        return [*counts, int(not any(counts))]
