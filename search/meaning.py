"""Words that mean nearly the same: a vector for each common word of a version, so that a result can show why it fits.

The vectors are the encoder's own, each word read by itself when the index is built: at a question nothing is encoded.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np

from corpus.records import Record
from search.dense import Vectors
from search.errors import IndexRefused
from search.lexical import record_text, stem
from search.medicines import medicine
from search.snippets import FUNCTION_WORDS

NEAR = 0.83  # cosine of two words from which one is shown as the other: tired, exhausted; docs/site.md
SHORTEST = 3  # letters
LEAST_RECORDS = 2  # a word of one record alone is mostly a slip or a name
MOST_WORDS = 30_000
# Words that tell who and when, not what: to be met or missed is no reason. `differences` looks at them.
WHO_AND_WHEN = frozenset(
    """year years old time times day days night nights week weeks month months ago today yesterday hello hi dear doctor
    doctors sir madam help know like feel feeling question advice worried thing things woman man""".split()
)
WORD = re.compile(r"[^\W\d_]+")
ASKED = re.compile(r"[^\W_]+")  # with its digits: of hba1c no part is asked for
WORDS_FILE, VECTORS_FILE = "words.txt", "vectors.npy"


class WordVectors:
    """The words of one version with their unit vectors, shape (words, dimension)."""

    def __init__(self, words: Sequence[str], vectors: Vectors) -> None:
        if len(words) != len(vectors):
            raise IndexRefused(f"the word vectors differ: {len(words)} words, {len(vectors)} vectors; build again")
        self._row = {word: row for row, word in enumerate(words)}
        self._vectors = vectors

    def __len__(self) -> int:
        return len(self._row)

    def save(self, folder: Path) -> None:
        """Writes the words, one a line, and their vectors as float16 into a new folder."""
        folder.mkdir()
        (folder / WORDS_FILE).write_text("".join(f"{word}\n" for word in self._row), encoding="utf-8")
        np.save(folder / VECTORS_FILE, self._vectors.astype(np.float16), allow_pickle=False)

    @classmethod
    def load(cls, folder: Path) -> WordVectors:
        """Those of a folder; none where the version was built before there were any. Raises IndexRefused."""
        if not folder.is_dir():
            return cls((), np.empty((0, 0), np.float16))
        try:
            vectors = np.load(folder / VECTORS_FILE, mmap_mode="r", allow_pickle=False)
            words = (folder / WORDS_FILE).read_text(encoding="utf-8").splitlines()
        except (OSError, ValueError, EOFError) as error:
            raise IndexRefused(f"{folder} cannot be read as word vectors ({error}); build the index again") from None
        return cls(words, vectors)

    def near(self, words: Iterable[str], asked: Iterable[str]) -> dict[str, str]:
        """Of some words, each that means nearly what a word that was asked means, with that one. In small letters."""
        here = [word for word in dict.fromkeys(words) if word in self._row]
        there = [word for word in dict.fromkeys(asked) if word in self._row]
        if not here or not there:
            return {}
        cosines = self._of(here) @ self._of(there).T
        best = cosines.argmax(axis=1)
        return {
            word: there[column]
            for word, column, row in zip(here, best, cosines, strict=True)
            if row[column] >= NEAR and stem(word) != stem(there[column])
        }

    def _of(self, words: Sequence[str]) -> Vectors:
        return np.asarray(self._vectors[[self._row[word] for word in words]], np.float32)


def common_words(records: Iterable[Record]) -> list[str]:
    """The words that a version has vectors for: those of several records, the most frequent first, then sorted."""
    counts: Counter[str] = Counter()
    for record in records:
        counts.update(set(WORD.findall(record_text(record).casefold())))
    telling = (item for item in counts.items() if tells(item[0]))
    ranked = sorted(telling, key=lambda item: (-item[1], item[0]))[:MOST_WORDS]
    return sorted(word for word, count in ranked if count >= LEAST_RECORDS)


def tells(word: str) -> bool:
    """Whether a word in small letters can be a reason for a result."""
    return len(word) >= SHORTEST and word not in FUNCTION_WORDS and word not in WHO_AND_WHEN


def asked_words(text: str) -> dict[str, str]:
    """The words of a question that tell something, in small letters, by their stems, each as it is met first."""
    found: dict[str, str] = {}
    for word in ASKED.findall(text.casefold()):
        if tells(word) and not word.isdecimal() and (root := stem(word)):
            found.setdefault(root, word)
    return found


def near_words(text: str, vectors: WordVectors, asked: Mapping[str, str]) -> dict[tuple[int, int], str]:
    """Ranges of words of a text that mean nearly what a word that was asked means, each with that word."""
    found = [(match.span(), match.group().casefold()) for match in WORD.finditer(text)]
    others = [word for _, word in found if tells(word) and stem(word) not in asked]
    near = vectors.near(others, asked.values()) | _other_names(others, asked.values())
    return {span: near[word] for span, word in found if word in near}


def _other_names(words: Iterable[str], asked: Iterable[str]) -> dict[str, str]:
    """Of some words, each that names a medicine that was asked by another of its names, with that one."""
    wanted = {medicine(word): word for word in asked if medicine(word)}
    return {word: wanted[medicine(word)] for word in words if medicine(word) in wanted}
