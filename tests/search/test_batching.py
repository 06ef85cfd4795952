"""Questions that are asked at once share a call, each gets its own vector, and no text is kept."""

from __future__ import annotations

import gc
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from search import batching
from search.batching import Batched
from search.dense import Vectors
from tests.toy_encoder import WORDS, ToyEncoder


class Slow(ToyEncoder):
    """An encoder that does not begin before it may, and notes what came in each call."""

    def __init__(self) -> None:
        super().__init__()
        self.may, self.calls = threading.Event(), list[list[str]]()

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.calls.append(list(texts))
        assert self.may.wait(10)
        if "stroke" in texts:
            raise RuntimeError("no vector for that")
        return super().encode(texts)


def asked_at_once(encoder: Slow, texts: Sequence[str], shared: Batched) -> list[Vectors | BaseException | None]:
    """What each thread got, in which the first text is being encoded when the others come."""
    with ThreadPoolExecutor(len(texts)) as pool:
        futures = []
        for number, text in enumerate(texts):
            futures.append(pool.submit(shared.encode, [text]))
            while len(shared._queue) + min(1, len(encoder.calls)) <= number:
                pass
        encoder.may.set()
        return [each.exception() or each.result() for each in futures]


def test_texts_that_wait_go_together_and_each_gets_its_own_vector() -> None:
    encoder = Slow()
    found = asked_at_once(encoder, WORDS[:3] + WORDS[4:], Batched(encoder))
    assert encoder.calls == [["lip"], ["eyelid", "twitching", "rash", "fever", "cough", "coffee"]]
    for text, vectors in zip(WORDS[:3] + WORDS[4:], found, strict=True):
        assert np.array_equal(vectors, ToyEncoder().encode([text]))


def test_no_call_takes_more_than_it_may(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batching, "TOGETHER", 2)
    encoder = Slow()
    asked_at_once(encoder, ["lip", "rash", "fever", "cough", "coffee"], Batched(encoder))
    assert encoder.calls == [["lip"], ["rash", "fever"], ["cough", "coffee"]]


def test_nobody_waits_for_a_long_text() -> None:
    class Careful(Slow):
        """An encoder that waits with long texts alone."""

        def encode(self, texts: Sequence[str]) -> Vectors:
            return super().encode(texts) if len(texts[0]) > batching.LONG else ToyEncoder.encode(self, texts)

    shared = Batched(encoder := Careful())
    with ThreadPoolExecutor(2) as pool:
        long = pool.submit(shared.encode, ["lip " * batching.LONG])
        while not encoder.calls:
            pass
        try:
            assert np.array_equal(pool.submit(shared.encode, ["rash"]).result(5), ToyEncoder().encode(["rash"]))
            assert not long.done()
        finally:
            encoder.may.set()
        assert np.array_equal(long.result(), ToyEncoder().encode(["lip " * batching.LONG]))


def test_an_error_reaches_all_that_were_in_the_call_and_nobody_else() -> None:
    encoder = Slow()
    found = asked_at_once(encoder, ["lip", "stroke", "rash"], shared := Batched(encoder))
    assert [isinstance(each, RuntimeError) for each in found] == [False, True, True]
    assert np.array_equal(shared.encode(["rash"]), ToyEncoder().encode(["rash"]))


def test_a_text_is_encoded_once_and_only_so_many_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batching, "REMEMBERED", 2)
    shared = Batched(encoder := ToyEncoder())
    assert np.array_equal(shared.encode(["lip", "rash", "lip"]), ToyEncoder().encode(["lip", "rash", "lip"]))
    shared.encode(["lip"])
    assert encoder.seen == ["lip", "rash"]
    shared.encode(["fever"])  # rash was used longest ago
    shared.encode(["lip"])
    assert encoder.seen == ["lip", "rash", "fever"]
    shared.encode(["rash"])
    assert encoder.seen == ["lip", "rash", "fever", "rash"]


def test_what_is_remembered_holds_no_text_and_no_plain_hash() -> None:
    one, other = Batched(ToyEncoder()), Batched(ToyEncoder())
    for shared in (one, other):
        shared.encode(["my own lip has a rash"])
    assert one._known.keys().isdisjoint(other._known)  # the key is each process' own
    assert not [each for each in gc.get_referents(*one._known, one._known, one.__dict__) if "lip" in str(each)]


def test_many_threads_get_what_they_asked_for() -> None:
    shared = Batched(ToyEncoder())
    texts = [f"{WORDS[n % 8]} {WORDS[n // 8 % 8]} {n}" for n in range(200)]
    with ThreadPoolExecutor(16) as pool:
        found = list(pool.map(lambda text: shared.encode([text, "lip"]), texts))
    for text, vectors in zip(texts, found, strict=True):
        assert np.array_equal(vectors, ToyEncoder().encode([text, "lip"]))
