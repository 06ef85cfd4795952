"""What both caches are: a SQLite file of what can be made again, dropped where the disk damaged it."""

from __future__ import annotations

import os
import sqlite3
import sys
import zlib
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TypeVar

from search.database import read_only
from search.errors import SearchError

T = TypeVar("T")

CHECKSUM = 4  # bytes
DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
BESIDE = ("", "-wal", "-shm", "-journal")  # what SQLite has of one database


class CacheFile:
    """A cache open for reading and writing, or, where its folder may only be read, for reading. `what` it holds is
    said where it cannot be opened; `setup` are the statements that make it."""

    def __init__(self, path: Path, what: str, setup: tuple[str, ...]) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path, self._what, self._setup = path, what, setup
        self._db = self._open()

    def close(self) -> None:
        self._db.close()

    def _open(self) -> sqlite3.Connection:
        if self._path.exists() and not os.access(self._path.parent, os.W_OK):
            return _for_reading(self._path)
        db = sqlite3.connect(self._path)
        try:
            for statement in self._setup:
                db.execute(statement)
        except sqlite3.DatabaseError as error:
            db.close()
            if not _is_damage(error):
                raise SearchError(
                    f"{self._path} cannot be read as a cache of {self._what} ({error}); delete it"
                ) from None
            self._drop(error)
            return self._open()
        return db

    def _anew(self, work: Callable[[], T]) -> T:
        """What the work gives; where it meets damage, it is done again with an empty file."""
        try:
            return work()
        except sqlite3.DatabaseError as error:
            if not _is_damage(error):
                raise
            self._begin_again(error)
            return work()

    def _mend(self) -> None:
        """Begins again with an empty file where this one does not hang together, which no single lookup sees."""
        [found] = self._anew(lambda: self._db.execute("PRAGMA integrity_check(1)").fetchone())
        if found != "ok":
            self._begin_again(found)

    def _begin_again(self, why: object) -> None:
        self._db.close()
        self._drop(why)
        self._db = self._open()

    def _drop(self, why: object) -> None:
        for end in BESIDE:
            self._path.with_name(self._path.name + end).unlink(missing_ok=True)
        print(f"{self._path} was damaged ({why}); it was removed, what it held is made again", file=sys.stderr)


def checksum(key: bytes, data: bytes) -> bytes:
    """Over data and its key, so that it cannot stand beside another one."""
    return zlib.crc32(key + data).to_bytes(CHECKSUM, "little")


def check(path: Path, lookup: str, intact: Callable[[bytes, bytes], bool]) -> None:
    """Raises SearchError where a cache is not as it was written. `lookup` gives all its keys with what is sealed."""
    try:
        with closing(_for_reading(path)) as db:
            [found] = db.execute("PRAGMA integrity_check(1)").fetchone()
            changed = 0 if found != "ok" else sum(not intact(key, sealed) for key, sealed in db.execute(lookup))
    except sqlite3.DatabaseError as error:
        found = str(error)
    if found != "ok":
        raise SearchError(f"{path} is damaged ({' '.join(found.split())}); delete it, it is only a cache")
    if changed:
        what = "entry was changed; it is" if changed == 1 else "entries were changed; they are"
        them = "it" if changed == 1 else "them"
        raise SearchError(f"{path}: {changed:,} cached {what} not used, build again to replace {them}")


def _is_damage(error: sqlite3.DatabaseError) -> bool:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in DAMAGED


def _for_reading(path: Path) -> sqlite3.Connection:
    """The file for reading; where its folder may not be written to, SQLite is told that nobody writes."""
    return read_only(path, immutable=not os.access(path.parent, os.W_OK))
