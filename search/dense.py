"""The dense half: a FAISS index a view, over unit rows, so that inner products are cosines. The only faiss user."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray

from corpus.passages import Part
from search.errors import IndexRefused

Vectors = NDArray[np.float32]
Rows = NDArray[np.int64]


class View(StrEnum):
    """What a question is held against: titles, patients' messages, or answers with their explanations."""

    TITLE = "title"
    QUESTION = "question"
    ANSWER = "answer"


VIEW_OF = {
    Part.TITLE: View.TITLE,
    Part.QUESTION: View.QUESTION,
    Part.ANSWER: View.ANSWER,
    Part.MORE_INFO: View.ANSWER,
}
faiss.omp_set_num_threads(1)  # one query is one scan; more OpenMP threads hang after a fork and fight with the workers


class DenseView:
    """One view: passage rows and their vectors, exact search by cosine."""

    def __init__(self, index: faiss.IndexIDMap2) -> None:
        if not isinstance(index, faiss.IndexIDMap2) or index.metric_type != faiss.METRIC_INNER_PRODUCT:
            raise IndexRefused(f"expected an IDMap2 index with inner products, found {type(index).__name__}")
        self._index = index

    @classmethod
    def build(cls, rows: Rows, vectors: Vectors) -> DenseView:
        """View over vectors of shape (n, dimension), unit float32, known by their n passage rows."""
        if len(rows) != len(vectors) or vectors.dtype != np.float32:
            raise ValueError(f"{len(rows)} rows for {len(vectors)} vectors of {vectors.dtype}")
        index = faiss.IndexIDMap2(faiss.IndexFlatIP(vectors.shape[1]))
        index.add_with_ids(np.ascontiguousarray(vectors), np.ascontiguousarray(rows, dtype=np.int64))
        return cls(index)

    def save(self, path: Path) -> None:
        faiss.write_index(self._index, str(path))

    @classmethod
    def load(cls, path: Path) -> DenseView:
        try:
            return cls(faiss.read_index(str(path)))
        except RuntimeError as error:
            raise IndexRefused(f"{path} cannot be read as a FAISS index ({str(error).splitlines()[-1]})") from None

    def __len__(self) -> int:
        return int(self._index.ntotal)

    @property
    def rows(self) -> Rows:
        """Passage rows of the view, in the order in which they are stored."""
        return np.asarray(faiss.vector_to_array(self._index.id_map), np.int64)

    def search(self, query: Vectors, k: int, allowed: NDArray[np.bool_] | None = None) -> tuple[Rows, Vectors]:
        """Rows and cosines of the k nearest passages, nearest first; `allowed[row]` says which rows may come back."""
        k = min(k, len(self))
        if k == 0:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        if allowed is None:
            cosines, rows = self._index.search(query[None], k)
        else:
            bits = np.packbits(allowed, bitorder="little")
            only = faiss.IDSelectorBitmap(bits)
            cosines, rows = self._index.search(query[None], k, params=faiss.SearchParameters(sel=only))
        found = rows[0] >= 0
        return rows[0][found], cosines[0][found]

    def vectors(self, rows: Rows) -> Vectors:
        """Stored vectors of the given passage rows, shape (len(rows), dimension). Raises KeyError for a strange row."""
        if not len(rows):
            return np.empty((0, self._index.d), np.float32)
        try:
            return np.asarray(self._index.reconstruct_batch(np.ascontiguousarray(rows, dtype=np.int64)))
        except RuntimeError:
            raise KeyError(f"not every one of the rows {rows[:5]}... is in this view") from None


def build_views(parts: Iterable[Part], vectors: Vectors) -> dict[View, DenseView]:
    """All views over the passages whose parts and vectors are given, row by row."""
    of_row = np.array([list(View).index(VIEW_OF[part]) for part in parts], dtype=np.int8)
    views = {}
    for number, view in enumerate(View):
        rows = np.flatnonzero(of_row == number)
        views[view] = DenseView.build(rows, vectors[rows])
    return views


def save_views(views: Mapping[View, DenseView], folder: Path) -> None:
    folder.mkdir()
    for view, index in views.items():
        index.save(folder / f"{view}.faiss")


def load_views(folder: Path) -> dict[View, DenseView]:
    return {view: DenseView.load(folder / f"{view}.faiss") for view in View}
