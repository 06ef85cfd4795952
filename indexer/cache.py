"""The embedding cache: vectors by content hash, one SQLite file a model and kind: a text is embedded once for each."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

import numpy as np

from indexer.cache_file import CHECKSUM, CacheFile, checksum
from search.database import looked_up
from search.dense import Vectors
from search.layout import ModelCard

FILE = re.compile(r"[0-9a-f]{32}-[a-z0-9]+\.sqlite")
SETUP = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA secure_delete = ON",  # what is forgotten is gone from the disk as well
    "CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB NOT NULL) WITHOUT ROWID",
)
# A flipped byte may make a blob something else, or nothing.
ALL = "SELECT ifnull(CAST(key AS BLOB), x''), ifnull(CAST(vector AS BLOB), x'') FROM vectors"


def key_of(text: str) -> bytes:
    """SHA-256 of what the encoder reads."""
    return hashlib.sha256(text.encode()).digest()


class EmbeddingCache(CacheFile):
    """Vectors by key, for one model. Each `put` is durable once it returns, so an interrupted build loses little."""

    def __init__(self, folder: Path, model: ModelCard) -> None:
        self._dimension = model.dimension
        super().__init__(folder / f"{model.fingerprint[:32]}-{model.kind}.sqlite", "embeddings", SETUP)

    def get(self, keys: Sequence[bytes]) -> dict[bytes, Vectors]:
        """The vectors that are known, of shape (dimension,), by key."""
        return self._anew(lambda: self._get(keys))

    def _get(self, keys: Sequence[bytes]) -> dict[bytes, Vectors]:
        found: dict[bytes, Vectors] = {}
        for key, sealed in looked_up(self._db, f"{ALL} WHERE key IN", keys):
            if len(sealed) == 4 * self._dimension + CHECKSUM and intact(key, sealed):  # else it is written anew
                found[key] = np.frombuffer(sealed[:-CHECKSUM], np.float32)
        return found

    def put(self, keys: Iterable[bytes], vectors: Vectors) -> None:
        rows = [(key, _sealed(key, vector)) for key, vector in zip(keys, vectors, strict=True)]
        self._anew(lambda: self._put(rows))

    def _put(self, rows: Sequence[tuple[bytes, bytes]]) -> None:
        with self._db:
            self._db.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?)", rows)

    def keep_only(self, keys: Iterable[bytes]) -> int:
        """Count of vectors forgotten because their key is not among these; an erased text leaves no vector behind."""
        kept = list(keys)
        gone = self._anew(lambda: self._keep_only(kept))
        self._mend()
        return gone

    def _keep_only(self, keys: Iterable[bytes]) -> int:
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


def intact(key: bytes, sealed: bytes) -> bool:
    """Whether a cached vector is as it was written."""
    return sealed[-CHECKSUM:] == checksum(key, sealed[:-CHECKSUM])


def _sealed(key: bytes, vector: Vectors) -> bytes:
    blob = vector.tobytes()
    return blob + checksum(key, blob)
