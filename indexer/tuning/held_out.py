"""Measuring a model on pairs it was not trained on: how often the right text is nearest among all others."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from indexer.tuning.pairs import Pair
from search.dense import Vectors

AT_MOST = 250  # pairs of a kind that are measured
WORSE = 0.005  # a fall of the reciprocal rank that is more than chance on so many pairs

Encode = Callable[[Sequence[str]], Vectors]


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one kind of pair: how many, how often the right text came first, and the mean reciprocal rank."""

    pairs: int
    hit: float
    mrr: float


def sample(pairs: Sequence[Pair], seed: int) -> dict[str, list[Pair]]:
    """Held-out pairs by kind, at most AT_MOST of each, by chance."""
    kinds: defaultdict[str, list[Pair]] = defaultdict(list)
    for pair in dict.fromkeys(pairs):
        if pair.held_out:
            kinds[pair.kind].append(pair)
    rng = random.Random(seed)
    return {kind: rng.sample(found, min(AT_MOST, len(found))) for kind, found in sorted(kinds.items())}


def measure(held_out: dict[str, list[Pair]], encode: Encode) -> dict[str, Figures]:
    """Figures of each kind. Candidates are every positive of the kind, those of the pair's own group only once, and the
    texts that are known to be wrong for the pair. What is not plainly farther than the right text counts as nearer: all
    of them where the model gives no numbers any more. Each text is encoded once."""
    every = (
        text for pairs in held_out.values() for pair in pairs for text in (pair.anchor, pair.positive, *pair.negatives)
    )
    numbers = {text: number for number, text in enumerate(dict.fromkeys(every))}
    rows = encode(list(numbers))

    def known(texts: Sequence[str]) -> Vectors:
        return rows[[numbers[text] for text in texts]]

    return {kind: _measure(pairs, known) for kind, pairs in held_out.items()}


def better(before: dict[str, Figures], after: dict[str, Figures]) -> bool:
    """True where the mean reciprocal rank rose over all kinds together, and fell by more than chance on none."""
    rise = [after[kind].mrr - before[kind].mrr for kind in before]
    return sum(rise) > 0 and min(rise) > -WORSE


def gain(before: dict[str, Figures], after: dict[str, Figures]) -> float:
    """Mean rise of the reciprocal rank over the kinds."""
    return float(np.mean([after[kind].mrr - before[kind].mrr for kind in before]))


def _measure(pairs: Sequence[Pair], encode: Encode) -> Figures:
    anchors, positives = encode([pair.anchor for pair in pairs]), encode([pair.positive for pair in pairs])
    cosines = anchors @ positives.T
    right = np.diag(cosines).copy()
    groups = np.array([hash(pair.group) for pair in pairs])
    cosines[groups[:, None] == groups[None, :]] = -np.inf
    ranks = 1 + (~(cosines < right[:, None])).sum(axis=1) + _known_wrong(pairs, anchors, right, encode)
    return Figures(len(pairs), round(float((ranks == 1).mean()), 4), round(float((1 / ranks).mean()), 4))


def _known_wrong(pairs: Sequence[Pair], anchors: Vectors, right: Vectors, encode: Encode) -> Vectors:
    """How many of its known wrong texts are as near to each anchor as its positive is, shape (pairs,)."""
    owners = np.repeat(np.arange(len(pairs)), [len(pair.negatives) for pair in pairs])
    if not len(owners):
        return np.zeros(len(pairs), np.float32)
    wrong = encode([text for pair in pairs for text in pair.negatives])
    nearer = ~((anchors[owners] * wrong).sum(axis=1) < right[owners])
    return np.bincount(owners, nearer, len(pairs)).astype(np.float32)
