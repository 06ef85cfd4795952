"""What was derived from single records, remembered by the hash of what they say: only changed ones cost time."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from pathlib import Path

from search.errors import SearchError

LOOKUP_BATCH = 500
CHECKSUM = 4  # bytes before what is remembered: a byte changed on the disk is seen

Derive = Callable[[Sequence[int]], Iterable[bytes]]


class Remembered:
    """Bytes by content hash, in a SQLite file. `what` they are is said where the file cannot be read."""

    def __init__(self, path: Path, what: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(path)
        try:
            self._db.execute("PRAGMA secure_delete = ON")  # what is forgotten is gone from the disk as well
            self._db.execute("CREATE TABLE IF NOT EXISTS remembered (hash TEXT PRIMARY KEY, data BLOB NOT NULL)")
        except sqlite3.DatabaseError as error:
            self._db.close()
            raise SearchError(f"{path} cannot be read as a cache of {what} ({error}); delete it") from None

    def get(self, hashes: Sequence[str]) -> dict[str, bytes]:
        """What is known, by content hash; what was changed on the disk is not."""
        found: dict[str, bytes] = {}
        for start in range(0, len(hashes), LOOKUP_BATCH):
            some = hashes[start : start + LOOKUP_BATCH]
            marks = ",".join("?" * len(some))
            lookup = f"SELECT hash, CAST(data AS BLOB) FROM remembered WHERE hash IN ({marks})"
            for digest, sealed in self._db.execute(lookup, some):
                data = sealed[CHECKSUM:]
                if sealed == _sealed(digest, data):
                    found[digest] = data
        return found

    def put(self, items: Iterable[tuple[str, bytes]]) -> None:
        with self._db:
            rows = ((digest, _sealed(digest, data)) for digest, data in items)
            self._db.executemany("INSERT OR REPLACE INTO remembered VALUES (?, ?)", rows)

    def keep_only(self, hashes: Iterable[str]) -> None:
        """Forgets all records but those with these hashes."""
        with self._db:
            self._db.execute("CREATE TEMP TABLE kept (hash TEXT PRIMARY KEY) WITHOUT ROWID")
            self._db.executemany("INSERT OR IGNORE INTO kept VALUES (?)", ((digest,) for digest in hashes))
            self._db.execute("DELETE FROM remembered WHERE hash NOT IN (SELECT hash FROM kept)")
            self._db.execute("DROP TABLE kept")

    def close(self) -> None:
        self._db.close()


def recall(path: Path, what: str, hashes: Sequence[str], derive: Derive) -> list[bytes]:
    """What was derived of the records with these hashes, one for each.

    `derive` is called once, with the places among them of those that are not known, and gives theirs in that order.
    """
    with closing(Remembered(path, what)) as held:
        known = held.get(hashes)
        new = [place for place, digest in enumerate(hashes) if digest not in known]
        made = [(hashes[place], data) for place, data in zip(new, derive(new), strict=True)]
        held.put(made)
    known.update(made)
    return [known[digest] for digest in hashes]


def _sealed(digest: str, data: bytes) -> bytes:
    """The data after a checksum over it and the hash that it stands beside."""
    return zlib.crc32(digest.encode() + data).to_bytes(CHECKSUM, "little") + data
