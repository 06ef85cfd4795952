"""Headings: of each record's title, the stems with their rarity, and the sides that it takes in a contrast.

A title all of whose rare words are asked for is about the question; a title with more in it is about something else.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpus.records import Record
from search.contrasts import Marks, contrasts
from search.errors import IndexRefused
from search.lexical import Lexical, idf, stems
from search.rows import ranges
from search.terms import met, number_of, numbers_of

TERMS = np.dtype([("stem", "<u4"), ("rarity", "<f4")])
FILES = ("starts.npy", "terms.npy", "marks.npy")


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
        try:
            return cls(*(np.load(folder / name, mmap_mode="r", allow_pickle=False) for name in FILES))
        except (OSError, ValueError, EOFError) as error:
            raise IndexRefused(f"{folder} cannot be read as headings ({error})") from None

    def __len__(self) -> int:
        return len(self._marks)

    def coverage(self, asked: Sequence[str], rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """Of the rarity of each title's stems, the share that is in the stems asked for; shape (n,), NaN: no title."""
        starts = self._starts[rows]
        counts = self._starts[rows + 1] - starts
        terms, owners = self._terms[ranges(starts, counts)], np.repeat(np.arange(len(rows)), counts)
        places, _ = met(terms["stem"], numbers_of(asked))
        total = np.bincount(owners, terms["rarity"], len(rows))
        shared = np.bincount(owners[places], terms["rarity"][places], len(rows))
        with np.errstate(invalid="ignore"):
            return np.asarray(np.where(total > 0, shared / total, np.nan), np.float32)

    def marks(self, row: int) -> int:
        """The sides that the heading of a record row takes."""
        return int(self._marks[row])

    def against(self, asked: int, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """What speaks against each record, 0 to 1, for a question with these marks; shape (n,)."""
        return contrasts().costs(asked, np.asarray(self._marks[rows]))
