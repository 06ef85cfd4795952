"""Batches: so much at once as one request may hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, TypeVar

MOST_ROWS = 1_000  # of a request
MOST_BYTES = 2 << 20  # of a request: Milvus allows 64 MB, but a queue that holds little takes this too

T = TypeVar("T")


def some(items: Iterable[T], count: int) -> Iterator[list[T]]:
    """The items, so many at once; none at all where there are none."""
    rest = iter(items)
    while found := list(islice(rest, count)):
        yield found


def by_size(rows: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """The rows, as many at once as fit into a request; one that is larger goes by itself."""
    batch: list[dict[str, Any]] = []
    size = 0
    for row in rows:
        own = sum(map(_bytes, row.values()))
        if batch and (len(batch) == MOST_ROWS or size + own > MOST_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(row)
        size += own
    if batch:
        yield batch


def _bytes(value: object) -> int:
    """About how many bytes a value takes up in a request."""
    if isinstance(value, str):
        return len(value)
    return 4 * len(value) if hasattr(value, "__len__") else 8
