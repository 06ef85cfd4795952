"""Embedding: each text once, in order, and from the cache where it is known."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Event

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus.progress import Progress
from indexer import embed as module
from indexer.cache import EmbeddingCache, key_of
from indexer.embed import embed
from search.dense import Vectors
from tests.toy_encoder import CARD, WORDS, ToyEncoder


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[EmbeddingCache]:
    """An empty cache."""
    opened = EmbeddingCache(tmp_path, CARD)
    yield opened
    opened.close()


class Interrupted(ToyEncoder):
    """An encoder that is interrupted at its second call."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        if self.seen:
            raise KeyboardInterrupt
        return super().encode(texts)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])  # the cache only ever knows more
@given(st.lists(st.lists(st.sampled_from(WORDS), max_size=4).map(" ".join), max_size=12))
def test_row_i_is_the_vector_of_text_i(cache: EmbeddingCache, texts: list[str]) -> None:
    found = embed(texts, ToyEncoder(), cache)
    assert found.vectors.tolist() == ToyEncoder().encode(texts).tolist()
    assert found.keys == tuple(key_of(text) for text in texts)


def test_each_text_is_embedded_once(cache: EmbeddingCache) -> None:
    encoder = ToyEncoder()
    found = embed(["lip", "rash", "lip", "lip"], encoder, cache)
    assert sorted(encoder.seen) == ["lip", "rash"]
    assert found.new == 2
    assert found.vectors.tolist() == ToyEncoder().encode(["lip", "rash", "lip", "lip"]).tolist()


def test_what_the_cache_knows_is_not_embedded(cache: EmbeddingCache) -> None:
    embed(["lip", "rash"], ToyEncoder(), cache)
    encoder = ToyEncoder()
    again = embed(["rash", "lip"], encoder, cache)
    assert (encoder.seen, again.new) == ([], 0)
    assert again.vectors.tolist() == ToyEncoder().encode(["rash", "lip"]).tolist()
    more = embed(["rash", "cough", "lip"], encoder, cache)
    assert (encoder.seen, more.new) == (["cough"], 1)
    assert more.vectors.tolist() == ToyEncoder().encode(["rash", "cough", "lip"]).tolist()


def test_what_an_interruption_left_is_not_embedded_again(
    cache: EmbeddingCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CHUNK", 2)
    monkeypatch.setattr(module, "THREADS", 1)
    texts = ["lip", "rash", "cough", "fever", "stroke"]
    first = Interrupted()
    with pytest.raises(KeyboardInterrupt):
        embed(texts, first, cache)
    second = ToyEncoder()
    found = embed(texts, second, cache)
    assert len(first.seen) == 2
    assert sorted(first.seen + second.seen) == sorted(texts)
    assert found.new == 3
    assert found.vectors.tolist() == ToyEncoder().encode(texts).tolist()


def test_an_interruption_is_said_at_once_and_stops_between_pieces(
    cache: EmbeddingCache, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(module, "CHUNK", 3)
    monkeypatch.setattr(module, "THREADS", 2)
    monkeypatch.setattr(module, "PIECE", 1)
    begun, interrupted = Event(), Event()

    class Slow(ToyEncoder):
        """The first chunk is interrupted, while the second is in its first piece."""

        def encode(self, texts: Sequence[str]) -> Vectors:
            if texts[0].startswith("a"):
                begun.wait(10)
                raise KeyboardInterrupt
            begun.set()
            assert interrupted.wait(10)
            return super().encode(texts)

    def said(*words: object, **more: object) -> None:
        assert words == ("stopping ...",)
        interrupted.set()

    monkeypatch.setattr(module, "print", said, raising=False)
    encoder = Slow()
    with pytest.raises(KeyboardInterrupt):
        embed(["a long one 1", "a long one 2", "a long one 3", "lip", "lips", "rash"], encoder, cache)
    assert len(encoder.seen) == 1  # the piece that had begun


def test_no_texts(cache: EmbeddingCache) -> None:
    found = embed([], ToyEncoder(), cache)
    assert (found.vectors.shape, found.keys, found.new) == ((0, 9), (), 0)


def test_what_is_embedded_is_said_by_its_name(cache: EmbeddingCache, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(module, "Progress", lambda total, unit: said.append(unit) or Progress(total, unit))
    embed(["lip"], ToyEncoder(), cache)
    embed(["rash"], ToyEncoder(), cache, "words")
    assert said == ["passages embedded", "words embedded"]
