"""Ranking: the records nearest to a question, from all views at once, filtered exactly before anything is ranked."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from search.beside import Beside
from search.dense import Rows
from search.errors import HomeLost
from search.filters import Filters
from search.fusion import Scores, Weights, fuse
from search.home import Asked, Candidates, Halves
from search.match import ALONE, curves_of, forms_of, probabilities

DEPTH = 100  # passages of each view, and records of the lexical half, that become candidates
DEEPER = 4  # times as many where these are passages of fewer records than were asked for
DECIMALS = 6  # scores are rounded before they are ordered, so that the order is the same wherever they are written
NO_WORDS = "Pages were found by their meaning alone, not by their words"
BESIDE = 4  # lexical halves of questions that are begun at once, each while its question is encoded

Begun = Future[Rows]


class Ranked(NamedTuple):
    """A record row with its fused score, how probable it is that it asks and answers the same, and the row of the
    answer passage to show (-1: it has none); `cosines` are those of title, message, answer, None where it has none;
    `form` says what the page holds (`search.match.FORMS`)."""

    row: int
    score: float
    probability: float
    passage: int
    cosines: tuple[float | None, ...] = (None, None, None)
    form: str = ALONE


class Ranker:
    """Ranks what the two halves of an index find."""

    def __init__(self, halves: Halves) -> None:
        self._halves = halves
        self._beside = Beside(BESIDE, "ranking")

    def close(self) -> None:
        """Ends the threads that rank; the halves are closed by whoever opened them."""
        self._beside.close()

    def begin(self, terms: Sequence[str], filters: Filters, k: int) -> Begun:
        """The lexical half of `candidates`, begun beside what the caller does meanwhile."""
        return self._beside.begin(self._halves.by_words, terms, max(DEPTH, k), filters)

    def candidates(self, asked: Asked, filters: Filters, k: int, begun: Begun | None = None) -> Candidates:
        """What every view says of each candidate, in the order of the ids; at least k candidates where there are k.

        Candidates are the nearest of each view and the best of the lexical half, of those that the filters let
        through; every view has its say of each, so that none counts less for a record only because another one found
        it. `begun` is what `begin` gave for the same terms, filters and k. Where the lexical half is lost, the dense
        half goes on alone, and the candidates say that it is `missing`.
        """
        depth = max(DEPTH, k)
        begun = begun or self.begin(asked.terms, filters, k)
        missing: tuple[str, ...] = ()
        while True:
            near = self._halves.nearest(asked.vector, depth, filters)
            words: Rows = np.empty(0, np.int64)
            try:
                words = begun.result()
            except HomeLost as error:
                missing = (f"{NO_WORDS} ({error})",)
            rows: Rows = np.union1d(near.rows, words)
            if len(rows) >= k or near.whole:
                return replace(self._halves.candidates(asked, rows), missing=missing)
            depth *= DEEPER  # one long page took the places of many
            begun = self.begin(asked.terms, filters, depth)


def ordered(found: Candidates, weights: Weights, names: bool = False) -> list[Ranked]:
    """Candidates with their scores by these weights, best first, ties by id; `names` as in `search.match`."""
    fused = np.asarray(np.round(fuse(found.evidence, weights).astype(np.float64), DECIMALS), np.float64)
    order = np.argsort(-fused, kind="stable")  # they come in the order of the ids
    scores, said = fused[order], found.evidence
    forms = forms_of(said.question, said.answer)[order]
    probable = probabilities(scores, forms, said.title[order], curves_of(weights), names).tolist()
    cosines = zip(*(_or_none(view[order]) for view in (said.title, said.question, said.answer)), strict=True)
    passages = found.passages[order].tolist()
    return list(map(Ranked, found.rows[order].tolist(), scores.tolist(), probable, passages, cosines, forms.tolist()))


def _or_none(cosines: Scores) -> list[float | None]:
    """The numbers, None where there is none."""
    values: list[float | None] = cosines.tolist()
    for place in np.flatnonzero(np.isnan(cosines)).tolist():
        values[place] = None
    return values
