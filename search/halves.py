"""The two halves of an index in a folder, held against each other: dense views and words over the same records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from search.beside import Beside
from search.dense import DenseView, Passing, Rows, Vectors, View
from search.errors import IndexRefused
from search.facets import Counts
from search.filters import Filters
from search.fusion import Evidence, Scores
from search.headings import Headings
from search.home import Asked, Candidates, Near
from search.lexical import Lexical, idf
from search.rows import PassageTable, short_costs
from search.spans import Spans
from search.store import Store
from search.terms import RecordTerms

FILTERS_KEPT = 16  # sets of filters for which it is remembered what they let through: a bit a passage
BESIDE = 1  # threads for parts of a question that run beside each other; FAISS and tantivy let go of Python meanwhile
SMALL = 4_000  # passages of a view that is looked through sooner than it is handed to another thread


class Cosines(NamedTuple):
    """What a view says of n records: the places of their passages, record by record, and how many each has, shape (n,);
    the cosine of every passage; and the best of each record, shape (n,), NaN without passages there."""

    places: Rows
    counts: Rows
    every: Vectors
    best: Scores


class LocalHalves:
    """The parts of one index version: as many records, and as many passages, in each. See `search.home.Halves`."""

    def __init__(
        self,
        store: Store,
        table: PassageTable,
        views: Mapping[View, DenseView],
        spans: Spans,
        lexical: Lexical,
        terms: RecordTerms,
        headings: Headings,
        counts: Counts,
    ) -> None:
        passages = sum(len(view) for view in views.values())
        of_records = (len(lexical), len(terms), len(headings), len(counts), len(spans))
        if {*of_records, len(store)} != {len(store)} or passages != len(table):
            raise IndexRefused(
                f"the halves of the index differ: {len(store)} records in the store, {len(lexical)} in the lexical, "
                f"{len(terms)} with stems, {len(headings)} headings, {len(counts)} in the columns, {len(spans)} in the "
                f"spans; {len(table)} passages in the table, {passages} in the dense half"
            )
        if spans.lengths != {name: len(view) for name, view in views.items()}:
            raise IndexRefused(
                f"the spans are of {spans.lengths} passages, not of those in the views; verify the index"
            )
        self.store = store
        self.table = table
        self.lexical = lexical
        self.counts = counts
        self._terms, self._headings, self._spans = terms, headings, spans
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

    def by_words(self, terms: Sequence[str], k: int, filters: Filters) -> Rows:
        """Rows of the k records that share most with the terms, among those let through."""
        return np.array([row for row, _ in self.lexical.search(terms, k, filters)], np.int64)

    def candidates(self, asked: Asked, rows: Rows) -> Candidates:
        """What every view says of each of these records, given ascending."""
        cosines = {view: self._cosines(view, asked.vector, rows) for view in self._views}
        evidence = Evidence(
            title=cosines[View.TITLE].best,
            question=cosines[View.QUESTION].best,
            answer=cosines[View.ANSWER].best,
            words=self._terms.scores(asked.terms, rows, self.lexical.document_frequency, asked.same),
            heading=self._headings.coverage(asked.terms, rows),
            against=self._headings.against(asked.marks, rows),
            named=self._headings.named(asked.names, rows, self._rarity),
        )
        return Candidates(rows, evidence, self._to_show(cosines[View.ANSWER]))

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

    def _rarity(self, term: str) -> float:
        return idf(self.lexical.document_frequency(term), len(self.lexical))

    def _vectors(self, view: View, row: int) -> Vectors:
        return self._views[view].vectors_at(self._spans.places(view, np.array([row]))[0])

    def _passing_of(self, filters: Filters) -> dict[View, Passing]:
        """Which passages of each view the filters let through."""
        allowed = self.counts.allowed(filters)[self.table.record]
        return {name: view.passing(allowed) for name, view in self._views.items()}

    def _cosines(self, view: View, vector: Vectors, records: Rows) -> Cosines:
        places, counts = self._spans.places(view, records)
        every = self._views[view].cosines(vector, places)
        best = np.full(len(records), np.nan, np.float32)
        own = np.flatnonzero(counts)
        if len(own):
            best[own] = np.maximum.reduceat(every, (np.cumsum(counts) - counts)[own])
        return Cosines(places, counts, every, best)

    def _to_show(self, answers: Cosines) -> Rows:
        """Of each record the row of the answer passage to show (`search.home.Candidates`); -1: none."""
        rows = self._views[View.ANSWER].rows_at(answers.places)
        shown = np.full(len(answers.counts), -1, np.int64)
        own = np.flatnonzero(answers.counts)
        owner = np.repeat(np.arange(len(answers.counts)), answers.counts)
        fit = answers.every - short_costs(self.table.chars_of(rows))
        order = np.lexsort((-fit, ~self.table.spoken[rows], owner))
        shown[own] = rows[order[(np.cumsum(answers.counts) - answers.counts)[own]]]  # the first of each record
        return shown
