"""What search needs of one version of an index, wherever it lies: in a folder here, or in an engine elsewhere.

Ranking, snippets, match words and families stand on these two protocols alone, so that they are the same everywhere. A
record and a passage are known by their rows: whole numbers that only the home that gave them understands.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from corpus.records import Record
from search.browse import Pages, Shelf
from search.dense import Rows, Vectors
from search.filters import Filters
from search.fusion import QUESTION_WEIGHTS, Evidence, Weights
from search.hits import Facets, Family, Inferred
from search.layout import Manifest
from search.map import MapPoints
from search.meaning import WordVectors
from search.rows import Place
from search.terms import Same


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as the two halves read it: its unit vector and its stems; how much each view counts for it, on which
    sides of contrasts it is (`search.contrasts`), which of its stems stand for which; and, where all of it is a name,
    the stems of that and of the names that are the same."""

    vector: Vectors
    terms: Sequence[str]
    weights: Weights = QUESTION_WEIGHTS
    marks: int = 0
    same: Sequence[Same] = ()
    names: Sequence[Sequence[str]] = ()


@dataclass(frozen=True, slots=True)
class Near:
    """Row of the record of each of the nearest passages of all views, so that a record may be there more than once;
    `whole` if no passage was left unseen."""

    rows: Rows
    whole: bool


@dataclass(frozen=True, slots=True)
class Candidates:
    """n record rows in the order of their ids, what each view says of them, the answer passage of each to show.

    To be shown is the nearest passage of what a person said, before the nearest of the explanation that nobody signed,
    a short one only where it is nearer by more than `search.rows.short_costs`; -1 where there is neither. `missing`
    says what was lost on the way, a sentence each.
    """

    rows: Rows
    evidence: Evidence
    passages: Rows
    missing: tuple[str, ...] = ()


class Halves(Protocol):
    """The dense and the lexical half: which records are near to a question, and what is to be said of each."""

    def nearest(self, vector: Vectors, depth: int, filters: Filters) -> Near:
        """Records of the `depth` nearest passages of each view, of those that the filters let through."""
        ...

    def by_words(self, terms: Sequence[str], k: int, filters: Filters) -> Rows:
        """Rows of the k records that share most with the terms, among those let through."""
        ...

    def candidates(self, asked: Asked, rows: Rows) -> Candidates:
        """What every view says of each of these records."""
        ...

    def vector_of(self, row: int) -> Vectors:
        """Unit mean of the vectors of a record's title and message, or of its answers where it has neither."""
        ...

    def marks_of(self, row: int) -> int:
        """The sides of contrasts that a record's heading takes."""
        ...

    def document_frequency(self, term: str) -> int:
        """Number of records in which the stem stands."""
        ...


class Browse(Protocol):
    """The records of a version by topic and specialty."""

    def topics(self, initial: str = "", limit: int = 100, offset: int = 0) -> tuple[tuple[str, int], ...]: ...

    def initials(self) -> tuple[tuple[str, int], ...]: ...

    def count_topics(self) -> int: ...

    def pages(self, shelf: Shelf, name: str = "", limit: int = 20, offset: int = 0) -> Pages: ...

    def topics_of(self, specialty: str, limit: int) -> tuple[tuple[str, int], ...]: ...


class Home(Protocol):
    """One version of an index: its halves, its records, and what the build found out about them.

    Safe to use from several threads. Where it lies elsewhere, every method may raise HomeLost.
    """

    @property
    def manifest(self) -> Manifest: ...

    @property
    def halves(self) -> Halves: ...

    @property
    def browse(self) -> Browse: ...

    @property
    def words(self) -> WordVectors: ...

    @property
    def missing(self) -> tuple[str, ...]:
        """What this home cannot do as it should, a sentence each, to be shown with every answer; mostly none."""
        ...

    def __len__(self) -> int:
        """How many records there are."""
        ...

    def row(self, record_id: str) -> int:
        """Row of the record with this id. Raises NotFound."""
        ...

    def ids(self, rows: Sequence[int]) -> dict[int, str]:
        """Record id by row."""
        ...

    def records(self, rows: Sequence[int]) -> list[Record]:
        """The records of these rows, in the order asked for."""
        ...

    def places(self, passages: Sequence[int]) -> list[Place]:
        """Where each of these passages stands in its record."""
        ...

    def newest(self, rows: Sequence[int]) -> list[int]:
        """The newest date of each of these records as a whole number that sorts like it; 0 without one."""
        ...

    def firsts(self, rows: Sequence[int]) -> list[int]:
        """The row of the first record of the family that each of these records is in; its own where it is in none."""
        ...

    def families(self, rows: Sequence[int]) -> dict[int, Family]:
        """The family of each of these records that has one, all its members in the order of their ids."""
        ...

    def inferred(self, rows: Sequence[int]) -> dict[int, Inferred]:
        """The specialty that was inferred for each of these records, where one was."""
        ...

    def facets(self) -> Facets:
        """How many records there are of each specialty, source, age band and sex, as a filter counts them."""
        ...

    def counts(self, filters: Filters) -> Facets:
        """For each value of each filter, how many records would pass if it were the only one chosen of its kind."""
        ...

    def suggest(self, typed: str, k: int) -> tuple[str, ...]:
        """At most k titles that begin like what was typed (`search.suggest`)."""
        ...

    def record_ids(self) -> set[str]:
        """Every record id."""
        ...

    def check(self) -> None:
        """Returns where a question could be answered now. Raises HomeLost."""
        ...

    @property
    def has_map(self) -> bool: ...

    def map(self) -> MapPoints | None:
        """Every record with its place on the map; None where no map was made."""
        ...

    def close(self) -> None: ...
