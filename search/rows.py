"""The passage table: which record, part and characters each passage row is. Row i here is vector i in the views."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpus.passages import Part, Passage
from search.arrays import mapped
from search.errors import IndexRefused

PARTS = tuple(Part)
# A window is embedded below its page's title, so that the nearest is often the last of an answer, with hardly a word
# beside that: of good wishes, or of where to write. One that is nearer by less than this is not the one to show.
SHORT_COST, SHORT = 0.1, 240  # of a cosine, where nothing is said; characters
COLUMNS = np.dtype([("record", "<i4"), ("part", "u1"), ("answer", "<u2"), ("start", "<i4"), ("end", "<i4")])


def ranges(starts: NDArray[np.int64], counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """The whole numbers from each start, so many of each, one after the other."""
    return np.asarray(np.arange(counts.sum()) + np.repeat(starts - (np.cumsum(counts) - counts), counts), np.int64)


def short_costs(chars: NDArray[np.integer]) -> NDArray[np.float64]:
    """What speaks against showing passages of so many characters, in cosines; shape (n,)."""
    return np.asarray(SHORT_COST * (1 - np.minimum(chars, SHORT) / SHORT))


@dataclass(frozen=True, slots=True)
class Place:
    """Where a passage stands: characters `start` to `end` of a part of the record in a record row."""

    record: int
    part: Part
    answer: int
    start: int
    end: int


class PassageTable:
    """Passages in row order, their record rows ascending; shape (passages,)."""

    def __init__(self, table: NDArray[np.void]) -> None:
        if table.dtype != COLUMNS:
            raise IndexRefused(f"the passage table: expected columns {COLUMNS.names}, found {table.dtype}")
        if np.any(np.diff(table["record"]) < 0):
            raise IndexRefused("the passage table is not in record order; build the index again")
        self._table = table
        self.record = np.ascontiguousarray(table["record"])
        self.spoken = table["part"] != PARTS.index(Part.MORE_INFO)

    @classmethod
    def build(cls, passages: Iterable[tuple[int, Passage]]) -> PassageTable:
        """Table of passages that come with their record rows."""
        rows = [(row, PARTS.index(p.part), p.answer, p.start, p.end) for row, p in passages]
        return cls(np.array(rows, dtype=COLUMNS))

    def save(self, path: Path) -> None:
        np.save(path, self._table, allow_pickle=False)

    @classmethod
    def load(cls, path: Path) -> PassageTable:
        """The table in a file, mapped. Raises IndexRefused."""
        return cls(mapped(path))

    def __len__(self) -> int:
        return len(self._table)

    def parts(self) -> list[Part]:
        """Part of each passage row."""
        return [PARTS[number] for number in self._table["part"]]

    def parts_of(self, rows: NDArray[np.int64]) -> NDArray[np.uint8]:
        """Numbers of the parts of some passage rows; an explanation counts as an answer."""
        parts = self._table["part"][rows]
        parts[parts == PARTS.index(Part.MORE_INFO)] = PARTS.index(Part.ANSWER)
        return np.asarray(parts)

    def passages(self, records: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """First passage row, and the one after the last, of each of the given record rows."""
        wanted = np.asarray(records, self.record.dtype)  # else numpy would turn the whole column into another type
        return np.searchsorted(self.record, wanted, "left"), np.searchsorted(self.record, wanted, "right")

    def chars_of(self, rows: NDArray[np.int64]) -> NDArray[np.int32]:
        """How many characters each of some passages has."""
        return np.asarray(self._table["end"][rows] - self._table["start"][rows])

    def place(self, row: int) -> Place:
        """Where the passage of this row stands."""
        record, part, answer, start, end = self._table[row].item()
        return Place(record, PARTS[part], answer, start, end)
