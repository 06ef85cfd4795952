"""Marks: ids of the records that a command is at, in the about collection until it is done; the next one reads them."""

from __future__ import annotations

import json
from collections.abc import Iterable

from indexer.milvus.batches import some
from indexer.milvus.loader import Loader
from search.errors import IndexRefused

PENDING = "pending"  # mark of the records that an update is at, until it is done
IDS_OF_A_ROW = 200  # ids have at most 200 characters


def mark(loader: Loader, name: str, ids: Iterable[str]) -> None:
    """Marks these records, among which are those marked before."""
    rows = enumerate(some(sorted(ids), IDS_OF_A_ROW))
    loader.write_about((f"{name}/{number}", json.dumps(part)) for number, part in rows)


def marked(loader: Loader, name: str) -> set[str]:
    """The ids of the records that are marked."""
    found = loader.read_about(loader.about_like([f"{name}/"]))
    return {record_id for data in found.values() for record_id in json.loads(data)}


def unmark(loader: Loader, name: str) -> None:
    """Takes the marks away."""
    loader.forget_about(loader.about_like([f"{name}/"]))


def refuse_unfinished(loader: Loader) -> None:
    """Raises IndexRefused while an update is at work, or where one was cut off: what stands there is of two states."""
    if marked(loader, PENDING):
        raise IndexRefused(
            f"an update of {loader.client.address} is not finished; wait until it ends or, where it was cut off, "
            "run it again"
        )
