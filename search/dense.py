"""The dense half: a view of unit vectors for each kind of text, so that inner products are cosines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus.passages import Part
from search.arrays import Scattered, mapped
from search.errors import IndexRefused
from search.nearest import EXACT, EXACT_MOST, MEMORY, SCAN_MOST, Bits, Proposals, Rows, Vectors, proposals

__all__ = [
    "MEMORY", "VIEW_OF", "DenseView", "Passing", "Rows", "Vectors", "View", "build_views", "load_views", "save_views",
]  # fmt: skip

STEP = np.float32(1 / 32767)  # of a stored number, so that an int16 reaches from -1 to 1
PIECE = 10_000  # vectors that are rounded at once
HELD_OUT = 200  # vectors by which the recall of a large view is measured


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


@dataclass(frozen=True, slots=True)
class Passing:
    """Which places of a view a filter lets through: a list of them where they are few, else a bit for each."""

    places: Rows | None
    bits: Bits
    count: int


class DenseView:
    """One view: passage rows, ascending, their vectors, and what proposes the nearest of them where they are many.

    The vectors are mapped from disk: what is looked at is read, and processes share it. Those of a view that is looked
    through whole are float32; those of a larger one int16, in steps of `STEP`: half as much to read, and a cosine is
    within 0.0001 of what it would be. Of very many, none stay in memory unless it is allowed (`search.arrays`).
    """

    def __init__(
        self,
        rows: NDArray[np.int32],
        vectors: Vectors | NDArray[np.int16],
        near: Proposals | None,
        memory: int = MEMORY,
    ) -> None:
        if vectors.ndim != 2 or len(rows) != len(vectors) or (near is not None and len(near) != len(rows)):
            found = "" if near is None else f" and {len(near)} codes"
            raise IndexRefused(f"{len(rows)} rows for vectors of shape {vectors.shape}{found}; build the index again")
        self._rows, self._vectors, self._near = rows, vectors, near
        self._scattered = None if near is None else Scattered(vectors, _keeps(near, vectors, memory))
        self.plan = EXACT

    @classmethod
    def build(cls, rows: Rows, vectors: Vectors, asked: Vectors | None = None, memory: int = MEMORY) -> DenseView:
        """View over vectors of shape (n, dimension), unit float32, known by their n passage rows, ascending.

        Where there are many, `asked` are the vectors by which the recall of what is built over them is measured, and
        `memory` the bytes that each may take up.
        """
        if len(rows) != len(vectors) or vectors.dtype != np.float32:
            raise ValueError(f"{len(rows)} rows for {len(vectors)} vectors of {vectors.dtype}")
        near, plan = proposals(vectors, vectors[:0] if asked is None else asked, memory)
        view = cls(np.asarray(rows, np.int32), vectors, near)
        view.plan = plan
        return view

    def save(self, path: Path) -> None:
        """Writes the view as `path` with the endings .rows.npy and .vectors.npy, and .faiss where there is one."""
        np.save(path.with_suffix(".rows.npy"), self._rows, allow_pickle=False)
        if self._near is not None:
            self._near.save(path.with_suffix(".faiss"))
        vectors: Any = self._vectors if self._near is None else _in_steps(self._vectors)
        np.save(path.with_suffix(".vectors.npy"), vectors, allow_pickle=False)

    @classmethod
    def load(cls, path: Path, memory: int = MEMORY) -> DenseView:
        """View saved there, of which each passage may take up so many bytes of memory.

        Raises IndexRefused when a file is missing, cannot be read or holds something else.
        """
        rows = mapped(path.with_suffix(".rows.npy"))
        codes = path.with_suffix(".faiss")
        scattered = codes.exists() or len(rows) > EXACT_MOST
        vectors = mapped(path.with_suffix(".vectors.npy"))
        numbers = np.dtype(np.int16 if scattered else np.float32)
        if rows.dtype != np.int32 or vectors.dtype != numbers:
            raise IndexRefused(
                f"{path}: expected int32 rows and {numbers} vectors, found {rows.dtype}, {vectors.dtype}"
            )
        return cls(rows, vectors, Proposals.load(codes) if scattered else None, memory)

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def rows(self) -> Rows:
        """Passage rows of the view, in the order in which they are stored."""
        return np.asarray(self._rows, np.int64)

    def search(self, query: Vectors, k: int, passing: Passing | None = None) -> tuple[Rows, Vectors]:
        """Rows and cosines of the k nearest passages, nearest first, ties by row, among those a filter lets through."""
        places = self._places(query, k, passing)
        cosines = self._vectors @ query if places is None else self.cosines(query, places)
        best = _best(cosines, k)
        return np.asarray(self._rows[best if places is None else places[best]], np.int64), cosines[best]

    def _places(self, query: Vectors, k: int, passing: Passing | None) -> Rows | None:
        """Places to look at in full, ascending; None for all."""
        if passing is not None and passing.places is not None:
            return passing.places
        if self._near is None:
            return None
        allowed = None if passing is None else (passing.bits, passing.count)
        return np.sort(self._near.search(query, k, allowed))

    def passing(self, allowed: NDArray[np.bool_]) -> Passing:
        """What lets through the passages for whose row `allowed[row]` is true."""
        here = allowed[self._rows]
        count = int(np.count_nonzero(here))
        return Passing(
            np.flatnonzero(here) if count <= EXACT_MOST else None, np.packbits(here, bitorder="little"), count
        )

    def rows_at(self, places: Rows) -> Rows:
        """Passage rows in the given places."""
        return np.asarray(self._rows[places], np.int64)

    def cosines(self, query: Vectors, places: Rows) -> Vectors:
        """Cosines of a question's unit vector with those in the given places."""
        found = self._at(places)
        if found.dtype == np.int16:
            return np.asarray(found.astype(np.float32) @ (query * STEP))
        return np.asarray(found @ query)

    def vectors(self, rows: Rows) -> Vectors:
        """Stored vectors of the given passage rows, shape (len(rows), dimension). Raises KeyError for a strange row."""
        places = np.searchsorted(self._rows, np.asarray(rows, np.int32))
        if np.any(places >= len(self)) or np.any(self._rows[places] != rows):
            raise KeyError(f"not every one of the rows {rows[:5]}... is in this view")
        return self.vectors_at(places)

    def vectors_at(self, places: Rows) -> Vectors:
        """Stored vectors in the given places, shape (len(places), dimension)."""
        found = self._at(places)
        return np.asarray(found * STEP if found.dtype == np.int16 else found, np.float32)

    def _at(self, places: Rows) -> NDArray[Any]:
        """What is stored of the vectors in the given places."""
        return self._vectors.take(places, axis=0) if self._scattered is None else self._scattered.take(places)


def build_views(parts: Iterable[Part], vectors: Vectors, memory: int = MEMORY) -> dict[View, DenseView]:
    """All views over the passages whose parts and vectors are given, row by row."""
    of_row = np.array([list(View).index(VIEW_OF[part]) for part in parts], dtype=np.int8)
    views = {}
    for number, view in enumerate(View):
        rows = np.flatnonzero(of_row == number)
        asked = _asked(vectors) if len(rows) > EXACT_MOST else None
        views[view] = DenseView.build(rows, vectors[rows], asked, memory)
    return views


def save_views(views: Mapping[View, DenseView], folder: Path) -> None:
    """Writes the views into a new folder, from which `load_views` reads them."""
    folder.mkdir()
    for view, index in views.items():
        index.save(folder / view)


def load_views(folder: Path, memory: int = MEMORY) -> dict[View, DenseView]:
    """The views in a folder, of which each passage may take up so many bytes of memory. Raises IndexRefused."""
    return {view: DenseView.load(folder / view, memory) for view in View}


def _keeps(near: Proposals, vectors: NDArray[Any], memory: int) -> bool:
    """Whether vectors that were looked at may stay in memory: where they are few, or have room beside what is built."""
    return len(near) <= SCAN_MOST or near.bytes + vectors.itemsize * vectors.shape[1] <= memory


def _asked(vectors: Vectors) -> Vectors:
    """Vectors to measure a view by: midway between two passages, about as far from all of them as a user's question."""
    one, other = np.random.default_rng(len(vectors)).integers(0, len(vectors), (2, HELD_OUT))
    mixed = vectors[one] + vectors[other]
    return np.asarray(mixed / np.linalg.norm(mixed, axis=1, keepdims=True), np.float32)


def _best(cosines: Vectors, k: int) -> Rows:
    """Places of the k highest, highest first, the earlier one where two are equal."""
    if 0 < k < len(cosines):
        few = np.flatnonzero(cosines >= np.partition(cosines, len(cosines) - k)[len(cosines) - k])
    else:
        few = np.arange(len(cosines))
    return few[np.argsort(-cosines[few], kind="stable")[:k]]


def _in_steps(vectors: Vectors | NDArray[np.int16]) -> NDArray[np.int16]:
    """Numbers of -1 to 1 as steps, piece by piece; steps as they are."""
    if vectors.dtype == np.int16:
        return np.asarray(vectors, np.int16)
    steps = np.empty(vectors.shape, np.int16)
    for start in range(0, len(vectors), PIECE):
        exact = vectors[start : start + PIECE] * (1 / STEP)
        steps[start : start + PIECE] = np.rint(exact, out=exact)
    return steps
