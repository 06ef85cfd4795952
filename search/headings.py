"""Headings: of each record's title, the stems with their rarity, and the sides that it takes in a contrast.

A title all of whose rare words are asked for is about the question; a title with more in it is about something else.
Where the whole question is a name ("kidney stones"), a title that is this name is what was looked for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpus.records import Record
from search.arrays import mapped
from search.contrasts import Marks, contrasts
from search.errors import IndexRefused
from search.lexical import Lexical, idf, stems
from search.rows import ranges
from search.terms import Numbers, met, number_of, numbers_of

TERMS = np.dtype([("stem", "<u4"), ("rarity", "<f4")])
FILES = ("starts.npy", "terms.npy", "marks.npy")
EXACTLY = (
    8  # the power of a likeness: half of a name counts nothing; "what" beside all of it takes hardly anything away
)


class Headings:
    """For n record rows: `terms[starts[row]:starts[row + 1]]` are the stems of its title, `marks[row]` its sides."""

    def __init__(self, starts: NDArray[np.int64], terms: NDArray[np.void], marks: Marks) -> None:
        if len(starts) != len(marks) + 1 or terms.dtype != TERMS or starts[-1] != len(terms):
            raise IndexRefused(
                f"the headings do not fit together: {len(starts) - 1} titles, {len(marks)} marks, {len(terms)} stems"
            )
        self._starts, self._terms, self._marks = starts, terms, marks

    @staticmethod
    def build(records: Sequence[Record], lexical: Lexical, folder: Path) -> None:
        """Writes the headings of the records, in row order, into a new folder. Rarity is over all that is said."""
        known: dict[str, float] = {}
        starts, terms = [0], []
        for record in records:
            for stem in dict.fromkeys(stems(record.title)):
                if stem not in known:
                    known[stem] = idf(lexical.document_frequency(stem), len(records))
                terms.append((number_of(stem), known[stem]))
            starts.append(len(terms))
        folder.mkdir()
        marks = np.array([contrasts().marks_of(record) for record in records], np.uint32)
        at_starts, at_terms, at_marks = (folder / name for name in FILES)
        np.save(at_starts, np.array(starts, np.int64), allow_pickle=False)
        np.save(at_terms, np.array(terms, TERMS), allow_pickle=False)
        np.save(at_marks, marks, allow_pickle=False)

    @classmethod
    def load(cls, folder: Path) -> Headings:
        """Those of a folder, mapped. Raises IndexRefused."""
        return cls(*(mapped(folder / name) for name in FILES))

    def __len__(self) -> int:
        return len(self._marks)

    def coverage(self, asked: Sequence[str], rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """Of the rarity of each title's stems, the share that is in the stems asked for; shape (n,), NaN: no title."""
        terms, owners = self._of(rows)
        places, _ = met(terms["stem"], numbers_of(asked))
        total = np.bincount(owners, terms["rarity"], len(rows))
        shared = np.bincount(owners[places], terms["rarity"][places], len(rows))
        with np.errstate(invalid="ignore"):
            return np.asarray(np.where(total > 0, shared / total, np.nan), np.float32)

    def named(
        self, names: Sequence[Sequence[str]], rows: NDArray[np.int64], rarity: Callable[[str], float]
    ) -> NDArray[np.float32]:
        """How far each title is one of some names, given by their stems (`named`); shape (n,)."""
        if not names:
            return np.zeros(len(rows), np.float32)
        terms, owners = self._of(rows)
        return named(names, rarity, terms["stem"], terms["rarity"], owners, len(rows))

    def _of(self, rows: NDArray[np.int64]) -> tuple[NDArray[np.void], NDArray[np.int64]]:
        """The stems of the titles of some records, one record after the other, and whose each is: a place in `rows`."""
        starts = self._starts[rows]
        counts = self._starts[rows + 1] - starts
        return self._terms[ranges(starts, counts)], np.repeat(np.arange(len(rows)), counts)

    def marks(self, row: int) -> int:
        """The sides that the heading of a record row takes."""
        return int(self._marks[row])

    def against(self, asked: int, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """What speaks against each record, 0 to 1, for a question with these marks; shape (n,)."""
        return contrasts().costs(asked, np.asarray(self._marks[rows]))


def named(
    names: Sequence[Sequence[str]],
    rarity: Callable[[str], float],
    numbers: Numbers,
    rarities: NDArray[np.floating],
    owners: NDArray[np.int64],
    count: int,
) -> NDArray[np.float32]:
    """How far each of `count` titles is one of some names, 0 to 1, shape (count,).

    That is the rarity of the stems that title and name share, of that of all their stems (Jaccard 1901, weighed), to
    the power of EXACTLY.

    `numbers` and `rarities` are those of the titles' stems, `owners` says whose each is.
    """
    total, best = np.bincount(owners, rarities, count), np.zeros(count)
    for name in names:
        whole = sum(map(rarity, dict.fromkeys(name)))
        shared = np.bincount(owners, rarities * np.isin(numbers, numbers_of(name)), count)
        best = np.maximum(best, shared / np.maximum(total + whole - shared, np.finfo(np.float32).tiny))
    return np.asarray(best**EXACTLY, np.float32)
