"""Batches in which most wrong answers are nearly right: pairs about like things are trained together."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

import numpy as np

from indexer.tuning.pairs import Pair
from search.dense import Vectors
from search.nearest import exactly

BATCH = 64  # pairs held against each other, unless told otherwise
LOOKED_AT = 64  # pairs nearest to a seed that are looked at first for unused ones
NEIGHBORS = 8  # pairs around each seed of a batch: the hard negatives; the rest are easy ones
TYPED = 0.5  # share of anchors written as people type: without capitals and with slips
TALKED = 0.2  # share of anchors with what people say around a question
SLIP = 0.08  # share of the longer words of such an anchor with a slip
BEFORE = (
    "Hi doctor,", "Hello.", "I am worried.", "Good morning, I hope you can help me.", "Sorry for the long message.",
    "I have never asked anything here before.", "My family told me to write to you.", "I could not find this anywhere.",
    "I asked at the pharmacy and they did not know.", "It is late and I cannot sleep because of this.",
)  # fmt: skip
AFTER = (
    "Please help.", "Thank you.", "Thanks in advance for your answer.", "Any advice is welcome.", "What should I do?",
    "Where can I read more about this?", "I would be glad about an answer.", "My appointment is only next month.",
    "Please reply soon, I am scared.", "God bless you.",
)  # fmt: skip


def batches(pairs: Sequence[Pair], vectors: Vectors, rng: random.Random, size: int = BATCH) -> Iterator[list[Pair]]:
    """Each pair once, in lists of `size`: random seeds, each with the unused pairs nearest to it.

    `vectors` holds one unit row a pair, shape (len(pairs), dimension), of what the pair is about.
    """
    free = np.ones(len(pairs), bool)
    order = list(range(len(pairs)))
    rng.shuffle(order)
    around = exactly(vectors, vectors, min(LOOKED_AT, len(pairs)))
    families: list[list[int]] = []
    for seed in order:
        if free[seed]:
            free[seed] = False
            count = min(NEIGHBORS - 1, int(free.sum()))
            near = around[seed][free[around[seed]]]
            if len(near) < count:  # most of those around it are used already: all are looked at
                near = np.argsort(-np.where(free, vectors @ vectors[seed], -np.inf), kind="stable")
            free[near[:count]] = False
            families.append([seed, *near[:count].tolist()])
    rng.shuffle(families)
    flat = [number for family in families for number in family]
    for start in range(0, len(flat), size):
        yield [pairs[number] for number in flat[start : start + size]]


def typed(text: str, rng: random.Random) -> str:
    """The text as people type it: now and then with talk around it, often in small letters with a few slips."""
    if rng.random() < TALKED:
        text = f"{rng.choice(BEFORE)} {text} {rng.choice(AFTER)}"
    if rng.random() > TYPED:
        return text
    return " ".join(
        _slip(word, rng) if len(word) > 4 and rng.random() < SLIP else word for word in text.lower().split(" ")
    )


def _slip(word: str, rng: random.Random) -> str:
    """The word with two letters swapped, one left out or one doubled; its first letter stays."""
    at = rng.randrange(1, len(word) - 1)
    kind = rng.randrange(3)
    if kind == 0:
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    return word[:at] + word[at + 1 :] if kind == 1 else word[:at] + word[at] + word[at:]
