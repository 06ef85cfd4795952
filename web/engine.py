"""What the site needs of a search engine: its methods, and the two functions that find and open one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from corpus.records import Record
from search.browse import Pages, Shelf
from search.hits import Facets, Family, Filters, IndexInfo, Inferred, Question, Results, Topic
from search.map import MapPoints


class Browse(Protocol):
    """The records of that version by topic and specialty."""

    def topics(self, initial: str = "", limit: int = 100, offset: int = 0) -> tuple[tuple[str, int], ...]: ...

    def initials(self) -> tuple[tuple[str, int], ...]: ...

    def count_topics(self) -> int: ...

    def pages(self, shelf: Shelf, name: str = "", limit: int = 20, offset: int = 0) -> Pages: ...

    def topics_of(self, specialty: str, limit: int) -> tuple[tuple[str, int], ...]: ...


class Engine(Protocol):
    """One open, unchanging version of the index."""

    @property
    def info(self) -> IndexInfo: ...

    @property
    def facets(self) -> Facets: ...

    def search(self, question: Question) -> Results: ...

    def record(self, record_id: str) -> Record: ...

    def similar(self, record_id: str, k: int = 10, fold: bool = False) -> Results: ...

    def family(self, record_id: str) -> Family | None: ...

    def inferred(self, record_id: str) -> Inferred | None: ...

    def related(self, record_id: str, k: int = 10) -> tuple[Topic, ...]: ...

    def counts(self, filters: Filters) -> Facets: ...

    @property
    def browse(self) -> Browse: ...

    @property
    def has_map(self) -> bool: ...

    def map(self) -> MapPoints | None: ...

    def suggest(self, prefix: str, k: int = 8) -> tuple[str, ...]: ...

    def close(self) -> None: ...


Opener = Callable[[Path], Engine]  # opens the newest version published in a folder; raises IndexRefused
Published = Callable[[Path], str | None]  # names that version, cheaply
