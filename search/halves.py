"""The two halves of an index in a folder, held against each other: dense views and words over the same records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from search.beside import Beside
from search.dense import DenseView, Passing, View
from search.errors import IndexRefused
from search.facets import Counts
from search.fusion import Evidence, Scores
from search.headings import Headings
from search.hits import Filters
from search.home import Asked, Candidates, Near, Rows, Vectors
from search.lexical import Lexical
from search.rows import PassageTable
from search.store import Store

FILTERS_KEPT = 16  # sets of filters for which it is remembered what they let through: a bit a passage
BESIDE = 1  # threads for parts of a question that run beside each other; FAISS and tantivy let go of Python meanwhile
SMALL = 4_000  # passages of a view that is looked through sooner than it is handed to another thread


@dataclass(frozen=True, slots=True)
class Found:
    """What a view says of n records: the best cosine of each, NaN without passages there, and a passage row to show."""

    scores: Scores
    passages: Rows


@dataclass(frozen=True, slots=True)
class Held:
    """Passages that a view holds of n records: how many of each, then all their rows and vectors, record by record."""

    counts: Rows
    rows: Rows
    vectors: Vectors


class LocalHalves:
    """The parts of one index version: as many records, and as many passages, in each. See `search.home.Halves`."""

    def __init__(
        self,
        store: Store,
        table: PassageTable,
        views: Mapping[View, DenseView],
        lexical: Lexical,
        headings: Headings,
        counts: Counts,
    ) -> None:
        passages = sum(len(view) for view in views.values())
        if not len(lexical) == len(headings) == len(counts) == len(store) or passages != len(table):
            raise IndexRefused(
                f"the halves of the index differ: {len(store)} records in the store, {len(lexical)} in the lexical, "
                f"{len(headings)} headings, {len(counts)} in the columns; {len(table)} passages in the table, "
                f"{passages} in the dense half"
            )
        self.store = store
        self.table = table
        self.lexical = lexical
        self.counts = counts
        self._headings = headings
        self._views = dict(views)
        self._passing = lru_cache(FILTERS_KEPT)(self._passing_of)
        self._beside = Beside(BESIDE, "halves")

    def close(self) -> None:
        """Ends the threads and the record store."""
        self._beside.close()
        self.store.close()

    def nearest(self, vector: Vectors, depth: int, filters: Filters) -> Near:
        """Records of the `depth` nearest passages of each view, of those that the filters let through."""
        passing: Mapping[View, Passing | None] = self._passing(filters) if filters else dict.fromkeys(self._views)
        *others, largest = sorted(self._views, key=lambda name: len(self._views[name]))
        large = [name for name in others if len(self._views[name]) > SMALL]
        beside = [self._beside.begin(self._views[name].search, vector, depth, passing[name]) for name in large]
        own = [name for name in (*others, largest) if name not in large]
        near = [self._views[name].search(vector, depth, passing[name])[0] for name in own]
        near += [each.result()[0] for each in beside]
        return Near(self.table.record[np.concatenate(near)].astype(np.int64), max(map(len, near)) < depth)

    def by_words(self, terms: Sequence[str], k: int, filters: Filters) -> dict[int, float]:
        """Score by record row of the k records that share most with the terms, among those let through."""
        return dict(self.lexical.search(terms, k, filters))

    def candidates(self, asked: Asked, rows: Rows, words: Mapping[int, float]) -> Candidates:
        """What every view says of each of these records, given ascending."""
        missing = [row for row in rows.tolist() if row not in words]
        others = self._beside.begin(self.lexical.scores, asked.terms, missing)
        spans = self.table.passages(rows)
        found = {view: self._score(view, asked.vector, spans) for view in self._views}
        said = {**words, **others.result()}
        evidence = Evidence(
            title=found[View.TITLE].scores,
            question=found[View.QUESTION].scores,
            answer=found[View.ANSWER].scores,
            words=np.fromiter((said[int(row)] for row in rows), np.float32, len(rows)),
            heading=self._headings.coverage(asked.terms, rows),
            against=self._headings.against(asked.marks, rows),
        )
        return Candidates(rows, evidence, found[View.ANSWER].passages)

    def vector_of(self, row: int) -> Vectors:
        """Unit mean of the vectors of a record's title and message, or of its answers where it has neither."""
        asked = [self._vectors(view, row) for view in (View.TITLE, View.QUESTION)]
        vectors = np.concatenate([*asked] if any(map(len, asked)) else [self._vectors(View.ANSWER, row)])
        mean = vectors.mean(axis=0)
        return np.asarray(mean / np.linalg.norm(mean), np.float32)

    def marks_of(self, row: int) -> int:
        """The sides of contrasts that a record's heading takes."""
        return self._headings.marks(row)

    def document_frequency(self, term: str) -> int:
        """Number of records in which the stem stands."""
        return self.lexical.document_frequency(term)

    def _vectors(self, view: View, row: int) -> Vectors:
        return self._places(view, self.table.passages(np.array([row]))).vectors

    def _passing_of(self, filters: Filters) -> dict[View, Passing]:
        """Which passages of each view the filters let through."""
        allowed = self.counts.allowed(filters)[self.table.record]
        return {name: view.passing(allowed) for name, view in self._views.items()}

    def _score(self, view: View, vector: Vectors, spans: tuple[Rows, Rows]) -> Found:
        held = self._places(view, spans)
        scores = np.full(len(held.counts), np.nan, np.float32)
        passages = np.full(len(held.counts), -1, np.int64)
        own = np.flatnonzero(held.counts)
        if len(own):
            counts = held.counts[own]
            begins = np.cumsum(counts) - counts
            cosines = held.vectors @ vector
            scores[own] = np.maximum.reduceat(cosines, begins)
            order = np.lexsort((-cosines, ~self.table.spoken[held.rows], np.repeat(own, counts)))
            passages[own] = held.rows[order[begins]]  # the first of each record
        return Found(scores, passages)

    def _places(self, view: View, spans: tuple[Rows, Rows]) -> Held:
        """What a view holds of some records, given by where their passages begin and end."""
        starts, ends = self._views[view].spans(*spans)
        counts = ends - starts
        places = np.arange(counts.sum()) + np.repeat(starts - (np.cumsum(counts) - counts), counts)
        return Held(counts, *self._views[view].at(places))
