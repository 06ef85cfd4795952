"""Families: the records that ask the same question, found without holding every record against every other."""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Iterator, Sequence

from corpus.progress import Progress
from corpus.records import Record
from indexer.same_question import Asking, Kind, Shared, asking

SHINGLE = 3  # content words in a row
SKETCH = 24  # shingles that stand for a message: those of smallest hash, so that like messages keep the same ones
CROWD = 40  # records that one shingle may bring together; more share a phrase, not a question


def families(records: Sequence[Record]) -> list[tuple[int, ...]]:
    """Rows of the records that ask the same, a family each of two rows and more, ordered; no row is in two.

    A record joins the first family in which it asks the same as every member, so that no chain of small changes leads
    from one question to another.
    """
    askings: dict[int, Asking] = {}
    with Progress(len(records), "records held against each other") as progress:
        for row, record in enumerate(records):
            if (asked := asking(record)) is not None:
                askings[row] = asked
            progress.add(1)
    near = _near(askings)
    first_of: dict[int, int] = {}  # by row, the first row of its family
    shared: dict[int, Shared] = {}  # by that
    found: defaultdict[int, list[int]] = defaultdict(list)
    for row, item in askings.items():
        tried = dict.fromkeys(first_of[other] for other in near.get(row, ()))
        first = first_of[row] = next((first for first in tried if shared[first].asked_by(item)), row)
        found[first].append(row)
        if first == row:
            shared[row] = Shared(item)
        else:
            shared[first].add(item)
    return [tuple(rows) for rows in found.values() if len(rows) > 1]


def _near(askings: dict[int, Asking]) -> dict[int, list[int]]:
    """Rows before each row that may ask the same, ascending: those with the same words, or with a shingle in common."""
    shelves: defaultdict[bytes | int, list[int]] = defaultdict(list)
    near: dict[int, list[int]] = {}
    for row, item in askings.items():
        before: set[int] = set()
        for key in _keys(item):
            shelf = shelves[key]
            if isinstance(key, bytes) or len(shelf) < CROWD:
                before.update(shelf[:CROWD])
                shelf.append(row)
        if before:
            near[row] = sorted(before)
    return near


def _keys(item: Asking) -> Iterator[bytes | int]:
    yield f"{item.kind}:{' '.join(item.words)}".encode()
    if item.kind is Kind.LONG:
        pieces = (item.words[at : at + SHINGLE] for at in range(len(item.words) - SHINGLE + 1))
        yield from sorted({zlib.crc32(" ".join(piece).encode()) for piece in pieces})[:SKETCH]
