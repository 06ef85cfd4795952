"""Reading an index back, wherever it lies: its records, passages, vectors, what was inferred, and the rest.

What a build derived is read, not derived again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

import numpy as np

from corpus.passages import Part, Passage, part_text
from corpus.records import Record, content_hash
from indexer.derive import Pieces, Whole
from search.dense import VIEW_OF, View, load_views
from search.errors import IndexRefused
from search.families import Families
from search.inferred import Specialties
from search.layout import Layout, Manifest, Version
from search.map import CorpusMap, Places
from search.rows import PassageTable
from search.store import Store


class Source(Protocol):
    """A version that is read: its manifest, all its records sorted by id, and what they give together."""

    manifest: Manifest
    records: list[Record]
    whole: Whole
    places: Places | None  # of the records on the map
    model: Path  # the folder of the converted model

    def pieces(self, start: int, end: int) -> Pieces:
        """What the records from `start` to before `end` give by themselves."""
        ...


class FolderSource:
    """The published version of an index folder. Raises IndexRefused where there is none, or it is not whole."""

    def __init__(self, root: Path) -> None:
        layout = Layout(root)
        version_id = layout.published()
        if version_id is None:
            raise IndexRefused(f"there is no index in {root} to copy; build one first")
        version = layout.version(version_id)
        self.manifest = Manifest.load(version)
        self.manifest.check_files(version)
        self.model = layout.model(self.manifest.model.fingerprint)
        store = Store(version.records)
        self.records = list(store.all())
        store.close()
        self.places = CorpusMap.load(version.map, len(self.records)).places
        self._table, self._views = PassageTable.load(version.passages), load_views(version.dense)
        self._specialties = Specialties(version.specialties, len(self.records))
        self.whole = Whole(_families(version, len(self.records)), _files(version))

    def pieces(self, start: int, end: int) -> Pieces:
        rows = np.arange(*np.searchsorted(self._table.record, [start, end]))
        passages = []
        for row in rows:
            place = self._table.place(int(row))
            record = self.records[place.record]
            passages.append(
                (place.record - start, passage_at(record, place.part, place.answer, place.start, place.end))
            )
        vectors = np.empty((len(rows), self.manifest.model.dimension), np.float32)
        views = np.array([list(View).index(VIEW_OF[passage.part]) for _, passage in passages], np.int64)
        for number, view in enumerate(View):
            if np.any(views == number):
                vectors[views == number] = self._views[view].vectors(rows[views == number])
        inferred = {row - start: item for row, item in self._specialties.of(range(start, end)).items()}
        records = self.records[start:end]
        return Pieces(records, [content_hash(record) for record in records], passages, vectors, inferred)


def passage_at(record: Record, part: Part, answer: int, start: int, end: int) -> Passage:
    """The passage that stands there; without its heading, which counts only where it is embedded."""
    return Passage(part, answer, start, end, part_text(record, part, answer)[start:end])


def grouped(firsts: Mapping[int, int]) -> list[tuple[int, ...]]:
    """Families as ascending places, given for each place what its family is known by."""
    found: defaultdict[int, list[int]] = defaultdict(list)
    for place in sorted(firsts):
        found[firsts[place]].append(place)
    return [tuple(places) for places in found.values() if len(places) > 1]


def _families(version: Version, count: int) -> list[tuple[int, ...]]:
    families = Families(version.families, count)
    firsts = families.firsts(range(count))
    families.close()
    return grouped(dict(enumerate(firsts)))


def _files(version: Version) -> dict[str, bytes]:
    wanted = [version.vocabulary, version.lay_terms, *sorted(version.words.glob("*"))]  # older versions have no words
    return {str(path.relative_to(version.root)): path.read_bytes() for path in wanted}
