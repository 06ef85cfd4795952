"""Nearest vectors of a large view without looking at all of them in full, by FAISS: codes of 8 or 4 bits, or a graph.

The graph is over codes of 8 bits. What is found here is only proposed: the view holds it against the full vectors, so
that no cosine is rounded.
"""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from search.errors import IndexRefused

Vectors = NDArray[np.float32]
Rows = NDArray[np.int64]
Bits = NDArray[np.uint8]

EXACT_MOST = 4_000  # vectors; looking at so many in full takes less than the rest of a query
SCAN_MOST = 50_000  # vectors whose codes are all looked at; a graph over more of them is quicker
LINKS = 32  # of each vector in the graph, twice as many on its ground floor: 256 bytes beside the codes
EF_BUILD = 64  # vectors that are looked at to link a new one
# Vectors that a search keeps in view; the first that finds enough is taken.
EFS = (100, 150, 200, 250, 300, 350, 400, 500, 600, 700, 800, 1000, 1200, 1400, 1600, 2000, 2400)
RECALL_AT, LEAST_RECALL = 100, 0.99
ROUNDED = 1e-6  # two sums of the same cosine in 32 bits are within it
PROPOSED = 1.5  # times as many as are wanted are held against the full vectors
TRAINED = 50_000  # vectors whose ranges set the steps of the codes
PIECE = 4 << 20  # bytes read at once
GRAPH_BYTES = 8 * LINKS + 16  # a vector: links, its place and level
MEMORY = 700  # bytes a passage that an index may take up in memory
GRAPH_SHARE = 0.1  # of the vectors must pass a filter for the graph to find them; the codes of fewer are scanned


@dataclass(frozen=True, slots=True)
class Plan:
    """How a view is searched: `exact`, `codes` or `graph`, with the recall@100 that was measured when it was built.

    `bytes` are those of a vector beside itself; `ef` is how many vectors a search of the graph keeps in view.
    """

    kind: str
    bytes: int
    recall: float = 1.0
    ef: int = 0

    def to_json(self) -> dict[str, Any]:
        """The plan as it stands in the manifest."""
        return asdict(self)


EXACT = Plan("exact", 0)


class Proposals:
    """A FAISS index over the vectors of a view, known by their places 0, 1, 2 ...; safe to use from several threads."""

    def __init__(self, index: faiss.Index) -> None:
        graph = isinstance(index, faiss.IndexHNSW)
        codes = faiss.downcast_index(index.storage) if graph else index
        if not isinstance(codes, faiss.IndexScalarQuantizer) or index.metric_type != faiss.METRIC_INNER_PRODUCT:
            raise IndexRefused(f"expected codes of 8 or 4 bits with inner products, found {type(codes).__name__}")
        self._index, self._codes = index, codes
        self._graph = index if graph else None

    @classmethod
    def load(cls, path: Path) -> Proposals:
        """An index in a file, mapped, so that processes share it. Raises IndexRefused.

        It is read once from end to end: piece by piece, as searches come to it, a disk takes many times as long.
        """
        try:
            with open(path, "rb", buffering=0) as file:
                piece = bytearray(PIECE)
                while file.readinto(piece):
                    pass
            return cls(faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC))
        except (RuntimeError, OSError) as error:
            raise IndexRefused(f"{path} cannot be read as a FAISS index ({str(error).splitlines()[-1]})") from None

    def save(self, path: Path) -> None:
        faiss.write_index(self._index, str(path))

    def __len__(self) -> int:
        return int(self._index.ntotal)

    @property
    def bytes(self) -> int:
        """Those of a vector: its code, and its links where there is a graph."""
        return int(self._codes.code_size) + (GRAPH_BYTES if self._graph is not None else 0)

    def look_at(self, ef: int) -> None:
        """Sets how many vectors a search of the graph keeps in view; nothing where there is no graph."""
        if self._graph is not None:
            self._graph.hnsw.efSearch = ef

    def search(self, query: Vectors, k: int, allowed: tuple[Bits, int] | None = None) -> Rows:
        """Places of about the k nearest, `k * PROPOSED` of them; `allowed` is a bit a place and how many are set."""
        wanted = min(int(k * PROPOSED), len(self))
        if allowed is None:
            return self._proposed(self._index, query, wanted, self._settings(k, 1.0, None))
        bits, count = allowed
        only, share = faiss.IDSelectorBitmap(bits), count / max(1, len(self))
        if self._graph is not None and count > SCAN_MOST and share >= GRAPH_SHARE:
            found = self._proposed(self._index, query, wanted, self._settings(k, share, only))
            if len(found) >= min(k, count):
                return found
        return self._proposed(self._codes, query, wanted, faiss.SearchParameters(sel=only))

    def _settings(self, k: int, share: float, only: faiss.IDSelector | None) -> faiss.SearchParameters | None:
        if self._graph is None:
            return None
        ef = int(self._graph.hnsw.efSearch * max(1.0, k / RECALL_AT) / share)
        return faiss.SearchParametersHNSW(efSearch=ef, sel=only)

    def _proposed(self, index: faiss.Index, query: Vectors, wanted: int, settings: Any) -> Rows:
        # One query is one scan: more OpenMP threads wait for each other at full speed, and hang after a fork. The
        # number is the calling thread's own.
        faiss.omp_set_num_threads(1)
        places = index.search(query[None], wanted, params=settings)[1][0]
        return np.asarray(places[places >= 0], np.int64)


def exactly(asked: Vectors, vectors: Vectors, k: int) -> Rows:
    """The rows of the k vectors nearest to each that is asked for, nearest first, shape (len(asked), k): all are
    compared."""
    return np.asarray(faiss.knn(asked, vectors, k, metric=faiss.METRIC_INNER_PRODUCT)[1], np.int64)


def proposals(vectors: Vectors, asked: Vectors, memory: int = MEMORY) -> tuple[Proposals | None, Plan]:
    """What is built over the vectors of a view, shape (n, dimension), by their number and the bytes for each; its plan.

    `asked` are the vectors by which recall is measured, none of them in the view. Raises IndexRefused when nothing that
    fits reaches LEAST_RECALL.
    """
    count, dimension = vectors.shape
    if count <= EXACT_MOST:
        return None, EXACT
    truth = exactly(asked, vectors, RECALL_AT)
    tried = []
    for kind, size in (("graph", dimension + GRAPH_BYTES), ("codes", dimension), ("small codes", dimension // 2)):
        if size > memory or (kind == "graph" and count <= SCAN_MOST):
            continue
        made, recall = _build(kind, vectors), 0.0
        for ef in EFS if kind == "graph" else (0,):
            made.look_at(ef)
            recall = _recall(made, vectors, asked, truth)
            if recall >= LEAST_RECALL:
                return made, Plan(kind, size, round(recall, 4), ef)
        tried.append(f"{kind}: recall {recall:.3f}")
    why = f" ({'; '.join(tried)})" if tried else ""
    raise IndexRefused(f"no index over {count:,} vectors fits into {memory} bytes each{why}; allow more with --memory")


def _build(kind: str, vectors: Vectors) -> Proposals:
    form = {"graph": f"HNSW{LINKS},SQ8", "codes": "SQ8", "small codes": "SQ4"}[kind]
    index = faiss.index_factory(vectors.shape[1], form, faiss.METRIC_INNER_PRODUCT)
    if kind == "graph":
        index.hnsw.efConstruction = EF_BUILD
    faiss.omp_set_num_threads(len(os.sched_getaffinity(0)))
    try:
        index.train(vectors[:: max(1, len(vectors) // TRAINED)])
        index.add(vectors)
    finally:
        faiss.omp_set_num_threads(1)
    return Proposals(index)


def _recall(made: Proposals, vectors: Vectors, asked: Vectors, truth: Rows) -> float:
    """Mean share of the RECALL_AT nearest that are found. Of many just as near, as alike titles are, any will do."""
    shares = []
    for query, right in zip(asked, truth, strict=True):
        least = (vectors[right] @ query).min() - ROUNDED
        found = np.count_nonzero(vectors[made.search(query, RECALL_AT)] @ query >= least)
        shares.append(min(1.0, found / len(right)))
    return float(np.mean(shares))
