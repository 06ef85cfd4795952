"""The stems of each record, by number: how much of a question stands in a record, without looking for it.

The lexical half finds the records that share most with a question (`search.lexical`); what each candidate shares with
it, whoever found it, is worked out from here, to the same number.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from search.arrays import mapped
from search.errors import IndexRefused
from search.lexical import K1, MAX_TERMS, idf
from search.rows import ranges

B = 0.75  # of tantivy's BM25: how much a long record loses
EXACT_LENGTHS = 24  # tantivy keeps a length in a byte: exactly to here, then 4 bits of what is above
LOW = (1 << 16) - 1  # of a number, the bits by which most that were not asked for are passed over
FILES = ("starts.npy", "numbers.npy", "times.npy", "lengths.npy")
TYPES = tuple(map(np.dtype, ("<i8", "<u4", "<u2", "<u4")))

Numbers = NDArray[np.uint32]
Times = NDArray[np.uint16]
MOST_TIMES = np.iinfo(np.uint16).max  # that a stem is counted in one record
Rows = NDArray[np.int64]
Scores = NDArray[np.float32]


def number_of(stem: str) -> int:
    """The number that stands for a stem: its CRC-32."""
    return crc32(stem.encode())


def numbers_of(stems: Sequence[str]) -> Numbers:
    """The numbers that stand for stems, ascending, each once."""
    return np.array(sorted(set(map(number_of, stems))), np.uint32)


@dataclass(frozen=True, slots=True)
class Terms:
    """The stems of a record: n numbers, ascending, each with how often it stands there; and how many stand in all."""

    numbers: Numbers
    times: Times
    length: int

    @classmethod
    def of(cls, stems: Sequence[str]) -> Terms:
        """Those of a record's text."""
        counts = {number_of(stem): count for stem, count in Counter(stems).items()}
        ordered = sorted(counts)
        times = np.minimum([counts[number] for number in ordered], MOST_TIMES)
        return cls(np.array(ordered, np.uint32), np.asarray(times, np.uint16), len(stems))

    def to_bytes(self) -> bytes:
        """Four bytes of the length, four of each number, two of each count."""
        pairs = self.numbers.astype("<u4").tobytes() + self.times.astype("<u2").tobytes()
        return self.length.to_bytes(4, "little") + pairs

    @classmethod
    def from_bytes(cls, data: bytes) -> Terms:
        """The same again. Raises ValueError."""
        count, rest = divmod(len(data) - 4, 6)
        if count < 0 or rest:
            raise ValueError(f"{len(data)} bytes are not a length and pairs")
        numbers, times = np.frombuffer(data, "<u4", count, 4), np.frombuffer(data, "<u2", count, 4 + 4 * count)
        return cls(numbers, times, int.from_bytes(data[:4], "little"))


class Same(NamedTuple):
    """Stems that a question says, and those of what they stand for: COPD, and its four words."""

    said: Sequence[str]
    meant: Sequence[str]


class Pair(NamedTuple):
    """The same among n known stems, shapes (n,); and how much the two weigh together."""

    said: NDArray[np.bool_]
    meant: NDArray[np.bool_]
    weight: float


class WordScores:
    """Scores records for one question, whose stems are looked up once: what `search.lexical.Lexical` describes.

    `holding` says in how many of the `records`, whose mean length is given, each of some numbers stands. Of what is the
    `same` a record that has the one, in full, lacks nothing of the other.
    """

    def __init__(
        self,
        terms: Sequence[str],
        holding: Callable[[Numbers], Rows],
        records: int,
        mean_length: float,
        same: Sequence[Same] = (),
    ) -> None:
        self._numbers, self._mean = numbers_of(list(dict.fromkeys(terms))[:MAX_TERMS]), mean_length
        counts = holding(self._numbers)
        self._known = counts > 0
        self._rarity = np.array([idf(count, records) for count in counts.tolist()], np.float64) ** 2
        self._same: list[Pair] = []
        self._apart = np.ones(len(self._numbers), np.bool_)
        for said, meant in same:
            self._apart[np.isin(self._numbers, numbers_of(meant))] = False
            if pair := self._pair(said, meant):
                self._apart[np.isin(self._numbers, numbers_of(said))] = False
                self._same.append(pair)
        self._whole = self._rarity[self._apart].sum() + sum(pair.weight for pair in self._same)

    def _pair(self, said: Sequence[str], meant: Sequence[str]) -> Pair | None:
        """Which of the numbers stand for the one and for the other; None where no record holds what it means."""
        one, other = (np.isin(self._numbers, numbers_of(stems)) & self._known for stems in (said, meant))
        if not other.any():
            return None
        weight = self._rarity[one].sum() if one.any() else self._rarity[other].max()
        return Pair(one, other, float(weight))

    def of(self, counts: Rows, numbers: Numbers, times: NDArray[np.integer], lengths: Numbers) -> Scores:
        """How much of the question stands in each of n records, 0 to below 1, shape (n,).

        The first `counts[0]` of the numbers, and how often each is met, are those of the first record, and so on;
        `lengths` has shape (n,).
        """
        if not self._whole:
            return np.zeros(len(counts), np.float32)
        places, asked = met(numbers, self._numbers)
        owners = np.searchsorted(np.cumsum(counts), places, "right")
        norms = K1 * (1 - B + B * kept_lengths(lengths) / self._mean)
        often = times[places].astype(np.float64)
        parts = self._rarity[asked] * often / (often + norms[owners])

        def shares(among: NDArray[np.bool_]) -> NDArray[np.float64]:
            here = among[asked]
            return np.bincount(owners[here], parts[here], len(counts)).astype(np.float64)

        total = shares(self._apart)
        for pair in self._same:
            fullest = shares(pair.meant) / self._rarity[pair.meant].sum()
            if pair.said.any():
                fullest = np.maximum(fullest, shares(pair.said) / self._rarity[pair.said].sum())
            total += pair.weight * fullest
        return np.asarray(total / self._whole, np.float32)


def met(numbers: Numbers, wanted: Numbers) -> tuple[Rows, Rows]:
    """Where numbers stand that are among the wanted ones, which ascend; and the place there of each."""
    if not len(wanted):
        return np.empty(0, np.int64), np.empty(0, np.int64)
    low = np.zeros(LOW + 1, np.bool_)
    low[wanted & LOW] = True
    places = np.flatnonzero(low[numbers.astype(np.uint16)])  # some of them by chance
    asked = np.minimum(np.searchsorted(wanted, numbers[places]), len(wanted) - 1)
    right = wanted[asked] == numbers[places]
    return places[right], asked[right]


def kept_lengths(lengths: Numbers) -> Rows:
    """Lengths as tantivy keeps them: rounded down to what a byte can hold."""
    over = np.maximum(np.asarray(lengths, np.int64) - EXACT_LENGTHS, 0)
    step = np.maximum(np.frexp(over)[1] - 4, 0)
    return np.asarray(np.asarray(lengths, np.int64) - over + (over >> step << step), np.int64)


class RecordTerms:
    """For n record rows: `numbers[starts[row]:starts[row + 1]]` are the stems of its text, `times` how often each."""

    def __init__(self, starts: Rows, numbers: Numbers, times: Times, lengths: Numbers) -> None:
        if tuple(each.dtype for each in (starts, numbers, times, lengths)) != TYPES:
            raise IndexRefused("the stems of the records are of another type; build the index again")
        if len(starts) != len(lengths) + 1 or not len(numbers) == len(times) == starts[-1]:
            raise IndexRefused(
                f"the stems do not fit together: {len(starts) - 1} records, {len(lengths)} lengths, {len(numbers)} "
                f"numbers, {len(times)} counts"
            )
        self._starts, self._numbers, self._times, self._lengths = starts, numbers, times, lengths
        self._mean = float(lengths.mean()) if len(lengths) else 0.0

    @staticmethod
    def save(records: Sequence[Terms], folder: Path) -> None:
        """Writes the stems of the records, in row order, into a new folder."""
        folder.mkdir()
        starts = np.cumsum([0, *(len(record.numbers) for record in records)])
        numbers = np.concatenate([np.empty(0, np.uint32), *(record.numbers for record in records)])
        times = np.concatenate([np.empty(0, np.uint16), *(record.times for record in records)])
        lengths = np.array([record.length for record in records])
        for name, kind, values in zip(FILES, TYPES, (starts, numbers, times, lengths), strict=True):
            np.save(folder / name, values.astype(kind), allow_pickle=False)

    @classmethod
    def load(cls, folder: Path) -> RecordTerms:
        """The stems saved there, mapped. Raises IndexRefused."""
        return cls(*(mapped(folder / name) for name in FILES))

    def __len__(self) -> int:
        return len(self._lengths)

    def at(self, row: int) -> Terms:
        """The stems of one record."""
        start, end = self._starts[row], self._starts[row + 1]
        return Terms(self._numbers[start:end], self._times[start:end], int(self._lengths[row]))

    def scores(
        self, terms: Sequence[str], rows: Rows, holding: Callable[[str], int], same: Sequence[Same] = ()
    ) -> Scores:
        """How much of a question stands in each of some records, shape (n,); `holding` records have a stem each."""
        of_number = {number_of(term): term for term in terms}
        asked = WordScores(
            terms,
            lambda numbers: np.array([holding(of_number[number]) for number in numbers.tolist()], np.int64),
            len(self),
            self._mean,
            same,
        )
        starts = self._starts[rows]
        counts = self._starts[rows + 1] - starts
        places = ranges(starts, counts)
        return asked.of(counts, self._numbers.take(places), self._times.take(places), self._lengths[rows])
