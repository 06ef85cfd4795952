"""Verification of a state in Milvus: counts, hashes, and samples that must be what they say and find themselves."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from corpus.passages import Passage
from corpus.records import Record, content_hash
from indexer.cuts import cut_record
from indexer.folder import corpus_hash
from indexer.milvus.loader import Held, Loader
from indexer.milvus.rows import Row
from indexer.verify import RE_EMBEDDED_TOLERANCE, UNIT_TOLERANCE
from search.dense import Vectors
from search.encoder import Encoder
from search.errors import IndexRefused
from search.layout import Manifest
from search.milvus.filters import in_numbers
from search.milvus.schema import NO_FAMILY, content_key, passage_key, record_key

SAMPLE = 40  # records that must be there with all their passages,
FOUND = 20  # passages of theirs that must find themselves,
AT_ONCE = 5  # so many asked for at a time, as each waits for the server's next tick,
RE_EMBEDDED = 16  # and that are embedded again
COLUMNS = ("passage", "record", "content", "part", "answer", "start", "end", "vector")


def verify_state(loader: Loader, manifest: Manifest, encoder: Encoder) -> None:
    """Returns where a version holds what its manifest says. Raises IndexRefused with the first thing found wrong."""
    where = str(loader.client.address)
    _equal(where, "model of the vectors", manifest.model, encoder.card)
    held = loader.held()
    _equal(where, "records", manifest.records, len(held))
    _equal(where, "records as the server counts them", len(held), loader.client.count(loader.names.records))
    _equal(where, "passages", sum(manifest.passages.values()), loader.client.count(loader.names.passages))
    _equal(where, "hash of the records", manifest.corpus, corpus_hash(held[name].hash for name in sorted(held)))
    _check_families(where, held)
    chance = random.Random(manifest.id)
    keys = [record_key(record_id) for record_id in chance.sample(sorted(held), min(SAMPLE, len(held)))]
    rows = loader.client.query(
        loader.names.records, in_numbers("row", keys), ("row", "content", "text"), strong=True, seconds=30
    )
    _equal(where, "sampled records that are there", len(keys), len(rows))
    own: defaultdict[int, dict[int, Row]] = defaultdict(dict)
    for row in loader.passages(keys, COLUMNS):
        own[row["record"]][row["passage"]] = row
    texts: list[str] = []
    sampled: list[Row] = []
    for record in loader.read(rows):
        _equal(where, f"content of {record.id}", held[record.id].hash, content_hash(record))
        for row, passage in _own_passages(where, own[record_key(record.id)], record, encoder):
            texts.append(passage.embedded)
            sampled.append(row)
    _check_vectors(where, loader, sampled, texts, encoder)


def _own_passages(where: str, rows: dict[int, Row], record: Record, encoder: Encoder) -> list[tuple[Row, Passage]]:
    """The rows of a record's passages, each with the passage that it must be."""
    digest = content_hash(record)
    expected = {
        passage_key(record.id, digest, passage.part, passage.answer, passage.start): passage
        for passage in cut_record(record, encoder)
    }
    _equal(where, f"passages of {record.id}", sorted(expected), sorted(rows))
    for key, passage in expected.items():
        _equal(where, f"end of a passage of {record.id}", passage.end, rows[key]["end"])
        _equal(where, f"content of a passage of {record.id}", content_key(digest), rows[key]["content"])
    return [(rows[key], passage) for key, passage in expected.items()]


def _check_vectors(where: str, loader: Loader, rows: Sequence[Row], texts: Sequence[str], encoder: Encoder) -> None:
    """Lengths, neighbours and, of some, the vector made again: one beside the wrong text is what nobody would see."""
    vectors = np.array([row["vector"] for row in rows], np.float32)
    lengths = np.linalg.norm(vectors, axis=1)
    if not np.all(np.abs(lengths - 1) <= UNIT_TOLERANCE):  # NaN is not either
        raise IndexRefused(f"{where}: a vector has length {lengths[np.argmax(np.abs(lengths - 1))]:.4f}, not 1")
    step = max(1, len(rows) // FOUND)

    def nearest(vector: Vectors) -> list[Row]:
        return loader.client.near(loader.names.passages, vector, "", 1, ("passage",), strong=True)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        found = list(pool.map(nearest, vectors[::step]))
    for row, best in zip(rows[::step], found, strict=True):
        if not best or not best[0]["score"] > 1 - UNIT_TOLERANCE:
            raise IndexRefused(f"{where}: passage {row['passage']} does not find itself ({best[:1]})")
    chosen = np.arange(len(rows))[:: max(1, len(rows) // RE_EMBEDDED)]
    cosines = (vectors[chosen] * encoder.encode([texts[place] for place in chosen])).sum(axis=1)
    if not cosines.min() >= 1 - RE_EMBEDDED_TOLERANCE:
        raise IndexRefused(f"{where}: passage {rows[chosen[cosines.argmin()]]['passage']} has another text's vector")


def _check_families(where: str, held: dict[str, Held]) -> None:
    own = {record_key(record_id): item.first for record_id, item in held.items()}
    for row, first in own.items():
        if first != NO_FAMILY and own.get(first) != first:
            raise IndexRefused(f"{where}: row {row} is in a family whose first record {first} is not there")


def _equal(where: str, what: str, expected: object, found: object) -> None:
    if expected != found:
        raise IndexRefused(
            f"{where}: {what}: expected {_short(expected)}, found {_short(found)}; build the index again"
        )


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 80 else text[:77] + "..."
