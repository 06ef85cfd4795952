"""Inferred specialties: what records that state none probably belong to. Kept apart from what is stated."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path

from search.database import looked_up, of_version, written
from search.errors import IndexRefused
from search.hits import Inferred

SCHEMA = "CREATE TABLE inferred (row INTEGER PRIMARY KEY, name TEXT NOT NULL, confidence REAL NOT NULL);"


class Specialties:
    """The inferred specialties of one version, by record row; safe to use from several threads."""

    def __init__(self, path: Path, records: int) -> None:
        """Specialties stored in a file, over so many record rows. Raises IndexRefused."""
        self._db = of_version(path)
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
        with written(path, SCHEMA) as db:
            rows = ((row, item.name, item.confidence) for row, item in inferred.items())
            db.executemany("INSERT INTO inferred VALUES (?, ?, ?)", rows)

    def __len__(self) -> int:
        return self._count

    def close(self) -> None:
        self._db.close()

    def of(self, rows: Sequence[int]) -> dict[int, Inferred]:
        """What was inferred for each of these rows, where anything was."""
        found = looked_up(self._db, "SELECT * FROM inferred WHERE row IN", rows)
        return {row: Inferred(*values) for row, *values in found}
