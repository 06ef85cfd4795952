"""Spans: where the passages of each record lie in each view of the dense half."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from search.arrays import mapped
from search.dense import Rows, View
from search.errors import IndexRefused
from search.rows import PassageTable, ranges

Starts = NDArray[np.int32]
VIEWS = tuple(View)


class Spans:
    """For n record rows: record `row` has the places `starts[view, row]` to before `starts[view, row + 1]` in a view.

    `starts` has shape (views, n + 1).
    """

    def __init__(self, starts: Starts) -> None:
        if starts.dtype != np.int32 or starts.ndim != 2 or len(starts) != len(VIEWS) or not starts.shape[1]:
            raise IndexRefused(
                f"the spans: expected int32 of shape ({len(VIEWS)}, n), found {starts.dtype}, {starts.shape}"
            )
        self._starts = starts
        self.lengths = dict(zip(VIEWS, starts[:, -1].tolist(), strict=True))

    @classmethod
    def of(cls, table: PassageTable, records: int, rows: Mapping[View, Rows]) -> Spans:
        """The spans of so many records in views of which each holds these passage rows, ascending."""
        starts = np.empty((len(VIEWS), records + 1), np.int32)
        for number, view in enumerate(VIEWS):
            starts[number] = np.searchsorted(table.record[rows[view]], np.arange(records + 1))
        return cls(starts)

    def save(self, path: Path) -> None:
        np.save(path, self._starts, allow_pickle=False)

    @classmethod
    def load(cls, path: Path) -> Spans:
        """Spans saved there, mapped. Raises IndexRefused."""
        return cls(mapped(path))

    def __len__(self) -> int:
        return int(self._starts.shape[1]) - 1

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Spans) and np.array_equal(self._starts, other._starts)

    def places(self, view: View, records: Rows) -> tuple[Rows, Rows]:
        """Places in a view of all passages of some records, record by record; and how many each has."""
        starts = self._starts[VIEWS.index(view)]
        first = starts[records].astype(np.int64)
        counts = starts[records + 1] - first
        return ranges(first, counts), counts
