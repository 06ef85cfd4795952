"""The embedding cache: what was put in comes out, for the same model only."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from indexer.cache import EmbeddingCache, key_of
from search.database import LOOKUP_BATCH
from search.dense import Vectors
from search.errors import SearchError
from tests.toy_encoder import CARD, ToyEncoder

TEXTS = ("lip", "rash", "Éruption 皮膚")
KEYS = tuple(key_of(text) for text in TEXTS)
VECTORS = ToyEncoder().encode(TEXTS)


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[EmbeddingCache]:
    """A cache that holds TEXTS."""
    opened = EmbeddingCache(tmp_path, CARD)
    opened.put(KEYS, VECTORS)
    yield opened
    opened.close()


def plain(found: dict[bytes, Vectors]) -> dict[bytes, list[float]]:
    return {key: vector.tolist() for key, vector in found.items()}


def test_a_key_is_the_hash_of_the_text() -> None:
    assert key_of("é") == hashlib.sha256(b"\xc3\xa9").digest()


def test_vectors_come_back_bit_for_bit(cache: EmbeddingCache) -> None:
    found = cache.get([KEYS[2], key_of("unknown"), KEYS[0]])
    assert plain(found) == {KEYS[2]: VECTORS[2].tolist(), KEYS[0]: VECTORS[0].tolist()}
    assert found[KEYS[0]].dtype == np.float32
    assert cache.get([]) == {}


def test_another_process_finds_what_was_put(cache: EmbeddingCache, tmp_path: Path) -> None:
    other = EmbeddingCache(tmp_path, CARD)
    assert plain(other.get(KEYS)) == dict(zip(KEYS, VECTORS.tolist(), strict=True))
    other.close()


def test_another_model_finds_nothing(cache: EmbeddingCache, tmp_path: Path) -> None:
    other = EmbeddingCache(tmp_path, replace(CARD, fingerprint="a1" * 32))
    assert other.get(KEYS) == {}
    other.close()


def test_a_vector_of_another_length_counts_as_unknown(cache: EmbeddingCache, tmp_path: Path) -> None:
    other = EmbeddingCache(tmp_path, replace(CARD, dimension=10))
    assert other.get(KEYS) == {}
    other.close()


def test_a_vector_put_again_takes_the_place_of_the_old_one(cache: EmbeddingCache) -> None:
    cache.put(KEYS[:1], VECTORS[1:2])
    assert plain(cache.get(KEYS)) == dict(zip(KEYS, VECTORS[[1, 1, 2]].tolist(), strict=True))


def test_more_keys_than_one_statement_looks_up(cache: EmbeddingCache) -> None:
    keys = [key_of(str(number)) for number in range(LOOKUP_BATCH * 2 + 1)]
    vectors = np.arange(len(keys) * 9, dtype=np.float32).reshape(-1, 9)
    cache.put(keys, vectors)
    assert plain(cache.get(keys)) == dict(zip(keys, vectors.tolist(), strict=True))


def test_keys_and_vectors_must_agree_or_nothing_is_put(cache: EmbeddingCache) -> None:
    with pytest.raises(ValueError, match="zip"):
        cache.put([key_of("new"), key_of("newer")], VECTORS[:1])
    assert cache.get([key_of("new")]) == {}


def test_what_is_not_kept_is_forgotten(cache: EmbeddingCache, tmp_path: Path) -> None:
    assert cache.keep_only([KEYS[1], KEYS[1], key_of("unknown")]) == 2
    assert plain(cache.get(KEYS)) == {KEYS[1]: VECTORS[1].tolist()}
    assert cache.keep_only([]) == 1
    assert cache.get(KEYS) == {}
    cache.put(KEYS, VECTORS)
    assert cache.keep_only(KEYS) == 0


def test_a_put_lasts_without_a_close(cache: EmbeddingCache, tmp_path: Path) -> None:
    [path] = tmp_path.glob("*.sqlite")
    reader = sqlite3.connect(path)
    assert reader.execute("SELECT count(*) FROM vectors").fetchone() == (3,)
    reader.close()


def test_what_is_forgotten_is_gone_from_the_disk(tmp_path: Path) -> None:
    cache = EmbeddingCache(tmp_path, CARD)
    cache.put(KEYS, VECTORS)
    cache.keep_only(KEYS[:1])
    cache.close()
    left = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert [key in left for key in KEYS] == [True, False, False]
    assert [vector.tobytes() in left for vector in VECTORS] == [True, False, False]


def test_a_file_that_is_no_cache_makes_room_for_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    EmbeddingCache(tmp_path, CARD).close()
    [path] = tmp_path.glob("*.sqlite")
    path.write_text("not a database " * 100)
    cache = EmbeddingCache(tmp_path, CARD)
    cache.put(KEYS, VECTORS)
    assert plain(cache.get(KEYS)) == dict(zip(KEYS, VECTORS.tolist(), strict=True))
    cache.close()
    assert capsys.readouterr().err == (
        f"{path} was damaged (file is not a database); it was removed, what it held is made again\n"
    )


def test_a_file_that_cannot_be_opened_is_named(tmp_path: Path) -> None:
    EmbeddingCache(tmp_path, CARD).close()
    [path] = tmp_path.glob("*.sqlite")
    with sqlite3.connect(path) as db:
        db.execute("DROP TABLE vectors")
        db.execute("CREATE TABLE other (key)")
        db.execute("CREATE INDEX vectors ON other (key)")
    db.close()
    with pytest.raises(SearchError, match=r"cannot be read as a cache of embeddings \(.*\); delete it$"):
        EmbeddingCache(tmp_path, CARD)


def test_one_that_may_only_be_read_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = EmbeddingCache(tmp_path, CARD)
    cache.put([key_of("lip")], ToyEncoder().encode(["lip"]))
    cache.close()
    monkeypatch.setattr("os.access", lambda path, mode: False)
    cache = EmbeddingCache(tmp_path, CARD)
    assert list(cache.get([key_of("lip")])) == [key_of("lip")]
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        cache.put([key_of("lip")], ToyEncoder().encode(["lip"]))
    cache.close()
