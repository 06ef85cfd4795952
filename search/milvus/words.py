"""The lexical score of a record from its stems, the same number that the folder's index gives (`search.lexical`)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from search.lexical import K1, MAX_TERMS, idf
from search.milvus.packing import Terms, number_of
from search.milvus.summary import Frequencies

B = 0.75  # of tantivy's BM25: how much a long record loses
EXACT_LENGTHS = 24  # tantivy keeps a length in a byte: exactly to here, then 4 bits of what is above


class WordScores:
    """Scores records for one question, whose stems are looked up once."""

    def __init__(self, terms: Sequence[str], frequencies: Frequencies) -> None:
        numbers = np.unique(numbers_of(list(dict.fromkeys(terms))[:MAX_TERMS]))
        holding = frequencies.counts(numbers)
        known = holding > 0  # terms that no record holds do not count
        self._numbers, self._mean = numbers[known], frequencies.mean_length
        self._rarity = rarities(holding[known], frequencies.records) ** 2

    def of(self, records: Sequence[Terms]) -> NDArray[np.float32]:
        """How much of the question stands in each of n records, 0 to below 1, shape (n,)."""
        if not records or not len(self._numbers):
            return np.zeros(len(records), np.float32)
        owners = np.repeat(np.arange(len(records)), [len(record.numbers) for record in records])
        numbers = np.concatenate([record.numbers for record in records])
        places = np.minimum(np.searchsorted(self._numbers, numbers), len(self._numbers) - 1)
        met = np.flatnonzero(self._numbers[places] == numbers)
        lengths = np.array([kept_length(record.length) for record in records], np.float64)
        norms = K1 * (1 - B + B * lengths / self._mean)
        times = np.concatenate([record.times for record in records])[met].astype(np.float64)
        parts = self._rarity[places[met]] * times / (times + norms[owners[met]])
        return np.asarray(np.bincount(owners[met], parts, len(records)) / self._rarity.sum(), np.float32)


def kept_length(length: int) -> int:
    """A length as tantivy keeps it: rounded down to what a byte can hold."""
    over = length - EXACT_LENGTHS
    if over < 16:
        return length
    step = over.bit_length() - 4
    return EXACT_LENGTHS + (over >> step << step)


def shares(
    asked: Sequence[str], headings: Sequence[NDArray[np.uint32]], frequencies: Frequencies
) -> NDArray[np.float32]:
    """Of the rarity of each title's stems, the share that is in the stems asked for; shape (n,), NaN: no title."""
    owners = np.repeat(np.arange(len(headings)), [len(heading) for heading in headings])
    numbers = np.concatenate([*headings, np.empty(0, np.uint32)])
    rarity = rarities(frequencies.counts(numbers), frequencies.records).astype(np.float32)
    total = np.bincount(owners, rarity, len(headings))
    shared = np.bincount(owners, rarity * np.isin(numbers, numbers_of(asked)), len(headings))
    with np.errstate(invalid="ignore"):
        return np.asarray(np.where(total > 0, shared / total, np.nan), np.float32)


def numbers_of(stems: Sequence[str]) -> NDArray[np.uint32]:
    """The numbers that stand for stems."""
    return np.array([number_of(stem) for stem in stems], np.uint32)


def rarities(holding: NDArray[np.int64], records: int) -> NDArray[np.float64]:
    """The idf of terms that so many of the records hold."""
    return np.array([idf(int(count), records) for count in holding], np.float64)
