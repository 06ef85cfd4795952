"""A folder index written into Milvus in the plainest way, from `search.milvus.schema` alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from corpus.records import Record, content_hash
from search.address import MilvusAddress
from search.contrasts import contrasts
from search.dense import load_views
from search.families import Families, member_text
from search.filters import values_of
from search.inferred import Specialties
from search.layout import Layout, Manifest
from search.lexical import record_text, stems
from search.milvus import about
from search.milvus.client import Client
from search.milvus.packing import pack, pack_numbers, pack_record, pack_terms, rows_of_more
from search.milvus.schema import (
    ABOUT,
    NO_FAMILY,
    NO_VECTOR,
    RECORDS,
    WORDS,
    Collections,
    content_key,
    filter_key,
    passage_columns,
    passage_key,
    record_key,
    stems_text,
    title_key,
    topic_key,
)
from search.milvus.summary import Summary
from search.rows import PARTS, PassageTable
from search.store import Store
from search.terms import Terms

BATCH = 500


def copy(root: Path, address: MilvusAddress) -> Collections:
    """Writes what is published in a folder to an address, and makes it live there."""
    layout = Layout(root)
    version = layout.version(layout.published() or "")
    manifest = replace(Manifest.load(version), files={})
    client = Client(address)
    names = Collections(address.name, re.sub(r"\W", "", manifest.id))
    store, table = Store(version.records), PassageTable.load(version.passages)
    records = list(store.all())
    words = WORDS if client.has_words else ()
    with ThreadPoolExecutor(3) as pool:  # a server takes seconds for each
        list(
            pool.map(client.create, names.all(), (passage_columns(manifest.model.dimension), (*RECORDS, *words), ABOUT))
        )
    vectors = np.empty((len(table), manifest.model.dimension), np.float32)
    for view in load_views(version.dense).values():
        vectors[view.rows] = view.vectors(view.rows)
    for batch in _batches(_passage(table, row, records, vectors[row]) for row in range(len(table))):
        client.upsert(names.passages, batch)
    summary, more = Summary(), []
    families, inferred = Families(version.families, len(records)), Specialties(version.specialties, len(records))
    rows = []
    for row, record in enumerate(records):
        terms = Terms.of(stems(record_text(record)))
        summary.add(record, terms)
        family, guess = families.of([row]).get(row), inferred.of([row]).get(row)
        packed = {
            "text": pack_record(record),
            "terms": pack_terms(terms),
            "heading": pack_numbers(stems(record.title)),
            "member": pack(member_text(record).encode()) if family else [""],
        }
        digest = content_hash(record)
        values: dict[str, Any] = {
            "row": record_key(record.id),
            "id": record.id,
            "hash": digest,
            "content": content_key(digest),
            **{name: pieces[0] for name, pieces in packed.items()},
            "first": record_key(family.id) if family else NO_FAMILY,
            "marks": contrasts().marks_of(record),
            "inferred": guess.name if guess else "",
            "confidence": guess.confidence if guess else 0.0,
            "topics": sorted({topic_key(topic) for topic in record.topics}),
            "title": title_key(record.title),
            **_filtered(record),
            "nothing": NO_VECTOR,
        }
        if client.has_words:
            values["stems"] = stems_text(stems(record_text(record)))
        rows.append(values)
        more += [pair for name, pieces in packed.items() for pair in rows_of_more(name, values, pieces)]
    for batch in _batches(iter(rows)):
        client.upsert(names.records, batch)
    texts = {
        about.MANIFEST: about.write_manifest(manifest),
        about.VOCABULARY: version.vocabulary.read_bytes(),
        about.LAY_TERMS: version.lay_terms.read_bytes(),
        **summary.texts(),
    }
    if version.words.is_dir():  # versions had none at first
        texts[about.WORDS] = (version.words / "words.txt").read_bytes()
        texts[about.VECTORS] = (version.words / "vectors.npy").read_bytes()
    pieces, current = about.write_texts(manifest.id, names.version, texts)
    pieces += [{"key": key, "data": data} for key, data in more]
    for batch in _batches({**row, "nothing": NO_VECTOR} for row in pieces):
        client.upsert(names.about, batch)
    client.upsert(names.about, [{**current.row(), "nothing": NO_VECTOR}])

    def finish(name: str) -> int:
        client.flush(name)
        if not client.has_words:  # what has them here is lite, also over a wire, and knows no segments
            client.settle(name)
        return client.count(name)  # and so every node has seen them

    with ThreadPoolExecutor(3) as pool:
        assert list(pool.map(finish, names.all())) == [len(table), len(records), len(pieces) + 1]
    client.point(address.name, names.about)
    store.close()
    client.close()
    return names


def _passage(table: PassageTable, row: int, records: list[Record], vector: np.ndarray) -> dict[str, Any]:
    place = table.place(row)
    record = records[place.record]
    digest = content_hash(record)
    return {
        "passage": passage_key(record.id, digest, place.part, place.answer, place.start),
        "record": record_key(record.id),
        "content": content_key(digest),
        "part": PARTS.index(place.part),
        "answer": place.answer,
        "start": place.start,
        "end": place.end,
        **_filtered(record),
        "vector": vector,
    }


def _filtered(record: Record) -> dict[str, Any]:
    *texts, newest = values_of(record)
    names = ("specialty", "source", "age", "sex")
    return {**{name: filter_key(text) for name, text in zip(names, texts, strict=True)}, "newest": newest}


def _batches(rows: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    batch: list[dict[str, Any]] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
