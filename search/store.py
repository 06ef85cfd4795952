"""The record store: records as they were read, by row or by id, with what browsing and suggestions need. SQLite."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path

from corpus.records import ID_FORM, Record, from_stored, to_json
from search.database import looked_up, of_version, written
from search.errors import IndexRefused, NotFound
from search.filters import day_number
from search.suggest import Titles

SCHEMA = """
CREATE TABLE records (
    row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, hash TEXT NOT NULL, json TEXT NOT NULL,
    specialty TEXT NOT NULL, specialty_key TEXT NOT NULL, newest INTEGER NOT NULL);
CREATE TABLE topics (topic TEXT NOT NULL, row INTEGER NOT NULL);
"""
INDEXES = """
CREATE INDEX specialty ON records (specialty_key);
CREATE INDEX newest ON records (newest);
CREATE INDEX topic ON topics (topic COLLATE NOCASE, row);
"""


class Store:
    """Records of one version, read only; safe to use from several threads."""

    def __init__(self, path: Path) -> None:
        self._db = of_version(path)
        try:
            self._count = int(self._db.execute("SELECT count(*) FROM records").fetchone()[0])
        except sqlite3.DatabaseError as error:
            raise IndexRefused(f"{path} cannot be read as a record store ({error})") from None

    @staticmethod
    def build(records: Sequence[Record], hashes: Sequence[str], path: Path) -> None:
        """Writes records with their content hashes into a new store, whose rows are 0, 1, 2 ... in the order given."""
        titles = set[str]()
        with written(path, SCHEMA) as db:
            for row, (record, digest) in enumerate(zip(records, hashes, strict=True)):
                db.execute("INSERT INTO records VALUES (?, ?, ?, ?, ?, ?, ?)", _columns(row, record, digest))
                db.executemany("INSERT INTO topics VALUES (?, ?)", ((topic, row) for topic in record.topics))
                titles.add(record.title)
            db.executescript(INDEXES)
            Titles.write(titles, db)

    def close(self) -> None:
        self._db.close()

    def __len__(self) -> int:
        return self._count

    def row(self, record_id: str) -> int:
        """Row of the record with this id. Raises NotFound."""
        known = ID_FORM.fullmatch(record_id)  # SQLite cannot even look up half of a surrogate pair
        found = self._db.execute("SELECT row FROM records WHERE id = ?", (record_id,)).fetchone() if known else None
        if found is None:
            raise NotFound(f"no record has the id {record_id[:200]}")
        return int(found[0])

    def records(self, rows: Sequence[int]) -> list[Record]:
        """The records of these rows, in the order asked for. Raises IndexRefused when a row is not there."""
        found = self._lookup("json", rows)
        if missing := [row for row in rows if int(row) not in found]:
            raise IndexRefused(f"the record store has no row {missing[0]}; verify the index")
        return [from_stored(json.loads(found[int(row)])) for row in rows]

    def ids(self, rows: Sequence[int]) -> dict[int, str]:
        """Record id by row."""
        return self._lookup("id", rows)

    def specialties(self) -> list[str]:
        """The specialty that each record states, empty where it states none, in row order."""
        return [name for (name,) in self._db.execute("SELECT specialty FROM records ORDER BY row")]

    def hashes(self) -> dict[str, str]:
        """Content hash of every record by id."""
        return dict(self._db.execute("SELECT id, hash FROM records"))

    def all(self) -> Iterator[Record]:
        """Every record, in row order."""
        for (text,) in self._db.execute("SELECT json FROM records ORDER BY row"):
            yield from_stored(json.loads(text))

    def titles(self) -> Titles:
        """Its titles, for as long as it is open."""
        return Titles(self._db)

    def _lookup(self, column: str, rows: Sequence[int]) -> dict[int, str]:
        return dict(looked_up(self._db, f"SELECT row, {column} FROM records WHERE row IN", list(map(int, rows))))


def _columns(row: int, record: Record, digest: str) -> tuple[object, ...]:
    return (
        row,
        record.id,
        digest,
        json.dumps(to_json(record), ensure_ascii=False),
        record.specialty,
        record.specialty.casefold(),
        day_number(record.newest),
    )
