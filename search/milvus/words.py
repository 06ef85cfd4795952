"""The lexical scores of records from their stems, the same numbers that the folder's index gives (`search.terms`)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from search.headings import named
from search.lexical import idf
from search.milvus.summary import Frequencies
from search.terms import Numbers, Same, Scores, Terms, WordScores, numbers_of


def word_scores(
    asked: Sequence[str], records: Sequence[Terms], frequencies: Frequencies, same: Sequence[Same] = ()
) -> Scores:
    """How much of a question stands in each of n records, 0 to below 1, shape (n,)."""
    if not records:
        return np.zeros(0, np.float32)
    return WordScores(asked, frequencies.counts, frequencies.records, frequencies.mean_length, same).of(
        np.array([len(record.numbers) for record in records]),
        np.concatenate([record.numbers for record in records]),
        np.concatenate([record.times for record in records]),
        np.array([record.length for record in records], np.uint32),
    )


def shares(asked: Sequence[str], headings: Sequence[Numbers], frequencies: Frequencies) -> Scores:
    """Of the rarity of each title's stems, the share that is in the stems asked for; shape (n,), NaN: no title."""
    numbers, owners, rarity = _stems(headings, frequencies)
    total = np.bincount(owners, rarity, len(headings))
    shared = np.bincount(owners, rarity * np.isin(numbers, numbers_of(asked)), len(headings))
    with np.errstate(invalid="ignore"):
        return np.asarray(np.where(total > 0, shared / total, np.nan), np.float32)


def named_by(names: Sequence[Sequence[str]], headings: Sequence[Numbers], frequencies: Frequencies) -> Scores:
    """How far each title is one of some names (`search.headings.named`); shape (n,)."""
    if not names:
        return np.zeros(len(headings), np.float32)

    def rarity(term: str) -> float:
        return float(rarities(frequencies.counts(numbers_of([term])), frequencies.records)[0])

    numbers, owners, of_titles = _stems(headings, frequencies)
    return named(names, rarity, numbers, of_titles, owners, len(headings))


def _stems(
    headings: Sequence[Numbers], frequencies: Frequencies
) -> tuple[Numbers, NDArray[np.int64], NDArray[np.float32]]:
    """The stems of titles, one title after the other, whose each is, and how rare."""
    owners = np.repeat(np.arange(len(headings)), [len(heading) for heading in headings])
    numbers = np.concatenate([*headings, np.empty(0, np.uint32)])
    return numbers, owners, rarities(frequencies.counts(numbers), frequencies.records).astype(np.float32)


def rarities(holding: NDArray[np.int64], records: int) -> NDArray[np.float64]:
    """The idf of terms that so many of the records hold."""
    return np.array([idf(int(count), records) for count in holding], np.float64)
