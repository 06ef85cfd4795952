"""Embedding: passages to unit vectors, each text once, from the cache where it is known."""

from __future__ import annotations

import os
import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError, Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass
from threading import Event

import numpy as np

from corpus.progress import Progress
from indexer.cache import EmbeddingCache, key_of
from search.dense import Vectors
from search.encoder import Encoder

CHUNK = 256  # texts between two writes to the cache: what an interruption loses at most is one chunk a thread
PIECE = 40_000  # characters between two looks at whether to stop: some seconds on a slow core
THREADS = len(os.sched_getaffinity(0))  # chunks that are worked on at once: one is tokenized while another is encoded

Chunk = Sequence[tuple[bytes, str]]  # keys with their texts


@dataclass(frozen=True, slots=True)
class Embedded:
    """Vectors of shape (texts, dimension), row i for text i, and how many texts had to be embedded for them."""

    vectors: Vectors
    keys: tuple[bytes, ...]
    new: int


def embed(texts: Sequence[str], encoder: Encoder, cache: EmbeddingCache, what: str = "passages") -> Embedded:
    """Vectors of the texts, in their order. Shows progress while it works, and `what` they are."""
    keys = tuple(key_of(text) for text in texts)
    known = cache.get(list(dict.fromkeys(keys)))
    missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
    longest_first = sorted(
        missing.items(), key=lambda item: (-len(item[1]), item[0])
    )  # a batch of like lengths pads least
    chunks = [longest_first[start : start + CHUNK] for start in range(0, len(longest_first), CHUNK)]
    stopped = Event()
    with Progress(len(longest_first), f"{what} embedded") as progress, ThreadPoolExecutor(THREADS) as pool:
        encoded = _ahead(pool, lambda some: _encoded([text for _, text in some], encoder, stopped), chunks)
        try:
            for some, vectors in zip(chunks, encoded, strict=True):
                cache.put((key for key, _ in some), vectors)
                known.update(zip((key for key, _ in some), vectors, strict=True))
                progress.add(len(some))
        except KeyboardInterrupt:
            stopped.set()
            print("stopping ...", file=sys.stderr, flush=True)  # the pool waits for what has begun
            raise
    rows = np.empty((len(texts), encoder.card.dimension), np.float32)
    for row, key in enumerate(keys):
        rows[row] = known[key]
    return Embedded(rows, keys, len(missing))


def _encoded(texts: Sequence[str], encoder: Encoder, stopped: Event) -> Vectors:
    """Vectors of a chunk, the longest text first, made in pieces of which none takes long."""
    step = max(1, PIECE // max(1, len(texts[0])))
    pieces = []
    for start in range(0, len(texts), step):
        if stopped.is_set():
            raise CancelledError
        pieces.append(encoder.encode(texts[start : start + step]))
    return np.concatenate(pieces)


def _ahead(pool: Executor, work: Callable[[Chunk], Vectors], chunks: Sequence[Chunk]) -> Iterator[Vectors]:
    """What is made of each chunk, in their order; no more are begun than are worked on, so that few are lost."""
    begun: deque[Future[Vectors]] = deque()
    for chunk in chunks:
        begun.append(pool.submit(work, chunk))
        if len(begun) == THREADS:
            yield begun.popleft().result()
    while begun:
        yield begun.popleft().result()
