"""Inferred specialties: what records that state none probably belong to. Kept apart from what is stated."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path

from search.database import read_only
from search.errors import IndexRefused
from search.hits import Inferred

LOOKUP_BATCH = 500  # rows a statement; SQLite's own limit on variables is far above
SCHEMA = "CREATE TABLE inferred (row INTEGER PRIMARY KEY, name TEXT NOT NULL, confidence REAL NOT NULL);"


class Specialties:
    """The inferred specialties of one version, by record row; safe to use from several threads."""

    def __init__(self, path: Path, records: int) -> None:
        """Specialties stored in a file, over so many record rows. Raises IndexRefused."""
        if not path.is_file():
            raise IndexRefused(f"{path} is missing; roll back or build the index again")
        self._db = read_only(path)
        try:
            count, first, last = self._db.execute("SELECT count(*), min(row), max(row) FROM inferred").fetchone()
        except sqlite3.DatabaseError as error:
            raise IndexRefused(f"{path} cannot be read as a store of specialties ({error})") from None
        if count and not 0 <= first <= last < records:
            raise IndexRefused(f"{path} has a row that none of the {records} records is; build the index again")
        self._count = int(count)

    @staticmethod
    def build(inferred: Mapping[int, Inferred], path: Path) -> None:
        """Writes what was inferred for each record row into a new file."""
        db = sqlite3.connect(path)
        with db:
            db.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;" + SCHEMA)
            rows = ((row, item.name, item.confidence) for row, item in inferred.items())
            db.executemany("INSERT INTO inferred VALUES (?, ?, ?)", rows)
        db.close()

    def __len__(self) -> int:
        return self._count

    def close(self) -> None:
        self._db.close()

    def of(self, rows: Sequence[int]) -> dict[int, Inferred]:
        """What was inferred for each of these rows, where anything was."""
        found: dict[int, Inferred] = {}
        for start in range(0, len(rows), LOOKUP_BATCH):
            some = list(rows[start : start + LOOKUP_BATCH])
            marks = ",".join("?" * len(some))
            for row, *values in self._db.execute(f"SELECT * FROM inferred WHERE row IN ({marks})", some):
                found[row] = Inferred(*values)
        return found
