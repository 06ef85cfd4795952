"""Ranking: the records nearest to a question, from all views at once, filtered exactly before anything is ranked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from search.dense import DenseView, Rows, Vectors, View
from search.errors import IndexRefused
from search.fusion import QUESTION_WEIGHTS, Evidence, Scores, Weights, fuse
from search.hits import Filters
from search.lexical import Lexical
from search.match import curve_of
from search.rows import PassageTable
from search.store import Store

DEPTH = 100  # passages of each view, and records of the lexical half, that become candidates
DEEPER = 4  # times as many where these are passages of fewer records than were asked for
DECIMALS = 6  # scores are rounded before they are ordered, so that the order is the same wherever they are written


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as the two halves read it, its unit vector and its stems, and how much each view counts for it."""

    vector: Vectors
    terms: Sequence[str]
    weights: Weights = QUESTION_WEIGHTS


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


class Ranker:
    """The parts of one index version, held against each other: as many records, and as many passages, in each."""

    def __init__(self, store: Store, table: PassageTable, views: Mapping[View, DenseView], lexical: Lexical) -> None:
        passages = sum(len(view) for view in views.values())
        if len(lexical) != len(store) or passages != len(table):
            raise IndexRefused(
                f"the halves of the index differ: {len(store)} records in the store, {len(lexical)} in the lexical; "
                f"{len(table)} passages in the table, {passages} in the dense half"
            )
        self.store = store
        self.table = table
        self.lexical = lexical
        self._views = dict(views)
        self._rows = {view: np.sort(index.rows) for view, index in views.items()}
        self._owners = {view: table.record[rows] for view, rows in self._rows.items()}

    def rank(self, asked: Asked, filters: Filters, k: int) -> list[Ranked]:
        """The candidates that the filters let through, best first, ties by record id; at least k where there are k.

        Candidates are the nearest of each view and the best of the lexical half; each candidate then gets its score
        in every view, so that no view counts less for a record only because another one found it.
        """
        found = self.candidates(asked, filters, k)
        scores = np.round(fuse(found.evidence, asked.weights).astype(np.float64), DECIMALS)
        order = np.lexsort((found.rows, -scores))  # rows are in the order of the ids
        curve, said = curve_of(asked.weights), found.evidence
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

    def candidates(self, asked: Asked, filters: Filters, k: int) -> Candidates:
        """What every view says of each candidate, in the order of the rows; at least k candidates where there are k."""
        rows, words = self._candidates(asked, filters, k)
        found = {view: self._score(view, asked.vector, rows) for view in self._views}
        evidence = Evidence(
            title=found[View.TITLE].scores,
            question=found[View.QUESTION].scores,
            answer=found[View.ANSWER].scores,
            bm25=np.fromiter((words[int(row)] for row in rows), np.float32, len(rows)),
        )
        return Candidates(rows, evidence, found[View.ANSWER].passages)

    def vector_of(self, row: int) -> Vectors:
        """Unit mean of the vectors of a record's title and message, or of its answers where it has neither."""
        asked = [self._vectors(view, row) for view in (View.TITLE, View.QUESTION)]
        vectors = np.concatenate([*asked] if any(map(len, asked)) else [self._vectors(View.ANSWER, row)])
        mean = vectors.mean(axis=0)
        return np.asarray(mean / np.linalg.norm(mean), np.float32)

    def _vectors(self, view: View, row: int) -> Vectors:
        return self._views[view].vectors(self._rows[view][self._owners[view] == row])

    def _candidates(self, asked: Asked, filters: Filters, k: int) -> tuple[Rows, dict[int, float]]:
        """Candidate record rows, ascending, and the BM25 score of each; at least k where there are k."""
        allowed = self.store.allowed(filters) if filters else None
        passages = None if allowed is None else allowed[self.table.record]
        depth = max(DEPTH, k)
        while True:
            words = dict(self.lexical.search(asked.terms, depth, filters))
            near = [view.search(asked.vector, depth, passages)[0] for view in self._views.values()]
            rows = np.union1d(self.table.record[np.concatenate(near)], np.fromiter(words, np.int64, len(words)))
            if len(rows) >= k or max(map(len, near)) < depth:
                break
            depth *= DEEPER  # one long page took the places of many
        words |= self.lexical.scores(asked.terms, [row for row in rows.tolist() if row not in words])
        return rows, words

    def _score(self, view: View, vector: Vectors, records: NDArray[np.int64]) -> Found:
        owners, rows = self._owners[view], self._rows[view]
        starts, ends = np.searchsorted(owners, records, "left"), np.searchsorted(owners, records, "right")
        counts = ends - starts
        scores = np.full(len(records), np.nan, np.float32)
        passages = np.full(len(records), -1, np.int64)
        own = np.flatnonzero(counts)
        if len(own):
            begins = np.cumsum(counts[own]) - counts[own]
            places = np.arange(counts.sum()) + np.repeat(starts[own] - begins, counts[own])
            cosines = self._views[view].vectors(rows[places]) @ vector
            scores[own] = np.maximum.reduceat(cosines, begins)
            spoken = self.table.spoken[rows[places]]
            order = np.lexsort((-cosines, ~spoken, np.repeat(own, counts[own])))
            passages[own] = rows[places[order[begins]]]  # the first of each record
        return Found(scores, passages)
