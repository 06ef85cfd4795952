"""What the site needs of a search engine: its methods, and the two functions that find and open one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from corpus.records import Record
from search.address import Address
from search.filters import Filters
from search.hits import Facets, Family, IndexInfo, Inferred, Question, Results, Topic
from search.home import Browse
from search.map import MapPoints


class Engine(Protocol):
    """One open, unchanging version of the index."""

    @property
    def info(self) -> IndexInfo: ...

    @property
    def facets(self) -> Facets: ...

    def search(self, question: Question) -> Results: ...

    def record(self, record_id: str) -> Record: ...

    def similar(self, record_id: str, k: int = 10) -> Results: ...

    def around(self, record_id: str, k: int, topics: int) -> tuple[Results, tuple[Topic, ...]]: ...

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

    def check(self) -> None: ...

    def close(self) -> None: ...


Opener = Callable[[Address], Engine]  # opens the newest version published there; raises IndexRefused
Published = Callable[[Address], str | None]  # names that version; waits for a home elsewhere, and may raise HomeLost
