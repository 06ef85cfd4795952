"""The home of an index in a folder on this machine: files that are mapped, not copied. See `search.home.Home`."""

from __future__ import annotations

from collections.abc import Sequence

from corpus.records import Record
from search.annotations import Annotations
from search.browse import Browse
from search.filters import Filters
from search.halves import LocalHalves
from search.hits import Facets, Family, Inferred
from search.layout import Manifest
from search.map import MapPoints, points
from search.meaning import WordVectors
from search.rows import Place


class LocalHome:
    """One version of an index folder; its rows are 0, 1, 2 ... in the order of the record ids."""

    missing: tuple[str, ...] = ()

    def __init__(self, manifest: Manifest, halves: LocalHalves, annotations: Annotations) -> None:
        self.manifest, self.halves = manifest, halves
        self._store, self._annotations = halves.store, annotations
        self._titles = halves.store.titles()

    def __len__(self) -> int:
        return len(self._store)

    @property
    def browse(self) -> Browse:
        return self._annotations.browse

    @property
    def words(self) -> WordVectors:
        return self._annotations.words

    def row(self, record_id: str) -> int:
        return self._store.row(record_id)

    def ids(self, rows: Sequence[int]) -> dict[int, str]:
        return self._store.ids(rows)

    def records(self, rows: Sequence[int]) -> list[Record]:
        return self._store.records(rows)

    def places(self, passages: Sequence[int]) -> list[Place]:
        return [self.halves.table.place(passage) for passage in passages]

    def newest(self, rows: Sequence[int]) -> list[int]:
        return [int(date) for date in self.halves.counts.newest[list(rows)]]

    def firsts(self, rows: Sequence[int]) -> list[int]:
        return self._annotations.families.firsts(rows)

    def families(self, rows: Sequence[int]) -> dict[int, Family]:
        return self._annotations.families.of(rows)

    def inferred(self, rows: Sequence[int]) -> dict[int, Inferred]:
        return self._annotations.specialties.of(rows)

    def facets(self) -> Facets:
        return self.counts(Filters())

    def counts(self, filters: Filters) -> Facets:
        return self.halves.counts.under(filters)

    def suggest(self, typed: str, k: int) -> tuple[str, ...]:
        return self._titles.suggest(typed, k)

    def record_ids(self) -> set[str]:
        return set(self._store.hashes())

    def check(self) -> None:
        """It is open, so it answers."""

    @property
    def has_map(self) -> bool:
        return self._annotations.map.places is not None

    def map(self) -> MapPoints | None:
        return points(self._annotations.map, self._store, self._annotations.specialties)

    def close(self) -> None:
        self.halves.close()
        self._annotations.close()
