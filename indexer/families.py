"""Families: the records that ask the same question, found without holding every record against every other."""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Iterator, Sequence

from corpus.progress import Progress
from corpus.records import Record
from indexer.same_question import Asking, Kind, asking, same_question

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
            if (found := asking(record)) is not None:
                askings[row] = found
            progress.add(1)
    near = _near(askings)
    family_of: dict[int, list[int]] = {}
    for row in askings:
        family_of[row] = _join(row, [family_of[other] for other in near.get(row, ())], askings)
    return [tuple(rows) for row, rows in family_of.items() if len(rows) > 1 and rows[0] == row]


def _join(row: int, open_families: Sequence[list[int]], askings: dict[int, Asking]) -> list[int]:
    tried: set[int] = set()
    for rows in open_families:
        if rows[0] not in tried and all(same_question(askings[row], askings[other]) for other in rows):
            rows.append(row)
            return rows
        tried.add(rows[0])
    return [row]


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
