"""Ranking: the records nearest to a question, from all views at once, filtered exactly before anything is ranked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from search.dense import DenseView, Passing, Rows, Vectors, View
from search.errors import IndexRefused
from search.fusion import QUESTION_WEIGHTS, Evidence, Scores, Weights, fuse
from search.headings import Headings
from search.hits import Filters
from search.lexical import Lexical
from search.match import curve_of
from search.rows import PassageTable
from search.store import Store

DEPTH = 100  # passages of each view, and records of the lexical half, that become candidates
DEEPER = 4  # times as many where these are passages of fewer records than were asked for
FILTERS_KEPT = 16  # sets of filters for which it is remembered what they let through: a bit a passage
DECIMALS = 6  # scores are rounded before they are ordered, so that the order is the same wherever they are written
BESIDE = 4  # threads for parts of a ranking that run beside each other; FAISS and tantivy let go of Python meanwhile

Begun = Future[list[tuple[int, float]]]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as the two halves read it: its unit vector and its stems; how much each view counts for it, and on
    which sides of contrasts it is (`search.contrasts`)."""

    vector: Vectors
    terms: Sequence[str]
    weights: Weights = QUESTION_WEIGHTS
    marks: int = 0


@dataclass(frozen=True, slots=True)
class Ranked:
    """A record row with its fused score, how probable it is that it asks and answers the same, and the row of the
    answer passage to show (-1: it has none); `cosines` are those of title, message, answer, None where it has none."""

    row: int
    score: float
    probability: float
    passage: int
    cosines: tuple[float | None, ...] = (None, None, None)


@dataclass(frozen=True, slots=True)
class Candidates:
    """n record rows, ascending, what each view says of them, and the answer passage of each to show (-1: none)."""

    rows: Rows
    evidence: Evidence
    passages: Rows


@dataclass(frozen=True, slots=True)
class Found:
    """What a view says of n records: the best cosine of each, NaN without passages there, and a passage row to show.

    To be shown is the nearest passage of what a person said, before the nearest of the explanation that nobody signed.
    """

    scores: Scores
    passages: Rows


@dataclass(frozen=True, slots=True)
class Held:
    """Passages that a view holds of n records: how many of each, then all their rows and vectors, record by record."""

    counts: Rows
    rows: Rows
    vectors: Vectors


class Ranker:
    """The parts of one index version, held against each other: as many records, and as many passages, in each."""

    def __init__(
        self,
        store: Store,
        table: PassageTable,
        views: Mapping[View, DenseView],
        lexical: Lexical,
        headings: Headings,
    ) -> None:
        passages = sum(len(view) for view in views.values())
        if not len(lexical) == len(headings) == len(store) or passages != len(table):
            raise IndexRefused(
                f"the halves of the index differ: {len(store)} records in the store, {len(lexical)} in the lexical, "
                f"{len(headings)} headings; {len(table)} passages in the table, {passages} in the dense half"
            )
        self.headings = headings
        self.store = store
        self.table = table
        self.lexical = lexical
        self._views = dict(views)
        self._passing = lru_cache(FILTERS_KEPT)(self._passing_of)
        self._beside = ThreadPoolExecutor(BESIDE, "ranking")

    def close(self) -> None:
        """Ends the threads that rank; the parts are closed by whoever opened them."""
        self._beside.shutdown()

    def begin(self, terms: Sequence[str], filters: Filters, k: int) -> Begun:
        """The lexical half of `rank`, begun beside what the caller does meanwhile."""
        return self._beside.submit(self.lexical.search, terms, max(DEPTH, k), filters)

    def rank(self, asked: Asked, filters: Filters, k: int, begun: Begun | None = None) -> list[Ranked]:
        """The candidates that the filters let through, best first, ties by record id; at least k where there are k.

        Candidates are the nearest of each view and the best of the lexical half; each candidate then gets its score
        in every view, so that no view counts less for a record only because another one found it. `begun` is what
        `begin` gave for the same terms, filters and k.
        """
        return ordered(self.candidates(asked, filters, k, begun), asked.weights)

    def candidates(self, asked: Asked, filters: Filters, k: int, begun: Begun | None = None) -> Candidates:
        """What every view says of each candidate, in the order of the rows; at least k candidates where there are k."""
        rows, words = self._candidates(asked, filters, k, begun)
        missing = [row for row in rows.tolist() if row not in words]
        others = self._beside.submit(self.lexical.scores, asked.terms, missing)
        spans = self.table.passages(rows)
        found = {view: self._score(view, asked.vector, spans) for view in self._views}
        words |= others.result()
        evidence = Evidence(
            title=found[View.TITLE].scores,
            question=found[View.QUESTION].scores,
            answer=found[View.ANSWER].scores,
            words=np.fromiter((words[int(row)] for row in rows), np.float32, len(rows)),
            heading=self.headings.coverage(asked.terms, rows),
            against=self.headings.against(asked.marks, rows),
        )
        return Candidates(rows, evidence, found[View.ANSWER].passages)

    def vector_of(self, row: int) -> Vectors:
        """Unit mean of the vectors of a record's title and message, or of its answers where it has neither."""
        asked = [self._vectors(view, row) for view in (View.TITLE, View.QUESTION)]
        vectors = np.concatenate([*asked] if any(map(len, asked)) else [self._vectors(View.ANSWER, row)])
        mean = vectors.mean(axis=0)
        return np.asarray(mean / np.linalg.norm(mean), np.float32)

    def _vectors(self, view: View, row: int) -> Vectors:
        return self._places(view, self.table.passages(np.array([row]))).vectors

    def _candidates(self, asked: Asked, filters: Filters, k: int, begun: Begun | None) -> tuple[Rows, dict[int, float]]:
        """Candidate record rows, ascending, at least k where there are k; and what the lexical half said of some."""
        passing: Mapping[View, Passing | None] = self._passing(filters) if filters else dict.fromkeys(self._views)
        depth = max(DEPTH, k)
        begun = begun or self.begin(asked.terms, filters, k)
        while True:
            near = self._near(asked.vector, depth, passing)
            words = dict(begun.result())
            rows = np.union1d(self.table.record[np.concatenate(near)], np.fromiter(words, np.int64, len(words)))
            if len(rows) >= k or max(map(len, near)) < depth:
                return rows, words
            depth *= DEEPER  # one long page took the places of many
            begun = self.begin(asked.terms, filters, depth)

    def _near(self, vector: Vectors, depth: int, passing: Mapping[View, Passing | None]) -> list[Rows]:
        """The nearest passages in each view; all views but the largest beside it."""
        *small, largest = sorted(self._views, key=lambda name: len(self._views[name]))
        beside = [self._beside.submit(self._views[name].search, vector, depth, passing[name]) for name in small]
        own = self._views[largest].search(vector, depth, passing[largest])
        return [own[0], *(each.result()[0] for each in beside)]

    def _passing_of(self, filters: Filters) -> dict[View, Passing]:
        """Which passages of each view the filters let through."""
        allowed = self.store.allowed(filters)[self.table.record]
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


def ordered(found: Candidates, weights: Weights) -> list[Ranked]:
    """Candidates with their scores by these weights, best first, ties by record id."""
    scores = np.round(fuse(found.evidence, weights).astype(np.float64), DECIMALS)
    order = np.lexsort((found.rows, -scores))  # rows are in the order of the ids
    curve, said = curve_of(weights), found.evidence
    cosines = np.stack([said.title, said.question, said.answer], axis=1).tolist()
    return [
        Ranked(
            int(found.rows[i]),
            float(scores[i]),
            curve.probability(float(scores[i])),
            int(found.passages[i]),
            tuple(None if cosine != cosine else cosine for cosine in cosines[i]),  # NaN is not itself
        )
        for i in order
    ]
