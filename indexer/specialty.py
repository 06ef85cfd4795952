"""Specialties inferred for records that state none: a record held against what each department treats."""

from __future__ import annotations

import math
import tomllib
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpus.passages import Part
from corpus.records import Record
from search.dense import Vectors
from search.hits import Inferred
from search.lexical import stems
from search.rows import PassageTable, ranges

# Chosen for all-MiniLM-L6-v2; `python -m indexer evaluate-specialty` measures them again for another model.
INFERRED = 1  # raise it when another specialty would be inferred for the same record
NEAREST = 2  # sentences of a department that count for it: one may be near by chance, all would punish a broad one
WORDS_WEIGHT = 0.2  # of shared words beside the cosine
WORDS_HALF = 6.0  # sum of rarities of shared words that counts half
TEMPERATURE = 0.05  # makes of scores the share of records of that confidence that are right, on the built-in corpus
LEAST = 0.7  # confidence below which nothing is inferred

GENERAL = frozenset({"Family Medicine", "Internal Medicine"})  # they treat everything: no record is told by that
TITLE_COUNTS = 3  # a word of the title is worth as many elsewhere
ANSWER_CHARS = 1500  # of the first answer; what comes later is seldom about what was asked
BLOCK = 4096  # records held against the departments at once

Scores = NDArray[np.float64]


def departments_file() -> Path:
    """The departments that come with the package."""
    return Path(__file__).with_name("departments.toml")


@dataclass(frozen=True, slots=True)
class Departments:
    """The departments: names, sentences with the department's number of each, and how rare each of its stems is."""

    names: tuple[str, ...]
    sentences: tuple[str, ...]
    owner: NDArray[np.int64]
    rarity: tuple[Mapping[str, float], ...]

    @classmethod
    def read(cls, path: Path) -> Departments:
        """Those of a file."""
        says = {name: table["says"] for name, table in tomllib.loads(path.read_text(encoding="utf-8")).items()}
        own = [set(stems(" ".join([name, *sentences]))) for name, sentences in says.items()]
        count = Counter(word for words in own for word in words)
        return cls(
            names=tuple(says),
            sentences=tuple(sentence for sentences in says.values() for sentence in sentences),
            owner=np.repeat(np.arange(len(says)), [len(sentences) for sentences in says.values()]),
            rarity=tuple({word: math.log(len(own) / count[word]) for word in sorted(words)} for words in own),
        )


def infer(
    records: Sequence[Record],
    among: Sequence[int],
    table: PassageTable,
    vectors: Vectors,
    departments: Departments,
    said: Vectors,
) -> dict[int, Inferred]:
    """What is inferred for each of some rows whose record states no specialty, where one department stands out.

    `vectors` are those of the passages in the table, row for row; `said` those of the departments' sentences.
    """
    rows = [row for row in among if not records[row].specialty.strip()]
    found: dict[int, Inferred] = {}
    for start in range(0, len(rows), BLOCK):
        some = rows[start : start + BLOCK]
        means = mean_vectors(table, vectors, some)
        scores = score([records[row] for row in some], means, departments, said)
        for row, item in zip(some, choose(scores, departments.names), strict=True):
            if item is not None:
                found[row] = item
    return found


def mean_vectors(table: PassageTable, vectors: Vectors, rows: Sequence[int]) -> Vectors:
    """Of each of some record rows, ascending, the unit mean of the means of its title, message and answers: a long
    answer is one voice of three."""
    starts, ends = table.passages(np.array(rows, np.int64))
    counts = ends - starts
    places = ranges(starts, counts)
    parts, owners = table.parts_of(places), np.repeat(np.arange(len(rows)), counts)
    order = np.lexsort((parts, owners))
    voices = _means(vectors[places[order]], owners[order] * len(Part) + parts[order])
    means = _means(voices, np.unique(owners * len(Part) + parts) // len(Part))
    return np.asarray(means / np.linalg.norm(means, axis=1, keepdims=True), np.float32)


def _means(vectors: Vectors, groups: NDArray[np.int64]) -> Vectors:
    """Mean of the vectors of each group, in the order of the groups, which ascend."""
    begins = np.flatnonzero(np.diff(groups, prepend=-1))
    counts = np.diff(begins, append=len(groups))
    return np.asarray(np.add.reduceat(vectors, begins) / counts[:, None], np.float32)


def score(records: Sequence[Record], means: Vectors, departments: Departments, said: Vectors) -> Scores:
    """Score of each department for each record, shape (records, departments): cosine and shared words."""
    cosines = means @ said.T
    scores = np.empty((len(records), len(departments.names)))
    for number in range(len(departments.names)):
        own = np.sort(cosines[:, departments.owner == number], axis=1)
        scores[:, number] = own[:, -NEAREST:].mean(axis=1)
    holders: defaultdict[str, list[tuple[int, float]]] = defaultdict(list)
    for number, rarity in enumerate(departments.rarity):
        for word, rare in rarity.items():
            holders[word].append((number, rare))
    words = np.array([_shared(record, holders, len(departments.names)) for record in records])
    return np.asarray(scores + WORDS_WEIGHT * words / (words + WORDS_HALF))


def choose(scores: Scores, names: Sequence[str]) -> list[Inferred | None]:
    """The department of each row of scores that stands out enough; None where none does, or a general one leads."""
    if not names:
        return [None] * len(scores)
    best = [Inferred(names[row.argmax()], round(float(row.max()), 2)) for row in confidences(scores)]
    return [item if named(item, LEAST) else None for item in best]


def confidences(scores: Scores) -> Scores:
    """Confidence of each department, shape (records, departments); each row adds up to 1."""
    shares = np.exp((scores - scores.max(axis=1, keepdims=True)) / TEMPERATURE)
    return np.asarray(shares / shares.sum(axis=1, keepdims=True))


def named(best: Inferred, least: float) -> bool:
    """Whether a record's best department is worth telling."""
    return best.confidence >= least and best.name not in GENERAL


def _shared(record: Record, holders: Mapping[str, Sequence[tuple[int, float]]], departments: int) -> list[float]:
    """For each department, the rarities of its words that the record has, each more the more often it stands there."""
    answer = record.answers[0].text[:ANSWER_CHARS] if record.answers else ""
    counts = Counter(filter(holders.__contains__, stems(f"{record.question}\n{answer}")))
    for word in filter(holders.__contains__, stems(record.title)):
        counts[word] += TITLE_COUNTS
    totals = [0.0] * departments
    for word in sorted(counts):
        count = counts[word]
        for number, rare in holders[word]:
            totals[number] += rare * count / (count + 1)
    return totals
