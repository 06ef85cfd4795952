"""The vocabulary: every word that an index knows, how common each is, and which of them are near to one it lacks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import OSA

from search.errors import IndexRefused

PLURAL = re.compile("(?<=[^s]{2}[^sxyi])s$|(?<=[aeou]y)s$|(?<=[sxz])es$|(?<=[cs]h)es$")
LETTERS = "abcdefghijklmnopqrstuvwxyz"


class Vocabulary:
    """Words in small letters, each with how often it is met in a thousand million words of text. Immutable.

    A word that is never met (0) is known, but is not meant by any other: names, mostly.
    """

    def __init__(self, words: Mapping[str, int]) -> None:
        self._words = dict(words)
        self._shelves: dict[tuple[str, int], list[str]] = {}  # by first letter and length
        for word in sorted(word for word, count in self._words.items() if count):
            self._shelves.setdefault((word[:1], len(word)), []).append(word)

    @classmethod
    def load(cls, path: Path) -> Vocabulary:
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
            return cls({word: int(count) for word, count in (line.split("\t") for line in lines)})
        except (OSError, ValueError) as error:
            raise IndexRefused(f"{path} cannot be read as a vocabulary ({error}); build the index again") from None

    @staticmethod
    def save(path: Path, words: Mapping[str, int]) -> None:
        path.write_text("".join(f"{word}\t{count}\n" for word, count in sorted(words.items())), encoding="utf-8")

    def __len__(self) -> int:
        return len(self._words)

    def frequency(self, word: str) -> int:
        """How often the word is met; 0 for one that is not listed."""
        return self._words.get(word, 0)

    def knows(self, word: str) -> bool:
        """Whether the word is listed, or is the plural of one that is."""
        return word in self._words or PLURAL.sub("", word) in self._words

    def near(self, word: str, most: int) -> Iterator[tuple[str, int]]:
        """Listed words within `most` edits (letters left out, put in, changed, swapped with the next), with how many.

        Those that begin with another letter are found only at one edit, at the first or the second letter: people
        seldom miss the first one, and this way a small part of the words is looked at.
        """
        for length in range(len(word) - most, len(word) + most + 1):
            shelf = self._shelves.get((word[:1], length), ())
            for found, edits, _ in process.extract(word, shelf, scorer=OSA.distance, score_cutoff=most, limit=None):
                yield found, int(edits)
        yield from self._near_otherwise(word)

    def near_each(self, words: Sequence[str], most: int) -> Iterator[list[tuple[str, int]]]:
        """For each of many words that begin with one letter and are of one length, what `near` finds, sooner."""
        found: list[list[tuple[str, int]]] = [list(self._near_otherwise(word)) for word in words]
        length = len(words[0]) if words else 0
        for size in range(length - most, length + most + 1):
            shelf = self._shelves.get((words[0][:1], size), ())
            edits = process.cdist(words, shelf, scorer=OSA.distance, score_cutoff=most, dtype=np.uint8)
            for row, place in zip(*np.nonzero(edits <= most), strict=True):
                found[row].append((shelf[place], int(edits[row, place])))
        yield from found

    def _near_otherwise(self, word: str) -> Iterator[tuple[str, int]]:
        for other in _other_beginnings(word):
            if self._words.get(other):
                yield other, 1


def edits_between(one: str, other: str) -> int:
    """How many letters are left out, put in, changed or swapped with the next between two words."""
    return int(OSA.distance(one, other))


def _other_beginnings(word: str) -> Iterator[str]:
    first, rest = word[0], word[1:]
    made = {rest, rest[:1] + first + rest[1:]}
    made.update(letter + end for letter in LETTERS for end in (word, rest))
    return (other for other in sorted(made) if other[:1] != first)
