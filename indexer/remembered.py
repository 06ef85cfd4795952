"""What was derived from single records, remembered by the hash of what they say: only changed ones cost time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from pathlib import Path

from indexer.cache_file import CHECKSUM, CacheFile, checksum
from search.database import looked_up

SETUP = (
    "PRAGMA secure_delete = ON",  # what is forgotten is gone from the disk as well
    "CREATE TABLE IF NOT EXISTS remembered (hash TEXT PRIMARY KEY, data BLOB NOT NULL)",
)
# A flipped byte may make a blob something else, or nothing.
ALL = "SELECT ifnull(CAST(hash AS BLOB), x''), ifnull(CAST(data AS BLOB), x'') FROM remembered"

Derive = Callable[[Sequence[int]], Iterable[bytes]]


class Remembered(CacheFile):
    """Bytes by content hash, in a SQLite file. `what` they are is said where the file cannot be read."""

    def __init__(self, path: Path, what: str) -> None:
        super().__init__(path, what, SETUP)

    def get(self, hashes: Sequence[str]) -> dict[str, bytes]:
        """What is known, by content hash; what was changed on the disk is not."""
        return self._anew(lambda: self._get(hashes))

    def _get(self, hashes: Sequence[str]) -> dict[str, bytes]:
        found: dict[str, bytes] = {}
        for digest, sealed in looked_up(self._db, f"{ALL} WHERE hash IN", hashes):
            if intact(digest, sealed):
                found[digest.decode()] = sealed[CHECKSUM:]
        return found

    def put(self, items: Iterable[tuple[str, bytes]]) -> None:
        rows = [(digest, _sealed(digest, data)) for digest, data in items]
        self._anew(lambda: self._put(rows))

    def _put(self, rows: Sequence[tuple[str, bytes]]) -> None:
        with self._db:
            self._db.executemany("INSERT OR REPLACE INTO remembered VALUES (?, ?)", rows)

    def keep_only(self, hashes: Iterable[str]) -> None:
        """Forgets all records but those with these hashes."""
        kept = list(hashes)
        self._anew(lambda: self._keep_only(kept))
        self._mend()

    def _keep_only(self, hashes: Iterable[str]) -> None:
        with self._db:
            self._db.execute("CREATE TEMP TABLE kept (hash TEXT PRIMARY KEY) WITHOUT ROWID")
            self._db.executemany("INSERT OR IGNORE INTO kept VALUES (?)", ((digest,) for digest in hashes))
            self._db.execute("DELETE FROM remembered WHERE hash NOT IN (SELECT hash FROM kept)")
            self._db.execute("DROP TABLE kept")


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


def intact(digest: bytes, sealed: bytes) -> bool:
    """Whether what is remembered is as it was written."""
    return sealed[:CHECKSUM] == checksum(digest, sealed[CHECKSUM:])


def _sealed(digest: str, data: bytes) -> bytes:
    return checksum(digest.encode(), data) + data
