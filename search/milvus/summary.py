"""What is counted over all records when an index goes to Milvus, so that a reader need not ask for all of them.

Which stems are how rare, what each filter would leave, which topics there are, and the titles for suggestions.
"""

from __future__ import annotations

import io
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from corpus.records import Record
from search.filters import Values, values_of
from search.milvus.about import CUBE, FREQUENCIES, TITLES, TOPICS
from search.milvus.schema import filter_key, topic_key
from search.terms import Terms, number_of

MOST_TITLES = 200_000  # more are not kept by each process: then titles are looked up by how they begin
TOPICS_OF_ONE = 100  # topics kept of each specialty, those of most pages


@dataclass(slots=True)
class Summary:
    """Counts over some records."""

    records: int = 0
    length: int = 0  # stems in all
    holding: Counter[int] = field(default_factory=Counter)  # records in which each stem stands, by its number
    cube: Counter[Values] = field(default_factory=Counter)
    spelt: Counter[tuple[str, str]] = field(default_factory=Counter)  # topic by key, and as it is written
    pages: Counter[str] = field(default_factory=Counter)  # records that carry a topic, by key
    pages_of: Counter[tuple[str, str]] = field(default_factory=Counter)  # the same by specialty and topic
    titles: set[str] = field(default_factory=set)

    def add(self, record: Record, terms: Terms) -> None:
        """Counts a record, whose stems are given."""
        self.records += 1
        self.length += terms.length
        self.holding.update(terms.numbers.tolist())
        self.cube[values_of(record)] += 1
        keys = {topic_key(topic) for topic in record.topics}
        self.spelt.update((topic_key(topic), topic) for topic in record.topics)
        self.pages.update(keys)
        self.pages_of.update((filter_key(record.specialty), key) for key in keys if record.specialty)
        if record.title:
            self.titles.add(record.title)

    def texts(self) -> dict[str, bytes]:
        """The texts of the about collection that hold it."""
        names: dict[str, str] = {}
        for (key, spelling), _ in sorted(self.spelt.items(), key=lambda item: (-item[1], item[0])):
            names.setdefault(key, spelling)  # the most frequent one
        topics = [[names[key], self.pages[key]] for key in sorted(self.pages)]
        of: dict[str, list[tuple[str, int]]] = {}
        for (specialty, key), count in sorted(self.pages_of.items(), key=lambda item: (-item[1], item[0])):
            if len(of.setdefault(specialty, [])) < TOPICS_OF_ONE:
                of[specialty].append((names[key], count))
        cube = [[*values, count] for values, count in sorted(self.cube.items())]
        found = {
            FREQUENCIES: Frequencies.of(self.holding, self.records, self.length).to_bytes(),
            CUBE: _json(cube),
            TOPICS: _json({"topics": topics, "of": of}),
        }
        return found | ({TITLES: _json(sorted(self.titles))} if len(self.titles) <= MOST_TITLES else {})


@dataclass(frozen=True, slots=True)
class Frequencies:
    """In how many records each stem stands: its number, ascending, and that count; how many records, how long each."""

    numbers: NDArray[np.uint32]
    holding: NDArray[np.uint32]
    records: int
    mean_length: float

    @classmethod
    def of(cls, holding: Mapping[int, int], records: int, length: int) -> Frequencies:
        """Those of records with so many stems in all."""
        ordered = sorted(number for number, count in holding.items() if count > 0)
        counts = np.array([holding[number] for number in ordered], np.uint32)
        return cls(np.array(ordered, np.uint32), counts, records, length / max(records, 1))

    def to_bytes(self) -> bytes:
        """An array file: first the count of records and the mean length, then numbers, then counts."""
        file = io.BytesIO()
        head = np.array([self.records, self.mean_length], np.float64)
        np.save(file, head, allow_pickle=False)
        np.save(file, np.stack([self.numbers, self.holding]), allow_pickle=False)
        return file.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> Frequencies:
        """The same again. Raises ValueError."""
        file = io.BytesIO(data)
        records, mean_length = np.load(file, allow_pickle=False).tolist()
        numbers, holding = np.load(file, allow_pickle=False)
        return cls(numbers, holding, int(records), float(mean_length))

    def of_stem(self, stem: str) -> int:
        """In how many records one stem stands."""
        return int(self.counts([number_of(stem)])[0])

    def counts(self, numbers: Sequence[int] | NDArray[np.uint32]) -> NDArray[np.int64]:
        """In how many records each of these stems stands; 0 for one that is not known."""
        wanted = np.asarray(numbers, np.uint32)
        places = np.minimum(np.searchsorted(self.numbers, wanted), max(len(self.numbers) - 1, 0))
        if not len(self.numbers):
            return np.zeros(len(wanted), np.int64)
        return np.where(self.numbers[places] == wanted, self.holding[places], 0).astype(np.int64)


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()
