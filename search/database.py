"""SQLite files: written once, and only read from then on, by their path, whatever characters it has."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from search.errors import IndexRefused

LOOKUP_BATCH = 500  # values that a statement looks up; SQLite's own limit on variables is far above


@contextmanager
def written(path: Path, schema: str) -> Iterator[sqlite3.Connection]:
    """A new file with the tables of a schema, to be filled in the block."""
    db = sqlite3.connect(path)
    with db:
        db.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;" + schema)
        yield db
    db.close()


def read_only(path: Path, immutable: bool = True) -> sqlite3.Connection:
    """The database in a file, for any thread to read; `immutable` where nobody writes to it while it is open."""
    more = "&immutable=1" if immutable else ""
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro{more}", uri=True, check_same_thread=False)


def of_version(path: Path) -> sqlite3.Connection:
    """The database in a file of a version. Raises IndexRefused where it is missing."""
    if not path.is_file():
        raise IndexRefused(f"{path} is missing; roll back or build the index again")
    return read_only(path)


def looked_up(db: sqlite3.Connection, query: str, values: Sequence[Any]) -> Iterator[Any]:
    """What a query that ends in `IN` finds for any number of values, row by row."""
    for start in range(0, len(values), LOOKUP_BATCH):
        some = list(values[start : start + LOOKUP_BATCH])
        yield from db.execute(f"{query} ({','.join('?' * len(some))})", some)
