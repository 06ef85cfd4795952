"""Batches hold each pair once, like beside like; and texts as people type them."""

from __future__ import annotations

import random

import numpy as np

from indexer.tuning.batches import BATCH, LOOKED_AT, NEIGHBORS, batches, typed
from indexer.tuning.pairs import Pair


def test_each_pair_is_in_one_batch_beside_those_like_it() -> None:
    """Twenty topics of NEIGHBORS pairs each, a direction a topic: a topic's pairs must stay together."""
    topics = 20
    pairs = [Pair(f"{topic}", f"{number}", f"{topic}", "k") for topic in range(topics) for number in range(NEIGHBORS)]
    vectors = np.repeat(np.eye(topics, dtype=np.float32), NEIGHBORS, axis=0)
    found = list(batches(pairs, vectors, random.Random(1)))
    assert sorted((pair.anchor, pair.positive) for batch in found for pair in batch) == sorted(
        (pair.anchor, pair.positive) for pair in pairs
    )
    assert [len(batch) for batch in found] == [BATCH, BATCH, topics * NEIGHBORS - 2 * BATCH]
    for batch in found:
        topics_here = [pair.anchor for pair in batch]
        assert all(len(set(topics_here[at : at + NEIGHBORS])) == 1 for at in range(0, len(batch), NEIGHBORS))


def test_pairs_that_ask_exactly_the_same_are_all_there() -> None:
    """Three times as many equal rows as are looked at first: none is lost, none comes twice."""
    pairs = [Pair(f"{number}", "same", f"{number}", "k") for number in range(3 * LOOKED_AT)]
    vectors = np.tile(np.array([[1, 0]], np.float32), (len(pairs), 1))
    found = [pair.anchor for batch in batches(pairs, vectors, random.Random(1)) for pair in batch]
    assert sorted(found, key=int) == [pair.anchor for pair in pairs]


def test_typed_text_keeps_its_words_but_for_slips_of_one_key() -> None:
    text = "Why does my stomach hurt after eating bread"
    for seed in range(200):
        words = typed(text, random.Random(seed)).split()
        assert any(
            all(
                abs(len(new) - len(old)) <= 1 and new[0].lower() == old[0].lower()
                for new, old in zip(at, text.split(), strict=True)
            )
            for at in (words[start : start + 8] for start in range(len(words) - 7))
        ), words


def test_typing_is_the_same_for_the_same_seed_and_differs_between_seeds() -> None:
    text = "Is a persistent headache dangerous during pregnancy?"
    assert typed(text, random.Random(5)) == typed(text, random.Random(5))
    assert len({typed(text, random.Random(seed)) for seed in range(20)}) > 3
