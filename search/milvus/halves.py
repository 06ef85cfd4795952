"""The dense and the lexical half of an index in Milvus. See `search.home.Halves`.

Milvus proposes: the nearest passages of each view, and where it has BM25 the records that share most words. What is
then said of each candidate is exact: cosines of all its passages, and the same lexical score as in a folder.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from search.contrasts import contrasts
from search.dense import VIEW_OF, Rows, Vectors, View
from search.errors import NotFound
from search.filters import Filters
from search.fusion import Evidence
from search.home import Asked, Candidates, Near
from search.lexical import MAX_TERMS
from search.milvus.client import Client
from search.milvus.connection import Values
from search.milvus.details import COLUMNS, Detail, Details
from search.milvus.filters import both, expression, in_numbers, of_view
from search.milvus.schema import MOST_ROWS, Collections
from search.milvus.summary import Frequencies
from search.milvus.words import named_by, shares, word_scores
from search.rows import PARTS, Place, short_costs

BESIDE = 12  # calls to the server that wait beside each other: of several questions at once
WITHOUT_WORDS = 4  # times as many passages are looked at where words propose nothing: docs/distributed.md
MORE_WORDS = 2  # times as many records are proposed by words as are wanted: the server weighs rarity otherwise
VIEWS = tuple(View)
VIEW_OF_PART = [VIEWS.index(VIEW_OF[part]) for part in PARTS]
PLACES_KEPT = 20_000
ALIKE = 6  # decimals to which cosines are the same: then the passage that comes first on the page is shown
PASSAGE = ("passage", "record", "content", "part", "answer", "start", "end")
FIRST_TRY = 4_096  # passages of the candidates that are looked at in one call; more only where there are more


@dataclass(frozen=True, slots=True)
class Seen:
    """What the views say of one record: the best cosine of each, NaN without passages there; the passage to show."""

    cosines: tuple[float, ...]
    passage: int
    place: Place | None


class MilvusHalves:
    """Both halves of one version."""

    def __init__(self, client: Client, names: Collections, frequencies: Frequencies, details: Details) -> None:
        self._client, self._names = client, names
        self._frequencies, self._details = frequencies, details
        self._beside = ThreadPoolExecutor(BESIDE, "milvus")
        self._places: OrderedDict[int, Place] = OrderedDict()  # of passages to be shown
        self._lock = threading.Lock()

    def close(self) -> None:
        """Ends the threads."""
        self._beside.shutdown()

    def nearest(self, vector: Vectors, depth: int, filters: Filters) -> Near:
        """Records of the `depth` nearest passages of each view, of those that the filters let through.

        Where the server proposes nothing by words, of WITHOUT_WORDS times as many. Raises HomeLost.
        """
        wider = 1 if self._client.has_words else WITHOUT_WORDS
        where, most = expression(filters), min(depth * wider, MOST_ROWS)
        asked = [
            self._beside.submit(
                self._client.near, self._names.passages, vector, both(of_view(view), where), most, ("record",)
            )
            for view in VIEWS
        ]
        near = [each.result() for each in asked]
        rows = np.array([hit["record"] for hits in near for hit in hits], np.int64)
        return Near(np.unique(rows), max(map(len, near)) < depth * wider)  # beyond MOST_ROWS nothing is to be had

    def by_words(self, terms: Sequence[str], k: int, filters: Filters) -> Rows:
        """Rows of the k records that share most with the terms; none where the server has no BM25."""
        known = [term for term in dict.fromkeys(terms) if self.document_frequency(term)][:MAX_TERMS]
        if not self._client.has_words or not known or k < 1:
            return np.empty(0, np.int64)
        most = min(MORE_WORDS * k, MOST_ROWS)
        hits = self._client.by_words(self._names.records, " ".join(known), expression(filters), most, COLUMNS)
        found = [self._details.read(hit) for hit in hits]
        self._details.remember({detail.row: detail for detail in found})
        scores = word_scores(known, [detail.terms for detail in found], self._frequencies)
        best = np.argsort(-scores, kind="stable")[:k]
        return np.array([found[i].row for i in best], np.int64)

    def candidates(self, asked: Asked, rows: Rows) -> Candidates:
        """What every view says of each of these records, those gone meanwhile left out."""
        passages = self._beside.submit(self._passages, asked.vector, rows.tolist())
        details = self._details.of(rows.tolist())
        hits = passages.result()
        if changed := {hit["record"] for hit in hits if _other(details.get(hit["record"]), hit)}:
            details |= self._details.fetched(sorted(changed))
        seen = _seen([hit for hit in hits if not _other(details.get(hit["record"]), hit)])
        known = sorted((details[row] for row in seen), key=lambda detail: detail.id)
        self._keep(seen.values())
        cosines = np.array([seen[detail.row].cosines for detail in known], np.float32).reshape(-1, len(VIEWS))
        title, question, answer = (cosines[:, VIEWS.index(view)] for view in (View.TITLE, View.QUESTION, View.ANSWER))
        evidence = Evidence(
            title=title,
            question=question,
            answer=answer,
            words=word_scores(asked.terms, [detail.terms for detail in known], self._frequencies, asked.same),
            heading=shares(asked.terms, [detail.heading for detail in known], self._frequencies),
            against=contrasts().costs(asked.marks, np.array([detail.marks for detail in known], np.uint32)),
            named=named_by(asked.names, [detail.heading for detail in known], self._frequencies),
        )
        return Candidates(
            rows=np.array([detail.row for detail in known], np.int64),
            evidence=evidence,
            passages=np.array([seen[detail.row].passage for detail in known], np.int64),
        )

    def vector_of(self, row: int) -> Vectors:
        """Unit mean of the vectors of a record's title and message, or of its answers where it has neither."""
        where = in_numbers("record", [row])
        found = self._client.query(self._names.passages, where, ("part", "content", "vector"))
        detail = self._details.fetched([row]).get(row)
        held = [hit for hit in found if not _other(detail, hit)]
        asked = [hit for hit in held if VIEWS[VIEW_OF_PART[hit["part"]]] is not View.ANSWER] or held
        if not asked:
            raise NotFound("the record is gone")
        mean = np.array([hit["vector"] for hit in asked], np.float32).mean(axis=0)
        return np.asarray(mean / np.linalg.norm(mean), np.float32)

    def places(self, passages: Sequence[int]) -> list[Place]:
        """Where passages stand that `candidates` said are to be shown."""
        with self._lock:
            return [self._places[int(passage)] for passage in passages]

    def _keep(self, seen: Iterable[Seen]) -> None:
        with self._lock:
            for item in seen:
                if item.place is not None:
                    self._places[item.passage] = item.place
                    self._places.move_to_end(item.passage)
            while len(self._places) > PLACES_KEPT:
                self._places.popitem(last=False)

    def marks_of(self, row: int) -> int:
        """The sides of contrasts that a record's heading takes."""
        found = self._details.of([row])
        if row not in found:
            raise NotFound("the record is gone")
        return found[row].marks

    def document_frequency(self, term: str) -> int:
        """Number of records in which the stem stands."""
        return self._frequencies.of_stem(term)

    def _passages(self, vector: Vectors, rows: Sequence[int]) -> list[Values]:
        """All passages of the records, with their cosines."""
        if not rows:
            return []
        for limit in (FIRST_TRY, MOST_ROWS):
            where = in_numbers("record", rows)
            hits = self._client.near(self._names.passages, vector, where, limit, PASSAGE)
            if len(hits) < limit:
                return hits
        if len(rows) == 1:  # a page of so many passages: its nearest ones are there
            return hits
        half = len(rows) // 2
        return self._passages(vector, rows[:half]) + self._passages(vector, rows[half:])


def _other(detail: Detail | None, hit: Values) -> bool:
    """Whether a passage was cut from another state of its record than the one that is known."""
    return detail is None or detail.content != hit["content"]


def _seen(hits: Sequence[Values]) -> dict[int, Seen]:
    """What passages say of their records."""
    cosines: dict[int, list[float]] = {}
    shown: dict[int, tuple[tuple[float, ...], Values]] = {}
    costs = short_costs(np.array([hit["end"] - hit["start"] for hit in hits], np.int64)).tolist()
    for hit, cost in zip(hits, costs, strict=True):
        record, view = hit["record"], VIEW_OF_PART[hit["part"]]
        views = cosines.setdefault(record, [float("nan")] * len(VIEWS))
        if not views[view] >= hit["score"]:
            views[view] = hit["score"]
        if VIEWS[view] is View.ANSWER:  # what was said comes before what explains it
            order = (hit["part"], -round(hit["score"] - cost, ALIKE), hit["answer"], hit["start"])
            if record not in shown or order < shown[record][0]:
                shown[record] = (order, hit)
    return {record: _one(views, shown[record][1] if record in shown else None) for record, views in cosines.items()}


def _one(views: Sequence[float], hit: Values | None) -> Seen:
    if hit is None:
        return Seen(tuple(views), -1, None)
    place = Place(int(hit["record"]), PARTS[hit["part"]], int(hit["answer"]), int(hit["start"]), int(hit["end"]))
    return Seen(tuple(views), int(hit["passage"]), place)
