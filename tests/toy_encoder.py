"""An encoder that a reader can work out by hand: it counts the few words it knows."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from corpus.passages import windows
from search.dense import Vectors
from search.layout import ModelCard

WORDS = ("lip", "eyelid", "twitching", "stroke", "rash", "fever", "cough", "coffee")
WORD = re.compile(r"\w+")
CARD = ModelCard(name="toy", fingerprint="70" * 32, dimension=len(WORDS) + 1, max_tokens=16)


class ToyEncoder:
    """One dimension for each of `WORDS`, which holds how often the word stands in the text; then made unit length.

    A text without any of them is the last axis. A token is a word; like a model, it reads windows of 14
    of them, two fewer than its limit, and takes their mean. `seen` holds every text that it was given, in order.
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
        rows = [_unit(np.mean([self._window(piece) for piece in self._pieces(text)], axis=0)) for text in texts]
        return np.array(rows, np.float32).reshape(len(texts), self.card.dimension)

    def _pieces(self, text: str) -> list[str]:
        return [text[start:end] for start, end in windows(text, self, self.card.max_tokens - 2)] or [text]

    def _window(self, text: str) -> Vectors:
        read = [text[start:end].casefold() for start, end in self.spans(text)]
        counts = [read.count(word) for word in WORDS]
        return _unit(np.array([*counts, int(not any(counts))], np.float32))


def _unit(vector: Vectors) -> Vectors:
    return np.asarray(vector / np.linalg.norm(vector), np.float32)
