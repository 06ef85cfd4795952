"""The embedding cache: vectors by content hash, one SQLite file a model and kind: a text is embedded once for each."""

from __future__ import annotations

import hashlib
import os
import sqlite3
import zlib
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

import numpy as np

from search.dense import Vectors
from search.errors import SearchError
from search.layout import ModelCard

LOOKUP_BATCH = 500
CHECKSUM = 4  # bytes


def key_of(text: str) -> bytes:
    """SHA-256 of what the encoder reads."""
    return hashlib.sha256(text.encode()).digest()


class EmbeddingCache:
    """Vectors by key, for one model. Each `put` is durable once it returns, so an interrupted build loses little."""

    def __init__(self, folder: Path, model: ModelCard) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._dimension = model.dimension
        self._path = path = folder / f"{model.fingerprint[:32]}-{model.kind}.sqlite"
        if path.exists() and not os.access(folder, os.W_OK):
            self._db = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)
            return
        self._db = sqlite3.connect(path)
        try:
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA secure_delete = ON")  # what is forgotten is gone from the disk as well
            self._db.execute(
                "CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB NOT NULL) WITHOUT ROWID"
            )
        except sqlite3.DatabaseError as error:
            self._db.close()
            raise SearchError(f"{path} cannot be read as an embedding cache ({error}); delete it") from None

    def get(self, keys: Sequence[bytes]) -> dict[bytes, Vectors]:
        """The vectors that are known, of shape (dimension,), by key."""
        found: dict[bytes, Vectors] = {}
        for start in range(0, len(keys), LOOKUP_BATCH):
            some = keys[start : start + LOOKUP_BATCH]
            marks = ",".join("?" * len(some))
            for key, blob in self._db.execute(f"SELECT key, vector FROM vectors WHERE key IN ({marks})", some):
                vector = _opened(key, blob, self._dimension)
                if vector is not None:  # else it is written anew
                    found[key] = vector
        return found

    def put(self, keys: Iterable[bytes], vectors: Vectors) -> None:
        with self._db:
            rows = ((key, _sealed(key, vector)) for key, vector in zip(keys, vectors, strict=True))
            self._db.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?)", rows)

    def keep_only(self, keys: Iterable[bytes]) -> int:
        """Count of vectors forgotten because their key is not among these; an erased text leaves no vector behind."""
        with self._db:
            self._db.execute("CREATE TEMP TABLE kept (key BLOB PRIMARY KEY) WITHOUT ROWID")
            self._db.executemany("INSERT OR IGNORE INTO kept VALUES (?)", ((key,) for key in keys))
            gone = self._db.execute("DELETE FROM vectors WHERE key NOT IN (SELECT key FROM kept)").rowcount
            self._db.execute("DROP TABLE kept")
        return gone

    def forget_others(self, kept: Collection[Path]) -> None:
        """Deletes all other caches beside it but those kept, and leaves nothing of older times in its own journal."""
        self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        for path in self._path.parent.iterdir():
            if not path.name.startswith(self._path.name) and path not in kept:
                path.unlink()

    def damaged(self) -> int:
        """Count of vectors that are not as they were written; they are not used, and made again when needed."""
        rows = self._db.execute("SELECT key, vector FROM vectors")
        return sum(_opened(key, blob, self._dimension) is None for key, blob in rows)

    def close(self) -> None:
        self._db.close()


def _sealed(key: bytes, vector: Vectors) -> bytes:
    """The vector's bytes with a checksum over them and the key: a vector must not stand beside another text."""
    blob = vector.tobytes()
    return blob + zlib.crc32(key + blob).to_bytes(CHECKSUM, "little")


def _opened(key: bytes, blob: bytes, dimension: int) -> Vectors | None:
    found, checksum = blob[:-CHECKSUM], blob[-CHECKSUM:]
    if len(found) != 4 * dimension or zlib.crc32(key + found).to_bytes(CHECKSUM, "little") != checksum:
        return None
    return np.frombuffer(found, np.float32)
