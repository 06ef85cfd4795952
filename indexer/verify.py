"""Verification: whether a version on disk is whole, its halves hold the same, and passages find themselves."""

from __future__ import annotations

import hashlib
import random
from collections import Counter
from collections.abc import Sequence

import numpy as np

from indexer.cuts import cut_record
from search import terms as record_terms
from search.annotations import Annotations
from search.dense import DenseView, load_views
from search.encoder import Encoder
from search.errors import IndexRefused
from search.facets import Counts
from search.filters import values_of
from search.layout import Manifest, Version
from search.lexical import Lexical, record_text, stems
from search.rows import PassageTable
from search.spans import Spans
from search.store import Store
from search.terms import RecordTerms

SAMPLE = 50  # rows of each view, and records of the lexical half, that must find themselves; rows of the columns
UNIT_TOLERANCE = 1e-4
ROUNDED = 1e-5  # tantivy adds up in 32 bits
RE_EMBEDDED = 8  # passages of each view that are embedded again
RE_EMBEDDED_TOLERANCE = 0.01  # batches of other lengths round otherwise; another text is much further away


def verify(version: Version, encoder: Encoder | None = None) -> Manifest:
    """Manifest of a version that is whole. Raises IndexRefused with the first thing found wrong.

    With an encoder given, the embeddings of a few passages are made again and compared as well.
    """
    manifest = Manifest.load(version)
    manifest.check_files(version, again=True)
    if encoder is not None:
        _equal("model of the vectors", manifest.model, encoder.card)
    store, table = Store(version.records), PassageTable.load(version.passages)
    views, lexical = load_views(version.dense), Lexical.load(version.lexical)
    _equal("id in the manifest", version.root.name, manifest.id)
    _equal("records in the store", manifest.records, len(store))
    _equal("records in the lexical half", manifest.records, len(lexical))
    _equal("passages in the table", sum(manifest.passages.values()), len(table))
    hashes = "".join(digest for _, digest in sorted(store.hashes().items()))
    _equal("hash of the records", manifest.corpus, hashlib.sha256(hashes.encode()).hexdigest())
    rows = np.sort(np.concatenate([view.rows for view in views.values()]))
    if not np.array_equal(rows, np.arange(len(table))):
        raise IndexRefused(f"{version.root}: the passage rows of the dense half are not 0 to {len(table) - 1}")
    if Spans.load(version.spans) != Spans.of(table, len(store), {name: view.rows for name, view in views.items()}):
        raise IndexRefused(f"{version.spans}: the passages of some record are not where the table says")
    for name, view in views.items():
        _check_view(f"{version.root}: {name}", view)
    chance = random.Random(manifest.id)
    _check_annotations(version, store)
    _check_columns(version, store, chance.sample(range(len(store)), min(SAMPLE, len(store))))
    _check_lexical(version, store, lexical, chance.sample(range(len(store)), min(SAMPLE, len(store))))
    if encoder is not None:
        for name, view in views.items():
            _check_vectors(f"{version.root}: {name}", view, store, table, encoder)
    store.close()
    return manifest


def _equal(what: str, expected: object, found: object) -> None:
    if expected != found:
        raise IndexRefused(f"{what}: expected {expected}, found {found}")


def _check_view(name: str, view: DenseView) -> None:
    rows = view.rows
    for start in range(0, len(rows), 10_000):
        lengths = np.linalg.norm(view.vectors(rows[start : start + 10_000]), axis=1)
        if not np.all(np.abs(lengths - 1) <= UNIT_TOLERANCE):  # NaN is not either
            raise IndexRefused(f"{name}: a vector has length {lengths[np.argmax(np.abs(lengths - 1))]:.4f}, not 1")
    for row in rows[:: max(1, len(rows) // SAMPLE)]:
        vector = view.vectors(np.array([row]))[0]
        _, cosines = view.search(vector, 1)
        if not cosines[0] > 1 - UNIT_TOLERANCE:
            raise IndexRefused(f"{name}: passage {row} does not find itself (cosine {cosines[0]:.4f})")


def _check_lexical(version: Version, store: Store, lexical: Lexical, rows: Sequence[int]) -> None:
    kept = RecordTerms.load(version.terms)
    _equal("records with stems", len(store), len(kept))
    for row, record in zip(rows, store.records(rows), strict=True):
        said = Counter(stems(record_text(record)))
        terms = [term for term, times in said.items() if times < record_terms.MOST_TIMES]  # more are not told apart
        found = lexical.scores(terms, [row])[row]
        if terms and not found > 0:
            raise IndexRefused(f"{version.root}: record {record.id} does not find itself by its own words")
        [score] = kept.scores(terms, np.array([row]), lexical.document_frequency)
        if abs(score - found) > ROUNDED:
            raise IndexRefused(f"{version.terms}: the stems of record {record.id} are not those of its text")


def _check_annotations(version: Version, store: Store) -> None:
    found = Annotations.load(version, len(store))
    families = found.families.of(range(len(store)))
    for row, record_id in store.ids(list(families)).items():
        if record_id not in {member.id for member in families[row].members}:
            raise IndexRefused(f"{version.root}: record {record_id} is not in the family that its row is in")
    for row in found.specialties.of([row for row, name in enumerate(store.specialties()) if name]):
        raise IndexRefused(f"{version.root}: record row {row} has a specialty inferred beside the one that it states")
    found.close()


def _check_columns(version: Version, store: Store, rows: Sequence[int]) -> None:
    columns = Counts.load(version.columns)
    _equal("records in the columns", len(store), len(columns))
    for row, record in zip(rows, store.records(rows), strict=True):
        said, found = values_of(record), columns.at(row)
        if [str(value).casefold() for value in said] != [str(value).casefold() for value in found]:
            raise IndexRefused(f"{version.columns}: record {record.id} says {said}, found {found}")


def _check_vectors(name: str, view: DenseView, store: Store, table: PassageTable, encoder: Encoder) -> None:
    """Embeds a few passages again: a vector beside the wrong text is the fault that nobody would see."""
    rows = view.rows[:: max(1, len(view) // RE_EMBEDDED)][:RE_EMBEDDED]
    texts = []
    for row in rows:
        place = table.place(int(row))
        cut_again = cut_record(store.records([place.record])[0], encoder)
        found = [p for p in cut_again if (p.part, p.answer, p.start) == (place.part, place.answer, place.start)]
        if len(found) != 1 or found[0].end != place.end:
            raise IndexRefused(f"{name}: passage {row} is not where the table says; build the index again")
        texts.append(found[0].embedded)
    if not texts:
        return
    cosines = (view.vectors(rows) * encoder.encode(texts)).sum(axis=1)
    if cosines.min() < 1 - RE_EMBEDDED_TOLERANCE:
        raise IndexRefused(f"{name}: passage {rows[cosines.argmin()]} has the vector of another text")
